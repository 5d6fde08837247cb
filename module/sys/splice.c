// SPDX-License-Identifier: GPL-2.0
/*
 * splice(2), tee(2), vmsplice(2).
 *
 * Everything is copied, but for what goes from pipe to pipe: a page of the
 * page cache, or of a program, never gets into a pipe, where it could be seen
 * to change, or be changed.
 */
#include <linux/bvec.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fsnotify.h>
#include <linux/sched/signal.h>
#include <linux/splice.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "../compat.h"
#include "../entry.h"
#include "../object/import.h"
#include "../object/pipe.h"
#include "splice.h"

/**
 * struct end - the end of a transfer that is no pipe
 * @file: open file
 * @pos: where in it
 */
struct end {
	struct file *file;
	loff_t pos;
};

static ssize_t transfer(struct end *end, unsigned int direction, const struct bio_vec *pages,
			unsigned int nr, size_t bytes)
{
	struct iov_iter iter;
	struct kiocb iocb;
	ssize_t ret;

	init_sync_kiocb(&iocb, end->file);
	iocb.ki_pos = end->pos;
	iov_iter_bvec(&iter, direction, pages, nr, bytes);
	if (direction == ITER_SOURCE)
		ret = sbx_iocb_iter_write(end->file, &iocb, &iter);
	else
		ret = vfs_iocb_iter_read(end->file, &iocb, &iter);
	if (ret > 0)
		end->pos = iocb.ki_pos;
	return ret;
}

static ssize_t take_file(const struct bio_vec *pages, unsigned int nr, size_t bytes, void *data)
{
	return transfer(data, ITER_SOURCE, pages, nr, bytes);
}

static ssize_t give_file(const struct bio_vec *pages, unsigned int nr, size_t bytes, void *data)
{
	return transfer(data, ITER_DEST, pages, nr, bytes);
}

/**
 * sbx_splice_to_pipe() - from a file into a pipe
 * @in: the file, may be read
 * @pos: where in it; is moved on
 * @pipe: the pipe
 * @len: bytes at most
 * @nonblock: do not wait for room
 *
 * Return: bytes, or an error.
 */
ssize_t sbx_splice_to_pipe(struct file *in, loff_t *pos, struct sbx_pipe *pipe, size_t len,
			   bool nonblock)
{
	struct end end = { .file = in, .pos = *pos };
	ssize_t done = 0, ret;

	if (!in->f_op->read_iter || !in->f_op->splice_read)
		return -EINVAL;
	if (!len)
		return 0;
	do {
		ret = sbx_pipe_fill(pipe, len - done, nonblock || done, give_file, &end);
		if (ret > 0)
			done += ret;
		/* Others than regular files may have no more for a long time. */
	} while (ret > 0 && done < len && S_ISREG(file_inode(in)->i_mode) &&
		 !signal_pending(current));
	*pos = end.pos;
	return done ?: ret;
}

static ssize_t splice_to_file(struct sbx_pipe *pipe, struct file *out, loff_t *pos, size_t len,
			      bool nonblock)
{
	struct end end = { .file = out, .pos = *pos };
	ssize_t ret;

	if (out->f_flags & O_APPEND)
		return -EINVAL;
	ret = rw_verify_area(WRITE, out, pos, len);
	if (ret < 0)
		return ret;
	if (!out->f_op->write_iter || !out->f_op->splice_write)
		return -EINVAL;
	ret = sbx_pipe_drain(pipe, min_t(size_t, len, MAX_RW_COUNT), nonblock, take_file, &end);
	*pos = end.pos;
	return ret;
}

/*
 * The pipes behind both files, if they are pipes; the wrapper of a host's is
 * none.  Content that was taken out of one could not be put back.
 */
