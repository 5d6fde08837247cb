// SPDX-License-Identifier: GPL-2.0
/*
 * What the operator calls a container, where a manager tells it.
 *
 * The CRI has it among the annotations.  A bundle of Docker's has nothing but
 * the id; the name stands beside the files that Docker lends to the container,
 * in a file of its own, which may look otherwise in another release.  So a name
 * that cannot be found out is no error.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "runtime.h"

/* Of a sandbox, and of a container in it. */
static const char *const keys[] = {
	"io.kubernetes.cri.container-name", "io.kubernetes.cri.sandbox-name",
	"io.kubernetes.cri-o.ContainerName", "io.kubernetes.cri-o.Name",
};

static const char *from_annotations(const json_t *config)
{
	const json_t *list = json_object_get(config, "annotations");
	const char *name = NULL;
	size_t i;

	for (i = 0; !name && i < ARRAY_SIZE(keys); i++)
		name = json_string_value(json_object_get(list, keys[i]));
	return name;
}

/* The directory of @id, from which /etc/hostname is bound; NULL if it is not so. */
static const char *docker_dir(const json_t *config, const char *id, size_t *len)
{
	const char *source, *base;
	json_t *mount;
	size_t i;

	json_array_foreach(json_object_get(config, "mounts"), i, mount) {
		const char *dest = json_string_value(json_object_get(mount, "destination"));

		source = json_string_value(json_object_get(mount, "source"));
		if (!dest || !source || strcmp(dest, "/etc/hostname"))
			continue;
		base = strrchr(source, '/');
		*len = base ? base - source : 0;
		if (*len <= strlen(id) || strcmp(base, "/hostname"))
			continue;
		base -= strlen(id);
		if (base[-1] == '/' && !strncmp(base, id, strlen(id)))
			return source;
	}
	return NULL;
}

static char *from_docker(const json_t *config, const char *id)
{
	const char *name;
	char path[PATH_MAX];
	const char *dir;
	char *copy;
	json_t *own;
	size_t len;

	dir = docker_dir(config, id, &len);
	if (!dir)
		return NULL;
	snprintf(path, sizeof(path), "%.*s/config.v2.json", (int)len, dir);
	own = sbx_json_load(path, &(struct sbx_error){});
	name = json_string_value(json_object_get(own, "Name"));
	if (name)
		name += *name == '/';
	copy = name && sbx_name_valid(name) ? strdup(name) : NULL;
	json_decref(own);
	return copy;
}

/**
 * container_name() - what the operator calls a container
 * @config: the bundle's
 * @id: the container's
 *
 * Return: a name that the module takes, for free(), or NULL if there is none.
 */
char *container_name(const json_t *config, const char *id)
{
	const char *name = from_annotations(config);

	if (name)
		return sbx_name_valid(name) ? strdup(name) : NULL;
	return from_docker(config, id);
}
