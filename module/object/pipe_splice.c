// SPDX-License-Identifier: GPL-2.0
/*
 * Pipes as splice(2), tee(2) and vmsplice(2) see them.
 *
 * What goes between a pipe and something else is copied by that something,
 * which may wait.  Meanwhile nobody has the lock: who transfers reserves its
 * side of the pipe, and others that want it sleep as if the pipe were empty,
 * or full, until that is over or a signal comes.  So what was not taken stays
 * in its place, and there is room for what was read.
 *
 * Between two pipes pages change hands.  They are the module's own, and never
 * written where there is content.
 */
#include <linux/bvec.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "../compat.h"
#include "pipe.h"
#include "pipe_inner.h"

/* Pages of one transfer. */
#define BATCH	16

/* Until there is something to read; has the lock if that is so. */
static int lock_readable(struct sbx_pipe *pipe, bool nonblock)
{
	mutex_lock(&pipe->lock);
	while (!sbx_pipe_readable(pipe)) {
		mutex_unlock(&pipe->lock);
		if (nonblock)
			return -EAGAIN;
		if (wait_event_interruptible(pipe->rd_wait, sbx_pipe_readable(pipe)))
			return -ERESTARTSYS;
		mutex_lock(&pipe->lock);
	}
	return 0;
}

/* Until there is room; has the lock if that is so. */
static int lock_writable(struct sbx_pipe *pipe, bool nonblock)
{
	mutex_lock(&pipe->lock);
	while (pipe->readers && !sbx_pipe_writable(pipe)) {
		mutex_unlock(&pipe->lock);
		if (nonblock)
			return -EAGAIN;
		if (wait_event_interruptible(pipe->wr_wait, sbx_pipe_writable(pipe)))
			return -ERESTARTSYS;
		mutex_lock(&pipe->lock);
	}
	if (pipe->readers)
		return 0;
	mutex_unlock(&pipe->lock);
	send_sig(SIGPIPE, current, 0);
	return -EPIPE;
}

/* Whoever was held off looks again, and others may have been waiting for this. */
static void end_reading(struct sbx_pipe *pipe)
{
	WRITE_ONCE(pipe->reading, false);
	mutex_unlock(&pipe->lock);
	wake_up_interruptible_all(&pipe->rd_wait);
	sbx_pipe_wake_writers(pipe);
	kill_fasync(&pipe->fasync_writers, SIGIO, POLL_OUT);
}

static void end_writing(struct sbx_pipe *pipe)
{
	WRITE_ONCE(pipe->writing, false);
	mutex_unlock(&pipe->lock);
	wake_up_interruptible_all(&pipe->wr_wait);
	sbx_pipe_wake_readers(pipe);
	kill_fasync(&pipe->fasync_readers, SIGIO, POLL_IN);
}

/**
 * sbx_pipe_drain() - take content out of a pipe
 * @pipe: which
 * @len: bytes at most, not 0
 * @nonblock: do not wait for content
 * @take: takes it, without the lock
 * @data: for @take
 *
 * Waits until there is something; then takes what there is.
 *
 * Return: bytes, 0 at the end of the pipe, or an error of @take's, -EAGAIN,
 * -ERESTARTSYS.
 */
ssize_t sbx_pipe_drain(struct sbx_pipe *pipe, size_t len, bool nonblock, sbx_pipe_take_t take,
		       void *data)
{
	struct bio_vec pages[BATCH];
	ssize_t done = 0, ret;
	unsigned int nr;
	size_t bytes;

	ret = lock_readable(pipe, nonblock);
	if (ret)
		return ret;
	WRITE_ONCE(pipe->reading, true);
	do {
		nr = sbx_ring_peek(&pipe->ring, pages, BATCH, len - done, &bytes);
		if (!nr)
			break;
		mutex_unlock(&pipe->lock);
		ret = take(pages, nr, bytes, data);
		mutex_lock(&pipe->lock);
		if (ret > 0) {
			sbx_ring_skip(&pipe->ring, ret);
			done += ret;
		}
	} while (ret > 0 && ret == bytes && done < len && !signal_pending(current));
	end_reading(pipe);
	return done ?: ret;
}

static unsigned int alloc_pages_for(struct bio_vec *pages, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		struct page *page = alloc_page(GFP_HIGHUSER | __GFP_ACCOUNT);

		if (!page)
			break;
		pages[i] = (struct bio_vec){ .bv_page = page, .bv_len = PAGE_SIZE };
	}
	return i;
}

