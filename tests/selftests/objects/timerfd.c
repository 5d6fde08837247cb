// SPDX-License-Identifier: GPL-2.0
/*
 * timerfd_create(2) and company: clocks, periods, and who waits for them.
 *
 * Runs as: root user
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>

#include "kselftest_harness.h"
#include "objects/util.h"

#ifndef TFD_IOC_SET_TICKS
#define TFD_IOC_SET_TICKS	_IOW('T', 0, __u64)
#endif

#define MS	1000000L

static const int clocks[] = { CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_BOOTTIME };

static long take(int fd)
{
	uint64_t n;
	ssize_t ret = read(fd, &n, sizeof(n));

	return ret == sizeof(n) ? (long)n : ret < 0 ? -errno : -1000;
}

/* Now or soon: what is over fires with the next interrupt. */
static int wait_for(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	return poll(&pfd, 1, 20000) < 0 ? -1 : pfd.revents;
}

static struct timespec span(long ns)
{
	return (struct timespec){ .tv_sec = ns / (1000 * MS), .tv_nsec = ns % (1000 * MS) };
}

/* Milliseconds that were left, a negative errno. */
static long set(int fd, int flags, struct timespec first, long interval)
{
	struct itimerspec new = { .it_value = first, .it_interval = span(interval) }, old;

	if (timerfd_settime(fd, flags, &new, &old))
		return -errno;
	return old.it_value.tv_sec * 1000 + old.it_value.tv_nsec / MS;
}

static long left(int fd)
{
	struct itimerspec now;

	if (timerfd_gettime(fd, &now))
		return -errno;
	return now.it_value.tv_sec * 1000 + now.it_value.tv_nsec / MS;
}

static struct timespec from_now(int clock, long ms)
{
	struct timespec now;

	clock_gettime(clock, &now);
	now.tv_sec += ms / 1000;
	now.tv_nsec += ms % 1000 * MS;
	now.tv_sec += now.tv_nsec / (1000 * MS);
	now.tv_nsec %= 1000 * MS;
	return now;
}

TEST(once)
{
	int i, fd;
	long start;

	for (i = 0; i < 3; i++) {
		fd = timerfd_create(clocks[i], 0);
		ASSERT_LE(0, fd);
		EXPECT_EQ(0, left(fd));
		start = ms_now();
		EXPECT_EQ(0, set(fd, 0, span(60 * MS), 0));
		EXPECT_LT(0, left(fd));
		EXPECT_GE(60, left(fd));
		EXPECT_EQ(1, take(fd));
		EXPECT_LE(60, ms_now() - start);
		EXPECT_EQ(0, left(fd));
		nonblock(fd);
		EXPECT_EQ(-EAGAIN, take(fd));

		/* At a time, also one that is over. */
		EXPECT_EQ(0, set(fd, TFD_TIMER_ABSTIME, from_now(clocks[i], 100000), 0));
		EXPECT_LT(90000, left(fd));
		EXPECT_GE(100000, left(fd));
		EXPECT_LT(90000, set(fd, TFD_TIMER_ABSTIME, from_now(clocks[i], -5), 0));
		EXPECT_EQ(POLLIN, wait_for(fd));
		EXPECT_EQ(1, take(fd));
		EXPECT_EQ(0, set(fd, TFD_TIMER_ABSTIME, (struct timespec){ .tv_nsec = 1 }, 0));
		EXPECT_EQ(POLLIN, wait_for(fd));

		/* Setting it forgets what has happened, and ends it. */
		EXPECT_EQ(0, set(fd, 0, (struct timespec){}, 5 * MS));
		EXPECT_EQ(0, events(fd));
		usleep(20000);
		EXPECT_EQ(-EAGAIN, take(fd));
		EXPECT_EQ(0, set(fd, 0, (struct timespec){ .tv_sec = INT64_MAX }, 0));
		EXPECT_EQ(-EAGAIN, take(fd));
		EXPECT_LT(1L << 32, left(fd));
		close(fd);
	}
}

