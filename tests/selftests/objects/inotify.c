// SPDX-License-Identifier: GPL-2.0
/*
 * inotify(7): what is told of which change, in which order, and to whom.
 *
 * Runs as: root user
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "kselftest_harness.h"
#include "objects/util.h"

#define __aligned(n)	__attribute__((__aligned__(n)))

#define HEAD	sizeof(struct inotify_event)

static const struct {
	unsigned int bit;
	const char *name;
} names[] = {
	{ IN_ACCESS, "access" }, { IN_MODIFY, "modify" }, { IN_ATTRIB, "attrib" },
	{ IN_CLOSE_WRITE, "close_write" }, { IN_CLOSE_NOWRITE, "close_nowrite" },
	{ IN_OPEN, "open" }, { IN_MOVED_FROM, "from" }, { IN_MOVED_TO, "to" },
	{ IN_CREATE, "create" }, { IN_DELETE, "delete" }, { IN_DELETE_SELF, "delete_self" },
	{ IN_MOVE_SELF, "move_self" }, { IN_UNMOUNT, "unmount" }, { IN_Q_OVERFLOW, "overflow" },
	{ IN_IGNORED, "ignored" }, { IN_ISDIR, "dir" },
};

static unsigned int cookies[64], nr_cookies;

/* "WD BIT|BIT NAME" of an event. */
static int describe(char *to, size_t size, const struct inotify_event *event)
{
	unsigned int mask = event->mask, i;
	int len = snprintf(to, size, "%d ", event->wd);

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!(mask & names[i].bit))
			continue;
		mask &= ~names[i].bit;
		len += snprintf(to + len, size - len, "%s%s", names[i].name, mask ? "|" : "");
	}
	if (mask)
		len += snprintf(to + len, size - len, "%#x", mask);
	if (event->len)
		len += snprintf(to + len, size - len, " %s", event->name);
	if (event->cookie && nr_cookies < 64)
		cookies[nr_cookies++] = event->cookie;
	return len;
}

/* All that there is to be read, as text; events end with ";". */
static const char *told(int fd)
{
	static char text[8192];
	char buf[4096] __aligned(8);
	size_t len = 0;
	ssize_t n, pos;

	text[0] = 0;
	nr_cookies = 0;
	nonblock(fd);
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		for (pos = 0; pos < n; ) {
			const struct inotify_event *event = (void *)(buf + pos);

			len += describe(text + len, sizeof(text) - len - 1, event);
			text[len++] = ';';
			text[len] = 0;
			pos += HEAD + event->len;
		}
	}
	if (n < 0 && errno != EAGAIN)
		snprintf(text, sizeof(text), "error %d", errno);
	return text;
}

static void make(const char *name, const char *content)
{
	int fd = open(name, O_WRONLY | O_CREAT, 0600);

	if (write(fd, content, strlen(content)) < 0)
		_exit(99);
	close(fd);
}

FIXTURE(inotify) {
	int fd;
};

