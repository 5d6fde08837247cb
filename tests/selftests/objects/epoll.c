// SPDX-License-Identifier: GPL-2.0
/*
 * epoll(7): what is told, how often, to whom; instances in instances; races.
 *
 * Runs as: root user
 */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"
#include "objects/util.h"

static int ctl(int ep, int op, int fd, unsigned int events)
{
	struct epoll_event event = { .events = events, .data.u64 = 0x100000000ull + fd };

	return epoll_ctl(ep, op, fd, &event) ? -errno : 0;
}

/* The call itself: the compiler knows too much of libc's. */
static int wait_raw(int ep, void *events, int max)
{
	return syscall(SYS_epoll_wait, ep, events, max, 0);
}

/* Events of the one watch that has some, 0 if none has, negative errno. */
static long next(int ep)
{
	struct epoll_event event = {};
	int n = epoll_wait(ep, &event, 1, 0);

	return n < 0 ? -errno : n ? (long)event.events : 0;
}

static void put(int fd)
{
	if (write(fd, "x", 1) != 1)
		_exit(98);
}

static void get(int fd)
{
	char c;

	if (read(fd, &c, 1) != 1)
		_exit(97);
}

FIXTURE(epoll) {
	int ep;
	int rd;
	int wr;
};

FIXTURE_SETUP(epoll)
{
	int fds[2];

	self->ep = epoll_create1(EPOLL_CLOEXEC);
	ASSERT_LE(0, self->ep);
	ASSERT_EQ(0, pipe(fds));
	self->rd = fds[0];
	self->wr = fds[1];
}

FIXTURE_TEARDOWN(epoll)
{
	no_alarm();
}

TEST_F(epoll, told_as_long_as_it_is_so)
{
	struct epoll_event events[4];

	ASSERT_EQ(0, ctl(self->ep, EPOLL_CTL_ADD, self->rd, EPOLLIN));
	EXPECT_EQ(0, next(self->ep));
	put(self->wr);
	EXPECT_EQ(1, epoll_wait(self->ep, events, 4, -1));
	EXPECT_EQ(EPOLLIN, events[0].events);
	EXPECT_EQ(0x100000000ull + self->rd, events[0].data.u64);
	EXPECT_EQ(EPOLLIN, next(self->ep));
	get(self->rd);
	EXPECT_EQ(0, next(self->ep));
	put(self->wr);
	close(self->wr);
	EXPECT_EQ(EPOLLIN | EPOLLHUP, next(self->ep));
	get(self->rd);
	EXPECT_EQ(EPOLLHUP, next(self->ep));
}

TEST_F(epoll, ready_when_it_is_added)
{
	ASSERT_EQ(0, ctl(self->ep, EPOLL_CTL_ADD, self->wr, EPOLLOUT));
	EXPECT_EQ(EPOLLOUT, next(self->ep));
	ASSERT_EQ(0, ctl(self->ep, EPOLL_CTL_MOD, self->wr, EPOLLIN));
	EXPECT_EQ(0, next(self->ep));
	ASSERT_EQ(0, ctl(self->ep, EPOLL_CTL_MOD, self->wr, EPOLLOUT));
	EXPECT_EQ(EPOLLOUT, next(self->ep));
	close(self->rd);
	EXPECT_EQ(EPOLLOUT | EPOLLERR, next(self->ep));
	ASSERT_EQ(0, ctl(self->ep, EPOLL_CTL_MOD, self->wr, 0));
	EXPECT_EQ(EPOLLERR, next(self->ep));
	ASSERT_EQ(0, ctl(self->ep, EPOLL_CTL_DEL, self->wr, 0));
	EXPECT_EQ(0, next(self->ep));
}

