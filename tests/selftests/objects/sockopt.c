// SPDX-License-Identifier: GPL-2.0
/*
 * Options of pairs of Unix sockets, and time limits of their waits.
 *
 * Runs as: root user
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include "kselftest_harness.h"
#include "objects/util.h"

#define DEFAULT_BUFFER	212992
#define LEAST_SNDBUF	4608
#define LEAST_RCVBUF	2304

static int get(int sock, int option)
{
	int val = -1;
	socklen_t len = sizeof(val);

	return getsockopt(sock, SOL_SOCKET, option, &val, &len) || len != sizeof(val) ? -1 : val;
}

static int set(int sock, int option, int val)
{
	return setsockopt(sock, SOL_SOCKET, option, &val, sizeof(val));
}

static int set_time(int sock, int option, long sec, long usec)
{
	struct timeval tv = { sec, usec };

	return setsockopt(sock, SOL_SOCKET, option, &tv, sizeof(tv));
}

/*
 * By the clock that time limits of sockets are counted in: its ticks may come late,
 * several at once, and a wait that begins before them is that much shorter.
 */
static long tick_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

FIXTURE(pair) {
	int a;
	int b;
	char data[60000];
};

FIXTURE_VARIANT(pair) {
	int type;
};

FIXTURE_VARIANT_ADD(pair, stream) { .type = SOCK_STREAM };
FIXTURE_VARIANT_ADD(pair, seqpacket) { .type = SOCK_SEQPACKET };
FIXTURE_VARIANT_ADD(pair, dgram) { .type = SOCK_DGRAM };

FIXTURE_SETUP(pair)
{
	int fds[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, variant->type, 0, fds));
	self->a = fds[0];
	self->b = fds[1];
}

FIXTURE_TEARDOWN(pair)
{
	close(self->a);
	close(self->b);
}

TEST_F(pair, what_they_are)
{
	EXPECT_EQ(variant->type, get(self->a, SO_TYPE));
	EXPECT_EQ(AF_UNIX, get(self->a, SO_DOMAIN));
	EXPECT_EQ(0, get(self->a, SO_PROTOCOL));
	EXPECT_EQ(0, get(self->a, SO_ERROR));
	EXPECT_EQ(0, get(self->a, SO_ACCEPTCONN));
	EXPECT_EQ(0, get(self->a, SO_PASSCRED));
	EXPECT_EQ(1, get(self->a, SO_RCVLOWAT));
	EXPECT_EQ(1, get(self->a, SO_SNDLOWAT));
	EXPECT_EQ(DEFAULT_BUFFER, get(self->a, SO_SNDBUF));
	EXPECT_EQ(DEFAULT_BUFFER, get(self->a, SO_RCVBUF));
}

TEST_F(pair, cannot_be_set)
{
	static const int options[] = {
		SO_TYPE, SO_DOMAIN, SO_PROTOCOL, SO_ERROR, SO_ACCEPTCONN, SO_PEERCRED, SO_SNDLOWAT,
		99999,
	};

	for (unsigned int i = 0; i < sizeof(options) / sizeof(*options); i++) {
		EXPECT_EQ(-1, set(self->a, options[i], 1));
		EXPECT_EQ(ENOPROTOOPT, errno);
	}
	EXPECT_EQ(-1, get(self->a, 99999));
	EXPECT_EQ(ENOPROTOOPT, errno);
	EXPECT_EQ(-1, set(self->a, SO_SNDBUFFORCE, 1 << 20));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(-1, setsockopt(self->a, 6, 1, &(int){ 1 }, 4));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(-1, getsockopt(self->a, 6, 1, &(int){ 1 }, &(socklen_t){ 4 }));
	EXPECT_EQ(EOPNOTSUPP, errno);
}

TEST_F(pair, switches)
{
	static const int options[] = {
		SO_PASSCRED, SO_REUSEADDR, SO_KEEPALIVE, SO_BROADCAST, SO_DONTROUTE, SO_OOBINLINE,
	};

	for (unsigned int i = 0; i < sizeof(options) / sizeof(*options); i++) {
		EXPECT_EQ(0, get(self->a, options[i]));
		EXPECT_EQ(0, set(self->a, options[i], 17));
		EXPECT_EQ(1, get(self->a, options[i]));
		EXPECT_EQ(0, get(self->b, options[i]));
		EXPECT_EQ(0, set(self->a, options[i], 0));
		EXPECT_EQ(0, get(self->a, options[i]));
	}
}

