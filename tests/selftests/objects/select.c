// SPDX-License-Identifier: GPL-2.0
/*
 * select(2), pselect6(2).
 *
 * Runs as: root user
 */
#include <errno.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"
#include "objects/util.h"

/* libc makes pselect6 of it. */
static int select_raw(int n, void *in, void *out, void *ex, void *tv)
{
	return syscall(SYS_select, n, in, out, ex, tv);
}

static int pselect_raw(int n, void *in, void *out, void *ex, void *ts, void *arg)
{
	return syscall(SYS_pselect6, n, in, out, ex, ts, arg);
}

FIXTURE(select) {
	int rd;
	int wr;
	fd_set in;
	fd_set out;
	fd_set ex;
};

FIXTURE_SETUP(select)
{
	int fds[2];

	ASSERT_EQ(0, pipe(fds));
	self->rd = fds[0];
	self->wr = fds[1];
	FD_ZERO(&self->in);
	FD_ZERO(&self->out);
	FD_ZERO(&self->ex);
	FD_SET(self->rd, &self->in);
	FD_SET(self->wr, &self->out);
}

FIXTURE_TEARDOWN(select)
{
	no_alarm();
}

TEST_F(select, ready)
{
	struct timeval tv = { 1, 0 };
	int n = self->wr + 1;

	FD_SET(self->rd, &self->out);
	FD_SET(self->wr, &self->in);
	FD_SET(self->rd, &self->ex);
	EXPECT_EQ(1, select_raw(n, &self->in, &self->out, &self->ex, &tv));
	EXPECT_FALSE(FD_ISSET(self->rd, &self->in));
	EXPECT_FALSE(FD_ISSET(self->wr, &self->in));
	EXPECT_TRUE(FD_ISSET(self->wr, &self->out));
	EXPECT_FALSE(FD_ISSET(self->rd, &self->out));
	EXPECT_FALSE(FD_ISSET(self->rd, &self->ex));
	FD_SET(self->rd, &self->in);
	write(self->wr, "x", 1);
	EXPECT_EQ(2, select_raw(n, &self->in, &self->out, NULL, &tv));
	EXPECT_TRUE(FD_ISSET(self->rd, &self->in));
}

TEST_F(select, in_two_sets)
{
	int fd = open("file", O_RDWR | O_CREAT, 0600);
	struct timeval tv = {};

	FD_ZERO(&self->in);
	FD_ZERO(&self->out);
	FD_SET(fd, &self->in);
	FD_SET(fd, &self->out);
	FD_SET(fd, &self->ex);
	EXPECT_EQ(2, select_raw(fd + 1, &self->in, &self->out, &self->ex, &tv));
	EXPECT_FALSE(FD_ISSET(fd, &self->ex));
}

TEST_F(select, ends)
{
	struct timeval tv = {};
	int fds[2];

	close(self->wr);
	EXPECT_EQ(1, select_raw(self->rd + 1, &self->in, NULL, NULL, &tv));
	ASSERT_EQ(0, pipe(fds));
	close(fds[0]);
	FD_ZERO(&self->out);
	FD_SET(fds[1], &self->out);
	EXPECT_EQ(1, select_raw(fds[1] + 1, NULL, &self->out, NULL, &tv));
	FD_ZERO(&self->in);
	FD_SET(fds[1], &self->in);
	EXPECT_EQ(1, select_raw(fds[1] + 1, &self->in, NULL, NULL, &tv));
}

TEST_F(select, time_is_over)
{
	struct timeval tv = { 0, 150000 };
	long start = ms_now();

	EXPECT_EQ(0, select_raw(self->rd + 1, &self->in, NULL, NULL, &tv));
	EXPECT_LE(start + 150, ms_now());
	EXPECT_FALSE(FD_ISSET(self->rd, &self->in));
	EXPECT_EQ(0, tv.tv_sec);
	EXPECT_EQ(0, tv.tv_usec);
	tv.tv_usec = 100000;
	start = ms_now();
	EXPECT_EQ(0, select_raw(0, NULL, NULL, NULL, &tv));
	EXPECT_LE(start + 100, ms_now());
	/* Microseconds may be more than a second. */
	tv.tv_usec = 1100000;
	tv.tv_sec = 0;
	start = ms_now();
	EXPECT_EQ(0, select_raw(0, NULL, NULL, NULL, &tv));
	EXPECT_LE(start + 1100, ms_now());
}

