// SPDX-License-Identifier: GPL-2.0
/*
 * The personality's table, generated from syscalls.tbl.
 */
#include <linux/errno.h>
#include <linux/nospec.h>
#include <asm/unistd.h>
#include <asm/syscall.h>

#include "domain.h"
#include "entry.h"
#include "table.h"

#define sbx_proto extern __typeof__(sbx_sys_refused)

#include "generated/sbx_table.h"

/* A kernel newer than the table needs a look at what its new calls do. */
#ifdef __NR_syscalls
static_assert(__NR_syscalls <= SBX_NR_SYSCALLS);
#endif
static_assert(ARRAY_SIZE(sbx_handlers) == SBX_NR_SYSCALLS);
static_assert(ARRAY_SIZE(sbx_rows) == SBX_NR_SYSCALLS);

/**
 * sbx_sys_refused() - entry point of all refused and absent rows
 * @self: the caller's entry
 * @regs: the caller's registers
 *
 * Return: the row's errno.
 */
long sbx_sys_refused(struct sbx_task *self, struct pt_regs *regs)
{
	int nr = array_index_nospec(syscall_get_nr(current, regs), SBX_NR_SYSCALLS);

	return sbx_refuse(self, -(long)sbx_rows[nr].err);
}

#if IS_BUILTIN(CONFIG_KUNIT)
#include "table_kunit.c"
#endif
