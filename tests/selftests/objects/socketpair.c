// SPDX-License-Identifier: GPL-2.0
/*
 * Pairs of Unix sockets: streams, records, ends, waits and limits.  Messages
 * with a header are in sockmsg.c, options in sockopt.c.
 *
 * Runs as: root user
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/vfs.h>

#include "kselftest_harness.h"
#include "objects/util.h"

#define BIG	0x100000
#define WRITABLE	(POLLOUT | POLLWRNORM | POLLWRBAND)
#define READABLE	(POLLIN | POLLRDNORM)

static int queued(int fd)
{
	int n = -1;

	ioctl(fd, FIONREAD, &n);
	return n;
}

static int unsent(int fd)
{
	int n = -1;

	ioctl(fd, TIOCOUTQ, &n);
	return n;
}

FIXTURE(pair) {
	int a;
	int b;
	char buf[BIG];
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
	for (unsigned int i = 0; i < BIG; i++)
		self->buf[i] = i * 7 + i / 256;
}

FIXTURE_TEARDOWN(pair)
{
	close(self->a);
	close(self->b);
}

TEST_F(pair, both_ways)
{
	char got[100];

	ASSERT_EQ(5, write(self->a, "hello", 5));
	ASSERT_EQ(3, write(self->b, "abc", 3));
	EXPECT_EQ(5, queued(self->b));
	EXPECT_EQ(3, queued(self->a));
	EXPECT_LT(0, unsent(self->a));
	ASSERT_EQ(5, read(self->b, got, sizeof(got)));
	EXPECT_EQ(0, memcmp(got, "hello", 5));
	ASSERT_EQ(3, read(self->a, got, sizeof(got)));
	EXPECT_EQ(0, memcmp(got, "abc", 3));
	EXPECT_EQ(0, queued(self->a));
	EXPECT_EQ(0, unsent(self->a));
}

TEST_F(pair, what_it_is)
{
	char name[100], want[100];
	struct statfs fs;
	struct stat st;
	ssize_t len;

	ASSERT_EQ(0, fstat(self->a, &st));
	EXPECT_EQ(S_IFSOCK | 0777, st.st_mode);
	EXPECT_EQ(geteuid(), st.st_uid);
	EXPECT_EQ(0, st.st_size);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", self->a);
	len = readlink(name, want, sizeof(want) - 1);
	ASSERT_LT(0, len);
	want[len] = '\0';
	snprintf(name, sizeof(name), "socket:[%lu]", st.st_ino);
	EXPECT_STREQ(name, want);
	ASSERT_EQ(0, fstatfs(self->a, &fs));
	EXPECT_EQ(0x534f434b, fs.f_type);
	EXPECT_EQ(-1, lseek(self->a, 0, SEEK_CUR));
	EXPECT_EQ(ESPIPE, errno);
	EXPECT_EQ(-1, pread(self->a, name, 1, 0));
	EXPECT_EQ(ESPIPE, errno);
	EXPECT_EQ(-1, open_fd(self->a, O_RDWR));
	EXPECT_EQ(ENXIO, errno);
	EXPECT_EQ(O_RDWR, fcntl(self->a, F_GETFL) & ~LARGEFILE);
	EXPECT_EQ(0, fcntl(self->a, F_GETFD));
	EXPECT_EQ(-1, ftruncate(self->a, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE, PROT_READ, MAP_SHARED, self->a, 0));
	EXPECT_EQ(ENODEV, errno);
}

TEST_F(pair, flags)
{
	int fds[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, variant->type | SOCK_NONBLOCK | SOCK_CLOEXEC, PF_UNIX,
				fds));
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(FD_CLOEXEC, fcntl(fds[i], F_GETFD));
		EXPECT_EQ(O_NONBLOCK, fcntl(fds[i], F_GETFL) & O_NONBLOCK);
		EXPECT_EQ(-1, read(fds[i], self->buf, 1));
		EXPECT_EQ(EAGAIN, errno);
	}
}

TEST_F(pair, records_or_not)
{
	bool stream = variant->type == SOCK_STREAM;
	char got[20];

	ASSERT_EQ(4, send(self->a, "1234", 4, 0));
	ASSERT_EQ(4, send(self->a, "5678", 4, 0));
	EXPECT_EQ(variant->type == SOCK_DGRAM ? 4 : 8, queued(self->b));
	EXPECT_EQ(2, recv(self->b, got, 2, MSG_PEEK));
	EXPECT_EQ(stream ? 2 : 4, recv(self->b, got, 2, MSG_PEEK | MSG_TRUNC));
	EXPECT_EQ(stream ? 8 : 4, recv(self->b, got, sizeof(got), MSG_PEEK));
	EXPECT_EQ(0, memcmp(got, "1234", 4));
	EXPECT_EQ(3, recv(self->b, got, 3, 0));
	EXPECT_EQ(0, memcmp(got, "123", 3));
	EXPECT_EQ(stream ? 5 : 4, recv(self->b, got, sizeof(got), 0));
	EXPECT_EQ(0, memcmp(got, stream ? "45678" : "5678", stream ? 5 : 4));
	EXPECT_EQ(-1, recv(self->b, got, sizeof(got), MSG_DONTWAIT));
	EXPECT_EQ(EAGAIN, errno);
}

TEST_F(pair, nothing)
{
	bool stream = variant->type == SOCK_STREAM;

	EXPECT_EQ(0, read(self->b, self->buf, 0));
	EXPECT_EQ(0, write(self->a, "", 0));
	EXPECT_EQ(stream ? 0 : READABLE, events(self->b) & READABLE);
	EXPECT_EQ(stream ? -1 : 0, recv(self->b, self->buf, 10, MSG_DONTWAIT));
	EXPECT_EQ(-1, recv(self->b, self->buf, 10, MSG_DONTWAIT));
	EXPECT_EQ(EAGAIN, errno);
	/* To receive nothing takes something. */
	EXPECT_EQ(-1, recv(self->b, self->buf, 0, MSG_DONTWAIT));
	EXPECT_EQ(EAGAIN, errno);
	ASSERT_EQ(2, write(self->a, "ab", 2));
	EXPECT_EQ(0, recv(self->b, self->buf, 0, MSG_DONTWAIT));
	EXPECT_EQ(stream ? 2 : 0, queued(self->b));
	EXPECT_EQ(0, writev(self->a, NULL, 0));
	EXPECT_EQ(stream ? 2 : 0, queued(self->b));
}

