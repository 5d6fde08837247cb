// SPDX-License-Identifier: GPL-2.0
/*
 * Timers with a descriptor, timerfd(2).
 *
 * The lock of the wait queue guards the timer's state too; the timer itself
 * takes it, in hard interrupt context.  A periodic timer fires once and goes
 * on when somebody looks, so that a short period costs who asked for it.
 *
 * That the clock was set is heard from where KVM hears it.  The notifier runs
 * under the clock's own locks and only says so; a worker wakes the timers that
 * are to be cancelled.
 *
 * Order of locks: cancel_lock, a timer's wait queue.
 */
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/list.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/nsproxy.h>
#include <linux/poll.h>
#include <linux/pvclock_gtod.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/time_namespace.h>
#include <linux/timerfd.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "../compat.h"
#include "object.h"
#include "timerfd.h"

/**
 * struct timer - a timer
 * @hrtimer: the kernel's part
 * @interval: period, 0 for none
 * @clock: fixed
 * @wait: readers and pollers; its lock guards the others
 * @ticks: expirations that were not read
 * @expired: it has fired, and does not run on yet
 * @flags: what it was set with, to be shown
 * @cancel_node: in the list of those that are cancelled if the clock is set;
 *	empty if it is not one; cancel_lock
 * @may_be_canceled: it is in that list
 * @canceled: the clock was set, and nobody was told
 * @offset: of the clock when that was last looked at
 */
struct timer {
	struct hrtimer hrtimer;
	ktime_t interval;
	clockid_t clock;
	wait_queue_head_t wait;
	u64 ticks;
	bool expired;
	int flags;
	struct list_head cancel_node;
	bool may_be_canceled;
	bool canceled;
	ktime_t offset;
};

static DEFINE_MUTEX(cancel_lock);
static LIST_HEAD(cancel_list);

static ktime_t clock_offset(void)
{
	return ktime_mono_to_real(0);
}

static void cancel_one(struct timer *timer, ktime_t offset)
{
	spin_lock_irq(&timer->wait.lock);
	if (timer->offset != offset) {
		timer->offset = offset;
		timer->canceled = true;
		timer->ticks++;
		wake_up_locked_poll(&timer->wait, EPOLLIN);
	}
	spin_unlock_irq(&timer->wait.lock);
}

static void cancel_all(struct work_struct *work)
{
	ktime_t offset = clock_offset();
	struct timer *timer;

	mutex_lock(&cancel_lock);
	list_for_each_entry(timer, &cancel_list, cancel_node)
		cancel_one(timer, offset);
	mutex_unlock(&cancel_lock);
}

static DECLARE_WORK(clock_set_work, cancel_all);

static void queue_clock_set_work(struct irq_work *work)
{
	schedule_work(&clock_set_work);
}

static DEFINE_IRQ_WORK(clock_set_irq_work, queue_clock_set_work);

/* At each update of the clock, under its locks. */
static int clock_changed(struct notifier_block *nb, unsigned long was_set, void *timekeeper)
{
	if (was_set)
		irq_work_queue(&clock_set_irq_work);
	return NOTIFY_OK;
}

static struct notifier_block clock_notifier = {
	.notifier_call = clock_changed,
};

/* Whether the clock was set and the caller is the one to tell it. */
static bool take_canceled(struct timer *timer)
{
	bool canceled = timer->may_be_canceled && timer->canceled;

	lockdep_assert_held(&timer->wait.lock);
	if (canceled)
		timer->canceled = false;
	return canceled;
}

static void set_cancel(struct timer *timer, bool cancel)
{
	mutex_lock(&cancel_lock);
	spin_lock_irq(&timer->wait.lock);
	if (cancel && !timer->may_be_canceled) {
		list_add(&timer->cancel_node, &cancel_list);
		timer->offset = clock_offset();
		timer->canceled = false;
	} else if (!cancel) {
		list_del_init(&timer->cancel_node);
	}
	timer->may_be_canceled = cancel;
	spin_unlock_irq(&timer->wait.lock);
	mutex_unlock(&cancel_lock);
}

static enum hrtimer_restart fire(struct hrtimer *hrtimer)
{
	struct timer *timer = container_of(hrtimer, struct timer, hrtimer);
	unsigned long flags;

	spin_lock_irqsave(&timer->wait.lock, flags);
	timer->expired = true;
	timer->ticks++;
	wake_up_locked_poll(&timer->wait, EPOLLIN);
	spin_unlock_irqrestore(&timer->wait.lock, flags);
	return HRTIMER_NORESTART;
}

