// SPDX-License-Identifier: GPL-2.0
/*
 * Reading, writing, seeking, and what goes from file to file: limits of
 * offsets, counts and vectors.
 *
 * Runs as: root user
 */
#include <linux/falloc.h>
#include <linux/fs.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

#include "files.h"
#include "kselftest_harness.h"

#define MAX_COUNT	0x7ffff000l

FIXTURE(rw) {
	int fd, reader, writer, dir, pipe[2];
	char buf[64];
};

FIXTURE_SETUP(rw)
{
	enter_fresh();
	self->fd = make_file("file", "0123456789");
	self->reader = open("file", O_RDONLY);
	self->writer = open("file", O_WRONLY);
	self->dir = open(".", O_RDONLY);
	ASSERT_EQ(0, pipe(self->pipe));
	lseek(self->fd, 0, SEEK_SET);
	memset(self->buf, 0, sizeof(self->buf));
}

FIXTURE_TEARDOWN(rw)
{
}

TEST_F(rw, errors)
{
	void *bad;

	EXPECT_EQ(-EBADF, SYS(read, self->writer, self->buf, 1));
	EXPECT_EQ(-EBADF, SYS(write, self->reader, self->buf, 1));
	EXPECT_EQ(-EBADF, SYS(read, -1, self->buf, 1));
	EXPECT_EQ(-EBADF, SYS(pread64, self->writer, self->buf, 1, 0));
	EXPECT_EQ(-EISDIR, SYS(read, self->dir, self->buf, 1));
	EXPECT_EQ(-EISDIR, SYS(pread64, self->dir, self->buf, 1, 0));
	EXPECT_EQ(-EBADF, SYS(write, self->dir, self->buf, 1));
	EXPECT_EQ(-ESPIPE, SYS(pread64, self->pipe[0], self->buf, 1, 0));
	EXPECT_EQ(-ESPIPE, SYS(pwrite64, self->pipe[1], self->buf, 1, 0));
	EXPECT_EQ(-ESPIPE, SYS(lseek, self->pipe[0], 0, SEEK_SET));
	for_each_bad_pointer(bad) {
		EXPECT_EQ(-EFAULT, SYS(read, self->fd, bad, 5));
		EXPECT_EQ(-EFAULT, SYS(write, self->fd, bad, 5));
	}
	EXPECT_EQ(0, SYS(lseek, self->fd, 0, SEEK_CUR));
	/* As far as the memory goes. */
	EXPECT_EQ(3, SYS(read, self->fd, page_end() - 3, 5));
	EXPECT_EQ(3, SYS(lseek, self->fd, 0, SEEK_CUR));
}

/* In the program's lower half, so that no count leads out of user space. */
static char low[16];

TEST_F(rw, counts)
{
	EXPECT_EQ(0, SYS(read, self->fd, NULL, 0));
	EXPECT_EQ(0, SYS(write, self->fd, NULL, 0));
	EXPECT_EQ(-EFAULT, SYS(read, self->fd, self->buf, -1l));
	EXPECT_EQ(-EFAULT, SYS(read, self->fd, low, LONG_MAX));
	EXPECT_EQ(-EFAULT, SYS(read, self->fd, NULL, -1l));
	EXPECT_EQ(10, SYS(read, self->fd, low, MAX_COUNT + 4096));
	EXPECT_EQ(0, SYS(read, self->fd, low, MAX_COUNT));
}

TEST_F(rw, offsets)
{
	EXPECT_EQ(-EINVAL, SYS(pread64, self->fd, self->buf, 1, -1l));
	EXPECT_EQ(-EINVAL, SYS(pwrite64, self->fd, self->buf, 1, LONG_MIN));
	EXPECT_EQ(0, SYS(pread64, self->fd, self->buf, 0, LONG_MAX));
	EXPECT_EQ(-EINVAL, SYS(pread64, self->fd, self->buf, 1, LONG_MAX));
	EXPECT_EQ(0, SYS(pread64, self->fd, self->buf, 1, LONG_MAX - 1));
	EXPECT_EQ(-EFBIG, SYS(pwrite64, self->fd, self->buf, 1, LONG_MAX - 1));
	EXPECT_EQ(-EINVAL, SYS(pwrite64, self->fd, self->buf, 2, LONG_MAX - 1));
	EXPECT_EQ(4, SYS(pread64, self->fd, self->buf, 10, 6));
	EXPECT_EQ(0, memcmp(self->buf, "6789", 4));
	EXPECT_EQ(0, SYS(lseek, self->fd, 0, SEEK_CUR));
}

