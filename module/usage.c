// SPDX-License-Identifier: GPL-2.0
/*
 * What a container has of the machine, and what it uses: as its cgroup says.
 *
 * Limits are those of the cgroup and of all above it.  Nothing here tells of
 * the use that others make of the machine.
 */
#include <linux/cpumask.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/sched/loadavg.h>
#include <linux/slab.h>
#include <linux/time_namespace.h>
#include <linux/timekeeping.h>

#include "compat.h"
#include "domain.h"
#include "private.h"
#include "usage.h"

/* More than any of the files has. */
#define FILE_SIZE	8192

/* Beyond this the past does not count any more. */
#define MAX_SAMPLES	1000

/**
 * sbx_usage_file() - read a file of the container's cgroup
 * @container: whose
 * @name: of the file
 * @buf: takes its content, and a NUL
 * @size: of @buf; what does not fit is cut off
 *
 * Return: the length, or an errno, -ENOENT if there is no such file or the
 * caller is not in the container.
 */
ssize_t sbx_usage_file(struct sbx_container *container, const char *name, char *buf, size_t size)
{
	struct vfsmount *mnt = sbx_private_get(container, SBX_PRIVATE_CGROUP);
	struct file *file;
	ssize_t done = 0, n;
	loff_t pos = 0;

	if (IS_ERR(mnt))
		return PTR_ERR(mnt);
	file = file_open_root_mnt(mnt, name, O_RDONLY, 0);
	mntput(mnt);
	if (IS_ERR(file))
		return PTR_ERR(file);
	do {
		n = kernel_read(file, buf + done, size - 1 - done, &pos);
		if (n > 0)
			done += n;
	} while (n > 0 && done < size - 1);
	fput(file);
	buf[done] = '\0';
	return n < 0 ? n : done;
}

/**
 * struct field - a line "NAME NUMBER" of a file
 * @name: its first word
 * @offset: where the number belongs in a structure, a u64
 */
struct field {
	const char *name;
	size_t offset;
};

static void take_line(const char *line, const struct field *fields, int nr, void *to)
{
	unsigned long long value;
	size_t len;
	int i;

	for (i = 0; i < nr; i++) {
		len = strlen(fields[i].name);
		if (strncmp(line, fields[i].name, len) || line[len] != ' ')
			continue;
		if (!kstrtoull(line + len + 1, 10, &value))
			*(u64 *)(to + fields[i].offset) = value;
		return;
	}
}

static void take_fields(char *text, const struct field *fields, int nr, void *to)
{
	char *line;

	while ((line = strsep(&text, "\n")))
		take_line(line, fields, nr, to);
}

#define FIELD(_member)	{ #_member, offsetof(struct sbx_memory, _member) }

static const struct field memory_fields[] = {
	FIELD(anon), FIELD(file), FIELD(kernel_stack), FIELD(pagetables), FIELD(sec_pagetables),
	FIELD(percpu), FIELD(shmem), FIELD(file_mapped), FIELD(file_dirty), FIELD(file_writeback),
	FIELD(anon_thp), FIELD(file_thp), FIELD(shmem_thp), FIELD(inactive_anon),
	FIELD(active_anon), FIELD(inactive_file), FIELD(active_file), FIELD(unevictable),
	FIELD(slab_reclaimable), FIELD(slab_unreclaimable), FIELD(pgfault), FIELD(pgmajfault),
};

/* In pages, the lowest on the way up from the container's init. */
static unsigned long memory_limit(const struct sbx_container *container)
{
	unsigned long limit = totalram_pages();
	struct mem_cgroup *memcg;
	struct task_struct *init;

	if (mem_cgroup_disabled())
		return limit;
	rcu_read_lock();
	init = pid_task(find_pid_ns(1, container->pid_ns), PIDTYPE_PID);
	for (memcg = init ? mem_cgroup_from_task(init) : NULL; memcg;
	     memcg = parent_mem_cgroup(memcg))
		limit = min(limit, READ_ONCE(memcg->memory.max));
	rcu_read_unlock();
	return limit;
}

/**
 * sbx_usage_memory() - memory of a container
 * @container: whose; its PID namespace is pinned
 * @memory: takes the answer
 */
void sbx_usage_memory(struct sbx_container *container, struct sbx_memory *memory)
{
	char *buf = kmalloc(FILE_SIZE, GFP_KERNEL_ACCOUNT);

	*memory = (struct sbx_memory){ .total = (u64)memory_limit(container) << PAGE_SHIFT };
	if (!buf)
		return;
	if (sbx_usage_file(container, "memory.stat", buf, FILE_SIZE) > 0)
		take_fields(buf, memory_fields, ARRAY_SIZE(memory_fields), memory);
	if (sbx_usage_file(container, "memory.current", buf, FILE_SIZE) > 0 &&
	    sscanf(buf, "%llu", &memory->used) == 1)
		memory->used = min(memory->used, memory->total);
	kfree(buf);
}

