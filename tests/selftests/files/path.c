// SPDX-License-Identifier: GPL-2.0
/*
 * Paths, as every call that takes one sees them: bad pointers, limits, where
 * relative ones start.
 *
 * Runs as: root user
 */
#include <linux/openat2.h>
#include <sys/inotify.h>
#include <time.h>

#include "files.h"
#include "kselftest_harness.h"

/*
 * All calls with a path, given the descriptor and the path to use; what else
 * they need is harmless.
 */
enum kind { IS_FILE, IS_LINK, IS_DIR, IS_NEW };

struct call {
	const char *name;
	long (*call)(int dfd, const void *path);
	int takes_dfd;
	enum kind kind;			/* what its path has to be */
};

static struct stat st;
static struct statx stx;
static struct open_how how;
static const struct timespec now[2];
static char buf[PATH_MAX];

/* Nothing of this is a descriptor to be closed. */
static long done(long ret)
{
	return ret < 0 ? ret : 0;
}

static long to_and_back(const void *path)
{
	int here = open(".", O_PATH);
	long ret = SYS(chdir, path);

	if (fchdir(here))
		abort();
	close(here);
	return ret;
}

static long watch(const void *path)
{
	int fd = inotify_init();
	long ret = done(SYS(inotify_add_watch, fd, path, IN_OPEN));

	close(fd);
	return ret;
}

#define CALL(id, kind, dfd, ...)					\
static long call_##id(int at, const void *path)				\
{									\
	return __VA_ARGS__;						\
}
#define CALLS								\
	CALL(open, IS_FILE, 0, SYS(open, path, O_RDONLY | O_CLOEXEC))	\
	CALL(openat, IS_FILE, 1, SYS(openat, at, path, O_RDONLY))	\
	CALL(open_path, IS_FILE, 1, SYS(openat, at, path, O_PATH | O_NOFOLLOW))	\
	CALL(open_trunc, IS_FILE, 1, SYS(openat, at, path, O_RDWR | O_TRUNC))	\
	CALL(open_create, IS_FILE, 1, SYS(openat, at, path, O_RDWR | O_CREAT, 0600))	\
	CALL(stat, IS_FILE, 0, SYS(stat, path, &st))			\
	CALL(lstat, IS_FILE, 0, SYS(lstat, path, &st))			\
	CALL(newfstatat, IS_FILE, 1, SYS(newfstatat, at, path, &st, 0))	\
	CALL(statx, IS_FILE, 1, SYS(statx, at, path, 0, STATX_BASIC_STATS, &stx))	\
	CALL(statfs, IS_FILE, 0, SYS(statfs, path, buf))		\
	CALL(access, IS_FILE, 0, SYS(access, path, F_OK))		\
	CALL(faccessat, IS_FILE, 1, SYS(faccessat, at, path, R_OK))	\
	CALL(faccessat2, IS_FILE, 1, SYS(faccessat2, at, path, R_OK, AT_EACCESS))	\
	CALL(chmod, IS_FILE, 0, SYS(chmod, path, 0600))			\
	CALL(fchmodat, IS_FILE, 1, SYS(fchmodat, at, path, 0600))	\
	CALL(chown, IS_FILE, 0, SYS(chown, path, -1, -1))		\
	CALL(lchown, IS_FILE, 0, SYS(lchown, path, -1, -1))		\
	CALL(fchownat, IS_FILE, 1, SYS(fchownat, at, path, -1, -1, 0))	\
	CALL(truncate, IS_FILE, 0, SYS(truncate, path, 0))		\
	CALL(utime, IS_FILE, 0, SYS(utime, path, NULL))			\
	CALL(utimes, IS_FILE, 0, SYS(utimes, path, NULL))		\
	CALL(unlink, IS_FILE, 0, SYS(unlink, path))			\
	CALL(unlinkat, IS_FILE, 1, SYS(unlinkat, at, path, 0))		\
	CALL(mkdir, IS_NEW, 0, SYS(mkdir, path, 0700))			\
	CALL(mkdirat, IS_NEW, 1, SYS(mkdirat, at, path, 0700))		\
	CALL(mknod, IS_NEW, 0, SYS(mknod, path, S_IFIFO | 0600, 0))	\
	CALL(mknodat, IS_NEW, 1, SYS(mknodat, at, path, S_IFREG | 0600, 0))	\
	CALL(symlink, IS_NEW, 0, SYS(symlink, "target", path))		\
	CALL(symlinkat, IS_NEW, 1, SYS(symlinkat, "target", at, path))	\
	CALL(link_to, IS_NEW, 0, SYS(link, "source", path))		\
	CALL(linkat_to, IS_NEW, 1, SYS(linkat, AT_FDCWD, "source", at, path, 0))	\
	CALL(linkat_from, IS_FILE, 1, SYS(linkat, at, path, AT_FDCWD, "made", 0))	\
	CALL(rename_to, IS_NEW, 0, SYS(rename, "source", path))		\
	CALL(renameat_to, IS_NEW, 1, SYS(renameat, AT_FDCWD, "source", at, path))	\
	CALL(openat2, IS_FILE, 1, SYS(openat2, at, path, &how, sizeof(how)))	\
	CALL(creat, IS_FILE, 0, SYS(creat, path, 0600))			\
	CALL(readlink, IS_LINK, 0, done(SYS(readlink, path, buf, sizeof(buf))))	\
	CALL(readlinkat, IS_LINK, 1, done(SYS(readlinkat, at, path, buf, sizeof(buf))))	\
	CALL(utimensat, IS_FILE, 1, SYS(utimensat, at, path, now, 0))	\
	CALL(futimesat, IS_FILE, 1, SYS(futimesat, at, path, NULL))	\
	CALL(listxattr, IS_FILE, 0, done(SYS(listxattr, path, NULL, 0)))	\
	CALL(llistxattr, IS_FILE, 0, done(SYS(llistxattr, path, NULL, 0)))	\
	CALL(setxattr, IS_FILE, 0, SYS(setxattr, path, "user.x", "", 0, 0))	\
	CALL(inotify_add_watch, IS_FILE, 0, watch(path))		\
	CALL(chdir, IS_DIR, 0, to_and_back(path))			\
	CALL(rmdir, IS_DIR, 0, SYS(rmdir, path))			\
	CALL(unlinkat_dir, IS_DIR, 1, SYS(unlinkat, at, path, AT_REMOVEDIR))	\
	CALL(link_from, IS_FILE, 0, SYS(link, path, "made"))		\
	CALL(rename_from, IS_FILE, 0, SYS(rename, path, "made"))	\
	CALL(renameat2_from, IS_FILE, 1, SYS(renameat2, at, path, AT_FDCWD, "made", 0))

