// SPDX-License-Identifier: GPL-2.0
/*
 * The one way in and the one way out of the personality.
 *
 * A member's system call arrives here in place of __secure_computing().
 * Accounting, tracing and the bookkeeping of restarts are done here and
 * nowhere else; handlers only answer.
 */
#include <linux/nospec.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <asm/syscall.h>

#include "domain.h"
#include "entry.h"
#include "hold.h"
#include "table.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/*
 * Calls under way.  synchronize_rcu_tasks() does not wait for a handler that
 * sleeps, so disarming needs this too.  Only the sum over all CPUs means
 * something: a handler may migrate.
 */
static DEFINE_PER_CPU(unsigned int, inflight);

/**
 * sbx_entry_inflight() - how many tasks are between the hook and its return
 */
unsigned int sbx_entry_inflight(void)
{
	unsigned int sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += per_cpu(inflight, cpu);
	return sum;
}

/**
 * sbx_count_refusal() - count a refusal outside of a handler
 * @self: the caller's entry
 * @nr: the system call that fails by it, below %SBX_NR_SYSCALLS
 */
void sbx_count_refusal(struct sbx_task *self, unsigned int nr)
{
	this_cpu_inc(self->counters->refused);
	atomic64_inc(&self->container->domain->refusals[nr]);
}

static __always_inline long answer(struct sbx_task *self, struct pt_regs *regs, unsigned int nr)
{
	sbx_handler_t handler;
	long ret;

	/* Numbers of other ABIs would reach other tables of the host; x32 has a high bit. */
	if (unlikely(nr >= SBX_NR_SYSCALLS || in_ia32_syscall())) {
		this_cpu_inc(self->counters->refused);
		return -ENOSYS;
	}
	nr = array_index_nospec(nr, SBX_NR_SYSCALLS);
	if (unlikely(self->restart) && nr != __NR_restart_syscall)
		self->restart = NULL;

	handler = sbx_handlers[nr];
	ret = handler ? handler(self, regs) : SBX_NATIVE;

	if (ret == SBX_NATIVE) {
		this_cpu_inc(self->counters->native);
	} else if (unlikely(self->refused)) {
		self->refused = false;
		sbx_count_refusal(self, nr);
	} else {
		this_cpu_inc(self->counters->served);
	}
	return ret;
}

/**
 * sbx_enter() - answer the current member's system call
 * @self: the caller's entry
 *
 * Runs instead of __secure_computing(), and returns what that would.
 *
 * Return: -1 if the call was answered, its result is in the registers; 0 to
 * let the host run it.
 */
int sbx_enter(struct sbx_task *self)
{
	struct pt_regs *regs = current_pt_regs();
	unsigned int nr = regs->orig_ax;
	long ret = SBX_NATIVE;

	this_cpu_inc(inflight);
	/* Else the runtime's own code between its filter and the exec. */
	if (likely(self->state == SBX_TASK_ACTIVE))
		ret = answer(self, regs, nr);
	else if (nr == __NR_execve || nr == __NR_execveat)
		ret = sbx_hold_wait(self->container);

	if (trace_sbx_call_enabled())
		trace_sbx_call(self->container->id, nr, regs, ret == SBX_NATIVE, ret);
	this_cpu_dec(inflight);
	if (ret == SBX_NATIVE)
		return 0;
	syscall_set_return_value(current, regs, 0, ret);
	return -1;
}
