// SPDX-License-Identifier: GPL-2.0
/*
 * sbxctl events: follow the lives of domains and containers.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "sbxctl.h"

static int print_event(const struct sbx_event_info *event, void *data)
{
	const bool *json = data;
	char when[40];

	if (*json) {
		json_t *line = sbx_event_json(event);

		json_dumpf(line, stdout, JSON_COMPACT);
		putchar('\n');
		json_decref(line);
	} else {
		sbx_timestamp(when, sizeof(when));
		printf("%s %-18s domain=%s", when, sbx_event_name(event->event),
		       event->domain_name);
		if (event->container_id)
			printf(" container=%s", event->container_name);
		if (event->refusal[0])
			printf(" refusal=\"%s\"", event->refusal);
		putchar('\n');
	}
	/* Whoever reads is told at once, or is gone. */
	return fflush(stdout) ? -errno : 0;
}

static int events(const struct command *self, int argc, char **argv)
{
	struct sbx_nl *nl __cleanup(sbx_nl_closep) = NULL;
	struct sbx_error error;
	struct common common;
	struct pollfd fd;
	int err;

	err = parse_common(self, argc, argv, 0, 0, &common);
	if (err != PARSE_GO)
		return err;
	nl = sbx_nl_open(&error);
	if (!nl || sbx_events_subscribe(nl, &error))
		return complain(&error);
	fprintf(stderr, "sbxctl: listening\n");
	for (;;) {
		fd = (struct pollfd){ .fd = sbx_events_fd(nl), .events = POLLIN };
		if (poll(&fd, 1, -1) < 0 && errno != EINTR) {
			sbx_fail_errno(&error, "poll");
			return complain(&error);
		}
		err = sbx_events_read(nl, print_event, &common.json, &error);
		if (err == -ENOBUFS)
			complain(&error);
		else if (err < 0)
			return complain(&error);
		if (ferror(stdout))
			return EXIT_FAILURE;
	}
}

const struct command command_events = {
	.name = "events",
	.usage = "[--json]",
	.summary = "Prints events of domains and containers as they happen, until interrupted",
	.help =
	"  --json   a line with an object for each: time, event, domain_id, domain,\n"
	"           container_id, container, refusal\n"
	"  --help   this text\n"
	"\n"
	"Says 'sbxctl: listening' on stderr when it has subscribed.\n",
	.run = events,
};
