// SPDX-License-Identifier: GPL-2.0
/*
 * Pipes and FIFOs.
 *
 * The content is in a ring (ring.c).  The lock is never held across a page
 * fault, an allocation that waits, or a sleep, so everyone who waits for it
 * gets it soon, whatever the memory of the one who has it is backed by.
 *
 * Readers and writers wait exclusively, and wake the other side only when it
 * may be waiting: who finds the pipe full when it begins to read has to wake
 * writers, who finds it empty when it begins to write, readers.
 */
#include <linux/capability.h>
#include <linux/file.h>
#include <linux/log2.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/rbtree.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/splice.h>
#include <linux/uio.h>

#include <asm/ioctls.h>

#include "../compat.h"
#include "../domain.h"
#include "object.h"
#include "pipe.h"
#include "pipe_inner.h"

/* Capacity in pages: of a new pipe, and when the domain has many already. */
#define DEFAULT_PAGES	16
#define SCARCE_PAGES	2

/* Pages that all pipes of a domain may have room for: freely, and at most. */
#define PAGES_SOFT	16384
#define PAGES_MAX	(4 * PAGES_SOFT)

/* Most that F_SETPIPE_SZ gives without CAP_SYS_RESOURCE. */
#define PIPE_SIZE_MAX	1048576U

/* FIFOs in use, by domain and inode. */
static DEFINE_SPINLOCK(fifos_lock);
static struct rb_root fifos = RB_ROOT;

static struct sbx_pipe *pipe_alloc(struct sbx_domain *domain)
{
	unsigned int nr = DEFAULT_PAGES;
	struct sbx_pipe *pipe;

	pipe = kzalloc(sizeof(*pipe), GFP_KERNEL_ACCOUNT);
	if (!pipe)
		return NULL;
	if (!sbx_charge(domain, SBX_RES_PIPE_PAGES, nr, PAGES_SOFT)) {
		nr = SCARCE_PAGES;
		if (!sbx_charge(domain, SBX_RES_PIPE_PAGES, nr, PAGES_MAX))
			goto err_pipe;
	}
	if (sbx_ring_init(&pipe->ring, nr))
		goto err_charge;
	refcount_set(&pipe->ref, 1);
	mutex_init(&pipe->lock);
	init_waitqueue_head(&pipe->rd_wait);
	init_waitqueue_head(&pipe->wr_wait);
	pipe->r_counter = 1;
	pipe->w_counter = 1;
	pipe->domain = sbx_domain_get(domain);
	return pipe;

err_charge:
	sbx_uncharge(domain, SBX_RES_PIPE_PAGES, nr);
err_pipe:
	kfree(pipe);
	return NULL;
}

static void pipe_free(struct sbx_pipe *pipe)
{
	sbx_uncharge(pipe->domain, SBX_RES_PIPE_PAGES, pipe->ring.nr);
	sbx_ring_free(&pipe->ring);
	sbx_domain_put(pipe->domain);
	mutex_destroy(&pipe->lock);
	kfree(pipe);
}

static void pipe_put(void *priv)
{
	struct sbx_pipe *pipe = priv;

	if (!pipe->fifo) {
		if (refcount_dec_and_test(&pipe->ref))
			pipe_free(pipe);
		return;
	}
	if (__cond_lock(&fifos_lock, refcount_dec_and_lock(&pipe->ref, &fifos_lock))) {
		rb_erase(&pipe->node, &fifos);
		spin_unlock(&fifos_lock);
		pipe_free(pipe);
	}
}

static bool may_wait(const struct kiocb *iocb)
{
	return !(iocb->ki_filp->f_flags & O_NONBLOCK) && !(iocb->ki_flags & IOCB_NOWAIT);
}

/*
 * Brings in the memory that the next transfer of up to a page needs.  Without
 * the lock; a signal ends what might else go on for ever.
 */
static int bring_in(struct iov_iter *iter, size_t len, bool write)
{
	if (write ? fault_in_iov_iter_writeable(iter, len) : fault_in_iov_iter_readable(iter, len))
		return -EFAULT;
	return signal_pending(current) ? -ERESTARTSYS : 0;
}

