// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions, controlling terminals and job control.
 *
 * Runs as: root user
 */
#include "kselftest_harness.h"
#include "terminal/pty.h"

FIXTURE(job) {
	struct pty pty;
};

FIXTURE_SETUP(job)
{
	ASSERT_EQ(0, pty_open(&self->pty));
}

FIXTURE_TEARDOWN(job)
{
	pty_close(&self->pty);
}

/* In a child: its number is the status that tells which step went wrong. */
#define NEED(nr, what)	do { if (!(what)) _exit(nr); } while (0)

TEST_F(job, taking_a_terminal)
{
	pid_t pid = fork();
	char name[32];
	int tty;

	if (!pid) {
		alarm(50);
		signal(SIGHUP, SIG_IGN);
		NEED(1, setsid() > 0);
		NEED(2, open("/dev/tty", O_RDWR) < 0 && errno == ENXIO);
		NEED(3, tcgetpgrp(self->pty.slave) < 0 && errno == ENOTTY);
		NEED(4, tcgetsid(self->pty.slave) < 0 && errno == ENOTTY);
		/* Not with O_NOCTTY, not for writing alone. */
		NEED(5, open(self->pty.name, O_RDWR | O_NOCTTY) >= 0);
		NEED(6, open(self->pty.name, O_WRONLY) >= 0);
		NEED(7, open("/dev/tty", O_RDWR) < 0 && errno == ENXIO);
		NEED(8, open(self->pty.name, O_RDWR) >= 0);
		tty = open("/dev/tty", O_RDWR);
		NEED(9, tty >= 0 && isatty(tty));
		NEED(10, !ttyname_r(tty, name, sizeof(name)) && !strcmp(name, "/dev/tty"));
		NEED(11, tcgetsid(tty) == getpid() && tcgetpgrp(tty) == getpid());
		NEED(12, tcgetsid(self->pty.slave) == getpid());
		NEED(13, tcgetpgrp(self->pty.master) == getpid());
		NEED(14, write(tty, "by tty", 6) == 6);
		NEED(15, !ioctl(tty, TIOCNOTTY));
		NEED(16, open("/dev/tty", O_RDWR) < 0 && errno == ENXIO);
		_exit(42);
	}
	EXPECT_TRUE(expect(self->pty.master, "by tty"));
	EXPECT_EQ(42 << 8, wait_status(pid));
}

TEST_F(job, one_session_has_it)
{
	pid_t pid = fork_session(&self->pty), thief;

	if (!pid) {
		NEED(1, write(self->pty.slave, "mine", 4) == 4);
		pause();
		_exit(2);
	}
	EXPECT_TRUE(expect(self->pty.master, "mine"));
	thief = fork();
	if (!thief) {
		NEED(1, setsid() > 0);
		NEED(2, ioctl(self->pty.slave, TIOCSCTTY, 0) < 0 && errno == EPERM);
		NEED(3, ioctl(self->pty.slave, TIOCSCTTY, 1) < 0 && errno == EPERM);
		NEED(4, open(self->pty.name, O_RDWR) >= 0);
		NEED(5, open("/dev/tty", O_RDWR) < 0 && errno == ENXIO);
		NEED(6, tcsetpgrp(self->pty.slave, getpid()) < 0 && errno == ENOTTY);
		_exit(42);
	}
	EXPECT_EQ(42 << 8, wait_status(thief));
	/* No session leader can't. */
	thief = fork();
	if (!thief) {
		NEED(1, ioctl(self->pty.slave, TIOCSCTTY, 0) < 0 && errno == EPERM);
		_exit(42);
	}
	EXPECT_EQ(42 << 8, wait_status(thief));
	EXPECT_EQ(pid, tcgetsid(self->pty.master));
	kill(pid, SIGKILL);
	EXPECT_EQ(SIGKILL, wait_status(pid));
	/* Free again. */
	thief = fork_session(&self->pty);
	if (!thief)
		_exit(42);
	EXPECT_EQ(42 << 8, wait_status(thief));
}

/* A leader with a child in another process group, which waits on @go. */
struct group {
	pid_t child;
	int go[2];
};

static void group_start(struct group *group, void (*run)(int tty), int tty)
{
	char c;

	if (pipe(group->go) < 0)
		_exit(90);
	group->child = fork();
	if (!group->child) {
		setpgid(0, 0);
		close(group->go[1]);
		if (read(group->go[0], &c, 1) < 0)
			_exit(91);
		run(tty);
		_exit(43);
	}
	setpgid(group->child, group->child);
}

static void group_go(struct group *group)
{
	close(group->go[1]);
}

static void run_read(int tty)
{
	char buf[16];

	if (read(tty, buf, sizeof(buf)) != 2 || memcmp(buf, "r\n", 2))
		_exit(1);
}

static void run_write(int tty)
{
	if (write(tty, "written", 7) != 7)
		_exit(1);
}

static void run_set(int tty)
{
	struct termios t;

	if (tcgetattr(tty, &t) < 0 || tcsetattr(tty, TCSANOW, &t) < 0)
		_exit(1);
}

