// SPDX-License-Identifier: GPL-2.0
/*
 * Bundles made fit for a sandbox: what config.json says is edited where the
 * module decides instead, or where it would undo the sandbox.  All else stays,
 * known or not.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "edit.h"
#include "json.h"
#include "util.h"

/**
 * sbx_edit_note() - remember what was changed
 * @notes: array
 * @what: path of the key in the bundle
 * @value: that it had, NULL to leave it out
 * @why: for the operator
 */
void sbx_edit_note(json_t *notes, const char *what, const json_t *value, const char *why)
{
	json_t *note = json_pack("{s:s, s:s}", "what", what, "why", why);

	if (value)
		json_object_set_new(note, "value", json_deep_copy(value));
	json_array_append_new(notes, note);
}

/**
 * sbx_edit_object() - an object below another, made if it is not there
 * @parent: object
 * @key: of it
 *
 * Return: borrowed, NULL if something else is there.
 */
json_t *sbx_edit_object(json_t *parent, const char *key)
{
	json_t *child = json_object_get(parent, key);

	if (!child || json_is_null(child)) {
		json_object_set_new(parent, key, json_object());
		child = json_object_get(parent, key);
	}
	return json_is_object(child) ? child : NULL;
}

/* False for what means the same as nothing. */
static bool says_something(const json_t *value)
{
	if (json_is_string(value))
		return *json_string_value(value);
	if (json_is_array(value))
		return json_array_size(value);
	return value && !json_is_null(value);
}

static void take_out(json_t *parent, const char *key, json_t *notes, const char *what,
		     const char *why)
{
	const json_t *value = json_object_get(parent, key);

	if (says_something(value))
		sbx_edit_note(notes, what, value, why);
	json_object_del(parent, key);
}

/**
 * sbx_edit_process() - edit a process object, as of exec
 * @process: edited in place
 * @notes: takes what was changed
 * @error: filled on failure
 *
 * Return: 1 if it was edited, 0 if there was nothing to, a negative errno.
 */
int sbx_edit_process(json_t *process, json_t *notes, struct sbx_error *error)
{
	static const char why[] = "labels are set through files that a sandbox does not have";

	if (!json_is_object(process))
		return sbx_fail(error, EINVAL, "the process is no object");
	if (!json_object_get(process, "apparmorProfile") &&
	    !json_object_get(process, "selinuxLabel"))
		return 0;
	take_out(process, "apparmorProfile", notes, "process.apparmorProfile", why);
	take_out(process, "selinuxLabel", notes, "process.selinuxLabel", why);
	return 1;
}

static int edit_process(struct sbx_edit *edit, struct sbx_error *error)
{
	json_t *process = json_object_get(edit->config, "process");
	int err;

	err = sbx_edit_process(process, edit->notes, error);
	if (err < 0)
		return err;
	take_out(json_object_get(edit->config, "linux"), "mountLabel", edit->notes,
		 "linux.mountLabel", "SELinux does not rule in a sandbox");
	return 0;
}

/*
 * The filter that kills on every call, whatever the architecture.  It is never
 * asked while the module's redirect is in place.
 */
static int edit_seccomp(struct sbx_edit *edit, struct sbx_error *error)
{
	json_t *linux_part = json_object_get(edit->config, "linux");
	json_t *seccomp = json_object_get(linux_part, "seccomp");

	(void)error;
	if (json_is_object(seccomp)) {
		edit->seccomp = json_incref(seccomp);
		sbx_edit_note(edit->notes, "linux.seccomp", NULL,
			      "kept beside the container; the module decides on system calls, and takes no policy from it yet");
	}
	json_object_set_new(linux_part, "seccomp",
			    json_pack("{s:s, s:[s, s, s]}",
				      "defaultAction", "SCMP_ACT_KILL_PROCESS", "architectures",
				      "SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"));
	return 0;
}

static int edit_hooks(struct sbx_edit *edit, struct sbx_error *error)
{
	json_t *hooks = json_object_get(edit->config, "hooks");

	if (says_something(json_object_get(hooks, "createContainer")))
		return sbx_fail(error, EPERM,
				"createContainer hooks cannot run in a sandbox: their programs are the host's, and would be the first of the container");
	take_out(hooks, "startContainer", edit->notes, "hooks.startContainer",
		 "it would run in the sandbox before the program");
	return 0;
}

static int set_domain_name(struct sbx_edit *edit, const char *value, struct sbx_error *error)
{
	if (!sbx_name_valid(value))
		return sbx_fail(error, EINVAL,
				"annotation dev.sbx.domain: '%s' is no name of a domain: a letter or digit, then printable ASCII without blanks and slashes, at most %d in all",
				value, SBX_NAME_LEN);
	edit->domain_name = value;
	return 0;
}

static int no_policy_yet(struct sbx_edit *edit, const char *value, struct sbx_error *error)
{
	(void)edit;
	return sbx_fail(error, ENOSYS,
			"annotation dev.sbx.policy asks for the policy '%s', but policies are not supported yet",
			value);
}

/* Annotations of ours. */
static const struct {
	const char *key;
	int (*set)(struct sbx_edit *edit, const char *value, struct sbx_error *error);
} annotations[] = {
	{ "dev.sbx.domain", set_domain_name },
	{ "dev.sbx.policy", no_policy_yet },
};

static int obey(struct sbx_edit *edit, const char *key, const json_t *value,
		struct sbx_error *error)
{
	const char *text = json_string_value(value);
	size_t i;

