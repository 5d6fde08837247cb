/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_HOOK_H
#define _SBX_HOOK_H

#include <linux/types.h>

struct seccomp_data;

int sbx_hook_get(void);
void sbx_hook_put(void);
bool sbx_hook_armed(void);
int sbx_hook_call(const struct seccomp_data *sd);
int __init sbx_hook_init(void);
void sbx_hook_exit(void);

#endif /* _SBX_HOOK_H */
