// SPDX-License-Identifier: GPL-2.0
/*
 * Executing the low-level runtime.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "util.h"

/* The file that a name stands for, as execvp() finds it, cloned from its mount. */
static int clone_program(const char *program)
{
	const unsigned int flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
	const char *dir = getenv("PATH") ?: "/bin:/usr/bin";
	char path[PATH_MAX];
	int fd = -1;

	if (strchr(program, '/'))
		return open_tree(AT_FDCWD, program, flags);
	for (; fd < 0 && *dir; dir += strcspn(dir, ":"), dir += *dir == ':') {
		snprintf(path, sizeof(path), "%.*s/%s", (int)strcspn(dir, ":"), dir, program);
		if (!access(path, X_OK))
			fd = open_tree(AT_FDCWD, path, flags);
	}
	return fd;
}

static void exec_read_only(const char *program, char *const argv[])
{
	int fd __close = -1;
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };

	fd = clone_program(program);
	if (fd >= 0 && !mount_setattr(fd, "", AT_EMPTY_PATH, &attr, sizeof(attr)))
		execveat(fd, "", argv, environ, AT_EMPTY_PATH);
}

/**
 * sbx_exec() - become a low-level runtime
 * @program: a path, or a name for PATH
 * @argv: NULL-terminated
 *
 * Lest a container writes to its file by way of /proc, crun looks whether that is
 * on a read-only mount, and if not makes one and executes itself from there.  Begun
 * from such a mount it is spared the second start, which is half of what a call
 * of it costs, and the file is as safe.
 *
 * Returns, with errno set, on failure only.
 */
void sbx_exec(const char *program, char *const argv[])
{
	exec_read_only(program, argv);
	/* A script cannot be executed so, and the mount may be forbidden. */
	execvp(program, argv);
}