TEST_F(pair, vectors)
{
	struct iovec out[] = { { "one", 3 }, { "", 0 }, { "two", 3 } };
	char first[2], second[10];
	struct iovec in[] = { { first, 2 }, { second, 10 } };

	ASSERT_EQ(6, writev(self->a, out, 3));
	ASSERT_EQ(6, readv(self->b, in, 2));
	EXPECT_EQ(0, memcmp(first, "on", 2));
	EXPECT_EQ(0, memcmp(second, "etwo", 4));
}

TEST_F(pair, other_end_closed)
{
	bool dgram = variant->type == SOCK_DGRAM;

	ASSERT_EQ(3, write(self->a, "abc", 3));
	close(self->a);
	EXPECT_EQ(READABLE | WRITABLE | (dgram ? 0 : POLLHUP | POLLRDHUP), events(self->b));
	EXPECT_EQ(3, read(self->b, self->buf, 10));
	EXPECT_EQ(dgram ? -1 : 0, recv(self->b, self->buf, 10, MSG_DONTWAIT));
	if (!dgram)
		EXPECT_EQ(0, read(self->b, self->buf, 10));

	on_signal(SIGPIPE, 0);
	EXPECT_EQ(-1, write(self->b, "x", 1));
	EXPECT_EQ(dgram ? ECONNREFUSED : EPIPE, errno);
	EXPECT_EQ(variant->type == SOCK_STREAM, signals);
	EXPECT_EQ(-1, send(self->b, "x", 1, MSG_NOSIGNAL));
	EXPECT_EQ(dgram ? ENOTCONN : EPIPE, errno);
	EXPECT_EQ(variant->type == SOCK_STREAM, signals);
}

