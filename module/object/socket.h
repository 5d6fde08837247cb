/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_OBJECT_SOCKET_H
#define _SBX_OBJECT_SOCKET_H

#include <linux/socket.h>
#include <linux/types.h>

struct file;

/**
 * struct sbx_socket_ops - what a family of sockets answers to the calls
 * @send: sendmsg(2), flags in the message; its address and its control
 *	messages are the kernel's copies.  Raises SIGPIPE itself.
 * @receive: recvmsg(2); control messages go to the user, the address does not
 * @shutdown: shutdown(2)
 * @name: getsockname(2), or getpeername(2) if @peer; returns the length
 * @bind: bind(2), the address copied
 * @connect: connect(2), the address copied
 * @listen: listen(2)
 * @accept: accept4(2)'s new socket, or an error pointer
 * @set: setsockopt(2); @value is the user's, at most once to be copied
 * @get: getsockopt(2); writes @value and @len itself
 * @swap_error: takes the pending error, and leaves another one
 *
 * All may sleep, and have one of their own files; all return 0 or what is said
 * above, or an error.
 */
struct sbx_socket_ops {
	int (*send)(struct file *file, struct msghdr *msg);
	int (*receive)(struct file *file, struct msghdr *msg, unsigned int flags);
	int (*shutdown)(struct file *file, int how);
	int (*name)(struct file *file, struct sockaddr_storage *name, bool peer);
	int (*bind)(struct file *file, const struct sockaddr_storage *name, int len);
	int (*connect)(struct file *file, const struct sockaddr_storage *name, int len);
	int (*listen)(struct file *file, int backlog);
	struct file *(*accept)(struct file *file, int flags);
	int (*set)(struct file *file, int level, int option, const void __user *value,
		   unsigned int len);
	int (*get)(struct file *file, int level, int option, void __user *value,
		   int __user *len);
	int (*swap_error)(struct file *file, int err);
};

#endif /* _SBX_OBJECT_SOCKET_H */
