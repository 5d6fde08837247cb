/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_OBJECT_IMPORT_H
#define _SBX_OBJECT_IMPORT_H

#include <linux/fs.h>
#include <linux/sbx.h>

struct sbx_domain;

bool sbx_is_import(const struct file *file);
loff_t *sbx_import_pos(struct file *file);
struct file *sbx_import(struct sbx_domain *domain, struct file *file);

#endif /* _SBX_OBJECT_IMPORT_H */