/* What a read needs to go on after @stop.  Has the lock, again on return. */
static int read_pause(struct sbx_pipe *pipe, const struct kiocb *iocb, struct iov_iter *to,
		      enum sbx_ring_stop stop, bool was_full)
{
	size_t len = min(sbx_ring_next(&pipe->ring), iov_iter_count(to));
	int err = 0;

	if (stop == SBX_RING_EMPTY && !may_wait(iocb))
		return -EAGAIN;
	mutex_unlock(&pipe->lock);
	if (was_full)
		sbx_pipe_wake_writers(pipe);
	if (stop == SBX_RING_FAULT) {
		/* Linux would not have stopped: no signal for this. */
		err = bring_in(to, len, true);
	} else {
		kill_fasync(&pipe->fasync_writers, SIGIO, POLL_OUT);
		if (wait_event_interruptible_exclusive(pipe->rd_wait, sbx_pipe_readable(pipe)))
			err = -ERESTARTSYS;
	}
	mutex_lock(&pipe->lock);
	return err;
}

static ssize_t pipe_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct sbx_pipe *pipe = iocb->ki_filp->private_data;
	bool was_full, wake_next = false;
	enum sbx_ring_stop stop;
	ssize_t done = 0;
	int err = 0;

	if (unlikely(!iov_iter_count(to)))
		return 0;

	mutex_lock(&pipe->lock);
	was_full = sbx_ring_full(&pipe->ring);
	for (;;) {
		stop = SBX_RING_EMPTY;
		if (!pipe->reading)
			done += sbx_ring_read(&pipe->ring, to, &stop);
		if (stop == SBX_RING_DONE)
			break;
		if (stop == SBX_RING_EMPTY && (done || (!pipe->writers && !pipe->reading)))
			break;
		err = read_pause(pipe, iocb, to, stop, was_full);
		if (err)
			break;
		was_full = sbx_ring_full(&pipe->ring);
		wake_next = true;
	}
	/* Who was woken alone and leaves something has to wake the next one. */
	if (sbx_ring_empty(&pipe->ring))
		wake_next = false;
	mutex_unlock(&pipe->lock);

	if (was_full)
		sbx_pipe_wake_writers(pipe);
	if (wake_next)
		sbx_pipe_wake_readers(pipe);
	kill_fasync(&pipe->fasync_writers, SIGIO, POLL_OUT);
	if (!done)
		return err;
	file_accessed(iocb->ki_filp);
	return done;
}

/* Puts a page in stock, for which it may wait.  Has the lock, again on return. */
static int stock_page(struct sbx_pipe *pipe)
{
	struct page *page;

	mutex_unlock(&pipe->lock);
	page = alloc_page(GFP_HIGHUSER | __GFP_ACCOUNT);
	mutex_lock(&pipe->lock);
	if (!page)
		return -ENOMEM;
	if (pipe->ring.spare)
		put_page(page);
	else
		pipe->ring.spare = page;
	return 0;
}

/* What a write needs to go on after @stop.  Has the lock, again on return. */
static int write_pause(struct sbx_pipe *pipe, const struct kiocb *iocb, struct iov_iter *from,
		       enum sbx_ring_stop stop, bool was_empty)
{
	int err = 0;

	if (stop == SBX_RING_NOPAGE)
		return stock_page(pipe);
	if (stop == SBX_RING_FULL && !may_wait(iocb))
		return -EAGAIN;
	if (stop == SBX_RING_FULL && signal_pending(current))
		return -ERESTARTSYS;
	mutex_unlock(&pipe->lock);
	if (was_empty)
		sbx_pipe_wake_readers(pipe);
	if (stop == SBX_RING_FAULT) {
		/* As above. */
		err = bring_in(from, min_t(size_t, PAGE_SIZE, iov_iter_count(from)), false);
	} else {
		kill_fasync(&pipe->fasync_readers, SIGIO, POLL_IN);
		/* Interrupted or not, there may be room now. */
		wait_event_interruptible_exclusive(pipe->wr_wait, sbx_pipe_writable(pipe));
	}
	mutex_lock(&pipe->lock);
	return err;
}