TEST_F(pair, closed_before_it_was_read)
{
	int err = -1;
	socklen_t len = sizeof(err);
	bool dgram = variant->type == SOCK_DGRAM;

	ASSERT_EQ(3, write(self->a, "abc", 3));
	ASSERT_EQ(3, write(self->b, "def", 3));
	close(self->a);
	EXPECT_EQ(dgram ? 0 : POLLERR, events(self->b) & POLLERR);
	if (variant->type != SOCK_SEQPACKET)
		EXPECT_EQ(3, read(self->b, self->buf, 10));
	EXPECT_EQ(-1, recv(self->b, self->buf, 10, MSG_DONTWAIT));
	EXPECT_EQ(dgram ? EAGAIN : ECONNRESET, errno);
	ASSERT_EQ(0, getsockopt(self->b, SOL_SOCKET, SO_ERROR, &err, &len));
	EXPECT_EQ(0, err);
	EXPECT_EQ(dgram ? -1 : variant->type == SOCK_STREAM ? 0 : 3,
		  recv(self->b, self->buf, 10, MSG_DONTWAIT));
}

TEST_F(pair, shut_down_for_writing)
{
	bool dgram = variant->type == SOCK_DGRAM;

	on_signal(SIGPIPE, 0);
	ASSERT_EQ(1, write(self->a, "x", 1));
	ASSERT_EQ(0, shutdown(self->a, SHUT_WR));
	EXPECT_EQ(WRITABLE, events(self->a) & ~POLLERR);
	EXPECT_EQ(-1, write(self->a, "x", 1));
	EXPECT_EQ(EPIPE, errno);
	EXPECT_EQ(variant->type == SOCK_STREAM, signals);
	EXPECT_EQ(dgram ? 0 : POLLRDHUP, events(self->b) & POLLRDHUP);
	EXPECT_EQ(1, read(self->b, self->buf, 10));
	EXPECT_EQ(dgram ? -1 : 0, recv(self->b, self->buf, 10, MSG_DONTWAIT));
	/* The other way is open. */
	ASSERT_EQ(1, write(self->b, "y", 1));
	EXPECT_EQ(1, read(self->a, self->buf, 10));
}

TEST_F(pair, shut_down_for_reading)
{
	on_signal(SIGPIPE, 0);
	ASSERT_EQ(1, write(self->b, "x", 1));
	ASSERT_EQ(0, shutdown(self->a, SHUT_RD));
	EXPECT_EQ(READABLE | WRITABLE | POLLRDHUP, events(self->a));
	EXPECT_EQ(1, read(self->a, self->buf, 10));
	EXPECT_EQ(0, read(self->a, self->buf, 10));
	EXPECT_EQ(-1, write(self->b, "x", 1));
	EXPECT_EQ(EPIPE, errno);
	EXPECT_EQ(variant->type == SOCK_STREAM, signals);
	EXPECT_EQ(1, write(self->a, "x", 1));
}

