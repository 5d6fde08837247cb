/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Running containers with crun: bundles, run directories, supervision.
 */
#ifndef _SBX_LIB_RUN_H
#define _SBX_LIB_RUN_H

#include <signal.h>
#include <termios.h>
#include <jansson.h>
#include <sys/signalfd.h>

#include "sbx.h"

/* Where all run directories are. */
#define SBX_RUN_DIR	"/run/sbx"

/* Exit statuses of "sbxctl run" beside the program's own, as of a shell. */
#define SBX_EXIT_FAILED		125
#define SBX_EXIT_NO_EXEC	126
#define SBX_EXIT_NOT_FOUND	127

/**
 * struct sbx_bind - a directory or file of the host to show in the container
 * @source: absolute, exists
 * @dest: absolute path in the container
 * @read_only: -
 */
struct sbx_bind {
	char *source;
	char *dest;
	bool read_only;
};

/**
 * struct sbx_run - one program in a fresh domain
 * @name: of the domain, NULL for one of the module's choice
 * @rootfs: absolute, NULL for the machine's own, which is read-only
 * @rootfs_read_only: meant for @rootfs
 * @binds: NULL for none
 * @nr_binds: how many
 * @net_host: the host's network namespace is used
 * @net_path: file of a network namespace to join, NULL for a new one
 * @env: NULL-terminated K=V; NULL for none
 * @cwd: NULL for /
 * @argv: NULL-terminated
 * @tty: the program gets a terminal of its own
 */
struct sbx_run {
	const char *name;
	const char *rootfs;
	bool rootfs_read_only;
	struct sbx_bind *binds;
	size_t nr_binds;
	bool net_host;
	const char *net_path;
	char **env;
	const char *cwd;
	char **argv;
	bool tty;
};

int sbx_run(const struct sbx_run *run, struct sbx_error *error);

/**
 * struct sbx_rundir - what a running container has under %SBX_RUN_DIR
 * @name: of the container
 * @lock: descriptor, locked while the directory is in use
 * @path: the directory itself; below it are
 *	bundle/config.json, rootfs/, crun/ (its state), crun.log, pid, lock
 */
struct sbx_rundir {
	char name[SBX_NAME_LEN + 1];
	int lock;
	char path[sizeof(SBX_RUN_DIR) + 1 + SBX_NAME_LEN];
};

int sbx_rundir_make(struct sbx_rundir *dir, const char *name, struct sbx_error *error);
int sbx_rundir_remove(struct sbx_rundir *dir, struct sbx_error *error);
int sbx_rundir_clean(const char *name, struct sbx_error *error);
int sbx_rundir_leftovers(int (*fn)(const char *name, void *data), void *data);
int sbx_cgroup_remove(const char *name, struct sbx_error *error);

int sbx_bundle_flags(const struct sbx_run *run, uint32_t *flags, struct sbx_error *error);
int sbx_bundle_check(const struct sbx_run *run, struct sbx_error *error);
json_t *sbx_bundle_config(const struct sbx_run *run, const char *name, const char *rootfs,
			  struct sbx_error *error);
int sbx_bundle_write(const struct sbx_rundir *dir, json_t *config, struct sbx_error *error);

pid_t sbx_crun_spawn(const struct sbx_rundir *dir, const char *const args[],
		     const sigset_t *mask, struct sbx_error *error);
int sbx_crun_result(const struct sbx_rundir *dir, const char *what, int status,
		    struct sbx_error *error);
int sbx_crun_explain(const struct sbx_rundir *dir, const char *what, struct sbx_error *error);
pid_t sbx_crun_pid(const struct sbx_rundir *dir, struct sbx_error *error);

void sbx_timestamp(char *text, size_t size);
json_t *sbx_event_json(const struct sbx_event_info *event);

int sbx_mounts_place(pid_t init, uint32_t container, struct sbx_error *error);

/**
 * struct sbx_flow - bytes on their way in one direction
 * @from: where they are read, -1 after the end
 * @to: where they are written, -1 once that is over
 * @data: read and not yet written
 * @done: how many of them are written
 * @len: how many there were
 */
struct sbx_flow {
	int from, to;
	char data[4096];
	size_t done, len;
};

/**
 * struct sbx_terminal - the caller's side of a container's terminal
 * @channel: socket that the supervisor sends the master to, the caller's to
 *	close; -1 after that
 * @master: the other side of the program's terminal, -1 before it is there
 * @input: from the caller
 * @output: to the caller
 * @saved: modes of the caller's own terminal
 * @raw: those have been changed
 */
struct sbx_terminal {
	int channel, master;
	struct sbx_flow input, output;
	struct termios saved;
	bool raw;
};

int sbx_terminal_listen(const char *path, struct sbx_error *error);
int sbx_terminal_pass(int listener, int channel, struct sbx_error *error);
void sbx_terminal_size(const struct sbx_terminal *term);
void sbx_terminal_raw(struct sbx_terminal *term);
bool sbx_terminal_takes(struct sbx_terminal *term, int sig);
void sbx_terminal_signal(struct sbx_terminal *term, pid_t pid, int sig);
void sbx_terminal_stop(struct sbx_terminal *term);
void sbx_terminal_restore(struct sbx_terminal *term);
bool sbx_terminal_step(struct sbx_terminal *term, int signals);
void sbx_terminal_end(struct sbx_terminal *term);

/**
 * struct sbx_shared - what "sbxctl run" and its supervisor both see
 * @name: of the run directory once it is made, "" before
 */
struct sbx_shared {
	char name[SBX_NAME_LEN + 1];
};

/**
 * struct sbx_forward - signals handed on to a container's program
 * @ended_by: signal that ended the container on its way up, or that its init
 *	left at the default, 0 if none
 * @blocked: signals sent to init while it had them blocked, one bit each
 * @pause: ms until those are to be looked at again
 * @stopped: the container is, by SIGTSTP
 */
struct sbx_forward {
	int ended_by;
	unsigned long long blocked;
	int pause;
	bool stopped;
};

/**
 * enum sbx_forward_how - what a signal is besides its number
 * @SBX_FORWARD_KEYBOARD: from a terminal, which means a whole process group
 * @SBX_FORWARD_IF_STOPPED: for a container that SIGTSTP has stopped only
 */
enum sbx_forward_how {
	SBX_FORWARD_KEYBOARD = 0x100,
	SBX_FORWARD_IF_STOPPED = 0x200,
};

/* Carries the others to the supervisor: such signals keep their order and number. */
#define SBX_FORWARD_SIGNAL	SIGRTMIN

void sbx_forwarded_signals(sigset_t *set);
void sbx_forward_pass(pid_t supervisor, int sig, int how);
int sbx_forward_passed(const struct signalfd_siginfo *info, int *how);
bool sbx_signal_ends(int sig);
void sbx_forward(struct sbx_forward *fwd, pid_t init, int sig, int how);
int sbx_forward_pause(const struct sbx_forward *fwd);
void sbx_forward_again(struct sbx_forward *fwd, pid_t init);

int sbx_supervise(const struct sbx_run *run, struct sbx_shared *shared, int parent,
		  int channel, const sigset_t *mask, struct sbx_error *error);

#endif /* _SBX_LIB_RUN_H */
