// SPDX-License-Identifier: GPL-2.0
/*
 * Pseudo-terminals as pairs of files: names, data, modes, both ends' ends.
 *
 * Runs as: root user
 */
#include <dirent.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/uio.h>
#include <linux/magic.h>

#include "kselftest_harness.h"
#include "terminal/pty.h"

FIXTURE(pty) {
	struct pty pty;
	int m, s;
};

FIXTURE_SETUP(pty)
{
	ASSERT_EQ(0, pty_open(&self->pty));
	self->m = self->pty.master;
	self->s = self->pty.slave;
}

FIXTURE_TEARDOWN(pty)
{
	no_alarm();
	pty_close(&self->pty);
}

static bool listed(const char *dir, const char *name)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	bool found = false;

	while (d && (e = readdir(d)))
		found |= !strcmp(e->d_name, name);
	if (d)
		closedir(d);
	return found;
}

TEST_F(pty, has_a_name)
{
	struct stat by_fd, by_name;
	char name[64], link[64];
	struct statfs fs;
	unsigned int nr;
	ssize_t len;

	ASSERT_EQ(0, ioctl(self->m, TIOCGPTN, &nr));
	snprintf(name, sizeof(name), "/dev/pts/%u", nr);
	EXPECT_STREQ(name, self->pty.name);
	EXPECT_TRUE(isatty(self->s));
	EXPECT_TRUE(isatty(self->m));
	ASSERT_EQ(0, ttyname_r(self->s, name, sizeof(name)));
	EXPECT_STREQ(self->pty.name, name);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", self->s);
	len = readlink(link, name, sizeof(name) - 1);
	ASSERT_LT(0, len);
	name[len] = '\0';
	EXPECT_STREQ(self->pty.name, name);

	ASSERT_EQ(0, fstat(self->s, &by_fd));
	ASSERT_EQ(0, stat(self->pty.name, &by_name));
	EXPECT_EQ(by_name.st_dev, by_fd.st_dev);
	EXPECT_EQ(by_name.st_ino, by_fd.st_ino);
	EXPECT_EQ(by_name.st_rdev, by_fd.st_rdev);
	EXPECT_EQ(S_IFCHR | 0620, by_fd.st_mode);
	EXPECT_EQ(getuid(), by_fd.st_uid);
	EXPECT_EQ(5, by_fd.st_gid);
	ASSERT_EQ(0, fstat(self->m, &by_fd));
	ASSERT_EQ(0, stat("/dev/ptmx", &by_name));
	EXPECT_EQ(by_name.st_rdev, by_fd.st_rdev);
	EXPECT_EQ(by_name.st_ino, by_fd.st_ino);
	EXPECT_EQ(0, fstatfs(self->s, &fs));
	EXPECT_EQ(DEVPTS_SUPER_MAGIC, fs.f_type);
	EXPECT_EQ(0, statfs("/dev/pts", &fs));
	EXPECT_EQ(DEVPTS_SUPER_MAGIC, fs.f_type);

	EXPECT_TRUE(listed("/dev/pts", "ptmx"));
	EXPECT_TRUE(listed("/dev/pts", self->pty.name + strlen("/dev/pts/")));
	close(self->m);
	self->pty.master = -1;
	EXPECT_FALSE(listed("/dev/pts", self->pty.name + strlen("/dev/pts/")));
	EXPECT_EQ(-1, open(self->pty.name, O_RDWR | O_NOCTTY));
	EXPECT_EQ(ENOENT, errno);
}

TEST_F(pty, directory_is_not_for_files)
{
	EXPECT_EQ(-1, mkdir("/dev/pts/x", 0700));
	EXPECT_EQ(getuid() ? EACCES : EPERM, errno);
	EXPECT_EQ(-1, open("/dev/pts/x", O_RDWR | O_CREAT, 0600));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(-1, unlink(self->pty.name));
	EXPECT_EQ(getuid() ? EACCES : EPERM, errno);
	EXPECT_EQ(-1, rename(self->pty.name, "/dev/pts/x"));
	EXPECT_EQ(getuid() ? EACCES : EPERM, errno);
	EXPECT_EQ(-1, link(self->pty.name, "/dev/pts/x"));
	EXPECT_NE(0, errno);
}

