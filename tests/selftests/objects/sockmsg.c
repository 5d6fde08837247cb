// SPDX-License-Identifier: GPL-2.0
/*
 * Messages with a header over pairs of Unix sockets: vectors, credentials,
 * descriptors, many at a time.
 *
 * Runs as: root user
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "kselftest_harness.h"
#include "objects/util.h"

#define MAX_FDS	253

union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(300 * sizeof(int))];
};

FIXTURE(pair) {
	int a;
	int b;
	char data[100];
	struct iovec iov;
	union control control;
	struct msghdr msg;
};

FIXTURE_VARIANT(pair) {
	int type;
};

FIXTURE_VARIANT_ADD(pair, stream) { .type = SOCK_STREAM };
FIXTURE_VARIANT_ADD(pair, seqpacket) { .type = SOCK_SEQPACKET };
FIXTURE_VARIANT_ADD(pair, dgram) { .type = SOCK_DGRAM };

FIXTURE_SETUP(pair)
{
	int fds[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, variant->type | SOCK_NONBLOCK, 0, fds));
	self->a = fds[0];
	self->b = fds[1];
	memset(&self->control, 0, sizeof(self->control));
	memset(self->data, 'd', sizeof(self->data));
	self->iov = (struct iovec){ self->data, 1 };
	self->msg = (struct msghdr){ .msg_iov = &self->iov, .msg_iovlen = 1 };
}

FIXTURE_TEARDOWN(pair)
{
	close(self->a);
	close(self->b);
}

/* A message with one control message of @len bytes. */
static struct cmsghdr *with_control(struct msghdr *msg, union control *control, int type,
				    size_t len)
{
	struct cmsghdr *cmsg = &control->header;

	msg->msg_control = control;
	msg->msg_controllen = CMSG_SPACE(len);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = type;
	cmsg->cmsg_len = CMSG_LEN(len);
	return cmsg;
}

static ssize_t send_fds(int sock, struct msghdr *msg, union control *control, const int *fds, int n)
{
	struct cmsghdr *cmsg = with_control(msg, control, SCM_RIGHTS, n * sizeof(int));

	memcpy(CMSG_DATA(cmsg), fds, n * sizeof(int));
	return sendmsg(sock, msg, 0);
}

static ssize_t send_ucred(int sock, struct msghdr *msg, union control *control,
			  const struct ucred *ucred)
{
	struct cmsghdr *cmsg = with_control(msg, control, SCM_CREDENTIALS, sizeof(*ucred));

	memcpy(CMSG_DATA(cmsg), ucred, sizeof(*ucred));
	return sendmsg(sock, msg, 0);
}

static ssize_t receive(int sock, struct msghdr *msg, union control *control, size_t room, int flags)
{
	memset(control, 0xee, sizeof(*control));
	msg->msg_control = room ? control : NULL;
	msg->msg_controllen = room;
	msg->msg_flags = -1;
	return recvmsg(sock, msg, flags);
}

/* The descriptors of a message; none if there are not exactly @n. */
static int *fds_of(struct msghdr *msg, size_t n)
{
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg);

	if (!cmsg || cmsg->cmsg_level != SOL_SOCKET || cmsg->cmsg_type != SCM_RIGHTS ||
	    cmsg->cmsg_len != CMSG_LEN(n * sizeof(int)))
		return NULL;
	return (int *)CMSG_DATA(cmsg);
}

static struct ucred *ucred_of(struct msghdr *msg)
{
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg);

	if (!cmsg || cmsg->cmsg_level != SOL_SOCKET || cmsg->cmsg_type != SCM_CREDENTIALS ||
	    cmsg->cmsg_len != CMSG_LEN(sizeof(struct ucred)))
		return NULL;
	return (struct ucred *)CMSG_DATA(cmsg);
}

