// SPDX-License-Identifier: GPL-2.0
/*
 * Contents of the module's own global files, in the formats of proc(5).
 *
 * Counts of tasks are the container's.  Memory, load and CPU time are the
 * machine's.  What would identify the host, or its devices, is not told.
 */
#include <linux/capability.h>
#include <linux/kernel_stat.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pid_namespace.h>
#include <linux/sched/loadavg.h>
#include <linux/seq_file.h>
#include <linux/swap.h>
#include <linux/tick.h>
#include <linux/time_namespace.h>
#include <linux/timekeeping.h>
#include <linux/utsname.h>
#include <linux/uuid.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>

#include "../compat.h"
#include "../object/inotify.h"
#include "proc_fs.h"
#include "proc_show.h"

static struct super_block *sb_of(const struct seq_file *m)
{
	const struct inode *inode = m->private;

	return inode->i_sb;
}

int sbx_proc_show_nothing(struct seq_file *m, void *v)
{
	return 0;
}

/* How the host was booted names its disks. */
int sbx_proc_show_cmdline(struct seq_file *m, void *v)
{
	seq_putc(m, '\n');
	return 0;
}

/* The devices that can be opened, see the personality's open. */
int sbx_proc_show_devices(struct seq_file *m, void *v)
{
	seq_puts(m, "Character devices:\n"
		    "  1 mem\n"
		    "  5 /dev/tty\n"
		    "  5 /dev/console\n"
		    "  5 /dev/ptmx\n"
		    "136 pts\n"
		    "\n"
		    "Block devices:\n");
	return 0;
}

/* What mounts in a container can be of, as the guest knows them. */
int sbx_proc_show_filesystems(struct seq_file *m, void *v)
{
	seq_puts(m, "nodev\tsysfs\n"
		    "nodev\ttmpfs\n"
		    "nodev\tproc\n"
		    "nodev\tdevpts\n"
		    "nodev\toverlay\n"
		    "\text4\n"
		    "\txfs\n"
		    "\tbtrfs\n"
		    "\tsquashfs\n"
		    "\terofs\n");
	return 0;
}

int sbx_proc_show_partitions(struct seq_file *m, void *v)
{
	seq_puts(m, "major minor  #blocks  name\n\n");
	return 0;
}

int sbx_proc_show_swaps(struct seq_file *m, void *v)
{
	seq_puts(m, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
	return 0;
}

int sbx_proc_show_hostname(struct seq_file *m, void *v)
{
	seq_printf(m, "%s\n", utsname()->nodename);
	return 0;
}

int sbx_proc_show_domainname(struct seq_file *m, void *v)
{
	seq_printf(m, "%s\n", utsname()->domainname);
	return 0;
}

int sbx_proc_show_osrelease(struct seq_file *m, void *v)
{
	seq_printf(m, "%s\n", utsname()->release);
	return 0;
}

int sbx_proc_show_ostype(struct seq_file *m, void *v)
{
	seq_printf(m, "%s\n", utsname()->sysname);
	return 0;
}

int sbx_proc_show_kernel_version(struct seq_file *m, void *v)
{
	seq_printf(m, "%s\n", utsname()->version);
	return 0;
}

int sbx_proc_show_cap_last_cap(struct seq_file *m, void *v)
{
	seq_printf(m, "%d\n", CAP_LAST_CAP);
	return 0;
}

int sbx_proc_show_ngroups_max(struct seq_file *m, void *v)
{
	seq_printf(m, "%d\n", NGROUPS_MAX);
	return 0;
}

/* The bound of the module's own pipes is that of Linux. */
int sbx_proc_show_pipe_max_size(struct seq_file *m, void *v)
{
	seq_printf(m, "%d\n", 1024 * 1024);
	return 0;
}

/* The bounds of a domain. */
int sbx_proc_show_inotify_events(struct seq_file *m, void *v)
{
	seq_printf(m, "%d\n", SBX_INOTIFY_MAX_EVENTS);
	return 0;
}

int sbx_proc_show_inotify_instances(struct seq_file *m, void *v)
{
	seq_printf(m, "%ld\n", SBX_INOTIFY_MAX_INSTANCES);
	return 0;
}

int sbx_proc_show_inotify_watches(struct seq_file *m, void *v)
{
	seq_printf(m, "%ld\n", sbx_inotify_max_watches());
	return 0;
}

/* The host's would tell which containers share a machine. */
int sbx_proc_show_boot_id(struct seq_file *m, void *v)
{
	seq_printf(m, "%pU\n", SBX_PROC_SB(sb_of(m))->boot_id.b);
	return 0;
}

int sbx_proc_show_uuid(struct seq_file *m, void *v)
{
	uuid_t uuid;

	generate_random_uuid(uuid.b);
	seq_printf(m, "%pU\n", uuid.b);
	return 0;
}

/* A constant since Linux 5.18, once the generator is ready. */
int sbx_proc_show_entropy(struct seq_file *m, void *v)
{
	seq_puts(m, "256\n");
	return 0;
}

int sbx_proc_show_loadavg(struct seq_file *m, void *v)
{
	const struct pid_namespace *ns = SBX_PROC_SB(sb_of(m))->pid_ns;
	unsigned int tasks, running;
	unsigned long load[3];
	int i;

	tasks = sbx_proc_count_tasks(sb_of(m), &running);
	for (i = 0; i < 3; i++)
		load[i] = READ_ONCE(avenrun[i]) + FIXED_1 / 200;
	seq_printf(m, "%lu.%02lu %lu.%02lu %lu.%02lu %u/%u %d\n",
		   LOAD_INT(load[0]), LOAD_FRAC(load[0]),
		   LOAD_INT(load[1]), LOAD_FRAC(load[1]),
		   LOAD_INT(load[2]), LOAD_FRAC(load[2]),
		   running, tasks, idr_get_cursor(&ns->idr) - 1);
	return 0;
}

/* The columns of a cpu line. */
static const enum cpu_usage_stat columns[] = {
	CPUTIME_USER, CPUTIME_NICE, CPUTIME_SYSTEM, CPUTIME_IDLE, CPUTIME_IOWAIT,
	CPUTIME_IRQ, CPUTIME_SOFTIRQ, CPUTIME_STEAL, CPUTIME_GUEST, CPUTIME_GUEST_NICE,
};

/* While the tick is off, idle time is known to the tick's code alone. */
static void set_idle(u64 *stat, u64 us)
{
	if (us != U64_MAX)
		*stat = us * NSEC_PER_USEC;
}

static void fetch_cpu(struct kernel_cpustat *stat, int cpu)
{
	kcpustat_cpu_fetch(stat, cpu);
	if (!cpu_online(cpu))
		return;
	set_idle(&stat->cpustat[CPUTIME_IDLE], get_cpu_idle_time_us(cpu, NULL));
	set_idle(&stat->cpustat[CPUTIME_IOWAIT], get_cpu_iowait_time_us(cpu, NULL));
}

static void show_cpu(struct seq_file *m, const struct kernel_cpustat *stat)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(columns); i++)
		seq_put_decimal_ull(m, " ", div_u64(stat->cpustat[columns[i]],
						    NSEC_PER_SEC / USER_HZ));
	seq_putc(m, '\n');
}

