/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differences between the kernels that the module builds for, and the only
 * place that asks for a kernel's version.
 */
#ifndef _SBX_COMPAT_H
#define _SBX_COMPAT_H

#include <linux/ftrace.h>
#include <linux/slab.h>
#include <linux/version.h>
#include <net/genetlink.h>

/* The instruction pointer can be set without the full register set. */
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_ARGS
#define SBX_FTRACE_OPS_FL	0
#else
#define SBX_FTRACE_OPS_FL	FTRACE_OPS_FL_SAVE_REGS
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define ftrace_regs_set_instruction_pointer ftrace_instruction_pointer_set
/* What &genl_family.pre_doit is given. */
#define genl_split_ops genl_ops
#endif

/* Parsed attributes of a generic netlink dump's request. */
static inline struct nlattr **sbx_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
	return genl_dumpit_info(cb)->attrs;
#else
	return genl_info_dump(cb)->attrs;
#endif
}

/* A cache of its own, whatever others have objects of that size. */
#ifndef SLAB_NO_MERGE
#define SLAB_NO_MERGE	0
#endif

#endif /* _SBX_COMPAT_H */
