// SPDX-License-Identifier: GPL-2.0
/*
 * proc(5): the files of a process, their formats, and what they say of one
 * that the test knows.
 *
 * Runs as: root user
 */
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "proc/read.h"

TEST(all_are_there)
{
	static const char *const names[] = {
		"auxv", "cgroup", "clear_refs", "cmdline", "comm", "cwd", "environ", "exe", "fd",
		"fdinfo", "gid_map", "limits", "maps", "mem", "mountinfo", "mounts", "net", "ns",
		"oom_score", "oom_score_adj", "pagemap", "personality", "projid_map", "root",
		"setgroups", "smaps", "smaps_rollup", "stat", "statm", "status",
		"task", "timens_offsets", "timerslack_ns", "uid_map", "wchan",
	};

	EXPECT_STREQ("", missing("/proc/self", names, sizeof(names) / sizeof(*names)));
}

/* The name may have all that separates fields, too. */
TEST(stat_fields)
{
	const char *text, *end;
	char name[64], state;
	int pid, ppid, pgrp, session, fields = 2;

	ASSERT_EQ(0, prctl(PR_SET_NAME, "a) R (b"));
	text = contents("/proc/self/stat");
	ASSERT_NE(NULL, text);
	end = strrchr(text, ')');
	ASSERT_NE(NULL, end);
	ASSERT_EQ(1, sscanf(text, "%d", &pid));
	EXPECT_EQ(getpid(), pid);
	snprintf(name, sizeof(name), "%d (a) R (b) ", pid);
	EXPECT_EQ(0, strncmp(text, name, strlen(name)));
	ASSERT_EQ(4, sscanf(end + 1, " %c %d %d %d", &state, &ppid, &pgrp, &session));
	EXPECT_EQ('R', state);
	EXPECT_EQ(getppid(), ppid);
	EXPECT_EQ(getpgrp(), pgrp);
	EXPECT_EQ(getsid(0), session);
	for (end += 2; *end; end++)
		fields += *end == ' ' || *end == '\n';
	EXPECT_EQ(52, fields);
}

TEST(statm_fields)
{
	unsigned long size, resident, shared, text, lib, data, dirty;
	char end;

	ASSERT_EQ(8, sscanf(contents("/proc/self/statm"), "%lu %lu %lu %lu %lu %lu %lu%c", &size,
			    &resident, &shared, &text, &lib, &data, &dirty, &end));
	EXPECT_EQ('\n', end);
	EXPECT_LT(0, resident);
	EXPECT_LE(resident, size);
	EXPECT_EQ(0, lib);
	EXPECT_EQ(0, dirty);
	EXPECT_EQ(size * 4, number_of("/proc/self/status", "VmSize:"));
}

TEST(status_fields)
{
	static const char *const keys[] = {
		"Name:", "Umask:", "State:", "Tgid:", "Ngid:", "Pid:", "PPid:", "TracerPid:",
		"Uid:", "Gid:", "FDSize:", "Groups:", "NStgid:", "NSpid:", "NSpgid:", "NSsid:",
		"VmPeak:", "VmSize:", "VmLck:", "VmPin:", "VmHWM:", "VmRSS:", "RssAnon:",
		"RssFile:", "RssShmem:", "VmData:", "VmStk:", "VmExe:", "VmLib:", "VmPTE:",
		"VmSwap:", "HugetlbPages:", "CoreDumping:", "THP_enabled:", "Threads:", "SigQ:",
		"SigPnd:", "ShdPnd:", "SigBlk:", "SigIgn:", "SigCgt:", "CapInh:", "CapPrm:",
		"CapEff:", "CapBnd:", "CapAmb:", "NoNewPrivs:", "Seccomp:", "Seccomp_filters:",
		"Speculation_Store_Bypass:", "Cpus_allowed:", "Cpus_allowed_list:",
		"Mems_allowed:", "Mems_allowed_list:", "voluntary_ctxt_switches:",
		"nonvoluntary_ctxt_switches:",
	};

	for (unsigned int i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		EXPECT_NE(NULL, line_of("/proc/self/status", keys[i]))
			TH_LOG("%s", keys[i]);
	}
	umask(027);
	EXPECT_STREQ("Umask:\t0027", line_of("/proc/self/status", "Umask:"));
	EXPECT_EQ(getpid(), number_of("/proc/self/status", "Pid:"));
	EXPECT_EQ(getppid(), number_of("/proc/self/status", "PPid:"));
	EXPECT_EQ(getuid(), number_of("/proc/self/status", "Uid:"));
	EXPECT_EQ(0, number_of("/proc/self/status", "TracerPid:"));
	EXPECT_EQ(0, number_of("/proc/self/status", "Seccomp:"));
	EXPECT_EQ(1, number_of("/proc/self/status", "Threads:"));
}