TEST_F(pty, node_has_attributes)
{
	struct stat st;

	EXPECT_EQ(0, chmod(self->pty.name, 0600));
	EXPECT_EQ(0, fstat(self->s, &st));
	EXPECT_EQ(S_IFCHR | 0600, st.st_mode);
	EXPECT_EQ(0, fchmod(self->s, 0622));
	EXPECT_EQ(0, stat(self->pty.name, &st));
	EXPECT_EQ(S_IFCHR | 0622, st.st_mode);
	EXPECT_EQ(getuid() ? -1 : 0, fchown(self->s, 1, 5));
	EXPECT_EQ(getuid() ? -1 : 0, chown(self->pty.name, 2, 5));
	EXPECT_EQ(0, stat(self->pty.name, &st));
	EXPECT_EQ(getuid() ?: 2, st.st_uid);
	EXPECT_EQ(getuid() ? -1 : 0, chmod("/dev/pts", 0755));
	EXPECT_EQ(0, access("/dev/pts", R_OK | X_OK));
	EXPECT_EQ(0, access(self->pty.name, W_OK));
}

TEST_F(pty, is_locked_at_first)
{
	int m = posix_openpt(O_RDWR | O_NOCTTY);
	int locked = 0, zero = 0, one = 1;
	char name[32];

	ASSERT_LE(0, m);
	ASSERT_EQ(0, ptsname_r(m, name, sizeof(name)));
	EXPECT_EQ(0, ioctl(m, TIOCGPTLCK, &locked));
	EXPECT_EQ(1, locked);
	EXPECT_EQ(-1, open(name, O_RDWR | O_NOCTTY));
	EXPECT_EQ(EIO, errno);
	EXPECT_EQ(0, ioctl(m, TIOCSPTLCK, &zero));
	EXPECT_EQ(0, ioctl(m, TIOCGPTLCK, &locked));
	EXPECT_EQ(0, locked);
	EXPECT_EQ(0, ioctl(m, TIOCSPTLCK, &one));
	EXPECT_EQ(-1, ioctl(m, TIOCGPTPEER, O_RDWR | O_NOCTTY));
	EXPECT_EQ(EIO, errno);
	close(m);
}

