// SPDX-License-Identifier: GPL-2.0
/*
 * The supervisor of one container: init of a PID namespace of its own, above
 * the container's, so that its death, whatever the cause, is the container's.
 *
 * It is the container's launcher and the parent, by adoption, of the
 * container's init.  It ends the container when "sbxctl run" dies.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "run.h"
#include "util.h"

/**
 * struct supervisor - its state
 * @run: what is asked for
 * @mask: signal mask that the container is to have
 * @dir: run directory
 * @nl: connection to the module
 * @container: the container's ids and names
 * @init: pid of the container's init, 0 before there is one
 * @signals: descriptor of the signals that are forwarded, and SIGCHLD
 * @parent: becomes readable when "sbxctl run" is dead
 * @channel: socket to "sbxctl run", which a terminal is passed through
 * @ending: the container is being taken down, come what may
 * @forward: what has become of those signals
 */
struct supervisor {
	const struct sbx_run *run;
	const sigset_t *mask;
	struct sbx_rundir dir;
	struct sbx_nl *nl;
	struct sbx_container container;
	pid_t init;
	int signals;
	int parent;
	int channel;
	bool ending;
	struct sbx_forward forward;
};

/* crun start waits for an init that was killed under it, for ever. */
static bool init_is_dead(const struct supervisor *s)
{
	siginfo_t info = {};

	return s->init && !waitid(P_PID, s->init, &info, WEXITED | WNOHANG | WNOWAIT) &&
	       info.si_pid == s->init;
}

static int find_container(const struct sbx_container *container, void *data)
{
	struct sbx_container *ours = data;

	if (container->id != ours->id)
		return 0;
	*ours = *container;
	return 1;
}

static int look_up(struct supervisor *s, struct sbx_error *error)
{
	const struct sbx_which which = { .id = s->container.domain_id };

	return sbx_container_each(s->nl, &which, find_container, &s->container, error);
}

/* The program may do so for a while before crun start has ended. */
static bool program_runs(struct supervisor *s)
{
	return s->init && look_up(s, &(struct sbx_error){}) >= 0 &&
	       s->container.state == SBX_CONTAINER_ACTIVE;
}

/*
 * Waits for a child.  Before the program runs (@init is 0 for crun's commands) a
 * signal that would have ended it, or the death of "sbxctl run", kills the child.
 */
static int wait_for(struct supervisor *s, pid_t pid, pid_t init, int *status,
		    struct sbx_error *error)
{
	struct pollfd fds[] = {
		{ .fd = s->signals, .events = POLLIN },
		{ .fd = s->ending ? -1 : s->parent, .events = POLLIN },
	};
	struct signalfd_siginfo info;
	int sig, how;
	pid_t got;

	for (;;) {
		got = waitpid(pid, status, WNOHANG);
		if (got == pid)
			return 0;
		if (got < 0)
			return sbx_fail_errno(error, "wait for %d", pid);
		if (!init && init_is_dead(s))
			kill(pid, SIGKILL);
		if (poll(fds, ARRAY_SIZE(fds), sbx_forward_pause(&s->forward)) < 0 &&
		    errno != EINTR)
			return sbx_fail_errno(error, "poll");
		sbx_forward_again(&s->forward, s->init);
		if (fds[1].revents) {
			fds[1].fd = -1;
			s->forward.ended_by = SIGKILL;
			kill(pid, SIGKILL);
		}
		if (read(s->signals, &info, sizeof(info)) != sizeof(info))
			continue;
		sig = sbx_forward_passed(&info, &how);
		if (sig == SIGCHLD || s->ending)
			continue;
		if (init || program_runs(s)) {
			sbx_forward(&s->forward, s->init, sig, how);
		} else if (sbx_signal_ends(sig)) {
			s->forward.ended_by = sig;
			kill(pid, SIGKILL);
		}
	}
}

static int crun(struct supervisor *s, const char *const args[], struct sbx_error *error)
{
	int status, err;
	pid_t pid;

	pid = sbx_crun_spawn(&s->dir, args, s->mask, error);
	if (pid < 0)
		return pid;
	err = wait_for(s, pid, 0, &status, error);
	if (err)
		return err;
	return sbx_crun_result(&s->dir, args[0], status, error);
}

/* All mounts made here are gone with the last process of the namespace. */
static int private_mounts(struct sbx_error *error)
{
	if (unshare(CLONE_NEWNS) < 0)
		return sbx_fail_errno(error, "new mount namespace");
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return sbx_fail_errno(error, "make the mount namespace private");
	/* crun looks itself up in /proc. */
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return sbx_fail_errno(error, "mount /proc");
	return 0;
}

/* Not recursive, so that nothing mounted on the machine comes along. */
static int bind_root(const struct supervisor *s, char *rootfs, size_t size,
		     struct sbx_error *error)
{
	const char *source = s->run->rootfs ?: "/";

	snprintf(rootfs, size, "%s/rootfs", s->dir.path);
	if (mount(source, rootfs, NULL, MS_BIND, NULL) < 0)
		return sbx_fail_errno(error, "bind %s", source);
	return 0;
}

static int write_bundle(struct supervisor *s, struct sbx_error *error)
{
	char rootfs[PATH_MAX];
	json_t *config;
	int err;

	err = bind_root(s, rootfs, sizeof(rootfs), error);
	if (err)
		return err;
	config = sbx_bundle_config(s->run, s->dir.name, rootfs, error);
	if (!config)
		return -error->err;
	err = sbx_bundle_write(&s->dir, config, error);
	json_decref(config);
	return err;
}

