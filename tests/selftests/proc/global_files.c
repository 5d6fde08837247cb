// SPDX-License-Identifier: GPL-2.0
/*
 * proc(5): the files that belong to no process: which there are, and formats.
 *
 * Runs as: root user
 */
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "proc/read.h"

static bool has(const char *path, const char *const *keys)
{
	bool all = true;

	for (; *keys; keys++) {
		if (line_of(path, *keys))
			continue;
		printf("# %s: no %s\n", path, *keys);
		all = false;
	}
	return all;
}

TEST(all_are_there)
{
	static const char *const names[] = {
		"cgroups", "cmdline", "cpuinfo", "devices", "diskstats", "filesystems",
		"interrupts", "loadavg", "locks", "meminfo", "modules", "mounts", "net",
		"partitions", "pressure", "self", "softirqs", "stat", "swaps", "sys", "sysvipc",
		"thread-self", "tty", "uptime", "version", "vmstat", "zoneinfo",
	};

	EXPECT_STREQ("", missing("/proc", names, sizeof(names) / sizeof(*names)));
}

TEST(meminfo)
{
	static const char *const keys[] = {
		"MemTotal:", "MemFree:", "MemAvailable:", "Buffers:", "Cached:", "SwapCached:",
		"Active:", "Inactive:", "Active(anon):", "Inactive(anon):", "Active(file):",
		"Inactive(file):", "Unevictable:", "Mlocked:", "SwapTotal:", "SwapFree:",
		"Dirty:", "Writeback:", "AnonPages:", "Mapped:", "Shmem:", "KReclaimable:",
		"Slab:", "SReclaimable:", "SUnreclaim:", "KernelStack:", "PageTables:",
		"SecPageTables:", "NFS_Unstable:", "Bounce:", "WritebackTmp:", "CommitLimit:",
		"Committed_AS:", "VmallocTotal:", "VmallocUsed:", "VmallocChunk:", "Percpu:",
		"AnonHugePages:", "ShmemHugePages:", "ShmemPmdMapped:",
		"FileHugePages:", "FilePmdMapped:", "HugePages_Total:", "HugePages_Free:",
		"HugePages_Rsvd:", "HugePages_Surp:", "Hugepagesize:", "Hugetlb:", NULL,
	};
	static const char path[] = "/proc/meminfo";
	long total = number_of(path, "MemTotal:");
	struct sysinfo info;

	EXPECT_TRUE(has(path, keys));
	EXPECT_LT(1024, total);
	EXPECT_LE(number_of(path, "MemFree:"), total);
	EXPECT_LE(number_of(path, "MemAvailable:"), total);
	EXPECT_LE(number_of(path, "Cached:"), total);
	EXPECT_EQ(27, strlen(line_of(path, "MemTotal:")));
	ASSERT_EQ(0, sysinfo(&info));
	EXPECT_EQ(total, info.totalram * info.mem_unit / 1024);
	EXPECT_EQ(1, info.mem_unit);
	EXPECT_LE(1, info.procs);
}

static int occurrences(const char *text, const char *what)
{
	int n = 0;

	for (; text && (text = strstr(text, what)); text++)
		n++;
	return n;
}

TEST(processors)
{
	static const char *const keys[] = {
		"cpu ", "intr ", "ctxt ", "btime ", "processes ", "procs_running ",
		"procs_blocked ", "softirq ", NULL,
	};
	unsigned long long t[10];
	const char *line;
	int in_stat;

	EXPECT_TRUE(has("/proc/stat", keys));
	line = line_of("/proc/stat", "cpu ");
	ASSERT_EQ(10, sscanf(line, "cpu  %llu %llu %llu %llu %llu %llu %llu %llu %llu %llu", &t[0],
			     &t[1], &t[2], &t[3], &t[4], &t[5], &t[6], &t[7], &t[8], &t[9]));
	EXPECT_LT(0, t[3]);
	in_stat = occurrences(contents("/proc/stat"), "\ncpu");
	EXPECT_LE(1, in_stat);
	EXPECT_EQ(in_stat, occurrences(contents("/proc/cpuinfo"), "processor\t: "));
	EXPECT_EQ(in_stat, occurrences(contents("/proc/cpuinfo"), "model name\t: "));
	EXPECT_EQ(in_stat, occurrences(contents("/proc/cpuinfo"), "\n\n"));
}

