/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the module's /sys share.
 *
 * All is a table of entries (sys_show.c).  Contents are made when they are
 * read, by the module or from a file of a private mount that has them.
 */
#ifndef _SBX_FS_SYS_FS_H
#define _SBX_FS_SYS_FS_H

#include "super.h"

/* Directories.  Entries name their parent by number. */
enum sbx_sys_dir {
	SBX_SYS_ROOT, SBX_SYS_CGROUP_ROOT,
	SBX_SYS_CLASS, SBX_SYS_CLASS_NET, SBX_SYS_DEV, SBX_SYS_NET, SBX_SYS_NET_STATISTICS,
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

/* sys.c */
extern const struct sbx_fs_entry sbx_sys_root, sbx_sys_cgroup_root;
extern const struct inode_operations sbx_sys_dir_iops, sbx_sys_file_iops;
extern const struct file_operations sbx_sys_dir_fops;
int sbx_sys_inner_root(struct sbx_container *container, const struct sbx_fs_entry *entry,
		       struct path *root);

/* sys_show.c */
extern const struct sbx_fs_entry sbx_sys_entries[];
extern const unsigned int sbx_sys_nr_entries;
bool sbx_sys_exists(struct sbx_container *container, const struct sbx_fs_entry *entry,
		    unsigned int nr);

#endif /* _SBX_FS_SYS_FS_H */
