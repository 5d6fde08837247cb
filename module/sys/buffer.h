/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_SYS_BUFFER_H
#define _SBX_SYS_BUFFER_H

#include <linux/init.h>
#include <linux/mm.h>

/* Bytes of a buffer */
#define SBX_BUFFER_SIZE	PAGE_SIZE

void *sbx_buffer_get(void);
void sbx_buffer_put(void *buffer);

int __init sbx_buffer_init(void);
void sbx_buffer_exit(void);

#endif /* _SBX_SYS_BUFFER_H */
