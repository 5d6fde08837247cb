// SPDX-License-Identifier: GPL-2.0
/*
 * OCI bundles: from what the operator asks for to a config.json.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <linux/openat2.h>

#include "edit.h"
#include "run.h"
#include "util.h"

/* What a root in a container has with Docker. */
static const char *const capabilities[] = {
	"CAP_AUDIT_WRITE", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID",
	"CAP_KILL", "CAP_MKNOD", "CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SETFCAP",
	"CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT",
};

/* Mounts that every container has; destinations that need not exist lie below them. */
static const struct {
	const char *dest, *type;
	const char *options[6];
} mounts[] = {
	{ "/proc", "proc", { "nosuid", "noexec", "nodev" } },
	{ "/sys", "sysfs", { "nosuid", "noexec", "nodev", "ro" } },
	{ "/sys/fs/cgroup", "cgroup", { "nosuid", "noexec", "nodev", "relatime", "ro" } },
	{ "/dev", "tmpfs", { "nosuid", "strictatime", "mode=755", "size=65536k" } },
	{ "/dev/pts", "devpts", { "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620",
				  "gid=5" } },
	{ "/dev/shm", "tmpfs", { "nosuid", "noexec", "nodev", "mode=1777" } },
	{ "/tmp", "tmpfs", { "nosuid", "nodev", "mode=1777" } },
};

static const char *const namespaces[] = { "pid", "mount", "ipc", "uts", "cgroup" };

/**
 * sbx_bundle_flags() - flags that the domain of a run needs
 * @run: what is asked for
 * @flags: takes &enum sbx_launch_flags
 * @error: filled on failure
 */
int sbx_bundle_flags(const struct sbx_run *run, uint32_t *flags, struct sbx_error *error)
{
	size_t i;
	int err;

	*flags = run->net_host ? SBX_LAUNCH_HOST_NET : 0;
	err = sbx_fs_flag(run->rootfs ?: "/", flags, error);
	for (i = 0; !err && i < run->nr_binds; i++)
		err = sbx_fs_flag(run->binds[i].source, flags, error);
	return err;
}

static bool below(const char *path, const char *dir)
{
	const size_t len = strlen(dir);

	return !strncmp(path, dir, len) && (!path[len] || path[len] == '/');
}

/* As stat(2), with another root directory. */
static int stat_in(const char *root, const char *path, struct stat *st)
{
	int dir __close = -1, fd __close = -1;
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };

	dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -1;
	fd = syscall(SYS_openat2, dir, path, &how, sizeof(how));
	return fd < 0 ? -1 : fstat(fd, st);
}

/*
 * Whether a path of the container can be executed, as far as that can be said
 * before the container is there: an errno, 0 also if unknown.
 */
static int probe(const struct sbx_run *run, const char *path)
{
	const char *root = run->rootfs ?: "/";
	struct stat st;
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(mounts); i++)
		if (below(path, mounts[i].dest))
			return 0;
	for (i = 0; i < run->nr_binds; i++)
		if (below(path, run->binds[i].dest))
			return 0;
	err = stat_in(root, path, &st) < 0 ? errno : 0;
	if (err)
		return err == ENOTDIR ? ENOENT : err;
	return S_ISREG(st.st_mode) && (st.st_mode & 0111) ? 0 : EACCES;
}

static int probe_in_path(const struct sbx_run *run, const char *name)
{
	const char *dirs = "";
	char **env, path[PATH_MAX];
	int err = ENOENT;
	size_t len;

	for (env = run->env; env && *env; env++)
		if (!strncmp(*env, "PATH=", 5))
			dirs = *env + 5;
	for (; *dirs; dirs += len + !!dirs[len]) {
		int got;

		len = strcspn(dirs, ":");
		snprintf(path, sizeof(path), "%.*s/%s", (int)len, dirs, name);
		got = probe(run, path);
		if (!got)
			return 0;
		if (got != ENOENT)
			err = got;
	}
	return err;
}

