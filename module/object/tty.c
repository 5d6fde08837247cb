// SPDX-License-Identifier: GPL-2.0
/*
 * Terminals: pseudo-terminals of the container's own devpts, its controlling
 * terminals, and terminals of the host that a program is started with.
 *
 * Line discipline and job control are the kernel's.  A member has a wrapper
 * around an open file of the terminal's driver, which passes on reading,
 * writing, waiting and a closed list of commands.
 *
 * The container's devpts is the one that its runtime mounted from inside its
 * user namespace.  It stays where it is: there is nothing on it but directory
 * entries and device nodes, and those are opened here.
 */
#include <linux/file.h>
#include <linux/magic.h>
#include <linux/major.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/pid.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/splice.h>
#include <linux/tty.h>
#include <linux/tty_driver.h>
#include <linux/uio.h>

#include <asm/ioctls.h>

#include "../compat.h"
#include "../domain.h"
#include "../entry.h"
#include "object.h"
#include "tty.h"

/*
 * Most pseudo-terminals on one devpts that members may make: the kernel has
 * 3072 for all containers together.  Numbers are given out from the lowest,
 * so the number tells.
 */
#define PTYS_MAX	256

#define CURRENT_TTY	MKDEV(TTYAUX_MAJOR, 0)
#define PTMX		MKDEV(TTYAUX_MAJOR, 2)

/**
 * struct terminal - what a wrapper wraps
 * @inner: open file of the driver, with a reference; until the wrapper's
 *	->release, so not for those who come by path
 * @own: nobody else has @inner, its flags can follow the wrapper's
 * @real: the terminal; NULL where it is not certain that the driver is the
 *	kernel's own for pseudo-terminals
 * @mode: FMODE_READ and FMODE_WRITE as far as it may be opened again
 */
struct terminal {
	struct file *inner;
	bool own;
	struct tty_struct *real;
	fmode_t mode;
};

static bool on_own_devpts(const struct inode *inode)
{
	return inode->i_sb->s_magic == DEVPTS_SUPER_MAGIC && sbx_devpts_own(inode->i_sb);
}

static bool nonblocking(const struct kiocb *outer)
{
	return outer->ki_filp->f_flags & O_NONBLOCK;
}

static ssize_t transfer(struct kiocb *outer, struct iov_iter *iter, __poll_t wanted)
{
	const struct terminal *term = outer->ki_filp->private_data;
	struct file *inner = term->inner;
	struct kiocb iocb;

	if (term->own)
		sbx_copy_nonblock(inner, nonblocking(outer));
	else if (nonblocking(outer) &&
		 !(vfs_poll(inner, NULL) & (wanted | EPOLLHUP | EPOLLERR)))
		return -EAGAIN;	/* A file of the host, not ours to set flags of. */
	init_sync_kiocb(&iocb, inner);
	if (iov_iter_rw(iter) == READ)
		return vfs_iocb_iter_read(inner, &iocb, iter);
	return sbx_iocb_iter_write(inner, &iocb, iter);
}

static ssize_t terminal_read(struct kiocb *outer, struct iov_iter *to)
{
	return transfer(outer, to, EPOLLIN);
}

static ssize_t terminal_write(struct kiocb *outer, struct iov_iter *from)
{
	return transfer(outer, from, EPOLLOUT);
}

static __poll_t terminal_poll(struct file *file, poll_table *wait)
{
	const struct terminal *term = file->private_data;

	return vfs_poll(term->inner, wait);
}

/*
 * What becomes of a command: passed on; passed on for terminals of the
 * container; passed on with argument 0; answered or refused with EPERM.
 */
enum rule { PASS, PASS_OWN, PASS_ZERO, PEER, DENY, REFUSE };

/*
 * struct command - a command that terminals know
 * @cmd: its number; those that are not listed get ENOTTY
 * @rule: what becomes of it
 */
