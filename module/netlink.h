/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_NETLINK_H
#define _SBX_NETLINK_H

#include <linux/init.h>
#include <linux/sbx.h>

struct sbx_container;
struct sbx_domain;

void sbx_event(enum sbx_event event, const struct sbx_domain *domain,
	       const struct sbx_container *container);
int sbx_event_held(const struct sbx_container *container, u32 portid);
int __init sbx_netlink_init(void);
void sbx_netlink_exit(void);

#endif /* _SBX_NETLINK_H */