TEST_F(rw, vectors)
{
	static struct iovec iov[1025];
	static char bytes[1025];

	for (int i = 0; i < 1025; i++)
		iov[i] = (struct iovec) { &bytes[i], 1 };
	EXPECT_EQ(0, SYS(readv, self->fd, iov, 0));
	EXPECT_EQ(0, SYS(readv, self->fd, NULL, 0));
	EXPECT_EQ(-EINVAL, SYS(readv, self->fd, iov, 1025));
	EXPECT_EQ(-EINVAL, SYS(writev, self->fd, iov, 1025));
	EXPECT_EQ(-EINVAL, SYS(readv, self->fd, iov, -1l));
	EXPECT_EQ(-EFAULT, SYS(readv, self->fd, NULL, 1));
	EXPECT_EQ(1024, SYS(writev, self->fd, iov, 1024));
	EXPECT_EQ(1024, SYS(preadv, self->fd, iov, 1024, 0, 0));
	EXPECT_EQ(1024, SYS(preadv, self->fd, iov, 1024, 0, -1));
	EXPECT_EQ(-EINVAL, SYS(preadv, self->fd, iov, 1, -1l, 0));
	EXPECT_EQ(-ESPIPE, SYS(pwritev, self->pipe[1], iov, 1, 0, 0));
	iov[1].iov_len = -1;
	EXPECT_EQ(-EINVAL, SYS(readv, self->fd, iov, 2));
	iov[1].iov_len = 1;
	iov[1].iov_base = UNMAPPED;
	EXPECT_EQ(1, SYS(preadv, self->fd, iov, 3, 0, 0));
	iov[1].iov_len = 0;
	EXPECT_EQ(2, SYS(preadv, self->fd, iov, 3, 0, 0));
	EXPECT_EQ(-EFAULT, SYS(readv, self->fd, at_page_end(iov, sizeof(*iov)), 2));
}

TEST_F(rw, vectors_at_the_limit)
{
	static struct iovec iov[1025];

	for (int i = 0; i < 1025; i++)
		iov[i] = (struct iovec) { low, 1 };
	EXPECT_EQ(-EINVAL, SYS(preadv, self->fd, iov, 1025, 0l, 0));
	EXPECT_EQ(-EINVAL, SYS(pwritev, self->fd, iov, 1025, 0l, 0));
	EXPECT_EQ(-EINVAL, SYS(preadv2, self->fd, iov, 1025, -1l, 0, 0));
	EXPECT_EQ(-EINVAL, SYS(pwritev2, self->fd, iov, 1025, -1l, 0, 0));
	EXPECT_EQ(-EINVAL, SYS(readv, self->fd, NULL, 1025));
	EXPECT_EQ(-EBADF, SYS(readv, -1, iov, 1025));
	EXPECT_EQ(0, SYS(preadv, self->fd, NULL, 0, LONG_MAX, 0));
	EXPECT_EQ(-EINVAL, SYS(preadv, self->fd, iov, 1024, LONG_MAX, 0));
	EXPECT_EQ(-EINVAL, SYS(pwritev, self->fd, iov, 1024, LONG_MAX - 1, 0));
	EXPECT_EQ(-EFBIG, SYS(pwritev, self->fd, iov, 1, LONG_MAX - 1, 0));
	/* All of them together are no more than one call moves. */
	for (int i = 0; i < 4; i++)
		iov[i].iov_len = MAX_COUNT;
	EXPECT_EQ(10, SYS(preadv, self->fd, iov, 4, 0l, 0));
	iov[3].iov_len = LONG_MIN;
	EXPECT_EQ(-EINVAL, SYS(preadv, self->fd, iov, 4, 0l, 0));
	EXPECT_EQ(0, SYS(lseek, self->fd, 0, SEEK_CUR));
}

