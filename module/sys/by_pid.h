/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_SYS_BY_PID_H
#define _SBX_SYS_BY_PID_H

#include <linux/types.h>

struct pt_regs;
struct sbx_task;

bool sbx_nr_hidden(pid_t nr);
long sbx_sys_by_pid(struct sbx_task *self, struct pt_regs *regs);

#endif /* _SBX_SYS_BY_PID_H */
