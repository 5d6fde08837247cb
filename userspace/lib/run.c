// SPDX-License-Identifier: GPL-2.0
/*
 * One program in a fresh domain, in the place of the caller: its stdio, the
 * signals that it is sent, its exit status.
 *
 * Two processes: this one stays in the caller's PID namespace and forwards
 * signals; the supervisor (supervise.c) runs the container.  Each cleans up
 * after the other's death.  If both are killed at once the container dies,
 * too, and what is left are files, for sbxd or "sbxctl doctor --fix".
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "run.h"
#include "util.h"

/**
 * struct report - how the supervisor ended
 * @shared: what it tells while it runs
 * @done: it came to its end
 * @result: of sbx_supervise()
 * @error: of sbx_supervise()
 */
struct report {
	struct sbx_shared shared;
	bool done;
	int result;
	struct sbx_error error;
};

static int fork_supervisor(const struct sbx_run *run, struct report *report,
			   const sigset_t *mask, int alive[2], int channel[2],
			   struct sbx_error *error)
{
	pid_t pid;

	if (unshare(CLONE_NEWPID) < 0)
		return sbx_fail_errno(error, errno == EPERM ? "only root makes domains" :
				      "new PID namespace");
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return sbx_fail_errno(error, "fork");
	if (pid)
		return pid;
	close(alive[1]);
	close(channel[1]);
	/* Signals of the terminal come through the parent, once. */
	setsid();
	report->result = sbx_supervise(run, &report->shared, alive[0], channel[0], mask,
				       &report->error);
	report->done = true;
	_exit(0);
}

static int follow(pid_t pid, struct sbx_terminal *term, int signals, struct sbx_error *error)
{
	struct signalfd_siginfo info;
	int status;
	pid_t got;

	for (;;) {
		got = waitpid(pid, &status, WNOHANG);
		if (got == pid)
			return 0;
		if (got < 0)
			return sbx_fail_errno(error, "wait for the supervisor");
		if (!sbx_terminal_step(term, signals) ||
		    read(signals, &info, sizeof(info)) != sizeof(info))
			continue;
		if (sbx_terminal_takes(term, info.ssi_signo))
			continue;
		sbx_forward_pass(pid, info.ssi_signo,
				 info.ssi_code == SI_KERNEL ? SBX_FORWARD_KEYBOARD : 0);
		if (info.ssi_signo == SIGTSTP) {
			sbx_terminal_stop(term);
			/* If it did not stop, what continues it will not come. */
			sbx_forward_pass(pid, SIGCONT, SBX_FORWARD_IF_STOPPED);
		}
	}
}

/* The supervisor's death was the container's; what else it had is here. */
static int bury(struct report *report, struct sbx_error *error)
{
	struct sbx_error why;
	int err = 0;

	if (report->shared.name[0])
		err = sbx_rundir_clean(report->shared.name, &why);
	return sbx_fail(error, EINTR, "the supervisor of the container was killed%s%s",
			err ? "; left behind: " : "", err ? why.text : "");
}

static int run_and_follow(const struct sbx_run *run, struct report *report, int alive[2],
			  int channel[2], struct sbx_error *error)
{
	int signals __close = -1;
	struct sbx_terminal term = { .channel = -1, .master = -1 };
	sigset_t set, mask;
	pid_t pid;
	int err;

	sbx_forwarded_signals(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SBX_FORWARD_SIGNAL);
	sigprocmask(SIG_BLOCK, &set, &mask);
	sigdelset(&set, SBX_FORWARD_SIGNAL);
	signal(SIGCHLD, SIG_DFL);
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0)
		return sbx_fail_errno(error, "signalfd");
	pid = fork_supervisor(run, report, &mask, alive, channel, error);
	if (pid > 0 && run->tty)
		term.channel = channel[1];
	err = pid < 0 ? pid : follow(pid, &term, signals, error);
	sbx_terminal_end(&term);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	if (err)
		return err;
	if (!report->done)
		return bury(report, error);
	*error = report->error;
	return report->result;
}

/**
 * sbx_run() - run a program in a fresh domain
 * @run: which, and how
 * @error: filled on failure
 *
 * Children of the caller are in a new PID namespace afterwards, so this is
 * the last thing that a program does.
 *
 * Return: the program's exit status, 128 + N if signal N ended it, or a
 * negative errno.
 */
int sbx_run(const struct sbx_run *run, struct sbx_error *error)
{
	struct report *report;
	int alive[2], channel[2];
	int result;

	result = sbx_bundle_check(run, error);
	if (result)
		return result;
	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (report == MAP_FAILED)
		return sbx_fail_errno(error, "mmap");
	if (pipe2(alive, O_CLOEXEC) < 0) {
		result = sbx_fail_errno(error, "pipe");
		goto out;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) < 0) {
		result = sbx_fail_errno(error, "socketpair");
		goto out_alive;
	}
	result = run_and_follow(run, report, alive, channel, error);
	close(channel[0]);
	close(channel[1]);
out_alive:
	close(alive[0]);
	close(alive[1]);
out:
	munmap(report, sizeof(*report));
	return result;
}
