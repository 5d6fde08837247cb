// SPDX-License-Identifier: GPL-2.0
/*
 * poll(2), ppoll(2): what is ready, how long it waits, what ends the wait.
 *
 * Runs as: root user
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"
#include "objects/util.h"

/* The call itself: libc's keeps the timeout to itself. */
static int ppoll_raw(struct pollfd *fds, unsigned int nfds, struct timespec *ts,
		     const void *mask, size_t size)
{
	return syscall(SYS_ppoll, fds, nfds, ts, mask, size);
}

FIXTURE(poll) {
	int rd;
	int wr;
	struct pollfd pfd;
};

FIXTURE_SETUP(poll)
{
	int fds[2];

	ASSERT_EQ(0, pipe(fds));
	self->rd = fds[0];
	self->wr = fds[1];
	self->pfd.fd = self->rd;
	self->pfd.events = POLLIN;
	self->pfd.revents = 0x55;
}

FIXTURE_TEARDOWN(poll)
{
	no_alarm();
}

TEST_F(poll, ready)
{
	struct pollfd fds[4] = {
		{ self->rd, POLLIN, 7 }, { self->wr, POLLOUT, 7 },
		{ -1, POLLIN, 7 }, { 999, POLLIN, 7 },
	};

	EXPECT_EQ(2, poll(fds, 4, -1));
	EXPECT_EQ(0, fds[0].revents);
	EXPECT_EQ(POLLOUT, fds[1].revents);
	EXPECT_EQ(0, fds[2].revents);
	EXPECT_EQ(POLLNVAL, fds[3].revents);
	write(self->wr, "x", 1);
	EXPECT_EQ(3, poll(fds, 4, 0));
	EXPECT_EQ(POLLIN, fds[0].revents);
}

TEST_F(poll, only_what_was_asked_for)
{
	struct pollfd fds[2] = { { self->rd, 0 }, { self->wr, POLLIN } };

	write(self->wr, "x", 1);
	EXPECT_EQ(0, poll(fds, 2, 0));
	close(self->rd);
	fds[0].fd = -5;
	EXPECT_EQ(1, poll(fds, 2, 0));
	EXPECT_EQ(POLLERR, fds[1].revents);
}

TEST_F(poll, same_twice)
{
	struct pollfd fds[2] = { { self->wr, POLLOUT }, { self->wr, POLLOUT | POLLWRNORM } };

	EXPECT_EQ(2, poll(fds, 2, 0));
	EXPECT_EQ(POLLOUT, fds[0].revents);
	EXPECT_EQ(POLLOUT | POLLWRNORM, fds[1].revents);
}

TEST_F(poll, regular_files_are_ready)
{
	struct pollfd pfd = { .events = ~0 };

	pfd.fd = open("file", O_RDWR | O_CREAT, 0600);
	ASSERT_LE(0, pfd.fd);
	EXPECT_EQ(1, poll(&pfd, 1, 0));
	EXPECT_EQ(POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM, pfd.revents);
	pfd.fd = open(".", O_PATH);
	ASSERT_LE(0, pfd.fd);
	EXPECT_EQ(1, poll(&pfd, 1, 0));
	EXPECT_EQ(POLLNVAL, pfd.revents);
}

TEST_F(poll, time_is_over)
{
	long start = ms_now();

	EXPECT_EQ(0, poll(&self->pfd, 1, 0));
	EXPECT_EQ(0, self->pfd.revents);
	EXPECT_EQ(0, poll(&self->pfd, 1, 150));
	EXPECT_LE(start + 150, ms_now());
	start = ms_now();
	EXPECT_EQ(0, poll(NULL, 0, 100));
	EXPECT_LE(start + 100, ms_now());
	EXPECT_EQ(0, poll(at(16), 0, 1));
}

TEST_F(poll, news_end_the_wait)
{
	pid_t child = fork();
	long start = ms_now();

	if (!child) {
		usleep(100000);
		write(self->wr, "x", 1);
		_exit(0);
	}
	EXPECT_EQ(1, poll(&self->pfd, 1, 20000));
	EXPECT_EQ(POLLIN, self->pfd.revents);
	EXPECT_GT(start + 10000, ms_now());
	waitpid(child, NULL, 0);
}

TEST_F(poll, the_writers_end_ends_the_wait)
{
	pid_t child = fork();

	if (!child) {
		usleep(100000);
		_exit(0);
	}
	close(self->wr);
	EXPECT_EQ(1, poll(&self->pfd, 1, -1));
	EXPECT_EQ(POLLHUP, self->pfd.revents);
	waitpid(child, NULL, 0);
}

