// SPDX-License-Identifier: GPL-2.0
/*
 * run: create and start, and unless detached, wait.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "../lib/run.h"
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
 * @term: our side of the container's terminal
 * @listener: socket that the terminal is sent to, -1 without
 * @console: path of @listener
 */
struct running {
	struct call *call;
	struct sbx_nl *nl;
	struct sbx_record record;
	sigset_t mask;
	struct sbx_terminal term;
	int listener;
	char console[64];
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
static int follow(struct running *running, pid_t init, struct sbx_error *error)
{
	int signals __close = -1;
	struct signalfd_siginfo info;
	int status;
	sigset_t set;
	pid_t pid;

	sigfillset(&set);
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0)
		return sbx_fail_errno(error, "signalfd");
	for (;;) {
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			if (pid == init)
				return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
							     WEXITSTATUS(status);
		if (pid < 0 && errno == ECHILD)
			return sbx_fail(error, ECHILD, "the container is not our child");
		if (sbx_terminal_step(&running->term, signals) &&
		    read(signals, &info, sizeof(info)) == sizeof(info))
			sbx_terminal_signal(&running->term, init, info.ssi_signo);
	}
}

/* Without a socket of the caller's for it, the terminal is for our own. */
static int listen_for_terminal(struct running *running, struct sbx_error *error)
{
	const struct words *words = &running->call->words;

	if (!running->call->terminal || words_value(words, "console-socket"))
		return 0;
	if (words_flag(words, "detach"))
		return sbx_fail(error, EINVAL,
				"cannot allocate tty if the runtime will detach without setting console socket");
	snprintf(running->console, sizeof(running->console), SBX_RECORD_DIR "/.tty-%d", getpid());
	unlink(running->console);
	running->listener = sbx_terminal_listen(running->console, error);
	return running->listener < 0 ? running->listener : 0;
}

static int accept_terminal(struct running *running, struct sbx_error *error)
{
	if (running->listener < 0)
		return 0;
	running->term.channel = accept4(running->listener, NULL, NULL, SOCK_CLOEXEC);
	if (running->term.channel < 0)
		return sbx_fail_errno(error, "%s made no terminal",
				      running->call->settings.runtime);
	return 0;
}

static int create(struct running *running, struct sbx_error *error)
{
	struct line *line;
	int status;

	status = listen_for_terminal(running, error);
	if (status)
		return status;
	line = create_line(running->call, &running->record, running->console);
	status = line_run(line, &running->mask, error);
	if (status > 0)
		return status;
	return status ?:
	       accept_terminal(running, error) ?:
	       place_mounts(&running->record, running->nl, error);
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
	status = follow(running, init, error);
	sbx_terminal_end(&running->term);
	return status;
}

int do_run(struct call *call, struct sbx_error *error)
{
	const bool detach = words_flag(&call->words, "detach");
	struct running running = {
		.call = call, .term = { .channel = -1, .master = -1 }, .listener = -1,
	};
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
	if (running.listener >= 0)
		unlink(running.console);
	if (!words_flag(&call->words, "keep") && (!detach || status))
		take_down(&running);
	return status;
}
