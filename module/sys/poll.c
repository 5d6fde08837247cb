// SPDX-License-Identifier: GPL-2.0
/*
 * poll(2), ppoll(2), and what all calls that wait for files have in common.
 */
#include <linux/file.h>
#include <linux/hrtimer.h>
#include <linux/personality.h>
#include <linux/poll.h>
#include <linux/sched/rt.h>
#include <linux/sched/signal.h>
#include <linux/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "../compat.h"
#include "../entry.h"
#include "poll.h"

/* A timer may be late by a thousandth of its time, but never by more than this. */
#define MAX_SLACK	(100 * NSEC_PER_MSEC)

/* What fits on the stack, as much as Linux puts there. */
#define STACK_FDS	30

/**
 * sbx_timeout_set() - take a timeout
 * @timeout: takes it
 * @sec: seconds from now
 * @nsec: and nanoseconds
 *
 * Return: 0, or -EINVAL if that is no time.
 */
int sbx_timeout_set(struct sbx_timeout *timeout, time64_t sec, long nsec)
{
	struct timespec64 span = { .tv_sec = sec, .tv_nsec = nsec }, now, *end = &timeout->end;

	if (!timespec64_valid(&span))
		return -EINVAL;
	timeout->forever = false;
	*end = span;
	if (!sec && !nsec)
		return 0;
	ktime_get_ts64(&now);
	set_normalized_timespec64(end, (timeu64_t)now.tv_sec + sec, now.tv_nsec + nsec);
	if (end->tv_sec < now.tv_sec || end->tv_sec < sec)
		*end = (struct timespec64){ .tv_sec = TIME64_MAX };
	return 0;
}

/**
 * sbx_timeout_get() - take a timeout from the user
 * @timeout: takes it
 * @from: a span of time, NULL for ever
 *
 * Return: 0, -EFAULT, -EINVAL.
 */
int sbx_timeout_get(struct sbx_timeout *timeout, const struct __kernel_timespec __user *from)
{
	struct timespec64 span;

	timeout->forever = !from;
	if (!from)
		return 0;
	if (get_timespec64(&span, from))
		return -EFAULT;
	return sbx_timeout_set(timeout, span.tv_sec, span.tv_nsec);
}

/**
 * sbx_timeout_left() - what the user is told at the end
 * @timeout: of a call that is over
 * @left: takes the time left
 *
 * Return: false if the user is told nothing.
 */
bool sbx_timeout_left(const struct sbx_timeout *timeout, struct timespec64 *left)
{
	struct timespec64 now;

	if (timeout->forever || (!timeout->end.tv_sec && !timeout->end.tv_nsec))
		return false;
	ktime_get_ts64(&now);
	*left = timespec64_sub(timeout->end, now);
	if (left->tv_sec < 0)
		*left = (struct timespec64){};
	return true;
}

/**
 * sbx_timeout_put() - tell the user what is left of a timeout
 * @timeout: of a call that is over
 * @to: where it came from, NULL for nowhere
 * @ret: what the call returns
 *
 * Return: @ret, but a call whose timeout could not be updated must not be
 * restarted.
 */
long sbx_timeout_put(const struct sbx_timeout *timeout, struct __kernel_timespec __user *to,
		     long ret)
{
	struct timespec64 left;

	if (!to)
		return ret;
	if (!(current->personality & STICKY_TIMEOUTS)) {
		if (!sbx_timeout_left(timeout, &left) || !put_timespec64(&left, to))
			return ret;
	}
	return ret == -ERESTARTNOHAND ? -EINTR : ret;
}

/**
 * sbx_sigmask_set() - block other signals for the time of a call
 * @mask: which, NULL for no change
 * @size: of the user's sigset_t
 *
 * Return: 0, -EINVAL, -EFAULT.
 */
