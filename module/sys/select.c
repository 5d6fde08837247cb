// SPDX-License-Identifier: GPL-2.0
/*
 * select(2), pselect6(2).
 */
#include <linux/bitmap.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/personality.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "../compat.h"
#include "../entry.h"
#include "poll.h"

/* Events that make a descriptor of each set ready. */
#define READ_EVENTS	(EPOLLRDNORM | EPOLLRDBAND | EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLNVAL)
#define WRITE_EVENTS	(EPOLLWRBAND | EPOLLWRNORM | EPOLLOUT | EPOLLERR | EPOLLNVAL)
#define EXCEPT_EVENTS	(EPOLLPRI | EPOLLNVAL)

enum { READ_SET, WRITE_SET, EXCEPT_SET, NR_SETS };

static const __poll_t set_events[NR_SETS] = { READ_EVENTS, WRITE_EVENTS, EXCEPT_EVENTS };

/* Words of sets on the stack, as many as Linux puts there. */
#define STACK_WORDS	32

/**
 * struct sets - descriptors to select among
 * @in: asked for
 * @out: ready
 * @words: in each set
 */
struct sets {
	unsigned long *in[NR_SETS];
	unsigned long *out[NR_SETS];
	unsigned int words;
};

static unsigned long asked_for(const struct sets *sets, unsigned int word)
{
	return sets->in[READ_SET][word] | sets->in[WRITE_SET][word] | sets->in[EXCEPT_SET][word];
}

/* Highest descriptor asked for, plus one; -EBADF if one of them is closed. */
static int highest(unsigned int n, const struct sets *sets)
{
	unsigned int word, top = 0;
	unsigned long asked;
	int ret = 0;

	rcu_read_lock();
	for (word = 0; word < sets->words; word++) {
		asked = asked_for(sets, word);
		if (word == n / BITS_PER_LONG)
			asked &= BITMAP_LAST_WORD_MASK(n);
		if (!asked)
			continue;
		if (asked & ~READ_ONCE(files_fdtable(current->files)->open_fds[word])) {
			ret = -EBADF;
			break;
		}
		top = word * BITS_PER_LONG + __fls(asked) + 1;
	}
	rcu_read_unlock();
	return ret ?: top;
}

/* Asks one descriptor; returns in how many sets it is ready. */
static int ask(unsigned int fd, struct sets *sets, poll_table *pt)
{
	unsigned int word = fd / BITS_PER_LONG, i;
	unsigned long bit = BIT(fd % BITS_PER_LONG);
	__poll_t mask = EPOLLNVAL, key = EXCEPT_EVENTS;
	int ready = 0;
	struct fd f;

	for (i = READ_SET; i <= WRITE_SET; i++)
		if (sets->in[i][word] & bit)
			key |= set_events[i];
	f = fdget(fd);
	if (!fd_empty(f)) {
		pt->_key = key;
		mask = vfs_poll(fd_file(f), pt);
		fdput(f);
	}
	for (i = 0; i < NR_SETS; i++) {
		if ((sets->in[i][word] & bit) && (mask & set_events[i])) {
			sets->out[i][word] |= bit;
			ready++;
		}
	}
	return ready;
}

static int ask_all(unsigned int n, struct sets *sets, poll_table *pt)
{
	unsigned int word, fd;
	unsigned long asked;
	int count = 0;

	for (word = 0; word < BITS_TO_LONGS(n); word++) {
		for (asked = asked_for(sets, word); asked; asked &= asked - 1) {
			fd = word * BITS_PER_LONG + __ffs(asked);
			if (fd >= n)
				break;
			count += ask(fd, sets, pt);
			/* No need to be woken any more. */
			if (count)
				pt->_qproc = NULL;
		}
		cond_resched();
	}
	return count;
}

static long wait_for(unsigned int n, struct sets *sets, const struct sbx_timeout *timeout)
{
	struct sbx_poll poll;
	poll_table *pt;
	long count;

	count = highest(n, sets);
	if (count < 0)
		return count;
	n = count;
	sbx_poll_begin(&poll, timeout);
	pt = &poll.wqueues.pt;
	for (;;) {
		count = ask_all(n, sets, pt);
		pt->_qproc = NULL;
		if (count || poll.timed_out || signal_pending(current))
			break;
		count = poll.wqueues.error;
		if (count)
			break;
		sbx_poll_sleep(&poll);
	}
	sbx_poll_end(&poll);
	return count;
}

