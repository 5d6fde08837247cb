/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of file system calls share. */
#ifndef SBX_SELFTESTS_FILES_H
#define SBX_SELFTESTS_FILES_H

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The call itself, without libc's ideas: its result, or a negative errno. */
#define SYS(name, ...)	result(syscall(SYS_##name, ##__VA_ARGS__))

static inline long result(long ret)
{
	return ret < 0 ? -errno : ret;
}

/* Pointers that no program has. */
#define KERNEL_POINTER	((void *)0xffff888000001000ul)
#define NON_CANONICAL	((void *)0x8000000000000000ul)
#define UNMAPPED	((void *)0x1000ul)

static void *const bad_pointers[] = { NULL, UNMAPPED, KERNEL_POINTER, NON_CANONICAL };

#define for_each_bad_pointer(p)	\
	for (unsigned int i_##p = 0; i_##p < 4 && ((p) = bad_pointers[i_##p], 1); i_##p++)

/* The end of a page that nothing follows. */
static inline char *page_end(void)
{
	static char *end;
	long size = sysconf(_SC_PAGESIZE);

	if (!end) {
		char *map = mmap(NULL, 3 * size, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (map == MAP_FAILED || munmap(map + 2 * size, size))
			abort();
		end = map + 2 * size;
	}
	return end;
}

/* A copy that ends with the page. */
static inline char *at_page_end(const void *data, size_t len)
{
	return memcpy(page_end() - len, data, len);
}

/* Each test has a directory of its own. */
static inline void enter(const char *name)
{
	if (mkdir(name, 0777) || chdir(name))
		abort();
}

static inline void enter_fresh(void)
{
	char name[] = "XXXXXX";

	if (!mkdtemp(name) || chmod(name, 0755) || chdir(name))
		abort();
}

static inline int make_file(const char *name, const char *text)
{
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	return fd;
}

static inline void touch(const char *name)
{
	close(make_file(name, ""));
}

/* A path of exactly @len bytes to "x" below the working directory. */
static inline char *long_path(size_t len)
{
	char *path = malloc(len + 1);

	if (!path)
		abort();
	for (size_t i = 0; i < len; i++)
		path[i] = i & 1 ? '/' : '.';
	/* "./././" and an end of "x" or "/x" */
	if (len & 1)
		path[len - 1] = 'x';
	else
		memcpy(path + len - 2, "/x", 2);
	path[len] = 0;
	return path;
}

static inline mode_t mode_of(const char *name)
{
	struct stat st;

	return lstat(name, &st) ? 0 : st.st_mode;
}

static inline ino_t inode_of(const char *name)
{
	struct stat st;

	return lstat(name, &st) ? 0 : st.st_ino;
}

static inline int is_there(const char *name)
{
	struct stat st;

	return !lstat(name, &st);
}

#endif /* SBX_SELFTESTS_FILES_H */