CALLS
#undef CALL

static const struct call calls[] = {
#define CALL(id, kind, dfd, ...) { #id, call_##id, dfd, kind },
CALLS
#undef CALL
};

#define NR_CALLS	(sizeof(calls) / sizeof(*calls))

/* Calls that have an errno of their own for some of what is asked here. */
static int is(const struct call *call, const char *name)
{
	return !strcmp(call->name, name);
}

static int opens_new(const struct call *call)
{
	return is(call, "open_create") || is(call, "creat");
}

static void make(const struct call *call, const char *name)
{
	if (call->kind == IS_FILE)
		touch(name);
	else if (call->kind == IS_LINK ? symlink("source", name) :
		 call->kind == IS_DIR ? mkdir(name, 0700) : 0)
		abort();
}

/* What the call works on. */
static void prepare(const struct call *call)
{
	unlink("made");
	touch("source");
	rmdir("x");
	unlink("x");
	make(call, "x");
}

static void finish(long ret)
{
	if (ret > 2)
		close(ret);
}

TEST(bad_pointer)
{
	void *bad;

	enter("bad_pointer");
	for (unsigned int i = 0; i < NR_CALLS; i++) {
		for_each_bad_pointer(bad) {
			prepare(&calls[i]);
			EXPECT_EQ(-EFAULT, calls[i].call(AT_FDCWD, bad)) {
				TH_LOG("%s(%p)", calls[i].name, bad);
			}
		}
	}
}

