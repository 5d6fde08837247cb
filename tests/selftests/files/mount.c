// SPDX-License-Identifier: GPL-2.0
/*
 * Mounts that a container makes of what it has: bind, read-only, move, umount,
 * another root.
 *
 * Runs as: root
 * With: CAP_SYS_ADMIN
 */
#include <sys/mount.h>
#include <sys/wait.h>

#include "files.h"
#include "kselftest_harness.h"

static long mount_at(const char *from, const char *to, unsigned long flags)
{
	/* The type is nothing's name: nobody may look. */
	return SYS(mount, from, to, "none of them", flags, NULL);
}

static long umount_at(const char *path, int flags)
{
	return SYS(umount2, path, flags);
}

FIXTURE(mount) {
};

FIXTURE_SETUP(mount)
{
	enter_fresh();
	ASSERT_EQ(0, mkdir("from", 0755));
	ASSERT_EQ(0, mkdir("to", 0755));
	touch("from/file");
	touch("to/below");
	close(make_file("one", "one"));
	close(make_file("two", "two"));
}

FIXTURE_TEARDOWN(mount)
{
}

/* Lines of mountinfo with that mount point, below the working directory. */
static int mounts_at(const char *name)
{
	char line[4096], cwd[PATH_MAX], path[PATH_MAX + 256];
	FILE *file = fopen("/proc/self/mountinfo", "r");
	int found = 0;

	if (!file || !getcwd(cwd, sizeof(cwd)))
		abort();
	snprintf(path, sizeof(path), " %s/%s ", cwd, name);
	while (fgets(line, sizeof(line), file))
		found += !!strstr(line, path);
	fclose(file);
	return found;
}

TEST_F(mount, directory)
{
	struct stat from, to;
	int fd;

	ASSERT_EQ(0, mount_at("from", "to", MS_BIND));
	EXPECT_EQ(1, mounts_at("to"));
	EXPECT_TRUE(is_there("to/file"));
	EXPECT_FALSE(is_there("to/below"));
	ASSERT_EQ(0, stat("from/file", &from));
	ASSERT_EQ(0, stat("to/file", &to));
	EXPECT_EQ(from.st_ino, to.st_ino);
	EXPECT_EQ(from.st_dev, to.st_dev);
	touch("to/new");
	EXPECT_TRUE(is_there("from/new"));
	/* Another mount, though of the same filesystem. */
	EXPECT_EQ(-EXDEV, SYS(link, "to/file", "linked"));
	EXPECT_EQ(-EXDEV, SYS(rename, "to/file", "renamed"));
	EXPECT_EQ(-EBUSY, SYS(rmdir, "to"));
	EXPECT_EQ(-EBUSY, SYS(rename, "to", "elsewhere"));
	fd = open("to/file", O_RDONLY);
	EXPECT_EQ(-EBUSY, umount_at("to", 0));
	close(fd);
	EXPECT_EQ(0, umount_at("to", 0));
	EXPECT_EQ(0, mounts_at("to"));
	EXPECT_TRUE(is_there("to/below"));
	EXPECT_EQ(-EINVAL, umount_at("to", 0));
}

TEST_F(mount, file)
{
	char buf[4] = "";
	int fd;

	ASSERT_EQ(0, mount_at("one", "two", MS_BIND));
	fd = open("two", O_RDONLY);
	EXPECT_EQ(3, read(fd, buf, 3));
	EXPECT_STREQ("one", buf);
	close(fd);
	EXPECT_EQ(-EBUSY, SYS(unlink, "two"));
	EXPECT_EQ(-EBUSY, SYS(rename, "one", "two"));
	EXPECT_EQ(0, umount_at("two", 0));
	EXPECT_EQ(0, SYS(unlink, "two"));
}

