// SPDX-License-Identifier: GPL-2.0
/*
 * epoll_create(2), epoll_create1(2), epoll_ctl(2), epoll_wait(2),
 * epoll_pwait(2), epoll_pwait2(2).
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/uaccess.h>
#include <uapi/linux/eventpoll.h>

#include "../compat.h"
#include "../domain.h"
#include "../entry.h"
#include "../object/epoll.h"
#include "poll.h"

static_assert(EPOLL_CLOEXEC == O_CLOEXEC);

static long make_epoll(struct sbx_domain *domain, int flags)
{
	struct file *file;
	int fd;

	if (flags & ~EPOLL_CLOEXEC)
		return -EINVAL;
	fd = get_unused_fd_flags(flags);
	if (fd < 0)
		return fd;
	file = sbx_epoll_create(domain);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return fd;
}

SBX_SYSCALL_DEFINE1(epoll_create, int, size)
{
	return size > 0 ? make_epoll(self->container->domain, 0) : -EINVAL;
}

SBX_SYSCALL_DEFINE1(epoll_create1, int, flags)
{
	return make_epoll(self->container->domain, flags);
}

SBX_SYSCALL_DEFINE4(epoll_ctl, int, epfd, int, op, int, fd, struct epoll_event __user *, uevent)
{
	struct epoll_event event = {};
	struct fd f, target;
	long ret = -EBADF;

	if (op != EPOLL_CTL_DEL && copy_from_user(&event, uevent, sizeof(event)))
		return -EFAULT;
	f = fdget(epfd);
	if (fd_empty(f))
		return -EBADF;
	target = fdget(fd);
	if (!fd_empty(target)) {
		ret = sbx_epoll_ctl(fd_file(f), op, fd_file(target), fd, &event);
		fdput(target);
	}
	fdput(f);
	return ret;
}

static long wait_for(int epfd, struct epoll_event __user *to, int max,
		     const struct sbx_timeout *timeout)
{
	long ret = -EINVAL;
	struct fd f;

	if (max <= 0 || max > SBX_EPOLL_MAX_EVENTS)
		return -EINVAL;
	if (!access_ok(to, max * sizeof(*to)))
		return -EFAULT;
	f = fdget(epfd);
	if (fd_empty(f))
		return -EBADF;
	if (sbx_is_epoll(fd_file(f)))
		ret = sbx_epoll_wait(fd_file(f), to, max, timeout);
	fdput(f);
	return ret;
}

static long wait_masked(int epfd, struct epoll_event __user *to, int max,
			const struct sbx_timeout *timeout, const sigset_t __user *mask,
			size_t size)
{
	long ret = sbx_sigmask_set(mask, size);

	if (ret)
		return ret;
	ret = wait_for(epfd, to, max, timeout);
	/* An interrupted wait is never restarted, but its signal sees the other mask. */
	sbx_sigmask_finish(ret == -EINTR ? -ERESTARTNOHAND : ret);
	return ret;
}

static void set_msecs(struct sbx_timeout *timeout, int msecs)
{
	timeout->forever = msecs < 0;
	if (msecs >= 0)
		sbx_timeout_set(timeout, msecs / MSEC_PER_SEC,
				NSEC_PER_MSEC * (msecs % MSEC_PER_SEC));
}

SBX_SYSCALL_DEFINE4(epoll_wait, int, epfd, struct epoll_event __user *, to, int, max, int, msecs)
{
	struct sbx_timeout timeout;

	set_msecs(&timeout, msecs);
	return wait_for(epfd, to, max, &timeout);
}

SBX_SYSCALL_DEFINE6(epoll_pwait, int, epfd, struct epoll_event __user *, to, int, max, int, msecs,
		    const sigset_t __user *, mask, size_t, size)
{
	struct sbx_timeout timeout;

	set_msecs(&timeout, msecs);
	return wait_masked(epfd, to, max, &timeout, mask, size);
}

SBX_SYSCALL_DEFINE6(epoll_pwait2, int, epfd, struct epoll_event __user *, to, int, max,
		    const struct __kernel_timespec __user *, span, const sigset_t __user *, mask,
		    size_t, size)
{
	struct sbx_timeout timeout;
	long ret;

	ret = sbx_timeout_get(&timeout, span);
	return ret ?: wait_masked(epfd, to, max, &timeout, mask, size);
}
