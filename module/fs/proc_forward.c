// SPDX-License-Identifier: GPL-2.0
/*
 * Files that are forwarded to the private procfs byte by byte.
 *
 * The inner file is opened by and for whoever opens ours, and sees the same
 * calls at the same offsets.
 */
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pid.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/uio.h>

#include "../compat.h"
#include "proc_fs.h"

/* Threads of a process are in all alike. */
static bool is_mine(struct pid *pid)
{
	struct task_struct *task, *tracer;
	bool mine;

	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_PID);
	tracer = task ? ptrace_parent(task) : NULL;
	mine = (task && same_thread_group(task, current)) ||
	       (tracer && same_thread_group(tracer, current));
	rcu_read_unlock();
	return mine;
}

/**
 * sbx_proc_open_inner() - open the counterpart of a file that is being opened
 * @inode: of the file, with a counterpart
 * @file: as ->open() sees it
 *
 * The path walk has asked the counterpart for permission, see
 * sbx_proc_permission().
 *
 * Return: the open counterpart, or an error pointer.
 */
struct file *sbx_proc_open_inner(struct inode *inode, struct file *file)
{
	const struct sbx_fs_inode *pi = SBX_FS_I(inode);
	const struct path inner = sbx_proc_inner_path(inode);

	if (pi->pid && !sbx_proc_visible(inode->i_sb, pi->pid, pi->entry->flags))
		return ERR_PTR(-ENOENT);
	if ((pi->entry->flags & SBX_PROC_MINE) && !is_mine(pi->pid))
		return ERR_PTR(-EACCES);
	return dentry_open(&inner, (file->f_flags & O_ACCMODE) | O_LARGEFILE, file->f_cred);
}

static int forward_open(struct inode *inode, struct file *file)
{
	const fmode_t seeks = FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE;
	struct file *inner = sbx_proc_open_inner(inode, file);

	if (IS_ERR(inner))
		return PTR_ERR(inner);
	file->f_mode &= ~seeks | (inner->f_mode & seeks);
	file->private_data = inner;
	return 0;
}

static int forward_release(struct inode *inode, struct file *file)
{
	fput(file->private_data);
	return 0;
}

/* The rest of procfs reads into user memory only. */
static ssize_t read_user(struct file *inner, loff_t *pos, struct iov_iter *to)
{
	ssize_t ret = -EINVAL, done = 0;
	struct iovec segment;

	if (!user_backed_iter(to) || !inner->f_op->read)
		return -EINVAL;
	while (iov_iter_count(to)) {
		segment = sbx_iter_segment(to);
		ret = segment.iov_len ? inner->f_op->read(inner, segment.iov_base,
							  segment.iov_len, pos) : 0;
		if (ret < 0)
			break;
		done += ret;
		iov_iter_advance(to, ret);
		if (ret < segment.iov_len)
			break;
	}
	return done ?: ret;
}

static ssize_t write_user(struct file *inner, loff_t *pos, struct iov_iter *from)
{
	ssize_t ret = -EINVAL, done = 0;
	struct iovec segment;

	if (!user_backed_iter(from) || !inner->f_op->write)
		return -EINVAL;
	while (iov_iter_count(from)) {
		segment = sbx_iter_segment(from);
		ret = segment.iov_len ? inner->f_op->write(inner, segment.iov_base,
							   segment.iov_len, pos) : 0;
		if (ret < 0)
			break;
		done += ret;
		iov_iter_advance(from, ret);
		if (ret < segment.iov_len)
			break;
	}
	return done ?: ret;
}

/**
 * sbx_proc_read_inner() - read from a file of the private procfs
 * @inner: the file
 * @pos: offset, moved on
 * @to: where to; user memory, unless it is a sequence file
 *
 * Return: bytes read, 0 at the end, or an errno.
 */
ssize_t sbx_proc_read_inner(struct file *inner, loff_t *pos, struct iov_iter *to)
{
	struct kiocb kiocb;
	ssize_t ret;

	if (!inner->f_op->read_iter && inner->f_op->read != seq_read)
		return read_user(inner, pos, to);
	init_sync_kiocb(&kiocb, inner);
	kiocb.ki_pos = *pos;
	if (inner->f_op->read_iter)
		ret = inner->f_op->read_iter(&kiocb, to);
	else
		ret = seq_read_iter(&kiocb, to);
	*pos = kiocb.ki_pos;
	return ret;
}

static ssize_t forward_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	if (!iov_iter_count(to))
		return 0;
	return sbx_proc_read_inner(iocb->ki_filp->private_data, &iocb->ki_pos, to);
}

static ssize_t forward_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	if (!iov_iter_count(from))
		return 0;
	return write_user(iocb->ki_filp->private_data, &iocb->ki_pos, from);
}

static loff_t forward_llseek(struct file *file, loff_t offset, int whence)
{
	struct file *inner = file->private_data;
	loff_t ret;

	inner->f_pos = file->f_pos;
	ret = vfs_llseek(inner, offset, whence);
	if (ret >= 0)
		file->f_pos = inner->f_pos;
	return ret;
}

const struct file_operations sbx_proc_forward_fops = {
	.owner		= THIS_MODULE,
	.open		= forward_open,
	.release	= forward_release,
	.read_iter	= forward_read_iter,
	.write_iter	= forward_write_iter,
	.splice_read	= sbx_splice_read,
	.llseek		= forward_llseek,
};
