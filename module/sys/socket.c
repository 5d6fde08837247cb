// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets: all calls but those with a struct msghdr (message.c).
 *
 * What a socket does is its family's (object/socket.h); here is what is the
 * same for each: descriptors, addresses, the user's buffers.
 */
#include <linux/fs.h>
#include <linux/net.h>
#include <linux/socket.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "../compat.h"
#include "../domain.h"
#include "../entry.h"
#include "../object/object.h"
#include "../object/unix.h"
#include "fd.h"
#include "socket.h"

static_assert(SOCK_CLOEXEC == O_CLOEXEC && SOCK_NONBLOCK == O_NONBLOCK);

/**
 * sbx_socket_get() - the socket behind a descriptor
 * @self: the caller's entry
 * @fd: the descriptor
 * @sock: takes it
 *
 * Return: 0 with @sock to be put by sbx_socket_put(), -EBADF, -ENOTSOCK.
 */
int sbx_socket_get(struct sbx_task *self, int fd, struct sbx_socket_fd *sock)
{
	struct inode *inode;
	bool passed_in;

	sock->fd = fdget(fd);
	if (fd_empty(sock->fd))
		return -EBADF;
	sock->file = fd_file(sock->fd);
	inode = file_inode(sock->file);
	sock->ops = sbx_is_object(inode) ? sbx_object(inode)->type->socket : NULL;
	if (sock->ops)
		return 0;
	/* With one of the host's there is no more than to read and to write. */
	passed_in = S_ISSOCK(inode->i_mode);
	fdput(sock->fd);
	return passed_in ? sbx_refuse(self, -ENOTSOCK) : -ENOTSOCK;
}

/**
 * sbx_name_from_user() - copy an address
 * @name: takes it
 * @from: where it is
 * @len: its size
 *
 * Return: 0, -EINVAL or -EFAULT.
 */
int sbx_name_from_user(struct sockaddr_storage *name, const void __user *from, int len)
{
	if (len < 0 || len > sizeof(*name))
		return -EINVAL;
	return copy_from_user(name, from, len) ? -EFAULT : 0;
}

/**
 * sbx_name_to_user() - give an address to the user
 * @name: the address
 * @len: its size
 * @to: where to
 * @to_len: room for it; is told its size, whether or not all of it fitted
 *
 * Return: 0, -EINVAL or -EFAULT.
 */
int sbx_name_to_user(const struct sockaddr_storage *name, int len, void __user *to,
		     int __user *to_len)
{
	int room;

	if (get_user(room, to_len))
		return -EFAULT;
	room = min(room, len);
	if (room < 0)
		return -EINVAL;
	if (copy_to_user(to, name, room))
		return -EFAULT;
	return put_user(len, to_len);
}

static int make_pair(struct sbx_task *self, int family, int type, int protocol, int flags,
		     struct file *files[2])
{
	if (family < 0 || family >= AF_MAX)
		return -EAFNOSUPPORT;
	if (type < 0 || type >= SOCK_MAX)
		return -EINVAL;
	if (family != AF_UNIX)
		return sbx_refuse(self, -EAFNOSUPPORT);
	if (protocol && protocol != PF_UNIX)
		return -EPROTONOSUPPORT;
	/* BSD had it. */
	if (type == SOCK_RAW)
		type = SOCK_DGRAM;
	if (type != SOCK_STREAM && type != SOCK_DGRAM && type != SOCK_SEQPACKET)
		return -ESOCKTNOSUPPORT;
	return sbx_unix_pair(self->container->domain, type, flags & O_NONBLOCK, files);
}

SBX_SYSCALL_DEFINE4(socketpair, int, family, int, type, int, protocol, int __user *, fds)
{
	int flags = type & ~SOCK_TYPE_MASK;
	struct file *files[2];
	int fd[2], err;

	if (flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK))
		return -EINVAL;
	fd[0] = get_unused_fd_flags(flags);
	if (fd[0] < 0)
		return fd[0];
	fd[1] = get_unused_fd_flags(flags);
	if (fd[1] < 0) {
		err = fd[1];
		goto err_first;
	}
	err = -EFAULT;
	if (copy_to_user(fds, fd, sizeof(fd)))
		goto err_second;
	err = make_pair(self, family, type & SOCK_TYPE_MASK, protocol, flags, files);
	if (err)
		goto err_second;
	fd_install(fd[0], files[0]);
	fd_install(fd[1], files[1]);
	return 0;

err_second:
	put_unused_fd(fd[1]);
err_first:
	put_unused_fd(fd[0]);
	return err;
}

static long take_name(struct sbx_task *self, int fd, const void __user *from, int len, bool peer)
{
	struct sockaddr_storage name;
	struct sbx_socket_fd sock;
	int err;

	err = sbx_socket_get(self, fd, &sock);
	if (err)
		return err;
	err = sbx_name_from_user(&name, from, len) ?:
	      (peer ? sock.ops->connect : sock.ops->bind)(sock.file, &name, len);
	sbx_socket_put(&sock);
	return err;
}

SBX_SYSCALL_DEFINE3(bind, int, fd, const void __user *, from, int, len)
{
	return take_name(self, fd, from, len, false);
}

SBX_SYSCALL_DEFINE3(connect, int, fd, const void __user *, from, int, len)
{
	return take_name(self, fd, from, len, true);
}

SBX_SYSCALL_DEFINE2(listen, int, fd, int, backlog)
{
	struct sbx_socket_fd sock;
	int err;

	err = sbx_socket_get(self, fd, &sock);
	if (err)
		return err;
	err = sock.ops->listen(sock.file, backlog);
	sbx_socket_put(&sock);
	return err;
}

