// SPDX-License-Identifier: GPL-2.0
/*
 * inotify(7) while watches, instances and what they watch come and go.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "kselftest_harness.h"
#include "objects/util.h"
#include "race.h"

#define __aligned(n)	__attribute__((__aligned__(n)))

#define SHORTLY		1000
#define FILES		8

static atomic_bool over;

/* What the threads of a test share; no thread gives up on an errno it can expect. */
static int instance;
static atomic_long done[8];

static unsigned int number(unsigned int *seed, unsigned int below)
{
	return rand_r(seed) % below;
}

static void name_of(char *name, unsigned int i)
{
	sprintf(name, "d%u/f%u", i & 1, i / 2);
}

static void *changes(void *arg)
{
	unsigned int seed = (long)arg;
	char a[32], b[32];
	int fd;

	while (!over) {
		name_of(a, number(&seed, FILES));
		name_of(b, number(&seed, FILES));
		fd = open(a, O_RDWR | O_CREAT, 0600);
		if (fd < 0)
			return "open";
		if (write(fd, "x", 1) != 1)
			return "write";
		if (number(&seed, 2))
			rename(a, b);
		if (number(&seed, 2))
			unlink(b);
		close(fd);
		done[0]++;
	}
	return NULL;
}

static void *adds(void *arg)
{
	static const unsigned int masks[] = {
		IN_ALL_EVENTS, IN_MODIFY, IN_MODIFY | IN_MASK_ADD, IN_ALL_EVENTS | IN_ONESHOT,
		IN_CLOSE | IN_MASK_CREATE, IN_MODIFY | IN_EXCL_UNLINK,
	};
	unsigned int seed = (long)arg;
	char name[32];
	int wd;

	while (!over) {
		if (number(&seed, 8))
			name_of(name, number(&seed, FILES));
		else
			sprintf(name, "d%u", number(&seed, 2));
		wd = inotify_add_watch(instance, name, masks[number(&seed, 6)]);
		if (wd < 0 && errno != ENOENT && errno != EEXIST && errno != ENOSPC)
			return strerror(errno);
		if (wd > 0 && !number(&seed, 4) && inotify_rm_watch(instance, wd) &&
		    errno != EINVAL)
			return strerror(errno);
		done[1]++;
	}
	return NULL;
}

static void *removes(void *arg)
{
	unsigned int seed = (long)arg;

	while (!over) {
		if (inotify_rm_watch(instance, number(&seed, 4096)) && errno != EINVAL)
			return strerror(errno);
		done[2]++;
	}
	return NULL;
}

/* Every event is whole, and of what was asked for. */
static const char *check(const char *buf, ssize_t n)
{
	const struct inotify_event *event;
	ssize_t pos;

	for (pos = 0; pos < n; pos += sizeof(*event) + event->len) {
		event = (const void *)(buf + pos);
		if (pos + sizeof(*event) + event->len > n)
			return "torn";
		if (event->wd < 1 && !(event->mask & IN_Q_OVERFLOW))
			return "no descriptor";
		if (!(event->mask & (IN_ALL_EVENTS | IN_IGNORED | IN_Q_OVERFLOW)))
			return "no event";
		if (event->len && (event->name[0] != 'f' || event->name[event->len - 1]))
			return "no name";
	}
	return NULL;
}

static void *reads(void *arg)
{
	char buf[4096] __aligned(8);
	const char *bad;
	ssize_t n;

	while (!over) {
		n = read(instance, buf, sizeof(buf));
		if (n < 0 && errno != EAGAIN)
			return strerror(errno);
		bad = n > 0 ? check(buf, n) : NULL;
		if (bad)
			return (void *)bad;
		done[3] += n > 0;
		if (n < 0)
			poll(&(struct pollfd){ instance, POLLIN }, 1, 50);
	}
	return NULL;
}

/* Instances that end while events are under way, some with much unread. */
static void *instances(void *arg)
{
	unsigned int seed = (long)arg, i;
	char name[32];
	int fd;

	while (!over) {
		fd = inotify_init1(IN_NONBLOCK);
		if (fd < 0)
			return strerror(errno);
		inotify_add_watch(fd, "d0", IN_ALL_EVENTS);
		inotify_add_watch(fd, "d1", IN_ALL_EVENTS | IN_ONESHOT);
		for (i = 0; i < FILES; i++) {
			name_of(name, i);
			inotify_add_watch(fd, name, IN_ALL_EVENTS);
		}
		if (number(&seed, 2))
			usleep(number(&seed, 2000));
		close(fd);
		done[4]++;
	}
	return NULL;
}

