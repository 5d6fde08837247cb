// SPDX-License-Identifier: GPL-2.0
/*
 * sendmsg(2), recvmsg(2), sendmmsg(2), recvmmsg(2).
 */
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "../compat.h"
#include "../entry.h"
#include "poll.h"
#include "socket.h"

/**
 * struct message - a message's header, copied from the user once
 * @msg: as sockets want it
 * @name: its address
 * @user_name: where that of a message received goes, NULL for nowhere
 * @control: control messages to be sent, NULL if @small is enough
 * @fast: room for short vectors
 * @slow: of longer ones, to be freed; NULL for none
 * @small: room for the usual control message
 */
struct message {
	struct msghdr msg;
	struct sockaddr_storage name;
	void __user *user_name;
	void *control;
	struct iovec fast[UIO_FASTIOV];
	struct iovec *slow;
	unsigned char small[CMSG_SPACE(20)] __aligned(sizeof(size_t));
};

/* Of the header what sending and receiving have in common. */
static int get_header(struct message *m, struct user_msghdr *to, const void __user *from, int rw)
{
	int err;

	if (copy_from_user(to, from, sizeof(*to)))
		return -EFAULT;
	if (!to->msg_name)
		to->msg_namelen = 0;
	if (to->msg_namelen < 0)
		return -EINVAL;
	to->msg_namelen = min_t(int, to->msg_namelen, sizeof(m->name));
	if (rw == ITER_SOURCE && to->msg_namelen) {
		err = sbx_name_from_user(&m->name, to->msg_name, to->msg_namelen);
		if (err)
			return err;
		m->msg.msg_name = &m->name;
		m->msg.msg_namelen = to->msg_namelen;
	}
	if (to->msg_iovlen > UIO_MAXIOV)
		return -EMSGSIZE;
	m->slow = m->fast;
	err = import_iovec(rw, to->msg_iov, to->msg_iovlen, ARRAY_SIZE(m->fast), &m->slow,
			   &m->msg.msg_iter);
	return err < 0 ? err : 0;
}

static int get_control(struct message *m, const struct user_msghdr *from)
{
	size_t len = from->msg_controllen;
	void *control = m->small;

	if (!len)
		return 0;
	if (len >= SBX_OPTMEM_MAX)
		return -ENOBUFS;
	if (len > sizeof(m->small)) {
		control = kmalloc(len, GFP_KERNEL_ACCOUNT);
		if (!control)
			return -ENOBUFS;
		m->control = control;
	}
	if (copy_from_user(control, from->msg_control, len))
		return -EFAULT;
	m->msg.msg_control = control;
	m->msg.msg_controllen = len;
	return 0;
}

static void message_init(struct message *m)
{
	memset(&m->msg, 0, sizeof(m->msg));
	m->control = NULL;
	m->slow = NULL;
}

static void message_done(struct message *m)
{
	kfree(m->slow);
	kfree(m->control);
}

/* Return: bytes sent; @all is whether that was all, as of a stream it may not be. */
static int send_one(const struct sbx_socket_fd *sock, const void __user *from, unsigned int flags,
		    unsigned int allowed, bool *all)
{
	struct user_msghdr header;
	struct message m;
	int ret;

	message_init(&m);
	ret = get_header(&m, &header, from, ITER_SOURCE) ?: get_control(&m, &header);
	if (!ret) {
		flags |= header.msg_flags & allowed;
		m.msg.msg_flags = sbx_socket_flags(sock, flags & ~MSG_INTERNAL_SENDMSG_FLAGS);
		ret = sock->ops->send(sock->file, &m.msg);
		*all = !msg_data_left(&m.msg);
	}
	message_done(&m);
	return ret;
}

SBX_SYSCALL_DEFINE3(sendmsg, int, fd, const void __user *, from, unsigned int, flags)
{
	struct sbx_socket_fd sock;
	bool all = true;
	int ret;

	if (flags & MSG_CMSG_COMPAT)
		return -EINVAL;
	ret = sbx_socket_get(self, fd, &sock);
	if (ret)
		return ret;
	ret = send_one(&sock, from, flags, 0, &all);
	sbx_socket_put(&sock);
	return ret;
}

SBX_SYSCALL_DEFINE4(sendmmsg, int, fd, struct mmsghdr __user *, vec, unsigned int, len,
		    unsigned int, flags)
{
	unsigned int more = MSG_BATCH;
	struct sbx_socket_fd sock;
	int ret, done = 0;
	bool all = true;

	if (flags & MSG_CMSG_COMPAT)
		return -EINVAL;
	ret = sbx_socket_get(self, fd, &sock);
	if (ret)
		return ret;
	len = min_t(unsigned int, len, UIO_MAXIOV);
	while (done < len && all) {
		if (done == len - 1)
			more = 0;
		ret = send_one(&sock, &vec[done].msg_hdr, flags | more, MSG_EOR, &all);
		if (ret >= 0)
			ret = put_user(ret, &vec[done].msg_len);
		if (ret)
			break;
		done++;
		cond_resched();
	}
	sbx_socket_put(&sock);
	return done ?: ret;
}

