// SPDX-License-Identifier: GPL-2.0
/*
 * The module's filesystems in place of the kernel's, between "crun create" and
 * "crun start": runtimes insist on the kernel's own while they set up.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#include "run.h"
#include "util.h"

/* A detached mount of the module's proc for a container. */
static int mount_proc(uint32_t container, struct sbx_error *error)
{
	int fs __close = -1;
	char id[16];
	int mnt;

	fs = fsopen(SBX_PROC_FSTYPE, FSOPEN_CLOEXEC);
	if (fs < 0)
		return sbx_fail_errno(error, "filesystem %s", SBX_PROC_FSTYPE);
	snprintf(id, sizeof(id), "%u", container);
	if (fsconfig(fs, FSCONFIG_SET_STRING, "container", id, 0) < 0 ||
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return sbx_fail_errno(error, "make a %s for container %u", SBX_PROC_FSTYPE,
				      container);
	mnt = fsmount(fs, FSMOUNT_CLOEXEC,
		      MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	if (mnt < 0)
		return sbx_fail_errno(error, "mount a %s", SBX_PROC_FSTYPE);
	return mnt;
}

/* The root filesystem is not ours: no link in it is followed. */
static int replace_proc(uint32_t container, struct sbx_error *error)
{
	int mnt __close = -1, dir __close = -1;
	struct statfs fs;

	mnt = mount_proc(container, error);
	if (mnt < 0)
		return mnt;
	dir = open("/proc", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0 || fstatfs(dir, &fs) < 0)
		return sbx_fail_errno(error, "/proc of the container");
	if (fs.f_type != PROC_SUPER_MAGIC)
		return sbx_fail(error, EINVAL, "/proc of the container is no procfs");
	if (umount2("/proc", MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
		return sbx_fail_errno(error, "detach /proc of the container");
	close(dir);
	dir = open("/proc", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return sbx_fail_errno(error, "/proc of the container");
	if (move_mount(mnt, "", dir, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return sbx_fail_errno(error, "put our /proc into the container");
	return 0;
}

static int place(int ns, uint32_t container, struct sbx_error *error)
{
	if (setns(ns, CLONE_NEWNS) < 0)
		return sbx_fail_errno(error, "enter the container's mount namespace");
	return replace_proc(container, error);
}

/* Whether the module has its proc yet. */
static bool have_fstype(const char *type)
{
	char line[128], name[64];
	bool found = false;
	FILE *file;

	file = fopen("/proc/filesystems", "re");
	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file))
		found = sscanf(line, "nodev %63s", name) == 1 && !strcmp(name, type);
	fclose(file);
	return found;
}

/**
 * sbx_mounts_place() - put the module's filesystems into a created container
 * @init: the container's init, which waits for "crun start"
 * @container: its id
 * @error: filled on failure
 *
 * From a child, since the mount namespace cannot be left again.
 */
int sbx_mounts_place(pid_t init, uint32_t container, struct sbx_error *error)
{
	int ns __close = -1, in __close = -1;
	int pipe_fds[2], status;
	char path[64];
	ssize_t n;
	pid_t pid;

	if (!have_fstype(SBX_PROC_FSTYPE))
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", init);
	ns = open(path, O_RDONLY | O_CLOEXEC);
	if (ns < 0)
		return sbx_fail_errno(error, "%s", path);
	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		return sbx_fail_errno(error, "pipe");
	in = pipe_fds[0];
	fflush(NULL);
	pid = fork();
	if (pid < 0) {
		close(pipe_fds[1]);
		return sbx_fail_errno(error, "fork");
	}
	if (!pid) {
		status = place(ns, container, error) ? 1 : 0;
		if (status && write(pipe_fds[1], error, sizeof(*error)) < 0)
			status = 2;
		_exit(status);
	}
	close(pipe_fds[1]);
	n = read(in, error, sizeof(*error));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return sbx_fail_errno(error, "wait for the mounts");
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	if (n == sizeof(*error))
		return -error->err;
	return sbx_fail(error, EIO, "putting our filesystems into the container failed");
}
