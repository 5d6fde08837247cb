/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differences between the kernels that the module builds for, and the only
 * place that asks for a kernel's version.
 */
#ifndef _SBX_COMPAT_H
#define _SBX_COMPAT_H

#include <linux/fs.h>
#include <linux/ftrace.h>
#include <linux/mount.h>
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

/* How ids of a mount map to ids of its superblock. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define sbx_idmap		user_namespace
#define sbx_mnt_idmap(mnt)	mnt_user_ns(mnt)
#else
#define sbx_idmap		mnt_idmap
#define sbx_mnt_idmap(mnt)	mnt_idmap(mnt)
#endif

static inline void sbx_fillattr(struct sbx_idmap *idmap, u32 mask, struct inode *inode,
				struct kstat *stat)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
	generic_fillattr(idmap, inode, stat);
#else
	generic_fillattr(idmap, mask, inode, stat);
#endif
}

/* What a FIFO's reader knows of writers before it. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#define f_pipe	f_version
#endif

/* Positions beyond the middle of 64 bits are no error. */
#ifdef FOP_UNSIGNED_OFFSET
#define SBX_FOP_UNSIGNED_OFFSET		.fop_flags = FOP_UNSIGNED_OFFSET,
#define SBX_FMODE_UNSIGNED_OFFSET	((__force fmode_t)0)
#else
#define SBX_FOP_UNSIGNED_OFFSET
#define SBX_FMODE_UNSIGNED_OFFSET	FMODE_UNSIGNED_OFFSET
#endif

/* Reads into pages and gives them to a host's pipe. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#define sbx_splice_read	generic_file_splice_read
#else
#define sbx_splice_read	copy_splice_read
#endif

#endif /* _SBX_COMPAT_H */
