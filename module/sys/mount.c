// SPDX-License-Identifier: GPL-2.0
/*
 * mount(2), umount2(2), pivot_root(2): native, as far as registers decide.
 *
 * What may be mounted by the host's own code is what is there already, elsewhere.
 * A new mount of a filesystem reads the name of its type from memory, which may be
 * another one when the host looks; a remount of a superblock is none of a member's
 * business.  All of it needs CAP_SYS_ADMIN in the container's user namespace, which
 * a bundle has to give.
 */
#include <linux/fs.h>
#include <uapi/linux/mount.h>

#include "../entry.h"

/* The order in which path_mount() in fs/namespace.c asks. */
static bool mount_is_open(unsigned long flags)
{
	if ((flags & MS_MGC_MSK) == MS_MGC_VAL)
		flags &= ~MS_MGC_MSK;
	switch (flags & (MS_REMOUNT | MS_BIND)) {
	case MS_REMOUNT | MS_BIND:
		/* Volumes and a root that the operator made read-only stay so. */
		return flags & MS_RDONLY;
	case MS_BIND:
		return true;
	case MS_REMOUNT:
		return false;
	}
	return (flags & MS_MOVE) &&
	       !(flags & (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE));
}

SBX_SYSCALL_DEFINE4(mount, const char __user *, from, const char __user *, to,
		    const char __user *, type, unsigned long, flags)
{
	return mount_is_open(flags) ? SBX_NATIVE : sbx_refuse(self, -EPERM);
}
