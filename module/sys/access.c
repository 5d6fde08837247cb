// SPDX-License-Identifier: GPL-2.0
/*
 * access(2), faccessat(2), faccessat2(2): what the real user may do.
 */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/securebits.h>

#include "../compat.h"
#include "../entry.h"
#include "path.h"

/* What the effective set would be, were the real user the effective one. */
static void real_caps(const struct cred *cred, kernel_cap_t *caps)
{
	*caps = cred->cap_effective;
	if (issecure(SECURE_NO_SETUID_FIXUP))
		return;
	if (uid_eq(cred->uid, make_kuid(cred->user_ns, 0)))
		*caps = cred->cap_permitted;
	else
		cap_clear(*caps);
}

/* Mostly real and effective are the same, and new credentials are expensive. */
static bool real_is_effective(void)
{
	const struct cred *cred = current_cred();
	kernel_cap_t caps;

	real_caps(cred, &caps);
	return uid_eq(cred->fsuid, cred->uid) && gid_eq(cred->fsgid, cred->gid) &&
	       !memcmp(&caps, &cred->cap_effective, sizeof(caps));
}

static const struct cred *become_real(void)
{
	const struct cred *old;
	struct cred *cred;

	cred = prepare_creds();
	if (!cred)
		return NULL;
	cred->fsuid = cred->uid;
	cred->fsgid = cred->gid;
	real_caps(cred, &cred->cap_effective);
	old = override_creds(cred);
	put_cred(cred);
	return old;
}

static bool noexec(const struct path *path)
{
	return (path->mnt->mnt_flags & MNT_NOEXEC) ||
	       (path->mnt->mnt_sb->s_iflags & SB_I_NOEXEC);
}

static int may_access(const struct path *path, int mode)
{
	struct inode *inode = d_inode(path->dentry);
	int err;

	if ((mode & MAY_EXEC) && S_ISREG(inode->i_mode) && noexec(path))
		return -EACCES;
	err = inode_permission(sbx_mnt_idmap(path->mnt), inode, mode | MAY_ACCESS);
	if (!err && (mode & MAY_WRITE) && !special_file(inode->i_mode) &&
	    __mnt_is_readonly(path->mnt))
		err = -EROFS;
	return err;
}

static long access_at(int dfd, const char __user *name, int mode, unsigned int flags)
{
	const struct cred *effective = NULL;
	unsigned int lookup = LOOKUP_FOLLOW;
	struct path path;
	int err;

	if (mode & ~(MAY_READ | MAY_WRITE | MAY_EXEC))
		return -EINVAL;
	if (flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_SYMLINK_NOFOLLOW)
		lookup &= ~LOOKUP_FOLLOW;
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	if (!(flags & AT_EACCESS) && !real_is_effective()) {
		effective = become_real();
		if (!effective)
			return -ENOMEM;
	}
retry:
	err = user_path_at(dfd, name, lookup, &path);
	if (err)
		goto out;
	err = may_access(&path, mode);
	path_put(&path);
	if (sbx_retry_estale(err, &lookup))
		goto retry;
out:
	if (effective)
		revert_creds(effective);
	return err;
}

SBX_SYSCALL_DEFINE2(access, const char __user *, name, int, mode)
{
	return access_at(AT_FDCWD, name, mode, 0);
}

SBX_SYSCALL_DEFINE3(faccessat, int, dfd, const char __user *, name, int, mode)
{
	return access_at(dfd, name, mode, 0);
}

SBX_SYSCALL_DEFINE4(faccessat2, int, dfd, const char __user *, name, int, mode, int, flags)
{
	return access_at(dfd, name, mode, flags);
}