/* Lets a periodic timer that has fired go on, all its expirations counted. */
static void go_on(struct timer *timer)
{
	lockdep_assert_held(&timer->wait.lock);
	if (timer->expired && timer->interval) {
		timer->expired = false;
		timer->ticks += hrtimer_forward_now(&timer->hrtimer, timer->interval) - 1;
		hrtimer_restart(&timer->hrtimer);
	}
}

static ktime_t remaining(const struct timer *timer)
{
	return max_t(ktime_t, hrtimer_expires_remaining_adjusted(&timer->hrtimer), 0);
}

static void show(const struct timer *timer, struct itimerspec64 *now)
{
	lockdep_assert_held(&timer->wait.lock);
	now->it_value = ktime_to_timespec64(remaining(timer));
	now->it_interval = ktime_to_timespec64(timer->interval);
}

static ssize_t timerfd_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct file *file = iocb->ki_filp;
	struct timer *timer = file->private_data;
	u64 ticks = 0;
	int err = 0;

	if (iov_iter_count(to) < sizeof(ticks))
		return -EINVAL;
	spin_lock_irq(&timer->wait.lock);
	if (!timer->ticks)
		err = (file->f_flags & O_NONBLOCK) || (iocb->ki_flags & IOCB_NOWAIT) ? -EAGAIN :
		      wait_event_interruptible_locked_irq(timer->wait, timer->ticks);
	if (take_canceled(timer)) {
		/* The timer stays as it is: whoever set it has to think again. */
		timer->ticks = 0;
		timer->expired = false;
		err = -ECANCELED;
	}
	if (!err) {
		go_on(timer);
		ticks = timer->ticks;
		timer->ticks = 0;
		timer->expired = false;
	}
	spin_unlock_irq(&timer->wait.lock);
	if (err)
		return err;
	return copy_to_iter(&ticks, sizeof(ticks), to) == sizeof(ticks) ? sizeof(ticks) : -EFAULT;
}

static __poll_t timerfd_poll(struct file *file, poll_table *wait)
{
	struct timer *timer = file->private_data;
	bool ticks;

	poll_wait(file, &timer->wait, wait);
	spin_lock_irq(&timer->wait.lock);
	ticks = timer->ticks;
	spin_unlock_irq(&timer->wait.lock);
	return ticks ? EPOLLIN : 0;
}

static int set_ticks(struct timer *timer, const u64 __user *from)
{
	int err = 0;
	u64 ticks;

	if (copy_from_user(&ticks, from, sizeof(ticks)))
		return -EFAULT;
	if (!ticks)
		return -EINVAL;
	spin_lock_irq(&timer->wait.lock);
	if (take_canceled(timer)) {
		err = -ECANCELED;
	} else {
		timer->ticks = ticks;
		wake_up_locked_poll(&timer->wait, EPOLLIN);
	}
	spin_unlock_irq(&timer->wait.lock);
	return err;
}

static long timerfd_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (cmd != TFD_IOC_SET_TICKS)
		return -ENOIOCTLCMD;
	return set_ticks(file->private_data, (const u64 __user *)arg);
}

static void timerfd_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct timer *timer = file->private_data;
	struct itimerspec64 now;
	u64 ticks;
	int flags;

	spin_lock_irq(&timer->wait.lock);
	show(timer, &now);
	ticks = timer->ticks;
	flags = timer->flags;
	spin_unlock_irq(&timer->wait.lock);
	seq_printf(m,
		   "clockid: %d\n"
		   "ticks: %llu\n"
		   "settime flags: 0%o\n"
		   "it_value: (%llu, %llu)\n"
		   "it_interval: (%llu, %llu)\n",
		   timer->clock, ticks, flags,
		   (unsigned long long)now.it_value.tv_sec,
		   (unsigned long long)now.it_value.tv_nsec,
		   (unsigned long long)now.it_interval.tv_sec,
		   (unsigned long long)now.it_interval.tv_nsec);
}

static const struct file_operations timerfd_fops = {
	.owner = THIS_MODULE,
	.release = sbx_object_release,
	.llseek = noop_llseek,
	.read_iter = timerfd_read,
	.poll = timerfd_poll,
	.unlocked_ioctl = timerfd_ioctl,
	.show_fdinfo = timerfd_show_fdinfo,
};

static void timer_free(void *priv)
{
	struct timer *timer = priv;

	set_cancel(timer, false);
	hrtimer_cancel(&timer->hrtimer);
	kfree(timer);
}

static const struct sbx_object_type timerfd_type = {
	.name = "anon_inode:[timerfd]",
	.mode = 0600,
	.magic = ANON_INODE_FS_MAGIC,
	.f_mode = SBX_TIMERFD_NOWAIT,
	.fops = &timerfd_fops,
	.free = timer_free,
};