static ssize_t pipe_write(struct kiocb *iocb, struct iov_iter *from)
{
	bool was_empty, begun = false, wake_next = false;
	struct file *file = iocb->ki_filp;
	struct sbx_pipe *pipe = file->private_data;
	enum sbx_ring_stop stop;
	ssize_t done = 0;
	int err = 0;

	if (unlikely(!iov_iter_count(from)))
		return 0;

	mutex_lock(&pipe->lock);
	was_empty = sbx_ring_empty(&pipe->ring);
	for (;;) {
		err = -EPIPE;
		if (!pipe->readers)
			break;
		err = 0;
		stop = SBX_RING_FULL;
		if (!begun && !pipe->writing) {
			done = sbx_ring_merge(&pipe->ring, from, &stop);
			begun = stop == SBX_RING_DONE;
		}
		if (begun && !pipe->writing)
			done += sbx_ring_write(&pipe->ring, from, file->f_flags & O_DIRECT, &stop);
		if (stop == SBX_RING_DONE)
			break;
		err = write_pause(pipe, iocb, from, stop, was_empty);
		if (err)
			break;
		was_empty = sbx_ring_empty(&pipe->ring);
		wake_next = true;
	}
	if (sbx_ring_full(&pipe->ring))
		wake_next = false;
	mutex_unlock(&pipe->lock);

	if (was_empty || pipe->polled)
		sbx_pipe_wake_readers(pipe);
	kill_fasync(&pipe->fasync_readers, SIGIO, POLL_IN);
	if (wake_next)
		sbx_pipe_wake_writers(pipe);
	if (err == -EPIPE)
		send_sig(SIGPIPE, current, 0);
	if (!done)
		return err;
	err = file_update_time(file);
	return err ?: done;
}

static __poll_t pipe_poll(struct file *file, poll_table *wait)
{
	struct sbx_pipe *pipe = file->private_data;
	__poll_t mask = 0;

	if (!READ_ONCE(pipe->polled))
		WRITE_ONCE(pipe->polled, true);
	if (file->f_mode & FMODE_READ)
		poll_wait(file, &pipe->rd_wait, wait);
	if (file->f_mode & FMODE_WRITE)
		poll_wait(file, &pipe->wr_wait, wait);

	/* On the queues first: what changes from here on wakes. */
	if (file->f_mode & FMODE_READ) {
		if (!sbx_ring_empty(&pipe->ring) && !READ_ONCE(pipe->reading))
			mask |= EPOLLIN | EPOLLRDNORM;
		/* A FIFO's reader that came first has not missed a writer yet. */
		if (!READ_ONCE(pipe->writers) && file->f_pipe != READ_ONCE(pipe->w_counter))
			mask |= EPOLLHUP;
	}
	if (file->f_mode & FMODE_WRITE) {
		if (!sbx_ring_full(&pipe->ring) && !READ_ONCE(pipe->writing))
			mask |= EPOLLOUT | EPOLLWRNORM;
		if (!READ_ONCE(pipe->readers))
			mask |= EPOLLERR;
	}
	return mask;
}

static long pipe_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct sbx_pipe *pipe = file->private_data;
	int bytes;

	if (cmd != FIONREAD)
		return -ENOIOCTLCMD;
	mutex_lock(&pipe->lock);
	bytes = sbx_ring_bytes(&pipe->ring);
	mutex_unlock(&pipe->lock);
	return put_user(bytes, (int __user *)arg);
}

static int pipe_fasync(int fd, struct file *file, int on)
{
	struct sbx_pipe *pipe = file->private_data;
	int ret = 0, reader;

	mutex_lock(&pipe->lock);
	if (file->f_mode & FMODE_READ)
		ret = fasync_helper(fd, file, on, &pipe->fasync_readers);
	if ((file->f_mode & FMODE_WRITE) && ret >= 0) {
		reader = ret;
		ret = fasync_helper(fd, file, on, &pipe->fasync_writers);
		/* Undone is only what this call did. */
		if (ret < 0 && reader > 0)
			fasync_helper(-1, file, 0, &pipe->fasync_readers);
	}
	mutex_unlock(&pipe->lock);
	return ret;
}