static pid_t create(struct supervisor *s, struct sbx_error *error)
{
	char bundle[PATH_MAX], pid_file[PATH_MAX], terminal[PATH_MAX];
	const char *const args[] = {
		"create", "--bundle", bundle, "--pid-file", pid_file, s->dir.name, NULL,
	};
	const char *const args_tty[] = {
		"create", "--bundle", bundle, "--pid-file", pid_file,
		"--console-socket", terminal, s->dir.name, NULL,
	};
	int listener __close = -1;
	int err;

	snprintf(bundle, sizeof(bundle), "%s/bundle", s->dir.path);
	snprintf(pid_file, sizeof(pid_file), "%s/pid", s->dir.path);
	if (s->run->tty) {
		snprintf(terminal, sizeof(terminal), "%s/tty", s->dir.path);
		listener = sbx_terminal_listen(terminal, error);
		if (listener < 0)
			return listener;
	}
	err = crun(s, s->run->tty ? args_tty : args, error);
	if (!err && s->run->tty)
		err = sbx_terminal_pass(listener, s->channel, error);
	return err ?: sbx_crun_pid(&s->dir, error);
}

static int start(struct supervisor *s, struct sbx_error *error)
{
	const char *const args[] = { "start", s->dir.name, NULL };

	return crun(s, args, error);
}

/* The status of a container that is dead; its launcher still keeps it known. */
static int judge(struct supervisor *s, int status, struct sbx_error *error)
{
	int err;

	err = look_up(s, error);
	if (err < 0)
		return err;
	if (WIFSIGNALED(status) && s->container.refusal[0])
		return sbx_fail(error, EPERM, "the module did not let the program run: %s",
				s->container.refusal);
	if (WIFSIGNALED(status))
		return 128 + (s->forward.ended_by ?: WTERMSIG(status));
	if (s->container.state != SBX_CONTAINER_ACTIVE)
		return sbx_crun_explain(&s->dir, "start", error);
	return WEXITSTATUS(status);
}

/*
 * Runs the container to its end.  Returns its exit status or a negative errno;
 * what is left of it then is removed by the caller.
 */
static int run_container(struct supervisor *s, struct sbx_error *error)
{
	int status, err;
	pid_t init;

	err = write_bundle(s, error);
	if (err)
		return err;
	init = create(s, error);
	if (init < 0)
		return init;
	s->init = init;
	err = sbx_mounts_place(init, s->container.id, error);
	if (!err)
		err = start(s, error);
	/* What was to end it may have come when crun was about to. */
	if (err || s->forward.ended_by)
		kill(init, SIGKILL);
	if (wait_for(s, init, init, &status, err ? &(struct sbx_error){} : error) < 0)
		return -error->err;
	return err ?: judge(s, status, error);
}

static int launch(struct supervisor *s, struct sbx_shared *shared, struct sbx_error *error)
{
	struct sbx_launch request = { .domain_name = s->run->name };
	int err;

	err = sbx_bundle_flags(s->run, &request.flags, error);
	if (err)
		return err;
	s->nl = sbx_nl_open(error);
	if (!s->nl)
		return -error->err;
	err = sbx_launch(s->nl, &request, &s->container, error);
	if (err)
		return err;
	memcpy(shared->name, s->container.domain_name, sizeof(shared->name));
	err = sbx_rundir_make(&s->dir, s->container.domain_name, error);
	if (err)
		return err;
	return private_mounts(error);
}

/* Also kills what crun left running. */
static void take_down(struct supervisor *s)
{
	const char *const args[] = { "delete", "--force", s->dir.name, NULL };
	struct sbx_error error = {};
	char rootfs[PATH_MAX];

	s->ending = true;
	s->init = 0;
	/* Of no interest: what crun forgets, or never made, the caller removes. */
	crun(s, args, &error);
	snprintf(rootfs, sizeof(rootfs), "%s/rootfs", s->dir.path);
	umount2(rootfs, MNT_DETACH);
}

/**
 * sbx_supervise() - run a container, as init of a PID namespace
 * @run: what is asked for
 * @shared: seen by "sbxctl run"
 * @parent: descriptor that becomes readable at its death
 * @channel: socket to it, for the terminal if there is to be one
 * @mask: signal mask for the container; the caller has blocked all that
 *	sbx_forwarded_signals() names, SBX_FORWARD_SIGNAL and SIGCHLD
 * @error: filled on failure
 *
 * Return: the program's exit status, 128 + N if signal N ended it, or a
 * negative errno.
 */
int sbx_supervise(const struct sbx_run *run, struct sbx_shared *shared, int parent,
		  int channel, const sigset_t *mask, struct sbx_error *error)
{
	struct supervisor s = {
		.run = run, .mask = mask, .parent = parent, .channel = channel, .dir.lock = -1,
	};
	struct sbx_error more;
	sigset_t set;
	int result;

	sbx_forwarded_signals(&set);
	sigaddset(&set, SBX_FORWARD_SIGNAL);
	sigaddset(&set, SIGCHLD);
	s.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s.signals < 0)
		return sbx_fail_errno(error, "signalfd");
	result = launch(&s, shared, error);
	if (!result) {
		result = run_container(&s, error);
		if (result < 0 && s.forward.ended_by)
			result = 128 + s.forward.ended_by;
	}
	if (s.dir.lock >= 0) {
		take_down(&s);
		if (sbx_rundir_remove(&s.dir, &more) < 0 && result >= 0) {
			*error = more;
			result = -more.err;
		}
	}
	sbx_nl_close(s.nl);
	close(s.signals);
	return result;
}
