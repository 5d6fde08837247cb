/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_USAGE_H
#define _SBX_USAGE_H

#include <linux/cpumask.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct sbx_container;

/**
 * struct sbx_load - load averages, brought up to date when they are asked for
 * @lock: guards the others
 * @at: when that was last done, in jiffies
 * @avg: over 1, 5 and 15 minutes, fixed point as avenrun
 */
struct sbx_load {
	spinlock_t lock;
	u64 at;
	unsigned long avg[3];
};

/**
 * struct sbx_memory - what a container has and uses, all in bytes
 * @total: its limit, or what the machine has
 * @used: charged to it, page cache included; not more than @total
 * @anon: the members from here on are those of memory.stat
 * @file: page cache, shared memory included
 * @kernel_stack: -
 * @pagetables: -
 * @sec_pagetables: -
 * @percpu: -
 * @shmem: -
 * @file_mapped: -
 * @file_dirty: -
 * @file_writeback: -
 * @anon_thp: -
 * @file_thp: -
 * @shmem_thp: -
 * @inactive_anon: -
 * @active_anon: -
 * @inactive_file: -
 * @active_file: -
 * @unevictable: -
 * @slab_reclaimable: -
 * @slab_unreclaimable: -
 * @pgfault: number of page faults
 * @pgmajfault: and of those that had to read
 *
 * All but @total is 0 where the cgroup has no memory controller.
 */
struct sbx_memory {
	u64 total;
	u64 used;
	u64 anon, file, kernel_stack, pagetables, sec_pagetables, percpu, shmem;
	u64 file_mapped, file_dirty, file_writeback;
	u64 anon_thp, file_thp, shmem_thp;
	u64 inactive_anon, active_anon, inactive_file, active_file, unevictable;
	u64 slab_reclaimable, slab_unreclaimable;
	u64 pgfault, pgmajfault;
};

/**
 * struct sbx_cpus - the processors that a container can use, and has used
 * @shown: see sbx_usage_shown()
 * @nr: how many
 * @user: nanoseconds used up in user space
 * @system: and in the kernel
 * @idle: and not used of all @nr since boot
 */
struct sbx_cpus {
	struct cpumask shown;
	unsigned int nr;
	u64 user;
	u64 system;
	u64 idle;
};

void sbx_usage_shown(struct sbx_container *container, struct cpumask *shown);
void sbx_usage_memory(struct sbx_container *container, struct sbx_memory *memory);
struct sbx_cpus *sbx_usage_cpus(struct sbx_container *container);
ssize_t sbx_usage_file(struct sbx_container *container, const char *name, char *buf, size_t size);
void sbx_usage_load(struct sbx_container *container, unsigned int running,
		    unsigned long avg[3]);

static inline u64 sbx_memory_free(const struct sbx_memory *memory)
{
	return memory->total - memory->used;
}

#endif /* _SBX_USAGE_H */
