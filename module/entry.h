/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_ENTRY_H
#define _SBX_ENTRY_H

#include <linux/syscalls.h>

#include "task.h"

/*
 * What a handler returns to hand its call on to the host, registers as they
 * are now.  No errno and no value that a served call could have.
 */
#define SBX_NATIVE	LONG_MIN

/**
 * typedef sbx_handler_t - a row's entry point
 * @self: the calling task's entry, active
 * @regs: its user registers; only filters of native rows may change them
 *
 * Context: process context of the calling task, may sleep and fault.
 * Return: the call's result as the host's own handler would return it
 * (-ERESTART* included), or %SBX_NATIVE.
 */
typedef long (*sbx_handler_t)(struct sbx_task *self, struct pt_regs *regs);

/*
 * SBX_SYSCALL_DEFINEn(name, type, arg, ...) { body } defines the handler
 * sbx_sys_name() of a row.  The body sees typed arguments, and `self` and
 * `regs` from above.
 */
#define SBX_SYSCALL_DEFINE0(name)					\
	long sbx_sys_##name(struct sbx_task *self, struct pt_regs *regs);	\
	long sbx_sys_##name(struct sbx_task *self, struct pt_regs *regs)

#define SBX_SYSCALL_DEFINEx(x, name, ...)				\
	long sbx_sys_##name(struct sbx_task *self, struct pt_regs *regs);	\
	static __always_inline long __sbx_do_##name(struct sbx_task *self,	\
		struct pt_regs *regs, __MAP(x, __SC_DECL, __VA_ARGS__));	\
	static __always_inline long __sbx_cast_##name(struct sbx_task *self,	\
		struct pt_regs *regs, __MAP(x, __SC_LONG, __VA_ARGS__))	\
	{								\
		return __sbx_do_##name(self, regs, __MAP(x, __SC_CAST, __VA_ARGS__)); \
	}								\
	long sbx_sys_##name(struct sbx_task *self, struct pt_regs *regs)	\
	{								\
		return __sbx_cast_##name(self, regs,				\
				   SC_X86_64_REGS_TO_ARGS(x, __VA_ARGS__)); \
	}								\
	static __always_inline long __sbx_do_##name(struct sbx_task *self,	\
		struct pt_regs *regs, __MAP(x, __SC_DECL, __VA_ARGS__))

#define SBX_SYSCALL_DEFINE1(name, ...) SBX_SYSCALL_DEFINEx(1, name, __VA_ARGS__)
#define SBX_SYSCALL_DEFINE2(name, ...) SBX_SYSCALL_DEFINEx(2, name, __VA_ARGS__)
#define SBX_SYSCALL_DEFINE3(name, ...) SBX_SYSCALL_DEFINEx(3, name, __VA_ARGS__)
#define SBX_SYSCALL_DEFINE4(name, ...) SBX_SYSCALL_DEFINEx(4, name, __VA_ARGS__)
#define SBX_SYSCALL_DEFINE5(name, ...) SBX_SYSCALL_DEFINEx(5, name, __VA_ARGS__)
#define SBX_SYSCALL_DEFINE6(name, ...) SBX_SYSCALL_DEFINEx(6, name, __VA_ARGS__)

/**
 * sbx_refuse() - refuse the call under way
 * @self: the calling task's entry
 * @err: negative errno to refuse it with
 *
 * A handler returns through this where the sandbox says no and Linux would
 * have said yes, so that the refusal is counted as one.
 *
 * Return: @err.
 */
static inline long sbx_refuse(struct sbx_task *self, long err)
{
	self->refused = true;
	return err;
}

void sbx_count_refusal(struct sbx_task *self, unsigned int nr);
int sbx_enter(struct sbx_task *self);
unsigned int sbx_entry_inflight(void);

#endif /* _SBX_ENTRY_H */
