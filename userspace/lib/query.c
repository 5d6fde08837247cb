// SPDX-License-Identifier: GPL-2.0
/*
 * The module's commands and events.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include "netlink.h"

static uint8_t get_u8(const struct nlattr *attr)
{
	return attr && nla_len(attr) >= (int)sizeof(uint8_t) ? nla_get_u8(attr) : 0;
}

static uint32_t get_u32(const struct nlattr *attr)
{
	return attr && nla_len(attr) >= (int)sizeof(uint32_t) ? nla_get_u32(attr) : 0;
}

static uint64_t get_u64(struct nlattr *attr)
{
	return attr && nla_len(attr) >= (int)sizeof(uint64_t) ? nla_get_u64(attr) : 0;
}

#define get_string(attr, array)	get_text(attr, array, sizeof(array))

static void get_text(const struct nlattr *attr, char *text, size_t size)
{
	text[0] = '\0';
	if (attr)
		nla_strlcpy(text, attr, size);
}

static struct nl_msg *request_for(struct sbx_nl *nl, int cmd, int flags,
				  const struct sbx_which *which, struct sbx_error *error)
{
	struct nl_msg *msg = sbx_nl_request(nl, cmd, flags, error);

	if (!msg || !which)
		return msg;
	if ((which->id && nla_put_u32(msg, SBX_A_DOMAIN_ID, which->id)) ||
	    (which->name && nla_put_string(msg, SBX_A_DOMAIN_NAME, which->name))) {
		nlmsg_free(msg);
		sbx_fail(error, E2BIG, "the name is too long");
		return NULL;
	}
	return msg;
}

static int parse_info(struct nlattr **attrs, void *data)
{
	struct sbx_info *info = data;

	info->abi = get_u32(attrs[SBX_A_ABI]);
	get_string(attrs[SBX_A_VERSION], info->version);
	info->armed = get_u8(attrs[SBX_A_ARMED]);
	return 0;
}

/**
 * sbx_info_get() - ask for the module's release and state
 * @nl: connection
 * @info: takes the answer
 * @error: filled on failure
 */
int sbx_info_get(struct sbx_nl *nl, struct sbx_info *info, struct sbx_error *error)
{
	return sbx_nl_exchange(nl, sbx_nl_request(nl, SBX_CMD_INFO_GET, NLM_F_ACK, error),
			       parse_info, info, error);
}

static int parse_domain(struct nlattr **attrs, void *data)
{
	struct sbx_domain *domain = data;

	domain->id = get_u32(attrs[SBX_A_DOMAIN_ID]);
	get_string(attrs[SBX_A_DOMAIN_NAME], domain->name);
	domain->flags = get_u32(attrs[SBX_A_FLAGS]);
	domain->containers = get_u32(attrs[SBX_A_CONTAINERS]);
	domain->tasks = get_u32(attrs[SBX_A_TASKS]);
	domain->age_ms = get_u64(attrs[SBX_A_AGE_MS]);
	return 0;
}

/**
 * sbx_domain_get() - ask for one domain
 * @nl: connection
 * @which: domain
 * @domain: takes the answer
 * @error: filled on failure
 */
int sbx_domain_get(struct sbx_nl *nl, const struct sbx_which *which,
		   struct sbx_domain *domain, struct sbx_error *error)
{
	return sbx_nl_exchange(nl, request_for(nl, SBX_CMD_DOMAIN_GET, NLM_F_ACK, which, error),
			       parse_domain, domain, error);
}

/*
 * struct each - a dump under way
 * @fn: the caller's callback, by kind of object
 * @data: for @fn
 */
struct each {
	union {
		sbx_domain_fn domain;
		sbx_container_fn container;
		sbx_syscall_fn syscall;
		sbx_event_fn event;
	} fn;
	void *data;
};

static int each_domain(struct nlattr **attrs, void *data)
{
	struct each *each = data;
	struct sbx_domain domain;

	parse_domain(attrs, &domain);
	return each->fn.domain(&domain, each->data);
}

/**
 * sbx_domain_each() - walk all domains
 * @nl: connection
 * @fn: called for each
 * @data: for @fn
 * @error: filled on failure
 */
