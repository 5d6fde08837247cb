// SPDX-License-Identifier: GPL-2.0
/*
 * update: limits of kernel memory are taken out. The second version of control
 * groups has none, but Docker always names one, at which crun fails.
 */
#include <errno.h>
#include <string.h>

#include "runtime.h"

const struct option_row update_options[] = {
	{ "blkio-weight", 0, true },
	{ "cpu-period", 0, true },
	{ "cpu-quota", 0, true },
	{ "cpu-rt-period", 0, true },
	{ "cpu-rt-runtime", 0, true },
	{ "cpu-share", 0, true },
	{ "cpuset-cpus", 0, true },
	{ "cpuset-mems", 0, true },
	{ "kernel-memory", 0, true },
	{ "kernel-memory-tcp", 0, true },
	{ "memory", 0, true },
	{ "memory-reservation", 0, true },
	{ "memory-swap", 0, true },
	{ "pids-limit", 0, true },
	{ "resources", 'r', true },
	{ }
};

/* Returns a descriptor of what is left of the resources. */
static int edit_resources(const char *path, struct sbx_error *error)
{
	json_t *resources __json = NULL;
	static const char *const names[] = { "kernel", "kernelTCP" };
	json_t *memory, *value;
	size_t i;

	resources = sbx_json_load(strcmp(path, "-") ? path : "/proc/self/fd/0", error);
	if (!resources)
		return -error->err;
	memory = json_object_get(resources, "memory");
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		value = json_object_get(memory, names[i]);
		if (json_is_integer(value) && json_integer_value(value) > 0)
			log_info("memory.%s: control groups have no such limit any more", names[i]);
		json_object_del(memory, names[i]);
	}
	return stage_json(resources, error);
}

int do_update(struct call *call, struct sbx_error *error)
{
	static const char *const except[] = {
		"kernel-memory", "kernel-memory-tcp", "resources", NULL
	};
	const char *path = words_value(&call->words, "resources");
	struct line *line;
	int fd = 0;

	if (path)
		fd = edit_resources(path, error);
	if (fd < 0)
		return fd;
	line = line_new(call);
	if (!line)
		return sbx_fail(error, ENOMEM, "out of memory");
	line_add(line, "update");
	line_add_given(line, &call->words, except);
	if (fd)
		line_add(line, "--resources=/proc/self/fd/%d", fd);
	line_add(line, "%s", call->id);
	return line_exec(line, error);
}
