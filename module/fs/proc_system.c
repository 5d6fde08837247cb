// SPDX-License-Identifier: GPL-2.0
/*
 * The root directory and the files that belong to no process.
 */
#include <linux/ctype.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/seq_file.h>

#include "../compat.h"
#include "proc_fs.h"
#include "proc_show.h"

/* Directories.  Entries name their parent by number, listings go by position. */
enum { ROOT, SYS, SYS_FS, SYS_FS_INOTIFY, SYS_KERNEL, SYS_KERNEL_RANDOM, SYS_NET, SYS_NET_CORE, SYS_VM };

/* Offsets of a listing of the root: dots, entries, processes. */
#define FIRST_ENTRY	2
#define FIRST_PROCESS	256

static const struct inode_operations dir_iops;
static const struct file_operations dir_fops;
static const struct inode_operations own_iops;
static const struct file_operations own_fops;

static const char *target_of_mounts(struct dentry *dentry, struct inode *inode,
				    struct delayed_call *done)
{
	return "self/mounts";
}

static const struct inode_operations mounts_iops = {
	.get_link	= target_of_mounts,
};

#define DIR(_parent, _name, _number) {						\
	.name = _name, .mode = S_IFDIR | 0555, .parent = (_parent), .dir = (_number), \
	.iop = &dir_iops, .fop = &dir_fops }
#define LINK(_parent, _name, _iops) {						\
	.name = _name, .mode = S_IFLNK | 0777, .parent = (_parent), .iop = &(_iops) }
#define OWN(_parent, _name, _show) {						\
	.name = _name, .mode = S_IFREG | 0444, .parent = (_parent), .show = (_show), \
	.iop = &own_iops, .fop = &own_fops }
#define FORWARD(_parent, _name, _inner) {					\
	.name = _name, .mode = S_IFREG, .parent = (_parent), .inner = (_inner),	\
	.iop = &sbx_proc_forward_iops, .fop = &sbx_proc_forward_fops }

/*
 * The closed list.  Forwarded are values that the kernel keeps to itself, and
 * what any program can ask the processor.
 */
static const struct sbx_proc_entry entries[] = {
	LINK(ROOT, "self", sbx_proc_self_iops),
	LINK(ROOT, "thread-self", sbx_proc_thread_self_iops),
	LINK(ROOT, "mounts", mounts_iops),
	OWN(ROOT, "cmdline", sbx_proc_show_cmdline),
	FORWARD(ROOT, "cpuinfo", "cpuinfo"),
	OWN(ROOT, "devices", sbx_proc_show_devices),
	OWN(ROOT, "diskstats", sbx_proc_show_nothing),
	OWN(ROOT, "filesystems", sbx_proc_show_filesystems),
	OWN(ROOT, "loadavg", sbx_proc_show_loadavg),
	OWN(ROOT, "locks", sbx_proc_show_nothing),
	OWN(ROOT, "meminfo", sbx_proc_show_meminfo),
	OWN(ROOT, "modules", sbx_proc_show_nothing),
	OWN(ROOT, "partitions", sbx_proc_show_partitions),
	OWN(ROOT, "stat", sbx_proc_show_stat),
	OWN(ROOT, "swaps", sbx_proc_show_swaps),
	OWN(ROOT, "uptime", sbx_proc_show_uptime),
	FORWARD(ROOT, "version", "version"),
	DIR(ROOT, "sys", SYS),

	DIR(SYS, "fs", SYS_FS),
	FORWARD(SYS_FS, "file-max", "sys/fs/file-max"),
	FORWARD(SYS_FS, "nr_open", "sys/fs/nr_open"),
	OWN(SYS_FS, "pipe-max-size", sbx_proc_show_pipe_max_size),
	DIR(SYS_FS, "inotify", SYS_FS_INOTIFY),
	OWN(SYS_FS_INOTIFY, "max_queued_events", sbx_proc_show_inotify_events),
	OWN(SYS_FS_INOTIFY, "max_user_instances", sbx_proc_show_inotify_instances),
	OWN(SYS_FS_INOTIFY, "max_user_watches", sbx_proc_show_inotify_watches),

	DIR(SYS, "kernel", SYS_KERNEL),
	OWN(SYS_KERNEL, "cap_last_cap", sbx_proc_show_cap_last_cap),
	OWN(SYS_KERNEL, "domainname", sbx_proc_show_domainname),
	OWN(SYS_KERNEL, "hostname", sbx_proc_show_hostname),
	OWN(SYS_KERNEL, "ngroups_max", sbx_proc_show_ngroups_max),
	OWN(SYS_KERNEL, "osrelease", sbx_proc_show_osrelease),
	OWN(SYS_KERNEL, "ostype", sbx_proc_show_ostype),
	FORWARD(SYS_KERNEL, "overflowgid", "sys/kernel/overflowgid"),
	FORWARD(SYS_KERNEL, "overflowuid", "sys/kernel/overflowuid"),
	FORWARD(SYS_KERNEL, "pid_max", "sys/kernel/pid_max"),
	FORWARD(SYS_KERNEL, "randomize_va_space", "sys/kernel/randomize_va_space"),
	FORWARD(SYS_KERNEL, "threads-max", "sys/kernel/threads-max"),
	OWN(SYS_KERNEL, "version", sbx_proc_show_kernel_version),
	DIR(SYS_KERNEL, "random", SYS_KERNEL_RANDOM),
	OWN(SYS_KERNEL_RANDOM, "boot_id", sbx_proc_show_boot_id),
	OWN(SYS_KERNEL_RANDOM, "entropy_avail", sbx_proc_show_entropy),
	OWN(SYS_KERNEL_RANDOM, "poolsize", sbx_proc_show_entropy),
	OWN(SYS_KERNEL_RANDOM, "uuid", sbx_proc_show_uuid),

	DIR(SYS, "net", SYS_NET),
	DIR(SYS_NET, "core", SYS_NET_CORE),
	FORWARD(SYS_NET_CORE, "somaxconn", "sys/net/core/somaxconn"),

	DIR(SYS, "vm", SYS_VM),
	FORWARD(SYS_VM, "max_map_count", "sys/vm/max_map_count"),
	FORWARD(SYS_VM, "mmap_min_addr", "sys/vm/mmap_min_addr"),
	FORWARD(SYS_VM, "overcommit_memory", "sys/vm/overcommit_memory"),
	FORWARD(SYS_VM, "overcommit_ratio", "sys/vm/overcommit_ratio"),
	FORWARD(SYS_VM, "swappiness", "sys/vm/swappiness"),
};