FIXTURE_SETUP(inotify)
{
	char name[64];

	/* The test's own directory below the one that all of them have. */
	snprintf(name, sizeof(name), "d%d", getpid());
	ASSERT_EQ(0, mkdir(name, 0700));
	ASSERT_EQ(0, chdir(name));
	self->fd = inotify_init1(IN_CLOEXEC);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(inotify)
{
	no_alarm();
}

TEST_F(inotify, life_of_a_file)
{
	char c;
	int fd;

	ASSERT_EQ(1, inotify_add_watch(self->fd, ".", IN_ALL_EVENTS));
	fd = open("a", O_RDWR | O_CREAT, 0600);
	EXPECT_STREQ("1 create a;1 open a;", told(self->fd));
	ASSERT_EQ(2, write(fd, "xy", 2));
	EXPECT_STREQ("1 modify a;", told(self->fd));
	ASSERT_EQ(1, pread(fd, &c, 1, 0));
	EXPECT_STREQ("1 access a;", told(self->fd));
	fchmod(fd, 0400);
	EXPECT_STREQ("1 attrib a;", told(self->fd));
	ASSERT_EQ(0, ftruncate(fd, 1));
	EXPECT_STREQ("1 modify a;", told(self->fd));
	close(fd);
	EXPECT_STREQ("1 close_write a;", told(self->fd));
	close(open("a", O_RDONLY));
	EXPECT_STREQ("1 open a;1 close_nowrite a;", told(self->fd));
	unlink("a");
	EXPECT_STREQ("1 delete a;", told(self->fd));
}

TEST_F(inotify, more_ways_to_change)
{
	struct timespec times[2] = { { 1, 0 }, { 1, 0 } };

	make("a", "content");
	ASSERT_EQ(1, inotify_add_watch(self->fd, ".", IN_ALL_EVENTS));
	ASSERT_EQ(0, truncate("a", 2));
	EXPECT_STREQ("1 modify a;", told(self->fd));
	ASSERT_EQ(0, utimensat(AT_FDCWD, "a", times, 0));
	EXPECT_STREQ("1 attrib a;", told(self->fd));
	ASSERT_EQ(0, chown("a", getuid(), -1));
	EXPECT_STREQ("1 attrib a;", told(self->fd));
	/* Kernels differ in what comes first, the opening or the truncation. */
	ASSERT_EQ(1, inotify_add_watch(self->fd, ".", IN_ALL_EVENTS & ~IN_OPEN));
	close(open("a", O_WRONLY | O_TRUNC));
	EXPECT_STREQ("1 modify a;1 close_write a;", told(self->fd));
	ASSERT_EQ(1, inotify_add_watch(self->fd, ".", IN_ALL_EVENTS));
	ASSERT_EQ(0, link("a", "b"));
	EXPECT_STREQ("1 create b;", told(self->fd));
	ASSERT_EQ(0, symlink("a", "s"));
	EXPECT_STREQ("1 create s;", told(self->fd));
	ASSERT_EQ(0, mkfifo("p", 0600));
	EXPECT_STREQ("1 create p;", told(self->fd));
	ASSERT_EQ(0, mkdir("d", 0700));
	EXPECT_STREQ("1 create|dir d;", told(self->fd));
	ASSERT_EQ(0, chmod("d", 0750));
	EXPECT_STREQ("1 attrib|dir d;", told(self->fd));
	close(open("d", O_RDONLY));
	EXPECT_STREQ("1 open|dir d;1 close_nowrite|dir d;", told(self->fd));
	ASSERT_EQ(0, rmdir("d"));
	EXPECT_STREQ("1 delete|dir d;", told(self->fd));
}

TEST_F(inotify, renames_have_cookies)
{
	make("a", "");
	make("b", "");
	mkdir("d", 0700);
	ASSERT_EQ(1, inotify_add_watch(self->fd, ".", IN_MOVE | IN_MOVE_SELF | IN_DELETE));
	ASSERT_EQ(2, inotify_add_watch(self->fd, "d", IN_MOVE | IN_MOVE_SELF));
	ASSERT_EQ(0, rename("a", "c"));
	EXPECT_STREQ("1 from a;1 to c;", told(self->fd));
	EXPECT_EQ(2, nr_cookies);
	EXPECT_EQ(cookies[0], cookies[1]);
	ASSERT_EQ(0, rename("c", "d/e"));
	EXPECT_STREQ("1 from c;2 to e;", told(self->fd));
	EXPECT_EQ(cookies[0], cookies[1]);
	ASSERT_EQ(0, rename("b", "d/e"));
	EXPECT_STREQ("1 from b;2 to e;", told(self->fd));
	ASSERT_EQ(0, rename("d", "f"));
	EXPECT_STREQ("1 from|dir d;1 to|dir f;2 move_self;", told(self->fd));
	EXPECT_EQ(2, nr_cookies);
	make("g", "");
	make("h", "");
	ASSERT_EQ(0, syscall(SYS_renameat2, AT_FDCWD, "g", AT_FDCWD, "h", 2));
	EXPECT_STREQ("1 from g;1 to h;1 from h;1 to g;", told(self->fd));
	EXPECT_EQ(4, nr_cookies);
	EXPECT_EQ(cookies[0], cookies[1]);
	EXPECT_EQ(cookies[2], cookies[3]);
	EXPECT_NE(cookies[0], cookies[2]);
}

TEST_F(inotify, a_file_itself)
{
	make("a", "");
	ASSERT_EQ(1, inotify_add_watch(self->fd, "a", IN_ALL_EVENTS));
	make("a", "x");
	EXPECT_STREQ("1 open;1 modify;1 close_write;", told(self->fd));
	link("a", "b");
	EXPECT_STREQ("1 attrib;", told(self->fd));
	unlink("a");
	EXPECT_STREQ("1 attrib;", told(self->fd));
	rename("b", "c");
	EXPECT_STREQ("1 move_self;", told(self->fd));
	unlink("c");
	EXPECT_STREQ("1 attrib;1 delete_self;1 ignored;", told(self->fd));
	EXPECT_EQ(-1, inotify_rm_watch(self->fd, 1));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(inotify, deleted_but_open)
{
	int fd;

	make("a", "");
	fd = open("a", O_RDWR);
	ASSERT_EQ(1, inotify_add_watch(self->fd, "a", IN_ALL_EVENTS));
	unlink("a");
	EXPECT_STREQ("1 attrib;", told(self->fd));
	ASSERT_EQ(1, write(fd, "x", 1));
	EXPECT_STREQ("1 modify;", told(self->fd));
	close(fd);
	EXPECT_STREQ("1 close_write;1 delete_self;1 ignored;", told(self->fd));
}

TEST_F(inotify, a_directory_goes)
{
	mkdir("d", 0700);
	ASSERT_EQ(1, inotify_add_watch(self->fd, ".", IN_ALL_EVENTS));
	ASSERT_EQ(2, inotify_add_watch(self->fd, "d", IN_ALL_EVENTS));
	rmdir("d");
	EXPECT_STREQ("2 delete_self;2 ignored;1 delete|dir d;", told(self->fd));
}

TEST_F(inotify, replaced_by_a_rename)
{
	make("a", "");
	make("b", "");
	ASSERT_EQ(1, inotify_add_watch(self->fd, "b", IN_ALL_EVENTS));
	ASSERT_EQ(0, rename("a", "b"));
	EXPECT_STREQ("1 attrib;1 delete_self;1 ignored;", told(self->fd));
}

TEST_F(inotify, parent_and_child)
{
	make("a", "");
	ASSERT_EQ(1, inotify_add_watch(self->fd, ".", IN_MODIFY));
	ASSERT_EQ(2, inotify_add_watch(self->fd, "a", IN_MODIFY | IN_OPEN));
	make("a", "x");
	EXPECT_STREQ("2 open;1 modify a;2 modify;", told(self->fd));
}

TEST_F(inotify, unlinked_children)
{
	int fd, gone;

	make("a", "");
	make("b", "");
	ASSERT_EQ(1, inotify_add_watch(self->fd, ".", IN_MODIFY | IN_DELETE | IN_EXCL_UNLINK));
	gone = open("a", O_WRONLY);
	fd = open("b", O_WRONLY);
	unlink("a");
	ASSERT_EQ(1, write(gone, "x", 1));
	ASSERT_EQ(1, write(fd, "x", 1));
	EXPECT_STREQ("1 delete a;1 modify b;", told(self->fd));
	/* Without that flag it goes on. */
	ASSERT_EQ(1, inotify_add_watch(self->fd, ".", IN_MODIFY | IN_DELETE));
	ASSERT_EQ(1, write(gone, "x", 1));
	EXPECT_STREQ("1 modify a;", told(self->fd));
}

TEST_F(inotify, one_shot)
{
	ASSERT_EQ(1, inotify_add_watch(self->fd, ".", IN_CREATE | IN_ONESHOT));
	make("a", "");
	make("b", "");
	EXPECT_STREQ("1 create a;1 ignored;", told(self->fd));
	EXPECT_EQ(2, inotify_add_watch(self->fd, ".", IN_CREATE));
	EXPECT_EQ(2, inotify_add_watch(self->fd, ".", IN_CREATE | IN_ONESHOT | IN_MASK_ADD));
	make("c", "");
	make("d", "");
	EXPECT_STREQ("2 create c;2 ignored;", told(self->fd));
}

TEST_F(inotify, masks_change)
{
	make("a", "");
	ASSERT_EQ(1, inotify_add_watch(self->fd, ".", IN_OPEN));
	EXPECT_EQ(1, inotify_add_watch(self->fd, ".", IN_CREATE));
	make("b", "");
	EXPECT_STREQ("1 create b;", told(self->fd));
	EXPECT_EQ(1, inotify_add_watch(self->fd, ".", IN_CLOSE_WRITE | IN_MASK_ADD));
	make("c", "");
	EXPECT_STREQ("1 create c;1 close_write c;", told(self->fd));
	EXPECT_EQ(-1, inotify_add_watch(self->fd, ".", IN_OPEN | IN_MASK_CREATE));
	EXPECT_EQ(EEXIST, errno);
	EXPECT_EQ(2, inotify_add_watch(self->fd, "a", IN_OPEN | IN_MASK_CREATE));
	EXPECT_EQ(1, inotify_add_watch(self->fd, ".", IN_DELETE));
	make("c", "x");
	unlink("c");
	EXPECT_STREQ("1 delete c;", told(self->fd));
	/* The same inode by another name. */
	link("a", "l");
	EXPECT_EQ(2, inotify_add_watch(self->fd, "l", IN_MODIFY));
}

TEST_F(inotify, what_is_found)
{
	make("a", "");
	ASSERT_EQ(0, symlink("a", "s"));
	ASSERT_EQ(1, inotify_add_watch(self->fd, "s", IN_ATTRIB | IN_DELETE_SELF));
	chmod("a", 0400);
	EXPECT_STREQ("1 attrib;", told(self->fd));
	ASSERT_EQ(2, inotify_add_watch(self->fd, "s", IN_DELETE_SELF | IN_DONT_FOLLOW));
	unlink("s");
	EXPECT_STREQ("2 delete_self;2 ignored;", told(self->fd));
	EXPECT_EQ(-1, inotify_add_watch(self->fd, "a", IN_OPEN | IN_ONLYDIR));
	EXPECT_EQ(ENOTDIR, errno);
	EXPECT_EQ(3, inotify_add_watch(self->fd, ".", IN_OPEN | IN_ONLYDIR));
	EXPECT_EQ(-1, inotify_add_watch(self->fd, "none", IN_OPEN));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(-1, inotify_add_watch(self->fd, "", IN_OPEN));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(-1, inotify_add_watch(self->fd, at(16), IN_OPEN));
	EXPECT_EQ(EFAULT, errno);
	/* Who may not read may not watch. */
	chmod("a", 0);
	EXPECT_EQ(getuid() ? -1 : 1, inotify_add_watch(self->fd, "a", IN_OPEN));
}

TEST_F(inotify, bad_arguments)
{
	int fds[2];

	EXPECT_EQ(-1, inotify_init1(1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, inotify_init1(O_NONBLOCK | O_APPEND));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, inotify_add_watch(self->fd, ".", 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, inotify_add_watch(self->fd, ".", 0x10000));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, inotify_add_watch(-1, ".", 0x10000));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, inotify_add_watch(self->fd, ".", IN_OPEN | IN_MASK_ADD | IN_MASK_CREATE));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, inotify_add_watch(-1, ".", IN_OPEN | IN_MASK_ADD | IN_MASK_CREATE));
	EXPECT_EQ(EBADF, errno);
	EXPECT_EQ(-1, inotify_add_watch(999, ".", IN_OPEN));
	EXPECT_EQ(EBADF, errno);
	ASSERT_EQ(0, pipe(fds));
	EXPECT_EQ(-1, inotify_add_watch(fds[0], "none", IN_OPEN));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, inotify_rm_watch(fds[0], 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, inotify_rm_watch(999, 1));
	EXPECT_EQ(EBADF, errno);
	EXPECT_EQ(-1, inotify_rm_watch(self->fd, 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, inotify_rm_watch(self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, inotify_rm_watch(self->fd, INT_MIN));
	EXPECT_EQ(EINVAL, errno);
	/* Bits that only events have are no mistake. */
	EXPECT_EQ(1, inotify_add_watch(self->fd, ".", IN_IGNORED));
	EXPECT_EQ(1, inotify_add_watch(self->fd, ".", IN_ISDIR));
}

TEST_F(inotify, removed)
{
	ASSERT_EQ(1, inotify_add_watch(self->fd, ".", IN_CREATE));
	EXPECT_EQ(0, inotify_rm_watch(self->fd, 1));
	make("a", "");
	EXPECT_STREQ("1 ignored;", told(self->fd));
	EXPECT_EQ(-1, inotify_rm_watch(self->fd, 1));
	EXPECT_EQ(EINVAL, errno);
	/* Descriptors are not used again soon. */
	EXPECT_EQ(2, inotify_add_watch(self->fd, ".", IN_CREATE));
	EXPECT_EQ(0, inotify_rm_watch(self->fd, 2));
	EXPECT_EQ(3, inotify_add_watch(self->fd, ".", IN_CREATE));
}

#ifndef INOTIFY_IOC_SETNEXTWD
#define INOTIFY_IOC_SETNEXTWD	_IOW('I', 0, __s32)
#endif

TEST_F(inotify, next_descriptor)
{
	EXPECT_EQ(0, ioctl(self->fd, INOTIFY_IOC_SETNEXTWD, 1000));
	EXPECT_EQ(1000, inotify_add_watch(self->fd, ".", IN_CREATE));
	EXPECT_EQ(0, ioctl(self->fd, INOTIFY_IOC_SETNEXTWD, INT_MAX));
	EXPECT_EQ(INT_MAX, inotify_add_watch(self->fd, "..", IN_CREATE));
	EXPECT_EQ(1, inotify_add_watch(self->fd, "/", IN_CREATE));
	EXPECT_EQ(0, inotify_rm_watch(self->fd, INT_MAX));
	EXPECT_EQ(-1, ioctl(self->fd, INOTIFY_IOC_SETNEXTWD, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ioctl(self->fd, INOTIFY_IOC_SETNEXTWD, -5));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ioctl(self->fd, TIOCGWINSZ, at(16)));
	EXPECT_EQ(ENOTTY, errno);
}

TEST_F(inotify, equal_events_become_one)
{
	int fd;

	make("a", "");
	make("b", "");
	fd = open("a", O_WRONLY);
	ASSERT_EQ(1, inotify_add_watch(self->fd, ".", IN_MODIFY | IN_OPEN));
	for (int i = 0; i < 10; i++)
		ASSERT_EQ(1, write(fd, "x", 1));
	EXPECT_STREQ("1 modify a;", told(self->fd));
	ASSERT_EQ(1, write(fd, "x", 1));
	make("b", "x");
	ASSERT_EQ(1, write(fd, "x", 1));
	ASSERT_EQ(1, write(fd, "x", 1));
	EXPECT_STREQ("1 modify a;1 open b;1 modify b;1 modify a;", told(self->fd));
	/* But not with one that was read already. */
	ASSERT_EQ(1, write(fd, "x", 1));
	EXPECT_STREQ("1 modify a;", told(self->fd));
}

/* Slow where the kernel checks itself. */
TEST_F_TIMEOUT(inotify, too_many_events, 120)
{
	char buf[65536] __aligned(8);
	const struct inotify_event *event = NULL;
	int max = 0, count = 0, bytes, sum = 0, fds[2];
	ssize_t n, pos;
	FILE *file;

	file = fopen("/proc/sys/fs/inotify/max_queued_events", "r");
	ASSERT_NE(NULL, file);
	ASSERT_EQ(1, fscanf(file, "%d", &max));
	ASSERT_LE(16, max);
	make("a", "x");
	make("b", "x");
	fds[0] = open("a", O_RDONLY);
	fds[1] = open("b", O_RDONLY);
	ASSERT_EQ(1, inotify_add_watch(self->fd, ".", IN_ACCESS));
	for (int i = 0; i < max + 10; i++)
		ASSERT_EQ(1, pread(fds[i & 1], buf, 1, 0));
	ASSERT_EQ(0, ioctl(self->fd, FIONREAD, &bytes));
	nonblock(self->fd);
	while ((n = read(self->fd, buf, sizeof(buf))) > 0) {
		for (pos = 0; pos < n; pos += HEAD + event->len) {
			event = (void *)(buf + pos);
			count++;
		}
		sum += n;
	}
	EXPECT_EQ(max + 1, count);
	EXPECT_EQ(bytes, sum);
	ASSERT_NE(NULL, event);
	EXPECT_EQ(-1, event->wd);
	EXPECT_EQ(IN_Q_OVERFLOW, event->mask);
	EXPECT_EQ(0, event->len);
	/* And then on again. */
	ASSERT_EQ(1, pread(fds[0], buf, 1, 0));
	EXPECT_STREQ("1 access a;", told(self->fd));
}

TEST_F(inotify, reads_whole_events)
{
	char buf[256] __aligned(8);
	struct inotify_event *event = (void *)buf;
	struct iovec two[2] = { { buf, HEAD }, { buf + HEAD, 200 } };
	int bytes;

	ASSERT_EQ(1, inotify_add_watch(self->fd, ".", IN_CREATE));
	make("fifteen-letters", "");
	make("sixteen--letters", "");
	make("a", "");
	ASSERT_EQ(0, ioctl(self->fd, FIONREAD, &bytes));
	EXPECT_EQ(HEAD + 16 + HEAD + 32 + HEAD + 16, bytes);
	EXPECT_EQ(-1, ioctl(self->fd, FIONREAD, at(16)));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, read(self->fd, buf, HEAD));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, read(self->fd, buf, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, read(self->fd, buf, HEAD + 15));
	EXPECT_EQ(EINVAL, errno);
	/* No event is torn, not over two buffers either. */
	EXPECT_EQ(-1, readv(self->fd, two, 2));
	EXPECT_EQ(EINVAL, errno);
	memset(buf, 0x55, sizeof(buf));
	EXPECT_EQ(HEAD + 16, read(self->fd, buf, HEAD + 16 + HEAD + 31));
	EXPECT_EQ(16, event->len);
	EXPECT_STREQ("fifteen-letters", event->name);
	EXPECT_EQ(0x55, buf[HEAD + 16]);
	EXPECT_EQ(HEAD + 32 + HEAD + 16, read(self->fd, buf, sizeof(buf)));
	EXPECT_EQ(32, event->len);
	EXPECT_EQ(0, event->name[31]);
	event = (void *)(buf + HEAD + 32);
	EXPECT_STREQ("a", event->name);
}

/* Lost, as it was taken out already; what is behind it is not. */
TEST_F(inotify, reads_to_bad_memory)
{
	char *map = half_mapped();

	ASSERT_EQ(1, inotify_add_watch(self->fd, ".", IN_CREATE));
	make("a", "");
	make("b", "");
	make("c", "");
	EXPECT_EQ(-1, read(self->fd, at(16), 100));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, read(self->fd, map + PAGE - HEAD, 100));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_STREQ("1 create c;", told(self->fd));
}

