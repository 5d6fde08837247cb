// SPDX-License-Identifier: GPL-2.0
/*
 * Opening: every flag of open, openat, openat2, creat.
 *
 * Runs as: root user
 */
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/vfs.h>

#include "files.h"
#include "kselftest_harness.h"

#define O_LARGE		0100000		/* what libc calls 0 on 64 bits */

static int is_root(void)
{
	return !geteuid();
}

FIXTURE(open) {
	int dir;
};

FIXTURE_SETUP(open)
{
	umask(022);
	enter_fresh();
	close(make_file("file", "hello"));
	ASSERT_EQ(0, mkdir("dir", 0755));
	ASSERT_EQ(0, mkdir("dir/sub", 0755));
	close(make_file("dir/inner", "inner"));
	ASSERT_EQ(0, symlink("file", "link"));
	ASSERT_EQ(0, symlink("dir", "dirlink"));
	ASSERT_EQ(0, symlink("new", "dangling"));
	ASSERT_EQ(0, symlink("loop", "loop"));
	ASSERT_EQ(0, mkfifo("fifo", 0600));
	self->dir = open("dir", O_PATH | O_DIRECTORY);
	ASSERT_LE(0, self->dir);
}

FIXTURE_TEARDOWN(open)
{
}

static long flags_of(long fd)
{
	return fd < 0 ? fd : SYS(fcntl, fd, F_GETFL);
}

