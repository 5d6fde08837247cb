/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libsbx: what the tools of sbx share.
 *
 * Functions that can fail return 0 or a positive count, and a negative errno
 * on failure.  The error object comes last and says what happened and, where
 * that is known, what to do about it.  The caller prints it.
 */
#ifndef _SBX_LIB_H
#define _SBX_LIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/sbx.h>

#include "compiler.h"

/**
 * struct sbx_error - what went wrong
 * @err: errno, 0 if nothing did
 * @status: exit status that a tool should end with, 0 for its usual one
 * @text: one line without a full stop
 */
struct sbx_error {
	int err;
	int status;
	char text[512];
};

int sbx_fail(struct sbx_error *error, int err, const char *fmt, ...) __printf(3, 4);
int sbx_fail_errno(struct sbx_error *error, const char *fmt, ...) __printf(2, 3);
void sbx_error_context(struct sbx_error *error, const char *fmt, ...) __printf(2, 3);

/**
 * struct sbx_nl - connection to the module
 *
 * Not to be shared between threads.
 */
struct sbx_nl;

struct sbx_nl *sbx_nl_open(struct sbx_error *error);
void sbx_nl_close(struct sbx_nl *nl);

static inline void sbx_nl_closep(struct sbx_nl **nl)
{
	sbx_nl_close(*nl);
}

/**
 * struct sbx_info - the module
 * @abi: %SBX_ABI_VERSION that it was built with
 * @version: its release
 * @armed: whether the hook is in place
 */
struct sbx_info {
	uint32_t abi;
	char version[32];
	bool armed;
};

/**
 * struct sbx_domain - a domain; all fields as in the uapi
 * @id: never 0
 * @name: unique among the living
 * @flags: &enum sbx_launch_flags
 * @containers: living ones
 * @tasks: members alive
 * @age_ms: since it was made
 */
struct sbx_domain {
	uint32_t id;
	char name[SBX_NAME_LEN + 1];
	uint32_t flags;
	uint32_t containers;
	uint32_t tasks;
	uint64_t age_ms;
};

/**
 * struct sbx_container - a container
 * @domain_id: its domain
 * @domain_name: its domain
 * @id: never 0, unique over all domains
 * @name: unique in its domain
 * @state: &enum sbx_container_state
 * @tasks: members alive
 * @preserve_fds: descriptors above 2 passed on purpose
 * @init_pid: in the caller's PID namespace, 0 if there is none
 * @launcher_pid: a process that was to make it and has not; 0 without, and if
 *	it has tasks
 * @refusal: why a program was not let run, "" if all were
 */
struct sbx_container {
	uint32_t domain_id;
	char domain_name[SBX_NAME_LEN + 1];
	uint32_t id;
	char name[SBX_NAME_LEN + 1];
	uint8_t state;
	uint32_t tasks;
	uint32_t preserve_fds;
	uint32_t init_pid;
	uint32_t launcher_pid;
	char refusal[128];
};

/**
 * struct sbx_stats - counters of a domain; all fields as in the uapi
 * @id: of the domain
 * @name: of the domain
 * @served: calls
 * @native: calls
 * @refused: calls
 * @fds_closed: leaked descriptors
 * @files: in use
 * @pipe_pages: in use
 * @memory: bytes
 */
struct sbx_stats {
	uint32_t id;
	char name[SBX_NAME_LEN + 1];
	uint64_t served, native, refused;
	uint64_t fds_closed, files, pipe_pages, memory;
};

/**
 * struct sbx_syscall - a row of the table
 * @nr: number
 * @name: of the call
 * @class: &enum sbx_syscall_class
 * @err: errno of a refused call, else 0
 * @note: reason or justification, may be ""
 * @count: refusals in the domain asked for
 */
struct sbx_syscall {
	uint32_t nr;
	char name[48];
	uint8_t class;
	int err;
	char note[256];
	uint64_t count;
};

/**
 * struct sbx_event - a step in a life cycle
 * @event: &enum sbx_event
 * @domain_id: of which domain
 * @domain_name: of which domain
 * @container_id: of which container, 0 if of the domain itself
 * @container_name: of which container
 * @refusal: of SBX_EVENT_CONTAINER_REFUSED
 */
