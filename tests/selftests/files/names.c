// SPDX-License-Identifier: GPL-2.0
/*
 * Names that come, go and change: mkdir, mknod, link, symlink, rename, unlink.
 *
 * Runs as: root user
 */
#include <linux/fs.h>
#include <sys/sysmacros.h>

#include "files.h"
#include "kselftest_harness.h"

static int is_root(void)
{
	return !geteuid();
}

FIXTURE(names) {
	int dir;
};

FIXTURE_SETUP(names)
{
	umask(022);
	enter_fresh();
	close(make_file("file", "file"));
	close(make_file("other", "other"));
	ASSERT_EQ(0, mkdir("dir", 0755));
	ASSERT_EQ(0, mkdir("full", 0755));
	touch("full/inner");
	ASSERT_EQ(0, symlink("file", "link"));
	ASSERT_EQ(0, symlink("nothing", "dangling"));
	ASSERT_EQ(0, symlink("dir", "dirlink"));
	self->dir = open(".", O_PATH | O_DIRECTORY);
}

FIXTURE_TEARDOWN(names)
{
}

/* A name on another filesystem, of this test alone. */
static const char *elsewhere(void)
{
	static char name[32];

	snprintf(name, sizeof(name), "/tmp/names.%d", getpid());
	return name;
}

static int links(const char *name)
{
	struct stat st;

	return lstat(name, &st) ? -1 : (int)st.st_nlink;
}

/* What calls that make a name say of what is in the way. */
TEST_F(names, make)
{
	static const struct { const char *name; int err; } cases[] = {
		{ "file", -EEXIST }, { "link", -EEXIST }, { "dangling", -EEXIST },
		{ "dir", -EEXIST }, { ".", -EEXIST }, { "..", -EEXIST }, { "/", -EEXIST },
		{ "dir/.", -EEXIST }, { "file/x", -ENOTDIR }, { "nothing/x", -ENOENT },
		{ "", -ENOENT }, { "/proc/x", -ENOENT },
	};

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(*cases) - 1; i++) {
		const char *name = cases[i].name;

		EXPECT_EQ(cases[i].err, SYS(mkdir, name, 0755)) {
			TH_LOG("mkdir %s", name);
		}
		EXPECT_EQ(cases[i].err, SYS(mknod, name, S_IFIFO | 0600, 0)) {
			TH_LOG("mknod %s", name);
		}
		EXPECT_EQ(cases[i].err, SYS(symlink, "x", name)) {
			TH_LOG("symlink %s", name);
		}
		EXPECT_EQ(cases[i].err, SYS(link, "other", name)) {
			TH_LOG("link %s", name);
		}
	}
}

TEST_F(names, trailing_slash)
{
	EXPECT_EQ(0, SYS(mkdir, "new/", 0755));
	EXPECT_EQ(-ENOENT, SYS(mknod, "new2/", S_IFREG | 0644, 0));
	EXPECT_EQ(-ENOENT, SYS(symlink, "x", "new2/"));
	EXPECT_EQ(-ENOENT, SYS(link, "file", "new2/"));
	EXPECT_EQ(-ENOTDIR, SYS(link, "file/", "new2"));
	EXPECT_EQ(-ENOTDIR, SYS(unlink, "file/"));
	EXPECT_EQ(-EISDIR, SYS(unlink, "dir/"));
	EXPECT_EQ(-ENOTDIR, SYS(rename, "file/", "new2"));
	EXPECT_EQ(-ENOTDIR, SYS(rename, "file", "new2/"));
	EXPECT_EQ(0, SYS(rename, "dir/", "new3/"));
	EXPECT_EQ(-ENOTDIR, SYS(rmdir, "dirlink/"));
	EXPECT_EQ(0, SYS(rmdir, "new3///"));
}

