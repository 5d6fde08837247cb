// SPDX-License-Identifier: GPL-2.0
/*
 * Unix sockets: what messages carry besides bytes, SCM_CREDENTIALS and
 * SCM_RIGHTS.
 *
 * A Unix socket on its way in a message has no descriptors in its own queue,
 * and gets none: what waits in a queue is never more than one step from a
 * descriptor of somebody's.  So no queues keep each other alive, and there is
 * nothing to be collected.
 */
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/uaccess.h>
#include <net/scm.h>

#include "../compat.h"
#include "../domain.h"
#include "../sys/by_pid.h"
#include "unix_inner.h"

/**
 * struct sbx_unix_rights - descriptors on their way
 * @ref: messages, and who looks at one, hold one each
 * @domain: who pays; a reference
 * @nr: how many
 * @files: a reference on each
 */
struct sbx_unix_rights {
	refcount_t ref;
	struct sbx_domain *domain;
	unsigned int nr;
	struct file *files[];
};

/* Whether a file may be sent; a socket is on its way then. */
static bool take_off(struct file *file)
{
	struct sbx_unix *sock = file->private_data;
	bool may;

	if (!sbx_is_unix(file))
		return true;
	spin_lock(&sock->queue.lock);
	may = !sock->rights;
	if (may)
		sock->in_flight++;
	spin_unlock(&sock->queue.lock);
	return may;
}

static void land(struct file *file)
{
	struct sbx_unix *sock = file->private_data;

	if (!sbx_is_unix(file))
		return;
	spin_lock(&sock->queue.lock);
	sock->in_flight--;
	spin_unlock(&sock->queue.lock);
}

static void rights_put(struct sbx_unix_rights *rights)
{
	struct file *file;

	if (!rights || !refcount_dec_and_test(&rights->ref))
		return;
	sbx_uncharge(rights->domain, SBX_RES_UNIX_RIGHTS, rights->nr);
	while (rights->nr) {
		file = rights->files[--rights->nr];
		land(file);
		fput(file);
	}
	sbx_domain_put(rights->domain);
	kfree(rights);
}

/**
 * sbx_unix_rights_queue() - let descriptors into a socket's queue
 * @sock: whose lock the caller has
 * @rights: of a message to be put there, NULL for none
 *
 * Return: false if they must not be there.
 */
bool sbx_unix_rights_queue(struct sbx_unix *sock, const struct sbx_unix_rights *rights)
{
	lockdep_assert_held(&sock->queue.lock);
	if (!rights)
		return true;
	if (sock->in_flight)
		return false;
	sock->rights++;
	return true;
}

/**
 * sbx_unix_rights_take() - take descriptors out of a socket's queue
 * @sock: whose lock the caller has
 * @skb: a message in its queue; has none then
 *
 * Return: the descriptors, or NULL.
 */
struct sbx_unix_rights *sbx_unix_rights_take(struct sbx_unix *sock, struct sk_buff *skb)
{
	struct sbx_unix_rights *rights = sbx_unix_cb(skb)->scm.rights;

	lockdep_assert_held(&sock->queue.lock);
	if (rights)
		sock->rights--;
	sbx_unix_cb(skb)->scm.rights = NULL;
	return rights;
}

/**
 * sbx_unix_rights_get() - another reference on descriptors on their way
 * @rights: which, NULL for none
 *
 * Return: @rights.
 */
struct sbx_unix_rights *sbx_unix_rights_get(struct sbx_unix_rights *rights)
{
	if (rights)
		refcount_inc(&rights->ref);
	return rights;
}

/**
 * sbx_unix_rights_count() - how many descriptors there are
 * @rights: which, NULL for none
 */
unsigned int sbx_unix_rights_count(const struct sbx_unix_rights *rights)
{
	return rights ? rights->nr : 0;
}

/**
 * sbx_unix_scm_drop() - let go of what a message carries
 * @scm: is empty then
 */
void sbx_unix_scm_drop(struct sbx_unix_scm *scm)
{
	put_pid(scm->pid);
	rights_put(scm->rights);
	*scm = (struct sbx_unix_scm){};
}

/**
 * sbx_unix_scm_copy() - say of another message who sent it
 * @to: the other one, where nothing was said; takes no descriptors
 * @from: is said so here
 */
