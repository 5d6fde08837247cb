/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_SELFTESTS_RACE_H
#define _SBX_SELFTESTS_RACE_H

#include <stdlib.h>

/* Milliseconds that a race takes: @shortly, or as many seconds as run-selftest was told. */
static inline long race_ms(long shortly)
{
	const char *seconds = getenv("SBX_SECONDS");

	return seconds ? atol(seconds) * 1000 : shortly;
}

#endif /* _SBX_SELFTESTS_RACE_H */
