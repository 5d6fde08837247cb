// SPDX-License-Identifier: GPL-2.0
/*
 * run: the low-level runtime's run, but that the program waits, held by the
 * module, until the module's filesystems are in their places.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
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
 * @nl: connection to the module; while it is open the program may be held
 * @record: of the container
 * @mask: signal mask of before, for the low-level runtime
 * @held: the program was not let go yet
 * @pid: the low-level runtime, 0 once it has ended
 * @status: that it ended with
 */
struct running {
	struct call *call;
	struct sbx_nl *nl;
	struct sbx_record record;
	sigset_t mask;
	bool held;
	pid_t pid;
	int status;
};

static int delete_forced(const struct running *running, struct sbx_error *error)
{
	struct line *line = line_new(running->call);

	if (!line)
		return sbx_fail(error, ENOMEM, "out of memory");
	line_add(line, "delete");
	line_add(line, "--force");
	line_add(line, "%s", running->call->id);
	return line_run(line, &running->mask, error);
}

/* The low-level runtime knows its hooks and control groups; what it leaves goes, too. */
static void take_down(struct running *running)
{
	struct sbx_nl *nl __cleanup(sbx_nl_closep) = NULL;
	struct sbx_error error;

	if (running->pid > 0) {
		kill(running->pid, SIGKILL);
		waitpid(running->pid, NULL, 0);
	}
	if (state_exists(running->call))
		delete_forced(running, &error);
	/* Where an event may still come there is no other answer to wait for. */
	nl = running->held ? sbx_nl_open(&error) : NULL;
	if ((running->held && !nl) ||
	    sbx_record_clean(&running->record, nl ?: running->nl, &error))
		log_error("%s", error.text);
}

static int let_go(struct running *running, struct sbx_error *error)
{
	struct sbx_event_info event;
	int err;

	err = sbx_event_take(running->nl, &event, error);
	if (err || event.event != SBX_EVENT_CONTAINER_HELD)
		return err;
	running->held = false;
	return place_mounts(&running->record, running->nl, error) ?:
	       sbx_release(running->nl, event.container_id, error);
}

static void reap(struct running *running)
{
	int status;

	if (waitpid(running->pid, &status, WNOHANG) != running->pid)
		return;
	running->pid = 0;
	running->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* What the terminal sends it sends to the low-level runtime, too. */
static void take_signal(struct running *running, int signals)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGCHLD)
		reap(running);
	else if (info.ssi_code != SI_KERNEL && running->pid)
		kill(running->pid, info.ssi_signo);
}

/* Until the low-level runtime ends. */
static int follow(struct running *running, struct sbx_error *error)
{
	int signals __close = -1;
	struct pollfd fds[2];
	sigset_t set;
	int err = 0;

	sigfillset(&set);
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0)
		return sbx_fail_errno(error, "signalfd");
	while (!err && running->pid) {
		fds[0] = (struct pollfd){ .fd = signals, .events = POLLIN };
		fds[1] = (struct pollfd){ .fd = running->held ? sbx_events_fd(running->nl) : -1,
					  .events = POLLIN };
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0)
			return sbx_fail_errno(error, "poll");
		if (fds[1].revents)
			err = let_go(running, error);
		else
			take_signal(running, signals);
	}
	return err;
}

/* A detached container is on its own; its program is held, will be, or has died before. */
static int follow_detached(struct running *running, struct sbx_error *error)
{
	struct sbx_nl *nl __cleanup(sbx_nl_closep) = NULL;
	int init __close = -1;
	struct sbx_container container;
	struct pollfd fds[2];
	int err;

	nl = sbx_nl_open(error);
	if (!nl)
		return -error->err;
	err = sbx_record_container(&running->record, nl, &container, error);
	if (err < 0)
		return err;
	init = err && container.init_pid ? pidfd_open(container.init_pid, 0) : -1;
	if (init < 0)
		return 0;
	fds[0] = (struct pollfd){ .fd = sbx_events_fd(running->nl), .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = init, .events = POLLIN };
	if (poll(fds, ARRAY_SIZE(fds), -1) < 0)
		return sbx_fail_errno(error, "poll");
	return fds[0].revents ? let_go(running, error) : 0;
}

/* Returns the status to exit with, or a negative errno. */
static int run(struct running *running, struct sbx_error *error)
{
	int err;

	running->pid = line_spawn(bundle_line(running->call, "run", &running->record),
				  &running->mask, error);
	if (running->pid < 0)
		return running->pid;
	err = follow(running, error);
	if (!err && running->held && !running->status &&
	    words_flag(&running->call->words, "detach"))
		err = follow_detached(running, error);
	return err ?: running->status;
}

static int check_terminal(const struct call *call, struct sbx_error *error)
{
	if (call->terminal && words_flag(&call->words, "detach") &&
	    !words_value(&call->words, "console-socket"))
		return sbx_fail(error, EINVAL,
				"cannot allocate tty if the runtime will detach without setting console socket");
	return 0;
}

int do_run(struct call *call, struct sbx_error *error)
{
	const bool detach = words_flag(&call->words, "detach");
	struct running running = { .call = call, .held = true };
	sigset_t set;
	int status;

	running.nl = sbx_nl_open(error);
	if (!running.nl)
		return -error->err;
	status = prepare(call, true, &running.record, running.nl, error);
	if (status)
		return status;
	sigfillset(&set);
	sigprocmask(SIG_SETMASK, &set, &running.mask);
	signal(SIGCHLD, SIG_DFL);
	status = check_terminal(call, error) ?: run(&running, error);
	if (status < 0 || (detach ? status : !words_flag(&call->words, "keep")))
		take_down(&running);
	sbx_nl_close(running.nl);
	return status;
}
