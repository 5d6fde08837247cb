// SPDX-License-Identifier: GPL-2.0
/*
 * A filesystem that is full, and one that is read only: nothing gets lost.
 *
 * Runs as: root
 */
#include <signal.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "files.h"
#include "kselftest_harness.h"

#define FULL	"/dev/full-test"	/* the container's own tmpfs of 64 MiB */

/* To the last page. */
static long fill(void)
{
	int fd = open(FULL "/filler", O_RDWR | O_CREAT | O_TRUNC, 0600);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) || fs.f_blocks * fs.f_bsize > 256 << 20)
		return -1;
	for (long size = fs.f_bfree * fs.f_bsize; size >= 4096; size /= 2)
		while (!fallocate(fd, 0, lseek(fd, 0, SEEK_END), size))
			;
	close(fd);
	return 0;
}

FIXTURE(full) {
};

FIXTURE_SETUP(full)
{
	ASSERT_EQ(0, mkdir(FULL, 0700));
}

FIXTURE_TEARDOWN(full)
{
	unlink(FULL "/filler");
	unlink(FULL "/file");
	unlink(FULL "/link");
	unlink(FULL "/to");
	rmdir(FULL "/dir");
	rmdir(FULL);
}

TEST_F(full, contents)
{
	static char buf[3 * 4096];
	struct iovec iov[2] = { { buf, 4096 }, { buf, 4096 } };
	int fd, other;
	loff_t off = 0;
	struct stat st;

	fd = open(FULL "/file", O_RDWR | O_CREAT, 0600);
	ASSERT_LE(0, fd);
	memset(buf, 'x', sizeof(buf));
	ASSERT_EQ(10, write(fd, buf, 10));
	ASSERT_EQ(0, fill());
	/* What has a page takes it, the rest does not fit. */
	EXPECT_EQ(4086, SYS(write, fd, buf, sizeof(buf)));
	EXPECT_EQ(-ENOSPC, SYS(write, fd, buf, 1));
	EXPECT_EQ(-ENOSPC, SYS(pwritev, fd, iov, 2, 8192, 0));
	EXPECT_EQ(4096, SYS(pwritev, fd, iov, 2, 0, 0));
	EXPECT_EQ(-ENOSPC, SYS(fallocate, fd, 0, 0, 8192));
	ASSERT_EQ(0, fstat(fd, &st));
	EXPECT_EQ(4096, st.st_size);
	EXPECT_EQ(0, SYS(ftruncate, fd, 1 << 20));
	other = open("from", O_RDWR | O_CREAT, 0600);
	ASSERT_EQ(sizeof(buf), write(other, buf, sizeof(buf)));
	EXPECT_EQ(-ENOSPC, SYS(sendfile, open(FULL "/to", O_RDWR | O_CREAT, 0600), other, &off, 1));
	EXPECT_EQ(0, off);
	/* And back. */
	ASSERT_EQ(0, unlink(FULL "/filler"));
	EXPECT_EQ(4096, SYS(pwrite64, fd, buf, 4096, 8192));
	EXPECT_EQ(1, SYS(pread64, fd, buf, 1, 4095));
	EXPECT_EQ('x', buf[0]);
}

TEST_F(full, pipe_keeps_what_does_not_fit)
{
	static char buf[8192];
	int fd = open(FULL "/file", O_RDWR | O_CREAT, 0600), p[2];

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, pipe(p));
	ASSERT_EQ(1, write(fd, "x", 1));
	ASSERT_EQ(0, fill());
	ASSERT_EQ(sizeof(buf), write(p[1], buf, sizeof(buf)));
	EXPECT_EQ(4095, SYS(splice, p[0], NULL, fd, NULL, sizeof(buf), 0));
	EXPECT_EQ(-ENOSPC, SYS(splice, p[0], NULL, fd, NULL, sizeof(buf), 0));
	EXPECT_EQ(sizeof(buf) - 4095, SYS(read, p[0], buf, sizeof(buf)));
}

TEST_F(full, mapped)
{
	int fd = open(FULL "/file", O_RDWR | O_CREAT, 0600), status;
	pid_t pid;
	char *map;

	ASSERT_EQ(0, ftruncate(fd, 8192));
	map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	map[0] = 1;
	ASSERT_EQ(0, fill());
	pid = fork();
	if (!pid) {
		map[4096] = 1;
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
	EXPECT_EQ(1, map[0]);
}

/* The machine's root, if it is that; what is below the first line would harm it. */
TEST(read_only)
{
	struct statfs fs;
	int fd;

	ASSERT_EQ(0, statfs("/", &fs));
	ASSERT_TRUE(fs.f_flags & ST_RDONLY);
	EXPECT_EQ(-EROFS, SYS(open, "/usr", O_TMPFILE | O_RDWR, 0600));
	EXPECT_EQ(-EROFS, SYS(rmdir, "/usr/nothing"));
	EXPECT_EQ(-EROFS, SYS(unlink, "/usr/nothing"));
	EXPECT_EQ(-EROFS, SYS(rename, "/usr/nothing", "/usr/nothing2"));
	EXPECT_EQ(-EROFS, SYS(removexattr, "/usr", "user.nothing"));
	EXPECT_EQ(-EROFS, SYS(access, "/usr", W_OK));
	EXPECT_EQ(-EEXIST, SYS(mkdir, "/usr", 0755));
	EXPECT_EQ(-EEXIST, SYS(symlink, "x", "/usr"));
	EXPECT_EQ(-ENOENT, SYS(chmod, "/usr/nothing", 0755));
	EXPECT_EQ(-EROFS, SYS(chown, "/usr", -1, -1));
	EXPECT_EQ(-EROFS, SYS(open, "/usr/nothing", O_CREAT | O_WRONLY, 0600));
	EXPECT_EQ(-ENOENT, SYS(open, "/usr/nothing", O_WRONLY));
	EXPECT_EQ(-EROFS, SYS(open, "/etc/debian_version", O_RDWR));
	EXPECT_EQ(-EROFS, SYS(open, "/etc/debian_version", O_RDONLY | O_TRUNC));
	EXPECT_EQ(-EROFS, SYS(mkdir, "/usr/nothing", 0755));
	EXPECT_EQ(-EROFS, SYS(mknod, "/usr/nothing", S_IFIFO | 0600, 0));
	EXPECT_EQ(-EROFS, SYS(symlink, "x", "/usr/nothing"));
	EXPECT_EQ(-EROFS, SYS(link, "/etc/passwd", "/etc/nothing"));
	EXPECT_EQ(-EROFS, SYS(chmod, "/usr", 0755));
	EXPECT_EQ(-EROFS, SYS(utimensat, AT_FDCWD, "/usr", NULL, 0));
	EXPECT_EQ(-EROFS, SYS(truncate, "/etc/debian_version", 0));
	EXPECT_EQ(-EROFS, SYS(setxattr, "/usr", "user.nothing", "", 0, 0));
	fd = open("/etc/passwd", O_RDONLY);
	EXPECT_EQ(-EROFS, SYS(fchown, fd, -1, -1));
	EXPECT_EQ(-EINVAL, SYS(ftruncate, fd, 0));
}

TEST_HARNESS_MAIN
