/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_OBJECT_PIPE_H
#define _SBX_OBJECT_PIPE_H

#include <linux/fs.h>
#include <linux/path.h>

struct sbx_domain;

int sbx_pipe_create(struct sbx_domain *domain, struct file *files[2], int flags);
struct file *sbx_fifo_open(struct sbx_domain *domain, const struct path *path, int flags);
long sbx_pipe_fcntl(struct file *file, unsigned int cmd, unsigned long arg);

#endif /* _SBX_OBJECT_PIPE_H */
