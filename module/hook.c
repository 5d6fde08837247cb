// SPDX-License-Identifier: GPL-2.0
/*
 * The redirect of __secure_computing(): the only file that touches ftrace.
 *
 * A direct call: where ftrace would save registers and ask a callback, the
 * kernel calls the few instructions below at once.  They run on each system
 * call of every task with a seccomp filter, whosever it is.  No two may have
 * the function's entry that way, nor a live patch and such a call.
 *
 * The hook is armed while a domain lives, and for a moment after the last one
 * so that a row of short runs does not patch kernel text back and forth.
 * While armed the module holds a reference on itself: rmmod says busy, and if
 * ftrace should ever fail to let go, the module stays for good rather than
 * leave a jump into freed memory behind.
 */
#include <linux/delay.h>
#include <linux/ftrace.h>
#include <linux/hash.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>
#include <asm/frame.h>
#include <asm/ibt.h>
#include <asm/nospec-branch.h>

#include "compat.h"
#include "entry.h"
#include "hook.h"
#include "task.h"
#include "object/object.h"

/* How long the hook outlives the last domain. */
#define DISARM_DELAY	(HZ / 2)

static DEFINE_MUTEX(hook_lock);		/* users, armed and the registration */
static unsigned int users;
static bool armed;

/*
 * Called in place of the first instruction of __secure_computing(), whose
 * argument is in %rdi; its other registers are free.  The way out for all but
 * members is back there.  A member's return address becomes sbx_enter(), with
 * its entry as the argument, which returns where the original would have.
 *
 * bucket() in task.c is the same sum in C.
 */
asm("	.pushsection .text, \"ax\", @progbits\n"
"	.type	sbx_hook_call, @function\n"
"	.globl	sbx_hook_call\n"
"sbx_hook_call:\n"
	ASM_ENDBR
"	movq	%gs:" SBX_ASM_CURRENT ", %rax\n"
"	shrq	$" __stringify(SBX_TASK_ALIGN_SHIFT) ", %rax\n"
"	imull	$" __stringify(GOLDEN_RATIO_32) ", %eax, %eax\n"
"	shrl	$(32 - " __stringify(SBX_REGISTRY_BITS) "), %eax\n"
"	cmpq	$0, sbx_registry(, %rax, 8)\n"
"	jne	1f\n"
	ASM_RET
"1:\n"
	FRAME_BEGIN
"	pushq	%rdi\n"
	CALL_DEPTH_ACCOUNT
"	call	sbx_task_member\n"
"	popq	%rdi\n"
	FRAME_END
"	testq	%rax, %rax\n"
"	jz	2f\n"
"	movq	%rax, %rdi\n"
"	movq	$sbx_enter, (%rsp)\n"
"2:\n"
	ASM_RET
"	.size	sbx_hook_call, . - sbx_hook_call\n"
"	.popsection\n");

static struct ftrace_ops hook_ops;

/*
 * Direct calls cannot be marked as permanent, that is, as something without
 * which ftrace may not be switched off.  This hook of a function that no one
 * calls is, and stands for them.
 */
static noinline void permanent(void)
{
	barrier();
}

static void notrace ignore(unsigned long ip, unsigned long parent_ip,
			   struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
}

static struct ftrace_ops permanent_ops = {
	.func = ignore,
	.flags = FTRACE_OPS_FL_PERMANENT,
};

static int hook(void)
{
	int err;

	err = register_ftrace_function(&permanent_ops);
	if (err)
		return err;
	err = sbx_register_direct(&hook_ops, (unsigned long)sbx_hook_call);
	if (err)
		unregister_ftrace_function(&permanent_ops);
	return err;
}

static int unhook(void)
{
	return sbx_unregister_direct(&hook_ops, (unsigned long)sbx_hook_call) ?:
	       unregister_ftrace_function(&permanent_ops);
}

static int arm(void)
{
	int err;

	err = sbx_object_mount();
	if (err)
		return err;
	err = hook();
	if (err) {
		pr_err("cannot hook __secure_computing: %d%s\n", err, err == -EBUSY ?
		       " (kernel.ftrace_enabled is 0, or a live patch or BPF program has it)" : "");
		sbx_object_unmount();
		return err;
	}
	__module_get(THIS_MODULE);
	armed = true;
	return 0;
}

static void disarm(void)
{
	int err;

	err = unhook();
	if (err) {
		pr_err("cannot release __secure_computing: %d; the module stays loaded\n", err);
		return;
	}
	armed = false;

	/*
	 * Bystanders in the hook's own code ftrace has waited for.  Members are
	 * gone, but for handlers that are seen in the count, and their tails.
	 */
	while (sbx_entry_inflight())
		msleep(20);
	synchronize_rcu_tasks();
	sbx_object_unmount();
	module_put(THIS_MODULE);
}

static void disarm_work(struct work_struct *work)
{
	mutex_lock(&hook_lock);
	if (armed && !users)
		disarm();
	mutex_unlock(&hook_lock);
}

static DECLARE_DELAYED_WORK(disarm_later, disarm_work);

/**
 * sbx_hook_get() - have the hook armed until sbx_hook_put()
 *
 * Return: 0, or the error of ftrace: -EBUSY if ftrace is switched off, or
 * a live patch or a BPF program has the function.
 */
int sbx_hook_get(void)
{
	int err = 0;

	mutex_lock(&hook_lock);
	if (!armed)
		err = arm();
	if (!err)
		users++;
	mutex_unlock(&hook_lock);
	return err;
}

/**
 * sbx_hook_put() - give up one sbx_hook_get()
 */
void sbx_hook_put(void)
{
	mutex_lock(&hook_lock);
	if (!--users)
		mod_delayed_work(system_long_wq, &disarm_later, DISARM_DELAY);
	mutex_unlock(&hook_lock);
}

/**
 * sbx_hook_armed() - whether the redirect is in place
 */
bool sbx_hook_armed(void)
{
	return READ_ONCE(armed);
}

static int __init set_filters(void)
{
	static char function[] __initdata = "__secure_computing";
	int err;

	err = ftrace_set_filter(&hook_ops, function, strlen(function), 1);
	if (err) {
		pr_err("this kernel has no __secure_computing to hook: %d\n", err);
		return err;
	}
	err = ftrace_set_filter_ip(&permanent_ops, (unsigned long)permanent, 0, 1);
	if (err)
		ftrace_free_filter(&hook_ops);
	return err;
}

static void free_filters(void)
{
	ftrace_free_filter(&permanent_ops);
	ftrace_free_filter(&hook_ops);
}

/* Arms once, so that a host where that is impossible says so at insmod. */
int __init sbx_hook_init(void)
{
	int err;

	err = set_filters();
	if (err)
		return err;
	err = sbx_hook_get();
	if (err) {
		free_filters();
		return err;
	}
	sbx_hook_put();
	return 0;
}

/* The self-reference is gone when this can run, so the hook is not armed. */
void sbx_hook_exit(void)
{
	cancel_delayed_work_sync(&disarm_later);
	free_filters();
}
