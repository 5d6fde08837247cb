// SPDX-License-Identifier: GPL-2.0
/*
 * open(2), openat(2), openat2(2), creat(2).
 *
 * A path is looked up once, and what was found decides: regular files and
 * directories are opened by the host's filesystem, everything else by an
 * object of the module's.  The host never opens by name where the name could
 * lead to something else by then: only with O_CREAT | O_EXCL, which opens what
 * it made, a regular file, or fails.
 */
#include <linux/cred.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/openat2.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "../compat.h"
#include "../entry.h"
#include "../object/device.h"
#include "../object/object.h"
#include "../object/pipe.h"
#include "create.h"
#include "path.h"

#define O_PATH_FLAGS	(O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC)

static int may_open(const struct path *path, const struct sbx_open *req)
{
	struct inode *inode = d_inode(path->dentry);
	int err;

	err = inode_permission(sbx_mnt_idmap(path->mnt), inode, MAY_OPEN | req->acc);
	if (err)
		return err;
	if (IS_APPEND(inode)) {
		if ((req->flags & O_ACCMODE) != O_RDONLY && !(req->flags & O_APPEND))
			return -EPERM;
		if ((req->flags & O_TRUNC) && S_ISREG(inode->i_mode))
			return -EPERM;
	}
	if ((req->flags & O_NOATIME) && !inode_owner_or_capable(sbx_mnt_idmap(path->mnt), inode))
		return -EPERM;
	return 0;
}

/* Regular files and directories, the host's own. */
static struct file *open_plain(struct sbx_task *self, const struct path *path,
			       const struct sbx_open *req)
{
	unsigned int flags = req->flags & ~O_CREAT;
	int err;

	err = sbx_check_sb(self, path);
	if (err)
		return ERR_PTR(err);
	/* These take more than an open: leave it to the host, at that very path. */
	if (flags & (O_TRUNC | __O_TMPFILE))
		return file_open_root(path, "", flags, sbx_strip_setid(path, req->mode));

	if ((req->acc & MAY_WRITE) && d_is_dir(path->dentry))
		return ERR_PTR(-EISDIR);
	err = may_open(path, req);
	if (err)
		return ERR_PTR(err);
	return dentry_open(path, flags, current_cred());
}

/* No driver, pipe or socket of the host's; objects check permissions themselves. */
static struct file *open_special(struct sbx_task *self, const struct path *path,
				 const struct sbx_open *req)
{
	struct sbx_domain *domain = self->container->domain;
	unsigned int flags = req->flags & ~(O_CREAT | O_EXCL);
	struct inode *inode = d_inode(path->dentry);
	int err;

	/* Found by way of /proc/self/fd. */
	if (sbx_is_object(inode))
		return sbx_object_reopen(domain, path, flags);

	switch (inode->i_mode & S_IFMT) {
	case S_IFCHR:
		return sbx_device_open(domain, path, flags);
	case S_IFIFO:
		err = sbx_check_sb(self, path);
		return err ? ERR_PTR(err) : sbx_fifo_open(domain, path, flags);
	case S_IFBLK:
		return ERR_PTR(sbx_refuse(self, -EACCES));
	default:
		return ERR_PTR(may_open(path, req) ?: -ENXIO);
	}
}

/* A handle on the path alone; it runs nothing of what it leads to. */
static struct file *open_o_path(struct sbx_task *self, const struct path *path,
				const struct sbx_open *req)
{
	if (!special_file(d_inode(path->dentry)->i_mode)) {
		int err = sbx_check_sb(self, path);

		if (err)
			return ERR_PTR(err);
	}
	return dentry_open(path, req->flags, current_cred());
}

/**
 * sbx_open_found() - the end of an open: what was found, as it has to be
 * @self: the caller's entry
 * @path: what was found, and exists
 * @req: how to open it
 *
 * Return: an open file, or an error pointer.
 */
struct file *sbx_open_found(struct sbx_task *self, const struct path *path,
			    const struct sbx_open *req)
{
	if (unlikely(req->flags & O_PATH))
		return open_o_path(self, path, req);
	/* An imported regular file looks like one. */
	if (unlikely(sbx_is_object(d_inode(path->dentry))))
		return open_special(self, path, req);

	switch (d_inode(path->dentry)->i_mode & S_IFMT) {
	case S_IFREG:
	case S_IFDIR:
		return open_plain(self, path, req);
	case S_IFLNK:
		return ERR_PTR(-ELOOP);
	default:
		return open_special(self, path, req);
	}
}

static struct file *open_existing(struct sbx_task *self, int dfd, const char __user *name,
				  const struct sbx_open *req)
{
	unsigned int lookup = req->lookup | LOOKUP_AUTOMOUNT;
	struct file *file;
	struct path path;
	int err;

retry:
	err = user_path_at(dfd, name, lookup, &path);
	if (unlikely(err))
		return ERR_PTR(err);
	file = sbx_open_found(self, &path, req);
	path_put(&path);
	if (unlikely(file == ERR_PTR(-EOPENSTALE)))
		file = ERR_PTR(-ESTALE);
	if (unlikely(file == ERR_PTR(-ESTALE)) && !(lookup & LOOKUP_REVAL)) {
		lookup |= LOOKUP_REVAL;
		goto retry;
	}
	return file;
}

