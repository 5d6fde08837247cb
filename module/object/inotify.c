// SPDX-License-Identifier: GPL-2.0
/*
 * inotify(7): marks of the kernel's fsnotify, events in a queue of our own.
 *
 * An instance is the private part of a group of fsnotify's, and lives as long:
 * each mark holds a reference on the group, and the kernel may still look at a
 * mark after it was destroyed.  So the end of the file closes the instance,
 * and the end of the group frees it; that may be later, from a kworker, which
 * is why the module waits for the last group before it goes.
 *
 * Order of locks: &inotify.lock, the group's mutex, a mark's lock.  The queue's
 * and the xarray's lock are innermost.  Events come under whatever locks the
 * VFS has, so the handler takes &inotify.queue_lock alone.
 *
 * Whoever makes an event runs the handler, on the host or in another domain;
 * the watcher's memory cgroup pays.
 */
#include <linux/fs.h>
#include <linux/fsnotify_backend.h>
#include <linux/inotify.h>
#include <linux/list.h>
#include <linux/magic.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/sched/mm.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait_bit.h>
#include <linux/xarray.h>
#include <asm/ioctls.h>

#include "../compat.h"
#include "../domain.h"
#include "inotify.h"
#include "object.h"

/* What a reader is told of an event. */
#define TOLD	(IN_ALL_EVENTS | IN_ISDIR | IN_UNMOUNT | IN_IGNORED | IN_Q_OVERFLOW)

#define MARK_FLAGS	(FSNOTIFY_MARK_FLAG_EXCL_UNLINK | FSNOTIFY_MARK_FLAG_IN_ONESHOT)

/* As Linux reckons: a watch keeps an inode, and that of the filesystem below it. */
#define WATCH_COST	(sizeof(struct watch) + 2 * sizeof(struct inode))

/**
 * struct event - what happened
 * @node: in the queue; empty if the overflow event is not in it
 * @mask: IN_* bits
 * @wd: of the watch, -1 for the overflow
 * @cookie: joins the two halves of a rename
 * @len: of @name without its NUL, 0 for no name
 * @name: in the watched directory
 */
struct event {
	struct list_head node;
	u32 mask;
	int wd;
	u32 cookie;
	u32 len;
	char name[];
};

/**
 * struct inotify - an instance
 * @group: whose private part this is; the file has one reference, marks have others
 * @domain: who pays; a reference
 * @lock: one change of the watches by the user at a time
 * @watches: by descriptor, with a reference on each mark
 * @next_wd: where the search for a free descriptor begins; the xarray's lock
 * @queue_lock: guards @queue, @queued and @closed
 * @queue: events to be read
 * @queued: how many
 * @closed: the file is gone, no event is queued any more
 * @wait: readers and pollers
 * @fasync: who gets SIGIO
 * @overflow: the event that says that others are lost
 */
struct inotify {
	struct fsnotify_group *group;
	struct sbx_domain *domain;
	struct mutex lock;
	struct xarray watches;
	u32 next_wd;
	spinlock_t queue_lock;
	struct list_head queue;
	unsigned int queued;
	bool closed;
	wait_queue_head_t wait;
	struct fasync_struct *fasync;
	struct event overflow;
};

/**
 * struct watch - a mark on an inode
 * @mark: the kernel's part
 * @wd: descriptor, -1 if it has none, or none any more
 * @ino: of the inode
 * @dev: of the inode
 */
struct watch {
	struct fsnotify_mark mark;
	int wd;
	unsigned long ino;
	dev_t dev;
};

static struct kmem_cache *watch_cache;
static long max_watches;

/* Instances that are not freed yet. */
static atomic_t alive = ATOMIC_INIT(0);

static struct watch *watch_of(struct fsnotify_mark *mark)
{
	return container_of(mark, struct watch, mark);
}

static struct inotify *inotify_of(const struct fsnotify_group *group)
{
	return group->private;
}

static bool same(const struct event *a, const struct event *b)
{
	return a->mask == b->mask && a->wd == b->wd && a->len == b->len &&
	       !(a->mask & IN_IGNORED) && !memcmp(a->name, b->name, a->len);
}

/* Or a stand-in for @event, or nothing.  NULL for an event that there was no memory for. */
static struct event *to_be_queued(struct inotify *in, struct event *event)
{
	lockdep_assert_held(&in->queue_lock);
	if (in->closed)
		return NULL;
	if (!event || in->queued >= SBX_INOTIFY_MAX_EVENTS)
		return list_empty(&in->overflow.node) ? &in->overflow : NULL;
	if (!list_empty(&in->queue) && same(list_last_entry(&in->queue, struct event, node), event))
		return NULL;
	return event;
}