/* The lowest that is free; with none left open it stays the same. */
static int next_fd(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

/* Whether nobody has the other end of a pipe any more. */
static bool is_over(int rd)
{
	struct pollfd pfd = { .fd = rd };

	return poll(&pfd, 1, 2000) == 1 && (pfd.revents & POLLHUP);
}

static void pass_cred(int sock)
{
	setsockopt(sock, SOL_SOCKET, SO_PASSCRED, &(int){ 1 }, sizeof(int));
}

TEST_F(pair, vectors)
{
	static struct iovec many[1025];
	char got[10];
	struct iovec in[] = { { got, 1 }, { got + 1, 9 } };

	for (int i = 0; i < 1025; i++)
		many[i] = (struct iovec){ "abc", i < 3 };
	self->msg.msg_iov = many;
	self->msg.msg_iovlen = 1024;
	ASSERT_EQ(3, sendmsg(self->a, &self->msg, 0));
	self->msg.msg_iovlen = 1025;
	EXPECT_EQ(-1, sendmsg(self->a, &self->msg, 0));
	EXPECT_EQ(EMSGSIZE, errno);
	EXPECT_EQ(-1, recvmsg(self->b, &self->msg, 0));
	EXPECT_EQ(EMSGSIZE, errno);
	self->msg.msg_iov = in;
	self->msg.msg_iovlen = 2;
	ASSERT_EQ(3, recvmsg(self->b, &self->msg, 0));
	EXPECT_EQ(0, memcmp(got, "aaa", 3));
	self->msg.msg_iov = NULL;
	self->msg.msg_iovlen = 0;
	EXPECT_EQ(0, sendmsg(self->a, &self->msg, 0));
	EXPECT_EQ(variant->type == SOCK_STREAM ? -1 : 0, recvmsg(self->b, &self->msg, 0));
}

TEST_F(pair, flags_of_a_message)
{
	ASSERT_EQ(5, write(self->a, "12345", 5));
	self->msg.msg_name = self->data;
	self->msg.msg_namelen = 50;
	ASSERT_EQ(1, receive(self->b, &self->msg, &self->control, 0, 0));
	EXPECT_EQ(variant->type == SOCK_STREAM ? 0 : MSG_TRUNC, self->msg.msg_flags);
	EXPECT_EQ(0, self->msg.msg_controllen);
	EXPECT_EQ(0, self->msg.msg_namelen);
	ASSERT_EQ(1, write(self->a, "1", 1));
	ASSERT_EQ(1, receive(self->b, &self->msg, &self->control, 100, MSG_CMSG_CLOEXEC));
	EXPECT_EQ(MSG_CMSG_CLOEXEC, self->msg.msg_flags);
	EXPECT_EQ(0, self->msg.msg_controllen);
	EXPECT_EQ(-1, sendmsg(self->a, &self->msg, 0x80000000));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, recvmsg(self->a, &self->msg, 0x80000000));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(pair, bad_headers)
{
	struct msghdr msg = self->msg;

	EXPECT_EQ(-1, sendmsg(self->a, at(-4096UL), 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, recvmsg(self->a, at(0), 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, sendmsg(self->a, (struct msghdr *)(half_mapped() + PAGE - 20), 0));
	EXPECT_EQ(EFAULT, errno);
	msg.msg_iov = at(-4096UL);
	EXPECT_EQ(-1, sendmsg(self->a, &msg, 0));
	EXPECT_EQ(EFAULT, errno);
	msg.msg_iov = &(struct iovec){ self->data, -1 };
	EXPECT_EQ(-1, sendmsg(self->a, &msg, 0));
	EXPECT_EQ(EINVAL, errno);
	msg = self->msg;
	msg.msg_name = self->data;
	msg.msg_namelen = -1;
	EXPECT_EQ(-1, sendmsg(self->a, &msg, 0));
	EXPECT_EQ(EINVAL, errno);
	msg.msg_name = NULL;
	msg.msg_namelen = -1;
	EXPECT_EQ(1, sendmsg(self->a, &msg, 0));
	msg.msg_name = at(-4096UL);
	msg.msg_namelen = 10;
	EXPECT_EQ(-1, sendmsg(self->a, &msg, 0));
	EXPECT_EQ(EFAULT, errno);
	msg.msg_namelen = -1;
	EXPECT_EQ(-1, recvmsg(self->b, &msg, 0));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(pair, bad_control)
{
	struct cmsghdr *cmsg = with_control(&self->msg, &self->control, SCM_RIGHTS, sizeof(int));

	self->msg.msg_controllen = (size_t)INT_MAX + 1;
	EXPECT_EQ(-1, sendmsg(self->a, &self->msg, 0));
	EXPECT_EQ(ENOBUFS, errno);
	self->msg.msg_controllen = 1 << 20;
	EXPECT_EQ(-1, sendmsg(self->a, &self->msg, 0));
	EXPECT_EQ(ENOBUFS, errno);
	self->msg.msg_control = NULL;
	self->msg.msg_controllen = 24;
	EXPECT_EQ(-1, sendmsg(self->a, &self->msg, 0));
	EXPECT_EQ(EFAULT, errno);
	self->msg.msg_control = at(-4096UL);
	self->msg.msg_controllen = 100;
	EXPECT_EQ(-1, sendmsg(self->a, &self->msg, 0));
	EXPECT_EQ(EFAULT, errno);

	cmsg = with_control(&self->msg, &self->control, SCM_RIGHTS, sizeof(int));
	static const size_t lengths[] = { 0, 1, 15, 25, 1000, INT_MAX, SIZE_MAX, SIZE_MAX - 7 };

	for (unsigned int i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		cmsg->cmsg_len = lengths[i];
		EXPECT_EQ(-1, sendmsg(self->a, &self->msg, 0));
		EXPECT_EQ(EINVAL, errno);
	}
	/* None at all, of a wrong kind, of somebody else. */
	cmsg->cmsg_len = 16;
	EXPECT_EQ(1, sendmsg(self->a, &self->msg, 0));
	cmsg->cmsg_len = CMSG_LEN(4);
	cmsg->cmsg_type = 77;
	EXPECT_EQ(-1, sendmsg(self->a, &self->msg, 0));
	EXPECT_EQ(EINVAL, errno);
	cmsg->cmsg_level = 1000;
	EXPECT_EQ(1, sendmsg(self->a, &self->msg, 0));
	self->msg.msg_controllen = 10;
	EXPECT_EQ(1, sendmsg(self->a, &self->msg, 0));
}

TEST_F(pair, no_control_wanted)
{
	ASSERT_EQ(1, write(self->a, "x", 1));
	ASSERT_EQ(1, receive(self->b, &self->msg, &self->control, 1000, 0));
	EXPECT_EQ(0, self->msg.msg_flags);
	EXPECT_EQ(0, self->msg.msg_controllen);
}

TEST_F(pair, who_writes)
{
	struct ucred *ucred;

	pass_cred(self->b);
	ASSERT_EQ(1, write(self->a, "x", 1));
	ASSERT_EQ(1, receive(self->b, &self->msg, &self->control, 1000, MSG_PEEK));
	ASSERT_NE(NULL, ucred_of(&self->msg));
	ASSERT_EQ(1, receive(self->b, &self->msg, &self->control, 1000, 0));
	ucred = ucred_of(&self->msg);
	ASSERT_NE(NULL, ucred);
	EXPECT_EQ(getpid(), ucred->pid);
	EXPECT_EQ(getuid(), ucred->uid);
	EXPECT_EQ(getgid(), ucred->gid);
	EXPECT_EQ(0, self->msg.msg_flags);
	EXPECT_EQ(CMSG_SPACE(sizeof(*ucred)), self->msg.msg_controllen);

	/* With no room, and with too little. */
	ASSERT_EQ(1, write(self->a, "x", 1));
	ASSERT_EQ(1, receive(self->b, &self->msg, &self->control, 0, 0));
	EXPECT_EQ(MSG_CTRUNC, self->msg.msg_flags);
	ASSERT_EQ(1, write(self->a, "x", 1));
	ASSERT_EQ(1, receive(self->b, &self->msg, &self->control, 20, 0));
	EXPECT_EQ(MSG_CTRUNC, self->msg.msg_flags);
	EXPECT_EQ(20, self->msg.msg_controllen);
	EXPECT_EQ(20, self->control.header.cmsg_len);
	ASSERT_EQ(1, write(self->a, "x", 1));
	ASSERT_EQ(1, receive(self->b, &self->msg, &self->control, 15, 0));
	EXPECT_EQ(MSG_CTRUNC, self->msg.msg_flags);
	EXPECT_EQ(0, self->msg.msg_controllen);
}

TEST_F(pair, who_wrote_before_it_was_asked)
{
	struct ucred *ucred;

	ASSERT_EQ(1, write(self->a, "x", 1));
	pass_cred(self->b);
	ASSERT_EQ(1, receive(self->b, &self->msg, &self->control, 1000, 0));
	ucred = ucred_of(&self->msg);
	ASSERT_NE(NULL, ucred);
	EXPECT_EQ(0, ucred->pid);
	EXPECT_EQ(65534, ucred->uid);
	EXPECT_EQ(65534, ucred->gid);
}

TEST_F(pair, two_writers_are_not_mixed)
{
	char got[10];

	pass_cred(self->b);
	ASSERT_EQ(2, write(self->a, "ab", 2));
	ASSERT_EQ(2, write(self->a, "cd", 2));
	if (!fork())
		_exit(write(self->a, "ef", 2) != 2);
	wait(NULL);
	EXPECT_EQ(variant->type == SOCK_STREAM ? 4 : 2, recv(self->b, got, 10, MSG_PEEK));
	EXPECT_EQ(variant->type == SOCK_STREAM ? 4 : 2, recv(self->b, got, 10, 0));
	EXPECT_EQ(2, recv(self->b, got, 10, 0));
}

TEST_F(pair, credentials)
{
	struct ucred mine = { getpid(), getuid(), getgid() }, other, *got;

	pass_cred(self->b);
	ASSERT_EQ(1, send_ucred(self->a, &self->msg, &self->control, &mine));
	ASSERT_EQ(1, receive(self->b, &self->msg, &self->control, 1000, 0));
	got = ucred_of(&self->msg);
	ASSERT_NE(NULL, got);
	EXPECT_EQ(0, memcmp(&mine, got, sizeof(mine)));

	other = mine;
	other.uid = -1;
	EXPECT_EQ(-1, send_ucred(self->a, &self->msg, &self->control, &other));
	EXPECT_EQ(EINVAL, errno);
	other = mine;
	other.gid = -1;
	EXPECT_EQ(-1, send_ucred(self->a, &self->msg, &self->control, &other));
	EXPECT_EQ(EINVAL, errno);
	other = mine;
	other.uid = getuid() + 1;
	if (getuid()) {
		EXPECT_EQ(-1, send_ucred(self->a, &self->msg, &self->control, &other));
		EXPECT_EQ(EPERM, errno);
		other = mine;
		other.pid = 1 << 20;
		EXPECT_EQ(-1, send_ucred(self->a, &self->msg, &self->control, &other));
		EXPECT_EQ(EPERM, errno);
	}
	with_control(&self->msg, &self->control, SCM_CREDENTIALS, 8);
	EXPECT_EQ(-1, sendmsg(self->a, &self->msg, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, recv(self->b, self->data, 1, 0));
}

TEST_F(pair, descriptors)
{
	int pipes[2], *got;

	ASSERT_EQ(0, pipe(pipes));
	ASSERT_EQ(1, send_fds(self->a, &self->msg, &self->control, pipes, 2));
	close(pipes[0]);
	close(pipes[1]);
	ASSERT_EQ(1, receive(self->b, &self->msg, &self->control, 1000, 0));
	got = fds_of(&self->msg, 2);
	ASSERT_NE(NULL, got);
	EXPECT_EQ(0, self->msg.msg_flags);
	EXPECT_EQ(CMSG_SPACE(8), self->msg.msg_controllen);
	EXPECT_EQ(pipes[0], got[0]);
	EXPECT_EQ(pipes[1], got[1]);
	EXPECT_EQ(0, fcntl(got[0], F_GETFD));
	ASSERT_EQ(3, write(got[1], "abc", 3));
	EXPECT_EQ(3, read(got[0], self->data, 10));
}

TEST_F(pair, descriptors_closed_on_exec)
{
	int *got, null = open("/dev/null", O_RDWR);

	ASSERT_EQ(1, send_fds(self->a, &self->msg, &self->control, &null, 1));
	ASSERT_EQ(1, receive(self->b, &self->msg, &self->control, 1000, MSG_CMSG_CLOEXEC));
	got = fds_of(&self->msg, 1);
	ASSERT_NE(NULL, got);
	EXPECT_EQ(FD_CLOEXEC, fcntl(got[0], F_GETFD));
}

/* A file, a directory and a path are passed as they are. */
TEST_F(pair, descriptors_of_files)
{
	int fds[3], *got;
	struct stat st;

	fds[0] = open("file", O_RDWR | O_CREAT, 0600);
	ASSERT_EQ(5, write(fds[0], "12345", 5));
	fds[1] = open(".", O_RDONLY | O_DIRECTORY);
	fds[2] = open("file", O_PATH);
	ASSERT_EQ(1, send_fds(self->a, &self->msg, &self->control, fds, 3));
	ASSERT_EQ(1, receive(self->b, &self->msg, &self->control, 1000, 0));
	got = fds_of(&self->msg, 3);
	ASSERT_NE(NULL, got);
	EXPECT_EQ(5, lseek(got[0], 0, SEEK_CUR));
	EXPECT_EQ(0, fstatat(got[1], "file", &st, 0));
	EXPECT_EQ(O_PATH, fcntl(got[2], F_GETFL) & O_PATH);
	unlink("file");
}

/* A socket goes through another, with what is in it, and is a whole one then. */
TEST_F(pair, descriptors_of_sockets)
{
	int inner[2], null = open("/dev/null", O_RDWR), *got, moved;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, inner));
	ASSERT_EQ(3, write(inner[0], "abc", 3));
	ASSERT_EQ(1, send_fds(self->a, &self->msg, &self->control, &inner[1], 1));
	close(inner[1]);
	ASSERT_EQ(3, write(inner[0], "def", 3));
	ASSERT_EQ(1, receive(self->b, &self->msg, &self->control, 1000, 0));
	got = fds_of(&self->msg, 1);
	ASSERT_NE(NULL, got);
	moved = *got;
	EXPECT_EQ(6, read(moved, self->data, 100));
	EXPECT_EQ(0, memcmp(self->data, "abcdef", 6));
	ASSERT_EQ(1, send_fds(inner[0], &self->msg, &self->control, &null, 1));
	ASSERT_EQ(1, receive(moved, &self->msg, &self->control, 1000, 0));
	EXPECT_NE(NULL, fds_of(&self->msg, 1));
	ASSERT_EQ(1, send_fds(moved, &self->msg, &self->control, &null, 1));

	/* Closed on its way it is closed for good. */
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, inner));
	ASSERT_EQ(1, send_fds(self->a, &self->msg, &self->control, &inner[1], 1));
	close(inner[1]);
	EXPECT_EQ(0, events(inner[0]) & POLLHUP);
	close(self->b);
	EXPECT_TRUE(is_over(inner[0]));
	self->b = -1;
}

TEST_F(pair, descriptors_in_the_stream)
{
	int null = open("/dev/null", O_RDWR), free_fd = next_fd();
	bool stream = variant->type == SOCK_STREAM;

	ASSERT_EQ(2, write(self->a, "ab", 2));
	ASSERT_EQ(1, send_fds(self->a, &self->msg, &self->control, &null, 1));
	ASSERT_EQ(2, write(self->a, "cd", 2));
	self->iov.iov_len = 100;
	ASSERT_EQ(stream ? 3 : 2, receive(self->b, &self->msg, &self->control, 1000, 0));
	EXPECT_EQ(stream, !!fds_of(&self->msg, 1));
	ASSERT_EQ(stream ? 2 : 1, receive(self->b, &self->msg, &self->control, 1000, 0));
	EXPECT_EQ(!stream, !!fds_of(&self->msg, 1));
	EXPECT_EQ(0, close(free_fd));
}

TEST_F(pair, descriptors_looked_at)
{
	int pipes[2], *got;

	ASSERT_EQ(0, pipe(pipes));
	ASSERT_EQ(1, send_fds(self->a, &self->msg, &self->control, &pipes[1], 1));
	close(pipes[1]);
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(1, receive(self->b, &self->msg, &self->control, 1000, MSG_PEEK));
		got = fds_of(&self->msg, 1);
		ASSERT_NE(NULL, got);
		EXPECT_EQ(pipes[1] + i, got[0]);
	}
	close(pipes[1]);
	close(pipes[1] + 1);
	close(pipes[1] + 2);
	EXPECT_EQ(1, read(self->b, self->data, 10));
	EXPECT_TRUE(is_over(pipes[0]));
}

