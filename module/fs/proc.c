// SPDX-License-Identifier: GPL-2.0
/*
 * The module's /proc: the filesystem type, its superblocks and inodes.
 *
 * A superblock belongs to a container and shows its active processes only.
 * What is the kernel's to say of a process, and all links to its files, come
 * from the container's private procfs through a closed list of entries
 * (proc_pid.c), under the reader's own credentials, so that the kernel makes
 * its usual checks.  Global files are the module's own, but for a few
 * (proc_system.c).
 *
 * Only host root can mount it; no mount from a user namespace.
 */
#include <linux/fs_context.h>
#include <linux/fs_parser.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sbx.h>
#include <linux/slab.h>

#include "../compat.h"
#include "../domain.h"
#include "proc.h"
#include "proc_fs.h"

static struct kmem_cache *inode_cache;

/**
 * sbx_proc_private() - the private procfs behind a superblock
 * @sb: which
 *
 * Return: a mount that stays as long as @sb, or an error pointer.
 */
struct vfsmount *sbx_proc_private(struct super_block *sb)
{
	struct sbx_proc_sb *info = SBX_PROC_SB(sb);
	struct vfsmount *mnt = smp_load_acquire(&info->proc);	/* pairs with cmpxchg() */
	struct vfsmount *old;

	if (mnt)
		return mnt;
	mnt = sbx_private_get(info->container, SBX_PRIVATE_PROC);
	if (IS_ERR(mnt))
		return mnt;
	old = cmpxchg(&info->proc, NULL, mnt);
	if (old)
		mntput(mnt);
	return old ?: mnt;
}

/**
 * sbx_proc_new_inode() - an inode without counterpart or task
 * @sb: where
 * @entry: what it is
 *
 * Return: the inode or NULL.
 */
struct inode *sbx_proc_new_inode(struct super_block *sb, const struct sbx_proc_entry *entry)
{
	struct inode *inode = new_inode(sb);

	if (!inode)
		return NULL;
	SBX_PROC_I(inode)->entry = entry;
	inode->i_mode = entry->mode;
	inode->i_op = entry->iop;
	if (entry->fop)
		inode->i_fop = entry->fop;
	sbx_inode_init_ts(inode);
	return inode;
}

static struct inode *alloc_inode(struct super_block *sb)
{
	struct sbx_proc_inode *pi = alloc_inode_sb(sb, inode_cache, GFP_KERNEL);

	if (!pi)
		return NULL;
	pi->entry = NULL;
	pi->pid = NULL;
	pi->inner = NULL;
	return &pi->vfs;
}

static void free_inode(struct inode *inode)
{
	kmem_cache_free(inode_cache, SBX_PROC_I(inode));
}

static void evict_inode(struct inode *inode)
{
	struct sbx_proc_inode *pi = SBX_PROC_I(inode);

	truncate_inode_pages_final(&inode->i_data);
	clear_inode(inode);
	put_pid(pi->pid);
	dput(pi->inner);
}

static void init_once(void *object)
{
	struct sbx_proc_inode *pi = object;

	inode_init_once(&pi->vfs);
}

static const struct super_operations super_ops = {
	.alloc_inode	= alloc_inode,
	.free_inode	= free_inode,
	.evict_inode	= evict_inode,
	.drop_inode	= generic_delete_inode,
	.statfs		= simple_statfs,
};

static void free_info(struct sbx_proc_sb *info)
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

/* Looks like procfs from outside, magic number and root inode included. */
static int fill_super(struct super_block *sb, struct fs_context *fc)
{
	struct inode *root;

	sb->s_iflags |= SB_I_NOEXEC | SB_I_NODEV;
	sb->s_flags |= SB_NODIRATIME | SB_NOSUID | SB_NOEXEC;
	sb->s_blocksize = 1024;
	sb->s_blocksize_bits = 10;
	sb->s_magic = PROC_SUPER_MAGIC;
	sb->s_op = &super_ops;
	sb->s_time_gran = 1;
	/* As in procfs: magic links work in path walks of the VFS alone. */
	sb->s_stack_depth = FILESYSTEM_MAX_STACK_DEPTH;

	root = sbx_proc_new_inode(sb, &sbx_proc_root);
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
	struct sbx_proc_sb *info = fc->s_fs_info;
	struct fs_parse_result result;
	int opt;

	opt = fs_parse(fc, parameters, param, &result);
	if (opt < 0)
		return opt;
	if (info->container)
		return invalf(fc, "%s: container= is given twice", SBX_PROC_FSTYPE);
	info->container = sbx_container_find(result.uint_32);
	if (!info->container) {
		errorf(fc, "%s: there is no container %u", SBX_PROC_FSTYPE, result.uint_32);
		return -ENOENT;
	}
	return 0;
}

static int get_tree(struct fs_context *fc)
{
	struct sbx_proc_sb *info = fc->s_fs_info;

	if (!info->container)
		return invalf(fc, "%s: container=ID is missing", SBX_PROC_FSTYPE);
	info->pid_ns = sbx_container_pid_ns(info->container);
	if (!info->pid_ns) {
		errorf(fc, "%s: container %u has no PID namespace yet, or no more",
		       SBX_PROC_FSTYPE, info->container->id);
		return -ESRCH;
	}
	if (!fc->source) {
		fc->source = kstrdup("proc", GFP_KERNEL_ACCOUNT);
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
	fc->s_fs_info = kzalloc(sizeof(struct sbx_proc_sb), GFP_KERNEL_ACCOUNT);
	if (!fc->s_fs_info)
		return -ENOMEM;
	fc->ops = &context_ops;
	return 0;
}

static void kill_sb(struct super_block *sb)
{
	struct sbx_proc_sb *info = SBX_PROC_SB(sb);

	kill_anon_super(sb);
	free_info(info);
}

static struct file_system_type proc_type = {
	.owner			= THIS_MODULE,
	.name			= SBX_PROC_FSTYPE,
	.init_fs_context	= init_fs_context,
	.parameters		= parameters,
	.kill_sb		= kill_sb,
	.fs_flags		= FS_DISALLOW_NOTIFY_PERM,
};
MODULE_ALIAS_FS(SBX_PROC_FSTYPE);

int __init sbx_proc_init(void)
{
	int err;

	inode_cache = kmem_cache_create("sbx_proc_inode", sizeof(struct sbx_proc_inode), 0,
					SLAB_RECLAIM_ACCOUNT | SLAB_ACCOUNT | SLAB_NO_MERGE,
					init_once);
	if (!inode_cache)
		return -ENOMEM;
	err = register_filesystem(&proc_type);
	if (err)
		kmem_cache_destroy(inode_cache);
	return err;
}

void sbx_proc_exit(void)
{
	unregister_filesystem(&proc_type);
	rcu_barrier();	/* inodes are freed under RCU */
	kmem_cache_destroy(inode_cache);
}
