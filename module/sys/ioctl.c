// SPDX-License-Identifier: GPL-2.0
/*
 * ioctl(2): by kind of file.
 *
 * What means the same for every file is done here; what works on the caller's
 * descriptor table is native, for that is not exported.  Files of the module's
 * own have commands of their own.  No driver and no filesystem of the host
 * ever sees a command; of attributes (chattr(1)) it sees those that cost nothing.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fileattr.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/uaccess.h>
#include <asm/ioctls.h>

#include "../compat.h"
#include "../entry.h"

static int set_nonblock(struct file *file, const int __user *arg)
{
	int on;

	if (get_user(on, arg))
		return -EFAULT;
	spin_lock(&file->f_lock);
	if (on)
		file->f_flags |= O_NONBLOCK;
	else
		file->f_flags &= ~O_NONBLOCK;
	spin_unlock(&file->f_lock);
	return 0;
}

static int clone_file(struct file *to, const struct file_clone_range *range)
{
	loff_t len = range->src_length;
	loff_t cloned;
	struct fd from;

	from = fdget(range->src_fd);
	if (fd_empty(from))
		return -EBADF;
	cloned = vfs_clone_file_range(fd_file(from), range->src_offset, to, range->dest_offset,
				      len, 0);
	fdput(from);
	if (cloned < 0)
		return cloned;
	return len && cloned != len ? -EINVAL : 0;
}

static int clone_range(struct file *to, const struct file_clone_range __user *arg)
{
	struct file_clone_range range;

	if (copy_from_user(&range, arg, sizeof(range)))
		return -EFAULT;
	return clone_file(to, &range);
}

static int put_bytes(const struct file *file, loff_t __user *arg)
{
	struct inode *inode = file_inode(file);

	if (!S_ISDIR(inode->i_mode) && !S_ISREG(inode->i_mode) && !S_ISLNK(inode->i_mode))
		return -ENOTTY;
	return put_user(inode_get_bytes(inode), arg);
}

static int put_block_size(const struct file *file, int __user *arg)
{
	unsigned long size = file_inode(file)->i_sb->s_blocksize;

	return size ? put_user(size, arg) : -EINVAL;
}

/* Others have filesystems change what is on disk: extents, journals, verity. */
#define OPEN_FLAGS	(FS_SYNC_FL | FS_DIRSYNC_FL | FS_NODUMP_FL | FS_NOATIME_FL |	\
			 FS_IMMUTABLE_FL | FS_APPEND_FL | FS_COMPR_FL | FS_NOCOMP_FL | FS_NOCOW_FL)

static int get_flags(struct file *file, unsigned int __user *arg)
{
	struct fileattr attr = { .flags_valid = true };
	int err;

	err = vfs_fileattr_get(file->f_path.dentry, &attr);
	return err ?: put_user(attr.flags, arg);
}

/* Who may set what, capabilities included, is decided by vfs_fileattr_set(). */
static int change_flags(struct sbx_task *self, struct file *file, unsigned int flags)
{
	struct dentry *dentry = file->f_path.dentry;
	struct fileattr attr = { .flags_valid = true };
	int err;

	err = vfs_fileattr_get(dentry, &attr);
	if (err)
		return err;
	if ((flags ^ attr.flags) & ~OPEN_FLAGS)
		return sbx_refuse(self, -EOPNOTSUPP);
	fileattr_fill_flags(&attr, flags);
	return vfs_fileattr_set(sbx_mnt_idmap(file->f_path.mnt), dentry, &attr);
}

static int set_flags(struct sbx_task *self, struct file *file,
		     const unsigned int __user *arg)
{
	unsigned int flags;
	int err;

	if (get_user(flags, arg))
		return -EFAULT;
	err = mnt_want_write_file(file);
	if (err)
		return err;
	err = change_flags(self, file, flags);
	mnt_drop_write_file(file);
	return err;
}

static long own_ioctl(struct sbx_task *self, struct file *file, unsigned int cmd,
		      unsigned long arg)
{
	if (file->f_op->owner == THIS_MODULE) {
		if (!file->f_op->unlocked_ioctl)
			return -ENOTTY;
		return file->f_op->unlocked_ioctl(file, cmd, arg);
	}
	/* That a file is no terminal is what Linux would say too. */
	if (_IOC_TYPE(cmd) == 'T')
		return -ENOTTY;
	return sbx_refuse(self, -ENOTTY);
}

static long do_ioctl(struct sbx_task *self, struct file *file, unsigned int cmd,
		     unsigned long arg)
{
	void __user *to = (void __user *)arg;
	struct inode *inode = file_inode(file);

	switch (cmd) {
	case FS_IOC_GETFLAGS:
		return get_flags(file, to);
	case FS_IOC_SETFLAGS:
		return set_flags(self, file, to);
	case FIONBIO:
		return set_nonblock(file, to);
	case FIOQSIZE:
		return put_bytes(file, to);
	case FIGETBSZ:
		return put_block_size(file, to);
	case FICLONE:
		return clone_file(file, &(struct file_clone_range){ .src_fd = arg });
	case FICLONERANGE:
		return clone_range(file, to);
	case FIONREAD:
		if (S_ISREG(inode->i_mode))
			return put_user(i_size_read(inode) - file->f_pos, (int __user *)to);
		break;
	}
	return own_ioctl(self, file, cmd, arg);
}

SBX_SYSCALL_DEFINE3(ioctl, unsigned int, fd, unsigned int, cmd, unsigned long, arg)
{
	struct fd f;
	long ret;

	switch (cmd) {
	case FIOCLEX:
	case FIONCLEX:
	case FIOASYNC:
		return SBX_NATIVE;
	}
	f = fdget(fd);
	if (fd_empty(f))
		return -EBADF;
	ret = do_ioctl(self, fd_file(f), cmd, arg);
	fdput(f);
	return ret == -ENOIOCTLCMD ? -ENOTTY : ret;
}
