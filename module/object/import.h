/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_OBJECT_IMPORT_H
#define _SBX_OBJECT_IMPORT_H

#include <linux/fs.h>

struct sbx_domain;

/* Most descriptors above 2 that a launcher can pass on purpose. */
#define SBX_PRESERVE_FDS_MAX	253

struct file *sbx_import(struct sbx_domain *domain, struct file *file);

#endif /* _SBX_OBJECT_IMPORT_H */
