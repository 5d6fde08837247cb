// SPDX-License-Identifier: GPL-2.0
/*
 * Character devices: the module's own behind the numbers of Linux, whatever
 * driver the host has for them.
 */
#include <linux/major.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/random.h>
#include <linux/sched/signal.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>
#include <linux/splice.h>
#include <linux/uio.h>

#include "../compat.h"
#include "device.h"
#include "object.h"
#include "tty.h"

/* Random bytes are made in pieces of this size on the stack, or of a page. */
#define RANDOM_PIECE	256

/* What Linux has told since 5.18 of a generator that is ready. */
#define ENTROPY_BITS	256

static loff_t null_llseek(struct file *file, loff_t offset, int whence)
{
	file->f_pos = 0;
	return 0;
}

/* One buffer, the common case, does without an iterator, as Linux has it. */
static ssize_t null_read_buf(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	return 0;
}

static ssize_t null_write_buf(struct file *file, const char __user *buf, size_t count,
			      loff_t *pos)
{
	return count;
}

static ssize_t null_read(struct kiocb *iocb, struct iov_iter *to)
{
	return 0;
}

static ssize_t null_write(struct kiocb *iocb, struct iov_iter *from)
{
	size_t len = iov_iter_count(from);

	iov_iter_advance(from, len);
	return len;
}

static ssize_t zero_read_buf(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	size_t done = 0;

	while (done < count) {
		size_t n = min_t(size_t, count - done, PAGE_SIZE);
		size_t left = clear_user(buf + done, n);

		done += n - left;
		if (unlikely(left))
			return done ?: -EFAULT;
		if (signal_pending(current))
			break;
		cond_resched();
	}
	return done;
}

static ssize_t zero_read(struct kiocb *iocb, struct iov_iter *to)
{
	ssize_t done = 0;
	size_t n;

	while (iov_iter_count(to)) {
		n = iov_iter_zero(min_t(size_t, iov_iter_count(to), PAGE_SIZE), to);
		if (!n)
			return done ?: -EFAULT;
		done += n;
		if (signal_pending(current))
			return done;
		if (need_resched() && (iocb->ki_flags & IOCB_NOWAIT))
			return done;
		cond_resched();
	}
	return done;
}

/* A shared mapping is of memory that only its heirs have. */
static int zero_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct file *memory;
	int err;

	if (!(vma->vm_flags & VM_SHARED)) {
		vma_set_anonymous(vma);
		return 0;
	}
	memory = shmem_file_setup("dev/zero", vma->vm_end - vma->vm_start, vma->vm_flags);
	if (IS_ERR(memory))
		return PTR_ERR(memory);
	vma_set_file(vma, memory);
	err = call_mmap(memory, vma);
	fput(memory);
	return err;
}

static ssize_t full_write(struct kiocb *iocb, struct iov_iter *from)
{
	return -ENOSPC;
}

static ssize_t random_bytes(struct iov_iter *to)
{
	u8 piece[RANDOM_PIECE], *buf = piece;
	size_t size = sizeof(piece), len, n;
	ssize_t done = 0;

	if (iov_iter_count(to) > sizeof(piece)) {
		size = PAGE_SIZE;
		buf = kmalloc(size, GFP_KERNEL_ACCOUNT);
		if (!buf)
			return -ENOMEM;
	}
	while (iov_iter_count(to)) {
		len = min(iov_iter_count(to), size);
		get_random_bytes(buf, len);
		n = copy_to_iter(buf, len, to);
		done += n;
		if (n < len) {
			done = done ?: -EFAULT;
			break;
		}
		if (signal_pending(current))
			break;
		cond_resched();
	}
	memzero_explicit(buf, size);
	if (buf != piece)
		kfree(buf);
	return done;
}

static ssize_t random_read(struct kiocb *iocb, struct iov_iter *to)
{
	int err;

	if (!rng_is_initialized() && ((iocb->ki_flags & IOCB_NOWAIT) ||
				      (iocb->ki_filp->f_flags & O_NONBLOCK)))
		return -EAGAIN;
	err = wait_for_random_bytes();
	return err ?: random_bytes(to);
}

static ssize_t urandom_read(struct kiocb *iocb, struct iov_iter *to)
{
	return random_bytes(to);
}

/* Read, but not mixed in: guests do not stir the host's pool. */
static ssize_t random_write(struct kiocb *iocb, struct iov_iter *from)
{
	u8 piece[RANDOM_PIECE];
	ssize_t done = 0;
	size_t len, n;

	while (iov_iter_count(from)) {
		len = min(iov_iter_count(from), sizeof(piece));
		n = copy_from_iter(piece, len, from);
		done += n;
		if (n < len) {
			done = done ?: -EFAULT;
			break;
		}
		if (done % PAGE_SIZE == 0) {
			if (signal_pending(current))
				break;
			cond_resched();
		}
	}
	memzero_explicit(piece, sizeof(piece));
	return done;
}

static __poll_t random_poll(struct file *file, poll_table *wait)
{
	return rng_is_initialized() ? EPOLLIN | EPOLLRDNORM : EPOLLOUT | EPOLLWRNORM;
}

