/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_SYS_ATTR_H
#define _SBX_SYS_ATTR_H

#include <linux/fs.h>
#include <linux/path.h>

struct sbx_task;

/**
 * typedef sbx_prepare_t - say what is to change
 * @path: of what
 * @attr: to fill in, from nothing
 * @data: the caller's own
 *
 * Context: the inode is locked.
 * Return: 0 or an error.
 */
typedef int (*sbx_prepare_t)(const struct path *path, struct iattr *attr, const void *data);

int sbx_setattr(struct sbx_task *self, const struct path *path, sbx_prepare_t prepare,
		const void *data);
int sbx_setattr_at(struct sbx_task *self, int dfd, const char __user *name, unsigned int flags,
		   sbx_prepare_t prepare, const void *data);
int sbx_setattr_fd(struct sbx_task *self, unsigned int fd, sbx_prepare_t prepare,
		   const void *data);

#endif /* _SBX_SYS_ATTR_H */
