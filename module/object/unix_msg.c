// SPDX-License-Identifier: GPL-2.0
/*
 * Unix sockets: messages, from one end to the other.
 *
 * A message is filled before anybody else sees it, and a record is taken out
 * of the queue before it is copied to the user, so both are done without a
 * lock.  What remains of a part of a stream has to stay in its place while it
 * is copied: that is done with page faults off, so that the next reader never
 * waits for the memory of the one before.
 */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/skbuff.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <linux/un.h>

#include "../compat.h"
#include "../domain.h"
#include "unix_inner.h"

/* Bytes of a part of a stream beyond those in its head. */
#define PART_PAGES_SIZE		32768

/* Times that a page may go away again, before a signal ends the transfer. */
#define PATIENCE		16

static void uncharge(struct sbx_unix *sock, int bytes)
{
	atomic_sub(bytes, &sock->sent);
	sbx_unix_write_space(sock);
}

static void message_free(struct sk_buff *skb)
{
	struct sbx_unix_cb *cb = sbx_unix_cb(skb);

	sbx_unix_scm_drop(&cb->scm);
	sbx_uncharge(cb->from->domain, SBX_RES_UNIX_BYTES, skb->truesize);
	uncharge(cb->from, skb->truesize);
	sbx_unix_put(cb->from);
}

/* As long as anything fits, all of a message does; at most one too much. */
static bool charge(struct sbx_unix *sock, int bytes)
{
	int sent = atomic_read(&sock->sent);

	do {
		if (sent >= READ_ONCE(sock->sndbuf))
			return false;
	} while (!atomic_try_cmpxchg(&sock->sent, &sent, sent + bytes));
	return true;
}

static bool may_go_on(const struct sbx_unix *sock)
{
	return atomic_read(&sock->sent) < READ_ONCE(sock->sndbuf) || READ_ONCE(sock->err) ||
	       (READ_ONCE(sock->shutdown) & SEND_SHUTDOWN);
}

/* Waits until @bytes may be sent, and takes them. */
static int wait_for_room(struct sbx_unix *sock, int bytes, long timeo)
{
	long left = timeo;
	int err;

	for (;;) {
		err = sbx_unix_error(sock);
		if (err)
			return err;
		if (READ_ONCE(sock->shutdown) & SEND_SHUTDOWN)
			return -EPIPE;
		if (charge(sock, bytes))
			return 0;
		set_bit(SBX_UNIX_NOSPACE, &sock->flags);
		if (!left)
			return -EAGAIN;
		if (signal_pending(current))
			return sbx_unix_interrupted(timeo);
		left = wait_event_interruptible_timeout(sock->wait, may_go_on(sock), left);
		if (left < 0)
			return sbx_unix_interrupted(timeo);
	}
}

/* A message with room for @head bytes in its head and @rest in pages. */
static struct sk_buff *message_alloc(struct sbx_unix *sock, unsigned int head, unsigned int rest,
				     int order, long timeo)
{
	int bytes = head + rest;
	struct sk_buff *skb;
	int err;

	err = wait_for_room(sock, bytes, timeo);
	if (err)
		return ERR_PTR(err);
	skb = alloc_skb_with_frags(head, rest, order, &err, GFP_KERNEL_ACCOUNT);
	if (!skb)
		goto err_charge;
	if (!sbx_charge(sock->domain, SBX_RES_UNIX_BYTES, skb->truesize, SBX_UNIX_BYTES_MAX)) {
		err = -ENOBUFS;
		goto err_skb;
	}
	atomic_add((int)skb->truesize - bytes, &sock->sent);
	refcount_inc(&sock->ref);
	*sbx_unix_cb(skb) = (struct sbx_unix_cb){ .from = sock };
	skb->destructor = message_free;
	skb_put(skb, head);
	skb->data_len = rest;
	skb->len = bytes;
	return skb;

err_skb:
	kfree_skb(skb);
err_charge:
	uncharge(sock, bytes);
	return ERR_PTR(err);
}