TEST(again_and_again)
{
	struct itimerspec now;
	long n, all = 0, start;
	int i, fd;

	for (i = 0; i < 3; i++, all = 0) {
		fd = timerfd_create(clocks[i], TFD_NONBLOCK);
		ASSERT_LE(0, fd);
		start = ms_now();
		EXPECT_EQ(0, set(fd, 0, span(10 * MS), 10 * MS));
		usleep(105000);
		n = take(fd);
		EXPECT_LE(10, n);
		EXPECT_GE((ms_now() - start) / 10, n);
		EXPECT_EQ(0, timerfd_gettime(fd, &now));
		EXPECT_EQ(0, now.it_interval.tv_sec);
		EXPECT_EQ(10 * MS, now.it_interval.tv_nsec);
		EXPECT_GE(10 * MS, now.it_value.tv_nsec);
		/* Looking at the rest keeps the count. */
		for (all = n; all < 20; all += n > 0 ? n : 0) {
			usleep(15000);
			EXPECT_GE(10, left(fd));
			n = take(fd);
		}
		EXPECT_GE((ms_now() - start) / 10, all);
		usleep(30000);
		EXPECT_GE(10, set(fd, 0, span(1000 * MS), 0));
		EXPECT_EQ(-EAGAIN, take(fd));
		close(fd);
	}
	/* So short that it could do nothing else. */
	fd = timerfd_create(CLOCK_MONOTONIC, 0);
	EXPECT_EQ(0, set(fd, 0, span(1), 1));
	usleep(10000);
	EXPECT_LT(1000000, take(fd));
}

TEST(bad_arguments)
{
	struct itimerspec spec = { .it_value = { .tv_sec = 1 } }, old;
	int fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK), pipes[2];
	char buf[8];

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, pipe(pipes));
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	EXPECT_EQ(O_RDWR | O_NONBLOCK, fcntl(fd, F_GETFL));
	EXPECT_EQ(-1, timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, timerfd_create(CLOCK_MONOTONIC_RAW, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, timerfd_create(-1, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, timerfd_create(CLOCK_MONOTONIC, 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, timerfd_create(CLOCK_REALTIME_ALARM, 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, timerfd_create(CLOCK_REALTIME_ALARM, 0));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(-1, timerfd_create(CLOCK_BOOTTIME_ALARM, 0));
	EXPECT_EQ(EPERM, errno);

	EXPECT_EQ(-1, timerfd_settime(fd, 4, &spec, NULL));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, timerfd_settime(-1, 0, &spec, NULL));
	EXPECT_EQ(EBADF, errno);
	EXPECT_EQ(-1, timerfd_settime(-1, 4, &spec, NULL));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, timerfd_settime(pipes[0], 0, &spec, NULL));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, syscall(SYS_timerfd_settime, -1, 4, at(16), NULL));
	EXPECT_EQ(EFAULT, errno);
	spec.it_value.tv_nsec = 1000 * MS;
	EXPECT_EQ(-1, timerfd_settime(fd, 0, &spec, NULL));
	EXPECT_EQ(EINVAL, errno);
	spec.it_value.tv_nsec = 0;
	spec.it_interval.tv_sec = -1;
	EXPECT_EQ(-1, timerfd_settime(fd, 0, &spec, NULL));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, left(fd));
	/* It is set all the same. */
	spec.it_interval.tv_sec = 0;
	EXPECT_EQ(-1, syscall(SYS_timerfd_settime, fd, 0, &spec, at(16)));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_LT(0, left(fd));
	EXPECT_EQ(-1, timerfd_gettime(-1, &old));
	EXPECT_EQ(EBADF, errno);
	EXPECT_EQ(-1, timerfd_gettime(pipes[0], &old));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, syscall(SYS_timerfd_gettime, fd, at(16)));
	EXPECT_EQ(EFAULT, errno);

	EXPECT_EQ(-1, read(fd, buf, 7));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, write(fd, buf, 8));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, lseek(fd, 5, SEEK_SET));
	EXPECT_LE(0, set(fd, TFD_TIMER_ABSTIME, span(1), 0));
	EXPECT_EQ(POLLIN, wait_for(fd));
	EXPECT_EQ(-1, read(fd, at(16), 8));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-EAGAIN, take(fd));
}

