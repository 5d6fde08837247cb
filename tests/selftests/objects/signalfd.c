// SPDX-License-Identifier: GPL-2.0
/*
 * signalfd(2): what is taken, what it tells, and who waits for it.
 *
 * Runs as: root user
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"
#include "objects/util.h"

static sigset_t set_of(int a, int b)
{
	sigset_t set;

	sigemptyset(&set);
	if (a)
		sigaddset(&set, a);
	if (b)
		sigaddset(&set, b);
	return set;
}

/* Blocked in the caller, and taken by a new descriptor. */
static int open_for(int a, int b, int flags)
{
	sigset_t set = set_of(a, b);

	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, flags);
}

/* The number of the signal, or a negative errno. */
static int take(int fd, struct signalfd_siginfo *info)
{
	ssize_t ret = read(fd, info, sizeof(*info));

	return ret == sizeof(*info) ? (int)info->ssi_signo : ret < 0 ? -errno : -1000;
}

TEST(takes_what_it_is_for)
{
	int fd = open_for(SIGUSR1, SIGUSR2, SFD_NONBLOCK);
	struct signalfd_siginfo info;
	sigset_t set;

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, events(fd));
	EXPECT_EQ(-EAGAIN, take(fd, &info));
	kill(getpid(), SIGUSR2);
	kill(getpid(), SIGUSR1);
	kill(getpid(), SIGUSR1);
	EXPECT_EQ(POLLIN, events(fd));
	EXPECT_EQ(SIGUSR1, take(fd, &info));
	EXPECT_EQ(SI_USER, info.ssi_code);
	EXPECT_EQ(getpid(), info.ssi_pid);
	EXPECT_EQ(getuid(), info.ssi_uid);
	EXPECT_EQ(0, info.ssi_errno);
	EXPECT_EQ(SIGUSR2, take(fd, &info));
	EXPECT_EQ(-EAGAIN, take(fd, &info));
	/* Others stay. */
	set = set_of(SIGWINCH, 0);
	sigprocmask(SIG_BLOCK, &set, NULL);
	kill(getpid(), SIGWINCH);
	EXPECT_EQ(0, events(fd));
	set = set_of(SIGWINCH, SIGUSR1);
	EXPECT_EQ(fd, signalfd(fd, &set, 0));
	EXPECT_EQ(POLLIN, events(fd));
	EXPECT_EQ(SIGWINCH, take(fd, &info));
}

TEST(several_at_once)
{
	int fd = open_for(SIGRTMIN, SIGRTMIN + 1, 0), i;
	struct signalfd_siginfo infos[8];

	for (i = 0; i < 6; i++)
		ASSERT_EQ(0, sigqueue(getpid(), SIGRTMIN + (i & 1),
				      (union sigval){ .sival_int = i }));
	ASSERT_EQ(4 * sizeof(*infos), read(fd, infos, 4 * sizeof(*infos) + 17));
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(SIGRTMIN, infos[i].ssi_signo);
		EXPECT_EQ(2 * i, infos[i].ssi_int);
		EXPECT_EQ(SI_QUEUE, infos[i].ssi_code);
		EXPECT_EQ(getpid(), infos[i].ssi_pid);
	}
	EXPECT_EQ(SIGRTMIN + 1, infos[3].ssi_signo);
	EXPECT_EQ(1, infos[3].ssi_int);
	ASSERT_EQ(2 * sizeof(*infos), read(fd, infos, sizeof(infos)));
	EXPECT_EQ(3, infos[0].ssi_int);
	EXPECT_EQ(5, infos[1].ssi_int);
}