/* Fills a message with what comes next, and who sends it if that was said. */
static int message_fill(struct sk_buff *skb, struct msghdr *msg, struct sbx_unix_scm *scm)
{
	struct sbx_unix_cb *cb = sbx_unix_cb(skb);

	/* Descriptors go with the first part. */
	sbx_unix_scm_copy(&cb->scm, scm);
	swap(cb->scm.rights, scm->rights);
	return skb_copy_datagram_from_iter(skb, 0, &msg->msg_iter, skb->len);
}

/* Has the receiver's lock. */
static int message_queue(struct sbx_unix *sock, struct sbx_unix *peer, struct sk_buff *skb)
{
	struct sbx_unix_scm *scm = &sbx_unix_cb(skb)->scm;

	lockdep_assert_held(&peer->queue.lock);
	if (!sbx_unix_rights_queue(peer, scm->rights))
		return sbx_unix_refuse(-ETOOMANYREFS);
	if (!scm->pid && (test_bit(SBX_UNIX_PASSCRED, &sock->flags) ||
			  test_bit(SBX_UNIX_PASSCRED, &peer->flags))) {
		scm->pid = get_pid(task_tgid(current));
		current_uid_gid(&scm->uid, &scm->gid);
	}
	__skb_queue_tail(&peer->queue, skb);
	return 0;
}

static int queue_part(struct sbx_unix *sock, struct sbx_unix *peer, struct sk_buff *skb,
		      bool *broken)
{
	int err = -EPIPE;

	spin_lock(&peer->queue.lock);
	*broken = peer->dead || (peer->shutdown & RCV_SHUTDOWN);
	if (!*broken)
		err = message_queue(sock, peer, skb);
	spin_unlock(&peer->queue.lock);
	if (!err)
		sbx_unix_data_ready(peer);
	return err;
}

static int send_part(struct sbx_unix *sock, struct sbx_unix *peer, struct msghdr *msg,
		     struct sbx_unix_scm *scm, bool *broken)
{
	/* Two parts fit at a time, so that both ends have something to do. */
	int size = min_t(size_t, msg_data_left(msg), (READ_ONCE(sock->sndbuf) >> 1) - 64);
	struct sk_buff *skb;
	int rest, err;

	size = min_t(int, size, SKB_MAX_HEAD(0) + PART_PAGES_SIZE);
	rest = max_t(int, 0, size - SKB_MAX_HEAD(0));
	rest = min_t(int, size, PAGE_ALIGN(rest));
	skb = message_alloc(sock, size - rest, rest, get_order(PART_PAGES_SIZE),
			    msg->msg_flags & MSG_DONTWAIT ? 0 : READ_ONCE(sock->sndtimeo));
	if (IS_ERR(skb))
		return PTR_ERR(skb);
	err = message_fill(skb, msg, scm) ?: queue_part(sock, peer, skb, broken);
	if (err) {
		kfree_skb(skb);
		return err;
	}
	return size;
}

static int send_stream(struct sbx_unix *sock, struct msghdr *msg, struct sbx_unix_scm *scm)
{
	bool broken = false;
	struct sbx_unix *peer;
	int sent = 0, ret = 0;

	if (msg->msg_flags & MSG_OOB)
		return sbx_unix_refuse(-EOPNOTSUPP);
	if (msg->msg_namelen)
		return READ_ONCE(sock->connected) ? -EISCONN : -EOPNOTSUPP;
	peer = sbx_unix_peer_get(sock);
	if (!peer)
		return -ENOTCONN;
	if (READ_ONCE(sock->shutdown) & SEND_SHUTDOWN) {
		broken = true;
		ret = -EPIPE;
	}
	while (!broken && msg_data_left(msg)) {
		ret = send_part(sock, peer, msg, scm, &broken);
		if (ret < 0)
			break;
		sent += ret;
	}
	sbx_unix_put(peer);
	if (broken && !sent && !(msg->msg_flags & MSG_NOSIGNAL))
		send_sig(SIGPIPE, current, 0);
	return sent ?: ret;
}

