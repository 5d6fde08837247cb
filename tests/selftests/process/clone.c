// SPDX-License-Identifier: GPL-2.0
/*
 * New tasks of every kind, and what they share.
 *
 * Runs as: root user
 */
#include <errno.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define NR_THREADS	500

static int wait_exit(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static long clone3(struct clone_args *args, size_t size)
{
	return syscall(SYS_clone3, args, size);
}

TEST(fork_copies_memory)
{
	volatile int value = 1;
	pid_t child = fork();

	ASSERT_GE(child, 0);
	if (!child) {
		value = 2;
		_exit(value);
	}
	EXPECT_EQ(2, wait_exit(child));
	EXPECT_EQ(1, value);
}

TEST(vfork_shares_memory_and_waits)
{
	volatile int value = 1;
	pid_t child = vfork();

	ASSERT_GE(child, 0);
	if (!child) {
		value = 2;
		_exit(3);
	}
	/* The parent went on only after the child was done. */
	EXPECT_EQ(2, value);
	EXPECT_EQ(3, wait_exit(child));
}

TEST(vfork_child_executes)
{
	pid_t child = vfork();

	ASSERT_GE(child, 0);
	if (!child) {
		execl("/bin/sh", "sh", "-c", "exit 7", NULL);
		_exit(1);
	}
	EXPECT_EQ(7, wait_exit(child));
}

TEST(posix_spawn_with_arguments)
{
	char *argv[] = { "sh", "-c", "exit $(($1 + 1))", "sh", "41", NULL };
	pid_t child;

	ASSERT_EQ(0, posix_spawn(&child, "/bin/sh", NULL, NULL, argv, environ));
	EXPECT_EQ(42, wait_exit(child));
}

TEST(posix_spawn_tells_of_a_failed_exec)
{
	char *argv[] = { "nothing", NULL };
	pid_t child;

	EXPECT_EQ(ENOENT, posix_spawn(&child, "/nothing", NULL, NULL, argv, environ));
}

static atomic_int started;

static void *thread_main(void *arg)
{
	atomic_fetch_add(&started, 1);
	return (void *)((long)arg + syscall(SYS_gettid));
}

TEST(threads_500)
{
	pthread_t threads[NR_THREADS];
	pthread_attr_t attr;
	void *ret;
	int i;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 65536);
	for (i = 0; i < NR_THREADS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], &attr, thread_main, (void *)(long)i));
	for (i = 0; i < NR_THREADS; i++) {
		ASSERT_EQ(0, pthread_join(threads[i], &ret));
		EXPECT_GT((long)ret, i);
	}
	EXPECT_EQ(NR_THREADS, atomic_load(&started));
}

static pthread_barrier_t barrier;

static void *thread_wait(void *arg)
{
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	return arg;
}

/* All at once, not one after the other. */
TEST(threads_100_together)
{
	pthread_t threads[100];
	pthread_attr_t attr;
	int i;

	pthread_barrier_init(&barrier, NULL, 101);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 65536);
	for (i = 0; i < 100; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], &attr, thread_wait, NULL));
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	for (i = 0; i < 100; i++)
		EXPECT_EQ(0, pthread_join(threads[i], NULL));
}

static void *thread_exec(void *path)
{
	execl("/bin/sh", "sh", "-c", "exit $(($$ == $0))", path, NULL);
	return NULL;
}

/* exec by a thread that is not the leader: the process keeps its pid. */
TEST(exec_by_a_thread)
{
	pthread_t thread;
	char pid[16];
	pid_t child = fork();

	ASSERT_GE(child, 0);
	if (!child) {
		snprintf(pid, sizeof(pid), "%d", getpid());
		pthread_create(&thread, NULL, thread_exec, pid);
		pthread_join(thread, NULL);
		_exit(9);
	}
	EXPECT_EQ(1, wait_exit(child));
}

static void *thread_spin(void *arg)
{
	for (;;)
		getppid();
	return arg;
}

/* The others are in the middle of something and have to go. */
TEST(exec_by_a_thread_among_busy_ones)
{
	pthread_t threads[8], thread;
	pid_t child = fork();
	char pid[16];
	int i;

	ASSERT_GE(child, 0);
	if (!child) {
		snprintf(pid, sizeof(pid), "%d", getpid());
		for (i = 0; i < 8; i++)
			pthread_create(&threads[i], NULL, thread_spin, NULL);
		pthread_create(&thread, NULL, thread_exec, pid);
		pthread_join(thread, NULL);
		_exit(9);
	}
	EXPECT_EQ(1, wait_exit(child));
}

TEST(clone3_is_a_fork)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	pid_t child = clone3(&args, sizeof(args));

	ASSERT_GE(child, 0);
	if (!child)
		_exit(5);
	EXPECT_EQ(5, wait_exit(child));
}

TEST(clone3_of_the_first_version)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	pid_t child = clone3(&args, CLONE_ARGS_SIZE_VER0);

	ASSERT_GE(child, 0);
	if (!child)
		_exit(6);
	EXPECT_EQ(6, wait_exit(child));
}

