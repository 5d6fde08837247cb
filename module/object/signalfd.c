// SPDX-License-Identifier: GPL-2.0
/*
 * Signals with a descriptor, signalfd(2).
 *
 * Whoever reads or polls sees its own pending signals.  The kernel wakes a
 * wait queue of the process when one comes; at the end of the process it wakes
 * it with POLLFREE, see epoll_watch.c.
 */
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/signal.h>
#include <linux/signalfd.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "../compat.h"
#include "object.h"
#include "signalfd.h"

/**
 * struct signals - which signals a descriptor takes
 * @others: those that it leaves alone; written under the writer's siglock,
 *	one word
 */
struct signals {
	sigset_t others;
};

static_assert(_NSIG_WORDS == 1);
static_assert(sizeof(struct signalfd_siginfo) == 128);

/* Nobody but the caller changes it. */
static struct sighand_struct *own_sighand(void)
{
	return rcu_dereference_protected(current->sighand, true);
}

/*
 * What a reader cannot take.  Not those either that the kernel forced on the
 * task, to end it.
 */
static sigset_t left_alone(const struct signals *signals)
{
	const struct k_sigaction *action = own_sighand()->action;
	sigset_t set = { .sig = { READ_ONCE(signals->others.sig[0]) } };
	int i;

	lockdep_assert_held(&own_sighand()->siglock);
	for (i = 0; i < _NSIG; i++)
		if (action[i].sa.sa_flags & SA_IMMUTABLE)
			sigaddset(&set, i + 1);
	return set;
}

static bool has_other_than(const struct sigpending *pending, const sigset_t *set)
{
	return pending->signal.sig[0] & ~set->sig[0];
}

static __poll_t signalfd_poll(struct file *file, poll_table *wait)
{
	sigset_t set;
	bool some;

	poll_wait(file, &own_sighand()->signalfd_wqh, wait);
	spin_lock_irq(&own_sighand()->siglock);
	set = left_alone(file->private_data);
	some = has_other_than(&current->pending, &set) ||
	       has_other_than(&current->signal->shared_pending, &set);
	spin_unlock_irq(&own_sighand()->siglock);
	return some ? EPOLLIN : 0;
}

/* As siginfo_layout(), which is not exported; for a signal of its own meaning. */
static enum siginfo_layout special_layout(int sig, int code)
{
	static const struct {
		u8 codes;
		u8 layout;
	} special[] = {
		[SIGILL] = { NSIGILL, SIL_FAULT },
		[SIGFPE] = { NSIGFPE, SIL_FAULT },
		[SIGSEGV] = { NSIGSEGV, SIL_FAULT },
		[SIGBUS] = { NSIGBUS, SIL_FAULT },
		[SIGTRAP] = { NSIGTRAP, SIL_FAULT },
		[SIGCHLD] = { NSIGCHLD, SIL_CHLD },
		[SIGPOLL] = { NSIGPOLL, SIL_POLL },
		[SIGSYS] = { NSIGSYS, SIL_SYS },
	};

	if (sig < ARRAY_SIZE(special) && code <= special[sig].codes)
		return sig == SIGBUS && code >= BUS_MCEERR_AR && code <= BUS_MCEERR_AO ?
		       SIL_FAULT_MCEERR : special[sig].layout;
	return code <= NSIGPOLL ? SIL_POLL : SIL_KILL;
}

static enum siginfo_layout layout_of(int sig, int code)
{
	if (code > SI_USER && code < SI_KERNEL)
		return special_layout(sig, code);
	switch (code) {
	case SI_TIMER:
		return SIL_TIMER;
	case SI_SIGIO:
		return SIL_POLL;
	default:
		return code < 0 ? SIL_RT : SIL_KILL;
	}
}

static void fill(struct signalfd_siginfo *to, const kernel_siginfo_t *info)
{
	*to = (struct signalfd_siginfo){
		.ssi_signo = info->si_signo,
		.ssi_errno = info->si_errno,
		.ssi_code = info->si_code,
	};
	switch (layout_of(info->si_signo, info->si_code)) {
	case SIL_TIMER:
		to->ssi_tid = info->si_tid;
		to->ssi_overrun = info->si_overrun;
		to->ssi_ptr = (unsigned long)info->si_ptr;
		to->ssi_int = info->si_int;
		break;
	case SIL_POLL:
		to->ssi_band = info->si_band;
		to->ssi_fd = info->si_fd;
		break;
	case SIL_FAULT_MCEERR:
		to->ssi_addr_lsb = info->si_addr_lsb;
		fallthrough;
	case SIL_FAULT:
		to->ssi_addr = (unsigned long)info->si_addr;
		break;
	case SIL_CHLD:
		to->ssi_pid = info->si_pid;
		to->ssi_uid = info->si_uid;
		to->ssi_status = info->si_status;
		to->ssi_utime = info->si_utime;
		to->ssi_stime = info->si_stime;
		break;
	case SIL_RT:
		to->ssi_ptr = (unsigned long)info->si_ptr;
		to->ssi_int = info->si_int;
		fallthrough;
	case SIL_KILL:
		to->ssi_pid = info->si_pid;
		to->ssi_uid = info->si_uid;
		break;
	case SIL_SYS:
		to->ssi_call_addr = (unsigned long)info->si_call_addr;
		to->ssi_syscall = info->si_syscall;
		to->ssi_arch = info->si_arch;
		break;
	default:
		break;
	}
}

