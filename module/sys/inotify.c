// SPDX-License-Identifier: GPL-2.0
/*
 * inotify_init(2), inotify_init1(2), inotify_add_watch(2), inotify_rm_watch(2).
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/inotify.h>
#include <linux/namei.h>

#include "../compat.h"
#include "../entry.h"
#include "../object/inotify.h"
#include "../object/object.h"
#include "fd.h"
#include "path.h"

static_assert(IN_CLOEXEC == O_CLOEXEC && IN_NONBLOCK == O_NONBLOCK);

static long make_inotify(struct sbx_domain *domain, int flags)
{
	if (flags & ~(IN_CLOEXEC | IN_NONBLOCK))
		return -EINVAL;
	return sbx_install(sbx_inotify_create(domain, flags & IN_NONBLOCK), flags & IN_CLOEXEC);
}

SBX_SYSCALL_DEFINE0(inotify_init)
{
	return make_inotify(self->container->domain, 0);
}

SBX_SYSCALL_DEFINE1(inotify_init1, int, flags)
{
	return make_inotify(self->container->domain, flags);
}

static int may_watch(struct sbx_task *self, const struct path *path)
{
	struct inode *inode = d_inode(path->dentry);
	int err;

	/* A watch would keep what may be another domain's. */
	if (sbx_is_object(inode))
		return sbx_refuse(self, -EACCES);
	err = sbx_check_sb(self, path);
	return err ?: inode_permission(sbx_mnt_idmap(path->mnt), inode, MAY_READ);
}

static int add_watch(struct sbx_task *self, struct file *file, const char __user *name, u32 mask)
{
	unsigned int lookup = (mask & IN_DONT_FOLLOW ? 0 : LOOKUP_FOLLOW) |
			      (mask & IN_ONLYDIR ? LOOKUP_DIRECTORY : 0);
	struct path path;
	int ret;

	ret = user_path_at(AT_FDCWD, name, lookup, &path);
	if (ret)
		return ret;
	ret = may_watch(self, &path) ?: sbx_inotify_add(file, d_inode(path.dentry), mask);
	path_put(&path);
	return ret;
}

SBX_SYSCALL_DEFINE3(inotify_add_watch, int, fd, const char __user *, name, u32, mask)
{
	struct fd f;
	long ret = -EINVAL;

	if (!mask || (mask & ~ALL_INOTIFY_BITS))
		return -EINVAL;
	f = fdget(fd);
	if (fd_empty(f))
		return -EBADF;
	if ((mask & (IN_MASK_ADD | IN_MASK_CREATE)) != (IN_MASK_ADD | IN_MASK_CREATE) &&
	    sbx_is_inotify(fd_file(f)))
		ret = add_watch(self, fd_file(f), name, mask);
	fdput(f);
	return ret;
}

SBX_SYSCALL_DEFINE2(inotify_rm_watch, int, fd, int, wd)
{
	struct fd f = fdget(fd);
	long ret = -EINVAL;

	if (fd_empty(f))
		return -EBADF;
	if (sbx_is_inotify(fd_file(f)))
		ret = sbx_inotify_remove(fd_file(f), wd);
	fdput(f);
	return ret;
}
