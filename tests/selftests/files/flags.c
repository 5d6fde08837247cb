// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of files, as chattr(1) and lsattr(1) know them: FS_IOC_GETFLAGS,
 * FS_IOC_SETFLAGS.
 *
 * Runs as: root user
 */
#include <linux/fs.h>
#include <sys/ioctl.h>

#include "files.h"
#include "kselftest_harness.h"

FIXTURE(flags) {
	int fd;
	unsigned int flags;
};

FIXTURE_SETUP(flags)
{
	enter_fresh();
	self->fd = make_file("file", "text");
	if (SYS(ioctl, self->fd, FS_IOC_GETFLAGS, &self->flags))
		SKIP(return, "the filesystem has no attributes");
}

FIXTURE_TEARDOWN(flags)
{
	close(self->fd);
}

static unsigned int flags_of(const char *name)
{
	int fd = open(name, O_RDONLY);
	unsigned int flags = -1;

	if (SYS(ioctl, fd, FS_IOC_GETFLAGS, &flags))
		flags = -1;
	close(fd);
	return flags;
}

static long set(int fd, unsigned int flags)
{
	return SYS(ioctl, fd, FS_IOC_SETFLAGS, &flags);
}

TEST_F(flags, set_and_read)
{
	static const unsigned int all[] = {
		FS_NODUMP_FL, FS_NOATIME_FL, FS_SYNC_FL, FS_NODUMP_FL | FS_NOATIME_FL, 0
	};

	EXPECT_EQ(self->flags, flags_of("file"));
	for (unsigned int i = 0; i < 5; i++) {
		EXPECT_EQ(0, set(self->fd, self->flags | all[i]));
		EXPECT_EQ(self->flags | all[i], flags_of("file"));
	}
}

TEST_F(flags, directory)
{
	int dir;

	ASSERT_EQ(0, mkdir("dir", 0755));
	dir = open("dir", O_RDONLY);
	EXPECT_EQ(0, set(dir, flags_of("dir") | FS_DIRSYNC_FL | FS_NODUMP_FL));
	/* A new file takes after its directory. */
	touch("dir/file");
	EXPECT_EQ(FS_NODUMP_FL, flags_of("dir/file") & (FS_DIRSYNC_FL | FS_NODUMP_FL));
	close(dir);
}

/* Not even root, without that capability over the machine. */
TEST_F(flags, capability)
{
	EXPECT_EQ(-EPERM, set(self->fd, self->flags | FS_IMMUTABLE_FL));
	EXPECT_EQ(-EPERM, set(self->fd, self->flags | FS_APPEND_FL));
	EXPECT_EQ(self->flags, flags_of("file"));
}

TEST_F(flags, not_the_owner)
{
	int fd = open("/etc/passwd", O_RDONLY);
	unsigned int flags;

	ASSERT_EQ(0, SYS(ioctl, fd, FS_IOC_GETFLAGS, &flags));
	/* A root that is read-only is said first. */
	EXPECT_EQ(-EROFS, set(fd, flags));
	close(fd);
}

TEST_F(flags, errors)
{
	int fd, fds[2];
	void *bad;

	for_each_bad_pointer(bad) {
		EXPECT_EQ(-EFAULT, SYS(ioctl, self->fd, FS_IOC_GETFLAGS, bad));
		EXPECT_EQ(-EFAULT, SYS(ioctl, self->fd, FS_IOC_SETFLAGS, bad));
	}
	fd = open("file", O_PATH);
	EXPECT_EQ(-EBADF, set(fd, self->flags));
	close(fd);
	ASSERT_EQ(0, pipe(fds));
	EXPECT_EQ(-ENOTTY, set(fds[0], self->flags));
	fd = open("/dev/null", O_RDWR);
	EXPECT_EQ(-ENOTTY, SYS(ioctl, fd, FS_IOC_GETFLAGS, &self->flags));
	close(fd);
	fd = open("/proc/self/status", O_RDONLY);
	EXPECT_EQ(-ENOTTY, SYS(ioctl, fd, FS_IOC_GETFLAGS, &self->flags));
	close(fd);
}

TEST_HARNESS_MAIN
