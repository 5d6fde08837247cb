// SPDX-License-Identifier: GPL-2.0
/*
 * What all open files of the module's own have in common.
 *
 * An object is an inode of a pseudo filesystem that nobody can reach by name.
 * The filesystem is mounted while the hook is armed; open files that outlive
 * that pin the mount, the mount its superblock, and the superblock the module.
 */
#include <linux/fs_context.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pseudo_fs.h>
#include <linux/slab.h>
#include <linux/stat.h>
#include <linux/statfs.h>

#include "../compat.h"
#include "../domain.h"
#include "epoll.h"
#include "object.h"

/* "sbx" in ASCII; of the superblock, users see that of the type. */
#define OBJECT_MAGIC	0x736278

static struct kmem_cache *object_cache;

/* NULL while the hook is not armed; then no member runs. */
static struct vfsmount *object_mnt;

static struct inode *object_alloc_inode(struct super_block *sb)
{
	struct sbx_object *object = alloc_inode_sb(sb, object_cache, GFP_KERNEL);

	if (!object)
		return NULL;
	object->type = NULL;
	object->domain = NULL;
	object->node = (struct path){};
	object->priv = NULL;
	spin_lock_init(&object->watch_lock);
	object->watchers = RB_ROOT;
	object->walk = 0;
	return &object->inode;
}

static void object_free_inode(struct inode *inode)
{
	kmem_cache_free(object_cache, sbx_object(inode));
}

static void object_evict_inode(struct inode *inode)
{
	struct sbx_object *object = sbx_object(inode);

	truncate_inode_pages_final(&inode->i_data);
	clear_inode(inode);
	if (!object->domain)
		return;
	if (object->type->free)
		object->type->free(object->priv);
	path_put(&object->node);
	sbx_domain_put(object->domain);
}

static int object_statfs(struct dentry *dentry, struct kstatfs *buf)
{
	const struct sbx_object *object = sbx_object(d_inode(dentry));
	struct path node = object->node;

	if (node.dentry)
		return vfs_statfs(&node, buf);
	simple_statfs(dentry, buf);
	if (object->type)
		buf->f_type = object->type->magic;
	return 0;
}

static const struct super_operations object_super_ops = {
	.alloc_inode = object_alloc_inode,
	.free_inode = object_free_inode,
	.evict_inode = object_evict_inode,
	.drop_inode = generic_delete_inode,
	.statfs = object_statfs,
};

/* For d_path(): built at the end of the buffer. */
static char *object_dname(struct dentry *dentry, char *buffer, int buflen)
{
	const struct sbx_object *object = sbx_object(d_inode(dentry));
	const char *number;
	char name[64];
	int len;

	if (object->node.dentry)
		return d_path(&object->node, buffer, buflen);
	number = strstr(object->type->name, "%lu");
	if (number)
		len = scnprintf(name, sizeof(name), "%.*s%lu%s",
				(int)(number - object->type->name), object->type->name,
				object->inode.i_ino, number + 3);
	else
		len = scnprintf(name, sizeof(name), "%s", object->type->name);
	if (++len > buflen)
		return ERR_PTR(-ENAMETOOLONG);
	return memcpy(buffer + buflen - len, name, len);
}

static const struct dentry_operations object_dentry_ops = {
	.d_dname = object_dname,
};

static int object_getattr(struct sbx_idmap *idmap, const struct path *path, struct kstat *stat,
			  u32 mask, unsigned int flags)
{
	const struct sbx_object *object = sbx_object(d_inode(path->dentry));

	if (object->node.dentry)
		return vfs_getattr(&object->node, stat, mask, flags & AT_STATX_SYNC_TYPE);
	sbx_fillattr(idmap, mask, d_inode(path->dentry), stat);
	return 0;
}

static int object_setattr(struct sbx_idmap *idmap, struct dentry *dentry, struct iattr *attr)
{
	struct sbx_object *object = sbx_object(d_inode(dentry));

	if (object->type->setattr)
		return object->type->setattr(object, attr);
	/* A descriptor must not be a way to change a node of the host. */
	if (object->node.dentry)
		return -EPERM;
	return simple_setattr(idmap, dentry, attr);
}

/**
 * sbx_node_setattr() - ->setattr of types whose node is the member's to change
 * @object: stands for a node
 * @attr: what to change
 *
 * Return: what the node's filesystem says, -EPERM if it is not one that
 * members may change files of.
 */
