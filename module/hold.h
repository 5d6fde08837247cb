/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_HOLD_H
#define _SBX_HOLD_H

#include <linux/init.h>
#include <linux/list.h>
#include <linux/types.h>

struct netlink_ext_ack;
struct sbx_container;

/**
 * enum sbx_hold_state - what keeps a container's first program back
 * @SBX_HOLD_NONE: nothing, or no longer
 * @SBX_HOLD_ON: its launcher's connection
 * @SBX_HOLD_LOST: nothing, and it may not run: the connection is gone
 */
enum sbx_hold_state {
	SBX_HOLD_NONE,
	SBX_HOLD_ON,
	SBX_HOLD_LOST,
};

/**
 * struct sbx_hold - a container's first program is kept back; hold.c's lock
 * @node: in the list of holds that are on
 * @state: &enum sbx_hold_state; read without the lock, too
 * @portid: of the connection that asked for it
 * @told: that connection knows that the program is about to run
 */
struct sbx_hold {
	struct list_head node;
	enum sbx_hold_state state;
	u32 portid;
	bool told;
};

void sbx_hold_begin(struct sbx_hold *hold, u32 portid);
void sbx_hold_end(struct sbx_container *container);
int sbx_hold_release(struct sbx_container *container, struct netlink_ext_ack *extack);
long sbx_hold_wait(struct sbx_container *container);

int __init sbx_hold_init(void);
void sbx_hold_exit(void);

#endif /* _SBX_HOLD_H */