/* With the statuses of a shell; what this lets pass crun may still refuse. */
static int check_command(const struct sbx_run *run, struct sbx_error *error)
{
	const char *name = run->argv[0];
	char path[PATH_MAX];
	int err;

	if (!strchr(name, '/')) {
		err = probe_in_path(run, name);
	} else {
		snprintf(path, sizeof(path), "%s%s%s", *name == '/' ? "" : run->cwd ?: "",
			 *name == '/' ? "" : "/", name);
		err = probe(run, path);
	}
	if (!err)
		return 0;
	sbx_fail(error, err, err == ENOENT ? "%s: command not found in the container" :
		 "%s: cannot be executed in the container", name);
	error->status = err == ENOENT ? SBX_EXIT_NOT_FOUND : SBX_EXIT_NO_EXEC;
	return -err;
}

/* crun would make a missing one, on the machine's own filesystems. */
static int check_cwd(const struct sbx_run *run, struct sbx_error *error)
{
	const char *root = run->rootfs ?: "/", *cwd = run->cwd ?: "/";
	struct stat st;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mounts); i++)
		if (below(cwd, mounts[i].dest))
			return 0;
	for (i = 0; i < run->nr_binds; i++) {
		if (!below(run->cwd ?: "/", run->binds[i].dest))
			continue;
		/* Of two that hold it the last one is on top. */
		root = run->binds[i].source;
		cwd = (run->cwd ?: "/") + strlen(run->binds[i].dest);
	}
	if (stat_in(root, *cwd ? cwd : "/", &st) < 0)
		return sbx_fail_errno(error, "working directory %s of the container", run->cwd);
	if (!S_ISDIR(st.st_mode))
		return sbx_fail(error, ENOTDIR, "working directory %s is not a directory",
				run->cwd);
	return 0;
}

/**
 * sbx_bundle_check() - find out early what crun would stumble over
 * @run: what is asked for
 * @error: filled on failure
 *
 * A mount point that is missing can be made in a root that is writable or
 * below a tmpfs, nowhere else.
 */
int sbx_bundle_check(const struct sbx_run *run, struct sbx_error *error)
{
	const char *root = run->rootfs ?: "/";
	bool writable = run->rootfs && !run->rootfs_read_only;
	struct stat st;
	size_t i, j;

	if (stat(root, &st) < 0)
		return sbx_fail_errno(error, "root %s", root);
	if (!S_ISDIR(st.st_mode))
		return sbx_fail(error, ENOTDIR, "root %s is not a directory", root);
	for (i = 0; !writable && i < ARRAY_SIZE(mounts); i++)
		if (!strchr(mounts[i].dest + 1, '/') && stat_in(root, mounts[i].dest, &st))
			return sbx_fail(error, ENOENT,
					"the read-only root %s has no directory %s to mount on: make one",
					root, mounts[i].dest);
	for (i = 0; i < run->nr_binds; i++) {
		const char *dest = run->binds[i].dest;
		bool exists = writable;

		for (j = 0; !exists && j < ARRAY_SIZE(mounts); j++)
			exists = below(dest, mounts[j].dest);
		for (j = 0; !exists && j < i; j++)
			exists = below(dest, run->binds[j].dest);
		if (!exists && stat_in(root, dest, &st))
			return sbx_fail(error, ENOENT,
					"%s does not exist in the read-only root, so nothing can be bound there: take a place that exists, or one below /tmp",
					dest);
	}
	return check_cwd(run, error) ?: check_command(run, error);
}

static json_t *strings(const char *const *list, size_t n)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < n && list[i]; i++)
		json_array_append_new(array, json_string(list[i]));
	return array;
}

static json_t *vector(char *const *list)
{
	json_t *array = json_array();

	for (; list && *list; list++)
		json_array_append_new(array, json_string(*list));
	return array;
}

