// SPDX-License-Identifier: GPL-2.0
/*
 * epoll(7) over the wait queues of the module's own files.
 *
 * A watch (epoll_watch.c) hangs on the wait queues of its file.  Whoever wakes
 * them puts it on the instance's list of watches with news, which is looked
 * through, and each watch's file asked, when somebody wants to know.
 *
 * Order of locks: a domain's nesting lock or a stripe, &sbx_epoll.lock of an
 * instance before those it watches; the lock of a watched wait queue,
 * &sbx_epoll.ready_lock or &sbx_epoll.wait or &sbx_epoll.poll of an instance
 * before those that watch it.  &sbx_object.watch_lock is innermost, that of a
 * watched object before those of instances that watch it.
 */
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "../compat.h"
#include "../domain.h"
#include "../sys/poll.h"
#include "epoll.h"
#include "epoll_watch.h"
#include "object.h"

#define EXCLUSIVE_OK	(EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLWAKEUP | EPOLLET | \
			 EPOLLEXCLUSIVE)

static const struct file_operations epoll_fops;

static void begin_scan(struct sbx_epoll *ep, struct list_head *scan)
{
	lockdep_assert_held(&ep->lock);
	spin_lock_irq(&ep->ready_lock);
	list_splice_init(&ep->ready, scan);
	ep->scanning = true;
	spin_unlock_irq(&ep->ready_lock);
}

/* Takes the first off; from here on news put it on the list again. */
static struct sbx_epoll_item *next_of_scan(struct sbx_epoll *ep, struct list_head *scan)
{
	struct sbx_epoll_item *item;

	spin_lock_irq(&ep->ready_lock);
	item = list_first_entry_or_null(scan, struct sbx_epoll_item, ready);
	if (item)
		list_del_init(&item->ready);
	spin_unlock_irq(&ep->ready_lock);
	return item;
}

static void put_back(struct sbx_epoll *ep, struct sbx_epoll_item *item, struct list_head *where)
{
	spin_lock_irq(&ep->ready_lock);
	if (list_empty(&item->ready))
		list_add(&item->ready, where);
	spin_unlock_irq(&ep->ready_lock);
}

/* What was not looked at comes first the next time. */
static void end_scan(struct sbx_epoll *ep, struct list_head *scan)
{
	bool more;

	spin_lock_irq(&ep->ready_lock);
	list_splice(scan, &ep->ready);
	ep->scanning = false;
	more = !list_empty(&ep->ready);
	spin_unlock_irq(&ep->ready_lock);
	if (more && wq_has_sleeper(&ep->wait))
		wake_up(&ep->wait);
}

static bool has_events(struct sbx_epoll *ep, unsigned int depth)
{
	struct sbx_epoll_item *item;
	LIST_HEAD(scan);
	poll_table pt;
	bool found = false;

	init_poll_funcptr(&pt, NULL);
	begin_scan(ep, &scan);
	while (!found && (item = next_of_scan(ep, &scan))) {
		found = sbx_epoll_ask(item, &pt, depth);
		if (found)
			put_back(ep, item, &scan);
	}
	end_scan(ep, &scan);
	return found;
}

/**
 * sbx_epoll_poll() - ->poll of instances
 * @file: of an instance
 * @wait: as ->poll() has it
 * @depth: how many instances' locks are held
 *
 * Return: EPOLL* bits.
 */
__poll_t sbx_epoll_poll(struct file *file, poll_table *wait, unsigned int depth)
{
	struct sbx_epoll *ep = file->private_data;
	bool found;

	poll_wait(file, &ep->poll, wait);
	sbx_epoll_lock(ep, depth);
	found = has_events(ep, depth);
	sbx_epoll_unlock(ep);
	return found ? EPOLLIN | EPOLLRDNORM : 0;
}

static __poll_t epoll_poll(struct file *file, poll_table *wait)
{
	return sbx_epoll_poll(file, wait, 0);
}

static void epoll_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct sbx_epoll *ep = file->private_data;
	struct rb_node *node;

	sbx_epoll_lock(ep, 0);
	for (node = rb_first(&ep->items); node && !seq_has_overflowed(m); node = rb_next(node)) {
		const struct sbx_epoll_item *item = rb_entry(node, struct sbx_epoll_item, node);
		const struct inode *inode = file_inode(item->file);

		seq_printf(m, "tfd: %8d events: %8x data: %16llx  pos:%lli ino:%lx sdev:%x\n",
			   item->fd, item->event.events, item->event.data, item->file->f_pos,
			   inode->i_ino, inode->i_sb->s_dev);
	}
	sbx_epoll_unlock(ep);
}

static int epoll_release(struct inode *inode, struct file *file)
{
	while (sbx_epoll_remove_some(file->private_data))
		cond_resched();
	sbx_object_close(inode, file);
	return 0;
}

