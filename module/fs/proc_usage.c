// SPDX-License-Identifier: GPL-2.0
/*
 * Contents of global files that tell what the container has and uses, in the
 * formats of proc(5).  Memory and processors are its cgroup's, tasks its own.
 */
#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/sched/loadavg.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/time_namespace.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>

#include "../compat.h"
#include "../domain.h"
#include "proc.h"
#include "proc_fs.h"
#include "proc_show.h"

/* More than a file of a cgroup's pressure has. */
#define PRESSURE_SIZE	1024

static struct sbx_fs_sb *info_of(const struct seq_file *m)
{
	const struct inode *inode = m->private;

	return SBX_FS_SB(inode->i_sb);
}

static unsigned int count_tasks(const struct sbx_fs_sb *info, unsigned int *running)
{
	return sbx_proc_count_tasks(info->container, info->pid_ns, running);
}

/* Processes and threads ever, one too many if none was since the last number was taken. */
static int last_pid(const struct sbx_fs_sb *info)
{
	return idr_get_cursor(&info->pid_ns->idr) - 1;
}

int sbx_proc_show_loadavg(struct seq_file *m, void *v)
{
	const struct sbx_fs_sb *info = info_of(m);
	unsigned int tasks, running, others;
	unsigned long load[3];
	int i;

	tasks = count_tasks(info, &running);
	others = running && task_pid_nr_ns(current, info->pid_ns) ? running - 1 : running;
	sbx_usage_load(info->container, others, load);
	for (i = 0; i < 3; i++)
		load[i] += FIXED_1 / 200;
	seq_printf(m, "%lu.%02lu %lu.%02lu %lu.%02lu %u/%u %d\n",
		   LOAD_INT(load[0]), LOAD_FRAC(load[0]),
		   LOAD_INT(load[1]), LOAD_FRAC(load[1]),
		   LOAD_INT(load[2]), LOAD_FRAC(load[2]),
		   running, tasks, last_pid(info));
	return 0;
}

/* The columns of a cpu line that a cgroup does not know of are 0. */
static void show_cpu(struct seq_file *m, u64 user, u64 system, u64 idle)
{
	seq_put_decimal_ull(m, " ", div_u64(user, NSEC_PER_SEC / USER_HZ));
	seq_puts(m, " 0");
	seq_put_decimal_ull(m, " ", div_u64(system, NSEC_PER_SEC / USER_HZ));
	seq_put_decimal_ull(m, " ", div_u64(idle, NSEC_PER_SEC / USER_HZ));
	seq_puts(m, " 0 0 0 0 0 0\n");
}

/* On which processor the time was spent a cgroup does not know either. */
static void show_cpus(struct seq_file *m, const struct sbx_cpus *cpus)
{
	unsigned int cpu;

	seq_puts(m, "cpu ");
	show_cpu(m, cpus->user, cpus->system, cpus->idle);
	for_each_cpu(cpu, &cpus->shown) {
		seq_printf(m, "cpu%u", cpu);
		show_cpu(m, div_u64(cpus->user, cpus->nr), div_u64(cpus->system, cpus->nr),
			 div_u64(cpus->idle, cpus->nr));
	}
}

/* Interrupts and switches of the whole machine are nobody's business: 0. */
int sbx_proc_show_stat(struct seq_file *m, void *v)
{
	const struct sbx_fs_sb *info = info_of(m);
	struct sbx_cpus *cpus = sbx_usage_cpus(info->container);
	struct timespec64 boot;
	unsigned int running;

	if (!cpus)
		return -ENOMEM;
	show_cpus(m, cpus);
	kfree(cpus);
	getboottime64(&boot);
	timens_sub_boottime(&boot);
	count_tasks(info, &running);
	seq_printf(m,
		   "intr 0\n"
		   "ctxt 0\n"
		   "btime %llu\n"
		   "processes %d\n"
		   "procs_running %u\n"
		   "procs_blocked 0\n"
		   "softirq 0 0 0 0 0 0 0 0 0 0 0\n",
		   (unsigned long long)boot.tv_sec, last_pid(info), running);
	return 0;
}