TEST(environment_and_arguments)
{
	static char *const argv[] = { "cat", "/proc/self/environ", "/proc/self/cmdline", NULL };
	static char *const env[] = { "A=b", "EMPTY=", NULL };
	static const char want[] = "A=b\0EMPTY=\0cat\0/proc/self/environ\0/proc/self/cmdline";
	char buf[256];
	int fds[2];
	ssize_t n;

	ASSERT_EQ(0, pipe(fds));
	if (!fork()) {
		dup2(fds[1], 1);
		execve("/bin/cat", argv, env);
		_exit(1);
	}
	close(fds[1]);
	wait(NULL);
	n = read(fds[0], buf, sizeof(buf));
	ASSERT_EQ(sizeof(want), n);
	EXPECT_EQ(0, memcmp(want, buf, n));
}

TEST(auxv)
{
	Elf64_auxv_t entry;
	int fd, n = 0;

	fd = open("/proc/self/auxv", O_RDONLY);
	ASSERT_LE(0, fd);
	while (read(fd, &entry, sizeof(entry)) == sizeof(entry) && entry.a_type) {
		/* libc improves on some of the processor's features. */
		if (entry.a_type != AT_HWCAP && entry.a_type != AT_HWCAP2) {
			EXPECT_EQ(getauxval(entry.a_type), entry.a_un.a_val);
		}
		n++;
	}
	EXPECT_LT(10, n);
}

TEST(links)
{
	char buf[PATH_MAX] = "", cwd[PATH_MAX];

	ASSERT_LT(0, readlink("/proc/self/cwd", buf, sizeof(buf) - 1));
	EXPECT_STREQ(getcwd(cwd, sizeof(cwd)), buf);
	memset(buf, 0, sizeof(buf));
	ASSERT_EQ(1, readlink("/proc/self/root", buf, sizeof(buf) - 1));
	EXPECT_STREQ("/", buf);
	ASSERT_LT(0, readlink("/proc/self/exe", buf, sizeof(buf) - 1));
	EXPECT_STREQ("process_files", strrchr(buf, '/') + 1);
	ASSERT_LT(0, open("/proc/self/exe", O_RDONLY));
	snprintf(cwd, sizeof(cwd), "%d", getpid());
	memset(buf, 0, sizeof(buf));
	ASSERT_LT(0, readlink("/proc/self", buf, sizeof(buf) - 1));
	EXPECT_STREQ(cwd, buf);
}

TEST(namespaces)
{
	static const char *const names[] = {
		"cgroup", "ipc", "mnt", "net", "pid", "pid_for_children", "time",
		"time_for_children", "user", "uts",
	};
	char path[64], buf[64];
	unsigned long ino;
	struct stat st;

	for (unsigned int i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "/proc/self/ns/%s", names[i]);
		memset(buf, 0, sizeof(buf));
		ASSERT_LT(0, readlink(path, buf, sizeof(buf) - 1))
			TH_LOG("%s", path);
		ASSERT_NE(NULL, strchr(buf, '['));
		ASSERT_EQ(1, sscanf(strchr(buf, '['), "[%lu]", &ino));
		EXPECT_EQ(0, strncmp(buf, names[i], strcspn(buf, ":")));
		ASSERT_EQ(0, stat(path, &st));
		EXPECT_EQ(st.st_ino, ino);
	}
}

TEST(fdinfo)
{
	int fd = open("file", O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND, 0600);
	unsigned int flags;
	char path[64];

	ASSERT_LE(0, fd);
	ASSERT_EQ(5, write(fd, "12345", 5));
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	EXPECT_EQ(5, number_of(path, "pos:"));
	EXPECT_LT(0, number_of(path, "mnt_id:"));
	EXPECT_LT(0, number_of(path, "ino:"));
	ASSERT_EQ(1, sscanf(line_of(path, "flags:"), "flags: %o", &flags));
	EXPECT_EQ(O_RDWR | O_CLOEXEC | O_APPEND, flags & (O_ACCMODE | O_CLOEXEC | O_APPEND));
}

