// SPDX-License-Identifier: GPL-2.0
/*
 * A netlink socket by hand: libnl makes the messages and would not send all
 * that is wrong with them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include "nl.h"

static int family, group;

static void resolve(void)
{
	struct nl_sock *sock = nl_socket_alloc();

	if (!family && genl_connect(sock) >= 0) {
		family = genl_ctrl_resolve(sock, SBX_GENL_NAME);
		group = genl_ctrl_resolve_grp(sock, SBX_GENL_NAME, SBX_GENL_MCGRP_EVENTS);
	}
	nl_socket_free(sock);
}

int nl_family(void)
{
	resolve();
	return family;
}

int nl_group(void)
{
	resolve();
	return group;
}

/* Without an address in each message, so that the socket's opener counts. */
static void connect_kernel(int sock)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	if (connect(sock, (const struct sockaddr *)&kernel, sizeof(kernel)))
		perror("# connect");
}

int nl_socket(void)
{
	const struct timeval patience = { .tv_sec = 10 };
	int sock, on = 1;

	sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (sock < 0)
		return -1;
	setsockopt(sock, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	connect_kernel(sock);
	return sock;
}

struct nl_msg *request(int cmd, int flags)
{
	struct nl_msg *msg = nlmsg_alloc();

	genlmsg_put(msg, 0, 1, nl_family(), 0, NLM_F_REQUEST | NLM_F_ACK | flags, cmd,
		    SBX_GENL_VERSION);
	return msg;
}

void send_request(int sock, struct nl_msg *msg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);

	if (send(sock, nlh, nlh->nlmsg_len, 0) < 0)
		perror("# send");
	nlmsg_free(msg);
}

static void parse_error(struct nlmsghdr *nlh, struct answer *answer)
{
	struct nlattr *attrs[NLMSGERR_ATTR_MAX + 1] = {};
	struct nlmsgerr *err = nlmsg_data(nlh);
	int skip = sizeof(*err);

	answer->err = -err->error;
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += NLMSG_ALIGN(err->msg.nlmsg_len) - sizeof(err->msg);
	if (nlmsg_parse(nlh, skip, attrs, NLMSGERR_ATTR_MAX, NULL) < 0)
		return;
	if (attrs[NLMSGERR_ATTR_MSG])
		nla_strlcpy(answer->text, attrs[NLMSGERR_ATTR_MSG], sizeof(answer->text));
	answer->bad_attr = attrs[NLMSGERR_ATTR_OFFS];
}

/* One datagram; true at the end of the answer. */
static bool parse(struct answer *answer, int len)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)answer->buffer;

	for (; nlmsg_ok(nlh, len); nlh = nlmsg_next(nlh, &len)) {
		if (nlh->nlmsg_type == NLMSG_DONE) {
			answer->err = -*(int *)nlmsg_data(nlh);
			return true;
		}
		if (nlh->nlmsg_type == NLMSG_ERROR) {
			parse_error(nlh, answer);
			return true;
		}
		answer->messages++;
		if (nlh->nlmsg_len <= sizeof(answer->last)) {
			memcpy(answer->last, nlh, nlh->nlmsg_len);
			genlmsg_parse((struct nlmsghdr *)answer->last, 0, answer->attrs,
				      SBX_A_MAX, NULL);
		}
		/* No acknowledgment follows an event. */
		if (!nlh->nlmsg_seq)
			return true;
	}
	return false;
}

int receive(int sock, struct answer *answer)
{
	ssize_t len;

	*answer = (struct answer){ .err = -1 };
	do {
		len = recv(sock, answer->buffer, sizeof(answer->buffer), 0);
		if (len < 0)
			return -1;
	} while (!parse(answer, len));
	return answer->err;
}

int ask(int sock, struct nl_msg *msg, struct answer *answer)
{
	send_request(sock, msg);
	return receive(sock, answer);
}