/* A buffer that is too small for it makes no difference. */
TEST(read_in_pieces)
{
	static const char *const paths[] = {
		"/proc/cpuinfo", "/proc/filesystems", "/proc/version",
	};
	static char whole[65536], pieces[65536];
	ssize_t n, len;
	int fd;

	for (int i = 0; i < 3; i++) {
		fd = open(paths[i], O_RDONLY);
		ASSERT_LE(0, fd);
		for (len = 0; (n = read(fd, whole + len, sizeof(whole) - len)) > 0; len += n)
			;
		EXPECT_EQ(0, n);
		EXPECT_EQ(0, lseek(fd, 0, SEEK_SET));
		for (len = 0; (n = read(fd, pieces + len, 7)) > 0; len += n)
			;
		EXPECT_EQ(0, n);
		/* The clock of a processor changes meanwhile. */
		EXPECT_EQ(0, memcmp(whole, pieces, i ? len : 100));
		EXPECT_EQ(10, pread(fd, pieces, 10, 20));
		EXPECT_EQ(0, memcmp(whole + 20, pieces, 10));
		close(fd);
	}
}

TEST(times_and_load)
{
	unsigned long up, up_part, idle, idle_part;
	int running, tasks, last;
	float load[3];
	char end;

	ASSERT_EQ(5, sscanf(contents("/proc/uptime"), "%lu.%2lu %lu.%2lu%c", &up, &up_part, &idle,
			    &idle_part, &end));
	EXPECT_EQ('\n', end);
	EXPECT_LT(0, up);
	ASSERT_EQ(7, sscanf(contents("/proc/loadavg"), "%f %f %f %d/%d %d%c", &load[0], &load[1],
			    &load[2], &running, &tasks, &last, &end));
	EXPECT_EQ('\n', end);
	EXPECT_LE(1, running);
	EXPECT_LE(running, tasks);
	EXPECT_LE(getpid(), last);
}

TEST(vmstat)
{
	static const char *const keys[] = {
		"nr_free_pages ", "nr_anon_pages ", "nr_mapped ", "nr_file_pages ", "nr_dirty ",
		"nr_shmem ", NULL,
	};
	/* Not each kernel counts these. */
	long before = number_of("/proc/vmstat", "pgfault ");

	EXPECT_TRUE(has("/proc/vmstat", keys));
	EXPECT_LE(before, number_of("/proc/vmstat", "pgfault "));
}

TEST(tables)
{
	static const char *const filesystems[] = {
		"nodev\tproc", "nodev\ttmpfs", "nodev\tsysfs", "\text4", NULL,
	};
	static const char *const controllers[] = {
		"#subsys_name\thierarchy\tnum_cgroups\tenabled", "cpuset\t", "cpu\t", "memory\t",
		"pids\t", NULL,
	};

	EXPECT_TRUE(has("/proc/filesystems", filesystems));
	EXPECT_TRUE(has("/proc/cgroups", controllers));
	EXPECT_NE(NULL, line_of("/proc/devices", "Character devices:"));
	EXPECT_NE(NULL, line_of("/proc/devices", "Block devices:"));
	EXPECT_NE(NULL, line_of("/proc/devices", "  1 mem"));
	EXPECT_EQ(0, strncmp("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n",
			     contents("/proc/swaps"), 44));
	EXPECT_NE(NULL, contents("/proc/diskstats"));
	EXPECT_NE(NULL, contents("/proc/modules"));
	EXPECT_NE(NULL, contents("/proc/partitions"));
	EXPECT_EQ(0, strncmp("Linux version ", contents("/proc/version"), 14));
	EXPECT_LE(1, lines_of("/proc/cmdline"));
}

