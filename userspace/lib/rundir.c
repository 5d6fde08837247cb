// SPDX-License-Identifier: GPL-2.0
/*
 * Run directories: /run/sbx/NAME for each container that "sbxctl run" runs.
 *
 * Whoever runs a container holds a lock on a file in its directory.  The lock
 * goes with the process, so a directory without one is a leftover, and so are
 * the control group and the state of crun that belong to it.  Directories come
 * and go under a lock on /run/sbx itself, so nobody sees one without its file.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "record.h"
#include "run.h"
#include "util.h"

#define CGROUP_ROOT	"/sys/fs/cgroup"

/* The lock on /run/sbx; close it to release it. */
static int lock_all(struct sbx_error *error)
{
	int fd;

	if (mkdir(SBX_RUN_DIR, 0700) < 0 && errno != EEXIST)
		return sbx_fail_errno(error, "%s", SBX_RUN_DIR);
	fd = open(SBX_RUN_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || flock(fd, LOCK_EX) < 0) {
		sbx_fail_errno(error, "%s", SBX_RUN_DIR);
		if (fd >= 0)
			close(fd);
		return -error->err;
	}
	return fd;
}

static int lock_path(const struct sbx_rundir *dir, char *path, size_t size)
{
	return snprintf(path, size, "%s/lock", dir->path);
}

static void set_name(struct sbx_rundir *dir, const char *name)
{
	snprintf(dir->name, sizeof(dir->name), "%s", name);
	snprintf(dir->path, sizeof(dir->path), "%s/%.*s", SBX_RUN_DIR, SBX_NAME_LEN, name);
	dir->lock = -1;
}

/* With lock_all() held. */
static int take_lock(struct sbx_rundir *dir, int flags)
{
	char path[PATH_MAX];
	int fd, err;

	lock_path(dir, path, sizeof(path));
	fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	dir->lock = fd;
	return 0;
}

/* Everything below a run directory but its lock. */
static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	if (ftw->level == 0 || (ftw->level == 1 && !strcmp(path + ftw->base, "lock")))
		return 0;
	return remove(path) < 0 && errno != ENOENT ? -1 : 0;
}

/**
 * sbx_cgroup_remove() - remove a container's control group
 * @name: of the container
 * @error: filled on failure
 *
 * Return: 1 if there was one, 0 if not, or a negative errno.
 */
int sbx_cgroup_remove(const char *name, struct sbx_error *error)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), CGROUP_ROOT "/sbx.%s", name);
	return sbx_cgroup_clear(path, true, error);
}

/**
 * sbx_rundir_remove() - remove a run directory and what belongs to it
 * @dir: locked; closed on return
 * @error: filled on failure
 */
int sbx_rundir_remove(struct sbx_rundir *dir, struct sbx_error *error)
{
	char path[PATH_MAX];
	int all, err;

	err = sbx_cgroup_remove(dir->name, error);
	if (err < 0)
		goto out;
	if (nftw(dir->path, remove_one, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) < 0) {
		err = sbx_fail_errno(error, "remove %s", dir->path);
		goto out;
	}
	all = lock_all(error);
	if (all < 0) {
		err = all;
		goto out;
	}
	lock_path(dir, path, sizeof(path));
	err = 0;
	if (unlink(path) < 0 || rmdir(dir->path) < 0)
		err = sbx_fail_errno(error, "remove %s", dir->path);
	close(all);
out:
	close(dir->lock);
	dir->lock = -1;
	return err;
}

static int clean(struct sbx_rundir *dir, struct sbx_error *error)
{
	int all, err;

	all = lock_all(error);
	if (all < 0)
		return all;
	err = take_lock(dir, O_CREAT);
	close(all);
	if (err == -EWOULDBLOCK)
		return sbx_fail(error, EBUSY, "%s is in use", dir->path);
	/* No directory; its control group may be left. */
	if (err == -ENOENT)
		return sbx_cgroup_remove(dir->name, error);
	if (err)
		return sbx_fail(error, -err, "lock %s: %s", dir->path, strerror(-err));
	return sbx_rundir_remove(dir, error);
}

