/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of terminals need. */
#ifndef _SELFTESTS_TERMINAL_PTY_H
#define _SELFTESTS_TERMINAL_PTY_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "objects/util.h"

/* Long for what is to happen, short for what is not to. */
#define SOON	20000
#define NEVER	200

struct pty {
	int master;
	int slave;
	char name[32];
};

static inline int pty_open(struct pty *pty)
{
	pty->slave = -1;
	pty->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (pty->master < 0 || unlockpt(pty->master) < 0 ||
	    ptsname_r(pty->master, pty->name, sizeof(pty->name)))
		return -1;
	pty->slave = open(pty->name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	return pty->slave < 0 ? -1 : 0;
}

static inline void pty_close(struct pty *pty)
{
	if (pty->slave >= 0)
		close(pty->slave);
	if (pty->master >= 0)
		close(pty->master);
	pty->slave = -1;
	pty->master = -1;
}

/* No echo, no lines, no signals, no translation. */
static inline void pty_raw(int fd)
{
	struct termios t;

	tcgetattr(fd, &t);
	cfmakeraw(&t);
	tcsetattr(fd, TCSANOW, &t);
}

static inline int wait_events(int fd, int wanted, int ms)
{
	struct pollfd pfd = { .fd = fd, .events = wanted };

	return poll(&pfd, 1, ms) < 0 ? -1 : pfd.revents;
}

/* Reads until @text came, or nothing more does. */
static inline bool expect(int fd, const char *text)
{
	char buf[4096];
	size_t len = 0;
	ssize_t n;

	while (len < sizeof(buf) - 1 && wait_events(fd, POLLIN, SOON) & POLLIN) {
		n = read(fd, buf + len, sizeof(buf) - 1 - len);
		if (n <= 0)
			break;
		len += n;
		buf[len] = '\0';
		if (strstr(buf, text))
			return true;
	}
	return false;
}

/* A child that leads a session of its own with @pty as its terminal. */
static inline pid_t fork_session(struct pty *pty)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	close(pty->master);
	alarm(50);
	if (setsid() < 0 || ioctl(pty->slave, TIOCSCTTY, 0) < 0)
		_exit(99);
	return 0;
}

static inline int wait_status(pid_t pid)
{
	int status;

	return waitpid(pid, &status, WUNTRACED) == pid ? status : -1;
}

#endif /* _SELFTESTS_TERMINAL_PTY_H */
