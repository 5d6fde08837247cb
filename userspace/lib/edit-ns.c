// SPDX-License-Identifier: GPL-2.0
/*
 * Namespaces of a bundle: all private, or those of the pod.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "edit.h"
#include "json.h"
#include "util.h"

static json_t *find(const json_t *list, const char *type)
{
	const char *text;
	json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry) {
		text = json_string_value(json_object_get(entry, "type"));
		if (text && !strcmp(text, type))
			return entry;
	}
	return NULL;
}

static const char *path_of(const json_t *entry)
{
	const char *path = json_string_value(json_object_get(entry, "path"));

	return path && *path ? path : NULL;
}

static bool is_own(const char *path, const char *name)
{
	struct stat theirs, own;
	char link[64];

	snprintf(link, sizeof(link), "/proc/self/ns/%s", name);
	return !stat(path, &theirs) && !stat(link, &own) &&
	       theirs.st_dev == own.st_dev && theirs.st_ino == own.st_ino;
}

/* What a runtime takes as the host's: none is named, or the runtime's own is. */
static bool is_host(const json_t *entry, const char *name)
{
	return !entry || (path_of(entry) && is_own(path_of(entry), name));
}

static void add_private(json_t *list, const char *type)
{
	json_array_append_new(list, json_pack("{s:s}", "type", type));
}

static void add_peer(const struct sbx_edit *edit, json_t *list, const char *type,
		     const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", edit->peer, name);
	json_array_append_new(list, json_pack("{s:s, s:s}", "type", type, "path", path));
}

static int edit_pid(struct sbx_edit *edit, json_t *list, struct sbx_error *error)
{
	json_t *entry = find(list, "pid");

	(void)edit;
	if (is_host(entry, "pid"))
		return sbx_fail(error, EPERM,
				"a sandbox cannot have the host's PID namespace (--pid=host)");
	if (path_of(entry))
		return sbx_fail(error, EPERM,
				"a sandbox cannot share a PID namespace with another container: give each container its own");
	return 0;
}

static int edit_mnt(struct sbx_edit *edit, json_t *list, struct sbx_error *error)
{
	json_t *entry = find(list, "mount");

	(void)edit;
	if (!entry || path_of(entry))
		return sbx_fail(error, EPERM, "a sandbox needs a new mount namespace");
	return 0;
}

static int edit_net(struct sbx_edit *edit, json_t *list, struct sbx_error *error)
{
	json_t *entry = find(list, "network");

	/* A pod's sandbox was asked already. */
	if (!entry && edit->in_pod && find(sbx_json_path(edit->peer_config, "linux.namespaces"),
					   "network")) {
		add_peer(edit, list, "network", "net");
		return 0;
	}
	if (!is_host(entry, "net"))
		return 0;
	if (!edit->host_net)
		return sbx_fail(error, EPERM,
				"a sandbox cannot have the host's network (--net=host) unless \"host-network\" is true in the configuration of sbx-runtime");
	edit->flags |= SBX_LAUNCH_HOST_NET;
	return 0;
}

/* Every id is its own: global capabilities vanish, files keep their owners. */
static json_t *identity(void)
{
	return json_pack("[{s:i, s:i, s:I}]", "containerID", 0, "hostID", 0,
			 "size", (json_int_t)4294967295);
}

static void set_mappings(const struct sbx_edit *edit, const char *key)
{
	json_t *linux_part = json_object_get(edit->config, "linux");
	json_t *theirs = json_object_get(json_object_get(edit->peer_config, "linux"), key);

	json_object_set_new(linux_part, key, theirs ? json_deep_copy(theirs) : identity());
}

static int edit_user(struct sbx_edit *edit, json_t *list, struct sbx_error *error)
{
	json_t *entry = find(list, "user");

	if (entry && path_of(entry) && is_own(path_of(entry), "user"))
		return sbx_fail(error, EPERM,
				"a sandbox cannot have the host's user namespace");
	if (entry)
		return 0;
	if (edit->peer)
		add_peer(edit, list, "user", "user");
	else
		add_private(list, "user");
	/* Of a namespace that is joined runc wants to know them, too. */
	set_mappings(edit, "uidMappings");
	set_mappings(edit, "gidMappings");
	return 0;
}

/* With the host's they would see and do more than a sandbox may. */
static int edit_private(struct sbx_edit *edit, json_t *list, const char *type, bool in_pod)
{
	json_t *entry = find(list, type);
	size_t i;

	if (!is_host(entry, type))
		return 0;
	if (entry) {
		for (i = 0; json_array_get(list, i) != entry; i++)
			;
		json_array_remove(list, i);
	}
	if (in_pod && edit->in_pod)
		add_peer(edit, list, type, type);
	else
		add_private(list, type);
	return 0;
}

static int edit_ipc(struct sbx_edit *edit, json_t *list, struct sbx_error *error)
{
	/* Whoever asks for it means to meet others there. */
	if (!edit->in_pod && is_host(find(list, "ipc"), "ipc"))
		return sbx_fail(error, EPERM,
				"a sandbox cannot have the host's IPC namespace (--ipc=host)");
	return edit_private(edit, list, "ipc", true);
}

static int edit_uts(struct sbx_edit *edit, json_t *list, struct sbx_error *error)
{
	(void)error;
	if (!edit->in_pod && is_host(find(list, "uts"), "uts"))
		sbx_edit_note(edit->notes, "linux.namespaces", NULL,
			      "the UTS namespace is a private one, not the host's");
	return edit_private(edit, list, "uts", true);
}

static int edit_cgroup(struct sbx_edit *edit, json_t *list, struct sbx_error *error)
{
	(void)error;
	return edit_private(edit, list, "cgroup", false);
}

/*
 * sysfs belongs to a network namespace, and only who rules that may mount it.
 * A namespace that was there before the container is not the container's to
 * rule; the module's own takes its place in any case.
 */
static void edit_sysfs(struct sbx_edit *edit, const json_t *list)
{
	const json_t *entry = find(list, "network");
	const char *type;
	json_t *mount;
	size_t i;

	if (entry && !path_of(entry))
		return;
	json_array_foreach(json_object_get(edit->config, "mounts"), i, mount) {
		type = json_string_value(json_object_get(mount, "type"));
		if (!type || strcmp(type, "sysfs"))
			continue;
		json_object_set_new(mount, "type", json_string("bind"));
		json_object_set_new(mount, "source", json_string("/sys"));
		json_object_set_new(mount, "options", json_pack("[s, s, s, s, s, s]",
								"rbind", "rprivate", "nosuid",
								"noexec", "nodev", "ro"));
	}
}

static int (*const kinds[])(struct sbx_edit *edit, json_t *list, struct sbx_error *error) = {
	edit_pid, edit_mnt, edit_net, edit_user, edit_ipc, edit_uts, edit_cgroup,
};

/**
 * sbx_edit_namespaces() - see to it that all namespaces are private
 * @edit: the bundle
 * @error: filled on failure
 */
int sbx_edit_namespaces(struct sbx_edit *edit, struct sbx_error *error)
{
	json_t *list = sbx_json_path(edit->config, "linux.namespaces");
	size_t i;
	int err;

	if (!json_is_array(list))
		return sbx_fail(error, EPERM,
				"the bundle asks for no namespaces, so it is no container");
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		err = kinds[i](edit, list, error);
		if (err)
			return err;
	}
	edit_sysfs(edit, list);
	return 0;
}