static unsigned int lookup_flags(unsigned int flags, u64 resolve)
{
	unsigned int lookup = 0;

	if (flags & O_DIRECTORY)
		lookup |= LOOKUP_DIRECTORY;
	if (!(flags & O_NOFOLLOW))
		lookup |= LOOKUP_FOLLOW;
	if (likely(!resolve))
		return lookup;
	if (resolve & RESOLVE_NO_XDEV)
		lookup |= LOOKUP_NO_XDEV;
	if (resolve & RESOLVE_NO_MAGICLINKS)
		lookup |= LOOKUP_NO_MAGICLINKS;
	if (resolve & RESOLVE_NO_SYMLINKS)
		lookup |= LOOKUP_NO_SYMLINKS;
	if (resolve & RESOLVE_BENEATH)
		lookup |= LOOKUP_BENEATH;
	if (resolve & RESOLVE_IN_ROOT)
		lookup |= LOOKUP_IN_ROOT;
	if (resolve & RESOLVE_CACHED)
		lookup |= LOOKUP_CACHED;
	return lookup;
}

static int check_resolve(unsigned int flags, u64 resolve)
{
	if (resolve & ~(u64)VALID_RESOLVE_FLAGS)
		return -EINVAL;
	if ((resolve & RESOLVE_BENEATH) && (resolve & RESOLVE_IN_ROOT))
		return -EINVAL;
	return 0;
}

/* What openat2(2) finds wrong with its arguments; the others clean theirs first. */
static int check_how(const struct open_how *how, struct sbx_open *req)
{
	u64 flags = how->flags & ~(u64)(O_CLOEXEC | __FMODE_NONOTIFY);
	int acc = ACC_MODE(flags);
	int err;

	if (flags & ~(u64)VALID_OPEN_FLAGS)
		return -EINVAL;
	err = check_resolve(flags, how->resolve);
	if (err)
		return err;
	if (how->mode & ~(flags & (O_CREAT | __O_TMPFILE) ? (u64)S_IALLUGO : 0))
		return -EINVAL;
	/* This made regular files until Linux 6.3. */
	if ((flags & (O_DIRECTORY | O_CREAT)) == (O_DIRECTORY | O_CREAT))
		return -EINVAL;
	if ((flags & __O_TMPFILE) && (!(flags & O_DIRECTORY) || !(acc & MAY_WRITE)))
		return -EINVAL;
	if (flags & O_PATH) {
		if (flags & ~(u64)O_PATH_FLAGS)
			return -EINVAL;
		acc = 0;
	}
	if (flags & __O_SYNC)
		flags |= O_DSYNC;
	if (flags & O_TRUNC)
		acc |= MAY_WRITE;
	if (flags & O_APPEND)
		acc |= MAY_APPEND;
	if ((how->resolve & RESOLVE_CACHED) && (flags & (O_TRUNC | O_CREAT | __O_TMPFILE)))
		return -EAGAIN;

	req->flags = flags;
	req->mode = how->mode;
	req->acc = acc;
	req->lookup = lookup_flags(flags, how->resolve);
	return 0;
}

/* Without a descriptor to give, a bad path is still the first thing to be told. */
static long no_descriptor(const char __user *user, long err)
{
	struct filename *name = sbx_getname(user);

	if (IS_ERR(name))
		return PTR_ERR(name);
	sbx_putname(name);
	return err;
}

static long do_open(struct sbx_task *self, int dfd, const char __user *name,
		    const struct open_how *how)
{
	struct sbx_open req;
	struct file *file;
	long fd;
	int err;

	err = check_how(how, &req);
	if (err)
		return err;
	fd = get_unused_fd_flags(how->flags & O_CLOEXEC);
	if (unlikely(fd < 0))
		return no_descriptor(name, fd);
	if (req.flags & O_CREAT)
		file = sbx_open_create(self, dfd, name, &req);
	else
		file = open_existing(self, dfd, name, &req);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	sbx_fsnotify_opened(file);
	fd_install(fd, file);
	return fd;
}

/* The older calls ignore what they do not know. */
static __always_inline long open_at(struct sbx_task *self, int dfd, const char __user *name,
				    unsigned int flags, umode_t mode)
{
	struct open_how how = { .flags = flags & VALID_OPEN_FLAGS };

	if (how.flags & O_PATH)
		how.flags &= O_PATH_FLAGS;
	else
		how.flags |= O_LARGEFILE;
	if (how.flags & (O_CREAT | __O_TMPFILE))
		how.mode = mode & S_IALLUGO;
	return do_open(self, dfd, name, &how);
}

SBX_SYSCALL_DEFINE3(open, const char __user *, name, int, flags, umode_t, mode)
{
	return open_at(self, AT_FDCWD, name, flags, mode);
}

SBX_SYSCALL_DEFINE4(openat, int, dfd, const char __user *, name, int, flags, umode_t, mode)
{
	return open_at(self, dfd, name, flags, mode);
}

SBX_SYSCALL_DEFINE2(creat, const char __user *, name, umode_t, mode)
{
	return open_at(self, AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

SBX_SYSCALL_DEFINE4(openat2, int, dfd, const char __user *, name,
		    struct open_how __user *, uhow, size_t, size)
{
	struct open_how how;
	int err;

	if (size < OPEN_HOW_SIZE_VER0)
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	err = copy_struct_from_user(&how, sizeof(how), uhow, size);
	if (err)
		return err;
	if (!(how.flags & O_PATH))
		how.flags |= O_LARGEFILE;
	return do_open(self, dfd, name, &how);
}
