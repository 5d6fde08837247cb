// SPDX-License-Identifier: GPL-2.0
/*
 * /sys and /sys/fs/cgroup: what programs look for there.
 *
 * Runs as: root user
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>
#include <linux/magic.h>

#include "kselftest_harness.h"

#define CPUS	"/sys/devices/system/cpu/"
#define CGROUP	"/sys/fs/cgroup/"
#define LO	"/sys/class/net/lo/"

static char text[65536];

/* The file's text without the newline at its end, or NULL. */
static char *slurp(const char *path)
{
	int fd = open(path, O_RDONLY);
	ssize_t n, len = 0;

	if (fd < 0)
		return NULL;
	while ((n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += n;
	close(fd);
	if (n < 0)
		return NULL;
	text[len] = '\0';
	if (len && text[len - 1] == '\n')
		text[len - 1] = '\0';
	return text;
}

/* How many processors a list names. */
static int count_list(const char *list)
{
	int count = 0, from, to, len;

	while (*list) {
		if (sscanf(list, "%d%n", &from, &len) != 1)
			return -1;
		list += len;
		to = from;
		if (*list == '-' && sscanf(list, "-%d%n", &to, &len) == 1)
			list += len;
		count += to - from + 1;
		list += *list == ',';
	}
	return count;
}

static bool listed(const char *dir, const char *name)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	bool found = false;

	while (d && (e = readdir(d)))
		found |= !strcmp(e->d_name, name);
	if (d)
		closedir(d);
	return found;
}

TEST(types)
{
	struct statfs fs;

	ASSERT_EQ(0, statfs("/sys", &fs));
	EXPECT_EQ(SYSFS_MAGIC, fs.f_type);
	ASSERT_EQ(0, statfs("/sys/fs/cgroup", &fs));
	EXPECT_EQ(CGROUP2_SUPER_MAGIC, fs.f_type);
	ASSERT_NE(NULL, slurp("/proc/self/mountinfo"));
	EXPECT_NE(NULL, strstr(text, " /sys ro,"));
	EXPECT_NE(NULL, strstr(text, " - sysfs "));
	EXPECT_NE(NULL, strstr(text, " /sys/fs/cgroup ro,"));
	EXPECT_NE(NULL, strstr(text, " - cgroup2 "));
}

TEST(directories)
{
	static const char *const dirs[] = {
		"/sys", "/sys/block", "/sys/bus", "/sys/class", "/sys/class/net", "/sys/dev",
		"/sys/devices/system/cpu", "/sys/devices/system/cpu/cpu0",
		"/sys/devices/system/cpu/cpu0/topology",
		"/sys/fs", "/sys/fs/cgroup", "/sys/kernel/mm/transparent_hugepage",
	};
	struct stat st;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(dirs); i++) {
		ASSERT_EQ(0, stat(dirs[i], &st));
		EXPECT_TRUE(S_ISDIR(st.st_mode));
		EXPECT_EQ(0, st.st_uid);
	}
	EXPECT_TRUE(listed("/sys/devices/system/cpu", "cpu0"));
	EXPECT_TRUE(listed("/sys/devices/system/cpu", "online"));
	EXPECT_TRUE(listed("/sys/class/net", "lo"));
	EXPECT_TRUE(listed("/sys/class/net/lo", "mtu"));
	EXPECT_TRUE(listed("/sys/fs/cgroup", "memory.max"));
	EXPECT_FALSE(listed("/sys/fs/cgroup", "memory.nothing"));
	EXPECT_EQ(-1, stat("/sys/nothing", &st));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(-1, stat("/sys/class/net/nothing", &st));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(-1, stat(CPUS "cpu4000000000", &st));
	EXPECT_EQ(ENOENT, errno);
}

TEST(processors)
{
	cpu_set_t set;

	ASSERT_EQ(0, sched_getaffinity(0, sizeof(set), &set));
	ASSERT_NE(NULL, slurp(CPUS "online"));
	EXPECT_EQ(CPU_COUNT(&set), count_list(text));
	ASSERT_NE(NULL, slurp(CPUS "present"));
	EXPECT_LE(CPU_COUNT(&set), count_list(text));
	ASSERT_NE(NULL, slurp(CPUS "possible"));
	EXPECT_LE(CPU_COUNT(&set), count_list(text));
	ASSERT_NE(NULL, slurp(CPUS "offline"));
	EXPECT_EQ(CPU_COUNT(&set), sysconf(_SC_NPROCESSORS_ONLN));
	EXPECT_LE(CPU_COUNT(&set), sysconf(_SC_NPROCESSORS_CONF));
	ASSERT_NE(NULL, slurp(CPUS "kernel_max"));
	EXPECT_LT(0, atoi(text));
	ASSERT_NE(NULL, slurp(CPUS "cpu0/topology/core_id"));
	EXPECT_EQ(0, atoi(text));
	ASSERT_NE(NULL, slurp(CPUS "cpu0/topology/thread_siblings_list"));
	EXPECT_LE(1, count_list(text));
}

