// SPDX-License-Identifier: GPL-2.0
/*
 * read(2), write(2), their positioned and vectored kin, and lseek(2).
 *
 * The kernel's own vfs_read() is not exported, and the exported
 * vfs_iter_read() leaves out what only user space can ask for (transfers of
 * no bytes, files with ->read alone).  What they have in common with this
 * file is the order of checks, which user space can see.
 */
#include <linux/fs.h>
#include <linux/fsnotify.h>
#include <linux/sched/xacct.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "../compat.h"
#include "../entry.h"
#include "fd.h"

/* READ and WRITE are also how import_iovec() names the direction. */
static_assert(READ == ITER_DEST && WRITE == ITER_SOURCE);

static __always_inline int opened_for(const struct file *file, int rw)
{
	if (!(file->f_mode & (rw == READ ? FMODE_READ : FMODE_WRITE)))
		return -EBADF;
	if (!(file->f_mode & (rw == READ ? FMODE_CAN_READ : FMODE_CAN_WRITE)))
		return -EINVAL;
	return 0;
}

static __always_inline void account(int rw, ssize_t ret)
{
	if (rw == READ) {
		if (ret > 0)
			add_rchar(current, ret);
		inc_syscr(current);
	} else {
		if (ret > 0)
			add_wchar(current, ret);
		inc_syscw(current);
	}
}

static __always_inline ssize_t run_iter(struct kiocb *kiocb, int rw, struct iov_iter *iter,
					loff_t *pos)
{
	const struct file_operations *op = kiocb->ki_filp->f_op;
	ssize_t ret;

	kiocb->ki_pos = pos ? *pos : 0;
	ret = rw == READ ? op->read_iter(kiocb, iter) : op->write_iter(kiocb, iter);
	if (pos && ret >= 0)
		*pos = kiocb->ki_pos;
	return ret;
}

/* One buffer of any file; @pos is NULL for a stream. */
static __always_inline ssize_t run_buf(struct file *file, int rw, void __user *buf, size_t count,
				       loff_t *pos)
{
	const struct file_operations *op = file->f_op;
	struct iov_iter iter;
	struct kiocb kiocb;

	if (rw == READ ? !op->read : !op->write) {
		if (rw == READ ? !op->read_iter : !op->write_iter)
			return -EINVAL;
		init_sync_kiocb(&kiocb, file);
		iov_iter_ubuf(&iter, rw, buf, count);
		return run_iter(&kiocb, rw, &iter, pos);
	}
	return rw == READ ? op->read(file, buf, count, pos) : op->write(file, buf, count, pos);
}

static __always_inline ssize_t transfer(struct file *file, int rw, void __user *buf,
					size_t count, loff_t *pos)
{
	ssize_t ret;

	ret = opened_for(file, rw);
	if (unlikely(ret))
		return ret;
	if (unlikely(!access_ok(buf, count)))
		return -EFAULT;
	ret = rw_verify_area(rw, file, pos, count);
	if (unlikely(ret))
		return ret;
	count = min_t(size_t, count, MAX_RW_COUNT);

	if (rw == READ) {
		ret = run_buf(file, rw, buf, count, pos);
		if (ret > 0)
			fsnotify_access(file);
	} else {
		file_start_write(file);
		ret = run_buf(file, rw, buf, count, pos);
		if (ret > 0)
			fsnotify_modify(file);
		file_end_write(file);
	}
	account(rw, ret);
	return ret;
}

/* At the file's own position, which streams don't have. */
static __always_inline long transfer_here(int rw, unsigned int fd, void __user *buf, size_t count)
{
	loff_t pos, *ppos = NULL;
	struct sbx_fd_pos f;
	struct file *file;
	ssize_t ret;

	ret = sbx_fdget_pos(fd, &f);
	if (unlikely(ret))
		return ret;
	file = fd_file(f.fd);
	if (!(file->f_mode & FMODE_STREAM)) {
		pos = file->f_pos;
		ppos = &pos;
	}
	ret = transfer(file, rw, buf, count, ppos);
	if (ret >= 0 && ppos)
		file->f_pos = pos;
	sbx_fdput_pos(&f);
	return ret;
}

