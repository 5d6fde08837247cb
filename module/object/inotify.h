/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_OBJECT_INOTIFY_H
#define _SBX_OBJECT_INOTIFY_H

#include <linux/init.h>
#include <linux/types.h>

struct file;
struct inode;
struct sbx_domain;

/* Events that wait to be read from an instance; one more says that some are lost. */
#define SBX_INOTIFY_MAX_EVENTS		16384

/* Instances of a domain: what Linux gives to a user. */
#define SBX_INOTIFY_MAX_INSTANCES	128

struct file *sbx_inotify_create(struct sbx_domain *domain, int flags);
bool sbx_is_inotify(const struct file *file);
int sbx_inotify_add(struct file *file, struct inode *inode, u32 arg);
int sbx_inotify_remove(struct file *file, int wd);
long sbx_inotify_max_watches(void);

int __init sbx_inotify_init(void);
void sbx_inotify_exit(void);

#endif /* _SBX_OBJECT_INOTIFY_H */
