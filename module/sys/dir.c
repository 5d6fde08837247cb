// SPDX-License-Identifier: GPL-2.0
/*
 * Directories: getdents(2), getdents64(2), getcwd(2), chdir(2), fchdir(2),
 * chroot(2).
 */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/dirent.h>
#include <linux/namei.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "../compat.h"
#include "../entry.h"
#include "fd.h"
#include "path.h"

/* What getdents(2) writes; the type is in the record's last byte. */
struct old_dirent {
	unsigned long d_ino;
	unsigned long d_off;
	unsigned short d_reclen;
	char d_name[];
};

static_assert(offsetof(struct old_dirent, d_ino) == offsetof(struct linux_dirent64, d_ino));
static_assert(offsetof(struct old_dirent, d_off) == offsetof(struct linux_dirent64, d_off));
static_assert(offsetof(struct old_dirent, d_reclen) ==
	      offsetof(struct linux_dirent64, d_reclen));

/**
 * struct listing - entries on their way to the user
 * @ctx: handed to the filesystem
 * @to: where the next record goes
 * @room: bytes from there on; as in fs/readdir.c, there is none beyond %INT_MAX
 * @last: length of the record before @to, 0 if there is none
 * @absent: length of the record that met a page which was not there, else 0
 * @old: records are &struct old_dirent
 * @err: why the entry after the last record was not taken, 0 if there was none
 *
 * Records are written while the filesystem holds the directory's lock, and a page
 * fault takes as long as its owner wants it to.  So there are none: what meets one
 * ends the listing, and goes on when the page was brought in without the lock.
 */
struct listing {
	struct dir_context ctx;
	u8 __user *to;
	int room;
	int last;
	int absent;
	bool old;
	int err;
};

/* All of the record but its d_off, which is the offset of the entry that follows. */
static bool put_record(const struct listing *l, int len, const char *name, int name_len,
		       loff_t offset, u64 ino, unsigned int type)
{
	struct linux_dirent64 __user *d = (void __user *)l->to;
	struct linux_dirent64 __user *before = (void __user *)(l->to - l->last);
	char __user *text = l->old ? ((struct old_dirent __user *)d)->d_name : d->d_name;
	u8 __user *kind = l->old ? l->to + len - 1 : &d->d_type;

	if (!user_write_access_begin(before, l->last + len))
		return false;
	/* Of the first record, written again with the next. */
	unsafe_put_user(offset, &before->d_off, fault);
	unsafe_put_user(ino, &d->d_ino, fault);
	unsafe_put_user(len, &d->d_reclen, fault);
	unsafe_put_user(type, kind, fault);
	unsafe_copy_to_user(text, name, name_len, fault);
	unsafe_put_user(0, text + name_len, fault);
	user_write_access_end();
	return true;
fault:
	user_write_access_end();
	return false;
}

static bool take(struct dir_context *ctx, const char *name, int name_len, loff_t offset,
		 u64 ino, unsigned int type)
{
	struct listing *l = container_of(ctx, struct listing, ctx);
	bool done;
	int len;

	if (l->old)
		len = offsetof(struct old_dirent, d_name) + name_len + 2;
	else
		len = offsetof(struct linux_dirent64, d_name) + name_len + 1;
	len = ALIGN(len, sizeof(u64));

	/* The image's filesystem may be corrupt. */
	l->err = -EIO;
	if (name_len <= 0 || name_len >= PATH_MAX || memchr(name, '/', name_len))
		return false;
	l->err = -EINVAL;
	if (len > l->room || (l->last && signal_pending(current)))
		return false;

	pagefault_disable();
	done = put_record(l, len, name, name_len, offset, ino, type);
	pagefault_enable();
	if (!done) {
		l->absent = len;
		l->err = -EFAULT;
		return false;
	}
	l->to += len;
	l->room -= len;
	l->last = len;
	l->err = 0;
	return true;
}

/*
 * The pages that the record which did not get through, and the offset in the one
 * before it, would have been written to.  What this overwrites they overwrite again.
 */
static bool bring_in(const struct listing *l)
{
	struct linux_dirent64 __user *before = (void __user *)(l->to - l->last);

	return !fatal_signal_pending(current) &&
	       !fault_in_writeable((char __user *)&before->d_off, sizeof(before->d_off)) &&
	       !fault_in_writeable((char __user *)l->to, l->absent);
}

static long read_entries(struct file *file, void __user *to, int count, bool old)
{
	struct listing l = { .ctx.actor = take, .to = to, .room = count, .old = old };
	struct linux_dirent64 __user *last;
	int err;

	do {
		l.absent = 0;
		l.err = 0;
		err = iterate_dir(file, &l.ctx);
	} while (l.absent && bring_in(&l));
	if (!l.last)
		return err < 0 ? err : l.err;
	last = (void __user *)(l.to - l.last);
	return put_user(l.ctx.pos, &last->d_off) ? -EFAULT : count - l.room;
}

