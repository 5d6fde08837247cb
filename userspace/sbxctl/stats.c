// SPDX-License-Identifier: GPL-2.0
/*
 * sbxctl stats and syscalls: counters, and the table.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sbxctl.h"

static const char *errno_name(int err)
{
	const char *name = strerrorname_np(err);

	return name ?: "?";
}

static int add_refusal(const struct sbx_syscall *row, void *data)
{
	json_t *object;

	if (!row->count)
		return 0;
	object = json_pack("{s:I, s:s, s:I, s:s}", "nr", (json_int_t)row->nr, "name", row->name,
			   "count", (json_int_t)row->count, "note", row->note);
	json_array_append_new(data, object);
	return 0;
}

static int json_stats(struct sbx_nl *nl, const struct sbx_which *which, json_t **object,
		      struct sbx_error *error)
{
	json_t *refusals = json_array();
	struct sbx_stats stats;
	int err;

	err = sbx_stats_get(nl, which, &stats, error);
	if (!err)
		err = sbx_syscall_each(nl, which, add_refusal, refusals, error);
	if (err) {
		json_decref(refusals);
		return err;
	}
	*object = json_pack("{s:I, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}",
			    "id", (json_int_t)stats.id,
			    "name", stats.name,
			    "served", (json_int_t)stats.served,
			    "native", (json_int_t)stats.native,
			    "refused", (json_int_t)stats.refused,
			    "fds_closed", (json_int_t)stats.fds_closed,
			    "files", (json_int_t)stats.files,
			    "pipe_pages", (json_int_t)stats.pipe_pages,
			    "memory", (json_int_t)stats.memory,
			    "refused_calls", refusals);
	return 0;
}

static void print_counter(const json_t *object, const char *label, const char *key)
{
	printf("%-28s %12lld\n", label,
	       (long long)json_integer_value(json_object_get(object, key)));
}

static void print_stats(const json_t *object)
{
	const json_t *refusals = json_object_get(object, "refused_calls");
	json_t *row;
	size_t i;

	printf("domain %s (id %lld)\n", json_string_value(json_object_get(object, "name")),
	       (long long)json_integer_value(json_object_get(object, "id")));
	print_counter(object, "calls served by the module", "served");
	print_counter(object, "calls run by the host", "native");
	print_counter(object, "calls refused", "refused");
	json_array_foreach(refusals, i, row) {
		char label[64];

		snprintf(label, sizeof(label), "  %s",
			 json_string_value(json_object_get(row, "name")));
		print_counter(row, label, "count");
	}
	print_counter(object, "leaked descriptors closed", "fds_closed");
	print_counter(object, "open files of the module", "files");
	print_counter(object, "pages in pipes", "pipe_pages");
	print_counter(object, "kernel memory, bytes", "memory");
}

static int add_id(const struct sbx_domain *domain, void *data)
{
	json_array_append_new(data, json_integer(domain->id));
	return 0;
}

/* A domain may end between the list and its turn. */
static int stats_of_all(struct sbx_nl *nl, json_t *array, struct sbx_error *error)
{
	json_t *ids = json_array(), *id, *object;
	size_t i;
	int err;

	err = sbx_domain_each(nl, add_id, ids, error);
	json_array_foreach(ids, i, id) {
		const struct sbx_which which = { .id = json_integer_value(id) };

		if (err)
			break;
		err = json_stats(nl, &which, &object, error);
		if (!err)
			json_array_append_new(array, object);
		else if (err == -ENOENT)
			err = 0;
	}
	json_decref(ids);
	return err;
}

static int stats(const struct command *self, int argc, char **argv)
{
	struct sbx_nl *nl __cleanup(sbx_nl_closep) = NULL;
	json_t *array, *object = NULL;
	struct sbx_which which;
	struct sbx_error error;
	struct common common;
	size_t i;
	int err;

	err = parse_common(self, argc, argv, 0, 1, &common);
	if (err != PARSE_GO)
		return err;
	nl = sbx_nl_open(&error);
	if (!nl)
		return complain(&error);
	array = json_array();
	if (common.argc) {
		set_which(&which, common.argv[0]);
		err = json_stats(nl, &which, &object, &error);
		if (!err)
			json_array_append(array, object);
	} else {
		err = stats_of_all(nl, array, &error);
	}
	if (err) {
		json_decref(array);
		return complain(&error);
	}
	if (common.json) {
		print_json(object ?: json_incref(array));
	} else {
		json_t *one;

		json_array_foreach(array, i, one) {
			if (i)
				putchar('\n');
			print_stats(one);
		}
		json_decref(object);
	}
	json_decref(array);
	return EXIT_SUCCESS;
}

