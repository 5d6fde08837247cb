// SPDX-License-Identifier: GPL-2.0
/*
 * Filesystems of the kernel's that are mounted nowhere: the module reads in
 * them what only the kernel knows.  Which part of it a mount shows depends on
 * the namespaces of who makes it, so the procfs and the cgroup of a container
 * are made by one of its tasks, when they are first needed.
 */
#include <linux/cgroup.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/mutex.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>

#include "domain.h"
#include "private.h"

/* Makes and ends; readers hold RCU. */
static DEFINE_MUTEX(private_lock);

static const char * const types[] = {
	[SBX_PRIVATE_PROC] = "proc",
	[SBX_PRIVATE_CGROUP] = "cgroup2",
};

/**
 * sbx_private_mount() - mount a filesystem nowhere
 * @name: of the filesystem
 *
 * Return: the mount, for kern_unmount(), or an error pointer: -ENODEV, or what
 * the filesystem says.
 */
struct vfsmount *sbx_private_mount(const char *name)
{
	struct file_system_type *type = get_fs_type(name);
	struct vfsmount *mnt;

	if (!type)
		return ERR_PTR(-ENODEV);
	mnt = kern_mount(type);
	module_put(type->owner);
	return mnt;
}

/* Whether a mount of the caller's would show the container. */
static bool inside(const struct sbx_container *container, enum sbx_private which)
{
	if (which == SBX_PRIVATE_PROC)
		return task_active_pid_ns(current) == container->pid_ns;
	return current->nsproxy->cgroup_ns == READ_ONCE(container->namespaces.cgroup);
}

static int make_locked(struct sbx_container *container, enum sbx_private which)
{
	struct vfsmount *mnt;

	lockdep_assert_held(&private_lock);
	if (container->private[which])
		return 0;
	if (container->private_ended || !inside(container, which))
		return -ENOENT;
	mnt = sbx_private_mount(types[which]);
	if (IS_ERR(mnt))
		return PTR_ERR(mnt);
	smp_store_release(&container->private[which], mnt);	/* readers hold RCU only */
	return 0;
}

/**
 * sbx_private_make() - have a private filesystem
 * @container: whose
 * @which: of them
 *
 * Return: 0 if it is there now; -ENOENT if it is not and the caller is not
 * inside; -ENODEV, -ENOMEM.
 */
int sbx_private_make(struct sbx_container *container, enum sbx_private which)
{
	int err;

	mutex_lock(&private_lock);
	err = make_locked(container, which);
	mutex_unlock(&private_lock);
	return err;
}

static struct vfsmount *get(const struct sbx_container *container, enum sbx_private which)
{
	struct vfsmount *mnt;

	rcu_read_lock();
	mnt = READ_ONCE(container->private[which]);
	if (mnt)
		mntget(mnt);
	rcu_read_unlock();
	return mnt;
}

/**
 * sbx_private_get() - a private filesystem, made if it is missing
 * @container: whose
 * @which: of them
 *
 * Return: its mount with a reference, or an error pointer as from
 * sbx_private_make().
 */
struct vfsmount *sbx_private_get(struct sbx_container *container, enum sbx_private which)
{
	struct vfsmount *mnt = get(container, which);
	int err;

	if (mnt)
		return mnt;
	err = sbx_private_make(container, which);
	if (err)
		return ERR_PTR(err);
	return get(container, which) ?: ERR_PTR(-ENOENT);
}

/**
 * sbx_private_end() - the container is dead, and so are its filesystems
 * @container: whose
 */
void sbx_private_end(struct sbx_container *container)
{
	struct vfsmount *mnt;
	int i;

	mutex_lock(&private_lock);
	container->private_ended = true;
	mutex_unlock(&private_lock);
	for (i = 0; i < SBX_NR_PRIVATE; i++) {
		mnt = container->private[i];
		WRITE_ONCE(container->private[i], NULL);
		/* Waits for RCU before it drops its reference. */
		if (mnt)
			kern_unmount(mnt);
	}
}