/* Interrupts and switches of the whole machine are nobody's business: 0. */
int sbx_proc_show_stat(struct seq_file *m, void *v)
{
	const struct pid_namespace *ns = SBX_PROC_SB(sb_of(m))->pid_ns;
	struct kernel_cpustat stat, sum = {};
	struct timespec64 boot;
	unsigned int running;
	int cpu, i;

	for_each_possible_cpu(cpu) {
		fetch_cpu(&stat, cpu);
		for (i = 0; i < ARRAY_SIZE(columns); i++)
			sum.cpustat[columns[i]] += stat.cpustat[columns[i]];
	}
	seq_puts(m, "cpu ");
	show_cpu(m, &sum);
	for_each_online_cpu(cpu) {
		fetch_cpu(&stat, cpu);
		seq_printf(m, "cpu%d", cpu);
		show_cpu(m, &stat);
	}

	getboottime64(&boot);
	timens_sub_boottime(&boot);
	sbx_proc_count_tasks(sb_of(m), &running);
	seq_printf(m,
		   "intr 0\n"
		   "ctxt 0\n"
		   "btime %llu\n"
		   "processes %u\n"
		   "procs_running %u\n"
		   "procs_blocked 0\n"
		   "softirq 0 0 0 0 0 0 0 0 0 0 0\n",
		   (unsigned long long)boot.tv_sec, idr_get_cursor(&ns->idr) - 1, running);
	return 0;
}

int sbx_proc_show_uptime(struct seq_file *m, void *v)
{
	struct kernel_cpustat stat;
	struct timespec64 up;
	u64 idle = 0;
	u32 rem;
	int cpu;

	for_each_possible_cpu(cpu) {
		fetch_cpu(&stat, cpu);
		idle += stat.cpustat[CPUTIME_IDLE];
	}
	ktime_get_boottime_ts64(&up);
	timens_add_boottime(&up);
	idle = div_u64_rem(idle, NSEC_PER_SEC, &rem);
	seq_printf(m, "%lu.%02lu %lu.%02lu\n",
		   (unsigned long)up.tv_sec, up.tv_nsec / (NSEC_PER_SEC / 100),
		   (unsigned long)idle, (unsigned long)rem / (NSEC_PER_SEC / 100));
	return 0;
}

