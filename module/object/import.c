// SPDX-License-Identifier: GPL-2.0
/*
 * Import of descriptors that a program is started with.
 *
 * What belongs to the container already is kept.  Anything else gets a wrapper
 * that passes on reading, writing and waiting, but gives no hold on the host's
 * file itself: its mode, owner and times stay, and it is never opened in a way
 * in which the runtime had not opened it.  Terminals are in tty.c.
 */
#include <linux/file.h>
#include <linux/fs_struct.h>
#include <linux/major.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/splice.h>
#include <linux/uio.h>

#include <asm/ioctls.h>

#include "../compat.h"
#include "../domain.h"
#include "../entry.h"
#include "device.h"
#include "import.h"
#include "object.h"
#include "tty.h"

/*
 * Position of every wrapper of a file that has one: no member can ask for it,
 * so it means "wherever the host's open file is".  That is shared, as with a
 * descriptor that is simply inherited.
 */
#define SHARED_POS	((loff_t)LLONG_MIN)

/**
 * struct import - what a wrapper wraps
 * @inner: the host's open file, with a reference
 * @own: nobody else has @inner, its flags can follow the wrapper's
 */
struct import {
	struct file *inner;
	bool own;
};

static umode_t mode_of(const struct file *file)
{
	return file_inode(file)->i_mode;
}

static bool nonblocking(const struct kiocb *outer)
{
	return (outer->ki_filp->f_flags & O_NONBLOCK) || (outer->ki_flags & IOCB_NOWAIT);
}

/* Sees to it that the transfer waits, or not, as the wrapper's flags say. */
static int prepare_wait(const struct import *import, const struct kiocb *outer,
			struct kiocb *iocb, __poll_t wanted)
{
	struct file *inner = import->inner;

	iocb->ki_flags |= outer->ki_flags & (IOCB_APPEND | IOCB_DSYNC | IOCB_SYNC | IOCB_NOWAIT);
	if (S_ISREG(mode_of(inner)))
		return 0;
	if (import->own) {
		sbx_copy_nonblock(inner, outer->ki_filp->f_flags & O_NONBLOCK);
		return 0;
	}
	if (!nonblocking(outer))
		return 0;
	if (S_ISSOCK(mode_of(inner)) || (inner->f_mode & FMODE_NOWAIT)) {
		iocb->ki_flags |= IOCB_NOWAIT;
		return 0;
	}
	/* A file of the host that is not ours to set flags of. */
	return vfs_poll(inner, NULL) & (wanted | EPOLLHUP | EPOLLERR) ? 0 : -EAGAIN;
}

static ssize_t transfer_at(struct file *inner, struct kiocb *iocb, struct iov_iter *iter)
{
	if (iov_iter_rw(iter) == READ)
		return vfs_iocb_iter_read(inner, iocb, iter);
	return sbx_iocb_iter_write(inner, iocb, iter);
}

static ssize_t transfer(struct kiocb *outer, struct iov_iter *iter, __poll_t wanted)
{
	const struct import *import = outer->ki_filp->private_data;
	bool shared = outer->ki_pos == SHARED_POS;
	struct file *inner = import->inner;
	struct kiocb iocb;
	bool locked;
	ssize_t ret;

	init_sync_kiocb(&iocb, inner);
	ret = prepare_wait(import, outer, &iocb, wanted);
	if (ret)
		return ret;
	if (!shared) {
		iocb.ki_pos = outer->ki_pos;
		ret = transfer_at(inner, &iocb, iter);
		outer->ki_pos = iocb.ki_pos;
		return ret;
	}

	locked = inner->f_mode & FMODE_ATOMIC_POS;
	if (locked && mutex_lock_interruptible(&inner->f_pos_lock))
		return -ERESTARTSYS;
	iocb.ki_pos = inner->f_pos;
	ret = transfer_at(inner, &iocb, iter);
	if (ret >= 0)
		inner->f_pos = iocb.ki_pos;
	if (locked)
		mutex_unlock(&inner->f_pos_lock);
	return ret;
}

static ssize_t import_read(struct kiocb *outer, struct iov_iter *to)
{
	return transfer(outer, to, EPOLLIN);
}

static ssize_t import_write(struct kiocb *outer, struct iov_iter *from)
{
	return transfer(outer, from, EPOLLOUT);
}

static loff_t import_llseek(struct file *file, loff_t offset, int whence)
{
	const struct import *import = file->private_data;
	struct file *inner = import->inner;
	bool locked = inner->f_mode & FMODE_ATOMIC_POS;
	loff_t ret;

	if (locked && mutex_lock_interruptible(&inner->f_pos_lock))
		return -ERESTARTSYS;
	ret = vfs_llseek(inner, offset, whence);
	if (locked)
		mutex_unlock(&inner->f_pos_lock);
	return ret;
}

static __poll_t import_poll(struct file *file, poll_table *wait)
{
	const struct import *import = file->private_data;

	return vfs_poll(import->inner, wait);
}

