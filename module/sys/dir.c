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
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "../compat.h"
#include "../entry.h"
#include "buffer.h"
#include "fd.h"
#include "path.h"

/*
 * Entries are collected in a buffer and go to the user when the directory's
 * lock has been dropped.  Any name fits.
 */
#define CHUNK	SBX_BUFFER_SIZE

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
 * struct collect - entries on their way to the user
 * @ctx: handed to the filesystem
 * @buf: of %CHUNK bytes
 * @room: how many of them may be used
 * @used: how many are
 * @last: offset in @buf of the last record
 * @old: records are &struct old_dirent
 * @first: nothing was given to the user before
 * @full: an entry did not fit
 * @err: why the entry after @used was not taken, 0 if there was none
 */
struct collect {
	struct dir_context ctx;
	u8 *buf;
	size_t room;
	size_t used;
	size_t last;
	bool old;
	bool first;
	bool full;
	int err;
};

/* All of the record but its d_off. */
static void put_record(const struct collect *c, u8 *to, size_t len, const char *name,
		       int name_len, u64 ino, unsigned int type)
{
	struct linux_dirent64 *d = (struct linux_dirent64 *)to;
	u8 *text = (u8 *)d->d_name;

	if (c->old)
		text = to + offsetof(struct old_dirent, d_name);
	/* All that follows the name, but for its end. */
	*(u64 *)(to + len - sizeof(u64)) = 0;
	d->d_ino = ino;
	d->d_reclen = len;
	memcpy(text, name, name_len);
	text[name_len] = '\0';
	if (c->old)
		to[len - 1] = type;
	else
		d->d_type = type;
}

static bool take(struct dir_context *ctx, const char *name, int name_len, loff_t offset,
		 u64 ino, unsigned int type)
{
	struct collect *c = container_of(ctx, struct collect, ctx);
	size_t len;

	if (c->old)
		len = offsetof(struct old_dirent, d_name) + name_len + 2;
	else
		len = offsetof(struct linux_dirent64, d_name) + name_len + 1;
	len = ALIGN(len, sizeof(u64));

	/* The image's filesystem may be corrupt. */
	c->err = -EIO;
	if (name_len <= 0 || name_len >= PATH_MAX || memchr(name, '/', name_len))
		return false;
	c->err = -EINVAL;
	if (len > c->room - c->used) {
		c->full = true;
		return false;
	}
	if ((c->used || !c->first) && signal_pending(current))
		return false;

	/* Each record says where the next one starts. */
	if (c->used)
		((struct linux_dirent64 *)(c->buf + c->last))->d_off = offset;
	put_record(c, c->buf + c->used, len, name, name_len, ino, type);
	c->last = c->used;
	c->used += len;
	c->err = 0;
	return true;
}

/* How much of the first @len bytes are whole records, and what follows them. */
static size_t whole_records(const struct collect *c, size_t len, loff_t *next)
{
	size_t done = 0;

	while (done < c->used) {
		const struct linux_dirent64 *d = (const void *)(c->buf + done);

		if (done + d->d_reclen > len)
			break;
		done += d->d_reclen;
		*next = d->d_off;
	}
	return done;
}

/*
 * One chunk; returns how many bytes the user got, or an error.  @c->full says
 * if there is more.
 */
static ssize_t read_chunk(struct file *file, struct collect *c, void __user *to)
{
	loff_t pos = file->f_pos;
	size_t left, done;
	int err;

	c->used = 0;
	c->full = false;
	c->err = 0;
	err = iterate_dir(file, &c->ctx);
	if (!c->used)
		return err < 0 ? err : c->err;
	((struct linux_dirent64 *)(c->buf + c->last))->d_off = c->ctx.pos;

	left = copy_to_user(to, c->buf, c->used);
	if (likely(!left))
		return c->used;
	/* As if the entries that the user cannot have had never been read. */
	c->full = false;
	done = whole_records(c, c->used - left, &pos);
	vfs_llseek(file, pos, SEEK_SET);
	return done ?: -EFAULT;
}

static long read_entries(struct file *file, void __user *to, size_t count, bool old)
{
	struct collect c = { .ctx.actor = take, .old = old, .first = true };
	size_t done = 0;
	ssize_t ret;

	c.buf = sbx_buffer_get();
	if (!c.buf)
		return -ENOMEM;
	do {
		c.room = min_t(size_t, count - done, CHUNK);
		ret = read_chunk(file, &c, to + done);
		if (ret > 0)
			done += ret;
		c.first = false;
	} while (ret > 0 && c.full && c.room == CHUNK);
	sbx_buffer_put(c.buf);
	return done ?: ret;
}

static long getdents(unsigned int fd, void __user *to, unsigned int count, bool old)
{
	struct sbx_fd_pos f;
	long ret;

	ret = sbx_fdget_pos(fd, &f);
	if (ret)
		return ret;
	ret = read_entries(fd_file(f.fd), to, min_t(unsigned int, count, INT_MAX), old);
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