TEST_F(pair, shut_down)
{
	bool dgram = variant->type == SOCK_DGRAM;

	ASSERT_EQ(0, shutdown(self->a, SHUT_RDWR));
	EXPECT_EQ(POLLHUP, events(self->a) & POLLHUP);
	EXPECT_EQ(dgram ? 0 : POLLHUP, events(self->b) & POLLHUP);
	EXPECT_EQ(0, read(self->a, self->buf, 10));
	EXPECT_EQ(-1, shutdown(self->a, -1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, shutdown(self->a, 3));
	EXPECT_EQ(EINVAL, errno);
}

/* As many messages fit as in Linux, for the same memory. */
TEST_F(pair, full)
{
	int n = 0, rest;

	nonblock(self->a);
	while (write(self->a, "x", 1) == 1)
		n++;
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_LT(100, n);
	EXPECT_LT(n, 1000);
	EXPECT_EQ(0, events(self->a) & WRITABLE);
	/* Writable is what has three quarters free. */
	for (rest = n; !(events(self->a) & POLLOUT); rest--)
		ASSERT_EQ(1, read(self->b, self->buf, 1));
	EXPECT_LT(rest, n / 3);
	EXPECT_GT(rest, n / 5);
	EXPECT_EQ(1, write(self->a, "x", 1));
}

/* A message costs what it takes in memory, until it is received. */
TEST_F(pair, how_much)
{
	static const int sizes[] = {
		1, 100, 512, 640, 704, 1000, 3000, 3776, 4096, 5000, 16000, 40000, 100000,
	};

	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		ASSERT_EQ(sizes[i], write(self->a, self->buf, sizes[i]));
		EXPECT_LT(sizes[i], unsent(self->a));
		EXPECT_GT(2 * sizes[i] + 2 * PAGE, unsent(self->a));
		ASSERT_EQ(sizes[i], recv(self->b, self->buf, sizes[i], MSG_WAITALL));
		EXPECT_EQ(0, unsent(self->a));
	}
}

TEST_F(pair, too_long)
{
	if (variant->type == SOCK_STREAM)
		return;
	EXPECT_EQ(-1, send(self->a, self->buf, BIG, MSG_DONTWAIT));
	EXPECT_EQ(EMSGSIZE, errno);
	EXPECT_EQ(-1, send(self->a, self->buf, 212992 - 31, MSG_DONTWAIT));
	EXPECT_EQ(EMSGSIZE, errno);
	ASSERT_EQ(212992 - 32, send(self->a, self->buf, 212992 - 32, MSG_DONTWAIT));
	EXPECT_EQ(212992 - 32, recv(self->b, self->buf, BIG, 0));
}