int sbx_node_setattr(struct sbx_object *object, struct iattr *attr)
{
	struct inode *inode = d_inode(object->node.dentry);
	int err;

	if (!sbx_sb_allowed(object->domain, inode->i_sb))
		return -EPERM;
	err = mnt_want_write(object->node.mnt);
	if (err)
		return err;
	attr->ia_valid &= ~ATTR_FILE;
	inode_lock(inode);
	err = notify_change(sbx_mnt_idmap(object->node.mnt), object->node.dentry, attr, NULL);
	inode_unlock(inode);
	mnt_drop_write(object->node.mnt);
	return err;
}

static const struct inode_operations object_inode_ops = {
	.getattr = object_getattr,
	.setattr = object_setattr,
};

static int object_init_fs_context(struct fs_context *fc)
{
	struct pseudo_fs_context *ctx = init_pseudo(fc, OBJECT_MAGIC);

	if (!ctx)
		return -ENOMEM;
	ctx->ops = &object_super_ops;
	ctx->dops = &object_dentry_ops;
	return 0;
}

static struct file_system_type object_fs = {
	.owner = THIS_MODULE,
	.name = "sbxobject",
	.init_fs_context = object_init_fs_context,
	.kill_sb = kill_anon_super,
};

/**
 * sbx_copy_nonblock() - have an open file wait, or not, as its wrapper does
 * @inner: that only the wrapper has
 * @nonblock: whether the wrapper has O_NONBLOCK
 *
 * Line disciplines, and pipes before 6.4, ask the open file.
 */
void sbx_copy_nonblock(struct file *inner, bool nonblock)
{
	if (!(inner->f_flags & O_NONBLOCK) == !nonblock)
		return;
	spin_lock(&inner->f_lock);
	if (nonblock)
		inner->f_flags |= O_NONBLOCK;
	else
		inner->f_flags &= ~O_NONBLOCK;
	spin_unlock(&inner->f_lock);
}

/**
 * sbx_is_object() - whether an inode belongs to an object of the module's own
 * @inode: any
 */
bool sbx_is_object(const struct inode *inode)
{
	return inode->i_sb->s_type == &object_fs;
}

static struct inode *object_inode(struct sbx_domain *domain, const struct sbx_object_type *type,
				  void *priv, const struct path *node)
{
	struct inode *inode = alloc_anon_inode(object_mnt->mnt_sb);
	struct sbx_object *object;

	if (IS_ERR(inode))
		return inode;
	object = sbx_object(inode);
	object->type = type;
	object->domain = sbx_domain_get(domain);
	object->priv = priv;
	inode->i_op = &object_inode_ops;
	inode->i_mode = type->mode;
	if (type->fops->open)
		inode->i_fop = type->fops;
	/* Linux has one inode for all that have no type, and it is root's. */
	if (type->mode && !(type->mode & S_IFMT)) {
		inode->i_uid = GLOBAL_ROOT_UID;
		inode->i_gid = GLOBAL_ROOT_GID;
	}
	if (node) {
		object->node = *node;
		path_get(node);
		if (!type->mode)
			inode->i_mode = d_inode(node->dentry)->i_mode;
		inode->i_uid = d_inode(node->dentry)->i_uid;
		inode->i_gid = d_inode(node->dentry)->i_gid;
	}
	return inode;
}

/**
 * sbx_object_file() - make an object and its first open file
 * @domain: who pays
 * @type: kind of object
 * @priv: the type's own; belongs to the object from now on, if all went well
 * @node: what the object stands for, NULL for itself
 * @flags: of open(2)
 *
 * Return: the file, or an error pointer: -ENFILE if the domain has too many
 * open files, -ENOMEM.  Then @priv is still the caller's.
 */
struct file *sbx_object_file(struct sbx_domain *domain, const struct sbx_object_type *type,
			     void *priv, const struct path *node, int flags)
{
	struct inode *inode;
	struct file *file;

	if (!sbx_charge(domain, SBX_RES_FILES, 1, SBX_FILES_MAX))
		return ERR_PTR(-ENFILE);
	inode = object_inode(domain, type, priv, node);
	if (IS_ERR(inode)) {
		file = ERR_CAST(inode);
		goto err_charge;
	}
	file = alloc_file_pseudo(inode, object_mnt, "", flags & ~SBX_OPEN_ONLY, type->fops);
	if (IS_ERR(file)) {
		/* Only the inode goes, not what it was made for. */
		sbx_object(inode)->domain = NULL;
		if (node)
			path_put(node);
		sbx_domain_put(domain);
		iput(inode);
		goto err_charge;
	}
	__module_get(type->fops->owner);
	file->f_mode |= type->f_mode;
	file->private_data = priv;
	return file;

err_charge:
	sbx_uncharge(domain, SBX_RES_FILES, 1);
	return file;
}