TEST_F(epoll, edges)
{
	ASSERT_EQ(0, ctl(self->ep, EPOLL_CTL_ADD, self->rd, EPOLLIN | EPOLLET));
	put(self->wr);
	EXPECT_EQ(EPOLLIN, next(self->ep));
	EXPECT_EQ(0, next(self->ep));
	/* Each write is one, even if something is there already. */
	put(self->wr);
	EXPECT_EQ(EPOLLIN, next(self->ep));
	get(self->rd);
	EXPECT_EQ(0, next(self->ep));
	ASSERT_EQ(0, ctl(self->ep, EPOLL_CTL_MOD, self->rd, EPOLLIN | EPOLLET));
	EXPECT_EQ(EPOLLIN, next(self->ep));
	EXPECT_EQ(0, next(self->ep));
	put(self->wr);
	get(self->rd);
	get(self->rd);
	EXPECT_EQ(0, next(self->ep));
}

TEST_F(epoll, once)
{
	put(self->wr);
	ASSERT_EQ(0, ctl(self->ep, EPOLL_CTL_ADD, self->rd, EPOLLIN | EPOLLONESHOT));
	EXPECT_EQ(EPOLLIN, next(self->ep));
	EXPECT_EQ(0, next(self->ep));
	put(self->wr);
	EXPECT_EQ(0, next(self->ep));
	close(self->wr);
	EXPECT_EQ(0, next(self->ep));
	ASSERT_EQ(0, ctl(self->ep, EPOLL_CTL_MOD, self->rd, EPOLLIN | EPOLLONESHOT));
	EXPECT_EQ(EPOLLIN | EPOLLHUP, next(self->ep));
	EXPECT_EQ(0, next(self->ep));
}

TEST_F(epoll, in_turn)
{
	struct epoll_event event;
	int seen[3] = {}, fds[3];

	for (int i = 0; i < 3; i++) {
		fds[i] = eventfd(1, 0);
		ASSERT_EQ(0, ctl(self->ep, EPOLL_CTL_ADD, fds[i], EPOLLIN));
	}
	for (int i = 0; i < 9; i++) {
		ASSERT_EQ(1, epoll_wait(self->ep, &event, 1, 0));
		for (int j = 0; j < 3; j++)
			seen[j] += (int)event.data.u64 == fds[j];
	}
	for (int j = 0; j < 3; j++) {
		EXPECT_EQ(3, seen[j]);
	}
}

