// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors: fcntl(2), memfd_create(2).
 *
 * fcntl's commands are native, from a closed list: they work on the caller's
 * own descriptor table, locks, leases and signals.  Where one names a process
 * the runtime's tasks are left out.
 */
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/pid.h>
#include <linux/uaccess.h>
#include <uapi/linux/memfd.h>

#include "../compat.h"
#include "../entry.h"
#include "../object/pipe.h"
#include "by_pid.h"

static int set_owner(struct file *file, const struct f_owner_ex __user *from)
{
	enum pid_type type;
	struct f_owner_ex owner;
	struct pid *pid;
	int err;

	if (copy_from_user(&owner, from, sizeof(owner)))
		return -EFAULT;
	switch (owner.type) {
	case F_OWNER_TID:
		type = PIDTYPE_PID;
		break;
	case F_OWNER_PID:
		type = PIDTYPE_TGID;
		break;
	case F_OWNER_PGRP:
		type = PIDTYPE_PGID;
		break;
	default:
		return -EINVAL;
	}
	pid = find_get_pid(owner.pid);
	if (owner.pid && (!pid || sbx_nr_hidden(owner.pid))) {
		put_pid(pid);
		return -ESRCH;
	}
	/* For what it allocates. */
	err = f_setown(file, 0, 1);
	if (!err)
		__f_setown(file, pid, type, 1);
	put_pid(pid);
	return err;
}

static long served(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	struct fd f = fdget(fd);
	long ret;

	if (fd_empty(f))
		return -EBADF;
	if (cmd == F_SETOWN_EX)
		ret = set_owner(fd_file(f), (const void __user *)arg);
	else
		ret = sbx_pipe_fcntl(fd_file(f), cmd, arg);
	fdput(f);
	return ret;
}

SBX_SYSCALL_DEFINE3(fcntl, unsigned int, fd, unsigned int, cmd, unsigned long, arg)
{
	switch (cmd) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
#ifdef F_DUPFD_QUERY
	case F_DUPFD_QUERY:
#endif
#ifdef F_CREATED_QUERY
	case F_CREATED_QUERY:
#endif
	case F_GETFD:
	case F_SETFD:
	case F_GETFL:
	case F_SETFL:
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
	case F_OFD_GETLK:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
	case F_GETOWN:
	case F_GETOWN_EX:
	case F_GETOWNER_UIDS:
	case F_GETSIG:
	case F_SETSIG:
	case F_GETLEASE:
	case F_SETLEASE:
	case F_NOTIFY:
	case F_ADD_SEALS:
	case F_GET_SEALS:
	case F_GET_RW_HINT:
	case F_SET_RW_HINT:
		return SBX_NATIVE;
	case F_SETOWN:
		/* Negative for a process group; INT_MIN is refused by the host. */
		return sbx_nr_hidden((int)arg == INT_MIN ? 0 : abs((int)arg)) ? -ESRCH : SBX_NATIVE;
	case F_SETOWN_EX:
	case F_GETPIPE_SZ:
	case F_SETPIPE_SZ:
		return served(fd, cmd, arg);
	default:
		return -EINVAL;
	}
}

/* Memory set aside for the host is not for its guests. */
SBX_SYSCALL_DEFINE2(memfd_create, const char __user *, name, unsigned int, flags)
{
	return flags & MFD_HUGETLB ? sbx_refuse(self, -ENOMEM) : SBX_NATIVE;
}