TEST_F(pair, much_from_a_child)
{
	int status, size = variant->type == SOCK_STREAM ? BIG : 60000;
	size_t sum = 0;
	pid_t child = fork();

	if (!child) {
		close(self->b);
		for (int i = 0; i < 8; i++)
			if (write(self->a, self->buf, size) != size)
				_exit(1);
		_exit(0);
	}
	close(self->a);
	while (sum < 8UL * size) {
		char *got = self->buf + BIG / 2;
		ssize_t n = read(self->b, got, BIG / 2);

		ASSERT_LT(0, n);
		for (ssize_t i = 0; i < n; i += 97) {
			unsigned int at = (sum + i) % size;

			ASSERT_EQ((char)(at * 7 + at / 256), got[i]);
		}
		sum += n;
	}
	EXPECT_EQ(8UL * size, sum);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(pair, wait_all)
{
	bool stream = variant->type == SOCK_STREAM;
	pid_t child = fork();

	if (!child) {
		for (int i = 0; i < 4; i++) {
			usleep(20000);
			write(self->a, self->buf + i, 1);
		}
		_exit(0);
	}
	EXPECT_EQ(stream ? 4 : 1, recv(self->b, self->buf + 100, 4, MSG_WAITALL));
	waitpid(child, NULL, 0);
	EXPECT_EQ(0, memcmp(self->buf, self->buf + 100, stream ? 4 : 1));
}

TEST_F(pair, interrupted)
{
	/* Once without, once with a restart. */
	alarm_after(50, 0);
	EXPECT_EQ(-1, read(self->b, self->buf, 1));
	EXPECT_EQ(EINTR, errno);
	alarm_after(50, SA_RESTART);
	if (!fork()) {
		usleep(200000);
		write(self->a, "x", 1);
		_exit(0);
	}
	EXPECT_EQ(1, read(self->b, self->buf, 1));
	EXPECT_LT(0, signals);
	no_alarm();
	wait(NULL);
}

TEST_F(pair, full_and_interrupted)
{
	int size = 30000;

	while (send(self->a, self->buf, size, MSG_DONTWAIT) > 0)
		continue;
	EXPECT_EQ(EAGAIN, errno);
	alarm_after(50, 0);
	EXPECT_EQ(-1, write(self->a, self->buf, size));
	EXPECT_EQ(EINTR, errno);
	no_alarm();
}

TEST_F(pair, writer_waits_for_room)
{
	int status;
	pid_t child;

	while (send(self->a, self->buf, 10000, MSG_DONTWAIT) > 0)
		continue;
	child = fork();
	if (!child)
		_exit(write(self->a, self->buf, 10000) != 10000);
	usleep(50000);
	EXPECT_EQ(0, waitpid(child, &status, WNOHANG));
	while (waitpid(child, &status, WNOHANG) != child)
		recv(self->b, self->buf, 10000, MSG_DONTWAIT);
	EXPECT_EQ(0, status);
}

TEST_F(pair, end_wakes)
{
	int how = variant->type == SOCK_DGRAM;

	if (!fork()) {
		usleep(50000);
		/* The end of a datagram socket says nothing to the other. */
		shutdown(how ? self->b : self->a, SHUT_RDWR);
		_exit(0);
	}
	EXPECT_EQ(0, read(self->b, self->buf, 1));
	wait(NULL);
}

TEST_F(pair, epoll_edges)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET };
	int ep = epoll_create1(0);

	ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, self->b, &event));
	ASSERT_EQ(1, epoll_wait(ep, &event, 1, 0));
	EXPECT_EQ(EPOLLOUT, event.events);
	EXPECT_EQ(0, epoll_wait(ep, &event, 1, 0));
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(1, write(self->a, "x", 1));
		ASSERT_EQ(1, epoll_wait(ep, &event, 1, 0));
		EXPECT_EQ(EPOLLIN | EPOLLOUT, event.events);
		EXPECT_EQ(0, epoll_wait(ep, &event, 1, 0));
	}
	shutdown(self->a, SHUT_WR);
	EXPECT_EQ(variant->type != SOCK_DGRAM, epoll_wait(ep, &event, 1, 0));
	close(ep);
}

TEST_F(pair, select_and_poll_wake)
{
	struct pollfd pfd = { .fd = self->b, .events = POLLIN };
	fd_set set;

	if (!fork()) {
		usleep(50000);
		write(self->a, "x", 1);
		_exit(0);
	}
	EXPECT_EQ(1, poll(&pfd, 1, 5000));
	EXPECT_EQ(POLLIN, pfd.revents);
	wait(NULL);
	FD_ZERO(&set);
	FD_SET(self->b, &set);
	EXPECT_EQ(1, select(self->b + 1, &set, NULL, NULL, NULL));
}

TEST_F(pair, signal_driven)
{
	on_signal(SIGIO, 0);
	ASSERT_EQ(0, fcntl(self->b, F_SETOWN, getpid()));
	ASSERT_EQ(0, fcntl(self->b, F_SETFL, O_ASYNC | O_NONBLOCK));
	ASSERT_EQ(1, write(self->a, "x", 1));
	EXPECT_EQ(1, signals);
	ASSERT_EQ(0, fcntl(self->b, F_SETFL, 0));
	ASSERT_EQ(1, write(self->a, "x", 1));
	EXPECT_EQ(1, signals);
}

