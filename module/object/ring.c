// SPDX-License-Identifier: GPL-2.0
/*
 * Content of a pipe: a ring of slots, each with part of a page.
 *
 * User memory is touched with page faults off, so that whoever has the ring
 * never waits.  A transfer that meets a page which is not there stops before
 * it; the caller lets go of the ring, has the page brought in and goes on.
 */
#include <linux/bvec.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "ring.h"

static struct sbx_ring_slot *slot_at(const struct sbx_ring *ring, unsigned int index)
{
	return &ring->slots[index & (ring->nr - 1)];
}

/**
 * sbx_ring_slots() - slots for a ring
 * @nr: how many
 *
 * Return: the slots, empty, or NULL.
 */
struct sbx_ring_slot *sbx_ring_slots(unsigned int nr)
{
	return kcalloc(nr, sizeof(struct sbx_ring_slot), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
}

/**
 * sbx_ring_init() - make a ring
 * @ring: uninitialized
 * @nr: slots, a power of two
 *
 * Return: 0 or -ENOMEM.
 */
int sbx_ring_init(struct sbx_ring *ring, unsigned int nr)
{
	*ring = (struct sbx_ring){ .slots = sbx_ring_slots(nr), .nr = nr };
	return ring->slots ? 0 : -ENOMEM;
}

/**
 * sbx_ring_free() - free a ring and what is in it
 * @ring: which
 */
void sbx_ring_free(struct sbx_ring *ring)
{
	for (; ring->tail != ring->head; ring->tail++)
		put_page(slot_at(ring, ring->tail)->page);
	if (ring->spare)
		put_page(ring->spare);
	kfree(ring->slots);
}

/**
 * sbx_ring_resize() - give a ring another number of slots
 * @ring: which
 * @slots: the new ones, zeroed; takes the old ones, for kfree()
 * @nr: how many, a power of two
 *
 * Return: 0, or -EBUSY if more slots than that are in use.
 */
int sbx_ring_resize(struct sbx_ring *ring, struct sbx_ring_slot **slots, unsigned int nr)
{
	unsigned int used = ring->head - ring->tail;
	unsigned int i;

	if (used > nr)
		return -EBUSY;
	for (i = 0; i < used; i++)
		(*slots)[i] = *slot_at(ring, ring->tail + i);
	swap(ring->slots, *slots);
	WRITE_ONCE(ring->nr, nr);
	WRITE_ONCE(ring->tail, 0);
	WRITE_ONCE(ring->head, used);
	return 0;
}

/**
 * sbx_ring_bytes() - what can be read
 * @ring: which
 */
size_t sbx_ring_bytes(const struct sbx_ring *ring)
{
	size_t sum = 0;
	unsigned int i;

	for (i = ring->tail; i != ring->head; i++)
		sum += slot_at(ring, i)->len;
	return sum;
}

/* The last page to be read stays in stock; no one else has it then. */
static void drop_tail(struct sbx_ring *ring)
{
	struct page *page = slot_at(ring, ring->tail)->page;

	if (!ring->spare && page_count(page) == 1)
		ring->spare = page;
	else
		put_page(page);
	WRITE_ONCE(ring->tail, ring->tail + 1);
}

/* All @len bytes or none. */
static bool copy_out(const struct sbx_ring_slot *slot, size_t len, struct iov_iter *to)
{
	size_t n;

	pagefault_disable();
	n = copy_page_to_iter(slot->page, slot->offset, len, to);
	pagefault_enable();
	if (likely(n == len))
		return true;
	iov_iter_revert(to, n);
	return false;
}

static bool copy_in(struct page *page, size_t offset, size_t len, struct iov_iter *from)
{
	size_t n;

	pagefault_disable();
	n = copy_page_from_iter(page, offset, len, from);
	pagefault_enable();
	if (likely(n == len))
		return true;
	iov_iter_revert(from, n);
	return false;
}

/**
 * sbx_ring_read() - take out what is there
 * @ring: which
 * @to: takes it, not empty
 * @stop: why not more: %SBX_RING_DONE, %SBX_RING_EMPTY, %SBX_RING_FAULT
 *
 * Return: bytes.
 */
size_t sbx_ring_read(struct sbx_ring *ring, struct iov_iter *to, enum sbx_ring_stop *stop)
{
	size_t done = 0;

	*stop = SBX_RING_EMPTY;
	while (ring->tail != ring->head) {
		struct sbx_ring_slot *slot = slot_at(ring, ring->tail);
		size_t len = min_t(size_t, slot->len, iov_iter_count(to));
		bool packet = slot->packet;

		if (!copy_out(slot, len, to)) {
			*stop = SBX_RING_FAULT;
			break;
		}
		done += len;
		slot->offset += len;
		slot->len -= len;
		if (!slot->len || packet)
			drop_tail(ring);
		if (!iov_iter_count(to) || packet) {
			*stop = SBX_RING_DONE;
			break;
		}
	}
	return done;
}

/**
 * sbx_ring_merge() - begin a write: what does not fill a page joins the last slot
 * @ring: which
 * @from: has it, not empty
 * @stop: %SBX_RING_DONE, also if nothing could be merged, or %SBX_RING_FAULT
 *
 * Return: bytes.
 */
size_t sbx_ring_merge(struct sbx_ring *ring, struct iov_iter *from, enum sbx_ring_stop *stop)
{
	size_t len = offset_in_page(iov_iter_count(from));
	struct sbx_ring_slot *slot;

	*stop = SBX_RING_DONE;
	if (!len || ring->head == ring->tail)
		return 0;
	slot = slot_at(ring, ring->head - 1);
	if (slot->packet || slot->shared || slot->offset + slot->len + len > PAGE_SIZE)
		return 0;
	if (!copy_in(slot->page, slot->offset + slot->len, len, from)) {
		*stop = SBX_RING_FAULT;
		return 0;
	}
	slot->len += len;
	return len;
}

/* Never waits; the caller may and puts what it gets in stock. */
static bool stock_page(struct sbx_ring *ring)
{
	if (!ring->spare)
		ring->spare = alloc_page(GFP_NOWAIT | __GFP_HIGHMEM | __GFP_ACCOUNT |
					 __GFP_NOWARN);
	return ring->spare;
}

/**
 * sbx_ring_write() - put in what there is room for, a page to a slot
 * @ring: which
 * @from: has it, not empty
 * @packet: mark the slots as packets
 * @stop: why not more: any but %SBX_RING_EMPTY
 *
 * Return: bytes.
 */
size_t sbx_ring_write(struct sbx_ring *ring, struct iov_iter *from, bool packet,
		      enum sbx_ring_stop *stop)
{
	size_t done = 0;