static const struct command {
	unsigned int cmd;
	enum rule rule;
} commands[] = {
	{ TCGETS, PASS }, { TCSETS, PASS }, { TCSETSW, PASS }, { TCSETSF, PASS },
	{ TIOCGWINSZ, PASS }, { TIOCSWINSZ, PASS },
	{ TIOCGPGRP, PASS }, { TIOCSPGRP, PASS }, { TIOCGSID, PASS },
	{ TCGETS2, PASS }, { TCSETS2, PASS }, { TCSETSW2, PASS }, { TCSETSF2, PASS },
	{ TCGETA, PASS }, { TCSETA, PASS }, { TCSETAW, PASS }, { TCSETAF, PASS },
	{ FIONREAD, PASS }, { TIOCOUTQ, PASS },
	{ TCSBRK, PASS }, { TCSBRKP, PASS }, { TIOCSBRK, PASS }, { TIOCCBRK, PASS },
	{ TCXONC, PASS }, { TCFLSH, PASS },
	{ TIOCGETD, PASS }, { TIOCGLCKTRMIOS, PASS }, { TIOCGSOFTCAR, PASS },
	{ TIOCSSOFTCAR, PASS }, { TIOCNOTTY, PASS },
	{ TIOCSCTTY, PASS_ZERO },	/* never somebody else's */
	{ TIOCGPTN, PASS_OWN }, { TIOCSPTLCK, PASS_OWN }, { TIOCGPTLCK, PASS_OWN },
	{ TIOCPKT, PASS_OWN }, { TIOCGPKT, PASS_OWN }, { TIOCSIG, PASS_OWN },
	{ TIOCEXCL, PASS_OWN }, { TIOCNXCL, PASS_OWN }, { TIOCGEXCL, PASS_OWN },
	{ TIOCGDEV, PASS_OWN },
	{ TIOCGPTPEER, PEER },
	{ TIOCVHANGUP, DENY }, { TIOCSLCKTRMIOS, DENY },	/* for root of the machine */
	{ TIOCSTI, REFUSE }, { TIOCSETD, REFUSE }, { TIOCLINUX, REFUSE }, { TIOCCONS, REFUSE },
};

static const struct command *find_command(unsigned int cmd)
{
	const struct command *command;

	for (command = commands; command < commands + ARRAY_SIZE(commands); command++)
		if (command->cmd == cmd)
			return command;
	return NULL;
}

static bool is_master(const struct tty_struct *tty)
{
	return tty->driver->type == TTY_DRIVER_TYPE_PTY &&
	       tty->driver->subtype == PTY_TYPE_MASTER;
}

/*
 * A mount of the devpts that a master was opened on, by which the other side
 * has a name: where the node is, or where it would be looked for if a node
 * elsewhere is a bind mount of it.
 */
static int find_devpts(const struct file *master, struct path *pts)
{
	const struct super_block *sb = file_inode(master)->i_sb;
	struct path path = master->f_path;
	struct dentry *parent;
	int err = 0;

	path_get(&path);
	while (path.mnt->mnt_root == path.dentry && follow_up(&path))
		;
	if (path.mnt->mnt_sb == sb) {
		*pts = path;
		return 0;
	}
	parent = dget_parent(path.dentry);
	err = vfs_path_lookup(parent, path.mnt, "pts", 0, pts);
	dput(parent);
	path_put(&path);
	if (err)
		return err;
	if (pts->mnt->mnt_sb == sb && pts->mnt->mnt_root == sb->s_root)
		return 0;
	path_put(pts);
	return -ENODEV;
}