/* What there is in @pages goes into the ring, the rest back. */
static void push(struct sbx_ring *ring, const struct bio_vec *pages, unsigned int nr, size_t bytes)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		size_t len = min_t(size_t, bytes, PAGE_SIZE);

		if (len)
			sbx_ring_push(ring, pages[i].bv_page, len);
		else
			put_page(pages[i].bv_page);
		bytes -= len;
	}
}

/**
 * sbx_pipe_fill() - give content to a pipe
 * @pipe: which
 * @len: bytes at most, not 0
 * @nonblock: do not wait for room
 * @give: has it, and is asked once, without the lock
 * @data: for @give
 *
 * Waits until there is room; then gives what there is room for, in one batch.
 *
 * Return: bytes, or what else @give said, -EPIPE, -EAGAIN, -ERESTARTSYS, -ENOMEM.
 */
ssize_t sbx_pipe_fill(struct sbx_pipe *pipe, size_t len, bool nonblock, sbx_pipe_give_t give,
		      void *data)
{
	struct bio_vec pages[BATCH];
	unsigned int nr;
	ssize_t ret;

	ret = lock_writable(pipe, nonblock);
	if (ret)
		return ret;
	WRITE_ONCE(pipe->writing, true);
	nr = pipe->ring.nr - (pipe->ring.head - pipe->ring.tail);
	mutex_unlock(&pipe->lock);

	len = min_t(size_t, len, BATCH * PAGE_SIZE);
	nr = alloc_pages_for(pages, min_t(unsigned int, nr, DIV_ROUND_UP(len, PAGE_SIZE)));
	ret = nr ? give(pages, nr, min(len, nr * PAGE_SIZE), data) : -ENOMEM;

	mutex_lock(&pipe->lock);
	push(&pipe->ring, pages, nr, max_t(ssize_t, ret, 0));
	end_writing(pipe);
	return ret;
}

static void lock_both(struct sbx_pipe *a, struct sbx_pipe *b)
{
	if (a > b)
		swap(a, b);
	mutex_lock(&a->lock);
	mutex_lock_nested(&b->lock, SINGLE_DEPTH_NESTING);
}

/* As far as it goes; -EAGAIN if somebody was quicker. */
static ssize_t move_locked(struct sbx_pipe *from, struct sbx_pipe *to, size_t len, bool copy)
{
	ssize_t done;

	if (!to->readers) {
		send_sig(SIGPIPE, current, 0);
		return -EPIPE;
	}
	if (from->reading || to->writing)
		return -EAGAIN;
	done = sbx_ring_move(&from->ring, &to->ring, len, copy);
	if (!done && (from->writers || !sbx_ring_empty(&from->ring)))
		return -EAGAIN;
	return done;
}

/**
 * sbx_pipe_move() - move content from one pipe to another
 * @from: which
 * @to: another one
 * @len: bytes at most, not 0
 * @nonblock: do not wait
 * @copy: leave it in @from too
 *
 * Return: bytes, 0 at the end of @from, -EPIPE, -EAGAIN, -ERESTARTSYS.
 */
ssize_t sbx_pipe_move(struct sbx_pipe *from, struct sbx_pipe *to, size_t len, bool nonblock,
		      bool copy)
{
	ssize_t ret;

	do {
		ret = lock_readable(from, nonblock);
		if (ret)
			return ret;
		mutex_unlock(&from->lock);
		ret = lock_writable(to, nonblock);
		if (ret)
			return ret;
		mutex_unlock(&to->lock);

		lock_both(from, to);
		ret = move_locked(from, to, len, copy);
		mutex_unlock(&from->lock);
		mutex_unlock(&to->lock);
	} while (ret == -EAGAIN && !nonblock && !signal_pending(current));
	if (ret == -EAGAIN && !nonblock)
		return -ERESTARTSYS;
	if (ret <= 0)
		return ret;

	sbx_pipe_wake_readers(to);
	kill_fasync(&to->fasync_readers, SIGIO, POLL_IN);
	if (!copy) {
		sbx_pipe_wake_writers(from);
		kill_fasync(&from->fasync_writers, SIGIO, POLL_OUT);
	}
	return ret;
}