	*stop = SBX_RING_DONE;
	while (iov_iter_count(from)) {
		size_t len = min_t(size_t, PAGE_SIZE, iov_iter_count(from));

		if (sbx_ring_full(ring)) {
			*stop = SBX_RING_FULL;
			break;
		}
		if (!stock_page(ring)) {
			*stop = SBX_RING_NOPAGE;
			break;
		}
		if (!copy_in(ring->spare, 0, len, from)) {
			*stop = SBX_RING_FAULT;
			break;
		}
		*slot_at(ring, ring->head) = (struct sbx_ring_slot){
			.page = ring->spare,
			.len = len,
			.packet = packet,
		};
		ring->spare = NULL;
		WRITE_ONCE(ring->head, ring->head + 1);
		done += len;
	}
	return done;
}

/**
 * sbx_ring_peek() - where the content is
 * @ring: which
 * @pages: takes it, from the tail on; good until it is read, whatever is
 *	written meanwhile
 * @nr: room in @pages
 * @len: how much is wanted
 * @bytes: takes how much there is in @pages
 *
 * Return: how many of @pages were filled in.
 */
unsigned int sbx_ring_peek(const struct sbx_ring *ring, struct bio_vec *pages, unsigned int nr,
			   size_t len, size_t *bytes)
{
	unsigned int i, used = min(nr, ring->head - ring->tail);

	*bytes = 0;
	for (i = 0; i < used && *bytes < len; i++) {
		const struct sbx_ring_slot *slot = slot_at(ring, ring->tail + i);

		pages[i] = (struct bio_vec){
			.bv_page = slot->page,
			.bv_offset = slot->offset,
			.bv_len = min_t(size_t, slot->len, len - *bytes),
		};
		*bytes += pages[i].bv_len;
	}
	return i;
}

/**
 * sbx_ring_skip() - take out what was looked at
 * @ring: which
 * @bytes: how much, not more than there is
 */
void sbx_ring_skip(struct sbx_ring *ring, size_t bytes)
{
	while (bytes) {
		struct sbx_ring_slot *slot = slot_at(ring, ring->tail);
		size_t len = min_t(size_t, slot->len, bytes);

		slot->offset += len;
		slot->len -= len;
		bytes -= len;
		if (!slot->len)
			drop_tail(ring);
	}
}

/**
 * sbx_ring_push() - put in a page
 * @ring: which, not full
 * @page: its reference is the ring's from now on
 * @len: of the content, at the start of @page; not 0
 */
void sbx_ring_push(struct sbx_ring *ring, struct page *page, size_t len)
{
	*slot_at(ring, ring->head) = (struct sbx_ring_slot){ .page = page, .len = len };
	WRITE_ONCE(ring->head, ring->head + 1);
}

/**
 * sbx_ring_move() - from one ring to another, without a copy
 * @from: which
 * @to: which
 * @len: bytes at most
 * @copy: leave them in @from too
 *
 * Return: bytes; less than @len if @from had no more, or @to no room.
 */
size_t sbx_ring_move(struct sbx_ring *from, struct sbx_ring *to, size_t len, bool copy)
{
	unsigned int next = from->tail;
	size_t done = 0;

	while (done < len && next != from->head && !sbx_ring_full(to)) {
		struct sbx_ring_slot *slot = slot_at(from, next);
		struct sbx_ring_slot part = *slot;
		bool whole = slot->len <= len - done;

		if (!whole)
			part.len = len - done;
		if (copy || !whole) {
			get_page(part.page);
			part.shared = true;
		}
		*slot_at(to, to->head) = part;
		WRITE_ONCE(to->head, to->head + 1);
		done += part.len;
		if (copy) {
			next++;
		} else if (whole) {
			WRITE_ONCE(from->tail, ++next);
		} else {
			slot->offset += part.len;
			slot->len -= part.len;
		}
	}
	return done;
}

#if IS_BUILTIN(CONFIG_KUNIT)
#include "ring_kunit.c"
#endif
