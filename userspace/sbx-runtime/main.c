// SPDX-License-Identifier: GPL-2.0
/*
 * sbx-runtime: the OCI runtime that container managers call.
 *
 * It ties a container to a domain and leaves the rest to a low-level runtime,
 * crun or runc: a bundle is edited, its container registered, the module's
 * filesystems put in place before it starts.  What needs none of this is
 * handed on with the same arguments.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "runtime.h"

/* Where a low-level runtime has its state if the caller does not say. */
#define DEFAULT_ROOT	"/run/sbx-oci"

static const struct option_row global_options[] = {
	{ "root", 0, true },
	{ "log", 0, true },
	{ "log-format", 0, true },
	{ "debug", 0, false },
	{ "systemd-cgroup", 0, false },
	{ "cgroup-manager", 0, true },
	{ "rootless", 0, true },
	{ "criu", 0, true },
	{ "config", 0, true },
	{ "help", 'h', false },
	{ "version", 'v', false },
	{ }
};

static const struct command commands[] = {
	{ "create", "make a container from a bundle", create_options, do_create, NEW_CONTAINER },
	{ "start", "run a made container's program", start_options, do_start, CONTAINER },
	{ "run", "create and start", run_options, do_run, NEW_CONTAINER },
	{ "exec", "run another program in a container", exec_options, do_exec, CONTAINER_FIRST },
	{ "kill", "send a signal to a container's init", kill_options, do_kill, CONTAINER },
	{ "delete", "remove a container that has stopped", delete_options, do_delete,
	  ANY_CONTAINER },
	{ "state", "tell the state of a container", start_options, NULL, CONTAINER },
	{ "list", "list containers", NULL, NULL, NOTHING },
	{ "ps", "list the processes of a container", NULL, NULL, NOTHING },
	{ "pause", "stop all processes of a container", start_options, NULL, CONTAINER },
	{ "resume", "let them go on", start_options, NULL, CONTAINER },
	{ "update", "change the resources of a container", update_options, do_update,
	  CONTAINER },
	{ "events", "tell what a container uses", events_options, do_events, CONTAINER },
	{ "features", "tell what a bundle may ask for", NULL, do_features, NOTHING },
	{ "spec", "write an example of a config.json", NULL, NULL, NOTHING },
	{ "checkpoint", NULL, NULL, NULL, NOTHING },
	{ "restore", NULL, NULL, NULL, NOTHING },
	{ }
};

static void print_usage(FILE *file)
{
	const struct command *command;

	fputs("usage: sbx-runtime [OPTIONS] COMMAND [ARGUMENTS]\n\n"
	      "An OCI runtime whose containers run in sandbox domains.\n\n", file);
	for (command = commands; command->name; command++)
		fprintf(file, "  %-12s %s\n", command->name,
			command->summary ?: "not supported yet");
	fputs("\n"
	      "  --root DIR              state of the low-level runtime (" DEFAULT_ROOT ")\n"
	      "  --log FILE              errors, and what of a bundle was changed\n"
	      "  --log-format text|json\n"
	      "  --debug\n"
	      "  --systemd-cgroup        control groups are made by systemd\n"
	      "  --rootless VALUE        passed on\n"
	      "  --config FILE           instead of /etc/sbx/runtime.json\n"
	      "  --version, --help\n", file);
}

static const struct command *find(const char *name)
{
	const struct command *command;

	for (command = commands; command->name; command++)
		if (!strcmp(command->name, name))
			return command;
	return NULL;
}

/* It becomes part of paths. */
static bool id_valid(const char *id)
{
	const char *c;

	if (!isalnum((unsigned char)*id) && *id != '_')
		return false;
	for (c = id; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("_+-.", *c))
			return false;
	return c - id < 200;
}

/**
 * state_exists() - whether the low-level runtime has a container of this id
 * @call: with an id
 */
bool state_exists(const struct call *call)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", call->root, call->id);
	return !access(path, F_OK);
}

