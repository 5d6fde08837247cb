// SPDX-License-Identifier: GPL-2.0
/*
 * sbxctl list, show, stats, syscalls, events, kill: what the module knows.
 *
 * Each command collects JSON first; the text is made from it, so both tell the
 * same.
 */
#include <stdio.h>
#include <string.h>

#include "sbxctl.h"

enum { OPT_HELP = 1, OPT_JSON, OPT_CLASS, OPT_DOMAIN };

static const struct option options[] = {
	{ "help", no_argument, NULL, OPT_HELP },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "class", required_argument, NULL, OPT_CLASS },
	{ "domain", required_argument, NULL, OPT_DOMAIN },
	{ }
};

/**
 * struct view - a command under way
 * @nl: connection to the module
 * @common: options
 * @class: &enum sbx_syscall_class to show, -1 for all
 * @list: JSON array that the dump's callbacks fill
 * @error: filled on failure
 */
struct view {
	struct sbx_nl *nl;
	struct common common;
	int class;
	json_t *list;
	struct sbx_error error;
};

/* Wants the name of a domain as its argument if @named; 1: help was asked for. */
static int begin(const struct command *self, int argc, char **argv, bool named,
		 struct view *view)
{
	int option;

	*view = (struct view){ .class = -1, .list = json_array() };
	optind = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case OPT_HELP:
			print_help(self);
			return 1;
		case OPT_JSON:
			view->common.json = true;
			break;
		case OPT_CLASS:
			view->class = sbx_class_parse(optarg);
			if (view->class < 0) {
				usage_error(self, "'%s' is no class: served, native or refused",
					    optarg);
				return -1;
			}
			break;
		case OPT_DOMAIN:
			set_which(&view->common.which, optarg);
			break;
		default:
			return -1;
		}
	}
	if (argc - optind != (named ? 1 : 0)) {
		usage_error(self, named ? "name one domain" : "no argument is taken");
		return -1;
	}
	if (named)
		set_which(&view->common.which, argv[optind]);
	view->nl = sbx_nl_open(&view->error);
	if (!view->nl) {
		complain(&view->error);
		return -1;
	}
	return 0;
}

static int end(struct view *view, int err)
{
	if (err < 0)
		complain(&view->error);
	json_decref(view->list);
	sbx_nl_close(view->nl);
	return err < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int status_of(int begun)
{
	return begun > 0 ? EXIT_SUCCESS : EXIT_USAGE;
}

/* Prints the list in JSON and is done with it. */
static bool as_json(struct view *view)
{
	if (!view->common.json)
		return false;
	print_json(json_incref(view->list));
	return true;
}

static json_t *flags_json(uint32_t flags)
{
	json_t *names = json_array();

	for (uint32_t flag = 1; flag && flag <= SBX_LAUNCH_FLAGS_ALL; flag <<= 1)
		if (flags & flag)
			json_array_append_new(names, json_string(sbx_flag_name(flag)));
	return names;
}

static json_t *domain_json(const struct sbx_domain *domain)
{
	return json_pack("{s:I, s:s, s:I, s:I, s:I, s:o}",
			 "id", (json_int_t)domain->id, "name", domain->name,
			 "containers", (json_int_t)domain->containers,
			 "tasks", (json_int_t)domain->tasks,
			 "age_ms", (json_int_t)domain->age_ms,
			 "flags", flags_json(domain->flags));
}

static json_t *container_json(const struct sbx_container *container)
{
	return json_pack("{s:I, s:s, s:s, s:I, s:I, s:s}",
			 "id", (json_int_t)container->id, "name", container->name,
			 "state", sbx_state_name(container->state),
			 "tasks", (json_int_t)container->tasks,
			 "init_pid", (json_int_t)container->init_pid,
			 "refusal", container->refusal);
}

static int add_domain(const struct sbx_domain *domain, void *data)
{
	struct view *view = data;

	return json_array_append_new(view->list, domain_json(domain));
}

static int add_container(const struct sbx_container *container, void *data)
{
	struct view *view = data;

	return json_array_append_new(view->list, container_json(container));
}

static long long number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static const char *text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key)) ?: "";
}

