// SPDX-License-Identifier: GPL-2.0
/*
 * Extended attributes: the setxattr, getxattr, listxattr and removexattr
 * families.
 *
 * user.* and ACLs are the filesystem's business, file capabilities too, on
 * the container's own files.  No other privileged attribute is a member's to
 * change.
 */
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/uaccess.h>
#include <linux/xattr.h>

#include "../compat.h"
#include "../entry.h"
#include "acl.h"
#include "path.h"

/**
 * struct request - what to do with which attribute
 * @run: what is around @act, for a file that was found
 * @act: does it; what is read goes to @value, a buffer of @size bytes
 * @name: of the attribute
 * @value: to set, of the caller's user, copied
 * @to: where in user memory the result goes
 * @size: of @value or @to
 * @max: bytes that a result can have
 * @flags: XATTR_CREATE, XATTR_REPLACE
 */
struct request {
	ssize_t (*run)(struct sbx_task *self, const struct path *path,
		       const struct request *req);
	ssize_t (*act)(const struct path *path, const struct request *req, void *value,
		       size_t size);
	char name[XATTR_NAME_MAX + 1];
	void *value;
	void __user *to;
	size_t size;
	size_t max;
	int flags;
};

static int copy_name(struct request *req, const char __user *name)
{
	long len = strncpy_from_user(req->name, name, sizeof(req->name));

	if (len == 0 || len == sizeof(req->name))
		return -ERANGE;
	return len < 0 ? len : 0;
}

/* The value is to be given to kvfree(). */
static int copy_value(struct request *req, const void __user *value)
{
	if (!req->size)
		return 0;
	if (req->size > XATTR_SIZE_MAX)
		return -E2BIG;
	req->value = kvmalloc(req->size, GFP_KERNEL_ACCOUNT);
	if (!req->value)
		return -ENOMEM;
	if (copy_from_user(req->value, value, req->size)) {
		kvfree(req->value);
		req->value = NULL;
		return -EFAULT;
	}
	return 0;
}

static long on_path(struct sbx_task *self, int dfd, const char __user *name, unsigned int lookup,
		    const struct request *req)
{
	struct path path;
	long ret;

retry:
	ret = user_path_at(dfd, name, lookup, &path);
	if (ret)
		return ret;
	ret = req->run(self, &path, req);
	path_put(&path);
	if (sbx_retry_estale(ret, &lookup))
		goto retry;
	return ret;
}

static long on_fd(struct sbx_task *self, int fd, const struct request *req)
{
	struct fd f = fdget(fd);
	long ret;

	if (fd_empty(f))
		return -EBADF;
	ret = req->run(self, &fd_file(f)->f_path, req);
	fdput(f);
	return ret;
}

static long on_at(struct sbx_task *self, int dfd, const char __user *name, unsigned int flags,
		  const struct request *req)
{
	unsigned int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if ((flags & AT_EMPTY_PATH) && vfs_empty_path(dfd, name))
		return on_fd(self, dfd, req);
	return on_path(self, dfd, name, lookup, req);
}

static bool starts_with(const char *name, const char *prefix)
{
	return !strncmp(name, prefix, strlen(prefix));
}

/* Files with capabilities are as good as set-id ones. */
static int may_change(struct sbx_task *self, const struct path *path, const char *name)
{
	if (starts_with(name, XATTR_TRUSTED_PREFIX))
		return sbx_refuse(self, -EPERM);
	if (starts_with(name, XATTR_SECURITY_PREFIX) &&
	    (strcmp(name, XATTR_NAME_CAPS) || !sbx_may_privilege(path)))
		return sbx_refuse(self, -EPERM);
	return sbx_check_sb(self, path);
}

static ssize_t run_change(struct sbx_task *self, const struct path *path,
			  const struct request *req)
{
	int err;

	err = mnt_want_write(path->mnt);
	if (err)
		return err;
	err = may_change(self, path, req->name) ?: req->act(path, req, req->value, req->size);
	mnt_drop_write(path->mnt);
	return err;
}

