// SPDX-License-Identifier: GPL-2.0
/*
 * New names: mkdir(2), mknod(2), symlink(2), link(2) and their *at() forms.
 */
#include <linux/cred.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/security.h>

#include "../compat.h"
#include "../entry.h"
#include "path.h"

/* What the path hooks of security modules are told. */
static umode_t mode_for_hook(const struct path *dir, umode_t mode)
{
	return IS_POSIXACL(d_inode(dir->dentry)) ? mode : mode & ~current_umask();
}

/**
 * struct creation - what to put where nothing is
 * @run: does it, in a directory that may be changed
 * @mode: of a directory or node
 * @target: of a symlink
 */
struct creation {
	int (*run)(const struct path *dir, struct dentry *dentry, const struct creation *what);
	umode_t mode;
	const char *target;
};

static long create_at(struct sbx_task *self, int dfd, const char __user *name,
		      unsigned int lookup, const struct creation *what)
{
	struct dentry *dentry;
	struct path dir;
	int err;

retry:
	dentry = user_path_create(dfd, name, &dir, lookup);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	err = sbx_check_sb(self, &dir) ?: what->run(&dir, dentry, what);
	done_path_create(&dir, dentry);
	if (sbx_retry_estale(err, &lookup))
		goto retry;
	return err;
}

static int make_dir(const struct path *dir, struct dentry *dentry, const struct creation *what)
{
	return security_path_mkdir(dir, dentry, mode_for_hook(dir, what->mode)) ?:
	       vfs_mkdir(sbx_mnt_idmap(dir->mnt), d_inode(dir->dentry), dentry, what->mode);
}

static long mkdir_at(struct sbx_task *self, int dfd, const char __user *name, umode_t mode)
{
	const struct creation what = { .run = make_dir, .mode = mode };

	return create_at(self, dfd, name, LOOKUP_DIRECTORY, &what);
}

SBX_SYSCALL_DEFINE2(mkdir, const char __user *, name, umode_t, mode)
{
	return mkdir_at(self, AT_FDCWD, name, mode);
}

SBX_SYSCALL_DEFINE3(mkdirat, int, dfd, const char __user *, name, umode_t, mode)
{
	return mkdir_at(self, dfd, name, mode);
}

static int make_node(const struct path *dir, struct dentry *dentry, const struct creation *what)
{
	struct inode *inode = d_inode(dir->dentry);
	umode_t mode = sbx_strip_setid(dir, what->mode);
	int err;

	err = security_path_mknod(dir, dentry, mode_for_hook(dir, mode), 0);
	if (err)
		return err;
	if (S_ISREG(mode))
		return vfs_create(sbx_mnt_idmap(dir->mnt), inode, dentry, mode, true);
	return vfs_mknod(sbx_mnt_idmap(dir->mnt), inode, dentry, mode, 0);
}

static long mknod_at(struct sbx_task *self, int dfd, const char __user *name, umode_t mode)
{
	struct creation what = { .run = make_node, .mode = mode };

	switch (mode & S_IFMT) {
	case 0:
		what.mode |= S_IFREG;
		break;
	case S_IFREG:
	case S_IFIFO:
	case S_IFSOCK:
		break;
	case S_IFCHR:
	case S_IFBLK:
		return sbx_refuse(self, -EPERM);
	case S_IFDIR:
		return -EPERM;
	default:
		return -EINVAL;
	}
	return create_at(self, dfd, name, 0, &what);
}

SBX_SYSCALL_DEFINE2(mknod, const char __user *, name, umode_t, mode)
{
	return mknod_at(self, AT_FDCWD, name, mode);
}

SBX_SYSCALL_DEFINE3(mknodat, int, dfd, const char __user *, name, umode_t, mode)
{
	return mknod_at(self, dfd, name, mode);
}

static int make_symlink(const struct path *dir, struct dentry *dentry,
			const struct creation *what)
{
	return vfs_symlink(sbx_mnt_idmap(dir->mnt), d_inode(dir->dentry), dentry, what->target);
}

static long symlink_at(struct sbx_task *self, const char __user *utarget, int dfd,
		       const char __user *name)
{
	struct filename *target = sbx_getname(utarget);
	struct creation what = { .run = make_symlink };
	long ret;

	if (IS_ERR(target))
		return PTR_ERR(target);
	what.target = target->name;
	ret = create_at(self, dfd, name, 0, &what);
	sbx_putname(target);
	return ret;
}

SBX_SYSCALL_DEFINE2(symlink, const char __user *, target, const char __user *, name)
{
	return symlink_at(self, target, AT_FDCWD, name);
}

SBX_SYSCALL_DEFINE3(symlinkat, const char __user *, target, int, dfd, const char __user *, name)
{
	return symlink_at(self, target, dfd, name);
}

/* One attempt; @delegated is somebody who has to give the file back first. */
static int link_here(struct sbx_task *self, const struct path *source, int dfd,
		     const char __user *name, unsigned int lookup, struct inode **delegated)
{
	struct dentry *dentry;
	struct path dir;
	int may, err;

	/* May read a sysctl: not with a directory locked. */
	may = sbx_may_link(self, source);
	dentry = user_path_create(dfd, name, &dir, lookup & LOOKUP_REVAL);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	if (source->mnt != dir.mnt)
		err = -EXDEV;
	else
		err = sbx_check_sb(self, &dir) ?: may ?:
		      vfs_link(source->dentry, sbx_mnt_idmap(dir.mnt), d_inode(dir.dentry),
			       dentry, delegated);
	done_path_create(&dir, dentry);
	return err;
}

static long link_at(struct sbx_task *self, int from_dfd, const char __user *from, int to_dfd,
		    const char __user *to, unsigned int flags)
{
	struct inode *delegated = NULL;
	unsigned int lookup = 0;
	struct path source;
	int err;

	if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH) {
		err = sbx_linkat_empty();
		if (err < 0)
			return err;
		lookup = err;
	}
	if (flags & AT_SYMLINK_FOLLOW)
		lookup |= LOOKUP_FOLLOW;
retry:
	err = user_path_at(from_dfd, from, lookup, &source);
	if (err)
		return err;
	err = link_here(self, &source, to_dfd, to, lookup, &delegated);
	path_put(&source);
	if (delegated) {
		err = break_deleg_wait(&delegated);
		if (!err)
			goto retry;
	}
	if (sbx_retry_estale(err, &lookup))
		goto retry;
	return err;
}

SBX_SYSCALL_DEFINE2(link, const char __user *, from, const char __user *, to)
{
	return link_at(self, AT_FDCWD, from, AT_FDCWD, to, 0);
}

SBX_SYSCALL_DEFINE5(linkat, int, from_dfd, const char __user *, from, int, to_dfd,
		    const char __user *, to, unsigned int, flags)
{
	return link_at(self, from_dfd, from, to_dfd, to, flags);
}