TEST_F(rw, mapping_offsets)
{
	const int prot = PROT_READ, flags = MAP_SHARED;

	EXPECT_EQ(-EINVAL, SYS(mmap, NULL, 0l, prot, flags, self->fd, 0l));
	EXPECT_EQ(-EINVAL, SYS(mmap, NULL, 4096l, prot, flags, self->fd, 1l));
	EXPECT_EQ(-EOVERFLOW, SYS(mmap, NULL, 4096l, prot, flags, self->fd, -4096l));
	EXPECT_EQ(-EOVERFLOW, SYS(mmap, NULL, 8192l, prot, flags, self->fd, LONG_MAX & -4096l));
	EXPECT_EQ(-ENOMEM, SYS(mmap, NULL, -1l, prot, flags, self->fd, 0l));
	EXPECT_EQ(-ENOMEM, SYS(mmap, NULL, LONG_MAX, prot, flags, self->fd, 0l));
	EXPECT_EQ(-EBADF, SYS(mmap, NULL, 4096l, prot, flags, -1, 0l));
	EXPECT_EQ(-EACCES, SYS(mmap, NULL, 4096l, prot, flags, self->writer, 0l));
	EXPECT_EQ(-EACCES, SYS(mmap, NULL, 4096l, PROT_WRITE, flags, self->reader, 0l));
	EXPECT_EQ(-ENODEV, SYS(mmap, NULL, 4096l, prot, flags, self->dir, 0l));
}

TEST_F(rw, rwf)
{
	struct iovec iov = { self->buf, 4 };

	EXPECT_EQ(4, SYS(preadv2, self->fd, &iov, 1, -1l, 0, 0));
	EXPECT_EQ(4, SYS(lseek, self->fd, 0, SEEK_CUR));
	EXPECT_EQ(4, SYS(preadv2, self->fd, &iov, 1, 2l, 0, RWF_HIPRI));
	EXPECT_EQ(4, SYS(pwritev2, self->fd, &iov, 1, 0l, 0, RWF_DSYNC));
	EXPECT_EQ(4, SYS(pwritev2, self->fd, &iov, 1, 0l, 0, RWF_SYNC));
	EXPECT_EQ(4, SYS(pwritev2, self->fd, &iov, 1, 0l, 0, RWF_APPEND));
	EXPECT_EQ(14, SYS(lseek, self->fd, 0, SEEK_END));
	EXPECT_EQ(-EOPNOTSUPP, SYS(preadv2, self->fd, &iov, 1, 0l, 0, 1 << 20));
	EXPECT_EQ(-EOPNOTSUPP, SYS(pwritev2, self->fd, &iov, 1, -1l, 0, 1 << 30));
	EXPECT_EQ(4, SYS(preadv2, self->fd, &iov, 1, 0l, 0, RWF_NOWAIT));
	EXPECT_EQ(-EINVAL, SYS(preadv2, self->fd, &iov, 1, -2l, 0, 0));
}

TEST_F(rw, seek)
{
	EXPECT_EQ(7, SYS(lseek, self->fd, -3l, SEEK_END));
	EXPECT_EQ(8, SYS(lseek, self->fd, 1, SEEK_CUR));
	EXPECT_EQ(-EINVAL, SYS(lseek, self->fd, -9l, SEEK_CUR));
	EXPECT_EQ(-EINVAL, SYS(lseek, self->fd, -1l, SEEK_SET));
	EXPECT_EQ(-EINVAL, SYS(lseek, self->fd, 0, 5));
	EXPECT_EQ(-EINVAL, SYS(lseek, self->fd, 0, -1));
	EXPECT_EQ(-EINVAL, SYS(lseek, self->fd, LONG_MAX, SEEK_SET));
	EXPECT_EQ(-EINVAL, SYS(lseek, self->fd, LONG_MAX, SEEK_CUR));
	EXPECT_EQ(-EBADF, SYS(lseek, -1, 0, SEEK_SET));
	EXPECT_EQ(8, SYS(lseek, self->fd, 0, SEEK_CUR));
	EXPECT_EQ(1l << 30, SYS(lseek, self->fd, 1l << 30, SEEK_SET));
	EXPECT_EQ(0, SYS(read, self->fd, self->buf, 1));
}

