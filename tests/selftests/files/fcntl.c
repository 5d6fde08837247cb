// SPDX-License-Identifier: GPL-2.0
/*
 * fcntl in full, flock, close_range: descriptors, owners and signals, locks,
 * leases, directory notification.
 *
 * Runs as: root user
 */
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "files.h"
#include "kselftest_harness.h"

FIXTURE(fcntl) {
	int fd, reader, path, pipe[2];
};

FIXTURE_SETUP(fcntl)
{
	enter_fresh();
	self->fd = make_file("file", "0123456789");
	self->reader = open("file", O_RDONLY);
	self->path = open("file", O_PATH);
	ASSERT_EQ(0, pipe(self->pipe));
	alarm(30);
}

FIXTURE_TEARDOWN(fcntl)
{
}

TEST_F(fcntl, dup)
{
	struct rlimit few = { 100, 100 };

	EXPECT_EQ(50, SYS(fcntl, self->fd, F_DUPFD, 50));
	EXPECT_EQ(51, SYS(fcntl, self->fd, F_DUPFD_CLOEXEC, 50));
	EXPECT_EQ(0, SYS(fcntl, 50, F_GETFD));
	EXPECT_EQ(FD_CLOEXEC, SYS(fcntl, 51, F_GETFD));
	EXPECT_EQ(52, SYS(fcntl, self->path, F_DUPFD, 50));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &few));
	EXPECT_EQ(-EINVAL, SYS(fcntl, self->fd, F_DUPFD, 100));
	EXPECT_EQ(-EINVAL, SYS(fcntl, self->fd, F_DUPFD, -1));
	EXPECT_EQ(99, SYS(fcntl, self->fd, F_DUPFD, 99));
	EXPECT_EQ(-EMFILE, SYS(fcntl, self->fd, F_DUPFD, 99));
	EXPECT_EQ(-EBADF, SYS(fcntl, 98, F_DUPFD, 0));
	EXPECT_EQ(60, SYS(dup3, self->fd, 60, O_CLOEXEC));
	EXPECT_EQ(-EINVAL, SYS(dup3, self->fd, self->fd, 0));
	EXPECT_EQ(self->fd, SYS(dup2, self->fd, self->fd));
	EXPECT_EQ(-EBADF, SYS(dup2, self->fd, 100));
	/* One position for all of them. */
	EXPECT_EQ(3, lseek(60, 3, SEEK_SET));
	EXPECT_EQ(3, lseek(self->fd, 0, SEEK_CUR));
}

TEST_F(fcntl, flags)
{
	const int can = O_APPEND | O_NONBLOCK | O_ASYNC | O_NOATIME | O_DIRECT;
	int before = SYS(fcntl, self->fd, F_GETFL);

	EXPECT_EQ(0, SYS(fcntl, self->fd, F_SETFL, O_APPEND | O_NONBLOCK | O_TRUNC | O_RDONLY));
	EXPECT_EQ(before | O_APPEND | O_NONBLOCK, SYS(fcntl, self->fd, F_GETFL));
	EXPECT_EQ(0, SYS(fcntl, self->fd, F_SETFL, 0));
	EXPECT_EQ(before & ~can, SYS(fcntl, self->fd, F_GETFL));
	EXPECT_EQ(0, SYS(fcntl, self->fd, F_SETFL, O_SYNC | O_CREAT | O_DIRECTORY));
	EXPECT_EQ(before & ~can, SYS(fcntl, self->fd, F_GETFL));
	EXPECT_EQ(-EBADF, SYS(fcntl, self->path, F_SETFL, 0));
	EXPECT_EQ(O_PATH, SYS(fcntl, self->path, F_GETFL));
	EXPECT_EQ(0, SYS(fcntl, self->path, F_SETFD, FD_CLOEXEC));
	EXPECT_EQ(FD_CLOEXEC, SYS(fcntl, self->path, F_GETFD));
	EXPECT_EQ(-EINVAL, SYS(fcntl, self->fd, 9999, 0));
	EXPECT_EQ(-EBADF, SYS(fcntl, -1, F_GETFL));
}

