// SPDX-License-Identifier: GPL-2.0
/*
 * sbxd: logs the events of the module and cleans up after dead domains.
 *
 * All state is the kernel's: the daemon may die and come back at any time, and
 * may be there before the module.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

#include "../lib/run.h"
#include "../lib/util.h"
#include "log.h"

#define USEC_PER_SEC	1000000ull

/* How long after a domain's end its leftovers are looked for. */
#define CLEAN_DELAY	(1 * USEC_PER_SEC)

/**
 * struct daemon - the daemon's state
 * @event: loop
 * @nl: subscribed connection, NULL while there is no module
 * @nl_source: of @nl
 * @clean_timer: of the next look for leftovers
 * @watch: of the module
 */
struct daemon {
	sd_event *event;
	struct sbx_nl *nl;
	sd_event_source *nl_source;
	sd_event_source *clean_timer;
	struct sbx_watch *watch;
};

static int clean_one(const char *name, void *data)
{
	struct sbx_error error;
	int err;

	(void)data;
	err = sbx_rundir_clean(name, &error);
	/* Busy: somebody else was quicker. */
	if (!err)
		log_note("cleaned", name, NULL);
	else if (err != -EBUSY)
		log_note("not-cleaned", name, error.text);
	return 0;
}

static int on_clean_timer(sd_event_source *source, uint64_t now, void *data)
{
	(void)source;
	(void)now;
	return sbx_rundir_leftovers(clean_one, data);
}

/* A run of deaths is followed by one look. */
static void clean_later(struct daemon *d)
{
	sd_event_source_set_time_relative(d->clean_timer, CLEAN_DELAY);
	sd_event_source_set_enabled(d->clean_timer, SD_EVENT_ONESHOT);
}

static int on_event(const struct sbx_event_info *event, void *data)
{
	log_event(event);
	if (event->event == SBX_EVENT_DOMAIN_DEL)
		clean_later(data);
	return 0;
}

static void disconnect(struct daemon *d)
{
	d->nl_source = sd_event_source_disable_unref(d->nl_source);
	sbx_nl_close(d->nl);
	d->nl = NULL;
}

static int on_readable(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	struct daemon *d = data;
	struct sbx_error error;
	int err;

	(void)source;
	(void)fd;
	(void)revents;
	err = sbx_events_read(d->nl, on_event, d, &error);
	if (!err)
		return 0;
	log_note(err == -ENOBUFS ? "events-lost" : "events-failed", NULL, error.text);
	clean_later(d);
	if (err != -ENOBUFS)
		disconnect(d);
	return 0;
}

static void connect_module(struct daemon *d)
{
	struct sbx_error error;
	struct sbx_info info;
	int err;

	disconnect(d);
	d->nl = sbx_nl_open(&error);
	if (!d->nl) {
		log_note("module-absent", NULL, error.text);
		return;
	}
	err = sbx_info_get(d->nl, &info, &error) ?: sbx_events_subscribe(d->nl, &error);
	if (err) {
		log_note("events-failed", NULL, error.text);
		disconnect(d);
		return;
	}
	err = sd_event_add_io(d->event, &d->nl_source, sbx_events_fd(d->nl), EPOLLIN,
			      on_readable, d);
	if (err < 0) {
		log_note("events-failed", NULL, strerror(-err));
		disconnect(d);
		return;
	}
	log_note("module-present", NULL, info.version);
	clean_later(d);
}

static void on_module(bool here, void *data)
{
	struct daemon *d = data;

	if (here) {
		connect_module(d);
	} else {
		disconnect(d);
		log_note("module-absent", NULL, "it was unloaded");
	}
}

static int on_watch(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	struct daemon *d = data;

	(void)source;
	(void)fd;
	(void)revents;
	sbx_watch_read(d->watch);
	return 0;
}

static int on_hangup(sd_event_source *source, const struct signalfd_siginfo *info, void *data)
{
	(void)source;
	(void)info;
	(void)data;
	log_reopen();
	return 0;
}

static int set_up(struct daemon *d, struct sbx_error *error)
{
	sigset_t set;
	int err;

	/* What a shell without job control has given us may be ignored. */
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);

	d->watch = sbx_watch_open(on_module, d, error);
	if (!d->watch)
		return -error->err;
	err = sd_event_new(&d->event);
	if (err >= 0)
		err = sd_event_add_signal(d->event, NULL, SIGTERM, NULL, NULL);
	if (err >= 0)
		err = sd_event_add_signal(d->event, NULL, SIGINT, NULL, NULL);
	if (err >= 0)
		err = sd_event_add_signal(d->event, NULL, SIGHUP, on_hangup, NULL);
	if (err >= 0)
		err = sd_event_add_io(d->event, NULL, sbx_watch_fd(d->watch), EPOLLIN,
				      on_watch, d);
	if (err >= 0)
		err = sd_event_add_time_relative(d->event, &d->clean_timer, CLOCK_MONOTONIC, 0,
						 0, on_clean_timer, d);
	if (err < 0)
		return sbx_fail(error, -err, "event loop: %s", strerror(-err));
	/* Does nothing without a service manager that asks for it. */
	sd_event_set_watchdog(d->event, true);
	return 0;
}

static void tear_down(struct daemon *d)
{
	disconnect(d);
	sd_event_source_unref(d->clean_timer);
	sd_event_unref(d->event);
	sbx_watch_close(d->watch);
}

static int serve(struct sbx_error *error)
{
	struct daemon d = {};
	int err;

	err = set_up(&d, error);
	if (!err) {
		connect_module(&d);
		sd_notify(0, "READY=1");
		err = sd_event_loop(d.event);
		if (err < 0)
			sbx_fail(error, -err, "event loop: %s", strerror(-err));
		sd_notify(0, "STOPPING=1");
	}
	tear_down(&d);
	return err;
}

static void print_usage(void)
{
	puts("usage: sbxd [--log FILE]\n\n"
	     "Logs the events of sandbox domains and removes what dead ones leave behind.\n"
	     "Stays in the foreground; needs no service manager.\n\n"
	     "  --log FILE   append the log to FILE; reopened on SIGHUP (default: standard\n"
	     "               output, or the journal if that is one)\n"
	     "  --version    print the version\n"
	     "  --help       this text");
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "log", required_argument, NULL, 'l' },
		{ "version", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	struct sbx_error error = {};
	const char *path = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (option) {
		case 'l':
			path = optarg;
			break;
		case 'v':
			printf("sbxd %s\n", SBX_VERSION);
			return EXIT_SUCCESS;
		case 'h':
			print_usage();
			return EXIT_SUCCESS;
		default:
			return 2;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "sbxd: '%s' is one argument too many; see 'sbxd --help'\n",
			argv[optind]);
		return 2;
	}
	if (log_open(path, &error) < 0 || serve(&error) < 0) {
		fprintf(stderr, "sbxd: %s\n", error.text);
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