TEST_F(rw, holes)
{
	const long far = 1 << 20;

	ASSERT_EQ(1, pwrite(self->fd, "x", 1, far));
	EXPECT_EQ(0, SYS(lseek, self->fd, 0, SEEK_DATA));
	EXPECT_EQ(4096, SYS(lseek, self->fd, 0, SEEK_HOLE));
	EXPECT_EQ(far, SYS(lseek, self->fd, 8192, SEEK_DATA));
	EXPECT_EQ(far + 1, SYS(lseek, self->fd, far, SEEK_HOLE));
	EXPECT_EQ(-ENXIO, SYS(lseek, self->fd, far + 1, SEEK_DATA));
	EXPECT_EQ(-ENXIO, SYS(lseek, self->fd, far + 1, SEEK_HOLE));
	EXPECT_EQ(-ENXIO, SYS(lseek, self->fd, -1l, SEEK_DATA));
}

TEST_F(rw, truncate)
{
	struct stat st;

	EXPECT_EQ(0, SYS(ftruncate, self->fd, 4));
	EXPECT_EQ(0, SYS(truncate, "file", 100));
	EXPECT_EQ(100, pread(self->fd, malloc(200), 200, 0));
	EXPECT_EQ(-EINVAL, SYS(ftruncate, self->reader, 4));
	EXPECT_EQ(-EINVAL, SYS(ftruncate, self->dir, 4));
	EXPECT_EQ(-EINVAL, SYS(ftruncate, self->pipe[1], 4));
	EXPECT_EQ(-EBADF, SYS(ftruncate, -1, 4));
	EXPECT_EQ(-EINVAL, SYS(ftruncate, self->fd, -1l));
	EXPECT_EQ(-EINVAL, SYS(truncate, "file", LONG_MIN));
	EXPECT_EQ(-EFBIG, SYS(ftruncate, self->fd, LONG_MAX));
	EXPECT_EQ(-EISDIR, SYS(truncate, ".", 0));
	EXPECT_EQ(-ENOENT, SYS(truncate, "nothing", 0));
	EXPECT_EQ(0, SYS(ftruncate, self->fd, 1l << 40));
	ASSERT_EQ(0, fstat(self->fd, &st));
	EXPECT_EQ(1l << 40, st.st_size);
}

TEST_F(rw, fallocate)
{
	struct stat st;

	EXPECT_EQ(0, SYS(fallocate, self->fd, 0, 0, 8192));
	ASSERT_EQ(0, fstat(self->fd, &st));
	EXPECT_EQ(8192, st.st_size);
	EXPECT_EQ(0, SYS(fallocate, self->fd, FALLOC_FL_KEEP_SIZE, 8192, 8192));
	ASSERT_EQ(0, fstat(self->fd, &st));
	EXPECT_EQ(8192, st.st_size);
	EXPECT_EQ(0, SYS(fallocate, self->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096));
	EXPECT_EQ(10, pread(self->fd, self->buf, 10, 0));
	EXPECT_EQ(0, self->buf[0]);
	EXPECT_EQ(0, SYS(fallocate, self->fd, FALLOC_FL_ZERO_RANGE, 0, 100));
	EXPECT_EQ(0, SYS(fallocate, self->fd, FALLOC_FL_COLLAPSE_RANGE, 0, 4096));
	EXPECT_EQ(0, SYS(fallocate, self->fd, FALLOC_FL_INSERT_RANGE, 0, 4096));
	EXPECT_EQ(-EOPNOTSUPP, SYS(fallocate, self->fd, FALLOC_FL_PUNCH_HOLE, 0, 1));
	EXPECT_EQ(-EOPNOTSUPP, SYS(fallocate, self->fd, 0x1000, 0, 1));
	EXPECT_EQ(-EINVAL, SYS(fallocate, self->fd, 0, -1l, 1));
	EXPECT_EQ(-EINVAL, SYS(fallocate, self->fd, 0, 0, 0));
	EXPECT_EQ(-EINVAL, SYS(fallocate, self->fd, 0, 0, -1l));
	EXPECT_EQ(-EFBIG, SYS(fallocate, self->fd, 0, LONG_MAX, 1));
	EXPECT_EQ(-EFBIG, SYS(fallocate, self->fd, 0, LONG_MAX, LONG_MAX));
	EXPECT_EQ(-EBADF, SYS(fallocate, self->reader, 0, 0, 1));
	EXPECT_EQ(-EBADF, SYS(fallocate, self->dir, 0, 0, 1));
	EXPECT_EQ(-ESPIPE, SYS(fallocate, self->pipe[1], 0, 0, 1));
	EXPECT_EQ(-EBADF, SYS(fallocate, -1, 0, 0, 1));
}

