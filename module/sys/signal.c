// SPDX-License-Identifier: GPL-2.0
/*
 * Signals to other tasks: native inside the PID namespace, but the runtime's
 * pending tasks answer as if they were not there.
 */
#include <linux/pid.h>

#include "../entry.h"

static bool hidden(pid_t nr)
{
	struct pid *pid;
	bool hide;

	rcu_read_lock();
	pid = find_vpid(nr);
	hide = pid && !sbx_pid_visible(pid);
	rcu_read_unlock();
	return hide;
}

/* kill(2), tkill(2), rt_sigqueueinfo(2) */
SBX_SYSCALL_DEFINE1(kill, pid_t, pid)
{
	return pid > 0 && hidden(pid) ? -ESRCH : SBX_NATIVE;
}

/* tgkill(2), rt_tgsigqueueinfo(2) */
SBX_SYSCALL_DEFINE2(tgkill, pid_t, tgid, pid_t, pid)
{
	return pid > 0 && hidden(pid) ? -ESRCH : SBX_NATIVE;
}

/*
 * A handler's own continuation, else the host's.  Functions of the module
 * never stand in restart_block, they could outlive it.
 */
SBX_SYSCALL_DEFINE0(restart)
{
	long (*restart)(struct sbx_task *self) = self->restart;

	if (!restart)
		return SBX_NATIVE;
	self->restart = NULL;
	return restart(self);
}
