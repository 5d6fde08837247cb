/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_SYS_PATH_H
#define _SBX_SYS_PATH_H

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/namei.h>
#include <linux/path.h>

#include "../domain.h"
#include "../entry.h"

/**
 * enum sbx_last - what a path ends with
 * @SBX_LAST_NORM: a name
 * @SBX_LAST_ROOT: nothing but slashes
 * @SBX_LAST_DOT: "."
 * @SBX_LAST_DOTDOT: ".."
 */
enum sbx_last {
	SBX_LAST_NORM,
	SBX_LAST_ROOT,
	SBX_LAST_DOT,
	SBX_LAST_DOTDOT,
};

/**
 * struct sbx_parent - a directory and what is looked for in it
 * @dir: the directory, with a reference
 * @last: the last component, not resolved; points into the path it came from.
 *	Valid for %SBX_LAST_NORM only.
 * @type: &enum sbx_last
 */
struct sbx_parent {
	struct path dir;
	struct qstr last;
	enum sbx_last type;
};

struct filename *sbx_getname(const char __user *user);
struct filename *sbx_getname_kernel(const char *text);
void sbx_putname(struct filename *name);
int sbx_base_get(struct path *base, int dfd, const char *name, unsigned int lookup);
void sbx_base_put(struct path *base);
int sbx_lookup(const struct path *base, const char *name, unsigned int lookup,
	       struct path *path);
int sbx_lookup_parent(const struct path *base, struct filename *name, unsigned int lookup,
		      struct sbx_parent *parent);
int sbx_user_parent(int dfd, struct filename *name, unsigned int lookup,
		    struct sbx_parent *parent);
bool sbx_may_privilege(const struct path *path);
umode_t sbx_strip_setid(const struct path *path, umode_t mode);

int sbx_may_create_in_sticky(struct sbx_task *self, const struct path *dir,
			     const struct path *file);
int sbx_may_follow(struct sbx_task *self, const struct path *dir, const struct path *link);
int sbx_may_link(struct sbx_task *self, const struct path *source);

/**
 * sbx_check_sb() - keep to the closed world of files
 * @self: the caller's entry
 * @path: what it wants to open or change
 *
 * Return: 0, or -EACCES as a refusal.
 */
static inline int sbx_check_sb(struct sbx_task *self, const struct path *path)
{
	if (likely(sbx_sb_allowed(self->container->domain, path->dentry->d_sb)))
		return 0;
	return sbx_refuse(self, -EACCES);
}

/**
 * sbx_retry_estale() - whether what a path led to was stale
 * @err: what the call came to
 * @lookup: flags of the look-up; for another one they say to trust no cache
 *
 * Return: true if the call is to be tried again, which it is once.
 */
static inline bool sbx_retry_estale(long err, unsigned int *lookup)
{
	if (likely(!retry_estale(err, *lookup)))
		return false;
	*lookup |= LOOKUP_REVAL;
	return true;
}

static inline bool sbx_last_has_slash(const struct qstr *last)
{
	return last->name[last->len];
}

#endif /* _SBX_SYS_PATH_H */
