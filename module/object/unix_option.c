// SPDX-License-Identifier: GPL-2.0
/*
 * Unix sockets: options, setsockopt(2) and getsockopt(2).
 *
 * Of those that only say something about networks the plain ones are kept for
 * who asks; the others are refused as by a kernel that has no such option.
 */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/pid.h>
#include <linux/socket.h>
#include <linux/time.h>
#include <linux/uaccess.h>
#include <linux/un.h>
#include <net/sock.h>

#include "unix_inner.h"

/* Options that are a flag and nothing else. */
static const struct {
	int option;
	enum sbx_unix_flag flag;
} switches[] = {
	{ SO_PASSCRED, SBX_UNIX_PASSCRED },
	{ SO_REUSEADDR, SBX_UNIX_REUSEADDR },
	{ SO_KEEPALIVE, SBX_UNIX_KEEPALIVE },
	{ SO_BROADCAST, SBX_UNIX_BROADCAST },
	{ SO_DONTROUTE, SBX_UNIX_DONTROUTE },
	{ SO_OOBINLINE, SBX_UNIX_OOBINLINE },
};

static int flag_of(int option)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(switches); i++)
		if (switches[i].option == option)
			return switches[i].flag;
	return -1;
}

/* Twice what is asked for: the memory counts, not the bytes. */
static int buffer_size(u32 asked, u32 max, int least)
{
	return max_t(int, min3(asked, max, (u32)INT_MAX / 2) * 2, least);
}

static int set_timeout(long *timeo, const void __user *value, unsigned int len)
{
	struct __kernel_sock_timeval tv;
	long ticks = MAX_SCHEDULE_TIMEOUT;

	if (len < sizeof(tv))
		return -EINVAL;
	if (copy_from_user(&tv, value, sizeof(tv)))
		return -EFAULT;
	if (tv.tv_usec < 0 || tv.tv_usec >= USEC_PER_SEC)
		return -EDOM;
	if (tv.tv_sec < 0)
		ticks = 0;
	else if ((tv.tv_sec || tv.tv_usec) && tv.tv_sec < MAX_SCHEDULE_TIMEOUT / HZ - 1)
		ticks = tv.tv_sec * HZ +
			  DIV_ROUND_UP((unsigned long)tv.tv_usec, USEC_PER_SEC / HZ);
	WRITE_ONCE(*timeo, ticks);
	return 0;
}

static int set_number(struct sbx_unix *sock, int option, int val)
{
	int flag = flag_of(option);

	if (flag >= 0) {
		assign_bit(flag, &sock->flags, val);
		return 0;
	}
	switch (option) {
	case SO_TYPE:
	case SO_PROTOCOL:
	case SO_DOMAIN:
	case SO_ERROR:
	case SO_ACCEPTCONN:
	case SO_PEERCRED:
	case SO_SNDLOWAT:
		return -ENOPROTOOPT;
	case SO_SNDBUF:
		WRITE_ONCE(sock->sndbuf, buffer_size(val, READ_ONCE(sysctl_wmem_max),
						     SOCK_MIN_SNDBUF));
		sbx_unix_write_space(sock);
		return 0;
	case SO_RCVBUF:
		WRITE_ONCE(sock->rcvbuf, buffer_size(val, READ_ONCE(sysctl_rmem_max),
						     SOCK_MIN_RCVBUF));
		return 0;
	case SO_SNDBUFFORCE:
	case SO_RCVBUFFORCE:
		/* For who administers the host's network. */
		return -EPERM;
	case SO_RCVLOWAT:
		WRITE_ONCE(sock->rcvlowat, val < 0 ? INT_MAX : val ?: 1);
		return 0;
	default:
		return sbx_unix_refuse(-ENOPROTOOPT);
	}
}

/**
 * sbx_unix_set() - setsockopt(2)
 * @file: the socket
 * @level: of @option
 * @option: which
 * @value: to be read once
 * @len: its size
 *
 * Return: 0 or an error.
 */
