// SPDX-License-Identifier: GPL-2.0
/*
 * Extended attributes and POSIX ACLs.
 *
 * Runs as: root user
 */
#include <linux/capability.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <linux/xattr.h>

#include "files.h"
#include "kselftest_harness.h"

#define ACCESS	"system.posix_acl_access"
#define DEFAULT	"system.posix_acl_default"

static int is_root(void)
{
	return !geteuid();
}

FIXTURE(xattr) {
	int file, path;
};

FIXTURE_SETUP(xattr)
{
	self->file = make_file("file", "hello");
	self->path = open("file", O_PATH);
	ASSERT_EQ(0, mkdir("dir", 0755));
	ASSERT_EQ(0, symlink("file", "link"));
	ASSERT_EQ(0, mkfifo("fifo", 0600));
}

FIXTURE_TEARDOWN(xattr)
{
	unlink("file");
	unlink("link");
	unlink("fifo");
	rmdir("dir");
}

/* As "a b c", sorted by the filesystem. */
static int has(const char *list, long len, const char *name)
{
	for (const char *p = list; p < list + len; p += strlen(p) + 1)
		if (!strcmp(p, name))
			return 1;
	return 0;
}

TEST_F(xattr, set_get_list_remove)
{
	char buf[64];
	long len;

	EXPECT_EQ(0, SYS(setxattr, "file", "user.a", "one", 3, 0));
	EXPECT_EQ(0, SYS(setxattr, "link", "user.b", "three", 5, 0));
	EXPECT_EQ(0, SYS(fsetxattr, self->file, "user.empty", NULL, 0, 0));
	EXPECT_EQ(3, SYS(getxattr, "file", "user.a", buf, sizeof(buf)));
	EXPECT_EQ(0, memcmp(buf, "one", 3));
	EXPECT_EQ(3, SYS(getxattr, "file", "user.a", NULL, 0));
	EXPECT_EQ(3, SYS(getxattr, "file", "user.a", (void *)8, 0));
	EXPECT_EQ(3, SYS(getxattr, "file", "user.a", buf, 3));
	EXPECT_EQ(-ERANGE, SYS(getxattr, "file", "user.a", buf, 2));
	EXPECT_EQ(5, SYS(fgetxattr, self->file, "user.b", buf, sizeof(buf)));
	EXPECT_EQ(5, SYS(lgetxattr, "file", "user.b", buf, sizeof(buf)));
	EXPECT_EQ(0, SYS(getxattr, "link", "user.empty", buf, sizeof(buf)));

	len = SYS(listxattr, "file", buf, sizeof(buf));
	EXPECT_EQ(7 + 7 + 11, len);
	EXPECT_TRUE(has(buf, len, "user.a") && has(buf, len, "user.b") &&
		    has(buf, len, "user.empty"));
	EXPECT_EQ(len, SYS(flistxattr, self->file, NULL, 0));
	EXPECT_EQ(len, SYS(listxattr, "link", buf, len));
	EXPECT_EQ(-ERANGE, SYS(listxattr, "file", buf, len - 1));
	EXPECT_EQ(0, SYS(llistxattr, "link", buf, sizeof(buf)));

	EXPECT_EQ(0, SYS(removexattr, "link", "user.a"));
	EXPECT_EQ(0, SYS(fremovexattr, self->file, "user.b"));
	EXPECT_EQ(0, SYS(lremovexattr, "file", "user.empty"));
	EXPECT_EQ(-ENODATA, SYS(removexattr, "file", "user.a"));
	EXPECT_EQ(-ENODATA, SYS(getxattr, "file", "user.a", buf, sizeof(buf)));
	EXPECT_EQ(0, SYS(listxattr, "file", buf, sizeof(buf)));
}