TEST_F(names, modes)
{
	umask(027);
	EXPECT_EQ(0, SYS(mkdir, "a", 0777));
	EXPECT_EQ(S_IFDIR | 0750, mode_of("a"));
	EXPECT_EQ(0, SYS(mkdir, "b", 01777));
	EXPECT_EQ(S_IFDIR | S_ISVTX | 0750, mode_of("b"));
	EXPECT_EQ(0, SYS(mkdirat, self->dir, "c", 07777));
	EXPECT_EQ(S_IFDIR | S_ISVTX | 0750, mode_of("c"));
	EXPECT_EQ(0, SYS(mknod, "d", S_IFREG | 0666, 0));
	EXPECT_EQ(S_IFREG | 0640, mode_of("d"));
	EXPECT_EQ(0, SYS(mknod, "e", 0666, 0));
	EXPECT_EQ(S_IFREG | 0640, mode_of("e"));
	EXPECT_EQ(0, SYS(mknodat, self->dir, "f", S_IFSOCK | 0777, 0));
	EXPECT_EQ(S_IFSOCK | 0750, mode_of("f"));
	EXPECT_EQ(0, SYS(mknod, "g", S_IFIFO | 0777, makedev(1, 3)));
	EXPECT_EQ(S_IFIFO | 0750, mode_of("g"));
	EXPECT_EQ(S_IFLNK | 0777, mode_of("link"));
	/* A set-gid directory hands down its group, and the bit to directories. */
	ASSERT_EQ(0, chmod("a", 02775));
	EXPECT_EQ(0, SYS(mkdir, "a/b", 0755));
	EXPECT_EQ(S_IFDIR | S_ISGID | 0750, mode_of("a/b"));
}

TEST_F(names, mknod)
{
	EXPECT_EQ(-EPERM, SYS(mknod, "new", S_IFCHR | 0666, makedev(1, 3)));
	EXPECT_EQ(-EPERM, SYS(mknod, "new", S_IFBLK | 0666, makedev(7, 0)));
	EXPECT_EQ(-EPERM, SYS(mknod, "new", S_IFDIR | 0755, 0));
	EXPECT_EQ(-EINVAL, SYS(mknod, "new", S_IFLNK | 0777, 0));
	EXPECT_EQ(-EINVAL, SYS(mknod, "new", 0170000 | 0777, 0));
	EXPECT_EQ(-EBADF, SYS(mknodat, -1, "new", S_IFIFO | 0600, 0));
	EXPECT_FALSE(is_there("new"));
}

TEST_F(names, link)
{
	int fd = open("file", O_RDONLY), path = open("file", O_PATH);
	char name[32];

	EXPECT_EQ(0, SYS(link, "file", "a"));
	EXPECT_EQ(2, links("file"));
	EXPECT_EQ(inode_of("file"), inode_of("a"));
	/* The link itself, unless told to follow. */
	EXPECT_EQ(0, SYS(link, "link", "b"));
	EXPECT_EQ(S_IFLNK, mode_of("b") & S_IFMT);
	EXPECT_EQ(0, SYS(linkat, self->dir, "link", self->dir, "c", AT_SYMLINK_FOLLOW));
	EXPECT_EQ(inode_of("file"), inode_of("c"));
	EXPECT_EQ(0, SYS(link, "dangling", "d"));
	EXPECT_EQ(-ENOENT, SYS(linkat, self->dir, "dangling", self->dir, "e", AT_SYMLINK_FOLLOW));
	EXPECT_EQ(-EPERM, SYS(link, "dir", "e"));
	EXPECT_EQ(-ENOENT, SYS(link, "nothing", "e"));
	EXPECT_EQ(-EINVAL, SYS(linkat, self->dir, "file", self->dir, "e", AT_SYMLINK_NOFOLLOW));
	EXPECT_EQ(-EXDEV, SYS(link, "file", elsewhere()));
	EXPECT_EQ(-EBADF, SYS(linkat, -1, "file", self->dir, "e", 0));
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	EXPECT_EQ(0, SYS(linkat, AT_FDCWD, name, self->dir, "e", AT_SYMLINK_FOLLOW));
	snprintf(name, sizeof(name), "/proc/self/fd/%d", path);
	EXPECT_EQ(0, SYS(linkat, AT_FDCWD, name, self->dir, "f", AT_SYMLINK_FOLLOW));
	EXPECT_EQ(5, links("file"));
	/* Without a privilege only since 6.10; a file without a name never comes back. */
	ASSERT_EQ(0, unlink("other"));
	EXPECT_EQ(-ENOENT, SYS(link, "other", "g"));
}

