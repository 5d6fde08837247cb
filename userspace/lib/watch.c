// SPDX-License-Identifier: GPL-2.0
/*
 * Watching the module come and go.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/genetlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include "sbx.h"

struct sbx_watch {
	struct nl_sock *sock;
	struct nl_cb *cb;
	sbx_watch_fn fn;
	void *data;
};

static int on_family(struct nl_msg *msg, void *arg)
{
	const struct genlmsghdr *hdr = nlmsg_data(nlmsg_hdr(msg));
	struct nlattr *attrs[CTRL_ATTR_MAX + 1];
	struct sbx_watch *watch = arg;

	if (genlmsg_parse(nlmsg_hdr(msg), 0, attrs, CTRL_ATTR_MAX, NULL) < 0 ||
	    !attrs[CTRL_ATTR_FAMILY_NAME] ||
	    nla_strcmp(attrs[CTRL_ATTR_FAMILY_NAME], SBX_GENL_NAME))
		return NL_SKIP;
	if (hdr->cmd == CTRL_CMD_NEWFAMILY || hdr->cmd == CTRL_CMD_DELFAMILY)
		watch->fn(hdr->cmd == CTRL_CMD_NEWFAMILY, watch->data);
	return NL_OK;
}

static int any_seq(struct nl_msg *msg, void *data)
{
	(void)msg;
	(void)data;
	return NL_OK;
}

static int subscribe(struct sbx_watch *watch, struct sbx_error *error)
{
	int group, err;

	err = genl_connect(watch->sock);
	if (err < 0)
		return sbx_fail(error, EIO, "generic netlink: %s", nl_geterror(err));
	group = genl_ctrl_resolve_grp(watch->sock, "nlctrl", "notify");
	err = group < 0 ? group : nl_socket_add_membership(watch->sock, group);
	if (err < 0)
		return sbx_fail(error, EIO, "generic netlink's notifications: %s",
				nl_geterror(err));
	nl_socket_set_nonblocking(watch->sock);
	return 0;
}

/**
 * sbx_watch_open() - begin to watch
 * @fn: called when the module comes or goes
 * @data: for @fn
 * @error: filled on failure
 *
 * Return: the watch, or NULL.
 */
struct sbx_watch *sbx_watch_open(sbx_watch_fn fn, void *data, struct sbx_error *error)
{
	struct sbx_watch *watch = calloc(1, sizeof(*watch));

	if (watch) {
		watch->fn = fn;
		watch->data = data;
		watch->sock = nl_socket_alloc();
		watch->cb = nl_cb_alloc(NL_CB_DEFAULT);
	}
	if (!watch || !watch->sock || !watch->cb) {
		sbx_fail(error, ENOMEM, "out of memory");
		goto err_watch;
	}
	if (subscribe(watch, error))
		goto err_watch;
	nl_cb_set(watch->cb, NL_CB_VALID, NL_CB_CUSTOM, on_family, watch);
	nl_cb_set(watch->cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, any_seq, NULL);
	return watch;

err_watch:
	sbx_watch_close(watch);
	return NULL;
}

/**
 * sbx_watch_close() - undo sbx_watch_open()
 * @watch: may be NULL
 */
void sbx_watch_close(struct sbx_watch *watch)
{
	if (!watch)
		return;
	if (watch->cb)
		nl_cb_put(watch->cb);
	if (watch->sock)
		nl_socket_free(watch->sock);
	free(watch);
}

/**
 * sbx_watch_fd() - descriptor to poll
 * @watch: -
 */
int sbx_watch_fd(const struct sbx_watch *watch)
{
	return nl_socket_get_fd(watch->sock);
}

/**
 * sbx_watch_read() - take what has come, without waiting
 * @watch: calls its function
 */
void sbx_watch_read(struct sbx_watch *watch)
{
	while (nl_recvmsgs(watch->sock, watch->cb) >= 0)
		;
}