TEST_F(mount, read_only)
{
	int fd = open("from/file", O_RDWR);

	ASSERT_EQ(0, mount_at("from", "to", MS_BIND));
	ASSERT_EQ(0, mount_at(NULL, "to", MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID));
	EXPECT_EQ(-EROFS, SYS(open, "to/file", O_RDWR));
	EXPECT_EQ(-EROFS, SYS(open, "to/new", O_CREAT | O_WRONLY, 0644));
	EXPECT_EQ(-EROFS, SYS(mkdir, "to/dir", 0755));
	EXPECT_EQ(-EROFS, SYS(unlink, "to/file"));
	EXPECT_EQ(-EROFS, SYS(rename, "to/file", "to/other"));
	EXPECT_EQ(-EROFS, SYS(chmod, "to/file", 0600));
	EXPECT_EQ(-EROFS, SYS(truncate, "to/file", 1));
	EXPECT_EQ(-EROFS, SYS(setxattr, "to/file", "user.a", "b", 1, 0));
	EXPECT_EQ(-EROFS, SYS(utimensat, AT_FDCWD, "to/file", NULL, 0));
	EXPECT_EQ(-EROFS, SYS(access, "to/file", W_OK));
	/* Not by the other mount. */
	EXPECT_EQ(2, write(fd, "ab", 2));
	close(fd);
	/* A copy of the mount is read-only as well. */
	ASSERT_EQ(0, mkdir("copy", 0755));
	ASSERT_EQ(0, mount_at("to", "copy", MS_BIND));
	EXPECT_EQ(-EROFS, SYS(open, "copy/file", O_RDWR));
	EXPECT_EQ(0, umount_at("copy", 0));
	EXPECT_EQ(0, umount_at("to", 0));
}

TEST_F(mount, whole_tree)
{
	ASSERT_EQ(0, mkdir("from/sub", 0755));
	ASSERT_EQ(0, mkdir("other", 0755));
	touch("other/deep");
	ASSERT_EQ(0, mount_at("other", "from/sub", MS_BIND));
	ASSERT_EQ(0, mount_at("from", "to", MS_BIND));
	EXPECT_FALSE(is_there("to/sub/deep"));
	EXPECT_EQ(0, umount_at("to", 0));
	ASSERT_EQ(0, mount_at("from", "to", MS_BIND | MS_REC));
	EXPECT_TRUE(is_there("to/sub/deep"));
	EXPECT_EQ(-EBUSY, umount_at("to", 0));
	EXPECT_EQ(0, umount_at("to", MNT_DETACH));
	EXPECT_EQ(0, mounts_at("to/sub"));
	EXPECT_EQ(0, umount_at("from/sub", 0));
}

TEST_F(mount, moved)
{
	ASSERT_EQ(0, mkdir("third", 0755));
	ASSERT_EQ(0, mount_at("from", "to", MS_BIND));
	ASSERT_EQ(0, mount_at("to", "third", MS_MOVE));
	EXPECT_TRUE(is_there("third/file"));
	EXPECT_TRUE(is_there("to/below"));
	EXPECT_EQ(-EINVAL, mount_at("to", "third", MS_MOVE));
	EXPECT_EQ(0, umount_at("third", 0));
}

/* What is open stays, wherever it was. */
TEST_F(mount, detached)
{
	char buf[PATH_MAX];
	int fd, dir;

	ASSERT_EQ(0, mount_at("from", "to", MS_BIND));
	dir = open("to", O_PATH);
	fd = openat(dir, "file", O_RDWR);
	ASSERT_EQ(0, SYS(fchdir, dir));
	ASSERT_EQ(0, umount_at(".", MNT_DETACH));
	EXPECT_EQ(1, write(fd, "x", 1));
	EXPECT_EQ(0, SYS(faccessat, dir, "file", R_OK));
	EXPECT_TRUE(is_there("file"));
	/* Its root is the end of the world. */
	EXPECT_TRUE(is_there("../file"));
	EXPECT_LT(0, SYS(getcwd, buf, sizeof(buf)));
	EXPECT_EQ('(', *buf);
	close(fd);
	close(dir);
}

static pid_t start_idler(int *fds, char *dir, size_t size)
{
	pid_t pid;
	char c;

	if (pipe(fds))
		abort();
	pid = fork();
	if (!pid) {
		close(fds[1]);
		_exit(read(fds[0], &c, 1));
	}
	snprintf(dir, size, "/proc/%d", pid);
	return pid;
}

static void end_idler(int *fds, pid_t pid)
{
	close(fds[0]);
	close(fds[1]);
	if (waitpid(pid, NULL, 0) != pid)
		abort();
}