static long random_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case RNDGETENTCNT:
		return put_user(rng_is_initialized() ? ENTROPY_BITS : 0, (int __user *)arg);
	case RNDADDTOENTCNT:
	case RNDADDENTROPY:
	case RNDZAPENTCNT:
	case RNDCLEARPOOL:
	case RNDRESEEDCRNG:
		return -EPERM;
	default:
		return -EINVAL;
	}
}

static const struct file_operations null_fops = {
	.owner = THIS_MODULE,
	.release = sbx_object_release,
	.llseek = null_llseek,
	.read = null_read_buf,
	.write = null_write_buf,
	.read_iter = null_read,
	.write_iter = null_write,
	.splice_write = iter_file_splice_write,
};

static const struct file_operations zero_fops = {
	.owner = THIS_MODULE,
	.release = sbx_object_release,
	.llseek = null_llseek,
	.read = zero_read_buf,
	.write = null_write_buf,
	.read_iter = zero_read,
	.write_iter = null_write,
	.splice_read = sbx_splice_read,
	.splice_write = iter_file_splice_write,
	.mmap = zero_mmap,
};

static const struct file_operations full_fops = {
	.owner = THIS_MODULE,
	.release = sbx_object_release,
	.llseek = null_llseek,
	.read_iter = zero_read,
	.write_iter = full_write,
	.splice_read = sbx_splice_read,
};

static const struct file_operations random_fops = {
	.owner = THIS_MODULE,
	.release = sbx_object_release,
	.llseek = noop_llseek,
	.read_iter = random_read,
	.write_iter = random_write,
	.splice_read = sbx_splice_read,
	.splice_write = iter_file_splice_write,
	.poll = random_poll,
	.unlocked_ioctl = random_ioctl,
};

static const struct file_operations urandom_fops = {
	.owner = THIS_MODULE,
	.release = sbx_object_release,
	.llseek = noop_llseek,
	.read_iter = urandom_read,
	.write_iter = random_write,
	.splice_read = sbx_splice_read,
	.splice_write = iter_file_splice_write,
	.unlocked_ioctl = random_ioctl,
};

static struct file *device_reopen(struct sbx_object *object, int flags);

#define DEVICE_TYPE(_fops, _f_mode) {				\
	.f_mode = FMODE_PREAD | FMODE_PWRITE | (_f_mode),	\
	.fops = (_fops),					\
	.reopen = device_reopen,				\
}

static const struct sbx_object_type null_type = DEVICE_TYPE(&null_fops, FMODE_NOWAIT);
static const struct sbx_object_type zero_type = DEVICE_TYPE(&zero_fops, FMODE_NOWAIT);
static const struct sbx_object_type full_type = DEVICE_TYPE(&full_fops, 0);
static const struct sbx_object_type random_type = DEVICE_TYPE(&random_fops, FMODE_NOWAIT);
static const struct sbx_object_type urandom_type = DEVICE_TYPE(&urandom_fops, FMODE_NOWAIT);

static const struct sbx_object_type *device_type(dev_t dev)
{
	switch (dev) {
	case MKDEV(MEM_MAJOR, 3):
		return &null_type;
	case MKDEV(MEM_MAJOR, 5):
		return &zero_type;
	case MKDEV(MEM_MAJOR, 7):
		return &full_type;
	case MKDEV(MEM_MAJOR, 8):
		return &random_type;
	case MKDEV(MEM_MAJOR, 9):
		return &urandom_type;
	default:
		return ERR_PTR(-EACCES);
	}
}

static struct file *device_open(struct sbx_domain *domain, const struct path *path, int flags)
{
	dev_t dev = d_inode(path->dentry)->i_rdev;
	const struct sbx_object_type *type;

	if (sbx_tty_number(dev))
		return sbx_tty_open(domain, path, flags);
	type = device_type(dev);
	if (IS_ERR(type))
		return ERR_CAST(type);
	if (flags & O_DIRECT)
		return ERR_PTR(-EINVAL);
	return sbx_object_file(domain, type, NULL, path, flags | O_LARGEFILE);
}

static struct file *device_reopen(struct sbx_object *object, int flags)
{
	return device_open(object->domain, &object->node, flags);
}

/**
 * sbx_device_open() - open(2) of a character device
 * @domain: who opens
 * @path: of the device's node
 * @flags: of open(2)
 *
 * Return: the file, or an error pointer: -EACCES if the node may not be opened
 * like that or the module has no such device, -EPERM, -EINVAL, -ENFILE,
 * -ENOMEM; for terminals see sbx_tty_open().
 */
struct file *sbx_device_open(struct sbx_domain *domain, const struct path *path, int flags)
{
	int err = sbx_node_permission(path, flags);

	return err ? ERR_PTR(err) : device_open(domain, path, flags);
}

/**
 * sbx_device_import() - a device in place of one that the host had opened
 * @domain: who gets it
 * @file: of the host
 *
 * Return: the file, or an error pointer: -EACCES if the module has no such
 * device, -ENFILE, -ENOMEM.
 */
struct file *sbx_device_import(struct sbx_domain *domain, const struct file *file)
{
	return device_open(domain, &file->f_path, file->f_flags & ~(O_DIRECT | FASYNC));
}
