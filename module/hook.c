// SPDX-License-Identifier: GPL-2.0
/*
 * The redirect of __secure_computing(): the only file that touches ftrace.
 *
 * The hook is armed while a domain lives, and for a moment after the last one
 * so that a row of short runs does not patch kernel text back and forth.
 * While armed the module holds a reference on itself: rmmod says busy, and if
 * ftrace should ever fail to let go, the module stays for good rather than
 * leave a jump into freed memory behind.
 */
#include <linux/delay.h>
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

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
 * Only decides.  For anyone but a member the original runs untouched; never
 * call it from sbx_enter(), it would come back here.
 */
static void notrace redirect(unsigned long ip, unsigned long parent_ip,
			     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	if (sbx_task_is_member())
		ftrace_regs_set_instruction_pointer(fregs, (unsigned long)sbx_enter);
}

static struct ftrace_ops hook_ops = {
	.func = redirect,
	.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT | SBX_FTRACE_OPS_FL,
};

static int arm(void)
{
	int err;

	err = sbx_object_mount();
	if (err)
		return err;
	err = register_ftrace_function(&hook_ops);
	if (err) {
		pr_err("cannot hook __secure_computing: %d%s\n", err, err == -EBUSY ?
		       " (sysctl kernel.ftrace_enabled is 0, or a live patch holds it)" : "");
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

	err = unregister_ftrace_function(&hook_ops);
	if (err) {
		pr_err("cannot release __secure_computing: %d; the module stays loaded\n", err);
		return;
	}
	armed = false;

	/* Tasks between the patched call and the count, handlers, their tails. */
	synchronize_rcu_tasks();
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
 * Return: 0, or the error of ftrace: -EBUSY if ftrace is switched off or
 * another live patch redirects the function.
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

/* Arms once, so that a host where that is impossible says so at insmod. */
int __init sbx_hook_init(void)
{
	static char function[] __initdata = "__secure_computing";
	int err;

	err = ftrace_set_filter(&hook_ops, function, strlen(function), 1);
	if (err) {
		pr_err("this kernel has no __secure_computing to hook: %d\n", err);
		return err;
	}
	err = sbx_hook_get();
	if (err) {
		ftrace_free_filter(&hook_ops);
		return err;
	}
	sbx_hook_put();
	return 0;
}

/* The self-reference is gone when this can run, so the hook is not armed. */
void sbx_hook_exit(void)
{
	cancel_delayed_work_sync(&disarm_later);
	ftrace_free_filter(&hook_ops);
}
