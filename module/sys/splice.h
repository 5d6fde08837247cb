/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_SYS_SPLICE_H
#define _SBX_SYS_SPLICE_H

#include <linux/types.h>

struct file;
struct sbx_pipe;

ssize_t sbx_splice_to_pipe(struct file *in, loff_t *pos, struct sbx_pipe *pipe, size_t len,
			   bool nonblock);

#endif /* _SBX_SYS_SPLICE_H */
