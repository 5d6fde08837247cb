// SPDX-License-Identifier: GPL-2.0
/*
 * Priorities of tasks, groups and users, and signals to groups.
 *
 * Runs as: root user
 *
 * Nobody here may take back what a test gave away, and the harness is of the same
 * user, so all values are relative to those found.
 */
#include <linux/ioprio.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

/* In newer headers IOPRIO_PRIO_VALUE() is a function, and takes no wrong values. */
#define PRIO(class, level)	((class) << IOPRIO_CLASS_SHIFT | (level))
#define BE(level)		PRIO(IOPRIO_CLASS_BE, level)
#define IDLE			PRIO(IOPRIO_CLASS_IDLE, 0)

static const pid_t nobody = 0x3fffff;

static int ioprio_get(int which, int who)
{
	return syscall(SYS_ioprio_get, which, who);
}

static int ioprio_set(int which, int who, int prio)
{
	return syscall(SYS_ioprio_set, which, who, prio);
}

/* The negative errno, or the call's own value: 40 to 1 for nice -20 to 19. */
static int prio(int which, int who)
{
	long ret = syscall(SYS_getpriority, which, who);

	return ret < 0 ? -errno : ret;
}

static int nice_of(pid_t pid)
{
	return 20 - prio(PRIO_PROCESS, pid);
}

/* A process that waits to be killed, in a group of its own or the caller's. */
static pid_t start(struct __test_metadata *_metadata, uid_t uid, pid_t group)
{
	int ready[2];
	pid_t pid;
	char byte;

	ASSERT_EQ(0, pipe(ready));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		if ((uid != getuid() && setresuid(uid, uid, uid)) ||
		    (group != getpgrp() && setpgid(0, group)) || write(ready[1], "", 1) != 1)
			_exit(1);
		close(ready[1]);
		for (;;)
			pause();
	}
	close(ready[1]);
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	close(ready[0]);
	return pid;
}

static int end(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	return waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) ? WTERMSIG(status) : -1;
}

TEST(bad_arguments)
{
	static const int bad[] = { -1, 3, 4, 0x7fffffff };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(-EINVAL, prio(bad[i], 0));
		EXPECT_EQ(-1, setpriority(bad[i], 0, 19));
		EXPECT_EQ(EINVAL, errno);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		int which = bad[i] == 3 ? 0 : bad[i];

		EXPECT_EQ(-1, ioprio_get(which, 0));
		EXPECT_EQ(EINVAL, errno);
		EXPECT_EQ(-1, ioprio_set(which, 0, IDLE));
		EXPECT_EQ(EINVAL, errno);
	}
}

TEST(nobody_there)
{
	int which;

	for (which = PRIO_PROCESS; which <= PRIO_USER; which++) {
		EXPECT_EQ(-ESRCH, prio(which, nobody));
		EXPECT_EQ(-1, setpriority(which, nobody, 19));
		EXPECT_EQ(ESRCH, errno);
		EXPECT_EQ(-1, ioprio_get(which + 1, nobody));
		EXPECT_EQ(ESRCH, errno);
		EXPECT_EQ(-1, ioprio_set(which + 1, nobody, IDLE));
		EXPECT_EQ(ESRCH, errno);
		EXPECT_EQ(-ESRCH, prio(which, -1));
	}
}

TEST(classes_and_levels_of_ioprio)
{
	static const struct {
		int prio, err;
	} cases[] = {
		{ PRIO(IOPRIO_CLASS_NONE, 1), EINVAL },
		{ PRIO(IOPRIO_CLASS_RT, 0), EPERM },
		{ PRIO(4, 0), EINVAL },
		{ PRIO(7, 0), EINVAL },
		{ -1, EINVAL },
	};
	int which;
	size_t i;

	for (which = 1; which <= 3; which++)
		for (i = 0; i < ARRAY_SIZE(cases); i++) {
			EXPECT_EQ(-1, ioprio_set(which, getpid(), cases[i].prio));
			EXPECT_EQ(cases[i].err, errno);
		}
	for (i = 0; i < 8; i++) {
		EXPECT_EQ(0, ioprio_set(IOPRIO_WHO_PROCESS, 0, BE(i)));
		EXPECT_EQ(BE(i), ioprio_get(IOPRIO_WHO_PROCESS, 0));
	}
}

