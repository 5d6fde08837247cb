// SPDX-License-Identifier: GPL-2.0
/*
 * Holds: a container's first program waits until its launcher lets it go.
 *
 * Between the moment when the runtime has made the container and that when its
 * program runs there is something to do, in the container's namespaces and with
 * the host's privileges: the module's filesystems take the places of the
 * kernel's.  A runtime that is asked to create and to start is two programs; with
 * a hold "run" is one, and the exec that ends its work waits here.
 *
 * A hold is its connection's: when that is closed, the program never runs.
 */
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <net/net_namespace.h>

#include "domain.h"
#include "entry.h"
#include "hold.h"
#include "netlink.h"

static DEFINE_SPINLOCK(lock);
static LIST_HEAD(holds);

/* Those who wait are few, and for a moment. */
static DECLARE_WAIT_QUEUE_HEAD(queue);

/**
 * sbx_hold_begin() - begin a hold, or say that there is none
 * @hold: of a container that nobody knows yet
 * @portid: of the connection that asks for it, 0 for none
 */
void sbx_hold_begin(struct sbx_hold *hold, u32 portid)
{
	INIT_LIST_HEAD(&hold->node);
	if (!portid)
		return;
	hold->state = SBX_HOLD_ON;
	hold->portid = portid;
	spin_lock(&lock);
	list_add(&hold->node, &holds);
	spin_unlock(&lock);
}

static bool end(struct sbx_hold *hold, enum sbx_hold_state state)
{
	lockdep_assert_held(&lock);
	if (hold->state != SBX_HOLD_ON)
		return false;
	list_del_init(&hold->node);
	WRITE_ONCE(hold->state, state);
	return true;
}

/**
 * sbx_hold_end() - the end of a hold with its container's
 * @container: whose tasks are gone
 */
void sbx_hold_end(struct sbx_container *container)
{
	spin_lock(&lock);
	end(&container->hold, SBX_HOLD_NONE);
	spin_unlock(&lock);
}

/**
 * sbx_hold_release() - let a container's first program go
 * @container: whose
 * @extack: takes the reason of a failure
 *
 * Return: 0, or -EALREADY if it is not held.
 */
int sbx_hold_release(struct sbx_container *container, struct netlink_ext_ack *extack)
{
	bool ended;

	spin_lock(&lock);
	ended = end(&container->hold, SBX_HOLD_NONE);
	spin_unlock(&lock);
	if (!ended) {
		NL_SET_ERR_MSG(extack, "the container is not held");
		return -EALREADY;
	}
	wake_up_interruptible_all(&queue);
	return 0;
}

/* Tells the connection, once.  If it does not hear, nobody would end the hold. */
static void tell(struct sbx_container *container)
{
	struct sbx_hold *hold = &container->hold;
	bool first;

	spin_lock(&lock);
	first = hold->state == SBX_HOLD_ON && !hold->told;
	hold->told = true;
	spin_unlock(&lock);
	if (!first || !sbx_event_held(container, hold->portid))
		return;
	spin_lock(&lock);
	end(hold, SBX_HOLD_LOST);
	spin_unlock(&lock);
}

/**
 * sbx_hold_wait() - wait, before an exec of the runtime's, until it may go on
 * @container: the caller's
 *
 * A signal ends the wait and the call begins anew, so that the caller can be
 * stopped, frozen and killed.
 *
 * Return: %SBX_NATIVE, or a negative errno for the caller's exec.
 */
long sbx_hold_wait(struct sbx_container *container)
{
	struct sbx_hold *hold = &container->hold;

	if (likely(READ_ONCE(hold->state) == SBX_HOLD_NONE))
		return SBX_NATIVE;
	tell(container);
	if (wait_event_interruptible(queue, READ_ONCE(hold->state) != SBX_HOLD_ON))
		return -ERESTARTNOINTR;
	if (READ_ONCE(hold->state) == SBX_HOLD_NONE)
		return SBX_NATIVE;
	sbx_container_refuse(container, "its launcher was gone before its program began");
	send_sig(SIGKILL, current, 1);
	return -EPERM;
}

static int on_netlink(struct notifier_block *block, unsigned long event, void *data)
{
	const struct netlink_notify *closed = data;
	struct sbx_hold *hold, *next;
	bool any = false;

	if (event != NETLINK_URELEASE || closed->protocol != NETLINK_GENERIC ||
	    !net_eq(closed->net, &init_net) || list_empty_careful(&holds))
		return NOTIFY_DONE;
	spin_lock(&lock);
	list_for_each_entry_safe(hold, next, &holds, node)
		if (hold->portid == closed->portid)
			any |= end(hold, SBX_HOLD_LOST);
	spin_unlock(&lock);
	if (any)
		wake_up_interruptible_all(&queue);
	return NOTIFY_DONE;
}

static struct notifier_block notifier = {
	.notifier_call = on_netlink,
};

int __init sbx_hold_init(void)
{
	return netlink_register_notifier(&notifier);
}

void sbx_hold_exit(void)
{
	netlink_unregister_notifier(&notifier);
}