TEST_F(rw, copy_file_range)
{
	int to = open("to", O_RDWR | O_CREAT, 0600), append = open("to", O_WRONLY | O_APPEND);
	loff_t in = 2, out = 5, huge = LLONG_MAX, negative = -1;

	EXPECT_EQ(4, SYS(copy_file_range, self->fd, &in, to, &out, 4, 0));
	EXPECT_EQ(6, in);
	EXPECT_EQ(9, out);
	EXPECT_EQ(9, pread(to, self->buf, 64, 0));
	EXPECT_EQ(0, self->buf[0] | self->buf[4]);
	EXPECT_EQ(0, memcmp(self->buf + 5, "2345", 4));
	EXPECT_EQ(10, SYS(copy_file_range, self->fd, NULL, to, NULL, 100, 0));
	EXPECT_EQ(10, SYS(lseek, self->fd, 0, SEEK_CUR));
	EXPECT_EQ(10, SYS(lseek, to, 0, SEEK_CUR));
	EXPECT_EQ(0, SYS(copy_file_range, self->fd, NULL, to, NULL, 100, 0));
	EXPECT_EQ(-EINVAL, SYS(copy_file_range, self->fd, NULL, to, NULL, 1, 1));
	EXPECT_EQ(-EBADF, SYS(copy_file_range, self->writer, NULL, to, NULL, 1, 0));
	EXPECT_EQ(-EBADF, SYS(copy_file_range, self->fd, NULL, self->reader, NULL, 1, 0));
	EXPECT_EQ(-EBADF, SYS(copy_file_range, self->fd, NULL, append, NULL, 1, 0));
	EXPECT_EQ(-EISDIR, SYS(copy_file_range, self->dir, NULL, to, NULL, 1, 0));
	EXPECT_EQ(-EINVAL, SYS(copy_file_range, self->pipe[0], NULL, to, NULL, 1, 0));
	EXPECT_EQ(-EOVERFLOW, SYS(copy_file_range, self->fd, &negative, to, NULL, 1, 0));
	EXPECT_EQ(0, SYS(copy_file_range, self->fd, &huge, to, NULL, 1, 0));
	EXPECT_EQ(-EFAULT, SYS(copy_file_range, self->fd, UNMAPPED, to, NULL, 1, 0));
	in = 0;
	out = 5;
	EXPECT_EQ(-EINVAL, SYS(copy_file_range, self->fd, &in, self->fd, &out, 8, 0));
}

TEST_F(rw, sendfile)
{
	int to = open("to", O_RDWR | O_CREAT, 0600), append = open("to", O_WRONLY | O_APPEND);
	loff_t off = 3, negative = -1;

	EXPECT_EQ(7, SYS(sendfile, to, self->fd, &off, 100));
	EXPECT_EQ(10, off);
	EXPECT_EQ(0, SYS(lseek, self->fd, 0, SEEK_CUR));
	EXPECT_EQ(10, SYS(sendfile, to, self->fd, NULL, MAX_COUNT));
	EXPECT_EQ(10, SYS(lseek, self->fd, 0, SEEK_CUR));
	EXPECT_EQ(17, pread(to, self->buf, 64, 0));
	EXPECT_EQ(0, memcmp(self->buf, "34567890123456789", 17));
	EXPECT_EQ(0, SYS(sendfile, to, self->fd, &off, 0));
	EXPECT_EQ(-EINVAL, SYS(sendfile, append, self->fd, &(loff_t){ 0 }, 1));
	EXPECT_EQ(-EBADF, SYS(sendfile, self->reader, self->fd, NULL, 1));
	EXPECT_EQ(-EBADF, SYS(sendfile, to, self->writer, NULL, 1));
	EXPECT_EQ(-EINVAL, SYS(sendfile, to, self->fd, &negative, 1));
	EXPECT_EQ(-EINVAL, SYS(sendfile, to, self->dir, NULL, 1));
	EXPECT_EQ(-ESPIPE, SYS(sendfile, to, self->pipe[0], &off, 1));
	EXPECT_EQ(-EFAULT, SYS(sendfile, to, self->fd, UNMAPPED, 1));
}