TEST_F(pair, bad_memory)
{
	char *half = half_mapped();
	char *none = half + PAGE;

	EXPECT_EQ(-1, write(self->a, at(0), 1));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, write(self->a, at(-4096UL), 1));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, send(self->a, none, 1, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, send(self->a, half + PAGE - 10, 20, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(0, unsent(self->a));
	EXPECT_EQ(-1, recv(self->b, self->buf, 10, MSG_DONTWAIT));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(-1, send(self->a, at(-4096UL), 1, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, recv(self->a, at(-4096UL), 1, 0));
	EXPECT_EQ(EFAULT, errno);

	/* A record is lost that way, a stream is not. */
	ASSERT_EQ(20, write(self->a, self->buf, 20));
	EXPECT_EQ(-1, read(self->b, half + PAGE - 10, 20));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(variant->type == SOCK_STREAM ? 20 : -1, recv(self->b, half, 100, MSG_DONTWAIT));
	/* Part by part, as it was sent. */
	ASSERT_EQ(10, write(self->a, self->buf, 10));
	ASSERT_EQ(10, write(self->a, self->buf, 10));
	EXPECT_EQ(10, read(self->b, half + PAGE - 10, 20));
}

/* What is not in memory yet is brought in. */
TEST_F(pair, fresh_memory)
{
	char *to = pages(16);

	ASSERT_EQ(60000, write(self->a, self->buf, 60000));
	ASSERT_EQ(60000, recv(self->b, to, 60000, MSG_WAITALL | MSG_PEEK));
	EXPECT_EQ(0, memcmp(to, self->buf, 60000));
	to = pages(16);
	ASSERT_EQ(60000, recv(self->b, to, 60000, MSG_WAITALL));
	EXPECT_EQ(0, memcmp(to, self->buf, 60000));
}

TEST_F(pair, splice)
{
	int fds[2], n;

	ASSERT_EQ(0, pipe(fds));
	ASSERT_EQ(5, write(fds[1], "piped", 5));
	ASSERT_EQ(5, splice(fds[0], NULL, self->a, NULL, 100, 0));
	ASSERT_EQ(5, splice(self->b, NULL, fds[1], NULL, 100, SPLICE_F_NONBLOCK));
	EXPECT_EQ(5, read(fds[0], self->buf, 10));
	EXPECT_EQ(0, memcmp(self->buf, "piped", 5));

	n = open("file", O_RDWR | O_CREAT, 0600);
	ASSERT_EQ(7, write(n, "content", 7));
	EXPECT_EQ(7, sendfile(self->a, n, &(off_t){ 0 }, 100));
	EXPECT_EQ(7, read(self->b, self->buf, 10));
	EXPECT_EQ(0, memcmp(self->buf, "content", 7));
	close(n);
	unlink("file");
}

TEST_F(pair, kept_by_a_copy)
{
	int copy = dup(self->a);

	close(self->a);
	ASSERT_EQ(1, write(copy, "x", 1));
	EXPECT_EQ(1, read(self->b, self->buf, 10));
	EXPECT_EQ(0, events(self->b) & POLLHUP);
	close(copy);
	EXPECT_EQ(variant->type == SOCK_DGRAM ? 0 : POLLHUP, events(self->b) & POLLHUP);
}

TEST_F(pair, names)
{
	struct sockaddr_un name;
	socklen_t len = sizeof(name);

	memset(&name, 0xff, sizeof(name));
	ASSERT_EQ(0, getsockname(self->a, (struct sockaddr *)&name, &len));
	EXPECT_EQ(2, len);
	EXPECT_EQ(AF_UNIX, name.sun_family);
	EXPECT_EQ((char)0xff, name.sun_path[0]);
	len = 1;
	ASSERT_EQ(0, getpeername(self->a, (struct sockaddr *)&name, &len));
	EXPECT_EQ(2, len);
	len = -1;
	EXPECT_EQ(-1, getpeername(self->a, (struct sockaddr *)&name, &len));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, getsockname(self->a, (struct sockaddr *)&name, NULL));
	EXPECT_EQ(EFAULT, errno);
	len = sizeof(name);
	EXPECT_EQ(-1, syscall(__NR_getsockname, self->a, NULL, &len));
	EXPECT_EQ(EFAULT, errno);
	close(self->b);
	EXPECT_EQ(0, getpeername(self->a, (struct sockaddr *)&name, &len));

	/* What comes over a pair has no name either. */
	self->b = -1;
}

TEST_F(pair, names_of_senders)
{
	struct sockaddr_un name;
	socklen_t len = sizeof(name);

	ASSERT_EQ(1, write(self->a, "x", 1));
	EXPECT_EQ(1, recvfrom(self->b, self->buf, 10, 0, (struct sockaddr *)&name, &len));
	EXPECT_EQ(0, len);
	ASSERT_EQ(1, write(self->a, "x", 1));
	EXPECT_EQ(-1, syscall(__NR_recvfrom, self->b, self->buf, 10, 0, &name, NULL));
	EXPECT_EQ(EFAULT, errno);
}

TEST_F(pair, sent_somewhere)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "\0nobody" };
	ssize_t ret = sendto(self->a, "x", 1, 0, (struct sockaddr *)&name, sizeof(name));

	switch (variant->type) {
	case SOCK_STREAM:
		EXPECT_EQ(-1, ret);
		EXPECT_EQ(EISCONN, errno);
		break;
	case SOCK_SEQPACKET:
		EXPECT_EQ(1, ret);
		break;
	case SOCK_DGRAM:
		EXPECT_EQ(-1, ret);
		EXPECT_EQ(ECONNREFUSED, errno);
		EXPECT_EQ(-1, sendto(self->a, "x", 1, 0, (struct sockaddr *)&name, 2));
		EXPECT_EQ(EINVAL, errno);
		name.sun_family = AF_INET;
		EXPECT_EQ(-1, sendto(self->a, "x", 1, 0, (struct sockaddr *)&name, sizeof(name)));
		EXPECT_EQ(EINVAL, errno);
		break;
	}
	EXPECT_EQ(-1, sendto(self->a, "x", 1, 0, (struct sockaddr *)&name, 129));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, sendto(self->a, "x", 1, 0, at(-4096UL), 16));
	EXPECT_EQ(EFAULT, errno);
}

