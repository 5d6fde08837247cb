/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_LIB_NETLINK_H
#define _SBX_LIB_NETLINK_H

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "sbx.h"

/* Takes the attributes of a message; a non-zero result ends the exchange. */
typedef int (*sbx_message_fn)(struct nlattr **attrs, void *data);

struct nl_sock *sbx_nl_sock(const struct sbx_nl *nl);
struct nl_msg *sbx_nl_request(struct sbx_nl *nl, int cmd, int flags, struct sbx_error *error);
int sbx_nl_exchange(struct sbx_nl *nl, struct nl_msg *msg, sbx_message_fn fn, void *data,
		    struct sbx_error *error);

#endif /* _SBX_LIB_NETLINK_H */