/* Directories go under their watches. */
static void *directories(void *arg)
{
	while (!over) {
		if (mkdir("gone", 0700))
			return "mkdir";
		inotify_add_watch(instance, "gone", IN_ALL_EVENTS);
		if (rename("gone", "gone2") || rmdir("gone2"))
			return strerror(errno);
		done[5]++;
	}
	return NULL;
}

FIXTURE(storm) {
};

FIXTURE_SETUP(storm)
{
	char name[64];

	snprintf(name, sizeof(name), "d%d", getpid());
	ASSERT_EQ(0, mkdir(name, 0700));
	ASSERT_EQ(0, chdir(name));
	ASSERT_EQ(0, mkdir("d0", 0700));
	ASSERT_EQ(0, mkdir("d1", 0700));
	instance = inotify_init1(IN_NONBLOCK);
	ASSERT_LE(0, instance);
}

FIXTURE_TEARDOWN(storm)
{
}

static const char *run(void *(*const threads[])(void *), int n)
{
	pthread_t ids[8];
	void *bad, *first = NULL;
	int i;

	for (i = 0; i < n; i++)
		if (pthread_create(&ids[i], NULL, threads[i], (void *)(long)(i + 1)))
			return "pthread_create";
	usleep(race_ms(SHORTLY) * 1000);
	over = true;
	for (i = 0; i < n; i++) {
		pthread_join(ids[i], &bad);
		first = first ?: bad;
	}
	return first;
}

/* After it all the instance still works. */
static bool works(void)
{
	char buf[4096] __aligned(8);
	const struct inotify_event *event;
	ssize_t n, pos;
	int wd;

	while (read(instance, buf, sizeof(buf)) > 0)
		;
	wd = inotify_add_watch(instance, ".", IN_CREATE);
	if (wd < 1 || mkdir("last", 0700))
		return false;
	n = read(instance, buf, sizeof(buf));
	for (pos = 0; pos < n; pos += sizeof(*event) + event->len) {
		event = (const void *)(buf + pos);
		if (event->wd == wd && event->mask == (IN_CREATE | IN_ISDIR) &&
		    !strcmp(event->name, "last"))
			return true;
	}
	return false;
}

TEST_F(storm, watches)
{
	static void *(*const threads[])(void *) = { changes, changes, adds, adds, removes, reads };

	EXPECT_EQ(NULL, run(threads, 6));
	for (int i = 0; i < 4; i++)
		EXPECT_LT(0, done[i]);
	EXPECT_TRUE(works());
}

TEST_F(storm, instances)
{
	static void *(*const threads[])(void *) = {
		changes, changes, instances, instances, adds, reads,
	};

	EXPECT_EQ(NULL, run(threads, 6));
	EXPECT_LT(0, done[0]);
	EXPECT_LT(0, done[4]);
	EXPECT_TRUE(works());
}

TEST_F(storm, directories)
{
	static void *(*const threads[])(void *) = {
		changes, directories, removes, reads, instances,
	};

	EXPECT_EQ(NULL, run(threads, 5));
	EXPECT_LT(0, done[5]);
	EXPECT_TRUE(works());
}

/* Everything ends at once, with readers asleep. */
static void *sleeps(void *arg)
{
	char buf[4096];

	for (;;)
		if (read(instance, buf, sizeof(buf)) < 0)
			return strerror(errno);
}

TEST_F(storm, killed)
{
	long end = ms_now() + race_ms(SHORTLY);
	pthread_t thread;
	int status;
	pid_t child;

	while (ms_now() < end) {
		child = fork();
		ASSERT_LE(0, child);
		if (!child) {
			instance = inotify_init();
			pthread_create(&thread, NULL, sleeps, NULL);
			pthread_create(&thread, NULL, adds, (void *)1L);
			pthread_create(&thread, NULL, changes, (void *)2L);
			instances((void *)3L);
			_exit(0);
		}
		usleep(rand() % 50000);
		kill(child, SIGKILL);
		ASSERT_EQ(child, waitpid(child, &status, 0));
		EXPECT_EQ(SIGKILL, WTERMSIG(status));
	}
	EXPECT_TRUE(works());
}

TEST_HARNESS_MAIN
