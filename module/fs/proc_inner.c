// SPDX-License-Identifier: GPL-2.0
/*
 * Inodes with a counterpart in the private procfs: who may do what, whose
 * they are, and whether they are still there is what that one says.
 */
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/pid.h>

#include "../compat.h"
#include "../domain.h"
#include "proc_fs.h"

/**
 * sbx_proc_private() - the private procfs behind a superblock
 * @sb: which
 *
 * Return: a mount that stays as long as @sb, or an error pointer.
 */
struct vfsmount *sbx_proc_private(struct super_block *sb)
{
	struct sbx_fs_sb *info = SBX_FS_SB(sb);
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
 * sbx_proc_inner_path() - the counterpart of an inode
 * @inode: with a counterpart
 *
 * Return: its path without references; good as long as @inode.
 */
struct path sbx_proc_inner_path(const struct inode *inode)
{
	return (struct path) {
		/* There since the inode is, see sbx_proc_private(). */
		.mnt = SBX_FS_SB(inode->i_sb)->proc,
		.dentry = SBX_FS_I(inode)->inner,
	};
}

static void copy_owner(struct inode *inode, const struct inode *inner)
{
	inode->i_uid = inner->i_uid;
	inode->i_gid = inner->i_gid;
}

static int revalidate(struct dentry *dentry, unsigned int flags)
{
	const struct sbx_fs_inode *pi;
	struct inode *inode;
	int ret = 1;

	if (flags & LOOKUP_RCU)
		return -ECHILD;
	inode = d_inode(dentry);
	pi = SBX_FS_I(inode);
	if (pi->pid && !sbx_proc_visible(inode->i_sb, pi->pid, pi->entry->flags))
		return 0;
	if (pi->inner->d_flags & DCACHE_OP_REVALIDATE)
		ret = pi->inner->d_op->d_revalidate(pi->inner, flags);
	if (ret > 0)
		copy_owner(inode, d_inode(pi->inner));
	return ret;
}

static const struct dentry_operations inner_dops = {
	.d_revalidate	= revalidate,
	.d_delete	= always_delete_dentry,
};

/**
 * sbx_proc_instantiate() - finish a look-up with an inode that has a counterpart
 * @sb: the superblock
 * @dentry: looked up
 * @entry: what it is
 * @pid: whose it is, NULL for a global file
 * @inner: the counterpart; its references are taken over
 *
 * Return: as ->lookup() does.
 */
struct dentry *sbx_proc_instantiate(struct super_block *sb, struct dentry *dentry,
				    const struct sbx_fs_entry *entry, struct pid *pid,
				    struct path *inner)
{
	const struct inode *from = d_inode(inner->dentry);
	struct sbx_fs_inode *pi;
	struct inode *inode;

	mntput(inner->mnt);
	if ((from->i_mode ^ entry->mode) & S_IFMT) {
		dput(inner->dentry);
		return ERR_PTR(-ENOENT);
	}
	inode = sbx_fs_new_inode(sb, entry);
	if (!inode) {
		dput(inner->dentry);
		return ERR_PTR(-ENOMEM);
	}
	pi = SBX_FS_I(inode);
	pi->pid = get_pid(pid);
	pi->inner = inner->dentry;
	inode->i_ino = from->i_ino;
	inode->i_mode = from->i_mode;
	set_nlink(inode, from->i_nlink);
	copy_owner(inode, from);
	d_set_d_op(dentry, &inner_dops);
	return d_splice_alias(inode, dentry);
}

/**
 * sbx_proc_getattr() - inode operation
 * @idmap: of the mount, not used
 * @path: of the file
 * @stat: takes the attributes
 * @mask: those that are wanted
 * @flags: of statx(2)
 *
 * Return: 0 or an errno.
 */
int sbx_proc_getattr(struct sbx_idmap *idmap, const struct path *path, struct kstat *stat,
		     u32 mask, unsigned int flags)
{
	const struct inode *inode = d_inode(path->dentry);
	const struct sbx_fs_entry *entry = SBX_FS_I(inode)->entry;
	const struct path inner = sbx_proc_inner_path(inode);
	int err;

	err = vfs_getattr_nosec(&inner, stat, mask, flags);
	if (err)
		return err;
	stat->dev = inode->i_sb->s_dev;
	stat->ino = inode->i_ino;
	if (S_ISREG(stat->mode) && !(entry->mode & 0222))
		stat->mode &= ~0222;
	return 0;
}

/**
 * sbx_proc_permission() - inode operation
 * @idmap: of the mount, not used
 * @inode: of the file
 * @mask: MAY_* flags
 *
 * Return: 0 or an errno; for a write that the kernel would take and we do not
 * -EACCES, of a global file -EROFS.
 */
int sbx_proc_permission(struct sbx_idmap *idmap, struct inode *inode, int mask)
{
	const struct sbx_fs_inode *pi = SBX_FS_I(inode);
	struct path inner;

	if (mask & MAY_NOT_BLOCK)
		return -ECHILD;
	if ((mask & MAY_WRITE) && !(pi->entry->mode & 0222))
		return pi->pid ? -EACCES : -EROFS;
	inner = sbx_proc_inner_path(inode);
	return inode_permission(sbx_mnt_idmap(inner.mnt), d_inode(inner.dentry), mask);
}

/**
 * sbx_proc_setattr() - inode operation
 * @idmap: of the mount, not used
 * @dentry: of the file
 * @attr: what is to be changed
 *
 * Return: 0 for O_TRUNC, which shells use on everything; -EPERM.
 */
int sbx_proc_setattr(struct sbx_idmap *idmap, struct dentry *dentry, struct iattr *attr)
{
	return attr->ia_valid & ATTR_SIZE ? 0 : -EPERM;
}

const struct inode_operations sbx_proc_forward_iops = {
	.getattr	= sbx_proc_getattr,
	.permission	= sbx_proc_permission,
	.setattr	= sbx_proc_setattr,
};
