// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/null, zero, full, random and urandom.
 *
 * Runs as: root user
 */
#include <errno.h>
#include <limits.h>
#include <linux/random.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>

#include "kselftest_harness.h"
#include "objects/util.h"

#define READY	(POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM)

FIXTURE(device) {
	int fd;
};

FIXTURE_VARIANT(device) {
	const char *path;
	int minor;
	int events;
};

FIXTURE_VARIANT_ADD(device, null) { "/dev/null", 3, READY };
FIXTURE_VARIANT_ADD(device, zero) { "/dev/zero", 5, READY };
FIXTURE_VARIANT_ADD(device, full) { "/dev/full", 7, READY };
FIXTURE_VARIANT_ADD(device, random) { "/dev/random", 8, POLLIN | POLLRDNORM };
FIXTURE_VARIANT_ADD(device, urandom) { "/dev/urandom", 9, READY };

FIXTURE_SETUP(device)
{
	self->fd = open(variant->path, O_RDWR);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(device)
{
	close(self->fd);
}

TEST_F(device, attributes)
{
	struct stat by_fd, by_path;

	ASSERT_EQ(0, fstat(self->fd, &by_fd));
	ASSERT_EQ(0, stat(variant->path, &by_path));
	EXPECT_TRUE(S_ISCHR(by_fd.st_mode));
	EXPECT_EQ(makedev(1, variant->minor), by_fd.st_rdev);
	EXPECT_EQ(by_path.st_dev, by_fd.st_dev);
	EXPECT_EQ(by_path.st_ino, by_fd.st_ino);
	EXPECT_EQ(by_path.st_mode, by_fd.st_mode);
	EXPECT_EQ(0, isatty(self->fd));
}

TEST_F(device, flags)
{
	int fd;

	EXPECT_EQ(O_RDWR | LARGEFILE, fcntl(self->fd, F_GETFL));
	fd = open(variant->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(O_RDONLY | O_NONBLOCK | LARGEFILE, fcntl(fd, F_GETFL));
	EXPECT_EQ(-1, write(fd, "x", 1));
	EXPECT_EQ(EBADF, errno);
	fd = open(variant->path, O_WRONLY | O_APPEND | O_CREAT | O_TRUNC, 0600);
	ASSERT_LE(0, fd);
	EXPECT_EQ(O_WRONLY | O_APPEND | LARGEFILE, fcntl(fd, F_GETFL));
	EXPECT_EQ(-1, read(fd, &fd, 1));
	EXPECT_EQ(EBADF, errno);
	EXPECT_EQ(-1, open(variant->path, O_RDWR | O_CREAT | O_EXCL, 0600));
	EXPECT_EQ(EEXIST, errno);
	EXPECT_EQ(-1, open(variant->path, O_RDONLY | O_DIRECTORY));
	EXPECT_EQ(ENOTDIR, errno);
	EXPECT_EQ(-1, open(variant->path, O_RDWR | O_DIRECT));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(device, positions)
{
	char c;

	EXPECT_EQ(0, lseek(self->fd, 100, SEEK_SET));
	EXPECT_EQ(0, lseek(self->fd, 0, SEEK_END));
	EXPECT_EQ(0, lseek(self->fd, -5, SEEK_CUR));
	EXPECT_EQ(variant->minor == 3 ? 0 : 1, pread(self->fd, &c, 1, 1000));
	EXPECT_EQ(-1, ftruncate(self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(device, limits)
{
	struct iovec iov[UIO_MAXIOV + 1];
	const int null = variant->minor == 3;
	char buf[8];

	for (int i = 0; i <= UIO_MAXIOV; i++)
		iov[i] = (struct iovec) { buf, 1 };
	EXPECT_EQ(0, readv(self->fd, iov, 0));
	EXPECT_EQ(null ? 0 : UIO_MAXIOV, readv(self->fd, iov, UIO_MAXIOV));
	EXPECT_EQ(-1, readv(self->fd, iov, UIO_MAXIOV + 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, writev(self->fd, iov, UIO_MAXIOV + 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, pread(self->fd, buf, 1, -1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, pread(self->fd, buf, 0, LONG_MAX));
	EXPECT_EQ(null ? 0 : 1, pread(self->fd, buf, 1, LONG_MAX - 1));
	EXPECT_EQ(-1, pread(self->fd, buf, 1, LONG_MAX));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, pwrite(self->fd, buf, 1, LONG_MIN));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(device, is_ready)
{
	EXPECT_EQ(variant->events, events(self->fd));
}

TEST_F(device, bad_memory)
{
	if (variant->minor != 3) {
		EXPECT_EQ(-1, read(self->fd, at(16), 10));
		EXPECT_EQ(EFAULT, errno);
	}
	if (variant->minor >= 8) {
		EXPECT_EQ(-1, write(self->fd, at(16), 10));
		EXPECT_EQ(EFAULT, errno);
	}
	if (variant->minor == 3 || variant->minor == 5)
		EXPECT_EQ(10, write(self->fd, at(16), 10));
	EXPECT_EQ(-1, write(self->fd, at(1UL << 63), 10));
	EXPECT_EQ(EFAULT, errno);
}

TEST_F(device, memory_that_ends)
{
	char *map = half_mapped();
	ssize_t got;

	if (variant->minor == 3)
		SKIP(return, "gives nothing");
	EXPECT_EQ(PAGE, read(self->fd, map, 2 * PAGE));
	/* 6.1 clears whole words only and stops two bytes short of the end. */
	got = read(self->fd, map + PAGE - 10, 20);
	EXPECT_TRUE(got == 10 || got == 8);
}

TEST_F(device, opened_again)
{
	int fd = open_fd(self->fd, O_RDONLY);

	ASSERT_LE(0, fd);
	EXPECT_EQ(O_RDONLY | LARGEFILE, fcntl(fd, F_GETFL));
	EXPECT_EQ(-1, open_fd(self->fd, O_RDONLY | O_DIRECTORY));
	EXPECT_EQ(ENOTDIR, errno);
}

TEST_F(device, unknown_control)
{
	EXPECT_EQ(-1, ioctl(self->fd, 0x1234, 0));
	EXPECT_EQ(variant->minor < 8 ? ENOTTY : EINVAL, errno);
}

TEST_F(device, transfers_of_nothing)
{
	EXPECT_EQ(0, read(self->fd, at(16), 0));
	EXPECT_EQ(variant->minor == 7 ? -1 : 0, write(self->fd, at(16), 0));
}

static bool is_zero(const char *buf, size_t n)
{
	while (n--)
		if (buf[n])
			return false;
	return true;
}

TEST(null)
{
	struct iovec iov[2] = { { at(16), 10 }, { at(32), 7 } };
	int fd = open("/dev/null", O_RDWR);
	char c;

	EXPECT_EQ(0, read(fd, &c, 1));
	EXPECT_EQ(1000, write(fd, at(4096), 1000));
	EXPECT_EQ(17, writev(fd, iov, 2));
	EXPECT_EQ(0x7ffff000, write(fd, at(4096), 1UL << 40));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0));
	EXPECT_EQ(ENODEV, errno);
}

TEST(zero)
{
	int fd = open("/dev/zero", O_RDWR);
	char buf[10000];

	memset(buf, 1, sizeof(buf));
	EXPECT_EQ(9999, read(fd, buf, 9999));
	EXPECT_TRUE(is_zero(buf, 9999));
	EXPECT_EQ(1, buf[9999]);
	EXPECT_EQ(100, write(fd, buf, 100));
}

TEST(zero_private_mapping)
{
	int fd = open("/dev/zero", O_RDWR);
	char *map = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, PAGE);
	int status;

	ASSERT_NE(MAP_FAILED, map);
	close(fd);
	EXPECT_TRUE(is_zero(map, 3 * PAGE));
	map[5000] = 7;
	if (!fork()) {
		map[5000] = 8;
		_exit(map[0]);
	}
	wait(&status);
	EXPECT_EQ(0, status);
	EXPECT_EQ(7, map[5000]);
	EXPECT_EQ(0, munmap(map, 3 * PAGE));
}

TEST(zero_shared_mapping)
{
	int fd = open("/dev/zero", O_RDWR);
	char *map = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	char *other = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	ASSERT_NE(MAP_FAILED, map);
	ASSERT_NE(MAP_FAILED, other);
	close(fd);
	EXPECT_TRUE(is_zero(map, 3 * PAGE));
	if (!fork()) {
		map[2 * PAGE] = 42;
		_exit(0);
	}
	wait(NULL);
	EXPECT_EQ(42, map[2 * PAGE]);
	EXPECT_EQ(0, other[2 * PAGE]);
	map = mremap(map, 3 * PAGE, 6 * PAGE, MREMAP_MAYMOVE);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(42, map[2 * PAGE]);
	EXPECT_EQ(0, munmap(map, 6 * PAGE));
	EXPECT_EQ(0, munmap(other, 3 * PAGE));
}

TEST(zero_mapping_by_access)
{
	int fd = open("/dev/zero", O_RDONLY);

	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	EXPECT_EQ(EACCES, errno);
	EXPECT_NE(MAP_FAILED, mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
	fd = open("/dev/zero", O_WRONLY);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE, PROT_WRITE, MAP_PRIVATE, fd, 0));
	EXPECT_EQ(EACCES, errno);
}

TEST(full)
{
	int fd = open("/dev/full", O_RDWR);
	char buf[100];

	memset(buf, 1, sizeof(buf));
	EXPECT_EQ(-1, write(fd, buf, 1));
	EXPECT_EQ(ENOSPC, errno);
	EXPECT_EQ(100, read(fd, buf, 100));
	EXPECT_TRUE(is_zero(buf, 100));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0));
	EXPECT_EQ(ENODEV, errno);
}

/* Returns what it has when a signal comes, and comes soon. */
TEST(zero_is_interrupted)
{
	size_t size = 1UL << 30;
	char *map = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int fd = open("/dev/zero", O_RDONLY);
	ssize_t n;

	ASSERT_NE(MAP_FAILED, map);
	alarm_after(20, SA_RESTART);
	n = read(fd, map, size);
	EXPECT_LT(0, n);
	EXPECT_GT(size, n);
	EXPECT_EQ(0, n % PAGE);
}

static void random_differs(struct __test_metadata *_metadata, const char *path)
{
	int fd = open(path, O_RDWR);
	char a[1 << 16], b[1 << 16];
	int bits = 0, count = -1;

	ASSERT_EQ(sizeof(a), read(fd, a, sizeof(a)));
	ASSERT_EQ(sizeof(b), read(fd, b, sizeof(b)));
	EXPECT_NE(0, memcmp(a, b, sizeof(a)));
	EXPECT_NE(0, memcmp(a, a + PAGE, PAGE));
	for (unsigned int i = 0; i < sizeof(a); i++)
		bits += __builtin_popcount((unsigned char)a[i]);
	EXPECT_LT(4 * (int)sizeof(a) - 3000, bits);
	EXPECT_GT(4 * (int)sizeof(a) + 3000, bits);
	ASSERT_EQ(33, read(fd, a, 33));
	EXPECT_EQ(1000, write(fd, a, 1000));
	EXPECT_EQ(0, ioctl(fd, RNDGETENTCNT, &count));
	EXPECT_EQ(256, count);
	EXPECT_EQ(-1, ioctl(fd, RNDGETENTCNT, at(16)));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, ioctl(fd, RNDADDTOENTCNT, &count));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(-1, ioctl(fd, RNDCLEARPOOL, 0));
	EXPECT_EQ(EPERM, errno);
}

TEST(dev_random)
{
	random_differs(_metadata, "/dev/random");
}

TEST(dev_urandom)
{
	random_differs(_metadata, "/dev/urandom");
}

TEST(no_terminal)
{
	EXPECT_EQ(-1, open("/dev/tty", O_RDWR));
	EXPECT_EQ(ENXIO, errno);
}

TEST_HARNESS_MAIN
