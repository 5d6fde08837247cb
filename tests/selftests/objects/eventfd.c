// SPDX-License-Identifier: GPL-2.0
/*
 * eventfd(2): counters, semaphores, and who waits for them.
 *
 * Runs as: root user
 */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "kselftest_harness.h"
#include "objects/util.h"

static long take(int fd)
{
	uint64_t n;
	ssize_t ret = read(fd, &n, sizeof(n));

	return ret == sizeof(n) ? (long)n : ret < 0 ? -errno : -1000;
}

static long add(int fd, uint64_t n)
{
	ssize_t ret = write(fd, &n, sizeof(n));

	return ret == sizeof(n) ? 0 : ret < 0 ? -errno : -1000;
}

TEST(counts)
{
	int fd = eventfd(3, EFD_NONBLOCK);

	ASSERT_LE(0, fd);
	EXPECT_EQ(3, take(fd));
	EXPECT_EQ(-EAGAIN, take(fd));
	EXPECT_EQ(0, add(fd, 5));
	EXPECT_EQ(0, add(fd, 0));
	EXPECT_EQ(0, add(fd, 7));
	EXPECT_EQ(12, take(fd));
	EXPECT_EQ(0, add(fd, UINT64_MAX - 1));
	EXPECT_EQ(-EAGAIN, add(fd, 1));
	EXPECT_EQ(0, add(fd, 0));
	EXPECT_EQ(-EINVAL, add(fd, UINT64_MAX));
	EXPECT_EQ((long)(UINT64_MAX - 1), take(fd));
	/* 32 bits to begin with. */
	close(fd);
	fd = eventfd(UINT_MAX, EFD_NONBLOCK);
	EXPECT_EQ(UINT_MAX, take(fd));
}

TEST(semaphores)
{
	int fd = eventfd(2, EFD_NONBLOCK | EFD_SEMAPHORE);

	EXPECT_EQ(1, take(fd));
	EXPECT_EQ(0, add(fd, 1));
	EXPECT_EQ(1, take(fd));
	EXPECT_EQ(1, take(fd));
	EXPECT_EQ(-EAGAIN, take(fd));
}

TEST(bad_arguments)
{
	int fd = eventfd(1, EFD_NONBLOCK);
	uint64_t buf[2] = { 1, 0 };
	struct iovec two[2] = { { buf, 4 }, { (char *)buf + 4, 4 } };

	EXPECT_EQ(-1, eventfd(0, 2));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, eventfd(0, O_APPEND));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, read(fd, buf, 7));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, read(fd, buf, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, write(fd, buf, 7));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, write(fd, buf, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, write(fd, at(16), 8));
	EXPECT_EQ(EFAULT, errno);
	/* Written in two pieces, each is too small; read, they are one. */
	EXPECT_EQ(-1, writev(fd, two, 2));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(8, readv(fd, two, 2));
	EXPECT_EQ(0, add(fd, 1));
	EXPECT_EQ(8, read(fd, buf, 16));
	EXPECT_EQ(0, add(fd, 1));
	EXPECT_EQ(-1, read(fd, at(16), 8));
	EXPECT_EQ(EFAULT, errno);
	/* Taken all the same. */
	EXPECT_EQ(-EAGAIN, take(fd));
	EXPECT_EQ(-1, pread(fd, buf, 8, 0));
	EXPECT_EQ(ESPIPE, errno);
	EXPECT_EQ(0, lseek(fd, 5, SEEK_SET));
	EXPECT_EQ(-1, open_fd(fd, O_RDWR));
	EXPECT_EQ(getuid() ? EACCES : ENXIO, errno);
}

TEST(old_call)
{
	int fd = syscall(SYS_eventfd, 4);

	ASSERT_LE(0, fd);
	EXPECT_EQ(4, take(fd));
	EXPECT_EQ(0, fcntl(fd, F_GETFD));
	EXPECT_EQ(O_RDWR, fcntl(fd, F_GETFL));
	fd = eventfd(0, EFD_CLOEXEC);
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
}

TEST(told_by_proc)
{
	int fd = eventfd(255, EFD_SEMAPHORE), found = 0;
	char path[64], line[128];
	struct stat st;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "r");
	ASSERT_NE(NULL, file);
	while (fgets(line, sizeof(line), file))
		found += !strcmp(line, "eventfd-count:               ff\n");
	EXPECT_EQ(1, found);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	memset(line, 0, sizeof(line));
	EXPECT_LT(0, readlink(path, line, sizeof(line) - 1));
	EXPECT_STREQ("anon_inode:[eventfd]", line);
	ASSERT_EQ(0, fstat(fd, &st));
	EXPECT_EQ(0600, st.st_mode);
}

TEST(polled)
{
	int fd = eventfd(0, EFD_NONBLOCK);

	EXPECT_EQ(POLLOUT, events(fd));
	add(fd, 1);
	EXPECT_EQ(POLLIN | POLLOUT, events(fd));
	add(fd, UINT64_MAX - 3);
	EXPECT_EQ(POLLIN | POLLOUT, events(fd));
	add(fd, 1);
	EXPECT_EQ(POLLIN, events(fd));
	take(fd);
	EXPECT_EQ(POLLOUT, events(fd));
}

TEST(readers_wait)
{
	int fd = eventfd(0, 0);
	pid_t child = fork();

	if (!child) {
		usleep(100000);
		add(fd, 9);
		_exit(0);
	}
	EXPECT_EQ(9, take(fd));
	wait(NULL);
	alarm_after(50, 0);
	EXPECT_EQ(-EINTR, take(fd));
	no_alarm();
	child = fork();
	if (!child) {
		alarm_after(20, SA_RESTART);
		_exit(take(fd) == 2 ? 0 : 1);
	}
	stop_and_continue(child);
	usleep(50000);
	add(fd, 2);
	int status;

	wait(&status);
	EXPECT_EQ(0, status);
}

TEST(writers_wait)
{
	int fd = eventfd(0, 0);
	pid_t child;

	add(fd, UINT64_MAX - 1);
	child = fork();
	if (!child) {
		usleep(100000);
		take(fd);
		_exit(0);
	}
	EXPECT_EQ(0, add(fd, 3));
	wait(NULL);
	EXPECT_EQ(3, take(fd));
	add(fd, UINT64_MAX - 1);
	alarm_after(50, 0);
	EXPECT_EQ(-EINTR, add(fd, 3));
	no_alarm();
}

static int shared;
static atomic_long sum;

static void *adds(void *arg)
{
	for (int i = 0; i < 5000; i++)
		if (add(shared, 3))
			return "write";
	return NULL;
}

static void *takes(void *arg)
{
	long n;

	while (sum < 3 * 5000 * 3) {
		n = take(shared);
		if (n == -EAGAIN)
			poll(&(struct pollfd){ shared, POLLIN }, 1, 10);
		if (n < 0 && n != -EAGAIN)
			return "read";
		if (n > 0)
			sum += n;
	}
	return NULL;
}

/* Nothing is lost between many. */
TEST(many_at_once)
{
	pthread_t threads[6];
	void *bad;

	shared = eventfd(0, EFD_NONBLOCK);
	for (int i = 0; i < 6; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, i & 1 ? takes : adds, NULL));
	for (int i = 0; i < 6; i++) {
		pthread_join(threads[i], &bad);
		EXPECT_EQ(NULL, bad);
	}
	EXPECT_EQ(3 * 5000 * 3, sum);
}

TEST_HARNESS_MAIN