/* A path that runs into unmapped memory before its NUL, and one that just does not. */
TEST(end_of_page)
{
	enter("page_end");
	for (unsigned int i = 0; i < NR_CALLS; i++) {
		long ret;

		prepare(&calls[i]);
		EXPECT_EQ(-EFAULT, calls[i].call(AT_FDCWD, at_page_end("./x", 3))) {
			TH_LOG("%s without NUL", calls[i].name);
		}
		ret = calls[i].call(AT_FDCWD, at_page_end("./x", 4));
		EXPECT_GE(ret, 0) {
			TH_LOG("%s with NUL: %ld", calls[i].name, ret);
		}
		finish(ret);
	}
}

/* What is behind a NUL is nobody's. */
TEST(nul)
{
	static const char path[] = "./x\0/no";

	enter("nul");
	for (unsigned int i = 0; i < NR_CALLS; i++) {
		long ret;

		prepare(&calls[i]);
		ret = calls[i].call(AT_FDCWD, at_page_end(path, sizeof(path)));
		EXPECT_GE(ret, 0) {
			TH_LOG("%s: %ld", calls[i].name, ret);
		}
		finish(ret);
	}
}

TEST(empty)
{
	enter("empty");
	for (unsigned int i = 0; i < NR_CALLS; i++) {
		prepare(&calls[i]);
		EXPECT_EQ(-ENOENT, calls[i].call(AT_FDCWD, "")) {
			TH_LOG("%s", calls[i].name);
		}
	}
}

TEST(length)
{
	static const struct {
		size_t len;
		int ok;
	} lengths[] = { { 4094, 1 }, { 4095, 1 }, { 4096, 0 }, { 4097, 0 }, { 10000, 0 } };

	enter("length");
	for (unsigned int n = 0; n < sizeof(lengths) / sizeof(*lengths); n++) {
		char *path = long_path(lengths[n].len);

		for (unsigned int i = 0; i < NR_CALLS; i++) {
			long ret;

			prepare(&calls[i]);
			ret = calls[i].call(AT_FDCWD, path);
			if (lengths[n].ok) {
				EXPECT_GE(ret, 0) {
					TH_LOG("%s of %zu: %ld", calls[i].name,
					       lengths[n].len, ret);
				}
			} else {
				EXPECT_EQ(-ENAMETOOLONG, ret) {
					TH_LOG("%s of %zu", calls[i].name, lengths[n].len);
				}
			}
			finish(ret);
		}
		free(path);
	}
}

TEST(component_length)
{
	char name[257];

	enter("component_length");
	memset(name, 'a', 256);
	for (unsigned int i = 0; i < NR_CALLS; i++) {
		long ret;

		prepare(&calls[i]);
		name[256] = 0;
		EXPECT_EQ(-ENAMETOOLONG, calls[i].call(AT_FDCWD, name)) {
			TH_LOG("%s of 256", calls[i].name);
		}
		name[255] = 0;
		make(&calls[i], name);
		ret = calls[i].call(AT_FDCWD, name);
		EXPECT_GE(ret, 0) {
			TH_LOG("%s of 255: %ld", calls[i].name, ret);
		}
		finish(ret);
		rmdir(name);
		unlink(name);
		name[255] = 'a';
	}
}

TEST(not_there)
{
	enter("not_there");
	for (unsigned int i = 0; i < NR_CALLS; i++) {
		prepare(&calls[i]);
		EXPECT_EQ(-ENOENT, calls[i].call(AT_FDCWD, "no/x")) {
			TH_LOG("%s below", calls[i].name);
		}
		unlink("x");
		rmdir("x");
		if (calls[i].kind == IS_NEW || opens_new(&calls[i]))
			continue;
		EXPECT_EQ(-ENOENT, calls[i].call(AT_FDCWD, "x")) {
			TH_LOG("%s", calls[i].name);
		}
	}
}

TEST(not_a_directory)
{
	enter("not_a_directory");
	touch("file");
	for (unsigned int i = 0; i < NR_CALLS; i++) {
		prepare(&calls[i]);
		EXPECT_EQ(-ENOTDIR, calls[i].call(AT_FDCWD, "file/x")) {
			TH_LOG("%s below a file", calls[i].name);
		}
		EXPECT_EQ(-ENOTDIR, calls[i].call(AT_FDCWD, "file/../x")) {
			TH_LOG("%s beside a file", calls[i].name);
		}
	}
}

