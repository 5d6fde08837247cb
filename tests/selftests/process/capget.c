// SPDX-License-Identifier: GPL-2.0
/*
 * capget(2): versions of its interface, pids, bad pointers.
 *
 * Runs as: root user
 */
#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

static struct __user_cap_data_struct data[2];

static long get(unsigned int version, int pid, void *to)
{
	struct __user_cap_header_struct header = { version, pid };
	long ret = syscall(SYS_capget, &header, to);

	return ret < 0 ? -errno : ret;
}

/* As /proc says it, of the field with that name. */
static unsigned long long shown(const char *field)
{
	unsigned long long value = 0;
	char line[128];
	FILE *file = fopen("/proc/self/status", "r");

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, field, strlen(field)))
			value = strtoull(line + strlen(field) + 1, NULL, 16);
	if (file)
		fclose(file);
	return value;
}

TEST(own_sets)
{
	ASSERT_EQ(0, get(_LINUX_CAPABILITY_VERSION_3, 0, data));
	EXPECT_EQ(shown("CapEff"), data[0].effective | (unsigned long long)data[1].effective << 32);
	EXPECT_EQ(shown("CapPrm"), data[0].permitted | (unsigned long long)data[1].permitted << 32);
	EXPECT_EQ(shown("CapInh"),
		  data[0].inheritable | (unsigned long long)data[1].inheritable << 32);
}

TEST(by_pid)
{
	struct __user_cap_data_struct own[2] = {};
	pid_t child = fork();

	ASSERT_GE(child, 0);
	if (!child) {
		pause();
		_exit(0);
	}
	EXPECT_EQ(0, get(_LINUX_CAPABILITY_VERSION_3, getpid(), own));
	EXPECT_EQ(0, get(_LINUX_CAPABILITY_VERSION_3, child, data));
	EXPECT_EQ(0, memcmp(own, data, sizeof(own)));
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	EXPECT_EQ(-ESRCH, get(_LINUX_CAPABILITY_VERSION_3, child, data));
	EXPECT_EQ(-ESRCH, get(_LINUX_CAPABILITY_VERSION_3, INT_MAX, data));
	EXPECT_EQ(-EINVAL, get(_LINUX_CAPABILITY_VERSION_3, -1, data));
	EXPECT_EQ(-EINVAL, get(_LINUX_CAPABILITY_VERSION_3, INT_MIN, data));
}

/* The first knows 32 capabilities, and writes no more. */
TEST(versions)
{
	struct __user_cap_header_struct header = { 0x12345678, 0 };

	memset(data, 0x55, sizeof(data));
	EXPECT_EQ(0, get(_LINUX_CAPABILITY_VERSION_1, 0, data));
	EXPECT_EQ(0x55555555, data[1].effective);
	EXPECT_EQ(0, get(_LINUX_CAPABILITY_VERSION_2, 0, data));
	EXPECT_NE(0x55555555, data[1].effective);

	EXPECT_EQ(-1, syscall(SYS_capget, &header, data));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(_LINUX_CAPABILITY_VERSION_3, header.version);
	header.version = 0;
	EXPECT_EQ(0, syscall(SYS_capget, &header, NULL));
	EXPECT_EQ(_LINUX_CAPABILITY_VERSION_3, header.version);
}

TEST(follows_a_drop)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };

	ASSERT_EQ(0, get(_LINUX_CAPABILITY_VERSION_3, 0, data));
	data[0].effective &= ~(1u << CAP_CHOWN);
	ASSERT_EQ(0, syscall(SYS_capset, &header, data));
	ASSERT_EQ(0, get(_LINUX_CAPABILITY_VERSION_3, 0, data));
	EXPECT_EQ(0, data[0].effective & 1u << CAP_CHOWN);
}

TEST(bad_pointers)
{
	static void *const bad[] = { (void *)1, (void *)-4096L, (void *)0x8000000000000000ul };
	struct __user_cap_header_struct *header;

	header = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, header);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(-EFAULT, get(_LINUX_CAPABILITY_VERSION_3, 0, bad[i]));
		EXPECT_EQ(-1, syscall(SYS_capget, bad[i], data));
		EXPECT_EQ(EFAULT, errno);
	}
	/* Version 0, and the right one cannot be written. */
	EXPECT_EQ(-1, syscall(SYS_capget, header, data));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, syscall(SYS_capget, NULL, data));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(0, get(_LINUX_CAPABILITY_VERSION_3, 0, NULL));
}

TEST_HARNESS_MAIN
