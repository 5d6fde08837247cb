// SPDX-License-Identifier: GPL-2.0
/*
 * Opens with O_CREAT.
 *
 * The directory is looked up, then the last component in it.  What exists is
 * opened like any other file.  What does not is made with O_EXCL, so that the
 * host either makes a regular file or tells that somebody else was quicker;
 * then the look-up starts anew.
 *
 * A symlink whose target does not exist is followed here, link by link: no
 * exported function would tell where the path ends.
 */
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/sched/signal.h>

#include "../compat.h"
#include "../entry.h"
#include "create.h"
#include "path.h"

/* Where openat2(2) allows a path to go, as opposed to how it ends. */
#define LOOKUP_SCOPE	(LOOKUP_NO_SYMLINKS | LOOKUP_NO_MAGICLINKS | LOOKUP_NO_XDEV | \
			 LOOKUP_BENEATH | LOOKUP_IN_ROOT)

/**
 * struct walk - a path on its way to a file that may have to be made
 * @base: where @name starts
 * @name: what is left of the path
 * @links: dangling symlinks followed so far
 */
struct walk {
	struct path base;
	struct filename *name;
	int links;
};

/* @dir is where the last component of @path was found. */
static struct file *open_existing(struct sbx_task *self, const struct path *dir,
				  const struct path *path, const struct sbx_open *req)
{
	int err;

	if (d_is_dir(path->dentry))
		return ERR_PTR(-EISDIR);
	err = sbx_may_create_in_sticky(self, dir, path);
	if (err)
		return ERR_PTR(err);
	return sbx_open_found(self, path, req);
}

/* To the target of a dangling symlink; NULL to walk on from there. */
static struct file *follow_dangling(struct sbx_task *self, struct walk *walk,
				    const struct sbx_parent *parent, const struct path *link,
				    const struct sbx_open *req)
{
	DEFINE_DELAYED_CALL(done);
	struct filename *name;
	const char *body;
	int err;

	if (++walk->links > MAXSYMLINKS)
		return ERR_PTR(-ELOOP);
	/* The end of such a scope is not known here. */
	if (req->lookup & LOOKUP_IS_SCOPED)
		return ERR_PTR(sbx_refuse(self, -EXDEV));
	/* A magic link of our procfs has no body to follow. */
	if (link->dentry->d_sb->s_type->owner == THIS_MODULE)
		return ERR_PTR(-ENOENT);
	err = sbx_check_sb(self, link) ?: sbx_may_follow(self, &parent->dir, link);
	if (err)
		return ERR_PTR(err);

	body = vfs_get_link(link->dentry, &done);
	name = IS_ERR(body) ? ERR_CAST(body) : sbx_getname_kernel(body);
	do_delayed_call(&done);
	if (IS_ERR(name))
		return ERR_CAST(name);

	sbx_putname(walk->name);
	walk->name = name;
	sbx_base_put(&walk->base);
	memset(&walk->base, 0, sizeof(walk->base));
	if (*name->name != '/') {
		walk->base = parent->dir;
		path_get(&walk->base);
	}
	return NULL;
}

static struct file *follow(struct sbx_task *self, struct walk *walk,
			   const struct sbx_parent *parent, const struct path *link,
			   const struct sbx_open *req)
{
	struct path target, dir;
	struct file *file;
	int err;

	if (req->flags & O_NOFOLLOW)
		return ERR_PTR(-ELOOP);
	err = sbx_lookup(&walk->base, walk->name->name,
			 (req->lookup & LOOKUP_SCOPE) | LOOKUP_FOLLOW | LOOKUP_AUTOMOUNT, &target);
	if (err == -ENOENT)
		return follow_dangling(self, walk, parent, link, req);
	if (err)
		return ERR_PTR(err);

	dir.mnt = target.mnt;
	dir.dentry = dget_parent(target.dentry);
	file = open_existing(self, &dir, &target, req);
	dput(dir.dentry);
	path_put(&target);
	return file;
}