int sbx_domain_each(struct sbx_nl *nl, sbx_domain_fn fn, void *data, struct sbx_error *error)
{
	struct each each = { .fn.domain = fn, .data = data };

	return sbx_nl_exchange(nl, sbx_nl_request(nl, SBX_CMD_DOMAIN_GET, NLM_F_DUMP, error),
			       each_domain, &each, error);
}

static int parse_nothing(struct nlattr **attrs, void *data)
{
	(void)attrs;
	(void)data;
	return 0;
}

/**
 * sbx_domain_kill() - kill every task of a domain
 * @nl: connection
 * @which: domain
 * @error: filled on failure
 */
int sbx_domain_kill(struct sbx_nl *nl, const struct sbx_which *which, struct sbx_error *error)
{
	return sbx_nl_exchange(nl, request_for(nl, SBX_CMD_DOMAIN_DEL, NLM_F_ACK, which, error),
			       parse_nothing, NULL, error);
}

static int parse_container(struct nlattr **attrs, void *data)
{
	struct sbx_container *container = data;

	container->domain_id = get_u32(attrs[SBX_A_DOMAIN_ID]);
	get_string(attrs[SBX_A_DOMAIN_NAME], container->domain_name);
	container->id = get_u32(attrs[SBX_A_CONTAINER_ID]);
	get_string(attrs[SBX_A_CONTAINER_NAME], container->name);
	container->state = get_u8(attrs[SBX_A_STATE]);
	container->tasks = get_u32(attrs[SBX_A_TASKS]);
	container->preserve_fds = get_u32(attrs[SBX_A_PRESERVE_FDS]);
	container->init_pid = get_u32(attrs[SBX_A_INIT_PID]);
	container->launcher_pid = get_u32(attrs[SBX_A_LAUNCHER_PID]);
	get_string(attrs[SBX_A_REFUSAL], container->refusal);
	return 0;
}

static int each_container(struct nlattr **attrs, void *data)
{
	struct sbx_container container;
	struct each *each = data;

	parse_container(attrs, &container);
	return each->fn.container(&container, each->data);
}

/**
 * sbx_container_each() - walk containers
 * @nl: connection
 * @which: of this domain only, NULL for all
 * @fn: called for each
 * @data: for @fn
 * @error: filled on failure
 */
int sbx_container_each(struct sbx_nl *nl, const struct sbx_which *which,
		       sbx_container_fn fn, void *data, struct sbx_error *error)
{
	struct each each = { .fn.container = fn, .data = data };

	return sbx_nl_exchange(nl, request_for(nl, SBX_CMD_CONTAINER_GET, NLM_F_DUMP, which, error),
			       each_container, &each, error);
}

static int parse_stats(struct nlattr **attrs, void *data)
{
	struct sbx_stats *stats = data;

	stats->id = get_u32(attrs[SBX_A_DOMAIN_ID]);
	get_string(attrs[SBX_A_DOMAIN_NAME], stats->name);
	stats->served = get_u64(attrs[SBX_A_SERVED]);
	stats->native = get_u64(attrs[SBX_A_NATIVE]);
	stats->refused = get_u64(attrs[SBX_A_REFUSED]);
	stats->fds_closed = get_u64(attrs[SBX_A_FDS_CLOSED]);
	stats->files = get_u64(attrs[SBX_A_FILES]);
	stats->pipe_pages = get_u64(attrs[SBX_A_PIPE_PAGES]);
	stats->memory = get_u64(attrs[SBX_A_MEMORY]);
	return 0;
}

/**
 * sbx_stats_get() - ask for a domain's counters
 * @nl: connection
 * @which: domain
 * @stats: takes the answer
 * @error: filled on failure
 */
int sbx_stats_get(struct sbx_nl *nl, const struct sbx_which *which,
		  struct sbx_stats *stats, struct sbx_error *error)
{
	return sbx_nl_exchange(nl, request_for(nl, SBX_CMD_STATS_GET, NLM_F_ACK, which, error),
			       parse_stats, stats, error);
}