/* Of a process, and on one, that ends. */
TEST_F(mount, process)
{
	char dir[32], path[64];
	int fds[2];
	pid_t pid;

	pid = start_idler(fds, dir, sizeof(dir));
	ASSERT_EQ(0, mount_at(dir, "to", MS_BIND));
	EXPECT_TRUE(is_there("to/status"));
	end_idler(fds, pid);
	EXPECT_FALSE(is_there("to/status"));
	EXPECT_FALSE(is_there("to/fd/0"));
	EXPECT_EQ(0, umount_at("to", 0));

	pid = start_idler(fds, dir, sizeof(dir));
	snprintf(path, sizeof(path), "%s/file", dir);
	ASSERT_EQ(0, mount_at("from", dir, MS_BIND));
	EXPECT_TRUE(is_there(path));
	end_idler(fds, pid);
	EXPECT_FALSE(is_there(path));
	EXPECT_EQ(-ENOENT, umount_at(dir, 0));
}

/* Files that are no directory's: namespaces can be bound, pipes cannot. */
TEST_F(mount, magic_links)
{
	char path[64];
	int fds[2];

	EXPECT_EQ(0, mount_at("/proc/self/ns/uts", "one", MS_BIND));
	EXPECT_EQ(0, umount_at("one", 0));
	EXPECT_EQ(-EINVAL, mount_at("/proc/self/ns/mnt", "one", MS_BIND));
	ASSERT_EQ(0, pipe(fds));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fds[0]);
	EXPECT_EQ(-EINVAL, mount_at(path, "one", MS_BIND));
	EXPECT_EQ(-EINVAL, mount_at(path, "one", MS_MOVE));
}

TEST_F(mount, errors)
{
	void *bad;

	EXPECT_EQ(-ENOENT, mount_at("nothing", "to", MS_BIND));
	EXPECT_EQ(-ENOENT, mount_at("from", "nothing", MS_BIND));
	EXPECT_EQ(-ENOTDIR, mount_at("from", "one", MS_BIND));
	EXPECT_EQ(-ENOTDIR, mount_at("one", "to", MS_BIND));
	EXPECT_EQ(-EINVAL, mount_at(NULL, "to", MS_BIND));
	EXPECT_EQ(-EINVAL, mount_at(NULL, "to", MS_MOVE));
	EXPECT_EQ(-EINVAL, mount_at(NULL, "to", MS_REMOUNT | MS_BIND | MS_RDONLY));
	EXPECT_EQ(-EINVAL, mount_at("from", "to", MS_MOVE));
	EXPECT_EQ(-EINVAL, umount_at("to", 0));
	EXPECT_EQ(-EINVAL, umount_at("to", 0x100));
	EXPECT_EQ(-EINVAL, umount_at("to", MNT_DETACH | MNT_EXPIRE));
	EXPECT_EQ(-ENOENT, umount_at("nothing", 0));
	EXPECT_EQ(-ENAMETOOLONG, umount_at(long_path(PATH_MAX), 0));
	EXPECT_EQ(-EINVAL, SYS(pivot_root, "from", "to"));
	EXPECT_EQ(-ENOENT, SYS(pivot_root, "nothing", "to"));
	EXPECT_EQ(-ENOTDIR, SYS(pivot_root, "one", "to"));
	for_each_bad_pointer(bad) {
		EXPECT_EQ(-EFAULT, mount_at("from", bad, MS_BIND));
		EXPECT_EQ(-EFAULT, umount_at(bad, 0));
		EXPECT_EQ(-EFAULT, SYS(pivot_root, bad, "to"));
		if (bad) {
			EXPECT_EQ(-EFAULT, mount_at(bad, "to", MS_BIND));
		}
	}
}

/* There, and back again: all of the container is with us. */
TEST_F(mount, another_root)
{
	char cwd[PATH_MAX], back[PATH_MAX + 16];

	ASSERT_NE(NULL, getcwd(cwd, sizeof(cwd)));
	snprintf(back, sizeof(back), "/old%s/from", cwd);
	ASSERT_EQ(0, mkdir("from/old", 0755));
	ASSERT_EQ(0, mount_at("from", "from", MS_BIND));
	ASSERT_EQ(0, SYS(pivot_root, "from", "from/old"));
	EXPECT_TRUE(is_there("/file"));
	EXPECT_FALSE(is_there("/usr"));
	EXPECT_TRUE(is_there("/old/usr"));
	EXPECT_EQ(0, SYS(pivot_root, "/old", back));
	EXPECT_TRUE(is_there("/usr"));
	EXPECT_EQ(0, chdir(cwd));
	EXPECT_EQ(0, umount_at("from", 0));
}

TEST_HARNESS_MAIN