/* Forty symlinks may be on the way, not more. */
TEST(nested_symlinks)
{
	char from[16], to[16];

	enter("nested_symlinks");
	ASSERT_EQ(0, mkdir("d0", 0777));
	for (int i = 1; i <= 41; i++) {
		sprintf(from, "d%d", i - 1);
		sprintf(to, "d%d", i);
		ASSERT_EQ(0, symlink(from, to));
	}
	for (unsigned int i = 0; i < NR_CALLS; i++) {
		long ret;

		ASSERT_EQ(0, chdir("d0"));
		prepare(&calls[i]);
		ASSERT_EQ(0, chdir(".."));
		touch("source");
		unlink("made");
		ret = calls[i].call(AT_FDCWD, "d40/x");
		EXPECT_GE(ret, 0) {
			TH_LOG("%s through 40: %ld", calls[i].name, ret);
		}
		finish(ret);
		EXPECT_EQ(-ELOOP, calls[i].call(AT_FDCWD, "d41/x")) {
			TH_LOG("%s through 41", calls[i].name);
		}
	}
}

TEST(relative_to_descriptor)
{
	char absolute[PATH_MAX];
	int dir, file, path;

	enter("relative_to_descriptor");
	ASSERT_EQ(0, mkdir("d", 0777));
	dir = open("d", O_RDONLY | O_DIRECTORY);
	path = open("d", O_PATH);
	file = make_file("file", "");
	ASSERT_GE(dir, 0);
	ASSERT_GE(path, 0);
	ASSERT_NE(NULL, getcwd(absolute, sizeof(absolute)));
	strcat(absolute, "/d/x");

	for (unsigned int i = 0; i < NR_CALLS; i++) {
		int dfds[] = { dir, path, AT_FDCWD, -1, 12345 };
		long ret;

		if (!calls[i].takes_dfd)
			continue;
		for (unsigned int n = 0; n < sizeof(dfds) / sizeof(*dfds); n++) {
			ASSERT_EQ(0, chdir("d"));
			prepare(&calls[i]);
			ASSERT_EQ(0, chdir(".."));
			touch("source");
			unlink("made");
			ret = calls[i].call(dfds[n], absolute);
			EXPECT_GE(ret, 0) {
				TH_LOG("%s(%d, absolute): %ld", calls[i].name, dfds[n], ret);
			}
			finish(ret);
		}
		for (unsigned int n = 0; n < 2; n++) {
			ASSERT_EQ(0, chdir("d"));
			prepare(&calls[i]);
			ASSERT_EQ(0, chdir(".."));
			touch("source");
			unlink("made");
			ret = calls[i].call(dfds[n], "x");
			EXPECT_GE(ret, 0) {
				TH_LOG("%s(%d, x): %ld", calls[i].name, dfds[n], ret);
			}
			finish(ret);
		}
		EXPECT_EQ(-EBADF, calls[i].call(-1, "x")) {
			TH_LOG("%s(-1)", calls[i].name);
		}
		EXPECT_EQ(-EBADF, calls[i].call(12345, "x")) {
			TH_LOG("%s(12345)", calls[i].name);
		}
		EXPECT_EQ(-ENOTDIR, calls[i].call(file, "x")) {
			TH_LOG("%s(file)", calls[i].name);
		}
		EXPECT_EQ(is(&calls[i], "readlinkat") ? -EBADF : -ENOENT, calls[i].call(-1, "")) {
			TH_LOG("%s(-1, empty)", calls[i].name);
		}
		EXPECT_EQ(-EFAULT, calls[i].call(-1, KERNEL_POINTER)) {
			TH_LOG("%s(-1, kernel)", calls[i].name);
		}
	}
	/* The working directory is where it was. */
	EXPECT_TRUE(is_there("file"));
}

TEST(removed_directory)
{
	int dir;

	enter("removed_directory");
	ASSERT_EQ(0, mkdir("d", 0777));
	dir = open("d", O_RDONLY | O_DIRECTORY);
	ASSERT_EQ(0, rmdir("d"));
	for (unsigned int i = 0; i < NR_CALLS; i++) {
		touch("source");
		if (!calls[i].takes_dfd)
			continue;
		EXPECT_EQ(-ENOENT, calls[i].call(dir, "x")) {
			TH_LOG("%s", calls[i].name);
		}
	}
}