TEST_F(select, tells_what_is_left)
{
	struct timeval tv = { 10, 0 };
	struct timespec ts = { 10, 0 };

	EXPECT_EQ(1, select_raw(self->wr + 1, NULL, &self->out, NULL, &tv));
	EXPECT_EQ(9, tv.tv_sec);
	EXPECT_LT(0, tv.tv_usec);
	EXPECT_EQ(1, pselect_raw(self->wr + 1, NULL, &self->out, NULL, &ts, NULL));
	EXPECT_EQ(9, ts.tv_sec);
	tv.tv_sec = 0x7fffffffffffffff;
	tv.tv_usec = 0;
	EXPECT_EQ(1, select_raw(self->wr + 1, NULL, &self->out, NULL, &tv));
	EXPECT_LT(0x7fffffff00000000, tv.tv_sec);
	ASSERT_LE(0, personality(STICKY_TIMEOUTS));
	tv.tv_sec = 10;
	EXPECT_EQ(1, select_raw(self->wr + 1, NULL, &self->out, NULL, &tv));
	EXPECT_EQ(10, tv.tv_sec);
}

TEST_F(select, timeout_cannot_be_written)
{
	struct timeval *tv = pages(1);

	tv->tv_sec = 10;
	ASSERT_EQ(0, mprotect(tv, PAGE, PROT_READ));
	EXPECT_EQ(1, select_raw(self->wr + 1, NULL, &self->out, NULL, tv));
	alarm_after(50, 0);
	EXPECT_EQ(-1, select_raw(self->rd + 1, &self->in, NULL, NULL, tv));
	EXPECT_EQ(EINTR, errno);
}

TEST_F(select, bad_arguments)
{
	struct timeval tv = { 0, -1 };
	struct timespec ts = { 0, 1000000000 };
	struct { void *mask; size_t size; } arg = { at(16), 8 };

	EXPECT_EQ(-1, select_raw(-1, NULL, NULL, NULL, NULL));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, select_raw(1, NULL, NULL, NULL, &tv));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, select_raw(1, NULL, NULL, NULL, at(16)));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, select_raw(1, at(16), NULL, NULL, NULL));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, select_raw(1, NULL, NULL, at(-4096UL), NULL));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, pselect_raw(1, NULL, NULL, NULL, &ts, NULL));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, pselect_raw(1, NULL, NULL, NULL, NULL, at(16)));
	EXPECT_EQ(EFAULT, errno);
	ts.tv_nsec = 0;
	EXPECT_EQ(-1, pselect_raw(1, NULL, NULL, NULL, &ts, &arg));
	EXPECT_EQ(EFAULT, errno);
	arg.size = 4;
	EXPECT_EQ(-1, pselect_raw(1, NULL, NULL, NULL, &ts, &arg));
	EXPECT_EQ(EINVAL, errno);
	arg.mask = NULL;
	EXPECT_EQ(0, pselect_raw(1, NULL, NULL, NULL, &ts, &arg));
}

TEST_F(select, closed)
{
	struct timeval tv = {};

	close(self->rd);
	EXPECT_EQ(-1, select_raw(self->rd + 1, &self->in, NULL, NULL, &tv));
	EXPECT_EQ(EBADF, errno);
	/* Sets stay as they were. */
	EXPECT_TRUE(FD_ISSET(self->rd, &self->in));
	/* Not looked at, so not bad. */
	EXPECT_EQ(0, select_raw(self->rd, &self->in, NULL, NULL, &tv));
}

TEST_F(select, path_only)
{
	int fd = open(".", O_PATH);
	struct timeval tv = {};

	FD_ZERO(&self->in);
	FD_SET(fd, &self->in);
	EXPECT_EQ(1, select_raw(fd + 1, &self->in, NULL, NULL, &tv));
	EXPECT_TRUE(FD_ISSET(fd, &self->in));
}

/* Beyond the descriptor table nothing is read or written. */
TEST_F(select, huge_n)
{
	unsigned char *map = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct timeval tv = {};
	unsigned char *set = map + 4096 - 256 / 8;

	ASSERT_EQ(0, munmap(map + 4096, 4096));
	set[self->wr / 8] |= 1 << self->wr % 8;
	EXPECT_EQ(1, select_raw(0x7fffffff, NULL, set, NULL, &tv));
	EXPECT_TRUE(set[self->wr / 8] & 1 << self->wr % 8);
}