TEST(bad_arguments)
{
	sigset_t set = set_of(SIGUSR1, 0);
	int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), pipes[2];
	struct signalfd_siginfo info;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, pipe(pipes));
	sigprocmask(SIG_BLOCK, &set, NULL);
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	EXPECT_EQ(O_RDWR | O_NONBLOCK, fcntl(fd, F_GETFL));
	EXPECT_EQ(-1, syscall(SYS_signalfd4, -1, &set, 4, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, syscall(SYS_signalfd4, -1, &set, 8, 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, syscall(SYS_signalfd4, -1, at(16), 8, 1));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, syscall(SYS_signalfd4, -2, &set, 8, 0));
	EXPECT_EQ(EBADF, errno);
	EXPECT_EQ(-1, syscall(SYS_signalfd4, pipes[0], &set, 8, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(fd, syscall(SYS_signalfd, fd, &set, 8));
	EXPECT_EQ(-1, read(fd, &info, sizeof(info) - 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, write(fd, &info, sizeof(info)));
	EXPECT_EQ(EINVAL, errno);
	/* What could not be copied is lost. */
	kill(getpid(), SIGUSR1);
	EXPECT_EQ(-1, read(fd, at(16), sizeof(info)));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-EAGAIN, take(fd, &info));
}

TEST(told_by_proc)
{
	sigset_t set = set_of(SIGUSR1, SIGRTMAX);
	char name[64], text[1024], *mask;
	struct stat st;
	FILE *file;
	size_t len;
	int fd;

	/* These cannot be taken. */
	sigaddset(&set, SIGKILL);
	sigaddset(&set, SIGSTOP);
	fd = signalfd(-1, &set, 0);
	snprintf(name, sizeof(name), "/proc/self/fdinfo/%d", fd);
	file = fopen(name, "r");
	ASSERT_NE(NULL, file);
	len = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[len] = 0;
	mask = strstr(text, "sigmask:\t");
	ASSERT_NE(NULL, mask);
	EXPECT_STREQ("sigmask:\t8000000000000200\n", mask);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	len = readlink(name, text, sizeof(text));
	EXPECT_EQ(0, strncmp("anon_inode:[signalfd]", text, len));
	EXPECT_EQ(0, fstat(fd, &st));
	EXPECT_EQ(0600, st.st_mode);
}

/* Of all kinds of signals, with the members that they have. */
TEST(what_it_tells)
{
	int fd = open_for(SIGCHLD, SIGALRM, 0), rt = open_for(SIGRTMIN, SIGSEGV, SFD_NONBLOCK);
	struct sigevent event = {
		.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM, .sigev_value.sival_int = 42,
	};
	struct itimerspec soon = { .it_value.tv_nsec = 1 };
	struct signalfd_siginfo info;
	siginfo_t forged = {};
	timer_t timer;
	pid_t child;
	int pipes[2];

	child = fork();
	if (!child)
		_exit(7);
	EXPECT_EQ(SIGCHLD, take(fd, &info));
	EXPECT_EQ(CLD_EXITED, info.ssi_code);
	EXPECT_EQ(child, info.ssi_pid);
	EXPECT_EQ(getuid(), info.ssi_uid);
	EXPECT_EQ(7, info.ssi_status);
	waitpid(child, NULL, 0);

	ASSERT_EQ(0, timer_create(CLOCK_MONOTONIC, &event, &timer));
	ASSERT_EQ(0, timer_settime(timer, 0, &soon, NULL));
	EXPECT_EQ(SIGALRM, take(fd, &info));
	EXPECT_EQ(SI_TIMER, info.ssi_code);
	EXPECT_EQ(42, info.ssi_int);
	EXPECT_EQ(0, info.ssi_overrun);

	ASSERT_EQ(0, pipe(pipes));
	fcntl(pipes[0], F_SETOWN, getpid());
	fcntl(pipes[0], F_SETSIG, SIGRTMIN);
	fcntl(pipes[0], F_SETFL, O_ASYNC | O_NONBLOCK);
	ASSERT_EQ(1, write(pipes[1], "x", 1));
	EXPECT_EQ(SIGRTMIN, take(rt, &info));
	EXPECT_EQ(POLL_IN, info.ssi_code);
	EXPECT_EQ(pipes[0], info.ssi_fd);
	EXPECT_EQ(POLLIN | POLLRDNORM, info.ssi_band);
	EXPECT_EQ(0, info.ssi_pid);

	/* One's own may look like anything. */
	forged.si_code = SEGV_MAPERR;
	forged.si_addr = at(0x1234);
	ASSERT_EQ(0, syscall(SYS_rt_sigqueueinfo, getpid(), SIGSEGV, &forged));
	EXPECT_EQ(SIGSEGV, take(rt, &info));
	EXPECT_EQ(SEGV_MAPERR, info.ssi_code);
	EXPECT_EQ(0x1234, info.ssi_addr);
	forged.si_code = -60;
	forged.si_pid = 99;
	forged.si_value.sival_ptr = at(0x12345678abcd);
	ASSERT_EQ(0, syscall(SYS_rt_sigqueueinfo, getpid(), SIGRTMIN, &forged));
	EXPECT_EQ(SIGRTMIN, take(rt, &info));
	EXPECT_EQ(99, info.ssi_pid);
	EXPECT_EQ(0x12345678abcd, info.ssi_ptr);
}

/* Whoever reads, reads its own. */
TEST(shared_with_a_child)
{
	int fd = open_for(SIGUSR1, 0, SFD_NONBLOCK), status;
	struct signalfd_siginfo info;
	pid_t child;

	kill(getpid(), SIGUSR1);
	child = fork();
	if (!child) {
		status = take(fd, &info) != -EAGAIN;
		kill(getpid(), SIGUSR1);
		status |= (take(fd, &info) != SIGUSR1) << 1;
		status |= (info.ssi_pid != (uint32_t)getpid()) << 2;
		_exit(status);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(SIGUSR1, take(fd, &info));
}

static void send_later(pid_t pid, int sig)
{
	if (fork())
		return;
	usleep(100000);
	kill(pid, sig);
	_exit(0);
}

TEST(waits)
{
	int fd = open_for(SIGUSR1, 0, 0), ep = epoll_create1(0);
	struct epoll_event event = { .events = EPOLLIN };
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	struct signalfd_siginfo info;

	alarm_after(30, 0);
	EXPECT_EQ(-EINTR, take(fd, &info));
	no_alarm();
	alarm_after(30, SA_RESTART);
	send_later(getpid(), SIGUSR1);
	EXPECT_EQ(SIGUSR1, take(fd, &info));
	no_alarm();
	send_later(getpid(), SIGUSR1);
	EXPECT_EQ(1, poll(&pfd, 1, 20000));
	EXPECT_EQ(SIGUSR1, take(fd, &info));
	ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event));
	EXPECT_EQ(0, epoll_wait(ep, &event, 1, 0));
	send_later(getpid(), SIGUSR1);
	EXPECT_EQ(1, epoll_wait(ep, &event, 1, 20000));
	EXPECT_EQ(SIGUSR1, take(fd, &info));
	EXPECT_EQ(0, epoll_wait(ep, &event, 1, 0));
	while (wait(NULL) > 0)
		;
}

/* The process whose signals are watched ends before those who watch. */
TEST(outlives_its_process)
{
	int ep = epoll_create1(0), i, fd;
	struct epoll_event event = { .events = EPOLLIN };
	pid_t child;

	for (i = 0; i < 50; i++) {
		fd = open_for(SIGUSR1, 0, SFD_NONBLOCK);
		ASSERT_LE(0, fd);
		child = fork();
		if (!child) {
			epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event);
			kill(getpid(), SIGUSR1);
			_exit(0);
		}
		waitpid(child, NULL, 0);
		/* It asks for the asker's own signals. */
		EXPECT_EQ(0, epoll_wait(ep, &event, 1, 0));
		if (i & 1)
			EXPECT_EQ(0, epoll_ctl(ep, EPOLL_CTL_DEL, fd, NULL));
		close(fd);
	}
}

static atomic_bool stop;
static atomic_int taken;

static void *reader(void *arg)
{
	struct signalfd_siginfo infos[4];
	int fd = *(int *)arg;
	ssize_t n;

	while (!stop) {
		n = read(fd, infos, sizeof(infos));
		if (n > 0)
			taken += n / sizeof(*infos);
		else
			usleep(100);
		events(fd);
	}
	return NULL;
}

TEST(many_at_once)
{
	int fd = open_for(SIGRTMIN, SIGRTMIN + 1, SFD_NONBLOCK), i, sent = 0;
	pthread_t threads[4];
	long end;

	stop = false;
	for (i = 0; i < 4; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, reader, &fd));
	for (end = ms_now() + 2000; ms_now() < end; )
		sent += !sigqueue(getpid(), SIGRTMIN + (sent & 1), (union sigval){});
	for (end = ms_now() + 10000; taken < sent && ms_now() < end; )
		usleep(1000);
	stop = true;
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	EXPECT_EQ(sent, taken);
}

TEST_HARNESS_MAIN
