// SPDX-License-Identifier: GPL-2.0
/*
 * Watches of epoll instances: in wait queues, in trees, and their end.
 *
 * A watch has no reference on its file: the end of the file ends the watch.
 * So it is in a tree of the file's object, too.  Two can take a watch apart
 * without having both files: the end of its file and the end of its instance.
 * Each holds a stripe, one of some locks of the domain, so that the other
 * waits and finds it gone: then what is in the tree of an object has an
 * instance, and what is in an instance has a file.  All are of one domain,
 * which the object keeps while somebody waits for a stripe.
 */
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "../compat.h"
#include "../domain.h"
#include "epoll.h"
#include "epoll_watch.h"

/* Watches that the end of an instance takes apart before it lets others go on. */
#define BATCH	64

/**
 * struct sbx_epoll_hook - a watch's entry in a wait queue
 * @entry: in the queue
 * @head: the queue, NULL when it is gone; RCU
 * @item: the watch
 * @next: of the same watch
 */
struct sbx_epoll_hook {
	wait_queue_entry_t entry;
	wait_queue_head_t *head;
	struct sbx_epoll_item *item;
	struct sbx_epoll_hook *next;
};

/**
 * struct hooking - asking a file for its wait queues
 * @pt: what it is asked with
 * @item: the watch
 * @failed: there was no memory
 */
struct hooking {
	poll_table pt;
	struct sbx_epoll_item *item;
	bool failed;
};

static struct kmem_cache *item_cache, *hook_cache;
static long max_watches;

static struct mutex *stripe_of(const struct sbx_epoll *ep)
{
	struct sbx_epoll_locks *locks = &ep->domain->epoll;

	return &locks->stripes[hash_ptr(ep, ilog2(ARRAY_SIZE(locks->stripes)))];
}

static struct sbx_object *object_of(const struct file *file)
{
	return sbx_object(file_inode(file));
}

/*
 * Called by an instance that is watched with its own queue's lock held, which
 * keeps its @wakes.
 */
static void wake_pollers(struct sbx_epoll *ep, const struct sbx_epoll_item *from)
{
	const struct sbx_epoll *below = from && sbx_is_epoll(from->file) ?
					from->file->private_data : NULL;
	unsigned int wakes = below ? below->wakes : 0;
	unsigned long flags;

	spin_lock_irqsave_nested(&ep->poll.lock, flags, wakes);
	ep->wakes = wakes + 1;
	wake_up_locked_poll(&ep->poll, EPOLLIN | EPOLLRDNORM);
	ep->wakes = 0;
	spin_unlock_irqrestore(&ep->poll.lock, flags);
}

/**
 * sbx_epoll_wake() - wake who waits for an instance
 * @ep: which
 * @from: watch whose wait queue is being woken, NULL for none
 *
 * Context: any.
 * Return: whether somebody waits for its events.
 */
bool sbx_epoll_wake(struct sbx_epoll *ep, const struct sbx_epoll_item *from)
{
	bool sleeper = wq_has_sleeper(&ep->wait);

	if (sleeper)
		wake_up(&ep->wait);
	if (wq_has_sleeper(&ep->poll))
		wake_pollers(ep, from);
	return sleeper;
}

/**
 * sbx_epoll_note() - put a watch on its instance's list of news
 * @item: the watch
 * @what: has happened, 0 if that is not known
 *
 * Context: any.
 * Return: whether it is for that.
 */
bool sbx_epoll_note(struct sbx_epoll_item *item, __poll_t what)
{
	struct sbx_epoll *ep = item->ep;
	__poll_t wanted;
	unsigned long flags;
	bool news;

	spin_lock_irqsave(&ep->ready_lock, flags);
	wanted = (__force __poll_t)item->event.events & ~SBX_EPOLL_HOW;
	news = what ? what & wanted : wanted;
	if (news && list_empty(&item->ready))
		list_add_tail(&item->ready, &ep->ready);
	spin_unlock_irqrestore(&ep->ready_lock, flags);
	return news;
}

