// SPDX-License-Identifier: GPL-2.0
/*
 * start: the module's filesystems take the places of the kernel's, and the
 * low-level runtime lets the program go.
 */
#include <errno.h>

#include "../lib/run.h"
#include "runtime.h"

const struct option_row start_options[] = {
	{ }
};

/**
 * place_mounts() - put the module's filesystems into a created container
 * @record: of the container
 * @nl: connection to the module
 * @error: filled on failure
 */
int place_mounts(const struct sbx_record *record, struct sbx_nl *nl, struct sbx_error *error)
{
	struct sbx_container container;
	int err;

	err = sbx_record_container(record, nl, &container, error);
	if (err < 0)
		return err;
	if (!err || !container.init_pid)
		return sbx_fail(error, ESRCH, "container not running");
	/* What is started already the low-level runtime refuses to start. */
	if (container.state != SBX_CONTAINER_BOUND)
		return 0;
	return sbx_mounts_place(container.init_pid, container.id, error);
}

int do_start(struct call *call, struct sbx_error *error)
{
	struct sbx_nl *nl __cleanup(sbx_nl_closep) = NULL;
	struct sbx_record record;
	int err;

	err = sbx_record_load(&record, call->root, call->id, error);
	if (err == -ENOENT)
		return sbx_fail(error, ENOENT, "container \"%s\" was not created by sbx-runtime",
				call->id);
	if (err)
		return err;
	nl = sbx_nl_open(error);
	if (!nl)
		return -error->err;
	return place_mounts(&record, nl, error) ?: hand_on(call, error);
}