/* The other side of a master, by no name that could lead elsewhere. */
static long open_peer(struct file *file, int flags)
{
	const struct terminal *term = file->private_data;
	struct path pts, peer;
	struct file *slave;
	long fd;
	int err;

	if (!term->real || !is_master(term->real))
		return -EIO;
	fd = get_unused_fd_flags(flags & O_CLOEXEC);
	if (fd < 0)
		return fd;
	err = find_devpts(term->inner, &pts);
	if (err) {
		put_unused_fd(fd);
		return err;
	}
	/* There as long as the master is open. */
	peer = (struct path){ .mnt = pts.mnt, .dentry = term->real->link->driver_data };
	slave = sbx_tty_open(sbx_object(file_inode(file))->domain, &peer,
			     flags & (O_ACCMODE | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
	path_put(&pts);
	if (IS_ERR(slave)) {
		put_unused_fd(fd);
		return PTR_ERR(slave);
	}
	fd_install(fd, slave);
	return fd;
}

static long terminal_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	const struct terminal *term = file->private_data;
	const struct command *command = find_command(cmd);
	struct file *inner = term->inner;
	struct sbx_task *self;

	if (!command)
		return -ENOTTY;
	switch (command->rule) {
	case PASS_ZERO:
		arg = 0;
		break;
	case PASS_OWN:
		if (!term->real)
			return -ENOTTY;
		break;
	case PEER:
		return open_peer(file, arg);
	case DENY:
		return -EPERM;
	case REFUSE:
		self = sbx_task_member();
		return self ? sbx_refuse(self, -EPERM) : -EPERM;
	case PASS:
		break;
	}
	return inner->f_op->unlocked_ioctl(inner, cmd, arg);
}

/* SIGIO, to the foreground if nobody else is asked for. */
static int terminal_fasync(int fd, struct file *file, int on)
{
	const struct terminal *term = file->private_data;
	enum pid_type type = PIDTYPE_PGID;
	struct pid *pid;
	int ret;

	if (!term->real || (on && tty_hung_up_p(term->inner)))
		return -ENOTTY;
	if (on) {
		ret = sbx_owner_allocate(file);
		if (ret)
			return ret;
	}
	ret = fasync_helper(fd, file, on, &term->real->fasync);
	if (ret <= 0 || !on)
		return ret;
	pid = tty_get_pgrp(term->real);
	if (!pid) {
		pid = get_pid(task_pid(current));
		type = PIDTYPE_TGID;
	}
	__f_setown(file, pid, type, 0);
	put_pid(pid);
	return 0;
}

/* Here and not with the last use of the inode: the other side waits for it. */
static int terminal_release(struct inode *inode, struct file *file)
{
	const struct terminal *term = file->private_data;

	/* Watches hang on its wait queues. */
	sbx_object_close(inode, file);
	fput(term->inner);
	return 0;
}

static const struct file_operations terminal_fops = {
	.owner = THIS_MODULE,
	.release = terminal_release,
	.read_iter = terminal_read,
	.write_iter = terminal_write,
	.splice_read = sbx_splice_read,
	.splice_write = iter_file_splice_write,
	.poll = terminal_poll,
	.unlocked_ioctl = terminal_ioctl,
	.fasync = terminal_fasync,
};

static void terminal_free(void *priv)
{
	kfree(priv);
}

static int terminal_setattr(struct sbx_object *object, struct iattr *attr)
{
	if (on_own_devpts(d_inode(object->node.dentry)))
		return sbx_node_setattr(object, attr);
	return -EPERM;
}

static struct file *terminal_reopen(struct sbx_object *object, int flags);

static const struct sbx_object_type terminal_type = {
	.fops = &terminal_fops,
	.free = terminal_free,
	.setattr = terminal_setattr,
	.reopen = terminal_reopen,
};

/* Takes the reference on @inner, if all goes well. */
static struct file *wrap(struct sbx_domain *domain, struct file *inner, int flags, bool own,
			 bool known)
{
	const struct tty_file_private *priv = inner->private_data;
	struct terminal *term;
	struct file *file;

	term = kmalloc(sizeof(*term), GFP_KERNEL_ACCOUNT);
	if (!term)
		return ERR_PTR(-ENOMEM);
	*term = (struct terminal){
		.inner = inner,
		.own = own,
		.real = known ? priv->tty : NULL,
		.mode = inner->f_mode & (FMODE_READ | FMODE_WRITE),
	};
	file = sbx_object_file(domain, &terminal_type, term, &inner->f_path,
			       flags & ~(FASYNC | O_PATH));
	if (IS_ERR(file))
		kfree(term);
	else
		stream_open(file_inode(file), file);
	return file;
}

/**
 * sbx_tty_number() - whether a device is a terminal of the module's
 * @dev: number of a character device
 */
bool sbx_tty_number(dev_t dev)
{
	return dev == CURRENT_TTY || dev == PTMX ||
	       (MAJOR(dev) >= UNIX98_PTY_SLAVE_MAJOR &&
		MAJOR(dev) < UNIX98_PTY_SLAVE_MAJOR + UNIX98_PTY_MAJOR_COUNT);
}

/* Whether the caller may get at what is behind the node at all. */
static int check_node(const struct inode *inode)
{
	if (inode->i_rdev != CURRENT_TTY)
		return on_own_devpts(inode) ? 0 : -EACCES;
	/* That of a session that began outside is not the container's. */
	return task_session_vnr(current) ? 0 : -ENXIO;
}

/**
 * sbx_tty_open() - open(2) of a terminal
 * @domain: who opens
 * @path: of a node for which sbx_tty_number() is true and that the caller may
 *	open
 * @flags: of open(2)
 *
 * Return: the file, or an error pointer: -EACCES if it is a terminal of
 * another devpts than the container's, -ENXIO for /dev/tty without a
 * controlling terminal, -ENOSPC if there are too many pseudo-terminals, -EIO,
 * -EBUSY, -EINVAL, -ENFILE, -ENOMEM, -ERESTARTSYS.
 */
struct file *sbx_tty_open(struct sbx_domain *domain, const struct path *path, int flags)
{
	const struct inode *inode = d_inode(path->dentry);
	const struct tty_file_private *priv;
	struct file *inner, *file;
	int err;

	err = check_node(inode);
	if (err)
		return ERR_PTR(err);
	inner = dentry_open(path, (flags & ~(FASYNC | O_CREAT | O_TRUNC)) | O_LARGEFILE,
			    current_cred());
	if (IS_ERR(inner))
		return inner;
	priv = inner->private_data;
	if (inode->i_rdev == PTMX && priv->tty->index >= PTYS_MAX)
		file = ERR_PTR(-ENOSPC);
	else
		file = wrap(domain, inner, flags | O_LARGEFILE, true, true);
	if (IS_ERR(file))
		fput(inner);
	return file;
}

/**
 * sbx_is_tty() - whether a file of the host is a terminal
 * @file: of a character device
 *
 * A terminal is what answers a question that only terminals understand.
 */
bool sbx_is_tty(struct file *file)
{
	return file->f_op->unlocked_ioctl &&
	       file->f_op->unlocked_ioctl(file, TCGETS, ULONG_MAX) == -EFAULT;
}

/*
 * Whether opening the node again gives the same thing: not with a pty's
 * master, and not with names that mean another terminal to everyone.
 */
static bool can_open_again(const struct file *file)
{
	dev_t dev = file_inode(file)->i_rdev;

	return MAJOR(dev) != TTYAUX_MAJOR && MAJOR(dev) != PTY_MASTER_MAJOR &&
	       dev != MKDEV(TTY_MAJOR, 0);
}

/* Never waits for a carrier, becomes nobody's controlling terminal. */
static struct file *open_again(const struct path *path, int flags)
{
	struct file *again;

	again = dentry_open(path, (flags & (O_ACCMODE | O_APPEND)) | O_NONBLOCK | O_NOCTTY,
			    current_cred());
	if (!IS_ERR(again))
		sbx_copy_nonblock(again, false);
	return again;
}

/**
 * sbx_tty_import() - a wrapper in place of a terminal that a runtime passed
 * @domain: who gets it
 * @file: for which sbx_is_tty() is true
 *
 * It gets an open file of its own, if one is to be had, so that flags do not
 * get back to who else has this one.
 *
 * Return: the file, or an error pointer: -ENFILE, -ENOMEM.
 */
struct file *sbx_tty_import(struct sbx_domain *domain, struct file *file)
{
	struct file *again, *wrapper;

	again = can_open_again(file) ? open_again(&file->f_path, file->f_flags) : NULL;
	if (IS_ERR(again))
		again = NULL;
	wrapper = wrap(domain, again ?: get_file(file), file->f_flags, again,
		       on_own_devpts(file_inode(file)));
	if (IS_ERR(wrapper))
		fput(again ?: file);
	return wrapper;
}

/* The caller may open the node; of the host's counts what the runtime had opened. */
static struct file *terminal_reopen(struct sbx_object *object, int flags)
{
	const struct terminal *term = object->priv;
	struct file *again, *wrapper;

	if (term->real)
		return sbx_tty_open(object->domain, &object->node, flags);
	if (OPEN_FMODE(flags) & (FMODE_READ | FMODE_WRITE) & ~term->mode)
		return ERR_PTR(-EACCES);
	if (!term->own)
		return ERR_PTR(-ENXIO);
	again = open_again(&object->node, flags);
	if (IS_ERR(again))
		return again;
	wrapper = wrap(object->domain, again, flags, true, false);
	if (IS_ERR(wrapper))
		fput(again);
	return wrapper;
}
