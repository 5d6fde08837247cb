/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_OBJECT_OBJECT_H
#define _SBX_OBJECT_OBJECT_H

#include <linux/init.h>

int __init sbx_object_init(void);
void sbx_object_exit(void);

#endif /* _SBX_OBJECT_OBJECT_H */
