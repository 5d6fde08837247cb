// SPDX-License-Identifier: GPL-2.0
/*
 * Calls that name another task by pid: native inside the PID namespace, but
 * the runtime's pending tasks answer as if they were not there.
 */
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/posix-timers.h>
#include <linux/sched/signal.h>

#include "../entry.h"
#include "by_pid.h"

/**
 * sbx_nr_hidden() - whether a number is that of one of the runtime's tasks
 * @nr: of a task or a process group, in the caller's PID namespace
 */
bool sbx_nr_hidden(pid_t nr)
{
	struct pid *pid;
	bool hidden;

	if (nr <= 0)
		return false;
	rcu_read_lock();
	pid = find_vpid(nr);
	hidden = pid && !sbx_pid_visible(pid);
	rcu_read_unlock();
	return hidden;
}

static long unless_hidden(pid_t nr)
{
	return sbx_nr_hidden(nr) ? -ESRCH : SBX_NATIVE;
}

/*
 * As kill_something_info(), less the runtime's tasks.  New processes go to the
 * end of the list, so none that is born to one that was killed is missed.
 */
static long kill_all(int sig)
{
	struct task_struct *task;
	bool found = false;
	long ret = 0;
	int err;

	rcu_read_lock();
	for_each_process(task) {
		if (task_pid_vnr(task) <= 1 || same_thread_group(task, current) ||
		    !sbx_task_visible(task))
			continue;
		err = kill_pid(task_pid(task), sig, 0);
		if (err != -EPERM)
			ret = err;
		found = true;
	}
	rcu_read_unlock();
	return found ? ret : -ESRCH;
}

/*
 * A group may have tasks of the runtime's, whether or not its leader still lives;
 * the caller's own may reach out of the container if the runtime made no session.
 */
static bool all_visible(struct pid *pgrp)
{
	struct task_struct *task;
	bool all = true;

	do_each_pid_task(pgrp, PIDTYPE_PGID, task) {
		all &= sbx_task_visible(task);
	} while_each_pid_task(pgrp, PIDTYPE_PGID, task);
	return all;
}

/* As kill_pgrp(), less the runtime's tasks and what is outside. */
static long kill_group(pid_t nr, int sig)
{
	struct task_struct *task;
	long ret = SBX_NATIVE;
	struct pid *pgrp;
	int err;

	rcu_read_lock();
	pgrp = nr ? find_vpid(nr) : task_pgrp(current);
	if (all_visible(pgrp))
		goto out;
	ret = -ESRCH;
	do_each_pid_task(pgrp, PIDTYPE_PGID, task) {
		if (!sbx_task_visible(task))
			continue;
		err = kill_pid(task_pid(task), sig, 0);
		if (ret)
			ret = err;
	} while_each_pid_task(pgrp, PIDTYPE_PGID, task);
out:
	rcu_read_unlock();
	return ret;
}

SBX_SYSCALL_DEFINE2(kill, pid_t, pid, int, sig)
{
	if (pid == -1)
		return kill_all(sig);
	if (pid > 0)
		return unless_hidden(pid);
	/* The one that cannot be negated is nobody's. */
	return pid == INT_MIN ? -ESRCH : kill_group(-pid, sig);
}

/* sched_setaffinity(2), setpgid(2) and others */
SBX_SYSCALL_DEFINE1(by_pid, pid_t, pid)
{
	return unless_hidden(pid);
}

/* tgkill(2), rt_tgsigqueueinfo(2) */
SBX_SYSCALL_DEFINE2(by_tid, pid_t, tgid, pid_t, pid)
{
	return unless_hidden(pid);
}

/* clock_gettime(2), clock_nanosleep(2), timer_create(2): clocks of CPU time have pids */
SBX_SYSCALL_DEFINE1(by_clock, clockid_t, clock)
{
	return clock < 0 && sbx_nr_hidden(CPUCLOCK_PID(clock)) ? -EINVAL : SBX_NATIVE;
}
