// SPDX-License-Identifier: GPL-2.0
/*
 * Pipes: what goes in comes out, and everything that is said on the way.
 *
 * Runs as: root user
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "kselftest_harness.h"
#include "objects/util.h"

#define CAPACITY	(16 * PAGE)

#ifndef O_NOTIFICATION_PIPE
#define O_NOTIFICATION_PIPE	O_EXCL
#endif

static int queued(int fd)
{
	int n = -1;

	ioctl(fd, FIONREAD, &n);
	return n;
}

FIXTURE(pipe) {
	int rd;
	int wr;
	char buf[2 * CAPACITY];
};

FIXTURE_SETUP(pipe)
{
	int fds[2];

	ASSERT_EQ(0, pipe(fds));
	self->rd = fds[0];
	self->wr = fds[1];
	for (unsigned int i = 0; i < sizeof(self->buf); i++)
		self->buf[i] = i * 7 + i / 256;
}

FIXTURE_TEARDOWN(pipe)
{
	close(self->rd);
	close(self->wr);
}

TEST_F(pipe, what_goes_in_comes_out)
{
	char got[PAGE];

	ASSERT_EQ(100, write(self->wr, self->buf, 100));
	ASSERT_EQ(5, write(self->wr, self->buf + 100, 5));
	EXPECT_EQ(105, queued(self->rd));
	EXPECT_EQ(105, queued(self->wr));
	ASSERT_EQ(50, read(self->rd, got, 50));
	ASSERT_EQ(55, read(self->rd, got + 50, sizeof(got) - 50));
	EXPECT_EQ(0, memcmp(got, self->buf, 105));
	EXPECT_EQ(0, queued(self->rd));
}

TEST_F(pipe, wrong_end)
{
	char c;

	EXPECT_EQ(-1, read(self->wr, &c, 1));
	EXPECT_EQ(EBADF, errno);
	EXPECT_EQ(-1, write(self->rd, "x", 1));
	EXPECT_EQ(EBADF, errno);
}

TEST_F(pipe, nothing_is_nothing)
{
	EXPECT_EQ(0, read(self->rd, self->buf, 0));
	EXPECT_EQ(0, write(self->wr, self->buf, 0));
	EXPECT_EQ(0, queued(self->rd));
	close(self->rd);
	on_signal(SIGPIPE, 0);
	EXPECT_EQ(0, write(self->wr, self->buf, 0));
	EXPECT_EQ(0, signals);
}

TEST_F(pipe, end_of_file)
{
	ASSERT_EQ(3, write(self->wr, "abc", 3));
	close(self->wr);
	EXPECT_EQ(2, read(self->rd, self->buf, 2));
	EXPECT_EQ(1, read(self->rd, self->buf, 2));
	EXPECT_EQ(0, read(self->rd, self->buf, 2));
	EXPECT_EQ(0, read(self->rd, self->buf, 2));
}

TEST_F(pipe, broken)
{
	close(self->rd);
	on_signal(SIGPIPE, 0);
	EXPECT_EQ(-1, write(self->wr, "x", 1));
	EXPECT_EQ(EPIPE, errno);
	EXPECT_EQ(1, signals);
	signal(SIGPIPE, SIG_IGN);
	EXPECT_EQ(-1, write(self->wr, "x", 1));
	EXPECT_EQ(EPIPE, errno);
}

TEST_F(pipe, broken_kills)
{
	int status;
	pid_t child;

	close(self->rd);
	child = fork();
	if (!child) {
		signal(SIGPIPE, SIG_DFL);
		write(self->wr, "x", 1);
		_exit(0);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_TRUE(WIFSIGNALED(status));
	EXPECT_EQ(SIGPIPE, WTERMSIG(status));
}

TEST_F(pipe, full)
{
	nonblock(self->wr);
	ASSERT_EQ(CAPACITY, write(self->wr, self->buf, sizeof(self->buf)));
	EXPECT_EQ(-1, write(self->wr, "x", 1));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(CAPACITY, queued(self->rd));
	/* Room is by the page. */
	ASSERT_EQ(100, read(self->rd, self->buf, 100));
	EXPECT_EQ(-1, write(self->wr, "x", 1));
	ASSERT_EQ(PAGE - 100, read(self->rd, self->buf, PAGE - 100));
	EXPECT_EQ(PAGE, write(self->wr, self->buf, sizeof(self->buf)));
}

