/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a Unix socket is, for the files that implement it.
 */
#ifndef _SBX_OBJECT_UNIX_INNER_H
#define _SBX_OBJECT_UNIX_INNER_H

#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/refcount.h>
#include <linux/skbuff.h>
#include <linux/socket.h>
#include <linux/uidgid.h>
#include <linux/wait.h>
#include <net/sock.h>

struct cred;
struct fasync_struct;
struct pid;
struct sbx_domain;

/* Bytes of messages that wait in all Unix sockets of a domain, at most. */
#define SBX_UNIX_BYTES_MAX	(256L << 20)

/* Descriptors in them, at most. */
#define SBX_UNIX_RIGHTS_MAX	16384L

/**
 * enum sbx_unix_flag - bits of &struct sbx_unix.flags
 * @SBX_UNIX_PASSCRED: messages come with their sender's credentials
 * @SBX_UNIX_NOSPACE: somebody found no room, and is to get SIGIO
 * @SBX_UNIX_REUSEADDR: as set, means nothing; the others likewise
 * @SBX_UNIX_KEEPALIVE: -
 * @SBX_UNIX_BROADCAST: -
 * @SBX_UNIX_DONTROUTE: -
 * @SBX_UNIX_OOBINLINE: -
 */
enum sbx_unix_flag {
	SBX_UNIX_PASSCRED,
	SBX_UNIX_NOSPACE,
	SBX_UNIX_REUSEADDR,
	SBX_UNIX_KEEPALIVE,
	SBX_UNIX_BROADCAST,
	SBX_UNIX_DONTROUTE,
	SBX_UNIX_OOBINLINE,
};

/**
 * struct sbx_unix - a Unix socket
 * @ref: its object, its peer and messages that it sent hold one each
 * @type: SOCK_STREAM, SOCK_SEQPACKET or SOCK_DGRAM; fixed
 * @queue: messages that were not received; its lock guards the next ones, which
 *	are looked at without it.  Nobody has two of these locks.
 * @peer: who gets what is sent, with a reference; NULL if nobody does.  Of a
 *	datagram socket it can go; else until the socket is closed it stays
 * @connected: what is received comes from @peer
 * @dead: no open file is left
 * @shutdown: RCV_SHUTDOWN, SEND_SHUTDOWN
 * @err: pending error, positive
 * @in_flight: times that its file is on its way in a message
 * @rights: messages in @queue that carry descriptors; none while @in_flight
 * @reading: a stream's readers, one at a time; not held across a page fault
 * @wait: whoever waits for anything; and pollers
 * @flags: &enum sbx_unix_flag, atomic
 * @sent: bytes of memory of messages that it sent and that were not received
 * @sndbuf: limit of @sent; as the next ones read and written once
 * @rcvbuf: for who asks
 * @rcvlowat: bytes that a stream's reader waits for
 * @rcvtimeo: jiffies that a reader waits
 * @sndtimeo: jiffies that a writer waits
 * @fasync: who gets SIGIO
 * @peer_pid: who made the pair, a reference; fixed
 * @peer_cred: its credentials, a reference; fixed
 * @domain: who pays; a reference
 */
struct sbx_unix {
	refcount_t ref;
	u16 type;
	struct sk_buff_head queue;
	struct sbx_unix *peer;
	bool connected;
	bool dead;
	u8 shutdown;
	int err;
	unsigned int in_flight;
	unsigned int rights;
	struct mutex reading;
	wait_queue_head_t wait;
	unsigned long flags;
	atomic_t sent;
	int sndbuf;
	int rcvbuf;
	int rcvlowat;
	long rcvtimeo;
	long sndtimeo;
	struct fasync_struct *fasync;
	struct pid *peer_pid;
	const struct cred *peer_cred;
	struct sbx_domain *domain;
};

/**
 * struct sbx_unix_scm - what comes with a message besides its bytes
 * @pid: who sent it, a reference; NULL if that was not said
 * @uid: likewise
 * @gid: likewise
 * @rights: descriptors, NULL for none
 */
struct sbx_unix_scm {
	struct pid *pid;
	kuid_t uid;
	kgid_t gid;
	struct sbx_unix_rights *rights;
};

/**
 * struct sbx_unix_cb - the module's part of a message, in its control block
 * @from: who sent it and pays; a reference
 * @scm: what comes with it
 * @consumed: bytes that were received already
 */
struct sbx_unix_cb {
	struct sbx_unix *from;
	struct sbx_unix_scm scm;
	u32 consumed;
};

static inline struct sbx_unix_cb *sbx_unix_cb(struct sk_buff *skb)
{
	return (struct sbx_unix_cb *)skb->cb;
}

static inline unsigned int sbx_unix_left(struct sk_buff *skb)
{
	return skb->len - sbx_unix_cb(skb)->consumed;
}

static inline bool sbx_unix_is_record(const struct sbx_unix *sock)
{
	return sock->type != SOCK_STREAM;
}

/* Looked at while waiting, without the lock. */
static inline bool sbx_unix_writable(const struct sbx_unix *sock)
{
	/* The kernel counts from one. */
	return (s64)(atomic_read(&sock->sent) + 1) << 2 <= READ_ONCE(sock->sndbuf);
}

/* Takes the pending error: 0 or negative. */
static inline int sbx_unix_error(struct sbx_unix *sock)
{
	return READ_ONCE(sock->err) ? -xchg(&sock->err, 0) : 0;
}

/* What a wait that a signal ended says: a time limit cannot be restarted. */
static inline int sbx_unix_interrupted(long timeo)
{
	return timeo == MAX_SCHEDULE_TIMEOUT ? -ERESTARTSYS : -EINTR;
}

long sbx_unix_refuse(long err);
bool sbx_is_unix(const struct file *file);
void sbx_unix_put(struct sbx_unix *sock);
struct sbx_unix *sbx_unix_peer_get(struct sbx_unix *sock);
void sbx_unix_write_space(struct sbx_unix *sock);
void sbx_unix_data_ready(struct sbx_unix *sock);

int sbx_unix_send(struct file *file, struct msghdr *msg);
int sbx_unix_receive(struct file *file, struct msghdr *msg, unsigned int flags);

int sbx_unix_scm_send(struct sbx_unix *sock, struct msghdr *msg, struct sbx_unix_scm *scm);
void sbx_unix_scm_receive(struct sbx_unix *sock, struct msghdr *msg, struct sbx_unix_scm *scm);
void sbx_unix_scm_copy(struct sbx_unix_scm *to, const struct sbx_unix_scm *from);
void sbx_unix_scm_drop(struct sbx_unix_scm *scm);
bool sbx_unix_scm_same(const struct sbx_unix_scm *a, const struct sbx_unix_scm *b);
bool sbx_unix_rights_queue(struct sbx_unix *sock, const struct sbx_unix_rights *rights);
struct sbx_unix_rights *sbx_unix_rights_take(struct sbx_unix *sock, struct sk_buff *skb);
struct sbx_unix_rights *sbx_unix_rights_get(struct sbx_unix_rights *rights);
unsigned int sbx_unix_rights_count(const struct sbx_unix_rights *rights);

int sbx_unix_set(struct file *file, int level, int option, const void __user *value,
		 unsigned int len);
int sbx_unix_get(struct file *file, int level, int option, void __user *value, int __user *len);

#endif /* _SBX_OBJECT_UNIX_INNER_H */