static int list_command(const struct command *self, int argc, char **argv)
{
	struct view view;
	const json_t *row;
	size_t i;
	int err;

	err = begin(self, argc, argv, false, &view);
	if (err)
		return status_of(err);
	err = sbx_domain_each(view.nl, add_domain, &view, &view.error);
	if (err >= 0 && !as_json(&view)) {
		printf("%-6s %-24s %10s %6s %8s\n", "ID", "NAME", "CONTAINERS", "TASKS", "AGE");
		json_array_foreach(view.list, i, row)
			printf("%-6lld %-24s %10lld %6lld %7.1fs\n", number(row, "id"),
			       text(row, "name"), number(row, "containers"),
			       number(row, "tasks"), number(row, "age_ms") / 1000.0);
	}
	return end(&view, err);
}

const struct command command_list = {
	.name = "list",
	.usage = "[--json]",
	.summary = "Lists the living domains",
	.help = "  --json   for programs\n",
	.run = list_command,
};

static void print_flags(const json_t *flags)
{
	const json_t *flag;
	size_t i;

	printf("flags       %s", json_array_size(flags) ? "" : "none");
	json_array_foreach(flags, i, flag)
		printf("%s%s", i ? ", " : "", json_string_value(flag));
	putchar('\n');
}

static void print_containers(const json_t *containers)
{
	const json_t *row;
	size_t i;

	json_array_foreach(containers, i, row) {
		printf("container   %s (id %lld): %s, %lld tasks, init is pid %lld\n",
		       text(row, "name"), number(row, "id"), text(row, "state"),
		       number(row, "tasks"), number(row, "init_pid"));
		if (*text(row, "refusal"))
			printf("            refused: %s\n", text(row, "refusal"));
	}
}

static int show_command(const struct command *self, int argc, char **argv)
{
	struct sbx_domain domain;
	struct view view;
	json_t *shown;
	int err;

	err = begin(self, argc, argv, true, &view);
	if (err)
		return status_of(err);
	err = sbx_domain_get(view.nl, &view.common.which, &domain, &view.error);
	if (err >= 0)
		err = sbx_container_each(view.nl, &view.common.which, add_container, &view,
					 &view.error);
	if (err < 0)
		return end(&view, err);
	shown = domain_json(&domain);
	json_object_set(shown, "containers", view.list);
	if (view.common.json) {
		print_json(shown);
		return end(&view, 0);
	}
	printf("domain      %s (id %u), %.1f s old\n", domain.name, domain.id,
	       domain.age_ms / 1000.0);
	print_flags(json_object_get(shown, "flags"));
	print_containers(view.list);
	json_decref(shown);
	return end(&view, 0);
}

const struct command command_show = {
	.name = "show",
	.usage = "DOMAIN [--json]",
	.summary = "Shows a domain and its containers",
	.help = "  DOMAIN   name or id\n  --json   for programs\n",
	.run = show_command,
};

static int add_refused_call(const struct sbx_syscall *row, void *data)
{
	struct view *view = data;

	if (!row->count)
		return 0;
	return json_array_append_new(view->list, json_pack("{s:s, s:I, s:s}",
		"name", row->name, "count", (json_int_t)row->count, "note", row->note));
}

static int stats_command(const struct command *self, int argc, char **argv)
{
	struct sbx_stats stats;
	const json_t *value;
	struct view view;
	const char *key;
	json_t *shown;
	size_t i;
	int err;

	err = begin(self, argc, argv, true, &view);
	if (err)
		return status_of(err);
	err = sbx_stats_get(view.nl, &view.common.which, &stats, &view.error);
	if (err >= 0)
		err = sbx_syscall_each(view.nl, &view.common.which, add_refused_call, &view,
				       &view.error);
	if (err < 0)
		return end(&view, err);
	shown = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:O}",
			  "name", stats.name,
			  "served", (json_int_t)stats.served, "native", (json_int_t)stats.native,
			  "refused", (json_int_t)stats.refused,
			  "fds_closed", (json_int_t)stats.fds_closed,
			  "files", (json_int_t)stats.files,
			  "pipe_pages", (json_int_t)stats.pipe_pages,
			  "memory", (json_int_t)stats.memory, "refused_calls", view.list);
	if (view.common.json) {
		print_json(shown);
		return end(&view, 0);
	}
	json_object_foreach(shown, key, value)
		if (json_is_integer(value))
			printf("%-12s %12lld\n", key, (long long)json_integer_value(value));
	json_array_foreach(view.list, i, value)
		printf("  refused %-16s %6lld  %s\n", text(value, "name"),
		       number(value, "count"), text(value, "note"));
	json_decref(shown);
	return end(&view, 0);
}

