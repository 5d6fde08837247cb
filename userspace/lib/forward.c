// SPDX-License-Identifier: GPL-2.0
/*
 * Signals for a container's program.
 *
 * For the init of a PID namespace the kernel drops what it has no handler
 * for.  The program does not know that it is one, so what a signal does by
 * default is done here, from the namespace above.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>

#include "run.h"
#include "util.h"

/* How far apart, in ms, to look whether a signal stays blocked: at first, at last. */
#define BLOCKED_PAUSE		20
#define BLOCKED_PAUSE_MAX	1000

#define BIT(sig)	(1ull << ((sig) - 1))

/**
 * struct masks - how a process stands to its signals
 * @blocked: in all of its threads
 * @pending: sent, and not taken by any
 * @cared: ignored, or with a handler
 */
struct masks {
	unsigned long long blocked, pending, cared;
};

/**
 * sbx_forwarded_signals() - signals that "sbxctl run" hands on to the program
 * @set: takes them
 */
void sbx_forwarded_signals(sigset_t *set)
{
	static const int signals[] = {
		SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH,
		SIGTSTP, SIGCONT,
	};
	size_t i;

	sigemptyset(set);
	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaddset(set, signals[i]);
}

/**
 * sbx_forward_pass() - hand a signal on to the supervisor
 * @supervisor: its pid
 * @sig: one of sbx_forwarded_signals()
 * @how: bits of &enum sbx_forward_how
 *
 * As itself SIGCONT would take back a SIGTSTP that has not been read yet.
 */
void sbx_forward_pass(pid_t supervisor, int sig, int how)
{
	const union sigval value = { .sival_int = sig | how };

	/* The user may have too many signals queued. */
	if (sigqueue(supervisor, SBX_FORWARD_SIGNAL, value) < 0)
		kill(supervisor, sig);
}

/**
 * sbx_forward_passed() - what the supervisor was told
 * @info: of a signal that it got
 * @how: set to bits of &enum sbx_forward_how
 *
 * Return: the signal that is meant.
 */
int sbx_forward_passed(const struct signalfd_siginfo *info, int *how)
{
	*how = 0;
	if (info->ssi_signo != (uint32_t)SBX_FORWARD_SIGNAL)
		return info->ssi_signo;
	*how = info->ssi_int & (SBX_FORWARD_KEYBOARD | SBX_FORWARD_IF_STOPPED);
	return info->ssi_int & 0x7f;
}

/**
 * sbx_signal_ends() - a signal ends a process unless that arranged otherwise
 * @sig: one of sbx_forwarded_signals()
 */
bool sbx_signal_ends(int sig)
{
	return sig != SIGWINCH && sig != SIGCONT && sig != SIGTSTP;
}

static void read_thread(pid_t pid, const char *tid, struct masks *masks)
{
	char path[64], line[128];
	unsigned long long mask;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%s/status", pid, tid);
	file = fopen(path, "re");
	if (!file)
		return;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "SigIgn: %llx", &mask) == 1 ||
		    sscanf(line, "SigCgt: %llx", &mask) == 1)
			masks->cared |= mask;
		else if (sscanf(line, "SigPnd: %llx", &mask) == 1 ||
			 sscanf(line, "ShdPnd: %llx", &mask) == 1)
			masks->pending |= mask;
		else if (sscanf(line, "SigBlk: %llx", &mask) == 1)
			masks->blocked &= mask;
	fclose(file);
}

static bool read_masks(pid_t pid, struct masks *masks)
{
	const struct dirent *entry;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return false;
	*masks = (struct masks){ .blocked = ~0ull };
	while ((entry = readdir(dir)))
		if (isdigit((unsigned char)*entry->d_name))
			read_thread(pid, entry->d_name, masks);
	closedir(dir);
	return true;
}

/* What a signal does to a program that it is left at the default by. */
static void by_default(struct sbx_forward *fwd, pid_t init, int sig)
{
	if (sig == SIGTSTP) {
		/* All of the PID namespace but its init, which calls this. */
		kill(-1, SIGSTOP);
		fwd->stopped = true;
	} else {
		fwd->ended_by = sig;
		kill(init, SIGKILL);
	}
}

/**
 * sbx_forward() - hand a signal on to the program
 * @fwd: -
 * @init: its pid, in a PID namespace of which the caller is init
 * @sig: one of sbx_forwarded_signals()
 * @how: bits of &enum sbx_forward_how
 */
void sbx_forward(struct sbx_forward *fwd, pid_t init, int sig, int how)
{
	const bool group = (how & SBX_FORWARD_KEYBOARD) && getpgid(init) == init;
	const pid_t to = group ? -init : init;
	struct masks masks;

	if (sig == SIGCONT && fwd->stopped) {
		fwd->stopped = false;
		kill(-1, SIGCONT);
		return;
	}
	if (how & SBX_FORWARD_IF_STOPPED)
		return;
	if (sig == SIGCONT || sig == SIGWINCH || !read_masks(init, &masks) ||
	    (masks.cared & BIT(sig))) {
		kill(to, sig);
		return;
	}
	if (masks.blocked & BIT(sig)) {
		kill(to, sig);
		fwd->blocked |= BIT(sig);
		fwd->pause = BLOCKED_PAUSE;
		return;
	}
	by_default(fwd, init, sig);
}

/**
 * sbx_forward_pause() - how long to wait before sbx_forward_again()
 * @fwd: -
 *
 * Return: milliseconds, -1 if there is nothing to look at again.
 */
int sbx_forward_pause(const struct sbx_forward *fwd)
{
	return fwd->blocked ? fwd->pause : -1;
}

/**
 * sbx_forward_again() - look again at signals that were blocked
 * @fwd: -
 * @init: as for sbx_forward()
 *
 * They may be blocked for a moment, as in a shell that forks, and then do what
 * they do; or be waited for, by sigwait(3) and its like.
 */
void sbx_forward_again(struct sbx_forward *fwd, pid_t init)
{
	struct masks masks;
	int sig;

	if (!fwd->blocked)
		return;
	if (!read_masks(init, &masks)) {
		fwd->blocked = 0;
		return;
	}
	fwd->pause = fwd->pause * 2 < BLOCKED_PAUSE_MAX ? fwd->pause * 2 : BLOCKED_PAUSE_MAX;
	for (sig = 1; sig < NSIG; sig++) {
		if (!(fwd->blocked & BIT(sig)) ||
		    (masks.blocked & masks.pending & BIT(sig)))
			continue;
		fwd->blocked &= ~BIT(sig);
		if (!((masks.blocked | masks.cared) & BIT(sig)))
			by_default(fwd, init, sig);
	}
}
