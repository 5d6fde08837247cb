// SPDX-License-Identifier: GPL-2.0
/*
 * fcntl(2): native for commands that work on the caller's descriptor table.
 */
#include <linux/fcntl.h>

#include "../entry.h"

SBX_SYSCALL_DEFINE2(fcntl, unsigned int, fd, unsigned int, cmd)
{
	switch (cmd) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
	case F_GETFD:
	case F_SETFD:
	case F_GETFL:
	case F_SETFL:
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
	case F_OFD_GETLK:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
		return SBX_NATIVE;
	default:
		return -EINVAL;
	}
}
