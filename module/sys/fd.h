/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_SYS_FD_H
#define _SBX_SYS_FD_H

#include <linux/file.h>
#include <linux/fs.h>

#include "../compat.h"

/**
 * struct sbx_fd_pos - a descriptor whose file position is used
 * @fd: the descriptor, as from fdget()
 * @locked: its f_pos_lock is held
 */
struct sbx_fd_pos {
	struct fd fd;
	bool locked;
};

/*
 * POSIX wants transfers of regular files and directories that share a
 * position to be atomic.  As the kernel does, do not lock what nobody shares:
 * the count cannot grow behind the back of a task that has the only reference.
 */
static inline bool sbx_pos_shared(const struct file *file)
{
	return (file->f_mode & FMODE_ATOMIC_POS) &&
	       (file_count(file) > 1 || file->f_op->iterate_shared);
}

/**
 * sbx_fdget_pos() - fdget_pos(), but a fatal signal ends the wait
 * @nr: the descriptor
 * @f: takes it
 *
 * Return: 0 with @f to be put by sbx_fdput_pos(), -EBADF or -EINTR.
 */
static __always_inline int sbx_fdget_pos(unsigned int nr, struct sbx_fd_pos *f)
{
	f->locked = false;
	f->fd = fdget(nr);
	if (unlikely(fd_empty(f->fd)))
		return -EBADF;
	if (unlikely(sbx_pos_shared(fd_file(f->fd)))) {
		if (mutex_lock_killable(&fd_file(f->fd)->f_pos_lock)) {
			fdput(f->fd);
			return -EINTR;
		}
		f->locked = true;
	}
	return 0;
}

static __always_inline void sbx_fdput_pos(struct sbx_fd_pos *f)
{
	if (unlikely(f->locked))
		mutex_unlock(&fd_file(f->fd)->f_pos_lock);
	fdput(f->fd);
}

/**
 * sbx_install() - give a new open file a descriptor
 * @file: which, or an error pointer; nobody else's
 * @flags: O_CLOEXEC
 *
 * Return: the descriptor, the error of @file, or -EMFILE.
 */
static inline long sbx_install(struct file *file, int flags)
{
	int fd;

	if (IS_ERR(file))
		return PTR_ERR(file);
	fd = get_unused_fd_flags(flags);
	if (fd < 0)
		fput(file);
	else
		fd_install(fd, file);
	return fd;
}

#endif /* _SBX_SYS_FD_H */