static struct flock lock_of(int type, long start, long len)
{
	return (struct flock) {
		.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len,
	};
}

static int in_child(long (*what)(void *arg), void *arg)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(-what(arg));
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static long lock_whole(void *arg)
{
	struct flock lock = lock_of(F_WRLCK, 0, 0);

	return SYS(fcntl, *(int *)arg, F_SETLK, &lock);
}

static long who_locks(void *arg)
{
	struct flock lock = lock_of(F_WRLCK, 0, 0);

	if (SYS(fcntl, *(int *)arg, F_GETLK, &lock))
		return -100;
	if (lock.l_type != F_RDLCK || lock.l_start != 5 || lock.l_len != 3)
		return -101;
	return lock.l_pid == getppid() ? 0 : -102;
}

TEST_F(fcntl, posix_locks)
{
	struct flock lock = lock_of(F_RDLCK, 5, 3);
	void *bad;

	EXPECT_EQ(0, SYS(fcntl, self->fd, F_SETLK, &lock));
	EXPECT_EQ(EAGAIN, in_child(lock_whole, &self->fd));
	EXPECT_EQ(0, in_child(who_locks, &self->fd));
	lock = lock_of(F_WRLCK, 0, 0);
	EXPECT_EQ(0, SYS(fcntl, self->fd, F_GETLK, &lock));
	EXPECT_EQ(F_UNLCK, lock.l_type);
	/* They go with any descriptor of the file. */
	close(dup(self->reader));
	EXPECT_EQ(0, in_child(lock_whole, &self->fd));
	lock = lock_of(F_WRLCK, 0, 0);
	EXPECT_EQ(-EBADF, SYS(fcntl, self->reader, F_SETLK, &lock));
	EXPECT_EQ(-EBADF, SYS(fcntl, self->path, F_SETLK, &lock));
	lock.l_type = 7;
	EXPECT_EQ(-EINVAL, SYS(fcntl, self->fd, F_SETLK, &lock));
	lock = lock_of(F_WRLCK, -1, 1);
	EXPECT_EQ(-EINVAL, SYS(fcntl, self->fd, F_SETLK, &lock));
	lock = lock_of(F_WRLCK, LONG_MAX, 2);
	EXPECT_EQ(-EOVERFLOW, SYS(fcntl, self->fd, F_SETLK, &lock));
	lock = lock_of(F_WRLCK, LONG_MAX, 1);
	EXPECT_EQ(0, SYS(fcntl, self->fd, F_SETLK, &lock));
	for_each_bad_pointer(bad)
		EXPECT_EQ(-EFAULT, SYS(fcntl, self->fd, F_SETLK, bad));
}

TEST_F(fcntl, ofd_locks)
{
	int other = open("file", O_RDWR);
	struct flock lock = lock_of(F_WRLCK, 0, 0);

	EXPECT_EQ(0, SYS(fcntl, self->fd, F_OFD_SETLK, &lock));
	EXPECT_EQ(-EAGAIN, SYS(fcntl, other, F_OFD_SETLK, &lock));
	EXPECT_EQ(0, SYS(fcntl, other, F_OFD_GETLK, &lock));
	EXPECT_EQ(F_WRLCK, lock.l_type);
	EXPECT_EQ(-1, lock.l_pid);
	EXPECT_EQ(-EINVAL, SYS(fcntl, self->fd, F_OFD_SETLK, &lock));
	EXPECT_EQ(EAGAIN, in_child(lock_whole, &self->fd));
	close(self->fd);
	EXPECT_EQ(0, in_child(lock_whole, &other));
}

static void on_signal(int sig)
{
}