struct sbx_event_info {
	uint8_t event;
	uint32_t domain_id;
	char domain_name[SBX_NAME_LEN + 1];
	uint32_t container_id;
	char container_name[SBX_NAME_LEN + 1];
	char refusal[128];
};

/**
 * struct sbx_which - the domain that a command is about
 * @id: 0 if it is named
 * @name: NULL if the id is given
 *
 * Both empty: all domains, for commands that allow it.
 */
struct sbx_which {
	uint32_t id;
	const char *name;
};

/* A callback's non-zero result ends the dump and becomes its result. */
typedef int (*sbx_domain_fn)(const struct sbx_domain *domain, void *data);
typedef int (*sbx_container_fn)(const struct sbx_container *container, void *data);
typedef int (*sbx_syscall_fn)(const struct sbx_syscall *row, void *data);
typedef int (*sbx_event_fn)(const struct sbx_event_info *event, void *data);

int sbx_info_get(struct sbx_nl *nl, struct sbx_info *info, struct sbx_error *error);
int sbx_domain_get(struct sbx_nl *nl, const struct sbx_which *which,
		   struct sbx_domain *domain, struct sbx_error *error);
int sbx_domain_each(struct sbx_nl *nl, sbx_domain_fn fn, void *data, struct sbx_error *error);
int sbx_domain_kill(struct sbx_nl *nl, const struct sbx_which *which, struct sbx_error *error);
int sbx_container_each(struct sbx_nl *nl, const struct sbx_which *which,
		       sbx_container_fn fn, void *data, struct sbx_error *error);
int sbx_stats_get(struct sbx_nl *nl, const struct sbx_which *which,
		  struct sbx_stats *stats, struct sbx_error *error);
int sbx_syscall_each(struct sbx_nl *nl, const struct sbx_which *which,
		     sbx_syscall_fn fn, void *data, struct sbx_error *error);

/* Events: a connection that subscribed is for nothing else from then on. */
int sbx_events_subscribe(struct sbx_nl *nl, struct sbx_error *error);
int sbx_events_fd(const struct sbx_nl *nl);
int sbx_events_read(struct sbx_nl *nl, sbx_event_fn fn, void *data, struct sbx_error *error);
int sbx_event_take(struct sbx_nl *nl, struct sbx_event_info *event, struct sbx_error *error);

/* The module came (@here) or went; works without it. */
struct sbx_watch;
typedef void (*sbx_watch_fn)(bool here, void *data);

struct sbx_watch *sbx_watch_open(sbx_watch_fn fn, void *data, struct sbx_error *error);
void sbx_watch_close(struct sbx_watch *watch);
int sbx_watch_fd(const struct sbx_watch *watch);
void sbx_watch_read(struct sbx_watch *watch);

/**
 * struct sbx_launch - a container to make; empty fields take the defaults
 * @domain_id: domain to join, 0 for a new one
 * @domain_name: of a new domain
 * @container_name: NULL for the domain's name
 * @flags: &enum sbx_launch_flags of a new domain
 * @preserve_fds: descriptors above 2 passed on purpose
 * @hold: its first program waits for sbx_release(); the connection is for
 *	nothing else until then
 */
struct sbx_launch {
	uint32_t domain_id;
	const char *domain_name;
	const char *container_name;
	uint32_t flags;
	uint32_t preserve_fds;
	bool hold;
};

int sbx_launch(struct sbx_nl *nl, const struct sbx_launch *launch,
	       struct sbx_container *container, struct sbx_error *error);
int sbx_release(struct sbx_nl *nl, uint32_t container, struct sbx_error *error);
int sbx_launch_exec(struct sbx_nl *nl, uint32_t container_id, uint32_t preserve_fds,
		    struct sbx_error *error);

const char *sbx_state_name(unsigned int state);
const char *sbx_class_name(unsigned int class);
int sbx_class_parse(const char *name);
const char *sbx_event_name(unsigned int event);
const char *sbx_flag_name(uint32_t flag);
bool sbx_name_valid(const char *name);

#endif /* _SBX_LIB_H */