TEST(pressure)
{
	static const char *const paths[] = {
		"/proc/pressure/cpu", "/proc/pressure/io", "/proc/pressure/memory",
	};
	float avg[3];
	unsigned long total;

	for (int i = 0; i < 3; i++) {
		const char *text = contents(paths[i]);

		/* Where the kernel was not told to keep count. */
		if (!text) {
			EXPECT_EQ(EOPNOTSUPP, errno);
			continue;
		}
		ASSERT_EQ(4, sscanf(text, "some avg10=%f avg60=%f avg300=%f total=%lu", &avg[0],
				    &avg[1], &avg[2], &total))
			TH_LOG("%s: %s", paths[i], text);
		EXPECT_NE(NULL, strstr(text, "\nfull avg10="));
	}
}

TEST(system_v)
{
	static const char *const starts[][2] = {
		{ "/proc/sysvipc/msg", "       key      msqid perms      cbytes       qnum" },
		{ "/proc/sysvipc/sem", "       key      semid perms      nsems   uid   gid" },
		{ "/proc/sysvipc/shm", "       key      shmid perms                  size" },
	};

	for (int i = 0; i < 3; i++) {
		EXPECT_NE(NULL, line_of(starts[i][0], starts[i][1]))
			TH_LOG("%s", contents(starts[i][0]));
	}
}

/* Each of them one number, or several. */
TEST(system_parameters)
{
	static const char *const numbers[] = {
		"fs/aio-max-nr", "fs/aio-nr", "fs/dentry-state", "fs/epoll/max_user_watches",
		"fs/dir-notify-enable", "fs/file-max", "fs/file-nr",
		"fs/inode-nr", "fs/inotify/max_queued_events", "fs/inotify/max_user_instances",
		"fs/inotify/max_user_watches", "fs/lease-break-time", "fs/mount-max", "fs/nr_open",
		"fs/overflowuid", "fs/pipe-max-size", "fs/pipe-user-pages-soft",
		"kernel/cap_last_cap", "kernel/msgmax", "kernel/msgmnb", "kernel/msgmni",
		"kernel/ngroups_max", "kernel/overflowgid", "kernel/perf_event_paranoid",
		"kernel/pid_max", "kernel/printk", "kernel/random/entropy_avail",
		"kernel/random/poolsize", "kernel/randomize_va_space", "kernel/sched_rt_period_us",
		"kernel/sem", "kernel/shmall", "kernel/shmmax", "kernel/shmmni", "kernel/tainted",
		"kernel/threads-max", "net/ipv4/ip_forward",
		"net/ipv4/ip_local_port_range", "net/ipv4/ip_unprivileged_port_start",
		"net/ipv4/tcp_fin_timeout", "net/ipv4/tcp_keepalive_time", "net/ipv4/tcp_rmem",
		"vm/dirty_ratio", "vm/max_map_count", "vm/nr_hugepages", "vm/overcommit_memory",
		"vm/overcommit_ratio", "vm/swappiness",
	};
	static const char *const words[] = {
		"kernel/core_pattern", "kernel/domainname", "kernel/hostname", "kernel/osrelease",
		"kernel/ostype", "kernel/random/boot_id", "kernel/random/uuid", "kernel/version",
		"net/ipv4/tcp_congestion_control",
	};
	const char *text;
	char path[128];
	long number;

	for (unsigned int i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		snprintf(path, sizeof(path), "/proc/sys/%s", numbers[i]);
		text = contents(path);
		EXPECT_TRUE(text && sscanf(text, "%ld", &number) == 1 && strchr(text, '\n'))
			TH_LOG("%s: %s", path, text);
	}
	for (unsigned int i = 0; i < sizeof(words) / sizeof(*words); i++) {
		snprintf(path, sizeof(path), "/proc/sys/%s", words[i]);
		text = contents(path);
		EXPECT_TRUE(text && strchr(text, '\n') > text)
			TH_LOG("%s: %s", path, text);
	}
}