TEST_F(pair, not_for_strangers)
{
	bool dgram = variant->type == SOCK_DGRAM;

	EXPECT_EQ(-1, listen(self->a, 5));
	EXPECT_EQ(dgram ? EOPNOTSUPP : EINVAL, errno);
	EXPECT_EQ(-1, accept(self->a, NULL, NULL));
	EXPECT_EQ(dgram ? EOPNOTSUPP : EINVAL, errno);
	EXPECT_EQ(-1, accept4(self->a, NULL, NULL, 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, connect(self->a, at(-4096UL), 16));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, bind(self->a, at(-4096UL), 16));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, bind(self->a, (struct sockaddr *)self->buf, 1000));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(pair, commands)
{
	int n = 1;

	ASSERT_EQ(0, ioctl(self->a, FIONBIO, &n));
	EXPECT_EQ(-1, read(self->a, self->buf, 1));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(-1, ioctl(self->a, FIONREAD, NULL));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, ioctl(self->a, TIOCOUTQ, at(-4096UL)));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, ioctl(self->a, 0x5401, self->buf));
	EXPECT_EQ(ENOTTY, errno);
}

/* Two readers of a stream get every byte once. */
TEST_F(pair, two_readers)
{
	int sums[2], status, total = 0, size = 100;
	pid_t readers[2];

	ASSERT_EQ(0, pipe(sums));
	for (int i = 0; i < 2; i++) {
		readers[i] = fork();
		if (!readers[i]) {
			int sum = 0, n;

			close(self->a);
			while ((n = read(self->b, pages(1), 70)) > 0)
				sum += n;
			if (variant->type == SOCK_DGRAM)
				_exit(0);
			_exit(write(sums[1], &sum, sizeof(sum)) != sizeof(sum));
		}
	}
	for (int i = 0; i < 500; i++)
		ASSERT_EQ(size, write(self->a, self->buf, size));
	if (variant->type == SOCK_DGRAM)
		for (int i = 0; i < 2; i++)
			kill(readers[i], SIGKILL);
	close(self->a);
	for (int i = 0; i < 2; i++) {
		int sum = 0;

		ASSERT_EQ(readers[i], waitpid(readers[i], &status, 0));
		if (variant->type != SOCK_DGRAM)
			ASSERT_EQ(sizeof(sum), read(sums[0], &sum, sizeof(sum)));
		total += sum;
	}
	if (variant->type != SOCK_DGRAM)
		EXPECT_EQ(500 * (variant->type == SOCK_STREAM ? size : 70), total);
	self->a = -1;
}