/* With the lock held, and dropped while it sleeps. */
static int wait_for(const struct signals *signals, kernel_siginfo_t *info)
{
	struct sighand_struct *sighand = own_sighand();
	DECLARE_WAITQUEUE(wait, current);
	sigset_t set;
	int sig;

	add_wait_queue(&sighand->signalfd_wqh, &wait);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		set = left_alone(signals);
		sig = sbx_dequeue_signal(&set, info);
		if (!sig && signal_pending(current))
			sig = -ERESTARTSYS;
		if (sig)
			break;
		spin_unlock_irq(&sighand->siglock);
		schedule();
		spin_lock_irq(&sighand->siglock);
	}
	__set_current_state(TASK_RUNNING);
	remove_wait_queue(&sighand->signalfd_wqh, &wait);
	return sig;
}

/* The number of the signal that was taken, or an errno. */
static int take(const struct signals *signals, bool wait, kernel_siginfo_t *info)
{
	sigset_t set;
	int sig;

	spin_lock_irq(&own_sighand()->siglock);
	set = left_alone(signals);
	sig = sbx_dequeue_signal(&set, info);
	if (!sig)
		sig = wait ? wait_for(signals, info) : -EAGAIN;
	spin_unlock_irq(&own_sighand()->siglock);
	return sig;
}

/* As many as fit, but waits for the first only. */
static ssize_t signalfd_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct file *file = iocb->ki_filp;
	bool wait = !(file->f_flags & O_NONBLOCK) && !(iocb->ki_flags & IOCB_NOWAIT);
	struct signalfd_siginfo told;
	kernel_siginfo_t info;
	ssize_t done = 0;
	int sig;

	if (iov_iter_count(to) < sizeof(told))
		return -EINVAL;
	while (iov_iter_count(to) >= sizeof(told)) {
		sig = take(file->private_data, wait && !done, &info);
		if (sig < 0)
			return done ?: sig;
		fill(&told, &info);
		if (copy_to_iter(&told, sizeof(told), to) != sizeof(told))
			return done ?: -EFAULT;
		done += sizeof(told);
	}
	return done;
}

static void signalfd_show_fdinfo(struct seq_file *m, struct file *file)
{
	const struct signals *signals = file->private_data;

	seq_printf(m, "sigmask:\t%016lx\n", ~READ_ONCE(signals->others.sig[0]));
}

static const struct file_operations signalfd_fops = {
	.owner = THIS_MODULE,
	.release = sbx_object_release,
	.llseek = noop_llseek,
	.read_iter = signalfd_read,
	.poll = signalfd_poll,
	.show_fdinfo = signalfd_show_fdinfo,
};

static void signals_free(void *priv)
{
	kfree(priv);
}

static const struct sbx_object_type signalfd_type = {
	.name = "anon_inode:[signalfd]",
	.mode = 0600,
	.magic = ANON_INODE_FS_MAGIC,
	.f_mode = SBX_SIGNALFD_NOWAIT,
	.fops = &signalfd_fops,
	.free = signals_free,
};

/**
 * sbx_is_signalfd() - whether a file takes signals
 * @file: any
 */
bool sbx_is_signalfd(const struct file *file)
{
	return file->f_op == &signalfd_fops;
}

/* %SIGKILL and %SIGSTOP cannot be taken, asked for or not. */
static sigset_t others_than(const sigset_t *wanted)
{
	return (sigset_t){ .sig = { ~wanted->sig[0] | sigmask(SIGKILL) | sigmask(SIGSTOP) } };
}

/**
 * sbx_signalfd_create() - make a descriptor for signals
 * @domain: who pays
 * @wanted: those that it takes
 * @flags: %O_NONBLOCK or 0
 *
 * Return: its file, or an error pointer: -ENFILE, -ENOMEM.
 */
struct file *sbx_signalfd_create(struct sbx_domain *domain, const sigset_t *wanted, int flags)
{
	struct signals *signals = kmalloc(sizeof(*signals), GFP_KERNEL_ACCOUNT);
	struct file *file;

	if (!signals)
		return ERR_PTR(-ENOMEM);
	signals->others = others_than(wanted);
	file = sbx_object_file(domain, &signalfd_type, signals, NULL, O_RDWR | flags);
	if (IS_ERR(file))
		kfree(signals);
	return file;
}

/**
 * sbx_signalfd_set() - have a descriptor take other signals
 * @file: such a one
 * @wanted: those that it takes
 */
void sbx_signalfd_set(struct file *file, const sigset_t *wanted)
{
	struct signals *signals = file->private_data;

	spin_lock_irq(&own_sighand()->siglock);
	WRITE_ONCE(signals->others.sig[0], others_than(wanted).sig[0]);
	spin_unlock_irq(&own_sighand()->siglock);
	wake_up(&own_sighand()->signalfd_wqh);
}
