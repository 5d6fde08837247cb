// SPDX-License-Identifier: GPL-2.0
/*
 * Resource limits.  All but one are the host's own; RLIMIT_CORE is kept in
 * the registry since the host's value has to stay 1, see take_core_limit().
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/resource.h>
#include <linux/uaccess.h>

#include "../entry.h"
#include "by_pid.h"

/* As in check_prlimit_permission(): the same person, or privileged there. */
static bool may_limit(const struct cred *target)
{
	const struct cred *cred = current_cred();

	return (uid_eq(cred->uid, target->uid) && uid_eq(cred->uid, target->euid) &&
		uid_eq(cred->uid, target->suid) && gid_eq(cred->gid, target->gid) &&
		gid_eq(cred->gid, target->egid) && gid_eq(cred->gid, target->sgid)) ||
	       ns_capable(target->user_ns, CAP_SYS_RESOURCE);
}

static int find_process(struct sbx_task *self, pid_t nr, struct sbx_process **process)
{
	struct sbx_task *entry = self;
	struct task_struct *task;
	int err = 0;

	rcu_read_lock();
	if (nr) {
		task = pid_task(find_vpid(nr), PIDTYPE_PID);
		entry = task ? sbx_task_find(task) : NULL;
		if (!entry || entry->state != SBX_TASK_ACTIVE)
			err = -ESRCH;
		else if (task != current && !may_limit(__task_cred(task)))
			err = -EPERM;
	}
	if (!err && !refcount_inc_not_zero(&entry->process->ref))
		err = -ESRCH;
	if (!err)
		*process = entry->process;
	rcu_read_unlock();
	return err;
}

static int core_limit(struct sbx_task *self, pid_t pid, const struct rlimit *new,
		      struct rlimit *old)
{
	struct sbx_process *process;
	bool privileged;
	int err;

	if (new && new->rlim_cur > new->rlim_max)
		return -EINVAL;
	err = find_process(self, pid, &process);
	if (err)
		return err;

	privileged = new && capable(CAP_SYS_RESOURCE);
	spin_lock(&process->lock);
	*old = process->core;
	if (new && new->rlim_max > old->rlim_max && !privileged)
		err = -EPERM;
	else if (new)
		process->core = *new;
	spin_unlock(&process->lock);
	sbx_process_put(process);
	return err;
}

SBX_SYSCALL_DEFINE4(prlimit64, pid_t, pid, unsigned int, resource,
		    const struct rlimit __user *, new_rlim, struct rlimit __user *, old_rlim)
{
	struct rlimit new, old;
	int err;

	if (resource != RLIMIT_CORE)
		return sbx_sys_by_pid(self, regs);
	if (new_rlim && copy_from_user(&new, new_rlim, sizeof(new)))
		return -EFAULT;
	err = core_limit(self, pid, new_rlim ? &new : NULL, &old);
	if (err)
		return err;
	return old_rlim && copy_to_user(old_rlim, &old, sizeof(old)) ? -EFAULT : 0;
}

SBX_SYSCALL_DEFINE2(getrlimit, unsigned int, resource, struct rlimit __user *, rlim)
{
	struct rlimit old;

	if (resource != RLIMIT_CORE)
		return SBX_NATIVE;
	return core_limit(self, 0, NULL, &old) ?:
	       copy_to_user(rlim, &old, sizeof(old)) ? -EFAULT : 0;
}

SBX_SYSCALL_DEFINE2(setrlimit, unsigned int, resource, struct rlimit __user *, rlim)
{
	struct rlimit new, old;

	if (resource != RLIMIT_CORE)
		return SBX_NATIVE;
	if (copy_from_user(&new, rlim, sizeof(new)))
		return -EFAULT;
	return core_limit(self, 0, &new, &old);
}