TEST_F(pipe, small_writes_share_a_page)
{
	int n = 0;

	nonblock(self->wr);
	while (write(self->wr, &self->buf[n % 100], 1) == 1)
		n++;
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(CAPACITY, n);
}

TEST_F(pipe, only_odd_ends_join_a_page)
{
	nonblock(self->wr);
	/* 16 slots: each write takes one, as none fits behind another. */
	for (int i = 0; i < 16; i++)
		ASSERT_EQ(3000, write(self->wr, self->buf, 3000));
	EXPECT_EQ(-1, write(self->wr, self->buf, 3000));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(1096, write(self->wr, self->buf, 1096));
	EXPECT_EQ(-1, write(self->wr, self->buf, 1));
}

TEST_F(pipe, no_part_of_a_small_write)
{
	nonblock(self->wr);
	ASSERT_EQ(CAPACITY - PAGE, write(self->wr, self->buf, CAPACITY - PAGE));
	ASSERT_EQ(PIPE_BUF - 1, write(self->wr, self->buf, PIPE_BUF - 1));
	EXPECT_EQ(-1, write(self->wr, self->buf, PIPE_BUF));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(1, write(self->wr, self->buf, 1));
}

TEST_F(pipe, empty_without_waiting)
{
	nonblock(self->rd);
	EXPECT_EQ(-1, read(self->rd, self->buf, 1));
	EXPECT_EQ(EAGAIN, errno);
	/* One end's flag is not the other's. */
	EXPECT_EQ(0, fcntl(self->wr, F_GETFL) & O_NONBLOCK);
	close(self->wr);
	EXPECT_EQ(0, read(self->rd, self->buf, 1));
}

TEST_F(pipe, nowait_for_one_call)
{
	struct iovec iov = { self->buf, sizeof(self->buf) };

	EXPECT_EQ(-1, preadv2(self->rd, &iov, 1, -1, RWF_NOWAIT));
	/* Skipped on one side only is a difference, and so a failure. */
	if (errno == EOPNOTSUPP)
		SKIP(return, "pipes of this kernel do not take RWF_NOWAIT");
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(CAPACITY, pwritev2(self->wr, &iov, 1, -1, RWF_NOWAIT));
	EXPECT_EQ(-1, pwritev2(self->wr, &iov, 1, -1, RWF_NOWAIT));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(CAPACITY, preadv2(self->rd, &iov, 1, -1, RWF_NOWAIT));
}

TEST_F(pipe, bad_memory)
{
	char got[200];

	EXPECT_EQ(-1, write(self->wr, at(16), 100));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, write(self->wr, at(1UL << 63), 100));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(0, queued(self->rd));
	ASSERT_EQ(100, write(self->wr, self->buf, 100));
	EXPECT_EQ(-1, read(self->rd, at(16), 100));
	EXPECT_EQ(EFAULT, errno);
	/* Nothing is lost. */
	EXPECT_EQ(100, read(self->rd, got, sizeof(got)));
	EXPECT_EQ(0, memcmp(got, self->buf, 100));
}

