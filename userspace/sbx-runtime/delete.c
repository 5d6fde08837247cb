// SPDX-License-Identifier: GPL-2.0
/*
 * delete, which cleans up after whatever was killed; kill, with the words that
 * managers know.
 */
#include <errno.h>

#include "runtime.h"

const struct option_row delete_options[] = {
	{ "force", 'f', false },
	{ }
};

const struct option_row kill_options[] = {
	{ "all", 'a', false },
	{ }
};

/* What the low-level runtime would not. */
static int clean(struct call *call, struct sbx_record *record, struct sbx_error *error)
{
	struct sbx_nl *nl __cleanup(sbx_nl_closep) = NULL;

	nl = sbx_nl_open(error);
	/* Without the module nothing of its lives. */
	if (!nl && error->err != ENOENT)
		return -error->err;
	if (!record->json)
		record->json = json_pack("{s:s, s:s}", "root", call->root, "id", call->id);
	return sbx_record_clean(record, nl, error);
}

static int run_low_level(struct call *call, struct sbx_error *error)
{
	struct line *line = line_new(call);
	char **word;

	for (word = call->argv; line && *word; word++)
		line_add(line, "%s", *word);
	return line_run(line, NULL, error);
}

int do_delete(struct call *call, struct sbx_error *error)
{
	const bool force = words_flag(&call->words, "force");
	const bool known = state_exists(call);
	struct sbx_record record;
	int status = 0, err;

	err = sbx_record_load(&record, call->root, call->id, error);
	if (err && err != -ENOENT && !force)
		return err;
	if (!known && !force) {
		if (record.json)
			clean(call, &record, error);
		return sbx_fail(error, ENOENT, "container \"%s\" does not exist", call->id);
	}
	if (known)
		status = run_low_level(call, error);
	if (status < 0)
		return status;
	if (!status && record.json && !force)
		status = sbx_record_remove(&record, error);
	else if (force && (status || *record.path))
		status = clean(call, &record, error);
	sbx_record_free(&record);
	return status;
}

/* Status of a container that has stopped, in the words that managers know. */
int do_kill(struct call *call, struct sbx_error *error)
{
	struct sbx_nl *nl __cleanup(sbx_nl_closep) = NULL;
	struct sbx_container container;
	struct sbx_record record;
	int alive = 1;

	if (words_flag(&call->words, "all") ||
	    sbx_record_load(&record, call->root, call->id, error))
		return hand_on(call, error);
	nl = sbx_nl_open(error);
	if (nl)
		alive = sbx_record_container(&record, nl, &container, error);
	sbx_record_free(&record);
	if (!alive)
		return sbx_fail(error, ESRCH, "container not running");
	return hand_on(call, error);
}
