// SPDX-License-Identifier: GPL-2.0
/*
 * occupy: has __secure_computing() redirected, as a live patch would.
 *
 * It redirects to where the call would have gone anyway.
 */
#include <linux/ftrace.h>
#include <linux/module.h>

static void notrace nothing(unsigned long ip, unsigned long parent_ip,
			    struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
}

static struct ftrace_ops occupy_ops = {
	.func = nothing,
	.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_SAVE_REGS_IF_SUPPORTED,
};

static int __init occupy_init(void)
{
	static char function[] __initdata = "__secure_computing";
	int err;

	err = ftrace_set_filter(&occupy_ops, function, strlen(function), 1);
	if (err)
		return err;
	err = register_ftrace_function(&occupy_ops);
	if (err)
		ftrace_free_filter(&occupy_ops);
	return err;
}

static void __exit occupy_exit(void)
{
	unregister_ftrace_function(&occupy_ops);
	ftrace_free_filter(&occupy_ops);
}

module_init(occupy_init);
module_exit(occupy_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Redirects __secure_computing, as a live patch would");