/* As Linux counts: a waiter has been found for this, so no other is needed. */
static bool took_it(const struct sbx_epoll_item *item, __poll_t what)
{
	switch (what & (EPOLLIN | EPOLLOUT)) {
	case EPOLLIN:
	case EPOLLOUT:
		return (__force __poll_t)item->event.events & what & (EPOLLIN | EPOLLOUT);
	case 0:
		return true;
	default:
		return false;
	}
}

/* The wait queue's lock is held, in any context. */
static int wake_function(wait_queue_entry_t *entry, unsigned int mode, int sync, void *key)
{
	struct sbx_epoll_hook *hook = container_of(entry, struct sbx_epoll_hook, entry);
	struct sbx_epoll_item *item = hook->item;
	__poll_t what = key_to_poll(key);
	bool exclusive = item->event.events & EPOLLEXCLUSIVE;
	bool taken = sbx_epoll_note(item, what & ~POLLFREE) && sbx_epoll_wake(item->ep, item) &&
		     took_it(item, what);

	if (what & POLLFREE) {
		/* From here on nothing keeps the hook but RCU. */
		list_del_init(&entry->entry);
		smp_store_release(&hook->head, NULL);	/* pairs with remove_hooks() */
		return 1;
	}
	return !exclusive || taken;
}

static void add_hook(struct file *file, wait_queue_head_t *head, poll_table *pt)
{
	struct hooking *hooking = container_of(pt, struct hooking, pt);
	struct sbx_epoll_item *item = hooking->item;
	struct sbx_epoll_hook *hook;

	hook = hooking->failed ? NULL : kmem_cache_alloc(hook_cache, GFP_KERNEL);
	if (!hook) {
		hooking->failed = true;
		return;
	}
	init_waitqueue_func_entry(&hook->entry, wake_function);
	hook->head = head;
	hook->item = item;
	hook->next = item->hooks;
	item->hooks = hook;
	if (item->event.events & EPOLLEXCLUSIVE)
		add_wait_queue_exclusive(head, &hook->entry);
	else
		add_wait_queue(head, &hook->entry);
}

static void remove_hooks(struct sbx_epoll_item *item)
{
	wait_queue_head_t *head;
	struct sbx_epoll_hook *hook;

	while ((hook = item->hooks)) {
		item->hooks = hook->next;
		rcu_read_lock();
		head = smp_load_acquire(&hook->head);	/* pairs with wake_function() */
		if (head)
			remove_wait_queue(head, &hook->entry);
		rcu_read_unlock();
		kmem_cache_free(hook_cache, hook);
	}
}

static int compare(const struct sbx_epoll_item *item, const struct file *file, int fd)
{
	if (item->file != file)
		return file < item->file ? -1 : 1;
	return fd - item->fd;
}

/**
 * sbx_epoll_find() - a watch of an instance
 * @ep: the instance, locked
 * @file: watched
 * @fd: its descriptor when it was added
 *
 * Return: the watch or NULL.
 */
struct sbx_epoll_item *sbx_epoll_find(struct sbx_epoll *ep, const struct file *file, int fd)
{
	struct rb_node *node = ep->items.rb_node;
	int order;

	while (node) {
		struct sbx_epoll_item *item = rb_entry(node, struct sbx_epoll_item, node);

		order = compare(item, file, fd);
		if (!order)
			return item;
		node = order < 0 ? node->rb_left : node->rb_right;
	}
	return NULL;
}

static void insert_watcher(struct sbx_object *object, struct sbx_epoll_item *item)
{
	struct rb_node **link, *parent = NULL;

	spin_lock(&object->watch_lock);
	link = &object->watchers.rb_node;
	while (*link) {
		parent = *link;
		link = item->file < rb_entry(parent, struct sbx_epoll_item, watcher)->file ?
			&parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&item->watcher, parent, link);
	rb_insert_color(&item->watcher, &object->watchers);
	spin_unlock(&object->watch_lock);
}