static long getdents(unsigned int fd, void __user *to, unsigned int count, bool old)
{
	struct sbx_fd_pos f;
	long ret;

	ret = sbx_fdget_pos(fd, &f);
	if (ret)
		return ret;
	ret = read_entries(fd_file(f.fd), to, count, old);
	sbx_fdput_pos(&f);
	return ret;
}

SBX_SYSCALL_DEFINE3(getdents, unsigned int, fd, void __user *, to, unsigned int, count)
{
	return getdents(fd, to, count, true);
}

SBX_SYSCALL_DEFINE3(getdents64, unsigned int, fd, void __user *, to, unsigned int, count)
{
	return getdents(fd, to, count, false);
}

/*
 * Whether the root of the caller is above, or at, its working directory, which
 * the exported d_path() does not tell.  On the root's own mount the answer does
 * not take the lock of all mounts.
 */
static bool reachable(const struct path *pwd)
{
	struct path root;
	bool under;

	get_fs_root(current->fs, &root);
	if (pwd->mnt == root.mnt)
		under = is_subdir(pwd->dentry, root.dentry);
	else
		under = is_subdir(pwd->dentry, pwd->mnt->mnt_root) && path_is_under(pwd, &root);
	path_put(&root);
	return under;
}

SBX_SYSCALL_DEFINE2(getcwd, char __user *, to, unsigned long, size)
{
	static const char unreachable[] = "(unreachable)";
	struct path pwd;
	char *buf, *name;
	size_t len;
	long ret;

	buf = __getname();
	if (!buf)
		return -ENOMEM;
	get_fs_pwd(current->fs, &pwd);
	name = d_path(&pwd, buf, PATH_MAX);
	if (!IS_ERR(name) && !reachable(&pwd)) {
		if (name - buf < strlen(unreachable))
			name = ERR_PTR(-ENAMETOOLONG);
		else
			name = memcpy(name - strlen(unreachable), unreachable,
				      strlen(unreachable));
	}
	len = IS_ERR(name) ? 0 : buf + PATH_MAX - name;
	/* Asked after d_path(), which puts it into the name. */
	if (d_unlinked(pwd.dentry))
		ret = -ENOENT;
	else if (IS_ERR(name))
		ret = PTR_ERR(name);
	else if (len > size)
		ret = -ERANGE;
	else
		ret = copy_to_user(to, name, len) ? -EFAULT : len;
	path_put(&pwd);
	__putname(buf);
	return ret;
}

static int may_enter(struct sbx_task *self, const struct path *path)
{
	return inode_permission(sbx_mnt_idmap(path->mnt), d_inode(path->dentry),
				MAY_EXEC | MAY_CHDIR) ?: sbx_check_sb(self, path);
}

/* @which is the task's root or working directory. */
static void set_fs_path(struct path *which, const struct path *path)
{
	struct fs_struct *fs = current->fs;
	struct path old;

	path_get(path);
	spin_lock(&fs->lock);
	write_seqcount_begin(&fs->seq);
	old = *which;
	*which = *path;
	write_seqcount_end(&fs->seq);
	spin_unlock(&fs->lock);
	path_put(&old);
}

static int change_dir(struct sbx_task *self, const struct path *path)
{
	int err = may_enter(self, path);

	if (!err)
		set_fs_path(&current->fs->pwd, path);
	return err;
}

/* Up to the root of the container, and no further, leads a directory kept open. */
static int change_root(struct sbx_task *self, const struct path *path)
{
	int err = may_enter(self, path);

	if (err)
		return err;
	if (!ns_capable(current_user_ns(), CAP_SYS_CHROOT))
		return -EPERM;
	set_fs_path(&current->fs->root, path);
	return 0;
}

static long change_at(struct sbx_task *self, const char __user *name,
		      int (*change)(struct sbx_task *self, const struct path *path))
{
	unsigned int lookup = LOOKUP_FOLLOW | LOOKUP_DIRECTORY;
	struct path path;
	int err;

retry:
	err = user_path_at(AT_FDCWD, name, lookup, &path);
	if (err)
		return err;
	err = change(self, &path);
	path_put(&path);
	if (sbx_retry_estale(err, &lookup))
		goto retry;
	return err;
}

SBX_SYSCALL_DEFINE1(chdir, const char __user *, name)
{
	return change_at(self, name, change_dir);
}

SBX_SYSCALL_DEFINE1(chroot, const char __user *, name)
{
	return change_at(self, name, change_root);
}

SBX_SYSCALL_DEFINE1(fchdir, unsigned int, fd)
{
	struct file *file;
	int err = -ENOTDIR;

	file = fget_raw(fd);
	if (!file)
		return -EBADF;
	if (d_can_lookup(file->f_path.dentry))
		err = change_dir(self, &file->f_path);
	fput(file);
	return err;
}