TEST(clone3_stores_tids)
{
	pid_t parent_tid = 0, child_tid = 0;
	struct clone_args args = {
		.flags = CLONE_PARENT_SETTID | CLONE_CHILD_SETTID,
		.parent_tid = (uintptr_t)&parent_tid,
		.child_tid = (uintptr_t)&child_tid,
		.exit_signal = SIGCHLD,
	};
	pid_t child = clone3(&args, sizeof(args));

	ASSERT_GE(child, 0);
	if (!child)
		_exit(child_tid == getpid() ? 0 : 1);
	EXPECT_EQ(0, wait_exit(child));
	EXPECT_EQ(child, parent_tid);
	EXPECT_EQ(0, child_tid);
}

TEST(clone3_other_exit_signal)
{
	struct clone_args args = { .exit_signal = SIGUSR1 };
	int status;
	pid_t child;

	signal(SIGUSR1, SIG_IGN);
	child = clone3(&args, sizeof(args));
	ASSERT_GE(child, 0);
	if (!child)
		_exit(0);
	EXPECT_EQ(-1, waitpid(child, &status, 0));
	EXPECT_EQ(ECHILD, errno);
	EXPECT_EQ(child, waitpid(child, &status, __WCLONE));
}

/* Registers that the call was made with are there afterwards, in both. */
TEST(clone3_keeps_registers)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	register unsigned long r8 asm("r8") = 0x8888888888888888;
	register unsigned long r9 asm("r9") = 0x9999999999999999;
	register unsigned long r10 asm("r10") = 0x1010101010101010;
	unsigned long di, si, dx;
	long ret;

	asm volatile("syscall"
		     : "=a"(ret), "=D"(di), "=S"(si), "=d"(dx), "+r"(r8), "+r"(r9), "+r"(r10)
		     : "0"(SYS_clone3), "1"(&args), "2"(sizeof(args)), "3"(0x1234)
		     : "rcx", "r11", "memory");
	if (!ret)
		_exit(di == (unsigned long)&args && si == sizeof(args) && dx == 0x1234 &&
		      r8 == 0x8888888888888888 && r9 == 0x9999999999999999 &&
		      r10 == 0x1010101010101010 ? 21 : 1);
	ASSERT_GT(ret, 0);
	EXPECT_EQ((unsigned long)&args, di);
	EXPECT_EQ(sizeof(args), si);
	EXPECT_EQ(0x1234, dx);
	EXPECT_EQ(0x8888888888888888, r8);
	EXPECT_EQ(0x9999999999999999, r9);
	EXPECT_EQ(0x1010101010101010, r10);
	EXPECT_EQ(21, wait_exit(ret));
}

TEST(clone3_bad_arguments)
{
	static const struct {
		struct clone_args args;
		size_t size;
		int err;
	} bad[] = {
		{ { .exit_signal = SIGCHLD }, CLONE_ARGS_SIZE_VER0 - 8, EINVAL },
		{ { .exit_signal = SIGCHLD }, 1 << 20, E2BIG },
		{ { .exit_signal = 65 }, sizeof(struct clone_args), EINVAL },
		{ { .flags = SIGCHLD }, sizeof(struct clone_args), EINVAL },
		{ { .flags = CLONE_THREAD }, sizeof(struct clone_args), EINVAL },
		{ { .flags = CLONE_SIGHAND }, sizeof(struct clone_args), EINVAL },
		{ { .stack = 4096 }, sizeof(struct clone_args), EINVAL },
		{ { .stack_size = 4096 }, sizeof(struct clone_args), EINVAL },
		{ { .flags = 1ULL << 63 }, sizeof(struct clone_args), EINVAL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct clone_args args = bad[i].args;

		EXPECT_EQ(-1, clone3(&args, bad[i].size));
		EXPECT_EQ(bad[i].err, errno)
			TH_LOG("case %zu", i);
	}
}

TEST(clone3_bad_pointers)
{
	struct clone_args args[2] = {};

	EXPECT_EQ(-1, clone3(NULL, sizeof(args[0])));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, clone3((void *)-4096L, sizeof(args[0])));
	EXPECT_EQ(EFAULT, errno);
	/* Bytes that this kernel does not know have to be zero. */
	args[1].flags = 1;
	EXPECT_EQ(-1, clone3(args, sizeof(args)));
	EXPECT_EQ(E2BIG, errno);
}

TEST(clone_bad_flags)
{
	EXPECT_EQ(-1, syscall(SYS_clone, CLONE_THREAD | SIGCHLD, 0, 0, 0, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, syscall(SYS_clone, CLONE_SIGHAND | SIGCHLD, 0, 0, 0, 0));
	EXPECT_EQ(EINVAL, errno);
}

/* A grandchild that clones with CLONE_PARENT makes its parent's child. */
TEST(clone_parent_among_members)
{
	int status, found = 0;
	pid_t child;

	child = fork();
	ASSERT_GE(child, 0);
	if (!child) {
		pid_t sibling = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);

		_exit(sibling < 0 ? 1 : sibling ? 0 : 77);
	}
	while (wait(&status) > 0)
		found |= WEXITSTATUS(status) == 77 ? 2 : WEXITSTATUS(status) == 0 ? 1 : 4;
	EXPECT_EQ(3, found);
}

TEST_HARNESS_MAIN
