// SPDX-License-Identifier: GPL-2.0
/*
 * Names that go: unlink(2), rmdir(2), unlinkat(2).
 */
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/security.h>

#include "../compat.h"
#include "../entry.h"
#include "path.h"

static int unlink_dentry(const struct sbx_parent *parent, struct dentry *dentry,
			 struct inode **delegated)
{
	const struct path *dir = &parent->dir;

	if (d_is_negative(dentry))
		return -ENOENT;
	if (sbx_last_has_slash(&parent->last))
		return d_is_dir(dentry) ? -EISDIR : -ENOTDIR;
	return security_path_unlink(dir, dentry) ?:
	       vfs_unlink(sbx_mnt_idmap(dir->mnt), d_inode(dir->dentry), dentry, delegated);
}

static int rmdir_dentry(const struct sbx_parent *parent, struct dentry *dentry)
{
	const struct path *dir = &parent->dir;

	if (d_is_negative(dentry))
		return -ENOENT;
	return vfs_rmdir(sbx_mnt_idmap(dir->mnt), d_inode(dir->dentry), dentry);
}

/* One attempt; @delegated is somebody who has to give the file back first. */
static int remove_locked(const struct sbx_parent *parent, bool is_dir, unsigned int lookup,
			 struct inode **delegated)
{
	struct inode *dir = d_inode(parent->dir.dentry);
	struct inode *inode = NULL;
	struct dentry *dentry;
	int err;

	inode_lock_nested(dir, I_MUTEX_PARENT);
	dentry = lookup_one_qstr_excl(&parent->last, parent->dir.dentry, lookup);
	if (IS_ERR(dentry)) {
		err = PTR_ERR(dentry);
	} else {
		/* What a file had is freed after the directory is unlocked. */
		if (!is_dir && d_is_positive(dentry)) {
			inode = d_inode(dentry);
			ihold(inode);
		}
		err = is_dir ? rmdir_dentry(parent, dentry) :
			       unlink_dentry(parent, dentry, delegated);
		dput(dentry);
	}
	inode_unlock(dir);
	iput(inode);
	return err;
}

static int remove(struct sbx_task *self, const struct sbx_parent *parent, bool is_dir,
		  unsigned int lookup)
{
	struct inode *delegated = NULL;
	int err;

	err = sbx_check_sb(self, &parent->dir);
	if (err)
		return err;
	err = mnt_want_write(parent->dir.mnt);
	if (err)
		return err;
	do {
		err = remove_locked(parent, is_dir, lookup, &delegated);
		if (!delegated)
			break;
		err = break_deleg_wait(&delegated);
	} while (!err);
	mnt_drop_write(parent->dir.mnt);
	return err;
}

static int no_name(enum sbx_last type, bool is_dir)
{
	if (!is_dir)
		return -EISDIR;
	switch (type) {
	case SBX_LAST_DOT:
		return -EINVAL;
	case SBX_LAST_DOTDOT:
		return -ENOTEMPTY;
	default:
		return -EBUSY;
	}
}

static long remove_at(struct sbx_task *self, int dfd, const char __user *user, bool is_dir)
{
	struct sbx_parent parent;
	struct filename *name;
	unsigned int lookup = 0;
	int err;

	name = sbx_getname(user);
	if (IS_ERR(name))
		return PTR_ERR(name);
retry:
	err = sbx_user_parent(dfd, name, lookup, &parent);
	if (!err) {
		if (parent.type == SBX_LAST_NORM)
			err = remove(self, &parent, is_dir, lookup);
		else
			err = no_name(parent.type, is_dir);
		path_put(&parent.dir);
	}
	if (sbx_retry_estale(err, &lookup))
		goto retry;
	sbx_putname(name);
	return err;
}

SBX_SYSCALL_DEFINE1(unlink, const char __user *, name)
{
	return remove_at(self, AT_FDCWD, name, false);
}

SBX_SYSCALL_DEFINE1(rmdir, const char __user *, name)
{
	return remove_at(self, AT_FDCWD, name, true);
}

SBX_SYSCALL_DEFINE3(unlinkat, int, dfd, const char __user *, name, int, flags)
{
	if (flags & ~AT_REMOVEDIR)
		return -EINVAL;
	return remove_at(self, dfd, name, flags & AT_REMOVEDIR);
}
