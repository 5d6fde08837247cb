// SPDX-License-Identifier: GPL-2.0
/*
 * Private mounts: filesystems of the kernel's that are attached nowhere, and
 * that the module reads for a container what only the kernel knows.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/rcupdate.h>

#include "private.h"

/**
 * sbx_private_mount() - make a private mount, where there is none yet
 * @slot: takes the mount; the caller keeps others from writing to it
 * @name: of the filesystem
 *
 * It shows the namespaces of whoever makes it.
 *
 * Return: 0, -ENODEV, or what the filesystem says.
 */
int sbx_private_mount(struct vfsmount **slot, const char *name)
{
	struct file_system_type *type;
	struct vfsmount *mnt;

	if (*slot)
		return 0;
	type = get_fs_type(name);
	if (!type)
		return -ENODEV;
	mnt = kern_mount(type);
	module_put(type->owner);
	if (IS_ERR(mnt))
		return PTR_ERR(mnt);
	smp_store_release(slot, mnt);	/* readers hold RCU only */
	return 0;
}

/**
 * sbx_private_get() - take a reference on a private mount
 * @slot: where it is, cleared before it is unmounted
 *
 * Return: the mount or NULL.
 */
struct vfsmount *sbx_private_get(struct vfsmount *const *slot)
{
	struct vfsmount *mnt;

	rcu_read_lock();
	mnt = READ_ONCE(*slot);
	if (mnt)
		mntget(mnt);
	rcu_read_unlock();
	return mnt;
}

/**
 * sbx_private_unmount() - end a private mount
 * @mnt: taken out of its slot; NULL does nothing
 *
 * Waits for RCU before it drops its reference.
 */
void sbx_private_unmount(struct vfsmount *mnt)
{
	if (mnt)
		kern_unmount(mnt);
}
