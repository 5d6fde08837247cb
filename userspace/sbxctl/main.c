// SPDX-License-Identifier: GPL-2.0
/*
 * sbxctl: sandbox domains at the command line.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sbxctl.h"

static const struct command *const commands[] = {
	&command_run, &command_list, &command_show, &command_stats,
	&command_syscalls, &command_events, &command_kill, &command_doctor,
};

/**
 * see_help() - end a complaint about the command line
 * @self: command, NULL before there is one
 *
 * Return: %EXIT_USAGE.
 */
int see_help(const struct command *self)
{
	fprintf(stderr, "sbxctl: see 'sbxctl %s%s--help'\n", self ? self->name : "",
		self ? " " : "");
	return EXIT_USAGE;
}

/**
 * usage_error() - complain about the command line
 * @self: command, NULL before there is one
 * @fmt: what is wrong
 *
 * Return: %EXIT_USAGE.
 */
int usage_error(const struct command *self, const char *fmt, ...)
{
	va_list args;

	fputs("sbxctl: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	return see_help(self);
}

/**
 * complain() - print an error
 * @error: filled
 *
 * Return: EXIT_FAILURE.
 */
int complain(const struct sbx_error *error)
{
	fprintf(stderr, "sbxctl: %s\n", error->text);
	return EXIT_FAILURE;
}

/**
 * print_help() - help on one command
 * @self: which
 */
void print_help(const struct command *self)
{
	printf("usage: sbxctl %s %s\n\n%s.\n\n%s", self->name, self->usage, self->summary,
	       self->help);
}

/**
 * print_json() - print and free a JSON value
 * @json: consumed
 */
void print_json(json_t *json)
{
	json_dumpf(json, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(json);
}

static const struct command *find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static int overview(void)
{
	size_t i;

	printf("usage: sbxctl COMMAND [ARGUMENTS]\n"
	       "       sbxctl --version | --help\n\n"
	       "Runs and watches sandbox domains.\n\n");
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
	puts("\n'sbxctl COMMAND --help' says more; so does sbxctl-COMMAND(8).");
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return overview();
	if (!strcmp(argv[1], "--version")) {
		printf("sbxctl %s\n", SBX_VERSION);
		return EXIT_SUCCESS;
	}
	if (!strcmp(argv[1], "help")) {
		if (argc == 2)
			return overview();
		argv++;
	}
	command = find(argv[1]);
	if (!command)
		return usage_error(NULL, "there is no command '%s'", argv[1]);
	if (!strcmp(argv[0], "help")) {
		print_help(command);
		return EXIT_SUCCESS;
	}
	/* getopt's complaints begin with it. */
	argv[1] = program_invocation_short_name;
	return command->run(command, argc - 1, argv + 1);
}
