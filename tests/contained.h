/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Included before all else by programs that are to run in a container only, where
 * they are the init: what they do would harm the machine they are started on.
 */
#ifndef _SBX_TESTS_CONTAINED_H
#define _SBX_TESTS_CONTAINED_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void __attribute__((constructor)) refuse_elsewhere(void)
{
	if (getpid() == 1)
		return;
	fputs("This is not a container of its own: see tests/run-selftest and tests/fuzz.\n",
	      stderr);
	exit(1);
}

#endif /* _SBX_TESTS_CONTAINED_H */
