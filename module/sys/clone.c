// SPDX-License-Identifier: GPL-2.0
/*
 * clone(2), clone3(2), fork(2), vfork(2), unshare(2): native, by registers
 * alone.
 *
 * clone3's arguments are in memory, which the host would read again after a
 * check: it is handed on as the clone that means the same, with the checked
 * copy in the registers.  The user's own registers come back before either
 * process returns to user space or stops for a tracer: in the fork probe, and
 * where no child comes to be by task_work, which runs before a signal could
 * restart the call.
 *
 * All but unshare need an entry in stock, see sbx_task_stock_child().
 */
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/task_work.h>
#include <linux/uaccess.h>
#include <uapi/linux/sched.h>

#include "../entry.h"

#define CLONE_NEWANY	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | \
			 CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME)

#define UNSHARE_OWN	(CLONE_FILES | CLONE_FS | CLONE_SYSVSEM | CLONE_THREAD | \
			 CLONE_SIGHAND | CLONE_VM)

/* CLONE_NEWTIME shares its bit with the exit signal of clone(2): no flag there. */
static long check_flags(struct sbx_task *self, u64 flags)
{
	if (flags & CLONE_NEWANY)
		return sbx_refuse(self, -EPERM);
	/* A pidfd of the host's would not be one of ours. */
	if (flags & CLONE_PIDFD)
		return sbx_refuse(self, -EINVAL);
	/* A sibling of a task that came from outside would be outside's child. */
	if ((flags & CLONE_PARENT) && sbx_parent_is_outside())
		return sbx_refuse(self, -EPERM);
	return 0;
}

SBX_SYSCALL_DEFINE1(clone, unsigned long, flags)
{
	return check_flags(self, lower_32_bits(flags) & ~CSIGNAL) ?:
	       sbx_task_stock_child(self) ?: SBX_NATIVE;
}

static void restore(const struct sbx_clone_regs *saved, struct pt_regs *regs)
{
	regs->di = saved->di;
	regs->si = saved->si;
	regs->dx = saved->dx;
	regs->r10 = saved->r10;
	regs->r8 = saved->r8;
	regs->orig_ax = saved->orig_ax;
}

static void restore_parent(struct sbx_clone_regs *saved)
{
	if (saved->used)
		restore(saved, current_pt_regs());
	saved->used = false;
}

/**
 * sbx_clone_regs_restore() - undo the rewriting of a clone3(2) that made a child
 * @saved: registers as the user set them, if it was one; of the current task
 * @child: that never ran, so that its copy of them can be set from here
 */
void sbx_clone_regs_restore(struct sbx_clone_regs *saved, struct task_struct *child)
{
	if (!saved->used)
		return;
	restore(saved, task_pt_regs(child));
	restore_parent(saved);
}

static void no_child(struct callback_head *work)
{
	restore_parent(container_of(work, struct sbx_clone_regs, work));
}

/* What clone3_args_valid() in kernel/fork.c finds, and what clone can say. */
static long check_args(struct sbx_task *self, const struct clone_args *args)
{
	/* CLONE_CLEAR_SIGHAND and what came after it have no bit in clone(2). */
	if (upper_32_bits(args->flags))
		return sbx_refuse(self, -EINVAL);
	if (args->flags & (CLONE_DETACHED | (CSIGNAL & ~CLONE_NEWTIME)))
		return -EINVAL;
	if ((args->flags & (CLONE_THREAD | CLONE_PARENT)) && args->exit_signal)
		return -EINVAL;
	if (args->exit_signal & ~(u64)CSIGNAL || !valid_signal(args->exit_signal))
		return -EINVAL;
	if (!args->stack != !args->stack_size)
		return -EINVAL;
	if (args->stack && !access_ok((void __user *)args->stack, args->stack_size))
		return -EINVAL;
	/* Choosing pids needs privileges over the PID namespace. */
	if (!args->set_tid != !args->set_tid_size)
		return -EINVAL;
	if (args->set_tid)
		return sbx_refuse(self, -EPERM);
	return check_flags(self, args->flags);
}

static int rewrite(struct sbx_clone_regs *saved, struct pt_regs *regs,
		   const struct clone_args *args)
{
	saved->di = regs->di;
	saved->si = regs->si;
	saved->dx = regs->dx;
	saved->r10 = regs->r10;
	saved->r8 = regs->r8;
	saved->orig_ax = regs->orig_ax;
	init_task_work(&saved->work, no_child);
	if (task_work_add(current, &saved->work, TWA_RESUME))
		return -EINTR;
	saved->used = true;

	regs->di = args->flags | args->exit_signal;
	regs->si = args->stack ? args->stack + args->stack_size : 0;
	regs->dx = args->parent_tid;
	regs->r10 = args->child_tid;
	regs->r8 = args->tls;
	regs->orig_ax = __NR_clone;
	return 0;
}

SBX_SYSCALL_DEFINE2(clone3, struct clone_args __user *, uargs, size_t, size)
{
	struct clone_args args;
	int err;

	if (size > PAGE_SIZE)
		return -E2BIG;
	if (size < CLONE_ARGS_SIZE_VER0)
		return -EINVAL;
	err = copy_struct_from_user(&args, sizeof(args), uargs, size);
	if (err)
		return err;
	return check_args(self, &args) ?: sbx_task_stock_child(self) ?:
	       rewrite(&self->clone_regs, regs, &args) ?: SBX_NATIVE;
}

SBX_SYSCALL_DEFINE0(fork)
{
	return sbx_task_stock_child(self) ?: SBX_NATIVE;
}

SBX_SYSCALL_DEFINE1(unshare, unsigned long, flags)
{
	return flags & ~(unsigned long)UNSHARE_OWN ? sbx_refuse(self, -EPERM) : SBX_NATIVE;
}

#if IS_BUILTIN(CONFIG_KUNIT)
#include "clone_kunit.c"
#endif