TEST_F(inotify, other_uses_of_the_descriptor)
{
	char link[64] = "", buf[64];
	struct stat st;

	EXPECT_EQ(-1, write(self->fd, "x", 1));
	EXPECT_EQ(EBADF, errno);
	EXPECT_EQ(0, lseek(self->fd, 5, SEEK_SET));
	EXPECT_EQ(-1, pread(self->fd, buf, 1, 0));
	EXPECT_EQ(ESPIPE, errno);
	EXPECT_EQ(-1, open_fd(self->fd, O_RDONLY));
	EXPECT_EQ(getuid() ? EACCES : ENXIO, errno);
	EXPECT_EQ(O_RDONLY, fcntl(self->fd, F_GETFL));
	EXPECT_EQ(FD_CLOEXEC, fcntl(self->fd, F_GETFD));
	ASSERT_EQ(0, fstat(self->fd, &st));
	EXPECT_EQ(0600, st.st_mode);
	EXPECT_EQ(0, st.st_uid);
	snprintf(buf, sizeof(buf), "/proc/self/fd/%d", self->fd);
	ASSERT_LT(0, readlink(buf, link, sizeof(link) - 1));
	EXPECT_STREQ("anon_inode:inotify", link);
	EXPECT_EQ(-1, mmap(NULL, PAGE, PROT_READ, MAP_SHARED, self->fd, 0) == MAP_FAILED ? -1 : 0);
	EXPECT_EQ(ENODEV, errno);
}