/* What was received, but for its bytes, which the user has already. */
static int put_header(const struct message *m, const struct user_msghdr *header,
		      struct user_msghdr __user *to)
{
	int err;

	if (m->user_name) {
		err = sbx_name_to_user(&m->name, m->msg.msg_namelen, m->user_name,
				       &to->msg_namelen);
		if (err)
			return err;
	}
	if (put_user(m->msg.msg_flags & ~MSG_CMSG_COMPAT, &to->msg_flags) ||
	    put_user(m->msg.msg_control_user - header->msg_control, &to->msg_controllen))
		return -EFAULT;
	return 0;
}

/* Return: bytes received; @out_of_band is whether it has something urgent. */
static int receive_one(const struct sbx_socket_fd *sock, struct user_msghdr __user *user,
		       unsigned int flags, bool *out_of_band)
{
	struct user_msghdr header;
	struct message m;
	int ret, err;

	message_init(&m);
	ret = get_header(&m, &header, user, ITER_DEST);
	if (ret)
		goto out;
	m.user_name = header.msg_name;
	m.msg.msg_name = &m.name;
	m.msg.msg_control_user = header.msg_control;
	m.msg.msg_control_is_user = true;
	m.msg.msg_controllen = header.msg_controllen;
	m.msg.msg_flags = flags & MSG_CMSG_CLOEXEC;
	ret = sock->ops->receive(sock->file, &m.msg, sbx_socket_flags(sock, flags));
	*out_of_band = m.msg.msg_flags & MSG_OOB;
	if (ret >= 0) {
		err = put_header(&m, &header, user);
		if (err)
			ret = err;
	}
out:
	message_done(&m);
	return ret;
}

SBX_SYSCALL_DEFINE3(recvmsg, int, fd, struct user_msghdr __user *, to, unsigned int, flags)
{
	struct sbx_socket_fd sock;
	bool out_of_band = false;
	int ret;

	if (flags & MSG_CMSG_COMPAT)
		return -EINVAL;
	ret = sbx_socket_get(self, fd, &sock);
	if (ret)
		return ret;
	ret = receive_one(&sock, to, flags, &out_of_band);
	sbx_socket_put(&sock);
	return ret;
}

/* As many as come; @left is looked at between them alone, as Linux does. */
static int receive_many(const struct sbx_socket_fd *sock, struct mmsghdr __user *vec,
			unsigned int len, unsigned int flags, const struct sbx_timeout *timeout,
			struct timespec64 *left)
{
	bool out_of_band = false;
	unsigned int done = 0;
	int ret = 0;

	if (!(flags & MSG_ERRQUEUE))
		ret = sock->ops->swap_error(sock->file, 0);
	while (!ret && done < len && !out_of_band) {
		ret = receive_one(sock, (struct user_msghdr __user *)&vec[done].msg_hdr,
				  flags & ~MSG_WAITFORONE, &out_of_band);
		if (ret >= 0)
			ret = put_user(ret, &vec[done].msg_len);
		if (ret)
			break;
		done++;
		if (flags & MSG_WAITFORONE)
			flags |= MSG_DONTWAIT;
		if (!timeout->forever && (!sbx_timeout_left(timeout, left) ||
					  (!left->tv_sec && !left->tv_nsec)))
			break;
		cond_resched();
	}
	if (!done)
		return ret;
	/* To be told next time. */
	if (ret && ret != -EAGAIN)
		sock->ops->swap_error(sock->file, ret);
	return done;
}

SBX_SYSCALL_DEFINE5(recvmmsg, int, fd, struct mmsghdr __user *, vec, unsigned int, len,
		    unsigned int, flags, struct __kernel_timespec __user *, span)
{
	struct timespec64 left = {};
	struct sbx_timeout timeout;
	struct sbx_socket_fd sock;
	int ret;

	if (flags & MSG_CMSG_COMPAT)
		return -EINVAL;
	ret = sbx_timeout_get(&timeout, span) ?: sbx_socket_get(self, fd, &sock);
	if (ret)
		return ret;
	ret = receive_many(&sock, vec, len, flags, &timeout, &left);
	sbx_socket_put(&sock);
	if (ret > 0 && span && put_timespec64(&left, span))
		return -EFAULT;
	return ret;
}
