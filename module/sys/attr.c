// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes that change: the chmod, chown and truncate families.
 */
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/namei.h>

#include "../compat.h"
#include "../entry.h"
#include "attr.h"
#include "path.h"

/**
 * sbx_setattr() - change attributes of a file
 * @self: the caller's entry
 * @path: of the file
 * @prepare: says what; NULL if what the caller wants is invalid, which it is
 *	told only once the file is known to be there
 * @data: for @prepare
 *
 * Return: 0 or an error.
 */
int sbx_setattr(struct sbx_task *self, const struct path *path, sbx_prepare_t prepare,
		const void *data)
{
	struct inode *inode = d_inode(path->dentry);
	struct inode *delegated = NULL;
	int err;

	if (!prepare)
		return -EINVAL;
	err = sbx_check_sb(self, path);
	if (err)
		return err;
	err = mnt_want_write(path->mnt);
	if (err)
		return err;
	do {
		struct iattr attr = {};

		inode_lock(inode);
		err = prepare(path, &attr, data);
		if (!err)
			err = notify_change(sbx_mnt_idmap(path->mnt), path->dentry, &attr,
					    &delegated);
		inode_unlock(inode);
		if (!delegated)
			break;
		err = break_deleg_wait(&delegated);
	} while (!err);
	mnt_drop_write(path->mnt);
	return err;
}

/**
 * sbx_setattr_at() - sbx_setattr() of a path
 * @self: the caller's entry
 * @dfd: where the path starts, or %AT_FDCWD
 * @name: the path
 * @flags: AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH
 * @prepare: as for sbx_setattr()
 * @data: for @prepare
 *
 * Return: 0 or an error.
 */
int sbx_setattr_at(struct sbx_task *self, int dfd, const char __user *name, unsigned int flags,
		   sbx_prepare_t prepare, const void *data)
{
	unsigned int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct path path;
	int err;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
retry:
	err = user_path_at(dfd, name, lookup, &path);
	if (err)
		return err;
	err = sbx_setattr(self, &path, prepare, data);
	path_put(&path);
	if (sbx_retry_estale(err, &lookup))
		goto retry;
	return err;
}

/**
 * sbx_setattr_fd() - sbx_setattr() of an open file
 * @self: the caller's entry
 * @fd: its descriptor
 * @prepare: as for sbx_setattr()
 * @data: for @prepare
 *
 * Return: 0 or an error.
 */
int sbx_setattr_fd(struct sbx_task *self, unsigned int fd, sbx_prepare_t prepare,
		   const void *data)
{
	struct fd f = fdget(fd);
	int err;

	if (fd_empty(f))
		return -EBADF;
	err = sbx_setattr(self, &fd_file(f)->f_path, prepare, data);
	fdput(f);
	return err;
}

static int prepare_chmod(const struct path *path, struct iattr *attr, const void *data)
{
	const struct inode *inode = d_inode(path->dentry);
	umode_t mode = *(const umode_t *)data & S_IALLUGO;

	if (S_ISREG(inode->i_mode))
		mode = sbx_strip_setid(path, mode);
	attr->ia_mode = mode | (inode->i_mode & ~S_IALLUGO);
	attr->ia_valid = ATTR_MODE | ATTR_CTIME;
	return 0;
}

SBX_SYSCALL_DEFINE2(chmod, const char __user *, name, umode_t, mode)
{
	return sbx_setattr_at(self, AT_FDCWD, name, 0, prepare_chmod, &mode);
}

SBX_SYSCALL_DEFINE2(fchmod, unsigned int, fd, umode_t, mode)
{
	return sbx_setattr_fd(self, fd, prepare_chmod, &mode);
}

SBX_SYSCALL_DEFINE3(fchmodat, int, dfd, const char __user *, name, umode_t, mode)
{
	return sbx_setattr_at(self, dfd, name, 0, prepare_chmod, &mode);
}

SBX_SYSCALL_DEFINE4(fchmodat2, int, dfd, const char __user *, name, umode_t, mode,
		    unsigned int, flags)
{
	return sbx_setattr_at(self, dfd, name, flags, prepare_chmod, &mode);
}

/**
 * struct owner - whom a file is to belong to, -1 for no change
 * @uid: as the caller numbers it
 * @gid: as the caller numbers it
 */
struct owner {
	uid_t uid;
	gid_t gid;
};

