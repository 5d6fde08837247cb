/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bundles made fit for a sandbox.
 */
#ifndef _SBX_LIB_EDIT_H
#define _SBX_LIB_EDIT_H

#include <sys/types.h>
#include <jansson.h>

#include "sbx.h"

/**
 * struct sbx_edit - a bundle on its way into a sandbox
 * @config: its config.json, edited in place
 * @bundle: its directory, absolute, that relative paths are relative to
 * @host_net: the operator allows the host's network namespace
 * @peer: init of a container of the domain that it joins, whose user namespace
 *	it joins, too; 0 without one
 * @peer_config: config.json of that container, NULL if it is not known
 * @in_pod: that is the sandbox of a pod: what the bundle does not say of
 *	network, IPC and UTS namespaces is as there
 * @flags: result: &enum sbx_launch_flags that the domain needs
 * @domain_name: result: name that the bundle wants for its domain, borrowed
 *	from @config; NULL without
 * @notes: result: array of objects {what, value, why}: what of the bundle is
 *	not as its author wrote it, though nothing is refused
 * @seccomp: result: the bundle's own filter, NULL if it has none
 */
struct sbx_edit {
	json_t *config;
	const char *bundle;
	bool host_net;
	pid_t peer;
	const json_t *peer_config;
	bool in_pod;
	uint32_t flags;
	const char *domain_name;
	json_t *notes;
	json_t *seccomp;
};

int sbx_edit_config(struct sbx_edit *edit, struct sbx_error *error);
int sbx_edit_process(json_t *process, json_t *notes, struct sbx_error *error);
void sbx_edit_free(struct sbx_edit *edit);

/* For the parts of it. */
int sbx_edit_check(const struct sbx_edit *edit, struct sbx_error *error);
int sbx_edit_namespaces(struct sbx_edit *edit, struct sbx_error *error);
void sbx_edit_note(json_t *notes, const char *what, const json_t *value, const char *why);
json_t *sbx_edit_object(json_t *parent, const char *key);
bool sbx_mount_is_bind(const json_t *mount);

int sbx_fs_flag(const char *path, uint32_t *flags, struct sbx_error *error);

#endif /* _SBX_LIB_EDIT_H */
