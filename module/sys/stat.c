// SPDX-License-Identifier: GPL-2.0
/*
 * What a file is: the stat family, statx(2), statfs(2), readlink(2).
 *
 * Attributes may be read wherever a path leads, opening is another matter.
 */
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/stat.h>
#include <linux/statfs.h>
#include <linux/uaccess.h>

#include "../compat.h"
#include "../entry.h"
#include "fd.h"
#include "path.h"

/* vfs_statx() knows a mount's id; it stands in a structure private to fs/. */
static int getattr(const struct path *path, struct kstat *stat, u32 mask, unsigned int flags)
{
	int err = vfs_getattr(path, stat, mask, flags & AT_STATX_SYNC_TYPE);

	if (unlikely(err))
		return err;
	if (path->mnt->mnt_root == path->dentry)
		stat->attributes |= STATX_ATTR_MOUNT_ROOT;
	stat->attributes_mask |= STATX_ATTR_MOUNT_ROOT;
	return 0;
}

static int getattr_fd(unsigned int fd, struct kstat *stat, u32 mask, unsigned int flags)
{
	struct file *file;
	struct fd f;
	int err;

	f = fdget(fd);
	if (likely(!fd_empty(f))) {
		err = getattr(&fd_file(f)->f_path, stat, mask, flags);
		fdput(f);
		return err;
	}
	/* O_PATH, which fdget() does not give out */
	file = fget_raw(fd);
	if (!file)
		return -EBADF;
	err = getattr(&file->f_path, stat, mask, flags);
	fput(file);
	return err;
}

static int getattr_at(int dfd, const char __user *name, struct kstat *stat, u32 mask,
		      unsigned int flags)
{
	unsigned int lookup = 0;
	struct path path;
	int err;

	if (!(flags & AT_SYMLINK_NOFOLLOW))
		lookup |= LOOKUP_FOLLOW;
	if (!(flags & AT_NO_AUTOMOUNT))
		lookup |= LOOKUP_AUTOMOUNT;
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
retry:
	err = user_path_at(dfd, name, lookup, &path);
	if (unlikely(err))
		return err;
	err = getattr(&path, stat, mask, flags);
	path_put(&path);
	if (sbx_retry_estale(err, &lookup))
		goto retry;
	return err;
}

static int put_stat(const struct kstat *stat, struct stat __user *to)
{
	struct stat tmp;

	INIT_STRUCT_STAT_PADDING(tmp);
	tmp.st_dev = new_encode_dev(stat->dev);
	tmp.st_ino = stat->ino;
	tmp.st_nlink = stat->nlink;
	tmp.st_mode = stat->mode;
	tmp.st_uid = from_kuid_munged(current_user_ns(), stat->uid);
	tmp.st_gid = from_kgid_munged(current_user_ns(), stat->gid);
	tmp.st_rdev = new_encode_dev(stat->rdev);
	tmp.st_size = stat->size;
	tmp.st_blksize = stat->blksize;
	tmp.st_blocks = stat->blocks;
	tmp.st_atime = stat->atime.tv_sec;
	tmp.st_atime_nsec = stat->atime.tv_nsec;
	tmp.st_mtime = stat->mtime.tv_sec;
	tmp.st_mtime_nsec = stat->mtime.tv_nsec;
	tmp.st_ctime = stat->ctime.tv_sec;
	tmp.st_ctime_nsec = stat->ctime.tv_nsec;
	return copy_to_user(to, &tmp, sizeof(tmp)) ? -EFAULT : 0;
}

static __always_inline long stat_at(int dfd, const char __user *name, struct stat __user *to,
				    unsigned int flags)
{
	struct kstat stat;

	return getattr_at(dfd, name, &stat, STATX_BASIC_STATS, flags | AT_NO_AUTOMOUNT) ?:
	       put_stat(&stat, to);
}

static __always_inline long stat_fd(unsigned int fd, struct stat __user *to)
{
	struct kstat stat;

	return getattr_fd(fd, &stat, STATX_BASIC_STATS, 0) ?: put_stat(&stat, to);
}

SBX_SYSCALL_DEFINE2(stat, const char __user *, name, struct stat __user *, to)
{
	return stat_at(AT_FDCWD, name, to, 0);
}

SBX_SYSCALL_DEFINE2(lstat, const char __user *, name, struct stat __user *, to)
{
	return stat_at(AT_FDCWD, name, to, AT_SYMLINK_NOFOLLOW);
}

SBX_SYSCALL_DEFINE2(fstat, unsigned int, fd, struct stat __user *, to)
{
	return stat_fd(fd, to);
}

SBX_SYSCALL_DEFINE4(newfstatat, int, dfd, const char __user *, name, struct stat __user *, to,
		    unsigned int, flags)
{
	/* How libc does fstat(). */
	if (flags == AT_EMPTY_PATH && vfs_empty_path(dfd, name))
		return stat_fd(dfd, to);
	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE))
		return -EINVAL;
	return stat_at(dfd, name, to, flags);
}

static struct statx_timestamp statx_time(const struct timespec64 *time)
{
	return (struct statx_timestamp){ .tv_sec = time->tv_sec, .tv_nsec = time->tv_nsec };
}

