/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_OBJECT_UNIX_H
#define _SBX_OBJECT_UNIX_H

#include <linux/init.h>

struct file;
struct sbx_domain;

int sbx_unix_pair(struct sbx_domain *domain, int type, int flags, struct file *files[2]);

int __init sbx_unix_init(void);
void sbx_unix_exit(void);

#endif /* _SBX_OBJECT_UNIX_H */