const struct command command_stats = {
	.name = "stats",
	.usage = "DOMAIN [--json]",
	.summary = "Shows the counters of a domain",
	.help = "  DOMAIN   name or id\n  --json   for programs\n",
	.run = stats_command,
};

static int add_syscall(const struct sbx_syscall *row, void *data)
{
	struct view *view = data;

	if (view->class >= 0 && row->class != view->class)
		return 0;
	return json_array_append_new(view->list, json_pack("{s:I, s:s, s:s, s:i, s:s, s:I}",
		"nr", (json_int_t)row->nr, "name", row->name,
		"class", sbx_class_name(row->class), "errno", row->err,
		"note", row->note, "refusals", (json_int_t)row->count));
}

static int syscalls_command(const struct command *self, int argc, char **argv)
{
	struct view view;
	const json_t *row;
	size_t i;
	int err;

	err = begin(self, argc, argv, false, &view);
	if (err)
		return status_of(err);
	err = sbx_syscall_each(view.nl, &view.common.which, add_syscall, &view, &view.error);
	if (err >= 0 && !as_json(&view))
		json_array_foreach(view.list, i, row) {
			int no = number(row, "errno");

			printf("%4lld %-24s %-8s %-8s %s\n", number(row, "nr"),
			       text(row, "name"), text(row, "class"),
			       no ? strerrorname_np(no) : "-", text(row, "note"));
		}
	return end(&view, err);
}

const struct command command_syscalls = {
	.name = "syscalls",
	.usage = "[--class CLASS] [--domain DOMAIN] [--json]",
	.summary = "Shows the table of system calls",
	.help =
	"  --class CLASS     only served, native or refused calls\n"
	"  --domain DOMAIN   with the refusals counted in that domain\n"
	"  --json            for programs\n",
	.run = syscalls_command,
};

static int print_event(const struct sbx_event_info *event, void *data)
{
	const struct view *view = data;
	json_t *line;

	if (!view->common.json) {
		printf("%-20s domain %s (%u)", sbx_event_name(event->event),
		       event->domain_name, event->domain_id);
		if (event->container_id)
			printf(" container %s (%u)", event->container_name,
			       event->container_id);
		printf("%s%s\n", *event->refusal ? ": " : "", event->refusal);
	} else {
		line = json_pack("{s:s, s:I, s:s, s:I, s:s, s:s}",
				 "event", sbx_event_name(event->event),
				 "domain_id", (json_int_t)event->domain_id,
				 "domain", event->domain_name,
				 "container_id", (json_int_t)event->container_id,
				 "container", event->container_name,
				 "refusal", event->refusal);
		json_dumpf(line, stdout, JSON_COMPACT);
		putchar('\n');
		json_decref(line);
	}
	return fflush(stdout) ? -1 : 0;
}

static int events_command(const struct command *self, int argc, char **argv)
{
	struct view view;
	int err;

	err = begin(self, argc, argv, false, &view);
	if (err)
		return status_of(err);
	err = sbx_events_subscribe(view.nl, &view.error);
	while (err >= 0)
		err = sbx_events_read(view.nl, print_event, &view, &view.error);
	return end(&view, err);
}

const struct command command_events = {
	.name = "events",
	.usage = "[--json]",
	.summary = "Follows the life of domains and containers until interrupted",
	.help = "  --json   one JSON object a line\n",
	.run = events_command,
};

static int kill_command(const struct command *self, int argc, char **argv)
{
	struct view view;
	int err;

	err = begin(self, argc, argv, true, &view);
	if (err)
		return status_of(err);
	err = sbx_domain_kill(view.nl, &view.common.which, &view.error);
	return end(&view, err);
}

const struct command command_kill = {
	.name = "kill",
	.usage = "DOMAIN",
	.summary = "Kills every task of a domain; the domain goes with them",
	.help = "  DOMAIN   name or id\n",
	.run = kill_command,
};