TEST_F(names, symlink)
{
	static char target[PATH_MAX + 1];
	char buf[PATH_MAX];

	memset(target, 't', sizeof(target));
	target[PATH_MAX] = 0;
	EXPECT_EQ(-ENAMETOOLONG, SYS(symlink, target, "a"));
	target[PATH_MAX - 1] = 0;
	EXPECT_EQ(0, SYS(symlink, target, "a"));
	EXPECT_EQ(PATH_MAX - 1, SYS(readlink, "a", buf, sizeof(buf)));
	EXPECT_EQ(10, SYS(readlink, "a", buf, 10));
	EXPECT_EQ(-EINVAL, SYS(readlink, "a", buf, 0));
	EXPECT_EQ(-EINVAL, SYS(readlink, "a", buf, -1));
	EXPECT_EQ(-EINVAL, SYS(readlink, "file", buf, sizeof(buf)));
	EXPECT_EQ(-ENOENT, SYS(symlink, "", "b"));
	EXPECT_EQ(-ENOENT, SYS(readlink, "nothing", buf, sizeof(buf)));
	EXPECT_EQ(-EFAULT, SYS(readlink, "link", UNMAPPED, 4));
	EXPECT_EQ(-EFAULT, SYS(symlink, UNMAPPED, "b"));
	EXPECT_EQ(-ENAMETOOLONG, SYS(open, "a", O_RDONLY));
}

TEST_F(names, unlink)
{
	EXPECT_EQ(-EISDIR, SYS(unlink, "dir"));
	EXPECT_EQ(-ENOTDIR, SYS(rmdir, "file"));
	EXPECT_EQ(-ENOTDIR, SYS(rmdir, "dirlink"));
	EXPECT_EQ(-ENOTEMPTY, SYS(rmdir, "full"));
	EXPECT_EQ(-EINVAL, SYS(rmdir, "dir/."));
	EXPECT_EQ(-ENOTEMPTY, SYS(rmdir, "dir/.."));
	EXPECT_EQ(-EBUSY, SYS(rmdir, "/"));
	EXPECT_EQ(-EISDIR, SYS(unlink, "."));
	EXPECT_EQ(-EISDIR, SYS(unlink, "dir/.."));
	EXPECT_EQ(-EISDIR, SYS(unlink, "/"));
	EXPECT_EQ(-ENOENT, SYS(unlink, "nothing"));
	EXPECT_EQ(-EINVAL, SYS(unlinkat, self->dir, "file", 1));
	EXPECT_EQ(0, SYS(unlinkat, self->dir, "dir", AT_REMOVEDIR));
	EXPECT_EQ(0, SYS(unlink, "link"));
	EXPECT_TRUE(is_there("file"));
	EXPECT_EQ(0, SYS(unlinkat, self->dir, "dangling", 0));
	/* Nothing is there, so nothing is lost where the root is writable. */
	EXPECT_EQ(-EROFS, SYS(unlink, "/usr/nothing"));
}

TEST_F(names, rename)
{
	ino_t file = inode_of("file"), dir = inode_of("dir");

	EXPECT_EQ(0, SYS(rename, "file", "a"));
	EXPECT_EQ(file, inode_of("a"));
	EXPECT_EQ(0, SYS(rename, "a", "other"));
	EXPECT_EQ(file, inode_of("other"));
	EXPECT_EQ(0, SYS(rename, "other", "link"));
	EXPECT_EQ(file, inode_of("link"));
	EXPECT_EQ(0, SYS(rename, "dir", "moved"));
	EXPECT_EQ(dir, inode_of("moved"));
	EXPECT_EQ(-EISDIR, SYS(rename, "link", "moved"));
	EXPECT_EQ(-ENOTDIR, SYS(rename, "moved", "link"));
	EXPECT_EQ(-ENOTEMPTY, SYS(rename, "moved", "full"));
	EXPECT_EQ(0, SYS(rename, "full", "moved"));
	EXPECT_TRUE(is_there("moved/inner"));
	EXPECT_EQ(-EINVAL, SYS(rename, "moved", "moved/below"));
	EXPECT_EQ(-ENOTEMPTY, SYS(rename, "moved/inner", "moved"));
	EXPECT_EQ(-EBUSY, SYS(rename, ".", "b"));
	EXPECT_EQ(-EBUSY, SYS(rename, "moved", ".."));
	EXPECT_EQ(-EBUSY, SYS(rename, "moved/.", "b"));
	EXPECT_EQ(-ENOENT, SYS(rename, "nothing", "b"));
	EXPECT_EQ(-EXDEV, SYS(rename, "link", elsewhere()));
	EXPECT_EQ(0, SYS(link, "link", "same"));
	EXPECT_EQ(0, SYS(rename, "link", "same"));
	EXPECT_TRUE(is_there("link") && is_there("same"));
}

