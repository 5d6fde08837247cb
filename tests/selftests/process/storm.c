// SPDX-License-Identifier: GPL-2.0
/*
 * Many tasks come and go while signals fly.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include "kselftest_harness.h"
#include "race.h"

#define SHORTLY		1000

static atomic_int ticks;

static void tick(int sig)
{
	atomic_fetch_add(&ticks, 1);
}

static void start_ticks(int flags)
{
	struct itimerval often = { { 0, 500 }, { 0, 500 } };
	struct sigaction action = { .sa_handler = tick, .sa_flags = flags };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
}

static void stop_ticks(void)
{
	struct itimerval never = {};

	setitimer(ITIMER_REAL, &never, NULL);
}

static bool time_is_left(void)
{
	static long end;
	struct timespec now;
	long ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = now.tv_sec * 1000 + now.tv_nsec / 1000000;
	if (!end)
		end = ms + race_ms(SHORTLY);
	return ms < end;
}

/* The harness has its own use for SIGALRM, in the parent. */
TEST(forks_interrupted)
{
	int status, forks = 0;
	pid_t child;

	start_ticks(0);
	while (time_is_left()) {
		child = fork();
		if (!child)
			_exit(7);
		/* Linux restarts an interrupted fork by itself. */
		ASSERT_GT(child, 0);
		while (waitpid(child, &status, 0) < 0)
			ASSERT_EQ(EINTR, errno);
		ASSERT_TRUE(WIFEXITED(status));
		ASSERT_EQ(7, WEXITSTATUS(status));
		forks++;
	}
	stop_ticks();
	EXPECT_GT(forks, 10);
	EXPECT_GT(atomic_load(&ticks), 10);
}

/* Trees of processes, shot from the root while they grow. */
static void grow(int depth)
{
	while (depth--)
		if (fork() < 0)
			break;
	pause();
}

TEST(trees_are_felled)
{
	pid_t root, pid;
	int status;

	while (time_is_left()) {
		root = fork();
		ASSERT_GE(root, 0);
		if (!root) {
			setpgid(0, 0);
			grow(5);
			_exit(0);
		}
		setpgid(root, root);
		usleep(rand() % 20000);
		ASSERT_EQ(0, kill(-root, SIGKILL));
		ASSERT_EQ(root, waitpid(root, &status, 0));
		EXPECT_EQ(SIGKILL, WTERMSIG(status));
	}
	/* Who was being born when the group was killed is dead, too. */
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		;
}

static atomic_bool stop;

static void *thread_fork(void *arg)
{
	int *count = arg;
	int status;
	pid_t child;

	while (!atomic_load(&stop)) {
		child = fork();
		if (!child)
			_exit(0);
		if (child < 0 || waitpid(child, &status, 0) != child || status)
			return "bad";
		(*count)++;
	}
	return NULL;
}

TEST(threads_fork)
{
	pthread_t threads[8];
	int counts[8] = {}, i;
	void *bad;

	for (i = 0; i < 8; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, thread_fork, &counts[i]));
	usleep(race_ms(SHORTLY) * 1000);
	atomic_store(&stop, true);
	for (i = 0; i < 8; i++) {
		pthread_join(threads[i], &bad);
		EXPECT_EQ(NULL, bad);
		EXPECT_GT(counts[i], 0);
	}
}

static void *thread_short(void *arg)
{
	return arg;
}

static void *thread_threads(void *arg)
{
	int *count = arg;
	pthread_t thread;

	while (!atomic_load(&stop)) {
		if (pthread_create(&thread, NULL, thread_short, NULL))
			return "bad";
		pthread_join(thread, NULL);
		(*count)++;
	}
	return NULL;
}

/* clone3 is interrupted by signals of its own thread group all the time. */
TEST(threads_born_under_signals)
{
	pthread_t threads[4];
	int counts[4] = {}, i;
	void *bad;

	start_ticks(SA_RESTART);
	for (i = 0; i < 4; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, thread_threads, &counts[i]));
	while (time_is_left())
		usleep(1000);
	atomic_store(&stop, true);
	for (i = 0; i < 4; i++) {
		pthread_join(threads[i], &bad);
		EXPECT_EQ(NULL, bad);
		EXPECT_GT(counts[i], 0);
	}
	stop_ticks();
	EXPECT_GT(atomic_load(&ticks), 10);
}

/* Threads that are killed in the middle of calls by the exit of their process. */
static void *thread_calls(void *arg)
{
	char c;

	for (;;) {
		int fd = open("/dev/zero", O_RDONLY);

		if (read(fd, &c, 1) != 1)
			_exit(1);
		close(fd);
	}
	return arg;
}

TEST(exit_among_calls)
{
	pthread_t thread;
	int status, i;
	pid_t child;

	while (time_is_left()) {
		child = fork();
		ASSERT_GE(child, 0);
		if (!child) {
			for (i = 0; i < 4; i++)
				pthread_create(&thread, NULL, thread_calls, NULL);
			usleep(rand() % 5000);
			_exit(3);
		}
		ASSERT_EQ(child, waitpid(child, &status, 0));
		ASSERT_EQ(3, WEXITSTATUS(status));
	}
}

TEST_HARNESS_MAIN