static void epoll_free(void *priv)
{
	struct sbx_epoll *ep = priv;

	mutex_destroy(&ep->lock);
	sbx_domain_put(ep->domain);
	kfree(ep);
}

static const struct file_operations epoll_fops = {
	.owner = THIS_MODULE,
	.release = epoll_release,
	.llseek = noop_llseek,
	.poll = epoll_poll,
	.show_fdinfo = epoll_show_fdinfo,
};

static const struct sbx_object_type epoll_type = {
	.name = "anon_inode:[eventpoll]",
	.mode = 0600,
	.magic = ANON_INODE_FS_MAGIC,
	.fops = &epoll_fops,
	.free = epoll_free,
};

/**
 * sbx_epoll_create() - make an instance
 * @domain: who pays
 *
 * Return: its file, or an error pointer: -ENFILE, -ENOMEM.
 */
struct file *sbx_epoll_create(struct sbx_domain *domain)
{
	struct sbx_epoll *ep = kzalloc(sizeof(*ep), GFP_KERNEL_ACCOUNT);
	struct file *file;

	if (!ep)
		return ERR_PTR(-ENOMEM);
	mutex_init(&ep->lock);
	spin_lock_init(&ep->ready_lock);
	INIT_LIST_HEAD(&ep->ready);
	init_waitqueue_head(&ep->wait);
	init_waitqueue_head(&ep->poll);
	ep->domain = sbx_domain_get(domain);
	file = sbx_object_file(domain, &epoll_type, ep, NULL, O_RDWR);
	if (IS_ERR(file))
		epoll_free(ep);
	else
		ep->object = sbx_object(file_inode(file));
	return file;
}

/**
 * sbx_is_epoll() - whether a file is an instance
 * @file: any
 */
bool sbx_is_epoll(const struct file *file)
{
	return file->f_op == &epoll_fops;
}

static int modify(struct sbx_epoll *ep, struct sbx_epoll_item *item,
		  const struct epoll_event *event)
{
	poll_table pt;
	__poll_t now;

	/* Its hooks are of another kind. */
	if (item->event.events & EPOLLEXCLUSIVE)
		return -EINVAL;
	spin_lock_irq(&ep->ready_lock);
	item->event = *event;
	spin_unlock_irq(&ep->ready_lock);
	/* Who changes the file's state now sees this; who did before is seen by asking. */
	smp_mb();
	init_poll_funcptr(&pt, NULL);
	now = sbx_epoll_ask(item, &pt, 0);
	if (now && sbx_epoll_note(item, now))
		sbx_epoll_wake(ep, NULL);
	return 0;
}

static int ctl_locked(struct sbx_epoll *ep, int op, struct file *target, int fd,
		      const struct epoll_event *event)
{
	struct sbx_epoll_item *item = sbx_epoll_find(ep, target, fd);

	switch (op) {
	case EPOLL_CTL_ADD:
		return item ? -EEXIST : sbx_epoll_add(ep, target, fd, event);
	case EPOLL_CTL_DEL:
		if (!item)
			return -ENOENT;
		sbx_epoll_remove(ep, item);
		return 0;
	case EPOLL_CTL_MOD:
		return item ? modify(ep, item, event) : -ENOENT;
	default:
		return -EINVAL;
	}
}

/* Objects that stand for regular files or directories are always ready. */
static bool can_be_watched(const struct file *file)
{
	umode_t mode = file_inode(file)->i_mode;

	return file->f_op->poll && sbx_is_object(file_inode(file)) && !S_ISREG(mode) &&
	       !S_ISDIR(mode);
}

static bool exclusive_ok(int op, const struct file *target, const struct epoll_event *event)
{
	if (op == EPOLL_CTL_DEL || !(event->events & EPOLLEXCLUSIVE))
		return true;
	if (op == EPOLL_CTL_MOD)
		return false;
	return op != EPOLL_CTL_ADD || (!sbx_is_epoll(target) && !(event->events & ~EXCLUSIVE_OK));
}

/* Under the lock that keeps the shape of nested instances. */
static int add_nested(struct sbx_epoll *ep, struct file *target, int fd,
		      const struct epoll_event *event)
{
	struct mutex *nesting = &ep->domain->epoll.nesting;
	int err;

	mutex_lock(nesting);
	err = sbx_epoll_may_nest(ep, target);
	if (!err) {
		sbx_epoll_lock(ep, 0);
		err = ctl_locked(ep, EPOLL_CTL_ADD, target, fd, event);
		sbx_epoll_unlock(ep);
	}
	mutex_unlock(nesting);
	return err;
}

/**
 * sbx_epoll_ctl() - add, change or remove a watch
 * @file: maybe an instance
 * @op: EPOLL_CTL_*
 * @target: what to watch
 * @fd: its descriptor
 * @event: what for; a copy, changed
 *
 * Return: 0, or what epoll_ctl(2) says.
 */