/* What nobody takes is closed. */
TEST_F(pair, descriptors_not_taken)
{
	int pipes[2], free_fd;

	for (int i = 0; i < 4; i++) {
		ASSERT_EQ(0, pipe(pipes));
		ASSERT_EQ(1, send_fds(self->a, &self->msg, &self->control, &pipes[1], 1));
		close(pipes[1]);
		free_fd = next_fd();
		switch (i) {
		case 0:
			EXPECT_EQ(1, read(self->b, self->data, 10));
			break;
		case 1:
			EXPECT_EQ(1, receive(self->b, &self->msg, &self->control, 0, 0));
			EXPECT_EQ(MSG_CTRUNC, self->msg.msg_flags);
			break;
		case 2:
			EXPECT_EQ(1, receive(self->b, &self->msg, &self->control, 19, 0));
			EXPECT_EQ(MSG_CTRUNC, self->msg.msg_flags);
			EXPECT_EQ(0, self->msg.msg_controllen);
			break;
		case 3:
			close(self->b);
			free_fd = next_fd();
			break;
		}
		EXPECT_TRUE(is_over(pipes[0]));
		EXPECT_EQ(free_fd, next_fd());
		close(pipes[0]);
	}
}

TEST_F(pair, descriptors_taken_in_part)
{
	int fds[3] = { 0, 0, 0 }, *got;

	ASSERT_EQ(1, send_fds(self->a, &self->msg, &self->control, fds, 3));
	ASSERT_EQ(1, receive(self->b, &self->msg, &self->control, CMSG_LEN(8), 0));
	EXPECT_EQ(MSG_CTRUNC, self->msg.msg_flags);
	got = fds_of(&self->msg, 2);
	ASSERT_NE(NULL, got);
	EXPECT_EQ(got[1] + 1, next_fd());
}

