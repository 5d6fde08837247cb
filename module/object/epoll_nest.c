// SPDX-License-Identifier: GPL-2.0
/*
 * Epoll instances that watch instances: no circle, not too deep, and no file
 * that wakes too many of them at once.
 *
 * The nesting lock of the domain keeps the shape of it: under it alone an
 * instance is added to another, or anything to one that is watched.  Watches
 * may go at any time; whoever walks holds the lock of what the next step comes
 * from, so that it stays.
 */
#include <linux/minmax.h>

#include "../compat.h"
#include "../domain.h"
#include "epoll.h"
#include "epoll_watch.h"

/* Levels of instances below an instance. */
#define MAX_NESTS	4

/* Ways from a file upwards that are longer than one step. */
#define MAX_PATHS	500U

/**
 * struct plan - a watch that is going to be
 * @ep: instance that shall watch
 * @target: object of what it shall watch
 * @walk: number of the walk
 */
struct plan {
	struct sbx_epoll *ep;
	struct sbx_object *target;
	u64 walk;
};

static struct sbx_object *object_of(const struct sbx_epoll_item *item)
{
	return sbx_object(file_inode(item->file));
}

/* As deep as it may be, and one more: that or deeper, or a circle. */
static unsigned int levels_below(struct sbx_epoll *ep, const struct plan *plan, unsigned int level)
{
	unsigned int below = 0;
	struct rb_node *node;

	if (ep->walk_down == plan->walk)
		return ep->below;
	sbx_epoll_lock(ep, level);
	ep->nested = true;
	for (node = rb_first(&ep->items); node && below <= MAX_NESTS; node = rb_next(node)) {
		const struct file *file = rb_entry(node, struct sbx_epoll_item, node)->file;

		if (!sbx_is_epoll(file))
			continue;
		if (file->private_data == plan->ep || level >= MAX_NESTS)
			below = MAX_NESTS + 1;
		else
			below = max(below, 1 + levels_below(file->private_data, plan, level + 1));
	}
	sbx_epoll_unlock(ep);
	ep->walk_down = plan->walk;
	ep->below = below;
	return below;
}

/* Levels above, and ways to the top as they would be. */
static void look_up(struct sbx_epoll *ep, const struct plan *plan, unsigned int level)
{
	struct sbx_object *object = ep->object;
	struct rb_node *node;

	if (ep->walk_up == plan->walk)
		return;
	ep->walk_up = plan->walk;
	ep->above = 0;
	ep->paths = object == plan->target ? 1 + plan->ep->paths : 1;
	spin_lock_nested(&object->watch_lock, level);
	for (node = rb_first(&object->watchers); node; node = rb_next(node)) {
		struct sbx_epoll *up = rb_entry(node, struct sbx_epoll_item, watcher)->ep;

		look_up(up, plan, level + 1);
		ep->above = max(ep->above, 1 + up->above);
		ep->paths = min(ep->paths + up->paths, MAX_PATHS + 2);
	}
	spin_unlock(&object->watch_lock);
}

/* Whether there will be too many ways from a file that is no instance. */
static bool too_many_ways(struct sbx_object *object, const struct plan *plan)
{
	unsigned int ways = object == plan->target ? plan->ep->paths - 1 : 0;
	struct rb_node *node;

	if (object->walk == plan->walk)
		return false;
	object->walk = plan->walk;
	spin_lock(&object->watch_lock);
	for (node = rb_first(&object->watchers); node; node = rb_next(node)) {
		struct sbx_epoll *up = rb_entry(node, struct sbx_epoll_item, watcher)->ep;

		look_up(up, plan, 1);
		ways = min(ways + up->paths - 1, MAX_PATHS + 1);
	}
	spin_unlock(&object->watch_lock);
	return ways > MAX_PATHS;
}

static bool too_many_ways_below(struct sbx_epoll *ep, const struct plan *plan, unsigned int level)
{
	struct sbx_epoll_item *item;
	struct rb_node *node;
	bool many = false;

	if (ep->walk_down == plan->walk)
		return false;
	ep->walk_down = plan->walk;
	sbx_epoll_lock(ep, level);
	for (node = rb_first(&ep->items); node && !many; node = rb_next(node)) {
		item = rb_entry(node, struct sbx_epoll_item, node);
		if (sbx_is_epoll(item->file))
			many = too_many_ways_below(item->file->private_data, plan, level + 1);
		else
			many = too_many_ways(object_of(item), plan);
	}
	sbx_epoll_unlock(ep);
	return many;
}

/**
 * sbx_epoll_may_nest() - may an instance watch a file
 * @ep: the instance, not locked
 * @target: the file, of the instance's domain; one of them is an instance that
 *	watches or is watched
 *
 * Context: the domain's nesting lock is held, until the watch is there.
 * Return: 0, -ELOOP if they would be in a circle or too deep, -EINVAL if there
 * would be too many ways from a file upwards.
 */
int sbx_epoll_may_nest(struct sbx_epoll *ep, struct file *target)
{
	struct sbx_epoll *inner = sbx_is_epoll(target) ? target->private_data : NULL;
	struct sbx_epoll_locks *locks = &ep->domain->epoll;
	struct plan plan = { .ep = ep, .target = sbx_object(file_inode(target)) };
	unsigned int below = 0;

	lockdep_assert_held(&locks->nesting);
	plan.walk = ++locks->walk;
	if (inner) {
		below = 1 + levels_below(inner, &plan, 0);
		if (below > MAX_NESTS)
			return -ELOOP;
	}
	/* Of its own ways upwards none goes by the target, or that were a circle. */
	look_up(ep, &plan, 0);
	if (below + ep->above > MAX_NESTS)
		return inner ? -ELOOP : 0;
	plan.walk = ++locks->walk;
	ep->walk_up = plan.walk;
	if (inner ? too_many_ways_below(inner, &plan, 0) : too_many_ways(plan.target, &plan))
		return -EINVAL;
	return 0;
}
