/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module's filesystems have in common: a superblock belongs to a
 * container, an inode to an entry of a closed list.
 */
#ifndef _SBX_FS_SUPER_H
#define _SBX_FS_SUPER_H

#include <linux/fs.h>
#include <linux/if.h>
#include <linux/init.h>
#include <linux/uuid.h>

#include "../compat.h"

struct net_device;
struct pid;
struct pid_namespace;
struct sbx_container;
struct seq_file;
struct vfsmount;

/**
 * struct sbx_fs_sb - a superblock
 * @container: whose it is, a reference
 * @pid_ns: the container's PID namespace, a reference
 * @proc: the container's private procfs, a reference taken at first use and
 *	kept to the end; NULL before
 * @boot_id: what the container knows as the machine's boot id
 */
struct sbx_fs_sb {
	struct sbx_container *container;
	struct pid_namespace *pid_ns;
	struct vfsmount *proc;
	uuid_t boot_id;
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
 * struct sbx_fs_entry - a name, or a kind of names, and what is behind it
 * @name: NULL for all names of its directory, or for those of @many; with a
 *	number's format for processors and nodes
 * @mode: type; of own files the permissions too, of forwarded ones the write
 *	permissions that remain
 * @flags: &enum sbx_proc_flags
 * @iop: inode operations
 * @fop: file operations, NULL for links
 * @show: renders an own file; seq_file's private is the inode
 * @text: content of an own file that is always the same, without its newline
 * @filter: for a file that is forwarded line by line
 * @net: content that belongs to a network device
 * @offset: of a counter in &struct rtnl_link_stats64
 * @inner: path in a private mount of the file that has the content; may take
 *	the number of the processor or node
 * @parent: number of the directory it is in, if no process's
 * @dir: number of the directory it is, if no process's
 * @many: &enum sbx_sys_many
 * @below: flag that entries have to have below this directory
 * @any: what all names of this directory stand for, overrides @below
 */
struct sbx_fs_entry {
	const char *name;
	umode_t mode;
	u8 flags;
	const struct inode_operations *iop;
	const struct file_operations *fop;
	int (*show)(struct seq_file *m, void *v);
	const char *text;
	sbx_proc_filter_t filter;
	void (*net)(struct seq_file *m, const struct sbx_fs_entry *entry,
		    struct net_device *dev);
	size_t offset;
	const char *inner;
	u8 parent;
	u8 dir;
	u8 many;
	u8 below;
	const struct sbx_fs_entry *any;
};

/**
 * struct sbx_fs_instance - which one of many an inode belongs to
 * @nr: processor, node, or index of the network device
 * @ifname: of the network device, "" if it is none
 */
struct sbx_fs_instance {
	unsigned int nr;
	char ifname[IFNAMSIZ];
};

/**
 * struct sbx_fs_inode - an inode
 * @entry: what it is
 * @pid: task that it belongs to, a reference; NULL if there is none
 * @inner: counterpart in the private procfs, a reference; NULL for own files
 * @instance: of its entry, or of what it is in
 * @vfs: the VFS's part
 */
struct sbx_fs_inode {
	const struct sbx_fs_entry *entry;
	struct pid *pid;
	struct dentry *inner;
	struct sbx_fs_instance instance;
	struct inode vfs;
};

static inline struct sbx_fs_inode *SBX_FS_I(const struct inode *inode)
{
	return container_of(inode, struct sbx_fs_inode, vfs);
}

static inline struct sbx_fs_sb *SBX_FS_SB(const struct super_block *sb)
{
	return sb->s_fs_info;
}

extern const struct file_operations sbx_fs_own_fops;
struct inode *sbx_fs_new_inode(struct super_block *sb, const struct sbx_fs_entry *entry);
int sbx_fs_permission(struct sbx_idmap *idmap, struct inode *inode, int mask);

int __init sbx_fs_init(void);
void sbx_fs_exit(void);

#endif /* _SBX_FS_SUPER_H */
