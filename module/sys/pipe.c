// SPDX-License-Identifier: GPL-2.0
/*
 * pipe(2), pipe2(2).
 */
#include <linux/file.h>
#include <linux/uaccess.h>
#include <linux/watch_queue.h>

#include "../domain.h"
#include "../entry.h"
#include "../object/pipe.h"

static long make_pipe(struct sbx_domain *domain, int __user *fds, int flags)
{
	struct file *files[2];
	int fd[2];
	int err;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT | O_NOTIFICATION_PIPE))
		return -EINVAL;
	/* As from a kernel without that option. */
	if (flags & O_NOTIFICATION_PIPE)
		return -ENOPKG;
	err = sbx_pipe_create(domain, files, flags);
	if (err)
		return err;

	fd[0] = get_unused_fd_flags(flags);
	if (fd[0] < 0) {
		err = fd[0];
		goto err_files;
	}
	fd[1] = get_unused_fd_flags(flags);
	if (fd[1] < 0) {
		err = fd[1];
		goto err_read_fd;
	}
	if (copy_to_user(fds, fd, sizeof(fd))) {
		err = -EFAULT;
		goto err_fds;
	}
	fd_install(fd[0], files[0]);
	fd_install(fd[1], files[1]);
	return 0;

err_fds:
	put_unused_fd(fd[1]);
err_read_fd:
	put_unused_fd(fd[0]);
err_files:
	fput(files[0]);
	fput(files[1]);
	return err;
}

SBX_SYSCALL_DEFINE1(pipe, int __user *, fds)
{
	return make_pipe(self->container->domain, fds, 0);
}

SBX_SYSCALL_DEFINE2(pipe2, int __user *, fds, int, flags)
{
	return make_pipe(self->container->domain, fds, flags);
}