/**
 * struct event - what a processor may be interrupted by
 * @name: with its colon, as the kernel aligns it
 * @what: in words, NULL if there are none
 */
struct event {
	const char *name;
	const char *what;
};

static int show_events(struct seq_file *m, int margin, const struct event *events, size_t nr)
{
	struct sbx_cpus *cpus = sbx_usage_cpus(info_of(m)->container);
	const struct event *event;
	unsigned int cpu;

	if (!cpus)
		return -ENOMEM;
	seq_printf(m, "%*s", margin, "");
	for_each_cpu(cpu, &cpus->shown)
		seq_printf(m, "CPU%-8u", cpu);
	seq_putc(m, '\n');
	for (event = events; event < events + nr; event++) {
		seq_puts(m, event->name);
		for_each_cpu(cpu, &cpus->shown)
			seq_printf(m, " %10u", 0);
		if (event->what)
			seq_printf(m, "   %s", event->what);
		seq_putc(m, '\n');
	}
	kfree(cpus);
	return 0;
}

/* None of devices. The rest is in stat as well, and as little a guest's to know. */
int sbx_proc_show_interrupts(struct seq_file *m, void *v)
{
	static const struct event events[] = {
		{ "NMI:", "Non-maskable interrupts" },
		{ "LOC:", "Local timer interrupts" },
		{ "RES:", "Rescheduling interrupts" },
		{ "CAL:", "Function call interrupts" },
		{ "TLB:", "TLB shootdowns" },
	};

	return show_events(m, 11, events, ARRAY_SIZE(events));
}

int sbx_proc_show_softirqs(struct seq_file *m, void *v)
{
	static const struct event events[] = {
		{ "          HI:" }, { "       TIMER:" }, { "      NET_TX:" }, { "      NET_RX:" },
		{ "       BLOCK:" }, { "    IRQ_POLL:" }, { "     TASKLET:" }, { "       SCHED:" },
		{ "     HRTIMER:" }, { "         RCU:" },
	};

	return show_events(m, 20, events, ARRAY_SIZE(events));
}

/*
 * The machine's, so that it fits the start times of processes; any program
 * can read it from the clock as well.
 */
int sbx_proc_show_uptime(struct seq_file *m, void *v)
{
	struct sbx_cpus *cpus = sbx_usage_cpus(info_of(m)->container);
	struct timespec64 up;
	u64 idle;
	u32 rem;

	if (!cpus)
		return -ENOMEM;
	idle = div_u64_rem(cpus->idle, NSEC_PER_SEC, &rem);
	kfree(cpus);
	ktime_get_boottime_ts64(&up);
	timens_add_boottime(&up);
	seq_printf(m, "%llu.%02lu %llu.%02u\n",
		   (unsigned long long)up.tv_sec, up.tv_nsec / (NSEC_PER_SEC / 100),
		   idle, rem / (u32)(NSEC_PER_SEC / 100));
	return 0;
}

static void kb(struct seq_file *m, const char *name, u64 bytes)
{
	seq_printf(m, "%-15s %8llu kB\n", name, bytes >> 10);
}

/* What could be had without taking anything from a program. */
static u64 available(const struct sbx_memory *memory)
{
	u64 kept = memory->file - min(memory->file, memory->shmem);

	return min(sbx_memory_free(memory) + kept + memory->slab_reclaimable, memory->total);
}

static void show_kernel_memory(struct seq_file *m, const struct sbx_memory *memory)
{
	kb(m, "KReclaimable:", memory->slab_reclaimable);
	kb(m, "Slab:", memory->slab_reclaimable + memory->slab_unreclaimable);
	kb(m, "SReclaimable:", memory->slab_reclaimable);
	kb(m, "SUnreclaim:", memory->slab_unreclaimable);
	kb(m, "KernelStack:", memory->kernel_stack);
	kb(m, "PageTables:", memory->pagetables);
	kb(m, "SecPageTables:", memory->sec_pagetables);
	kb(m, "NFS_Unstable:", 0);
	kb(m, "Bounce:", 0);
	kb(m, "WritebackTmp:", 0);
}

