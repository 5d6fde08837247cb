// SPDX-License-Identifier: GPL-2.0
/*
 * A terminal for the container.  crun makes the pair of which the program gets
 * one side, and hands the other to a socket; the supervisor passes it on to
 * "sbxctl run", which is where the caller's own terminal is, and which carries
 * bytes between the two.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "run.h"
#include "util.h"

/* What a terminal takes as the end of its input. */
#define END_OF_FILE	4

/**
 * sbx_terminal_listen() - wait for the runtime
 * @path: where it is to send the terminal to
 * @error: filled on failure
 *
 * Return: a socket or a negative errno.
 */
int sbx_terminal_listen(const char *path, struct sbx_error *error)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(addr.sun_path))
		return sbx_fail(error, ENAMETOOLONG, "%s: too long for a socket", path);
	memcpy(addr.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return sbx_fail_errno(error, "socket for the terminal");
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 || listen(fd, 1) < 0) {
		sbx_fail_errno(error, "%s", addr.sun_path);
		close(fd);
		return -error->err;
	}
	return fd;
}

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int))];
};

static int receive_fd(int socket)
{
	char data[256];
	union control control = {};
	struct iovec part = { data, sizeof(data) };
	struct msghdr msg = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	const struct cmsghdr *header;
	int fd;

	if (recvmsg(socket, &msg, MSG_CMSG_CLOEXEC) < 0)
		return -errno;
	header = CMSG_FIRSTHDR(&msg);
	if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
	    header->cmsg_len != CMSG_LEN(sizeof(fd)))
		return -EPROTO;
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

