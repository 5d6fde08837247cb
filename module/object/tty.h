/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_OBJECT_TTY_H
#define _SBX_OBJECT_TTY_H

#include <linux/fs.h>
#include <linux/path.h>

struct sbx_domain;

bool sbx_is_tty(struct file *file);
bool sbx_tty_number(dev_t dev);
struct file *sbx_tty_open(struct sbx_domain *domain, const struct path *path, int flags);
struct file *sbx_tty_import(struct sbx_domain *domain, struct file *file);

#endif /* _SBX_OBJECT_TTY_H */
