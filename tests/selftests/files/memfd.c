// SPDX-License-Identifier: GPL-2.0
/*
 * Files without a name: memfd_create, its seals, what is mapped, what is run.
 *
 * Runs as: root user
 */
#include <linux/falloc.h>
#include <linux/memfd.h>
#include <sys/wait.h>

#include "files.h"
#include "kselftest_harness.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL	8u
#define MFD_EXEC	16u
#endif
#define SIZE	8192

static int sealed(int seals)
{
	int fd = memfd_create("test", MFD_ALLOW_SEALING);

	if (fd < 0 || ftruncate(fd, SIZE) || (seals && fcntl(fd, F_ADD_SEALS, seals)))
		abort();
	return fd;
}

TEST(create)
{
	char name[300], buf[64], link[300];
	int fd = SYS(memfd_create, "a name", MFD_CLOEXEC);
	struct stat st;
	ssize_t len;

	ASSERT_LE(0, fd);
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	EXPECT_EQ(F_SEAL_SEAL, fcntl(fd, F_GET_SEALS));
	EXPECT_EQ(-EPERM, SYS(fcntl, fd, F_ADD_SEALS, F_SEAL_SHRINK));
	ASSERT_EQ(0, fstat(fd, &st));
	EXPECT_EQ(S_IFREG | 0777, st.st_mode);
	EXPECT_EQ(0, st.st_nlink);
	snprintf(buf, sizeof(buf), "/proc/self/fd/%d", fd);
	len = readlink(buf, link, sizeof(link) - 1);
	ASSERT_LT(0, len);
	link[len] = 0;
	EXPECT_STREQ("/memfd:a name (deleted)", link);
	memset(name, 'n', sizeof(name));
	name[250] = 0;
	EXPECT_EQ(-EINVAL, SYS(memfd_create, name, 0));
	name[249] = 0;
	EXPECT_LE(0, SYS(memfd_create, name, 0));
	EXPECT_EQ(-EINVAL, SYS(memfd_create, "x", 1 << 12));
	EXPECT_EQ(-EFAULT, SYS(memfd_create, UNMAPPED, 0));
	/* Opened again, it is the same file. */
	EXPECT_EQ(3, write(fd, "abc", 3));
	fd = open(buf, O_RDWR);
	ASSERT_LE(0, fd);
	EXPECT_EQ(3, read(fd, link, sizeof(link)));
}

TEST(seal_size)
{
	int fd = sealed(F_SEAL_SHRINK | F_SEAL_GROW);

	EXPECT_EQ(F_SEAL_SHRINK | F_SEAL_GROW, fcntl(fd, F_GET_SEALS));
	EXPECT_EQ(-EPERM, SYS(ftruncate, fd, SIZE - 1));
	EXPECT_EQ(-EPERM, SYS(ftruncate, fd, SIZE + 1));
	EXPECT_EQ(0, SYS(ftruncate, fd, SIZE));
	EXPECT_EQ(-EPERM, SYS(fallocate, fd, 0, 0, 2 * SIZE));
	EXPECT_EQ(4, SYS(pwrite64, fd, "abcd", 4, 0));
	EXPECT_EQ(-EPERM, SYS(pwrite64, fd, "abcd", 4, SIZE));
	EXPECT_EQ(0, SYS(fcntl, fd, F_ADD_SEALS, F_SEAL_SEAL));
	EXPECT_EQ(-EPERM, SYS(fcntl, fd, F_ADD_SEALS, F_SEAL_WRITE));
	EXPECT_EQ(-EINVAL, SYS(fcntl, sealed(0), F_ADD_SEALS, 1 << 20));
	EXPECT_EQ(-EINVAL, SYS(fcntl, make_file("file", "x"), F_GET_SEALS));
	EXPECT_EQ(-EINVAL, SYS(fcntl, make_file("file", "x"), F_ADD_SEALS, F_SEAL_WRITE));
}

TEST(seal_write)
{
	int fd = sealed(0), in = make_file("in", "0123456789");
	char *map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	loff_t off = 0;

	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(-EBUSY, SYS(fcntl, fd, F_ADD_SEALS, F_SEAL_WRITE));
	strcpy(map, "mapped");
	munmap(map, SIZE);
	EXPECT_EQ(0, SYS(fcntl, fd, F_ADD_SEALS, F_SEAL_WRITE));
	EXPECT_EQ(-EPERM, SYS(write, fd, "x", 1));
	EXPECT_EQ(-EPERM, SYS(sendfile, fd, in, &off, 1));
	EXPECT_EQ(-EPERM, SYS(fallocate, fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096));
	EXPECT_EQ(-EPERM, SYS(mmap, NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_STREQ("mapped", map);
	map[0] = 'x';
}

TEST(future_write)
{
	int fd = sealed(0);
	char *map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(0, SYS(fcntl, fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE));
	EXPECT_EQ(-EPERM, SYS(write, fd, "x", 1));
	strcpy(map, "still");
	EXPECT_EQ(-EPERM, SYS(mmap, NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
}

/* One memory, however it is reached. */
TEST(coherent)
{
	int fd = sealed(0), status;
	char *a = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	char *b = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	char buf[8] = {};
	pid_t pid;

	strcpy(a, "one");
	EXPECT_STREQ("one", b);
	EXPECT_EQ(4, pread(fd, buf, 4, 0));
	EXPECT_STREQ("one", buf);
	ASSERT_EQ(4, pwrite(fd, "two", 4, 0));
	EXPECT_STREQ("two", a);
	pid = fork();
	if (!pid) {
		strcpy(b, "three");
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_STREQ("three", a);
	EXPECT_EQ(0, msync(a, SIZE, MS_SYNC));
	EXPECT_EQ(0, madvise(a, SIZE, MADV_REMOVE));
	EXPECT_EQ(0, b[0]);
}

static void copy_self(int to)
{
	char buf[65536];
	int from = open("/proc/self/exe", O_RDONLY);
	ssize_t len;

	while ((len = read(from, buf, sizeof(buf))) > 0)
		if (write(to, buf, len) != len)
			abort();
	close(from);
}

TEST(exec)
{
	char *const argv[] = { "memfd", "--list", NULL }, *const envp[] = { NULL };
	int fd = SYS(memfd_create, "program", MFD_CLOEXEC), status;
	pid_t pid;

	ASSERT_LE(0, fd);
	copy_self(fd);
	pid = fork();
	if (!pid) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, 1);
		dup2(null, 2);
		SYS(execveat, fd, "", argv, envp, AT_EMPTY_PATH);
		_exit(99);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) != 99);
	/* Without permission to run it is no program. */
	ASSERT_EQ(0, fchmod(fd, 0600));
	pid = fork();
	if (!pid)
		_exit(-SYS(execveat, fd, "", argv, envp, AT_EMPTY_PATH));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(EACCES, WEXITSTATUS(status));
}

/* Since 6.3. */
TEST(noexec_seal)
{
	int fd = SYS(memfd_create, "x", MFD_NOEXEC_SEAL);
	struct stat st;

	if (fd == -EINVAL)
		SKIP(return, "an older kernel");
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, fstat(fd, &st));
	EXPECT_EQ(S_IFREG | 0666, st.st_mode);
	EXPECT_EQ(-EPERM, SYS(fchmod, fd, 0777));
	EXPECT_EQ(-EINVAL, SYS(memfd_create, "x", MFD_NOEXEC_SEAL | MFD_EXEC));
}

TEST_HARNESS_MAIN
