/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differences between the kernels that the module builds for, and the only
 * place that asks for a kernel's version.
 */
#ifndef _SBX_COMPAT_H
#define _SBX_COMPAT_H

#include <linux/capability.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fsnotify.h>
#include <linux/ftrace.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/slab.h>
#include <linux/splice.h>
#include <linux/stat.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <linux/version.h>
#include <net/genetlink.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#include <linux/filelock.h>
#endif

/* What %gs:... is current in assembly. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define SBX_ASM_CURRENT		"current_task"
#else
#define SBX_ASM_CURRENT		"pcpu_hot"
static_assert(offsetof(struct pcpu_hot, current_task) == 0);
#endif

#ifndef CALL_DEPTH_ACCOUNT
#define CALL_DEPTH_ACCOUNT	""
#endif

/* Calls @addr at the entry of the functions that @ops has as its filter. */
static inline int sbx_register_direct(struct ftrace_ops *ops, unsigned long addr)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
	int err = register_ftrace_direct_multi(ops, addr);

	/* Left as if it were registered, it would never be again. */
	if (err) {
		ops->func = NULL;
		ops->trampoline = 0;
	}
	return err;
#else
	return register_ftrace_direct(ops, addr);
#endif
}

static inline int sbx_unregister_direct(struct ftrace_ops *ops, unsigned long addr)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
	return unregister_ftrace_direct_multi(ops, addr);
#else
	return unregister_ftrace_direct(ops, addr, false);
#endif
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
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
#define old_mnt_idmap		old_mnt_userns
#define new_mnt_idmap		new_mnt_userns
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

/* Until 6.2 the VFS took an ACL for any other attribute. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define SBX_ACL_IS_XATTR	1
#else
#define SBX_ACL_IS_XATTR	0
#endif

/* setxattrat(2) and getxattrat(2) came later than the kernels we run on. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define XATTR_ARGS_SIZE_VER0	16

struct xattr_args {
	__aligned_u64 value;
	__u32 size;
	__u32 flags;
};
#endif

/* What a FIFO's reader knows of writers before it. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#define f_pipe	f_version
#endif

/* What is written to an eventfd has eight bytes, or at least. */
#define SBX_EVENTFD_EXACT	(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0))

/* Before 6.10 neither a timer's nor a signals' descriptor took RWF_NOWAIT. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define SBX_TIMERFD_NOWAIT	((__force fmode_t)0)
#define SBX_SIGNALFD_NOWAIT	((__force fmode_t)0)
#else
#define SBX_TIMERFD_NOWAIT	FMODE_NOWAIT
#define SBX_SIGNALFD_NOWAIT	FMODE_NOWAIT
#endif

/* Before 6.12 the task was an argument, and had to be the caller. */
static inline int sbx_dequeue_signal(sigset_t *mask, kernel_siginfo_t *info)
{
	enum pid_type type;

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
	return dequeue_signal(current, mask, info, &type);
#else
	return dequeue_signal(mask, info, &type);
#endif
}

/* Before 6.4 no pipe took RWF_NOWAIT: EOPNOTSUPP. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define SBX_PIPE_NOWAIT		((__force fmode_t)0)
#else
#define SBX_PIPE_NOWAIT		FMODE_NOWAIT
#endif

/* Nor did a socket. */
#define SBX_SOCKET_NOWAIT	SBX_PIPE_NOWAIT

/* Bytes of control messages that can be sent, less one. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
#define SBX_OPTMEM_MAX		20480
#else
#define SBX_OPTMEM_MAX		131072
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

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#define sbx_follow_down(path)	follow_down(path)

/* The type of the last component; callers have no other than names. */
static inline int sbx_path_parent_lookup(struct filename *name, unsigned int flags,
					 struct path *parent, struct qstr *last)
{
	int type;

	return vfs_path_parent_lookup(name, flags, parent, last, &type, NULL);
}
#else
#define sbx_follow_down(path)	follow_down(path, 0)
#define sbx_path_parent_lookup(name, flags, parent, last)	\
	vfs_path_parent_lookup(name, flags, parent, last, NULL)
#endif

/* Whoever sends a file to another holds off a freeze of the other's filesystem. */
static inline ssize_t sbx_splice_direct(struct file *in, loff_t *pos, struct file *out,
					loff_t *out_pos, size_t count)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
	ssize_t ret;

	file_start_write(out);
	ret = do_splice_direct(in, pos, out, out_pos, count, 0);
	file_end_write(out);
	return ret;