/* An end is gone, or was never finished. */
static void detach(struct sbx_pipe *pipe, fmode_t mode)
{
	mutex_lock(&pipe->lock);
	if (mode & FMODE_READ)
		WRITE_ONCE(pipe->readers, pipe->readers - 1);
	if (mode & FMODE_WRITE)
		WRITE_ONCE(pipe->writers, pipe->writers - 1);
	if (!pipe->readers != !pipe->writers) {
		wake_up_interruptible_all(&pipe->rd_wait);
		wake_up_interruptible_all(&pipe->wr_wait);
		kill_fasync(&pipe->fasync_readers, SIGIO, POLL_IN);
		kill_fasync(&pipe->fasync_writers, SIGIO, POLL_OUT);
	}
	mutex_unlock(&pipe->lock);
}

static void attach_locked(struct sbx_pipe *pipe, fmode_t mode)
{
	lockdep_assert_held(&pipe->lock);
	if (mode & FMODE_READ) {
		pipe->r_counter++;
		WRITE_ONCE(pipe->readers, pipe->readers + 1);
	}
	if (mode & FMODE_WRITE) {
		WRITE_ONCE(pipe->w_counter, pipe->w_counter + 1);
		WRITE_ONCE(pipe->writers, pipe->writers + 1);
	}
	/* Whoever opens a FIFO and waits for the other side. */
	if (((mode & FMODE_READ) && pipe->readers == 1) ||
	    ((mode & FMODE_WRITE) && pipe->writers == 1))
		wake_up_interruptible_all(&pipe->rd_wait);
}

/* Of the read end of a new pipe, and of /proc/self/fd/N; never waits. */
static int pipe_open(struct inode *inode, struct file *file)
{
	struct sbx_pipe *pipe = sbx_object(inode)->priv;
	int err;

	if (!(file->f_mode & (FMODE_READ | FMODE_WRITE)))
		return -EINVAL;
	err = sbx_object_open(inode, file);
	if (err)
		return err;
	mutex_lock(&pipe->lock);
	attach_locked(pipe, file->f_mode);
	mutex_unlock(&pipe->lock);
	return stream_open(inode, file);
}

static int pipe_release(struct inode *inode, struct file *file)
{
	detach(file->private_data, file->f_mode);
	sbx_object_close(inode, file);
	return 0;
}

static const struct file_operations pipe_fops = {
	.owner = THIS_MODULE,
	.open = pipe_open,
	.release = pipe_release,
	.read_iter = pipe_read,
	.write_iter = pipe_write,
	.splice_write = iter_file_splice_write,
	.poll = pipe_poll,
	.unlocked_ioctl = pipe_ioctl,
	.fasync = pipe_fasync,
};

static const struct sbx_object_type pipe_type = {
	.name = "pipe:[%lu]",
	.mode = S_IFIFO | 0600,
	.magic = PIPEFS_MAGIC,
	.f_mode = SBX_PIPE_NOWAIT,
	.fops = &pipe_fops,
	.free = pipe_put,
};

/**
 * sbx_pipe_create() - make a pipe
 * @domain: who pays
 * @files: takes the read end and the write end
 * @flags: O_NONBLOCK and O_DIRECT, as of pipe2(2)
 *
 * Return: 0, -ENFILE if the domain has too many, -ENOMEM.
 */
int sbx_pipe_create(struct sbx_domain *domain, struct file *files[2], int flags)
{
	struct sbx_pipe *pipe = pipe_alloc(domain);
	struct file *file;

	if (!pipe)
		return -ENFILE;
	pipe->writers = 1;
	file = sbx_object_file(domain, &pipe_type, pipe, NULL,
			       O_WRONLY | (flags & (O_NONBLOCK | O_DIRECT)));
	if (IS_ERR(file)) {
		pipe_put(pipe);
		return PTR_ERR(file);
	}
	stream_open(file_inode(file), file);
	files[1] = file;

	file = dentry_open(&files[1]->f_path, O_RDONLY | (flags & O_NONBLOCK), current_cred());
	if (IS_ERR(file)) {
		fput(files[1]);
		return PTR_ERR(file);
	}
	files[0] = file;
	return 0;
}

static int round_size(unsigned int size)
{
	if (size > 1U << 31)
		return 0;
	return roundup_pow_of_two(max_t(unsigned int, size, PAGE_SIZE)) >> PAGE_SHIFT;
}