static ssize_t set(const struct path *path, const struct request *req, void *value, size_t size)
{
	if (sbx_is_acl(req->name))
		return sbx_acl_set(path, req->name, value, size, req->flags);
	return vfs_setxattr(sbx_mnt_idmap(path->mnt), path->dentry, req->name, value, size,
			    req->flags);
}

static ssize_t drop(const struct path *path, const struct request *req, void *value, size_t size)
{
	if (sbx_is_acl(req->name))
		return sbx_acl_remove(path, req->name);
	return vfs_removexattr(sbx_mnt_idmap(path->mnt), path->dentry, req->name);
}

/* Of @max bytes at most; with no room it tells only how much there would be. */
static ssize_t run_read(struct sbx_task *self, const struct path *path, const struct request *req)
{
	size_t size = min(req->size, req->max);
	void *value = NULL;
	ssize_t len;

	len = sbx_check_sb(self, path);
	if (len)
		return len;
	if (size) {
		value = kvzalloc(size, GFP_KERNEL_ACCOUNT);
		if (!value)
			return -ENOMEM;
	}
	len = req->act(path, req, value, size);
	if (len > 0 && size && copy_to_user(req->to, value, len))
		len = -EFAULT;
	/* A filesystem has more than there can be. */
	if (len == -ERANGE && size == req->max)
		len = -E2BIG;
	kvfree(value);
	return len;
}

static ssize_t get(const struct path *path, const struct request *req, void *value, size_t size)
{
	if (sbx_is_acl(req->name))
		return sbx_acl_get(path, req->name, value, size);
	return vfs_getxattr(sbx_mnt_idmap(path->mnt), path->dentry, req->name, value, size);
}

static ssize_t list(const struct path *path, const struct request *req, void *value, size_t size)
{
	return vfs_listxattr(path->dentry, value, size);
}

/* Requests, but for the name and the value. */
static struct request to_set(size_t size, int flags)
{
	return (struct request){ .run = run_change, .act = set, .size = size, .flags = flags };
}

static struct request to_drop(void)
{
	return (struct request){ .run = run_change, .act = drop };
}

static struct request to_get(void __user *to, size_t size)
{
	return (struct request){
		.run = run_read, .act = get, .to = to, .size = size, .max = XATTR_SIZE_MAX,
	};
}

static struct request to_list(void __user *to, size_t size)
{
	return (struct request){
		.run = run_read, .act = list, .to = to, .size = size, .max = XATTR_LIST_MAX,
	};
}

static long prepare_set(struct request *req, const char __user *name, const void __user *value)
{
	/* Flags before the name, the name before the value. */
	if (req->flags & ~(XATTR_CREATE | XATTR_REPLACE))
		return -EINVAL;
	return copy_name(req, name) ?: copy_value(req, value);
}

static long set_at(struct sbx_task *self, int dfd, const char __user *path, unsigned int at_flags,
		   const char __user *name, const void __user *value, size_t size, int flags)
{
	struct request req = to_set(size, flags);
	long ret;

	ret = prepare_set(&req, name, value) ?: on_at(self, dfd, path, at_flags, &req);
	kvfree(req.value);
	return ret;
}

SBX_SYSCALL_DEFINE5(setxattr, const char __user *, path, const char __user *, name,
		    const void __user *, value, size_t, size, int, flags)
{
	return set_at(self, AT_FDCWD, path, 0, name, value, size, flags);
}

SBX_SYSCALL_DEFINE5(lsetxattr, const char __user *, path, const char __user *, name,
		    const void __user *, value, size_t, size, int, flags)
{
	return set_at(self, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, name, value, size, flags);
}

SBX_SYSCALL_DEFINE5(fsetxattr, int, fd, const char __user *, name, const void __user *, value,
		    size_t, size, int, flags)
{
	struct request req = to_set(size, flags);
	struct fd f = fdget(fd);
	long ret;

	if (fd_empty(f))
		return -EBADF;
	ret = prepare_set(&req, name, value) ?: run_change(self, &fd_file(f)->f_path, &req);
	kvfree(req.value);
	fdput(f);
	return ret;
}

