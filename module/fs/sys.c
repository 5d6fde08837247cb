// SPDX-License-Identifier: GPL-2.0
/*
 * The module's /sys and /sys/fs/cgroup: filesystem types, superblocks, inodes.
 *
 * Both show a closed list of entries (sys_show.c), nothing can be written.
 * What only the kernel knows is read from two mounts that are nowhere in a
 * namespace: a sysfs of the module's, and the container's control group.
 *
 * Only host root can mount them; no mount from a user namespace.
 */
#include <linux/cpumask.h>
#include <linux/fs_context.h>
#include <linux/fs_parser.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/netdevice.h>
#include <linux/nodemask.h>
#include <linux/nsproxy.h>
#include <linux/sbx.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "../compat.h"
#include "../domain.h"
#include "../private.h"
#include "sys.h"
#include "sys_fs.h"

/* Offsets of a listing: dots, entries, instances of those of which there are many. */
#define FIRST_ENTRY	2
#define FIRST_INSTANCE	4096

static struct kmem_cache *inode_cache;

/* Attached nowhere; its network namespace is that of who loaded the module. */
static struct vfsmount *private_sysfs;

static const struct inode_operations dir_iops, file_iops;
static const struct file_operations dir_fops, file_fops;

static const struct sbx_sys_entry sysfs_root = { .dir = SBX_SYS_ROOT };
static const struct sbx_sys_entry cgroup_root = { .dir = SBX_SYS_CGROUP_ROOT };

/**
 * sbx_sys_inner_root() - where an entry's path in a private mount begins
 * @container: of the superblock
 * @entry: with a path
 * @root: takes the place, with references
 *
 * Return: 0, or an errno as from sbx_private_get().
 */
int sbx_sys_inner_root(struct sbx_container *container, const struct sbx_sys_entry *entry,
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

static bool is_dir(const struct sbx_sys_entry *entry)
{
	return !entry->show;
}

/* Number of an inode: stable, and another for each instance. */
static u64 ino_of(const struct sbx_sys_entry *entry, unsigned int instance)
{
	return ((u64)(instance + 1) << 16) + (entry - sbx_sys_entries) + 2;
}

static struct inode *make_inode(struct super_block *sb, const struct sbx_sys_entry *entry,
				const struct sbx_sys_inode *parent)
{
	struct inode *inode = new_inode(sb);
	struct sbx_sys_inode *si;

	if (!inode)
		return NULL;
	si = SBX_SYS_I(inode);
	si->entry = entry;
	if (parent) {
		si->nr = parent->nr;
		memcpy(si->ifname, parent->ifname, sizeof(si->ifname));
	}
	sbx_inode_init_ts(inode);
	if (is_dir(entry)) {
		inode->i_mode = S_IFDIR | 0555;
		inode->i_op = &dir_iops;
		inode->i_fop = &dir_fops;
		set_nlink(inode, 2);
	} else {
		inode->i_mode = S_IFREG | 0444;
		inode->i_op = &file_iops;
		inode->i_fop = &file_fops;
		inode->i_size = PAGE_SIZE;
	}
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
	dev = find_netdev(SBX_SYS_I(d_inode(dentry))->ifname);
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
	sbx_usage_shown(SBX_SYS_CONTAINER(sb), mask);
	shown = cpumask_test_cpu(nr, mask);
	free_cpumask_var(mask);
	return shown;
}

/* Whether @name is that of an instance, and of which. */
static bool match_instance(const struct super_block *sb, const struct sbx_sys_entry *entry,
			   const char *name, struct sbx_sys_inode *si)
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
		strscpy(si->ifname, dev->name, sizeof(si->ifname));
		si->nr = dev->ifindex;
		dev_put(dev);
		return !strcmp(si->ifname, name);
	}
	if (sscanf(name, entry->name, &si->nr) != 1)
		return false;
	snprintf(again, sizeof(again), entry->many == SBX_SYS_PER_CPU ? "cpu%u" : "node%u", si->nr);
	if (strcmp(again, name))
		return false;
	if (entry->many == SBX_SYS_PER_CPU)
		return cpu_shown(sb, si->nr);
	return si->nr < MAX_NUMNODES && node_online(si->nr);
}

static struct dentry *dir_lookup(struct inode *dir, struct dentry *dentry, unsigned int flags)
{
	const struct sbx_sys_inode *parent = SBX_SYS_I(dir);
	const char *name = dentry->d_name.name;
	const struct sbx_sys_entry *entry;
	struct sbx_sys_inode key;
	struct inode *inode;
	unsigned int i;