static int each_syscall(struct nlattr **attrs, void *data)
{
	struct each *each = data;
	struct sbx_syscall row = {
		.nr = get_u32(attrs[SBX_A_SYSCALL_NR]),
		.class = get_u8(attrs[SBX_A_SYSCALL_CLASS]),
		.err = get_u32(attrs[SBX_A_SYSCALL_ERRNO]),
		.count = get_u64(attrs[SBX_A_SYSCALL_COUNT]),
	};

	get_string(attrs[SBX_A_SYSCALL_NAME], row.name);
	get_string(attrs[SBX_A_SYSCALL_NOTE], row.note);
	return each->fn.syscall(&row, each->data);
}

/**
 * sbx_syscall_each() - walk the table of system calls
 * @nl: connection
 * @which: with the refusal counts of this domain, NULL for none
 * @fn: called for each
 * @data: for @fn
 * @error: filled on failure
 */
int sbx_syscall_each(struct sbx_nl *nl, const struct sbx_which *which,
		     sbx_syscall_fn fn, void *data, struct sbx_error *error)
{
	struct each each = { .fn.syscall = fn, .data = data };

	return sbx_nl_exchange(nl, request_for(nl, SBX_CMD_SYSCALL_GET, NLM_F_DUMP, which, error),
			       each_syscall, &each, error);
}

/**
 * sbx_launch() - make a container with the calling thread as its launcher
 * @nl: connection
 * @launch: what to make
 * @container: takes its ids and names
 * @error: filled on failure
 */
int sbx_launch(struct sbx_nl *nl, const struct sbx_launch *launch,
	       struct sbx_container *container, struct sbx_error *error)
{
	struct nl_msg *msg = sbx_nl_request(nl, SBX_CMD_LAUNCH, NLM_F_ACK, error);

	if (msg &&
	    ((launch->domain_id && nla_put_u32(msg, SBX_A_DOMAIN_ID, launch->domain_id)) ||
	     (launch->domain_name &&
	      nla_put_string(msg, SBX_A_DOMAIN_NAME, launch->domain_name)) ||
	     (launch->container_name &&
	      nla_put_string(msg, SBX_A_CONTAINER_NAME, launch->container_name)) ||
	     (launch->flags && nla_put_u32(msg, SBX_A_FLAGS, launch->flags)) ||
	     (launch->preserve_fds &&
	      nla_put_u32(msg, SBX_A_PRESERVE_FDS, launch->preserve_fds)) ||
	     (launch->hold && nla_put_flag(msg, SBX_A_HOLD)))) {
		nlmsg_free(msg);
		return sbx_fail(error, E2BIG, "the name is too long");
	}
	return sbx_nl_exchange(nl, msg, parse_container, container, error);
}

static int ignore(struct nlattr **attrs, void *data)
{
	(void)attrs;
	(void)data;
	return 0;
}

/**
 * sbx_release() - let the first program of a held container go
 * @nl: connection
 * @container: its id
 * @error: filled on failure
 */
int sbx_release(struct sbx_nl *nl, uint32_t container, struct sbx_error *error)
{
	struct nl_msg *msg = sbx_nl_request(nl, SBX_CMD_RELEASE, NLM_F_ACK, error);

	if (msg && nla_put_u32(msg, SBX_A_CONTAINER_ID, container)) {
		nlmsg_free(msg);
		return sbx_fail(error, ENOMEM, "out of memory");
	}
	return sbx_nl_exchange(nl, msg, ignore, NULL, error);
}

/**
 * sbx_launch_exec() - make the calling thread a launcher of a living container
 * @nl: connection
 * @container_id: of the container
 * @preserve_fds: descriptors above 2 that the program it starts there is passed
 * @error: filled on failure
 */
int sbx_launch_exec(struct sbx_nl *nl, uint32_t container_id, uint32_t preserve_fds,
		    struct sbx_error *error)
{
	struct nl_msg *msg = sbx_nl_request(nl, SBX_CMD_EXEC, NLM_F_ACK, error);

	if (msg && (nla_put_u32(msg, SBX_A_CONTAINER_ID, container_id) ||
		    nla_put_u32(msg, SBX_A_PRESERVE_FDS, preserve_fds))) {
		nlmsg_free(msg);
		return sbx_fail(error, ENOMEM, "out of memory");
	}
	return sbx_nl_exchange(nl, msg, parse_nothing, NULL, error);
}

/**
 * sbx_events_subscribe() - begin to receive events
 * @nl: connection, for nothing else from now on
 * @error: filled on failure
 */
