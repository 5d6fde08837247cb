// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the ring against a naive twin; included at the foot of ring.c.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#define TWIN_SLOTS	64
#define TWIN_BYTES	(TWIN_SLOTS * PAGE_SIZE)

/*
 * struct twin - a pipe as a queue of bytes, moved by hand
 * @bytes: content
 * @len: how much of it
 * @slots: how the content is cut: bytes, where in a page they start, and
 *	whether they are a packet
 * @used: how many slots
 * @nr: how many there may be
 */
struct twin {
	u8 *bytes;
	size_t len;
	struct {
		size_t len, offset;
		bool packet;
	} slots[TWIN_SLOTS];
	unsigned int used;
	unsigned int nr;
};

static void twin_add(struct twin *twin, const u8 *from, size_t len)
{
	memcpy(twin->bytes + twin->len, from, len);
	twin->len += len;
}

static size_t twin_write(struct twin *twin, const u8 *from, size_t len, bool packet)
{
	size_t rest = len % PAGE_SIZE, done = 0, n;

	if (twin->used && !packet && rest) {
		typeof(twin->slots[0]) *last = &twin->slots[twin->used - 1];

		if (!last->packet && last->offset + last->len + rest <= PAGE_SIZE) {
			twin_add(twin, from, rest);
			last->len += rest;
			done = rest;
		}
	}
	while (done < len && twin->used < twin->nr) {
		n = min(len - done, (size_t)PAGE_SIZE);
		twin_add(twin, from + done, n);
		twin->slots[twin->used].len = n;
		twin->slots[twin->used].offset = 0;
		twin->slots[twin->used++].packet = packet;
		done += n;
	}
	return done;
}

static void twin_drop(struct twin *twin, size_t len)
{
	twin->len -= len;
	memmove(twin->bytes, twin->bytes + len, twin->len);
}

static size_t twin_read(struct twin *twin, u8 *to, size_t len)
{
	size_t done = 0, n;
	bool packet;

	while (twin->used && done < len) {
		n = min(len - done, twin->slots[0].len);
		packet = twin->slots[0].packet;
		memcpy(to + done, twin->bytes, n);
		done += n;
		twin_drop(twin, n);
		twin->slots[0].len -= n;
		twin->slots[0].offset += n;
		if (packet)
			twin_drop(twin, twin->slots[0].len);
		if (packet || !twin->slots[0].len)
			memmove(twin->slots, twin->slots + 1,
				--twin->used * sizeof(twin->slots[0]));
		if (packet)
			break;
	}
	return done;
}

static size_t ring_write(struct sbx_ring *ring, u8 *from, size_t len, bool packet)
{
	struct kvec vec = { from, len };
	enum sbx_ring_stop stop;
	struct iov_iter iter;
	size_t done = 0;

	iov_iter_kvec(&iter, ITER_SOURCE, &vec, 1, len);
	if (!packet)
		done = sbx_ring_merge(ring, &iter, &stop);
	if (done == len)
		return done;
	do {
		done += sbx_ring_write(ring, &iter, packet, &stop);
		if (stop == SBX_RING_NOPAGE)
			ring->spare = alloc_page(GFP_KERNEL | __GFP_NOFAIL);
	} while (stop == SBX_RING_NOPAGE);
	return done;
}

static size_t ring_read(struct sbx_ring *ring, u8 *to, size_t len)
{
	struct kvec vec = { to, len };
	enum sbx_ring_stop stop;
	struct iov_iter iter;

	iov_iter_kvec(&iter, ITER_DEST, &vec, 1, len);
	return sbx_ring_read(ring, &iter, &stop);
}

static void ring_resize(struct kunit *test, struct sbx_ring *ring, struct twin *twin,
			unsigned int nr)
{
	struct sbx_ring_slot *slots = sbx_ring_slots(nr);

	KUNIT_ASSERT_NOT_NULL(test, slots);
	KUNIT_EXPECT_EQ(test, sbx_ring_resize(ring, &slots, nr), twin->used > nr ? -EBUSY : 0);
	kfree(slots);
	if (twin->used <= nr)
		twin->nr = nr;
}

/* From a byte to many pages, with most of them small or about a page. */
static size_t some_length(struct rnd_state *rnd)
{
	u32 r = prandom_u32_state(rnd);

	switch (r % 4) {
	case 0: return 1 + (r >> 8) % 16;
	case 1: return PAGE_SIZE - 2 + (r >> 8) % 5;
	case 2: return 1 + (r >> 8) % PAGE_SIZE;
	default: return 1 + (r >> 8) % (8 * PAGE_SIZE);
	}
}

static void ring_compare(struct kunit *test, const struct sbx_ring *ring, const struct twin *twin)
{
	KUNIT_EXPECT_EQ(test, sbx_ring_bytes(ring), twin->len);
	KUNIT_EXPECT_EQ(test, ring->head - ring->tail, twin->used);
	KUNIT_EXPECT_EQ(test, sbx_ring_empty(ring), !twin->used);
	KUNIT_EXPECT_EQ(test, sbx_ring_full(ring), twin->used >= twin->nr);
	KUNIT_EXPECT_EQ(test, sbx_ring_next(ring), twin->used ? twin->slots[0].len : 0);
}

static void ring_step(struct kunit *test, struct sbx_ring *ring, struct twin *twin,
		      struct rnd_state *rnd, u8 *buf)
{
	u8 *mine = buf, *its = buf + TWIN_BYTES;
	size_t len = some_length(rnd), got;
	u32 r = prandom_u32_state(rnd);

	if (r % 32 == 0) {
		ring_resize(test, ring, twin, 1 << (r >> 8) % 7);
	} else if (r % 2) {
		prandom_bytes_state(rnd, mine, len);
		got = twin_write(twin, mine, len, r % 16 == 1);
		KUNIT_EXPECT_EQ(test, ring_write(ring, mine, len, r % 16 == 1), got);
	} else {
		got = twin_read(twin, mine, len);
		KUNIT_EXPECT_EQ(test, ring_read(ring, its, len), got);
		KUNIT_EXPECT_EQ(test, memcmp(mine, its, got), 0);
	}
	ring_compare(test, ring, twin);
}

static void ring_is_its_twin(struct kunit *test)
{
	struct twin *twin = kunit_kzalloc(test, sizeof(*twin), GFP_KERNEL);
	u8 *buf = kunit_kmalloc(test, 2 * TWIN_BYTES, GFP_KERNEL);
	struct rnd_state rnd;
	struct sbx_ring ring;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, twin);
	KUNIT_ASSERT_NOT_NULL(test, buf);
	twin->bytes = kunit_kmalloc(test, TWIN_BYTES, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, twin->bytes);
	twin->nr = 16;
	prandom_seed_state(&rnd, 1);
	KUNIT_ASSERT_EQ(test, sbx_ring_init(&ring, twin->nr), 0);
	/* The counters run over meanwhile. */
	ring.head = -100u;
	ring.tail = -100u;
	for (i = 0; i < 1500; i++)
		ring_step(test, &ring, twin, &rnd, buf);
	sbx_ring_free(&ring);
}

static struct kunit_case ring_cases[] = {
	KUNIT_CASE(ring_is_its_twin),
	{}
};

static struct kunit_suite ring_suite = {
	.name = "sbx-ring",
	.test_cases = ring_cases,
};

kunit_test_suite(ring_suite);