TEST(told_by_proc)
{
	int fd = timerfd_create(CLOCK_BOOTTIME, 0), clock, flags;
	unsigned long long ticks, sec, nsec, isec, insec;
	char name[64], text[1024];
	struct stat st;
	FILE *file;
	size_t len;

	ASSERT_EQ(0, set(fd, TFD_TIMER_ABSTIME, from_now(CLOCK_BOOTTIME, 50000), 7 * MS));
	snprintf(name, sizeof(name), "/proc/self/fdinfo/%d", fd);
	file = fopen(name, "r");
	ASSERT_NE(NULL, file);
	len = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[len] = 0;
	ASSERT_NE(NULL, strstr(text, "clockid"));
	ASSERT_EQ(7, sscanf(strstr(text, "clockid"),
			    "clockid: %d\nticks: %llu\nsettime flags: %o\n"
			    "it_value: (%llu, %llu)\nit_interval: (%llu, %llu)\n",
			    &clock, &ticks, &flags, &sec, &nsec, &isec, &insec));
	EXPECT_EQ(CLOCK_BOOTTIME, clock);
	EXPECT_EQ(0, ticks);
	EXPECT_EQ(TFD_TIMER_ABSTIME, flags);
	EXPECT_LT(40, sec);
	EXPECT_EQ(0, isec);
	EXPECT_EQ(7 * MS, insec);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	len = readlink(name, text, sizeof(text));
	EXPECT_EQ(0, strncmp("anon_inode:[timerfd]", text, len));
	EXPECT_EQ(0, fstat(fd, &st));
	EXPECT_EQ(0600, st.st_mode);
}

TEST(ticks_can_be_put_back)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	uint64_t n = 0;

	EXPECT_EQ(-1, ioctl(fd, TFD_IOC_SET_TICKS, &n));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ioctl(fd, TFD_IOC_SET_TICKS, at(16)));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, ioctl(fd, _IOW('T', 1, uint64_t), &n));
	EXPECT_EQ(ENOTTY, errno);
	n = 77;
	EXPECT_EQ(0, ioctl(fd, TFD_IOC_SET_TICKS, &n));
	EXPECT_EQ(POLLIN, events(fd));
	EXPECT_EQ(77, take(fd));
	EXPECT_EQ(-EAGAIN, take(fd));
}

TEST(waits)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, 0), ep = epoll_create1(0);
	struct epoll_event event = { .events = EPOLLIN };
	long start;

	alarm_after(30, 0);
	EXPECT_EQ(-EINTR, take(fd));
	no_alarm();
	alarm_after(30, SA_RESTART);
	EXPECT_EQ(0, set(fd, 0, span(200 * MS), 0));
	EXPECT_EQ(1, take(fd));
	no_alarm();
	EXPECT_LT(1, signals);

	start = ms_now();
	EXPECT_EQ(0, set(fd, 0, span(50 * MS), 0));
	EXPECT_EQ(POLLIN, wait_for(fd));
	EXPECT_LE(50, ms_now() - start);
	EXPECT_EQ(1, take(fd));
	ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event));
	EXPECT_EQ(0, epoll_wait(ep, &event, 1, 0));
	EXPECT_EQ(0, set(fd, 0, span(50 * MS), 50 * MS));
	EXPECT_EQ(1, epoll_wait(ep, &event, 1, 20000));
	EXPECT_EQ(EPOLLIN, event.events);
	EXPECT_LE(1, take(fd));
	EXPECT_EQ(1, epoll_wait(ep, &event, 1, 20000));
	close(fd);
	EXPECT_EQ(0, epoll_wait(ep, &event, 1, 100));
}

TEST(shared_with_a_child)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, 0), status;
	pid_t child;

	ASSERT_EQ(0, set(fd, 0, span(50 * MS), 0));
	child = fork();
	if (!child)
		_exit(take(fd) != 1);
	close(fd);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

static atomic_bool stop;

static void *setter(void *arg)
{
	int fd = *(int *)arg;
	unsigned int i;

	for (i = 0; !stop; i++) {
		set(fd, i % 3 ? 0 : TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET,
		    span(i % 7 * 1000), i % 5 * 1000);
		left(fd);
	}
	return NULL;
}

static void *reader(void *arg)
{
	int fd = *(int *)arg;

	while (!stop) {
		take(fd);
		events(fd);
	}
	return NULL;
}

TEST(many_at_once)
{
	int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK), i;
	pthread_t threads[6];

	stop = false;
	for (i = 0; i < 6; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, i & 1 ? reader : setter, &fd));
	sleep(2);
	stop = true;
	for (i = 0; i < 6; i++)
		pthread_join(threads[i], NULL);
	EXPECT_LE(0, set(fd, 0, span(MS), 0));
	usleep(20000);
	EXPECT_EQ(1, take(fd));
}

TEST_HARNESS_MAIN