/* The peer has gone: what it sent before is lost, as in Linux. */
static int forget_peer(struct sbx_unix *sock, struct sbx_unix *peer)
{
	struct sk_buff_head lost;
	struct sk_buff *skb;
	bool mine;

	__skb_queue_head_init(&lost);
	spin_lock(&sock->queue.lock);
	mine = sock->peer == peer;
	if (mine) {
		sock->peer = NULL;
		sock->rights = 0;
		WRITE_ONCE(sock->connected, false);
		skb_queue_splice_init(&sock->queue, &lost);
	}
	spin_unlock(&sock->queue.lock);
	if (!mine)
		return -ECONNRESET;
	sbx_unix_put(peer);
	while ((skb = __skb_dequeue(&lost)))
		kfree_skb(skb);
	return -ECONNREFUSED;
}

static int queue_record(struct sbx_unix *sock, struct sbx_unix *peer, struct sk_buff *skb)
{
	int err = 0;
	bool dead;

	spin_lock(&peer->queue.lock);
	dead = peer->dead;
	if (!dead && (peer->shutdown & RCV_SHUTDOWN))
		err = -EPIPE;
	if (!dead && !err)
		err = message_queue(sock, peer, skb);
	spin_unlock(&peer->queue.lock);
	if (dead)
		return sock->type == SOCK_SEQPACKET ? -EPIPE : forget_peer(sock, peer);
	if (!err)
		sbx_unix_data_ready(peer);
	return err;
}

static int send_record(struct sbx_unix *sock, struct sbx_unix *peer, struct msghdr *msg,
		       struct sbx_unix_scm *scm)
{
	size_t size = msg_data_left(msg);
	unsigned int rest = 0;
	struct sk_buff *skb;
	int err;

	if (size > READ_ONCE(sock->sndbuf) - 32)
		return -EMSGSIZE;
	if (size > SKB_MAX_ALLOC)
		rest = PAGE_ALIGN(min_t(size_t, size - SKB_MAX_ALLOC, MAX_SKB_FRAGS * PAGE_SIZE));
	skb = message_alloc(sock, size - rest, rest, PAGE_ALLOC_COSTLY_ORDER,
			    msg->msg_flags & MSG_DONTWAIT ? 0 : READ_ONCE(sock->sndtimeo));
	if (IS_ERR(skb))
		return PTR_ERR(skb);
	err = message_fill(skb, msg, scm) ?: queue_record(sock, peer, skb);
	if (err) {
		kfree_skb(skb);
		return err;
	}
	return size;
}

static int send_records(struct sbx_unix *sock, struct msghdr *msg, struct sbx_unix_scm *scm)
{
	const struct sockaddr_un *name = msg->msg_name;
	struct sbx_unix *peer;
	int ret;

	if (msg->msg_flags & MSG_OOB)
		return -EOPNOTSUPP;
	/* Connected for good: Linux does not look. */
	if (msg->msg_namelen && sock->type == SOCK_DGRAM) {
		if (msg->msg_namelen <= offsetof(struct sockaddr_un, sun_path) ||
		    msg->msg_namelen > sizeof(*name) || name->sun_family != AF_UNIX)
			return -EINVAL;
		return sbx_unix_refuse(-ECONNREFUSED);
	}
	peer = sbx_unix_peer_get(sock);
	if (!peer)
		return -ENOTCONN;
	ret = send_record(sock, peer, msg, scm);
	sbx_unix_put(peer);
	return ret;
}

/**
 * sbx_unix_send() - sendmsg(2), and write(2)
 * @file: the socket
 * @msg: what to send, with flags; its control messages are the kernel's
 *
 * Return: bytes sent, or an error.
 */
