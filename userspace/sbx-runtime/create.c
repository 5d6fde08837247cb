// SPDX-License-Identifier: GPL-2.0
/*
 * create: from a bundle to a container that waits to be started.
 *
 * The process registers as the container's launcher and becomes the low-level
 * runtime, so there is nothing of ours that could die in between.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "../lib/edit.h"
#include "runtime.h"

const struct option_row create_options[] = {
	{ "bundle", 'b', true },
	{ "config", 'f', true },
	{ "console-socket", 0, true },
	{ "no-new-keyring", 0, false },
	{ "no-pivot", 0, false },
	{ "no-subreaper", 0, false },
	{ "pid-file", 0, true },
	{ "preserve-fds", 0, true },
	{ }
};

/**
 * struct making - a container in the making
 * @call: that asks for it
 * @hold: its program is to wait until it is let go
 * @nl: connection to the module
 * @edit: the bundle
 * @bundle: its directory, absolute
 * @group: what it is to the containers that it shares namespaces with
 * @container: result of the launch
 */
struct making {
	struct call *call;
	bool hold;
	struct sbx_nl *nl;
	struct sbx_edit edit;
	char *bundle;
	struct group group;
	struct sbx_container container;
};

static int load_bundle(struct making *making, struct sbx_error *error)
{
	char *path __free = NULL;
	const char *bundle = words_value(&making->call->words, "bundle") ?: ".";
	const char *name = words_value(&making->call->words, "config") ?: "config.json";

	making->bundle = realpath(bundle, NULL);
	if (!making->bundle)
		return sbx_fail_errno(error, "bundle %s", bundle);
	if (asprintf(&path, "%s%s%s", *name == '/' ? "" : making->bundle, *name == '/' ? "" : "/",
		     name) < 0)
		return sbx_fail(error, ENOMEM, "out of memory");
	making->edit.config = sbx_json_load(path, error);
	if (!making->edit.config)
		return -error->err;
	making->call->terminal = json_is_true(sbx_json_path(making->edit.config,
							    "process.terminal"));
	making->edit.bundle = making->bundle;
	making->edit.host_net = making->call->settings.host_network;
	return group_find(&making->group, making->call, making->nl, &making->edit, error) ?:
	       sbx_edit_config(&making->edit, error);
}

static int parse_count(const char *text, unsigned int *count, struct sbx_error *error)
{
	unsigned long n;
	char *end;

	if (!text)
		return 0;
	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || end == text || *end || n > SBX_PRESERVE_FDS_MAX)
		return sbx_fail(error, EINVAL, "'%s' is no number of descriptors up to %d", text,
				SBX_PRESERVE_FDS_MAX);
	*count += n;
	return 0;
}

/**
 * count_preserved() - how many descriptors above 2 are passed on to the program
 * @call: create, run or exec
 * @count: takes the number
 * @error: filled on failure
 */
int count_preserved(const struct call *call, unsigned int *count, struct sbx_error *error)
{
	const char *pid = getenv("LISTEN_PID");
	int err;

	*count = 0;
	err = parse_count(words_value(&call->words, "preserve-fds"), count, error);
	if (!err && (!pid || atoi(pid) == getpid()))
		err = parse_count(getenv("LISTEN_FDS"), count, error);
	if (!err && *count > SBX_PRESERVE_FDS_MAX)
		err = sbx_fail(error, EINVAL, "more than %d descriptors are passed on",
			       SBX_PRESERVE_FDS_MAX);
	return err;
}

static int launch_as(struct making *making, const char *name, struct sbx_error *error)
{
	struct sbx_launch request = {
		.container_name = name,
		.flags = making->edit.flags,
		.hold = making->hold,
	};
	int err;

	err = count_preserved(making->call, &request.preserve_fds, error);
	if (err)
		return err;
	if (making->group.domain) {
		request.domain_id = making->group.domain;
		request.flags = 0;
	} else {
		request.domain_name = making->edit.domain_name ?: name;
	}
	return sbx_launch(making->nl, &request, &making->container, error);
}