int sbx_epoll_ctl(struct file *file, int op, struct file *target, int fd,
		  struct epoll_event *event)
{
	struct sbx_epoll *ep = file->private_data;
	bool nested;
	int err = 0;

	if (!can_be_watched(target))
		return -EPERM;
	if (file == target || !sbx_is_epoll(file) || !exclusive_ok(op, target, event))
		return -EINVAL;
	/* What keeps them apart, and in order, belongs to a domain. */
	if (sbx_object(file_inode(target))->domain != ep->domain)
		return -EPERM;
	/* No program of a domain keeps the machine awake. */
	event->events &= ~EPOLLWAKEUP;
	event->events |= EPOLLERR | EPOLLHUP;

	sbx_epoll_lock(ep, 0);
	nested = op == EPOLL_CTL_ADD && (ep->nested || sbx_is_epoll(target));
	if (!nested)
		err = ctl_locked(ep, op, target, fd, event);
	sbx_epoll_unlock(ep);
	return nested ? add_nested(ep, target, fd, event) : err;
}

/* Page faults are off: the instance is locked. */
static bool put_event(struct epoll_event __user *to, __poll_t what, u64 data)
{
	struct epoll_event event = { .events = what, .data = data };
	unsigned long left;

	pagefault_disable();
	left = __copy_to_user_inatomic(to, &event, sizeof(event));
	pagefault_enable();
	return !left;
}

/* Returns how many events were told; -EFAULT if memory was not there for the first. */
static int tell(struct sbx_epoll *ep, struct epoll_event __user *to, int max)
{
	struct sbx_epoll_item *item;
	LIST_HEAD(scan);
	poll_table pt;
	__poll_t what;
	int n = 0;

	init_poll_funcptr(&pt, NULL);
	sbx_epoll_lock(ep, 0);
	begin_scan(ep, &scan);
	while (n < max && (item = next_of_scan(ep, &scan))) {
		what = sbx_epoll_ask(item, &pt, 0);
		if (!what)
			continue;
		if (!put_event(to + n, what, item->event.data)) {
			put_back(ep, item, &scan);
			n = n ?: -EFAULT;
			break;
		}
		n++;
		if (item->event.events & EPOLLONESHOT) {
			spin_lock_irq(&ep->ready_lock);
			item->event.events &= SBX_EPOLL_HOW;
			spin_unlock_irq(&ep->ready_lock);
		} else if (!(item->event.events & EPOLLET)) {
			/* As long as it is so it is told, after all others. */
			sbx_epoll_note(item, 0);
		}
	}
	end_scan(ep, &scan);
	sbx_epoll_unlock(ep);
	return n;
}

static int tell_or_fault(struct sbx_epoll *ep, struct epoll_event __user *to, int max)
{
	int n;

	do {
		n = fatal_signal_pending(current) ? -EINTR : tell(ep, to, max);
	} while (n == -EFAULT && !fault_in_writeable((char __user *)to, sizeof(*to)));
	return n;
}

/* Whether there may be news; while others look, they may put some back. */
static bool may_have_events(struct sbx_epoll *ep)
{
	bool may;

	spin_lock_irq(&ep->ready_lock);
	may = !list_empty(&ep->ready) || ep->scanning;
	spin_unlock_irq(&ep->ready_lock);
	return may;
}

/* Until there may be news; true when the time is over. */
static bool sleep_on(struct sbx_epoll *ep, ktime_t *until, u64 slack)
{
	DEFINE_WAIT(wait);
	bool over = false;

	prepare_to_wait_exclusive(&ep->wait, &wait, TASK_INTERRUPTIBLE);
	if (!may_have_events(ep) && !signal_pending(current))
		over = !schedule_hrtimeout_range(until, slack, HRTIMER_MODE_ABS);
	finish_wait(&ep->wait, &wait);
	return over;
}

/**
 * sbx_epoll_wait() - wait for events
 * @file: an instance
 * @to: takes the events
 * @max: how many at most, at least 1
 * @timeout: when to give up
 *
 * Return: how many there are, -EFAULT, -EINTR.
 */
int sbx_epoll_wait(struct file *file, struct epoll_event __user *to, int max,
		   const struct sbx_timeout *timeout)
{
	struct sbx_epoll *ep = file->private_data;
	ktime_t expires, *until = NULL;
	bool over = false;
	u64 slack = 0;
	int n;

	if (!timeout->forever) {
		over = !timeout->end.tv_sec && !timeout->end.tv_nsec;
		slack = over ? 0 : sbx_timeout_slack(&timeout->end);
		expires = timespec64_to_ktime(timeout->end);
		until = &expires;
	}
	for (;;) {
		n = may_have_events(ep) ? tell_or_fault(ep, to, max) : 0;
		if (n || over)
			return n;
		if (signal_pending(current))
			return -EINTR;
		over = sleep_on(ep, until, slack);
	}
}
