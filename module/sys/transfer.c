// SPDX-License-Identifier: GPL-2.0
/*
 * Between files, and what a file's disk is told: sendfile(2),
 * copy_file_range(2), fallocate(2), fadvise64(2), readahead(2).
 */
#include <linux/fadvise.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fsnotify.h>
#include <linux/sched/xacct.h>
#include <linux/splice.h>
#include <linux/uaccess.h>

#include "../compat.h"
#include "../entry.h"
#include "../object/import.h"
#include "../object/pipe.h"
#include "splice.h"

static ssize_t send(struct file *in, loff_t *pos, struct file *out, size_t count)
{
	loff_t max = min(file_inode(in)->i_sb->s_maxbytes, file_inode(out)->i_sb->s_maxbytes);
	loff_t out_pos = out->f_pos;
	ssize_t ret;

	if (unlikely(*pos + count > max)) {
		if (*pos >= max)
			return -EOVERFLOW;
		count = max - *pos;
	}
	ret = rw_verify_area(WRITE, out, &out_pos, count);
	if (ret < 0)
		return ret;
	if (sbx_pipe_of(out))
		ret = sbx_splice_to_pipe(in, pos, sbx_pipe_of(out), count,
					 out->f_flags & O_NONBLOCK);
	else
		ret = sbx_splice_direct(in, pos, out, &out_pos, count);
	if (ret > 0) {
		add_rchar(current, ret);
		add_wchar(current, ret);
		fsnotify_access(in);
		fsnotify_modify(out);
		out->f_pos = out_pos;
	}
	inc_syscr(current);
	inc_syscw(current);
	return *pos > max ? -EOVERFLOW : ret;
}

static ssize_t send_from(struct file *in, loff_t *ppos, unsigned int out_fd, size_t count)
{
	loff_t pos = ppos ? *ppos : *sbx_import_pos(in);
	struct fd out;
	ssize_t ret;

	if (!(in->f_mode & FMODE_READ))
		return -EBADF;
	if (ppos && !(in->f_mode & FMODE_PREAD))
		return -ESPIPE;
	if (ppos && pos < 0)
		return -EINVAL;
	ret = rw_verify_area(READ, in, &pos, count);
	if (ret < 0)
		return ret;
	count = min_t(size_t, count, MAX_RW_COUNT);

	out = fdget(out_fd);
	if (fd_empty(out))
		return -EBADF;
	ret = -EBADF;
	if (fd_file(out)->f_mode & FMODE_WRITE)
		ret = send(in, &pos, fd_file(out), count);
	fdput(out);
	if (ppos)
		*ppos = pos;
	else if (ret > 0)
		*sbx_import_pos(in) = pos;
	return ret;
}

SBX_SYSCALL_DEFINE4(sendfile, unsigned int, out_fd, unsigned int, in_fd,
		    loff_t __user *, offset, size_t, count)
{
	ssize_t ret = -EBADF;
	loff_t pos;
	struct fd in;

	if (offset && get_user(pos, offset))
		return -EFAULT;
	in = fdget(in_fd);
	if (!fd_empty(in)) {
		ret = send_from(fd_file(in), offset ? &pos : NULL, out_fd, count);
		fdput(in);
	}
	if (offset && put_user(pos, offset))
		return -EFAULT;
	return ret;
}

/* At the given position, or the file's own. */
static int get_pos(const struct file *file, const loff_t __user *offset, loff_t *pos)
{
	if (offset)
		return get_user(*pos, offset);
	*pos = file->f_pos;
	return 0;
}

static int put_pos(struct file *file, loff_t __user *offset, loff_t pos)
{
	if (offset)
		return put_user(pos, offset);
	file->f_pos = pos;
	return 0;
}

/* They look as if all were on one filesystem, and have no content there. */
static bool wraps_regular(const struct file *file)
{
	return sbx_is_import(file) && S_ISREG(file_inode(file)->i_mode);
}

static ssize_t copy(struct sbx_task *self, struct file *in, loff_t __user *in_offset,
		    struct file *out, loff_t __user *out_offset, size_t count, unsigned int flags)
{
	loff_t in_pos, out_pos;
	ssize_t ret;

	if (get_pos(in, in_offset, &in_pos) || get_pos(out, out_offset, &out_pos))
		return -EFAULT;
	if (flags)
		return -EINVAL;
	if (wraps_regular(in) && wraps_regular(out))
		return sbx_refuse(self, -EXDEV);
	ret = vfs_copy_file_range(in, in_pos, out, out_pos, count, 0);
	if (ret <= 0)
		return ret;
	/* The second is written even if the first could not be. */
	if (put_pos(in, in_offset, in_pos + ret) | put_pos(out, out_offset, out_pos + ret))
		return -EFAULT;
	return ret;
}

SBX_SYSCALL_DEFINE6(copy_file_range, unsigned int, in_fd, loff_t __user *, in_offset,
		    unsigned int, out_fd, loff_t __user *, out_offset, size_t, count,
		    unsigned int, flags)
{
	ssize_t ret = -EBADF;
	struct fd in, out;

	in = fdget(in_fd);
	if (fd_empty(in))
		return -EBADF;
	out = fdget(out_fd);
	if (!fd_empty(out)) {
		ret = copy(self, fd_file(in), in_offset, fd_file(out), out_offset, count,
			   flags);
		fdput(out);
	}
	fdput(in);
	return ret;
}

SBX_SYSCALL_DEFINE4(fallocate, unsigned int, fd, int, mode, loff_t, offset, loff_t, len)
{
	struct fd f = fdget(fd);
	int err;

	if (fd_empty(f))
		return -EBADF;
	err = vfs_fallocate(fd_file(f), mode, offset, len);
	fdput(f);
	return err;
}

SBX_SYSCALL_DEFINE4(fadvise64, unsigned int, fd, loff_t, offset, loff_t, len, int, advice)
{
	struct fd f = fdget(fd);
	int err;

	if (fd_empty(f))
		return -EBADF;
	err = vfs_fadvise(fd_file(f), offset, len, advice);
	fdput(f);
	return err;
}

SBX_SYSCALL_DEFINE3(readahead, int, fd, loff_t, offset, size_t, count)
{
	struct fd f = fdget(fd);
	int err = -EINVAL;

	if (fd_empty(f))
		return -EBADF;
	if (!(fd_file(f)->f_mode & FMODE_READ))
		err = -EBADF;
	else if (S_ISREG(file_inode(fd_file(f))->i_mode))
		err = vfs_fadvise(fd_file(f), offset, count, POSIX_FADV_WILLNEED);
	fdput(f);
	return err;
}
