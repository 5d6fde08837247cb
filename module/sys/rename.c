// SPDX-License-Identifier: GPL-2.0
/*
 * rename(2), renameat(2), renameat2(2).
 */
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/security.h>

#include "../compat.h"
#include "../entry.h"
#include "path.h"

/**
 * struct renaming - a rename under way
 * @from: where the old name is
 * @to: where the new name is
 * @flags: RENAME_*
 * @lookup: LOOKUP_REVAL or 0
 */
struct renaming {
	struct sbx_parent from, to;
	unsigned int flags;
	unsigned int lookup;
};

/* What the names are; @trap is the one above both, if one is above the other. */
static int check(const struct renaming *r, const struct dentry *from, const struct dentry *to,
		 const struct dentry *trap)
{
	bool exchange = r->flags & RENAME_EXCHANGE;

	if ((r->flags & RENAME_NOREPLACE) && d_is_positive(to))
		return -EEXIST;
	if (exchange) {
		if (d_is_negative(to))
			return -ENOENT;
		if (!d_is_dir(to) && sbx_last_has_slash(&r->to.last))
			return -ENOTDIR;
	}
	if (!d_is_dir(from)) {
		if (sbx_last_has_slash(&r->from.last))
			return -ENOTDIR;
		if (!exchange && sbx_last_has_slash(&r->to.last))
			return -ENOTDIR;
	}
	if (from == trap)
		return -EINVAL;
	if (to == trap)
		return exchange ? -EINVAL : -ENOTEMPTY;
	return 0;
}

static int rename_dentries(const struct renaming *r, struct dentry *from, struct dentry *to,
			   struct inode **delegated)
{
	struct renamedata rd = {
		.old_mnt_idmap = sbx_mnt_idmap(r->from.dir.mnt),
		.old_dir = d_inode(r->from.dir.dentry),
		.old_dentry = from,
		.new_mnt_idmap = sbx_mnt_idmap(r->to.dir.mnt),
		.new_dir = d_inode(r->to.dir.dentry),
		.new_dentry = to,
		.delegated_inode = delegated,
		.flags = r->flags,
	};

	return security_path_rename(&r->from.dir, from, &r->to.dir, to, r->flags) ?:
	       vfs_rename(&rd);
}

static int rename_trapped(const struct renaming *r, const struct dentry *trap,
			  struct inode **delegated)
{
	unsigned int target = r->flags & RENAME_EXCHANGE ? 0 : LOOKUP_RENAME_TARGET;
	struct dentry *from, *to;
	int err;

	from = lookup_one_qstr_excl(&r->from.last, r->from.dir.dentry, r->lookup);
	if (IS_ERR(from))
		return PTR_ERR(from);
	err = -ENOENT;
	if (d_is_negative(from))
		goto out_from;
	to = lookup_one_qstr_excl(&r->to.last, r->to.dir.dentry, r->lookup | target);
	if (IS_ERR(to)) {
		err = PTR_ERR(to);
		goto out_from;
	}
	err = check(r, from, to, trap) ?: rename_dentries(r, from, to, delegated);
	dput(to);
out_from:
	dput(from);
	return err;
}

/* One attempt; @delegated is somebody who has to give the file back first. */
static int rename_locked(const struct renaming *r, struct inode **delegated)
{
	struct dentry *trap;
	int err;

	trap = lock_rename(r->to.dir.dentry, r->from.dir.dentry);
	if (IS_ERR(trap))
		return PTR_ERR(trap);
	err = rename_trapped(r, trap, delegated);
	unlock_rename(r->to.dir.dentry, r->from.dir.dentry);
	return err;
}

static int rename_found(struct sbx_task *self, const struct renaming *r)
{
	struct inode *delegated = NULL;
	int err;

	if (r->from.dir.mnt != r->to.dir.mnt)
		return -EXDEV;
	if (r->from.type != SBX_LAST_NORM)
		return -EBUSY;
	if (r->to.type != SBX_LAST_NORM)
		return r->flags & RENAME_NOREPLACE ? -EEXIST : -EBUSY;
	err = sbx_check_sb(self, &r->from.dir);
	if (err)
		return err;
	err = mnt_want_write(r->from.dir.mnt);
	if (err)
		return err;
	do {
		err = rename_locked(r, &delegated);
		if (!delegated)
			break;
		err = break_deleg_wait(&delegated);
	} while (!err);
	mnt_drop_write(r->from.dir.mnt);
	return err;
}

static long rename_at(struct sbx_task *self, int from_dfd, const char __user *ufrom, int to_dfd,
		      const char __user *uto, unsigned int flags)
{
	struct renaming r = { .flags = flags };
	struct filename *from, *to;
	int err;

	if (flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT))
		return -EINVAL;
	if ((flags & (RENAME_NOREPLACE | RENAME_WHITEOUT)) && (flags & RENAME_EXCHANGE))
		return -EINVAL;

	from = sbx_getname(ufrom);
	if (IS_ERR(from))
		return PTR_ERR(from);
	to = sbx_getname(uto);
retry:
	err = sbx_user_parent(from_dfd, from, r.lookup, &r.from);
	if (err)
		goto out;
	/* Told of after all that is wrong with the old name. */
	err = IS_ERR(to) ? PTR_ERR(to) : sbx_user_parent(to_dfd, to, r.lookup, &r.to);
	if (!err) {
		err = rename_found(self, &r);
		path_put(&r.to.dir);
	}
	path_put(&r.from.dir);
	if (sbx_retry_estale(err, &r.lookup))
		goto retry;
out:
	sbx_putname(from);
	if (!IS_ERR(to))
		sbx_putname(to);
	return err;
}

SBX_SYSCALL_DEFINE2(rename, const char __user *, from, const char __user *, to)
{
	return rename_at(self, AT_FDCWD, from, AT_FDCWD, to, 0);
}

SBX_SYSCALL_DEFINE4(renameat, int, from_dfd, const char __user *, from, int, to_dfd,
		    const char __user *, to)
{
	return rename_at(self, from_dfd, from, to_dfd, to, 0);
}

SBX_SYSCALL_DEFINE5(renameat2, int, from_dfd, const char __user *, from, int, to_dfd,
		    const char __user *, to, unsigned int, flags)
{
	return rename_at(self, from_dfd, from, to_dfd, to, flags);
}
