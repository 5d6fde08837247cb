// SPDX-License-Identifier: GPL-2.0
/*
 * timerfd_create(2), timerfd_settime(2), timerfd_gettime(2).
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/time.h>
#include <linux/timerfd.h>

#include "../compat.h"
#include "../domain.h"
#include "../entry.h"
#include "../object/timerfd.h"
#include "fd.h"

static_assert(TFD_CLOEXEC == O_CLOEXEC && TFD_NONBLOCK == O_NONBLOCK);

static int check_clock(int clock)
{
	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_MONOTONIC:
	case CLOCK_BOOTTIME:
		return 0;
	case CLOCK_REALTIME_ALARM:
	case CLOCK_BOOTTIME_ALARM:
		/* Takes a capability over the machine, which no member has. */
		return -EPERM;
	default:
		return -EINVAL;
	}
}

SBX_SYSCALL_DEFINE2(timerfd_create, int, clock, int, flags)
{
	int err;

	if (flags & ~TFD_CREATE_FLAGS)
		return -EINVAL;
	err = check_clock(clock);
	if (err)
		return err;
	return sbx_install(sbx_timerfd_create(self->container->domain, clock, flags & TFD_NONBLOCK),
			   flags & TFD_CLOEXEC);
}

/* The timer behind a descriptor, or an errno in its place. */
static struct fd get_timer(int fd, int *err)
{
	struct fd f = fdget(fd);

	*err = fd_empty(f) ? -EBADF : 0;
	if (!*err && !sbx_is_timerfd(fd_file(f))) {
		fdput(f);
		*err = -EINVAL;
	}
	return f;
}

SBX_SYSCALL_DEFINE4(timerfd_settime, int, fd, int, flags,
		    const struct __kernel_itimerspec __user *, to,
		    struct __kernel_itimerspec __user *, was)
{
	struct itimerspec64 new, old;
	struct fd f;
	int err;

	if (get_itimerspec64(&new, to))
		return -EFAULT;
	if ((flags & ~TFD_SETTIME_FLAGS) || !itimerspec64_valid(&new))
		return -EINVAL;
	f = get_timer(fd, &err);
	if (err)
		return err;
	err = sbx_timerfd_set(fd_file(f), flags, &new, &old);
	fdput(f);
	if (!err && was && put_itimerspec64(&old, was))
		err = -EFAULT;
	return err;
}

SBX_SYSCALL_DEFINE2(timerfd_gettime, int, fd, struct __kernel_itimerspec __user *, to)
{
	struct itimerspec64 now;
	struct fd f;
	int err;

	f = get_timer(fd, &err);
	if (err)
		return err;
	sbx_timerfd_get(fd_file(f), &now);
	fdput(f);
	return put_itimerspec64(&now, to) ? -EFAULT : 0;
}
