// SPDX-License-Identifier: GPL-2.0
/*
 * sbxctl list and kill: domains as a whole.
 */
#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "sbxctl.h"

/* How long a killed domain may take to go. */
#define KILL_TRIES	100
#define KILL_PAUSE_MS	100

/**
 * json_domain() - a domain without its containers
 * @domain: which
 *
 * Return: a new object.
 */
json_t *json_domain(const struct sbx_domain *domain)
{
	return json_pack("{s:I, s:s, s:o, s:I, s:I, s:I}",
			 "id", (json_int_t)domain->id,
			 "name", domain->name,
			 "flags", json_flags(domain->flags),
			 "containers", (json_int_t)domain->containers,
			 "tasks", (json_int_t)domain->tasks,
			 "age_ms", (json_int_t)domain->age_ms);
}

static int add_domain(const struct sbx_domain *domain, void *data)
{
	json_array_append_new(data, json_domain(domain));
	return 0;
}

/* Once, and not before the module has answered. */
static void print_header(bool *printed)
{
	if (!*printed)
		printf("%-6s %-24s %-10s %-6s %-10s %s\n", "ID", "NAME", "CONTAINERS", "TASKS",
		       "AGE(s)", "FLAGS");
	*printed = true;
}

static int print_domain(const struct sbx_domain *domain, void *data)
{
	print_header(data);
	printf("%-6u %-24s %-10u %-6u %-10.1f ", domain->id, domain->name, domain->containers,
	       domain->tasks, domain->age_ms / 1000.0);
	print_flags(domain->flags);
	putchar('\n');
	return 0;
}

static int list(const struct command *self, int argc, char **argv)
{
	struct sbx_nl *nl __cleanup(sbx_nl_closep) = NULL;
	struct sbx_error error;
	struct common common;
	json_t *array = NULL;
	bool header = false;
	int err;

	err = parse_common(self, argc, argv, 0, 0, &common);
	if (err != PARSE_GO)
		return err;
	nl = sbx_nl_open(&error);
	if (!nl)
		return complain(&error);
	if (common.json) {
		array = json_array();
		err = sbx_domain_each(nl, add_domain, array, &error);
	} else {
		err = sbx_domain_each(nl, print_domain, &header, &error);
	}
	if (err < 0) {
		json_decref(array);
		return complain(&error);
	}
	if (array)
		print_json(array);
	else
		print_header(&header);
	return EXIT_SUCCESS;
}

const struct command command_list = {
	.name = "list",
	.usage = "[--json]",
	.summary = "Lists the living domains",
	.help =
	"  --json   an array of objects: id, name, flags, containers, tasks, age_ms\n"
	"  --help   this text\n",
	.run = list,
};

/* A domain goes with its last task, which may be a launcher that has to see it. */
static int kill_one(struct sbx_nl *nl, const struct sbx_which *which, struct sbx_error *error)
{
	const struct timespec pause = { .tv_nsec = KILL_PAUSE_MS * 1000 * 1000 };
	struct sbx_domain domain;
	struct sbx_which by_id;
	int i, err;

	err = sbx_domain_get(nl, which, &domain, error);
	if (err)
		return err;
	by_id = (struct sbx_which){ .id = domain.id };
	for (i = 0; i < KILL_TRIES; i++) {
		/* Again each time: a launcher may start a container late. */
		err = sbx_domain_kill(nl, &by_id, error);
		if (err)
			return err == -ENOENT ? 0 : err;
		nanosleep(&pause, NULL);
	}
	return sbx_fail(error, EBUSY,
			"domain %s has no task left, but its launcher is still there: end it as well",
			domain.name);
}

/**
 * struct killing - domains to kill
 * @nl: connection
 * @all: whichever there are, so it is fine if one has gone by itself
 * @result: takes an object for each, NULL to print complaints only
 * @status: of the command
 */
struct killing {
	struct sbx_nl *nl;
	bool all;
	json_t *result;
	int status;
};

static void kill_and_tell(struct killing *killing, const char *name,
			  const struct sbx_which *which)
{
	struct sbx_error error = {};
	int err;

	err = kill_one(killing->nl, which, &error);
	if (!err || (err == -ENOENT && killing->all))
		error = (struct sbx_error){};
	else
		killing->status = EXIT_FAILURE;
	if (killing->result) {
		json_t *object = json_pack("{s:s, s:o}", "domain", name,
					   "error", json_or_null(error.text));

		json_array_append_new(killing->result, object);
	} else if (error.err) {
		sbx_error_context(&error, "%s", name);
		complain(&error);
	}
}

static int add_name(const struct sbx_domain *domain, void *data)
{
	return json_array_append_new(data, json_pack("{s:s, s:I}", "name", domain->name, "id",
						     (json_int_t)domain->id)) ? -ENOMEM : 0;
}

static int kill_all(struct killing *killing, struct sbx_error *error)
{
	json_t *domains = json_array(), *domain;
	size_t i;
	int err;

	err = sbx_domain_each(killing->nl, add_name, domains, error);
	json_array_foreach(domains, i, domain) {
		const struct sbx_which which = {
			.id = json_integer_value(json_object_get(domain, "id")),
		};

		if (!err)
			kill_and_tell(killing, json_string_value(json_object_get(domain, "name")),
				      &which);
	}
	json_decref(domains);
	return err;
}

static int kill_command(const struct command *self, int argc, char **argv)
{
	struct sbx_nl *nl __cleanup(sbx_nl_closep) = NULL;
	struct killing killing = {};
	struct sbx_error error = {};
	struct sbx_which which;
	struct common common;
	int err, i;

	err = parse_common(self, argc, argv, TAKES_ALL, -1, &common);
	if (err != PARSE_GO)
		return err;
	if (!common.argc != common.all)
		return usage_error(self, "name the domains, or give --all");
	nl = sbx_nl_open(&error);
	if (!nl)
		return complain(&error);
	killing.nl = nl;
	killing.all = common.all;
	if (common.json)
		killing.result = json_array();
	if (common.all && kill_all(&killing, &error) < 0)
		killing.status = complain(&error);
	for (i = 0; i < common.argc; i++) {
		set_which(&which, common.argv[i]);
		kill_and_tell(&killing, common.argv[i], &which);
	}
	if (killing.result)
		print_json(killing.result);
	return killing.status;
}

const struct command command_kill = {
	.name = "kill",
	.usage = "[--json] DOMAIN... | --all",
	.summary = "Kills every task of domains, by id or name, and waits for their end",
	.help =
	"  --all    every domain\n"
	"  --json   an array of objects: domain, error (null if it was killed)\n"
	"  --help   this text\n"
	"\n"
	"Exit status: 1 if one could not be killed.\n",
	.run = kill_command,
};