/**
 * sbx_timerfd_create() - make a timer
 * @domain: who pays
 * @clock: %CLOCK_REALTIME, %CLOCK_MONOTONIC or %CLOCK_BOOTTIME
 * @flags: %O_NONBLOCK or 0
 *
 * Return: its file, or an error pointer: -ENFILE, -ENOMEM.
 */
struct file *sbx_timerfd_create(struct sbx_domain *domain, clockid_t clock, int flags)
{
	struct timer *timer = kzalloc(sizeof(*timer), GFP_KERNEL_ACCOUNT);
	struct file *file;

	if (!timer)
		return ERR_PTR(-ENOMEM);
	hrtimer_init(&timer->hrtimer, clock, HRTIMER_MODE_ABS);
	timer->hrtimer.function = fire;
	timer->clock = clock;
	init_waitqueue_head(&timer->wait);
	INIT_LIST_HEAD(&timer->cancel_node);
	file = sbx_object_file(domain, &timerfd_type, timer, NULL, O_RDWR | flags);
	if (IS_ERR(file))
		timer_free(timer);
	return file;
}

/**
 * sbx_is_timerfd() - whether a file is a timer
 * @file: any
 */
bool sbx_is_timerfd(const struct file *file)
{
	return file->f_op == &timerfd_fops;
}

/* A time of the caller's time namespace, as the host has it. */
static ktime_t to_host(clockid_t clock, ktime_t time)
{
	struct timespec64 offset = {};

	if (clock == CLOCK_MONOTONIC)
		timens_add_monotonic(&offset);
	else if (clock == CLOCK_BOOTTIME)
		timens_add_boottime(&offset);
	if (time < timespec64_to_ktime(offset))
		return 0;
	return min_t(u64, (u64)time - timespec64_to_ktime(offset), KTIME_MAX);
}

static void lock_stopped(struct timer *timer)
	__acquires(&timer->wait.lock)
{
	for (;;) {
		spin_lock_irq(&timer->wait.lock);
		if (hrtimer_try_to_cancel(&timer->hrtimer) >= 0)
			return;
		/* It is firing just now, and needs the lock. */
		spin_unlock_irq(&timer->wait.lock);
		cpu_relax();
	}
}

static int start(struct timer *timer, int flags, const struct itimerspec64 *to)
{
	enum hrtimer_mode mode = flags & TFD_TIMER_ABSTIME ? HRTIMER_MODE_ABS : HRTIMER_MODE_REL;
	ktime_t expires = timespec64_to_ktime(to->it_value);

	lockdep_assert_held(&timer->wait.lock);
	timer->expired = false;
	timer->ticks = 0;
	timer->interval = timespec64_to_ktime(to->it_interval);
	hrtimer_init(&timer->hrtimer, timer->clock, mode);
	timer->hrtimer.function = fire;
	hrtimer_set_expires(&timer->hrtimer, expires);
	if (expires) {
		if (flags & TFD_TIMER_ABSTIME)
			expires = to_host(timer->clock, expires);
		hrtimer_start(&timer->hrtimer, expires, mode);
		if (take_canceled(timer))
			return -ECANCELED;
	}
	timer->flags = flags;
	return 0;
}

/**
 * sbx_timerfd_set() - timerfd_settime(2)
 * @file: a timer
 * @flags: checked
 * @to: when to expire, valid
 * @was: takes when it would have expired
 *
 * Return: 0, or -ECANCELED if the clock was set before: the timer runs.
 */
int sbx_timerfd_set(struct file *file, int flags, const struct itimerspec64 *to,
		    struct itimerspec64 *was)
{
	struct timer *timer = file->private_data;
	int err;

	set_cancel(timer, timer->clock == CLOCK_REALTIME && flags == TFD_SETTIME_FLAGS);
	lock_stopped(timer);
	/* When it will have expired next. */
	if (timer->expired && timer->interval)
		hrtimer_forward_now(&timer->hrtimer, timer->interval);
	show(timer, was);
	err = start(timer, flags, to);
	spin_unlock_irq(&timer->wait.lock);
	return err;
}

/**
 * sbx_timerfd_get() - timerfd_gettime(2)
 * @file: a timer
 * @now: takes when it expires
 */
void sbx_timerfd_get(struct file *file, struct itimerspec64 *now)
{
	struct timer *timer = file->private_data;

	spin_lock_irq(&timer->wait.lock);
	go_on(timer);
	show(timer, now);
	spin_unlock_irq(&timer->wait.lock);
}

int __init sbx_timerfd_init(void)
{
	return pvclock_gtod_register_notifier(&clock_notifier);
}

void sbx_timerfd_exit(void)
{
	pvclock_gtod_unregister_notifier(&clock_notifier);
	irq_work_sync(&clock_set_irq_work);
	cancel_work_sync(&clock_set_work);
}
