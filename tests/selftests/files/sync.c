// SPDX-License-Identifier: GPL-2.0
/*
 * To disk and from it: sync, syncfs, fsync, sync_file_range, readahead.
 *
 * Runs as: root user
 */
#include "files.h"
#include "kselftest_harness.h"

#define ALL_RANGE	(SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | \
			 SYNC_FILE_RANGE_WAIT_AFTER)

FIXTURE(sync) {
	int file, dir, path, pipe[2], null;
};

FIXTURE_SETUP(sync)
{
	self->file = make_file("file", "hello");
	self->dir = open(".", O_RDONLY | O_DIRECTORY);
	self->path = open("file", O_PATH);
	self->null = open("/dev/null", O_RDWR);
	ASSERT_EQ(0, pipe(self->pipe));
	ASSERT_LE(0, self->null);
}

FIXTURE_TEARDOWN(sync)
{
	unlink("file");
}

TEST_F(sync, sync)
{
	EXPECT_EQ(0, SYS(sync));
}

TEST_F(sync, syncfs)
{
	EXPECT_EQ(0, SYS(syncfs, self->file));
	EXPECT_EQ(0, SYS(syncfs, self->dir));
	EXPECT_EQ(0, SYS(syncfs, self->pipe[0]));
	EXPECT_EQ(0, SYS(syncfs, self->null));
	EXPECT_EQ(-EBADF, SYS(syncfs, self->path));
	EXPECT_EQ(-EBADF, SYS(syncfs, -1));
	EXPECT_EQ(-EBADF, SYS(syncfs, INT_MAX));
}

TEST_F(sync, fsync)
{
	EXPECT_EQ(0, SYS(fsync, self->file));
	EXPECT_EQ(0, SYS(fdatasync, self->file));
	EXPECT_EQ(0, SYS(fsync, self->dir));
	EXPECT_EQ(-EINVAL, SYS(fsync, self->pipe[0]));
	EXPECT_EQ(-EINVAL, SYS(fdatasync, self->null));
	EXPECT_EQ(-EBADF, SYS(fsync, self->path));
	EXPECT_EQ(-EBADF, SYS(fdatasync, -1));
}

TEST_F(sync, sync_file_range)
{
	EXPECT_EQ(0, SYS(sync_file_range, self->file, 0l, 0l, ALL_RANGE));
	EXPECT_EQ(0, SYS(sync_file_range, self->file, 0l, 4096l, 0));
	EXPECT_EQ(0, SYS(sync_file_range, self->file, 1l << 40, 1l << 40, ALL_RANGE));
	EXPECT_EQ(0, SYS(sync_file_range, self->file, 3l, LONG_MAX - 3, SYNC_FILE_RANGE_WRITE));
	EXPECT_EQ(0, SYS(sync_file_range, self->dir, 0l, 0l, ALL_RANGE));
	EXPECT_EQ(-EINVAL, SYS(sync_file_range, self->file, -1l, 1l, ALL_RANGE));
	EXPECT_EQ(-EINVAL, SYS(sync_file_range, self->file, 1l, -1l, ALL_RANGE));
	EXPECT_EQ(-EINVAL, SYS(sync_file_range, self->file, 1l, LONG_MAX, ALL_RANGE));
	EXPECT_EQ(-EINVAL, SYS(sync_file_range, self->file, 0l, 0l, 8));
	EXPECT_EQ(-EINVAL, SYS(sync_file_range, self->pipe[1], 0l, 0l, 8));
	EXPECT_EQ(-ESPIPE, SYS(sync_file_range, self->pipe[1], 0l, 0l, ALL_RANGE));
	EXPECT_EQ(-ESPIPE, SYS(sync_file_range, self->null, 0l, 0l, 0));
	EXPECT_EQ(-EBADF, SYS(sync_file_range, self->path, 0l, 0l, 0));
	EXPECT_EQ(-EBADF, SYS(sync_file_range, -1, -1l, 0l, 8));
}

TEST_F(sync, readahead)
{
	int writer = open("file", O_WRONLY);

	EXPECT_EQ(0, SYS(readahead, self->file, 0l, 4096l));
	EXPECT_EQ(0, SYS(readahead, self->file, 1l << 40, 1l << 40));
	EXPECT_EQ(0, SYS(readahead, self->file, 0l, 0l));
	EXPECT_EQ(-EINVAL, SYS(readahead, self->file, 0l, -1l));
	EXPECT_EQ(-EINVAL, SYS(readahead, self->dir, 0l, 1l));
	EXPECT_EQ(-EINVAL, SYS(readahead, self->pipe[0], 0l, 1l));
	EXPECT_EQ(-EBADF, SYS(readahead, self->pipe[1], 0l, 1l));
	EXPECT_EQ(-EINVAL, SYS(readahead, self->null, 0l, 1l));
	EXPECT_EQ(-EBADF, SYS(readahead, writer, 0l, 1l));
	EXPECT_EQ(-EBADF, SYS(readahead, self->path, 0l, 1l));
	EXPECT_EQ(-EBADF, SYS(readahead, -1, 0l, 1l));
}

TEST_F(sync, fadvise)
{
	for (int advice = POSIX_FADV_NORMAL; advice <= POSIX_FADV_NOREUSE; advice++)
		EXPECT_EQ(0, SYS(fadvise64, self->file, 0l, 0l, advice));
	EXPECT_EQ(-EINVAL, SYS(fadvise64, self->file, 0l, 0l, POSIX_FADV_NOREUSE + 1));
	EXPECT_EQ(-EINVAL, SYS(fadvise64, self->file, 0l, -1l, POSIX_FADV_NORMAL));
	EXPECT_EQ(0, SYS(fadvise64, self->file, LONG_MAX, LONG_MAX, POSIX_FADV_DONTNEED));
	EXPECT_EQ(-ESPIPE, SYS(fadvise64, self->pipe[0], 0l, 0l, POSIX_FADV_NORMAL));
	EXPECT_EQ(0, SYS(fadvise64, self->null, 0l, 0l, POSIX_FADV_WILLNEED));
	EXPECT_EQ(-EBADF, SYS(fadvise64, self->path, 0l, 0l, POSIX_FADV_NORMAL));
}

TEST_HARNESS_MAIN
