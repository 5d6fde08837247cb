// SPDX-License-Identifier: GPL-2.0
/*
 * The module's /proc, /sys and /sys/fs/cgroup: types, superblocks, inodes.
 *
 * Only host root can mount them; no mount from a user namespace.
 */
#include <linux/fs_context.h>
#include <linux/fs_parser.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sbx.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "../compat.h"
#include "../domain.h"
#include "proc_fs.h"
#include "super.h"
#include "sys_fs.h"

/**
 * struct kind - a filesystem
 * @type: what the kernel knows of it
 * @source: what is said to be mounted
 * @magic: that of the kernel's own
 * @block_bits: of the block size, as the kernel's own says
 * @root: the root directory
 */
struct kind {
	struct file_system_type type;
	const char *source;
	unsigned long magic;
	u8 block_bits;
	const struct sbx_fs_entry *root;
};

static struct kmem_cache *inode_cache;

/**
 * sbx_fs_new_inode() - an inode without counterpart or task
 * @sb: where
 * @entry: what it is
 *
 * Return: the inode or NULL.
 */
struct inode *sbx_fs_new_inode(struct super_block *sb, const struct sbx_fs_entry *entry)
{
	struct inode *inode = new_inode(sb);

	if (!inode)
		return NULL;
	SBX_FS_I(inode)->entry = entry;
	inode->i_mode = entry->mode;
	inode->i_op = entry->iop;
	if (entry->fop)
		inode->i_fop = entry->fop;
	sbx_inode_init_ts(inode);
	return inode;
}

static struct inode *alloc_inode(struct super_block *sb)
{
	struct sbx_fs_inode *fi = alloc_inode_sb(sb, inode_cache, GFP_KERNEL);

	if (!fi)
		return NULL;
	fi->entry = NULL;
	fi->pid = NULL;
	fi->inner = NULL;
	fi->instance = (struct sbx_fs_instance){};
	return &fi->vfs;
}

static void free_inode(struct inode *inode)
{
	kmem_cache_free(inode_cache, SBX_FS_I(inode));
}

static void evict_inode(struct inode *inode)
{
	struct sbx_fs_inode *fi = SBX_FS_I(inode);

	truncate_inode_pages_final(&inode->i_data);
	clear_inode(inode);
	put_pid(fi->pid);
	dput(fi->inner);
}

static void init_once(void *object)
{
	struct sbx_fs_inode *fi = object;

	inode_init_once(&fi->vfs);
}

static const struct super_operations super_ops = {
	.alloc_inode	= alloc_inode,
	.free_inode	= free_inode,
	.evict_inode	= evict_inode,
	.drop_inode	= generic_delete_inode,
	.statfs		= simple_statfs,
};

static void free_info(struct sbx_fs_sb *info)
{
	if (!info)
		return;
	mntput(info->proc);
	if (info->pid_ns)
		put_pid_ns(info->pid_ns);
	if (info->container)
		sbx_container_put(info->container);
	kfree(info);
}

static const struct kind *kind_of(const struct file_system_type *type)
{
	return container_of_const(type, struct kind, type);
}

/* Looks like the kernel's own from outside, magic number and root inode included. */
static int fill_super(struct super_block *sb, struct fs_context *fc)
{
	const struct kind *kind = kind_of(fc->fs_type);
	struct inode *root;

	sb->s_iflags |= SB_I_NOEXEC | SB_I_NODEV;
	sb->s_flags |= SB_NODIRATIME | SB_NOSUID | SB_NOEXEC;
	sb->s_blocksize = 1 << kind->block_bits;
	sb->s_blocksize_bits = kind->block_bits;
	sb->s_magic = kind->magic;
	sb->s_op = &super_ops;
	sb->s_time_gran = 1;
	/* As in procfs: magic links work in path walks of the VFS alone. */
	sb->s_stack_depth = FILESYSTEM_MAX_STACK_DEPTH;

	root = sbx_fs_new_inode(sb, kind->root);
	if (!root)
		return -ENOMEM;
	root->i_ino = 1;
	set_nlink(root, 2);
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
	struct sbx_fs_sb *info = fc->s_fs_info;
	struct fs_parse_result result;
	int opt;

	opt = fs_parse(fc, parameters, param, &result);
	if (opt < 0)
		return opt;
	if (info->container)
		return invalf(fc, "%s: container= is given twice", fc->fs_type->name);
	info->container = sbx_container_find(result.uint_32);
	if (!info->container) {
		errorf(fc, "%s: there is no container %u", fc->fs_type->name, result.uint_32);
		return -ENOENT;
	}
	return 0;
}

