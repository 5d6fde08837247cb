// SPDX-License-Identifier: GPL-2.0
/*
 * The daemon's log: JSON lines, to a file or standard output, or entries of
 * the journal where standard output is one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syslog.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>

#include "../lib/run.h"
#include "../lib/util.h"
#include "log.h"

static const char *log_path;
static FILE *file;
static bool journal;

/* As sd-daemon(3) says: device and inode of what the journal reads. */
static bool stdout_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 &&
	       !fstat(STDOUT_FILENO, &st) && st.st_dev == dev && st.st_ino == ino;
}

/**
 * log_open() - choose where the log goes
 * @path: file to append to, NULL for standard output
 * @error: filled on failure
 */
int log_open(const char *path, struct sbx_error *error)
{
	log_path = path;
	journal = !path && stdout_is_journal();
	file = path ? fopen(path, "ae") : stdout;
	if (!file)
		return sbx_fail_errno(error, "--log %s", path);
	setvbuf(file, NULL, _IOLBF, 0);
	return 0;
}

/**
 * log_reopen() - go on in a new file, after the old one was moved away
 */
void log_reopen(void)
{
	FILE *again;

	if (!log_path)
		return;
	again = fopen(log_path, "ae");
	if (!again) {
		fprintf(stderr, "sbxd: %s: %s; going on with the old one\n", log_path,
			strerror(errno));
		return;
	}
	fclose(file);
	file = again;
	setvbuf(file, NULL, _IOLBF, 0);
}

/* One field of the journal for each member, and a message for people. */
static void to_journal(const json_t *line)
{
	struct iovec fields[16];
	const json_t *value;
	const char *key;
	size_t n = 0, i;
	char *text;

	json_object_foreach((json_t *)line, key, value) {
		char number[24];

		if (n == ARRAY_SIZE(fields) - 2)
			break;
		snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(value));
		if (asprintf(&text, "SBX_%s=%s", key,
			     json_is_string(value) ? json_string_value(value) : number) < 0)
			continue;
		for (i = 4; text[i] != '='; i++)
			if (text[i] >= 'a' && text[i] <= 'z')
				text[i] -= 'a' - 'A';
		fields[n++] = (struct iovec){ text, strlen(text) };
	}
	value = json_object_get(line, "refusal") ?: json_object_get(line, "text");
	if (asprintf(&text, "MESSAGE=%s %s%s%s",
		     json_string_value(json_object_get(line, "event")),
		     json_string_value(json_object_get(line, "domain")) ?: "",
		     value ? ": " : "", json_string_value(value) ?: "") >= 0)
		fields[n++] = (struct iovec){ text, strlen(text) };
	if (asprintf(&text, "PRIORITY=%d", value ? LOG_NOTICE : LOG_INFO) >= 0)
		fields[n++] = (struct iovec){ text, strlen(text) };
	sd_journal_sendv(fields, n);
	while (n)
		free(fields[--n].iov_base);
}

static void log_line(json_t *line)
{
	if (journal) {
		to_journal(line);
	} else {
		json_dumpf(line, file, JSON_COMPACT);
		fputc('\n', file);
		fflush(file);
	}
	json_decref(line);
}

/**
 * log_event() - log what the module told
 * @event: -
 */
void log_event(const struct sbx_event_info *event)
{
	log_line(sbx_event_json(event));
}

/**
 * log_note() - log what the daemon itself did or met
 * @event: word for it
 * @domain: name of the domain, NULL for none
 * @text: more, NULL for nothing
 */
void log_note(const char *event, const char *domain, const char *text)
{
	char when[40];
	json_t *line;

	sbx_timestamp(when, sizeof(when));
	line = json_pack("{s:s, s:s}", "time", when, "event", event);
	if (domain)
		json_object_set_new(line, "domain", json_string(domain));
	if (text)
		json_object_set_new(line, "text", json_string(text));
	log_line(line);
}