/*
 * As the operator calls it.  Where that is taken, or not known, the id is the
 * name, and where that is none for a domain, or another manager has the same,
 * the module makes one up.
 */
static int launch(struct making *making, struct sbx_error *error)
{
	char *name __free = container_name(making->edit.config, making->call->id);
	const char *id = making->call->id;
	const char *const names[] = { name, sbx_name_valid(id) ? id : NULL, NULL };
	int err = -EEXIST;
	size_t i;

	for (i = 0; err == -EEXIST && i < ARRAY_SIZE(names); i++)
		if (names[i] || i == ARRAY_SIZE(names) - 1)
			err = launch_as(making, names[i], error);
	return err;
}

static int write_record(const struct making *making, struct sbx_record *record,
			struct sbx_error *error)
{
	const struct call *call = making->call;
	char root[PATH_MAX];
	int err;

	if (!realpath(call->root, root))
		return sbx_fail_errno(error, "%s", call->root);
	record->json = json_pack("{s:s, s:s, s:s, s:s, s:{s:i, s:s}, s:{s:i, s:s}, s:s*, s:b,"
				 " s:{s:i, s:I}, s:O, s:b, s:I}",
				 "id", call->id, "root", root, "bundle", making->bundle,
				 "runtime", call->settings.runtime,
				 "domain", "id", making->container.domain_id,
				 "name", making->container.domain_name,
				 "container", "id", making->container.id,
				 "name", making->container.name,
				 "pod", making->group.pod,
				 "sandbox", making->group.pod && !making->group.domain,
				 "creator", "pid", getpid(),
				 "start", (json_int_t)sbx_process_start(getpid()),
				 "notes", making->edit.notes,
				 "seccomp", !!making->edit.seccomp,
				 "created", (json_int_t)time(NULL));
	if (!record->json)
		return sbx_fail(error, ENOMEM, "out of memory");
	err = sbx_record_write(record, call->root, call->id, making->edit.config,
			       making->edit.seccomp, error);
	return err;
}

static const struct {
	const char *name;
	int resource;
} limits[] = {
	{ "RLIMIT_AS", RLIMIT_AS },		{ "RLIMIT_CORE", RLIMIT_CORE },
	{ "RLIMIT_CPU", RLIMIT_CPU },		{ "RLIMIT_DATA", RLIMIT_DATA },
	{ "RLIMIT_FSIZE", RLIMIT_FSIZE },	{ "RLIMIT_LOCKS", RLIMIT_LOCKS },
	{ "RLIMIT_MEMLOCK", RLIMIT_MEMLOCK },	{ "RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE },
	{ "RLIMIT_NICE", RLIMIT_NICE },		{ "RLIMIT_NOFILE", RLIMIT_NOFILE },
	{ "RLIMIT_NPROC", RLIMIT_NPROC },	{ "RLIMIT_RSS", RLIMIT_RSS },
	{ "RLIMIT_RTPRIO", RLIMIT_RTPRIO },	{ "RLIMIT_RTTIME", RLIMIT_RTTIME },
	{ "RLIMIT_SIGPENDING", RLIMIT_SIGPENDING }, { "RLIMIT_STACK", RLIMIT_STACK },
};

/* Of a number that is too large for the parser the text is at hand. */
static rlim_t limit_value(const json_t *value)
{
	const json_int_t n = json_integer_value(value);

	return json_is_integer(value) && n >= 0 ? (rlim_t)n : RLIM_INFINITY;
}

static void raise_limit(int resource, rlim_t wanted)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) || limit.rlim_max >= wanted)
		return;
	limit.rlim_max = wanted;
	/* If it fails, the low-level runtime will, and say so. */
	if (setrlimit(resource, &limit))
		return;
}

/*
 * In its user namespace the low-level runtime cannot raise a limit any more, so
 * it inherits what it has to be able to set.
 */