/* A column for each processor. */
TEST(events_of_processors)
{
	static const char *const paths[] = { "/proc/interrupts", "/proc/softirqs" };
	const char *text;
	int cpus;

	cpus = occurrences(contents("/proc/stat"), "\ncpu");
	ASSERT_LT(0, cpus);
	for (int i = 0; i < 2; i++) {
		text = contents(paths[i]);
		ASSERT_NE(NULL, text);
		EXPECT_EQ(cpus, occurrences(text, "CPU"));
		EXPECT_EQ(' ', *text);
		EXPECT_EQ(1, occurrences(text, i ? " HI:" : "LOC:"));
	}
}

TEST(zoneinfo)
{
	static const char *const keys[] = {
		"  pages free ", "        min ", "        low ", "        high ",
		"        spanned ", "        present ", "        managed ", NULL,
	};

	EXPECT_TRUE(has("/proc/zoneinfo", keys));
	EXPECT_NE(NULL, line_of("/proc/zoneinfo", "Node 0, zone "));
}

TEST(names_of_terminals)
{
	char name[64], path[64];
	int major;

	ASSERT_EQ(3, sscanf(line_of("/proc/tty/drivers", "pty_slave") ?: "", "%63s %63s %d", name,
			    path, &major));
	EXPECT_STREQ("/dev/pts", path);
	EXPECT_EQ(136, major);
	EXPECT_NE(NULL, line_of("/proc/tty/drivers", "/dev/tty "));
}

TEST(slabinfo)
{
	if (geteuid()) {
		EXPECT_EQ(-1, open("/proc/slabinfo", O_RDONLY));
		EXPECT_EQ(EACCES, errno);
		return;
	}
	EXPECT_NE(NULL, line_of("/proc/slabinfo", "slabinfo - version: 2.1"));
	EXPECT_NE(NULL, line_of("/proc/slabinfo", "# name            <active_objs>"));
}

/* Lines about bytes 100 to 199 of a file, or who waits for them; its number. */
static int find_lock(ino_t ino, pid_t pid, const char *form)
{
	const char *line = contents("/proc/locks");
	unsigned long found;
	int number, holder;
	char what[32];

	for (; line && *line; line = strchr(line, '\n') + 1) {
		if (sscanf(line, "%d: %31[^0-9] %d %*x:%*x:%lu 100 199", &number, what, &holder,
			   &found) == 4 && found == ino && holder == pid && !strcmp(what, form))
			return number;
	}
	return -1;
}

TEST(locks)
{
	struct flock lock = { .l_type = F_WRLCK, .l_start = 100, .l_len = 100 };
	static const char waits[] = "-> POSIX  ADVISORY  WRITE ", *holds = waits + 3;
	int fd = open("locked", O_RDWR | O_CREAT, 0600), number, status;
	struct stat st;
	pid_t child;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, fstat(fd, &st));
	EXPECT_EQ(-1, find_lock(st.st_ino, getpid(), holds));
	ASSERT_EQ(0, fcntl(fd, F_SETLK, &lock));
	number = find_lock(st.st_ino, getpid(), holds);
	EXPECT_LT(0, number);
	child = fork();
	if (!child)
		_exit(fcntl(fd, F_SETLKW, &lock) ? 1 : 0);
	/* Who waits is there under the same number, sooner or later. */
	for (int i = 0; i < 1000 && find_lock(st.st_ino, child, waits) < 0; i++)
		usleep(10000);
	EXPECT_EQ(number, find_lock(st.st_ino, child, waits));
	lock.l_type = F_UNLCK;
	ASSERT_EQ(0, fcntl(fd, F_SETLK, &lock));
	ASSERT_EQ(child, wait(&status));
	EXPECT_EQ(0, status);
	EXPECT_EQ(-1, find_lock(st.st_ino, getpid(), holds));
}

TEST(what_has_no_place_in_a_container)
{
	EXPECT_EQ(-1, open("/proc/none", O_RDONLY));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(-1, open("/proc/sys/none/none", O_RDONLY));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(-1, open("/proc/new", O_WRONLY | O_CREAT, 0600));
	EXPECT_EQ(-1, mkdir("/proc/new", 0700));
	EXPECT_EQ(-1, unlink("/proc/version"));
}

TEST_HARNESS_MAIN
