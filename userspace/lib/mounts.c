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
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#include "run.h"
#include "util.h"

/*
 * struct place - where a filesystem of the module's goes; one that has another
 *	below it comes first
 * @path: in the container
 * @magic: of the kernel's own that is there, if the bundle has it
 * @type: of the module's
 */
struct place {
	const char *path;
	long magic;
	const char *type;
};

static const struct place places[] = {
	{ "/proc", PROC_SUPER_MAGIC, SBX_PROC_FSTYPE },
	{ "/sys", SYSFS_MAGIC, SBX_SYS_FSTYPE },
	{ "/sys/fs/cgroup", CGROUP2_SUPER_MAGIC, SBX_CGROUP_FSTYPE },
};

/*
 * struct kept - a mount below such a place that the bundle asked for
 * @path: in the container
 * @fd: the mount, detached; -1 for a part of the kernel's filesystem itself
 *	that is read-only, so that the same part of ours has to be
 * @mask: it hides something, so nothing is lost if there is nothing to hide
 */
struct kept {
	char path[256];
	int fd;
	bool mask;
};

/* Docker has some 20 of them. */
#define MAX_KEPT	128

/**
 * struct placing - one filesystem on its way
 * @place: where it goes
 * @container: whose
 * @attrs: MOUNT_ATTR_* of the mount that it replaces
 * @kept: mounts below it, in the order in which they were made
 * @nr_kept: how many
 */
struct placing {
	const struct place *place;
	uint32_t container;
	uint64_t attrs;
	struct kept kept[MAX_KEPT];
	size_t nr_kept;
};

/* Filesystems of the kernel's of which ours has what a container may see. */
static const char *const kernel_types[] = {
	"sysfs", "cgroup", "cgroup2", "securityfs", "debugfs", "tracefs", "bpf", "pstore",
	"efivarfs", "configfs", "fusectl", "selinuxfs", "binfmt_misc", "smackfs", "resctrl",
	"autofs", "nfsd", "rpc_pipefs",
};

static bool is_one_of(const char *word, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(word, list[i]))
			return true;
	return false;
}

/* mountinfo writes blanks and the like as \ooo. */
static void unescape(char *text)
{
	const char *from = text;
	unsigned int c;

	for (; *from; from++, text++) {
		*text = *from;
		if (*from == '\\' && sscanf(from + 1, "%3o", &c) == 1) {
			*text = c;
			from += 3;
		}
	}
	*text = '\0';
}

static bool has_option(const char *options, const char *option)
{
	const size_t len = strlen(option);

	for (; *options; options += strcspn(options, ","), options += *options == ',')
		if (!strncmp(options, option, len) && (!options[len] || options[len] == ','))
			return true;
	return false;
}

/* A line of mountinfo that is about something below the place. */
static int keep_one(struct placing *placing, const char *path, const char *options,
		    const char *type, struct sbx_error *error)
{
	const bool own = placing->place->magic == PROC_SUPER_MAGIC && !strcmp(type, "proc");
	struct kept *kept = &placing->kept[placing->nr_kept];

	if (own ? !has_option(options, "ro") :
		  is_one_of(type, kernel_types, ARRAY_SIZE(kernel_types)))
		return 0;
	if (placing->nr_kept == MAX_KEPT || strlen(path) >= sizeof(kept->path))
		return sbx_fail(error, E2BIG, "too many mounts below %s", placing->place->path);
	snprintf(kept->path, sizeof(kept->path), "%s", path);
	kept->mask = !strcmp(type, "tmpfs") || !strcmp(type, "devtmpfs");
	kept->fd = -1;
	if (!own) {
		kept->fd = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
				     AT_SYMLINK_NOFOLLOW);
		if (kept->fd < 0)
			return sbx_fail_errno(error, "keep the mount on %s", path);
	}
	placing->nr_kept++;
	return 0;
}