TEST_F(pair, sizes)
{
	ASSERT_EQ(0, set(self->a, SO_SNDBUF, 10000));
	EXPECT_EQ(20000, get(self->a, SO_SNDBUF));
	ASSERT_EQ(0, set(self->a, SO_SNDBUF, 0));
	EXPECT_EQ(LEAST_SNDBUF, get(self->a, SO_SNDBUF));
	ASSERT_EQ(0, set(self->a, SO_SNDBUF, INT_MAX));
	EXPECT_EQ(2 * DEFAULT_BUFFER, get(self->a, SO_SNDBUF));
	ASSERT_EQ(0, set(self->a, SO_SNDBUF, -1));
	EXPECT_EQ(2 * DEFAULT_BUFFER, get(self->a, SO_SNDBUF));
	ASSERT_EQ(0, set(self->a, SO_RCVBUF, 10000));
	EXPECT_EQ(20000, get(self->a, SO_RCVBUF));
	ASSERT_EQ(0, set(self->a, SO_RCVBUF, 0));
	EXPECT_EQ(LEAST_RCVBUF, get(self->a, SO_RCVBUF));
	ASSERT_EQ(0, set(self->a, SO_RCVBUF, INT_MAX));
	EXPECT_EQ(2 * DEFAULT_BUFFER, get(self->a, SO_RCVBUF));
}

/* The sender's buffer is what counts. */
TEST_F(pair, small_buffer)
{
	int n = 0;

	ASSERT_EQ(0, set(self->a, SO_SNDBUF, 0));
	while (send(self->a, "x", 1, MSG_DONTWAIT) == 1)
		n++;
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_LT(2, n);
	EXPECT_LT(n, 10);
	EXPECT_EQ(0, events(self->a) & POLLOUT);
	ASSERT_EQ(0, set(self->a, SO_SNDBUF, 100000));
	EXPECT_EQ(POLLOUT, events(self->a) & POLLOUT);
	if (variant->type == SOCK_STREAM)
		return;
	ASSERT_EQ(0, set(self->b, SO_SNDBUF, 0));
	EXPECT_EQ(-1, send(self->b, self->data, LEAST_SNDBUF - 31, MSG_DONTWAIT));
	EXPECT_EQ(EMSGSIZE, errno);
	EXPECT_EQ(LEAST_SNDBUF - 32, send(self->b, self->data, LEAST_SNDBUF - 32, MSG_DONTWAIT));
}

TEST_F(pair, who_made_it)
{
	struct ucred ucred, whole;
	socklen_t len = sizeof(whole);

	ASSERT_EQ(0, getsockopt(self->a, SOL_SOCKET, SO_PEERCRED, &whole, &len));
	EXPECT_EQ(sizeof(whole), len);
	EXPECT_EQ(getpid(), whole.pid);
	EXPECT_EQ(geteuid(), whole.uid);
	EXPECT_EQ(getegid(), whole.gid);
	/* Passed on or not. */
	if (!fork()) {
		ucred.pid = -1;
		getsockopt(self->a, SOL_SOCKET, SO_PEERCRED, &ucred, &len);
		_exit(ucred.pid != whole.pid);
	}
	int status;

	wait(&status);
	EXPECT_EQ(0, status);
	ucred.uid = 4711;
	len = 4;
	ASSERT_EQ(0, getsockopt(self->a, SOL_SOCKET, SO_PEERCRED, &ucred, &len));
	EXPECT_EQ(4, len);
	EXPECT_EQ(whole.pid, ucred.pid);
	EXPECT_EQ(4711, ucred.uid);
}

TEST_F(pair, bad_values)
{
	int val = 7;
	socklen_t len = 100;

	ASSERT_EQ(0, getsockopt(self->a, SOL_SOCKET, SO_TYPE, &val, &len));
	EXPECT_EQ(4, len);
	len = 0;
	val = 7;
	ASSERT_EQ(0, getsockopt(self->a, SOL_SOCKET, SO_TYPE, &val, &len));
	EXPECT_EQ(0, len);
	EXPECT_EQ(7, val);
	len = -1;
	EXPECT_EQ(-1, getsockopt(self->a, SOL_SOCKET, SO_TYPE, &val, &len));
	EXPECT_EQ(EINVAL, errno);
	len = 4;
	EXPECT_EQ(-1, getsockopt(self->a, SOL_SOCKET, SO_TYPE, at(-4096UL), &len));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, getsockopt(self->a, SOL_SOCKET, SO_TYPE, &val, at(0)));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, setsockopt(self->a, SOL_SOCKET, SO_PASSCRED, at(-4096UL), 4));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, setsockopt(self->a, SOL_SOCKET, SO_PASSCRED, &val, 3));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, setsockopt(self->a, SOL_SOCKET, SO_PASSCRED, &val, -1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, get(self->a, SO_PASSCRED));
	EXPECT_EQ(0, setsockopt(self->a, SOL_SOCKET, SO_PASSCRED, self->data, 1000));
}

