// SPDX-License-Identifier: GPL-2.0
/*
 * run: create and start, and unless detached, wait.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "runtime.h"

const struct option_row run_options[] = {
	{ "bundle", 'b', true },
	{ "config", 'f', true },
	{ "console-socket", 0, true },
	{ "detach", 'd', false },
	{ "keep", 0, false },
	{ "no-new-keyring", 0, false },
	{ "no-pivot", 0, false },
	{ "no-subreaper", 0, false },
	{ "pid-file", 0, true },
	{ "preserve-fds", 0, true },
	{ }
};

/**
 * struct running - a container that is run
 * @call: that asks for it
 * @nl: connection to the module
 * @record: of the container
 * @mask: signal mask of before, for the container
 */
struct running {
	struct call *call;
	struct sbx_nl *nl;
	struct sbx_record record;
	sigset_t mask;
};

static int low_level(struct running *running, const char *command, struct sbx_error *error)
{
	struct line *line = line_new(running->call);

	if (!line)
		return sbx_fail(error, ENOMEM, "out of memory");
	line_add(line, "%s", command);
	if (!strcmp(command, "delete"))
		line_add(line, "--force");
	line_add(line, "%s", running->call->id);
	return line_run(line, &running->mask, error);
}

/* The low-level runtime knows its hooks and control groups; what it leaves goes, too. */
static void take_down(struct running *running)
{
	struct sbx_error error;

	if (state_exists(running->call))
		low_level(running, "delete", &error);
	if (sbx_record_clean(&running->record, running->nl, &error))
		log_error("%s", error.text);
}

static pid_t init_of(struct running *running, struct sbx_error *error)
{
	struct sbx_container container;
	int err;

	err = sbx_record_container(&running->record, running->nl, &container, error);
	if (err < 0)
		return err;
	return err ? (pid_t)container.init_pid : 0;
}

/* As the parent, by adoption, of the container's init. */
static int follow(pid_t init, struct sbx_error *error)
{
	int sig, status;
	sigset_t set;
	pid_t pid;

	sigfillset(&set);
	for (;;) {
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			if (pid == init)
				return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
							     WEXITSTATUS(status);
		if (pid < 0 && errno == ECHILD)
			return sbx_fail(error, ECHILD, "the container is not our child");
		sig = sigwaitinfo(&set, NULL);
		if (sig > 0 && sig != SIGCHLD)
			kill(init, sig);
	}
}

static int create(struct running *running, struct sbx_error *error)
{
	int status;

	status = line_run(create_line(running->call, &running->record), &running->mask, error);
	if (status > 0)
		return status;
	return status ?: place_mounts(&running->record, running->nl, error);
}

/* Returns the status to exit with, or a negative errno. */
static int run(struct running *running, struct sbx_error *error)
{
	int status;
	pid_t init;

	status = create(running, error);
	if (status)
		return status;
	init = init_of(running, error);
	if (init <= 0)
		return init ?: sbx_fail(error, ESRCH, "container not running");
	status = low_level(running, "start", error);
	if (status || words_flag(&running->call->words, "detach"))
		return status;
	return follow(init, error);
}

int do_run(struct call *call, struct sbx_error *error)
{
	const bool detach = words_flag(&call->words, "detach");
	struct running running = { .call = call };
	sigset_t set;
	int status;

	running.nl = sbx_nl_open(error);
	if (!running.nl)
		return -error->err;
	status = prepare(call, &running.record, running.nl, error);
	if (status)
		return status;
	if (!detach)
		prctl(PR_SET_CHILD_SUBREAPER, 1);
	sigfillset(&set);
	sigprocmask(SIG_SETMASK, &set, &running.mask);
	status = run(&running, error);
	if (!words_flag(&call->words, "keep") && (!detach || status))
		take_down(&running);
	return status;
}
