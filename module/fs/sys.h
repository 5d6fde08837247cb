/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_FS_SYS_H
#define _SBX_FS_SYS_H

#include <linux/init.h>

int __init sbx_sys_init(void);
void sbx_sys_exit(void);

#endif /* _SBX_FS_SYS_H */