TEST_F(pair, time_limits)
{
	struct timeval tv = { -1, -1 };
	socklen_t len = sizeof(tv);

	ASSERT_EQ(0, getsockopt(self->a, SOL_SOCKET, SO_RCVTIMEO, &tv, &len));
	EXPECT_EQ(sizeof(tv), len);
	EXPECT_EQ(0, tv.tv_sec);
	EXPECT_EQ(0, tv.tv_usec);
	ASSERT_EQ(0, set_time(self->a, SO_SNDTIMEO, 5, 500000));
	ASSERT_EQ(0, getsockopt(self->a, SOL_SOCKET, SO_SNDTIMEO, &tv, &len));
	EXPECT_EQ(5, tv.tv_sec);
	EXPECT_EQ(500000, tv.tv_usec);
	EXPECT_EQ(-1, set_time(self->a, SO_RCVTIMEO, 1, 1000000));
	EXPECT_EQ(EDOM, errno);
	EXPECT_EQ(-1, set_time(self->a, SO_RCVTIMEO, 1, -1));
	EXPECT_EQ(EDOM, errno);
	EXPECT_EQ(-1, setsockopt(self->a, SOL_SOCKET, SO_RCVTIMEO, &tv, 8));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, setsockopt(self->a, SOL_SOCKET, SO_RCVTIMEO, at(-4096UL), sizeof(tv)));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(0, set_time(self->a, SO_RCVTIMEO, LONG_MAX, 0));
	ASSERT_EQ(0, getsockopt(self->a, SOL_SOCKET, SO_RCVTIMEO, &tv, &len));
	EXPECT_EQ(0, tv.tv_sec);
	/* A negative one does not wait at all. */
	EXPECT_EQ(0, set_time(self->a, SO_RCVTIMEO, -1, 0));
	EXPECT_EQ(-1, recv(self->a, self->data, 1, 0));
	EXPECT_EQ(EAGAIN, errno);
}

TEST_F(pair, reader_waits_that_long)
{
	long start = tick_ms();

	ASSERT_EQ(0, set_time(self->b, SO_RCVTIMEO, 0, 100000));
	EXPECT_EQ(-1, read(self->b, self->data, 1));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_LE(99, tick_ms() - start);
	/* That wait is not restarted. */
	ASSERT_EQ(0, set_time(self->b, SO_RCVTIMEO, 20, 0));
	alarm_after(50, SA_RESTART);
	EXPECT_EQ(-1, read(self->b, self->data, 1));
	EXPECT_EQ(EINTR, errno);
	no_alarm();
	ASSERT_EQ(1, write(self->a, "x", 1));
	EXPECT_EQ(1, read(self->b, self->data, 1));
}

TEST_F(pair, writer_waits_that_long)
{
	long start;

	ASSERT_EQ(0, set_time(self->a, SO_SNDTIMEO, 0, 100000));
	while (send(self->a, self->data, 10000, MSG_DONTWAIT) > 0)
		continue;
	start = tick_ms();
	EXPECT_EQ(-1, write(self->a, self->data, 10000));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_LE(99, tick_ms() - start);
	ASSERT_EQ(0, set_time(self->a, SO_SNDTIMEO, 20, 0));
	alarm_after(50, SA_RESTART);
	EXPECT_EQ(-1, write(self->a, self->data, 10000));
	EXPECT_EQ(EINTR, errno);
	no_alarm();
}

TEST_F(pair, reader_waits_for_that_much)
{
	bool stream = variant->type == SOCK_STREAM;

	ASSERT_EQ(0, set(self->b, SO_RCVLOWAT, 4));
	EXPECT_EQ(4, get(self->b, SO_RCVLOWAT));
	ASSERT_EQ(2, write(self->a, "ab", 2));
	ASSERT_EQ(0, set_time(self->b, SO_RCVTIMEO, 0, 50000));
	EXPECT_EQ(2, read(self->b, self->data, 10));
	if (!fork()) {
		for (int i = 0; i < 2; i++) {
			usleep(10000);
			write(self->a, "cd", 2);
		}
		_exit(0);
	}
	ASSERT_EQ(0, set_time(self->b, SO_RCVTIMEO, 0, 0));
	EXPECT_EQ(stream ? 4 : 2, read(self->b, self->data, 10));
	wait(NULL);
	ASSERT_EQ(0, set(self->b, SO_RCVLOWAT, 0));
	EXPECT_EQ(1, get(self->b, SO_RCVLOWAT));
	ASSERT_EQ(0, set(self->b, SO_RCVLOWAT, -1));
	EXPECT_EQ(INT_MAX, get(self->b, SO_RCVLOWAT));
}

TEST_HARNESS_MAIN
