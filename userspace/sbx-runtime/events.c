// SPDX-License-Identifier: GPL-2.0
/*
 * events: what a container uses, from its control group.  crun has no such
 * command; the form is runc's.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "runtime.h"

const struct option_row events_options[] = {
	{ "interval", 0, true },
	{ "stats", 0, false },
	{ }
};

#define NSEC_PER_USEC	1000

/* Unlimited is no number. */
static json_t *read_number(const char *dir, const char *name)
{
	unsigned long long value;
	char path[PATH_MAX];
	bool found;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "re");
	if (!file)
		return NULL;
	found = fscanf(file, "%llu", &value) == 1;
	fclose(file);
	return found ? json_integer(value) : NULL;
}

/* Lines of a name and a number. */
static json_t *read_table(const char *dir, const char *name)
{
	unsigned long long value;
	char path[PATH_MAX], key[64];
	json_t *table;
	FILE *file;

	table = json_object();
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "re");
	if (!file)
		return table;
	while (fscanf(file, "%63s %llu", key, &value) == 2)
		json_object_set_new(table, key, json_integer(value));
	fclose(file);
	return table;
}

static json_t *cpu_stats(const char *dir)
{
	json_t *stat __json = read_table(dir, "cpu.stat");
	const json_int_t total = json_integer_value(json_object_get(stat, "usage_usec"));
	const json_int_t user = json_integer_value(json_object_get(stat, "user_usec"));
	const json_int_t system = json_integer_value(json_object_get(stat, "system_usec"));

	return json_pack("{s:{s:I, s:I, s:I}, s:{s:O*, s:O*, s:I}}",
			 "usage", "total", total * NSEC_PER_USEC, "kernel", system * NSEC_PER_USEC,
			 "user", user * NSEC_PER_USEC,
			 "throttling", "periods", json_object_get(stat, "nr_periods"),
			 "throttledPeriods", json_object_get(stat, "nr_throttled"),
			 "throttledTime", NSEC_PER_USEC *
			 json_integer_value(json_object_get(stat, "throttled_usec")));
}

static json_t *memory_stats(const char *dir)
{
	json_t *stat = read_table(dir, "memory.stat");

	return json_pack("{s:O*, s:{s:o*, s:o*, s:I}, s:{s:o*, s:o*, s:I}, s:o}",
			 "cache", json_object_get(stat, "file"),
			 "usage", "usage", read_number(dir, "memory.current"),
			 "limit", read_number(dir, "memory.max"), "failcnt", (json_int_t)0,
			 "swap", "usage", read_number(dir, "memory.swap.current"),
			 "limit", read_number(dir, "memory.swap.max"), "failcnt", (json_int_t)0,
			 "raw", stat);
}

static json_t *stats(const char *dir)
{
	return json_pack("{s:o, s:o, s:{s:o*, s:o*}}",
			 "cpu", cpu_stats(dir), "memory", memory_stats(dir),
			 "pids", "current", read_number(dir, "pids.current"),
			 "limit", read_number(dir, "pids.max"));
}

/* Go's durations, of those that somebody would write here. */
static int parse_interval(const char *text, struct timespec *interval, struct sbx_error *error)
{
	double value, unit = 1;
	char *end;

	value = strtod(text, &end);
	if (!strcmp(end, "ms"))
		unit = 0.001;
	else if (!strcmp(end, "m"))
		unit = 60;
	else if (strcmp(end, "s") && *end)
		unit = 0;
	value *= unit;
	if (!(value > 0 && value < 1e6))
		return sbx_fail(error, EINVAL, "--interval %s: a duration, as 5s or 500ms",
				text);
	interval->tv_sec = value;
	interval->tv_nsec = (value - interval->tv_sec) * 1e9;
	return 0;
}

/* Returns 1 if there is something to tell, 0 if the container has stopped. */
static int find_group(struct call *call, struct sbx_nl *nl, char *dir, size_t size,
		      struct sbx_error *error)
{
	struct sbx_container container;
	struct sbx_record record;
	int alive;

	alive = sbx_record_load(&record, call->root, call->id, error);
	if (alive)
		return alive;
	alive = sbx_record_container(&record, nl, &container, error);
	sbx_record_free(&record);
	if (alive <= 0 || !container.init_pid)
		return alive < 0 ? alive : 0;
	sbx_cgroup_of(container.init_pid, dir, size);
	if (!*dir)
		return sbx_fail(error, ENOENT, "container \"%s\" has no control group", call->id);
	return 1;
}

int do_events(struct call *call, struct sbx_error *error)
{
	struct sbx_nl *nl __cleanup(sbx_nl_closep) = NULL;
	struct timespec interval;
	char dir[PATH_MAX];
	int err;

	err = parse_interval(words_value(&call->words, "interval") ?: "5s", &interval, error);
	if (err)
		return err;
	nl = sbx_nl_open(error);
	if (!nl)
		return -error->err;
	err = find_group(call, nl, dir, sizeof(dir), error);
	if (!err)
		return sbx_fail(error, ESRCH, "container not running");
	for (; err > 0; err = find_group(call, nl, dir, sizeof(dir), error)) {
		json_t *event __json = json_pack("{s:s, s:s, s:o}", "type", "stats", "id",
						 call->id, "data", stats(dir));

		json_dumpf(event, stdout, JSON_COMPACT);
		putchar('\n');
		if (fflush(stdout))
			return sbx_fail_errno(error, "write");
		if (words_flag(&call->words, "stats"))
			return EXIT_SUCCESS;
		nanosleep(&interval, NULL);
	}
	return err == -ENOENT ? EXIT_SUCCESS : err;
}
