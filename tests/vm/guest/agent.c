// SPDX-License-Identifier: GPL-2.0
/*
 * The test machine's process 1, once the root filesystem is there.
 *
 * It talks to tests/vm/run over a virtio serial port. The run sends one
 * request: a length (eight hexadecimal digits) and that many bytes, the
 * arguments of the command, each ended by a NUL. One byte more asks it to write
 * to the kernel log what the machine is waiting for. The agent sends frames: a type
 * byte, the payload's length (little endian, 32 bits), the payload.
 *
 *	'o', 'e'	the command's standard output and error
 *	'd'		what the machine's own scripts print
 *	's'		"PHASE STATUS": a phase has ended; PHASE is setup, command
 *			or finish
 *
 * The phases come in that order; if setup fails, command is left out. A
 * command that ends while its children still hold its output does not keep the
 * machine waiting: what is in the pipes then is sent, and that is all.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORT_NAME	"sbx"
#define TREE		"/mnt/sbx"
#define SCRIPTS		TREE "/tests/vm/guest/"

static int port = -1;

/* The run shows the end of the console when the agent goes without a word. */
static void die(const char *what)
{
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

	if (fd >= 0)
		dprintf(fd, "<0>sbx-vm: agent: %s: %s\n", what, strerror(errno));
	sync();
	reboot(RB_POWER_OFF);
	_exit(1);
}

static void write_all(const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(port, p, len);

		if (n < 0 && errno != EINTR)
			die("write");
		if (n > 0) {
			p += n;
			len -= n;
		}
	}
}

static void send_frame(char type, const void *data, uint32_t len)
{
	uint32_t le = htole32(len);
	char head[5] = { type };

	memcpy(head + 1, &le, sizeof(le));
	write_all(head, sizeof(head));
	write_all(data, len);
}

static void send_status(const char *phase, int status)
{
	char text[32];

	send_frame('s', text, snprintf(text, sizeof(text), "%s %d", phase, status));
}

/* There is no udev, so the port is looked up by its name in sysfs. */
static int open_port(void)
{
	DIR *dir = opendir("/sys/class/virtio-ports");
	struct dirent *entry;
	char path[300], name[32];
	int fd = -1;

	if (!dir)
		die("/sys/class/virtio-ports");
	while (fd < 0 && (entry = readdir(dir))) {
		FILE *file;

		snprintf(path, sizeof(path), "/sys/class/virtio-ports/%s/name",
			 entry->d_name);
		file = fopen(path, "re");
		if (!file)
			continue;
		if (fgets(name, sizeof(name), file) && !strcmp(name, PORT_NAME "\n")) {
			snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
			fd = open(path, O_RDWR | O_CLOEXEC);
		}
		fclose(file);
	}
	closedir(dir);
	if (fd < 0)
		die("no port named " PORT_NAME);
	return fd;
}

static void read_all(char *p, size_t len)
{
	while (len) {
		ssize_t n = read(port, p, len);

		if (n == 0) {
			/* The run has not connected yet. */
			usleep(10000);
			continue;
		}
		if (n < 0 && errno != EINTR)
			die("read");
		if (n > 0) {
			p += n;
			len -= n;
		}
	}
}

/* The command's argument vector, as it was given to the run. */
static char **read_request(void)
{
	char head[9] = "";
	size_t len, argc = 0;
	char *text, *p, **argv;

	read_all(head, 8);
	len = strtoul(head, NULL, 16);
	text = malloc(len + 1);
	if (!text)
		die("request");
	read_all(text, len);
	text[len] = '\0';
	/* At most one argument per byte, and the NULL at the end. */
	argv = calloc(len + 1, sizeof(*argv));
	if (!argv)
		die("request");
	for (p = text; p < text + len; p += strlen(p) + 1)
		argv[argc++] = p;
	if (!argc)
		die("empty request");
	return argv;
}

static void child(char **argv, int out, int err, const sigset_t *mask)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(125);
	if (null > 2)
		close(null);
	setsid();
	sigprocmask(SIG_SETMASK, mask, NULL);
	execvp(argv[0], argv);
	dprintf(2, "%s: %s\n", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

/* Send what can be read now; the result is that of read(). */
static ssize_t forward(int fd, char type)
{
	static char buf[65536];
	ssize_t n = read(fd, buf, sizeof(buf));

	if (n > 0)
		send_frame(type, buf, n);
	return n;
}

/* What a program wrote before its end is in the pipe now; later writers are cut. */
static void drain(int fd, char type)
{
	int left;

	if (ioctl(fd, FIONREAD, &left))
		return;
	while (left > 0) {
		ssize_t n = forward(fd, type);

		if (n <= 0)
			return;
		left -= n;
	}
}

/* The run is about to give up: say where everything hangs. */
static void tell_state(void)
{
	int fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);
	char byte;

	read_all(&byte, 1);
	if (fd < 0)
		return;
	/* Blocked tasks, what the processors do, and all tasks at last. */
	if (write(fd, "w", 1) < 0 || write(fd, "l", 1) < 0 || write(fd, "t", 1) < 0)
		die("sysrq");
	close(fd);
}

