// SPDX-License-Identifier: GPL-2.0
/*
 * Calls that name another task by pid: native inside the PID namespace, but
 * the runtime's pending tasks answer as if they were not there.
 */
#include <linux/ioprio.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/posix-timers.h>
#include <linux/resource.h>
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
		    !sbx_pid_visible(task_pid(task)))
			continue;
		err = kill_pid(task_pid(task), sig, 0);
		if (err != -EPERM)
			ret = err;
		found = true;
	}
	rcu_read_unlock();
	return found ? ret : -ESRCH;
}

SBX_SYSCALL_DEFINE2(kill, pid_t, pid, int, sig)
{
	if (pid == -1)
		return kill_all(sig);
	/* A process group's; the one that cannot be negated is nobody's. */
	return pid < -1 && pid != INT_MIN ? unless_hidden(-pid) : unless_hidden(pid);
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

/* getpriority(2), setpriority(2) */
SBX_SYSCALL_DEFINE2(by_prio, int, which, pid_t, who)
{
	return which == PRIO_PROCESS || which == PRIO_PGRP ? unless_hidden(who) : SBX_NATIVE;
}

/* ioprio_get(2), ioprio_set(2) */
SBX_SYSCALL_DEFINE2(by_ioprio, int, which, pid_t, who)
{
	return which == IOPRIO_WHO_PROCESS || which == IOPRIO_WHO_PGRP ? unless_hidden(who) :
									 SBX_NATIVE;
}

/* clock_gettime(2), clock_nanosleep(2), timer_create(2): clocks of CPU time have pids */
SBX_SYSCALL_DEFINE1(by_clock, clockid_t, clock)
{
	return clock < 0 && sbx_nr_hidden(CPUCLOCK_PID(clock)) ? -EINVAL : SBX_NATIVE;
}
