// SPDX-License-Identifier: GPL-2.0
/*
 * Another root: chroot(2), and what paths mean then.
 *
 * Runs as: root user
 */
#include "files.h"
#include "kselftest_harness.h"

static int may_chroot(void)
{
	return !geteuid();
}

FIXTURE(chroot) {
	int outside;
};

/* Children of the harness: the change of the root is theirs alone. */
FIXTURE_SETUP(chroot)
{
	self->outside = open("/", O_PATH | O_DIRECTORY);
	ASSERT_LE(0, self->outside);
	mkdir("root", 0755);
	mkdir("root/dir", 0755);
	mkdir("root/closed", 0);
	touch("root/file");
	touch("outside");
	symlink("/file", "root/absolute");
	symlink("../../../file", "root/dir/up");
	symlink("root", "link");
	symlink("loop", "loop");
}

FIXTURE_TEARDOWN(chroot)
{
}

TEST_F(chroot, errors)
{
	void *bad;

	EXPECT_EQ(-ENOENT, SYS(chroot, "nothing"));
	EXPECT_EQ(-ENOENT, SYS(chroot, ""));
	EXPECT_EQ(-ENOTDIR, SYS(chroot, "outside"));
	EXPECT_EQ(-ENOTDIR, SYS(chroot, "outside/x"));
	EXPECT_EQ(-ELOOP, SYS(chroot, "loop"));
	EXPECT_EQ(-ENAMETOOLONG, SYS(chroot, long_path(PATH_MAX)));
	EXPECT_EQ(may_chroot() ? 0 : -EACCES, SYS(chroot, "root/closed"));
	for_each_bad_pointer(bad)
		EXPECT_EQ(-EFAULT, SYS(chroot, bad));
}

TEST_F(chroot, needs_capability)
{
	if (may_chroot())
		SKIP(return, "root may");
	EXPECT_EQ(-EPERM, SYS(chroot, "root"));
	EXPECT_EQ(-EPERM, SYS(chroot, "/"));
}

TEST_F(chroot, root_moves)
{
	char buf[PATH_MAX];

	if (!may_chroot())
		SKIP(return, "takes CAP_SYS_CHROOT");
	ASSERT_EQ(0, SYS(chroot, "link"));
	/* The working directory stays where it was. */
	EXPECT_TRUE(is_there("outside"));
	EXPECT_LT(0, SYS(getcwd, buf, sizeof(buf)));
	EXPECT_EQ(0, strncmp(buf, "(unreachable)/", 14));

	ASSERT_EQ(0, chdir("/"));
	EXPECT_EQ(2, SYS(getcwd, buf, sizeof(buf)));
	EXPECT_STREQ("/", buf);
	EXPECT_TRUE(is_there("/file"));
	EXPECT_TRUE(is_there("/../../file"));
	EXPECT_EQ(0, access("absolute", F_OK));
	EXPECT_EQ(0, access("dir/up", F_OK));
	EXPECT_FALSE(is_there("/outside"));
	EXPECT_EQ(-ENOENT, SYS(open, "/etc/passwd", O_RDONLY));

	ASSERT_EQ(0, chdir("dir"));
	EXPECT_EQ(5, SYS(getcwd, buf, sizeof(buf)));
	EXPECT_STREQ("/dir", buf);
	EXPECT_LE(0, SYS(open, "/new", O_CREAT | O_EXCL | O_WRONLY, 0600));
	EXPECT_LE(0, SYS(open, "../more", O_CREAT | O_WRONLY, 0600));
	EXPECT_TRUE(is_there("../new"));
	EXPECT_EQ(0, SYS(mkdir, "/newdir", 0700));
	EXPECT_EQ(0, SYS(rename, "/newdir", "/dir/newdir"));
	EXPECT_TRUE(is_there("newdir"));
	EXPECT_EQ(0, SYS(rmdir, "newdir"));
	EXPECT_EQ(0, SYS(unlink, "/new"));
}

/* A directory that was kept open leads back, to the root of the namespace. */
TEST_F(chroot, back_by_descriptor)
{
	if (!may_chroot())
		SKIP(return, "takes CAP_SYS_CHROOT");
	ASSERT_EQ(0, SYS(chroot, "root"));
	ASSERT_EQ(0, SYS(fchdir, self->outside));
	EXPECT_EQ(0, access("etc/passwd", F_OK));
	EXPECT_EQ(0, access("../../etc/passwd", F_OK));
	ASSERT_EQ(0, SYS(chroot, "."));
	EXPECT_EQ(0, access("/etc/passwd", F_OK));
}

TEST_F(chroot, inherited)
{
	int status;
	pid_t pid;

	if (!may_chroot())
		SKIP(return, "takes CAP_SYS_CHROOT");
	ASSERT_EQ(0, SYS(chroot, "root"));
	pid = fork();
	if (!pid)
		_exit(is_there("/file") && !is_there("/etc") ? 0 : 1);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_HARNESS_MAIN
