// SPDX-License-Identifier: GPL-2.0
/*
 * The module's /sys and /sys/fs/cgroup: directories and who may do what.
 *
 * Both show a closed list of entries (sys_show.c), nothing can be written.
 * What only the kernel knows is read from two mounts that are nowhere in a
 * namespace: a sysfs of the module's, and the container's control group.
 */
#include <linux/cpumask.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/netdevice.h>
#include <linux/nodemask.h>
#include <linux/nsproxy.h>

#include "../compat.h"
#include "../domain.h"
#include "../private.h"
#include "sys.h"
#include "sys_fs.h"

/* Offsets of a listing: dots, entries, instances of those of which there are many. */
#define FIRST_ENTRY	2
#define FIRST_INSTANCE	4096

/* Attached nowhere; its network namespace is that of who loaded the module. */
static struct vfsmount *private_sysfs;

#define ROOT(_dir) {								\
	.mode = S_IFDIR | 0555, .dir = (_dir),					\
	.iop = &sbx_sys_dir_iops, .fop = &sbx_sys_dir_fops }

const struct sbx_fs_entry sbx_sys_root = ROOT(SBX_SYS_ROOT);
const struct sbx_fs_entry sbx_sys_cgroup_root = ROOT(SBX_SYS_CGROUP_ROOT);

/**
 * sbx_sys_inner_root() - where an entry's path in a private mount begins
 * @container: of the superblock
 * @entry: with a path
 * @root: takes the place, with references
 *
 * Return: 0, or an errno as from sbx_private_get().
 */
int sbx_sys_inner_root(struct sbx_container *container, const struct sbx_fs_entry *entry,
		       struct path *root)
{
	struct vfsmount *mnt;

	if (entry->parent == SBX_SYS_CGROUP_ROOT)
		mnt = sbx_private_get(container, SBX_PRIVATE_CGROUP);
	else
		mnt = mntget(private_sysfs);
	if (IS_ERR(mnt))
		return PTR_ERR(mnt);
	root->mnt = mnt;
	root->dentry = dget(mnt->mnt_root);
	return 0;
}

/* Number of an inode: stable, and another for each instance. */
static u64 ino_of(const struct sbx_fs_entry *entry, unsigned int instance)
{
	return ((u64)(instance + 1) << 16) + (entry - sbx_sys_entries) + 2;
}

static struct inode *make_inode(struct super_block *sb, const struct sbx_fs_entry *entry,
				const struct sbx_fs_instance *instance)
{
	struct inode *inode = sbx_fs_new_inode(sb, entry);

	if (!inode)
		return NULL;
	SBX_FS_I(inode)->instance = *instance;
	inode->i_ino = ino_of(entry, instance->nr);
	if (S_ISDIR(inode->i_mode))
		set_nlink(inode, 2);
	else
		inode->i_size = PAGE_SIZE;
	return inode;
}

static struct net_device *find_netdev(const char *name)
{
	return dev_get_by_name(current->nsproxy->net_ns, name);
}

/*
 * Devices come and go, and each network namespace has its own; what is not
 * there may come.
 */
static int revalidate(struct dentry *dentry, unsigned int flags)
{
	struct net_device *dev;

	if (flags & LOOKUP_RCU)
		return -ECHILD;
	if (d_really_is_negative(dentry))
		return 0;
	dev = find_netdev(SBX_FS_I(d_inode(dentry))->instance.ifname);
	if (!dev)
		return 0;
	dev_put(dev);
	return 1;
}

static const struct dentry_operations changing_dops = {
	.d_revalidate	= revalidate,
	.d_delete	= always_delete_dentry,
};

static bool cpu_shown(const struct super_block *sb, unsigned int nr)
{
	cpumask_var_t mask;
	bool shown;

	if (nr >= nr_cpu_ids || !alloc_cpumask_var(&mask, GFP_KERNEL))
		return false;
	sbx_usage_shown(SBX_FS_SB(sb)->container, mask);
	shown = cpumask_test_cpu(nr, mask);
	free_cpumask_var(mask);
	return shown;
}

static void instance_name(const struct sbx_fs_entry *entry, unsigned int nr, char *name,
			  size_t size)
{
	snprintf(name, size, entry->many == SBX_SYS_PER_CPU ? "cpu%u" : "node%u", nr);
}

/* Whether @name is that of an instance, and of which. */
static bool match_instance(const struct super_block *sb, const struct sbx_fs_entry *entry,
			   const char *name, struct sbx_fs_instance *instance)
{
	struct net_device *dev;
	char again[24];

	if (entry->many == SBX_SYS_PER_NETDEV) {
		if (strlen(name) >= IFNAMSIZ)
			return false;
		dev = find_netdev(name);
		if (!dev)
			return false;
		/* Not by another name that it may have. */
		strscpy(instance->ifname, dev->name, sizeof(instance->ifname));
		instance->nr = dev->ifindex;
		dev_put(dev);
		return !strcmp(instance->ifname, name);
	}
	if (sscanf(name, entry->name, &instance->nr) != 1)
		return false;
	instance_name(entry, instance->nr, again, sizeof(again));
	if (strcmp(again, name))
		return false;
	if (entry->many == SBX_SYS_PER_CPU)
		return cpu_shown(sb, instance->nr);
	return instance->nr < MAX_NUMNODES && node_online(instance->nr);
}