static long open_close(const char *path, int flags)
{
	long fd = SYS(open, path, flags, 0644);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

TEST_F(open, flags_kept)
{
	static const int kept[] = {
		O_RDONLY, O_WRONLY, O_RDWR, O_RDWR | O_APPEND, O_RDWR | O_NONBLOCK,
		O_RDWR | O_SYNC, O_RDWR | O_DSYNC, O_RDWR | O_NOATIME, O_RDWR | O_ASYNC,
		O_RDWR | O_NOFOLLOW, O_RDWR | O_NOCTTY, O_RDWR | O_DIRECT, O_RDWR | O_TRUNC,
		O_RDWR | O_CREAT, O_PATH, O_PATH | O_NOFOLLOW, O_ACCMODE,
	};
	long flags, want;

	for (unsigned int i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		want = kept[i] & ~(O_NOCTTY | O_TRUNC | O_CREAT);
		if (!(want & O_PATH))
			want |= O_LARGE;
		flags = flags_of(SYS(open, "file", kept[i], 0600));
		EXPECT_EQ(want, flags) {
			TH_LOG("open with %o: %lo", kept[i], flags);
		}
	}
	EXPECT_EQ(O_RDONLY | O_DIRECTORY | O_LARGE, flags_of(SYS(open, "dir", O_DIRECTORY)));
	EXPECT_EQ(O_PATH | O_DIRECTORY, flags_of(SYS(open, "dir", O_PATH | O_DIRECTORY | O_RDWR)));
	EXPECT_EQ(O_WRONLY | O_LARGE, flags_of(SYS(creat, "file", 0600)));
}

TEST_F(open, cloexec)
{
	int a = SYS(open, "file", O_RDONLY), b = SYS(open, "file", O_RDONLY | O_CLOEXEC);

	EXPECT_EQ(0, SYS(fcntl, a, F_GETFD));
	EXPECT_EQ(FD_CLOEXEC, SYS(fcntl, b, F_GETFD));
	EXPECT_EQ(a + 1, b);
}

TEST_F(open, directory)
{
	EXPECT_EQ(0, open_close("dir", O_RDONLY));
	EXPECT_EQ(-EISDIR, open_close("dir", O_WRONLY));
	EXPECT_EQ(-EISDIR, open_close("dir", O_RDWR));
	EXPECT_EQ(-EISDIR, open_close("dir", O_RDONLY | O_TRUNC));
	EXPECT_EQ(-EISDIR, open_close("dir", O_RDONLY | O_CREAT));
	EXPECT_EQ(-EISDIR, open_close("new/", O_RDWR | O_CREAT));
	EXPECT_EQ(-EEXIST, open_close("dir", O_RDONLY | O_CREAT | O_EXCL));
	EXPECT_EQ(-ENOTDIR, open_close("file", O_RDONLY | O_DIRECTORY));
	EXPECT_EQ(-ENOTDIR, open_close("link", O_RDONLY | O_DIRECTORY));
	EXPECT_EQ(-ENOTDIR, open_close("file/", O_RDONLY));
	EXPECT_EQ(-ENOTDIR, open_close("file/x", O_RDONLY | O_CREAT));
	EXPECT_EQ(0, open_close("dirlink/", O_RDONLY));
	EXPECT_EQ(-EISDIR, open_close(".", O_RDWR | O_CREAT));
	EXPECT_EQ(-EISDIR, open_close("dir/..", O_RDWR | O_CREAT));
	EXPECT_EQ(-EISDIR, open_close("/", O_RDWR | O_CREAT));
}

TEST_F(open, nofollow)
{
	EXPECT_EQ(-ELOOP, open_close("link", O_RDONLY | O_NOFOLLOW));
	EXPECT_EQ(-ELOOP, open_close("loop", O_RDONLY));
	EXPECT_EQ(-ELOOP, open_close("dangling", O_RDWR | O_CREAT | O_NOFOLLOW));
	EXPECT_EQ(-ENOTDIR, open_close("dirlink", O_RDONLY | O_NOFOLLOW | O_DIRECTORY));
	EXPECT_EQ(0, open_close("dirlink/inner", O_RDONLY | O_NOFOLLOW));
	EXPECT_EQ(0, open_close("link", O_PATH | O_NOFOLLOW));
	EXPECT_EQ(0, open_close("loop", O_PATH | O_NOFOLLOW));
}

TEST_F(open, create)
{
	long fd;

	EXPECT_EQ(-ENOENT, open_close("new", O_RDWR));
	EXPECT_EQ(-EEXIST, open_close("file", O_RDWR | O_CREAT | O_EXCL));
	EXPECT_EQ(-EEXIST, open_close("dangling", O_RDWR | O_CREAT | O_EXCL));
	EXPECT_FALSE(is_there("new"));
	EXPECT_EQ(0, open_close("dangling", O_RDWR | O_CREAT));
	EXPECT_TRUE(is_there("new"));
	EXPECT_EQ(S_IFREG | 0644, mode_of("new"));
	/* Without a permission for itself, open all the same. */
	fd = SYS(open, "more", O_RDWR | O_CREAT | O_EXCL, 0);
	ASSERT_LE(0, fd);
	EXPECT_EQ(1, write(fd, "x", 1));
	EXPECT_EQ(is_root() ? 0 : -EACCES, open_close("more", O_RDONLY));
	unlink("more");
	umask(0);
	close(SYS(open, "more", O_WRONLY | O_CREAT, 07777));
	EXPECT_EQ(S_IFREG | 07777, mode_of("more") | S_ISUID | S_ISGID);
	unlink("more");
	/* Its mode is no use for what exists. */
	close(SYS(open, "file", O_WRONLY | O_CREAT, 0777));
	EXPECT_EQ(S_IFREG | 0644, mode_of("file"));
	EXPECT_EQ(-ENOENT, open_close("nothing/more", O_RDWR | O_CREAT));
	EXPECT_EQ(-ENOENT, open_close("", O_RDWR | O_CREAT));
}

TEST_F(open, trunc_append)
{
	struct stat st;
	char buf[16];
	int fd;

	ASSERT_EQ(0, open_close("file", O_RDONLY | O_TRUNC));
	ASSERT_EQ(0, stat("file", &st));
	EXPECT_EQ(0, st.st_size);
	fd = SYS(open, "file", O_RDWR | O_APPEND);
	EXPECT_EQ(2, write(fd, "ab", 2));
	EXPECT_EQ(0, lseek(fd, 0, SEEK_SET));
	EXPECT_EQ(2, write(fd, "cd", 2));
	EXPECT_EQ(2, pwrite(fd, "ef", 2, 0));
	EXPECT_EQ(6, pread(fd, buf, 16, 0));
	EXPECT_EQ(0, memcmp(buf, "abcdef", 6));
	EXPECT_EQ(0, open_close("file", O_RDWR | O_TRUNC | O_CREAT));
	ASSERT_EQ(0, fstat(fd, &st));
	EXPECT_EQ(0, st.st_size);
	ASSERT_EQ(0, chmod("file", 0444));
	EXPECT_EQ(is_root() ? 0 : -EACCES, open_close("file", O_RDONLY | O_TRUNC));
}

TEST_F(open, path_only)
{
	int fd = SYS(open, "file", O_PATH | O_RDWR | O_CREAT | O_TRUNC | O_APPEND);
	int link = SYS(open, "link", O_PATH | O_NOFOLLOW), fifo = SYS(open, "fifo", O_PATH);
	struct statfs fs;
	struct stat st;
	char buf[32];

	EXPECT_EQ(-EBADF, SYS(read, fd, buf, 1));
	EXPECT_EQ(-EBADF, SYS(write, fd, buf, 1));
	EXPECT_EQ(-EBADF, SYS(lseek, fd, 0, SEEK_CUR));
	EXPECT_EQ(-EBADF, SYS(fchmod, fd, 0600));
	EXPECT_EQ(-EBADF, SYS(fchown, fd, -1, -1));
	EXPECT_EQ(-EBADF, SYS(ftruncate, fd, 0));
	EXPECT_EQ(-EBADF, SYS(ioctl, fd, FIONREAD, buf));
	EXPECT_EQ(-EBADF, SYS(getdents64, self->dir, buf, 16));
	EXPECT_EQ(-EBADF, SYS(fsync, fd));
	EXPECT_EQ(-EBADF, SYS(flock, fd, LOCK_SH));
	EXPECT_EQ(-EBADF, SYS(fcntl, fd, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-EBADF, (long)SYS(mmap, NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0));
	ASSERT_EQ(0, SYS(fstat, fd, &st));
	EXPECT_EQ(5, st.st_size);
	EXPECT_EQ(0, SYS(fstatfs, fd, &fs));
	EXPECT_EQ(4, SYS(readlinkat, link, "", buf, sizeof(buf)));
	EXPECT_EQ(-ENOENT, SYS(readlinkat, fifo, "", buf, sizeof(buf)));
	ASSERT_EQ(0, SYS(fstat, link, &st));
	EXPECT_TRUE(S_ISLNK(st.st_mode));
	EXPECT_EQ(0, SYS(fchdir, self->dir));
	EXPECT_EQ(-ENOTDIR, SYS(fchdir, fd));
	EXPECT_EQ(0, SYS(faccessat2, fd, "", R_OK, AT_EMPTY_PATH));
	/* Opened again by way of /proc. */
	snprintf(buf, sizeof(buf), "/proc/self/fd/%d", fd);
	EXPECT_EQ(0, open_close(buf, O_RDWR));
	snprintf(buf, sizeof(buf), "/proc/self/fd/%d", link);
	EXPECT_EQ(-ELOOP, open_close(buf, O_RDWR));
}

TEST_F(open, tmpfile)
{
	int fd = SYS(openat, self->dir, ".", O_TMPFILE | O_RDWR, 0640);
	char name[64];
	struct stat st;

	ASSERT_LE(0, fd);
	EXPECT_EQ(O_TMPFILE | O_RDWR | O_LARGE, flags_of(fd));
	ASSERT_EQ(0, fstat(fd, &st));
	EXPECT_EQ(0, st.st_nlink);
	EXPECT_EQ(S_IFREG | 0640, st.st_mode);
	EXPECT_EQ(3, write(fd, "abc", 3));
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	EXPECT_EQ(0, SYS(linkat, AT_FDCWD, name, self->dir, "linked", AT_SYMLINK_FOLLOW));
	ASSERT_EQ(0, stat("dir/linked", &st));
	EXPECT_EQ(3, st.st_size);
	EXPECT_EQ(1, st.st_nlink);

	fd = SYS(openat, self->dir, ".", O_TMPFILE | O_RDWR | O_EXCL, 0640);
	ASSERT_LE(0, fd);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	EXPECT_EQ(-ENOENT, SYS(linkat, AT_FDCWD, name, self->dir, "more", AT_SYMLINK_FOLLOW));
	EXPECT_EQ(-EINVAL, SYS(open, "dir", O_TMPFILE | O_RDONLY, 0600));
	EXPECT_EQ(-ENOTDIR, SYS(open, "file", O_TMPFILE | O_RDWR, 0600));
	EXPECT_EQ(-ENOENT, SYS(open, "new", O_TMPFILE | O_RDWR, 0600));
	EXPECT_EQ(-EINVAL, SYS(open, "dir", (O_TMPFILE & ~O_DIRECTORY) | O_RDWR, 0600));
	EXPECT_EQ(-EINVAL, SYS(open, "dir", O_TMPFILE | O_RDWR | O_CREAT, 0600));
	EXPECT_EQ(-EROFS, SYS(open, "/usr", O_TMPFILE | O_RDWR, 0600));
}

TEST_F(open, permissions)
{
	ASSERT_EQ(0, chmod("file", 0400));
	EXPECT_EQ(0, open_close("file", O_RDONLY));
	EXPECT_EQ(is_root() ? 0 : -EACCES, open_close("file", O_WRONLY));
	ASSERT_EQ(0, chmod("file", 0200));
	EXPECT_EQ(is_root() ? 0 : -EACCES, open_close("file", O_RDWR));
	EXPECT_EQ(0, open_close("file", O_WRONLY));
	EXPECT_EQ(0, open_close("file", O_PATH));
	ASSERT_EQ(0, chmod("dir", 0400));
	EXPECT_EQ(is_root() ? 0 : -EACCES, open_close("dir/inner", O_RDONLY));
	EXPECT_EQ(0, open_close("dir", O_RDONLY));
	ASSERT_EQ(0, chmod("dir", 0100));
	EXPECT_EQ(0, open_close("dir/inner", O_RDONLY));
	EXPECT_EQ(is_root() ? 0 : -EACCES, open_close("dir", O_RDONLY));
	EXPECT_EQ(is_root() ? 0 : -EACCES, open_close("dir/more", O_RDWR | O_CREAT));
	ASSERT_EQ(0, chmod("dir", 0755));
	/* Somebody else's. */
	EXPECT_EQ(is_root() ? 0 : -EPERM, open_close("/etc/passwd", O_RDONLY | O_NOATIME));
	EXPECT_EQ(is_root() ? -EROFS : -EACCES, open_close("/etc/passwd", O_RDWR));
}

TEST_F(open, no_descriptor_left)
{
	struct rlimit few = { 64, 64 };
	int fd, last = -1;

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &few));
	while ((fd = SYS(open, "file", O_RDONLY)) >= 0)
		last = fd;
	EXPECT_EQ(63, last);
	EXPECT_EQ(-EMFILE, fd);
	EXPECT_EQ(-EMFILE, SYS(open, "nothing", O_RDONLY));
	EXPECT_EQ(-EMFILE, SYS(open, "new", O_RDWR | O_CREAT, 0600));
	EXPECT_FALSE(is_there("new"));
	EXPECT_EQ(-EFAULT, SYS(open, NULL, O_RDONLY));
}

