/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_OBJECT_TIMERFD_H
#define _SBX_OBJECT_TIMERFD_H

#include <linux/init.h>
#include <linux/types.h>

struct file;
struct itimerspec64;
struct sbx_domain;

struct file *sbx_timerfd_create(struct sbx_domain *domain, clockid_t clock, int flags);
bool sbx_is_timerfd(const struct file *file);
int sbx_timerfd_set(struct file *file, int flags, const struct itimerspec64 *to,
		    struct itimerspec64 *was);
void sbx_timerfd_get(struct file *file, struct itimerspec64 *now);

int __init sbx_timerfd_init(void);
void sbx_timerfd_exit(void);

#endif /* _SBX_OBJECT_TIMERFD_H */