static struct dentry *dir_lookup(struct inode *dir, struct dentry *dentry, unsigned int flags)
{
	const struct sbx_fs_inode *parent = SBX_FS_I(dir);
	const char *name = dentry->d_name.name;
	const struct sbx_fs_entry *entry;
	struct sbx_fs_instance instance;
	struct inode *inode;
	unsigned int i;

	for (i = 0; i < sbx_sys_nr_entries; i++) {
		entry = &sbx_sys_entries[i];
		instance = parent->instance;
		if (entry->parent != parent->entry->dir)
			continue;
		if (entry->many ? match_instance(dir->i_sb, entry, name, &instance) :
				  !strcmp(entry->name, name))
			break;
	}
	if (i == sbx_sys_nr_entries ||
	    (entry->inner &&
	     !sbx_sys_exists(SBX_FS_SB(dir->i_sb)->container, entry, instance.nr))) {
		d_set_d_op(dentry, &changing_dops);
		return d_splice_alias(NULL, dentry);
	}
	inode = make_inode(dir->i_sb, entry, &instance);
	if (!inode)
		return ERR_PTR(-ENOMEM);
	if (instance.ifname[0])
		d_set_d_op(dentry, &changing_dops);
	return d_splice_alias(inode, dentry);
}

static bool next_netdev(unsigned int from, unsigned int *nr, char *name, size_t size)
{
	struct net_device *dev, *next = NULL;

	rcu_read_lock();
	for_each_netdev_rcu(current->nsproxy->net_ns, dev)
		if (dev->ifindex >= from && (!next || dev->ifindex < next->ifindex))
			next = dev;
	if (next) {
		*nr = next->ifindex;
		strscpy(name, next->name, size);
	}
	rcu_read_unlock();
	return next;
}

/* Instances in order of their numbers, from @from on; false when none is left. */
static bool next_instance(const struct super_block *sb, const struct sbx_fs_entry *entry,
			  unsigned int from, unsigned int *nr, char *name, size_t size)
{
	bool cpus = entry->many == SBX_SYS_PER_CPU;
	unsigned int end = cpus ? nr_cpu_ids : MAX_NUMNODES;

	if (entry->many == SBX_SYS_PER_NETDEV)
		return next_netdev(from, nr, name, size);
	for (*nr = from; *nr < end; ++*nr) {
		if (cpus ? !cpu_shown(sb, *nr) : !node_online(*nr))
			continue;
		instance_name(entry, *nr, name, size);
		return true;
	}
	return false;
}

static bool emit_instances(struct super_block *sb, const struct sbx_fs_entry *entry,
			   struct dir_context *ctx)
{
	char name[24];
	unsigned int nr;

	while (next_instance(sb, entry, ctx->pos - FIRST_INSTANCE, &nr, name, sizeof(name))) {
		ctx->pos = FIRST_INSTANCE + (loff_t)nr;
		if (!dir_emit(ctx, name, strlen(name), ino_of(entry, nr), DT_DIR))
			return false;
		ctx->pos++;
	}
	return true;
}

static bool emit_entry(const struct sbx_fs_inode *si, const struct super_block *sb,
		       const struct sbx_fs_entry *entry, struct dir_context *ctx)
{
	if (entry->parent != si->entry->dir || entry->many ||
	    (entry->inner && !sbx_sys_exists(SBX_FS_SB(sb)->container, entry, si->instance.nr)))
		return true;
	return dir_emit(ctx, entry->name, strlen(entry->name), ino_of(entry, si->instance.nr),
			fs_umode_to_dtype(entry->mode));
}

static int dir_iterate(struct file *file, struct dir_context *ctx)
{
	struct super_block *sb = file_inode(file)->i_sb;
	const struct sbx_fs_inode *si = SBX_FS_I(file_inode(file));
	const struct sbx_fs_entry *entry;
	unsigned int i;

	if (!dir_emit_dots(file, ctx))
		return 0;
	for (; ctx->pos < FIRST_ENTRY + sbx_sys_nr_entries; ctx->pos++)
		if (!emit_entry(si, sb, &sbx_sys_entries[ctx->pos - FIRST_ENTRY], ctx))
			return 0;
	ctx->pos = max_t(loff_t, ctx->pos, FIRST_INSTANCE);
	for (i = 0; i < sbx_sys_nr_entries; i++) {
		entry = &sbx_sys_entries[i];
		if (entry->many && entry->parent == si->entry->dir &&
		    !emit_instances(sb, entry, ctx))
			return 0;
	}
	return 0;
}

const struct file_operations sbx_sys_dir_fops = {
	.owner		= THIS_MODULE,
	.read		= generic_read_dir,
	.iterate_shared	= dir_iterate,
	.llseek		= generic_file_llseek,
};

/* As a /sys that is mounted read-only says it. */
static int no_setattr(struct sbx_idmap *idmap, struct dentry *dentry, struct iattr *attr)
{
	return -EROFS;
}

const struct inode_operations sbx_sys_dir_iops = {
	.lookup		= dir_lookup,
	.permission	= sbx_fs_permission,
	.setattr	= no_setattr,
};

const struct inode_operations sbx_sys_file_iops = {
	.permission	= sbx_fs_permission,
	.setattr	= no_setattr,
};

int __init sbx_sys_init(void)
{
	private_sysfs = sbx_private_mount("sysfs");
	return PTR_ERR_OR_ZERO(private_sysfs);
}

void sbx_sys_exit(void)
{
	kern_unmount(private_sysfs);
}