/* Linux adds a handle of the inode where there is one. */
TEST_F(inotify, told_by_proc)
{
	unsigned int wd, dev, mask, ignored;
	unsigned long ino;
	char line[256];
	struct stat st;
	FILE *file;

	ASSERT_EQ(1, inotify_add_watch(self->fd, ".", IN_CREATE | IN_MODIFY));
	ASSERT_EQ(0, stat(".", &st));
	snprintf(line, sizeof(line), "/proc/self/fdinfo/%d", self->fd);
	file = fopen(line, "r");
	ASSERT_NE(NULL, file);
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, "inotify ", 8))
			break;
	ASSERT_EQ(5, sscanf(line, "inotify wd:%x ino:%lx sdev:%x mask:%x ignored_mask:%x",
			    &wd, &ino, &dev, &mask, &ignored));
	EXPECT_EQ(1, wd);
	EXPECT_EQ(st.st_ino, ino);
	EXPECT_EQ(IN_CREATE | IN_MODIFY, mask & IN_ALL_EVENTS);
	EXPECT_EQ(0, ignored);
	EXPECT_EQ(NULL, fgets(line, sizeof(line), file));
}

TEST_F(inotify, polled)
{
	pid_t child;

	ASSERT_EQ(1, inotify_add_watch(self->fd, ".", IN_CREATE));
	EXPECT_EQ(0, events(self->fd));
	make("a", "");
	EXPECT_EQ(POLLIN | POLLRDNORM, events(self->fd));
	told(self->fd);
	EXPECT_EQ(0, events(self->fd));
	child = fork();
	if (!child) {
		usleep(100000);
		make("b", "");
		_exit(0);
	}
	EXPECT_EQ(1, poll(&(struct pollfd){ self->fd, POLLIN }, 1, 20000));
	EXPECT_STREQ("1 create b;", told(self->fd));
	waitpid(child, NULL, 0);
}