/* Huge pages set aside for the host are not for its guests. */
static void show_huge(struct seq_file *m, const struct sbx_memory *memory)
{
	kb(m, "AnonHugePages:", memory->anon_thp);
	kb(m, "ShmemHugePages:", memory->shmem_thp);
	kb(m, "ShmemPmdMapped:", 0);
	kb(m, "FileHugePages:", memory->file_thp);
	kb(m, "FilePmdMapped:", 0);
	seq_puts(m, "HugePages_Total:       0\n"
		    "HugePages_Free:        0\n"
		    "HugePages_Rsvd:        0\n"
		    "HugePages_Surp:        0\n");
	kb(m, "Hugepagesize:", SZ_2M);
	kb(m, "Hugetlb:", 0);
}

/* Swap is not a guest's to know of. */
int sbx_proc_show_meminfo(struct seq_file *m, void *v)
{
	struct sbx_memory memory;

	sbx_usage_memory(info_of(m)->container, &memory);
	kb(m, "MemTotal:", memory.total);
	kb(m, "MemFree:", sbx_memory_free(&memory));
	kb(m, "MemAvailable:", available(&memory));
	kb(m, "Buffers:", 0);
	kb(m, "Cached:", memory.file);
	kb(m, "SwapCached:", 0);
	kb(m, "Active:", memory.active_anon + memory.active_file);
	kb(m, "Inactive:", memory.inactive_anon + memory.inactive_file);
	kb(m, "Active(anon):", memory.active_anon);
	kb(m, "Inactive(anon):", memory.inactive_anon);
	kb(m, "Active(file):", memory.active_file);
	kb(m, "Inactive(file):", memory.inactive_file);
	kb(m, "Unevictable:", memory.unevictable);
	kb(m, "Mlocked:", 0);
	kb(m, "SwapTotal:", 0);
	kb(m, "SwapFree:", 0);
	kb(m, "Dirty:", memory.file_dirty);
	kb(m, "Writeback:", memory.file_writeback);
	kb(m, "AnonPages:", memory.anon);
	kb(m, "Mapped:", memory.file_mapped);
	kb(m, "Shmem:", memory.shmem);
	show_kernel_memory(m, &memory);
	kb(m, "CommitLimit:", memory.total / 2);
	kb(m, "Committed_AS:", memory.anon + memory.shmem);
	kb(m, "VmallocTotal:", VMALLOC_TOTAL);
	kb(m, "VmallocUsed:", 0);
	kb(m, "VmallocChunk:", 0);
	kb(m, "Percpu:", memory.percpu);
	seq_puts(m, "HardwareCorrupted:     0 kB\n");
	show_huge(m, &memory);
	return 0;
}

static void pages(struct seq_file *m, const char *name, u64 bytes)
{
	seq_printf(m, "%s %llu\n", name, bytes >> PAGE_SHIFT);
}

/* Of the many counters of Linux those that a cgroup has. */
int sbx_proc_show_vmstat(struct seq_file *m, void *v)
{
	struct sbx_memory memory;

	sbx_usage_memory(info_of(m)->container, &memory);
	pages(m, "nr_free_pages", sbx_memory_free(&memory));
	pages(m, "nr_inactive_anon", memory.inactive_anon);
	pages(m, "nr_active_anon", memory.active_anon);
	pages(m, "nr_inactive_file", memory.inactive_file);
	pages(m, "nr_active_file", memory.active_file);
	pages(m, "nr_unevictable", memory.unevictable);
	pages(m, "nr_slab_reclaimable", memory.slab_reclaimable);
	pages(m, "nr_slab_unreclaimable", memory.slab_unreclaimable);
	pages(m, "nr_anon_pages", memory.anon);
	pages(m, "nr_mapped", memory.file_mapped);
	pages(m, "nr_file_pages", memory.file);
	pages(m, "nr_dirty", memory.file_dirty);
	pages(m, "nr_writeback", memory.file_writeback);
	pages(m, "nr_shmem", memory.shmem);
	seq_printf(m,
		   "pgpgin 0\n"
		   "pgpgout 0\n"
		   "pswpin 0\n"
		   "pswpout 0\n"
		   "pgfault %llu\n"
		   "pgmajfault %llu\n",
		   memory.pgfault, memory.pgmajfault);
	return 0;
}

