// SPDX-License-Identifier: GPL-2.0
/*
 * Paths: what user_path_at() and user_path_create() cannot do.
 *
 * The kernel exports no look-up of a parent directory that starts at a
 * descriptor, and the ones for kernel strings start at current->fs.  So
 * current->fs points at a stand-in, with that directory as its working
 * directory, for the time of such a look-up.  Others look at a task's
 * fs_struct under task_lock() only; pivot_root(2) may even change it, which
 * is why the stand-in holds references of its own.
 */
#include <linux/fs_struct.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>

#include "../compat.h"
#include "buffer.h"
#include "path.h"

/**
 * struct stand_in - replaces current->fs for one look-up
 * @fs: as the task's own, but for the working directory
 * @own: the task's own, NULL if it was not replaced
 */
struct stand_in {
	struct fs_struct fs;
	struct fs_struct *own;
};

static void set_fs(struct fs_struct *fs)
{
	task_lock(current);
	current->fs = fs;
	task_unlock(current);
}

static void enter(struct stand_in *stand_in, const struct path *base)
{
	struct fs_struct *fs = &stand_in->fs;

	stand_in->own = NULL;
	if (!base->mnt)
		return;
	stand_in->own = current->fs;

	memset(fs, 0, sizeof(*fs));
	fs->users = 1;
	spin_lock_init(&fs->lock);
	seqcount_spinlock_init(&fs->seq, &fs->lock);
	fs->umask = stand_in->own->umask;
	get_fs_root(stand_in->own, &fs->root);
	fs->pwd = *base;
	path_get(&fs->pwd);
	set_fs(fs);
}

static void leave(struct stand_in *stand_in)
{
	if (!stand_in->own)
		return;
	set_fs(stand_in->own);
	path_put(&stand_in->fs.pwd);
	path_put(&stand_in->fs.root);
}

/* What of a path fits into one buffer with the rest of struct filename. */
#define NAME_ROOM	(SBX_BUFFER_SIZE - offsetof(struct filename, iname))

/*
 * As the kernel's own, but in a buffer that is not cleared each time.  Audit,
 * the only one to keep names for later, knows of no system call yet.
 */
static struct filename *name_alloc(void)
{
	struct filename *name = sbx_buffer_get();

	if (!name)
		return ERR_PTR(-ENOMEM);
	name->name = name->iname;
	name->uptr = NULL;
	name->aname = NULL;
	atomic_set(&name->refcnt, 1);
	return name;
}

/**
 * sbx_putname() - undo sbx_getname() or sbx_getname_kernel()
 * @name: the copy
 */
void sbx_putname(struct filename *name)
{
	if (WARN_ON_ONCE(atomic_read(&name->refcnt) != 1))
		return;
	if (unlikely(name->name != name->iname))
		__putname(name->name);
	sbx_buffer_put(name);
}

/* For a path that does not fit: the memory, or NULL. */
static char *name_extend(struct filename *name)
{
	char *copy = __getname();

	if (copy)
		name->name = copy;
	return copy;
}

/* Of all of it anew: only what is copied last counts. */
static long copy_long(struct filename *name, const char __user *user)
{
	char *copy = name_extend(name);

	return copy ? strncpy_from_user(copy, user, PATH_MAX) : -ENOMEM;
}

/**
 * sbx_getname() - copy a path from the user
 * @user: where
 *
 * Return: the copy, to be given to sbx_putname(), or an error pointer as from
 * getname().
 */
struct filename *sbx_getname(const char __user *user)
{
	struct filename *name = name_alloc();
	long len;

	if (IS_ERR(name))
		return name;
	len = strncpy_from_user((char *)name->iname, user, NAME_ROOM);
	if (unlikely(len == NAME_ROOM))
		len = copy_long(name, user);
	if (unlikely(len <= 0 || len == PATH_MAX)) {
		sbx_putname(name);
		return ERR_PTR(len < 0 ? len : len ? -ENAMETOOLONG : -ENOENT);
	}
	return name;
}

/**
 * sbx_getname_kernel() - sbx_getname() of a string of the kernel's
 * @text: the path
 *
 * Return: the copy, to be given to sbx_putname(), or an error pointer:
 * -ENOENT, -ENAMETOOLONG, -ENOMEM.
 */
struct filename *sbx_getname_kernel(const char *text)
{
	size_t size = strlen(text) + 1;
	struct filename *name;
	char *copy;

	if (size == 1)
		return ERR_PTR(-ENOENT);
	if (size > PATH_MAX)
		return ERR_PTR(-ENAMETOOLONG);
	name = name_alloc();
	if (IS_ERR(name))
		return name;
	copy = size > NAME_ROOM ? name_extend(name) : (char *)name->iname;
	if (!copy) {
		sbx_putname(name);
		return ERR_PTR(-ENOMEM);
	}
	memcpy(copy, text, size);
	return name;
}

/**
 * sbx_base_get() - find where a path starts
 * @base: takes the directory, to be given to sbx_base_put()
 * @dfd: descriptor of it, or %AT_FDCWD
 * @name: the path
 * @lookup: LOOKUP_* flags for the path
 *
 * Return: 0 or an error.
 */
