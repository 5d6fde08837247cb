/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_TABLE_H
#define _SBX_TABLE_H

#include <linux/types.h>
#include <linux/sbx.h>

#include "generated/sbx_nr.h"	/* SBX_NR_SYSCALLS, from syscalls.tbl */

struct sbx_task;
struct pt_regs;

/**
 * struct sbx_row - the cold half of a row of syscalls.tbl
 * @name: of the call, NULL if the number is absent
 * @args: types of the arguments, comma separated, "-" for none
 * @note: reason of a refusal, justification of a native row
 * @class: &enum sbx_syscall_class
 * @err: errno of a refused row, positive
 */
struct sbx_row {
	const char *name;
	const char *args;
	const char *note;
	u8 class;
	u8 err;
};

/*
 * The hot half: the function to call; NULL hands the call on.  Refused and
 * absent rows share sbx_sys_refused().
 */
extern long (*const sbx_handlers[SBX_NR_SYSCALLS])(struct sbx_task *self,
						   struct pt_regs *regs);
extern const struct sbx_row sbx_rows[SBX_NR_SYSCALLS];

long sbx_sys_refused(struct sbx_task *self, struct pt_regs *regs);

#endif /* _SBX_TABLE_H */