TEST_F(rw, size_limit)
{
	struct rlimit limit = { 8, 8 };

	signal(SIGXFSZ, SIG_IGN);
	ASSERT_EQ(0, setrlimit(RLIMIT_FSIZE, &limit));
	EXPECT_EQ(3, SYS(pwrite64, self->fd, "abcdef", 6, 5));
	EXPECT_EQ(-EFBIG, SYS(pwrite64, self->fd, "a", 1, 8));
	EXPECT_EQ(-EFBIG, SYS(ftruncate, self->fd, 100));
	EXPECT_EQ(0, SYS(ftruncate, self->fd, 8));
	EXPECT_EQ(-EFBIG, SYS(fallocate, self->fd, 0, 0, 9));
	EXPECT_EQ(0, SYS(pwrite64, self->fd, "a", 0, 100));
}

TEST_F(rw, ioctl)
{
	int value = -1;
	loff_t size = -1;
	void *bad;

	ASSERT_EQ(2, lseek(self->fd, 2, SEEK_SET));
	EXPECT_EQ(0, SYS(ioctl, self->fd, FIONREAD, &value));
	EXPECT_EQ(8, value);
	EXPECT_EQ(0, SYS(ioctl, self->fd, FIGETBSZ, &value));
	EXPECT_EQ(4096, value);
	ASSERT_EQ(0, fsync(self->fd));
	EXPECT_EQ(0, SYS(ioctl, self->fd, FIOQSIZE, &size));
	EXPECT_EQ(4096, size);
	EXPECT_EQ(0, SYS(ioctl, self->fd, FIOCLEX));
	EXPECT_EQ(FD_CLOEXEC, SYS(fcntl, self->fd, F_GETFD));
	EXPECT_EQ(0, SYS(ioctl, self->fd, FIONCLEX));
	EXPECT_EQ(0, SYS(fcntl, self->fd, F_GETFD));
	value = 1;
	EXPECT_EQ(0, SYS(ioctl, self->fd, FIONBIO, &value));
	EXPECT_TRUE(SYS(fcntl, self->fd, F_GETFL) & O_NONBLOCK);
	for_each_bad_pointer(bad) {
		EXPECT_EQ(-EFAULT, SYS(ioctl, self->fd, FIONREAD, bad));
		EXPECT_EQ(-EFAULT, SYS(ioctl, self->fd, FIONBIO, bad));
	}
	EXPECT_EQ(-ENOTTY, SYS(ioctl, self->fd, TCGETS, self->buf));
	EXPECT_EQ(-ENOTTY, SYS(ioctl, self->dir, TCGETS, self->buf));
	EXPECT_EQ(-ENOTTY, SYS(ioctl, self->fd, 0x12345678, self->buf));
	EXPECT_EQ(-ENOTTY, SYS(ioctl, self->dir, FIONREAD, &value));
	EXPECT_EQ(-EBADF, SYS(ioctl, -1, FIONREAD, &value));
	/* ext4 has no blocks in common. */
	EXPECT_EQ(-EOPNOTSUPP, SYS(ioctl, open("to", O_RDWR | O_CREAT, 0600), FICLONE, self->fd));
	EXPECT_EQ(-EBADF, SYS(ioctl, self->fd, FICLONE, -1));
}

TEST_HARNESS_MAIN