static long select_sets(unsigned int n, fd_set __user *const user[NR_SETS], struct sets *sets,
			const struct sbx_timeout *timeout)
{
	size_t size = sets->words * sizeof(long);
	long ret;
	int i;

	for (i = 0; i < NR_SETS; i++) {
		memset(sets->out[i], 0, size);
		if (!user[i])
			memset(sets->in[i], 0, size);
		else if (copy_from_user(sets->in[i], user[i], size))
			return -EFAULT;
	}
	ret = wait_for(n, sets, timeout);
	if (ret < 0)
		return ret;
	if (!ret && signal_pending(current))
		return -ERESTARTNOHAND;
	for (i = 0; i < NR_SETS; i++)
		if (user[i] && copy_to_user(user[i], sets->out[i], size))
			return -EFAULT;
	return ret;
}

static long do_select(int n, fd_set __user *const user[NR_SETS],
		      const struct sbx_timeout *timeout)
{
	unsigned long stack[STACK_WORDS], *words = stack;
	struct sets sets;
	unsigned int max;
	long ret;
	int i;

	if (n < 0)
		return -EINVAL;
	/* What lies beyond the table is not even looked at. */
	rcu_read_lock();
	max = files_fdtable(current->files)->max_fds;
	rcu_read_unlock();
	n = min_t(unsigned int, n, max);

	sets.words = BITS_TO_LONGS(n);
	if (sets.words > STACK_WORDS / (2 * NR_SETS)) {
		words = kvmalloc_array(sets.words, 2 * NR_SETS * sizeof(long),
				       GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
		if (!words)
			return -ENOMEM;
	}
	for (i = 0; i < NR_SETS; i++) {
		sets.in[i] = words + i * sets.words;
		sets.out[i] = words + (NR_SETS + i) * sets.words;
	}
	ret = select_sets(n, user, &sets, timeout);
	if (words != stack)
		kvfree(words);
	return ret;
}

SBX_SYSCALL_DEFINE5(select, int, n, fd_set __user *, in, fd_set __user *, out,
		    fd_set __user *, ex, struct __kernel_old_timeval __user *, span)
{
	fd_set __user *const user[NR_SETS] = { in, out, ex };
	struct sbx_timeout timeout = { .forever = !span };
	struct __kernel_old_timeval tv;
	struct timespec64 left;
	long ret;

	if (span) {
		if (copy_from_user(&tv, span, sizeof(tv)))
			return -EFAULT;
		if (sbx_timeout_set(&timeout, tv.tv_sec + tv.tv_usec / USEC_PER_SEC,
				    (tv.tv_usec % USEC_PER_SEC) * NSEC_PER_USEC))
			return -EINVAL;
	}
	ret = do_select(n, user, &timeout);
	if (!span)
		return ret;
	if (!(current->personality & STICKY_TIMEOUTS)) {
		if (!sbx_timeout_left(&timeout, &left))
			return ret;
		tv.tv_sec = left.tv_sec;
		tv.tv_usec = left.tv_nsec / NSEC_PER_USEC;
		if (!copy_to_user(span, &tv, sizeof(tv)))
			return ret;
	}
	return ret == -ERESTARTNOHAND ? -EINTR : ret;
}

/**
 * struct sigmask_arg - sixth argument of pselect6(2)
 * @mask: signals to block meanwhile
 * @size: of @mask
 */
struct sigmask_arg {
	const sigset_t __user *mask;
	size_t size;
};

SBX_SYSCALL_DEFINE6(pselect6, int, n, fd_set __user *, in, fd_set __user *, out,
		    fd_set __user *, ex, struct __kernel_timespec __user *, span,
		    const struct sigmask_arg __user *, sig)
{
	fd_set __user *const user[NR_SETS] = { in, out, ex };
	struct sigmask_arg arg = {};
	struct sbx_timeout timeout;
	long ret;

	if (sig && copy_from_user(&arg, sig, sizeof(arg)))
		return -EFAULT;
	ret = sbx_timeout_get(&timeout, span);
	if (ret)
		return ret;
	ret = sbx_sigmask_set(arg.mask, arg.size);
	if (ret)
		return ret;
	ret = do_select(n, user, &timeout);
	sbx_sigmask_finish(ret);
	return sbx_timeout_put(&timeout, span, ret);
}