TEST(memory_maps)
{
	size_t size = 64 * 4096;
	char *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char range[64], perms[8] = "";
	const char *line;

	memset(map, 1, size);
	ASSERT_EQ(0, mprotect(map, 4096, PROT_READ));
	snprintf(range, sizeof(range), "%lx-%lx ", (long)map, (long)map + 4096);
	line = line_of("/proc/self/maps", range);
	ASSERT_NE(NULL, line);
	ASSERT_EQ(1, sscanf(line + strlen(range), "%7s", perms));
	EXPECT_STREQ("r--p", perms);
	EXPECT_NE(NULL, line_of("/proc/self/smaps", range));
	EXPECT_NE(NULL, line_of("/proc/self/smaps", "VmFlags:"));
	EXPECT_NE(NULL, strstr(contents("/proc/self/maps"), "[stack]"));
	EXPECT_NE(NULL, strstr(contents("/proc/self/smaps_rollup"), "[rollup]"));
	EXPECT_LE(size / 1024, number_of("/proc/self/smaps_rollup", "Rss:"));
	EXPECT_LE(size / 1024, number_of("/proc/self/smaps_rollup", "Anonymous:"));
}

TEST(limits)
{
	struct rlimit nofile = { 123, 456 }, core = { 11, 22 };
	static const char form[] = "%-25s %-20d %-20d %-10s";
	char line[128];

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &nofile));
	ASSERT_EQ(0, setrlimit(RLIMIT_CORE, &core));
	snprintf(line, sizeof(line), form, "Max open files", 123, 456, "files");
	EXPECT_STREQ(line, line_of("/proc/self/limits", "Max open files"));
	snprintf(line, sizeof(line), form, "Max core file size", 11, 22, "bytes");
	EXPECT_STREQ(line, line_of("/proc/self/limits", "Max core file size"));
	EXPECT_EQ(17, lines_of("/proc/self/limits"));
}

TEST(mounts)
{
	int id, parent, major, minor;
	char root[256], point[256];
	const char *line = contents("/proc/self/mountinfo");
	int seen = 0;

	EXPECT_EQ(lines_of("/proc/self/mounts"), lines_of("/proc/self/mountinfo"));
	EXPECT_EQ(lines_of("/proc/mounts"), lines_of("/proc/self/mountinfo"));
	line = contents("/proc/self/mountinfo");
	for (; line && *line; line = strchr(line, '\n') + 1) {
		ASSERT_EQ(6, sscanf(line, "%d %d %d:%d %255s %255s", &id, &parent, &major, &minor,
				    root, point));
		EXPECT_EQ('/', root[0]);
		seen += !strcmp(point, "/") + 2 * !strcmp(point, "/proc");
	}
	EXPECT_EQ(3, seen & 3);
	EXPECT_NE(NULL, line_of("/proc/mounts", "proc /proc proc "));
}

TEST(io)
{
	static const char *const keys[] = {
		"rchar:", "wchar:", "syscr:", "syscw:", "read_bytes:", "write_bytes:",
		"cancelled_write_bytes:",
	};
	int fd = open("io", O_RDWR | O_CREAT, 0600);
	long before, calls;
	char buf[1000] = "";

	if (access("/proc/self/io", F_OK))
		SKIP(return, "this kernel does not count it");
	for (int i = 0; i < 7; i++) {
		EXPECT_LE(0, number_of("/proc/self/io", keys[i]));
	}
	before = number_of("/proc/self/io", "wchar:");
	calls = number_of("/proc/self/io", "syscw:");
	ASSERT_EQ(1000, write(fd, buf, 1000));
	EXPECT_EQ(before + 1000, number_of("/proc/self/io", "wchar:"));
	EXPECT_EQ(calls + 1, number_of("/proc/self/io", "syscw:"));
}

TEST(schedstat)
{
	unsigned long long run, wait;
	unsigned long slices;

	if (access("/proc/self/schedstat", F_OK))
		SKIP(return, "this kernel does not count it");
	ASSERT_EQ(3, sscanf(contents("/proc/self/schedstat"), "%llu %llu %lu", &run, &wait,
			    &slices));
	EXPECT_LT(0, slices);
}