static void queue(struct inotify *in, struct event *event)
{
	struct event *queued;

	spin_lock(&in->queue_lock);
	queued = to_be_queued(in, event);
	if (queued) {
		list_add_tail(&queued->node, &in->queue);
		WRITE_ONCE(in->queued, in->queued + 1);
	}
	spin_unlock(&in->queue_lock);

	if (queued != event)
		kfree(event);
	if (!queued)
		return;
	wake_up(&in->wait);
	kill_fasync(&in->fasync, SIGIO, POLL_IN);
}

static struct event *event_alloc(const struct inotify *in, size_t len)
{
	struct mem_cgroup *old = set_active_memcg(in->group->memcg);
	struct event *event;

	/* Never the OOM killer: it would be at work among the watchers. */
	event = kmalloc(struct_size(event, name, len + 1),
			GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL);
	set_active_memcg(old);
	return event;
}

static void tell(struct watch *watch, u32 mask, const struct qstr *name, u32 cookie)
{
	struct inotify *in = inotify_of(watch->mark.group);
	int wd = READ_ONCE(watch->wd);
	size_t len = name ? name->len : 0;
	struct event *event;

	/* On its way out. */
	if (wd == -1)
		return;
	event = event_alloc(in, len);
	if (event) {
		*event = (struct event){
			.mask = mask & TOLD,
			.wd = wd,
			.cookie = cookie,
			.len = len,
		};
		if (len)
			memcpy(event->name, name->name, len);
		event->name[len] = '\0';
	}
	queue(in, event);
}

static int handle(struct fsnotify_mark *mark, u32 mask, struct inode *inode, struct inode *dir,
		  const struct qstr *name, u32 cookie)
{
	/* inotify has never said it of these. */
	if (mask & (IN_MOVE_SELF | IN_DELETE_SELF))
		mask &= ~IN_ISDIR;
	tell(watch_of(mark), mask, name, cookie);
	if (mark->flags & FSNOTIFY_MARK_FLAG_IN_ONESHOT)
		fsnotify_destroy_mark(mark, mark->group);
	return 0;
}

static void watch_forget(struct inotify *in, struct watch *watch)
{
	xa_erase(&in->watches, watch->wd);
	WRITE_ONCE(watch->wd, -1);
	sbx_uncharge(in->domain, SBX_RES_INOTIFY_WATCHES, 1);
	fsnotify_put_mark(&watch->mark);
}

/* Once for each mark that was on an inode, whatever ends it. */
static void freeing_mark(struct fsnotify_mark *mark, struct fsnotify_group *group)
{
	struct watch *watch = watch_of(mark);

	if (watch->wd == -1)
		return;
	tell(watch, IN_IGNORED, NULL, 0);
	watch_forget(inotify_of(group), watch);
}

static void free_mark(struct fsnotify_mark *mark)
{
	kmem_cache_free(watch_cache, watch_of(mark));
}

/* The last mark is gone, and so is the file. */
static void free_group_priv(struct fsnotify_group *group)
{
	struct inotify *in = inotify_of(group);

	xa_destroy(&in->watches);
	mutex_destroy(&in->lock);
	sbx_domain_put(in->domain);
	kfree(in);
	if (atomic_dec_and_test(&alive))
		wake_up_var(&alive);
}

static const struct fsnotify_ops ops = {
	.handle_inode_event = handle,
	.free_group_priv = free_group_priv,
	.freeing_mark = freeing_mark,
	.free_mark = free_mark,
};

static size_t name_size(const struct event *event)
{
	return event->len ? roundup(event->len + 1, sizeof(struct inotify_event)) : 0;
}

/* The next event if there is room for it; -EINVAL if there is not, NULL if there is none. */
static struct event *dequeue(struct inotify *in, size_t room)
{
	struct event *event;

	spin_lock(&in->queue_lock);
	event = list_first_entry_or_null(&in->queue, struct event, node);
	if (event && sizeof(struct inotify_event) + name_size(event) > room) {
		event = ERR_PTR(-EINVAL);
	} else if (event) {
		list_del_init(&event->node);
		WRITE_ONCE(in->queued, in->queued - 1);
	}
	spin_unlock(&in->queue_lock);
	return event;
}

static void event_free(struct inotify *in, struct event *event)
{
	if (event != &in->overflow)
		kfree(event);
}

