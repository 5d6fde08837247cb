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

int usage_error(const struct command *self, const char *fmt, ...) __printf(2, 3);
int see_help(const struct command *self);
void print_help(const struct command *self);
void print_json(json_t *json);
int complain(const struct sbx_error *error);

/**
 * struct common - what most commands' lines say
 * @json: --json was given
 * @fix: --fix was given
 * @all: --all was given
 * @class: argument of --class, NULL without
 * @domain: argument of --domain, NULL without
 * @docker: Docker's configuration, if --docker was given, NULL without
 * @argv: the arguments that are no options
 * @argc: how many
 */
struct common {
	bool json, fix, all;
	const char *class;
	const char *domain;
	const char *docker;
	char **argv;
	int argc;
};

/* Options beside --json and --help that a command has. */
#define TAKES_DOMAIN	0x1
#define TAKES_CLASS	0x2
#define TAKES_FIX	0x4
#define TAKES_ALL	0x8
#define TAKES_DOCKER	0x10

/* What parse_common() returns if there is something left to do. */
#define PARSE_GO	(-1)

int parse_common(const struct command *self, int argc, char **argv, unsigned int takes,
		 int most, struct common *common);
void set_which(struct sbx_which *which, const char *word);
json_t *json_flags(uint32_t flags);
json_t *json_domain(const struct sbx_domain *domain);
json_t *json_or_null(const char *text);
void print_flags(uint32_t flags);
int parse_run(const struct command *self, int argc, char **argv, struct sbx_run *run,
	      struct sbx_error *error);
void free_run(struct sbx_run *run);

#endif /* _SBXCTL_H */