/* The new slots are there already. */
static int resize_locked(struct sbx_pipe *pipe, struct sbx_ring_slot **slots, unsigned int nr)
{
	long more = (long)nr - pipe->ring.nr;
	int err;

	if (more < 0 && pipe->writing)
		return -EBUSY;
	if (more > 0 && !sbx_charge(pipe->domain, SBX_RES_PIPE_PAGES, more, PAGES_SOFT))
		return -EPERM;
	err = sbx_ring_resize(&pipe->ring, slots, nr);
	if (err ? more > 0 : more < 0)
		sbx_uncharge(pipe->domain, SBX_RES_PIPE_PAGES, abs(more));
	return err;
}

static long set_size(struct sbx_pipe *pipe, unsigned int size)
{
	unsigned int nr = round_size(size);
	struct sbx_ring_slot *slots;
	int err;

	if (!nr)
		return -EINVAL;
	if (nr > READ_ONCE(pipe->ring.nr) && nr > PIPE_SIZE_MAX >> PAGE_SHIFT &&
	    !capable(CAP_SYS_RESOURCE))
		return -EPERM;
	slots = sbx_ring_slots(nr);
	if (!slots)
		return -ENOMEM;
	mutex_lock(&pipe->lock);
	err = resize_locked(pipe, &slots, nr);
	mutex_unlock(&pipe->lock);
	kfree(slots);
	if (err)
		return err;
	/* Who looked at the ring meanwhile looks again. */
	wake_up_interruptible(&pipe->wr_wait);
	wake_up_interruptible(&pipe->rd_wait);
	return (long)nr << PAGE_SHIFT;
}

/**
 * sbx_pipe_of() - the pipe behind an open file
 * @file: any open file
 *
 * Return: the pipe, or NULL if @file is no pipe or FIFO of the module's own.
 */
struct sbx_pipe *sbx_pipe_of(const struct file *file)
{
	return file->f_op == &pipe_fops ? file->private_data : NULL;
}

/**
 * sbx_pipe_fcntl() - F_GETPIPE_SZ and F_SETPIPE_SZ
 * @file: any open file
 * @cmd: one of the two
 * @arg: of F_SETPIPE_SZ
 *
 * Return: the capacity in bytes; -EBADF if @file is no pipe, -EINVAL, -EPERM
 * if that is too much, -EBUSY if more than that is in the pipe, -ENOMEM.
 */
long sbx_pipe_fcntl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct sbx_pipe *pipe = sbx_pipe_of(file);

	if (!pipe)
		return -EBADF;
	switch (cmd) {
	case F_GETPIPE_SZ:
		return (long)READ_ONCE(pipe->ring.nr) << PAGE_SHIFT;
	case F_SETPIPE_SZ:
		return set_size(pipe, arg);
	default:
		return -EINVAL;
	}
}

static int fifo_cmp(const struct sbx_pipe *pipe, const struct sbx_domain *domain,
		    const struct inode *inode)
{
	if (pipe->domain != domain)
		return pipe->domain < domain ? -1 : 1;
	if (pipe->fifo != inode)
		return pipe->fifo < inode ? -1 : 1;
	return 0;
}

/*
 * The pipe that is behind a FIFO, with a reference; or puts @fresh there, if
 * there is one.
 */
static struct sbx_pipe *fifo_find(struct sbx_domain *domain, const struct inode *inode,
				  struct sbx_pipe *fresh)
{
	struct rb_node **link = &fifos.rb_node, *parent = NULL;
	struct sbx_pipe *pipe;
	int order;

	lockdep_assert_held(&fifos_lock);
	while (*link) {
		parent = *link;
		pipe = rb_entry(parent, struct sbx_pipe, node);
		order = fifo_cmp(pipe, domain, inode);
		if (!order) {
			/* The last reference goes under the lock. */
			refcount_inc(&pipe->ref);
			return pipe;
		}
		link = order < 0 ? &parent->rb_right : &parent->rb_left;
	}
	if (fresh) {
		fresh->fifo = inode;
		rb_link_node(&fresh->node, parent, link);
		rb_insert_color(&fresh->node, &fifos);
	}
	return fresh;
}