/* The leader: its background is stopped by @sig, and goes on in the foreground. */
static void background(int tty, void (*run)(int tty), int sig)
{
	struct group group;
	int status;

	signal(SIGTTOU, SIG_IGN);
	group_start(&group, run, tty);
	group_go(&group);
	status = wait_status(group.child);
	NEED(1, WIFSTOPPED(status) && WSTOPSIG(status) == sig);
	NEED(2, !tcsetpgrp(tty, group.child));
	NEED(3, tcgetpgrp(tty) == group.child);
	NEED(4, !kill(group.child, SIGCONT));
	NEED(5, wait_status(group.child) == 43 << 8);
	NEED(6, !tcsetpgrp(tty, getpid()));
	_exit(42);
}

/* The signal is ignored by the leader, and would be by its child. */
static void run_default(void (*run)(int tty), int tty)
{
	signal(SIGTTOU, SIG_DFL);
	run(tty);
}

static void write_default(int tty)
{
	run_default(run_write, tty);
}

static void set_default(int tty)
{
	run_default(run_set, tty);
}

TEST_F(job, background_reads_stop)
{
	pid_t pid = fork_session(&self->pty);

	if (!pid)
		background(self->pty.slave, run_read, SIGTTIN);
	EXPECT_EQ(2, write(self->pty.master, "r\n", 2));
	EXPECT_EQ(42 << 8, wait_status(pid));
}

TEST_F(job, background_writes_stop_if_told)
{
	struct termios t;
	pid_t pid;

	ASSERT_EQ(0, tcgetattr(self->pty.slave, &t));
	t.c_lflag |= TOSTOP;
	ASSERT_EQ(0, tcsetattr(self->pty.slave, TCSANOW, &t));
	pid = fork_session(&self->pty);
	if (!pid)
		background(self->pty.slave, write_default, SIGTTOU);
	EXPECT_TRUE(expect(self->pty.master, "written"));
	EXPECT_EQ(42 << 8, wait_status(pid));
}

TEST_F(job, background_writes_pass_else)
{
	pid_t pid = fork_session(&self->pty);

	if (!pid) {
		struct group group;

		group_start(&group, write_default, self->pty.slave);
		group_go(&group);
		NEED(1, wait_status(group.child) == 43 << 8);
		_exit(42);
	}
	EXPECT_TRUE(expect(self->pty.master, "written"));
	EXPECT_EQ(42 << 8, wait_status(pid));
}

TEST_F(job, background_changes_stop)
{
	pid_t pid = fork_session(&self->pty);

	if (!pid)
		background(self->pty.slave, set_default, SIGTTOU);
	EXPECT_EQ(42 << 8, wait_status(pid));
}

TEST_F(job, orphans_fail)
{
	pid_t pid = fork_session(&self->pty);
	int report[2];
	char got = 0;

	if (!pid)
		pause();
	ASSERT_EQ(0, pipe(report));
	kill(pid, SIGKILL);
	wait_status(pid);
	pid = fork_session(&self->pty);
	if (!pid) {
		/* The grandchild is in a group whose parent is not of the session. */
		pid_t child = fork();

		if (!child) {
			char c;

			setpgid(0, 0);
			close(report[0]);
			if (!fork()) {
				while (getppid() != 1)
					usleep(10000);
				c = read(self->pty.slave, &c, 1) < 0 ? errno : 0;
				NEED(1, write(report[1], &c, 1) == 1);
				pause();
			}
			_exit(0);
		}
		wait_status(child);
		pause();
		_exit(1);
	}
	EXPECT_EQ(POLLIN, wait_events(report[0], POLLIN, SOON));
	EXPECT_EQ(1, read(report[0], &got, 1));
	EXPECT_EQ(EIO, got);
	kill(pid, SIGKILL);
	wait_status(pid);
}

static void say_and_wait(int tty)
{
	NEED(90, write(tty, "ready", 5) == 5);
	for (;;)
		pause();
}

/* A character of the terminal, as a signal for its foreground. */
static int key(struct pty *pty, char c)
{
	pid_t pid = fork_session(pty);
	int status;

	if (!pid)
		say_and_wait(pty->slave);
	if (!expect(pty->master, "ready") || write(pty->master, &c, 1) != 1)
		return -1;
	status = wait_status(pid);
	if (WIFSTOPPED(status)) {
		kill(pid, SIGKILL);
		wait_status(pid);
	}
	return status;
}

TEST_F(job, keys_are_signals)
{
	EXPECT_EQ(SIGINT, key(&self->pty, 3) & 0x7f);
	EXPECT_EQ(SIGQUIT, key(&self->pty, 034) & 0x7f);
}