TEST_F(epoll, bad_arguments)
{
	struct epoll_event event = {};
	int file = open("file", O_RDWR | O_CREAT, 0600), dir = open(".", O_RDONLY);

	EXPECT_EQ(-1, epoll_create(0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, epoll_create1(O_NONBLOCK));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-EBADF, ctl(999, EPOLL_CTL_ADD, self->rd, EPOLLIN));
	EXPECT_EQ(-EBADF, ctl(self->ep, EPOLL_CTL_ADD, 999, EPOLLIN));
	EXPECT_EQ(-EPERM, ctl(self->ep, EPOLL_CTL_ADD, file, EPOLLIN));
	EXPECT_EQ(-EPERM, ctl(self->ep, EPOLL_CTL_ADD, dir, EPOLLIN));
	EXPECT_EQ(-EINVAL, ctl(self->rd, EPOLL_CTL_ADD, self->wr, EPOLLIN));
	EXPECT_EQ(-EINVAL, ctl(self->ep, EPOLL_CTL_ADD, self->ep, EPOLLIN));
	EXPECT_EQ(-EINVAL, ctl(self->ep, 7, self->rd, EPOLLIN));
	EXPECT_EQ(-ENOENT, ctl(self->ep, EPOLL_CTL_MOD, self->rd, EPOLLIN));
	EXPECT_EQ(-ENOENT, ctl(self->ep, EPOLL_CTL_DEL, self->rd, EPOLLIN));
	EXPECT_EQ(0, ctl(self->ep, EPOLL_CTL_ADD, self->rd, EPOLLIN));
	EXPECT_EQ(-EEXIST, ctl(self->ep, EPOLL_CTL_ADD, self->rd, EPOLLOUT));
	EXPECT_EQ(-1, epoll_ctl(self->ep, EPOLL_CTL_MOD, self->rd, at(16)));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(0, epoll_ctl(self->ep, EPOLL_CTL_DEL, self->rd, at(16)));
	EXPECT_EQ(-1, wait_raw(self->ep, &event, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, wait_raw(self->ep, &event, -1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, wait_raw(self->ep, &event, INT_MAX / 12 + 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, epoll_wait(self->rd, &event, 1, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, epoll_wait(999, &event, 1, 0));
	EXPECT_EQ(EBADF, errno);
	EXPECT_EQ(-1, wait_raw(self->ep, at(-4096UL), 1));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, read(self->ep, &event, 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, write(self->ep, &event, 1));
	EXPECT_EQ(EINVAL, errno);
}

/* What could not be told is told the next time. */
TEST_F(epoll, bad_memory)
{
	struct epoll_event *events = (void *)(half_mapped() + PAGE - sizeof(*events));
	int one = eventfd(1, 0), two = eventfd(1, 0);

	ASSERT_EQ(0, ctl(self->ep, EPOLL_CTL_ADD, one, EPOLLIN | EPOLLET));
	ASSERT_EQ(0, ctl(self->ep, EPOLL_CTL_ADD, two, EPOLLIN | EPOLLET));
	EXPECT_EQ(-1, wait_raw(self->ep, at(16), 1));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(1, epoll_wait(self->ep, events, 2, 0));
	EXPECT_EQ(0x100000000ull + one, events->data.u64);
	EXPECT_EQ(1, epoll_wait(self->ep, events, 1, 0));
	EXPECT_EQ(0x100000000ull + two, events->data.u64);
	EXPECT_EQ(0, epoll_wait(self->ep, events, 1, 0));
	/* Memory that is not there yet is brought in. */
	events = pages(1);
	ASSERT_EQ(0, ctl(self->ep, EPOLL_CTL_MOD, one, EPOLLIN));
	EXPECT_EQ(1, epoll_wait(self->ep, events, 1, 0));
}

TEST_F(epoll, ends_with_its_file)
{
	int copy = dup(self->rd);

	put(self->wr);
	ASSERT_EQ(0, ctl(self->ep, EPOLL_CTL_ADD, self->rd, EPOLLIN));
	ASSERT_EQ(0, ctl(self->ep, EPOLL_CTL_ADD, copy, EPOLLIN));
	EXPECT_EQ(0, ctl(self->ep, EPOLL_CTL_DEL, copy, 0));
	close(self->rd);
	/* Another descriptor has it open. */
	EXPECT_EQ(EPOLLIN, next(self->ep));
	close(copy);
	EXPECT_EQ(0, next(self->ep));
	EXPECT_EQ(0, epoll_wait(self->ep, &(struct epoll_event){}, 1, 20));
}

TEST_F(epoll, waits)
{
	struct epoll_event event;
	long start = ms_now();
	pid_t child;

	ASSERT_EQ(0, ctl(self->ep, EPOLL_CTL_ADD, self->rd, EPOLLIN));
	EXPECT_EQ(0, epoll_wait(self->ep, &event, 1, 100));
	EXPECT_LE(start + 100, ms_now());
	child = fork();
	if (!child) {
		usleep(100000);
		put(self->wr);
		_exit(0);
	}
	EXPECT_EQ(1, epoll_wait(self->ep, &event, 1, -1));
	wait(NULL);
	get(self->rd);
	alarm_after(50, SA_RESTART);
	EXPECT_EQ(-1, epoll_wait(self->ep, &event, 1, -1));
	EXPECT_EQ(EINTR, errno);
	put(self->wr);
	EXPECT_EQ(1, epoll_wait(self->ep, &event, 1, -1));
}

TEST_F(epoll, masks)
{
	struct timespec ts = { 0, 50000000 }, bad = { 0, 1000000000 };
	struct epoll_event event;
	sigset_t block, none, now;

	sigemptyset(&none);
	sigemptyset(&block);
	sigaddset(&block, SIGALRM);
	sigprocmask(SIG_BLOCK, &block, NULL);
	alarm_after(20, 0);
	usleep(100000);
	EXPECT_EQ(0, signals);
	EXPECT_EQ(-1, epoll_pwait(self->ep, &event, 1, 10000, &none));
	EXPECT_EQ(EINTR, errno);
	EXPECT_LE(1, signals);
	sigprocmask(SIG_BLOCK, NULL, &now);
	EXPECT_TRUE(sigismember(&now, SIGALRM));
	no_alarm();
	EXPECT_EQ(0, syscall(SYS_epoll_pwait2, self->ep, &event, 1, &ts, NULL, 8));
	EXPECT_EQ(-1, syscall(SYS_epoll_pwait2, self->ep, &event, 1, &bad, NULL, 8));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, syscall(SYS_epoll_pwait2, self->ep, &event, 1, at(16), NULL, 8));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, syscall(SYS_epoll_pwait, self->ep, &event, 1, 0, &none, 4));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, syscall(SYS_epoll_pwait, self->ep, &event, 1, 0, &none, 8));
}

TEST_F(epoll, instances_in_instances)
{
	int outer = epoll_create1(0);

	ASSERT_EQ(0, ctl(outer, EPOLL_CTL_ADD, self->ep, EPOLLIN));
	ASSERT_EQ(0, ctl(self->ep, EPOLL_CTL_ADD, self->rd, EPOLLIN));
	EXPECT_EQ(0, next(outer));
	EXPECT_EQ(0, events(self->ep));
	put(self->wr);
	EXPECT_EQ(POLLIN | POLLRDNORM, events(self->ep));
	EXPECT_EQ(POLLIN | POLLRDNORM, events(outer));
	EXPECT_EQ(EPOLLIN, next(outer));
	EXPECT_EQ(EPOLLIN, next(self->ep));
	get(self->rd);
	EXPECT_EQ(0, events(outer));
	EXPECT_EQ(0, next(outer));
	/* One that waits for the outer hears of what the inner watches. */
	pid_t child = fork();

	if (!child) {
		usleep(100000);
		put(self->wr);
		_exit(0);
	}
	EXPECT_EQ(1, epoll_wait(outer, &(struct epoll_event){}, 1, 20000));
	wait(NULL);
	close(self->ep);
	EXPECT_EQ(0, next(outer));
}

TEST_F(epoll, no_circles_and_not_too_deep)
{
	int ep[8];

	for (int i = 0; i < 8; i++) {
		ep[i] = epoll_create1(0);
		ASSERT_LE(0, ep[i]);
	}
	EXPECT_EQ(0, ctl(ep[0], EPOLL_CTL_ADD, ep[1], EPOLLIN));
	EXPECT_EQ(-ELOOP, ctl(ep[1], EPOLL_CTL_ADD, ep[0], EPOLLIN));
	EXPECT_EQ(0, ctl(ep[1], EPOLL_CTL_ADD, ep[2], EPOLLIN));
	EXPECT_EQ(-ELOOP, ctl(ep[2], EPOLL_CTL_ADD, ep[0], EPOLLIN));
	EXPECT_EQ(0, ctl(ep[2], EPOLL_CTL_ADD, ep[3], EPOLLIN));
	EXPECT_EQ(0, ctl(ep[3], EPOLL_CTL_ADD, ep[4], EPOLLIN));
	EXPECT_EQ(-ELOOP, ctl(ep[4], EPOLL_CTL_ADD, ep[5], EPOLLIN));
	/* The lowest still may watch what is no instance, and all hear of it. */
	EXPECT_EQ(0, ctl(ep[4], EPOLL_CTL_ADD, self->rd, EPOLLIN));
	put(self->wr);
	EXPECT_EQ(EPOLLIN, next(ep[0]));
	get(self->rd);
	EXPECT_EQ(0, next(ep[0]));
	EXPECT_EQ(0, ctl(ep[1], EPOLL_CTL_DEL, ep[2], 0));
	EXPECT_EQ(0, ctl(ep[4], EPOLL_CTL_ADD, ep[5], EPOLLIN));
}

TEST_F(epoll, not_too_many_ways)
{
	int outer, i;

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 1024, 1024 }));
	ASSERT_EQ(0, ctl(self->ep, EPOLL_CTL_ADD, self->rd, EPOLLIN));
	for (i = 0; i < 500; i++) {
		outer = epoll_create1(0);
		ASSERT_LE(0, outer);
		ASSERT_EQ(0, ctl(outer, EPOLL_CTL_ADD, self->ep, EPOLLIN));
	}
	outer = epoll_create1(0);
	EXPECT_EQ(-EINVAL, ctl(outer, EPOLL_CTL_ADD, self->ep, EPOLLIN));
}

