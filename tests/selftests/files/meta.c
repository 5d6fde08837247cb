// SPDX-License-Identifier: GPL-2.0
/*
 * What is known of a file, and how that changes: stat and statx, access,
 * chmod, chown, utimensat, umask, getcwd.
 *
 * Runs as: root user
 */
#include <linux/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <utime.h>

#include "files.h"
#include "kselftest_harness.h"

#ifndef SYS_fchmodat2
#define SYS_fchmodat2	452
#endif

static int is_root(void)
{
	return !geteuid();
}

FIXTURE(meta) {
	int dir, fd, path;
	struct stat st;
};

FIXTURE_SETUP(meta)
{
	umask(022);
	enter_fresh();
	self->fd = make_file("file", "hello");
	self->path = open("file", O_PATH);
	self->dir = open(".", O_PATH | O_DIRECTORY);
	ASSERT_EQ(0, mkdir("dir", 0755));
	ASSERT_EQ(0, symlink("file", "link"));
	ASSERT_EQ(0, symlink("nothing", "dangling"));
}

FIXTURE_TEARDOWN(meta)
{
}

TEST_F(meta, stat)
{
	struct stat a, b;

	ASSERT_EQ(0, SYS(stat, "link", &a));
	ASSERT_EQ(0, SYS(fstat, self->fd, &b));
	EXPECT_EQ(0, memcmp(&a, &b, sizeof(a)));
	EXPECT_EQ(S_IFREG | 0644, a.st_mode);
	EXPECT_EQ(5, a.st_size);
	EXPECT_EQ(1, a.st_nlink);
	EXPECT_EQ(geteuid(), a.st_uid);
	EXPECT_EQ(4096, a.st_blksize);
	ASSERT_EQ(0, SYS(lstat, "link", &b));
	EXPECT_EQ(S_IFLNK | 0777, b.st_mode);
	EXPECT_EQ(4, b.st_size);
	EXPECT_EQ(-ENOENT, SYS(stat, "dangling", &a));
	EXPECT_EQ(0, SYS(newfstatat, self->dir, "dangling", &a, AT_SYMLINK_NOFOLLOW));
	EXPECT_EQ(0, SYS(newfstatat, self->path, "", &b, AT_EMPTY_PATH));
	EXPECT_EQ(5, b.st_size);
	EXPECT_EQ(0, SYS(newfstatat, AT_FDCWD, "", &b, AT_EMPTY_PATH));
	EXPECT_EQ(S_IFDIR | 0755, b.st_mode);
	EXPECT_EQ(-ENOENT, SYS(newfstatat, self->path, "", &b, 0));
	EXPECT_EQ(-ENOTDIR, SYS(newfstatat, self->path, "x", &b, 0));
	EXPECT_EQ(-EINVAL, SYS(newfstatat, self->dir, "file", &b, AT_EACCESS));
	EXPECT_EQ(-EBADF, SYS(fstat, -1, &a));
	EXPECT_EQ(-EFAULT, SYS(stat, "file", UNMAPPED));
}