TEST_F(pair, descriptors_and_a_full_table)
{
	int fds[3] = { 0, 0, 0 }, next = next_fd();
	struct rlimit limit = { next + 1, next + 1 };

	ASSERT_EQ(1, send_fds(self->a, &self->msg, &self->control, fds, 3));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	ASSERT_EQ(1, receive(self->b, &self->msg, &self->control, 1000, 0));
	EXPECT_EQ(MSG_CTRUNC, self->msg.msg_flags);
	EXPECT_NE(NULL, fds_of(&self->msg, 1));
}

TEST_F(pair, bad_descriptors)
{
	int fds[300] = {};

	EXPECT_EQ(-1, send_fds(self->a, &self->msg, &self->control, fds, MAX_FDS + 1));
	EXPECT_EQ(EINVAL, errno);
	fds[1] = -1;
	EXPECT_EQ(-1, send_fds(self->a, &self->msg, &self->control, fds, 2));
	EXPECT_EQ(EBADF, errno);
	fds[1] = 1000;
	EXPECT_EQ(-1, send_fds(self->a, &self->msg, &self->control, fds, 2));
	EXPECT_EQ(EBADF, errno);
	EXPECT_EQ(-1, recv(self->b, self->data, 1, 0));
	EXPECT_EQ(EAGAIN, errno);
	fds[1] = 0;
	EXPECT_EQ(1, send_fds(self->a, &self->msg, &self->control, fds, MAX_FDS));
	ASSERT_EQ(1, receive(self->b, &self->msg, &self->control, sizeof(self->control), 0));
	EXPECT_NE(NULL, fds_of(&self->msg, MAX_FDS));
}

