// SPDX-License-Identifier: GPL-2.0
/*
 * Listing a directory: getdents(2) and getdents64(2), the offsets that they give,
 * and buffers that are not there, end early, or may not be written.
 *
 * Runs as: root user
 */
#include <dirent.h>
#include <stdint.h>

#include "files.h"
#include "kselftest_harness.h"

#define ENTRIES	120
#define PAGE	4096ul

/* What the calls write. */
struct entry64 {
	uint64_t ino;
	int64_t off;
	uint16_t len;
	uint8_t type;
	char name[];
} __attribute__((packed));

struct entry {
	unsigned long ino;
	unsigned long off;
	uint16_t len;
	char name[];
};

/* Names of all lengths, so that records lie anywhere across the ends of pages. */
static void name_of(char *name, unsigned int number)
{
	snprintf(name, 256, "%0*u", 3 + number * 7 % 252, number);
}

static void make(const char *name, unsigned int number)
{
	if (number % 3 == 2)
		touch(name);
	else if (number % 3 ? symlink("target", name) : mkdir(name, 0755))
		abort();
}

FIXTURE(list) {
	int dir;
	unsigned char seen[ENTRIES];
};

FIXTURE_SETUP(list)
{
	char name[256];

	enter_fresh();
	self->dir = open(".", O_RDONLY | O_DIRECTORY);
	ASSERT_LE(0, self->dir);
	for (unsigned int i = 0; i < ENTRIES; i++) {
		name_of(name, i);
		make(name, i);
	}
}

FIXTURE_TEARDOWN(list)
{
	close(self->dir);
}

static uint8_t type_of(unsigned int number)
{
	static const uint8_t types[] = { DT_DIR, DT_LNK, DT_REG };

	return types[number % 3];
}

/* One name that was listed; false if it, its type or its inode is not what was made. */
static bool seen(unsigned char *all, const char *name, uint8_t type, uint64_t ino)
{
	unsigned long number;
	char expected[256];

	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return type == DT_DIR;
	number = strtoul(name, NULL, 10);
	if (number >= ENTRIES)
		return false;
	name_of(expected, number);
	all[number]++;
	return !strcmp(name, expected) && type == type_of(number) && ino == inode_of(name);
}

/* Takes note of all records in @buf; false if one is not right. */
static bool take(unsigned char *all, const char *buf, long len, bool old)
{
	const char *p = buf;

	while (p < buf + len) {
		const struct entry64 *e = (const void *)p;
		const struct entry *o = (const void *)p;
		bool right = old ? seen(all, o->name, p[e->len - 1], o->ino) :
				   seen(all, e->name, e->type, e->ino);

		if (!right || e->len % 8)
			return false;
		p += e->len;
	}
	return p == buf + len;
}

static long list(int dir, void *buf, size_t size, bool old)
{
	return old ? SYS(getdents, dir, buf, size) : SYS(getdents64, dir, buf, size);
}

static bool each_once(const unsigned char *all)
{
	for (unsigned int i = 0; i < ENTRIES; i++)
		if (all[i] != 1)
			return false;
	return true;
}

static char *map(size_t size, int prot)
{
	char *p = mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		abort();
	return p;
}

/* From a buffer that is there, or has no page at each call. */
static bool whole(int dir, unsigned char *all, size_t size, size_t shift, bool old, bool absent)
{
	char *area = map(size + PAGE, PROT_READ | PROT_WRITE);
	char *buf = area + shift;
	long len;

	memset(all, 0, ENTRIES);
	if (lseek(dir, 0, SEEK_SET))
		return false;
	while ((len = list(dir, buf, size, old)) > 0) {
		if ((size_t)len > size || !take(all, buf, len, old))
			return false;
		if (absent && madvise(area, size + PAGE, MADV_DONTNEED))
			return false;
	}
	munmap(area, size + PAGE);
	return !len && each_once(all);
}

TEST_F(list, each_name_once)
{
	static const size_t sizes[] = { 280, 4096, 5000, 1 << 20 };

	for (unsigned int i = 0; i < 4; i++) {
		for (unsigned int how = 0; how < 8; how++) {
			EXPECT_TRUE(whole(self->dir, self->seen, sizes[i], how & 1 ? 8 : 3, how & 2,
					  how & 4)) {
				TH_LOG("buffer of %zu, way %u", sizes[i], how);
			}
		}
	}
}