/* Says who it is about by the numbers of the reader's namespace. */
TEST(sched)
{
	int pid, threads;
	char name[16];

	if (access("/proc/self/sched", F_OK))
		SKIP(return, "this kernel does not show it");
	ASSERT_EQ(3, sscanf(contents("/proc/self/sched"), "%15s (%d, #threads: %d)", name, &pid,
			    &threads));
	EXPECT_EQ(getpid(), pid);
	EXPECT_EQ(1, threads);
	EXPECT_NE(NULL, line_of("/proc/self/sched", "nr_switches"));
	EXPECT_NE(NULL, line_of("/proc/self/sched", "policy"));
}

static int group_of_session(void)
{
	int group, nice;

	if (sscanf(contents("/proc/self/autogroup") ?: "", "/autogroup-%d nice %d\n", &group,
		   &nice) != 2 || nice)
		return -1;
	return group;
}

/* A group for each session. */
TEST(autogroup)
{
	int ours, status;

	if (access("/proc/self/autogroup", F_OK))
		SKIP(return, "this kernel does not group by session");
	ours = group_of_session();
	ASSERT_LE(0, ours);
	if (!fork())
		_exit(group_of_session() != ours || setsid() < 0 || group_of_session() < 0 ||
		      group_of_session() == ours);
	wait(&status);
	EXPECT_EQ(0, status);
}

TEST(numa_maps)
{
	if (access("/proc/self/numa_maps", F_OK))
		SKIP(return, "this kernel has one node");
	EXPECT_NE(NULL, strstr(contents("/proc/self/numa_maps"), " stack"));
	EXPECT_NE(NULL, strstr(contents("/proc/self/numa_maps"), " N0="));
}

TEST(timens_offsets)
{
	long mono[2], boot[2];

	ASSERT_EQ(4, sscanf(contents("/proc/self/timens_offsets"),
			    "monotonic %ld %ld boottime %ld %ld", &mono[0], &mono[1], &boot[0],
			    &boot[1]));
	EXPECT_EQ(0, mono[0] | mono[1] | boot[0] | boot[1]);
}

/* That of the container has a loopback device, and no socket that is bound. */
TEST(network)
{
	static const char *const names[] = {
		"arp", "dev", "icmp", "netlink", "netstat", "packet", "raw",
		"route", "snmp", "tcp", "udp", "unix",
	};
	char link[16] = "", path[64];

	EXPECT_STREQ("", missing("/proc/self/net", names, sizeof(names) / sizeof(*names)));
	ASSERT_LT(0, readlink("/proc/net", link, sizeof(link) - 1));
	EXPECT_STREQ("self/net", link);
	snprintf(path, sizeof(path), "/proc/self/task/%d/net/dev", getpid());
	EXPECT_NE(NULL, line_of("/proc/net/dev", "    lo:"));
	EXPECT_NE(NULL, line_of(path, "    lo:"));
	EXPECT_EQ(1, lines_of("/proc/net/tcp"));
	EXPECT_EQ(1, lines_of("/proc/net/udp"));
	EXPECT_NE(NULL, line_of("/proc/net/route", "Iface\tDestination\tGateway"));
	EXPECT_NE(NULL, line_of("/proc/net/snmp", "Tcp: "));
	EXPECT_EQ(-1, open("/proc/net/none", O_RDONLY));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(-1, open("/proc/net/new", O_WRONLY | O_CREAT, 0600));
}

/* A second look gives the same, and so does one in parts. */
TEST(network_again)
{
	int fd = open("/proc/net/dev", O_RDONLY);
	char one[4096] = "", two[4096] = "";
	size_t len = 0;
	ssize_t n;

	ASSERT_LE(0, fd);
	ASSERT_LT(0, read(fd, one, sizeof(one) - 1));
	ASSERT_EQ(0, lseek(fd, 0, SEEK_SET));
	while ((n = read(fd, two + len, 7)) > 0)
		len += n;
	EXPECT_EQ(0, n);
	EXPECT_STREQ(one, two);
}

TEST(oom_score_adj)
{
	EXPECT_EQ(0, put("/proc/self/oom_score_adj", "500"));
	EXPECT_STREQ("500\n", contents("/proc/self/oom_score_adj"));
	EXPECT_EQ(-EINVAL, put("/proc/self/oom_score_adj", "1001"));
	EXPECT_EQ(-EINVAL, put("/proc/self/oom_score_adj", "none"));
	/* Less than ever takes a privilege on the host. */
	EXPECT_EQ(-EACCES, put("/proc/self/oom_score_adj", "-1000"));
	EXPECT_LE(0, atoi(contents("/proc/self/oom_score")));
	if (!fork())
		_exit(strcmp(contents("/proc/self/oom_score_adj"), "500\n") ? 1 : 0);
	int status;

	wait(&status);
	EXPECT_EQ(0, status);
}