static void take_cpuset(struct sbx_container *container, char *buf, struct cpumask *shown)
{
	ssize_t len = sbx_usage_file(container, "cpuset.cpus.effective", buf, FILE_SIZE);

	if (len <= 0 || cpulist_parse(strim(buf), shown) ||
	    !cpumask_and(shown, shown, cpu_online_mask))
		cpumask_copy(shown, cpu_online_mask);
}

/* Half a processor is still one. */
static unsigned int quota(struct sbx_container *container, char *buf)
{
	u64 quota, period;

	if (sbx_usage_file(container, "cpu.max", buf, FILE_SIZE) <= 0 ||
	    sscanf(buf, "%llu %llu", &quota, &period) != 2 || !period)
		return UINT_MAX;
	return clamp(DIV64_U64_ROUND_UP(quota, period), 1ULL, (u64)UINT_MAX);
}

static unsigned int take_shown(struct sbx_container *container, char *buf, struct cpumask *shown)
{
	unsigned int most, cpu, nr = 0;

	take_cpuset(container, buf, shown);
	most = quota(container, buf);
	for_each_cpu(cpu, shown) {
		if (nr < most)
			nr++;
		else
			cpumask_clear_cpu(cpu, shown);
	}
	return nr;
}

/**
 * sbx_usage_shown() - processors that a container can use at the same time
 * @container: whose
 * @shown: takes them: of its cpuset the first ones, as many as its quota is worth
 */
void sbx_usage_shown(struct sbx_container *container, struct cpumask *shown)
{
	char *buf = kmalloc(FILE_SIZE, GFP_KERNEL_ACCOUNT);

	if (buf)
		take_shown(container, buf, shown);
	else
		cpumask_copy(shown, cpu_online_mask);
	kfree(buf);
}

static void take_times(struct sbx_container *container, char *buf, struct sbx_cpus *cpus)
{
	static const struct field fields[] = {
		{ "user_usec", offsetof(struct sbx_cpus, user) },
		{ "system_usec", offsetof(struct sbx_cpus, system) },
	};
	struct timespec64 up;
	u64 all, used;

	if (sbx_usage_file(container, "cpu.stat", buf, FILE_SIZE) > 0)
		take_fields(buf, fields, ARRAY_SIZE(fields), cpus);
	cpus->user *= NSEC_PER_USEC;
	cpus->system *= NSEC_PER_USEC;
	ktime_get_boottime_ts64(&up);
	timens_add_boottime(&up);
	all = timespec64_to_ns(&up) * cpus->nr;
	used = cpus->user + cpus->system;
	cpus->idle = all > used ? all - used : 0;
}

/**
 * sbx_usage_cpus() - processors of a container
 * @container: whose
 *
 * Return: the answer, for kfree(), or NULL.
 */
struct sbx_cpus *sbx_usage_cpus(struct sbx_container *container)
{
	struct sbx_cpus *cpus = kzalloc(sizeof(*cpus), GFP_KERNEL_ACCOUNT);
	char *buf = kmalloc(FILE_SIZE, GFP_KERNEL_ACCOUNT);

	if (!cpus || !buf) {
		kfree(cpus);
		kfree(buf);
		return NULL;
	}
	cpus->nr = take_shown(container, buf, &cpus->shown);
	take_times(container, buf, cpus);
	kfree(buf);
	return cpus;
}

/**
 * sbx_usage_load() - load averages of a container
 * @container: whose
 * @running: tasks that want a processor now, besides who asks
 * @avg: takes the averages
 *
 * Nobody watches a container all the time, so since the last time somebody
 * asked it is thought to have been as it is now.
 */
void sbx_usage_load(struct sbx_container *container, unsigned int running,
		    unsigned long avg[3])
{
	static const unsigned long decay[] = { EXP_1, EXP_5, EXP_15 };
	struct sbx_load *load = &container->load;
	u64 samples;
	int i, n;

	spin_lock(&load->lock);
	samples = div_u64(get_jiffies_64() - load->at, LOAD_FREQ);
	load->at += samples * LOAD_FREQ;
	for (n = min_t(u64, samples, MAX_SAMPLES); n; n--)
		for (i = 0; i < 3; i++)
			load->avg[i] = calc_load(load->avg[i], decay[i], running * FIXED_1);
	for (i = 0; i < 3; i++)
		avg[i] = load->avg[i];
	spin_unlock(&load->lock);
}