/* Of a file, by way of all instances that watch it; whatever came first. */
TEST_F(epoll, ways_add_up)
{
	int inner[10], outer[60], i, j, added = 0, err = 0;

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 1024, 1024 }));
	for (j = 0; j < 60; j++)
		outer[j] = epoll_create1(0);
	for (i = 0; i < 10; i++) {
		inner[i] = epoll_create1(0);
		ASSERT_EQ(0, ctl(inner[i], EPOLL_CTL_ADD, self->rd, EPOLLIN));
	}
	for (i = 0; i < 10 && !err; i++)
		for (j = 0; j < 60 && !err; j++, added += !err)
			err = ctl(outer[j], EPOLL_CTL_ADD, inner[i], EPOLLIN);
	EXPECT_EQ(-EINVAL, err);
	EXPECT_EQ(500, added);
	EXPECT_EQ(0, ctl(outer[0], EPOLL_CTL_DEL, inner[0], 0));
	EXPECT_EQ(0, ctl(outer[1], EPOLL_CTL_ADD, inner[9], EPOLLIN));
	EXPECT_EQ(-EINVAL, ctl(outer[2], EPOLL_CTL_ADD, inner[9], EPOLLIN));

	for (j = 0; j <= 500; j++)
		ASSERT_EQ(0, ctl(epoll_create1(0), EPOLL_CTL_ADD, self->ep, EPOLLIN));
	EXPECT_EQ(-EINVAL, ctl(self->ep, EPOLL_CTL_ADD, self->wr, EPOLLIN));
}

