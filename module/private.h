/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_PRIVATE_H
#define _SBX_PRIVATE_H

struct vfsmount;

int sbx_private_mount(struct vfsmount **slot, const char *name);
struct vfsmount *sbx_private_get(struct vfsmount *const *slot);
void sbx_private_unmount(struct vfsmount *mnt);

#endif /* _SBX_PRIVATE_H */