int sbx_unix_send(struct file *file, struct msghdr *msg)
{
	struct sbx_unix *sock = file->private_data;
	struct sbx_unix_scm scm;
	int ret;

	if (sock->type == SOCK_SEQPACKET) {
		ret = sbx_unix_error(sock);
		if (ret)
			return ret;
		if (!READ_ONCE(sock->connected))
			return -ENOTCONN;
	}
	ret = sbx_unix_scm_send(sock, msg, &scm);
	if (ret)
		return ret;
	ret = sbx_unix_is_record(sock) ? send_records(sock, msg, &scm) :
					 send_stream(sock, msg, &scm);
	sbx_unix_scm_drop(&scm);
	return ret;
}

static bool may_receive(const struct sbx_unix *sock)
{
	return !skb_queue_empty_lockless(&sock->queue) || READ_ONCE(sock->err) ||
	       (READ_ONCE(sock->shutdown) & RCV_SHUTDOWN);
}

/* Until there is something to receive, or to be told; updates @left. */
static int wait_for_message(struct sbx_unix *sock, long timeo, long *left)
{
	if (!*left)
		return -EAGAIN;
	*left = wait_event_interruptible_timeout(sock->wait, may_receive(sock), *left);
	return *left < 0 ? sbx_unix_interrupted(timeo) : 0;
}

/*
 * The next record, with a reference, and what it carries; left in its place to
 * be looked at.
 */
static struct sk_buff *take_record(struct sbx_unix *sock, bool peek, struct sbx_unix_scm *scm,
				   int *err)
{
	struct sk_buff *skb = NULL;
	struct sbx_unix_cb *cb;

	spin_lock(&sock->queue.lock);
	/* Comes before what was received. */
	*err = sbx_unix_error(sock);
	if (!*err)
		skb = skb_peek(&sock->queue);
	if (skb) {
		cb = sbx_unix_cb(skb);
		sbx_unix_scm_copy(scm, &cb->scm);
		if (peek) {
			scm->rights = sbx_unix_rights_get(cb->scm.rights);
			skb_get(skb);
		} else {
			scm->rights = sbx_unix_rights_take(sock, skb);
			__skb_unlink(skb, &sock->queue);
		}
	}
	spin_unlock(&sock->queue.lock);
	return skb;
}

/* NULL with no error at the end. */
static struct sk_buff *wait_for_record(struct sbx_unix *sock, unsigned int flags,
				       struct sbx_unix_scm *scm, int *err)
{
	long timeo = flags & MSG_DONTWAIT ? 0 : READ_ONCE(sock->rcvtimeo);
	bool over, seq = sock->type == SOCK_SEQPACKET;
	long left = timeo;
	struct sk_buff *skb;

	for (;;) {
		/* Nothing comes after it. */
		over = smp_load_acquire(&sock->shutdown) & RCV_SHUTDOWN;
		skb = take_record(sock, flags & MSG_PEEK, scm, err);
		if (skb || *err)
			return skb;
		/* Who does not wait for a datagram is not told of the end. */
		if (over && (left || seq))
			return NULL;
		*err = wait_for_message(sock, timeo, &left);
		if (*err)
			return NULL;
	}
}

static int receive_record(struct sbx_unix *sock, struct msghdr *msg, unsigned int flags)
{
	size_t size = msg_data_left(msg);
	struct sbx_unix_scm scm = {};
	struct sk_buff *skb;
	int ret;

	if (sock->type == SOCK_SEQPACKET && !READ_ONCE(sock->connected))
		return -ENOTCONN;
	if (flags & MSG_OOB)
		return -EOPNOTSUPP;
	skb = wait_for_record(sock, flags, &scm, &ret);
	if (!skb)
		return ret;

	if (size > skb->len)
		size = skb->len;
	else if (size < skb->len)
		msg->msg_flags |= MSG_TRUNC;
	ret = skb_copy_datagram_msg(skb, 0, msg, size);
	if (ret) {
		sbx_unix_scm_drop(&scm);
	} else {
		sbx_unix_scm_receive(sock, msg, &scm);
		ret = flags & MSG_TRUNC ? skb->len : size;
	}
	consume_skb(skb);
	return ret;
}