static ssize_t put_event(const struct event *event, char __user *to)
{
	const struct inotify_event head = {
		.wd = event->wd,
		.mask = event->mask,
		.cookie = event->cookie,
		.len = name_size(event),
	};

	if (copy_to_user(to, &head, sizeof(head)) ||
	    copy_to_user(to + sizeof(head), event->name, event->len) ||
	    clear_user(to + sizeof(head) + event->len, head.len - event->len))
		return -EFAULT;
	return sizeof(head) + head.len;
}

/* As many events as fit; an event that could not be copied is lost, as in Linux. */
static ssize_t inotify_read(struct file *file, char __user *to, size_t size, loff_t *pos)
{
	struct inotify *in = file->private_data;
	struct event *event;
	size_t done = 0;
	ssize_t ret;

	for (;;) {
		event = dequeue(in, size - done);
		if (IS_ERR(event))
			return done ?: PTR_ERR(event);
		if (event) {
			ret = put_event(event, to + done);
			event_free(in, event);
			if (ret < 0)
				return ret;
			done += ret;
			continue;
		}
		if (done)
			return done;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(in->wait, READ_ONCE(in->queued)))
			return -ERESTARTSYS;
	}
}

static __poll_t inotify_poll(struct file *file, poll_table *wait)
{
	struct inotify *in = file->private_data;
	bool empty;

	poll_wait(file, &in->wait, wait);
	spin_lock(&in->queue_lock);
	empty = list_empty(&in->queue);
	spin_unlock(&in->queue_lock);
	return empty ? 0 : EPOLLIN | EPOLLRDNORM;
}

static int queued_bytes(struct inotify *in)
{
	const struct event *event;
	size_t sum = 0;

	spin_lock(&in->queue_lock);
	list_for_each_entry(event, &in->queue, node)
		sum += sizeof(struct inotify_event) + name_size(event);
	spin_unlock(&in->queue_lock);
	return sum;
}

static long inotify_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct inotify *in = file->private_data;

	switch (cmd) {
	case FIONREAD:
		return put_user(queued_bytes(in), (int __user *)arg);
	case INOTIFY_IOC_SETNEXTWD:
		if (arg < 1 || arg > INT_MAX)
			return -EINVAL;
		xa_lock(&in->watches);
		in->next_wd = arg;
		xa_unlock(&in->watches);
		return 0;
	default:
		return -ENOIOCTLCMD;
	}
}

static int inotify_fasync(int fd, struct file *file, int on)
{
	struct inotify *in = file->private_data;

	return fasync_helper(fd, file, on, &in->fasync) < 0 ? -EIO : 0;
}

/* The watch with the lowest descriptor of @wd to @max, with a reference, or NULL. */
static struct watch *watch_get(struct inotify *in, unsigned long *wd, unsigned long max)
{
	struct watch *watch;

	xa_lock(&in->watches);
	watch = xa_find(&in->watches, wd, max, XA_PRESENT);
	if (watch)
		refcount_inc(&watch->mark.refcnt);
	xa_unlock(&in->watches);
	return watch;
}

/* Without the inode's handle: nothing in a domain could open it. */
static void inotify_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct inotify *in = file->private_data;
	struct watch *watch;
	unsigned long wd;

	for (wd = 1; (watch = watch_get(in, &wd, INT_MAX)); wd++) {
		seq_printf(m, "inotify wd:%lx ino:%lx sdev:%x mask:%x ignored_mask:0 \n",
			   wd, watch->ino, watch->dev, watch->mark.mask & IN_ALL_EVENTS);
		fsnotify_put_mark(&watch->mark);
	}
}

static const struct file_operations inotify_fops = {
	.owner = THIS_MODULE,
	.release = sbx_object_release,
	.llseek = noop_llseek,
	.read = inotify_read,
	.poll = inotify_poll,
	.unlocked_ioctl = inotify_ioctl,
	.fasync = inotify_fasync,
	.show_fdinfo = inotify_show_fdinfo,
};

/* Each once: who is being destroyed by somebody else stays a little longer. */
static void remove_all(struct inotify *in)
{
	struct watch *watch;
	unsigned long wd;

	for (wd = 1; (watch = watch_get(in, &wd, INT_MAX)); wd++) {
		fsnotify_destroy_mark(&watch->mark, in->group);
		fsnotify_put_mark(&watch->mark);
	}
}

