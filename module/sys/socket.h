/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_SYS_SOCKET_H
#define _SBX_SYS_SOCKET_H

#include <linux/file.h>
#include <linux/socket.h>

#include "../object/socket.h"

struct sbx_task;

/**
 * struct sbx_socket_fd - a descriptor that is a socket
 * @fd: the descriptor, as from fdget()
 * @file: its open file
 * @ops: of the socket's family
 */
struct sbx_socket_fd {
	struct fd fd;
	struct file *file;
	const struct sbx_socket_ops *ops;
};

int sbx_socket_get(struct sbx_task *self, int fd, struct sbx_socket_fd *sock);

static inline void sbx_socket_put(struct sbx_socket_fd *sock)
{
	fdput(sock->fd);
}

/* O_NONBLOCK of the open file makes every call one that does not wait. */
static inline unsigned int sbx_socket_flags(const struct sbx_socket_fd *sock, unsigned int flags)
{
	return sock->file->f_flags & O_NONBLOCK ? flags | MSG_DONTWAIT : flags;
}

int sbx_name_from_user(struct sockaddr_storage *name, const void __user *from, int len);
int sbx_name_to_user(const struct sockaddr_storage *name, int len, void __user *to,
		     int __user *to_len);

#endif /* _SBX_SYS_SOCKET_H */