int sbx_unix_set(struct file *file, int level, int option, const void __user *value,
		 unsigned int len)
{
	struct sbx_unix *sock = file->private_data;
	int val;

	if (level != SOL_SOCKET)
		return -EOPNOTSUPP;
	if (len < sizeof(val))
		return -EINVAL;
	switch (option) {
	case SO_RCVTIMEO_OLD:
	case SO_RCVTIMEO_NEW:
		return set_timeout(&sock->rcvtimeo, value, len);
	case SO_SNDTIMEO_OLD:
	case SO_SNDTIMEO_NEW:
		return set_timeout(&sock->sndtimeo, value, len);
	}
	if (copy_from_user(&val, value, sizeof(val)))
		return -EFAULT;
	return set_number(sock, option, val);
}

/**
 * union option - the value of an option
 * @val: of most
 * @tv: of a time limit
 * @ucred: of SO_PEERCRED
 */
union option {
	int val;
	struct __kernel_sock_timeval tv;
	struct ucred ucred;
};

static int get_timeout(long timeo, union option *v)
{
	if (timeo != MAX_SCHEDULE_TIMEOUT) {
		v->tv.tv_sec = timeo / HZ;
		v->tv.tv_usec = timeo % HZ * USEC_PER_SEC / HZ;
	}
	return sizeof(v->tv);
}

static int get_peer(const struct sbx_unix *sock, union option *v)
{
	struct user_namespace *ns = current_user_ns();

	v->ucred.pid = pid_vnr(sock->peer_pid);
	v->ucred.uid = from_kuid_munged(ns, sock->peer_cred->euid);
	v->ucred.gid = from_kgid_munged(ns, sock->peer_cred->egid);
	return sizeof(v->ucred);
}

/* Return: the size of the value, or an error. */
static int value_of(struct sbx_unix *sock, int option, union option *v)
{
	int flag = flag_of(option);

	if (flag >= 0) {
		v->val = test_bit(flag, &sock->flags);
		return sizeof(v->val);
	}
	switch (option) {
	case SO_TYPE:
		v->val = sock->type;
		break;
	case SO_DOMAIN:
		v->val = AF_UNIX;
		break;
	case SO_PROTOCOL:
	case SO_ACCEPTCONN:
		v->val = 0;
		break;
	case SO_ERROR:
		v->val = -sbx_unix_error(sock);
		break;
	case SO_SNDBUF:
		v->val = READ_ONCE(sock->sndbuf);
		break;
	case SO_RCVBUF:
		v->val = READ_ONCE(sock->rcvbuf);
		break;
	case SO_RCVLOWAT:
		v->val = READ_ONCE(sock->rcvlowat);
		break;
	case SO_SNDLOWAT:
		v->val = 1;
		break;
	case SO_RCVTIMEO_OLD:
	case SO_RCVTIMEO_NEW:
		return get_timeout(READ_ONCE(sock->rcvtimeo), v);
	case SO_SNDTIMEO_OLD:
	case SO_SNDTIMEO_NEW:
		return get_timeout(READ_ONCE(sock->sndtimeo), v);
	case SO_PEERCRED:
		return get_peer(sock, v);
	default:
		return sbx_unix_refuse(-ENOPROTOOPT);
	}
	return sizeof(v->val);
}

/**
 * sbx_unix_get() - getsockopt(2)
 * @file: the socket
 * @level: of @option
 * @option: which
 * @value: takes its value
 * @len: says how much of it, and is told
 *
 * Return: 0 or an error.
 */
int sbx_unix_get(struct file *file, int level, int option, void __user *value, int __user *len)
{
	union option v = {};
	int room, size;

	if (level != SOL_SOCKET)
		return -EOPNOTSUPP;
	if (get_user(room, len))
		return -EFAULT;
	if (room < 0)
		return -EINVAL;
	size = value_of(file->private_data, option, &v);
	if (size < 0)
		return size;
	size = min(size, room);
	if (copy_to_user(value, &v, size) || put_user(size, len))
		return -EFAULT;
	return 0;
}
