/* SPDX-License-Identifier: GPL-2.0 */
/*
 * epoll's instances and watches, for epoll.c, epoll_watch.c and epoll_nest.c.
 */
#ifndef _SBX_OBJECT_EPOLL_WATCH_H
#define _SBX_OBJECT_EPOLL_WATCH_H

#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <uapi/linux/eventpoll.h>

#include "object.h"

/* Bits that say how to watch, not what for. */
#define SBX_EPOLL_HOW	(EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE)

/**
 * struct sbx_epoll - an instance
 * @lock: guards @items and @nested, and whoever looks through the news
 * @items: watches, by file and descriptor
 * @nested: an instance watches it, or has done so
 * @ready_lock: guards @ready, @scanning and each watch's place in it, and what it is for
 * @ready: watches with news
 * @scanning: whoever has the lock has taken them off to look through them
 * @wait: who waits for news
 * @poll: who polls or watches the instance
 * @wakes: while @poll is woken, how many instances have been on the way; its lock
 * @domain: who pays; a reference
 * @object: of the instance's file
 * @walk_down: number of the last walk downwards that was here; the domain's
 *	nesting lock, as all that follows
 * @below: levels of instances that are watched
 * @walk_up: number of the last walk upwards
 * @above: levels of instances that watch
 * @paths: ways to the top, and one for itself
 */
struct sbx_epoll {
	struct mutex lock;
	struct rb_root items;
	bool nested;
	spinlock_t ready_lock;
	struct list_head ready;
	bool scanning;
	wait_queue_head_t wait;
	wait_queue_head_t poll;
	unsigned int wakes;
	struct sbx_domain *domain;
	struct sbx_object *object;
	u64 walk_down;
	unsigned int below;
	u64 walk_up;
	unsigned int above;
	unsigned int paths;
};

struct sbx_epoll_hook;

/**
 * struct sbx_epoll_item - a watch
 * @node: in the instance's tree
 * @ep: the instance
 * @file: watched, no reference
 * @fd: its descriptor when it was added
 * @watcher: in the tree of the file's object, by file; its watch_lock
 * @hooks: in wait queues
 * @ready: in the list of news, or of those that are just looked through
 * @event: what it is for
 */
struct sbx_epoll_item {
	struct rb_node node;
	struct sbx_epoll *ep;
	struct file *file;
	int fd;
	struct rb_node watcher;
	struct sbx_epoll_hook *hooks;
	struct list_head ready;
	struct epoll_event event;
};

/* @depth: how many instances' locks are held already. */
static inline void sbx_epoll_lock(struct sbx_epoll *ep, unsigned int depth)
{
	mutex_lock_nested(&ep->lock, depth);
}

static inline void sbx_epoll_unlock(struct sbx_epoll *ep)
{
	mutex_unlock(&ep->lock);
}

/* epoll.c */
__poll_t sbx_epoll_poll(struct file *file, struct poll_table_struct *wait, unsigned int depth);

/* epoll_watch.c */
bool sbx_epoll_wake(struct sbx_epoll *ep, const struct sbx_epoll_item *from);
bool sbx_epoll_note(struct sbx_epoll_item *item, __poll_t what);
__poll_t sbx_epoll_ask(const struct sbx_epoll_item *item, struct poll_table_struct *pt,
		       unsigned int depth);
struct sbx_epoll_item *sbx_epoll_find(struct sbx_epoll *ep, const struct file *file, int fd);
int sbx_epoll_add(struct sbx_epoll *ep, struct file *file, int fd,
		  const struct epoll_event *event);
void sbx_epoll_remove(struct sbx_epoll *ep, struct sbx_epoll_item *item);
bool sbx_epoll_remove_some(struct sbx_epoll *ep);

/* epoll_nest.c */
int sbx_epoll_may_nest(struct sbx_epoll *ep, struct file *target);

#endif /* _SBX_OBJECT_EPOLL_WATCH_H */