int sbx_sigmask_set(const sigset_t __user *mask, size_t size)
{
	sigset_t blocked;

	if (!mask)
		return 0;
	if (size != sizeof(blocked))
		return -EINVAL;
	if (copy_from_user(&blocked, mask, sizeof(blocked)))
		return -EFAULT;
	sigdelsetmask(&blocked, sigmask(SIGKILL) | sigmask(SIGSTOP));
	set_restore_sigmask();
	current->saved_sigmask = current->blocked;
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	return 0;
}

/**
 * sbx_sigmask_finish() - have the signals blocked that were before
 * @ret: what the call returns; if a signal has ended it, delivery restores
 */
void sbx_sigmask_finish(long ret)
{
	if (ret != -ERESTARTNOHAND && test_and_clear_restore_sigmask())
		sigprocmask(SIG_SETMASK, &current->saved_sigmask, NULL);
}

/**
 * sbx_timeout_slack() - how much later a wait may end
 * @end: when it should, on the monotonic clock
 *
 * Return: nanoseconds, as Linux guesses how exact the caller wants it.
 */
u64 sbx_timeout_slack(const struct timespec64 *end)
{
	u64 slack = current->timer_slack_ns;
	int divisor = task_nice(current) > 0 ? 200 : 1000;
	struct timespec64 now, left;

	if (rt_task(current) || !slack)
		return 0;
	ktime_get_ts64(&now);
	left = timespec64_sub(*end, now);
	if (left.tv_sec < 0)
		return slack;
	if (left.tv_sec > MAX_SLACK / (NSEC_PER_SEC / divisor))
		return MAX_SLACK;
	return clamp_t(u64, (left.tv_sec * NSEC_PER_SEC + left.tv_nsec) / divisor,
		       slack, max_t(u64, slack, MAX_SLACK));
}

/**
 * sbx_poll_begin() - prepare to wait for files
 * @poll: uninitialized
 * @timeout: when to give up
 */
void sbx_poll_begin(struct sbx_poll *poll, const struct sbx_timeout *timeout)
{
	poll_initwait(&poll->wqueues);
	poll->timed_out = false;
	poll->until = NULL;
	poll->slack = 0;
	if (timeout->forever)
		return;
	if (!timeout->end.tv_sec && !timeout->end.tv_nsec) {
		poll->wqueues.pt._qproc = NULL;
		poll->timed_out = true;
		return;
	}
	poll->slack = sbx_timeout_slack(&timeout->end);
	poll->expires = timespec64_to_ktime(timeout->end);
	poll->until = &poll->expires;
}

/**
 * sbx_poll_sleep() - wait until a file that was asked has news
 * @poll: registered with them
 *
 * Also returns at a signal and when the time is over.
 */
void sbx_poll_sleep(struct sbx_poll *poll)
{
	int ret = -EINTR;

	set_current_state(TASK_INTERRUPTIBLE);
	if (!poll->wqueues.triggered)
		ret = schedule_hrtimeout_range(poll->until, poll->slack, HRTIMER_MODE_ABS);
	__set_current_state(TASK_RUNNING);
	/* What comes after the files are asked again has to set it again. */
	smp_store_mb(poll->wqueues.triggered, 0);
	if (!ret)
		poll->timed_out = true;
}

/**
 * sbx_poll_end() - undo sbx_poll_begin()
 * @poll: which
 */
void sbx_poll_end(struct sbx_poll *poll)
{
	poll_freewait(&poll->wqueues);
}

static __poll_t ask(struct pollfd *pfd, poll_table *pt)
{
	__poll_t mask = 0, wanted;
	struct fd f;

	if (pfd->fd >= 0) {
		mask = EPOLLNVAL;
		f = fdget(pfd->fd);
		if (!fd_empty(f)) {
			wanted = demangle_poll(pfd->events) | EPOLLERR | EPOLLHUP;
			pt->_key = wanted;
			mask = vfs_poll(fd_file(f), pt) & wanted;
			fdput(f);
		}
	}
	pfd->revents = mangle_poll(mask);
	return mask;
}

