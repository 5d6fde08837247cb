/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_PRIVATE_H
#define _SBX_PRIVATE_H

struct sbx_container;
struct vfsmount;

/**
 * enum sbx_private - filesystems that are mounted for a container, but nowhere
 * @SBX_PRIVATE_PROC: procfs of its PID namespace
 * @SBX_PRIVATE_CGROUP: cgroup2 from the root of its cgroup namespace on
 * @SBX_NR_PRIVATE: how many there are
 */
enum sbx_private {
	SBX_PRIVATE_PROC,
	SBX_PRIVATE_CGROUP,
	SBX_NR_PRIVATE,
};

struct vfsmount *sbx_private_mount(const char *name);
int sbx_private_make(struct sbx_container *container, enum sbx_private which);
struct vfsmount *sbx_private_get(struct sbx_container *container, enum sbx_private which);
void sbx_private_end(struct sbx_container *container);

#endif /* _SBX_PRIVATE_H */
