/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_LIB_UTIL_H
#define _SBX_LIB_UTIL_H

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "compiler.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static inline void closep(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void freep(void *p)
{
	free(*(void **)p);
}

#define __close __cleanup(closep)
#define __free	__cleanup(freep)

void sbx_exec(const char *program, char *const argv[]);

#endif /* _SBX_LIB_UTIL_H */