TEST_F(xattr, flags)
{
	char buf[8];

	EXPECT_EQ(-ENODATA, SYS(setxattr, "file", "user.a", "1", 1, XATTR_REPLACE));
	EXPECT_EQ(0, SYS(setxattr, "file", "user.a", "1", 1, XATTR_CREATE));
	EXPECT_EQ(-EEXIST, SYS(setxattr, "file", "user.a", "2", 1, XATTR_CREATE));
	EXPECT_EQ(0, SYS(setxattr, "file", "user.a", "22", 2, XATTR_REPLACE));
	EXPECT_EQ(-EINVAL, SYS(setxattr, "file", "user.a", "3", 1, 4));
	EXPECT_EQ(2, SYS(getxattr, "file", "user.a", buf, sizeof(buf)));
	EXPECT_EQ('2', buf[1]);
}

TEST_F(xattr, limits)
{
	static char big[XATTR_SIZE_MAX + 1];
	char name[XATTR_NAME_MAX + 2];
	char buf[8];

	memset(name, 'n', sizeof(name));
	memcpy(name, "user.", 5);
	name[XATTR_NAME_MAX + 1] = 0;
	EXPECT_EQ(-ERANGE, SYS(setxattr, "file", name, "1", 1, 0));
	EXPECT_EQ(-ERANGE, SYS(getxattr, "file", name, buf, 8));
	EXPECT_EQ(-ERANGE, SYS(removexattr, "file", name));
	name[XATTR_NAME_MAX] = 0;
	EXPECT_EQ(0, SYS(setxattr, "file", name, "1", 1, 0));
	EXPECT_EQ(1, SYS(getxattr, "file", name, buf, 8));
	EXPECT_EQ(0, SYS(removexattr, "file", name));
	EXPECT_EQ(-ERANGE, SYS(setxattr, "file", "", "1", 1, 0));
	EXPECT_EQ(-ERANGE, SYS(getxattr, "file", "", buf, 8));
	EXPECT_EQ(-EINVAL, SYS(setxattr, "file", "user.", "1", 1, 0));

	EXPECT_EQ(-E2BIG, SYS(setxattr, "file", "user.a", big, sizeof(big), 0));
	EXPECT_EQ(-E2BIG, SYS(setxattr, "file", "user.a", NULL, LONG_MAX, 0));
	EXPECT_EQ(-E2BIG, SYS(setxattr, "file", "user.a", big, -1l, 0));
	/* What does not fit the inode and one block of ext4. */
	EXPECT_EQ(-ENOSPC, SYS(setxattr, "file", "user.a", big, XATTR_SIZE_MAX, 0));
	EXPECT_EQ(0, SYS(setxattr, "file", "user.a", big, 3000, 0));
	EXPECT_EQ(3000, SYS(getxattr, "file", "user.a", big, LONG_MAX));
	EXPECT_EQ(3000, SYS(getxattr, "file", "user.a", big, -1l));
	EXPECT_EQ(7, SYS(listxattr, "file", big, -1l));
}

TEST_F(xattr, namespaces)
{
	char buf[8];

	EXPECT_EQ(-EOPNOTSUPP, SYS(setxattr, "file", "unknown.a", "1", 1, 0));
	EXPECT_EQ(-EOPNOTSUPP, SYS(setxattr, "file", "user", "1", 1, 0));
	EXPECT_EQ(-EOPNOTSUPP, SYS(getxattr, "file", "system.unknown", buf, 8));
	EXPECT_EQ(-EPERM, SYS(setxattr, "file", "trusted.a", "1", 1, 0));
	EXPECT_EQ(-EPERM, SYS(removexattr, "file", "trusted.a"));
	EXPECT_EQ(-ENODATA, SYS(getxattr, "file", "trusted.a", buf, 8));
	EXPECT_EQ(-ENODATA, SYS(getxattr, "file", "security.a", buf, 8));
	/* Only regular files and directories. */
	EXPECT_EQ(-EPERM, SYS(setxattr, "fifo", "user.a", "1", 1, 0));
	EXPECT_EQ(-ENODATA, SYS(getxattr, "fifo", "user.a", buf, 8));
	EXPECT_EQ(-EPERM, SYS(lsetxattr, "link", "user.a", "1", 1, 0));
	EXPECT_EQ(-ENODATA, SYS(lgetxattr, "link", "user.a", buf, 8));
}