static int send_fd(int socket, int fd)
{
	union control control = {};
	struct iovec part = { "", 1 };
	struct msghdr msg = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&msg);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	return sendmsg(socket, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/**
 * sbx_terminal_pass() - pass the terminal on, after "crun create"
 * @listener: of sbx_terminal_listen()
 * @channel: to "sbxctl run"
 * @error: filled on failure
 *
 * Return: 0 or a negative errno.
 */
int sbx_terminal_pass(int listener, int channel, struct sbx_error *error)
{
	int connection __close = -1, master __close = -1;
	int err;

	connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (connection < 0)
		return sbx_fail_errno(error, "crun made no terminal");
	master = receive_fd(connection);
	if (master < 0)
		return sbx_fail(error, -master, "receive the terminal from crun: %s",
				strerror(-master));
	err = send_fd(channel, master);
	if (err)
		return sbx_fail(error, -err, "pass on the terminal: %s", strerror(-err));
	return 0;
}

/**
 * sbx_terminal_size() - the container's terminal is as large as the caller's
 * @term: with or without a master yet
 */
void sbx_terminal_size(const struct sbx_terminal *term)
{
	struct winsize size;

	if (term->master >= 0 && !ioctl(STDIN_FILENO, TIOCGWINSZ, &size))
		ioctl(term->master, TIOCSWINSZ, &size);
}

/* Whoever changes a terminal from the background is stopped. */
static bool in_foreground(void)
{
	return tcgetpgrp(STDIN_FILENO) == getpgrp();
}

/**
 * sbx_terminal_raw() - leave keys, echo and lines to the container's terminal
 * @term: whose input is a terminal, or not
 *
 * Also after the caller was stopped: the shell has set its own modes since.
 */
void sbx_terminal_raw(struct sbx_terminal *term)
{
	struct termios raw;

	if (term->master < 0 || !in_foreground() || tcgetattr(STDIN_FILENO, &raw) < 0)
		return;
	if (!term->raw)
		term->saved = raw;
	cfmakeraw(&raw);
	term->raw = !tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
}

/**
 * sbx_terminal_restore() - undo sbx_terminal_raw()
 * @term: which
 */
void sbx_terminal_restore(struct sbx_terminal *term)
{
	if (term->raw && in_foreground())
		tcsetattr(STDIN_FILENO, TCSADRAIN, &term->saved);
	term->raw = false;
}

/**
 * sbx_terminal_takes() - tell the caller's terminal of a signal
 * @term: with or without a master
 * @sig: what the caller got
 *
 * Return: true if it is of no concern to the program.
 */
bool sbx_terminal_takes(struct sbx_terminal *term, int sig)
{
	/* The terminal tells the program of its size. */
	if (sig == SIGWINCH && term->master >= 0) {
		sbx_terminal_size(term);
		return true;
	}
	if (sig == SIGCONT)
		sbx_terminal_raw(term);
	return sig == SIGCHLD;
}

/**
 * sbx_terminal_signal() - hand a signal on to the program
 * @term: with or without a master
 * @pid: of the program
 * @sig: what the caller got
 */
void sbx_terminal_signal(struct sbx_terminal *term, pid_t pid, int sig)
{
	if (!sbx_terminal_takes(term, sig))
		kill(pid, sig);
}

/**
 * sbx_terminal_stop() - stop, as a program does that cares for its terminal
 * @term: with or without a master
 *
 * The caller has SIGTSTP blocked.  In a process group that nobody can continue, the
 * kernel does not stop it.  Returns when it is continued.
 */
void sbx_terminal_stop(struct sbx_terminal *term)
{
	sigset_t set;

	sbx_terminal_restore(term);
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sbx_terminal_raw(term);
}

static void set_nonblock(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/* The master has come, or the supervisor is gone. */
static void begin(struct sbx_terminal *term)
{
	int master = receive_fd(term->channel);

	term->channel = -1;
	if (master < 0)
		return;
	set_nonblock(master);
	term->master = master;
	term->input = (struct sbx_flow){ .from = STDIN_FILENO, .to = master };
	term->output = (struct sbx_flow){ .from = master, .to = STDOUT_FILENO };
	sbx_terminal_size(term);
	sbx_terminal_raw(term);
}

static struct pollfd flow_poll(const struct sbx_flow *flow)
{
	if (flow->to < 0)
		return (struct pollfd){ .fd = -1 };
	if (flow->done < flow->len)
		return (struct pollfd){ .fd = flow->to, .events = POLLOUT };
	return (struct pollfd){ .fd = flow->from, .events = POLLIN };
}

static bool not_now(ssize_t n)
{
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* One read or one write; false once nothing more can come or go. */
static bool flow_step(struct sbx_flow *flow)
{
	ssize_t n;

	if (flow->done < flow->len) {
		n = write(flow->to, flow->data + flow->done, flow->len - flow->done);
		if (n > 0)
			flow->done += n;
		return n > 0 || not_now(n);
	}
	n = read(flow->from, flow->data, sizeof(flow->data));
	if (n > 0) {
		flow->done = 0;
		flow->len = n;
	}
	return n > 0 || not_now(n);
}

/*
 * The end of the caller's input is one for the program too.  In the middle of
 * a line the first only ends the line.
 */
static void end_input(struct sbx_flow *input)
{
	bool in_line = input->len && input->data[input->len - 1] != '\n';

	if (input->done < input->len) {
		input->to = -1;		/* the program's end was first */
		return;
	}
	input->from = -1;
	memset(input->data, END_OF_FILE, 2);
	input->done = 0;
	input->len = in_line ? 2 : 1;
}

/**
 * sbx_terminal_step() - wait for a signal, carrying bytes meanwhile
 * @term: which
 * @signals: a signalfd
 *
 * Return: true if there is a signal to be read.
 */
bool sbx_terminal_step(struct sbx_terminal *term, int signals)
{
	struct pollfd fds[] = {
		{ .fd = signals, .events = POLLIN },
		{ .fd = term->channel, .events = POLLIN },
		{ .fd = -1 }, { .fd = -1 },
	};

	if (term->master >= 0) {
		fds[2] = flow_poll(&term->input);
		fds[3] = flow_poll(&term->output);
	}
	if (poll(fds, ARRAY_SIZE(fds), -1) < 0)
		return false;
	if (fds[1].revents)
		begin(term);
	if (fds[2].revents && !flow_step(&term->input))
		end_input(&term->input);
	if (fds[3].revents && !flow_step(&term->output))
		term->output.to = -1;
	return fds[0].revents;
}

/**
 * sbx_terminal_end() - the container is dead: show its last words
 * @term: which
 */
void sbx_terminal_end(struct sbx_terminal *term)
{
	while (term->master >= 0 && term->output.to >= 0) {
		struct pollfd pfd = flow_poll(&term->output);

		if (poll(&pfd, 1, pfd.events == POLLIN ? 0 : -1) <= 0 ||
		    !flow_step(&term->output))
			break;
	}
	sbx_terminal_restore(term);
	if (term->master >= 0)
		close(term->master);
	term->master = -1;
}