/**
 * enum stop - why no more of a stream is received for now
 * @STOP_DONE: enough, or there is something else after it
 * @STOP_EMPTY: there is no more
 * @STOP_FAULT: memory has to be brought in
 */
enum stop {
	STOP_DONE,
	STOP_EMPTY,
	STOP_FAULT,
};

/**
 * struct reading - a stream being received
 * @sock: which
 * @msg: where to
 * @scm: what came with it
 * @named: @scm has the sender, and there are no others' bytes
 * @done: bytes
 * @target: bytes to wait for
 * @missing: bytes of memory to be brought in
 * @faults: times that this was done while a signal waited
 * @over: no use to wait
 * @err: the pending error
 */
struct reading {
	struct sbx_unix *sock;
	struct msghdr *msg;
	struct sbx_unix_scm scm;
	bool named;
	int done;
	int target;
	size_t missing;
	unsigned int faults;
	bool over;
	int err;
};

/*
 * Linux would not stop for a signal, but memory that goes away as soon as it
 * comes must not hold off the freezer.
 */
static int bring_in(struct reading *rd)
{
	if (fault_in_iov_iter_writeable(&rd->msg->msg_iter, rd->missing))
		return -EFAULT;
	if (fatal_signal_pending(current) || (signal_pending(current) && ++rd->faults > PATIENCE))
		return -ERESTARTSYS;
	return 0;
}

/* NULL if there is none; then an error and the end count, as of that moment. */
static struct sk_buff *first_part(struct reading *rd)
{
	struct sbx_unix *sock = rd->sock;
	struct sk_buff *skb;

	spin_lock(&sock->queue.lock);
	skb = skb_peek(&sock->queue);
	if (!skb && rd->done < rd->target)
		rd->err = sbx_unix_error(sock);
	rd->over = rd->done >= rd->target || rd->err || (sock->shutdown & RCV_SHUTDOWN);
	spin_unlock(&sock->queue.lock);
	return skb;
}

/* All @len bytes of what is left of a part, or none. */
static bool copy_part(struct reading *rd, struct sk_buff *skb, size_t len)
{
	int err;

	pagefault_disable();
	err = skb_copy_datagram_msg(skb, sbx_unix_cb(skb)->consumed, rd->msg, len);
	pagefault_enable();
	if (err) {
		rd->missing = len;
		return false;
	}
	rd->done += len;
	return true;
}

/* Whether the next bytes may go with those before: never from two senders. */
static bool may_join(struct reading *rd, struct sk_buff *skb)
{
	struct sbx_unix_cb *cb = sbx_unix_cb(skb);

	if (rd->named)
		return sbx_unix_scm_same(&cb->scm, &rd->scm);
	if (test_bit(SBX_UNIX_PASSCRED, &rd->sock->flags)) {
		sbx_unix_scm_copy(&rd->scm, &cb->scm);
		rd->named = true;
	}
	return true;
}

/* @len bytes of the first part are received.  Return: whether to go on. */
static bool consume(struct reading *rd, struct sk_buff *skb, size_t len)
{
	struct sbx_unix_cb *cb = sbx_unix_cb(skb);
	bool used_up;

	spin_lock(&rd->sock->queue.lock);
	cb->consumed += len;
	rd->scm.rights = sbx_unix_rights_take(rd->sock, skb);
	used_up = !sbx_unix_left(skb);
	if (used_up)
		__skb_unlink(skb, &rd->sock->queue);
	spin_unlock(&rd->sock->queue.lock);
	if (used_up)
		consume_skb(skb);
	return used_up && !rd->scm.rights;
}