int sbx_events_subscribe(struct sbx_nl *nl, struct sbx_error *error)
{
	struct nl_sock *sock = sbx_nl_sock(nl);
	int group, err;

	group = genl_ctrl_resolve_grp(sock, SBX_GENL_NAME, SBX_GENL_MCGRP_EVENTS);
	if (group < 0)
		return sbx_fail(error, ENOENT, "the module has no group of events: %s",
				nl_geterror(group));
	err = nl_socket_add_membership(sock, group);
	if (err < 0)
		return sbx_fail(error, EPERM,
				"events are for CAP_SYS_ADMIN in the initial user namespace: call as root of the host (%s)",
				nl_geterror(err));
	nl_socket_set_nonblocking(sock);
	/* A burst of 1,000 domains should fit; more is reported as lost. */
	nl_socket_set_buffer_size(sock, 4 << 20, 0);
	return 0;
}

/**
 * sbx_events_fd() - descriptor to poll for events
 * @nl: subscribed connection
 */
int sbx_events_fd(const struct sbx_nl *nl)
{
	return nl_socket_get_fd(sbx_nl_sock(nl));
}

static int on_event(struct nl_msg *msg, void *data)
{
	struct nlattr *attrs[SBX_A_MAX + 1];
	struct sbx_event_info event;
	struct each *each = data;

	if (genlmsg_parse(nlmsg_hdr(msg), 0, attrs, SBX_A_MAX, NULL) < 0)
		return NL_SKIP;
	event.event = get_u8(attrs[SBX_A_EVENT]);
	event.domain_id = get_u32(attrs[SBX_A_DOMAIN_ID]);
	get_string(attrs[SBX_A_DOMAIN_NAME], event.domain_name);
	event.container_id = get_u32(attrs[SBX_A_CONTAINER_ID]);
	get_string(attrs[SBX_A_CONTAINER_NAME], event.container_name);
	get_string(attrs[SBX_A_REFUSAL], event.refusal);
	return each->fn.event(&event, each->data) ? NL_STOP : NL_OK;
}

/* Notifications have no number. */
static int any_seq(struct nl_msg *msg, void *data)
{
	(void)msg;
	(void)data;
	return NL_OK;
}

static struct nl_cb *event_callbacks(struct each *each)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);

	if (cb) {
		nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_event, each);
		nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, any_seq, NULL);
	}
	return cb;
}

/**
 * sbx_events_read() - take the events that have come, without waiting
 * @nl: subscribed connection
 * @fn: called for each
 * @data: for @fn
 * @error: filled on failure
 *
 * Return: 0; -ENOBUFS if events were lost since the last call.
 */
int sbx_events_read(struct sbx_nl *nl, sbx_event_fn fn, void *data, struct sbx_error *error)
{
	struct each each = { .fn.event = fn, .data = data };
	struct nl_cb *cb = event_callbacks(&each);
	int err;

	if (!cb)
		return sbx_fail(error, ENOMEM, "out of memory");
	do {
		err = nl_recvmsgs(sbx_nl_sock(nl), cb);
	} while (err >= 0);
	nl_cb_put(cb);
	if (err == -NLE_AGAIN)
		return 0;
	if (err == -NLE_NOMEM)
		return sbx_fail(error, ENOBUFS, "events were lost");
	return sbx_fail(error, EIO, "events: %s", nl_geterror(err));
}

static int keep_event(const struct sbx_event_info *event, void *data)
{
	*(struct sbx_event_info *)data = *event;
	return 0;
}

/**
 * sbx_event_take() - take the one event that comes to a launcher's connection
 * @nl: connection that launched a container with a hold
 * @event: takes it
 * @error: filled on failure
 *
 * Waits if it has not come.
 */
int sbx_event_take(struct sbx_nl *nl, struct sbx_event_info *event, struct sbx_error *error)
{
	struct each each = { .fn.event = keep_event, .data = event };
	struct nl_cb *cb = event_callbacks(&each);
	int err;

	if (!cb)
		return sbx_fail(error, ENOMEM, "out of memory");
	err = nl_recvmsgs(sbx_nl_sock(nl), cb);
	nl_cb_put(cb);
	return err < 0 ? sbx_fail(error, EIO, "event: %s", nl_geterror(err)) : 0;
}