/* Two of a kind count as one; with credentials between. */
TEST_F(pair, several_control_messages)
{
	struct ucred mine = { getpid(), getuid(), getgid() };
	struct cmsghdr *cmsg = with_control(&self->msg, &self->control, SCM_RIGHTS, sizeof(int));

	self->msg.msg_controllen = 2 * CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(mine));
	*(int *)CMSG_DATA(cmsg) = 0;
	cmsg = CMSG_NXTHDR(&self->msg, cmsg);
	*cmsg = (struct cmsghdr){ CMSG_LEN(sizeof(mine)), SOL_SOCKET, SCM_CREDENTIALS };
	memcpy(CMSG_DATA(cmsg), &mine, sizeof(mine));
	cmsg = CMSG_NXTHDR(&self->msg, cmsg);
	*cmsg = (struct cmsghdr){ CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
	*(int *)CMSG_DATA(cmsg) = 1;
	pass_cred(self->b);
	ASSERT_EQ(1, sendmsg(self->a, &self->msg, 0));

	ASSERT_EQ(1, receive(self->b, &self->msg, &self->control, 1000, 0));
	EXPECT_NE(NULL, ucred_of(&self->msg));
	cmsg = CMSG_NXTHDR(&self->msg, CMSG_FIRSTHDR(&self->msg));
	ASSERT_NE(NULL, cmsg);
	EXPECT_EQ(SCM_RIGHTS, cmsg->cmsg_type);
	EXPECT_EQ(CMSG_LEN(8), cmsg->cmsg_len);
}