/* The address of who came is the other end's name. */
static long put_accepted(struct file *file, const struct sbx_socket_ops *ops, void __user *to,
			 int __user *to_len)
{
	struct sockaddr_storage name = {};
	int len;

	if (!to)
		return 0;
	len = ops->name(file, &name, true);
	return len < 0 ? -ECONNABORTED : sbx_name_to_user(&name, len, to, to_len);
}

static long accept_from(struct sbx_task *self, int fd, void __user *to, int __user *to_len,
			int flags)
{
	struct sbx_socket_fd sock;
	struct file *file;
	long ret;

	if (flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK))
		return -EINVAL;
	ret = sbx_socket_get(self, fd, &sock);
	if (ret)
		return ret;
	file = sock.ops->accept(sock.file, flags);
	if (IS_ERR(file)) {
		ret = PTR_ERR(file);
		goto out;
	}
	ret = put_accepted(file, sock.ops, to, to_len);
	if (ret)
		fput(file);
	else
		ret = sbx_install(file, flags);
out:
	sbx_socket_put(&sock);
	return ret;
}

SBX_SYSCALL_DEFINE3(accept, int, fd, void __user *, to, int __user *, to_len)
{
	return accept_from(self, fd, to, to_len, 0);
}

SBX_SYSCALL_DEFINE4(accept4, int, fd, void __user *, to, int __user *, to_len, int, flags)
{
	return accept_from(self, fd, to, to_len, flags);
}

static long put_name(struct sbx_task *self, int fd, void __user *to, int __user *to_len, bool peer)
{
	struct sockaddr_storage name = {};
	struct sbx_socket_fd sock;
	int ret;

	ret = sbx_socket_get(self, fd, &sock);
	if (ret)
		return ret;
	ret = sock.ops->name(sock.file, &name, peer);
	sbx_socket_put(&sock);
	return ret < 0 ? ret : sbx_name_to_user(&name, ret, to, to_len);
}

SBX_SYSCALL_DEFINE3(getsockname, int, fd, void __user *, to, int __user *, to_len)
{
	return put_name(self, fd, to, to_len, false);
}

SBX_SYSCALL_DEFINE3(getpeername, int, fd, void __user *, to, int __user *, to_len)
{
	return put_name(self, fd, to, to_len, true);
}

SBX_SYSCALL_DEFINE2(shutdown, int, fd, int, how)
{
	struct sbx_socket_fd sock;
	int err;

	err = sbx_socket_get(self, fd, &sock);
	if (err)
		return err;
	err = sock.ops->shutdown(sock.file, how);
	sbx_socket_put(&sock);
	return err;
}

SBX_SYSCALL_DEFINE5(setsockopt, int, fd, int, level, int, option, const void __user *, value,
		    int, len)
{
	struct sbx_socket_fd sock;
	int err;

	err = sbx_socket_get(self, fd, &sock);
	if (err)
		return err;
	err = len < 0 ? -EINVAL : sock.ops->set(sock.file, level, option, value, len);
	sbx_socket_put(&sock);
	return err;
}

SBX_SYSCALL_DEFINE5(getsockopt, int, fd, int, level, int, option, void __user *, value,
		    int __user *, len)
{
	struct sbx_socket_fd sock;
	int err;

	err = sbx_socket_get(self, fd, &sock);
	if (err)
		return err;
	err = sock.ops->get(sock.file, level, option, value, len);
	sbx_socket_put(&sock);
	return err;
}

static int buffer_iter(struct iov_iter *iter, unsigned int direction, void __user *buf, size_t len)
{
	len = min_t(size_t, len, MAX_RW_COUNT);
	if (!access_ok(buf, len))
		return -EFAULT;
	iov_iter_ubuf(iter, direction, buf, len);
	return 0;
}

SBX_SYSCALL_DEFINE6(sendto, int, fd, void __user *, buf, size_t, len, unsigned int, flags,
		    const void __user *, to, int, to_len)
{
	struct sockaddr_storage name;
	struct sbx_socket_fd sock;
	struct msghdr msg = {};
	int ret;

	ret = buffer_iter(&msg.msg_iter, ITER_SOURCE, buf, len);
	if (ret)
		return ret;
	ret = sbx_socket_get(self, fd, &sock);
	if (ret)
		return ret;
	if (to) {
		ret = sbx_name_from_user(&name, to, to_len);
		msg.msg_name = &name;
		msg.msg_namelen = to_len;
	}
	msg.msg_flags = sbx_socket_flags(&sock, flags & ~MSG_INTERNAL_SENDMSG_FLAGS);
	if (!ret)
		ret = sock.ops->send(sock.file, &msg);
	sbx_socket_put(&sock);
	return ret;
}

SBX_SYSCALL_DEFINE6(recvfrom, int, fd, void __user *, buf, size_t, len, unsigned int, flags,
		    void __user *, from, int __user *, from_len)
{
	struct sockaddr_storage name;
	struct msghdr msg = { .msg_name = from ? &name : NULL };
	struct sbx_socket_fd sock;
	int ret, err;

	ret = buffer_iter(&msg.msg_iter, ITER_DEST, buf, len);
	if (ret)
		return ret;
	ret = sbx_socket_get(self, fd, &sock);
	if (ret)
		return ret;
	ret = sock.ops->receive(sock.file, &msg, sbx_socket_flags(&sock, flags));
	sbx_socket_put(&sock);
	if (ret >= 0 && from) {
		err = sbx_name_to_user(&name, msg.msg_namelen, from, from_len);
		if (err)
			ret = err;
	}
	return ret;
}
