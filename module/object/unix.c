// SPDX-License-Identifier: GPL-2.0
/*
 * Unix sockets, socketpair(2).
 *
 * Messages are sk_buffs, and cost what they cost in the kernel's own Unix
 * sockets: who finds room there finds it here.  They wait in the queue of who
 * is to receive them, and count against who has sent them.
 *
 * A socket keeps its peer's memory, not its peer: that ends with its own last
 * open file.  What messages hold of sockets is in unix_scm.c.
 *
 * Sockets have no names yet.
 */
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/poll.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/splice.h>
#include <linux/uio.h>
#include <linux/un.h>

#include <asm/ioctls.h>

#include "../compat.h"
#include "../domain.h"
#include "../entry.h"
#include "object.h"
#include "socket.h"
#include "unix.h"
#include "unix_inner.h"

/* Of a socket without a name. */
#define NO_NAME_LEN	offsetof(struct sockaddr_un, sun_path)

static struct kmem_cache *unix_cache;

static struct sbx_unix *unix_alloc(struct sbx_domain *domain, int type)
{
	struct sbx_unix *sock = kmem_cache_zalloc(unix_cache, GFP_KERNEL);

	if (!sock)
		return NULL;
	refcount_set(&sock->ref, 1);
	sock->type = type;
	skb_queue_head_init(&sock->queue);
	mutex_init(&sock->reading);
	init_waitqueue_head(&sock->wait);
	sock->sndbuf = SK_WMEM_MAX;
	sock->rcvbuf = SK_RMEM_MAX;
	sock->rcvlowat = 1;
	sock->rcvtimeo = MAX_SCHEDULE_TIMEOUT;
	sock->sndtimeo = MAX_SCHEDULE_TIMEOUT;
	sock->domain = sbx_domain_get(domain);
	return sock;
}

/**
 * sbx_unix_put() - drop a reference on a socket's memory
 * @sock: which
 *
 * Context: no lock held.
 */
void sbx_unix_put(struct sbx_unix *sock)
{
	if (!refcount_dec_and_test(&sock->ref))
		return;
	put_pid(sock->peer_pid);
	if (sock->peer_cred)
		put_cred(sock->peer_cred);
	mutex_destroy(&sock->reading);
	sbx_domain_put(sock->domain);
	kmem_cache_free(unix_cache, sock);
}

static void unix_free(void *priv)
{
	sbx_unix_put(priv);
}

/**
 * sbx_unix_refuse() - refuse what Linux would have granted
 * @err: how
 *
 * Return: @err.
 */
long sbx_unix_refuse(long err)
{
	struct sbx_task *self = sbx_task_current();

	return self ? sbx_refuse(self, err) : err;
}

/**
 * sbx_unix_write_space() - wake writers if there is room again
 * @sock: whose messages have become less
 */
void sbx_unix_write_space(struct sbx_unix *sock)
{
	if (!sbx_unix_writable(sock))
		return;
	wake_up_interruptible_sync_poll(&sock->wait, EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND);
	if (test_and_clear_bit(SBX_UNIX_NOSPACE, &sock->flags))
		kill_fasync(&sock->fasync, SIGIO, POLL_OUT);
}

/**
 * sbx_unix_data_ready() - wake readers
 * @sock: has got a message
 */
void sbx_unix_data_ready(struct sbx_unix *sock)
{
	wake_up_interruptible_sync_poll(&sock->wait, EPOLLIN | EPOLLRDNORM | EPOLLRDBAND);
	kill_fasync(&sock->fasync, SIGIO, POLL_IN);
}

/* A change that everybody has to hear of. */
static void state_change(struct sbx_unix *sock, int band)
{
	wake_up_interruptible_all(&sock->wait);
	if (band)
		kill_fasync(&sock->fasync, SIGIO, band);
}

/**
 * sbx_unix_peer_get() - who gets what is sent
 * @sock: by whom
 *
 * Return: the peer with a reference, or NULL.
 */
