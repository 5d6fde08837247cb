// SPDX-License-Identifier: GPL-2.0
/*
 * What the commands share: options and bits of output.
 */
#include <ctype.h>
#include <stdio.h>

#include "sbxctl.h"

/**
 * parse_common() - parse the options that most commands have
 * @self: the command
 * @argc: -
 * @argv: from the command's name on
 * @takes: TAKES_*
 * @most: how many other arguments there may be, -1 for any number
 * @common: filled
 *
 * Return: %PARSE_GO, or the status to exit with at once.
 */
int parse_common(const struct command *self, int argc, char **argv, unsigned int takes,
		 int most, struct common *common)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ "domain", required_argument, NULL, 'd' },
		{ "class", required_argument, NULL, 'c' },
		{ "fix", no_argument, NULL, 'f' },
		{ "all", no_argument, NULL, 'a' },
		{ "docker", optional_argument, NULL, 'D' },
		{ }
	};
	unsigned int needs;
	int option, index;

	*common = (struct common){};
	optind = 0;
	while ((option = getopt_long(argc, argv, "jh", options, &index)) != -1) {
		needs = 0;
		switch (option) {
		case 'j':
			common->json = true;
			break;
		case 'h':
			print_help(self);
			return EXIT_SUCCESS;
		case 'd':
			needs = TAKES_DOMAIN;
			common->domain = optarg;
			break;
		case 'c':
			needs = TAKES_CLASS;
			common->class = optarg;
			break;
		case 'f':
			needs = TAKES_FIX;
			common->fix = true;
			break;
		case 'a':
			needs = TAKES_ALL;
			common->all = true;
			break;
		case 'D':
			needs = TAKES_DOCKER;
			common->docker = optarg ?: "/etc/docker/daemon.json";
			break;
		default:
			return see_help(self);
		}
		if (needs & ~takes)
			return usage_error(self, "'--%s' is no option of this command",
					   options[index].name);
	}
	common->argv = argv + optind;
	common->argc = argc - optind;
	if (most >= 0 && common->argc > most)
		return usage_error(self, "'%s' is one argument too many", common->argv[most]);
	return PARSE_GO;
}

/**
 * set_which() - take an argument for a domain's id or name
 * @which: filled
 * @word: all digits for an id
 */
void set_which(struct sbx_which *which, const char *word)
{
	unsigned long id = 0;
	char *end = NULL;

	if (isdigit((unsigned char)*word))
		id = strtoul(word, &end, 10);
	*which = (struct sbx_which){};
	if (id && id <= UINT32_MAX && !*end)
		which->id = id;
	else
		which->name = word;
}

/**
 * json_flags() - a domain's flags by name
 * @flags: &enum sbx_launch_flags
 */
json_t *json_flags(uint32_t flags)
{
	json_t *array = json_array();
	uint32_t flag;

	for (flag = 1; flag && flag <= flags; flag <<= 1)
		if (flags & flag)
			json_array_append_new(array, json_string(sbx_flag_name(flag)));
	return array;
}

/**
 * json_or_null() - a text, null for the empty one
 * @text: -
 */
json_t *json_or_null(const char *text)
{
	return *text ? json_string(text) : json_null();
}

/**
 * print_flags() - a domain's flags in words
 * @flags: &enum sbx_launch_flags
 */
void print_flags(uint32_t flags)
{
	const char *between = "";
	uint32_t flag;

	if (!flags)
		putchar('-');
	for (flag = 1; flag && flag <= flags; flag <<= 1) {
		if (!(flags & flag))
			continue;
		printf("%s%s", between, sbx_flag_name(flag));
		between = ",";
	}
}
