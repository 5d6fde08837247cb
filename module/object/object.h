/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_OBJECT_OBJECT_H
#define _SBX_OBJECT_OBJECT_H

#include <linux/fs.h>
#include <linux/init.h>
#include <linux/path.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>

#include "../compat.h"

struct kstat;
struct sbx_domain;
struct sbx_socket_ops;

/* Most open files of the module's own in a domain; ENFILE beyond. */
#define SBX_FILES_MAX	262144L

/* Flags of open(2) that a file does not remember. */
#define SBX_OPEN_ONLY	(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC)

struct sbx_object;

/**
 * struct sbx_object_type - a kind of open file of the module's own
 * @name: what /proc/self/fd shows; "%lu" in it stands for the inode's number
 * @mode: type and permissions of the inode; 0 for those of the node
 * @magic: statfs(2) tells that it is on a filesystem of this kind
 * @f_mode: of each open file, besides what its flags say
 * @fops: of each open file; ->release ends in sbx_object_close().  If there is
 *	an ->open, opening /proc/self/fd/N makes another open file of the
 *	object; ->open starts with sbx_object_open().
 * @socket: what the socket calls do; NULL if it is none
 * @free: the last open file is gone; drops &struct sbx_object.priv
 * @setattr: for fchmod(2) and the like; NULL changes the inode, or refuses
 *	where the object stands for a node
 * @reopen: open /proc/self/fd/N in another way
 */
struct sbx_object_type {
	const char *name;
	umode_t mode;
	u32 magic;
	fmode_t f_mode;
	const struct file_operations *fops;
	const struct sbx_socket_ops *socket;
	void (*free)(void *priv);
	int (*setattr)(struct sbx_object *object, struct iattr *attr);
	struct file *(*reopen)(struct sbx_object *object, int flags);
};

/**
 * struct sbx_object - what open files of one thing share
 * @inode: of the pseudo filesystem; its last reference ends the object
 * @type: fixed
 * @domain: who pays; a reference
 * @node: what the object stands for, with a reference: its name and attributes
 *	are shown.  Empty if it stands for itself.
 * @priv: the type's own; private_data of every open file
 * @watch_lock: guards changes of @watchers; innermost
 * @watchers: watches of epoll instances on open files of the object
 * @walk: number of the last walk of nested instances that was here; the
 *	domain's nesting lock
 */
struct sbx_object {
	struct inode inode;
	const struct sbx_object_type *type;
	struct sbx_domain *domain;
	struct path node;
	void *priv;
	spinlock_t watch_lock;
	struct rb_root watchers;
	u64 walk;
};

struct file *sbx_object_file(struct sbx_domain *domain, const struct sbx_object_type *type,
			     void *priv, const struct path *node, int flags);
struct file *sbx_object_reopen(struct sbx_domain *domain, const struct path *path, int flags);
int sbx_object_open(struct inode *inode, struct file *file);
void sbx_object_close(struct inode *inode, struct file *file);
int sbx_object_release(struct inode *inode, struct file *file);
int sbx_node_permission(const struct path *node, int flags);
int sbx_node_setattr(struct sbx_object *object, struct iattr *attr);
void sbx_copy_nonblock(struct file *inner, bool nonblock);
bool sbx_is_object(const struct inode *inode);

static inline struct sbx_object *sbx_object(const struct inode *inode)
{
	return container_of(inode, struct sbx_object, inode);
}

int sbx_object_mount(void);
void sbx_object_unmount(void);
int __init sbx_object_init(void);
void sbx_object_exit(void);

#endif /* _SBX_OBJECT_OBJECT_H */
