// SPDX-License-Identifier: GPL-2.0
/*
 * Containers that share namespaces are of one domain: those of a pod, which
 * annotations tell, and those whose bundle names a namespace of another.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../lib/edit.h"
#include "runtime.h"

/* Annotations by which managers tell what of a pod a container is. */
static const struct {
	const char *type, *id;
} pod_keys[] = {
	{ "io.kubernetes.cri.container-type", "io.kubernetes.cri.sandbox-id" },
	{ "io.kubernetes.cri-o.ContainerType", "io.kubernetes.cri-o.SandboxID" },
};

/* Namespaces that containers of a domain may share. */
static const struct {
	const char *type, *name;
} shared[] = {
	{ "network", "net" }, { "ipc", "ipc" }, { "uts", "uts" }, { "user", "user" },
};

static const char *annotation(const json_t *config, const char *key)
{
	return json_string_value(json_object_get(json_object_get(config, "annotations"), key));
}

/* Joins the sandbox that a record is of. */
static int join_sandbox(struct group *group, const struct sbx_record *record,
			struct sbx_nl *nl, struct sbx_edit *edit, struct sbx_error *error)
{
	struct sbx_container sandbox;
	int alive;

	alive = sbx_record_container(record, nl, &sandbox, error);
	if (alive < 0)
		return alive;
	if (!alive || !sandbox.init_pid)
		return sbx_fail(error, ESRCH, "pod sandbox \"%s\" is not running", group->pod);
	edit->peer_config = sbx_record_config(record, error);
	if (!edit->peer_config)
		return -error->err;
	edit->peer = sandbox.init_pid;
	edit->in_pod = true;
	group->domain = sandbox.domain_id;
	return 0;
}

/* Returns 1 if it is of a pod, 0 if not. */
static int find_pod(struct group *group, const struct call *call, struct sbx_nl *nl,
		    struct sbx_edit *edit, struct sbx_error *error)
{
	struct sbx_record record;
	const char *type = NULL;
	size_t i;
	int err;

	for (i = 0; !type && i < ARRAY_SIZE(pod_keys); i++) {
		type = annotation(edit->config, pod_keys[i].type);
		group->pod = annotation(edit->config, pod_keys[i].id);
	}
	if (!type) {
		group->pod = NULL;
		return 0;
	}
	group->pod = group->pod ?: call->id;
	if (strcmp(type, "container"))
		return 1;
	err = sbx_record_find_sandbox(&record, call->root, group->pod, error);
	if (err)
		return err;
	err = join_sandbox(group, &record, nl, edit, error);
	sbx_record_free(&record);
	return err ?: 1;
}

/*
 * struct search - for whom a namespace belongs to
 * @name: of its kind
 * @ns: the namespace
 * @found: takes the container
 */
struct search {
	const char *name;
	struct stat ns;
	struct sbx_container found;
};

static int owns(const struct sbx_container *container, void *data)
{
	struct search *search = data;
	char path[64];
	struct stat ns;

	snprintf(path, sizeof(path), "/proc/%u/ns/%s", container->init_pid, search->name);
	if (!container->init_pid || stat(path, &ns) || ns.st_dev != search->ns.st_dev ||
	    ns.st_ino != search->ns.st_ino)
		return 0;
	search->found = *container;
	return 1;
}

static void join_owner(struct group *group, const struct search *search, struct sbx_edit *edit)
{
	struct sbx_record record;

	if (sbx_record_find(&record, &search->found)) {
		edit->peer_config = sbx_record_config(&record, &(struct sbx_error){});
		sbx_record_free(&record);
	}
	edit->peer = search->found.init_pid;
	group->domain = search->found.domain_id;
}

static int find_owner(struct group *group, struct sbx_nl *nl, struct sbx_edit *edit,
		      const json_t *entry, struct sbx_error *error)
{
	const char *type = json_string_value(json_object_get(entry, "type"));
	const char *path = json_string_value(json_object_get(entry, "path"));
	const struct sbx_which all = {};
	struct search search = {};
	size_t i;
	int found;

	for (i = 0; type && i < ARRAY_SIZE(shared); i++)
		if (!strcmp(type, shared[i].type))
			search.name = shared[i].name;
	if (!search.name || !path || !*path || stat(path, &search.ns))
		return 0;
	found = sbx_container_each(nl, &all, owns, &search, error);
	if (found > 0)
		join_owner(group, &search, edit);
	return found < 0 ? found : 0;
}

/**
 * group_find() - find the domain that a bundle's container belongs into
 * @group: filled
 * @call: that asks for the container
 * @nl: connection to the module
 * @edit: the bundle; whom it shares with is filled in
 * @error: filled on failure
 */
int group_find(struct group *group, const struct call *call, struct sbx_nl *nl,
	       struct sbx_edit *edit, struct sbx_error *error)
{
	const json_t *list = sbx_json_path(edit->config, "linux.namespaces");
	const json_t *entry;
	int err, in_pod;
	size_t i;

	in_pod = find_pod(group, call, nl, edit, error);
	if (in_pod && in_pod != -ENOENT)
		return in_pod < 0 ? in_pod : 0;
	/* Podman tells of the pod, and of no container that it is the sandbox. */
	json_array_foreach(list, i, entry) {
		err = find_owner(group, nl, edit, entry, error);
		if (err || group->domain)
			return err;
	}
	return in_pod;
}