void sbx_unix_scm_copy(struct sbx_unix_scm *to, const struct sbx_unix_scm *from)
{
	to->pid = get_pid(from->pid);
	to->uid = from->uid;
	to->gid = from->gid;
}

/**
 * sbx_unix_scm_same() - whether two messages come from the same sender
 * @a: one
 * @b: the other
 */
bool sbx_unix_scm_same(const struct sbx_unix_scm *a, const struct sbx_unix_scm *b)
{
	return a->pid == b->pid && uid_eq(a->uid, b->uid) && gid_eq(a->gid, b->gid);
}

/* Whether the caller may say that a message comes from there. */
static int check_ucred(const struct ucred *ucred, kuid_t uid, kgid_t gid)
{
	const struct cred *cred = current_cred();

	if (!uid_valid(uid) || !gid_valid(gid))
		return -EINVAL;
	if (ucred->pid != task_tgid_vnr(current) &&
	    !ns_capable(task_active_pid_ns(current)->user_ns, CAP_SYS_ADMIN))
		return -EPERM;
	if (!uid_eq(uid, cred->uid) && !uid_eq(uid, cred->euid) && !uid_eq(uid, cred->suid) &&
	    !ns_capable(cred->user_ns, CAP_SETUID))
		return -EPERM;
	if (!gid_eq(gid, cred->gid) && !gid_eq(gid, cred->egid) && !gid_eq(gid, cred->sgid) &&
	    !ns_capable(cred->user_ns, CAP_SETGID))
		return -EPERM;
	return 0;
}

static int add_credentials(struct sbx_unix_scm *scm, const struct cmsghdr *cmsg)
{
	struct ucred ucred;
	struct pid *pid;
	kuid_t uid;
	kgid_t gid;
	int err;

	if (cmsg->cmsg_len != CMSG_LEN(sizeof(ucred)))
		return -EINVAL;
	memcpy(&ucred, CMSG_DATA(cmsg), sizeof(ucred));
	uid = make_kuid(current_user_ns(), ucred.uid);
	gid = make_kgid(current_user_ns(), ucred.gid);
	err = check_ucred(&ucred, uid, gid);
	if (err)
		return err;
	pid = sbx_nr_hidden(ucred.pid) ? NULL : find_get_pid(ucred.pid);
	if (!pid)
		return -ESRCH;
	put_pid(scm->pid);
	scm->pid = pid;
	scm->uid = uid;
	scm->gid = gid;
	return 0;
}

static struct sbx_unix_rights *rights_alloc(struct sbx_domain *domain)
{
	struct sbx_unix_rights *rights;

	rights = kmalloc(struct_size(rights, files, SCM_MAX_FD), GFP_KERNEL_ACCOUNT);
	if (!rights)
		return NULL;
	refcount_set(&rights->ref, 1);
	rights->domain = sbx_domain_get(domain);
	rights->nr = 0;
	return rights;
}

static int add_file(struct sbx_unix_rights *rights, int fd)
{
	struct file *file = fd < 0 ? NULL : fget_raw(fd);

	if (!file)
		return -EBADF;
	if (!sbx_charge(rights->domain, SBX_RES_UNIX_RIGHTS, 1, SBX_UNIX_RIGHTS_MAX)) {
		fput(file);
		return -ETOOMANYREFS;
	}
	if (!take_off(file)) {
		sbx_uncharge(rights->domain, SBX_RES_UNIX_RIGHTS, 1);
		fput(file);
		return sbx_unix_refuse(-ETOOMANYREFS);
	}
	rights->files[rights->nr++] = file;
	return 0;
}

static int add_rights(struct sbx_unix *sock, struct sbx_unix_scm *scm, const struct cmsghdr *cmsg)
{
	size_t nr = (cmsg->cmsg_len - sizeof(*cmsg)) / sizeof(int);
	const int *fds = (const int *)CMSG_DATA(cmsg);
	int err = 0;
	size_t i;

	if (!nr)
		return 0;
	if (nr > SCM_MAX_FD)
		return -EINVAL;
	if (!scm->rights)
		scm->rights = rights_alloc(sock->domain);
	if (!scm->rights)
		return -ENOMEM;
	if (scm->rights->nr + nr > SCM_MAX_FD)
		return -EINVAL;
	for (i = 0; i < nr && !err; i++)
		err = add_file(scm->rights, fds[i]);
	return err;
}