static long import_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	const struct import *import = file->private_data;
	struct file *inner = import->inner;

	if (cmd != FIONREAD)
		return -ENOTTY;
	if (S_ISREG(mode_of(inner)))
		return put_user(i_size_read(file_inode(inner)) - inner->f_pos, (int __user *)arg);
	if ((S_ISFIFO(mode_of(inner)) || S_ISSOCK(mode_of(inner))) && inner->f_op->unlocked_ioctl)
		return inner->f_op->unlocked_ioctl(inner, cmd, arg);
	return -ENOTTY;
}

static int import_mmap(struct file *file, struct vm_area_struct *vma)
{
	const struct import *import = file->private_data;
	struct file *inner = import->inner;

	if (!S_ISREG(mode_of(inner)) || !inner->f_op->mmap ||
	    !sbx_sb_allowed(sbx_object(file_inode(file))->domain, file_inode(inner)->i_sb))
		return -ENODEV;
	vma_set_file(vma, inner);
	return call_mmap(inner, vma);
}

static int import_flush(struct file *file, fl_owner_t id)
{
	const struct import *import = file->private_data;
	struct file *inner = import->inner;

	return inner->f_op->flush ? inner->f_op->flush(inner, id) : 0;
}

static int import_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	const struct import *import = file->private_data;

	return vfs_fsync_range(import->inner, start, end, datasync);
}

static long import_fallocate(struct file *file, int mode, loff_t offset, loff_t len)
{
	const struct import *import = file->private_data;

	return vfs_fallocate(import->inner, mode, offset, len);
}

static const struct file_operations stream_fops = {
	.owner = THIS_MODULE,
	.release = sbx_object_release,
	.read_iter = import_read,
	.write_iter = import_write,
	.splice_read = sbx_copy_splice_read,
	.splice_write = iter_file_splice_write,
	.poll = import_poll,
	.unlocked_ioctl = import_ioctl,
};

static const struct file_operations seekable_fops = {
	.owner = THIS_MODULE,
	.release = sbx_object_release,
	.llseek = import_llseek,
	.read_iter = import_read,
	.write_iter = import_write,
	.splice_read = sbx_copy_splice_read,
	.splice_write = iter_file_splice_write,
	.poll = import_poll,
	.unlocked_ioctl = import_ioctl,
	.mmap = import_mmap,
	.flush = import_flush,
	.fsync = import_fsync,
	.fallocate = import_fallocate,
	SBX_FOP_UNSIGNED_OFFSET
};

/**
 * sbx_is_import() - whether an open file is a wrapper
 * @file: any
 */
bool sbx_is_import(const struct file *file)
{
	return file->f_op == &stream_fops || file->f_op == &seekable_fops;
}

/**
 * sbx_import_pos() - where the position of an open file is kept
 * @file: any
 *
 * For who transfers on from there in several steps, as sendfile(2) does, and
 * like it takes no lock.
 */
loff_t *sbx_import_pos(struct file *file)
{
	const struct import *import = file->private_data;

	return file->f_op == &seekable_fops ? &import->inner->f_pos : &file->f_pos;
}

static void import_free(void *priv)
{
	struct import *import = priv;

	fput(import->inner);
	kfree(import);
}

/* A file that was passed for writing can be cut off, nothing else. */
static int import_setattr(struct sbx_object *object, struct iattr *attr)
{
	const struct import *import = object->priv;
	struct file *inner = import->inner;
	struct iattr cut = {
		.ia_valid = ATTR_SIZE | ATTR_MTIME | ATTR_CTIME | ATTR_FILE,
		.ia_size = attr->ia_size,
		.ia_file = inner,
	};
	int err;

	if (!(attr->ia_valid & ATTR_SIZE) || !S_ISREG(mode_of(inner)) ||
	    !(inner->f_mode & FMODE_WRITE) || IS_APPEND(file_inode(inner)))
		return -EPERM;
	err = mnt_want_write_file(inner);
	if (err)
		return err;
	inode_lock(file_inode(inner));
	err = notify_change(sbx_mnt_idmap(inner->f_path.mnt), inner->f_path.dentry, &cut, NULL);
	inode_unlock(file_inode(inner));
	mnt_drop_write_file(inner);
	return err;
}

static struct file *import_reopen(struct sbx_object *object, int flags);

static const struct sbx_object_type stream_type = {
	.fops = &stream_fops,
	.free = import_free,
	.setattr = import_setattr,
	.reopen = import_reopen,
};

static const struct sbx_object_type seekable_type = {
	.fops = &seekable_fops,
	.f_mode = SBX_FMODE_UNSIGNED_OFFSET,
	.free = import_free,
	.setattr = import_setattr,
	.reopen = import_reopen,
};

/* Takes the reference on @inner, if all goes well. */
static struct file *wrap(struct sbx_domain *domain, struct file *inner, int flags, bool own)
{
	bool seekable = inner->f_mode & FMODE_LSEEK;
	struct import *import;
	struct file *file;