static int get_tree(struct fs_context *fc)
{
	struct sbx_fs_sb *info = fc->s_fs_info;

	if (!info->container)
		return invalf(fc, "%s: container=ID is missing", fc->fs_type->name);
	info->pid_ns = sbx_container_pid_ns(info->container);
	if (!info->pid_ns) {
		errorf(fc, "%s: container %u has no PID namespace yet, or no more",
		       fc->fs_type->name, info->container->id);
		return -ESRCH;
	}
	if (!fc->source) {
		fc->source = kstrdup(kind_of(fc->fs_type)->source, GFP_KERNEL_ACCOUNT);
		if (!fc->source)
			return -ENOMEM;
	}
	generate_random_uuid(info->boot_id.b);
	return get_tree_nodev(fc, fill_super);
}

static void free_context(struct fs_context *fc)
{
	free_info(fc->s_fs_info);
}

static const struct fs_context_operations context_ops = {
	.parse_param	= parse_param,
	.get_tree	= get_tree,
	.free		= free_context,
};

static int init_fs_context(struct fs_context *fc)
{
	fc->s_fs_info = kzalloc(sizeof(struct sbx_fs_sb), GFP_KERNEL_ACCOUNT);
	if (!fc->s_fs_info)
		return -ENOMEM;
	fc->ops = &context_ops;
	return 0;
}

static void kill_sb(struct super_block *sb)
{
	struct sbx_fs_sb *info = SBX_FS_SB(sb);

	kill_anon_super(sb);
	free_info(info);
}

#define TYPE(_name) {								\
	.owner = THIS_MODULE, .name = _name, .init_fs_context = init_fs_context, \
	.parameters = parameters, .kill_sb = kill_sb, .fs_flags = FS_DISALLOW_NOTIFY_PERM }

static struct kind kinds[] = {
	{ TYPE(SBX_PROC_FSTYPE), "proc", PROC_SUPER_MAGIC, 10, &sbx_proc_root },
	{ TYPE(SBX_SYS_FSTYPE), "sysfs", SYSFS_MAGIC, PAGE_SHIFT, &sbx_sys_root },
	{ TYPE(SBX_CGROUP_FSTYPE), "cgroup", CGROUP2_SUPER_MAGIC, PAGE_SHIFT,
	  &sbx_sys_cgroup_root },
};
MODULE_ALIAS_FS(SBX_PROC_FSTYPE);
MODULE_ALIAS_FS(SBX_SYS_FSTYPE);
MODULE_ALIAS_FS(SBX_CGROUP_FSTYPE);

/**
 * sbx_fs_permission() - inode operation of what is the module's own
 * @idmap: of the mount
 * @inode: of the file
 * @mask: MAY_* flags
 *
 * Return: 0 or an errno; what is not to be written says so as on a filesystem
 * that is mounted read-only.
 */
int sbx_fs_permission(struct sbx_idmap *idmap, struct inode *inode, int mask)
{
	int err = generic_permission(idmap, inode, mask);

	return !err && (mask & MAY_WRITE) ? -EROFS : err;
}

static struct lock_class_key own_lock;

static int own_open(struct inode *inode, struct file *file)
{
	int err = single_open(file, SBX_FS_I(inode)->entry->show, inode);

	/* That of a file of the kernel's may be taken under it. */
	if (!err)
		lockdep_set_class(&((struct seq_file *)file->private_data)->lock, &own_lock);
	return err;
}

/* Of files that an entry's ->show() renders. */
const struct file_operations sbx_fs_own_fops = {
	.owner		= THIS_MODULE,
	.open		= own_open,
	.release	= single_release,
	.read_iter	= seq_read_iter,
	.splice_read	= sbx_splice_read,
	.llseek		= seq_lseek,
};

int __init sbx_fs_init(void)
{
	int err = 0, i;

	inode_cache = kmem_cache_create("sbx_fs_inode", sizeof(struct sbx_fs_inode), 0,
					SLAB_RECLAIM_ACCOUNT | SLAB_ACCOUNT | SLAB_NO_MERGE,
					init_once);
	if (!inode_cache)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		err = register_filesystem(&kinds[i].type);
		if (err)
			goto err_types;
	}
	return 0;

err_types:
	while (i-- > 0)
		unregister_filesystem(&kinds[i].type);
	kmem_cache_destroy(inode_cache);
	return err;
}

void sbx_fs_exit(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		unregister_filesystem(&kinds[i].type);
	rcu_barrier();	/* inodes are freed under RCU */
	kmem_cache_destroy(inode_cache);
}