	if (!text)
		return sbx_fail(error, EINVAL, "annotation %s is no string", key);
	for (i = 0; i < ARRAY_SIZE(annotations); i++)
		if (!strcmp(annotations[i].key, key))
			return annotations[i].set(edit, text, error);
	return sbx_fail(error, EINVAL, "annotation %s is not known to sbx-runtime %s", key,
			SBX_VERSION);
}

/* crun has some that replace the filter, or run something else than the program. */
static int edit_annotations(struct sbx_edit *edit, struct sbx_error *error)
{
	json_t *list = json_object_get(edit->config, "annotations");
	char what[256];
	json_t *value;
	const char *key;
	void *next;
	int err;

	json_object_foreach_safe(list, next, key, value) {
		if (!strncmp(key, "dev.sbx.", 8)) {
			err = obey(edit, key, value, error);
			if (err)
				return err;
		} else if (!strncmp(key, "run.oci.", 8)) {
			snprintf(what, sizeof(what), "annotations.%s", key);
			take_out(list, key, edit->notes, what, "it would change the sandbox");
		}
	}
	return 0;
}

static bool has_option(const json_t *mount, const char *const *list, size_t n)
{
	const json_t *option;
	size_t i, j;

	json_array_foreach(json_object_get(mount, "options"), i, option)
		for (j = 0; json_is_string(option) && j < n; j++)
			if (!strcmp(json_string_value(option), list[j]))
				return true;
	return false;
}

/**
 * sbx_mount_is_bind() - whether an entry of mounts is a bind
 * @mount: the entry
 */
bool sbx_mount_is_bind(const json_t *mount)
{
	static const char *const options[] = { "bind", "rbind" };
	const char *type = json_string_value(json_object_get(mount, "type"));

	return (type && !strcmp(type, "bind")) ||
	       has_option(mount, options, ARRAY_SIZE(options));
}

/*
 * With a user namespace crun takes the source as it is on the host, and if that
 * is shared, what is then mounted below it shows up there.  Without one it is
 * private, which is what a bundle that says nothing means.
 */
static void make_private(json_t *mount)
{
	static const char *const said[] = {
		"private", "rprivate", "shared", "rshared", "slave", "rslave", "unbindable",
		"runbindable",
	};
	json_t *options = json_object_get(mount, "options");

	if (has_option(mount, said, ARRAY_SIZE(said)))
		return;
	if (!json_is_array(options)) {
		json_object_set_new(mount, "options", json_array());
		options = json_object_get(mount, "options");
	}
	json_array_append_new(options, json_string("rprivate"));
}

/* The edited config.json lies elsewhere, so what is relative is made absolute. */
static int make_absolute(struct sbx_edit *edit, json_t *object, const char *key,
			 struct sbx_error *error)
{
	char *full __free = NULL;
	const char *path = json_string_value(json_object_get(object, key));

	if (!path || !*path)
		return sbx_fail(error, EINVAL, "a %s is missing, or no string", key);
	if (*path == '/')
		return 0;
	if (asprintf(&full, "%s/%s", edit->bundle, path) < 0)
		return sbx_fail(error, ENOMEM, "out of memory");
	json_object_set_new(object, key, json_string(full));
	return 0;
}

static int edit_root(struct sbx_edit *edit, struct sbx_error *error)
{
	json_t *root = json_object_get(edit->config, "root");
	int err;

	err = make_absolute(edit, root, "path", error);
	if (err) {
		sbx_error_context(error, "root");
		return err;
	}
	return sbx_fs_flag(json_string_value(json_object_get(root, "path")), &edit->flags, error);
}

static int edit_mounts(struct sbx_edit *edit, struct sbx_error *error)
{
	json_t *mounts = json_object_get(edit->config, "mounts");
	json_t *mount;
	size_t i;
	int err;

	json_array_foreach(mounts, i, mount) {
		if (!sbx_mount_is_bind(mount))
			continue;
		make_private(mount);
		err = make_absolute(edit, mount, "source", error) ?:
		      sbx_fs_flag(json_string_value(json_object_get(mount, "source")),
				  &edit->flags, error);
		if (err) {
			sbx_error_context(error, "mounts[%zu]", i);
			return err;
		}
	}
	return 0;
}

static int check_form(struct sbx_edit *edit, struct sbx_error *error)
{
	if (!json_is_object(edit->config))
		return sbx_fail(error, EINVAL, "config.json is no object");
	if (!json_is_object(json_object_get(edit->config, "process")))
		return sbx_fail(error, EINVAL, "config.json has no process");
	if (!sbx_edit_object(edit->config, "linux"))
		return sbx_fail(error, EINVAL, "config.json: linux is no object");
	return sbx_edit_check(edit, error);
}

static int (*const edits[])(struct sbx_edit *edit, struct sbx_error *error) = {
	check_form, edit_annotations, sbx_edit_namespaces, edit_root, edit_mounts,
	edit_process, edit_seccomp, edit_hooks,
};

/**
 * sbx_edit_config() - make a config.json fit for a sandbox
 * @edit: what, and how; sbx_edit_free() frees the results, after a failure too
 * @error: filled on failure
 *
 * Return: 0 or a negative errno; the text of the error is for the end user.
 */
int sbx_edit_config(struct sbx_edit *edit, struct sbx_error *error)
{
	size_t i;
	int err;

	edit->notes = json_array();
	for (i = 0; i < ARRAY_SIZE(edits); i++) {
		err = edits[i](edit, error);
		if (err)
			return err;
	}
	return 0;
}

/**
 * sbx_edit_free() - free the results of sbx_edit_config()
 * @edit: the configuration itself stays
 */
void sbx_edit_free(struct sbx_edit *edit)
{
	json_decref(edit->notes);
	json_decref(edit->seccomp);
	edit->notes = NULL;
	edit->seccomp = NULL;
}
