// SPDX-License-Identifier: GPL-2.0
/*
 * What of a bundle a sandbox cannot give; each is refused in one sentence.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "edit.h"
#include "json.h"
#include "util.h"

/* Capabilities that no container has who was not given them all. */
static const char *const host_capabilities[] = {
	"CAP_SYS_ADMIN", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_BOOT", "CAP_SYSLOG",
	"CAP_MAC_ADMIN",
};

static bool has_string(const json_t *list, const char *text)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry)
		if (json_is_string(entry) && !strcmp(json_string_value(entry), text))
			return true;
	return false;
}

static int check_privileged(const struct sbx_edit *edit, struct sbx_error *error)
{
	const json_t *caps = sbx_json_path(edit->config, "process.capabilities.bounding");
	size_t i;

	if (json_array_size(sbx_json_path(edit->config, "linux.maskedPaths")))
		return 0;
	for (i = 0; i < ARRAY_SIZE(host_capabilities); i++)
		if (!has_string(caps, host_capabilities[i]))
			return 0;
	return sbx_fail(error, EPERM,
			"a sandbox cannot be privileged: it never has the host's devices, capabilities or kernel files");
}

/*
 * struct device - a character device that every container has
 * @major: -
 * @minor: -
 */
static const struct device {
	json_int_t major, minor;
} devices[] = {
	{ 1, 3 },	/* null */
	{ 1, 5 },	/* zero */
	{ 1, 7 },	/* full */
	{ 1, 8 },	/* random */
	{ 1, 9 },	/* urandom */
	{ 5, 0 },	/* tty */
	{ 5, 1 },	/* console */
	{ 5, 2 },	/* ptmx */
};

static bool is_default(const json_t *entry)
{
	const char *type = json_string_value(json_object_get(entry, "type"));
	const json_t *major = json_object_get(entry, "major");
	const json_t *minor = json_object_get(entry, "minor");
	size_t i;

	if (type && !strcmp(type, "p"))
		return true;
	if (!type || (strcmp(type, "c") && strcmp(type, "u")))
		return false;
	if (!json_is_integer(major) || !json_is_integer(minor))
		return false;
	for (i = 0; i < ARRAY_SIZE(devices); i++)
		if (devices[i].major == json_integer_value(major) &&
		    devices[i].minor == json_integer_value(minor))
			return true;
	return false;
}

static int check_devices(const struct sbx_edit *edit, struct sbx_error *error)
{
	const json_t *list = sbx_json_path(edit->config, "linux.devices");
	const json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry)
		if (!is_default(entry))
			return sbx_fail(error, EPERM,
					"a sandbox cannot have the host's device %s (--device)",
					json_string_value(json_object_get(entry, "path")) ?: "?");
	return 0;
}

/* A relative source is relative to the bundle. */
static int stat_source(const struct sbx_edit *edit, const char *source, struct stat *st)
{
	char *full __free = NULL;

	if (*source == '/')
		return stat(source, st);
	if (asprintf(&full, "%s/%s", edit->bundle, source) < 0)
		return -1;
	return stat(full, st);
}

static int check_sources(const struct sbx_edit *edit, struct sbx_error *error)
{
	const char *source;
	struct stat st;
	json_t *mount;
	size_t i;

	json_array_foreach(json_object_get(edit->config, "mounts"), i, mount) {
		source = json_string_value(json_object_get(mount, "source"));
		if (!source || !sbx_mount_is_bind(mount) || stat_source(edit, source, &st))
			continue;
		if (S_ISSOCK(st.st_mode))
			return sbx_fail(error, EPERM,
					"%s is a socket of the host, which a program in a sandbox cannot connect to; do not mount it",
					source);
		if (S_ISBLK(st.st_mode))
			return sbx_fail(error, EPERM,
					"%s is a disk of the host, which a sandbox cannot have; do not mount it",
					source);
	}
	return 0;
}

/**
 * sbx_edit_check() - refuse what a sandbox cannot give
 * @edit: the bundle, as it came
 * @error: filled on failure
 */
int sbx_edit_check(const struct sbx_edit *edit, struct sbx_error *error)
{
	return check_privileged(edit, error) ?:
	       check_devices(edit, error) ?:
	       check_sources(edit, error);
}
