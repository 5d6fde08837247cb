/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_OBJECT_PIPE_H
#define _SBX_OBJECT_PIPE_H

#include <linux/fs.h>
#include <linux/path.h>

struct bio_vec;
struct sbx_domain;
struct sbx_pipe;

/**
 * typedef sbx_pipe_take_t - take content out of a pipe
 * @pages: where the content is, to be read only
 * @nr: how many
 * @bytes: in all of them
 * @data: the caller's own
 *
 * Return: bytes taken, or an error.
 */
typedef ssize_t (*sbx_pipe_take_t)(const struct bio_vec *pages, unsigned int nr, size_t bytes,
				   void *data);

/**
 * typedef sbx_pipe_give_t - give content to a pipe
 * @pages: whole pages to be filled from the start
 * @nr: how many
 * @bytes: at most
 * @data: the caller's own
 *
 * Return: bytes given, 0 at the end of what there is, or an error.
 */
typedef ssize_t (*sbx_pipe_give_t)(const struct bio_vec *pages, unsigned int nr, size_t bytes,
				   void *data);

int sbx_pipe_create(struct sbx_domain *domain, struct file *files[2], int flags);
struct file *sbx_fifo_open(struct sbx_domain *domain, const struct path *path, int flags);
struct sbx_pipe *sbx_pipe_of(const struct file *file);
long sbx_pipe_fcntl(struct file *file, unsigned int cmd, unsigned long arg);

ssize_t sbx_pipe_drain(struct sbx_pipe *pipe, size_t len, bool nonblock, sbx_pipe_take_t take,
		       void *data);
ssize_t sbx_pipe_fill(struct sbx_pipe *pipe, size_t len, bool nonblock, sbx_pipe_give_t give,
		      void *data);
ssize_t sbx_pipe_move(struct sbx_pipe *from, struct sbx_pipe *to, size_t len, bool nonblock,
		      bool copy);

#endif /* _SBX_OBJECT_PIPE_H */