	import = kmalloc(sizeof(*import), GFP_KERNEL_ACCOUNT);
	if (!import)
		return ERR_PTR(-ENOMEM);
	*import = (struct import){ .inner = inner, .own = own };
	file = sbx_object_file(domain, seekable ? &seekable_type : &stream_type, import,
			       &inner->f_path, flags & ~(FASYNC | O_PATH));
	if (IS_ERR(file)) {
		kfree(import);
		return file;
	}
	file->f_mode |= inner->f_mode & FMODE_NOWAIT;
	if (seekable) {
		file->f_mode |= inner->f_mode & (FMODE_PREAD | FMODE_PWRITE);
		file->f_pos = SHARED_POS;
	} else {
		stream_open(file_inode(file), file);
	}
	return file;
}

/*
 * Another open file of the same pipe, so that flags do not get back to who
 * else has it; NULL if there is none to be had.
 */
static struct file *open_again(struct file *file, int flags)
{
	struct file *again;

	/* Never waits for a partner. */
	again = dentry_open(&file->f_path, (flags & (O_ACCMODE | O_APPEND)) | O_NONBLOCK,
			    current_cred());
	if (IS_ERR(again))
		return NULL;
	spin_lock(&again->f_lock);
	again->f_flags &= ~O_NONBLOCK;
	again->f_flags |= flags & O_DIRECT;
	spin_unlock(&again->f_lock);
	return again;
}

static struct file *wrap_again(struct sbx_domain *domain, struct file *file, int flags)
{
	struct file *again, *wrapper;

	again = S_ISFIFO(mode_of(file)) ? open_again(file, flags) : NULL;
	wrapper = wrap(domain, again ?: get_file(file), flags, again);
	if (IS_ERR(wrapper))
		fput(again ?: file);
	else	/* A pipe that is opened again has lost it. */
		wrapper->f_mode |= file->f_mode & FMODE_NOWAIT;
	return wrapper;
}

static struct file *reopen_regular(struct sbx_object *object, int flags)
{
	const int kept = O_ACCMODE | O_APPEND | O_NONBLOCK | O_DSYNC | __O_SYNC | O_DIRECT |
			 O_NOATIME;
	struct file *file, *wrapper;
	int err;

	if (flags & O_TRUNC) {
		err = vfs_truncate(&object->node, 0);
		if (err)
			return ERR_PTR(err);
	}
	file = dentry_open(&object->node, (flags & kept) | O_LARGEFILE, current_cred());
	if (IS_ERR(file))
		return file;
	wrapper = wrap(object->domain, file, file->f_flags, true);
	if (IS_ERR(wrapper))
		fput(file);
	return wrapper;
}

/* The caller may open the node; here counts what the runtime had opened. */
static struct file *import_reopen(struct sbx_object *object, int flags)
{
	const struct import *import = object->priv;
	fmode_t mode = OPEN_FMODE(flags) & (FMODE_READ | FMODE_WRITE);

	if (flags & O_TRUNC)
		mode |= FMODE_WRITE;
	if (mode & ~import->inner->f_mode)
		return ERR_PTR(-EACCES);
	if (S_ISREG(mode_of(import->inner)))
		return reopen_regular(object, flags);
	if (!S_ISFIFO(mode_of(import->inner)))
		return ERR_PTR(-ENXIO);
	return wrap_again(object->domain, import->inner, flags);
}

static bool inside_root(const struct path *path)
{
	struct path root;
	bool inside;

	get_fs_root(current->fs, &root);
	inside = path_is_under(path, &root);
	path_put(&root);
	return inside;
}

/**
 * sbx_import() - what a member gets in place of a file of the host
 * @domain: of the member
 * @file: open file that the runtime passed
 *
 * Return: a file with a reference, or an error pointer: -EPERM if it is of a
 * kind that is not passed in, -ENFILE, -ENOMEM.
 */
struct file *sbx_import(struct sbx_domain *domain, struct file *file)
{
	struct inode *inode = file_inode(file);

	if (file->f_mode & FMODE_PATH)
		return ERR_PTR(-EPERM);
	if (sbx_is_object(inode))
		return sbx_object(inode)->domain == domain ? get_file(file) : ERR_PTR(-EPERM);

	switch (inode->i_mode & S_IFMT) {
	case S_IFREG:
		if (sbx_sb_allowed(domain, inode->i_sb) && inside_root(&file->f_path))
			return get_file(file);
		return wrap_again(domain, file, file->f_flags);
	case S_IFDIR:
		/* One from outside would be the way out. */
		if (sbx_sb_allowed(domain, inode->i_sb) && inside_root(&file->f_path))
			return get_file(file);
		return ERR_PTR(-EPERM);
	case S_IFCHR:
		if (MAJOR(inode->i_rdev) == MEM_MAJOR)
			return sbx_device_import(domain, file);
		return sbx_is_tty(file) ? sbx_tty_import(domain, file) :
					  wrap_again(domain, file, file->f_flags);
	case S_IFIFO:
	case S_IFSOCK:
		return wrap_again(domain, file, file->f_flags);
	default:
		return ERR_PTR(-EPERM);
	}
}