static void insert(struct sbx_epoll *ep, struct sbx_epoll_item *item)
{
	struct rb_node **link = &ep->items.rb_node, *parent = NULL;
	int order;

	while (*link) {
		parent = *link;
		order = compare(rb_entry(parent, struct sbx_epoll_item, node), item->file,
				item->fd);
		link = order < 0 ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&item->node, parent, link);
	rb_insert_color(&item->node, &ep->items);
	insert_watcher(object_of(item->file), item);
}

/**
 * sbx_epoll_remove() - end a watch
 * @ep: the instance, locked
 * @item: the watch
 */
void sbx_epoll_remove(struct sbx_epoll *ep, struct sbx_epoll_item *item)
{
	struct sbx_object *object = object_of(item->file);

	lockdep_assert_held(&ep->lock);
	remove_hooks(item);
	spin_lock(&object->watch_lock);
	rb_erase(&item->watcher, &object->watchers);
	spin_unlock(&object->watch_lock);
	rb_erase(&item->node, &ep->items);
	spin_lock_irq(&ep->ready_lock);
	list_del_init(&item->ready);
	spin_unlock_irq(&ep->ready_lock);
	sbx_uncharge(ep->domain, SBX_RES_EPOLL_WATCHES, 1);
	kmem_cache_free(item_cache, item);
}

/**
 * sbx_epoll_ask() - what is there of what a watch is for
 * @item: the watch
 * @pt: takes the file's wait queues, if it takes any
 * @depth: how many instances' locks are held, besides its own
 *
 * Return: EPOLL* bits.
 */
__poll_t sbx_epoll_ask(const struct sbx_epoll_item *item, poll_table *pt, unsigned int depth)
{
	__poll_t wanted = (__force __poll_t)item->event.events & ~SBX_EPOLL_HOW;

	lockdep_assert_held(&item->ep->lock);
	if (!wanted)
		return 0;
	pt->_key = wanted;
	if (sbx_is_epoll(item->file))
		return sbx_epoll_poll(item->file, pt, depth + 1) & wanted;
	return vfs_poll(item->file, pt) & wanted;
}

static int hook_up(struct sbx_epoll *ep, struct sbx_epoll_item *item)
{
	struct hooking hooking = { .item = item };
	__poll_t now;

	init_poll_funcptr(&hooking.pt, add_hook);
	now = sbx_epoll_ask(item, &hooking.pt, 0);
	if (hooking.failed)
		return -ENOMEM;
	if (now && sbx_epoll_note(item, now))
		sbx_epoll_wake(ep, NULL);
	return 0;
}

/**
 * sbx_epoll_add() - begin a watch
 * @ep: the instance, locked
 * @file: to be watched, of the instance's domain; the caller has a reference
 * @fd: its descriptor
 * @event: what for
 *
 * Return: 0, -ENOSPC if the domain has too many, -ENOMEM.
 */
int sbx_epoll_add(struct sbx_epoll *ep, struct file *file, int fd,
		  const struct epoll_event *event)
{
	struct sbx_epoll_item *item;
	int err;

	if (!sbx_charge(ep->domain, SBX_RES_EPOLL_WATCHES, 1, max_watches))
		return -ENOSPC;
	item = kmem_cache_zalloc(item_cache, GFP_KERNEL);
	if (!item) {
		sbx_uncharge(ep->domain, SBX_RES_EPOLL_WATCHES, 1);
		return -ENOMEM;
	}
	item->ep = ep;
	item->file = file;
	item->fd = fd;
	item->event = *event;
	INIT_LIST_HEAD(&item->ready);
	insert(ep, item);
	err = hook_up(ep, item);
	if (err)
		sbx_epoll_remove(ep, item);
	return err;
}

/**
 * sbx_epoll_remove_some() - take apart a batch of an ending instance's watches
 * @ep: the instance
 *
 * Return: whether there are more.
 */