static __always_inline long transfer_at(int rw, unsigned int fd, void __user *buf, size_t count,
					loff_t pos)
{
	ssize_t ret = -ESPIPE;
	struct fd f;

	if (pos < 0)
		return -EINVAL;
	f = fdget(fd);
	if (unlikely(fd_empty(f)))
		return -EBADF;
	if (fd_file(f)->f_mode & (rw == READ ? FMODE_PREAD : FMODE_PWRITE))
		ret = transfer(fd_file(f), rw, buf, count, &pos);
	fdput(f);
	return ret;
}

SBX_SYSCALL_DEFINE3(read, unsigned int, fd, char __user *, buf, size_t, count)
{
	return transfer_here(READ, fd, buf, count);
}

SBX_SYSCALL_DEFINE3(write, unsigned int, fd, char __user *, buf, size_t, count)
{
	return transfer_here(WRITE, fd, buf, count);
}

SBX_SYSCALL_DEFINE4(pread64, unsigned int, fd, char __user *, buf, size_t, count, loff_t, pos)
{
	return transfer_at(READ, fd, buf, count, pos);
}

SBX_SYSCALL_DEFINE4(pwrite64, unsigned int, fd, char __user *, buf, size_t, count, loff_t, pos)
{
	return transfer_at(WRITE, fd, buf, count, pos);
}

/**
 * struct vector - a vector of buffers, copied from the user once
 * @fast: room for the short ones
 * @slow: of the longer ones, NULL if @fast is enough
 * @iter: over all of them
 */
struct vector {
	struct iovec fast[UIO_FASTIOV];
	struct iovec *slow;
	struct iov_iter iter;
};

static ssize_t run_vector(struct file *file, int rw, struct vector *vector, loff_t *pos,
			  rwf_t flags)
{
	struct kiocb kiocb;
	ssize_t ret;

	init_sync_kiocb(&kiocb, file);
	ret = sbx_kiocb_set_rw_flags(&kiocb, flags, rw);
	if (ret)
		return ret;
	return run_iter(&kiocb, rw, &vector->iter, pos);
}

/* Files that know of one buffer at a time only, directories for one. */
static ssize_t run_each(struct file *file, int rw, struct vector *vector, unsigned long segments,
			loff_t *pos, rwf_t flags)
{
	const struct iovec *iov = vector->slow ?: vector->fast;
	size_t left = iov_iter_count(&vector->iter);
	ssize_t done = 0, ret;
	unsigned long i;

	if (flags & ~RWF_HIPRI)
		return -EOPNOTSUPP;
	for (i = 0; i < segments && left; i++) {
		size_t len = min(iov[i].iov_len, left);

		if (!len)
			continue;
		ret = run_buf(file, rw, iov[i].iov_base, len, pos);
		if (ret < 0)
			return done ?: ret;
		done += ret;
		left -= ret;
		if (ret != len)
			break;
	}
	return done;
}

static ssize_t transfer_vector(struct file *file, int rw, const struct iovec __user *vec,
			       unsigned long segments, loff_t *pos, rwf_t flags)
{
	bool iter = rw == READ ? file->f_op->read_iter : file->f_op->write_iter;
	struct vector vector;
	ssize_t ret;

	ret = opened_for(file, rw);
	if (ret)
		return ret;
	vector.slow = vector.fast;
	ret = import_iovec(rw, vec, segments, ARRAY_SIZE(vector.fast), &vector.slow, &vector.iter);
	if (ret < 0)
		return ret;
	if (ret == 0)
		goto out;
	ret = rw_verify_area(rw, file, pos, ret);
	if (ret)
		goto out;

	if (rw == WRITE)
		file_start_write(file);
	ret = iter ? run_vector(file, rw, &vector, pos, flags) :
		     run_each(file, rw, &vector, segments, pos, flags);
	if (rw == WRITE) {
		if (ret > 0)
			fsnotify_modify(file);
		file_end_write(file);
	}
out:
	if (rw == READ && ret >= 0)
		fsnotify_access(file);
	kfree(vector.slow);
	return ret;
}

