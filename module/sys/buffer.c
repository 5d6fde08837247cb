// SPDX-License-Identifier: GPL-2.0
/*
 * Buffers for what passes between user memory and the kernel: paths, entries
 * of directories.
 *
 * Kernels that clear memory when it is allocated spend more on a page than
 * such a call does on all else.  These are cleared once, when their slab is
 * made; whoever has one later finds what the last call left, and gives to the
 * user what it has written itself.
 */
#include <linux/slab.h>
#include <linux/string.h>

#include "../compat.h"
#include "buffer.h"

static struct kmem_cache *buffer_cache;

/**
 * sbx_buffer_get() - a buffer of %SBX_BUFFER_SIZE bytes with anything in it
 *
 * Return: the buffer, or NULL.
 */
void *sbx_buffer_get(void)
{
	return kmem_cache_alloc(buffer_cache, GFP_KERNEL);
}

/**
 * sbx_buffer_put() - give a buffer back
 * @buffer: from sbx_buffer_get(), or NULL
 */
void sbx_buffer_put(void *buffer)
{
	if (buffer)
		kmem_cache_free(buffer_cache, buffer);
}

/* A cache with a constructor is left alone by init_on_alloc. */
static void clear(void *buffer)
{
	memset(buffer, 0, SBX_BUFFER_SIZE);
}

int __init sbx_buffer_init(void)
{
	buffer_cache = kmem_cache_create_usercopy("sbx_buffer", SBX_BUFFER_SIZE, 0,
						  SLAB_ACCOUNT | SLAB_NO_MERGE,
						  0, SBX_BUFFER_SIZE, clear);
	return buffer_cache ? 0 : -ENOMEM;
}

void sbx_buffer_exit(void)
{
	kmem_cache_destroy(buffer_cache);
}