static long wait_for(struct pollfd *fds, unsigned int nfds, const struct sbx_timeout *timeout)
{
	poll_table *pt;
	struct sbx_poll poll;
	long count = 0;
	unsigned int i;

	sbx_poll_begin(&poll, timeout);
	pt = &poll.wqueues.pt;
	for (;;) {
		for (i = 0; i < nfds; i++) {
			if (ask(&fds[i], pt)) {
				count++;
				/* No need to be woken any more. */
				pt->_qproc = NULL;
			}
		}
		pt->_qproc = NULL;
		if (!count)
			count = signal_pending(current) ? -ERESTARTNOHAND : poll.wqueues.error;
		if (count || poll.timed_out)
			break;
		sbx_poll_sleep(&poll);
	}
	sbx_poll_end(&poll);
	return count;
}

static int put_revents(struct pollfd __user *to, const struct pollfd *fds, unsigned int nfds)
{
	unsigned int i;

	if (!user_write_access_begin(to, nfds * sizeof(*to)))
		return -EFAULT;
	for (i = 0; i < nfds; i++)
		unsafe_put_user(fds[i].revents, &to[i].revents, fault);
	user_write_access_end();
	return 0;

fault:
	user_write_access_end();
	return -EFAULT;
}

static long do_poll(struct pollfd __user *ufds, unsigned int nfds,
		    const struct sbx_timeout *timeout)
{
	struct pollfd stack[STACK_FDS], *fds = stack;
	long ret = -EFAULT;

	if (nfds > rlimit(RLIMIT_NOFILE))
		return -EINVAL;
	if (nfds > STACK_FDS) {
		fds = kvmalloc_array(nfds, sizeof(*fds), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
		if (!fds)
			return -ENOMEM;
	}
	if (!copy_from_user(fds, ufds, nfds * sizeof(*fds))) {
		ret = wait_for(fds, nfds, timeout);
		if (put_revents(ufds, fds, nfds))
			ret = -EFAULT;
	}
	if (fds != stack)
		kvfree(fds);
	return ret;
}

static long poll_restart(struct sbx_task *self);

static long poll_or_restart(struct sbx_task *self, struct pollfd __user *ufds, unsigned int nfds,
			    const struct sbx_timeout *timeout)
{
	long ret = do_poll(ufds, nfds, timeout);

	if (ret != -ERESTARTNOHAND)
		return ret;
	self->restart = poll_restart;
	self->restart_data[0] = (unsigned long)ufds;
	self->restart_data[1] = nfds | (u64)timeout->forever << 32;
	self->restart_data[2] = timeout->end.tv_sec;
	self->restart_data[3] = timeout->end.tv_nsec;
	return -ERESTART_RESTARTBLOCK;
}

/* Stopped and continued: waits on, to the same end. */
static long poll_restart(struct sbx_task *self)
{
	const u64 *data = self->restart_data;
	const struct sbx_timeout timeout = {
		.end = { .tv_sec = data[2], .tv_nsec = data[3] },
		.forever = data[1] >> 32,
	};

	return poll_or_restart(self, (struct pollfd __user *)data[0], data[1], &timeout);
}

SBX_SYSCALL_DEFINE3(poll, struct pollfd __user *, ufds, unsigned int, nfds, int, msecs)
{
	struct sbx_timeout timeout = { .forever = msecs < 0 };

	if (msecs >= 0)
		sbx_timeout_set(&timeout, msecs / MSEC_PER_SEC,
				NSEC_PER_MSEC * (msecs % MSEC_PER_SEC));
	return poll_or_restart(self, ufds, nfds, &timeout);
}

SBX_SYSCALL_DEFINE5(ppoll, struct pollfd __user *, ufds, unsigned int, nfds,
		    struct __kernel_timespec __user *, span, const sigset_t __user *, mask,
		    size_t, size)
{
	struct sbx_timeout timeout;
	long ret;

	ret = sbx_timeout_get(&timeout, span);
	if (ret)
		return ret;
	ret = sbx_sigmask_set(mask, size);
	if (ret)
		return ret;
	ret = do_poll(ufds, nfds, &timeout);
	sbx_sigmask_finish(ret);
	return sbx_timeout_put(&timeout, span, ret);
}
