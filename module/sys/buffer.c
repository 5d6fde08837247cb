// SPDX-License-Identifier: GPL-2.0
/*
 * Buffers for what passes between user memory and the kernel: paths, entries
 * of directories.
 *
 * Kernels that clear memory when it is allocated spend more on a page than
 * such a call does on all else.  These are cleared once; whoever has one later
 * finds what the last call left, and gives to the user what it has written
 * itself.
 *
 * Each processor has some of its own, which cost no allocation, and no charge
 * to a control group and back.  Calls that sleep with theirs leave others none;
 * those get memory that they are charged for.
 */
#include <linux/bitops.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "../compat.h"
#include "buffer.h"

/* Per processor: calls have two paths at most. */
#define NR_OWN	2

static struct kmem_cache *buffer_cache;
static char *own;
static size_t own_size;
static DEFINE_PER_CPU_ALIGNED(unsigned long, own_busy);

/* Of the processor that it happens to be on, NULL if they are in use. */
static void *get_own(void)
{
	unsigned int cpu = raw_smp_processor_id(), i;

	if (!own)
		return NULL;
	for (i = 0; i < NR_OWN; i++)
		if (!test_and_set_bit_lock(i, per_cpu_ptr(&own_busy, cpu)))
			return own + (cpu * NR_OWN + i) * SBX_BUFFER_SIZE;
	return NULL;
}

static void put_own(size_t offset)
{
	size_t nr = offset / SBX_BUFFER_SIZE;

	clear_bit_unlock(nr % NR_OWN, per_cpu_ptr(&own_busy, nr / NR_OWN));
}

/**
 * sbx_buffer_get() - a buffer of %SBX_BUFFER_SIZE bytes with anything in it
 *
 * Return: the buffer, or NULL.
 */
void *sbx_buffer_get(void)
{
	return get_own() ?: kmem_cache_alloc(buffer_cache, GFP_KERNEL);
}

/**
 * sbx_buffer_put() - give a buffer back
 * @buffer: from sbx_buffer_get(), or NULL
 */
void sbx_buffer_put(void *buffer)
{
	const size_t offset = (char *)buffer - own;

	if (offset < own_size)
		put_own(offset);
	else if (buffer)
		kmem_cache_free(buffer_cache, buffer);
}

/* A cache with a constructor is left alone by init_on_alloc. */
static void clear(void *buffer)
{
	memset(buffer, 0, SBX_BUFFER_SIZE);
}

int __init sbx_buffer_init(void)
{
	/* KASAN sees only of what was freed that it is used too late. */
	if (!IS_ENABLED(CONFIG_KASAN))
		own_size = array3_size(nr_cpu_ids, NR_OWN, SBX_BUFFER_SIZE);
	own = own_size ? vzalloc(own_size) : NULL;
	buffer_cache = kmem_cache_create_usercopy("sbx_buffer", SBX_BUFFER_SIZE, 0,
						  SLAB_ACCOUNT | SLAB_NO_MERGE,
						  0, SBX_BUFFER_SIZE, clear);
	if (buffer_cache && (own || !own_size))
		return 0;
	sbx_buffer_exit();
	return -ENOMEM;
}

void sbx_buffer_exit(void)
{
	kmem_cache_destroy(buffer_cache);
	vfree(own);
}