static long vector_here(int rw, unsigned int fd, const struct iovec __user *vec,
			unsigned long segments, rwf_t flags)
{
	loff_t pos, *ppos = NULL;
	struct sbx_fd_pos f;
	struct file *file;
	ssize_t ret;

	ret = sbx_fdget_pos(fd, &f);
	if (ret)
		goto out;
	file = fd_file(f.fd);
	if (!(file->f_mode & FMODE_STREAM)) {
		pos = file->f_pos;
		ppos = &pos;
	}
	ret = transfer_vector(file, rw, vec, segments, ppos, flags);
	if (ret >= 0 && ppos)
		file->f_pos = pos;
	sbx_fdput_pos(&f);
out:
	account(rw, ret);
	return ret;
}

static long vector_at(int rw, unsigned int fd, const struct iovec __user *vec,
		      unsigned long segments, loff_t pos, rwf_t flags)
{
	ssize_t ret = -EBADF;
	struct fd f;

	if (pos < 0)
		return -EINVAL;
	f = fdget(fd);
	if (!fd_empty(f)) {
		ret = -ESPIPE;
		if (fd_file(f)->f_mode & (rw == READ ? FMODE_PREAD : FMODE_PWRITE))
			ret = transfer_vector(fd_file(f), rw, vec, segments, &pos, flags);
		fdput(f);
	}
	account(rw, ret);
	return ret;
}

SBX_SYSCALL_DEFINE3(readv, unsigned int, fd, const struct iovec __user *, vec,
		    unsigned long, segments)
{
	return vector_here(READ, fd, vec, segments, 0);
}

SBX_SYSCALL_DEFINE3(writev, unsigned int, fd, const struct iovec __user *, vec,
		    unsigned long, segments)
{
	return vector_here(WRITE, fd, vec, segments, 0);
}

/* The upper half of the position, a fifth argument, has no bits to give. */
SBX_SYSCALL_DEFINE4(preadv, unsigned int, fd, const struct iovec __user *, vec,
		    unsigned long, segments, loff_t, pos)
{
	return vector_at(READ, fd, vec, segments, pos, 0);
}

SBX_SYSCALL_DEFINE4(pwritev, unsigned int, fd, const struct iovec __user *, vec,
		    unsigned long, segments, loff_t, pos)
{
	return vector_at(WRITE, fd, vec, segments, pos, 0);
}

SBX_SYSCALL_DEFINE6(preadv2, unsigned int, fd, const struct iovec __user *, vec,
		    unsigned long, segments, loff_t, pos, unsigned long, pos_high, rwf_t, flags)
{
	if (pos == -1)
		return vector_here(READ, fd, vec, segments, flags);
	return vector_at(READ, fd, vec, segments, pos, flags);
}

SBX_SYSCALL_DEFINE6(pwritev2, unsigned int, fd, const struct iovec __user *, vec,
		    unsigned long, segments, loff_t, pos, unsigned long, pos_high, rwf_t, flags)
{
	if (pos == -1)
		return vector_here(WRITE, fd, vec, segments, flags);
	return vector_at(WRITE, fd, vec, segments, pos, flags);
}

SBX_SYSCALL_DEFINE3(lseek, unsigned int, fd, off_t, offset, unsigned int, whence)
{
	struct sbx_fd_pos f;
	loff_t ret;

	ret = sbx_fdget_pos(fd, &f);
	if (ret)
		return ret;
	ret = whence <= SEEK_MAX ? vfs_llseek(fd_file(f.fd), offset, whence) : -EINVAL;
	sbx_fdput_pos(&f);
	return ret;
}
