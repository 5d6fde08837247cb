// SPDX-License-Identifier: GPL-2.0
/*
 * FIFOs: who waits for whom, and what a name has to do with it.
 *
 * Runs as: root user
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "kselftest_harness.h"
#include "objects/util.h"

FIXTURE(fifo) {
	int rd;
	int wr;
};

FIXTURE_SETUP(fifo)
{
	ASSERT_EQ(0, mkfifo("fifo", 0600));
}

FIXTURE_TEARDOWN(fifo)
{
	no_alarm();
	unlink("fifo");
}

TEST_F(fifo, reader_does_not_wait)
{
	char c;

	self->rd = open("fifo", O_RDONLY | O_NONBLOCK);
	ASSERT_LE(0, self->rd);
	EXPECT_EQ(O_RDONLY | O_NONBLOCK | LARGEFILE, fcntl(self->rd, F_GETFL));
	/* No writer was there: not the end, but nothing to wait for either. */
	EXPECT_EQ(0, events(self->rd));
	EXPECT_EQ(0, read(self->rd, &c, 1));
	self->wr = open("fifo", O_WRONLY);
	ASSERT_LE(0, self->wr);
	EXPECT_EQ(-1, read(self->rd, &c, 1));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(1, write(self->wr, "x", 1));
	EXPECT_EQ(POLLIN | POLLRDNORM, events(self->rd));
	close(self->wr);
	EXPECT_EQ(POLLIN | POLLRDNORM | POLLHUP, events(self->rd));
	EXPECT_EQ(1, read(self->rd, &c, 1));
	EXPECT_EQ(0, read(self->rd, &c, 1));
	EXPECT_EQ(POLLHUP, events(self->rd));
	/* And again. */
	self->wr = open("fifo", O_WRONLY | O_NONBLOCK);
	ASSERT_LE(0, self->wr);
	EXPECT_EQ(0, events(self->rd));
}

TEST_F(fifo, writer_does_not_wait)
{
	EXPECT_EQ(-1, open("fifo", O_WRONLY | O_NONBLOCK));
	EXPECT_EQ(ENXIO, errno);
}

TEST_F(fifo, both_in_one)
{
	char c;

	self->rd = open("fifo", O_RDWR);
	ASSERT_LE(0, self->rd);
	EXPECT_EQ(1, write(self->rd, "x", 1));
	EXPECT_EQ(1, read(self->rd, &c, 1));
	EXPECT_EQ(POLLOUT | POLLWRNORM, events(self->rd));
	self->wr = open("fifo", O_WRONLY | O_NONBLOCK);
	EXPECT_LE(0, self->wr);
}