TEST_F(meta, statx)
{
	struct statx x;
	struct stat st;

	ASSERT_EQ(0, SYS(statx, AT_FDCWD, "link", 0, STATX_BASIC_STATS | STATX_BTIME, &x));
	ASSERT_EQ(0, stat("file", &st));
	EXPECT_EQ(STATX_BASIC_STATS, x.stx_mask & STATX_BASIC_STATS);
	EXPECT_EQ(st.st_ino, x.stx_ino);
	EXPECT_EQ(st.st_mode, x.stx_mode);
	EXPECT_EQ(st.st_mtim.tv_nsec, x.stx_mtime.tv_nsec);
	EXPECT_EQ(st.st_ctim.tv_sec, x.stx_ctime.tv_sec);
	EXPECT_EQ(major(st.st_dev), x.stx_dev_major);
	EXPECT_EQ(minor(st.st_dev), x.stx_dev_minor);
	EXPECT_EQ(st.st_blocks, (long)x.stx_blocks);
	EXPECT_EQ(0, SYS(statx, self->path, "", AT_EMPTY_PATH, 0, &x));
	EXPECT_EQ(5, x.stx_size);
	EXPECT_EQ(0, SYS(statx, self->dir, "link", AT_SYMLINK_NOFOLLOW, STATX_TYPE, &x));
	EXPECT_EQ(S_IFLNK, x.stx_mode & S_IFMT);
	EXPECT_EQ(0, SYS(statx, self->dir, "file", AT_STATX_FORCE_SYNC, ~STATX__RESERVED, &x));
	EXPECT_EQ(0, SYS(statx, self->dir, "file", AT_STATX_DONT_SYNC, STATX_ALL, &x));
	EXPECT_EQ(-EINVAL, SYS(statx, self->dir, "file", AT_STATX_SYNC_TYPE, STATX_ALL, &x));
	EXPECT_EQ(-EINVAL, SYS(statx, self->dir, "file", 0, STATX__RESERVED, &x));
	EXPECT_EQ(-EINVAL, SYS(statx, self->dir, "file", AT_EACCESS, 0, &x));
	EXPECT_EQ(-ENOENT, SYS(statx, self->dir, "", 0, 0, &x));
	EXPECT_EQ(-EFAULT, SYS(statx, self->dir, "file", 0, STATX_ALL, UNMAPPED));
	EXPECT_EQ(0, SYS(statx, AT_FDCWD, "/", 0, STATX_ALL, &x));
	EXPECT_TRUE(x.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

TEST_F(meta, access)
{
	ASSERT_EQ(0, chmod("file", 0400));
	EXPECT_EQ(0, SYS(access, "file", F_OK));
	EXPECT_EQ(0, SYS(access, "link", R_OK));
	EXPECT_EQ(is_root() ? 0 : -EACCES, SYS(access, "file", W_OK));
	EXPECT_EQ(-EACCES, SYS(access, "file", X_OK));
	EXPECT_EQ(-EACCES, SYS(access, "file", R_OK | X_OK));
	EXPECT_EQ(0, SYS(access, "dir", R_OK | W_OK | X_OK));
	EXPECT_EQ(-EINVAL, SYS(access, "file", 8));
	EXPECT_EQ(-EINVAL, SYS(access, "file", -1));
	EXPECT_EQ(-ENOENT, SYS(access, "dangling", F_OK));
	EXPECT_EQ(0, SYS(faccessat2, self->dir, "dangling", F_OK, AT_SYMLINK_NOFOLLOW));
	EXPECT_EQ(0, SYS(faccessat2, self->dir, "file", R_OK, AT_EACCESS));
	EXPECT_EQ(0, SYS(faccessat2, self->path, "", R_OK, AT_EMPTY_PATH));
	EXPECT_EQ(-EACCES, SYS(faccessat2, self->path, "", X_OK, AT_EMPTY_PATH));
	EXPECT_EQ(-EINVAL, SYS(faccessat2, self->dir, "file", R_OK, AT_REMOVEDIR << 4));
	EXPECT_EQ(-EBADF, SYS(faccessat, -1, "file", R_OK));
	EXPECT_EQ(-ENOTDIR, SYS(faccessat, self->path, "file", R_OK));
}

/* access asks for the real user, unless told otherwise. */
TEST_F(meta, real_and_effective)
{
	if (!is_root())
		SKIP(return, "takes two users");
	ASSERT_EQ(0, chmod("file", 0600));
	ASSERT_EQ(0, setresgid(1000, 1000, 0));
	ASSERT_EQ(0, setresuid(0, 1000, 0));
	EXPECT_EQ(0, SYS(access, "file", R_OK));
	EXPECT_EQ(-EACCES, SYS(faccessat2, self->dir, "file", R_OK, AT_EACCESS));
	EXPECT_EQ(-EACCES, SYS(open, "file", O_RDONLY));
	ASSERT_EQ(0, setresuid(1000, 0, 0));
	EXPECT_EQ(-EACCES, SYS(access, "file", R_OK));
	EXPECT_EQ(0, SYS(faccessat2, self->dir, "file", R_OK, AT_EACCESS));
	EXPECT_LE(0, SYS(open, "file", O_RDONLY));
}

TEST_F(meta, chmod)
{
	long ret;

	EXPECT_EQ(0, SYS(chmod, "link", 0640));
	EXPECT_EQ(S_IFREG | 0640, mode_of("file"));
	EXPECT_EQ(0, SYS(fchmod, self->fd, 0601));
	EXPECT_EQ(S_IFREG | 0601, mode_of("file"));
	EXPECT_EQ(0, SYS(chmod, "dir", 03775));
	EXPECT_EQ(S_IFDIR | 03775, mode_of("dir"));
	EXPECT_EQ(0, SYS(chmod, "file", 0170000 | 01644));
	EXPECT_EQ(S_IFREG | 01644, mode_of("file"));
	EXPECT_EQ(-EBADF, SYS(fchmod, self->path, 0600));
	EXPECT_EQ(-ENOENT, SYS(chmod, "dangling", 0600));
	/* Since 6.6; a libc goes by /proc before that. */
	ret = SYS(fchmodat2, self->path, "", 0604, AT_EMPTY_PATH);
	if (ret == -ENOSYS)
		ret = SYS(chmod, "file", 0604);
	EXPECT_EQ(0, ret);
	EXPECT_EQ(S_IFREG | 0604, mode_of("file"));
	ret = SYS(fchmodat2, self->dir, "link", 0604, AT_SYMLINK_NOFOLLOW);
	EXPECT_TRUE(ret == -ENOSYS || ret == -EOPNOTSUPP);
	EXPECT_EQ(S_IFREG | 0604, mode_of("file"));
}

TEST_F(meta, chown)
{
	struct stat st;

	EXPECT_EQ(0, SYS(chown, "file", -1, -1));
	EXPECT_EQ(0, SYS(fchown, self->fd, getuid(), getgid()));
	EXPECT_EQ(is_root() ? 0 : -EPERM, SYS(chown, "link", 1234, -1));
	EXPECT_EQ(is_root() ? 0 : -EPERM, SYS(lchown, "link", -1, 2345));
	EXPECT_EQ(is_root() ? 0 : -EPERM, SYS(fchownat, self->dir, "dangling", 5, 6,
					      AT_SYMLINK_NOFOLLOW));
	EXPECT_EQ(is_root() ? 0 : -EPERM, SYS(fchownat, self->path, "", 7, 8, AT_EMPTY_PATH));
	EXPECT_EQ(-EBADF, SYS(fchown, self->path, -1, -1));
	EXPECT_EQ(-EINVAL, SYS(fchownat, self->dir, "file", 1, 1, AT_REMOVEDIR));
	EXPECT_EQ(-ENOENT, SYS(chown, "dangling", -1, -1));
	ASSERT_EQ(0, stat("file", &st));
	EXPECT_EQ(is_root() ? 7 : getuid(), st.st_uid);
	EXPECT_EQ(is_root() ? 8 : getgid(), st.st_gid);
}

static long nsec(const char *name, int access)
{
	struct stat st;

	if (lstat(name, &st))
		return -1;
	return access ? st.st_atim.tv_nsec : st.st_mtim.tv_nsec;
}

TEST_F(meta, times)
{
	struct timespec t[2] = { { 1000000000, 123456789 }, { 1100000000, 987654321 } };
	struct timeval tv[2] = { { 5, 6 }, { 7, 8 } };
	struct utimbuf u = { 11, 12 };
	struct stat st;

	EXPECT_EQ(0, SYS(utimensat, self->dir, "link", t, 0));
	EXPECT_EQ(123456789, nsec("file", 1));
	EXPECT_EQ(987654321, nsec("file", 0));
	t[0].tv_nsec = UTIME_OMIT;
	t[1].tv_nsec = 5;
	EXPECT_EQ(0, SYS(utimensat, self->fd, NULL, t, 0));
	EXPECT_EQ(123456789, nsec("file", 1));
	EXPECT_EQ(5, nsec("file", 0));
	t[0].tv_nsec = 77;
	EXPECT_EQ(0, SYS(utimensat, self->dir, "dangling", t, AT_SYMLINK_NOFOLLOW));
	EXPECT_EQ(77, nsec("dangling", 1));
	EXPECT_EQ(0, SYS(utimensat, self->path, "", t, AT_EMPTY_PATH));
	EXPECT_EQ(77, nsec("file", 1));
	t[0].tv_nsec = 1000000000;
	EXPECT_EQ(-EINVAL, SYS(utimensat, self->dir, "file", t, 0));
	t[0].tv_nsec = -1;
	EXPECT_EQ(-EINVAL, SYS(utimensat, self->dir, "file", t, 0));
	t[0].tv_nsec = UTIME_OMIT;
	t[1].tv_nsec = UTIME_OMIT;
	EXPECT_EQ(0, SYS(utimensat, self->dir, "nothing", t, 0));
	EXPECT_EQ(-ENOENT, SYS(utimensat, self->dir, "nothing", NULL, 0));
	EXPECT_EQ(-EFAULT, SYS(utimensat, self->dir, "file", UNMAPPED, 0));
	EXPECT_EQ(-EINVAL, SYS(utimensat, self->dir, "file", NULL, AT_REMOVEDIR));
	EXPECT_EQ(0, SYS(utimes, "file", tv));
	EXPECT_EQ(6000, nsec("file", 1));
	EXPECT_EQ(0, SYS(futimesat, self->dir, "file", NULL));
	EXPECT_EQ(0, SYS(utime, "file", &u));
	ASSERT_EQ(0, stat("file", &st));
	EXPECT_EQ(11, st.st_atim.tv_sec);
	EXPECT_EQ(12, st.st_mtim.tv_sec);
	tv[0].tv_usec = 1000000;
	EXPECT_EQ(-EINVAL, SYS(utimes, "file", tv));
	EXPECT_EQ(-EROFS, SYS(utimensat, AT_FDCWD, "/usr/bin", NULL, 0));
}

TEST_F(meta, umask_getcwd)
{
	char buf[PATH_MAX], *end = page_end();
	long len;

	EXPECT_EQ(022, SYS(umask, 0777777));
	EXPECT_EQ(0777, SYS(umask, 022));
	len = SYS(getcwd, buf, sizeof(buf));
	ASSERT_LT(2, len);
	EXPECT_EQ((long)strlen(buf) + 1, len);
	EXPECT_EQ(len, SYS(getcwd, end - len, len));
	EXPECT_EQ(-ERANGE, SYS(getcwd, end - len, len - 1));
	EXPECT_EQ(-EFAULT, SYS(getcwd, end - len + 1, len));
	EXPECT_EQ(-ERANGE, SYS(getcwd, NULL, 0));
	ASSERT_EQ(0, chdir("dir"));
	EXPECT_EQ(0, rename("../dir", "../other"));
	EXPECT_EQ(len + 6, SYS(getcwd, buf, sizeof(buf)));
	EXPECT_STREQ("/other", buf + len - 1);
	ASSERT_EQ(0, rmdir("../other"));
	EXPECT_EQ(-ENOENT, SYS(getcwd, buf, sizeof(buf)));
	EXPECT_EQ(-ENOENT, SYS(open, "new", O_RDWR | O_CREAT, 0600));
	EXPECT_EQ(0, SYS(chdir, ".."));
}

TEST_F(meta, statfs)
{
	struct statfs a, b;

	ASSERT_EQ(0, SYS(statfs, "file", &a));
	ASSERT_EQ(0, SYS(fstatfs, self->path, &b));
	EXPECT_EQ(a.f_type, b.f_type);
	EXPECT_EQ(a.f_blocks, b.f_blocks);
	EXPECT_EQ(255, a.f_namelen);
	EXPECT_EQ(-EBADF, SYS(fstatfs, -1, &a));
	EXPECT_EQ(-ENOENT, SYS(statfs, "nothing", &a));
	EXPECT_EQ(-EFAULT, SYS(statfs, "file", UNMAPPED));
	ASSERT_EQ(0, SYS(statfs, "/tmp", &a));
	EXPECT_EQ(0x01021994, a.f_type);
	ASSERT_EQ(0, SYS(statfs, "/proc", &a));
	EXPECT_EQ(0x9fa0, a.f_type);
}

TEST_HARNESS_MAIN
