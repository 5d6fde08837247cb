/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_OBJECT_DEVICE_H
#define _SBX_OBJECT_DEVICE_H

#include <linux/fs.h>
#include <linux/path.h>

struct sbx_domain;

struct file *sbx_device_open(struct sbx_domain *domain, const struct path *path, int flags);
struct file *sbx_device_import(struct sbx_domain *domain, const struct file *file);

#endif /* _SBX_OBJECT_DEVICE_H */
