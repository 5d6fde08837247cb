// SPDX-License-Identifier: GPL-2.0
/*
 * clone(2), fork(2), vfork(2), unshare(2): native, by registers alone.
 *
 * Each of them needs an entry in stock, see sbx_task_stock_child().
 */
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "../entry.h"

#define CLONE_NEWANY	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | \
			 CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME)

#define UNSHARE_OWN	(CLONE_FILES | CLONE_FS | CLONE_SYSVSEM | CLONE_THREAD | \
			 CLONE_SIGHAND | CLONE_VM)

/* A sibling of a task that came from outside would be outside's child. */
static bool parent_is_outside(void)
{
	const struct sbx_task *parent;
	bool outside;

	rcu_read_lock();
	parent = sbx_task_find(rcu_dereference(current->real_parent));
	outside = !parent || parent->state != SBX_TASK_ACTIVE;
	rcu_read_unlock();
	return outside;
}

SBX_SYSCALL_DEFINE1(clone, unsigned long, clone_flags)
{
	unsigned int flags = lower_32_bits(clone_flags);

	/* CSIGNAL's bits are the exit signal, CLONE_NEWTIME's is among them. */
	if (flags & CLONE_NEWANY & ~CSIGNAL)
		return -EPERM;
	/* A pidfd of the host's would not be one of ours. */
	if (flags & CLONE_PIDFD)
		return -EINVAL;
	if ((flags & CLONE_PARENT) && parent_is_outside())
		return -EPERM;
	return sbx_task_stock_child(self) ?: SBX_NATIVE;
}

SBX_SYSCALL_DEFINE0(fork)
{
	return sbx_task_stock_child(self) ?: SBX_NATIVE;
}

SBX_SYSCALL_DEFINE1(unshare, unsigned long, flags)
{
	return flags & ~(unsigned long)UNSHARE_OWN ? -EPERM : SBX_NATIVE;
}