static struct sbx_pipe *fifo_get(struct sbx_domain *domain, const struct inode *inode)
{
	struct sbx_pipe *pipe, *fresh;

	spin_lock(&fifos_lock);
	pipe = fifo_find(domain, inode, NULL);
	spin_unlock(&fifos_lock);
	if (pipe)
		return pipe;

	fresh = pipe_alloc(domain);
	if (!fresh)
		return NULL;
	spin_lock(&fifos_lock);
	pipe = fifo_find(domain, inode, fresh);
	spin_unlock(&fifos_lock);
	if (pipe != fresh)
		pipe_free(fresh);
	return pipe;
}

/* Until somebody has come to the other side; has the lock, again on return. */
static int wait_for_partner(struct sbx_pipe *pipe, const unsigned int *counter)
{
	unsigned int before = *counter;
	int err;

	mutex_unlock(&pipe->lock);
	err = wait_event_interruptible(pipe->rd_wait, READ_ONCE(*counter) != before);
	mutex_lock(&pipe->lock);
	return *counter == before ? err : 0;
}

/* As Linux opens a FIFO; O_RDWR is its own partner. */
static int fifo_attach(struct sbx_pipe *pipe, fmode_t mode, bool wait, u64 *seen)
{
	int err = 0;

	mode &= FMODE_READ | FMODE_WRITE;
	if (!mode)
		return -EINVAL;
	mutex_lock(&pipe->lock);
	if (mode == FMODE_WRITE && !wait && !pipe->readers) {
		mutex_unlock(&pipe->lock);
		return -ENXIO;
	}
	attach_locked(pipe, mode);
	if (mode == FMODE_READ && !pipe->writers) {
		if (wait)
			err = wait_for_partner(pipe, &pipe->w_counter);
		else
			*seen = pipe->w_counter;
	} else if (mode == FMODE_WRITE && !pipe->readers) {
		err = wait_for_partner(pipe, &pipe->r_counter);
	}
	mutex_unlock(&pipe->lock);
	if (err)
		detach(pipe, mode);
	return err;
}

static struct file *fifo_reopen(struct sbx_object *object, int flags);

static const struct sbx_object_type fifo_type = {
	.fops = &pipe_fops,
	.free = pipe_put,
	.setattr = sbx_node_setattr,
	.reopen = fifo_reopen,
};

static struct file *fifo_open(struct sbx_domain *domain, const struct path *path, int flags)
{
	fmode_t mode = OPEN_FMODE(flags);
	struct sbx_pipe *pipe;
	struct file *file;
	u64 seen = 0;
	int err;

	pipe = fifo_get(domain, d_inode(path->dentry));
	if (!pipe)
		return ERR_PTR(-ENOMEM);
	err = fifo_attach(pipe, mode, !(flags & O_NONBLOCK), &seen);
	if (err)
		goto err_pipe;
	err = -EINVAL;
	if (flags & O_DIRECT)
		goto err_attach;
	file = sbx_object_file(domain, &fifo_type, pipe, path, flags | O_LARGEFILE);
	err = PTR_ERR_OR_ZERO(file);
	if (err)
		goto err_attach;
	stream_open(file_inode(file), file);
	file->f_pipe = seen;
	return file;

err_attach:
	detach(pipe, mode);
err_pipe:
	pipe_put(pipe);
	return ERR_PTR(err);
}

static struct file *fifo_reopen(struct sbx_object *object, int flags)
{
	return fifo_open(object->domain, &object->node, flags);
}

/**
 * sbx_fifo_open() - open(2) of a FIFO: a pipe of the module's own
 * @domain: who opens; others have other pipes behind the same node
 * @path: of the FIFO
 * @flags: of open(2)
 *
 * Waits for the other side as Linux does.
 *
 * Return: the file, or an error pointer: -EACCES or -EPERM if the node may not
 * be opened like that, -ENXIO to write without waiting when there is no
 * reader, -EINVAL, -ERESTARTSYS, -ENFILE, -ENOMEM.
 */
struct file *sbx_fifo_open(struct sbx_domain *domain, const struct path *path, int flags)
{
	int err = sbx_node_permission(path, flags);

	return err ? ERR_PTR(err) : fifo_open(domain, path, flags);
}
