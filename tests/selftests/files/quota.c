// SPDX-License-Identifier: GPL-2.0
/*
 * A user with a quota of 1 MiB and a few files (tests/files/quota.sh): what
 * exceeds it is refused, and what is there stays.  Skips where there is none.
 *
 * Runs as: user
 */
#include <sys/sendfile.h>
#include <sys/statfs.h>
#include <sys/xattr.h>

#include "files.h"
#include "kselftest_harness.h"

#define LIMIT	1048576
#define FILES	100

/* Until no more fits; whether that is because of a quota. */
static int fill(const char *name)
{
	static char buf[4096];
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
	long ret = 0;

	for (int i = 0; i < 2 * LIMIT / 4096 && ret >= 0; i++)
		ret = SYS(write, fd, buf, sizeof(buf));
	close(fd);
	return ret == -EDQUOT;
}

FIXTURE(quota) {
	int fd;
};

FIXTURE_SETUP(quota)
{
	enter_fresh();
	if (!fill("filler")) {
		unlink("filler");
		SKIP(return, "no quota here");
	}
	ASSERT_EQ(0, unlink("filler"));
	self->fd = make_file("file", "what was there before");
}

FIXTURE_TEARDOWN(quota)
{
	char name[16];

	for (int i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		unlink(name);
	}
	unlink("filler");
	unlink("file");
	unlink("to");
}

TEST_F(quota, contents)
{
	static char buf[3 * 4096];
	struct stat st;
	int fd;

	ASSERT_EQ(1, fill("filler"));
	EXPECT_EQ(-EDQUOT, SYS(pwrite64, self->fd, buf, sizeof(buf), 4096));
	EXPECT_EQ(-EDQUOT, SYS(fallocate, self->fd, 0, 8192, 65536));
	fd = open("filler", O_WRONLY | O_APPEND);
	ASSERT_EQ(0, fstat(fd, &st));
	EXPECT_EQ(0, st.st_size % 4096);
	EXPECT_EQ(-EDQUOT, SYS(write, fd, buf, 1));
	/* What has a block takes it. */
	EXPECT_EQ(3, SYS(pwrite64, self->fd, "WAS", 3, 5));
	EXPECT_EQ(0, SYS(fsync, self->fd));
	EXPECT_EQ(0, SYS(ftruncate, self->fd, 10 * LIMIT));
	EXPECT_EQ(0, SYS(ftruncate, self->fd, 21));
	ASSERT_EQ(21, pread(self->fd, buf, sizeof(buf), 0));
	EXPECT_STREQ("what WAS there before", buf);
	/* And when there is room again. */
	ASSERT_EQ(0, unlink("filler"));
	close(fd);
	EXPECT_EQ(4096, SYS(pwrite64, self->fd, buf, 4096, 8192));
}

TEST_F(quota, between_files)
{
	static char buf[8192];
	loff_t off = 0;
	int to, p[2];

	to = open("to", O_RDWR | O_CREAT, 0600);
	ASSERT_EQ(0, pipe(p));
	ASSERT_EQ(1, fill("filler"));
	EXPECT_EQ(-EDQUOT, SYS(sendfile, to, self->fd, &off, 21));
	EXPECT_EQ(0, off);
	EXPECT_EQ(-EDQUOT, SYS(copy_file_range, self->fd, &off, to, NULL, 21, 0));
	EXPECT_EQ(0, off);
	ASSERT_EQ(sizeof(buf), write(p[1], buf, sizeof(buf)));
	EXPECT_EQ(-EDQUOT, SYS(splice, p[0], NULL, to, NULL, sizeof(buf), 0));
	EXPECT_EQ(sizeof(buf), SYS(read, p[0], buf, sizeof(buf)));
	memset(buf, 'v', sizeof(buf));
	/* Too long for the inode, not for a block. */
	EXPECT_EQ(-EDQUOT, SYS(fsetxattr, self->fd, "user.long", buf, 700, 0));
	EXPECT_EQ(-ENODATA, SYS(fgetxattr, self->fd, "user.long", buf, sizeof(buf)));
}

TEST_F(quota, names)
{
	char name[16], last[16];
	long ret = 0;
	int i;

	for (i = 0; i < FILES && ret >= 0; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		ret = SYS(open, name, O_WRONLY | O_CREAT, 0600);
		if (ret >= 0)
			close(ret);
	}
	ASSERT_EQ(-EDQUOT, ret);
	snprintf(last, sizeof(last), "n%d", i - 2);
	EXPECT_EQ(-ENOENT, SYS(access, name, F_OK));
	EXPECT_EQ(-EDQUOT, SYS(mkdir, "new", 0700));
	EXPECT_EQ(-EDQUOT, SYS(symlink, "target", "new"));
	EXPECT_EQ(-EDQUOT, SYS(mknod, "new", S_IFIFO | 0600, 0));
	EXPECT_EQ(-EDQUOT, SYS(open, ".", O_TMPFILE | O_RDWR, 0600));
	/* No other file comes of these. */
	EXPECT_EQ(0, SYS(link, last, "new"));
	EXPECT_EQ(0, SYS(rename, "new", "newer"));
	EXPECT_EQ(0, SYS(unlink, "newer"));
	EXPECT_EQ(0, SYS(renameat2, AT_FDCWD, last, AT_FDCWD, "file", 2));
	EXPECT_EQ(0, SYS(renameat2, AT_FDCWD, last, AT_FDCWD, "file", 2));
	ASSERT_EQ(0, unlink(last));
	EXPECT_EQ(0, SYS(mkdir, "new", 0700));
	EXPECT_EQ(0, SYS(rmdir, "new"));
}

TEST_HARNESS_MAIN