/* The leader of a session is an orphan and cannot be stopped: its child can. */
TEST_F(job, the_foreground_is_stopped)
{
	pid_t pid = fork_session(&self->pty);

	if (!pid) {
		struct group group;
		int status;

		signal(SIGTTOU, SIG_IGN);
		group_start(&group, say_and_wait, self->pty.slave);
		NEED(1, !tcsetpgrp(self->pty.slave, group.child));
		group_go(&group);
		status = wait_status(group.child);
		NEED(2, WIFSTOPPED(status) && WSTOPSIG(status) == SIGTSTP);
		NEED(3, !tcsetpgrp(self->pty.slave, getpid()));
		kill(group.child, SIGKILL);
		_exit(42);
	}
	EXPECT_TRUE(expect(self->pty.master, "ready"));
	EXPECT_EQ(1, write(self->pty.master, "\032", 1));
	EXPECT_EQ(42 << 8, wait_status(pid));
}

TEST_F(job, signals_from_the_master)
{
	pid_t pid = fork_session(&self->pty);

	if (!pid)
		say_and_wait(self->pty.slave);
	EXPECT_TRUE(expect(self->pty.master, "ready"));
	EXPECT_EQ(-1, ioctl(self->pty.master, TIOCSIG, SIGKILL));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, ioctl(self->pty.master, TIOCSIG, SIGINT));
	EXPECT_EQ(SIGINT, wait_status(pid));
}

TEST_F(job, size_changes_are_told)
{
	struct winsize size = { .ws_row = 40, .ws_col = 132 }, got = {};
	pid_t pid = fork_session(&self->pty);

	if (!pid) {
		sigset_t set;
		int sig;

		sigemptyset(&set);
		sigaddset(&set, SIGWINCH);
		sigprocmask(SIG_BLOCK, &set, NULL);
		NEED(1, write(self->pty.slave, "ready", 5) == 5);
		NEED(2, !sigwait(&set, &sig) && sig == SIGWINCH);
		NEED(3, !ioctl(self->pty.slave, TIOCGWINSZ, &got));
		NEED(4, got.ws_row == 40 && got.ws_col == 132);
		_exit(42);
	}
	EXPECT_TRUE(expect(self->pty.master, "ready"));
	EXPECT_EQ(0, ioctl(self->pty.master, TIOCSWINSZ, &size));
	EXPECT_EQ(42 << 8, wait_status(pid));
	EXPECT_EQ(0, ioctl(self->pty.master, TIOCGWINSZ, &got));
	EXPECT_EQ(40, got.ws_row);
}

TEST_F(job, groups_of_others_are_none)
{
	pid_t pid = fork_session(&self->pty);

	if (!pid) {
		pid_t none = 0x7fffff;

		NEED(1, tcsetpgrp(self->pty.slave, getppid()) < 0 && errno == EPERM);
		NEED(2, tcsetpgrp(self->pty.slave, none) < 0 && errno == ESRCH);
		NEED(3, tcsetpgrp(self->pty.slave, -1) < 0 && errno == EINVAL);
		NEED(4, tcsetpgrp(self->pty.master, getpid()) < 0);
		_exit(42);
	}
	EXPECT_EQ(42 << 8, wait_status(pid));
}

TEST_F(job, hanging_up)
{
	pid_t pid = fork_session(&self->pty);

	if (!pid) {
		sigset_t set;
		char c;
		int sig;

		sigemptyset(&set);
		sigaddset(&set, SIGHUP);
		sigprocmask(SIG_BLOCK, &set, NULL);
		NEED(1, write(self->pty.slave, "ready", 5) == 5);
		NEED(2, !sigwait(&set, &sig) && sig == SIGHUP);
		NEED(3, open("/dev/tty", O_RDWR) < 0 && errno == ENXIO);
		NEED(4, read(self->pty.slave, &c, 1) == 0);
		_exit(42);
	}
	EXPECT_TRUE(expect(self->pty.master, "ready"));
	close(self->pty.master);
	self->pty.master = -1;
	EXPECT_EQ(42 << 8, wait_status(pid));
}

TEST_F(job, the_leader_ends)
{
	pid_t pid = fork_session(&self->pty);
	int report[2];
	char c = 0;

	ASSERT_EQ(0, pipe(report));
	kill(pid, SIGKILL);
	wait_status(pid);
	pid = fork_session(&self->pty);
	if (!pid) {
		sigset_t set;
		int sig;

		sigemptyset(&set);
		sigaddset(&set, SIGHUP);
		sigprocmask(SIG_BLOCK, &set, NULL);
		if (fork())
			_exit(42);
		NEED(1, !sigwait(&set, &sig) && sig == SIGHUP);
		/* The signal comes first. */
		while (open("/dev/tty", O_RDWR) >= 0)
			usleep(10000);
		c = errno;
		NEED(2, write(report[1], &c, 1) == 1);
		_exit(0);
	}
	EXPECT_EQ(42 << 8, wait_status(pid));
	EXPECT_EQ(POLLIN, wait_events(report[0], POLLIN, SOON));
	EXPECT_EQ(1, read(report[0], &c, 1));
	EXPECT_EQ(ENXIO, c);
}

TEST_HARNESS_MAIN