TEST(comm)
{
	char name[32] = "";
	char path[64];
	pid_t child;

	EXPECT_EQ(0, put("/proc/self/comm", "a name too long for it"));
	EXPECT_STREQ("a name too long\n", contents("/proc/self/comm"));
	ASSERT_EQ(0, prctl(PR_GET_NAME, name));
	EXPECT_STREQ("a name too long", name);
	child = fork();
	if (!child) {
		pause();
		_exit(0);
	}
	/* Threads of one's own process only. */
	snprintf(path, sizeof(path), "/proc/%d/comm", child);
	EXPECT_EQ(-EINVAL, put(path, "other"));
	EXPECT_STREQ("a name too long\n", contents(path));
	kill(child, SIGKILL);
	wait(NULL);
}

static void *sleeps(void *arg)
{
	pause();
	return arg;
}

TEST(threads)
{
	struct dirent *entry;
	pthread_t thread;
	char path[300];
	int n = 0;
	DIR *dir;

	ASSERT_EQ(0, pthread_create(&thread, NULL, sleeps, NULL));
	dir = opendir("/proc/self/task");
	ASSERT_NE(NULL, dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		n++;
		snprintf(path, sizeof(path), "/proc/self/task/%s/status", entry->d_name);
		EXPECT_EQ(getpid(), number_of(path, "Tgid:"));
		EXPECT_EQ(atoi(entry->d_name), number_of(path, "Pid:"));
	}
	EXPECT_EQ(2, n);
	EXPECT_EQ(2, number_of("/proc/self/status", "Threads:"));
	closedir(dir);
}

TEST(children)
{
	char path[64], want[32];
	pid_t child = fork();

	if (!child) {
		pause();
		_exit(0);
	}
	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	snprintf(want, sizeof(want), "%d ", child);
	EXPECT_STREQ(want, contents(path));
	kill(child, SIGKILL);
	wait(NULL);
	EXPECT_STREQ("", contents(path));
}

TEST(maps_of_ids)
{
	unsigned int inside, outside, count;

	ASSERT_EQ(3, sscanf(contents("/proc/self/uid_map"), "%u %u %u", &inside, &outside, &count));
	EXPECT_EQ(0, inside);
	EXPECT_LE(1001, count);
	ASSERT_EQ(3, sscanf(contents("/proc/self/gid_map"), "%u %u %u", &inside, &outside, &count));
	EXPECT_EQ(0, inside);
}

TEST(cgroup)
{
	const char *line = line_of("/proc/self/cgroup", "0::");

	ASSERT_NE(NULL, line);
	EXPECT_EQ('/', line[3]);
}

TEST(waits_nowhere)
{
	EXPECT_STREQ("0", contents("/proc/self/wchan"));
}

TEST(own_memory)
{
	static volatile char here[] = "something";
	int fd = open("/proc/self/mem", O_RDWR);
	char buf[16];

	ASSERT_LE(0, fd);
	ASSERT_EQ(9, pread(fd, buf, 9, (long)here));
	EXPECT_EQ(0, memcmp(buf, "something", 9));
	ASSERT_EQ(4, pwrite(fd, "SOME", 4, (long)here));
	EXPECT_EQ('S', here[0]);
	EXPECT_EQ(-1, pread(fd, buf, 1, 0));
	EXPECT_EQ(EIO, errno);
}

/* What is gone is gone, by an open file as well. */
TEST(dead_processes)
{
	char path[64], buf[16];
	pid_t child = fork();
	int fd;

	if (!child) {
		pause();
		_exit(0);
	}
	snprintf(path, sizeof(path), "/proc/%d/stat", child);
	fd = open(path, O_RDONLY);
	ASSERT_LE(0, fd);
	kill(child, SIGKILL);
	/* A zombie has a state, but no memory. */
	while (!strstr(contents(path) ?: "", ") Z "))
		usleep(1000);
	wait(NULL);
	EXPECT_EQ(-1, read(fd, buf, sizeof(buf)));
	EXPECT_EQ(ESRCH, errno);
	EXPECT_EQ(-1, open(path, O_RDONLY));
	EXPECT_EQ(ENOENT, errno);
}

TEST_HARNESS_MAIN
