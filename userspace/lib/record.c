// SPDX-License-Identifier: GPL-2.0
/*
 * Records: what sbx-runtime remembers of a container from create to delete.
 *
 * A record is made after the container's launcher was registered, and appears
 * under its name when it is whole, so a record whose container the module does
 * not know is of a dead container.  No lock is needed: the module is the truth,
 * and the low-level runtime orders the commands of one container.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "json.h"
#include "record.h"
#include "util.h"

/* Drafts of records begin with it, and no container's id does. */
#define DRAFT	".new-"

/* Ids are unique below one --root only. */
static int dir_of_root(const char *root, char *path, size_t size, struct sbx_error *error)
{
	char *real __free = realpath(root, NULL);
	uint64_t hash = 0xcbf29ce484222325;	/* FNV-1a */
	const char *c;

	if (!real)
		return sbx_fail_errno(error, "%s", root);
	for (c = real; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 0x100000001b3;
	snprintf(path, size, SBX_RECORD_DIR "/%016llx", (unsigned long long)hash);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path) < 0 && errno != ENOENT ? -1 : 0;
}

static int remove_tree(const char *path, struct sbx_error *error)
{
	if (nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) < 0 && errno != ENOENT)
		return sbx_fail_errno(error, "remove %s", path);
	return 0;
}

static int make_dir(const char *path, struct sbx_error *error)
{
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return sbx_fail_errno(error, "%s", path);
	return 0;
}

static int write_files(const char *path, const struct sbx_record *record,
		       const json_t *config, const json_t *seccomp, struct sbx_error *error)
{
	int dir __close = -1;
	int err;

	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return sbx_fail_errno(error, "%s", path);
	err = sbx_json_write(dir, "config.json", 0600, config, error);
	if (!err && seccomp)
		err = sbx_json_write(dir, "seccomp.json", 0600, seccomp, error);
	return err ?: sbx_json_write(dir, "record.json", 0600, record->json, error);
}

/**
 * sbx_record_write() - make a record
 * @record: its json is set; the rest is filled
 * @root: of the low-level runtime
 * @id: of the container; a record that it has already is of a dead one
 * @config: the bundle as edited
 * @seccomp: its own filter, NULL without
 * @error: filled on failure
 */
int sbx_record_write(struct sbx_record *record, const char *root, const char *id,
		     const json_t *config, const json_t *seccomp, struct sbx_error *error)
{
	char dir[PATH_MAX / 2], draft[PATH_MAX];
	int err;

	err = dir_of_root(root, dir, sizeof(dir), error) ?:
	      make_dir(SBX_RECORD_DIR, error) ?:
	      make_dir(dir, error);
	if (err)
		return err;
	snprintf(record->path, sizeof(record->path), "%s/%s", dir, id);
	snprintf(draft, sizeof(draft), "%s/" DRAFT "%d", dir, getpid());
	err = remove_tree(draft, error) ?:
	      make_dir(draft, error) ?:
	      write_files(draft, record, config, seccomp, error) ?:
	      remove_tree(record->path, error);
	if (!err && rename(draft, record->path) < 0)
		err = sbx_fail_errno(error, "%s", record->path);
	if (err)
		remove_tree(draft, &(struct sbx_error){});
	return err;
}

static int load_path(struct sbx_record *record, struct sbx_error *error)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/record.json", record->path);
	record->json = sbx_json_load(path, error);
	return record->json ? 0 : -error->err;
}

/**
 * sbx_record_load() - find the record of a container
 * @record: filled; sbx_record_free() frees it
 * @root: of the low-level runtime
 * @id: of the container
 * @error: filled on failure
 *
 * Return: 0, -ENOENT if there is none, another negative errno.
 */
int sbx_record_load(struct sbx_record *record, const char *root, const char *id,
		    struct sbx_error *error)
{
	char dir[PATH_MAX / 2];
	int err;

	*record = (struct sbx_record){};
	err = dir_of_root(root, dir, sizeof(dir), error);
	if (err)
		return err;
	snprintf(record->path, sizeof(record->path), "%s/%s", dir, id);
	return load_path(record, error);
}

/**
 * sbx_record_remove() - forget a container
 * @record: which
 * @error: filled on failure
 */
int sbx_record_remove(const struct sbx_record *record, struct sbx_error *error)
{
	return remove_tree(record->path, error);
}

/**
 * sbx_record_free() - undo sbx_record_load()
 * @record: stays on the disk
 */
void sbx_record_free(struct sbx_record *record)
{
	json_decref(record->json);
	record->json = NULL;
}

/**
 * sbx_record_config() - the config.json that a container runs with
 * @record: of the container
 * @error: filled on failure
 *
 * Return: a new value, NULL on failure.
 */
json_t *sbx_record_config(const struct sbx_record *record, struct sbx_error *error)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/config.json", record->path);
	return sbx_json_load(path, error);
}