static void close(void *priv)
{
	struct inotify *in = priv;
	struct event *event, *next;

	spin_lock(&in->queue_lock);
	in->closed = true;
	spin_unlock(&in->queue_lock);

	remove_all(in);
	list_for_each_entry_safe(event, next, &in->queue, node)
		event_free(in, event);
	sbx_uncharge(in->domain, SBX_RES_INOTIFY_INSTANCES, 1);
	fsnotify_put_group(in->group);
}

static const struct sbx_object_type inotify_type = {
	.name = "anon_inode:inotify",
	.mode = 0600,
	.magic = ANON_INODE_FS_MAGIC,
	.fops = &inotify_fops,
	.free = close,
};

static struct inotify *inotify_alloc(struct sbx_domain *domain)
{
	struct fsnotify_group *group;
	struct inotify *in;

	in = kzalloc(sizeof(*in), GFP_KERNEL_ACCOUNT);
	if (!in)
		return NULL;
	/* Two marks on an inode: see refresh(). */
	group = fsnotify_alloc_group(&ops, FSNOTIFY_GROUP_USER | FSNOTIFY_GROUP_DUPS);
	if (IS_ERR(group)) {
		kfree(in);
		return NULL;
	}
	group->private = in;
	group->memcg = get_mem_cgroup_from_mm(current->mm);
	in->group = group;
	in->domain = sbx_domain_get(domain);
	mutex_init(&in->lock);
	xa_init_flags(&in->watches, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	spin_lock_init(&in->queue_lock);
	INIT_LIST_HEAD(&in->queue);
	init_waitqueue_head(&in->wait);
	INIT_LIST_HEAD(&in->overflow.node);
	in->overflow.mask = IN_Q_OVERFLOW;
	in->overflow.wd = -1;
	atomic_inc(&alive);
	return in;
}

/**
 * sbx_inotify_create() - make an instance
 * @domain: who pays
 * @flags: %O_NONBLOCK or 0
 *
 * Return: its file, or an error pointer: -EMFILE if the domain has too many
 * instances, -ENFILE, -ENOMEM.
 */
struct file *sbx_inotify_create(struct sbx_domain *domain, int flags)
{
	struct inotify *in;
	struct file *file;

	if (!sbx_charge(domain, SBX_RES_INOTIFY_INSTANCES, 1, SBX_INOTIFY_MAX_INSTANCES))
		return ERR_PTR(-EMFILE);
	in = inotify_alloc(domain);
	if (!in) {
		sbx_uncharge(domain, SBX_RES_INOTIFY_INSTANCES, 1);
		return ERR_PTR(-ENOMEM);
	}
	file = sbx_object_file(domain, &inotify_type, in, NULL, O_RDONLY | flags);
	if (IS_ERR(file))
		close(in);
	return file;
}

/**
 * sbx_is_inotify() - whether a file is an instance
 * @file: any
 */
bool sbx_is_inotify(const struct file *file)
{
	return file->f_op == &inotify_fops;
}

static u32 mask_of(const struct inode *inode, u32 arg)
{
	u32 mask = FS_UNMOUNT | (arg & IN_ALL_EVENTS);

	return S_ISDIR(inode->i_mode) ? mask | FS_EVENT_ON_CHILD : mask;
}

static unsigned int flags_of(u32 arg)
{
	return (arg & IN_EXCL_UNLINK ? FSNOTIFY_MARK_FLAG_EXCL_UNLINK : 0) |
	       (arg & IN_ONESHOT ? FSNOTIFY_MARK_FLAG_IN_ONESHOT : 0);
}

static struct watch *watch_alloc(struct inotify *in, const struct inode *inode)
{
	struct watch *watch = kmem_cache_alloc(watch_cache, GFP_KERNEL);