static int add_control(struct sbx_unix *sock, struct sbx_unix_scm *scm, struct msghdr *msg,
		       const struct cmsghdr *cmsg)
{
	if (!CMSG_OK(msg, cmsg))
		return -EINVAL;
	if (cmsg->cmsg_level != SOL_SOCKET)
		return 0;
	switch (cmsg->cmsg_type) {
	case SCM_RIGHTS:
		return add_rights(sock, scm, cmsg);
	case SCM_CREDENTIALS:
		return add_credentials(scm, cmsg);
	default:
		return -EINVAL;
	}
}

/**
 * sbx_unix_scm_send() - read the control messages of a message to be sent
 * @sock: by whom
 * @msg: with the kernel's copy of them
 * @scm: takes what they say
 *
 * Return: 0, or what Linux says of them.
 */
int sbx_unix_scm_send(struct sbx_unix *sock, struct msghdr *msg, struct sbx_unix_scm *scm)
{
	struct cmsghdr *cmsg;
	int err;

	*scm = (struct sbx_unix_scm){ .uid = INVALID_UID, .gid = INVALID_GID };
	if (!msg->msg_controllen)
		return 0;
	for_each_cmsghdr(cmsg, msg) {
		err = add_control(sock, scm, msg, cmsg);
		if (err) {
			sbx_unix_scm_drop(scm);
			return err;
		}
	}
	return 0;
}

static void put_credentials(struct msghdr *msg, const struct sbx_unix_scm *scm)
{
	struct user_namespace *ns = current_user_ns();
	struct ucred ucred = {
		.pid = pid_vnr(scm->pid),
		.uid = from_kuid_munged(ns, scm->uid),
		.gid = from_kgid_munged(ns, scm->gid),
	};

	put_cmsg(msg, SOL_SOCKET, SCM_CREDENTIALS, sizeof(ucred), &ucred);
}

static int give_file(struct file *file, int __user *to, unsigned int flags)
{
	int fd = get_unused_fd_flags(flags);

	if (fd < 0)
		return fd;
	if (put_user(fd, to)) {
		put_unused_fd(fd);
		return -EFAULT;
	}
	fd_install(fd, get_file(file));
	return 0;
}

/* As many as there is room for, in the message and in the table. */
static void put_rights(struct msghdr *msg, const struct sbx_unix_rights *rights)
{
	struct cmsghdr __user *cmsg = msg->msg_control_user;
	unsigned int flags = msg->msg_flags & MSG_CMSG_CLOEXEC ? O_CLOEXEC : 0;
	size_t len = sizeof(*cmsg), room = msg->msg_controllen;
	unsigned int max = room <= len ? 0 : min_t(size_t, (room - len) / sizeof(int), rights->nr);
	int __user *fds = (int __user *)CMSG_USER_DATA(cmsg);
	unsigned int nr;

	for (nr = 0; nr < max; nr++)
		if (give_file(rights->files[nr], fds + nr, flags))
			break;
	if (nr < rights->nr)
		msg->msg_flags |= MSG_CTRUNC;
	if (!nr)
		return;
	if (put_user(SOL_SOCKET, &cmsg->cmsg_level) || put_user(SCM_RIGHTS, &cmsg->cmsg_type) ||
	    put_user(CMSG_LEN(nr * sizeof(int)), &cmsg->cmsg_len))
		return;
	len = min_t(size_t, CMSG_SPACE(nr * sizeof(int)), room);
	msg->msg_control_user += len;
	msg->msg_controllen -= len;
}

/**
 * sbx_unix_scm_receive() - write the control messages of a message received
 * @sock: by whom
 * @msg: says where to
 * @scm: what to say; is empty then
 */
void sbx_unix_scm_receive(struct sbx_unix *sock, struct msghdr *msg, struct sbx_unix_scm *scm)
{
	bool named = test_bit(SBX_UNIX_PASSCRED, &sock->flags);

	if (!msg->msg_control_user) {
		if (named || scm->rights)
			msg->msg_flags |= MSG_CTRUNC;
	} else {
		if (named)
			put_credentials(msg, scm);
		if (scm->rights)
			put_rights(msg, scm->rights);
	}
	sbx_unix_scm_drop(scm);
}
