// SPDX-License-Identifier: GPL-2.0
/*
 * POSIX ACLs, which user space sees as extended attributes of a fixed form.
 * The ids in them are the caller's; the VFS wants the kernel's own.
 */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <linux/xattr.h>

#include "../compat.h"
#include "acl.h"

/**
 * sbx_is_acl() - whether an attribute is an ACL
 * @name: of the attribute
 */
bool sbx_is_acl(const char *name)
{
	return !strcmp(name, XATTR_NAME_POSIX_ACL_ACCESS) ||
	       !strcmp(name, XATTR_NAME_POSIX_ACL_DEFAULT);
}

#if SBX_ACL_IS_XATTR
static u32 kernel_uid(u32 id)
{
	return from_kuid(&init_user_ns, make_kuid(current_user_ns(), id));
}

static u32 kernel_gid(u32 id)
{
	return from_kgid(&init_user_ns, make_kgid(current_user_ns(), id));
}

static u32 user_uid(u32 id)
{
	return from_kuid(current_user_ns(), make_kuid(&init_user_ns, id));
}

static u32 user_gid(u32 id)
{
	return from_kgid(current_user_ns(), make_kgid(&init_user_ns, id));
}

/* In place; what is not of the right form the filesystem will not take. */
static void map_ids(void *value, size_t size, u32 (*uid)(u32 id), u32 (*gid)(u32 id))
{
	struct posix_acl_xattr_header *header = value;
	struct posix_acl_xattr_entry *entry = (void *)(header + 1);
	int count = value && size >= sizeof(*header) ? posix_acl_xattr_count(size) : 0;

	for (; count > 0; count--, entry++) {
		u32 id = le32_to_cpu(entry->e_id);

		if (entry->e_tag == cpu_to_le16(ACL_USER))
			entry->e_id = cpu_to_le32(uid(id));
		else if (entry->e_tag == cpu_to_le16(ACL_GROUP))
			entry->e_id = cpu_to_le32(gid(id));
	}
}

int sbx_acl_set(const struct path *path, const char *name, const void *value, size_t size,
		int flags)
{
	void *mapped = NULL;
	int err;

	if (size) {
		mapped = kvmalloc(size, GFP_KERNEL_ACCOUNT);
		if (!mapped)
			return -ENOMEM;
		memcpy(mapped, value, size);
		map_ids(mapped, size, kernel_uid, kernel_gid);
	}
	err = vfs_setxattr(sbx_mnt_idmap(path->mnt), path->dentry, name, mapped, size, flags);
	kvfree(mapped);
	return err;
}

ssize_t sbx_acl_get(const struct path *path, const char *name, void *value, size_t size)
{
	ssize_t len = vfs_getxattr(sbx_mnt_idmap(path->mnt), path->dentry, name, value, size);

	if (len > 0 && size)
		map_ids(value, len, user_uid, user_gid);
	return len;
}

int sbx_acl_remove(const struct path *path, const char *name)
{
	return vfs_removexattr(sbx_mnt_idmap(path->mnt), path->dentry, name);
}
#else
/**
 * sbx_acl_set() - set an ACL
 * @path: of which file; the mount may be written
 * @name: of the attribute, an ACL's
 * @value: as the user has it
 * @size: of @value, 0 to remove the ACL
 * @flags: of setxattr(2)
 *
 * Return: 0 or an error.
 */
int sbx_acl_set(const struct path *path, const char *name, const void *value, size_t size,
		int flags)
{
	struct posix_acl *acl = NULL;
	int err;

	if (size) {
		acl = posix_acl_from_xattr(current_user_ns(), value, size);
		if (IS_ERR(acl))
			return PTR_ERR(acl);
	}
	err = vfs_set_acl(sbx_mnt_idmap(path->mnt), path->dentry, name, acl);
	posix_acl_release(acl);
	return err;
}

/* As who looks through the mount sees them. */
static void map_ids(struct posix_acl *acl, const struct path *path)
{
	struct sbx_idmap *idmap = sbx_mnt_idmap(path->mnt);
	struct user_namespace *fs_ns = path->dentry->d_sb->s_user_ns;
	struct posix_acl_entry *entry = acl->a_entries;
	const struct posix_acl_entry *end = entry + acl->a_count;

	for (; entry < end; entry++) {
		if (entry->e_tag == ACL_USER)
			entry->e_uid = vfsuid_into_kuid(make_vfsuid(idmap, fs_ns, entry->e_uid));
		else if (entry->e_tag == ACL_GROUP)
			entry->e_gid = vfsgid_into_kgid(make_vfsgid(idmap, fs_ns, entry->e_gid));
	}
}

/**
 * sbx_acl_get() - get an ACL
 * @path: of which file
 * @name: of the attribute, an ACL's
 * @value: takes it as the user will see it, NULL to ask for its size
 * @size: room in @value
 *
 * Return: bytes, or an error: -ENODATA if there is none, -ERANGE.
 */
ssize_t sbx_acl_get(const struct path *path, const char *name, void *value, size_t size)
{
	struct posix_acl *acl, *copy;
	ssize_t len;

	acl = vfs_get_acl(sbx_mnt_idmap(path->mnt), path->dentry, name);
	if (IS_ERR(acl))
		return PTR_ERR(acl);
	/* The inode's own. */
	copy = posix_acl_clone(acl, GFP_KERNEL_ACCOUNT);
	posix_acl_release(acl);
	if (!copy)
		return -ENOMEM;
	map_ids(copy, path);
	len = posix_acl_to_xattr(current_user_ns(), copy, value, size);
	posix_acl_release(copy);
	return len;
}

/**
 * sbx_acl_remove() - remove an ACL
 * @path: of which file; the mount may be written
 * @name: of the attribute, an ACL's
 *
 * Return: 0 or an error.
 */
int sbx_acl_remove(const struct path *path, const char *name)
{
	return vfs_remove_acl(sbx_mnt_idmap(path->mnt), path->dentry, name);
}
#endif
