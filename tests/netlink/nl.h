/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests to the module, well-formed or not, and what it answers.
 */
#ifndef _TESTS_NETLINK_NL_H
#define _TESTS_NETLINK_NL_H

#include <stdbool.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <linux/sbx.h>

/**
 * struct answer - what came back
 * @err: errno, 0 for success, -1 if nothing came
 * @text: of the extended acknowledgment, "" if there is none
 * @bad_attr: it points at an attribute
 * @messages: messages with attributes before the end
 * @attrs: of the last of them; into @last
 * @last: copy of it
 * @buffer: for datagrams
 */
struct answer {
	int err;
	char text[256];
	bool bad_attr;
	unsigned int messages;
	struct nlattr *attrs[SBX_A_MAX + 1];
	char last[4096] __attribute__((aligned(4)));
	char buffer[32768] __attribute__((aligned(4)));
};

int nl_socket(void);
int nl_family(void);
int nl_group(void);
struct nl_msg *request(int cmd, int flags);
void send_request(int sock, struct nl_msg *msg);
int ask(int sock, struct nl_msg *msg, struct answer *answer);
int receive(int sock, struct answer *answer);

#endif /* _TESTS_NETLINK_NL_H */
