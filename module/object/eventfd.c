// SPDX-License-Identifier: GPL-2.0
/*
 * Event counters, eventfd(2).
 *
 * The lock of the wait queue guards the counter too, so that who changes it
 * and who waits for a change cannot miss each other.
 */
#include <linux/atomic.h>
#include <linux/eventfd.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <linux/wait.h>

#include "../compat.h"
#include "eventfd.h"
#include "object.h"

/**
 * struct counter - an event counter
 * @wait: readers, writers and pollers; its lock guards @count
 * @count: below %ULLONG_MAX
 * @semaphore: a read takes one, not all
 * @id: to be shown
 */
struct counter {
	wait_queue_head_t wait;
	u64 count;
	bool semaphore;
	int id;
};

static atomic_t last_id = ATOMIC_INIT(0);

static void wake_locked(struct counter *counter, __poll_t what)
{
	lockdep_assert_held(&counter->wait.lock);
	if (waitqueue_active(&counter->wait))	/* whose lock is held */
		wake_up_locked_poll(&counter->wait, what);
}

static bool may_wait(const struct file *file, const struct kiocb *iocb)
{
	return !(file->f_flags & O_NONBLOCK) && !(iocb && (iocb->ki_flags & IOCB_NOWAIT));
}

static int take(struct counter *counter, bool wait, u64 *taken)
{
	int err = 0;

	spin_lock_irq(&counter->wait.lock);
	if (!counter->count)
		err = wait ? wait_event_interruptible_locked_irq(counter->wait, counter->count) :
			     -EAGAIN;
	if (!err) {
		*taken = counter->semaphore ? 1 : counter->count;
		WRITE_ONCE(counter->count, counter->count - *taken);
		wake_locked(counter, EPOLLOUT);
	}
	spin_unlock_irq(&counter->wait.lock);
	return err;
}

static int add(struct counter *counter, bool wait, u64 n)
{
	int err = 0;

	spin_lock_irq(&counter->wait.lock);
	if (ULLONG_MAX - counter->count <= n)
		err = wait ? wait_event_interruptible_locked_irq(counter->wait,
					ULLONG_MAX - counter->count > n) : -EAGAIN;
	if (!err) {
		WRITE_ONCE(counter->count, counter->count + n);
		wake_locked(counter, EPOLLIN);
	}
	spin_unlock_irq(&counter->wait.lock);
	return err;
}

static ssize_t eventfd_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct file *file = iocb->ki_filp;
	u64 taken;
	int err;

	if (iov_iter_count(to) < sizeof(taken))
		return -EINVAL;
	err = take(file->private_data, may_wait(file, iocb), &taken);
	if (err)
		return err;
	return copy_to_iter(&taken, sizeof(taken), to) == sizeof(taken) ? sizeof(taken) : -EFAULT;
}

static ssize_t eventfd_write(struct file *file, const char __user *from, size_t size, loff_t *pos)
{
	u64 n;

	if (SBX_EVENTFD_EXACT ? size != sizeof(n) : size < sizeof(n))
		return -EINVAL;
	if (copy_from_user(&n, from, sizeof(n)))
		return -EFAULT;
	if (n == ULLONG_MAX)
		return -EINVAL;
	return add(file->private_data, may_wait(file, NULL), n) ?: sizeof(n);
}

static __poll_t eventfd_poll(struct file *file, poll_table *wait)
{
	struct counter *counter = file->private_data;
	u64 count;

	poll_wait(file, &counter->wait, wait);
	/* On the queue first, whose lock orders this against changes. */
	count = READ_ONCE(counter->count);
	return (count ? EPOLLIN : 0) | (count < ULLONG_MAX - 1 ? EPOLLOUT : 0);
}

static void eventfd_show_fdinfo(struct seq_file *m, struct file *file)
{
	const struct counter *counter = file->private_data;

	seq_printf(m,
		   "eventfd-count: %16llx\n"
		   "eventfd-id: %d\n"
		   "eventfd-semaphore: %d\n",
		   READ_ONCE(counter->count), counter->id, counter->semaphore);
}

static const struct file_operations eventfd_fops = {
	.owner = THIS_MODULE,
	.release = sbx_object_release,
	.llseek = noop_llseek,
	.read_iter = eventfd_read,
	.write = eventfd_write,
	.poll = eventfd_poll,
	.show_fdinfo = eventfd_show_fdinfo,
};

static void counter_free(void *priv)
{
	kfree(priv);
}

static const struct sbx_object_type eventfd_type = {
	.name = "anon_inode:[eventfd]",
	.mode = 0600,
	.magic = ANON_INODE_FS_MAGIC,
	.f_mode = FMODE_NOWAIT,
	.fops = &eventfd_fops,
	.free = counter_free,
};

/**
 * sbx_eventfd_create() - make an event counter
 * @domain: who pays
 * @count: to begin with
 * @flags: of eventfd2(2), checked
 *
 * Return: its file, or an error pointer: -ENFILE, -ENOMEM.
 */
struct file *sbx_eventfd_create(struct sbx_domain *domain, unsigned int count, int flags)
{
	struct counter *counter = kzalloc(sizeof(*counter), GFP_KERNEL_ACCOUNT);
	struct file *file;

	if (!counter)
		return ERR_PTR(-ENOMEM);
	init_waitqueue_head(&counter->wait);
	counter->count = count;
	counter->semaphore = flags & EFD_SEMAPHORE;
	counter->id = atomic_inc_return(&last_id) & INT_MAX;
	file = sbx_object_file(domain, &eventfd_type, counter, NULL,
			       O_RDWR | (flags & O_NONBLOCK));
	if (IS_ERR(file))
		kfree(counter);
	return file;
}