/* Each record has the offset of what follows it. */
TEST_F(list, offsets)
{
	static char buf[1 << 20], again[1 << 20];
	long len = list(self->dir, buf, sizeof(buf), false);
	const struct entry64 *e, *next;
	unsigned int checked = 0;

	ASSERT_LT(0, len);
	EXPECT_EQ(0, list(self->dir, again, sizeof(again), false));
	for (char *p = buf; p + ((struct entry64 *)p)->len < buf + len; p += e->len) {
		e = (void *)p;
		if (checked++ % 20)
			continue;
		next = (void *)(p + e->len);
		ASSERT_EQ(e->off, lseek(self->dir, e->off, SEEK_SET));
		ASSERT_LT(0, list(self->dir, again, sizeof(again), false));
		EXPECT_STREQ(next->name, ((struct entry64 *)again)->name);
	}
	EXPECT_EQ(ENTRIES + 1u, checked);
}

/* What did not fit is what comes next. */
TEST_F(list, page_that_may_not_be_written)
{
	char *area = map(3 * PAGE, PROT_READ | PROT_WRITE);
	long len;

	ASSERT_EQ(0, mprotect(area + 2 * PAGE, PAGE, PROT_READ));
	memset(self->seen, 0, sizeof(self->seen));
	do {
		len = list(self->dir, area + PAGE + 8, 2 * PAGE - 8, false);
		ASSERT_LE(0, len);
		ASSERT_GE((long)PAGE - 8, len);
		ASSERT_TRUE(take(self->seen, area + PAGE + 8, len, false));
	} while (len);
	EXPECT_TRUE(each_once(self->seen));
}

TEST_F(list, bad_buffers)
{
	char *area = map(2 * PAGE, PROT_READ | PROT_WRITE);
	static char buf[4096];
	void *bad;

	ASSERT_EQ(0, mprotect(area + PAGE, PAGE, PROT_READ));
	for (int old = 0; old < 2; old++) {
		for_each_bad_pointer(bad)
			EXPECT_EQ(-EFAULT, list(self->dir, bad, 4096, old));
		EXPECT_EQ(-EFAULT, list(self->dir, area + PAGE, 4096, old));
		EXPECT_EQ(-EFAULT, list(self->dir, area + PAGE - 16, 4096, old));
		EXPECT_EQ(-EFAULT, list(self->dir, page_end() - 8, 4096, old));
		EXPECT_EQ(-EINVAL, list(self->dir, buf, 0, old));
		EXPECT_EQ(-EINVAL, list(self->dir, buf, 16, old));
		EXPECT_EQ(-EINVAL, list(self->dir, NULL, 16, old));
	}
	/* Nothing of all this moved it. */
	EXPECT_TRUE(whole(self->dir, self->seen, 4096, 0, false, false));
}

/* Sizes are not what is written, but from 2 GiB on there is no room at all. */
TEST_F(list, large_sizes)
{
	static char buf[1 << 20];

	/* The whole directory is less than a quarter of the buffer. */
	memset(self->seen, 0, sizeof(self->seen));
	EXPECT_TRUE(take(self->seen, buf, list(self->dir, buf, INT_MAX, false), false));
	EXPECT_TRUE(each_once(self->seen));
	lseek(self->dir, 0, SEEK_SET);
	EXPECT_EQ(-EINVAL, list(self->dir, buf, 0x80000000ul, false));
	EXPECT_EQ(-EINVAL, list(self->dir, buf, UINT_MAX, true));
}

TEST_F(list, descriptors)
{
	static char buf[4096];
	int fd;

	EXPECT_EQ(-EBADF, list(-1, buf, sizeof(buf), false));
	fd = make_file("file", "");
	EXPECT_EQ(-ENOTDIR, list(fd, buf, sizeof(buf), false));
	EXPECT_EQ(-ENOTDIR, list(fd, NULL, 0, true));
	close(fd);
	fd = open(".", O_PATH);
	EXPECT_EQ(-EBADF, list(fd, buf, sizeof(buf), false));
	close(fd);
	ASSERT_EQ(0, mkdir("gone", 0755));
	fd = open("gone", O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, rmdir("gone"));
	EXPECT_EQ(-ENOENT, list(fd, buf, sizeof(buf), false));
	close(fd);
}

TEST_HARNESS_MAIN