TEST(memory)
{
	ASSERT_NE(NULL, slurp("/sys/kernel/mm/transparent_hugepage/enabled"));
	EXPECT_NE(NULL, strchr(text, '['));
	ASSERT_NE(NULL, slurp("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size"));
	EXPECT_EQ(2097152, atoi(text));
}

TEST(network)
{
	ASSERT_NE(NULL, slurp(LO "address"));
	EXPECT_STREQ("00:00:00:00:00:00", text);
	ASSERT_NE(NULL, slurp(LO "mtu"));
	EXPECT_STREQ("65536", text);
	ASSERT_NE(NULL, slurp(LO "type"));
	EXPECT_STREQ("772", text);
	ASSERT_NE(NULL, slurp(LO "ifindex"));
	EXPECT_STREQ("1", text);
	ASSERT_NE(NULL, slurp(LO "addr_len"));
	EXPECT_STREQ("6", text);
	ASSERT_NE(NULL, slurp(LO "tx_queue_len"));
	EXPECT_STREQ("1000", text);
	ASSERT_NE(NULL, slurp(LO "flags"));
	EXPECT_EQ(IFF_LOOPBACK, strtol(text, NULL, 16) & IFF_LOOPBACK);
	ASSERT_NE(NULL, slurp(LO "operstate"));
	EXPECT_TRUE(!strcmp(text, "unknown") || !strcmp(text, "down"));
	ASSERT_NE(NULL, slurp(LO "statistics/rx_bytes"));
	EXPECT_STREQ("0", text);
}

TEST(control_group)
{
	ASSERT_NE(NULL, slurp("/proc/self/cgroup"));
	ASSERT_NE(NULL, slurp(CGROUP "cgroup.controllers"));
	EXPECT_NE(NULL, strstr(text, "memory"));
	EXPECT_NE(NULL, strstr(text, "pids"));
	ASSERT_NE(NULL, slurp(CGROUP "memory.max"));
	EXPECT_STREQ("max", text);
	ASSERT_NE(NULL, slurp(CGROUP "memory.current"));
	EXPECT_LT(0, atol(text));
	ASSERT_NE(NULL, slurp(CGROUP "cpu.max"));
	EXPECT_STREQ("max 100000", text);
	ASSERT_NE(NULL, slurp(CGROUP "pids.current"));
	EXPECT_LE(1, atoi(text));
	ASSERT_NE(NULL, slurp(CGROUP "memory.stat"));
	EXPECT_EQ(0, strncmp(text, "anon ", 5));
	EXPECT_EQ(0, access(CGROUP "memory.max", R_OK));
}

TEST(nothing_is_written)
{
	EXPECT_EQ(-1, open(CGROUP "memory.max", O_WRONLY));
	EXPECT_EQ(getuid() ? EACCES : EROFS, errno);
	EXPECT_EQ(-1, mkdir(CGROUP "x", 0755));
	EXPECT_EQ(EROFS, errno);
	EXPECT_EQ(-1, open("/sys/kernel/mm/transparent_hugepage/enabled", O_RDWR));
	EXPECT_EQ(getuid() ? EACCES : EROFS, errno);
	EXPECT_EQ(-1, chmod("/sys/kernel", 0700));
	EXPECT_EQ(EROFS, errno);
	EXPECT_EQ(-1, open("/sys/x", O_CREAT | O_RDWR, 0600));
	EXPECT_EQ(EROFS, errno);
	EXPECT_EQ(-1, rmdir("/sys/kernel/mm"));
	EXPECT_EQ(EROFS, errno);
}

TEST(reading_in_pieces)
{
	int fd = open(CGROUP "memory.stat", O_RDONLY);
	char all[65536], piece[7];
	ssize_t n, len = 0;

	ASSERT_LE(0, fd);
	n = pread(fd, all, sizeof(all), 0);
	ASSERT_LT(100, n);
	while ((n = read(fd, piece, sizeof(piece))) > 0)
		len += n;
	EXPECT_LT(100, len);
	EXPECT_EQ(0, lseek(fd, 0, SEEK_SET));
	EXPECT_EQ(5, read(fd, piece, 5));
	EXPECT_EQ(0, memcmp(piece, "anon ", 5));
	close(fd);
}

TEST_HARNESS_MAIN