TEST_F(xattr, permissions)
{
	char buf[8];

	EXPECT_EQ(0, SYS(setxattr, "file", "user.a", "1", 1, 0));
	ASSERT_EQ(0, chmod("file", 0444));
	EXPECT_EQ(is_root() ? 0 : -EACCES, SYS(setxattr, "file", "user.a", "2", 1, 0));
	EXPECT_EQ(is_root() ? 0 : -EACCES, SYS(fsetxattr, self->file, "user.a", "2", 1, 0));
	EXPECT_EQ(1, SYS(getxattr, "file", "user.a", buf, 8));
	ASSERT_EQ(0, chmod("file", 0));
	EXPECT_EQ(is_root() ? 1 : -EACCES, SYS(getxattr, "file", "user.a", buf, 8));
	EXPECT_EQ(is_root() ? 0 : -EACCES, SYS(removexattr, "file", "user.a"));
	EXPECT_EQ(is_root() ? 0 : 7, SYS(listxattr, "file", buf, 8));
	/* The machine's root is read only; there is nothing to remove. */
	EXPECT_EQ(-EROFS, SYS(removexattr, "/usr", "user.nothing"));
}

TEST_F(xattr, descriptors)
{
	int reader = open("file", O_RDONLY), dir = open("dir", O_RDONLY), null, p[2];
	char buf[8];

	/* It is the inode that counts, not how the file is open. */
	EXPECT_EQ(0, SYS(fsetxattr, reader, "user.a", "1", 1, 0));
	EXPECT_EQ(0, SYS(fsetxattr, dir, "user.a", "1", 1, 0));
	EXPECT_EQ(1, SYS(getxattr, "dir", "user.a", buf, 8));
	EXPECT_EQ(-EBADF, SYS(fsetxattr, self->path, "user.a", "1", 1, 0));
	EXPECT_EQ(-EBADF, SYS(fgetxattr, self->path, "user.a", buf, 8));
	EXPECT_EQ(-EBADF, SYS(flistxattr, self->path, buf, 8));
	EXPECT_EQ(-EBADF, SYS(fremovexattr, self->path, "user.a"));
	EXPECT_EQ(-EBADF, SYS(fgetxattr, -1, "user.a", buf, 8));
	ASSERT_EQ(0, pipe(p));
	null = open("/dev/null", O_RDWR);
	ASSERT_LE(0, null);
	EXPECT_EQ(-ENODATA, SYS(fgetxattr, p[0], "user.a", buf, 8));
	EXPECT_EQ(-EPERM, SYS(fsetxattr, p[0], "user.a", "1", 1, 0));
	EXPECT_EQ(-ENODATA, SYS(fgetxattr, null, "user.a", buf, 8));
	EXPECT_EQ(0, SYS(flistxattr, p[0], buf, 8));
}

