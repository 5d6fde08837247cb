/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_OBJECT_SIGNALFD_H
#define _SBX_OBJECT_SIGNALFD_H

#include <linux/signal_types.h>

struct file;
struct sbx_domain;

struct file *sbx_signalfd_create(struct sbx_domain *domain, const sigset_t *wanted, int flags);
bool sbx_is_signalfd(const struct file *file);
void sbx_signalfd_set(struct file *file, const sigset_t *wanted);

#endif /* _SBX_OBJECT_SIGNALFD_H */