TEST_F(fifo, meet)
{
	int status;
	pid_t child = fork();
	char c;

	if (!child) {
		usleep(100000);
		self->wr = open("fifo", O_WRONLY);
		_exit(self->wr < 0 || write(self->wr, "x", 1) != 1);
	}
	self->rd = open("fifo", O_RDONLY);
	ASSERT_LE(0, self->rd);
	EXPECT_EQ(1, read(self->rd, &c, 1));
	EXPECT_EQ(0, read(self->rd, &c, 1));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(fifo, writer_waits)
{
	int status;
	pid_t child = fork();
	char c;

	if (!child) {
		self->wr = open("fifo", O_WRONLY);
		_exit(self->wr < 0 || write(self->wr, "x", 1) != 1);
	}
	usleep(100000);
	self->rd = open("fifo", O_RDONLY | O_NONBLOCK);
	ASSERT_LE(0, self->rd);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(1, read(self->rd, &c, 1));
}

/* Who comes and goes at once has been there. */
TEST_F(fifo, short_visit)
{
	int status;
	pid_t child = fork();

	if (!child) {
		self->rd = open("fifo", O_RDONLY);
		_exit(self->rd < 0);
	}
	usleep(100000);
	self->wr = open("fifo", O_WRONLY | O_NONBLOCK);
	ASSERT_LE(0, self->wr);
	close(self->wr);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(fifo, waiting_is_interrupted)
{
	alarm_after(50, 0);
	EXPECT_EQ(-1, open("fifo", O_RDONLY));
	EXPECT_EQ(EINTR, errno);
	EXPECT_EQ(-1, open("fifo", O_WRONLY));
	EXPECT_EQ(EINTR, errno);
	/* Nobody is left behind. */
	EXPECT_EQ(-1, open("fifo", O_WRONLY | O_NONBLOCK));
	EXPECT_EQ(ENXIO, errno);
}

TEST_F(fifo, waiting_goes_on)
{
	pid_t child = fork();

	if (!child) {
		usleep(300000);
		_exit(open("fifo", O_WRONLY) < 0);
	}
	alarm_after(50, SA_RESTART);
	EXPECT_LE(0, open("fifo", O_RDONLY));
	EXPECT_LE(1, signals);
	waitpid(child, NULL, 0);
}

TEST_F(fifo, waiting_is_killed)
{
	int status;
	pid_t child = fork();

	if (!child) {
		open("fifo", O_RDONLY);
		_exit(0);
	}
	usleep(50000);
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
}

TEST_F(fifo, attributes)
{
	struct stat by_fd, by_path;
	char name[64], link[256] = "", here[200];

	self->rd = open("fifo", O_RDWR);
	ASSERT_LE(0, self->rd);
	ASSERT_EQ(0, fstat(self->rd, &by_fd));
	ASSERT_EQ(0, stat("fifo", &by_path));
	EXPECT_EQ((mode_t)(S_IFIFO | 0600), by_fd.st_mode);
	EXPECT_EQ(by_path.st_dev, by_fd.st_dev);
	EXPECT_EQ(by_path.st_ino, by_fd.st_ino);
	EXPECT_EQ(0, by_fd.st_size);
	EXPECT_EQ(-1, lseek(self->rd, 0, SEEK_CUR));
	EXPECT_EQ(ESPIPE, errno);
	EXPECT_EQ(0, fchmod(self->rd, 0640));
	ASSERT_EQ(0, stat("fifo", &by_path));
	EXPECT_EQ((mode_t)(S_IFIFO | 0640), by_path.st_mode);
	ASSERT_EQ(0, fstat(self->rd, &by_fd));
	EXPECT_EQ((mode_t)(S_IFIFO | 0640), by_fd.st_mode);

	snprintf(name, sizeof(name), "/proc/self/fd/%d", self->rd);
	ASSERT_LT(0, readlink(name, link, sizeof(link) - 1));
	ASSERT_NE(NULL, getcwd(here, sizeof(here)));
	EXPECT_EQ(0, memcmp(link, here, strlen(here)));
	EXPECT_STREQ("/fifo", link + strlen(here));
}

/* The name may go, or be another's; the open files stay connected. */
TEST_F(fifo, unlinked)
{
	int other, again;
	char c;

	self->rd = open("fifo", O_RDONLY | O_NONBLOCK);
	self->wr = open("fifo", O_WRONLY);
	ASSERT_EQ(0, unlink("fifo"));
	ASSERT_EQ(0, mkfifo("fifo", 0600));
	other = open("fifo", O_RDWR | O_NONBLOCK);
	ASSERT_LE(0, other);
	EXPECT_EQ(1, write(self->wr, "x", 1));
	EXPECT_EQ(-1, read(other, &c, 1));
	EXPECT_EQ(EAGAIN, errno);
	again = open_fd(self->wr, O_RDONLY | O_NONBLOCK);
	ASSERT_LE(0, again);
	EXPECT_EQ(1, read(again, &c, 1));
	EXPECT_EQ(-1, read(self->rd, &c, 1));
	EXPECT_EQ(EAGAIN, errno);
}

TEST_F(fifo, two_names)
{
	char c;

	ASSERT_EQ(0, link("fifo", "other"));
	self->rd = open("fifo", O_RDONLY | O_NONBLOCK);
	self->wr = open("other", O_WRONLY | O_NONBLOCK);
	ASSERT_LE(0, self->wr);
	EXPECT_EQ(1, write(self->wr, "x", 1));
	EXPECT_EQ(1, read(self->rd, &c, 1));
	unlink("other");
}

TEST_F(fifo, permission)
{
	if (!geteuid())
		SKIP(return, "root may");
	ASSERT_EQ(0, chmod("fifo", 0400));
	EXPECT_LE(0, open("fifo", O_RDONLY | O_NONBLOCK));
	EXPECT_EQ(-1, open("fifo", O_WRONLY | O_NONBLOCK));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(-1, open("fifo", O_RDWR));
	EXPECT_EQ(EACCES, errno);
}

TEST_F(fifo, flags)
{
	EXPECT_EQ(-1, open("fifo", O_RDWR | O_CREAT | O_EXCL, 0600));
	EXPECT_EQ(EEXIST, errno);
	EXPECT_EQ(-1, open("fifo", O_RDWR | O_DIRECT));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, open("fifo", O_RDWR | O_DIRECTORY));
	EXPECT_EQ(ENOTDIR, errno);
	EXPECT_EQ(-1, open("fifo", O_ACCMODE));
	EXPECT_EQ(EINVAL, errno);
	self->rd = open("fifo", O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600);
	ASSERT_LE(0, self->rd);
	EXPECT_EQ(O_RDWR | O_APPEND | LARGEFILE, fcntl(self->rd, F_GETFL));
}

TEST_HARNESS_MAIN
