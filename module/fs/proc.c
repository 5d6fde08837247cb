// SPDX-License-Identifier: GPL-2.0
/*
 * The module's /proc.
 */
#include "proc.h"

int __init sbx_proc_init(void)
{
	return 0;
}

void sbx_proc_exit(void)
{
}