#else
	return do_splice_direct(in, pos, out, out_pos, count, 0);
#endif
}

/* ->splice_read of files that have no pages of their own to give. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#define sbx_copy_splice_read	generic_file_splice_read
#else
#define sbx_copy_splice_read	copy_splice_read
#endif

/* Whom signals of a file go to is in a structure of its own. */
static inline int sbx_owner_allocate(struct file *file)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
	return 0;
#else
	return file_f_owner_allocate(file);
#endif
}

/* struct fd hides its file. */
#ifndef fd_file
#define fd_file(f)		((f).file)

static inline bool fd_empty(struct fd f)
{
	return !f.file;
}
#endif

/* The mark of a group on an inode, with a reference, or NULL. */
static inline struct fsnotify_mark *sbx_find_inode_mark(struct inode *inode,
							struct fsnotify_group *group)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
	return fsnotify_find_mark(&inode->i_fsnotify_marks, group);
#else
	return fsnotify_find_inode_mark(inode, group);
#endif
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
static inline int sbx_kiocb_set_rw_flags(struct kiocb *kiocb, rwf_t flags, int rw)
{
	return kiocb_set_rw_flags(kiocb, flags);
}

/* The event of an open is its caller's to send. */
static inline void sbx_fsnotify_opened(struct file *file)
{
	fsnotify_open(file);
}

/* A NULL path was not yet an empty one. */
static inline bool vfs_empty_path(int dfd, const char __user *path)
{
	char c;

	return dfd >= 0 && !get_user(c, path) && !c;
}

/* linkat(2) of a descriptor took a privilege. */
static inline int sbx_linkat_empty(void)
{
	return capable(CAP_DAC_READ_SEARCH) ? LOOKUP_EMPTY : -ENOENT;
}
#else
#define sbx_kiocb_set_rw_flags	kiocb_set_rw_flags

static inline void sbx_fsnotify_opened(struct file *file)
{
}

static inline int sbx_linkat_empty(void)
{
	return LOOKUP_EMPTY | LOOKUP_LINKAT_EMPTY;
}
#endif

/* Bits that statx(2) keeps for the kernel itself. */
#ifndef STATX_CHANGE_COOKIE
#define STATX_CHANGE_COOKIE		0
#endif
#ifndef STATX_ATTR_CHANGE_MONOTONIC
#define STATX_ATTR_CHANGE_MONOTONIC	0
#endif

/* What statx(2) learned since. */
static inline void sbx_put_statx_more(const struct kstat *stat, struct statx *to)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	to->stx_subvol = stat->subvol;
	to->stx_atomic_write_unit_min = stat->atomic_write_unit_min;
	to->stx_atomic_write_unit_max = stat->atomic_write_unit_max;
	to->stx_atomic_write_segments_max = stat->atomic_write_segments_max;
#endif
}

/* Capabilities 32 * @i and the next ones. */
static inline u32 sbx_cap_word(const kernel_cap_t *caps, int i)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
	return caps->cap[i];
#else
	return caps->val >> 32 * i;
#endif
}

/* Exported, but not in a public header. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
int vfs_path_lookup(struct dentry *dentry, struct vfsmount *mnt, const char *name,
		    unsigned int flags, struct path *path);
#endif

/* All times of a new inode are now. */
static inline void sbx_inode_init_ts(struct inode *inode)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
	inode->i_atime = current_time(inode);
	inode->i_mtime = inode->i_atime;
	inode->i_ctime = inode->i_atime;
#else
	simple_inode_init_ts(inode);
#endif
}

/* The current segment of an iterator over user memory. */
static inline struct iovec sbx_iter_segment(const struct iov_iter *iter)
{
	if (iter_is_ubuf(iter))
		return (struct iovec) { iter->ubuf + iter->iov_offset, iter->count };
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
	return iov_iter_iovec(iter);
#else
	return (struct iovec) { iter_iov_addr(iter), min(iter_iov_len(iter), iter->count) };
#endif
}

/* Takes part in freezing; the kernel's own does since 6.7. */
static inline ssize_t sbx_iocb_iter_write(struct file *file, struct kiocb *iocb,
					  struct iov_iter *iter)
{
	ssize_t ret;

	if (LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0))
		file_start_write(file);
	ret = vfs_iocb_iter_write(file, iocb, iter);
	if (LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0))
		file_end_write(file);
	return ret;
}

#endif /* _SBX_COMPAT_H */