struct sbx_unix *sbx_unix_peer_get(struct sbx_unix *sock)
{
	struct sbx_unix *peer;

	spin_lock(&sock->queue.lock);
	peer = sock->peer;
	if (peer)
		refcount_inc(&peer->ref);
	spin_unlock(&sock->queue.lock);
	return peer;
}

static void hang_up(struct sbx_unix *peer, bool lost)
{
	spin_lock(&peer->queue.lock);
	WRITE_ONCE(peer->shutdown, SHUTDOWN_MASK);
	if (lost)
		WRITE_ONCE(peer->err, ECONNRESET);
	spin_unlock(&peer->queue.lock);
	state_change(peer, POLL_HUP);
}

/* The last open file is gone; what was sent by this end can still be received. */
static void unix_close(struct sbx_unix *sock)
{
	struct sk_buff_head rest;
	struct sbx_unix *peer;
	struct sk_buff *skb;

	__skb_queue_head_init(&rest);
	spin_lock(&sock->queue.lock);
	sock->dead = true;
	WRITE_ONCE(sock->shutdown, SHUTDOWN_MASK);
	WRITE_ONCE(sock->connected, false);
	peer = sock->peer;
	sock->peer = NULL;
	sock->rights = 0;
	skb_queue_splice_init(&sock->queue, &rest);
	spin_unlock(&sock->queue.lock);

	if (peer) {
		if (sock->type != SOCK_DGRAM)
			hang_up(peer, !skb_queue_empty(&rest));
		sbx_unix_put(peer);
	}
	while ((skb = __skb_dequeue(&rest)))
		kfree_skb(skb);
}

static int unix_release(struct inode *inode, struct file *file)
{
	unix_close(file->private_data);
	sbx_object_close(inode, file);
	return 0;
}

static int unix_shutdown(struct file *file, int how)
{
	struct sbx_unix *sock = file->private_data;
	struct sbx_unix *peer;
	u8 mode, other;

	if (how < SHUT_RD || how > SHUT_RDWR)
		return -EINVAL;
	mode = how + 1;		/* RCV_SHUTDOWN, SEND_SHUTDOWN or both */
	peer = sbx_unix_peer_get(sock);
	spin_lock(&sock->queue.lock);
	WRITE_ONCE(sock->shutdown, sock->shutdown | mode);
	spin_unlock(&sock->queue.lock);
	state_change(sock, 0);
	if (!peer)
		return 0;

	if (sock->type != SOCK_DGRAM) {
		other = (mode & RCV_SHUTDOWN ? SEND_SHUTDOWN : 0) |
			(mode & SEND_SHUTDOWN ? RCV_SHUTDOWN : 0);
		spin_lock(&peer->queue.lock);
		WRITE_ONCE(peer->shutdown, peer->shutdown | other);
		spin_unlock(&peer->queue.lock);
		state_change(peer, other == SHUTDOWN_MASK ? POLL_HUP :
				   other & RCV_SHUTDOWN ? POLL_IN : 0);
	}
	sbx_unix_put(peer);
	return 0;
}

static ssize_t unix_read(struct kiocb *iocb, struct iov_iter *to)
{
	bool nowait = (iocb->ki_filp->f_flags & O_NONBLOCK) || (iocb->ki_flags & IOCB_NOWAIT);
	struct msghdr msg = { .msg_iter = *to };
	ssize_t ret;

	if (iocb->ki_pos)
		return -ESPIPE;
	if (!iov_iter_count(to))
		return 0;
	ret = sbx_unix_receive(iocb->ki_filp, &msg, nowait ? MSG_DONTWAIT : 0);
	*to = msg.msg_iter;
	return ret;
}

static ssize_t unix_write(struct kiocb *iocb, struct iov_iter *from)
{
	bool nowait = (iocb->ki_filp->f_flags & O_NONBLOCK) || (iocb->ki_flags & IOCB_NOWAIT);
	struct msghdr msg = { .msg_iter = *from, .msg_flags = nowait ? MSG_DONTWAIT : 0 };
	ssize_t ret;

	if (iocb->ki_pos)
		return -ESPIPE;
	ret = sbx_unix_send(iocb->ki_filp, &msg);
	*from = msg.msg_iter;
	return ret;
}