TEST_F(pty, peer_without_a_name)
{
	struct stat a, b;
	int s;

	s = ioctl(self->m, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	ASSERT_LE(0, s);
	EXPECT_EQ(FD_CLOEXEC, fcntl(s, F_GETFD));
	EXPECT_EQ(O_RDWR, fcntl(s, F_GETFL) & (O_ACCMODE | O_NONBLOCK));
	fstat(s, &a);
	fstat(self->s, &b);
	EXPECT_EQ(a.st_ino, b.st_ino);
	EXPECT_EQ(a.st_dev, b.st_dev);
	pty_raw(s);
	EXPECT_EQ(3, write(s, "abc", 3));
	EXPECT_TRUE(expect(self->m, "abc"));
	close(s);
	EXPECT_EQ(-1, ioctl(self->s, TIOCGPTPEER, O_RDWR | O_NOCTTY));
	EXPECT_EQ(EIO, errno);
}

TEST_F(pty, lines_are_edited_and_echoed)
{
	char buf[64];

	EXPECT_EQ(0, events(self->s) & POLLIN);
	EXPECT_EQ(POLLOUT | POLLWRNORM, events(self->m) & ~(POLLIN | POLLRDNORM));
	ASSERT_EQ(6, write(self->m, "xy\177z\nA", 6));
	EXPECT_TRUE(expect(self->m, "xy\b \bz\r\n"));
	EXPECT_EQ(POLLIN, wait_events(self->s, POLLIN, SOON));
	EXPECT_EQ(3, read(self->s, buf, sizeof(buf)));
	EXPECT_EQ(0, memcmp(buf, "xz\n", 3));
	/* The end of file is a character. */
	EXPECT_EQ(0, wait_events(self->s, POLLIN, NEVER));
	ASSERT_EQ(2, write(self->m, "\004\004", 2));
	EXPECT_EQ(1, read(self->s, buf, sizeof(buf)));
	EXPECT_EQ('A', buf[0]);
	EXPECT_EQ(0, read(self->s, buf, sizeof(buf)));
	/* What is written is translated. */
	ASSERT_EQ(2, write(self->s, "q\n", 2));
	EXPECT_TRUE(expect(self->m, "q\r\n"));
}

TEST_F(pty, raw_bytes_pass)
{
	unsigned char out[256], in[256];
	struct iovec v[2] = { { in, 100 }, { in + 100, 156 } };
	int i;

	for (i = 0; i < 256; i++)
		out[i] = i;
	pty_raw(self->s);
	ASSERT_EQ(256, write(self->m, out, 256));
	for (i = 0; i < 256;) {
		ssize_t n = read(self->s, in + i, 256 - i);

		ASSERT_LT(0, n);
		i += n;
	}
	EXPECT_EQ(0, memcmp(out, in, 256));
	ASSERT_EQ(256, write(self->s, out, 256));
	EXPECT_EQ(POLLIN, wait_events(self->m, POLLIN, SOON));
	EXPECT_LT(0, readv(self->m, v, 2));
	EXPECT_EQ(0, memcmp(out, in, 100));
}

TEST_F(pty, many_bytes_pass)
{
	static char out[300000], in[300000];
	size_t done = 0;
	pid_t pid;
	ssize_t n;

	for (done = 0; done < sizeof(out); done++)
		out[done] = done * 7 / 3;
	pty_raw(self->s);
	pid = fork();
	if (!pid) {
		close(self->m);
		for (done = 0; done < sizeof(out); done += n) {
			n = write(self->s, out + done, sizeof(out) - done);
			if (n <= 0)
				_exit(1);
		}
		tcdrain(self->s);
		_exit(0);
	}
	for (done = 0; done < sizeof(in); done += n) {
		n = read(self->m, in + done, sizeof(in) - done);
		if (n <= 0)
			break;
	}
	EXPECT_EQ(sizeof(in), done);
	EXPECT_EQ(0, memcmp(out, in, sizeof(in)));
	EXPECT_EQ(0, wait_status(pid));
}

TEST_F(pty, does_not_wait_if_told)
{
	char buf[4096] = {};
	ssize_t n, sum = 0;
	int on = 1;

	pty_raw(self->s);
	nonblock(self->s);
	EXPECT_EQ(-1, read(self->s, buf, 1));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(0, ioctl(self->m, FIONBIO, &on));
	EXPECT_EQ(-1, read(self->m, buf, 1));
	EXPECT_EQ(EAGAIN, errno);
	/* Somebody carries what is written to the other side, and makes room again. */
	do {
		while ((n = write(self->s, buf, sizeof(buf))) > 0)
			sum += n;
		EXPECT_EQ(-1, n);
		EXPECT_EQ(EAGAIN, errno);
	} while (wait_events(self->s, POLLOUT, NEVER));
	EXPECT_LT(0, sum);
	EXPECT_EQ(0, events(self->s) & POLLOUT);
	while ((n = read(self->m, buf, sizeof(buf))) > 0)
		sum -= n;
	EXPECT_EQ(0, sum);
	EXPECT_EQ(POLLOUT, wait_events(self->s, POLLOUT, SOON));
	/* And back again. */
	fcntl(self->s, F_SETFL, O_RDWR);
	alarm_after(100, 0);
	EXPECT_EQ(-1, read(self->s, buf, 1));
	EXPECT_EQ(EINTR, errno);
}

TEST_F(pty, flags_are_of_the_open_file)
{
	int again = open_fd(self->s, O_RDWR | O_NOCTTY | O_NONBLOCK);
	int same = dup(self->s);
	char c;

	ASSERT_LE(0, again);
	EXPECT_EQ(O_RDWR | O_NONBLOCK | LARGEFILE, fcntl(again, F_GETFL));
	EXPECT_EQ(0, fcntl(self->s, F_GETFL) & O_NONBLOCK);
	EXPECT_EQ(-1, read(again, &c, 1));
	EXPECT_EQ(EAGAIN, errno);
	nonblock(self->s);
	EXPECT_EQ(O_NONBLOCK, fcntl(same, F_GETFL) & O_NONBLOCK);
	close(again);
	again = open(self->pty.name, O_RDONLY | O_NOCTTY);
	EXPECT_EQ(-1, write(again, "x", 1));
	EXPECT_EQ(EBADF, errno);
	close(again);
	again = open(self->pty.name, O_WRONLY | O_NOCTTY);
	EXPECT_EQ(-1, read(again, &c, 1));
	EXPECT_EQ(EBADF, errno);
	EXPECT_EQ(1, write(again, "x", 1));
	close(again);
	close(same);
	/* A master's link leads to the multiplexer. */
	again = open_fd(self->m, O_RDWR | O_NOCTTY);
	ASSERT_LE(0, again);
	EXPECT_NE(0, strcmp(ptsname(again), self->pty.name));
	close(again);
}

TEST_F(pty, has_no_position)
{
	char c;

	EXPECT_EQ(-1, lseek(self->s, 0, SEEK_CUR));
	EXPECT_EQ(ESPIPE, errno);
	EXPECT_EQ(-1, pread(self->s, &c, 1, 0));
	EXPECT_EQ(ESPIPE, errno);
	EXPECT_EQ(-1, pwrite(self->m, &c, 1, 0));
	EXPECT_EQ(ESPIPE, errno);
	EXPECT_EQ(-1, ftruncate(self->s, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, self->s, 0));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(-1, open(self->pty.name, O_RDWR | O_NOCTTY | O_DIRECT));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, open(self->pty.name, O_RDWR | O_DIRECTORY));
	EXPECT_EQ(ENOTDIR, errno);
}

