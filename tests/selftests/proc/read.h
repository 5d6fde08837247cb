/* SPDX-License-Identifier: GPL-2.0 */
/* Reading small files of /proc. */
#ifndef _SELFTESTS_PROC_READ_H
#define _SELFTESTS_PROC_READ_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* All of a file, NULL if it cannot be read; good until the next call. */
static inline const char *contents(const char *path)
{
	static char text[256 * 1024];
	size_t len = 0;
	ssize_t n;
	int fd;

	fd = open(path, O_RDONLY);
	if (fd < 0)
		return NULL;
	while ((n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += n;
	close(fd);
	text[len] = 0;
	return n < 0 ? NULL : text;
}

/* The first line that begins with @start, without its newline, or NULL. */
static inline const char *line_of(const char *path, const char *start)
{
	static char line[1024];
	const char *text = contents(path);

	while (text && strncmp(text, start, strlen(start))) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	if (!text || !*text)
		return NULL;
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(text, "\n"), text);
	return line;
}

/* The number behind @key, -1 if there is none. */
static inline long number_of(const char *path, const char *key)
{
	const char *line = line_of(path, key);
	char *end;
	long n;

	if (!line)
		return -1;
	n = strtol(line + strlen(key), &end, 10);
	return end == line + strlen(key) ? -1 : n;
}

static inline int lines_of(const char *path)
{
	const char *text = contents(path);
	int n = 0;

	for (; text && *text; text++)
		n += *text == '\n';
	return n;
}

/* Write all of @text at once: 0 or a negative errno. */
static inline int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY), ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		ret = -errno;
	close(fd);
	return ret;
}

/* The first of @names that cannot be looked up in a directory or is not listed, or "". */
static inline const char *missing(const char *path, const char *const *names, int nr)
{
	struct dirent *entry;
	struct stat st;
	DIR *dir;
	int i;

	dir = opendir(path);
	if (!dir)
		return path;
	for (i = 0; i < nr; i++) {
		rewinddir(dir);
		while ((entry = readdir(dir)) && strcmp(names[i], entry->d_name))
			;
		if (!entry || fstatat(dirfd(dir), names[i], &st, AT_SYMLINK_NOFOLLOW))
			break;
	}
	closedir(dir);
	return i < nr ? names[i] : "";
}

#endif /* _SELFTESTS_PROC_READ_H */
