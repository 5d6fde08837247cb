/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the module's /sys share.
 *
 * All is a table of entries (sys_show.c).  Contents are made when they are
 * read, by the module or from a file of a private mount that has them.
 */
#ifndef _SBX_FS_SYS_FS_H
#define _SBX_FS_SYS_FS_H

#include <linux/fs.h>
#include <linux/if.h>

struct net_device;
struct sbx_container;
struct seq_file;

/* Directories.  Entries name their parent by number. */
enum sbx_sys_dir {
	SBX_SYS_ROOT, SBX_SYS_CGROUP_ROOT,
	SBX_SYS_CLASS, SBX_SYS_CLASS_NET, SBX_SYS_NET, SBX_SYS_NET_STATISTICS,
	SBX_SYS_DEVICES, SBX_SYS_SYSTEM,
	SBX_SYS_CPUS, SBX_SYS_CPU, SBX_SYS_TOPOLOGY,
	SBX_SYS_NODES, SBX_SYS_NODE,
	SBX_SYS_FS, SBX_SYS_KERNEL, SBX_SYS_MM, SBX_SYS_THP,
	SBX_SYS_EMPTY,
};

/**
 * enum sbx_sys_many - directories of which there is one for each of something
 * @SBX_SYS_ONE: none of these
 * @SBX_SYS_PER_CPU: of the container
 * @SBX_SYS_PER_NODE: of memory, online
 * @SBX_SYS_PER_NETDEV: of the reader's network namespace
 */
enum sbx_sys_many { SBX_SYS_ONE, SBX_SYS_PER_CPU, SBX_SYS_PER_NODE, SBX_SYS_PER_NETDEV };

/**
 * struct sbx_sys_entry - a name and what is behind it
 * @name: with a number's format for processors and nodes
 * @parent: directory it is in
 * @dir: directory it is, of others 0
 * @many: -
 * @show: contents; seq_file's private is the inode
 * @net: contents that belong to a network device
 * @inner: path in the private sysfs, or of the container's control group;
 *	may take the number of the processor or node
 * @offset: of a counter in &struct rtnl_link_stats64
 */
struct sbx_sys_entry {
	const char *name;
	u8 parent;
	u8 dir;
	u8 many;
	int (*show)(struct seq_file *m, void *v);
	void (*net)(struct seq_file *m, const struct sbx_sys_entry *entry,
		    struct net_device *dev);
	const char *inner;
	size_t offset;
};

/**
 * struct sbx_sys_inode - an inode
 * @entry: what it is
 * @nr: processor or node
 * @ifname: network device
 * @vfs: the VFS's part
 */
struct sbx_sys_inode {
	const struct sbx_sys_entry *entry;
	unsigned int nr;
	char ifname[IFNAMSIZ];
	struct inode vfs;
};

static inline struct sbx_sys_inode *SBX_SYS_I(const struct inode *inode)
{
	return container_of(inode, struct sbx_sys_inode, vfs);
}

/* The superblock's container, with a reference. */
static inline struct sbx_container *SBX_SYS_CONTAINER(const struct super_block *sb)
{
	return sb->s_fs_info;
}

/* sys.c */
int sbx_sys_inner_root(struct sbx_container *container, const struct sbx_sys_entry *entry,
		       struct path *root);

/* sys_show.c */
extern const struct sbx_sys_entry sbx_sys_entries[];
extern const unsigned int sbx_sys_nr_entries;
bool sbx_sys_exists(struct sbx_container *container, const struct sbx_sys_entry *entry,
		    unsigned int nr);

#endif /* _SBX_FS_SYS_FS_H */
