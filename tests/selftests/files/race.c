// SPDX-License-Identifier: GPL-2.0
/*
 * Races: names that change under those who look them up.  What is asked is
 * that each call sees one state or the other, and that nothing gets lost.
 *
 * Runs as: user
 */
#include <linux/fs.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "files.h"
#include "kselftest_harness.h"
#include "race.h"

static int stop;

#define GO_ON()	(!__atomic_load_n(&stop, __ATOMIC_RELAXED))

struct counts {
	long good, bad, last;
};

static void note(struct counts *counts, long ret, long allowed)
{
	if (ret >= 0) {
		counts->good++;
	} else if (ret != allowed) {
		counts->bad++;
		counts->last = ret;
	}
}

/* @change and twice @look for a while; what the lookers counted, in sum. */
static struct counts race(void *(*change)(void *), void *(*look)(void *))
{
	struct counts counts[2] = {};
	pthread_t threads[3];

	__atomic_store_n(&stop, 0, __ATOMIC_RELAXED);
	if (pthread_create(&threads[0], NULL, change, NULL) ||
	    pthread_create(&threads[1], NULL, look, &counts[0]) ||
	    pthread_create(&threads[2], NULL, look, &counts[1]))
		abort();
	usleep(race_ms(500) * 1000);
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	counts[0].good += counts[1].good;
	counts[0].bad += counts[1].bad;
	counts[0].last = counts[0].last ?: counts[1].last;
	return counts[0];
}

FIXTURE(race) {
};

FIXTURE_SETUP(race)
{
	enter_fresh();
	close(make_file("a", "a"));
	close(make_file("b", "b"));
	ASSERT_EQ(0, mkdir("dir", 0755));
	ASSERT_EQ(0, mkdir("dir/below", 0755));
	ASSERT_EQ(0, mkdir("other", 0755));
	close(make_file("dir/below/file", "inside"));
}

FIXTURE_TEARDOWN(race)
{
}

static void *rename_over(void *arg)
{
	while (GO_ON()) {
		close(make_file("new", "b"));
		rename("new", "a");
	}
	return NULL;
}

static void *open_read(void *arg)
{
	char buf[4];

	while (GO_ON()) {
		int fd = SYS(open, "a", O_RDONLY);

		note(arg, fd, 0);
		if (fd < 0)
			continue;
		/* Always a file with its content, never one in the making. */
		note(arg, read(fd, buf, sizeof(buf)) == 1 ? 0 : -1000, 0);
		close(fd);
	}
	return NULL;
}

TEST_F(race, rename_against_open)
{
	struct counts counts = race(rename_over, open_read);

	EXPECT_LT(0, counts.good);
	EXPECT_EQ(0, counts.bad) {
		TH_LOG("last: %ld", counts.last);
	}
}

static void *open_create(void *arg)
{
	while (GO_ON()) {
		int fd = SYS(open, "a", O_RDWR | O_CREAT, 0644);

		note(arg, fd, 0);
		close(fd);
	}
	return NULL;
}

static void *unlink_again(void *arg)
{
	while (GO_ON())
		unlink("a");
	return NULL;
}

/* With O_CREAT it is there, or it is made: ENOENT and EEXIST are no answers. */
TEST_F(race, unlink_against_create)
{
	struct counts counts = race(unlink_again, open_create);

	EXPECT_LT(0, counts.good);
	EXPECT_EQ(0, counts.bad) {
		TH_LOG("last: %ld", counts.last);
	}
}

static void *open_exclusive(void *arg)
{
	struct counts *counts = arg;

	while (GO_ON()) {
		int fd = SYS(open, "lock", O_RDWR | O_CREAT | O_EXCL, 0644);

		note(counts, fd, -EEXIST);
		if (fd < 0)
			continue;
		/* Who made it has it alone. */
		note(counts, unlink("lock") ? -1000 : 0, 0);
		close(fd);
	}
	return NULL;
}

static void *nothing(void *arg)
{
	return NULL;
}

TEST_F(race, exclusive)
{
	struct counts counts = race(nothing, open_exclusive);

	EXPECT_LT(0, counts.good);
	EXPECT_EQ(0, counts.bad) {
		TH_LOG("last: %ld", counts.last);
	}
}

/* From a file to a symlink and back, under one name. */
static void *swap_link(void *arg)
{
	if (symlink("/proc/self/status", "link") && errno != EEXIST)
		abort();
	while (GO_ON())
		SYS(renameat2, AT_FDCWD, "a", AT_FDCWD, "link", RENAME_EXCHANGE);
	return NULL;
}

