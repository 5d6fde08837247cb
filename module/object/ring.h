/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_OBJECT_RING_H
#define _SBX_OBJECT_RING_H

#include <linux/mm_types.h>
#include <linux/types.h>

struct bio_vec;
struct iov_iter;

/**
 * struct sbx_ring_slot - part of a pipe's content
 * @page: with a reference of the ring's
 * @offset: of the first byte in @page
 * @len: bytes, never 0 in a used slot
 * @packet: a read takes it whole or cuts it off, and nothing is added to it
 * @shared: another slot may have what follows in the page, so nothing is added
 */
struct sbx_ring_slot {
	struct page *page;
	u16 offset;
	u16 len;
	bool packet;
	bool shared;
};

/**
 * struct sbx_ring - content of a pipe
 * @slots: @nr of them
 * @nr: a power of two
 * @head: slots ever filled, modulo 2^32
 * @tail: slots ever emptied, modulo 2^32
 * @spare: page in stock for the next slot, or NULL
 *
 * Who has the ring serializes; poll(2) reads @head, @tail and @nr at any time.
 */
struct sbx_ring {
	struct sbx_ring_slot *slots;
	unsigned int nr;
	unsigned int head;
	unsigned int tail;
	struct page *spare;
};

/**
 * enum sbx_ring_stop - why a transfer came to its end
 * @SBX_RING_DONE: all was read or written that was asked for
 * @SBX_RING_EMPTY: nothing is left to read
 * @SBX_RING_FULL: no slot is free
 * @SBX_RING_NOPAGE: a slot is free, but a page has to be put in stock for it
 * @SBX_RING_FAULT: the next byte of user memory is not there, or not yet
 */
enum sbx_ring_stop {
	SBX_RING_DONE,
	SBX_RING_EMPTY,
	SBX_RING_FULL,
	SBX_RING_NOPAGE,
	SBX_RING_FAULT,
};

int sbx_ring_init(struct sbx_ring *ring, unsigned int nr);
void sbx_ring_free(struct sbx_ring *ring);
struct sbx_ring_slot *sbx_ring_slots(unsigned int nr);
int sbx_ring_resize(struct sbx_ring *ring, struct sbx_ring_slot **slots, unsigned int nr);
size_t sbx_ring_bytes(const struct sbx_ring *ring);

size_t sbx_ring_read(struct sbx_ring *ring, struct iov_iter *to, enum sbx_ring_stop *stop);
size_t sbx_ring_merge(struct sbx_ring *ring, struct iov_iter *from, enum sbx_ring_stop *stop);
size_t sbx_ring_write(struct sbx_ring *ring, struct iov_iter *from, bool packet,
		      enum sbx_ring_stop *stop);
unsigned int sbx_ring_peek(const struct sbx_ring *ring, struct bio_vec *pages, unsigned int nr,
			   size_t len, size_t *bytes);
void sbx_ring_skip(struct sbx_ring *ring, size_t bytes);
void sbx_ring_push(struct sbx_ring *ring, struct page *page, size_t len);
size_t sbx_ring_move(struct sbx_ring *from, struct sbx_ring *to, size_t len, bool copy);

/* These may look while others work on the ring. */
static inline bool sbx_ring_empty(const struct sbx_ring *ring)
{
	return READ_ONCE(ring->head) == READ_ONCE(ring->tail);
}

static inline bool sbx_ring_full(const struct sbx_ring *ring)
{
	return READ_ONCE(ring->head) - READ_ONCE(ring->tail) >= READ_ONCE(ring->nr);
}

/* Bytes that the next read needs room for, or cuts off. */
static inline size_t sbx_ring_next(const struct sbx_ring *ring)
{
	return ring->head == ring->tail ? 0 : ring->slots[ring->tail & (ring->nr - 1)].len;
}

#endif /* _SBX_OBJECT_RING_H */
