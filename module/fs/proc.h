/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_FS_PROC_H
#define _SBX_FS_PROC_H

#include <linux/init.h>

int __init sbx_proc_init(void);
void sbx_proc_exit(void);

#endif /* _SBX_FS_PROC_H */
