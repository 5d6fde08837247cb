/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_SYS_CREATE_H
#define _SBX_SYS_CREATE_H

#include <linux/types.h>

struct file;
struct path;
struct sbx_task;

/**
 * struct sbx_open - how to open
 * @flags: O_* that Linux knows, checked; without O_CLOEXEC
 * @mode: of a new file
 * @acc: MAY_* that @flags need
 * @lookup: LOOKUP_* that @flags and a RESOLVE_* set ask for
 */
struct sbx_open {
	unsigned int flags;
	umode_t mode;
	int acc;
	unsigned int lookup;
};

struct file *sbx_open_found(struct sbx_task *self, const struct path *path,
			    const struct sbx_open *req);
struct file *sbx_open_create(struct sbx_task *self, int dfd, const char __user *user,
			     const struct sbx_open *req);

#endif /* _SBX_SYS_CREATE_H */