TEST_F(pair, fdinfo)
{
	int fds[3] = { 0, 0, 0 };
	char name[50], line[100];
	bool found = false;
	FILE *file;

	ASSERT_EQ(1, send_fds(self->a, &self->msg, &self->control, fds, 3));
	snprintf(name, sizeof(name), "/proc/self/fdinfo/%d", self->b);
	file = fopen(name, "r");
	ASSERT_NE(NULL, file);
	while (fgets(line, sizeof(line), file))
		found |= !strcmp(line, "scm_fds: 3\n");
	EXPECT_TRUE(found);
	fclose(file);
}

TEST_F(pair, many)
{
	struct mmsghdr vec[4] = {};
	struct iovec iov[4];
	char got[4][10];
	int n = variant->type == SOCK_STREAM ? 1 : 3;

	for (int i = 0; i < 4; i++) {
		iov[i] = (struct iovec){ "abcd", i + 1 };
		vec[i].msg_hdr = (struct msghdr){ .msg_iov = &iov[i], .msg_iovlen = 1 };
	}
	EXPECT_EQ(0, sendmmsg(self->a, vec, 0, 0));
	ASSERT_EQ(3, sendmmsg(self->a, vec, 3, 0));
	EXPECT_EQ(1, vec[0].msg_len);
	EXPECT_EQ(3, vec[2].msg_len);
	for (int i = 0; i < 4; i++)
		iov[i] = (struct iovec){ got[i], 10 };
	EXPECT_EQ(0, recvmmsg(self->b, vec, 0, 0, NULL));
	ASSERT_EQ(n, recvmmsg(self->b, vec, 4, 0, NULL));
	EXPECT_EQ(n == 1 ? 6 : 1, vec[0].msg_len);
	EXPECT_EQ(-1, recvmmsg(self->b, vec, 4, 0, NULL));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(-1, sendmmsg(self->a, at(-4096UL), 4, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, recvmmsg(self->a, at(0), 4, 0, NULL));
	EXPECT_EQ(EFAULT, errno);
}

TEST_F(pair, many_in_time)
{
	struct timespec zero = {}, wrong = { 0, -1 }, second = { 1, 0 };
	struct mmsghdr vec[3] = {};

	for (int i = 0; i < 3; i++)
		vec[i].msg_hdr = self->msg;
	fcntl(self->b, F_SETFL, 0);
	for (int i = 0; i < 3; i++)
		ASSERT_EQ(1, write(self->a, "x", 1));
	EXPECT_EQ(1, recvmmsg(self->b, vec, 3, 0, &zero));
	EXPECT_EQ(2, recvmmsg(self->b, vec, 3, MSG_WAITFORONE, &second));
	EXPECT_EQ(0, second.tv_sec);
	EXPECT_EQ(-1, recvmmsg(self->b, vec, 3, 0, &wrong));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, syscall(__NR_recvmmsg, self->b, vec, 3, 0, -4096L));
	EXPECT_EQ(EFAULT, errno);
}

/* Those before a bad one are sent, or received. */
TEST_F(pair, many_and_a_bad_one)
{
	struct mmsghdr vec[2] = { { .msg_hdr = self->msg }, { .msg_hdr = self->msg } };
	int err = -1;
	socklen_t len = sizeof(err);

	vec[1].msg_hdr.msg_iov = at(-4096UL);
	EXPECT_EQ(1, sendmmsg(self->a, vec, 2, 0));
	ASSERT_EQ(1, write(self->a, "x", 1));
	EXPECT_EQ(1, recvmmsg(self->b, vec, 2, 0, NULL));
	ASSERT_EQ(0, getsockopt(self->b, SOL_SOCKET, SO_ERROR, &err, &len));
	EXPECT_EQ(EFAULT, err);
}

TEST_HARNESS_MAIN