TEST_F(xattr, bad_pointers)
{
	char buf[8];
	void *bad;

	EXPECT_EQ(0, SYS(setxattr, "file", "user.a", "1", 1, 0));
	for_each_bad_pointer(bad) {
		EXPECT_EQ(-EFAULT, SYS(setxattr, bad, "user.a", "1", 1, 0));
		EXPECT_EQ(-EFAULT, SYS(setxattr, "file", bad, "1", 1, 0));
		EXPECT_EQ(-EFAULT, SYS(setxattr, "file", "user.a", bad, 1, 0));
		EXPECT_EQ(-EFAULT, SYS(getxattr, "file", bad, buf, 8));
		EXPECT_EQ(-EFAULT, SYS(getxattr, "file", "user.a", bad, 8));
		EXPECT_EQ(-EFAULT, SYS(listxattr, "file", bad, 8));
		EXPECT_EQ(-EFAULT, SYS(removexattr, "file", bad));
		EXPECT_EQ(-EFAULT, SYS(fsetxattr, self->file, "user.a", bad, 1, 0));
	}
	EXPECT_EQ(-EFAULT, SYS(setxattr, "file", at_page_end("user.a", 6), "1", 1, 0));
	EXPECT_EQ(0, SYS(setxattr, "file", at_page_end("user.a", 7), "1", 1, 0));
	EXPECT_EQ(0, SYS(setxattr, "file", "user.a", at_page_end("12", 2), 2, 0));
	EXPECT_EQ(-EFAULT, SYS(setxattr, "file", "user.a", at_page_end("12", 2), 3, 0));
	EXPECT_EQ(2, SYS(getxattr, "file", "user.a", page_end() - 2, 8));
	EXPECT_EQ(-EFAULT, SYS(getxattr, "file", "user.a", page_end() - 1, 8));
	EXPECT_EQ(-ENOENT, SYS(getxattr, "nothing", "user.a", buf, 8));
	EXPECT_EQ(-ENOENT, SYS(getxattr, "", "user.a", buf, 8));
	EXPECT_EQ(-ENOTDIR, SYS(getxattr, "file/x", "user.a", buf, 8));
}

/* tmpfs learned user.* in 6.6; what it says has to be the same anyway. */
TEST_F(xattr, tmpfs)
{
	char buf[8];
	long ret;

	close(open("/tmp/file", O_CREAT | O_WRONLY, 0644));
	ret = SYS(setxattr, "/tmp/file", "user.a", "1", 1, 0);
	EXPECT_EQ(ret ? -EOPNOTSUPP : 0, ret);
	EXPECT_EQ(ret ?: 1, SYS(getxattr, "/tmp/file", "user.a", buf, 8));
	unlink("/tmp/file");
}

/* The tmpfs is the container's own, so capabilities stay in it. */
TEST_F(xattr, capabilities)
{
	struct vfs_cap_data caps = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data = { { .permitted = 1 << CAP_NET_RAW } },
	};
	struct vfs_ns_cap_data got;
	int fd;

	fd = open("/tmp/file", O_CREAT | O_WRONLY, 0755);
	ASSERT_LE(0, fd);
	if (!is_root()) {
		EXPECT_EQ(-EPERM, SYS(fsetxattr, fd, "security.capability", &caps,
				      XATTR_CAPS_SZ_2, 0));
	} else {
		EXPECT_EQ(-EINVAL, SYS(fsetxattr, fd, "security.capability", &caps, 3, 0));
		ASSERT_EQ(0, SYS(fsetxattr, fd, "security.capability", &caps,
				 XATTR_CAPS_SZ_2, 0));
		EXPECT_EQ(XATTR_CAPS_SZ_2, SYS(getxattr, "/tmp/file", "security.capability",
					       &got, sizeof(got)));
		EXPECT_EQ(caps.data[0].permitted, got.data[0].permitted);
		/* Who writes takes them away. */
		EXPECT_EQ(1, write(fd, "x", 1));
		EXPECT_EQ(-ENODATA, SYS(getxattr, "/tmp/file", "security.capability",
					&got, sizeof(got)));
		ASSERT_EQ(0, SYS(fsetxattr, fd, "security.capability", &caps,
				 XATTR_CAPS_SZ_2, 0));
		EXPECT_EQ(0, SYS(removexattr, "/tmp/file", "security.capability"));
	}
	unlink("/tmp/file");
}

struct acl {
	struct posix_acl_xattr_header head;
	struct posix_acl_xattr_entry entry[5];
};

/* u::rw u:uid:perm g::r m::rwx o::- */
static struct acl acl_for(uid_t uid, int perm)
{
	return (struct acl) {
		.head = { POSIX_ACL_XATTR_VERSION },
		.entry = {
			{ ACL_USER_OBJ, 6, ACL_UNDEFINED_ID }, { ACL_USER, perm, uid },
			{ ACL_GROUP_OBJ, 4, ACL_UNDEFINED_ID }, { ACL_MASK, 7, ACL_UNDEFINED_ID },
			{ ACL_OTHER, 0, ACL_UNDEFINED_ID },
		},
	};
}