static __poll_t unix_poll(struct file *file, poll_table *wait)
{
	struct sbx_unix *sock = file->private_data;
	__poll_t mask = 0;
	u8 shutdown;

	poll_wait(file, &sock->wait, wait);
	/* On the queue first: what changes from here on wakes. */
	shutdown = READ_ONCE(sock->shutdown);
	if (READ_ONCE(sock->err))
		mask |= EPOLLERR;
	if (shutdown == SHUTDOWN_MASK)
		mask |= EPOLLHUP;
	if (shutdown & RCV_SHUTDOWN)
		mask |= EPOLLRDHUP | EPOLLIN | EPOLLRDNORM;
	if (!skb_queue_empty_lockless(&sock->queue))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (sock->type != SOCK_DGRAM && !READ_ONCE(sock->connected))
		mask |= EPOLLHUP;
	/* Also if nobody reads any more: who writes then is told. */
	if (sbx_unix_writable(sock))
		mask |= EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND;
	else if (sbx_unix_is_record(sock))
		set_bit(SBX_UNIX_NOSPACE, &sock->flags);
	return mask;
}

/* All that can be received; of datagrams, the next one. */
static int bytes_in(struct sbx_unix *sock)
{
	struct sk_buff *skb;
	int bytes = 0;

	spin_lock(&sock->queue.lock);
	skb_queue_walk(&sock->queue, skb) {
		bytes += sbx_unix_left(skb);
		if (sock->type == SOCK_DGRAM)
			break;
	}
	spin_unlock(&sock->queue.lock);
	return bytes;
}

static long unix_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct sbx_unix *sock = file->private_data;

	switch (cmd) {
	case FIONREAD:
		return put_user(bytes_in(sock), (int __user *)arg);
	case TIOCOUTQ:
		return put_user(atomic_read(&sock->sent), (int __user *)arg);
	default:
		return -ENOIOCTLCMD;
	}
}

static int unix_fasync(int fd, struct file *file, int on)
{
	struct sbx_unix *sock = file->private_data;

	return fasync_helper(fd, file, on, &sock->fasync);
}

static void unix_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct sbx_unix *sock = file->private_data;
	unsigned int fds = 0;
	struct sk_buff *skb;

	spin_lock(&sock->queue.lock);
	skb_queue_walk(&sock->queue, skb)
		fds += sbx_unix_rights_count(sbx_unix_cb(skb)->scm.rights);
	spin_unlock(&sock->queue.lock);
	seq_printf(m, "scm_fds: %u\n", fds);
}

static int unix_name(struct file *file, struct sockaddr_storage *name, bool peer)
{
	struct sbx_unix *other;

	if (peer) {
		other = sbx_unix_peer_get(file->private_data);
		if (!other)
			return -ENOTCONN;
		sbx_unix_put(other);
	}
	name->ss_family = AF_UNIX;
	return NO_NAME_LEN;
}

static int unix_bind(struct file *file, const struct sockaddr_storage *name, int len)
{
	if (len < NO_NAME_LEN || len > sizeof(struct sockaddr_un) || name->ss_family != AF_UNIX)
		return -EINVAL;
	return sbx_unix_refuse(-EOPNOTSUPP);
}

static int unix_connect(struct file *file, const struct sockaddr_storage *name, int len)
{
	if (len <= NO_NAME_LEN || len > sizeof(struct sockaddr_un) || name->ss_family != AF_UNIX)
		return -EINVAL;
	return sbx_unix_refuse(-ECONNREFUSED);
}

/* What has no name does not listen. */
static int unix_listen(struct file *file, int backlog)
{
	struct sbx_unix *sock = file->private_data;

	return sock->type == SOCK_DGRAM ? -EOPNOTSUPP : -EINVAL;
}

