// SPDX-License-Identifier: GPL-2.0
/*
 * Links: cwd, root, exe, fd/N and ns/X, which lead straight to a file, and
 * self and thread-self.
 *
 * Where a magic link leads is found by following the counterpart in the
 * private procfs, which makes the kernel's own checks.  The target has to be
 * one that the guest could know: an object without a path, or in the mount
 * namespace of whoever looks.  Anything else came with a descriptor that was
 * passed from outside, by a path that is none of the guest's, and could be
 * opened anew with more rights than the descriptor has.
 */
#include <linux/fs_struct.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "../compat.h"
#include "../task.h"
#include "proc_fs.h"

/* A path's mount tree: as far up as it goes. */
static struct vfsmount *top_of(const struct path *path)
{
	struct path top = *path;

	path_get(&top);
	while (follow_up(&top))
		;
	/* Compared only, and the caller has what is below it. */
	path_put(&top);
	return top.mnt;
}

static bool in_view(const struct path *path)
{
	struct path root;
	bool same;

	/* Pipes, sockets, memory files: the kernel's internal mounts, procfs excepted. */
	if (path->mnt->mnt_flags & MNT_INTERNAL)
		return path->mnt->mnt_sb->s_magic != PROC_SUPER_MAGIC;
	get_fs_root(current->fs, &root);
	same = top_of(path) == top_of(&root);
	path_put(&root);
	return same;
}

/* Whether the reader is not in the container, and so no guest. */
static bool from_outside(const struct super_block *sb)
{
	return !task_pid_nr_ns(current, SBX_FS_SB(sb)->pid_ns);
}

/* Where the link leads; whoever may not know gets the errno that procfs has. */
static int find_target(const struct inode *inode, struct path *target)
{
	const struct path inner = sbx_proc_inner_path(inode);

	return vfs_path_lookup(inner.dentry->d_parent, inner.mnt, inner.dentry->d_name.name,
			       LOOKUP_FOLLOW, target);
}

/*
 * Makes the path walk under way go on at @to.  Only procfs can do that, and
 * it finds its target by itself, possibly another than the one that was
 * checked.  Its link to the working directory has no choice, if that is
 * replaced for the moment.
 */
static const char *jump(struct super_block *sb, const struct path *to, struct delayed_call *done)
{
	struct fs_struct *fs = current->fs, swap = { .users = 1 };
	struct vfsmount *proc = sbx_proc_private(sb);
	struct path cwd;
	const char *ret;
	int err;

	if (IS_ERR(proc))
		return ERR_CAST(proc);
	err = vfs_path_lookup(proc->mnt_root, proc, "thread-self/cwd", 0, &cwd);
	if (err)
		return ERR_PTR(err);

	spin_lock_init(&swap.lock);
	seqcount_spinlock_init(&swap.seq, &swap.lock);
	swap.umask = fs->umask;
	get_fs_root(fs, &swap.root);
	swap.pwd = *to;
	path_get(&swap.pwd);

	task_lock(current);
	current->fs = &swap;
	task_unlock(current);
	ret = d_inode(cwd.dentry)->i_op->get_link(cwd.dentry, d_inode(cwd.dentry), done);
	task_lock(current);
	current->fs = fs;
	task_unlock(current);

	path_put(&swap.pwd);
	path_put(&swap.root);
	path_put(&cwd);
	return ret;
}

static const char *link_get(struct dentry *dentry, struct inode *inode, struct delayed_call *done)
{
	struct path inner, target;
	const char *ret;
	int err;

	if (!dentry)
		return ERR_PTR(-ECHILD);
	inner = sbx_proc_inner_path(inode);
	if (from_outside(inode->i_sb))
		return d_inode(inner.dentry)->i_op->get_link(inner.dentry,
							     d_inode(inner.dentry), done);
	err = find_target(inode, &target);
	if (err)
		return ERR_PTR(err);
	if (in_view(&target))
		ret = jump(inode->i_sb, &target, done);
	else
		ret = ERR_PTR(-EACCES);
	path_put(&target);
	return ret;
}

static int put_link(char __user *buffer, int size, const char *text)
{
	int len = min_t(size_t, strlen(text), size);

	return copy_to_user(buffer, text, len) ? -EFAULT : len;
}