/*
 * The last component, mounts on it crossed.  A filesystem that was wrong once
 * about what it does not have must ask its server.
 */
static int lookup_last(const struct walk *walk, const struct sbx_parent *parent, bool again,
		       const struct sbx_open *req, struct path *path)
{
	struct dentry *dentry;
	int err;

	if (again)
		return sbx_lookup(&walk->base, walk->name->name,
				  (req->lookup & LOOKUP_SCOPE) | LOOKUP_REVAL, path);

	dentry = lookup_one_positive_unlocked(sbx_mnt_idmap(parent->dir.mnt), parent->last.name,
					      parent->dir.dentry, parent->last.len);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	path->dentry = dentry;
	path->mnt = mntget(parent->dir.mnt);
	err = sbx_follow_down(path);
	if (!err && (req->lookup & LOOKUP_NO_XDEV) && path->mnt != parent->dir.mnt)
		err = -EXDEV;
	if (err)
		path_put(path);
	return err;
}

static struct file *make(struct sbx_task *self, const struct sbx_parent *parent,
			 const struct sbx_open *req)
{
	int err;

	err = sbx_check_sb(self, &parent->dir);
	if (err)
		return ERR_PTR(err);
	return file_open_root(&parent->dir, parent->last.name,
			      req->flags | O_CREAT | O_EXCL,
			      sbx_strip_setid(&parent->dir, req->mode));
}

static struct file *open_or_make(struct sbx_task *self, struct walk *walk,
				 const struct sbx_parent *parent, const struct sbx_open *req)
{
	bool again = false;
	struct file *file;
	struct path path;
	int err;

	if (req->flags & O_EXCL)
		return make(self, parent, req);
	do {
		err = lookup_last(walk, parent, again, req, &path);
		if (!err) {
			if (d_is_symlink(path.dentry))
				file = follow(self, walk, parent, &path, req);
			else
				file = open_existing(self, &parent->dir, &path, req);
			path_put(&path);
			return file;
		}
		if (err != -ENOENT)
			return ERR_PTR(err);
		file = make(self, parent, req);
		if (file != ERR_PTR(-EEXIST))
			return file;
		again = true;
		cond_resched();
	} while (!fatal_signal_pending(current));
	return ERR_PTR(-EINTR);
}

/* NULL if there is more to walk. */
static struct file *step(struct sbx_task *self, struct walk *walk, const struct sbx_open *req)
{
	struct sbx_parent parent;
	struct file *file;
	int err;

	err = sbx_lookup_parent(&walk->base, walk->name, req->lookup & LOOKUP_SCOPE, &parent);
	if (err)
		return ERR_PTR(err);
	if (parent.type != SBX_LAST_NORM)
		file = ERR_PTR(req->flags & O_EXCL ? -EEXIST : -EISDIR);
	else if (sbx_last_has_slash(&parent.last))
		file = ERR_PTR(-EISDIR);
	else
		file = open_or_make(self, walk, &parent, req);
	path_put(&parent.dir);
	return file;
}

/**
 * sbx_open_create() - open with O_CREAT
 * @self: the caller's entry
 * @dfd: where the path starts, or %AT_FDCWD
 * @user: the path
 * @req: how to open it
 *
 * Return: an open file, or an error pointer.
 */
struct file *sbx_open_create(struct sbx_task *self, int dfd, const char __user *user,
			     const struct sbx_open *req)
{
	struct walk walk = {};
	struct file *file;
	int err;

	walk.name = sbx_getname(user);
	if (IS_ERR(walk.name))
		return ERR_CAST(walk.name);
	err = sbx_base_get(&walk.base, dfd, walk.name->name, req->lookup);
	if (err) {
		sbx_putname(walk.name);
		return ERR_PTR(err);
	}
	do {
		file = step(self, &walk, req);
	} while (!file);
	sbx_base_put(&walk.base);
	sbx_putname(walk.name);
	return file == ERR_PTR(-EOPENSTALE) ? ERR_PTR(-ESTALE) : file;
}