TEST_F(pty, bad_addresses)
{
	EXPECT_EQ(-1, ioctl(self->s, TCGETS, at(8)));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, ioctl(self->s, TIOCGWINSZ, at(-4096)));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, ioctl(self->m, TIOCGPTN, NULL));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, write(self->s, at(8), 5));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(1, write(self->m, "\n", 1));
	EXPECT_EQ(-1, read(self->s, at(8), 5));
	EXPECT_EQ(EFAULT, errno);
}

TEST_F(pty, other_commands)
{
	unsigned int dev = 0;
	struct termios t;
	int n = 0;

	EXPECT_EQ(-1, ioctl(self->s, TIOCGPTN, &n));
	EXPECT_EQ(ENOTTY, errno);
	EXPECT_EQ(-1, ioctl(self->s, TIOCMGET, &n));
	EXPECT_EQ(ENOTTY, errno);
	EXPECT_EQ(-1, ioctl(self->s, 0x4b33 /* KDGKBTYPE */, &n));
	EXPECT_EQ(ENOTTY, errno);
	EXPECT_EQ(-1, ioctl(self->s, TIOCVHANGUP, 0));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(0, ioctl(self->s, TIOCGLCKTRMIOS, &t));
	EXPECT_EQ(-1, ioctl(self->s, TIOCSLCKTRMIOS, &t));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(0, ioctl(self->s, TIOCGETD, &n));
	EXPECT_EQ(0, n);
	EXPECT_EQ(0, ioctl(self->m, TIOCGDEV, &dev));
	EXPECT_NE(0, dev);
	EXPECT_EQ(0, tcsendbreak(self->s, 0));
	EXPECT_EQ(0, tcdrain(self->s));
	EXPECT_EQ(3, write(self->m, "ab\n", 3));
	EXPECT_EQ(POLLIN, wait_events(self->s, POLLIN, SOON));
	EXPECT_EQ(0, ioctl(self->s, FIONREAD, &n));
	EXPECT_EQ(3, n);
	EXPECT_EQ(0, tcflush(self->s, TCIFLUSH));
	EXPECT_EQ(0, ioctl(self->s, FIONREAD, &n));
	EXPECT_EQ(0, n);
	EXPECT_EQ(0, ioctl(self->s, TIOCOUTQ, &n));
	EXPECT_EQ(-1, tcflush(self->s, 77));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(pty, exclusive)
{
	int on = 0;

	EXPECT_EQ(0, ioctl(self->s, TIOCEXCL));
	EXPECT_EQ(0, ioctl(self->s, TIOCGEXCL, &on));
	EXPECT_EQ(1, on);
	EXPECT_EQ(-1, open(self->pty.name, O_RDWR | O_NOCTTY));
	EXPECT_EQ(EBUSY, errno);
	EXPECT_EQ(0, ioctl(self->s, TIOCNXCL));
	on = open(self->pty.name, O_RDWR | O_NOCTTY);
	EXPECT_LE(0, on);
	close(on);
}

TEST_F(pty, output_can_be_stopped)
{
	EXPECT_EQ(0, tcflow(self->s, TCOOFF));
	EXPECT_EQ(0, events(self->s) & POLLOUT);
	nonblock(self->s);
	EXPECT_EQ(-1, write(self->s, "x", 1));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(0, tcflow(self->s, TCOON));
	EXPECT_EQ(1, write(self->s, "x", 1));
	EXPECT_TRUE(expect(self->m, "x"));
}

TEST_F(pty, packets)
{
	int on = 1, got = 0;
	char buf[64];

	EXPECT_EQ(0, ioctl(self->m, TIOCPKT, &on));
	EXPECT_EQ(0, ioctl(self->m, TIOCGPKT, &got));
	EXPECT_EQ(1, got);
	EXPECT_EQ(2, write(self->s, "hi", 2));
	EXPECT_EQ(3, read(self->m, buf, sizeof(buf)));
	EXPECT_EQ(0, memcmp(buf, "\0hi", 3));
	EXPECT_EQ(0, tcflush(self->s, TCIOFLUSH));
	EXPECT_EQ(POLLPRI, wait_events(self->m, POLLPRI, SOON) & POLLPRI);
	EXPECT_EQ(1, read(self->m, buf, sizeof(buf)));
	EXPECT_EQ(TIOCPKT_FLUSHREAD | TIOCPKT_FLUSHWRITE, buf[0]);
}

TEST_F(pty, the_slave_ends)
{
	char buf[64];

	EXPECT_EQ(4, write(self->s, "last", 4));
	close(self->s);
	self->pty.slave = -1;
	EXPECT_EQ(POLLHUP, wait_events(self->m, POLLIN, SOON) & POLLHUP);
	EXPECT_TRUE(expect(self->m, "last"));
	EXPECT_EQ(-1, read(self->m, buf, sizeof(buf)));
	EXPECT_EQ(EIO, errno);
	/* It can come back. */
	self->pty.slave = open(self->pty.name, O_RDWR | O_NOCTTY);
	ASSERT_LE(0, self->pty.slave);
	EXPECT_EQ(0, events(self->m) & POLLHUP);
	EXPECT_EQ(1, write(self->pty.slave, "!", 1));
	EXPECT_TRUE(expect(self->m, "!"));
}

TEST_F(pty, the_master_ends)
{
	struct winsize size;
	char buf[64];

	EXPECT_EQ(5, write(self->m, "lost\n", 5));
	close(self->m);
	self->pty.master = -1;
	EXPECT_EQ(POLLHUP, events(self->s) & POLLHUP);
	EXPECT_EQ(0, read(self->s, buf, sizeof(buf)));
	EXPECT_EQ(-1, write(self->s, "x", 1));
	EXPECT_EQ(EIO, errno);
	EXPECT_EQ(-1, ioctl(self->s, TIOCGWINSZ, &size));
	EXPECT_EQ(EIO, errno);
	EXPECT_EQ(-1, tcsetpgrp(self->s, getpgrp()));
	EXPECT_EQ(ENOTTY, errno);
	EXPECT_FALSE(isatty(self->s));
}

/* Whoever waits learns of it, even if a path to the file stays around. */
TEST_F(pty, the_master_ends_under_a_reader)
{
	int handle = open_fd(self->m, O_PATH);
	pid_t pid = fork();
	char c;

	ASSERT_LE(0, handle);
	if (!pid) {
		close(self->m);
		close(handle);
		_exit(read(self->s, &c, 1) > 0 ? 1 : 42);
	}
	usleep(200000);
	close(self->m);
	self->pty.master = -1;
	EXPECT_EQ(42 << 8, wait_status(pid));
	close(handle);
}

TEST_F(pty, signals_of_input)
{
	char c;

	pty_raw(self->s);
	on_signal(SIGIO, SA_RESTART);
	EXPECT_EQ(0, fcntl(self->s, F_SETOWN, getpid()));
	EXPECT_EQ(0, fcntl(self->s, F_SETFL, O_RDWR | O_ASYNC));
	EXPECT_EQ(O_ASYNC, fcntl(self->s, F_GETFL) & O_ASYNC);
	EXPECT_EQ(1, write(self->m, "a", 1));
	EXPECT_EQ(1, read(self->s, &c, 1));
	EXPECT_LT(0, signals);
	EXPECT_EQ(0, fcntl(self->s, F_SETFL, O_RDWR));
	signals = 0;
	EXPECT_EQ(1, write(self->m, "a", 1));
	EXPECT_EQ(1, read(self->s, &c, 1));
	EXPECT_EQ(0, signals);
}

TEST(many_pairs)
{
	struct pty ptys[64];
	unsigned int i, nr;

	for (i = 0; i < 64; i++) {
		ASSERT_EQ(0, pty_open(&ptys[i]));
		EXPECT_EQ(0, ioctl(ptys[i].master, TIOCGPTN, &nr));
		EXPECT_EQ(i, nr);
	}
	/* The lowest free number comes next. */
	pty_close(&ptys[7]);
	EXPECT_EQ(0, pty_open(&ptys[7]));
	EXPECT_STREQ("/dev/pts/7", ptys[7].name);
	/* A slave keeps its number busy. */
	close(ptys[9].master);
	ptys[9].master = posix_openpt(O_RDWR | O_NOCTTY);
	EXPECT_EQ(0, ioctl(ptys[9].master, TIOCGPTN, &nr));
	EXPECT_EQ(64, nr);
	for (i = 0; i < 64; i++)
		pty_close(&ptys[i]);
}

TEST(tty_of_nobody)
{
	EXPECT_EQ(-1, open("/dev/tty", O_RDWR));
	EXPECT_EQ(ENXIO, errno);
}

TEST_HARNESS_MAIN
