/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What sbx-runtime remembers of each container.
 */
#ifndef _SBX_LIB_RECORD_H
#define _SBX_LIB_RECORD_H

#include <limits.h>
#include <jansson.h>

#include "sbx.h"

/* Below it: a directory per --root, in it one per container. */
#define SBX_RECORD_DIR	"/run/sbx-runtime"

/**
 * struct sbx_record - what is remembered of a container
 * @path: its directory; config.json in it is the bundle as edited, seccomp.json
 *	the bundle's own filter, record.json what follows
 * @json: object: id, root, bundle, runtime (its program), domain {id, name},
 *	container {id, name}, pod (its key, absent without), sandbox (of a pod),
 *	creator {pid, start} (process that creates it), notes (as of &struct
 *	sbx_edit), seccomp (a filter is kept), created (time)
 */
struct sbx_record {
	char path[PATH_MAX];
	json_t *json;
};

int sbx_record_write(struct sbx_record *record, const char *root, const char *id,
		     const json_t *config, const json_t *seccomp, struct sbx_error *error);
int sbx_record_load(struct sbx_record *record, const char *root, const char *id,
		    struct sbx_error *error);
int sbx_record_remove(const struct sbx_record *record, struct sbx_error *error);
void sbx_record_free(struct sbx_record *record);

json_t *sbx_record_config(const struct sbx_record *record, struct sbx_error *error);
int sbx_record_container(const struct sbx_record *record, struct sbx_nl *nl,
			 struct sbx_container *container, struct sbx_error *error);
int sbx_record_clean(struct sbx_record *record, struct sbx_nl *nl, struct sbx_error *error);
int sbx_record_find_sandbox(struct sbx_record *record, const char *root, const char *pod,
			    struct sbx_error *error);
bool sbx_record_find(struct sbx_record *record, const struct sbx_container *container);

/* A callback's non-zero result ends the walk and becomes its result. */
typedef int (*sbx_record_fn)(struct sbx_record *record, void *data);

int sbx_record_each(const char *root, sbx_record_fn fn, void *data);
uint64_t sbx_process_start(pid_t pid);
pid_t sbx_record_creator(const struct sbx_record *record);
void sbx_cgroup_of(pid_t init, char *path, size_t size);
int sbx_cgroup_clear(const char *path, bool owned, struct sbx_error *error);
bool sbx_record_forgotten(const struct sbx_record *record, struct sbx_nl *nl);

#endif /* _SBX_LIB_RECORD_H */
