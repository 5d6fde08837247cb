// SPDX-License-Identifier: GPL-2.0
/*
 * The editor of bundles, for edit.py: reads a config.json, prints what it is
 * made to be as {config, notes, seccomp, flags, domain}.
 *
 *	edit [--plain | --process] [--host-net] [--bundle DIR] [--sandbox FILE]
 *	     FILE
 *
 * --plain edits nothing; --process takes a process.json.
 */
#include <stdio.h>
#include <string.h>

#include "../../userspace/lib/edit.h"
#include "../../userspace/lib/json.h"

static int edit_process(json_t *process, json_t *notes, struct sbx_error *error)
{
	return sbx_edit_process(process, notes, error) < 0 ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct sbx_edit edit = { .bundle = "/" };
	int plain = 0, process = 0, err = 0;
	struct sbx_error error = {};
	json_t *result;
	size_t len;
	char *text;
	int i;

	for (i = 1; i < argc - 1; i++) {
		if (!strcmp(argv[i], "--plain")) {
			plain = 1;
		} else if (!strcmp(argv[i], "--process")) {
			process = 1;
		} else if (!strcmp(argv[i], "--host-net")) {
			edit.host_net = true;
		} else if (!strcmp(argv[i], "--bundle")) {
			edit.bundle = argv[++i];
		} else if (!strcmp(argv[i], "--sandbox")) {
			edit.peer_config = sbx_json_load(argv[++i], &error);
			edit.peer = 4711;
			edit.in_pod = true;
		}
	}
	edit.config = sbx_json_load(argv[argc - 1], &error);
	if (!edit.config || error.err) {
		fprintf(stderr, "%s\n", error.text);
		return 1;
	}
	if (process) {
		edit.notes = json_array();
		err = edit_process(edit.config, edit.notes, &error);
	} else if (!plain) {
		err = sbx_edit_config(&edit, &error);
	}
	if (err) {
		fprintf(stderr, "%s\n", error.text);
		return 1;
	}
	result = plain ? edit.config :
		json_pack("{s:O, s:O, s:O*, s:i, s:s*}", "config", edit.config, "notes", edit.notes,
			  "seccomp", edit.seccomp, "flags", edit.flags, "domain",
			  edit.domain_name);
	text = sbx_json_text(result, &len);
	puts(text);
	return 0;
}