TEST(bad_arguments)
{
	int fds[2], one;

	EXPECT_EQ(-1, socketpair(AF_UNIX, SOCK_STREAM, 0, NULL));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, syscall(__NR_socketpair, AF_UNIX, SOCK_STREAM, 0, -4096L));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, socketpair(AF_UNIX, SOCK_STREAM | 0x100, 0, fds));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, socketpair(AF_UNIX, 0, 0, fds));
	EXPECT_EQ(ESOCKTNOSUPPORT, errno);
	EXPECT_EQ(-1, socketpair(AF_UNIX, 15, 0, fds));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, socketpair(AF_UNIX, SOCK_STREAM, 6, fds));
	EXPECT_EQ(EPROTONOSUPPORT, errno);
	EXPECT_EQ(-1, socketpair(-1, SOCK_STREAM, 0, fds));
	EXPECT_EQ(EAFNOSUPPORT, errno);
	EXPECT_EQ(-1, socketpair(1000, SOCK_STREAM, 0, fds));
	EXPECT_EQ(EAFNOSUPPORT, errno);
	/* None is left open. */
	one = dup(0);
	EXPECT_EQ(3, one);
	close(one);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_RAW, 0, fds));
	EXPECT_EQ(2, write(fds[0], "ab", 2));
	EXPECT_EQ(2, write(fds[0], "cd", 2));
	EXPECT_EQ(2, queued(fds[1]));
}

TEST(no_descriptors)
{
	struct rlimit limit = { 4, 4 };
	int fds[2];

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_EQ(-1, socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	EXPECT_EQ(EMFILE, errno);
	EXPECT_EQ(3, dup(0));
}

/* Each call, of what is no socket and of what is not even open. */
TEST(no_socket)
{
	static const int calls[] = {
		__NR_connect, __NR_accept, __NR_sendto, __NR_recvfrom, __NR_sendmsg, __NR_recvmsg,
		__NR_shutdown, __NR_bind, __NR_listen, __NR_getsockname, __NR_getpeername,
		__NR_setsockopt, __NR_getsockopt, __NR_accept4, __NR_recvmmsg, __NR_sendmmsg,
	};
	int pipes[2], file, path;

	ASSERT_EQ(0, pipe(pipes));
	file = open("file", O_RDWR | O_CREAT, 0600);
	path = open("file", O_PATH);
	unlink("file");
	for (unsigned int i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		EXPECT_EQ(-1, syscall(calls[i], pipes[0], 0, 0, 0, 0, 0));
		EXPECT_EQ(ENOTSOCK, errno);
		EXPECT_EQ(-1, syscall(calls[i], file, 0, 0, 0, 0, 0));
		EXPECT_EQ(ENOTSOCK, errno);
		EXPECT_EQ(-1, syscall(calls[i], path, 0, 0, 0, 0, 0));
		EXPECT_EQ(EBADF, errno);
		EXPECT_EQ(-1, syscall(calls[i], 1000, 0, 0, 0, 0, 0));
		EXPECT_EQ(EBADF, errno);
		EXPECT_EQ(-1, syscall(calls[i], -1, 0, 0, 0, 0, 0));
		EXPECT_EQ(EBADF, errno);
	}
}

TEST_HARNESS_MAIN
