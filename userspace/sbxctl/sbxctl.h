/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBXCTL_H
#define _SBXCTL_H

#include <getopt.h>
#include <jansson.h>

#include "../lib/run.h"
#include "../lib/sbx.h"
#include "../lib/util.h"

/**
 * struct command - a command of sbxctl
 * @name: first word
 * @usage: what follows it
 * @summary: one line
 * @help: the options, a line each
 * @run: gets argv from the command's name on, returns the exit status
 */
struct command {
	const char *name;
	const char *usage;
	const char *summary;
	const char *help;
	int (*run)(const struct command *self, int argc, char **argv);
};

extern const struct command command_run, command_list, command_show, command_stats,
	command_syscalls, command_events, command_kill, command_doctor;

/* Statuses of every command but run. */
#define EXIT_USAGE	2

int usage_error(const struct command *self, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void print_help(const struct command *self);
void print_json(json_t *json);
int complain(const struct sbx_error *error);

/**
 * struct common - options that most commands have
 * @json: --json was given
 * @which: the domain named by an argument or --domain
 */
struct common {
	bool json;
	struct sbx_which which;
};

void set_which(struct sbx_which *which, const char *word);
int parse_run(const struct command *self, int argc, char **argv, struct sbx_run *run,
	      struct sbx_error *error);
void free_run(struct sbx_run *run);

#endif /* _SBXCTL_H */