static int copy_args(struct xattr_args *args, const struct xattr_args __user *from, size_t size)
{
	BUILD_BUG_ON(sizeof(*args) != XATTR_ARGS_SIZE_VER0);
	if (size < XATTR_ARGS_SIZE_VER0)
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	return copy_struct_from_user(args, sizeof(*args), from, size);
}

SBX_SYSCALL_DEFINE6(setxattrat, int, dfd, const char __user *, path, unsigned int, at_flags,
		    const char __user *, name, const struct xattr_args __user *, uargs,
		    size_t, usize)
{
	struct xattr_args args;
	int err = copy_args(&args, uargs, usize);

	if (err)
		return err;
	return set_at(self, dfd, path, at_flags, name, u64_to_user_ptr(args.value), args.size,
		      args.flags);
}

static long get_at(struct sbx_task *self, int dfd, const char __user *path, unsigned int at_flags,
		   const char __user *name, void __user *value, size_t size)
{
	struct request req = to_get(value, size);

	return copy_name(&req, name) ?: on_at(self, dfd, path, at_flags, &req);
}

SBX_SYSCALL_DEFINE4(getxattr, const char __user *, path, const char __user *, name,
		    void __user *, value, size_t, size)
{
	return get_at(self, AT_FDCWD, path, 0, name, value, size);
}

SBX_SYSCALL_DEFINE4(lgetxattr, const char __user *, path, const char __user *, name,
		    void __user *, value, size_t, size)
{
	return get_at(self, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, name, value, size);
}

SBX_SYSCALL_DEFINE4(fgetxattr, int, fd, const char __user *, name, void __user *, value,
		    size_t, size)
{
	struct request req = to_get(value, size);

	return copy_name(&req, name) ?: on_fd(self, fd, &req);
}

SBX_SYSCALL_DEFINE6(getxattrat, int, dfd, const char __user *, path, unsigned int, at_flags,
		    const char __user *, name, const struct xattr_args __user *, uargs,
		    size_t, usize)
{
	struct xattr_args args;
	int err = copy_args(&args, uargs, usize);

	if (err)
		return err;
	if (args.flags)
		return -EINVAL;
	return get_at(self, dfd, path, at_flags, name, u64_to_user_ptr(args.value), args.size);
}

static long list_at(struct sbx_task *self, int dfd, const char __user *path,
		    unsigned int at_flags, char __user *names, size_t size)
{
	struct request req = to_list(names, size);

	return on_at(self, dfd, path, at_flags, &req);
}

SBX_SYSCALL_DEFINE3(listxattr, const char __user *, path, char __user *, names, size_t, size)
{
	return list_at(self, AT_FDCWD, path, 0, names, size);
}

SBX_SYSCALL_DEFINE3(llistxattr, const char __user *, path, char __user *, names, size_t, size)
{
	return list_at(self, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, names, size);
}

SBX_SYSCALL_DEFINE3(flistxattr, int, fd, char __user *, names, size_t, size)
{
	struct request req = to_list(names, size);

	return on_fd(self, fd, &req);
}

SBX_SYSCALL_DEFINE5(listxattrat, int, dfd, const char __user *, path, unsigned int, at_flags,
		    char __user *, names, size_t, size)
{
	return list_at(self, dfd, path, at_flags, names, size);
}

static long remove_at(struct sbx_task *self, int dfd, const char __user *path,
		      unsigned int at_flags, const char __user *name)
{
	struct request req = to_drop();

	return copy_name(&req, name) ?: on_at(self, dfd, path, at_flags, &req);
}

SBX_SYSCALL_DEFINE2(removexattr, const char __user *, path, const char __user *, name)
{
	return remove_at(self, AT_FDCWD, path, 0, name);
}

SBX_SYSCALL_DEFINE2(lremovexattr, const char __user *, path, const char __user *, name)
{
	return remove_at(self, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, name);
}

SBX_SYSCALL_DEFINE2(fremovexattr, int, fd, const char __user *, name)
{
	struct request req = to_drop();

	return copy_name(&req, name) ?: on_fd(self, fd, &req);
}

SBX_SYSCALL_DEFINE4(removexattrat, int, dfd, const char __user *, path, unsigned int, at_flags,
		    const char __user *, name)
{
	return remove_at(self, dfd, path, at_flags, name);
}