/* All of it is one zone of one node; nothing is watched or set aside. */
int sbx_proc_show_zoneinfo(struct seq_file *m, void *v)
{
	struct sbx_memory memory;
	u64 total;

	sbx_usage_memory(info_of(m)->container, &memory);
	total = memory.total >> PAGE_SHIFT;
	seq_printf(m,
		   "Node 0, zone   Normal\n"
		   "  pages free     %llu\n"
		   "        boost    0\n"
		   "        min      0\n"
		   "        low      0\n"
		   "        high     0\n"
		   "        spanned  %llu\n"
		   "        present  %llu\n"
		   "        managed  %llu\n"
		   "        cma      0\n"
		   "        protection: (0)\n",
		   sbx_memory_free(&memory) >> PAGE_SHIFT, total, total, total);
	return 0;
}

static int show_pressure(struct seq_file *m, const char *name)
{
	char *buf = kmalloc(PRESSURE_SIZE, GFP_KERNEL_ACCOUNT);
	ssize_t len;

	if (!buf)
		return -ENOMEM;
	len = sbx_usage_file(info_of(m)->container, name, buf, PRESSURE_SIZE);
	if (len > 0)
		seq_write(m, buf, len);
	kfree(buf);
	/* As where the kernel was told not to keep count. */
	return len == -ENOENT ? -EOPNOTSUPP : min_t(ssize_t, len, 0);
}

int sbx_proc_show_pressure_cpu(struct seq_file *m, void *v)
{
	return show_pressure(m, "cpu.pressure");
}

int sbx_proc_show_pressure_io(struct seq_file *m, void *v)
{
	return show_pressure(m, "io.pressure");
}

int sbx_proc_show_pressure_memory(struct seq_file *m, void *v)
{
	return show_pressure(m, "memory.pressure");
}

/**
 * struct cpuinfo - where a reader of cpuinfo is
 * @shown: processors that it gets to see
 * @show: whether it sees the one that the lines are about
 */
struct cpuinfo {
	struct cpumask shown;
	bool show;
};

static struct cpuinfo *begin_cpuinfo(struct inode *inode)
{
	struct sbx_cpus *cpus = sbx_usage_cpus(SBX_FS_SB(inode->i_sb)->container);
	struct cpuinfo *info = cpus ? kzalloc(sizeof(*info), GFP_KERNEL_ACCOUNT) : NULL;

	if (info)
		cpumask_copy(&info->shown, &cpus->shown);
	kfree(cpus);
	return info;
}

/**
 * sbx_proc_filter_cpuinfo() - the processors that the container can use
 * @inode: of the file
 * @line: with its newline
 * @len: of @line
 * @size: of the buffer at @line
 * @state: &struct cpuinfo
 *
 * Return: @len or 0.
 */
size_t sbx_proc_filter_cpuinfo(struct inode *inode, char *line, size_t len, size_t size,
			       void **state)
{
	struct cpuinfo *info = *state ?: begin_cpuinfo(inode);
	unsigned int cpu;

	*state = info;
	if (!info)
		return 0;
	if (sscanf(line, "processor : %u", &cpu) == 1)
		info->show = cpu < nr_cpu_ids && cpumask_test_cpu(cpu, &info->shown);
	return info->show ? len : 0;
}
