// SPDX-License-Identifier: GPL-2.0
/*
 * Priorities of processor and disk.  Those of one task are native (by_pid.c
 * hides the runtime's); those of a group's or a user's tasks are here, because
 * the host walks over all tasks of the PID namespace, or of a group that reaches
 * out of it, and cannot leave out the runtime's.
 */
#include <linux/cred.h>
#include <linux/ioprio.h>
#include <linux/iocontext.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/resource.h>
#include <linux/sched/prio.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/user_namespace.h>

#include "../entry.h"
#include "by_pid.h"

/**
 * typedef priority_t - reads or sets the priority of one task of many
 * @task: one that the caller may see
 * @value: to set
 * @ret: the call's result so far, -ESRCH before the first task
 * @stop: set if the others are not to be asked
 *
 * Context: under RCU.
 * Return: the call's result with that task.
 */
typedef long (*priority_t)(struct task_struct *task, int value, long ret, bool *stop);

static long each_of_group(pid_t who, priority_t fn, int value)
{
	struct task_struct *task;
	long ret = -ESRCH;
	bool stop = false;
	struct pid *pgrp;

	rcu_read_lock();
	pgrp = who ? find_vpid(who) : task_pgrp(current);
	do_each_pid_thread(pgrp, PIDTYPE_PGID, task) {
		if (!stop && sbx_task_visible(task))
			ret = fn(task, value, ret, &stop);
	} while_each_pid_thread(pgrp, PIDTYPE_PGID, task);
	rcu_read_unlock();
	return ret;
}

static long each_of_user(kuid_t uid, priority_t fn, int value)
{
	struct task_struct *process, *task;
	long ret = -ESRCH;
	bool stop = false;

	if (!uid_valid(uid))
		return -ESRCH;
	rcu_read_lock();
	for_each_process_thread(process, task) {
		if (!uid_eq(task_uid(task), uid) || !sbx_task_visible(task))
			continue;
		ret = fn(task, value, ret, &stop);
		if (stop)
			goto out;
	}
out:
	rcu_read_unlock();
	return ret;
}

/* As getpriority(2) has it: a higher number is a higher priority. */
static long get_nice(struct task_struct *task, int value, long ret, bool *stop)
{
	return max(ret, nice_to_rlimit(task_nice(task)));
}

static bool may_renice(const struct task_struct *task)
{
	const struct cred *cred = current_cred(), *theirs = __task_cred(task);

	return uid_eq(theirs->uid, cred->euid) || uid_eq(theirs->euid, cred->euid) ||
	       ns_capable(theirs->user_ns, CAP_SYS_NICE);
}

static long set_nice(struct task_struct *task, int nice, long ret, bool *stop)
{
	if (!may_renice(task))
		return -EPERM;
	if (nice < task_nice(task) && !can_nice(task, nice))
		return -EACCES;
	set_user_nice(task, nice);
	return ret == -ESRCH ? 0 : ret;
}

/* Numbers compare as urgency does: the lower the better. */
static long get_ioprio(struct task_struct *task, int value, long ret, bool *stop)
{
	long prio;

	task_lock(task);
	prio = __get_task_ioprio(task);
	task_unlock(task);
	return ret == -ESRCH ? prio : min(ret, prio);
}

static long set_ioprio(struct task_struct *task, int ioprio, long ret, bool *stop)
{
	ret = set_task_ioprio(task, ioprio);
	*stop = ret;
	return ret;
}

static long unless_hidden(pid_t who)
{
	return sbx_nr_hidden(who) ? -ESRCH : SBX_NATIVE;
}

static kuid_t user_or_own(uid_t who)
{
	return who ? make_kuid(current_user_ns(), who) : current_uid();
}

SBX_SYSCALL_DEFINE2(getpriority, int, which, pid_t, who)
{
	switch (which) {
	case PRIO_PROCESS:
		return unless_hidden(who);
	case PRIO_PGRP:
		return each_of_group(who, get_nice, 0);
	case PRIO_USER:
		return each_of_user(user_or_own(who), get_nice, 0);
	default:
		return -EINVAL;
	}
}

SBX_SYSCALL_DEFINE3(setpriority, int, which, pid_t, who, int, nice)
{
	nice = clamp(nice, MIN_NICE, MAX_NICE);
	switch (which) {
	case PRIO_PROCESS:
		return unless_hidden(who);
	case PRIO_PGRP:
		return each_of_group(who, set_nice, nice);
	case PRIO_USER:
		return each_of_user(user_or_own(who), set_nice, nice);
	default:
		return -EINVAL;
	}
}

SBX_SYSCALL_DEFINE2(ioprio_get, int, which, pid_t, who)
{
	switch (which) {
	case IOPRIO_WHO_PROCESS:
		return unless_hidden(who);
	case IOPRIO_WHO_PGRP:
		return each_of_group(who, get_ioprio, 0);
	case IOPRIO_WHO_USER:
		return each_of_user(user_or_own(who), get_ioprio, 0);
	default:
		return -EINVAL;
	}
}

/* As the host's ioprio_check_cap(), which is not exported. */
static int check_ioprio(int ioprio)
{
	const bool good_level = IOPRIO_PRIO_LEVEL(ioprio) < IOPRIO_NR_LEVELS;

	switch (IOPRIO_PRIO_CLASS(ioprio)) {
	case IOPRIO_CLASS_RT:
		return !capable(CAP_SYS_ADMIN) && !capable(CAP_SYS_NICE) ? -EPERM :
			good_level ? 0 : -EINVAL;
	case IOPRIO_CLASS_BE:
		return good_level ? 0 : -EINVAL;
	case IOPRIO_CLASS_IDLE:
		return 0;
	case IOPRIO_CLASS_NONE:
		return IOPRIO_PRIO_LEVEL(ioprio) ? -EINVAL : 0;
	default:
		return -EINVAL;
	}
}

SBX_SYSCALL_DEFINE3(ioprio_set, int, which, pid_t, who, int, ioprio)
{
	int err = check_ioprio(ioprio);

	if (err)
		return err;
	switch (which) {
	case IOPRIO_WHO_PROCESS:
		return unless_hidden(who);
	case IOPRIO_WHO_PGRP:
		return each_of_group(who, set_ioprio, ioprio);
	case IOPRIO_WHO_USER:
		/* Of these four it alone does not mean the caller's by 0. */
		return each_of_user(make_kuid(current_user_ns(), who), set_ioprio, ioprio);
	default:
		return -EINVAL;
	}
}