bool sbx_epoll_remove_some(struct sbx_epoll *ep)
{
	struct rb_node *node;
	int n;

	mutex_lock(stripe_of(ep));
	sbx_epoll_lock(ep, 0);
	for (n = 0; n < BATCH && (node = rb_first(&ep->items)); n++)
		sbx_epoll_remove(ep, rb_entry(node, struct sbx_epoll_item, node));
	sbx_epoll_unlock(ep);
	mutex_unlock(stripe_of(ep));
	return n == BATCH;
}

/* A watch of a file that is ending, NULL if there is none. */
static struct sbx_epoll_item *watch_of(struct sbx_object *object, const struct file *file)
{
	struct rb_node *node = object->watchers.rb_node;

	lockdep_assert_held(&object->watch_lock);
	while (node) {
		struct sbx_epoll_item *item = rb_entry(node, struct sbx_epoll_item, watcher);

		if (item->file == file)
			return item;
		node = file < item->file ? node->rb_left : node->rb_right;
	}
	return NULL;
}

/* The stripe of some watch of a file, NULL if there is none. */
static struct mutex *stripe_of_watch(struct sbx_object *object, const struct file *file)
{
	struct mutex *stripe;
	struct sbx_epoll_item *item;

	spin_lock(&object->watch_lock);
	item = watch_of(object, file);
	stripe = item ? stripe_of(item->ep) : NULL;
	spin_unlock(&object->watch_lock);
	return stripe;
}

/* The same watch, or another one with the same stripe; then its instance stays. */
static struct sbx_epoll *instance_of_watch(struct sbx_object *object, const struct file *file,
					   const struct mutex *stripe,
					   struct sbx_epoll_item **watch)
{
	struct sbx_epoll *ep = NULL;

	spin_lock(&object->watch_lock);
	*watch = watch_of(object, file);
	if (*watch && stripe_of((*watch)->ep) == stripe)
		ep = (*watch)->ep;
	spin_unlock(&object->watch_lock);
	return ep;
}

/**
 * sbx_epoll_forget() - a file ends, and so do its watches
 * @file: of an object, without references
 */
void sbx_epoll_forget(struct file *file)
{
	struct sbx_object *object = object_of(file);
	struct mutex *stripe;
	struct sbx_epoll_item *item;
	struct sbx_epoll *ep;

	if (likely(RB_EMPTY_ROOT(&object->watchers)))
		return;
	while ((stripe = stripe_of_watch(object, file))) {
		mutex_lock(stripe);
		ep = instance_of_watch(object, file, stripe, &item);
		if (ep) {
			sbx_epoll_lock(ep, 0);
			sbx_epoll_remove(ep, item);
			sbx_epoll_unlock(ep);
		}
		mutex_unlock(stripe);
		cond_resched();
	}
}

/**
 * sbx_epoll_max_watches() - watches that a domain can have
 */
long sbx_epoll_max_watches(void)
{
	return max_watches;
}

/**
 * sbx_epoll_locks_init() - locks of a new domain
 * @locks: -
 */
void sbx_epoll_locks_init(struct sbx_epoll_locks *locks)
{
	int i;

	mutex_init(&locks->nesting);
	for (i = 0; i < ARRAY_SIZE(locks->stripes); i++)
		mutex_init(&locks->stripes[i]);
}

/* As Linux reckons for a user: up to 4 percent of the memory. */
int __init sbx_epoll_init(void)
{
	max_watches = (totalram_pages() / 25 << PAGE_SHIFT) /
		      (sizeof(struct sbx_epoll_item) + sizeof(struct sbx_epoll_hook));
	item_cache = kmem_cache_create("sbx_epoll_item", sizeof(struct sbx_epoll_item), 0,
				       SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	hook_cache = kmem_cache_create("sbx_epoll_hook", sizeof(struct sbx_epoll_hook), 0,
				       SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	if (item_cache && hook_cache)
		return 0;
	sbx_epoll_exit();
	return -ENOMEM;
}

void sbx_epoll_exit(void)
{
	kmem_cache_destroy(hook_cache);
	kmem_cache_destroy(item_cache);
}
