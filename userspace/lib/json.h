/* SPDX-License-Identifier: GPL-2.0 */
/*
 * JSON files that are edited and written again: nothing of them is lost.
 */
#ifndef _SBX_LIB_JSON_H
#define _SBX_LIB_JSON_H

#include <jansson.h>

#include "sbx.h"

json_t *sbx_json_parse(const char *text, size_t len, const char *name, struct sbx_error *error);
json_t *sbx_json_load(const char *path, struct sbx_error *error);
char *sbx_json_text(const json_t *json, size_t *len);
int sbx_json_write(int dir, const char *name, mode_t mode, const json_t *json,
		   struct sbx_error *error);

json_t *sbx_json_path(const json_t *json, const char *path);

static inline void sbx_json_decrefp(json_t **json)
{
	json_decref(*json);
}

#define __json __cleanup(sbx_json_decrefp)

#endif /* _SBX_LIB_JSON_H */
