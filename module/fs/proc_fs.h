/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the module's /proc share.
 *
 * Two kinds of inodes live on a superblock.  Those of the global files
 * (proc_system.c) are the module's own and stay in the dentry cache.  All
 * others have a counterpart in the container's private procfs, the `inner`
 * one, which knows owners, permissions and contents.  Their dentries are
 * checked at every step of a path walk and dropped with their last user.
 */
#ifndef _SBX_FS_PROC_FS_H
#define _SBX_FS_PROC_FS_H

#include <linux/fs.h>
#include <linux/uuid.h>

struct pid;
struct pid_namespace;
struct sbx_container;
struct sbx_proc_inode;
struct vfsmount;

/**
 * struct sbx_proc_sb - a superblock
 * @container: whose processes it shows, a reference
 * @pid_ns: the container's PID namespace, a reference
 * @proc: the container's private procfs, a reference taken at first use and
 *	kept to the end; NULL before
 * @boot_id: what the container knows as the machine's boot id
 */
struct sbx_proc_sb {
	struct sbx_container *container;
	struct pid_namespace *pid_ns;
	struct vfsmount *proc;
	uuid_t boot_id;
};

/**
 * enum sbx_proc_flags - properties of an entry
 * @SBX_PROC_PROCESS: below a process's directory
 * @SBX_PROC_THREAD: below a thread's directory
 * @SBX_PROC_LIVE: shows files or the working directory, so not for a task
 *	that is dying: it might be one of the runtime's
 * @SBX_PROC_ONESELF: nobody but the process itself may open it
 * @SBX_PROC_BY_PID: the name is a pid, and what is below belongs to it
 */
enum sbx_proc_flags {
	SBX_PROC_PROCESS	= 1 << 0,
	SBX_PROC_THREAD		= 1 << 1,
	SBX_PROC_LIVE		= 1 << 2,
	SBX_PROC_BY_PID		= 1 << 3,
	SBX_PROC_ONESELF	= 1 << 4,
};

/**
 * typedef sbx_proc_filter_t - changes a line of a forwarded file
 * @inode: of the file
 * @line: with its newline and a NUL, changed in place
 * @len: of @line
 * @size: of the buffer at @line
 * @state: what the filter keeps from line to line, for kfree(); NULL at first
 *
 * Return: the new length, 0 to leave the line out.
 */
typedef size_t (*sbx_proc_filter_t)(struct inode *inode, char *line, size_t len, size_t size,
				    void **state);

/**
 * struct sbx_proc_entry - a name, or a kind of names, and what is behind it
 * @name: NULL for all names of its directory
 * @mode: type; of own files the permissions too, of forwarded ones the write
 *	permissions that remain
 * @flags: &enum sbx_proc_flags
 * @iop: inode operations
 * @fop: file operations, NULL for links
 * @show: renders an own file; seq_file's private is the inode
 * @text: content of an own file that is always the same, without its newline
 * @filter: for a file that is forwarded line by line
 * @inner: path in the private procfs of a forwarded global file
 * @parent: number of the directory it is in, global files only
 * @dir: number of the directory it is, global files only
 * @below: flag that entries have to have below this directory
 * @any: what all names of this directory stand for, overrides @below
 */
struct sbx_proc_entry {
	const char *name;
	umode_t mode;
	u8 flags;
	const struct inode_operations *iop;
	const struct file_operations *fop;
	int (*show)(struct seq_file *m, void *v);
	const char *text;
	sbx_proc_filter_t filter;
	const char *inner;
	u8 parent;
	u8 dir;
	u8 below;
	const struct sbx_proc_entry *any;
};

/**
 * struct sbx_proc_inode - an inode
 * @entry: what it is
 * @pid: task that it belongs to, a reference; NULL for global files
 * @inner: counterpart in the private procfs, a reference; NULL for own files
 * @vfs: the VFS's part
 */
struct sbx_proc_inode {
	const struct sbx_proc_entry *entry;
	struct pid *pid;
	struct dentry *inner;
	struct inode vfs;
};

/* Inode numbers of global files and of pid directories; inner ones are 32 bit. */
#define SBX_PROC_INO_GLOBAL	BIT(32)
#define SBX_PROC_INO_PID	BIT(33)

static inline struct sbx_proc_inode *SBX_PROC_I(const struct inode *inode)
{
	return container_of(inode, struct sbx_proc_inode, vfs);
}

static inline struct sbx_proc_sb *SBX_PROC_SB(const struct super_block *sb)
{
	return sb->s_fs_info;
}

/* proc.c */
struct vfsmount *sbx_proc_private(struct super_block *sb);
struct inode *sbx_proc_new_inode(struct super_block *sb, const struct sbx_proc_entry *entry);

/* proc_inner.c */
extern const struct inode_operations sbx_proc_forward_iops;
struct dentry *sbx_proc_instantiate(struct super_block *sb, struct dentry *dentry,
				    const struct sbx_proc_entry *entry, struct pid *pid,
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
size_t sbx_proc_filter_mounts(struct inode *inode, char *line, size_t len, size_t size,
			      void **state);
size_t sbx_proc_filter_mountinfo(struct inode *inode, char *line, size_t len, size_t size,
				 void **state);

/* proc_link.c */
extern const struct inode_operations sbx_proc_link_iops;
extern const struct inode_operations sbx_proc_self_iops;
extern const struct inode_operations sbx_proc_thread_self_iops;

/* proc_pid.c */
bool sbx_proc_visible(struct super_block *sb, struct pid *pid, u8 flags);
struct dentry *sbx_proc_lookup_process(struct inode *dir, struct dentry *dentry);
bool sbx_proc_emit_processes(struct super_block *sb, struct dir_context *ctx, loff_t base);

/* proc_usage.c */
size_t sbx_proc_filter_cpuinfo(struct inode *inode, char *line, size_t len, size_t size,
			       void **state);

/* proc_system.c */
extern const struct sbx_proc_entry sbx_proc_root;

#endif /* _SBX_FS_PROC_FS_H */