static ssize_t splice(struct sbx_task *self, struct file *in, loff_t *in_pos, struct file *out,
		      loff_t *out_pos, size_t len, unsigned int flags)
{
	struct sbx_pipe *from = sbx_pipe_of(in), *to = sbx_pipe_of(out);
	bool nonblock = flags & SPLICE_F_NONBLOCK;
	loff_t here;
	ssize_t ret;

	if (!(in->f_mode & FMODE_READ) || !(out->f_mode & FMODE_WRITE))
		return -EBADF;
	if ((from && (in->f_flags & O_NONBLOCK)) || (to && (out->f_flags & O_NONBLOCK)))
		nonblock = true;

	if (from && to)
		return from == to ? -EINVAL : sbx_pipe_move(from, to, len, nonblock, false);
	if (from) {
		if (out_pos && (*out_pos < 0 || !(out->f_mode & FMODE_PWRITE)))
			return -EINVAL;
		here = out->f_pos;
		ret = splice_to_file(from, out, out_pos ?: &here, len, nonblock);
		if (!out_pos && ret >= 0)
			out->f_pos = here;
		return ret;
	}
	if (to) {
		if (in_pos && (*in_pos < 0 || !(in->f_mode & FMODE_PREAD)))
			return -EINVAL;
		here = in->f_pos;
		ret = rw_verify_area(READ, in, in_pos ?: &here, len);
		if (ret < 0)
			return ret;
		len = min_t(size_t, len, MAX_RW_COUNT);
		ret = sbx_splice_to_pipe(in, in_pos ?: &here, to, len, nonblock);
		if (!in_pos && ret >= 0)
			in->f_pos = here;
		return ret;
	}
	if (S_ISFIFO(file_inode(in)->i_mode) || S_ISFIFO(file_inode(out)->i_mode))
		return sbx_refuse(self, -EINVAL);
	return -EINVAL;
}

static ssize_t splice_user(struct sbx_task *self, struct file *in, loff_t __user *in_offset,
			   struct file *out, loff_t __user *out_offset, size_t len,
			   unsigned int flags)
{
	loff_t in_pos, out_pos;
	ssize_t ret;

	if ((in_offset && sbx_pipe_of(in)) || (out_offset && sbx_pipe_of(out)))
		return -ESPIPE;
	if ((out_offset && get_user(out_pos, out_offset)) ||
	    (in_offset && get_user(in_pos, in_offset)))
		return -EFAULT;
	ret = splice(self, in, in_offset ? &in_pos : NULL, out, out_offset ? &out_pos : NULL,
		     len, flags);
	if (ret < 0)
		return ret;
	if ((out_offset && put_user(out_pos, out_offset)) ||
	    (in_offset && put_user(in_pos, in_offset)))
		return -EFAULT;
	if (ret > 0) {
		fsnotify_modify(out);
		fsnotify_access(in);
	}
	return ret;
}

SBX_SYSCALL_DEFINE6(splice, int, in_fd, loff_t __user *, in_offset, int, out_fd,
		    loff_t __user *, out_offset, size_t, len, unsigned int, flags)
{
	ssize_t ret = -EBADF;
	struct fd in, out;

	if (!len)
		return 0;
	if (flags & ~SPLICE_F_ALL)
		return -EINVAL;
	in = fdget(in_fd);
	if (fd_empty(in))
		return -EBADF;
	out = fdget(out_fd);
	if (!fd_empty(out)) {
		ret = splice_user(self, fd_file(in), in_offset, fd_file(out), out_offset, len,
				  flags);
		fdput(out);
	}
	fdput(in);
	return ret;
}

static ssize_t tee(struct sbx_task *self, struct file *in, struct file *out, size_t len,
		   unsigned int flags)
{
	struct sbx_pipe *from = sbx_pipe_of(in), *to = sbx_pipe_of(out);
	ssize_t ret;

	if (!(in->f_mode & FMODE_READ) || !(out->f_mode & FMODE_WRITE))
		return -EBADF;
	if (from == to || !from || !to) {
		if (S_ISFIFO(file_inode(in)->i_mode) && S_ISFIFO(file_inode(out)->i_mode) &&
		    from != to)
			return sbx_refuse(self, -EINVAL);
		return -EINVAL;
	}
	ret = sbx_pipe_move(from, to, len, (flags & SPLICE_F_NONBLOCK) ||
			    ((in->f_flags | out->f_flags) & O_NONBLOCK), true);
	if (ret > 0) {
		fsnotify_access(in);
		fsnotify_modify(out);
	}
	return ret;
}