/**
 * sbx_rundir_clean() - remove what a dead container left behind
 * @name: of the container
 * @error: filled on failure
 *
 * Return: 0, or a negative errno: -EBUSY if the container is not dead.
 */
int sbx_rundir_clean(const char *name, struct sbx_error *error)
{
	struct sbx_rundir dir;
	int err;

	if (!sbx_name_valid(name))
		return sbx_fail(error, EINVAL, "'%s' is no name of a container", name);
	set_name(&dir, name);
	err = clean(&dir, error);
	return err < 0 ? err : 0;
}

static int make_locked(struct sbx_rundir *dir, struct sbx_error *error)
{
	int all, err;

	all = lock_all(error);
	if (all < 0)
		return all;
	if (mkdir(dir->path, 0700) < 0) {
		err = sbx_fail_errno(error, "%s", dir->path);
	} else {
		err = take_lock(dir, O_CREAT);
		if (err)
			sbx_fail(error, -err, "lock %s: %s", dir->path, strerror(-err));
	}
	close(all);
	return err;
}

/**
 * sbx_rundir_make() - make a run directory and lock it
 * @dir: filled
 * @name: of the container; no other of this name is alive
 * @error: filled on failure
 */
int sbx_rundir_make(struct sbx_rundir *dir, const char *name, struct sbx_error *error)
{
	char path[PATH_MAX];
	int err;

	if (!sbx_name_valid(name))
		return sbx_fail(error, EINVAL, "'%s' is no name for a container", name);
	set_name(dir, name);
	err = make_locked(dir, error);
	if (err == -EEXIST) {
		err = sbx_rundir_clean(name, error);
		if (!err)
			err = make_locked(dir, error);
	}
	if (err)
		return err;
	snprintf(path, sizeof(path), "%s/rootfs", dir->path);
	if (mkdir(path, 0700) < 0) {
		err = sbx_fail_errno(error, "%s", path);
		sbx_rundir_remove(dir, &(struct sbx_error){});
		return err;
	}
	return 0;
}

static bool is_leftover(const char *name)
{
	struct sbx_error error;
	struct sbx_rundir dir;
	int all, err;

	set_name(&dir, name);
	all = lock_all(&error);
	if (all < 0)
		return false;
	err = take_lock(&dir, 0);
	close(all);
	if (!err)
		close(dir.lock);
	return !err || err == -ENOENT;
}

static int leftover_dirs(int (*fn)(const char *name, void *data), void *data)
{
	struct dirent *entry;
	int err = 0;
	DIR *dir;

	dir = opendir(SBX_RUN_DIR);
	if (!dir)
		return 0;
	while (!err && (entry = readdir(dir)))
		if (sbx_name_valid(entry->d_name) && is_leftover(entry->d_name))
			err = fn(entry->d_name, data);
	closedir(dir);
	return err;
}

/* Control groups whose run directory is gone. */
static int leftover_cgroups(int (*fn)(const char *name, void *data), void *data)
{
	struct dirent *entry;
	char path[PATH_MAX];
	int err = 0;
	DIR *dir;

	dir = opendir(CGROUP_ROOT);
	if (!dir)
		return 0;
	while (!err && (entry = readdir(dir))) {
		const char *name = entry->d_name + strlen("sbx.");

		if (strncmp(entry->d_name, "sbx.", 4) || !sbx_name_valid(name))
			continue;
		snprintf(path, sizeof(path), "%s/%s", SBX_RUN_DIR, name);
		if (access(path, F_OK) < 0 && errno == ENOENT)
			err = fn(name, data);
	}
	closedir(dir);
	return err;
}

/**
 * sbx_rundir_leftovers() - find what dead containers left behind
 * @fn: called for each; a non-zero result ends the search
 * @data: for @fn
 *
 * Return: 0, or what @fn returned.
 */
int sbx_rundir_leftovers(int (*fn)(const char *name, void *data), void *data)
{
	return leftover_dirs(fn, data) ?: leftover_cgroups(fn, data);
}