	if (!watch)
		return NULL;
	fsnotify_init_mark(&watch->mark, in->group);
	watch->wd = -1;
	watch->ino = inode->i_ino;
	watch->dev = inode->i_sb->s_dev;
	return watch;
}

/*
 * Has the inode's summary of masks made anew.  What does that is not exported,
 * but adding a mark does it: one that wants nothing, and is gone at once.
 */
static void refresh(struct inotify *in, struct inode *inode, struct watch *blank)
{
	/* Where no mark can be added the inode is on its way out. */
	if (!fsnotify_add_inode_mark(&blank->mark, inode, 0))
		fsnotify_destroy_mark(&blank->mark, in->group);
}

static int update(struct inotify *in, struct inode *inode, struct watch *watch, u32 arg)
{
	struct fsnotify_mark *mark = &watch->mark;
	struct watch *blank;
	bool replace = !(arg & IN_MASK_ADD);

	if (arg & IN_MASK_CREATE)
		return -EEXIST;
	blank = watch_alloc(in, inode);
	if (!blank)
		return -ENOMEM;
	spin_lock(&mark->lock);
	mark->mask = (replace ? 0 : mark->mask) | mask_of(inode, arg);
	mark->flags = (replace ? mark->flags & ~MARK_FLAGS : mark->flags) | flags_of(arg);
	spin_unlock(&mark->lock);
	refresh(in, inode, blank);
	fsnotify_put_mark(&blank->mark);
	return 0;
}

static int add(struct inotify *in, struct inode *inode, u32 arg)
{
	struct watch *watch;
	u32 wd;
	int err;

	watch = watch_alloc(in, inode);
	if (!watch)
		return -ENOMEM;
	watch->mark.mask = mask_of(inode, arg);
	watch->mark.flags = flags_of(arg);
	err = -ENOSPC;
	if (!sbx_charge(in->domain, SBX_RES_INOTIFY_WATCHES, 1, max_watches))
		goto out;

	/* From here on it can be found; from add on it may be gone again any time. */
	refcount_inc(&watch->mark.refcnt);
	err = xa_alloc_cyclic(&in->watches, &wd, watch, XA_LIMIT(1, INT_MAX), &in->next_wd,
			      GFP_KERNEL_ACCOUNT);
	if (err < 0) {
		sbx_uncharge(in->domain, SBX_RES_INOTIFY_WATCHES, 1);
		fsnotify_put_mark(&watch->mark);
		err = err == -EBUSY ? -ENOSPC : err;
		goto out;
	}
	WRITE_ONCE(watch->wd, wd);
	err = fsnotify_add_inode_mark(&watch->mark, inode, 0);
	if (err)
		watch_forget(in, watch);
out:
	fsnotify_put_mark(&watch->mark);
	return err ?: (int)wd;
}

static int add_locked(struct inotify *in, struct inode *inode, u32 arg)
{
	struct fsnotify_mark *mark = sbx_find_inode_mark(inode, in->group);
	int wd = -1, err;

	lockdep_assert_held(&in->lock);
	if (mark) {
		err = update(in, inode, watch_of(mark), arg);
		wd = READ_ONCE(watch_of(mark)->wd);
		fsnotify_put_mark(mark);
		if (err)
			return err;
	}
	/* None there, or it has ended meanwhile. */
	return wd == -1 ? add(in, inode, arg) : wd;
}

/**
 * sbx_inotify_add() - watch an inode, or watch it in another way
 * @file: an instance
 * @inode: what to watch
 * @arg: of inotify_add_watch(2), checked
 *
 * Return: the watch descriptor, or -EEXIST, -ENOSPC if the domain has too many
 * watches, -ENOMEM.
 */
int sbx_inotify_add(struct file *file, struct inode *inode, u32 arg)
{
	struct inotify *in = file->private_data;
	int ret;

	mutex_lock(&in->lock);
	ret = add_locked(in, inode, arg);
	mutex_unlock(&in->lock);
	return ret;
}

/**
 * sbx_inotify_remove() - end a watch
 * @file: an instance
 * @wd: of the watch
 *
 * Return: 0, or -EINVAL if there is no such watch.
 */
int sbx_inotify_remove(struct file *file, int wd)
{
	struct inotify *in = file->private_data;
	unsigned long nr = wd;
	struct watch *watch;

	watch = wd > 0 ? watch_get(in, &nr, nr) : NULL;
	if (!watch)
		return -EINVAL;
	fsnotify_destroy_mark(&watch->mark, in->group);
	fsnotify_put_mark(&watch->mark);
	return 0;
}

/**
 * sbx_inotify_max_watches() - watches that a domain can have
 */
long sbx_inotify_max_watches(void)
{
	return max_watches;
}

/* As Linux reckons for a user: up to a hundredth of the memory. */
int __init sbx_inotify_init(void)
{
	unsigned long memory = totalram_pages() << PAGE_SHIFT;

	max_watches = clamp(memory / 100 / WATCH_COST, 8192UL, 1048576UL);
	watch_cache = kmem_cache_create("sbx_inotify_watch", sizeof(struct watch), 0,
					SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	return watch_cache ? 0 : -ENOMEM;
}

/* Instances pin the module by their files; what is left of them does not. */
void sbx_inotify_exit(void)
{
	wait_var_event(&alive, !atomic_read(&alive));
	/* Who freed the last one may not have returned yet. */
	fsnotify_wait_marks_destroyed();
	kmem_cache_destroy(watch_cache);
}