/* Collect whatever has ended. Returns true when @pid is among it. */
static bool reap(pid_t pid, int *status)
{
	bool found = false;
	int result;
	pid_t ended;

	while ((ended = waitpid(-1, &result, WNOHANG)) > 0) {
		if (ended != pid)
			continue;
		found = true;
		*status = WIFEXITED(result) ? WEXITSTATUS(result) :
					      128 + WTERMSIG(result);
	}
	return found;
}

/* Run a program, send its output as it comes, return its status as a shell does. */
static int run(char **argv, char out_type, char err_type)
{
	int out[2], err[2], status = 0, ended;
	struct signalfd_siginfo info;
	struct pollfd polls[4];
	sigset_t chld, old;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		die("pipe");
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, &old);
	ended = signalfd(-1, &chld, SFD_CLOEXEC);
	pid = fork();
	if (ended < 0 || pid < 0)
		die("fork");
	if (!pid)
		child(argv, out[1], err[1], &old);
	close(out[1]);
	close(err[1]);
	/* A child that keeps the pipe must not keep the agent at the end. */
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	fcntl(err[0], F_SETFL, O_NONBLOCK);

	polls[0] = (struct pollfd){ .fd = out[0], .events = POLLIN };
	polls[1] = (struct pollfd){ .fd = err[0], .events = POLLIN };
	polls[2] = (struct pollfd){ .fd = ended, .events = POLLIN };
	polls[3] = (struct pollfd){ .fd = port, .events = POLLIN };
	for (;;) {
		if (poll(polls, 4, -1) < 0)
			continue;
		if (polls[0].revents && !forward(out[0], out_type))
			polls[0].fd = -1;
		if (polls[1].revents && !forward(err[0], err_type))
			polls[1].fd = -1;
		if (polls[3].revents & POLLIN)
			tell_state();
		if (polls[2].revents && read(ended, &info, sizeof(info)) > 0 &&
		    reap(pid, &status))
			break;
	}
	drain(out[0], out_type);
	drain(err[0], err_type);
	close(out[0]);
	close(err[0]);
	close(ended);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return status;
}

/* What an init system mounts; in C because each process takes its time here. */
static void mount_all(void)
{
	static const struct {
		const char *type, *dir, *options;
	} mounts[] = {
		{ "devpts",	"/dev/pts",	"mode=620,gid=5,ptmxmode=666" },
		{ "tmpfs",	"/dev/shm",	"mode=1777" },
		{ "mqueue",	"/dev/mqueue",	NULL },
		{ "hugetlbfs",	"/dev/hugepages", NULL },
		{ "cgroup2",	"/sys/fs/cgroup", "nsdelegate" },
		{ "debugfs",	"/sys/kernel/debug", NULL },
		{ "tracefs",	"/sys/kernel/tracing", NULL },
		{ "securityfs",	"/sys/kernel/security", NULL },
		{ "bpf",	"/sys/fs/bpf",	NULL },
	};
	size_t i;

	for (i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].dir, 0755);
		/* ENODEV, ENOENT: not every kernel has everything. */
		if (mount(mounts[i].type, mounts[i].dir, mounts[i].type, 0,
			  mounts[i].options) && errno != ENODEV && errno != ENOENT)
			die(mounts[i].dir);
	}
	/* As systemd leaves it, so that what must not spread to the host could. */
	if (mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL))
		die("shared mounts");

	if (symlink("/proc/self/fd", "/dev/fd") ||
	    symlink("/proc/self/fd/0", "/dev/stdin") ||
	    symlink("/proc/self/fd/1", "/dev/stdout") ||
	    symlink("/proc/self/fd/2", "/dev/stderr"))
		die("links in /dev");
}

static void set_environment(void)
{
	clearenv();
	setenv("PATH", TREE "/build/tools:/usr/local/sbin:/usr/local/bin:"
	       "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOME", "/root", 1);
	setenv("USER", "root", 1);
	setenv("LOGNAME", "root", 1);
	setenv("SHELL", "/bin/bash", 1);
	setenv("LANG", "C.UTF-8", 1);
	setenv("TERM", "dumb", 1);
	umask(022);
}

int main(void)
{
	char *setup[] = { SCRIPTS "setup", NULL };
	char *finish[] = { SCRIPTS "finish", NULL };
	char **command;
	int status;

	set_environment();
	mount_all();
	port = open_port();
	command = read_request();
	if (chdir(TREE))
		die(TREE);

	status = run(setup, 'd', 'd');
	send_status("setup", status);
	if (!status) {
		status = run(command, 'o', 'e');
		send_status("command", status);
	}
	status = run(finish, 'd', 'd');
	send_status("finish", status);
	sync();
	reboot(RB_POWER_OFF);
	die("poweroff");
}