static void kb(struct seq_file *m, const char *name, unsigned long pages)
{
	seq_printf(m, "%-15s %8lu kB\n", name, pages << (PAGE_SHIFT - 10));
}

static unsigned long lru(enum lru_list list)
{
	return global_node_page_state(NR_LRU_BASE + list);
}

static void show_lru(struct seq_file *m)
{
	kb(m, "Active:", lru(LRU_ACTIVE_ANON) + lru(LRU_ACTIVE_FILE));
	kb(m, "Inactive:", lru(LRU_INACTIVE_ANON) + lru(LRU_INACTIVE_FILE));
	kb(m, "Active(anon):", lru(LRU_ACTIVE_ANON));
	kb(m, "Inactive(anon):", lru(LRU_INACTIVE_ANON));
	kb(m, "Active(file):", lru(LRU_ACTIVE_FILE));
	kb(m, "Inactive(file):", lru(LRU_INACTIVE_FILE));
	kb(m, "Unevictable:", lru(LRU_UNEVICTABLE));
	kb(m, "Mlocked:", global_zone_page_state(NR_MLOCK));
}

static void show_kernel_memory(struct seq_file *m)
{
	unsigned long reclaimable = global_node_page_state_pages(NR_SLAB_RECLAIMABLE_B);
	unsigned long unreclaim = global_node_page_state_pages(NR_SLAB_UNRECLAIMABLE_B);

	kb(m, "KReclaimable:",
	   reclaimable + global_node_page_state(NR_KERNEL_MISC_RECLAIMABLE));
	kb(m, "Slab:", reclaimable + unreclaim);
	kb(m, "SReclaimable:", reclaimable);
	kb(m, "SUnreclaim:", unreclaim);
	seq_printf(m, "KernelStack:    %8lu kB\n", global_node_page_state(NR_KERNEL_STACK_KB));
	kb(m, "PageTables:", global_node_page_state(NR_PAGETABLE));
	kb(m, "SecPageTables:", global_node_page_state(NR_SECONDARY_PAGETABLE));
}

static void show_huge(struct seq_file *m)
{
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	kb(m, "AnonHugePages:", global_node_page_state(NR_ANON_THPS));
	kb(m, "ShmemHugePages:", global_node_page_state(NR_SHMEM_THPS));
	kb(m, "ShmemPmdMapped:", global_node_page_state(NR_SHMEM_PMDMAPPED));
	kb(m, "FileHugePages:", global_node_page_state(NR_FILE_THPS));
	kb(m, "FilePmdMapped:", global_node_page_state(NR_FILE_PMDMAPPED));
#endif
	/* Huge pages set aside for the host are not for its guests. */
	seq_puts(m, "HugePages_Total:       0\n"
		    "HugePages_Free:        0\n"
		    "HugePages_Rsvd:        0\n"
		    "HugePages_Surp:        0\n"
		    "Hugepagesize:       2048 kB\n"
		    "Hugetlb:               0 kB\n");
}

/* Swap is not a guest's to know of; neither are totals that are not exported. */
int sbx_proc_show_meminfo(struct seq_file *m, void *v)
{
	struct sysinfo si;
	long cached;

	si_meminfo(&si);
	cached = global_node_page_state(NR_FILE_PAGES) - total_swapcache_pages() - si.bufferram;

	kb(m, "MemTotal:", si.totalram);
	kb(m, "MemFree:", si.freeram);
	kb(m, "MemAvailable:", si_mem_available());
	kb(m, "Buffers:", si.bufferram);
	kb(m, "Cached:", max(cached, 0L));
	kb(m, "SwapCached:", 0);
	show_lru(m);
	kb(m, "SwapTotal:", 0);
	kb(m, "SwapFree:", 0);
	kb(m, "Dirty:", global_node_page_state(NR_FILE_DIRTY));
	kb(m, "Writeback:", global_node_page_state(NR_WRITEBACK));
	kb(m, "AnonPages:", global_node_page_state(NR_ANON_MAPPED));
	kb(m, "Mapped:", global_node_page_state(NR_FILE_MAPPED));
	kb(m, "Shmem:", si.sharedram);
	show_kernel_memory(m);
	kb(m, "NFS_Unstable:", 0);
	kb(m, "Bounce:", 0);
	kb(m, "WritebackTmp:", global_node_page_state(NR_WRITEBACK_TEMP));
	kb(m, "CommitLimit:", si.totalram / 2);
	kb(m, "Committed_AS:", vm_memory_committed());
	seq_printf(m, "VmallocTotal:   %8lu kB\n", (unsigned long)VMALLOC_TOTAL >> 10);
	kb(m, "VmallocUsed:", 0);
	kb(m, "VmallocChunk:", 0);
	kb(m, "Percpu:", 0);
	seq_printf(m, "HardwareCorrupted: %5lu kB\n", 0UL);
	show_huge(m);
	return 0;
}