/* Numbers begin anew with the module, so the names have to fit, too. */
static bool is_of(const struct sbx_record *record, const struct sbx_container *container)
{
	const json_t *id = sbx_json_path(record->json, "container.id");
	const char *domain = json_string_value(sbx_json_path(record->json, "domain.name"));
	const char *name = json_string_value(sbx_json_path(record->json, "container.name"));

	return container->id == json_integer_value(id) &&
	       domain && !strcmp(container->domain_name, domain) &&
	       name && !strcmp(container->name, name);
}

/*
 * struct search - for a container
 * @record: of it
 * @found: takes it
 */
struct search {
	const struct sbx_record *record;
	struct sbx_container *found;
};

static int compare(const struct sbx_container *container, void *data)
{
	const struct search *search = data;

	if (!is_of(search->record, container))
		return 0;
	*search->found = *container;
	return 1;
}

/**
 * sbx_record_container() - what the module says of a container
 * @record: of the container
 * @nl: connection to the module
 * @container: takes it
 * @error: filled on failure
 *
 * Return: 1, 0 if the module does not know it: it is dead, or a negative errno.
 */
int sbx_record_container(const struct sbx_record *record, struct sbx_nl *nl,
			 struct sbx_container *container, struct sbx_error *error)
{
	const struct sbx_which which = {
		.id = json_integer_value(sbx_json_path(record->json, "domain.id")),
	};
	struct search search = { .record = record, .found = container };
	int err;

	err = sbx_container_each(nl, &which, compare, &search, error);
	return err == -ENOENT ? 0 : err;
}

static int walk(const char *dir, sbx_record_fn fn, void *data)
{
	struct sbx_record record;
	struct sbx_error error;
	struct dirent *entry;
	int err = 0;
	DIR *stream;

	stream = opendir(dir);
	if (!stream)
		return 0;
	while (!err && (entry = readdir(stream))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		record.json = NULL;
		snprintf(record.path, sizeof(record.path), "%s/%s", dir, entry->d_name);
		/* Drafts are shown, too; what went in this moment is not. */
		if (strncmp(entry->d_name, DRAFT, strlen(DRAFT)) &&
		    load_path(&record, &error) == -ENOENT)
			continue;
		err = fn(&record, data);
		sbx_record_free(&record);
	}
	closedir(stream);
	return err;
}

/**
 * sbx_record_each() - walk the records
 * @root: of the low-level runtime, NULL for all
 * @fn: called for each; a record without json is a draft, or damaged
 * @data: for @fn
 *
 * Return: 0, or what @fn returned.
 */
int sbx_record_each(const char *root, sbx_record_fn fn, void *data)
{
	char dir[PATH_MAX / 2];
	struct dirent *entry;
	int err = 0;
	DIR *stream;

	if (root)
		return dir_of_root(root, dir, sizeof(dir), &(struct sbx_error){}) ?
			0 : walk(dir, fn, data);
	stream = opendir(SBX_RECORD_DIR);
	if (!stream)
		return 0;
	while (!err && (entry = readdir(stream))) {
		snprintf(dir, sizeof(dir), SBX_RECORD_DIR "/%s", entry->d_name);
		if (entry->d_name[0] != '.')
			err = walk(dir, fn, data);
	}
	closedir(stream);
	return err;
}

/*
 * struct pod - search for a pod's sandbox
 * @key: of the pod
 * @found: takes its record
 */
struct pod {
	const char *key;
	struct sbx_record *found;
};

static int is_sandbox(struct sbx_record *record, void *data)
{
	const char *key = json_string_value(json_object_get(record->json, "pod"));
	struct pod *pod = data;

	if (!json_is_true(json_object_get(record->json, "sandbox")) || !key ||
	    strcmp(key, pod->key))
		return 0;
	*pod->found = *record;
	json_incref(record->json);
	return 1;
}

/**
 * sbx_record_find_sandbox() - find the record of a pod's sandbox
 * @record: filled; sbx_record_free() frees it
 * @root: of the low-level runtime
 * @pod: key of the pod
 * @error: filled on failure
 *
 * Return: 0 or -ENOENT.
 */
int sbx_record_find_sandbox(struct sbx_record *record, const char *root, const char *pod,
			    struct sbx_error *error)
{
	struct pod search = { .key = pod, .found = record };

	*record = (struct sbx_record){};
	if (sbx_record_each(root, is_sandbox, &search))
		return 0;
	return sbx_fail(error, ENOENT, "pod sandbox \"%s\" does not exist", pod);
}

/*
 * struct owner - search for a container's record
 * @container: whose
 * @found: takes it
 */
struct owner {
	const struct sbx_container *container;
	struct sbx_record *found;
};

static int is_owner(struct sbx_record *record, void *data)
{
	struct owner *owner = data;

	if (!is_of(record, owner->container))
		return 0;
	*owner->found = *record;
	json_incref(record->json);
	return 1;
}

/**
 * sbx_record_find() - find the record of a living container, whatever manager it is of
 * @record: filled; sbx_record_free() frees it
 * @container: whose
 *
 * Return: false if sbx-runtime did not make the container.
 */
bool sbx_record_find(struct sbx_record *record, const struct sbx_container *container)
{
	struct owner owner = { .container = container, .found = record };

	*record = (struct sbx_record){};
	return sbx_record_each(NULL, is_owner, &owner);
}