static struct file *unix_accept(struct file *file, int flags)
{
	return ERR_PTR(unix_listen(file, 0));
}

static int unix_swap_error(struct file *file, int err)
{
	struct sbx_unix *sock = file->private_data;

	return -xchg(&sock->err, -err);
}

static const struct sbx_socket_ops unix_socket_ops = {
	.send = sbx_unix_send,
	.receive = sbx_unix_receive,
	.shutdown = unix_shutdown,
	.name = unix_name,
	.bind = unix_bind,
	.connect = unix_connect,
	.listen = unix_listen,
	.accept = unix_accept,
	.set = sbx_unix_set,
	.get = sbx_unix_get,
	.swap_error = unix_swap_error,
};

static const struct file_operations unix_fops = {
	.owner = THIS_MODULE,
	.release = unix_release,
	.read_iter = unix_read,
	.write_iter = unix_write,
	.splice_read = sbx_splice_read,
	.splice_write = iter_file_splice_write,
	.poll = unix_poll,
	.unlocked_ioctl = unix_ioctl,
	.fasync = unix_fasync,
	.show_fdinfo = unix_show_fdinfo,
};

static const struct sbx_object_type unix_type = {
	.name = "socket:[%lu]",
	.mode = S_IFSOCK | 0777,
	.magic = SOCKFS_MAGIC,
	.f_mode = SBX_SOCKET_NOWAIT,
	.fops = &unix_fops,
	.socket = &unix_socket_ops,
	.free = unix_free,
};

/**
 * sbx_is_unix() - whether an open file is a Unix socket of the module's own
 * @file: any
 */
bool sbx_is_unix(const struct file *file)
{
	return file->f_op == &unix_fops;
}

static struct file *unix_file(struct sbx_domain *domain, struct sbx_unix *sock, int flags)
{
	struct file *file;

	file = sbx_object_file(domain, &unix_type, sock, NULL, O_RDWR | (flags & O_NONBLOCK));
	if (IS_ERR(file))
		sbx_unix_put(sock);
	else
		stream_open(file_inode(file), file);
	return file;
}

/* Before either is seen by anybody else. */
static void join(struct sbx_unix *sock, struct sbx_unix *peer)
{
	refcount_inc(&peer->ref);
	sock->peer = peer;
	sock->connected = true;
	sock->peer_pid = get_pid(task_tgid(current));
	sock->peer_cred = get_current_cred();
}

/**
 * sbx_unix_pair() - make a pair of sockets
 * @domain: who pays
 * @type: SOCK_STREAM, SOCK_SEQPACKET or SOCK_DGRAM
 * @flags: O_NONBLOCK
 * @files: takes the two
 *
 * Return: 0, -ENFILE if the domain has too many open files, -ENOMEM.
 */
int sbx_unix_pair(struct sbx_domain *domain, int type, int flags, struct file *files[2])
{
	struct sbx_unix *a = unix_alloc(domain, type);
	struct sbx_unix *b = unix_alloc(domain, type);

	if (!a || !b) {
		if (a)
			sbx_unix_put(a);
		if (b)
			sbx_unix_put(b);
		return -ENOMEM;
	}
	files[0] = unix_file(domain, a, flags);
	if (IS_ERR(files[0])) {
		sbx_unix_put(b);
		return PTR_ERR(files[0]);
	}
	files[1] = unix_file(domain, b, flags);
	if (IS_ERR(files[1])) {
		fput(files[0]);
		return PTR_ERR(files[1]);
	}
	join(a, b);
	join(b, a);
	return 0;
}

int __init sbx_unix_init(void)
{
	static_assert(sizeof(struct sbx_unix_cb) <= sizeof_field(struct sk_buff, cb));
	unix_cache = kmem_cache_create("sbx_unix", sizeof(struct sbx_unix), 0,
				       SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	return unix_cache ? 0 : -ENOMEM;
}

void sbx_unix_exit(void)
{
	kmem_cache_destroy(unix_cache);
}