const struct command command_stats = {
	.name = "stats",
	.usage = "[--json] [DOMAIN]",
	.summary = "Shows the counters of a domain, by id or name, or of all",
	.help =
	"  --json   an object (an array of them for all domains): id, name, served,\n"
	"           native, refused, fds_closed, files, pipe_pages, memory,\n"
	"           refused_calls; of each: nr, name, count, note\n"
	"  --help   this text\n",
	.run = stats,
};

/**
 * struct table - a table being printed
 * @array: takes the rows, NULL to print them
 * @class: rows to take, -1 for all
 * @counts: with refusal counts
 * @header: was printed
 */
struct table {
	json_t *array;
	int class;
	bool counts, header;
};

static void json_row(const struct table *table, const struct sbx_syscall *row)
{
	json_t *object = json_pack("{s:I, s:s, s:s, s:o, s:o}", "nr", (json_int_t)row->nr,
				   "name", row->name,
				   "class", sbx_class_name(row->class),
				   "errno", json_or_null(row->err ? errno_name(row->err) : ""),
				   "note", json_or_null(row->note));

	if (table->counts)
		json_object_set_new(object, "refusals", json_integer(row->count));
	json_array_append_new(table->array, object);
}

static int take_row(const struct sbx_syscall *row, void *data)
{
	struct table *table = data;

	if (table->class >= 0 && table->class != row->class)
		return 0;
	if (table->array) {
		json_row(table, row);
		return 0;
	}
	if (!table->header)
		printf("%-4s %-24s %-8s %-8s %s%s\n", "NR", "NAME", "CLASS", "ERRNO",
		       table->counts ? "COUNT    " : "", "NOTE");
	table->header = true;
	printf("%-4u %-24s %-8s %-8s ", row->nr, row->name, sbx_class_name(row->class),
	       row->err ? errno_name(row->err) : "-");
	if (table->counts)
		printf("%-8llu ", (unsigned long long)row->count);
	printf("%s\n", row->note);
	return 0;
}

static int syscalls(const struct command *self, int argc, char **argv)
{
	struct sbx_nl *nl __cleanup(sbx_nl_closep) = NULL;
	struct table table = { .class = -1 };
	struct sbx_which which;
	struct sbx_error error;
	struct common common;
	int err;

	err = parse_common(self, argc, argv, TAKES_DOMAIN | TAKES_CLASS, 0, &common);
	if (err != PARSE_GO)
		return err;
	if (common.class) {
		table.class = sbx_class_parse(common.class);
		if (table.class < 0)
			return usage_error(self, "--class is served, native or refused");
	}
	if (common.domain) {
		set_which(&which, common.domain);
		table.counts = true;
	}
	nl = sbx_nl_open(&error);
	if (!nl)
		return complain(&error);
	if (common.json)
		table.array = json_array();
	err = sbx_syscall_each(nl, common.domain ? &which : NULL, take_row, &table, &error);
	if (err) {
		json_decref(table.array);
		return complain(&error);
	}
	if (table.array)
		print_json(table.array);
	return EXIT_SUCCESS;
}

const struct command command_syscalls = {
	.name = "syscalls",
	.usage = "[--json] [--class served|native|refused] [--domain DOMAIN]",
	.summary = "Shows the table of system calls: who answers each, and why",
	.help =
	"  --class CLASS     only served, native or refused ones\n"
	"  --domain DOMAIN   with the number of refusals in a domain, by id or name\n"
	"  --json            an array of objects: nr, name, class, errno, note, and\n"
	"                    refusals with --domain\n"
	"  --help            this text\n",
	.run = syscalls,
};