TEST_F(epoll, the_other_way_round)
{
	int other = epoll_create1(0), i, a, b;

	for (i = 0; i < 4; i++) {
		a = i & 1 ? other : self->ep;
		b = i & 1 ? self->ep : other;
		ASSERT_EQ(0, ctl(a, EPOLL_CTL_ADD, b, EPOLLIN));
		ASSERT_EQ(0, ctl(b, EPOLL_CTL_ADD, self->rd, EPOLLIN));
		put(self->wr);
		EXPECT_EQ(EPOLLIN, next(a));
		EXPECT_EQ(POLLIN | POLLRDNORM, events(a));
		get(self->rd);
		EXPECT_EQ(0, next(a));
		ASSERT_EQ(0, ctl(b, EPOLL_CTL_DEL, self->rd, 0));
		ASSERT_EQ(0, ctl(a, EPOLL_CTL_DEL, b, 0));
	}
}

TEST_F(epoll, exclusive)
{
	int other = epoll_create1(0);

	EXPECT_EQ(-EINVAL, ctl(self->ep, EPOLL_CTL_ADD, self->rd,
			       EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT));
	EXPECT_EQ(-EINVAL, ctl(self->ep, EPOLL_CTL_ADD, other, EPOLLIN | EPOLLEXCLUSIVE));
	EXPECT_EQ(0, ctl(self->ep, EPOLL_CTL_ADD, self->rd, EPOLLIN | EPOLLEXCLUSIVE));
	EXPECT_EQ(-EINVAL, ctl(self->ep, EPOLL_CTL_MOD, self->rd, EPOLLIN | EPOLLEXCLUSIVE));
	EXPECT_EQ(-EINVAL, ctl(self->ep, EPOLL_CTL_MOD, self->rd, EPOLLIN));
	EXPECT_EQ(0, ctl(other, EPOLL_CTL_ADD, self->rd, EPOLLIN | EPOLLEXCLUSIVE));
	put(self->wr);
	EXPECT_EQ(EPOLLIN, next(self->ep) | next(other));
}