static void raise_limits(const json_t *config)
{
	const char *type;
	json_t *entry;
	size_t i, j;

	json_array_foreach(sbx_json_path(config, "process.rlimits"), i, entry) {
		type = json_string_value(json_object_get(entry, "type"));
		for (j = 0; type && j < ARRAY_SIZE(limits); j++)
			if (!strcmp(type, limits[j].name))
				raise_limit(limits[j].resource,
					    limit_value(json_object_get(entry, "hard")));
	}
}

static int make_root(const char *root, struct sbx_error *error)
{
	char path[PATH_MAX];
	char *slash;

	snprintf(path, sizeof(path), "%s", root);
	for (slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0711) < 0 && errno != EEXIST)
			return sbx_fail_errno(error, "%s", path);
		*slash = '/';
	}
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return sbx_fail_errno(error, "%s", path);
	return 0;
}

/* A record of a living container would have state, too, unless it is just made. */
static int check_unused(const struct making *making, struct sbx_error *error)
{
	struct sbx_container container;
	struct sbx_record record;
	int err;

	if (sbx_record_load(&record, making->call->root, making->call->id,
			    &(struct sbx_error){}))
		return 0;
	err = sbx_record_container(&record, making->nl, &container, error);
	sbx_record_free(&record);
	if (err > 0)
		err = sbx_fail(error, EEXIST, "container with given ID already exists: %s",
			       making->call->id);
	return err;
}

/**
 * prepare() - all of create that comes before the low-level runtime's part
 * @call: create or run
 * @hold: the container's program is to wait for sbx_release()
 * @record: filled
 * @nl: connection to the module
 * @error: filled on failure
 *
 * The caller is the container's launcher afterwards.
 */
int prepare(struct call *call, bool hold, struct sbx_record *record, struct sbx_nl *nl,
	    struct sbx_error *error)
{
	struct making making = { .call = call, .hold = hold, .nl = nl };
	int err;

	err = make_root(call->root, error) ?:
	      check_unused(&making, error) ?:
	      load_bundle(&making, error) ?:
	      launch(&making, error) ?:
	      write_record(&making, record, error);
	if (!err) {
		log_notes(making.edit.notes);
		raise_limits(making.edit.config);
		/* A socket of the host, which nothing inside could speak to. */
		unsetenv("NOTIFY_SOCKET");
	}
	json_decref(making.edit.config);
	json_decref((json_t *)making.edit.peer_config);
	sbx_edit_free(&making.edit);
	free(making.bundle);
	return err;
}

/**
 * bundle_line() - call of the low-level runtime that makes the container
 * @call: whose options are passed on
 * @command: create or run
 * @record: the container's, with the edited bundle
 *
 * crun takes another config.json for the bundle as it is; for others the
 * record is the bundle.
 */
struct line *bundle_line(const struct call *call, const char *command,
			 const struct sbx_record *record)
{
	static const char *const ours[] = { "bundle", "config", NULL };
	const char *bundle = json_string_value(json_object_get(record->json, "bundle"));
	struct line *line = line_new(call);

	if (!line)
		return NULL;
	line_add(line, "%s", command);
	line_add_given(line, &call->words, ours);
	if (is_crun(&call->settings)) {
		line_add(line, "--bundle=%s", bundle);
		line_add(line, "--config=%s/config.json", record->path);
	} else {
		line_add(line, "--bundle=%s", record->path);
	}
	line_add(line, "%s", call->id);
	return line;
}

int do_create(struct call *call, struct sbx_error *error)
{
	struct sbx_nl *nl __cleanup(sbx_nl_closep) = NULL;
	struct sbx_record record = {};
	int err;

	nl = sbx_nl_open(error);
	if (!nl)
		return -error->err;
	err = prepare(call, false, &record, nl, error);
	if (err)
		return err;
	err = line_exec(bundle_line(call, "create", &record), error);
	sbx_record_remove(&record, &(struct sbx_error){});
	return err;
}
