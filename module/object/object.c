// SPDX-License-Identifier: GPL-2.0
/*
 * What all open files of the module's own have in common.
 */
#include "object.h"

int __init sbx_object_init(void)
{
	return 0;
}

void sbx_object_exit(void)
{
}
