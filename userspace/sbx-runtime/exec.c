// SPDX-License-Identifier: GPL-2.0
/*
 * exec: labels are taken out of what is asked for; the module sees who enters,
 * and is told of descriptors that are passed on.
 */
#include <errno.h>
#include <string.h>

#include "../lib/edit.h"
#include "runtime.h"

const struct option_row exec_options[] = {
	{ "additional-gids", 'g', true },
	{ "apparmor", 0, true },
	{ "cap", 'c', true },
	{ "cgroup", 0, true },
	{ "console-socket", 0, true },
	{ "cwd", 0, true },
	{ "detach", 'd', false },
	{ "env", 'e', true },
	{ "ignore-paused", 0, false },
	{ "no-new-privs", 0, false },
	{ "pid-file", 0, true },
	{ "preserve-fds", 0, true },
	{ "process", 'p', true },
	{ "process-label", 0, true },
	{ "tty", 't', false },
	{ "user", 'u', true },
	{ }
};

/* Returns a descriptor, 0 if the file is good as it is. */
static int edit_process_file(const char *path, struct sbx_error *error)
{
	json_t *process __json = sbx_json_load(path, error);
	json_t *notes __json = json_array();
	int err;

	if (!process)
		return -error->err;
	err = sbx_edit_process(process, notes, error);
	if (err <= 0)
		return err;
	log_notes(notes);
	return stage_json(process, error);
}

static void note_labels(const struct words *words)
{
	static const char *const names[] = { "apparmor", "process-label" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (words_value(words, names[i]))
			log_info("--%s %s: there are no labels in a sandbox", names[i],
				 words_value(words, names[i]));
}

/* Of a container that is not there the low-level runtime tells. */
static int pass_descriptors(const struct call *call, struct sbx_error *error)
{
	struct sbx_nl *nl __cleanup(sbx_nl_closep) = NULL;
	struct sbx_container container;
	struct sbx_record record;
	unsigned int count;
	int err;

	err = count_preserved(call, &count, error);
	if (err || !count || sbx_record_load(&record, call->root, call->id, error))
		return err;
	nl = sbx_nl_open(error);
	if (!nl)
		err = -error->err;
	else
		err = sbx_record_container(&record, nl, &container, error);
	if (err > 0)
		err = sbx_launch_exec(nl, container.id, count, error);
	sbx_record_free(&record);
	return err;
}

int do_exec(struct call *call, struct sbx_error *error)
{
	static const char *const except[] = { "apparmor", "process-label", "process", NULL };
	const char *path = words_value(&call->words, "process");
	struct line *line;
	int fd = 0, err;
	size_t i;

	if (path)
		fd = edit_process_file(path, error);
	if (fd < 0)
		return fd;
	err = pass_descriptors(call, error);
	if (err)
		return err;
	note_labels(&call->words);
	line = line_new(call);
	if (!line)
		return sbx_fail(error, ENOMEM, "out of memory");
	line_add(line, "exec");
	line_add_given(line, &call->words, except);
	if (fd)
		line_add(line, "--process=/proc/self/fd/%d", fd);
	else if (path)
		line_add(line, "--process=%s", path);
	for (i = 0; i < call->words.nr_rest; i++)
		line_add(line, "%s", call->words.rest[i]);
	return line_exec(line, error);
}
