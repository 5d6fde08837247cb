// SPDX-License-Identifier: GPL-2.0
/*
 * What the manager hears of us: lines in the log that it named, in the forms
 * that runc writes and managers read.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "runtime.h"

static struct {
	int fd;
	bool json;
	bool debug;
} log_state = { .fd = -1 };

/**
 * log_open() - say where to log
 * @path: file to append to, NULL for none
 * @format: text (also if NULL) or json
 * @debug: what is no error goes to standard error too
 * @error: filled on failure
 */
int log_open(const char *path, const char *format, bool debug, struct sbx_error *error)
{
	log_state.debug = debug;
	log_state.json = format && !strcmp(format, "json");
	if (format && strcmp(format, "json") && strcmp(format, "text"))
		return sbx_fail(error, EINVAL, "unknown log-format '%s': text or json", format);
	if (!path || !*path)
		return 0;
	/* crun has names for other places, which are its own to write to. */
	if (!strncmp(path, "journald:", 9) || !strncmp(path, "syslog:", 7))
		return 0;
	if (!strncmp(path, "file:", 5))
		path += 5;
	log_state.fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (log_state.fd < 0)
		return sbx_fail_errno(error, "open log file %s", path);
	return 0;
}

static void append(const char *level, const char *text)
{
	char *line __free = NULL;
	json_t *message;
	char when[32];
	time_t now;

	if (log_state.fd < 0)
		return;
	now = time(NULL);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	if (log_state.json) {
		message = json_pack("{s:s, s:s, s:s}", "level", level, "msg", text, "time", when);
		line = json_dumps(message, JSON_COMPACT);
		json_decref(message);
	} else {
		message = json_string(text);
		line = json_dumps(message, JSON_ENCODE_ANY);
		json_decref(message);
		if (line) {
			char *quoted = line;

			if (asprintf(&line, "time=\"%s\" level=%s msg=%s", when, level, quoted) < 0)
				line = NULL;
			free(quoted);
		}
	}
	if (line)
		dprintf(log_state.fd, "%s\n", line);
}

static void say(const char *level, bool shown, const char *fmt, va_list args)
{
	char text[1024];

	vsnprintf(text, sizeof(text), fmt, args);
	append(level, text);
	if (shown)
		fprintf(stderr, "sbx-runtime: %s\n", text);
}

/**
 * log_error() - say why a command failed
 * @fmt: one line
 */
void log_error(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say("error", true, fmt, args);
	va_end(args);
}

/**
 * log_info() - say something that an operator may want to know
 * @fmt: one line
 */
void log_info(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say("info", log_state.debug, fmt, args);
	va_end(args);
}

/**
 * log_notes() - say what of a bundle was changed
 * @notes: as of &struct sbx_edit
 */
void log_notes(const json_t *notes)
{
	const json_t *note;
	size_t i;

	json_array_foreach(notes, i, note) {
		char *value __free = json_dumps(json_object_get(note, "value"),
						JSON_COMPACT | JSON_ENCODE_ANY);

		log_info("%s%s%s: %s", json_string_value(json_object_get(note, "what")),
			 value ? " " : "", value ?: "",
			 json_string_value(json_object_get(note, "why")));
	}
}
