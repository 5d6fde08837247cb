// SPDX-License-Identifier: GPL-2.0
/*
 * The fs.protected_* sysctls, for what the host's own path walk does not do
 * on behalf of the module.
 *
 * Their variables are private to fs/namei.c, so they are read from the
 * container's private procfs; that happens in situations only that a sysctl
 * could forbid, which are rare.
 */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mount.h>
#include <linux/sched/task.h>

#include "../compat.h"
#include "path.h"

/* The most protective value if it cannot be read. */
#define STRICT	2

static int read_sysctl(struct sbx_task *self, const char *path)
{
	char text[16] = "";
	struct file *file;
	loff_t pos = 0;
	int value;

	file = file_open_root_mnt(self->container->private[SBX_PRIVATE_PROC], path, O_RDONLY, 0);
	if (IS_ERR(file))
		return STRICT;
	kernel_read(file, text, sizeof(text) - 1, &pos);
	fput(file);
	return kstrtoint(strim(text), 10, &value) ? STRICT : value;
}

/* With the host's credentials: some kernels let only its root read them. */
static int sysctl(struct sbx_task *self, const char *path)
{
	const struct cred *old;
	struct cred *cred;
	int value;

	cred = prepare_kernel_cred(&init_task);
	if (!cred)
		return STRICT;
	old = override_creds(cred);
	value = read_sysctl(self, path);
	revert_creds(old);
	put_cred(cred);
	return value;
}

/**
 * sbx_may_create_in_sticky() - O_CREAT of a file that exists
 * @self: the caller's entry
 * @dir: directory that it was found in
 * @file: the file
 *
 * Return: 0 or -EACCES, see fs.protected_fifos and fs.protected_regular.
 */
int sbx_may_create_in_sticky(struct sbx_task *self, const struct path *dir,
			     const struct path *file)
{
	const struct inode *d = d_inode(dir->dentry), *f = d_inode(file->dentry);
	vfsuid_t owner;
	int protect;

	if (likely(!(d->i_mode & S_ISVTX)) || !(d->i_mode & 0022))
		return 0;
	owner = i_uid_into_vfsuid(sbx_mnt_idmap(file->mnt), f);
	if (vfsuid_eq_kuid(owner, current_fsuid()) ||
	    vfsuid_eq(owner, i_uid_into_vfsuid(sbx_mnt_idmap(dir->mnt), d)))
		return 0;

	/* Linux lets a world-writable directory protect all other kinds too. */
	protect = STRICT;
	if (S_ISREG(f->i_mode))
		protect = sysctl(self, "sys/fs/protected_regular");
	else if (S_ISFIFO(f->i_mode))
		protect = sysctl(self, "sys/fs/protected_fifos");
	else if (!(d->i_mode & 0002))
		protect = 0;
	return protect >= (d->i_mode & 0002 ? 1 : 2) ? -EACCES : 0;
}

/**
 * sbx_may_follow() - follow a symlink by hand
 * @self: the caller's entry
 * @dir: directory that it was found in
 * @link: the symlink
 *
 * Return: 0 or -EACCES, see fs.protected_symlinks.
 */
int sbx_may_follow(struct sbx_task *self, const struct path *dir, const struct path *link)
{
	const struct inode *d = d_inode(dir->dentry);
	vfsuid_t owner = i_uid_into_vfsuid(sbx_mnt_idmap(link->mnt), d_inode(link->dentry));

	if ((d->i_mode & (S_ISVTX | 0002)) != (S_ISVTX | 0002))
		return 0;
	if (vfsuid_eq_kuid(owner, current_fsuid()) ||
	    vfsuid_eq(owner, i_uid_into_vfsuid(sbx_mnt_idmap(dir->mnt), d)))
		return 0;
	return sysctl(self, "sys/fs/protected_symlinks") ? -EACCES : 0;
}

/* A regular file without set-id bits that the caller can read and write. */
static bool safe_to_link(const struct path *source)
{
	struct inode *inode = d_inode(source->dentry);
	umode_t mode = inode->i_mode;

	return S_ISREG(mode) && !(mode & S_ISUID) &&
	       (mode & (S_ISGID | 0010)) != (S_ISGID | 0010) &&
	       !inode_permission(sbx_mnt_idmap(source->mnt), inode, MAY_READ | MAY_WRITE);
}

/**
 * sbx_may_link() - make a hard link
 * @self: the caller's entry
 * @source: what it is to link to
 *
 * Return: 0 or an error, see fs.protected_hardlinks.
 */
int sbx_may_link(struct sbx_task *self, const struct path *source)
{
	struct inode *inode = d_inode(source->dentry);

	if (!vfsuid_valid(i_uid_into_vfsuid(sbx_mnt_idmap(source->mnt), inode)) ||
	    !vfsgid_valid(i_gid_into_vfsgid(sbx_mnt_idmap(source->mnt), inode)))
		return -EOVERFLOW;
	if (inode_owner_or_capable(sbx_mnt_idmap(source->mnt), inode) || safe_to_link(source))
		return 0;
	return sysctl(self, "sys/fs/protected_hardlinks") ? -EPERM : 0;
}