TEST_F(fcntl, lock_wait_interrupted)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct flock lock = lock_of(F_WRLCK, 0, 0);
	int status, ready[2];
	char c;
	pid_t pid;

	ASSERT_EQ(0, pipe(ready));
	pid = fork();
	if (!pid) {
		if (SYS(fcntl, self->fd, F_SETLKW, &lock) || write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	ASSERT_EQ(1, read(ready[0], &c, 1));
	sigaction(SIGALRM, &action, NULL);
	ualarm(50000, 0);
	EXPECT_EQ(-EINTR, SYS(fcntl, self->fd, F_SETLKW, &lock));
	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, SYS(fcntl, self->fd, F_SETLKW, &lock));
}

TEST_F(fcntl, flock)
{
	int other = open("file", O_RDONLY);

	EXPECT_EQ(0, SYS(flock, self->fd, LOCK_EX));
	EXPECT_EQ(-EWOULDBLOCK, SYS(flock, other, LOCK_SH | LOCK_NB));
	EXPECT_EQ(0, SYS(flock, self->fd, LOCK_SH));
	EXPECT_EQ(0, SYS(flock, other, LOCK_SH | LOCK_NB));
	EXPECT_EQ(-EWOULDBLOCK, SYS(flock, other, LOCK_EX | LOCK_NB));
	EXPECT_EQ(0, SYS(flock, self->fd, LOCK_UN));
	EXPECT_EQ(0, SYS(flock, other, LOCK_EX | LOCK_NB));
	EXPECT_EQ(-EINVAL, SYS(flock, self->fd, 0));
	EXPECT_EQ(-EBADF, SYS(flock, -1, LOCK_SH));
	EXPECT_EQ(-EBADF, SYS(flock, self->path, LOCK_SH));
	EXPECT_EQ(0, SYS(flock, self->pipe[0], LOCK_SH));
}

TEST_F(fcntl, owner)
{
	struct f_owner_ex owner = { F_OWNER_TID, getpid() };

	EXPECT_EQ(0, SYS(fcntl, self->pipe[0], F_GETOWN));
	EXPECT_EQ(0, SYS(fcntl, self->pipe[0], F_SETOWN, getpid()));
	EXPECT_EQ(getpid(), SYS(fcntl, self->pipe[0], F_GETOWN));
	EXPECT_EQ(0, SYS(fcntl, self->pipe[0], F_SETOWN_EX, &owner));
	owner.pid = 0;
	EXPECT_EQ(0, SYS(fcntl, self->pipe[0], F_GETOWN_EX, &owner));
	EXPECT_EQ(getpid(), owner.pid);
	EXPECT_EQ(F_OWNER_TID, owner.type);
	owner.type = 9;
	EXPECT_EQ(-EINVAL, SYS(fcntl, self->pipe[0], F_SETOWN_EX, &owner));
	owner = (struct f_owner_ex) { F_OWNER_PID, 99999 };
	EXPECT_EQ(-ESRCH, SYS(fcntl, self->pipe[0], F_SETOWN_EX, &owner));
	EXPECT_EQ(-ESRCH, SYS(fcntl, self->pipe[0], F_SETOWN, 99999));
	EXPECT_EQ(-EINVAL, SYS(fcntl, self->pipe[0], F_SETOWN, INT_MIN));
	EXPECT_EQ(0, SYS(fcntl, self->pipe[0], F_GETSIG));
	EXPECT_EQ(0, SYS(fcntl, self->pipe[0], F_SETSIG, SIGUSR1));
	EXPECT_EQ(SIGUSR1, SYS(fcntl, self->pipe[0], F_GETSIG));
	EXPECT_EQ(-EINVAL, SYS(fcntl, self->pipe[0], F_SETSIG, 65));
	EXPECT_EQ(-EBADF, SYS(fcntl, self->path, F_GETOWN));
}