static int read_target(const struct path *target, char __user *buffer, int size)
{
	char *page = kmalloc(PATH_MAX, GFP_KERNEL);
	const char *text;
	int ret;

	if (!page)
		return -ENOMEM;
	if (in_view(target)) {
		text = d_path(target, page, PATH_MAX);
	} else {
		snprintf(page, PATH_MAX, "imported:[%lu]", d_inode(target->dentry)->i_ino);
		text = page;
	}
	ret = IS_ERR(text) ? PTR_ERR(text) : put_link(buffer, size, text);
	kfree(page);
	return ret;
}

static int link_read(struct dentry *dentry, char __user *buffer, int size)
{
	struct inode *inode = d_inode(dentry);
	const struct path inner = sbx_proc_inner_path(inode);
	struct path target;
	int ret;

	if (from_outside(inode->i_sb))
		return d_inode(inner.dentry)->i_op->readlink(inner.dentry, buffer, size);
	ret = find_target(inode, &target);
	if (ret)
		return ret;
	ret = read_target(&target, buffer, size);
	path_put(&target);
	return ret;
}

const struct inode_operations sbx_proc_link_iops = {
	.get_link	= link_get,
	.readlink	= link_read,
	.getattr	= sbx_proc_getattr,
	.permission	= sbx_proc_permission,
	.setattr	= sbx_proc_setattr,
};

/* The runtime's code in the container, up to its exec. */
static bool reader_is_pending(void)
{
	const struct sbx_task *self = sbx_task_member();

	return self && self->state == SBX_TASK_PENDING;
}

static char *self_text(const struct super_block *sb, bool thread)
{
	struct pid_namespace *ns = SBX_FS_SB(sb)->pid_ns;
	pid_t tgid = task_tgid_nr_ns(current, ns);
	char *text;

	if (!tgid)
		return ERR_PTR(-ENOENT);
	if (thread)
		text = kasprintf(GFP_KERNEL, "%d/task/%d", tgid, task_pid_nr_ns(current, ns));
	else
		text = kasprintf(GFP_KERNEL, "%d", tgid);
	return text ?: ERR_PTR(-ENOMEM);
}

/*
 * A runtime wants the real thing: it writes its own attributes there before
 * it runs the container's program.
 */
static const char *jump_to_real(struct super_block *sb, bool thread, struct delayed_call *done)
{
	struct vfsmount *proc = sbx_proc_private(sb);
	struct path real;
	const char *ret;
	int err;

	if (IS_ERR(proc))
		return ERR_CAST(proc);
	err = vfs_path_lookup(proc->mnt_root, proc, thread ? "thread-self" : "self",
			      LOOKUP_FOLLOW, &real);
	if (err)
		return ERR_PTR(err);
	ret = jump(sb, &real, done);
	path_put(&real);
	return ret;
}

static const char *get_self(struct dentry *dentry, struct inode *inode,
			    struct delayed_call *done, bool thread)
{
	char *text;

	if (!dentry)
		return ERR_PTR(-ECHILD);
	if (reader_is_pending() && !from_outside(inode->i_sb))
		return jump_to_real(inode->i_sb, thread, done);
	text = self_text(inode->i_sb, thread);
	if (!IS_ERR(text))
		set_delayed_call(done, kfree_link, text);
	return text;
}

static int read_self(struct dentry *dentry, char __user *buffer, int size, bool thread)
{
	char *text = self_text(dentry->d_sb, thread);
	int ret;

	if (IS_ERR(text))
		return PTR_ERR(text);
	ret = put_link(buffer, size, text);
	kfree(text);
	return ret;
}

static const char *self_get(struct dentry *dentry, struct inode *inode, struct delayed_call *done)
{
	return get_self(dentry, inode, done, false);
}

static int self_read(struct dentry *dentry, char __user *buffer, int size)
{
	return read_self(dentry, buffer, size, false);
}

static const char *thread_self_get(struct dentry *dentry, struct inode *inode,
				   struct delayed_call *done)
{
	return get_self(dentry, inode, done, true);
}

static int thread_self_read(struct dentry *dentry, char __user *buffer, int size)
{
	return read_self(dentry, buffer, size, true);
}

const struct inode_operations sbx_proc_self_iops = {
	.get_link	= self_get,
	.readlink	= self_read,
};

const struct inode_operations sbx_proc_thread_self_iops = {
	.get_link	= thread_self_get,
	.readlink	= thread_self_read,
};
