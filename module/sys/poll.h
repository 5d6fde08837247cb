/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_SYS_POLL_H
#define _SBX_SYS_POLL_H

#include <linux/poll.h>
#include <linux/signal_types.h>
#include <linux/time64.h>

/**
 * struct sbx_timeout - how long a call may wait
 * @end: on the monotonic clock; zero for not at all, unset if @forever
 * @forever: until something happens
 */
struct sbx_timeout {
	struct timespec64 end;
	bool forever;
};

int sbx_timeout_set(struct sbx_timeout *timeout, time64_t sec, long nsec);
int sbx_timeout_get(struct sbx_timeout *timeout, const struct __kernel_timespec __user *from);
bool sbx_timeout_left(const struct sbx_timeout *timeout, struct timespec64 *left);
u64 sbx_timeout_slack(const struct timespec64 *end);
long sbx_timeout_put(const struct sbx_timeout *timeout, struct __kernel_timespec __user *to,
		     long ret);

int sbx_sigmask_set(const sigset_t __user *mask, size_t size);
void sbx_sigmask_finish(long ret);

/**
 * struct sbx_poll - a wait for events of files
 * @wqueues: the kernel's part; @wqueues.pt is for vfs_poll()
 * @expires: when the wait ends
 * @until: points at @expires, NULL for never
 * @slack: nanoseconds that it may last longer
 * @timed_out: it is over
 */
struct sbx_poll {
	struct poll_wqueues wqueues;
	ktime_t expires;
	ktime_t *until;
	u64 slack;
	bool timed_out;
};

void sbx_poll_begin(struct sbx_poll *poll, const struct sbx_timeout *timeout);
void sbx_poll_sleep(struct sbx_poll *poll);
void sbx_poll_end(struct sbx_poll *poll);

#endif /* _SBX_SYS_POLL_H */
