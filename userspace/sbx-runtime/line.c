// SPDX-License-Identifier: GPL-2.0
/*
 * Calling the low-level runtime.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "runtime.h"

/**
 * struct line - a command line in the making
 * @program: what is called
 * @argv: NULL-terminated
 * @n: how many
 * @room: for how many there is room
 * @broken: out of memory
 */
struct line {
	const char *program;
	char **argv;
	size_t n, room;
	bool broken;
};

static void add_word(struct line *line, char *word)
{
	char **argv = line->argv;

	if (line->n + 1 >= line->room) {
		line->room += 32;
		argv = reallocarray(line->argv, line->room, sizeof(*argv));
	}
	if (!word || !argv) {
		line->broken = true;
		return;
	}
	line->argv = argv;
	argv[line->n++] = word;
	argv[line->n] = NULL;
}

/**
 * line_add() - append a word
 * @line: to which
 * @fmt: the word
 */
void line_add(struct line *line, const char *fmt, ...)
{
	char *word = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&word, fmt, args) < 0)
		word = NULL;
	va_end(args);
	add_word(line, word);
}

/**
 * line_add_given() - append options as they were given
 * @line: to which
 * @words: where they are
 * @except: names of those to leave out, NULL-terminated
 */
void line_add_given(struct line *line, const struct words *words, const char *const except[])
{
	size_t i, j;

	for (i = 0; i < words->nr_given; i++) {
		const struct given *given = &words->given[i];

		for (j = 0; except[j] && strcmp(except[j], given->row->name); j++)
			;
		if (except[j])
			continue;
		/* Not all take a flag with a value. */
		if (given->row->takes)
			line_add(line, "--%s=%s", given->row->name, given->value);
		else if (!given->value || strcmp(given->value, "false"))
			line_add(line, "--%s", given->row->name);
	}
}

/**
 * line_new() - begin a command line, with the global options
 * @call: whose options
 *
 * Return: the line; what goes wrong with it shows when it is used.
 */
struct line *line_new(const struct call *call)
{
	static const char *const ours[] = { "config", "root", NULL };
	struct line *line = calloc(1, sizeof(*line));

	if (!line)
		return NULL;
	line->program = call->settings.runtime;
	line_add(line, "%s", call->settings.runtime);
	line_add(line, "--root=%s", call->root);
	line_add_given(line, &call->global, ours);
	return line;
}

static int check(const struct line *line, struct sbx_error *error)
{
	return !line || line->broken ? sbx_fail(error, ENOMEM, "out of memory") : 0;
}

/* Above what is passed on to a program; it is closed when that starts. */
#define STAGED_FD	512

/**
 * stage_json() - keep an edited file in memory, for the low-level runtime to open by number
 * @json: what is in it
 * @error: filled on failure
 *
 * Return: a descriptor, or a negative errno.
 */
int stage_json(const json_t *json, struct sbx_error *error)
{
	char *text __free = NULL;
	int fd __close = -1;
	size_t len;
	int high;

	text = sbx_json_text(json, &len);
	if (!text)
		return sbx_fail(error, ENOMEM, "out of memory");
	fd = memfd_create("sbx-runtime", MFD_CLOEXEC);
	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		return sbx_fail_errno(error, "keep what was edited");
	high = fcntl(fd, F_DUPFD, STAGED_FD);
	return high < 0 ? sbx_fail_errno(error, "keep what was edited") : high;
}

static int fail_exec(const struct line *line, struct sbx_error *error)
{
	if (errno == ENOENT)
		return sbx_fail(error, ENOENT,
				"the low-level runtime %s is not installed: try 'apt install crun', or name another as \"runtime\" in the configuration",
				line->program);
	return sbx_fail_errno(error, "execute %s", line->program);
}

/**
 * line_exec() - become the low-level runtime
 * @line: its command line
 * @error: filled
 *
 * Return: a negative errno, if at all.
 */
int line_exec(struct line *line, struct sbx_error *error)
{
	int err;

	err = check(line, error);
	if (err)
		return err;
	sbx_exec(line->program, line->argv);
	return fail_exec(line, error);
}

/**
 * line_spawn() - start the low-level runtime; it dies with us
 * @line: its command line
 * @mask: signal mask for it, NULL for ours
 * @error: filled on failure
 *
 * Return: its pid, or a negative errno.
 */
int line_spawn(struct line *line, const sigset_t *mask, struct sbx_error *error)
{
	const pid_t parent = getpid();
	char listen_pid[16];
	pid_t pid;
	int err;

	err = check(line, error);
	if (err)
		return err;
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return sbx_fail_errno(error, "fork");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	/* Descriptors of a service manager are for who it started, which is us. */
	if (getenv("LISTEN_PID") && atoi(getenv("LISTEN_PID")) == parent) {
		snprintf(listen_pid, sizeof(listen_pid), "%d", getpid());
		setenv("LISTEN_PID", listen_pid, 1);
	}
	if (mask)
		sigprocmask(SIG_SETMASK, mask, NULL);
	sbx_exec(line->program, line->argv);
	fail_exec(line, error);
	log_error("%s", error->text);
	_exit(127);
}

/**
 * line_run() - call the low-level runtime and wait for it
 * @line: its command line
 * @mask: signal mask for it, NULL for ours
 * @error: filled on failure
 *
 * Return: its exit status, 128 + N if signal N ended it, or a negative errno.
 */
int line_run(struct line *line, const sigset_t *mask, struct sbx_error *error)
{
	int pid, status;

	pid = line_spawn(line, mask, error);
	if (pid < 0)
		return pid;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return sbx_fail_errno(error, "wait for %s", line->program);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/**
 * hand_on() - have the low-level runtime do a command as it is
 * @call: which
 * @error: filled
 *
 * Return: a negative errno, if at all.
 */
int hand_on(struct call *call, struct sbx_error *error)
{
	struct line *line = line_new(call);
	char **word;

	for (word = call->argv; line && *word; word++)
		line_add(line, "%s", *word);
	return line_exec(line, error);
}

/**
 * is_crun() - whether the low-level runtime is crun, by its name
 * @settings: where it is named
 */
bool is_crun(const struct settings *settings)
{
	const char *slash = strrchr(settings->runtime, '/');

	return !strcmp(slash ? slash + 1 : settings->runtime, "crun");
}