static json_t *process(const struct sbx_run *run)
{
	json_t *caps = strings(capabilities, ARRAY_SIZE(capabilities));

	return json_pack("{s:b, s:{s:i, s:i}, s:o, s:o, s:s, s:{s:O, s:O, s:o}, s:b}",
			 "terminal", run->tty,
			 "user", "uid", 0, "gid", 0,
			 "args", vector(run->argv),
			 "env", vector(run->env),
			 "cwd", run->cwd ?: "/",
			 "capabilities", "bounding", caps, "effective", caps, "permitted", caps,
			 "noNewPrivileges", 0);
}

static json_t *mount_list(const struct sbx_run *run)
{
	json_t *list = json_array();
	json_t *mount;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mounts); i++) {
		mount = json_pack("{s:s, s:s, s:s, s:o}", "destination", mounts[i].dest,
				  "type", mounts[i].type, "source", mounts[i].type, "options",
				  strings(mounts[i].options, ARRAY_SIZE(mounts[i].options)));
		json_array_append_new(list, mount);
	}
	/* Not recursive: what the operator did not name does not come along. */
	for (i = 0; i < run->nr_binds; i++) {
		mount = json_pack("{s:s, s:s, s:s, s:[s, s, s]}",
				  "destination", run->binds[i].dest, "type", "bind",
				  "source", run->binds[i].source, "options", "bind", "private",
				  run->binds[i].read_only ? "ro" : "rw");
		json_array_append_new(list, mount);
	}
	return list;
}

static json_t *namespace_list(const struct sbx_run *run)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(namespaces); i++)
		json_array_append_new(list, json_pack("{s:s}", "type", namespaces[i]));
	if (run->net_path)
		json_array_append_new(list, json_pack("{s:s, s:s}", "type", "network",
						      "path", run->net_path));
	else if (!run->net_host)
		json_array_append_new(list, json_pack("{s:s}", "type", "network"));
	return list;
}

/* As any container's; it is made a sandbox's as any other bundle is. */
static json_t *plain_config(const struct sbx_run *run, const char *name, const char *rootfs)
{
	return json_pack("{s:s, s:o, s:{s:s, s:b}, s:s, s:o, s:{s:o, s:s+}}",
			 "ociVersion", "1.0.2",
			 "process", process(run),
			 "root", "path", rootfs,
			 "readonly", !run->rootfs || run->rootfs_read_only,
			 "hostname", name,
			 "mounts", mount_list(run),
			 "linux",
			 "namespaces", namespace_list(run),
			 "cgroupsPath", "/sbx.", name);
}

/**
 * sbx_bundle_config() - make a config.json
 * @run: what is asked for
 * @name: of the container
 * @rootfs: absolute
 * @error: filled on failure
 *
 * Return: the new object, or NULL.
 */
json_t *sbx_bundle_config(const struct sbx_run *run, const char *name, const char *rootfs,
			  struct sbx_error *error)
{
	struct sbx_edit edit = { .bundle = "/", .host_net = run->net_host };
	int err;

	edit.config = plain_config(run, name, rootfs);
	if (!edit.config) {
		sbx_fail(error, EINVAL,
			 "the command or its environment is no valid UTF-8, as a bundle has to be");
		return NULL;
	}
	err = sbx_edit_config(&edit, error);
	sbx_edit_free(&edit);
	if (err) {
		json_decref(edit.config);
		return NULL;
	}
	return edit.config;
}

/**
 * sbx_bundle_write() - put a config.json into a run directory
 * @dir: where
 * @config: what
 * @error: filled on failure
 */
int sbx_bundle_write(const struct sbx_rundir *dir, json_t *config, struct sbx_error *error)
{
	char path[sizeof(dir->path) + 32];

	snprintf(path, sizeof(path), "%s/bundle", dir->path);
	if (mkdir(path, 0700) < 0)
		return sbx_fail_errno(error, "%s", path);
	strcat(path, "/config.json");
	if (json_dump_file(config, path, JSON_INDENT(2)) < 0)
		return sbx_fail_errno(error, "%s", path);
	return 0;
}
