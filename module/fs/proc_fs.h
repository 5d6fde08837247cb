/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the module's /proc share.
 *
 * A superblock shows the active processes of its container only.  What is the
 * kernel's to say of a process, and all links to its files, come from the
 * container's private procfs through a closed list of entries (proc_pid.c),
 * under the reader's own credentials, so that the kernel makes its usual
 * checks.  Global files are the module's own, but for a few (proc_system.c).
 *
 * Two kinds of inodes live on a superblock.  Those of the global files
 * (proc_system.c) are the module's own and stay in the dentry cache.  All
 * others have a counterpart in the container's private procfs, the `inner`
 * one, which knows owners, permissions and contents.  Their dentries are
 * checked at every step of a path walk and dropped with their last user.
 */
#ifndef _SBX_FS_PROC_FS_H
#define _SBX_FS_PROC_FS_H

#include "super.h"

/**
 * enum sbx_proc_flags - properties of an entry
 * @SBX_PROC_PROCESS: below a process's directory
 * @SBX_PROC_THREAD: below a thread's directory
 * @SBX_PROC_LIVE: shows files or the working directory, so not for a task
 *	that is dying: it might be one of the runtime's
 * @SBX_PROC_MINE: nobody but the process itself and its tracer may open it
 * @SBX_PROC_BY_PID: the name is a pid, and what is below belongs to it
 * @SBX_PROC_NET: about a process's network namespace
 */
enum sbx_proc_flags {
	SBX_PROC_PROCESS	= 1 << 0,
	SBX_PROC_THREAD		= 1 << 1,
	SBX_PROC_LIVE		= 1 << 2,
	SBX_PROC_BY_PID		= 1 << 3,
	SBX_PROC_MINE		= 1 << 4,
	SBX_PROC_NET		= 1 << 5,
};

/* Inode numbers of global files and of pid directories; inner ones are 32 bit. */
#define SBX_PROC_INO_GLOBAL	BIT(32)
#define SBX_PROC_INO_PID	BIT(33)

/* proc_inner.c */
struct vfsmount *sbx_proc_private(struct super_block *sb);
extern const struct inode_operations sbx_proc_forward_iops;
struct dentry *sbx_proc_instantiate(struct super_block *sb, struct dentry *dentry,
				    const struct sbx_fs_entry *entry, struct pid *pid,
				    struct path *inner);
struct path sbx_proc_inner_path(const struct inode *inode);
int sbx_proc_getattr(struct sbx_idmap *idmap, const struct path *path, struct kstat *stat,
		     u32 mask, unsigned int flags);
int sbx_proc_permission(struct sbx_idmap *idmap, struct inode *inode, int mask);
int sbx_proc_setattr(struct sbx_idmap *idmap, struct dentry *dentry, struct iattr *attr);

/* proc_forward.c */
extern const struct file_operations sbx_proc_forward_fops;
struct file *sbx_proc_open_inner(struct inode *inode, struct file *file);
ssize_t sbx_proc_read_inner(struct file *inner, loff_t *pos, struct iov_iter *to);

/* proc_lines.c */
extern const struct file_operations sbx_proc_lines_fops;
extern const struct file_operations sbx_proc_lines_poll_fops;
size_t sbx_proc_filter_status(struct inode *inode, char *line, size_t len, size_t size,
			      void **state);
size_t sbx_proc_filter_limits(struct inode *inode, char *line, size_t len, size_t size,
			      void **state);
size_t sbx_proc_filter_locks(struct inode *inode, char *line, size_t len, size_t size,
			     void **state);
size_t sbx_proc_filter_sched(struct inode *inode, char *line, size_t len, size_t size,
			     void **state);
size_t sbx_proc_filter_mounts(struct inode *inode, char *line, size_t len, size_t size,
			      void **state);
size_t sbx_proc_filter_mountinfo(struct inode *inode, char *line, size_t len, size_t size,
				 void **state);

/* proc_link.c */
extern const struct inode_operations sbx_proc_link_iops;
extern const struct inode_operations sbx_proc_self_iops;
extern const struct inode_operations sbx_proc_thread_self_iops;

/* proc_pid.c */
extern const struct file_operations sbx_proc_refused_fops;
bool sbx_proc_visible(struct super_block *sb, struct pid *pid, u8 flags);
struct dentry *sbx_proc_lookup_process(struct inode *dir, struct dentry *dentry);
bool sbx_proc_emit_processes(struct super_block *sb, struct dir_context *ctx, loff_t base);

/* proc_usage.c */
size_t sbx_proc_filter_cpuinfo(struct inode *inode, char *line, size_t len, size_t size,
			       void **state);

/* proc_system.c */
extern const struct sbx_fs_entry sbx_proc_root;

#endif /* _SBX_FS_PROC_FS_H */