static int prepare_chown(const struct path *path, struct iattr *attr, const void *data)
{
	struct inode *inode = d_inode(path->dentry);
	const struct owner *owner = data;

	attr->ia_valid = ATTR_CTIME;
	if (owner->uid != (uid_t)-1) {
		kuid_t uid = make_kuid(current_user_ns(), owner->uid);

		if (!uid_valid(uid))
			return -EINVAL;
		attr->ia_vfsuid = VFSUIDT_INIT(uid);
		attr->ia_valid |= ATTR_UID;
	}
	if (owner->gid != (gid_t)-1) {
		kgid_t gid = make_kgid(current_user_ns(), owner->gid);

		if (!gid_valid(gid))
			return -EINVAL;
		attr->ia_vfsgid = VFSGIDT_INIT(gid);
		attr->ia_valid |= ATTR_GID;
	}
	if (!S_ISDIR(inode->i_mode))
		attr->ia_valid |= ATTR_KILL_SUID | ATTR_KILL_PRIV |
				  setattr_should_drop_sgid(sbx_mnt_idmap(path->mnt), inode);
	return 0;
}

SBX_SYSCALL_DEFINE3(chown, const char __user *, name, uid_t, uid, gid_t, gid)
{
	struct owner owner = { uid, gid };

	return sbx_setattr_at(self, AT_FDCWD, name, 0, prepare_chown, &owner);
}

SBX_SYSCALL_DEFINE3(lchown, const char __user *, name, uid_t, uid, gid_t, gid)
{
	struct owner owner = { uid, gid };

	return sbx_setattr_at(self, AT_FDCWD, name, AT_SYMLINK_NOFOLLOW, prepare_chown, &owner);
}

SBX_SYSCALL_DEFINE3(fchown, unsigned int, fd, uid_t, uid, gid_t, gid)
{
	struct owner owner = { uid, gid };

	return sbx_setattr_fd(self, fd, prepare_chown, &owner);
}

SBX_SYSCALL_DEFINE5(fchownat, int, dfd, const char __user *, name, uid_t, uid, gid_t, gid,
		    unsigned int, flags)
{
	struct owner owner = { uid, gid };

	return sbx_setattr_at(self, dfd, name, flags, prepare_chown, &owner);
}

SBX_SYSCALL_DEFINE2(truncate, const char __user *, name, loff_t, length)
{
	unsigned int lookup = LOOKUP_FOLLOW;
	struct path path;
	long err;

	if (length < 0)
		return -EINVAL;
retry:
	err = user_path_at(AT_FDCWD, name, lookup, &path);
	if (err)
		return err;
	err = sbx_check_sb(self, &path) ?: vfs_truncate(&path, length);
	path_put(&path);
	if (sbx_retry_estale(err, &lookup))
		goto retry;
	return err;
}

/* Set-id bits and file capabilities do not outlive a change of contents. */
static unsigned int kill_privileges(struct file *file)
{
	struct inode *inode = file_inode(file);
	unsigned int kill;

	if (IS_NOSEC(inode))
		return 0;
	kill = setattr_should_drop_suidgid(sbx_mnt_idmap(file->f_path.mnt), inode);
	return ATTR_KILL_PRIV | (kill ? kill | ATTR_FORCE : 0);
}

static int truncate_file(struct file *file, loff_t length)
{
	struct inode *inode = d_inode(file->f_path.dentry);
	struct iattr attr = {
		.ia_valid = ATTR_SIZE | ATTR_MTIME | ATTR_CTIME | ATTR_FILE,
		.ia_size = length,
		.ia_file = file,
	};
	int err;

	if (!S_ISREG(inode->i_mode) || !(file->f_mode & FMODE_WRITE))
		return -EINVAL;
	if (!(file->f_flags & O_LARGEFILE) && length > MAX_NON_LFS)
		return -EINVAL;
	if (IS_APPEND(file_inode(file)))
		return -EPERM;

	sb_start_write(inode->i_sb);
	attr.ia_valid |= kill_privileges(file);
	inode_lock(inode);
	/* Nobody holds a lease on a file that is open for writing. */
	err = notify_change(sbx_mnt_idmap(file->f_path.mnt), file->f_path.dentry, &attr, NULL);
	inode_unlock(inode);
	sb_end_write(inode->i_sb);
	return err;
}

SBX_SYSCALL_DEFINE2(ftruncate, unsigned int, fd, loff_t, length)
{
	struct fd f;
	int err;

	if (length < 0)
		return -EINVAL;
	f = fdget(fd);
	if (fd_empty(f))
		return -EBADF;
	err = truncate_file(fd_file(f), length);
	fdput(f);
	return err;
}