/* Nobody's: root has no capabilities either where this is run. */
TEST(search_permission)
{
	if (!getuid())
		SKIP(return, "root may search any directory");
	enter("search_permission");
	ASSERT_EQ(0, mkdir("d", 0777));
	for (unsigned int i = 0; i < NR_CALLS; i++) {
		ASSERT_EQ(0, chdir("d"));
		prepare(&calls[i]);
		ASSERT_EQ(0, chdir(".."));
		touch("source");
		ASSERT_EQ(0, chmod("d", 0600));
		EXPECT_EQ(-EACCES, calls[i].call(AT_FDCWD, "d/x")) {
			TH_LOG("%s", calls[i].name);
		}
		ASSERT_EQ(0, chmod("d", 0700));
	}
}

/* What is after the last name. */
TEST(trailing_slash)
{
	static const char *const want_dir[] = { "mkdir", "mkdirat" };

	enter("trailing_slash");
	for (unsigned int i = 0; i < NR_CALLS; i++) {
		long expect = -ENOTDIR;
		long ret;

		if (calls[i].kind == IS_NEW)
			expect = -ENOENT;
		if (calls[i].kind == IS_DIR)
			expect = 0;
		if (opens_new(&calls[i]))
			expect = -EISDIR;
		if (is(&calls[i], "rename_to") || is(&calls[i], "renameat_to"))
			expect = -ENOTDIR;
		for (unsigned int n = 0; n < 2; n++)
			if (is(&calls[i], want_dir[n]))
				expect = 0;
		prepare(&calls[i]);
		ret = calls[i].call(AT_FDCWD, "x/");
		EXPECT_EQ(expect, ret) {
			TH_LOG("%s", calls[i].name);
		}
		prepare(&calls[i]);
		ret = calls[i].call(AT_FDCWD, "x///");
		EXPECT_EQ(expect, ret) {
			TH_LOG("%s with three", calls[i].name);
		}
	}
}

/* "." and "..": a name is what most calls that change names want. */
TEST(dots)
{
	static const char *const dots[] = { ".", "..", "d/.", "d/..", "/", "///", "./" };

	enter("dots");
	ASSERT_EQ(0, mkdir("d", 0777));
	for (unsigned int n = 0; n < sizeof(dots) / sizeof(*dots); n++) {
		const char *path = dots[n];

		touch("source");
		EXPECT_EQ(-EISDIR, SYS(unlink, path));
		EXPECT_EQ(path[0] == '/' ? -EBUSY : strstr(path, "..") ? -ENOTEMPTY : -EINVAL,
			  SYS(rmdir, path)) {
			TH_LOG("rmdir %s", path);
		}
		EXPECT_EQ(-EEXIST, SYS(mkdir, path, 0700));
		EXPECT_EQ(-EEXIST, SYS(symlink, "a", path));
		EXPECT_EQ(-EEXIST, SYS(mknod, path, S_IFREG, 0));
		EXPECT_EQ(-EEXIST, SYS(link, "source", path));
		EXPECT_EQ(-EISDIR, SYS(open, path, O_CREAT | O_RDWR, 0600));
		EXPECT_EQ(-EEXIST, SYS(open, path, O_CREAT | O_EXCL | O_RDWR, 0600));
		if (path[0] == '/')
			continue;
		EXPECT_EQ(-EBUSY, SYS(rename, path, "new")) {
			TH_LOG("rename %s", path);
		}
		EXPECT_EQ(-EBUSY, SYS(rename, "source", path)) {
			TH_LOG("rename to %s", path);
		}
		EXPECT_EQ(-EEXIST, SYS(renameat2, AT_FDCWD, "source", AT_FDCWD, path, 1)) {
			TH_LOG("rename without replacing to %s", path);
		}
	}
	/* What is in front of them has errors of its own. */
	EXPECT_EQ(-ENOENT, SYS(rmdir, "no/."));
	EXPECT_EQ(-ENOTDIR, SYS(unlink, "source/.."));
	EXPECT_EQ(-EBADF, SYS(unlinkat, -1, ".", AT_REMOVEDIR));
}

TEST_HARNESS_MAIN
