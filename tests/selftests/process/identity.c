// SPDX-License-Identifier: GPL-2.0
/*
 * Who am I: pids, ids, names, limits.
 *
 * Runs as: root user
 */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

TEST(getpid_is_own_tid)
{
	EXPECT_EQ(syscall(SYS_getpid), syscall(SYS_gettid));
	EXPECT_EQ(getpid(), syscall(SYS_getpid));
}

TEST(child_sees_parent)
{
	pid_t self = getpid();
	int status;
	pid_t child;

	child = fork();
	ASSERT_GE(child, 0);
	if (!child)
		_exit(getppid() == self ? 42 : 1);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_TRUE(WIFEXITED(status));
	EXPECT_EQ(42, WEXITSTATUS(status));
}

TEST_HARNESS_MAIN
