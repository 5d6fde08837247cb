// SPDX-License-Identifier: GPL-2.0
/*
 * Taking down what the low-level runtime cannot: a container that was killed
 * half-made.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "json.h"
#include "record.h"
#include "util.h"

#define CGROUP_ROOT	"/sys/fs/cgroup"

/* How long dying tasks may take, and dying launchers, in hundredths of a second. */
#define TRIES		1000
#define IDLE_TRIES	100

static void nap(void)
{
	const struct timespec time = { .tv_nsec = 10 * 1000 * 1000 };

	nanosleep(&time, NULL);
}

/**
 * sbx_process_start() - when a process began
 * @pid: of it
 *
 * Return: clock ticks after the machine's start, 0 if there is none.
 */
uint64_t sbx_process_start(pid_t pid)
{
	unsigned long long start = 0;
	char path[64], line[1024];
	const char *rest;
	FILE *file;
	int field;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	/* The name may have blanks and parentheses in it. */
	rest = fgets(line, sizeof(line), file) ? strrchr(line, ')') : NULL;
	/* From the third field to the twenty-second. */
	for (field = 3; rest && field <= 22; field++)
		rest = strchr(rest + 1, ' ');
	if (rest)
		start = strtoull(rest, NULL, 10);
	fclose(file);
	return start;
}

/**
 * sbx_cgroup_of() - where a process is accounted
 * @init: pid of it
 * @path: takes the directory, "" if that is not to be told
 * @size: of @path
 */
void sbx_cgroup_of(pid_t init, char *path, size_t size)
{
	char file_name[64], line[PATH_MAX];
	FILE *file;

	*path = '\0';
	snprintf(file_name, sizeof(file_name), "/proc/%d/cgroup", init);
	file = fopen(file_name, "re");
	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "0::/", 4) && line[4] && !strstr(line, "/.."))
			snprintf(path, size, CGROUP_ROOT "%s", line + 3);
	}
	fclose(file);
}

/*
 * The path that the bundle asks for, where it is one and no name for systemd.
 * If it asks for none, crun takes the container's ID.
 */
static void bundle_cgroup(const struct sbx_record *record, char *path, size_t size)
{
	json_t *config __cleanup(sbx_json_decrefp) = NULL;
	const char *text;

	*path = '\0';
	config = sbx_record_config(record, &(struct sbx_error){});
	text = json_string_value(sbx_json_path(config, "linux.cgroupsPath"));
	if (!text || !*text)
		text = json_string_value(json_object_get(record->json, "id"));
	if (text && *text && !strchr(text, ':') && !strstr(text, ".."))
		snprintf(path, size, CGROUP_ROOT "%s%s", *text == '/' ? "" : "/", text);
}

static int rmdir_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (type != FTW_DP)
		return 0;
	return rmdir(path) < 0 && errno != ENOENT ? -1 : 0;
}

static void kill_all(const char *path)
{
	int fd __close = -1;
	char kill_path[PATH_MAX + 16];

	snprintf(kill_path, sizeof(kill_path), "%s/cgroup.kill", path);
	fd = open(kill_path, O_WRONLY | O_CLOEXEC);
	/* If it fails the control group stays, which is said. */
	if (fd >= 0 && write(fd, "1", 1) < 0)
		return;
}

static bool is_populated(const char *path)
{
	char file_name[PATH_MAX + 16], line[64];
	bool yes = false;
	FILE *file;

	snprintf(file_name, sizeof(file_name), "%s/cgroup.events", path);
	file = fopen(file_name, "re");
	if (!file)
		return false;
	while (fgets(line, sizeof(line), file))
		yes |= !strcmp(line, "populated 1\n");
	fclose(file);
	return yes;
}

/**
 * sbx_cgroup_clear() - remove a control group
 * @path: of it
 * @owned: it is nobody else's: kill what is in it; otherwise it stays if
 *	something lives there
 * @error: filled on failure
 *
 * Return: 1 if there was one, 0 if not, or a negative errno.
 */
int sbx_cgroup_clear(const char *path, bool owned, struct sbx_error *error)
{
	int i;

	if (access(path, F_OK) < 0 || (!owned && is_populated(path)))
		return 0;
	if (owned)
		kill_all(path);
	for (i = 0; i < TRIES; i++) {
		if (!nftw(path, rmdir_one, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT))
			return 1;
		if (errno != EBUSY)
			break;
		nap();
	}
	return sbx_fail_errno(error, "control group %s", path);
}

