/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a pipe is, for the files that implement it.
 */
#ifndef _SBX_OBJECT_PIPE_INNER_H
#define _SBX_OBJECT_PIPE_INNER_H

#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/wait.h>

#include "ring.h"

struct fasync_struct;
struct inode;
struct sbx_domain;

/**
 * struct sbx_pipe - a pipe or FIFO in use
 * @ref: objects and openers hold one each
 * @lock: guards all below but the FIFO's key
 * @rd_wait: where readers wait, and whoever opens a FIFO
 * @wr_wait: where writers wait
 * @ring: content; its head and tail are looked at without the lock
 * @readers: open files that can read
 * @writers: open files that can write
 * @r_counter: times that one came for reading
 * @w_counter: times that one came for writing
 * @reading: splice(2) works on the content without the lock; nobody else reads
 * @writing: splice(2) is about to add to the content; nobody else writes, and
 *	the ring does not shrink
 * @polled: epoll wants to hear of each write, not only of the first
 * @fasync_readers: who gets SIGIO for input
 * @fasync_writers: who gets SIGIO for room
 * @domain: who pays for @ring.nr pages; a reference
 * @fifo: the FIFO's inode, NULL for a pipe; pinned by who holds @ref
 * @node: in the tree of FIFOs; the tree's lock
 */
struct sbx_pipe {
	refcount_t ref;
	struct mutex lock;
	wait_queue_head_t rd_wait;
	wait_queue_head_t wr_wait;
	struct sbx_ring ring;
	unsigned int readers;
	unsigned int writers;
	unsigned int r_counter;
	unsigned int w_counter;
	bool reading;
	bool writing;
	bool polled;
	struct fasync_struct *fasync_readers;
	struct fasync_struct *fasync_writers;
	struct sbx_domain *domain;
	const struct inode *fifo;
	struct rb_node node;
};

static inline void sbx_pipe_wake_readers(struct sbx_pipe *pipe)
{
	wake_up_interruptible_sync_poll(&pipe->rd_wait, EPOLLIN | EPOLLRDNORM);
}

static inline void sbx_pipe_wake_writers(struct sbx_pipe *pipe)
{
	wake_up_interruptible_sync_poll(&pipe->wr_wait, EPOLLOUT | EPOLLWRNORM);
}

/* Looked at while waiting, without the lock. */
static inline bool sbx_pipe_readable(const struct sbx_pipe *pipe)
{
	return (!sbx_ring_empty(&pipe->ring) || !READ_ONCE(pipe->writers)) &&
	       !READ_ONCE(pipe->reading);
}

static inline bool sbx_pipe_writable(const struct sbx_pipe *pipe)
{
	return (!sbx_ring_full(&pipe->ring) || !READ_ONCE(pipe->readers)) &&
	       !READ_ONCE(pipe->writing);
}

#endif /* _SBX_OBJECT_PIPE_INNER_H */