/* 40 links are followed, the next one is too much. */
TEST_F(open, nested_links)
{
	char name[32], target[32] = "file";

	for (int i = 1; i <= 41; i++) {
		snprintf(name, sizeof(name), "dir/l%d", i);
		snprintf(target, sizeof(target), i == 1 ? "../file" : "l%d", i - 1);
		ASSERT_EQ(0, symlink(target, name));
	}
	EXPECT_EQ(0, open_close("dir/l40", O_RDONLY));
	EXPECT_EQ(-ELOOP, open_close("dir/l41", O_RDONLY));
	EXPECT_EQ(0, open_close("dir/l40", O_RDWR | O_CREAT));
	EXPECT_EQ(-ELOOP, open_close("dir/l41", O_RDWR | O_CREAT));
	/* To where nothing is yet. */
	unlink("file");
	EXPECT_EQ(-ELOOP, open_close("dir/l41", O_RDWR | O_CREAT));
	EXPECT_FALSE(is_there("file"));
	EXPECT_EQ(0, open_close("dir/l40", O_RDWR | O_CREAT));
	EXPECT_TRUE(is_there("file"));
}

static long open2(int dfd, const char *path, unsigned long flags, unsigned long mode,
		  unsigned long resolve)
{
	struct open_how how = { flags, mode, resolve };
	long fd = SYS(openat2, dfd, path, &how, sizeof(how));

	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

TEST_F(open, openat2_arguments)
{
	struct { struct open_how how; unsigned long more; } big = { { O_RDONLY } };
	struct open_how how = { O_RDONLY };

	EXPECT_EQ(-EINVAL, SYS(openat2, AT_FDCWD, "file", &how, sizeof(how) - 1));
	EXPECT_EQ(-EINVAL, SYS(openat2, AT_FDCWD, "file", &how, 0));
	EXPECT_EQ(-EFAULT, SYS(openat2, AT_FDCWD, "file", NULL, sizeof(how)));
	EXPECT_LE(0, SYS(openat2, AT_FDCWD, "file", &big, sizeof(big)));
	big.more = 1;
	EXPECT_EQ(-E2BIG, SYS(openat2, AT_FDCWD, "file", &big, sizeof(big)));
	EXPECT_EQ(-E2BIG, SYS(openat2, AT_FDCWD, "file", &big, 4097));
	EXPECT_EQ(-EINVAL, open2(AT_FDCWD, "file", O_RDONLY, 0600, 0));
	EXPECT_EQ(-EINVAL, open2(AT_FDCWD, "new", O_RDWR | O_CREAT, 010000, 0));
	EXPECT_EQ(-EINVAL, open2(AT_FDCWD, "file", 1ul << 31, 0, 0));
	EXPECT_EQ(-EINVAL, open2(AT_FDCWD, "file", 1ul << 40, 0, 0));
	EXPECT_EQ(-EINVAL, open2(AT_FDCWD, "file", O_PATH | O_RDWR, 0, 0));
	EXPECT_EQ(-EINVAL, open2(AT_FDCWD, "file", O_PATH | O_TRUNC, 0, 0));
	EXPECT_EQ(-EINVAL, open2(AT_FDCWD, "file", O_RDONLY, 0, 1ul << 32));
	EXPECT_EQ(-EINVAL, open2(AT_FDCWD, "file", O_RDONLY, 0, 0x40));
	EXPECT_EQ(-EINVAL, open2(AT_FDCWD, "file", O_RDONLY, 0, RESOLVE_BENEATH | RESOLVE_IN_ROOT));
	EXPECT_EQ(-EBADF, open2(-1, "file", O_RDONLY, 0, RESOLVE_BENEATH));
	EXPECT_EQ(0, open2(AT_FDCWD, "new", O_RDWR | O_CREAT, 0600, 0));
}

TEST_F(open, resolve_beneath)
{
	int dir = self->dir;

	ASSERT_EQ(0, symlink("../file", "dir/up"));
	ASSERT_EQ(0, symlink("/etc/passwd", "dir/absolute"));
	ASSERT_EQ(0, symlink("sub/../inner", "dir/inside"));
	ASSERT_EQ(0, symlink("sub/../../dir/inner", "dir/out_and_in"));
	EXPECT_EQ(0, open2(dir, "inner", O_RDONLY, 0, RESOLVE_BENEATH));
	EXPECT_EQ(0, open2(dir, "sub/../inner", O_RDONLY, 0, RESOLVE_BENEATH));
	EXPECT_EQ(0, open2(dir, "inside", O_RDONLY, 0, RESOLVE_BENEATH));
	EXPECT_EQ(0, open2(dir, ".", O_RDONLY, 0, RESOLVE_BENEATH));
	EXPECT_EQ(-EXDEV, open2(dir, "..", O_RDONLY, 0, RESOLVE_BENEATH));
	EXPECT_EQ(-EXDEV, open2(dir, "../file", O_RDONLY, 0, RESOLVE_BENEATH));
	EXPECT_EQ(-EXDEV, open2(dir, "up", O_RDONLY, 0, RESOLVE_BENEATH));
	EXPECT_EQ(-EXDEV, open2(dir, "out_and_in", O_RDONLY, 0, RESOLVE_BENEATH));
	EXPECT_EQ(-EXDEV, open2(dir, "absolute", O_RDONLY, 0, RESOLVE_BENEATH));
	EXPECT_EQ(-EXDEV, open2(dir, "/etc/passwd", O_RDONLY, 0, RESOLVE_BENEATH));
	EXPECT_EQ(0, open2(dir, "made", O_RDWR | O_CREAT, 0600, RESOLVE_BENEATH));
	EXPECT_TRUE(is_there("dir/made"));
	EXPECT_EQ(-EXDEV, open2(dir, "../more", O_RDWR | O_CREAT, 0600, RESOLVE_BENEATH));
	EXPECT_FALSE(is_there("more"));
}

TEST_F(open, resolve_in_root)
{
	int dir = self->dir;

	ASSERT_EQ(0, symlink("../inner", "dir/up"));
	ASSERT_EQ(0, symlink("/inner", "dir/absolute"));
	EXPECT_EQ(0, open2(dir, "/inner", O_RDONLY, 0, RESOLVE_IN_ROOT));
	EXPECT_EQ(0, open2(dir, "../../inner", O_RDONLY, 0, RESOLVE_IN_ROOT));
	EXPECT_EQ(0, open2(dir, "up", O_RDONLY, 0, RESOLVE_IN_ROOT));
	EXPECT_EQ(0, open2(dir, "absolute", O_RDONLY, 0, RESOLVE_IN_ROOT));
	EXPECT_EQ(0, open2(dir, "/", O_RDONLY, 0, RESOLVE_IN_ROOT));
	EXPECT_EQ(-ENOENT, open2(dir, "/etc/passwd", O_RDONLY, 0, RESOLVE_IN_ROOT));
	EXPECT_EQ(0, open2(dir, "/made", O_RDWR | O_CREAT, 0600, RESOLVE_IN_ROOT));
	EXPECT_TRUE(is_there("dir/made"));
	EXPECT_EQ(0, open2(dir, "../made2", O_RDWR | O_CREAT, 0600, RESOLVE_IN_ROOT));
	EXPECT_TRUE(is_there("dir/made2"));
}

TEST_F(open, resolve_links)
{
	char magic[32];

	snprintf(magic, sizeof(magic), "/proc/self/fd/%d", open("file", O_RDONLY));
	EXPECT_EQ(-ELOOP, open2(AT_FDCWD, "link", O_RDONLY, 0, RESOLVE_NO_SYMLINKS));
	EXPECT_EQ(-ELOOP, open2(AT_FDCWD, "dirlink/inner", O_RDONLY, 0, RESOLVE_NO_SYMLINKS));
	EXPECT_EQ(0, open2(AT_FDCWD, "link", O_PATH | O_NOFOLLOW, 0, RESOLVE_NO_SYMLINKS));
	EXPECT_EQ(0, open2(AT_FDCWD, "dir/inner", O_RDONLY, 0, RESOLVE_NO_SYMLINKS));
	EXPECT_EQ(0, open2(AT_FDCWD, "link", O_RDONLY, 0, RESOLVE_NO_MAGICLINKS));
	EXPECT_EQ(0, open2(AT_FDCWD, magic, O_RDONLY, 0, 0));
	EXPECT_EQ(-ELOOP, open2(AT_FDCWD, magic, O_RDONLY, 0, RESOLVE_NO_MAGICLINKS));
	EXPECT_EQ(-ELOOP, open2(AT_FDCWD, "link", O_RDWR | O_CREAT, 0600, RESOLVE_NO_SYMLINKS));
}

TEST_F(open, resolve_xdev)
{
	EXPECT_EQ(0, open2(AT_FDCWD, "dir/inner", O_RDONLY, 0, RESOLVE_NO_XDEV));
	EXPECT_EQ(-EXDEV, open2(AT_FDCWD, "/tmp", O_RDONLY, 0, RESOLVE_NO_XDEV));
	EXPECT_EQ(-EXDEV, open2(AT_FDCWD, "/proc/self/status", O_RDONLY, 0, RESOLVE_NO_XDEV));
	EXPECT_EQ(0, open2(AT_FDCWD, "file", O_RDONLY, 0, RESOLVE_CACHED));
	EXPECT_EQ(-EAGAIN, open2(AT_FDCWD, "file", O_RDWR | O_TRUNC, 0, RESOLVE_CACHED));
	EXPECT_EQ(-EAGAIN, open2(AT_FDCWD, "new", O_RDWR | O_CREAT, 0600, RESOLVE_CACHED));
	EXPECT_FALSE(is_there("new"));
}

TEST_F(open, kinds)
{
	EXPECT_EQ(-ENXIO, open_close("fifo", O_WRONLY | O_NONBLOCK));
	EXPECT_EQ(0, open_close("fifo", O_RDONLY | O_NONBLOCK));
	EXPECT_EQ(0, open_close("fifo", O_RDWR));
	EXPECT_EQ(-EEXIST, open_close("fifo", O_RDWR | O_CREAT | O_EXCL));
	EXPECT_EQ(0, open_close("fifo", O_RDWR | O_CREAT));
	EXPECT_EQ(0, open_close("fifo", O_RDWR | O_TRUNC));
	EXPECT_EQ(-ENOTDIR, open_close("fifo", O_RDONLY | O_DIRECTORY));
	ASSERT_EQ(0, mknod("dir/socket", S_IFSOCK | 0600, 0));
	EXPECT_EQ(-ENXIO, open_close("dir/socket", O_RDWR));
	EXPECT_EQ(0, open_close("dir/socket", O_PATH));
	EXPECT_EQ(0, open_close("/dev/null", O_RDWR | O_CREAT | O_TRUNC));
	EXPECT_EQ(-EEXIST, open_close("/dev/null", O_RDWR | O_CREAT | O_EXCL));
}

TEST_HARNESS_MAIN