static_assert(FIRST_ENTRY + ARRAY_SIZE(entries) <= FIRST_PROCESS);

const struct sbx_proc_entry sbx_proc_root = DIR(ROOT, NULL, ROOT);

static u64 ino_of(const struct sbx_proc_entry *entry)
{
	return SBX_PROC_INO_GLOBAL + (entry - entries);
}

static const struct sbx_proc_entry *find_entry(u8 parent, const struct qstr *name)
{
	const struct sbx_proc_entry *entry;

	for (entry = entries; entry < entries + ARRAY_SIZE(entries); entry++)
		if (entry->parent == parent && strlen(entry->name) == name->len &&
		    !memcmp(entry->name, name->name, name->len))
			return entry;
	return NULL;
}

static unsigned int count_dirs(u8 parent)
{
	const struct sbx_proc_entry *entry;
	unsigned int n = 0;

	for (entry = entries; entry < entries + ARRAY_SIZE(entries); entry++)
		n += entry->parent == parent && S_ISDIR(entry->mode);
	return n;
}

static struct dentry *lookup_forwarded(struct super_block *sb, struct dentry *dentry,
				       const struct sbx_proc_entry *entry)
{
	struct vfsmount *proc = sbx_proc_private(sb);
	struct path inner;
	int err;

	if (IS_ERR(proc))
		return ERR_CAST(proc);
	err = vfs_path_lookup(proc->mnt_root, proc, entry->inner, 0, &inner);
	if (err)
		return ERR_PTR(err);
	return sbx_proc_instantiate(sb, dentry, entry, NULL, &inner);
}

static struct dentry *dir_lookup(struct inode *dir, struct dentry *dentry, unsigned int flags)
{
	u8 parent = SBX_PROC_I(dir)->entry->dir;
	const struct sbx_proc_entry *entry;
	struct inode *inode;

	if (parent == ROOT && isdigit(dentry->d_name.name[0]))
		return sbx_proc_lookup_process(dir, dentry);
	entry = find_entry(parent, &dentry->d_name);
	if (!entry)
		return ERR_PTR(-ENOENT);
	if (entry->inner)
		return lookup_forwarded(dir->i_sb, dentry, entry);
	inode = sbx_proc_new_inode(dir->i_sb, entry);
	if (!inode)
		return ERR_PTR(-ENOMEM);
	inode->i_ino = ino_of(entry);
	if (S_ISDIR(entry->mode))
		set_nlink(inode, 2 + count_dirs(entry->dir));
	return d_splice_alias(inode, dentry);
}

static int dir_iterate(struct file *file, struct dir_context *ctx)
{
	struct inode *dir = file_inode(file);
	u8 parent = SBX_PROC_I(dir)->entry->dir;
	const struct sbx_proc_entry *entry;

	if (!dir_emit_dots(file, ctx))
		return 0;
	for (; ctx->pos < FIRST_ENTRY + ARRAY_SIZE(entries); ctx->pos++) {
		entry = entries + ctx->pos - FIRST_ENTRY;
		if (entry->parent == parent &&
		    !dir_emit(ctx, entry->name, strlen(entry->name), ino_of(entry),
			      fs_umode_to_dtype(entry->mode)))
			return 0;
	}
	if (parent == ROOT) {
		ctx->pos = max_t(loff_t, ctx->pos, FIRST_PROCESS + 1);
		sbx_proc_emit_processes(dir->i_sb, ctx, FIRST_PROCESS);
	}
	return 0;
}

static const struct file_operations dir_fops = {
	.owner		= THIS_MODULE,
	.read		= generic_read_dir,
	.iterate_shared	= dir_iterate,
	.llseek		= generic_file_llseek,
};

/* What is not to be written says so as a read-only /proc does. */
static int own_permission(struct sbx_idmap *idmap, struct inode *inode, int mask)
{
	int err = generic_permission(idmap, inode, mask);

	return !err && (mask & MAY_WRITE) ? -EROFS : err;
}

static const struct inode_operations dir_iops = {
	.lookup		= dir_lookup,
	.permission	= own_permission,
	.setattr	= sbx_proc_setattr,
};

static const struct inode_operations own_iops = {
	.permission	= own_permission,
	.setattr	= sbx_proc_setattr,
};

static int own_open(struct inode *inode, struct file *file)
{
	return single_open(file, SBX_PROC_I(inode)->entry->show, inode);
}

static const struct file_operations own_fops = {
	.owner		= THIS_MODULE,
	.open		= own_open,
	.release	= single_release,
	.read_iter	= seq_read_iter,
	.splice_read	= sbx_splice_read,
	.llseek		= seq_lseek,
};