static int put_statx(const struct kstat *stat, struct statx __user *to)
{
	struct statx tmp = {
		.stx_mask = stat->result_mask & ~STATX_CHANGE_COOKIE,
		.stx_blksize = stat->blksize,
		.stx_attributes = stat->attributes & ~STATX_ATTR_CHANGE_MONOTONIC,
		.stx_nlink = stat->nlink,
		.stx_uid = from_kuid_munged(current_user_ns(), stat->uid),
		.stx_gid = from_kgid_munged(current_user_ns(), stat->gid),
		.stx_mode = stat->mode,
		.stx_ino = stat->ino,
		.stx_size = stat->size,
		.stx_blocks = stat->blocks,
		.stx_attributes_mask = stat->attributes_mask,
		.stx_atime = statx_time(&stat->atime),
		.stx_btime = statx_time(&stat->btime),
		.stx_ctime = statx_time(&stat->ctime),
		.stx_mtime = statx_time(&stat->mtime),
		.stx_rdev_major = MAJOR(stat->rdev),
		.stx_rdev_minor = MINOR(stat->rdev),
		.stx_dev_major = MAJOR(stat->dev),
		.stx_dev_minor = MINOR(stat->dev),
		.stx_dio_mem_align = stat->dio_mem_align,
		.stx_dio_offset_align = stat->dio_offset_align,
	};

	sbx_put_statx_more(stat, &tmp);
	return copy_to_user(to, &tmp, sizeof(tmp)) ? -EFAULT : 0;
}

SBX_SYSCALL_DEFINE5(statx, int, dfd, const char __user *, name, unsigned int, flags,
		    unsigned int, mask, struct statx __user *, to)
{
	unsigned int known = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH |
			     AT_STATX_SYNC_TYPE;
	struct kstat stat;
	int err;

	if ((mask & STATX__RESERVED) || (flags & ~known) ||
	    (flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE)
		return -EINVAL;
	mask &= ~STATX_CHANGE_COOKIE;
	if ((flags & ~(AT_NO_AUTOMOUNT | AT_STATX_SYNC_TYPE)) == AT_EMPTY_PATH &&
	    vfs_empty_path(dfd, name))
		err = getattr_fd(dfd, &stat, mask, flags);
	else
		err = getattr_at(dfd, name, &stat, mask, flags);
	return err ?: put_statx(&stat, to);
}

static int put_statfs(const struct kstatfs *st, struct statfs __user *to)
{
	struct statfs tmp = {
		.f_type = st->f_type,
		.f_bsize = st->f_bsize,
		.f_blocks = st->f_blocks,
		.f_bfree = st->f_bfree,
		.f_bavail = st->f_bavail,
		.f_files = st->f_files,
		.f_ffree = st->f_ffree,
		.f_fsid = st->f_fsid,
		.f_namelen = st->f_namelen,
		.f_frsize = st->f_frsize,
		.f_flags = st->f_flags,
	};

	return copy_to_user(to, &tmp, sizeof(tmp)) ? -EFAULT : 0;
}

SBX_SYSCALL_DEFINE2(statfs, const char __user *, name, struct statfs __user *, to)
{
	unsigned int lookup = LOOKUP_FOLLOW | LOOKUP_AUTOMOUNT;
	struct kstatfs st;
	struct path path;
	int err;

retry:
	err = user_path_at(AT_FDCWD, name, lookup, &path);
	if (err)
		return err;
	err = vfs_statfs(&path, &st);
	path_put(&path);
	if (sbx_retry_estale(err, &lookup))
		goto retry;
	return err ?: put_statfs(&st, to);
}

SBX_SYSCALL_DEFINE2(fstatfs, unsigned int, fd, struct statfs __user *, to)
{
	struct kstatfs st;
	struct file *file;
	int err;

	file = fget_raw(fd);
	if (!file)
		return -EBADF;
	err = vfs_statfs(&file->f_path, &st);
	fput(file);
	return err ?: put_statfs(&st, to);
}

/* What is no link: ENOENT for the descriptor itself, found by "". */
static int not_a_link(const char __user *name)
{
	char first;

	return !get_user(first, name) && !first ? -ENOENT : -EINVAL;
}

static long readlink_at(struct sbx_task *self, int dfd, const char __user *name,
			char __user *buf, int size)
{
	unsigned int lookup = LOOKUP_EMPTY;
	struct path path;
	long ret;

	if (size <= 0)
		return -EINVAL;
retry:
	ret = user_path_at(dfd, name, lookup, &path);
	if (ret)
		return ret;
	if (d_is_symlink(path.dentry) || d_inode(path.dentry)->i_op->readlink) {
		ret = sbx_check_sb(self, &path);
		if (!ret) {
			touch_atime(&path);
			ret = vfs_readlink(path.dentry, buf, size);
		}
	} else {
		ret = not_a_link(name);
	}
	path_put(&path);
	if (sbx_retry_estale(ret, &lookup))
		goto retry;
	return ret;
}

SBX_SYSCALL_DEFINE3(readlink, const char __user *, name, char __user *, buf, int, size)
{
	return readlink_at(self, AT_FDCWD, name, buf, size);
}

SBX_SYSCALL_DEFINE4(readlinkat, int, dfd, const char __user *, name, char __user *, buf,
		    int, size)
{
	return readlink_at(self, dfd, name, buf, size);
}
