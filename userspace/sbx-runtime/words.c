// SPDX-License-Identifier: GPL-2.0
/*
 * Command lines, as crun and as runc take them: long options with one dash or
 * two, values after a blank or a "=", flags with "=true" and "=false".
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "runtime.h"

static const struct option_row *find_long(const struct option_row *rows, const char *word,
					  size_t len)
{
	for (; rows->name; rows++)
		if (strlen(rows->name) == len && !strncmp(rows->name, word, len))
			return rows;
	return NULL;
}

static const struct option_row *find_letter(const struct option_row *rows, char letter)
{
	for (; rows->name; rows++)
		if (rows->letter && rows->letter == letter)
			return rows;
	return NULL;
}

static int add(struct words *words, const struct option_row *row, const char *value,
	       struct sbx_error *error)
{
	if (words->nr_given == MAX_GIVEN)
		return sbx_fail(error, E2BIG, "more than %d options", MAX_GIVEN);
	words->given[words->nr_given++] = (struct given){ row, value };
	return 0;
}

static int check_flag(const struct option_row *row, const char *value, struct sbx_error *error)
{
	if (!value || !strcmp(value, "true") || !strcmp(value, "false"))
		return 0;
	return sbx_fail(error, EINVAL, "--%s is true or false, not '%s'", row->name, value);
}

/* Returns how many words were used, 0 if it is no long option. */
static int parse_long(struct words *words, char **argv, const struct option_row *rows,
		      struct sbx_error *error)
{
	const char *word = argv[0] + 1 + (argv[0][1] == '-');
	const size_t len = strcspn(word, "=");
	const struct option_row *row = find_long(rows, word, len);
	const char *value = word[len] ? word + len + 1 : NULL;
	int used = 1, err;

	if (!row)
		return 0;
	if (!row->takes) {
		err = check_flag(row, value, error);
		if (err)
			return err;
	} else if (!value) {
		value = argv[1];
		used = 2;
	}
	if (row->takes && !value)
		return sbx_fail(error, EINVAL, "option --%s needs a value", row->name);
	return add(words, row, value, error) ?: used;
}

/* As parse_long(); several letters may stand behind one dash. */
static int parse_letters(struct words *words, char **argv, const struct option_row *rows,
			 struct sbx_error *error)
{
	const char *letter = argv[0] + 1;
	int err;

	for (; *letter; letter++) {
		const struct option_row *row = find_letter(rows, *letter);
		const char *value = letter[1] ? letter + 1 + (letter[1] == '=') : argv[1];

		if (!row)
			return 0;
		if (row->takes && !value)
			return sbx_fail(error, EINVAL, "option -%c needs a value", *letter);
		err = add(words, row, row->takes ? value : NULL, error);
		if (err)
			return err;
		if (row->takes)
			return letter[1] ? 1 : 2;
	}
	return 1;
}

/**
 * words_parse() - tell options from other words
 * @words: filled
 * @argv: NULL-terminated; the words that are no options are brought together
 *	in it
 * @rows: options that there are
 * @in_front: all options stand before the first other word
 * @error: filled on failure
 *
 * Return: 0 or -EINVAL.
 */
int words_parse(struct words *words, char **argv, const struct option_row *rows, bool in_front,
		struct sbx_error *error)
{
	char **to = argv;
	int used;

	words->rest = argv;
	while (*argv) {
		if (!strcmp(*argv, "--")) {
			argv++;
			break;
		}
		if (argv[0][0] != '-' || !argv[0][1]) {
			if (in_front)
				break;
			*to++ = *argv++;
			continue;
		}
		used = parse_long(words, argv, rows, error);
		if (!used && argv[0][1] != '-')
			used = parse_letters(words, argv, rows, error);
		if (!used)
			return sbx_fail(error, EINVAL, "unknown option %s", *argv);
		if (used < 0)
			return used;
		argv += used;
	}
	while (*argv)
		*to++ = *argv++;
	*to = NULL;
	words->nr_rest = to - words->rest;
	return 0;
}

/**
 * words_value() - value of an option
 * @words: parsed
 * @name: of the option
 *
 * Return: the last one given, NULL if there is none.
 */
const char *words_value(const struct words *words, const char *name)
{
	size_t i;

	for (i = words->nr_given; i-- > 0;)
		if (!strcmp(words->given[i].row->name, name))
			return words->given[i].value;
	return NULL;
}

/**
 * words_flag() - whether a flag is set
 * @words: parsed
 * @name: of the flag
 */
bool words_flag(const struct words *words, const char *name)
{
	size_t i;

	for (i = words->nr_given; i-- > 0;)
		if (!strcmp(words->given[i].row->name, name))
			return !words->given[i].value || strcmp(words->given[i].value, "false");
	return false;
}