/* Whose words managers know. */
static int check_container(const struct call *call, struct sbx_error *error)
{
	const struct command *command = call->command;

	if (!id_valid(call->id))
		return sbx_fail(error, EINVAL, "invalid container ID format: %s", call->id);
	if ((command->about == CONTAINER || command->about == CONTAINER_FIRST) &&
	    !state_exists(call))
		return sbx_fail(error, ENOENT, "container \"%s\" does not exist", call->id);
	if (command->about == NEW_CONTAINER && state_exists(call))
		return sbx_fail(error, EEXIST, "container with given ID already exists: %s",
				call->id);
	return 0;
}

/* The words of a command, without touching what is handed on. */
static int parse_command(struct call *call, struct sbx_error *error)
{
	const struct command *command = call->command;
	char **copy;
	size_t n;
	int err;

	for (n = 0; call->argv[n]; n++)
		;
	copy = calloc(n + 1, sizeof(*copy));
	if (!copy)
		return sbx_fail(error, ENOMEM, "out of memory");
	memcpy(copy, call->argv, n * sizeof(*copy));
	err = words_parse(&call->words, copy + 1, command->options,
			  command->about == CONTAINER_FIRST, error);
	if (err)
		return err;
	if (command->about == NOTHING)
		return 0;
	if (!call->words.nr_rest)
		return sbx_fail(error, EINVAL, "%s needs the ID of a container", command->name);
	call->id = call->words.rest[0];
	return check_container(call, error);
}

static int begin(struct call *call, char **argv, struct sbx_error *error)
{
	call->root = DEFAULT_ROOT;
	if (words_parse(&call->global, argv + 1, global_options, true, error))
		return -error->err;
	call->argv = call->global.rest;
	call->root = words_value(&call->global, "root") ?: call->root;
	return log_open(words_value(&call->global, "log"),
			words_value(&call->global, "log-format"),
			words_flag(&call->global, "debug"), error);
}

/*
 * What made a container also ends it, whatever the configuration says by now,
 * and though it may be wrong.
 */
static bool configured_by_record(struct call *call)
{
	struct sbx_record record;
	const char *runtime;

	if (!call->id || call->command->about == NEW_CONTAINER ||
	    sbx_record_load(&record, call->root, call->id, &(struct sbx_error){}))
		return false;
	runtime = json_string_value(json_object_get(record.json, "runtime"));
	call->settings = (struct settings){
		.runtime = runtime, .json = json_incref(record.json),
	};
	sbx_record_free(&record);
	return runtime;
}

static int configure(struct call *call, struct sbx_error *error)
{
	if (call->command && configured_by_record(call))
		return 0;
	return settings_load(&call->settings, words_value(&call->global, "config"), error);
}

static int run_command(struct call *call, struct sbx_error *error)
{
	const struct command *command = call->command;
	int err;

	if (!command->summary)
		return sbx_fail(error, ENOSYS, "%s is not supported yet", command->name);
	if (geteuid())
		return sbx_fail(error, EPERM, "sbx-runtime is for root");
	if (mkdir(call->root, 0700) < 0 && errno != EEXIST && errno != ENOENT)
		return sbx_fail_errno(error, "%s", call->root);
	err = command->options ? parse_command(call, error) : 0;
	if (!err)
		err = configure(call, error);
	if (err)
		return err;
	return command->run ? command->run(call, error) : hand_on(call, error);
}

static int print_version(struct call *call, struct sbx_error *error)
{
	if (configure(call, error))
		return -error->err;
	printf("sbx-runtime version %s\nspec: 1.0.2\nlow-level runtime: %s\n", SBX_VERSION,
	       call->settings.runtime);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct sbx_error error = {};
	struct call call = {};
	int status;

	(void)argc;
	status = begin(&call, argv, &error);
	if (!status && words_flag(&call.global, "version")) {
		status = print_version(&call, &error);
	} else if (!status && (words_flag(&call.global, "help") || !call.argv[0])) {
		print_usage(stdout);
	} else if (!status) {
		call.command = find(call.argv[0]);
		if (call.command)
			status = run_command(&call, &error);
		else
			status = sbx_fail(&error, EINVAL, "there is no command '%s'; see --help",
					  call.argv[0]);
	}
	if (status < 0) {
		log_error("%s", error.text);
		return EXIT_FAILURE;
	}
	return status;
}