TEST(of_a_process)
{
	const int nice = nice_of(0);
	pid_t pid = start(_metadata, getuid(), getpgrp());

	EXPECT_EQ(0, setpriority(PRIO_PROCESS, pid, nice + 1));
	EXPECT_EQ(nice + 1, nice_of(pid));
	EXPECT_EQ(nice, nice_of(0));
	EXPECT_EQ(-1, setpriority(PRIO_PROCESS, pid, nice));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(0, setpriority(PRIO_PROCESS, pid, 1000));
	EXPECT_EQ(19, nice_of(pid));
	EXPECT_EQ(-1, setpriority(PRIO_PROCESS, pid, -1000));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(SIGKILL, end(pid));
}

static pid_t thread_tid;
static volatile int thread_end;

static void *thread(void *ready)
{
	thread_tid = syscall(SYS_gettid);
	write(*(int *)ready, "", 1);
	while (!thread_end)
		usleep(1000);
	return NULL;
}

TEST(of_a_group)
{
	const int nice = nice_of(0);
	pid_t one = start(_metadata, getuid(), 0);
	pid_t two = start(_metadata, getuid(), one);
	pid_t other = start(_metadata, getuid(), 0);

	EXPECT_EQ(0, setpriority(PRIO_PROCESS, two, nice + 2));
	EXPECT_EQ(20 - nice, prio(PRIO_PGRP, one));
	EXPECT_EQ(0, setpriority(PRIO_PGRP, one, nice + 3));
	EXPECT_EQ(nice + 3, nice_of(one));
	EXPECT_EQ(nice + 3, nice_of(two));
	EXPECT_EQ(nice, nice_of(other));
	EXPECT_EQ(nice, nice_of(0));
	EXPECT_EQ(20 - nice - 3, prio(PRIO_PGRP, one));
	/* All of it is tried, and the last word counts. */
	EXPECT_EQ(-1, setpriority(PRIO_PGRP, one, nice + 2));
	EXPECT_EQ(EACCES, errno);

	EXPECT_EQ(0, ioprio_set(IOPRIO_WHO_PROCESS, one, BE(6)));
	EXPECT_EQ(0, ioprio_set(IOPRIO_WHO_PROCESS, two, BE(5)));
	EXPECT_EQ(BE(5), ioprio_get(IOPRIO_WHO_PGRP, one));
	EXPECT_EQ(0, ioprio_set(IOPRIO_WHO_PGRP, one, IDLE));
	EXPECT_EQ(IDLE, ioprio_get(IOPRIO_WHO_PROCESS, one));
	EXPECT_EQ(IDLE, ioprio_get(IOPRIO_WHO_PROCESS, two));
	EXPECT_NE(IDLE, ioprio_get(IOPRIO_WHO_PROCESS, other));

	/* The group is there without its leader. */
	EXPECT_EQ(SIGKILL, end(one));
	EXPECT_EQ(0, setpriority(PRIO_PGRP, one, nice + 4));
	EXPECT_EQ(nice + 4, nice_of(two));
	EXPECT_EQ(SIGKILL, end(two));
	EXPECT_EQ(-ESRCH, prio(PRIO_PGRP, one));
	EXPECT_EQ(SIGKILL, end(other));
}

TEST(of_the_own_group_and_its_threads)
{
	const int nice = nice_of(0);
	pthread_t id;
	int ready[2];
	char byte;

	ASSERT_EQ(0, setpgid(0, 0));
	ASSERT_EQ(0, pipe(ready));
	ASSERT_EQ(0, pthread_create(&id, NULL, thread, &ready[1]));
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	EXPECT_EQ(0, setpriority(PRIO_PROCESS, 0, nice + 1));
	EXPECT_EQ(nice, nice_of(thread_tid));
	EXPECT_EQ(20 - nice, prio(PRIO_PGRP, 0));
	EXPECT_EQ(0, setpriority(PRIO_PGRP, 0, nice + 2));
	EXPECT_EQ(nice + 2, nice_of(thread_tid));
	EXPECT_EQ(nice + 2, nice_of(0));
	EXPECT_EQ(0, ioprio_set(IOPRIO_WHO_PGRP, 0, BE(3)));
	EXPECT_EQ(BE(3), ioprio_get(IOPRIO_WHO_PROCESS, thread_tid));
	thread_end = 1;
	pthread_join(id, NULL);
}