/* SIGIO, or what was asked for in its place, with the descriptor in it. */
TEST_F(fcntl, signal_of_input)
{
	struct timespec second = { 5, 0 };
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	ASSERT_EQ(0, SYS(fcntl, self->pipe[0], F_SETOWN, getpid()));
	ASSERT_EQ(0, SYS(fcntl, self->pipe[0], F_SETSIG, SIGRTMIN));
	ASSERT_EQ(0, SYS(fcntl, self->pipe[0], F_SETFL, O_ASYNC));
	ASSERT_EQ(1, write(self->pipe[1], "x", 1));
	ASSERT_EQ(SIGRTMIN, sigtimedwait(&set, &info, &second));
	EXPECT_EQ(self->pipe[0], info.si_fd);
	EXPECT_EQ(POLL_IN, info.si_code);
}

TEST_F(fcntl, lease)
{
	struct timespec second = { 5, 0 };
	int status, fd;
	sigset_t set;
	pid_t pid;

	close(self->fd);
	fd = self->reader;
	sigemptyset(&set);
	sigaddset(&set, SIGIO);
	sigprocmask(SIG_BLOCK, &set, NULL);
	EXPECT_EQ(F_UNLCK, SYS(fcntl, fd, F_GETLEASE));
	ASSERT_EQ(0, SYS(fcntl, fd, F_SETLEASE, F_RDLCK));
	EXPECT_EQ(F_RDLCK, SYS(fcntl, fd, F_GETLEASE));
	EXPECT_EQ(-EAGAIN, SYS(fcntl, open("file", O_RDONLY), F_SETLEASE, F_WRLCK));
	EXPECT_EQ(-EWOULDBLOCK, SYS(open, "file", O_WRONLY | O_NONBLOCK));
	EXPECT_EQ(SIGIO, sigtimedwait(&set, NULL, &second));
	pid = fork();
	if (!pid)
		_exit(open("file", O_WRONLY) < 0);
	EXPECT_EQ(0, SYS(fcntl, fd, F_SETLEASE, F_UNLCK));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(-EINVAL, SYS(fcntl, fd, F_SETLEASE, 9));
	EXPECT_EQ(-EINVAL, SYS(fcntl, self->pipe[0], F_SETLEASE, F_RDLCK));
}

TEST_F(fcntl, notify)
{
	struct timespec second = { 5, 0 };
	int dir = open(".", O_RDONLY);
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGIO);
	sigprocmask(SIG_BLOCK, &set, NULL);
	ASSERT_EQ(0, SYS(fcntl, dir, F_NOTIFY, DN_CREATE | DN_MULTISHOT));
	touch("new");
	EXPECT_EQ(SIGIO, sigtimedwait(&set, NULL, &second));
	EXPECT_EQ(0, SYS(mkdir, "dir", 0755));
	EXPECT_EQ(SIGIO, sigtimedwait(&set, NULL, &second));
	EXPECT_EQ(-ENOTDIR, SYS(fcntl, self->fd, F_NOTIFY, DN_CREATE));
	EXPECT_EQ(0, SYS(fcntl, dir, F_NOTIFY, 0));
}

TEST_F(fcntl, close_range)
{
	for (int fd = 40; fd < 50; fd++)
		ASSERT_EQ(fd, dup2(self->fd, fd));
	EXPECT_EQ(0, SYS(close_range, 42, 44, 0));
	EXPECT_EQ(0, SYS(fcntl, 41, F_GETFD));
	EXPECT_EQ(-EBADF, SYS(fcntl, 42, F_GETFD));
	EXPECT_EQ(-EBADF, SYS(fcntl, 44, F_GETFD));
	EXPECT_EQ(0, SYS(fcntl, 45, F_GETFD));
	EXPECT_EQ(0, SYS(close_range, 45, 46, CLOSE_RANGE_CLOEXEC));
	EXPECT_EQ(FD_CLOEXEC, SYS(fcntl, 45, F_GETFD));
	EXPECT_EQ(-EINVAL, SYS(close_range, 46, 45, 0));
	EXPECT_EQ(-EINVAL, SYS(close_range, 45, 46, 1));
	EXPECT_EQ(0, SYS(close_range, 40, ~0u, CLOSE_RANGE_UNSHARE));
	EXPECT_EQ(-EBADF, SYS(fcntl, 49, F_GETFD));
}

TEST_HARNESS_MAIN