TEST_F(epoll, told_by_proc)
{
	unsigned int fd, events;
	unsigned long long data;
	char line[256];
	FILE *file;

	ASSERT_EQ(0, ctl(self->ep, EPOLL_CTL_ADD, self->rd, EPOLLIN));
	snprintf(line, sizeof(line), "/proc/self/fdinfo/%d", self->ep);
	file = fopen(line, "r");
	ASSERT_NE(NULL, file);
	while (fgets(line, sizeof(line), file) && strncmp(line, "tfd:", 4))
		;
	ASSERT_EQ(3, sscanf(line, "tfd: %u events: %x data: %llx", &fd, &events, &data));
	EXPECT_EQ(self->rd, fd);
	EXPECT_EQ(EPOLLIN | EPOLLERR | EPOLLHUP, events);
	EXPECT_EQ(0x100000000ull + self->rd, data);
	snprintf(line, sizeof(line), "/proc/self/fd/%d", self->ep);
	char link[64] = "";

	ASSERT_LT(0, readlink(line, link, sizeof(link) - 1));
	EXPECT_STREQ("anon_inode:[eventpoll]", link);
}

static atomic_bool over;
static atomic_long heard;
static int shared;

static void *listens(void *arg)
{
	struct epoll_event events[8];
	int n;

	while (!over) {
		n = epoll_wait(shared, events, 8, 100);
		if (n < 0)
			return strerror(errno);
		for (int i = 0; i < n; i++) {
			char buf[64];

			if (read(events[i].data.u64 & 0xffffffff, buf, sizeof(buf)) > 0)
				heard++;
		}
	}
	return NULL;
}

/*
 * Pipes come, are watched, written to and closed in any order.  What is told of
 * one may be heard when its number is another's: nobody relies on that.
 */
static void *churns(void *arg)
{
	unsigned int seed = (long)arg;
	int fds[2], first;

	while (!over) {
		if (pipe2(fds, O_NONBLOCK))
			return "pipe";
		ctl(shared, EPOLL_CTL_ADD, fds[0], rand_r(&seed) & 1 ? EPOLLIN : EPOLLIN | EPOLLET);
		if (write(fds[1], "x", 1) != 1)
			return "write";
		if (rand_r(&seed) & 1)
			ctl(shared, EPOLL_CTL_MOD, fds[0], EPOLLIN | EPOLLONESHOT);
		if (rand_r(&seed) & 1)
			ctl(shared, EPOLL_CTL_DEL, fds[0], 0);
		first = rand_r(&seed) & 1;
		close(fds[first]);
		close(fds[!first]);
	}
	return NULL;
}

/* Instances come and go with what they watch, and are watched. */
static void *nests(void *arg)
{
	int ep, fd;

	while (!over) {
		ep = epoll_create1(0);
		fd = eventfd(1, EFD_NONBLOCK);
		if (ep < 0 || fd < 0)
			return "create";
		ctl(ep, EPOLL_CTL_ADD, fd, EPOLLIN);
		ctl(shared, EPOLL_CTL_ADD, ep, EPOLLIN | EPOLLET);
		if ((long)arg & 1)
			close(fd);
		close(ep);
		if (!((long)arg & 1))
			close(fd);
	}
	return NULL;
}

TEST(storm)
{
	static void *(*const run[])(void *) = { listens, listens, churns, churns, nests, nests };
	pthread_t threads[6];
	int fds[2];
	void *bad;

	shared = epoll_create1(0);
	for (int i = 0; i < 6; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, run[i], (void *)(long)i));
	sleep(4);
	over = true;
	for (int i = 0; i < 6; i++) {
		pthread_join(threads[i], &bad);
		EXPECT_EQ(NULL, bad);
	}
	EXPECT_LT(0, heard);
	ASSERT_EQ(0, pipe(fds));
	ASSERT_EQ(0, ctl(shared, EPOLL_CTL_ADD, fds[0], EPOLLIN));
	EXPECT_EQ(0, next(shared));
	put(fds[1]);
	EXPECT_EQ(EPOLLIN, next(shared));
}

TEST_HARNESS_MAIN