TEST_F(pipe, memory_that_ends)
{
	char *map = half_mapped();

	nonblock(self->rd);
	/* Whole pages count, the rest of them does not. */
	EXPECT_EQ(-1, write(self->wr, map + 1, PAGE));
	EXPECT_EQ(EFAULT, errno);
	while (read(self->rd, self->buf, PAGE) > 0)
		;
	EXPECT_EQ(PAGE, write(self->wr, map, 2 * PAGE));
	EXPECT_EQ(PAGE, queued(self->rd));
	EXPECT_EQ(PAGE, read(self->rd, self->buf, PAGE));
	while (read(self->rd, self->buf, PAGE) > 0)
		;
	ASSERT_EQ(2 * PAGE, write(self->wr, self->buf, 2 * PAGE));
	EXPECT_EQ(-1, read(self->rd, map + 1, PAGE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(PAGE, read(self->rd, map, 2 * PAGE));
	EXPECT_EQ(PAGE, queued(self->rd));
}

TEST_F(pipe, memory_that_is_not_there_yet)
{
	char *map = pages(16);

	/* Reads of zeros that no page holds yet, into pages that nobody touched. */
	ASSERT_EQ(CAPACITY, write(self->wr, map, CAPACITY));
	ASSERT_EQ(CAPACITY, read(self->rd, self->buf, CAPACITY));
	for (int i = 0; i < CAPACITY; i++)
		ASSERT_EQ(0, self->buf[i]);
	memset(self->buf, 'x', CAPACITY);
	madvise(map, CAPACITY, MADV_DONTNEED);
	ASSERT_EQ(CAPACITY, write(self->wr, self->buf, CAPACITY));
	ASSERT_EQ(CAPACITY, read(self->rd, map, CAPACITY));
	EXPECT_EQ(0, memcmp(map, self->buf, CAPACITY));
}

TEST_F(pipe, read_only_memory)
{
	char *map = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_EQ(10, write(self->wr, self->buf, 10));
	EXPECT_EQ(-1, read(self->rd, map, 10));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(10, queued(self->rd));
}

TEST_F(pipe, vectors)
{
	char a[10], b[5000], c[100];
	struct iovec in[3] = { { self->buf, 7 }, { self->buf + 7, 0 }, { self->buf + 7, 5000 } };
	struct iovec out[3] = { { a, sizeof(a) }, { b, sizeof(b) }, { c, sizeof(c) } };

	ASSERT_EQ(5007, writev(self->wr, in, 3));
	ASSERT_EQ(5007, readv(self->rd, out, 3));
	EXPECT_EQ(0, memcmp(a, self->buf, 10));
	EXPECT_EQ(0, memcmp(b, self->buf + 10, 4997));
}

TEST_F(pipe, number_of_vectors)
{
	struct iovec iov[UIO_MAXIOV + 1];

	for (int i = 0; i <= UIO_MAXIOV; i++)
		iov[i] = (struct iovec) { self->buf + i, 1 };
	EXPECT_EQ(0, writev(self->wr, iov, 0));
	EXPECT_EQ(0, readv(self->rd, iov, 0));
	EXPECT_EQ(UIO_MAXIOV, writev(self->wr, iov, UIO_MAXIOV));
	EXPECT_EQ(-1, writev(self->wr, iov, UIO_MAXIOV + 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, readv(self->rd, iov, UIO_MAXIOV + 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(UIO_MAXIOV, queued(self->rd));
	EXPECT_EQ(UIO_MAXIOV, readv(self->rd, iov, UIO_MAXIOV));
	for (int i = 0; i < UIO_MAXIOV; i++)
		EXPECT_EQ((char)(i * 7 + i / 256), self->buf[i]);
	iov[1].iov_len = -1;
	EXPECT_EQ(-1, writev(self->wr, iov, 2));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, queued(self->rd));
}

TEST_F(pipe, has_no_position)
{
	struct stat st;

	EXPECT_EQ(-1, lseek(self->rd, 0, SEEK_CUR));
	EXPECT_EQ(ESPIPE, errno);
	EXPECT_EQ(-1, pread(self->rd, self->buf, 1, 0));
	EXPECT_EQ(ESPIPE, errno);
	EXPECT_EQ(-1, pwrite(self->wr, self->buf, 1, 0));
	EXPECT_EQ(ESPIPE, errno);
	EXPECT_EQ(-1, ftruncate(self->wr, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, fsync(self->wr));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, self->rd, 0));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(0, fstat(self->rd, &st));
	EXPECT_EQ(0, st.st_size);
}

TEST_F(pipe, attributes)
{
	struct stat rd, wr, other;
	int fds[2];

	ASSERT_EQ(10, write(self->wr, self->buf, 10));
	ASSERT_EQ(0, fstat(self->rd, &rd));
	ASSERT_EQ(0, fstat(self->wr, &wr));
	EXPECT_EQ((mode_t)(S_IFIFO | 0600), rd.st_mode);
	EXPECT_EQ(geteuid(), rd.st_uid);
	EXPECT_EQ(getegid(), rd.st_gid);
	EXPECT_EQ(0, rd.st_size);
	EXPECT_EQ(PAGE, rd.st_blksize);
	EXPECT_EQ(1, rd.st_nlink);
	EXPECT_EQ(rd.st_ino, wr.st_ino);
	EXPECT_EQ(rd.st_dev, wr.st_dev);
	ASSERT_EQ(0, pipe(fds));
	ASSERT_EQ(0, fstat(fds[0], &other));
	EXPECT_NE(rd.st_ino, other.st_ino);
	EXPECT_EQ(rd.st_dev, other.st_dev);
}

TEST_F(pipe, mode_can_be_changed)
{
	struct stat st;

	EXPECT_EQ(0, fchmod(self->rd, 0644));
	ASSERT_EQ(0, fstat(self->wr, &st));
	EXPECT_EQ((mode_t)(S_IFIFO | 0644), st.st_mode);
}

TEST_F(pipe, flags)
{
	int fds[2];

	EXPECT_EQ(O_RDONLY, fcntl(self->rd, F_GETFL));
	EXPECT_EQ(O_WRONLY, fcntl(self->wr, F_GETFL));
	EXPECT_EQ(0, fcntl(self->rd, F_GETFD));
	ASSERT_EQ(0, pipe2(fds, O_CLOEXEC | O_NONBLOCK | O_DIRECT));
	EXPECT_EQ(O_RDONLY | O_NONBLOCK, fcntl(fds[0], F_GETFL));
	EXPECT_EQ(O_WRONLY | O_NONBLOCK | O_DIRECT, fcntl(fds[1], F_GETFL));
	EXPECT_EQ(FD_CLOEXEC, fcntl(fds[0], F_GETFD));
	EXPECT_EQ(FD_CLOEXEC, fcntl(fds[1], F_GETFD));
}

TEST(bad_arguments)
{
	struct rlimit limit = { 4, 4 };
	int fds[2] = { -1, -1 }, next = dup(0);

	close(next);
	EXPECT_EQ(-1, pipe2(fds, O_APPEND));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, pipe2(at(16), ~0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, pipe2(fds, O_NOTIFICATION_PIPE));
	EXPECT_EQ(ENOPKG, errno);
	EXPECT_EQ(-1, syscall(SYS_pipe, at(16)));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, syscall(SYS_pipe, at(0)));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, fds[0]);
	/* Nothing stays open. */
	EXPECT_EQ(next, dup(0));
	limit.rlim_cur = next + 2;
	limit.rlim_max = next + 2;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_EQ(-1, pipe(fds));
	EXPECT_EQ(EMFILE, errno);
	EXPECT_EQ(next + 1, dup(0));
}

TEST(packets)
{
	char buf[3 * PAGE], got[3 * PAGE];
	int fds[2];

	memset(buf, 'p', sizeof(buf));
	ASSERT_EQ(0, pipe2(fds, O_DIRECT));
	ASSERT_EQ(100, write(fds[1], buf, 100));
	ASSERT_EQ(50, write(fds[1], buf, 50));
	ASSERT_EQ(PAGE + 10, write(fds[1], buf, PAGE + 10));
	ASSERT_EQ(20, write(fds[1], buf, 20));
	EXPECT_EQ(100 + 50 + PAGE + 10 + 20, queued(fds[0]));
	EXPECT_EQ(100, read(fds[0], got, sizeof(got)));
	/* What does not fit is lost. */
	EXPECT_EQ(30, read(fds[0], got, 30));
	EXPECT_EQ(PAGE, read(fds[0], got, sizeof(got)));
	EXPECT_EQ(10, read(fds[0], got, sizeof(got)));
	EXPECT_EQ(20, read(fds[0], got, sizeof(got)));
	EXPECT_EQ(0, queued(fds[0]));
	/* The flag is the writer's, at the time of writing. */
	ASSERT_EQ(0, fcntl(fds[1], F_SETFL, 0));
	ASSERT_EQ(5, write(fds[1], buf, 5));
	ASSERT_EQ(5, write(fds[1], buf, 5));
	EXPECT_EQ(10, read(fds[0], got, sizeof(got)));
	ASSERT_EQ(0, fcntl(fds[1], F_SETFL, O_DIRECT));
	ASSERT_EQ(5, write(fds[1], buf, 5));
	ASSERT_EQ(5, write(fds[1], buf, 5));
	EXPECT_EQ(5, read(fds[0], got, sizeof(got)));
}

TEST_F(pipe, capacity)
{
	char got[4 * PAGE];

	EXPECT_EQ(CAPACITY, fcntl(self->rd, F_GETPIPE_SZ));
	EXPECT_EQ(PAGE, fcntl(self->rd, F_SETPIPE_SZ, 0));
	EXPECT_EQ(PAGE, fcntl(self->wr, F_GETPIPE_SZ));
	nonblock(self->wr);
	EXPECT_EQ(PAGE, write(self->wr, self->buf, sizeof(self->buf)));
	EXPECT_EQ(4 * PAGE, fcntl(self->wr, F_SETPIPE_SZ, 3 * PAGE));
	EXPECT_EQ(3 * PAGE, write(self->wr, self->buf + PAGE, CAPACITY));
	EXPECT_EQ(-1, fcntl(self->wr, F_SETPIPE_SZ, PAGE));
	EXPECT_EQ(EBUSY, errno);
	EXPECT_EQ(4 * PAGE, fcntl(self->wr, F_GETPIPE_SZ));
	EXPECT_EQ(1 << 20, fcntl(self->wr, F_SETPIPE_SZ, 1 << 20));
	EXPECT_EQ(-1, fcntl(self->wr, F_SETPIPE_SZ, (1 << 20) + 1));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(-1, fcntl(self->wr, F_SETPIPE_SZ, -1));
	EXPECT_EQ(EINVAL, errno);
	/* Order and content survive all that. */
	ASSERT_EQ(4 * PAGE, read(self->rd, got, sizeof(got)));
	EXPECT_EQ(0, memcmp(got, self->buf, sizeof(got)));
	EXPECT_EQ(-1, fcntl(0, F_GETPIPE_SZ));
	EXPECT_EQ(EBADF, errno);
}

TEST_F(pipe, resize_while_wrapped)
{
	char got[PAGE];
	int i, in = 0, out = 0;

	ASSERT_EQ(4 * PAGE, fcntl(self->wr, F_SETPIPE_SZ, 4 * PAGE));
	for (i = 0; i < 20; i++) {
		memset(got, in++, PAGE);
		ASSERT_EQ(PAGE, write(self->wr, got, PAGE));
		memset(got, in++, PAGE);
		ASSERT_EQ(PAGE, write(self->wr, got, PAGE));
		ASSERT_EQ((i % 2 ? 4 : 2) * PAGE,
			  fcntl(self->wr, F_SETPIPE_SZ, (i % 2 ? 4 : 2) * PAGE));
		ASSERT_EQ(PAGE, read(self->rd, got, PAGE));
		EXPECT_EQ(out++, got[0]);
		ASSERT_EQ(PAGE, read(self->rd, got, PAGE));
		EXPECT_EQ(out++, got[PAGE - 1]);
	}
}

TEST_F(pipe, events)
{
	EXPECT_EQ(0, events(self->rd));
	EXPECT_EQ(POLLOUT | POLLWRNORM, events(self->wr));
	ASSERT_EQ(1, write(self->wr, "x", 1));
	EXPECT_EQ(POLLIN | POLLRDNORM, events(self->rd));
	EXPECT_EQ(POLLOUT | POLLWRNORM, events(self->wr));
	nonblock(self->wr);
	write(self->wr, self->buf, sizeof(self->buf));
	write(self->wr, self->buf, PAGE - 1);
	EXPECT_EQ(0, events(self->wr));
	EXPECT_EQ(POLLIN | POLLRDNORM, events(self->rd));
}

TEST_F(pipe, events_when_one_end_is_gone)
{
	ASSERT_EQ(1, write(self->wr, "x", 1));
	close(self->wr);
	EXPECT_EQ(POLLIN | POLLRDNORM | POLLHUP, events(self->rd));
	ASSERT_EQ(1, read(self->rd, self->buf, 1));
	EXPECT_EQ(POLLHUP, events(self->rd));
}

TEST_F(pipe, events_without_reader)
{
	close(self->rd);
	EXPECT_EQ(POLLOUT | POLLWRNORM | POLLERR, events(self->wr));
}

static void link_of(int fd, char *buf, size_t size)
{
	char name[64];
	ssize_t n;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	n = readlink(name, buf, size - 1);
	buf[n < 0 ? 0 : n] = 0;
}

TEST_F(pipe, name)
{
	char got[64], want[64];
	struct stat st;

	ASSERT_EQ(0, fstat(self->rd, &st));
	snprintf(want, sizeof(want), "pipe:[%lu]", st.st_ino);
	link_of(self->rd, got, sizeof(got));
	EXPECT_STREQ(want, got);
	link_of(self->wr, got, sizeof(got));
	EXPECT_STREQ(want, got);
}

TEST_F(pipe, opened_again)
{
	char got[10];
	int rd, wr, both;

	rd = open_fd(self->wr, O_RDONLY | O_NONBLOCK);
	ASSERT_GE(rd, 0);
	wr = open_fd(self->rd, O_WRONLY);
	ASSERT_GE(wr, 0);
	both = open_fd(self->rd, O_RDWR | O_APPEND);
	ASSERT_GE(both, 0);
	EXPECT_EQ(O_RDONLY | O_NONBLOCK, fcntl(rd, F_GETFL) & ~LARGEFILE);
	EXPECT_EQ(O_RDWR | O_APPEND, fcntl(both, F_GETFL) & ~LARGEFILE);
	ASSERT_EQ(1, write(wr, "a", 1));
	ASSERT_EQ(1, write(self->wr, "b", 1));
	ASSERT_EQ(1, write(both, "c", 1));
	EXPECT_EQ(3, read(rd, got, sizeof(got)));
	EXPECT_EQ(0, memcmp(got, "abc", 3));
	/* Each of them counts. */
	close(self->wr);
	close(wr);
	EXPECT_EQ(-1, read(rd, got, 1));
	EXPECT_EQ(EAGAIN, errno);
	close(both);
	EXPECT_EQ(0, read(rd, got, 1));
	EXPECT_EQ(-1, open_fd(self->rd, O_RDONLY | O_DIRECT));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, open_fd(self->rd, O_RDONLY | O_DIRECTORY));
	EXPECT_EQ(ENOTDIR, errno);
}

TEST_F(pipe, opened_again_by_permission)
{
	ASSERT_EQ(0, fchmod(self->rd, 0400));
	if (!geteuid())
		SKIP(return, "root may");
	EXPECT_LE(0, open_fd(self->rd, O_RDONLY));
	EXPECT_EQ(-1, open_fd(self->rd, O_WRONLY));
	EXPECT_EQ(EACCES, errno);
}

TEST(many_pipes)
{
	struct rlimit limit;
	int fds[2], n = 0;

	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = limit.rlim_max < 1024 ? limit.rlim_max : 1024;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	while (!pipe(fds)) {
		n++;
		ASSERT_EQ(1, write(fds[1], "x", 1));
	}
	EXPECT_EQ(EMFILE, errno);
	EXPECT_GT(n, 100);
}

TEST_HARNESS_MAIN