TEST_F(names, renameat2)
{
	ino_t file = inode_of("file"), other = inode_of("other"), dir = inode_of("dir");
	int d = self->dir;

	EXPECT_EQ(-EEXIST, SYS(renameat2, d, "file", d, "other", RENAME_NOREPLACE));
	EXPECT_EQ(0, SYS(renameat2, d, "file", d, "new", RENAME_NOREPLACE));
	EXPECT_EQ(0, SYS(renameat2, d, "new", d, "other", RENAME_EXCHANGE));
	EXPECT_EQ(file, inode_of("other"));
	EXPECT_EQ(other, inode_of("new"));
	EXPECT_EQ(0, SYS(renameat2, d, "new", d, "dir", RENAME_EXCHANGE));
	EXPECT_EQ(dir, inode_of("new"));
	EXPECT_EQ(other, inode_of("dir"));
	EXPECT_EQ(-ENOENT, SYS(renameat2, d, "new", d, "nothing", RENAME_EXCHANGE));
	EXPECT_EQ(-EINVAL, SYS(renameat2, d, "new", d, "dir", RENAME_EXCHANGE | RENAME_NOREPLACE));
	EXPECT_EQ(-EINVAL, SYS(renameat2, d, "new", d, "dir", RENAME_EXCHANGE | RENAME_WHITEOUT));
	EXPECT_EQ(-EINVAL, SYS(renameat2, d, "new", d, "dir", 8));
	EXPECT_EQ(-EINVAL, SYS(renameat2, d, "full", d, "full/inner", RENAME_EXCHANGE));
	EXPECT_EQ(-EBADF, SYS(renameat2, -1, "new", d, "x", 0));
	EXPECT_EQ(-EEXIST, SYS(renameat2, d, "dir", d, ".", RENAME_NOREPLACE));
}

/* A sticky directory, and directories that may not be written. */
TEST_F(names, permissions)
{
	ASSERT_EQ(0, chmod("full", 0555));
	EXPECT_EQ(is_root() ? 0 : -EACCES, SYS(link, "file", "full/new"));
	EXPECT_EQ(is_root() ? 0 : -EACCES, SYS(mkdir, "full/new2", 0755));
	EXPECT_EQ(is_root() ? 0 : -EACCES, SYS(rename, "full/inner", "x"));
	EXPECT_EQ(is_root() ? -ENOENT : -EACCES, SYS(unlink, "full/inner"));
	EXPECT_EQ(-EEXIST, SYS(mkdir, is_root() ? "full/new2" : "full/inner", 0755));
	ASSERT_EQ(0, chmod("full", 0));
	EXPECT_EQ(is_root() ? -ENOENT : -EACCES, SYS(unlink, "full/nothing"));
	ASSERT_EQ(0, chmod("full", 0755));
}

TEST_F(names, lengths)
{
	char name[257];

	memset(name, 'n', sizeof(name));
	name[256] = 0;
	EXPECT_EQ(-ENAMETOOLONG, SYS(mkdir, name, 0755));
	EXPECT_EQ(-ENAMETOOLONG, SYS(rename, "file", name));
	EXPECT_EQ(-ENAMETOOLONG, SYS(symlink, "x", name));
	EXPECT_EQ(-ENAMETOOLONG, SYS(unlink, name));
	EXPECT_EQ(-ENAMETOOLONG, SYS(open, name, O_RDWR | O_CREAT, 0600));
	name[255] = 0;
	EXPECT_EQ(0, SYS(mkdir, name, 0755));
	EXPECT_EQ(0, SYS(rmdir, name));
	EXPECT_EQ(0, SYS(rename, "file", name));
	EXPECT_LE(0, SYS(open, name, O_RDWR | O_CREAT, 0600));
	EXPECT_EQ(0, SYS(unlink, name));
}

TEST_HARNESS_MAIN
