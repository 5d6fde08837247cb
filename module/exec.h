/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_EXEC_H
#define _SBX_EXEC_H

#include <linux/init.h>

int __init sbx_exec_init(void);
void sbx_exec_exit(void);

#endif /* _SBX_EXEC_H */