static int keep_mounts(struct placing *placing, FILE *mountinfo, struct sbx_error *error)
{
	char *line __free = NULL;
	const size_t len = strlen(placing->place->path);
	char path[PATH_MAX], options[256], type[64];
	size_t size = 0;
	int err = 0;

	rewind(mountinfo);
	while (!err && getline(&line, &size, mountinfo) > 0) {
		const char *rest = strstr(line, " - ");

		if (!rest || sscanf(rest, " - %63s", type) != 1 ||
		    sscanf(line, "%*d %*d %*s %*s %4095s %255s", path, options) != 2)
			continue;
		unescape(path);
		if (!strncmp(path, placing->place->path, len) && path[len] == '/')
			err = keep_one(placing, path, options, type, error);
	}
	return err;
}

/* A detached mount of the module's. */
static int mount_ours(const struct placing *placing, struct sbx_error *error)
{
	int fs __close = -1;
	const char *type = placing->place->type;
	char id[16];
	int mnt;

	fs = fsopen(type, FSOPEN_CLOEXEC);
	if (fs < 0)
		return sbx_fail_errno(error, "filesystem %s", type);
	snprintf(id, sizeof(id), "%u", placing->container);
	if (fsconfig(fs, FSCONFIG_SET_STRING, "container", id, 0) < 0 ||
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return sbx_fail_errno(error, "make a %s for container %u", type,
				      placing->container);
	mnt = fsmount(fs, FSMOUNT_CLOEXEC, placing->attrs);
	if (mnt < 0)
		return sbx_fail_errno(error, "mount a %s", type);
	return mnt;
}

/* The root filesystem is not ours: no link in it is followed. */
static int open_place(const char *path)
{
	return open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static uint64_t attributes(const struct statfs *fs)
{
	return MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC |
	       (fs->f_flags & ST_RDONLY ? MOUNT_ATTR_RDONLY : 0);
}

static int move_to(int mnt, int target, const char *path, struct sbx_error *error)
{
	if (move_mount(mnt, "", target, "",
		       MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return sbx_fail_errno(error, "mount on %s of the container", path);
	return 0;
}

static int put_back(const struct kept *kept, struct sbx_error *error)
{
	int target __close = -1, tree __close = -1;
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };

	target = open(kept->path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (target < 0 && errno == ENOENT) {
		if (kept->mask || kept->fd < 0)
			return 0;
		return sbx_fail(error, ENOENT,
				"%s is mounted on, but a sandbox has no such file", kept->path);
	}
	if (target < 0)
		return sbx_fail_errno(error, "%s of the container", kept->path);
	if (kept->fd >= 0)
		return move_to(kept->fd, target, kept->path, error);
	tree = open_tree(target, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	if (tree < 0 || mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
		return sbx_fail_errno(error, "make %s read-only", kept->path);
	return move_to(tree, target, kept->path, error);
}

static int replace(const struct placing *placing, struct sbx_error *error)
{
	int mnt __close = -1, dir __close = -1;
	const char *path = placing->place->path;
	struct statfs fs;
	size_t i;
	int err;

	mnt = mount_ours(placing, error);
	if (mnt < 0)
		return mnt;
	/* It may have gone with the one above it. */
	if (!statfs(path, &fs) && fs.f_type == placing->place->magic &&
	    umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
		return sbx_fail_errno(error, "detach %s of the container", path);
	dir = open_place(path);
	if (dir < 0)
		return sbx_fail_errno(error, "%s of the container", path);
	err = move_to(mnt, dir, path, error);
	for (i = 0; !err && i < placing->nr_kept; i++)
		err = put_back(&placing->kept[i], error);
	return err;
}

/*
 * Looks at what the bundle has there.  It need not have it; then nothing of the
 * kernel's is there either.  Returns whether there is something to replace.
 */
static int prepare(struct placing *placing, FILE *mountinfo, struct sbx_error *error)
{
	int dir __close = -1;
	struct statfs fs;
	int err;

	dir = open_place(placing->place->path);
	if (dir < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
		return 0;
	if (dir < 0 || fstatfs(dir, &fs) < 0)
		return sbx_fail_errno(error, "%s of the container", placing->place->path);
	if (fs.f_type != placing->place->magic)
		return 0;
	placing->attrs = attributes(&fs);
	err = keep_mounts(placing, mountinfo, error);
	return err ?: 1;
}

/* Whether the module has it yet. */
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
 * struct visit - a visit to a container that waits to be started
 * @mnt_ns: its mount namespace
 * @pid_ns: its PID namespace
 * @last_pid: the kernel's file by that name, -1 without
 * @container: its id
 * @mountinfo: of its init
 */
struct visit {
	int mnt_ns, pid_ns, last_pid;
	uint32_t container;
	FILE *mountinfo;
};

static int place_all(const struct visit *visit, struct sbx_error *error)
{
	static struct placing placings[ARRAY_SIZE(places)];
	int have[ARRAY_SIZE(places)];
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		placings[i] = (struct placing){
			.place = &places[i], .container = visit->container,
		};
		have[i] = have_fstype(places[i].type);
	}
	if (setns(visit->mnt_ns, CLONE_NEWNS) < 0)
		return sbx_fail_errno(error, "enter the container's mount namespace");
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		if (have[i])
			have[i] = prepare(&placings[i], visit->mountinfo, error);
		if (have[i] < 0)
			return have[i];
	}
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		err = have[i] ? replace(&placings[i], error) : 0;
		if (err)
			return err;
	}
	return 0;
}

/* The visitor's own number is for the program's first child. */
static void rewind_pids(const struct visit *visit)
{
	/* Without it the numbers begin a little higher, and no more. */
	if (visit->last_pid >= 0 && write(visit->last_pid, "1", 1) < 0)
		return;
}

/*
 * From inside the PID namespace, too: parts of the module's /proc are there for
 * those only whose /proc it is.
 */
static int place_inside(const struct visit *visit, int report, struct sbx_error *error)
{
	int status;
	pid_t pid;

	if (setns(visit->pid_ns, CLONE_NEWPID) < 0)
		return sbx_fail_errno(error, "enter the container's PID namespace");
	pid = fork();
	if (pid < 0)
		return sbx_fail_errno(error, "fork");
	if (!pid) {
		status = place_all(visit, error) ? 1 : 0;
		rewind_pids(visit);
		if (status && write(report, error, sizeof(*error)) < 0)
			status = 2;
		_exit(status);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return sbx_fail_errno(error, "wait for the mounts");
	/* Of its failure it has told. */
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 2);
}

/* Neither namespace can be left again. */
static int place_in_child(const struct visit *visit, struct sbx_error *error)
{
	int in __close = -1;
	int pipe_fds[2], status;
	ssize_t n;
	pid_t pid;

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
		place_inside(visit, pipe_fds[1], error);
		_exit(write(pipe_fds[1], error, sizeof(*error)) < 0 ? 2 : 1);
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

/**
 * sbx_mounts_place() - put the module's filesystems into a created container
 * @init: the container's init, which waits for "crun start"
 * @container: its id
 * @error: filled on failure
 *
 * What was mounted below the kernel's, such as masks and read-only paths, is
 * mounted again below the module's.
 */
int sbx_mounts_place(pid_t init, uint32_t container, struct sbx_error *error)
{
	struct visit visit = { .container = container };
	int last_pid __close = -1;
	int mnt_ns __close = -1;
	int pid_ns __close = -1;
	char path[64];
	int err;

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", init);
	mnt_ns = open(path, O_RDONLY | O_CLOEXEC);
	if (mnt_ns < 0)
		return sbx_fail_errno(error, "%s", path);
	snprintf(path, sizeof(path), "/proc/%d/ns/pid", init);
	pid_ns = open(path, O_RDONLY | O_CLOEXEC);
	if (pid_ns < 0)
		return sbx_fail_errno(error, "%s", path);
	last_pid = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/%d/mountinfo", init);
	visit.mountinfo = fopen(path, "re");
	if (!visit.mountinfo)
		return sbx_fail_errno(error, "%s", path);
	visit.mnt_ns = mnt_ns;
	visit.pid_ns = pid_ns;
	visit.last_pid = last_pid;
	err = place_in_child(&visit, error);
	fclose(visit.mountinfo);
	return err;
}
