// SPDX-License-Identifier: GPL-2.0
/*
 * signalfd(2), signalfd4(2).
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/signalfd.h>
#include <linux/uaccess.h>

#include "../compat.h"
#include "../domain.h"
#include "../entry.h"
#include "../object/signalfd.h"
#include "fd.h"

static_assert(SFD_CLOEXEC == O_CLOEXEC && SFD_NONBLOCK == O_NONBLOCK);

static long change_signalfd(int fd, const sigset_t *wanted)
{
	struct fd f = fdget(fd);
	long ret = fd;

	if (fd_empty(f))
		return -EBADF;
	if (sbx_is_signalfd(fd_file(f)))
		sbx_signalfd_set(fd_file(f), wanted);
	else
		ret = -EINVAL;
	fdput(f);
	return ret;
}

static long do_signalfd(struct sbx_domain *domain, int fd, const sigset_t __user *mask,
			size_t size, int flags)
{
	sigset_t wanted;

	if (size != sizeof(wanted))
		return -EINVAL;
	if (copy_from_user(&wanted, mask, sizeof(wanted)))
		return -EFAULT;
	if (flags & ~(SFD_CLOEXEC | SFD_NONBLOCK))
		return -EINVAL;
	if (fd != -1)
		return change_signalfd(fd, &wanted);
	return sbx_install(sbx_signalfd_create(domain, &wanted, flags & SFD_NONBLOCK),
			   flags & SFD_CLOEXEC);
}

SBX_SYSCALL_DEFINE3(signalfd, int, fd, const sigset_t __user *, mask, size_t, size)
{
	return do_signalfd(self->container->domain, fd, mask, size, 0);
}

SBX_SYSCALL_DEFINE4(signalfd4, int, fd, const sigset_t __user *, mask, size_t, size, int, flags)
{
	return do_signalfd(self->container->domain, fd, mask, size, flags);
}