/* A launcher that cleans up after itself keeps the container known. */
static bool is_creator(const struct sbx_record *record)
{
	return json_integer_value(sbx_json_path(record->json, "creator.pid")) == getpid();
}

/**
 * sbx_record_creator() - the process that makes, or runs, a container
 * @record: whose
 *
 * Return: its pid, 0 if it is gone.
 */
pid_t sbx_record_creator(const struct sbx_record *record)
{
	const pid_t pid = json_integer_value(sbx_json_path(record->json, "creator.pid"));
	const json_t *start = sbx_json_path(record->json, "creator.start");

	return pid > 1 && (uint64_t)json_integer_value(start) == sbx_process_start(pid) ? pid : 0;
}

/* The low-level runtime may still be at work on it. */
static void kill_creator(const struct sbx_record *record)
{
	const pid_t pid = sbx_record_creator(record);

	if (pid && !is_creator(record))
		kill(pid, SIGKILL);
}

/*
 * Kills all tasks; their control group is told before they are gone.  What was
 * to make some goes with the creator; a process that a hook left is let be.
 */
static int kill_members(const struct sbx_record *record, struct sbx_nl *nl, char *cgroup,
			size_t size, struct sbx_error *error)
{
	struct sbx_container container;
	int alive, i, idle = 0;

	for (i = 0; i < TRIES; i++) {
		alive = sbx_record_container(record, nl, &container, error);
		if (alive <= 0 || (!container.tasks && is_creator(record)))
			return alive < 0 ? alive : 0;
		idle = container.tasks ? 0 : idle + 1;
		if (idle > IDLE_TRIES)
			return 0;
		/* Stopped ones die of it, too, and of frozen ones it takes care. */
		if (container.init_pid) {
			sbx_cgroup_of(container.init_pid, cgroup, size);
			kill(container.init_pid, SIGKILL);
		}
		nap();
	}
	return sbx_fail(error, EBUSY, "tasks of container %s do not die", container.name);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path) < 0 && errno != ENOENT ? -1 : 0;
}

static int remove_state(const struct sbx_record *record, struct sbx_error *error)
{
	const char *root = json_string_value(json_object_get(record->json, "root"));
	const char *id = json_string_value(json_object_get(record->json, "id"));
	char path[PATH_MAX];

	if (!root || !id)
		return 0;
	snprintf(path, sizeof(path), "%s/%s", root, id);
	if (nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) < 0 && errno != ENOENT)
		return sbx_fail_errno(error, "remove %s", path);
	return 0;
}

/**
 * sbx_record_clean() - take down a container, whatever is left of it
 * @record: of it; it is removed
 * @nl: connection to the module, NULL if it is not loaded: nothing lives then
 * @error: filled on failure
 */
int sbx_record_clean(struct sbx_record *record, struct sbx_nl *nl, struct sbx_error *error)
{
	char cgroup[PATH_MAX] = "", wanted[PATH_MAX];
	int err = 0;

	kill_creator(record);
	if (nl && record->json)
		err = kill_members(record, nl, cgroup, sizeof(cgroup), error);
	if (err)
		return err;
	bundle_cgroup(record, wanted, sizeof(wanted));
	if (*cgroup)
		err = sbx_cgroup_clear(cgroup, false, error);
	if (err >= 0 && *wanted && strcmp(wanted, cgroup))
		err = sbx_cgroup_clear(wanted, false, error);
	if (err < 0)
		return err;
	return remove_state(record, error) ?: sbx_record_remove(record, error);
}

/**
 * sbx_record_forgotten() - whether nothing but the record is left
 * @record: which
 * @nl: connection to the module, NULL if it is not loaded
 *
 * A container that has stopped and was not deleted is not forgotten.
 *
 * Return: true if its tasks and the low-level runtime's state are gone.
 */
bool sbx_record_forgotten(const struct sbx_record *record, struct sbx_nl *nl)
{
	const char *root = json_string_value(json_object_get(record->json, "root"));
	const char *id = json_string_value(json_object_get(record->json, "id"));
	struct sbx_container container;
	char path[PATH_MAX];
	struct stat st;

	if (!root || !id)	/* A draft lives for a moment. */
		return !stat(record->path, &st) && st.st_mtime < time(NULL) - 60;
	if (nl && sbx_record_container(record, nl, &container, &(struct sbx_error){}))
		return false;
	snprintf(path, sizeof(path), "%s/%s", root, id);
	return access(path, F_OK) < 0 && errno == ENOENT;
}