/* Also for no bytes at all, which have to wait for some to be there. */
static enum stop take_parts(struct reading *rd)
{
	struct sk_buff *skb;
	size_t len;

	do {
		skb = first_part(rd);
		if (!skb)
			return STOP_EMPTY;
		if (!may_join(rd, skb))
			return STOP_DONE;
		len = min_t(size_t, sbx_unix_left(skb), msg_data_left(rd->msg));
		if (!copy_part(rd, skb, len))
			return STOP_FAULT;
	} while (consume(rd, skb, len) && msg_data_left(rd->msg));
	return STOP_DONE;
}

/* From the start each time, for others may have taken what there was. */
static enum stop look_at_parts(struct reading *rd)
{
	struct iov_iter start = rd->msg->msg_iter;
	struct sk_buff *skb = first_part(rd);
	size_t len;

	if (!skb)
		return STOP_EMPTY;
	do {
		if (!may_join(rd, skb))
			break;
		len = min_t(size_t, sbx_unix_left(skb), msg_data_left(rd->msg));
		if (!copy_part(rd, skb, len)) {
			rd->msg->msg_iter = start;
			rd->missing += rd->done;
			rd->done = 0;
			return STOP_FAULT;
		}
		rd->scm.rights = sbx_unix_rights_get(sbx_unix_cb(skb)->scm.rights);
		spin_lock(&rd->sock->queue.lock);
		skb = skb_peek_next(skb, &rd->sock->queue);
		spin_unlock(&rd->sock->queue.lock);
	} while (skb && !rd->scm.rights && msg_data_left(rd->msg));
	return STOP_DONE;
}

static enum stop receive_parts(struct reading *rd, bool peek)
{
	enum stop stop;

	mutex_lock(&rd->sock->reading);
	stop = peek ? look_at_parts(rd) : take_parts(rd);
	mutex_unlock(&rd->sock->reading);
	/* What is first then may be from somebody else. */
	if (stop == STOP_FAULT && !rd->done) {
		sbx_unix_scm_drop(&rd->scm);
		rd->named = false;
	}
	return stop;
}

static int receive_stream(struct sbx_unix *sock, struct msghdr *msg, unsigned int flags)
{
	long timeo = flags & MSG_DONTWAIT ? 0 : READ_ONCE(sock->rcvtimeo);
	int size = msg_data_left(msg);
	struct reading rd = {
		.sock = sock,
		.msg = msg,
		.target = flags & MSG_WAITALL ? size : min(READ_ONCE(sock->rcvlowat), size),
	};
	enum stop stop;
	long left = timeo;
	int err;

	/* Out of band nothing ever comes. */
	if (!READ_ONCE(sock->connected) || (flags & MSG_OOB))
		return -EINVAL;
	rd.target = rd.target ?: 1;
	do {
		stop = receive_parts(&rd, flags & MSG_PEEK);
		if (stop == STOP_DONE || (stop == STOP_EMPTY && rd.over)) {
			err = rd.err;
			break;
		}
		err = stop == STOP_FAULT ? bring_in(&rd) : wait_for_message(sock, timeo, &left);
	} while (!err);

	if (err == -ERESTARTSYS || err == -EINTR)
		sbx_unix_scm_drop(&rd.scm);
	else
		sbx_unix_scm_receive(sock, msg, &rd.scm);
	return rd.done ?: err;
}

/**
 * sbx_unix_receive() - recvmsg(2), and read(2)
 * @file: the socket
 * @msg: takes what comes; its control messages go to the user
 * @flags: of recvmsg(2)
 *
 * Return: bytes received, or an error.
 */
int sbx_unix_receive(struct file *file, struct msghdr *msg, unsigned int flags)
{
	struct sbx_unix *sock = file->private_data;

	return sbx_unix_is_record(sock) ? receive_record(sock, msg, flags) :
					  receive_stream(sock, msg, flags);
}