TEST(of_the_own_user)
{
	const int nice = nice_of(0);
	pid_t pid = start(_metadata, getuid(), 0);

	/* The harness has it lower than us at most. */
	EXPECT_LE(20 - nice, prio(PRIO_USER, 0));
	EXPECT_EQ(prio(PRIO_USER, 0), prio(PRIO_USER, getuid()));
	EXPECT_EQ(0, setpriority(PRIO_USER, 0, nice + 1));
	EXPECT_EQ(nice + 1, nice_of(0));
	EXPECT_EQ(nice + 1, nice_of(pid));
	EXPECT_EQ(nice + 1, nice_of(getppid()));
	EXPECT_EQ(20 - nice - 1, prio(PRIO_USER, 0));
	EXPECT_EQ(0, ioprio_set(IOPRIO_WHO_USER, getuid(), BE(7)));
	EXPECT_EQ(BE(7), ioprio_get(IOPRIO_WHO_PROCESS, pid));
	EXPECT_EQ(BE(7), ioprio_get(IOPRIO_WHO_USER, 0));
	EXPECT_EQ(BE(7), ioprio_get(IOPRIO_WHO_USER, getuid()));
	EXPECT_EQ(SIGKILL, end(pid));
}

TEST(of_another_user)
{
	const int nice = nice_of(0);
	pid_t pid;

	if (getuid()) {
		EXPECT_EQ(-ESRCH, prio(PRIO_USER, 4321));
		/* What 0 means to each. */
		EXPECT_EQ(-1, ioprio_set(IOPRIO_WHO_USER, 0, IDLE));
		EXPECT_EQ(ESRCH, errno);
		EXPECT_LT(0, ioprio_get(IOPRIO_WHO_USER, 0));
		return;
	}
	pid = start(_metadata, 4321, 0);
	EXPECT_EQ(20 - nice, prio(PRIO_USER, 4321));
	/* The containers have no CAP_SYS_NICE. */
	EXPECT_EQ(-1, setpriority(PRIO_USER, 4321, nice + 2));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(nice, nice_of(pid));
	EXPECT_EQ(-1, ioprio_set(IOPRIO_WHO_USER, 4321, IDLE));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(SIGKILL, end(pid));
	EXPECT_EQ(-ESRCH, prio(PRIO_USER, 4321));
}

TEST(not_permitted)
{
	const int nice = nice_of(0);
	pid_t pid, group;

	if (getuid())
		SKIP(return, "only root has other users' processes");
	pid = start(_metadata, getuid(), 0);
	group = pid;
	/* Of two users in one group the one's is set, the other's is the errno. */
	ASSERT_EQ(0, setpgid(0, group));
	ASSERT_EQ(0, setresuid(4321, 4321, 4321));
	EXPECT_EQ(-1, setpriority(PRIO_PROCESS, pid, nice + 1));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(-1, setpriority(PRIO_USER, 0, nice - 1));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(0, setpriority(PRIO_USER, 0, nice + 1));
	EXPECT_EQ(nice + 1, nice_of(0));
	EXPECT_EQ(nice, nice_of(pid));
	EXPECT_EQ(-1, ioprio_set(IOPRIO_WHO_PROCESS, pid, IDLE));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(-1, kill(pid, SIGKILL));
	EXPECT_EQ(EPERM, errno);
}

TEST(signals_to_groups)
{
	pid_t one = start(_metadata, getuid(), 0);
	pid_t two = start(_metadata, getuid(), one);
	pid_t other = start(_metadata, getuid(), 0);
	int status;

	EXPECT_EQ(0, kill(-one, 0));
	EXPECT_EQ(-1, kill(-one, 65));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, kill(-one, SIGTERM));
	EXPECT_EQ(one, waitpid(one, &status, 0));
	EXPECT_EQ(SIGTERM, WTERMSIG(status));
	EXPECT_EQ(two, waitpid(two, &status, 0));
	EXPECT_EQ(SIGTERM, WTERMSIG(status));
	EXPECT_EQ(-1, kill(-one, SIGTERM));
	EXPECT_EQ(ESRCH, errno);
	EXPECT_EQ(-1, kill(0x80000000, SIGTERM));
	EXPECT_EQ(ESRCH, errno);
	EXPECT_EQ(0, kill(other, 0));
	EXPECT_EQ(SIGKILL, end(other));
}

TEST(signal_to_the_own_group)
{
	pid_t one, status;

	ASSERT_EQ(0, setpgid(0, 0));
	signal(SIGTERM, SIG_IGN);
	one = fork();
	if (!one) {
		signal(SIGTERM, SIG_DFL);
		kill(0, SIGTERM);
		_exit(0);
	}
	EXPECT_EQ(one, waitpid(one, &status, 0));
	EXPECT_EQ(SIGTERM, WTERMSIG(status));
}

TEST_HARNESS_MAIN
