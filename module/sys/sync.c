// SPDX-License-Identifier: GPL-2.0
/*
 * To disk: fsync(2), fdatasync(2), sync_file_range(2), syncfs(2), sync(2).
 *
 * sync(2) is for what the container has mounted, not for all of the host.
 * Which filesystems these are only the mount table tells; the container's
 * private procfs shows it.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/writeback.h>

#include "../compat.h"
#include "../domain.h"
#include "../entry.h"
#include "../object/object.h"

/* A line of the mount table is read in pieces of this, and cut off there. */
#define LINE	PAGE_SIZE

/**
 * struct target - a filesystem to sync
 * @self: who wants it
 * @dev: its device number
 */
struct target {
	struct sbx_task *self;
	dev_t dev;
};

static long sync_fd(unsigned int fd, int datasync)
{
	struct fd f = fdget(fd);
	int err;

	if (fd_empty(f))
		return -EBADF;
	err = vfs_fsync(fd_file(f), datasync);
	fdput(f);
	return err;
}

SBX_SYSCALL_DEFINE1(fsync, unsigned int, fd)
{
	return sync_fd(fd, 0);
}

SBX_SYSCALL_DEFINE1(fdatasync, unsigned int, fd)
{
	return sync_fd(fd, 1);
}

static int write_out(struct file *file, loff_t offset, loff_t end, unsigned int flags)
{
	struct writeback_control wbc = {
		.sync_mode = (flags & SYNC_FILE_RANGE_WRITE_AND_WAIT) ==
			     SYNC_FILE_RANGE_WRITE_AND_WAIT ? WB_SYNC_ALL : WB_SYNC_NONE,
		.nr_to_write = LONG_MAX,
		.range_start = offset,
		.range_end = end,
	};

	return filemap_fdatawrite_wbc(file->f_mapping, &wbc);
}

static int sync_range(struct file *file, loff_t offset, loff_t end, unsigned int flags)
{
	umode_t mode = file_inode(file)->i_mode;
	int err = 0;

	if (!S_ISREG(mode) && !S_ISBLK(mode) && !S_ISDIR(mode) && !S_ISLNK(mode))
		return -ESPIPE;
	if (flags & SYNC_FILE_RANGE_WAIT_BEFORE)
		err = file_fdatawait_range(file, offset, end);
	if (!err && (flags & SYNC_FILE_RANGE_WRITE))
		err = write_out(file, offset, end, flags);
	if (!err && (flags & SYNC_FILE_RANGE_WAIT_AFTER))
		err = file_fdatawait_range(file, offset, end);
	return err;
}

SBX_SYSCALL_DEFINE4(sync_file_range, int, fd, loff_t, offset, loff_t, len, unsigned int, flags)
{
	struct fd f = fdget(fd);
	loff_t end;
	int err = -EINVAL;

	if (fd_empty(f))
		return -EBADF;
	if (flags & ~(SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
		      SYNC_FILE_RANGE_WAIT_AFTER))
		goto out;
	if (offset < 0 || check_add_overflow(offset, len, &end) || end < offset)
		goto out;
	err = sync_range(fd_file(f), offset, len ? end - 1 : LLONG_MAX, flags);
out:
	fdput(f);
	return err;
}

/* A wrapper stands for a file, not for the host's filesystem that it is on. */
static int sync_sb_of(struct file *file)
{
	struct super_block *sb = file->f_path.dentry->d_sb;
	int err, earlier;

	if (sbx_is_object(file_inode(file)))
		return file->f_op->fsync ? vfs_fsync(file, 0) : 0;
	down_read(&sb->s_umount);
	err = sync_filesystem(sb);
	up_read(&sb->s_umount);
	earlier = errseq_check_and_advance(&sb->s_wb_err, &file->f_sb_err);
	return err ?: earlier;
}

SBX_SYSCALL_DEFINE1(syncfs, int, fd)
{
	struct fd f = fdget(fd);
	int err;

	if (fd_empty(f))
		return -EBADF;
	err = sync_sb_of(fd_file(f));
	fdput(f);
	return err;
}

/* sync(2) has no way to tell of an error; syncfs(2) and fsync(2) do. */
static void sync_sb(struct super_block *sb, void *arg)
{
	const struct target *target = arg;

	if (sb->s_dev == target->dev && !sb_rdonly(sb) &&
	    sbx_sb_allowed(target->self->container->domain, sb))
		sync_filesystem(sb);
}

/* "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw" */
static void sync_mount(struct sbx_task *self, char *line)
{
	struct target target = { .self = self };
	struct file_system_type *fs;
	unsigned int major, minor;
	char *type;

	type = strstr(line, " - ");
	if (!type || sscanf(line, "%*u %*u %u:%u", &major, &minor) != 2)
		return;
	type += strlen(" - ");
	type[strcspn(type, " ")] = 0;
	fs = get_fs_type(type);
	if (!fs)
		return;
	target.dev = MKDEV(major, minor);
	iterate_supers_type(fs, sync_sb, &target);
	module_put(fs->owner);
}

/* Takes the lines that are whole; how much of the buffer is left over. */
static size_t sync_mounts(struct sbx_task *self, char *buf, size_t used)
{
	char *line = buf, *end;

	while ((end = memchr(line, '\n', buf + used - line))) {
		*end = 0;
		sync_mount(self, line);
		line = end + 1;
	}
	/* Longer than the buffer: mount points of four kilobytes are not made. */
	if (line == buf && used == LINE)
		return 0;
	used -= line - buf;
	memmove(buf, line, used);
	return used;
}

static void sync_container(struct sbx_task *self, struct file *table, char *buf)
{
	size_t used = 0;
	loff_t pos = 0;
	ssize_t ret;

	while (!fatal_signal_pending(current)) {
		ret = kernel_read(table, buf + used, LINE - used, &pos);
		if (ret <= 0)
			break;
		used = sync_mounts(self, buf, used + ret);
	}
}

SBX_SYSCALL_DEFINE0(sync)
{
	struct vfsmount *proc = sbx_private_get(self->container, SBX_PRIVATE_PROC);
	struct path root;
	struct file *table;
	char *buf;

	if (IS_ERR(proc))
		return 0;
	root.mnt = proc;
	root.dentry = proc->mnt_root;
	buf = kmalloc(LINE, GFP_KERNEL_ACCOUNT);
	table = file_open_root(&root, "self/mountinfo", O_RDONLY, 0);
	if (buf && !IS_ERR(table))
		sync_container(self, table, buf);
	if (!IS_ERR(table))
		fput(table);
	kfree(buf);
	mntput(proc);
	return 0;
}