	for (i = 0; i < sbx_sys_nr_entries; i++) {
		entry = &sbx_sys_entries[i];
		key.nr = parent->nr;
		memcpy(key.ifname, parent->ifname, sizeof(key.ifname));
		if (entry->parent != parent->entry->dir)
			continue;
		if (entry->many ? match_instance(dir->i_sb, entry, name, &key) :
				  !strcmp(entry->name, name))
			break;
	}
	if (i == sbx_sys_nr_entries ||
	    (entry->inner && !sbx_sys_exists(SBX_SYS_CONTAINER(dir->i_sb), entry, key.nr))) {
		d_set_d_op(dentry, &changing_dops);
		return d_splice_alias(NULL, dentry);
	}
	inode = make_inode(dir->i_sb, entry, &key);
	if (!inode)
		return ERR_PTR(-ENOMEM);
	inode->i_ino = ino_of(entry, key.nr);
	if (key.ifname[0])
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
static bool next_instance(const struct super_block *sb, const struct sbx_sys_entry *entry,
			  unsigned int from, unsigned int *nr, char *name, size_t size)
{
	bool cpus = entry->many == SBX_SYS_PER_CPU;
	unsigned int end = cpus ? nr_cpu_ids : MAX_NUMNODES;

	if (entry->many == SBX_SYS_PER_NETDEV)
		return next_netdev(from, nr, name, size);
	for (*nr = from; *nr < end; ++*nr) {
		if (cpus ? !cpu_shown(sb, *nr) : !node_online(*nr))
			continue;
		snprintf(name, size, cpus ? "cpu%u" : "node%u", *nr);
		return true;
	}
	return false;
}

static bool emit_instances(struct super_block *sb, const struct sbx_sys_entry *entry,
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

static bool emit_entry(const struct sbx_sys_inode *si, const struct super_block *sb,
		       const struct sbx_sys_entry *entry, struct dir_context *ctx)
{
	if (entry->parent != si->entry->dir || entry->many ||
	    (entry->inner && !sbx_sys_exists(SBX_SYS_CONTAINER(sb), entry, si->nr)))
		return true;
	return dir_emit(ctx, entry->name, strlen(entry->name), ino_of(entry, si->nr),
			is_dir(entry) ? DT_DIR : DT_REG);
}

static int dir_iterate(struct file *file, struct dir_context *ctx)
{
	struct super_block *sb = file_inode(file)->i_sb;
	const struct sbx_sys_inode *si = SBX_SYS_I(file_inode(file));
	const struct sbx_sys_entry *entry;
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

static const struct file_operations dir_fops = {
	.owner		= THIS_MODULE,
	.read		= generic_read_dir,
	.iterate_shared	= dir_iterate,
	.llseek		= generic_file_llseek,
};

/* As a /sys that is mounted read-only says it. */
static int no_write_permission(struct sbx_idmap *idmap, struct inode *inode, int mask)
{
	int err = generic_permission(idmap, inode, mask);

	return !err && (mask & MAY_WRITE) ? -EROFS : err;
}

static int no_setattr(struct sbx_idmap *idmap, struct dentry *dentry, struct iattr *attr)
{
	return -EROFS;
}

static const struct inode_operations dir_iops = {
	.lookup		= dir_lookup,
	.permission	= no_write_permission,
	.setattr	= no_setattr,
};

static const struct inode_operations file_iops = {
	.permission	= no_write_permission,
	.setattr	= no_setattr,
};

static struct lock_class_key file_lock;

static int file_open(struct inode *inode, struct file *file)
{
	int err = single_open(file, SBX_SYS_I(inode)->entry->show, inode);

	/* The lock of the inner file is taken under it. */
	if (!err)
		lockdep_set_class(&((struct seq_file *)file->private_data)->lock, &file_lock);
	return err;
}

static const struct file_operations file_fops = {
	.owner		= THIS_MODULE,
	.open		= file_open,
	.release	= single_release,
	.read_iter	= seq_read_iter,
	.splice_read	= sbx_splice_read,
	.llseek		= seq_lseek,
};

static struct inode *alloc_inode(struct super_block *sb)
{
	struct sbx_sys_inode *si = alloc_inode_sb(sb, inode_cache, GFP_KERNEL);

	if (!si)
		return NULL;
	si->entry = NULL;
	si->nr = 0;
	memset(si->ifname, 0, sizeof(si->ifname));
	return &si->vfs;
}

static void free_inode(struct inode *inode)
{
	kmem_cache_free(inode_cache, SBX_SYS_I(inode));
}

static void init_once(void *object)
{
	struct sbx_sys_inode *si = object;

	inode_init_once(&si->vfs);
}

static const struct super_operations super_ops = {
	.alloc_inode	= alloc_inode,
	.free_inode	= free_inode,
	.drop_inode	= generic_delete_inode,
	.statfs		= simple_statfs,
};

static struct file_system_type sysfs_type;

static int fill_super(struct super_block *sb, struct fs_context *fc)
{
	bool sysfs = fc->fs_type == &sysfs_type;
	struct inode *root;

	sb->s_iflags |= SB_I_NOEXEC | SB_I_NODEV;
	sb->s_flags |= SB_NODIRATIME | SB_NOSUID | SB_NOEXEC;
	sb->s_blocksize = PAGE_SIZE;
	sb->s_blocksize_bits = PAGE_SHIFT;
	sb->s_magic = sysfs ? SYSFS_MAGIC : CGROUP2_SUPER_MAGIC;
	sb->s_op = &super_ops;
	sb->s_time_gran = 1;

	root = make_inode(sb, sysfs ? &sysfs_root : &cgroup_root, NULL);
	if (!root)
		return -ENOMEM;
	root->i_ino = 1;
	sb->s_root = d_make_root(root);
	return sb->s_root ? 0 : -ENOMEM;
}

enum { OPT_CONTAINER };

static const struct fs_parameter_spec parameters[] = {
	fsparam_u32("container", OPT_CONTAINER),
	{}
};

static int parse_param(struct fs_context *fc, struct fs_parameter *param)
{
	struct fs_parse_result result;
	int opt;

	opt = fs_parse(fc, parameters, param, &result);
	if (opt < 0)
		return opt;
	if (fc->s_fs_info)
		return invalf(fc, "%s: container= is given twice", fc->fs_type->name);
	fc->s_fs_info = sbx_container_find(result.uint_32);
	if (!fc->s_fs_info) {
		errorf(fc, "%s: there is no container %u", fc->fs_type->name, result.uint_32);
		return -ENOENT;
	}
	return 0;
}

static int get_tree(struct fs_context *fc)
{
	if (!fc->s_fs_info)
		return invalf(fc, "%s: container=ID is missing", fc->fs_type->name);
	return get_tree_nodev(fc, fill_super);
}

static void free_context(struct fs_context *fc)
{
	if (fc->s_fs_info)
		sbx_container_put(fc->s_fs_info);
}

static const struct fs_context_operations context_ops = {
	.parse_param	= parse_param,
	.get_tree	= get_tree,
	.free		= free_context,
};

static int init_fs_context(struct fs_context *fc)
{
	fc->ops = &context_ops;
	return 0;
}

static void kill_sb(struct super_block *sb)
{
	struct sbx_container *container = SBX_SYS_CONTAINER(sb);

	kill_anon_super(sb);
	if (container)
		sbx_container_put(container);
}

static struct file_system_type sysfs_type = {
	.owner			= THIS_MODULE,
	.name			= SBX_SYS_FSTYPE,
	.init_fs_context	= init_fs_context,
	.parameters		= parameters,
	.kill_sb		= kill_sb,
	.fs_flags		= FS_DISALLOW_NOTIFY_PERM,
};
MODULE_ALIAS_FS(SBX_SYS_FSTYPE);

static struct file_system_type cgroup_type = {
	.owner			= THIS_MODULE,
	.name			= SBX_CGROUP_FSTYPE,
	.init_fs_context	= init_fs_context,
	.parameters		= parameters,
	.kill_sb		= kill_sb,
	.fs_flags		= FS_DISALLOW_NOTIFY_PERM,
};
MODULE_ALIAS_FS(SBX_CGROUP_FSTYPE);

int __init sbx_sys_init(void)
{
	int err;

	inode_cache = kmem_cache_create("sbx_sys_inode", sizeof(struct sbx_sys_inode), 0,
					SLAB_RECLAIM_ACCOUNT | SLAB_ACCOUNT | SLAB_NO_MERGE,
					init_once);
	if (!inode_cache)
		return -ENOMEM;
	private_sysfs = sbx_private_mount("sysfs");
	if (IS_ERR(private_sysfs)) {
		err = PTR_ERR(private_sysfs);
		goto err_cache;
	}
	err = register_filesystem(&sysfs_type);
	if (err)
		goto err_sysfs;
	err = register_filesystem(&cgroup_type);
	if (err)
		goto err_type;
	return 0;

err_type:
	unregister_filesystem(&sysfs_type);
err_sysfs:
	kern_unmount(private_sysfs);
err_cache:
	kmem_cache_destroy(inode_cache);
	return err;
}

void sbx_sys_exit(void)
{
	unregister_filesystem(&cgroup_type);
	unregister_filesystem(&sysfs_type);
	kern_unmount(private_sysfs);
	rcu_barrier();	/* inodes are freed under RCU */
	kmem_cache_destroy(inode_cache);
}