int sbx_base_get(struct path *base, int dfd, const char *name, unsigned int lookup)
{
	struct file *file;
	int err = 0;

	base->mnt = NULL;
	base->dentry = NULL;
	if (dfd == AT_FDCWD || (*name == '/' && !(lookup & LOOKUP_IN_ROOT)))
		return 0;
	file = fget_raw(dfd);
	if (!file)
		return -EBADF;
	if (d_can_lookup(file->f_path.dentry)) {
		*base = file->f_path;
		path_get(base);
	} else {
		err = -ENOTDIR;
	}
	fput(file);
	return err;
}

/**
 * sbx_base_put() - undo sbx_base_get()
 * @base: the directory
 */
void sbx_base_put(struct path *base)
{
	path_put(base);
}

/**
 * sbx_lookup() - look a path up, as user_path_at() would
 * @base: where it starts
 * @name: the path
 * @lookup: LOOKUP_* flags
 * @path: takes the result, with a reference
 *
 * Return: 0 or an error.
 */
int sbx_lookup(const struct path *base, const char *name, unsigned int lookup,
	       struct path *path)
{
	struct stand_in stand_in;
	int err;

	enter(&stand_in, base);
	err = kern_path(name, lookup, path);
	leave(&stand_in);
	return err;
}

/* @last is where the last component starts; of a name nobody needs to know. */
static enum sbx_last classify(const char *name, size_t *last)
{
	size_t end = strlen(name), start;

	if (likely(end && name[end - 1] != '/' && name[end - 1] != '.'))
		return SBX_LAST_NORM;
	while (end && name[end - 1] == '/')
		end--;
	for (start = end; start && name[start - 1] != '/'; start--)
		;
	*last = start;
	if (!end)
		return SBX_LAST_ROOT;
	if (name[start] != '.' || end - start > 2)
		return SBX_LAST_NORM;
	if (end - start == 1)
		return SBX_LAST_DOT;
	return name[start + 1] == '.' ? SBX_LAST_DOTDOT : SBX_LAST_NORM;
}

/*
 * "a/.", "a/..", "/": the caller is about to fail, but after the errors that
 * the path has of its own.  The parent of each is what is in front of it.
 */
static int lookup_parent_of_dots(const struct path *base, const char *name, size_t last,
				 unsigned int lookup, struct sbx_parent *parent)
{
	char *front;
	int err;

	front = kstrndup(name, last + (parent->type != SBX_LAST_ROOT), GFP_KERNEL_ACCOUNT);
	if (!front)
		return -ENOMEM;
	err = sbx_lookup(base, *front ? front : "/", lookup | LOOKUP_FOLLOW, &parent->dir);
	kfree(front);
	return err;
}

/**
 * sbx_lookup_parent() - look up all of a path but its last component
 * @base: where it starts
 * @name: the path
 * @lookup: LOOKUP_* flags
 * @parent: takes the result; its directory is to be given to path_put()
 *
 * Return: 0 or an error.
 */
int sbx_lookup_parent(const struct path *base, struct filename *name, unsigned int lookup,
		      struct sbx_parent *parent)
{
	struct stand_in stand_in;
	size_t last;
	int err;

	parent->type = classify(name->name, &last);
	if (parent->type != SBX_LAST_NORM)
		return lookup_parent_of_dots(base, name->name, last, lookup, parent);

	enter(&stand_in, base);
	err = sbx_path_parent_lookup(name, lookup, &parent->dir, &parent->last);
	leave(&stand_in);
	return err;
}

/**
 * sbx_user_parent() - sbx_lookup_parent() with a descriptor
 * @dfd: where the path starts, or %AT_FDCWD
 * @name: the path
 * @lookup: LOOKUP_* flags
 * @parent: takes the result; its directory is to be given to path_put()
 *
 * Return: 0 or an error.
 */
int sbx_user_parent(int dfd, struct filename *name, unsigned int lookup,
		    struct sbx_parent *parent)
{
	struct path base;
	int err;

	err = sbx_base_get(&base, dfd, name->name, lookup);
	if (err)
		return err;
	err = sbx_lookup_parent(&base, name, lookup, parent);
	sbx_base_put(&base);
	return err;
}

/**
 * sbx_may_privilege() - whether files there may be set-id or have capabilities
 * @path: the file, or the directory that it is made in
 *
 * Such a file on a volume that the host shares runs with its privileges for
 * whoever of the host finds it there.  The container's own are its root, and
 * what was mounted from inside, whose user namespace makes privileges mean
 * nothing elsewhere.
 */
bool sbx_may_privilege(const struct path *path)
{
	return path->mnt->mnt_sb->s_user_ns != &init_user_ns ||
	       path->mnt == sbx_task_current()->container->root;
}

/**
 * sbx_strip_setid() - keep set-id files off volumes that the host shares
 * @path: the file, or the directory that it is made in
 * @mode: what the caller asks for
 *
 * Return: the mode to use; bits of a directory are kept.
 */
umode_t sbx_strip_setid(const struct path *path, umode_t mode)
{
	if (likely(!(mode & (S_ISUID | S_ISGID))))
		return mode;
	if (sbx_may_privilege(path))
		return mode;
	mode &= ~S_ISUID;
	/* Without group execution it is a mark for mandatory locking. */
	if (mode & 0010)
		mode &= ~S_ISGID;
	return mode;
}

#if IS_BUILTIN(CONFIG_KUNIT)
#include "path_kunit.c"
#endif