/**
 * sbx_object_open() - begin a type's ->open
 * @inode: of the object
 * @file: another open file of it
 *
 * Return: 0 or -ENFILE.  If ->open fails later it calls sbx_object_close().
 */
int sbx_object_open(struct inode *inode, struct file *file)
{
	struct sbx_object *object = sbx_object(inode);

	if (!sbx_charge(object->domain, SBX_RES_FILES, 1, SBX_FILES_MAX))
		return -ENFILE;
	file->f_mode |= object->type->f_mode;
	file->private_data = object->priv;
	return 0;
}

/**
 * sbx_object_close() - end a type's ->release
 * @inode: of the object
 * @file: the one that ends
 *
 * Context: process context; current may be anybody.
 */
void sbx_object_close(struct inode *inode, struct file *file)
{
	sbx_epoll_forget(file);
	sbx_uncharge(sbx_object(inode)->domain, SBX_RES_FILES, 1);
}

/**
 * sbx_object_release() - ->release of types that have nothing else to do
 * @inode: of the object
 * @file: to be closed
 */
int sbx_object_release(struct inode *inode, struct file *file)
{
	sbx_object_close(inode, file);
	return 0;
}

/**
 * sbx_object_reopen() - open(2) of /proc/self/fd/N for an object
 * @domain: the caller's
 * @path: of an open file of the object
 * @flags: of open(2)
 *
 * Return: another open file, or what open(2) says: -EACCES, -ENXIO if objects
 * of its type are not opened, -ENFILE, -ENOMEM, -ERESTARTSYS.
 */
struct file *sbx_object_reopen(struct sbx_domain *domain, const struct path *path, int flags)
{
	struct sbx_object *object = sbx_object(d_inode(path->dentry));
	int err;

	/* A file of another domain was passed to this one: use, not open. */
	if (object->domain != domain)
		return ERR_PTR(-ENXIO);
	if (object->type->reopen) {
		err = sbx_node_permission(&object->node, flags);
		return err ? ERR_PTR(err) : object->type->reopen(object, flags);
	}
	return file_open_root(path, "", flags & ~(O_CREAT | O_EXCL), 0);
}

/**
 * sbx_node_permission() - may the caller open a special file
 * @node: character device, FIFO or whatever an object stands for
 * @flags: of open(2)
 *
 * What open(2) asks before it looks at who is behind the node.
 *
 * Return: 0, -EACCES or -EPERM.
 */
int sbx_node_permission(const struct path *node, int flags)
{
	struct sbx_idmap *idmap = sbx_mnt_idmap(node->mnt);
	struct inode *inode = d_inode(node->dentry);
	int mask = ACC_MODE(flags) | MAY_OPEN;
	int err;

	if (S_ISCHR(inode->i_mode) && ((node->mnt->mnt_flags & MNT_NODEV) ||
				       (inode->i_sb->s_iflags & SB_I_NODEV)))
		return -EACCES;
	if (flags & O_TRUNC)
		mask |= MAY_WRITE;
	if (flags & O_APPEND)
		mask |= MAY_APPEND;
	err = inode_permission(idmap, inode, mask);
	if (err)
		return err;
	if (IS_APPEND(inode) && (flags & O_ACCMODE) != O_RDONLY && !(flags & O_APPEND))
		return -EPERM;
	if ((flags & O_NOATIME) && !inode_owner_or_capable(idmap, inode))
		return -EPERM;
	return 0;
}

/**
 * sbx_object_mount() - from now on objects can be made
 *
 * Context: called when the hook is being armed.
 */
int sbx_object_mount(void)
{
	struct vfsmount *mnt = kern_mount(&object_fs);

	if (IS_ERR(mnt))
		return PTR_ERR(mnt);
	object_mnt = mnt;
	return 0;
}

/**
 * sbx_object_unmount() - undo sbx_object_mount(); open files stay
 *
 * Context: called when the hook is disarmed.
 */
void sbx_object_unmount(void)
{
	kern_unmount(object_mnt);
	object_mnt = NULL;
}

static void object_init_once(void *p)
{
	struct sbx_object *object = p;

	inode_init_once(&object->inode);
}

int __init sbx_object_init(void)
{
	object_cache = kmem_cache_create("sbx_object", sizeof(struct sbx_object), 0,
					 SLAB_ACCOUNT | SLAB_NO_MERGE | SLAB_RECLAIM_ACCOUNT,
					 object_init_once);
	return object_cache ? 0 : -ENOMEM;
}

/* No mount is left: each pinned the module. */
void sbx_object_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(object_cache);
}
