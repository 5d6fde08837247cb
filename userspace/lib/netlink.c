// SPDX-License-Identifier: GPL-2.0
/*
 * Talking to the module over generic netlink.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include "netlink.h"

struct sbx_nl {
	struct nl_sock *sock;
	int family;
	bool busy;	/* An answer is being taken. */
};

/*
 * struct exchange - a request under way
 * @fn: takes each message of the answer
 * @data: for @fn
 * @stop: what @fn ended it with
 * @done: the last message was seen
 * @error: filled by the kernel's refusal
 */
struct exchange {
	sbx_message_fn fn;
	void *data;
	int stop;
	bool done;
	struct sbx_error *error;
};

/* libnl's own errors, which are no errnos. */
static int fail_nl(struct sbx_error *error, int nlerr, const char *what)
{
	int err;

	switch (-nlerr) {
	case NLE_NOMEM:
		err = ENOMEM;
		break;
	case NLE_PERM:
		err = EPERM;
		break;
	case NLE_OBJ_NOTFOUND:
		err = ENOENT;
		break;
	default:
		err = EIO;
	}
	return sbx_fail(error, err, "%s: %s", what, nl_geterror(nlerr));
}

/**
 * sbx_nl_open() - connect to the module
 * @error: filled on failure
 *
 * Return: the connection, or NULL.
 */
struct sbx_nl *sbx_nl_open(struct sbx_error *error)
{
	struct sbx_nl *nl;
	int err, on = 1;

	nl = calloc(1, sizeof(*nl));
	if (nl)
		nl->sock = nl_socket_alloc();
	if (!nl || !nl->sock) {
		sbx_fail(error, ENOMEM, "out of memory");
		goto err_nl;
	}
	err = genl_connect(nl->sock);
	if (err < 0) {
		fail_nl(error, err, "generic netlink");
		goto err_sock;
	}
	setsockopt(nl_socket_get_fd(nl->sock), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	nl->family = genl_ctrl_resolve(nl->sock, SBX_GENL_NAME);
	if (nl->family < 0) {
		if (nl->family == -NLE_OBJ_NOTFOUND)
			sbx_fail(error, ENOENT,
				 "the module sbx is not loaded in this machine, or this is not its first network namespace: try 'modprobe sbx' and 'sbxctl doctor'");
		else
			fail_nl(error, nl->family, "generic netlink");
		goto err_sock;
	}
	return nl;

err_sock:
	nl_socket_free(nl->sock);
err_nl:
	free(nl);
	return NULL;
}

/**
 * sbx_nl_close() - undo sbx_nl_open()
 * @nl: may be NULL
 */
void sbx_nl_close(struct sbx_nl *nl)
{
	if (!nl)
		return;
	nl_socket_free(nl->sock);
	free(nl);
}

struct nl_sock *sbx_nl_sock(const struct sbx_nl *nl)
{
	return nl->sock;
}

/**
 * sbx_nl_request() - begin a request
 * @nl: connection
 * @cmd: &enum sbx_cmd
 * @flags: NLM_F_DUMP or 0
 * @error: filled on failure
 *
 * Return: the message to add attributes to, or NULL.
 */
struct nl_msg *sbx_nl_request(struct sbx_nl *nl, int cmd, int flags, struct sbx_error *error)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (msg && genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, nl->family, 0,
			       NLM_F_REQUEST | flags, cmd, SBX_GENL_VERSION))
		return msg;
	nlmsg_free(msg);
	sbx_fail(error, ENOMEM, "out of memory");
	return NULL;
}

static int on_message(struct nl_msg *msg, void *arg)
{
	struct nlattr *attrs[SBX_A_MAX + 1];
	struct exchange *x = arg;

	if (genlmsg_parse(nlmsg_hdr(msg), 0, attrs, SBX_A_MAX, NULL) < 0)
		return NL_SKIP;
	if (!x->stop)
		x->stop = x->fn(attrs, x->data);
	return NL_OK;
}

static int on_finish(struct nl_msg *msg, void *arg)
{
	(void)msg;
	((struct exchange *)arg)->done = true;
	return NL_STOP;
}

/* The message of the extended acknowledgment, or NULL. */
static const char *extack(const struct nlmsgerr *err)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)err - 1;
	struct nlattr *attrs[NLMSGERR_ATTR_MAX + 1];
	size_t skip = sizeof(*err);

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return NULL;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += err->msg.nlmsg_len - sizeof(err->msg);
	if (nlmsg_parse((struct nlmsghdr *)nlh, skip, attrs, NLMSGERR_ATTR_MAX, NULL) < 0)
		return NULL;
	return attrs[NLMSGERR_ATTR_MSG] ? nla_get_string(attrs[NLMSGERR_ATTR_MSG]) : NULL;
}

static int on_error(struct sockaddr_nl *addr, struct nlmsgerr *err, void *arg)
{
	struct exchange *x = arg;
	const char *text = extack(err);

	(void)addr;
	x->done = true;
	sbx_fail(x->error, -err->error, "%s", text ?: strerror(-err->error));
	return NL_STOP;
}

/**
 * sbx_nl_exchange() - send a request and take the answer
 * @nl: connection
 * @msg: from sbx_nl_request(), consumed; NULL hands on an earlier failure
 * @fn: takes each message
 * @data: for @fn
 * @error: filled on failure
 *
 * Return: 0, what @fn returned if not 0, or a negative errno.
 */
int sbx_nl_exchange(struct sbx_nl *nl, struct nl_msg *msg, sbx_message_fn fn, void *data,
		    struct sbx_error *error)
{
	struct exchange x = { .fn = fn, .data = data, .error = error };
	struct nl_cb *cb;
	int err;

	if (!msg)
		return -error->err;
	if (nl->busy) {
		nlmsg_free(msg);
		return sbx_fail(error, EBUSY,
				"a function that takes an answer needs another connection to ask");
	}
	error->err = 0;
	cb = nl_cb_alloc(NL_CB_DEFAULT);
	if (!cb) {
		nlmsg_free(msg);
		return sbx_fail(error, ENOMEM, "out of memory");
	}
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_message, &x);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, &x);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_finish, &x);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, &x);

	err = nl_send_auto(nl->sock, msg);
	nlmsg_free(msg);
	nl->busy = true;
	while (err >= 0 && !x.done)
		err = nl_recvmsgs(nl->sock, cb);
	nl->busy = false;
	nl_cb_put(cb);

	if (error->err)
		return -error->err;
	if (err < 0)
		return fail_nl(error, err, "netlink");
	return x.stop;
}