TEST_F(inotify, waited_for)
{
	char buf[256] __aligned(8);
	struct inotify_event *event = (void *)buf;
	pid_t child;

	ASSERT_EQ(1, inotify_add_watch(self->fd, ".", IN_CREATE));
	child = fork();
	if (!child) {
		usleep(100000);
		make("a", "");
		_exit(0);
	}
	EXPECT_EQ(HEAD + 16, read(self->fd, buf, sizeof(buf)));
	EXPECT_STREQ("a", event->name);
	waitpid(child, NULL, 0);
	alarm_after(50, 0);
	EXPECT_EQ(-1, read(self->fd, buf, sizeof(buf)));
	EXPECT_EQ(EINTR, errno);
	no_alarm();
	nonblock(self->fd);
	EXPECT_EQ(-1, read(self->fd, buf, sizeof(buf)));
	EXPECT_EQ(EAGAIN, errno);
	/* Too small only matters once there is something. */
	EXPECT_EQ(-1, read(self->fd, buf, 1));
	EXPECT_EQ(EAGAIN, errno);
}

TEST_F(inotify, restarted)
{
	char buf[256];
	int status;
	pid_t child;

	ASSERT_EQ(1, inotify_add_watch(self->fd, ".", IN_CREATE));
	child = fork();
	if (!child) {
		alarm_after(20, SA_RESTART);
		_exit(read(self->fd, buf, sizeof(buf)) == HEAD + 16 ? 0 : 1);
	}
	stop_and_continue(child);
	usleep(100000);
	make("a", "");
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(inotify, by_signal)
{
	on_signal(SIGIO, 0);
	ASSERT_EQ(1, inotify_add_watch(self->fd, ".", IN_CREATE));
	ASSERT_EQ(0, fcntl(self->fd, F_SETOWN, getpid()));
	ASSERT_EQ(0, fcntl(self->fd, F_SETFL, O_ASYNC));
	make("a", "");
	EXPECT_EQ(1, signals);
	ASSERT_EQ(0, fcntl(self->fd, F_SETFL, 0));
	make("b", "");
	EXPECT_EQ(1, signals);
}

/* A second instance sees the same, and its end takes nothing from the first. */
TEST_F(inotify, two_instances)
{
	int other = inotify_init();

	ASSERT_LE(0, other);
	ASSERT_EQ(1, inotify_add_watch(self->fd, ".", IN_CREATE | IN_OPEN));
	ASSERT_EQ(1, inotify_add_watch(other, ".", IN_CREATE));
	make("a", "");
	EXPECT_STREQ("1 create a;1 open a;", told(self->fd));
	EXPECT_STREQ("1 create a;", told(other));
	close(other);
	make("b", "");
	EXPECT_STREQ("1 create b;1 open b;", told(self->fd));
}

/* By a child, too: the instance is one. */
TEST_F(inotify, shared_with_a_child)
{
	pid_t child = fork();

	if (!child)
		_exit(inotify_add_watch(self->fd, ".", IN_CREATE));
	waitpid(child, NULL, 0);
	make("a", "");
	EXPECT_STREQ("1 create a;", told(self->fd));
}

TEST_F(inotify, instances_are_bounded)
{
	int max = 0, n, fds[4096];
	FILE *file;

	file = fopen("/proc/sys/fs/inotify/max_user_instances", "r");
	ASSERT_NE(NULL, file);
	ASSERT_EQ(1, fscanf(file, "%d", &max));
	ASSERT_LE(16, max);
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 4096, 4096 }));
	for (n = 0; n < 4000; n++) {
		fds[n] = inotify_init();
		if (fds[n] < 0)
			break;
	}
	EXPECT_EQ(EMFILE, errno);
	EXPECT_GE(max, n + 1);
	EXPECT_LE(8, n);
	/* One goes, one comes. */
	close(fds[0]);
	fds[0] = inotify_init();
	EXPECT_LE(0, fds[0]);
}

TEST_F(inotify, descriptors_run_out)
{
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 3, 4096 }));
	EXPECT_EQ(-1, inotify_init());
	EXPECT_EQ(EMFILE, errno);
}

TEST_F(inotify, many_watches)
{
	char name[32];

	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		make(name, "");
		ASSERT_EQ(i + 1, inotify_add_watch(self->fd, name, IN_OPEN));
	}
	close(open("f123", O_RDONLY));
	EXPECT_STREQ("124 open;", told(self->fd));
	for (int i = 0; i < 300; i += 2)
		ASSERT_EQ(0, inotify_rm_watch(self->fd, i + 1));
	close(self->fd);
}

TEST_F(inotify, long_names)
{
	char name[256], line[300];

	memset(name, 'n', 255);
	name[255] = 0;
	ASSERT_EQ(1, inotify_add_watch(self->fd, ".", IN_CREATE));
	make(name, "");
	snprintf(line, sizeof(line), "1 create %s;", name);
	EXPECT_STREQ(line, told(self->fd));
}

TEST_HARNESS_MAIN
