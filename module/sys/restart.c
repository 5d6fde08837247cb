// SPDX-License-Identifier: GPL-2.0
/*
 * restart_syscall(2): a handler's own continuation, else the host's.
 *
 * Functions of the module never stand in current->restart_block, which they
 * could outlive; the entry keeps them (task.h).
 */
#include "../entry.h"

SBX_SYSCALL_DEFINE0(restart)
{
	long (*restart)(struct sbx_task *self) = self->restart;

	if (!restart)
		return SBX_NATIVE;
	self->restart = NULL;
	return restart(self);
}