TEST_F(poll, bad_arguments)
{
	struct timespec ts = { 0, 1000000000 };
	struct rlimit limit = { 10, 10 };
	sigset_t mask;

	sigemptyset(&mask);
	EXPECT_EQ(-1, poll(at(16), 1, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, poll(at(-4096UL), 1, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, ppoll_raw(&self->pfd, 1, &ts, NULL, 0));
	EXPECT_EQ(EINVAL, errno);
	ts.tv_sec = -1;
	ts.tv_nsec = 0;
	EXPECT_EQ(-1, ppoll_raw(&self->pfd, 1, &ts, NULL, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ppoll_raw(&self->pfd, 1, at(16), NULL, 0));
	EXPECT_EQ(EFAULT, errno);
	ts.tv_sec = 0;
	EXPECT_EQ(-1, ppoll_raw(&self->pfd, 1, &ts, &mask, 4));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ppoll_raw(&self->pfd, 1, &ts, at(16), 8));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(0, ppoll_raw(&self->pfd, 1, &ts, NULL, 4));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_EQ(-1, poll(at(16), 11, 0));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(poll, read_only_descriptors)
{
	struct pollfd *map = pages(1);

	map->fd = self->wr;
	map->events = POLLOUT;
	ASSERT_EQ(0, mprotect(map, PAGE, PROT_READ));
	EXPECT_EQ(-1, poll(map, 1, 0));
	EXPECT_EQ(EFAULT, errno);
}

TEST(many_descriptors)
{
	struct rlimit limit;
	struct pollfd *fds;
	int ends[2], n, i;

	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	n = limit.rlim_cur < 1000 ? limit.rlim_cur : 1000;
	fds = calloc(n, sizeof(*fds));
	ASSERT_EQ(0, pipe(ends));
	for (i = 0; i < n; i++)
		fds[i] = (struct pollfd){ i % 3 ? ends[0] : ends[1], POLLIN | POLLOUT };
	EXPECT_EQ((n + 2) / 3, poll(fds, n, 0));
	for (i = 0; i < n; i++)
		ASSERT_EQ(i % 3 ? 0 : POLLOUT, fds[i].revents);
	for (i = 0; i < n; i++)
		fds[i].fd = ends[0];
	EXPECT_EQ(0, poll(fds, n, 10));
	if (!fork()) {
		usleep(50000);
		write(ends[1], "x", 1);
		_exit(0);
	}
	/* A write in the middle of the scan counts from there on only, in Linux too. */
	i = poll(fds, n, 10000);
	EXPECT_LE(1, i);
	EXPECT_GE(n, i);
	EXPECT_EQ(n, poll(fds, n, 0));
	wait(NULL);
}

TEST_F(poll, interrupted)
{
	alarm_after(50, 0);
	EXPECT_EQ(-1, poll(&self->pfd, 1, -1));
	EXPECT_EQ(EINTR, errno);
	EXPECT_EQ(0, self->pfd.revents);
	/* Never restarted behind a handler. */
	alarm_after(50, SA_RESTART);
	EXPECT_EQ(-1, poll(&self->pfd, 1, -1));
	EXPECT_EQ(EINTR, errno);
	EXPECT_EQ(-1, poll(NULL, 0, 10000));
	EXPECT_EQ(EINTR, errno);
}

/* What was ready counts more than a signal. */
TEST_F(poll, ready_and_interrupted)
{
	alarm_after(1, 0);
	while (!signals)
		;
	raise(SIGALRM);
	write(self->wr, "x", 1);
	EXPECT_EQ(1, poll(&self->pfd, 1, -1));
}

/* Stopped and continued, a wait goes on to its old end. */
TEST_F(poll, restarted)
{
	int status;
	pid_t child = fork();

	if (!child) {
		long start = ms_now(), ret, end;

		ret = poll(&self->pfd, 1, 600);
		end = ms_now();
		_exit(ret ? 1 : end < start + 600 ? 2 : end > start + 1500 ? 3 : 0);
	}
	stop_and_continue(child);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, WEXITSTATUS(status));
	EXPECT_TRUE(WIFEXITED(status));
}

TEST_F(poll, restarted_for_ever)
{
	int status;
	pid_t child = fork();

	if (!child)
		_exit(poll(&self->pfd, 1, -1) == 1 && self->pfd.revents == POLLIN ? 0 : 1);
	stop_and_continue(child);
	stop_and_continue(child);
	usleep(50000);
	write(self->wr, "x", 1);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

/* A wait of another kind leaves nothing behind that ours could run into. */
TEST_F(poll, restarted_after_a_sleep)
{
	int status;
	pid_t child = fork();

	if (!child) {
		struct timespec ts = { 10, 0 };

		alarm_after(20, 0);
		if (nanosleep(&ts, &ts) != -1)
			_exit(9);
		no_alarm();
		_exit(poll(&self->pfd, 1, 400) ? 1 : 0);
	}
	stop_and_continue(child);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

TEST(restart_without_reason)
{
	EXPECT_EQ(-1, syscall(SYS_restart_syscall));
	EXPECT_EQ(EINTR, errno);
}

TEST_F(poll, ppoll_tells_what_is_left)
{
	struct timespec ts = { 10, 0 };

	write(self->wr, "x", 1);
	EXPECT_EQ(1, ppoll_raw(&self->pfd, 1, &ts, NULL, 0));
	EXPECT_EQ(9, ts.tv_sec);
	ts.tv_nsec = 1000000;
	ts.tv_sec = 0;
	self->pfd.events = 0;
	EXPECT_EQ(0, ppoll_raw(&self->pfd, 1, &ts, NULL, 0));
	EXPECT_EQ(0, ts.tv_sec);
	EXPECT_EQ(0, ts.tv_nsec);
	ts.tv_sec = 0x7fffffffffffffff;
	self->pfd.events = POLLIN;
	EXPECT_EQ(1, ppoll_raw(&self->pfd, 1, &ts, NULL, 0));
	EXPECT_LT(0x7fffffff00000000, ts.tv_sec);
}

TEST_F(poll, ppoll_sticky)
{
	struct timespec ts = { 10, 5 };

	ASSERT_LE(0, personality(STICKY_TIMEOUTS));
	write(self->wr, "x", 1);
	EXPECT_EQ(1, ppoll_raw(&self->pfd, 1, &ts, NULL, 0));
	EXPECT_EQ(10, ts.tv_sec);
	EXPECT_EQ(5, ts.tv_nsec);
}

TEST_F(poll, ppoll_interrupted)
{
	struct timespec ts = { 10, 0 };

	alarm_after(50, SA_RESTART);
	EXPECT_EQ(-1, ppoll_raw(&self->pfd, 1, &ts, NULL, 0));
	EXPECT_EQ(EINTR, errno);
	EXPECT_EQ(9, ts.tv_sec);
	EXPECT_EQ(-1, ppoll_raw(&self->pfd, 1, NULL, NULL, 0));
	EXPECT_EQ(EINTR, errno);
}

TEST_F(poll, ppoll_lets_signals_in)
{
	sigset_t block, none, now;
	struct timespec ts = { 10, 0 };

	sigemptyset(&none);
	sigemptyset(&block);
	sigaddset(&block, SIGALRM);
	sigprocmask(SIG_BLOCK, &block, NULL);
	alarm_after(20, 0);
	usleep(100000);
	EXPECT_EQ(0, signals);
	EXPECT_EQ(-1, ppoll_raw(&self->pfd, 1, &ts, &none, 8));
	EXPECT_EQ(EINTR, errno);
	EXPECT_EQ(1, signals);
	/* And has them blocked again. */
	sigprocmask(SIG_BLOCK, NULL, &now);
	EXPECT_TRUE(sigismember(&now, SIGALRM));
	no_alarm();
}

TEST_F(poll, ppoll_keeps_signals_out)
{
	sigset_t all, now;
	struct timespec ts = { 0, 200000000 };

	sigfillset(&all);
	alarm_after(20, 0);
	EXPECT_EQ(0, ppoll_raw(&self->pfd, 1, &ts, &all, 8));
	sigprocmask(SIG_BLOCK, NULL, &now);
	EXPECT_FALSE(sigismember(&now, SIGALRM));
	/* Delivered when they were let in again. */
	EXPECT_EQ(1, signals);
}

TEST_F(poll, ppoll_can_be_killed)
{
	sigset_t all;
	int status;
	pid_t child = fork();

	if (!child) {
		sigfillset(&all);
		syscall(SYS_ppoll, &self->pfd, 1, NULL, &all, 8);
		_exit(0);
	}
	usleep(50000);
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
}

TEST_F(poll, ppoll_stopped)
{
	struct timespec ts = { 0, 500000000 };
	sigset_t none;
	int status;
	pid_t child = fork();

	if (!child) {
		sigemptyset(&none);
		_exit(ppoll_raw(&self->pfd, 1, &ts, &none, 8) ? 1 : 0);
	}
	stop_and_continue(child);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

/* Waited for by one thread, closed by another: noticed when it is asked again. */
static void *close_later(void *arg)
{
	usleep(100000);
	close(*(int *)arg);
	return NULL;
}

TEST_F(poll, closed_meanwhile)
{
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, close_later, &self->rd));
	EXPECT_EQ(1, poll(&self->pfd, 1, 300));
	EXPECT_EQ(POLLNVAL, self->pfd.revents);
	pthread_join(thread, NULL);
}

TEST_HARNESS_MAIN
