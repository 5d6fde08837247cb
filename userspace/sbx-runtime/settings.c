// SPDX-License-Identifier: GPL-2.0
/*
 * The operator's configuration.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "runtime.h"

#define DEFAULT_PATH	"/etc/sbx/runtime.json"

/*
 * struct key - a key of the configuration
 * @name: -
 * @want: what its value has to be, in words
 * @set: takes the value, or returns false
 */
static const struct key {
	const char *name;
	const char *want;
	bool (*set)(struct settings *settings, const json_t *value);
} keys[];

static bool set_runtime(struct settings *settings, const json_t *value)
{
	settings->runtime = json_string_value(value);
	return settings->runtime && *settings->runtime;
}

static bool set_host_network(struct settings *settings, const json_t *value)
{
	settings->host_network = json_is_true(value);
	return json_is_boolean(value);
}

static const struct key keys[] = {
	{ "runtime", "the path or name of crun or runc", set_runtime },
	{ "host-network", "true or false", set_host_network },
	{ }
};

/* The line on which a key of the outermost object stands; the parser does not tell. */
static int line_of(const char *path, const char *key)
{
	char *text __free = NULL;
	const size_t len = strlen(key);
	int line = 1, depth = 0;
	const char *c;
	size_t size;
	FILE *file;

	file = fopen(path, "re");
	if (!file)
		return 0;
	if (getdelim(&text, &size, '\0', file) < 0)
		depth = -1;
	fclose(file);
	for (c = depth < 0 ? "" : text; *c; c++) {
		line += *c == '\n';
		depth += (*c == '{' || *c == '[') - (*c == '}' || *c == ']');
		if (*c != '"')
			continue;
		if (depth == 1 && !strncmp(c + 1, key, len) && c[1 + len] == '"' &&
		    c[2 + len + strspn(c + 2 + len, " \t\r\n")] == ':')
			return line;
		for (c++; *c && *c != '"'; c++)
			c += *c == '\\' && c[1];
	}
	return line;
}

static const struct key *find_key(const char *name)
{
	const struct key *key;

	for (key = keys; key->name; key++)
		if (!strcmp(key->name, name))
			return key;
	return NULL;
}

static int apply(struct settings *settings, const char *path, struct sbx_error *error)
{
	const struct key *key;
	const char *name;
	json_t *value;

	if (!json_is_object(settings->json))
		return sbx_fail(error, EINVAL, "%s, line 1: no object", path);
	json_object_foreach(settings->json, name, value) {
		key = find_key(name);
		if (!key)
			return sbx_fail(error, EINVAL, "%s, line %d: there is no key \"%s\"", path,
					line_of(path, name), name);
		if (!key->set(settings, value))
			return sbx_fail(error, EINVAL, "%s, line %d: \"%s\" is to be %s", path,
					line_of(path, name), name, key->want);
	}
	return 0;
}

/**
 * settings_load() - read the configuration
 * @settings: filled
 * @path: of the file; NULL for the usual one, which need not exist
 * @error: filled on failure: file, line and key
 */
int settings_load(struct settings *settings, const char *path, struct sbx_error *error)
{
	json_error_t where;

	*settings = (struct settings){ .runtime = "crun" };
	if (!path) {
		path = DEFAULT_PATH;
		if (access(path, F_OK) < 0 && errno == ENOENT)
			return 0;
	}
	if (access(path, R_OK) < 0)
		return sbx_fail_errno(error, "%s", path);
	settings->json = json_load_file(path, JSON_REJECT_DUPLICATES, &where);
	if (!settings->json)
		return sbx_fail(error, EINVAL, "%s, line %d: %s", path, where.line, where.text);
	return apply(settings, path, error);
}