TEST_F(xattr, acl)
{
	struct acl acl = acl_for(12345, 7), got;
	char list[64];
	long len;

	EXPECT_EQ(-ENODATA, SYS(getxattr, "file", ACCESS, &got, sizeof(got)));
	ASSERT_EQ(0, SYS(setxattr, "file", ACCESS, &acl, sizeof(acl), 0));
	EXPECT_EQ(sizeof(acl), SYS(getxattr, "file", ACCESS, NULL, 0));
	EXPECT_EQ(sizeof(acl), SYS(getxattr, "file", ACCESS, &got, sizeof(got)));
	EXPECT_EQ(0, memcmp(&acl, &got, sizeof(acl)));
	EXPECT_EQ(-ERANGE, SYS(getxattr, "file", ACCESS, &got, sizeof(got) - 1));
	EXPECT_EQ(S_IFREG | 0670, mode_of("file"));
	len = SYS(listxattr, "file", list, sizeof(list));
	EXPECT_TRUE(has(list, len, ACCESS));
	/* The mask follows the mode's group bits. */
	ASSERT_EQ(0, chmod("file", 0640));
	EXPECT_EQ(sizeof(acl), SYS(fgetxattr, self->file, ACCESS, &got, sizeof(got)));
	EXPECT_EQ(4, got.entry[3].e_perm);
	EXPECT_EQ(0, SYS(removexattr, "file", ACCESS));
	EXPECT_EQ(-ENODATA, SYS(getxattr, "file", ACCESS, &got, sizeof(got)));
	EXPECT_EQ(S_IFREG | 0640, mode_of("file"));
}

TEST_F(xattr, acl_errors)
{
	struct acl acl = acl_for(12345, 7);

	EXPECT_EQ(-EACCES, SYS(setxattr, "file", DEFAULT, &acl, sizeof(acl), 0));
	EXPECT_EQ(-EINVAL, SYS(setxattr, "file", ACCESS, &acl, sizeof(acl) - 1, 0));
	EXPECT_EQ(-EINVAL, SYS(setxattr, "file", ACCESS, &acl, 3, 0));
	EXPECT_EQ(-EINVAL, SYS(setxattr, "file", ACCESS, &acl, sizeof(acl) - 8, 0));
	acl.head.a_version = 1;
	EXPECT_EQ(-EOPNOTSUPP, SYS(setxattr, "file", ACCESS, &acl, sizeof(acl), 0));
	acl = acl_for(-1, 7);
	EXPECT_EQ(-EINVAL, SYS(setxattr, "file", ACCESS, &acl, sizeof(acl), 0));
	acl = acl_for(1, 8);
	EXPECT_EQ(-EINVAL, SYS(setxattr, "file", ACCESS, &acl, sizeof(acl), 0));
	acl = acl_for(1, 7);
	EXPECT_EQ(-EOPNOTSUPP, SYS(lsetxattr, "link", ACCESS, &acl, sizeof(acl), 0));
}

TEST_F(xattr, acl_inherited)
{
	struct acl acl = acl_for(12345, 6), got;

	ASSERT_EQ(0, SYS(setxattr, "dir", DEFAULT, &acl, sizeof(acl), 0));
	umask(077);
	touch("dir/file");
	EXPECT_EQ(sizeof(acl), SYS(getxattr, "dir/file", ACCESS, &got, sizeof(got)));
	EXPECT_EQ(12345, got.entry[1].e_id);
	/* The umask has no say where there is a default ACL. */
	EXPECT_EQ(S_IFREG | 0640, mode_of("dir/file") & ~0020);
	ASSERT_EQ(0, mkdir("dir/dir", 0777));
	EXPECT_EQ(sizeof(acl), SYS(getxattr, "dir/dir", DEFAULT, &got, sizeof(got)));
	ASSERT_EQ(0, mkfifo("dir/fifo", 0666));
	EXPECT_EQ(sizeof(acl), SYS(getxattr, "dir/fifo", ACCESS, &got, sizeof(got)));
	unlink("dir/file");
	unlink("dir/fifo");
	rmdir("dir/dir");
}