static void *open_nofollow(void *arg)
{
	struct stat st;

	while (GO_ON()) {
		int fd = SYS(open, "a", O_RDONLY | O_NOFOLLOW);

		note(arg, fd, -ELOOP);
		if (fd < 0)
			continue;
		if (fstat(fd, &st) || st.st_size != 1)
			note(arg, -1000, 0);
		close(fd);
	}
	return NULL;
}

TEST_F(race, symlink_swap)
{
	struct counts counts = race(swap_link, open_nofollow);

	EXPECT_LT(0, counts.good);
	EXPECT_EQ(0, counts.bad) {
		TH_LOG("last: %ld", counts.last);
	}
}

/* A directory that moves away and back while somebody climbs in it. */
static void *move_dir(void *arg)
{
	while (GO_ON()) {
		rename("dir/below", "other/below");
		rename("other/below", "dir/below");
	}
	return NULL;
}

static void *climb_beneath(void *arg)
{
	struct open_how how = { .flags = O_PATH, .resolve = RESOLVE_BENEATH };
	int dir = open("dir", O_PATH);

	while (GO_ON()) {
		int fd = SYS(openat2, dir, "below/../below/../below/..", &how, sizeof(how));
		struct stat a, b;

		/* It can not be told whether the path led out: try again; or it was away. */
		if (fd == -EAGAIN || fd == -ENOENT || fd == -EXDEV)
			continue;
		note(arg, fd, 0);
		if (fd < 0)
			continue;
		if (fstat(fd, &a) || fstat(dir, &b) || a.st_ino != b.st_ino)
			note(arg, -1000, 0);
		close(fd);
	}
	close(dir);
	return NULL;
}

TEST_F(race, dotdot_against_move)
{
	struct counts counts = race(move_dir, climb_beneath);

	EXPECT_EQ(0, counts.bad) {
		TH_LOG("last: %ld", counts.last);
	}
}

static void *unlink_mapped(void *arg)
{
	while (GO_ON()) {
		int fd = open("mapped", O_RDWR | O_CREAT, 0644);

		if (fd < 0 || ftruncate(fd, 4 * 4096))
			abort();
		close(fd);
		unlink("mapped");
	}
	return NULL;
}

static void *map_it(void *arg)
{
	while (GO_ON()) {
		int fd = open("mapped", O_RDWR);
		struct stat st;
		char *map;

		if (fd < 0)
			continue;
		if (fstat(fd, &st) || !st.st_size) {
			close(fd);
			continue;
		}
		map = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		close(fd);
		note(arg, map == MAP_FAILED ? -errno : 0, 0);
		if (map == MAP_FAILED)
			continue;
		map[0] = 1;
		map[3 * 4096]++;
		munmap(map, 4 * 4096);
	}
	return NULL;
}

TEST_F(race, unlink_against_mmap)
{
	struct counts counts = race(unlink_mapped, map_it);

	EXPECT_LT(0, counts.good);
	EXPECT_EQ(0, counts.bad) {
		TH_LOG("last: %ld", counts.last);
	}
}

static void *change_descriptors(void *arg)
{
	int fd = open("a", O_RDWR), pipes[2];

	while (GO_ON()) {
		if (dup2(fd, 50) != 50)
			abort();
		if (pipe(pipes) || dup2(pipes[0], 50) != 50)
			abort();
		close(pipes[0]);
		close(pipes[1]);
		close(50);
	}
	return NULL;
}

static void *use_descriptor(void *arg)
{
	char buf[8];

	while (GO_ON()) {
		struct stat st;
		long ret = SYS(fstat, 50, &st);

		note(arg, ret, -EBADF);
		ret = SYS(pread64, 50, buf, 1, 0);
		if (ret != -ESPIPE)
			note(arg, ret, -EBADF);
		ret = SYS(splice, 50, NULL, 50, NULL, 10, SPLICE_F_NONBLOCK);
		if (ret != -EINVAL)
			note(arg, ret, -EBADF);
		SYS(fgetxattr, 50, "user.x", buf, 8);
		SYS(lseek, 50, 0, SEEK_SET);
	}
	return NULL;
}

TEST_F(race, descriptors)
{
	struct counts counts = race(change_descriptors, use_descriptor);

	EXPECT_EQ(0, counts.bad) {
		TH_LOG("last: %ld", counts.last);
	}
}

TEST_HARNESS_MAIN
