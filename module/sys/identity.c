// SPDX-License-Identifier: GPL-2.0
/*
 * Who the caller is: pids, sessions, users and groups, as its own namespaces
 * number them.
 */
#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "../entry.h"

SBX_SYSCALL_DEFINE0(getpid)
{
	return task_tgid_vnr(current);
}

SBX_SYSCALL_DEFINE0(gettid)
{
	return task_pid_vnr(current);
}

SBX_SYSCALL_DEFINE0(getppid)
{
	pid_t pid;

	rcu_read_lock();
	pid = task_tgid_vnr(rcu_dereference(current->real_parent));
	rcu_read_unlock();
	return pid;
}

/* Process group or session of a process, the caller's own for 0. */
static long pid_of(pid_t nr, enum pid_type type)
{
	struct task_struct *task = current;
	struct pid *pid;
	long ret = -ESRCH;

	rcu_read_lock();
	if (nr) {
		pid = find_vpid(nr);
		task = pid && sbx_pid_visible(pid) ? pid_task(pid, PIDTYPE_PID) : NULL;
	}
	if (task)
		ret = __task_pid_nr_ns(task, type, NULL);
	rcu_read_unlock();
	return ret;
}

SBX_SYSCALL_DEFINE0(getpgrp)
{
	return pid_of(0, PIDTYPE_PGID);
}

SBX_SYSCALL_DEFINE1(getpgid, pid_t, pid)
{
	return pid_of(pid, PIDTYPE_PGID);
}

SBX_SYSCALL_DEFINE1(getsid, pid_t, pid)
{
	return pid_of(pid, PIDTYPE_SID);
}

SBX_SYSCALL_DEFINE0(getuid)
{
	return from_kuid_munged(current_user_ns(), current_uid());
}

SBX_SYSCALL_DEFINE0(geteuid)
{
	return from_kuid_munged(current_user_ns(), current_euid());
}

SBX_SYSCALL_DEFINE0(getgid)
{
	return from_kgid_munged(current_user_ns(), current_gid());
}

SBX_SYSCALL_DEFINE0(getegid)
{
	return from_kgid_munged(current_user_ns(), current_egid());
}

/* In the order of the arguments; the first that cannot be written ends it. */
static long put_three(u32 __user *to[3], const u32 ids[3])
{
	int i;

	for (i = 0; i < 3; i++)
		if (put_user(ids[i], to[i]))
			return -EFAULT;
	return 0;
}

SBX_SYSCALL_DEFINE3(getresuid, uid_t __user *, ruid, uid_t __user *, euid,
		    uid_t __user *, suid)
{
	struct user_namespace *ns = current_user_ns();
	const struct cred *cred = current_cred();
	u32 __user *to[] = { ruid, euid, suid };
	u32 ids[] = {
		from_kuid_munged(ns, cred->uid),
		from_kuid_munged(ns, cred->euid),
		from_kuid_munged(ns, cred->suid),
	};

	return put_three(to, ids);
}

SBX_SYSCALL_DEFINE3(getresgid, gid_t __user *, rgid, gid_t __user *, egid,
		    gid_t __user *, sgid)
{
	struct user_namespace *ns = current_user_ns();
	const struct cred *cred = current_cred();
	u32 __user *to[] = { rgid, egid, sgid };
	u32 ids[] = {
		from_kgid_munged(ns, cred->gid),
		from_kgid_munged(ns, cred->egid),
		from_kgid_munged(ns, cred->sgid),
	};

	return put_three(to, ids);
}
