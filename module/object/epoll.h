/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_OBJECT_EPOLL_H
#define _SBX_OBJECT_EPOLL_H

#include <linux/init.h>
#include <linux/mutex.h>
#include <linux/types.h>

struct epoll_event;
struct file;
struct sbx_domain;
struct sbx_timeout;

/* Events that one call can give: as many as a result can count. */
#define SBX_EPOLL_MAX_EVENTS	(INT_MAX / (int)sizeof(struct epoll_event))

/**
 * struct sbx_epoll_locks - locks of a domain's instances
 * @nesting: keeps the shape of instances that watch instances
 * @walk: number of the last walk through them; @nesting
 * @stripes: whoever ends a watch has that of its instance
 */
struct sbx_epoll_locks {
	struct mutex nesting;
	u64 walk;
	struct mutex stripes[8];
};

void sbx_epoll_locks_init(struct sbx_epoll_locks *locks);
struct file *sbx_epoll_create(struct sbx_domain *domain);
bool sbx_is_epoll(const struct file *file);
int sbx_epoll_ctl(struct file *file, int op, struct file *target, int fd,
		  struct epoll_event *event);
int sbx_epoll_wait(struct file *file, struct epoll_event __user *to, int max,
		   const struct sbx_timeout *timeout);
void sbx_epoll_forget(struct file *file);
long sbx_epoll_max_watches(void);

int __init sbx_epoll_init(void);
void sbx_epoll_exit(void);

#endif /* _SBX_OBJECT_EPOLL_H */
