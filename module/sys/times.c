// SPDX-License-Identifier: GPL-2.0
/*
 * Times of a file: utimensat(2) and its elders.
 */
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/stat.h>
#include <linux/time.h>
#include <linux/uaccess.h>
#include <linux/utime.h>

#include "../entry.h"
#include "attr.h"

/* Access and modification. */
enum { ATIME, MTIME, NR_TIMES };

static bool valid(const struct timespec64 *time)
{
	return time->tv_nsec == UTIME_NOW || time->tv_nsec == UTIME_OMIT ||
	       (time->tv_nsec >= 0 && time->tv_nsec < NSEC_PER_SEC);
}

/* @data is both times, or NULL to touch. */
static int prepare_times(const struct path *path, struct iattr *attr, const void *data)
{
	const struct timespec64 *times = data;

	attr->ia_valid = ATTR_CTIME | ATTR_ATIME | ATTR_MTIME;
	if (!times) {
		attr->ia_valid |= ATTR_TOUCH;
		return 0;
	}
	/* It takes the owner, even where the time set is now. */
	attr->ia_valid |= ATTR_TIMES_SET;
	if (times[ATIME].tv_nsec == UTIME_OMIT) {
		attr->ia_valid &= ~ATTR_ATIME;
	} else if (times[ATIME].tv_nsec != UTIME_NOW) {
		attr->ia_atime = times[ATIME];
		attr->ia_valid |= ATTR_ATIME_SET;
	}
	if (times[MTIME].tv_nsec == UTIME_OMIT) {
		attr->ia_valid &= ~ATTR_MTIME;
	} else if (times[MTIME].tv_nsec != UTIME_NOW) {
		attr->ia_mtime = times[MTIME];
		attr->ia_valid |= ATTR_MTIME_SET;
	}
	return 0;
}

static long set_times(struct sbx_task *self, int dfd, const char __user *name,
		      const struct timespec64 *times, unsigned int flags)
{
	sbx_prepare_t prepare = prepare_times;

	if (times && !(valid(&times[ATIME]) && valid(&times[MTIME])))
		prepare = NULL;
	else if (times && times[ATIME].tv_nsec == UTIME_NOW && times[MTIME].tv_nsec == UTIME_NOW)
		times = NULL;

	if (name || dfd == AT_FDCWD)
		return sbx_setattr_at(self, dfd, name, flags, prepare, times);
	return flags ? -EINVAL : sbx_setattr_fd(self, dfd, prepare, times);
}

SBX_SYSCALL_DEFINE4(utimensat, int, dfd, const char __user *, name,
		    struct __kernel_timespec __user *, utimes, unsigned int, flags)
{
	struct timespec64 times[NR_TIMES];

	if (utimes) {
		if (get_timespec64(&times[ATIME], &utimes[ATIME]) ||
		    get_timespec64(&times[MTIME], &utimes[MTIME]))
			return -EFAULT;
		/* Nothing to do, not even to look whether the file is there. */
		if (times[ATIME].tv_nsec == UTIME_OMIT && times[MTIME].tv_nsec == UTIME_OMIT)
			return 0;
	}
	return set_times(self, dfd, name, utimes ? times : NULL, flags);
}

static long set_timevals(struct sbx_task *self, int dfd, const char __user *name,
			 const struct __kernel_old_timeval __user *utimes)
{
	struct __kernel_old_timeval copy[NR_TIMES];
	struct timespec64 times[NR_TIMES];
	int i;

	if (!utimes)
		return set_times(self, dfd, name, NULL, 0);
	if (copy_from_user(copy, utimes, sizeof(copy)))
		return -EFAULT;
	for (i = 0; i < NR_TIMES; i++) {
		if (copy[i].tv_usec < 0 || copy[i].tv_usec >= USEC_PER_SEC)
			return -EINVAL;
		times[i].tv_sec = copy[i].tv_sec;
		times[i].tv_nsec = copy[i].tv_usec * NSEC_PER_USEC;
	}
	return set_times(self, dfd, name, times, 0);
}

SBX_SYSCALL_DEFINE3(futimesat, int, dfd, const char __user *, name,
		    struct __kernel_old_timeval __user *, utimes)
{
	return set_timevals(self, dfd, name, utimes);
}

SBX_SYSCALL_DEFINE2(utimes, const char __user *, name,
		    struct __kernel_old_timeval __user *, utimes)
{
	return set_timevals(self, AT_FDCWD, name, utimes);
}

SBX_SYSCALL_DEFINE2(utime, const char __user *, name, struct utimbuf __user *, utimes)
{
	struct timespec64 times[NR_TIMES] = {};
	struct utimbuf copy;

	if (!utimes)
		return set_times(self, AT_FDCWD, name, NULL, 0);
	if (copy_from_user(&copy, utimes, sizeof(copy)))
		return -EFAULT;
	times[ATIME].tv_sec = copy.actime;
	times[MTIME].tv_sec = copy.modtime;
	return set_times(self, AT_FDCWD, name, times, 0);
}
