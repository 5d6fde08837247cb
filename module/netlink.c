// SPDX-License-Identifier: GPL-2.0
/*
 * The control plane: generic netlink family "sbx".
 */
#include "domain.h"
#include "netlink.h"

/**
 * sbx_event() - tell the listeners of a step in a life cycle
 * @event: which
 * @domain: of which domain
 * @container: of which container, NULL if of the domain itself
 *
 * Context: any.
 */
void sbx_event(enum sbx_event event, const struct sbx_domain *domain,
	       const struct sbx_container *container)
{
}

int __init sbx_netlink_init(void)
{
	return 0;
}

void sbx_netlink_exit(void)
{
}