/* It is not only stored, it is obeyed. */
TEST_F(xattr, acl_obeyed)
{
	struct acl acl = acl_for(4321, 4);
	int status;
	pid_t pid;

	if (!is_root())
		SKIP(return, "takes another user");
	ASSERT_EQ(0, chmod("file", 0600));
	ASSERT_EQ(0, SYS(setxattr, "file", ACCESS, &acl, sizeof(acl), 0));
	pid = fork();
	if (!pid) {
		if (setresgid(4321, 4321, 4321) || setresuid(4321, 4321, 4321))
			_exit(3);
		if (open("file", O_RDONLY) < 0)
			_exit(1);
		_exit(open("file", O_WRONLY) >= 0 ? 2 : 0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

#ifndef SYS_setxattrat
#define SYS_setxattrat		463
#define SYS_getxattrat		464
#define SYS_listxattrat		465
#define SYS_removexattrat	466
#endif

struct args {
	__u64 value;
	__u32 size, flags;
};

/* A kernel without the calls does the same by way of /proc, as C libraries do. */
static const char *by_proc(int dfd, const char *path)
{
	static char name[64];

	snprintf(name, sizeof(name), "/proc/self/fd/%d/%s", dfd, path);
	return name;
}

static long set_at(int dfd, const char *path, int flags, const char *name, const char *value)
{
	struct args args = { (unsigned long)value, strlen(value), 0 };
	long ret = SYS(setxattrat, dfd, path, flags, name, &args, sizeof(args));

	if (ret != -ENOSYS)
		return ret;
	return flags ? SYS(lsetxattr, by_proc(dfd, path), name, value, strlen(value), 0) :
		       SYS(setxattr, by_proc(dfd, path), name, value, strlen(value), 0);
}

static long get_at(int dfd, const char *path, int flags, const char *name, char *buf, size_t size)
{
	struct args args = { (unsigned long)buf, size, 0 };
	long ret = SYS(getxattrat, dfd, path, flags, name, &args, sizeof(args));

	if (ret != -ENOSYS)
		return ret;
	return flags ? SYS(lgetxattr, by_proc(dfd, path), name, buf, size) :
		       SYS(getxattr, by_proc(dfd, path), name, buf, size);
}

TEST_F(xattr, at)
{
	int dir = open(".", O_PATH | O_DIRECTORY);
	char buf[8];
	long ret;

	EXPECT_EQ(0, set_at(dir, "link", 0, "user.a", "12"));
	EXPECT_EQ(-EPERM, set_at(dir, "link", AT_SYMLINK_NOFOLLOW, "user.a", "12"));
	EXPECT_EQ(2, get_at(dir, "file", 0, "user.a", buf, 8));
	EXPECT_EQ(-ENODATA, get_at(dir, "link", AT_SYMLINK_NOFOLLOW, "user.a", buf, 8));
	EXPECT_EQ(-ENOENT, get_at(dir, "nothing", 0, "user.a", buf, 8));
	ret = SYS(listxattrat, dir, "file", 0, buf, 8);
	if (ret == -ENOSYS)
		ret = SYS(listxattr, "file", buf, 8);
	EXPECT_EQ(7, ret);
	ret = SYS(removexattrat, dir, "file", 0, "user.a");
	if (ret == -ENOSYS)
		ret = SYS(removexattr, "file", "user.a");
	EXPECT_EQ(0, ret);
	EXPECT_EQ(-ENODATA, get_at(dir, "file", 0, "user.a", buf, 8));
}

TEST_HARNESS_MAIN