TEST_F(select, high_descriptors)
{
	unsigned long in[16] = {}, out[16] = {};
	struct rlimit limit;
	struct timeval tv = { 10, 0 };
	int fd = 1023;

	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	if (limit.rlim_cur < 1024)
		SKIP(return, "RLIMIT_NOFILE is low");
	ASSERT_EQ(fd, dup2(self->wr, fd));
	ASSERT_EQ(640, dup2(self->rd, 640));
	out[15] = 1UL << 63;
	in[10] = 1;
	out[0] = 1UL << self->wr;
	in[0] = 1UL << self->wr;
	EXPECT_EQ(2, select_raw(1024, in, out, NULL, &tv));
	EXPECT_EQ(1UL << 63, out[15]);
	EXPECT_EQ(1UL << self->wr, out[0]);
	EXPECT_EQ(0, in[10]);
	EXPECT_EQ(0, in[0]);
	/* A part of the last word. */
	out[15] = 0;
	out[0] = 1UL << self->wr | 1UL << 62;
	EXPECT_EQ(1, select_raw(self->wr + 1, NULL, out, NULL, &tv));
	EXPECT_EQ(1UL << self->wr, out[0]);
}

TEST_F(select, news_end_the_wait)
{
	struct timeval tv = { 20, 0 };
	pid_t child = fork();

	if (!child) {
		usleep(100000);
		write(self->wr, "x", 1);
		_exit(0);
	}
	EXPECT_EQ(1, select_raw(self->rd + 1, &self->in, NULL, NULL, &tv));
	EXPECT_LE(15, tv.tv_sec);
	waitpid(child, NULL, 0);
}

TEST_F(select, interrupted)
{
	struct timeval tv = { 10, 0 };

	alarm_after(50, SA_RESTART);
	EXPECT_EQ(-1, select_raw(self->rd + 1, &self->in, NULL, NULL, NULL));
	EXPECT_EQ(EINTR, errno);
	EXPECT_TRUE(FD_ISSET(self->rd, &self->in));
	EXPECT_EQ(-1, select_raw(self->rd + 1, &self->in, NULL, NULL, &tv));
	EXPECT_EQ(EINTR, errno);
	EXPECT_EQ(9, tv.tv_sec);
}

TEST_F(select, restarted)
{
	struct timeval tv = { 0, 600000 };
	int status;
	pid_t child = fork();

	if (!child) {
		long start = ms_now(), ret, end;

		ret = select_raw(self->rd + 1, &self->in, NULL, NULL, &tv);
		end = ms_now();
		_exit(ret ? 1 : end < start + 600 ? 2 : end > start + 1500 ? 3 : 0);
	}
	stop_and_continue(child);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, WEXITSTATUS(status));
	EXPECT_TRUE(WIFEXITED(status));
}

TEST_F(select, pselect_lets_signals_in)
{
	struct { void *mask; size_t size; } arg;
	struct timespec ts = { 10, 0 };
	sigset_t block, none, now;

	sigemptyset(&none);
	arg.mask = &none;
	arg.size = 8;
	sigemptyset(&block);
	sigaddset(&block, SIGALRM);
	sigprocmask(SIG_BLOCK, &block, NULL);
	alarm_after(20, 0);
	usleep(100000);
	EXPECT_EQ(0, signals);
	EXPECT_EQ(-1, pselect_raw(self->rd + 1, &self->in, NULL, NULL, &ts, &arg));
	EXPECT_EQ(EINTR, errno);
	EXPECT_EQ(1, signals);
	sigprocmask(SIG_BLOCK, NULL, &now);
	EXPECT_TRUE(sigismember(&now, SIGALRM));
}

TEST_F(select, pselect_keeps_signals_out)
{
	struct { void *mask; size_t size; } arg;
	struct timespec ts = { 0, 200000000 };
	sigset_t all;

	sigfillset(&all);
	arg.mask = &all;
	arg.size = 8;
	alarm_after(20, 0);
	EXPECT_EQ(0, pselect_raw(self->rd + 1, &self->in, NULL, NULL, &ts, &arg));
	EXPECT_EQ(1, signals);
}

TEST_HARNESS_MAIN