SBX_SYSCALL_DEFINE4(tee, int, in_fd, int, out_fd, size_t, len, unsigned int, flags)
{
	ssize_t ret = -EBADF;
	struct fd in, out;

	if (flags & ~SPLICE_F_ALL)
		return -EINVAL;
	if (!len)
		return 0;
	in = fdget(in_fd);
	if (fd_empty(in))
		return -EBADF;
	out = fdget(out_fd);
	if (!fd_empty(out)) {
		ret = tee(self, fd_file(in), fd_file(out), len, flags);
		fdput(out);
	}
	fdput(in);
	return ret;
}

/* Whole pages, as long as the memory is there. */
static ssize_t take_user(const struct bio_vec *pages, unsigned int nr, size_t bytes, void *data)
{
	struct iov_iter *to = data;
	ssize_t done = 0;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		const struct bio_vec *page = &pages[i];

		if (copy_page_to_iter(page->bv_page, page->bv_offset, page->bv_len, to) !=
		    page->bv_len)
			return done ?: -EFAULT;
		done += page->bv_len;
	}
	return done;
}

static ssize_t give_user(const struct bio_vec *pages, unsigned int nr, size_t bytes, void *data)
{
	struct iov_iter *from = data;
	ssize_t done = 0;
	unsigned int i;

	for (i = 0; i < nr && iov_iter_count(from); i++) {
		size_t len = min_t(size_t, PAGE_SIZE, iov_iter_count(from));
		size_t n = copy_page_from_iter(pages[i].bv_page, 0, len, from);

		done += n;
		if (n < len)
			break;
	}
	return done ?: -EFAULT;
}

static ssize_t vmsplice_to_pipe(struct sbx_pipe *pipe, struct iov_iter *from, bool nonblock)
{
	ssize_t done = 0, ret;

	do {
		ret = sbx_pipe_fill(pipe, iov_iter_count(from), nonblock || done, give_user, from);
		if (ret > 0)
			done += ret;
	} while (ret > 0 && iov_iter_count(from) && !signal_pending(current));
	return done ?: ret;
}

/* The host's pipe behind a wrapper; write(2) and read(2) by another name. */
static ssize_t vmsplice_wrapper(struct file *file, struct iov_iter *iter, bool nonblock)
{
	struct kiocb iocb;

	init_sync_kiocb(&iocb, file);
	if (nonblock)
		iocb.ki_flags |= IOCB_NOWAIT;
	if (iov_iter_rw(iter) == WRITE)
		return sbx_iocb_iter_write(file, &iocb, iter);
	return vfs_iocb_iter_read(file, &iocb, iter);
}

static ssize_t vmsplice(struct file *file, struct iov_iter *iter, unsigned int flags)
{
	struct sbx_pipe *pipe = sbx_pipe_of(file);
	bool nonblock = flags & SPLICE_F_NONBLOCK;
	ssize_t ret;

	if (!pipe && sbx_is_import(file) && S_ISFIFO(file_inode(file)->i_mode))
		return vmsplice_wrapper(file, iter, nonblock);
	if (!pipe)
		return -EBADF;
	if (iov_iter_rw(iter) == WRITE) {
		ret = vmsplice_to_pipe(pipe, iter, nonblock);
		if (ret > 0)
			fsnotify_modify(file);
	} else {
		ret = sbx_pipe_drain(pipe, iov_iter_count(iter), nonblock, take_user, iter);
		if (ret > 0)
			fsnotify_access(file);
	}
	return ret;
}

SBX_SYSCALL_DEFINE4(vmsplice, int, fd, const struct iovec __user *, vec, unsigned long, segments,
		    unsigned int, flags)
{
	struct iovec fast[UIO_FASTIOV], *iov = fast;
	struct iov_iter iter;
	ssize_t ret = -EBADF;
	struct fd f;

	if (flags & ~SPLICE_F_ALL)
		return -EINVAL;
	f = fdget(fd);
	if (fd_empty(f))
		return -EBADF;
	if (!(fd_file(f)->f_mode & (FMODE_READ | FMODE_WRITE)))
		goto out;
	ret = import_iovec(fd_file(f)->f_mode & FMODE_WRITE ? WRITE : READ, vec, segments,
			   ARRAY_SIZE(fast), &iov, &iter);
	if (ret < 0)
		goto out;
	ret = iov_iter_count(&iter) ? vmsplice(fd_file(f), &iter, flags) : 0;
	kfree(iov);
out:
	fdput(f);
	return ret;
}
