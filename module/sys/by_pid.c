// SPDX-License-Identifier: GPL-2.0
/*
 * Calls that name another task by pid: native inside the PID namespace, but
 * the runtime's pending tasks answer as if they were not there.
 */
#include <linux/ioprio.h>
#include <linux/pid.h>
#include <linux/resource.h>

#include "../entry.h"
#include "by_pid.h"

static long unless_hidden(pid_t nr)
{
	struct pid *pid;
	bool hidden;

	if (nr <= 0)
		return SBX_NATIVE;
	rcu_read_lock();
	pid = find_vpid(nr);
	hidden = pid && !sbx_pid_visible(pid);
	rcu_read_unlock();
	return hidden ? -ESRCH : SBX_NATIVE;
}

/* kill(2), sched_setaffinity(2), setpgid(2) and others */
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
	return which == PRIO_PROCESS ? unless_hidden(who) : SBX_NATIVE;
}

/* ioprio_get(2), ioprio_set(2) */
SBX_SYSCALL_DEFINE2(by_ioprio, int, which, pid_t, who)
{
	return which == IOPRIO_WHO_PROCESS ? unless_hidden(who) : SBX_NATIVE;
}
