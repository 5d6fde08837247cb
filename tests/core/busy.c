// SPDX-License-Identifier: GPL-2.0
/*
 * busy [THREADS]: processes that are in the middle of something.
 *
 * Starts one for each thing to do, says "ready" when all are at it, and ends with
 * status 5 when a line comes or standard input ends; the others do not end by
 * themselves.  With an argument each thing is also done by a thread.
 */
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int empty[2], full[2];	/* pipes */
static char buf[65536];

static void read_pipe(void)
{
	if (read(empty[0], buf, 1) < 0)
		abort();
}

static void write_pipe(void)
{
	if (write(full[1], buf, sizeof(buf)) < 0)
		abort();
}

static void poll_pipe(void)
{
	struct pollfd fds[] = { { empty[0], POLLIN, 0 }, { full[1], POLLOUT, 0 } };

	poll(fds, 2, -1);
}

static void select_pipe(void)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(empty[0], &set);
	select(empty[0] + 1, &set, NULL, NULL, NULL);
}

static void open_fifo(void)
{
	open("/tmp/fifo", O_RDONLY);
}

static void lock_file(void)
{
	flock(open("/tmp/locked", O_RDWR), LOCK_EX);
}

static void lock_range(void)
{
	struct flock lock = { .l_type = F_WRLCK };

	fcntl(open("/tmp/locked", O_RDWR), F_SETLKW, &lock);
}

static void wait_futex(void)
{
	static uint32_t word;

	syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL);
}

static void wait_child(void)
{
	pid_t pid = fork();

	if (!pid)
		pause();
	waitpid(pid, NULL, 0);
}

static void vfork_child(void)
{
	if (!vfork())
		pause();
}

static void sleep_long(void)
{
	sleep(100000);
}

static void stop_self(void)
{
	raise(SIGSTOP);
}

static void read_zeros(void)
{
	int fd = open("/dev/zero", O_RDONLY);

	while (read(fd, buf, sizeof(buf)) > 0)
		;
}

static void read_proc(void)
{
	for (;;) {
		int fd = open("/proc/self/status", O_RDONLY);

		if (read(fd, buf, sizeof(buf)) < 0)
			abort();
		close(fd);
	}
}

static void make_files(void)
{
	for (;;) {
		close(open("/tmp/made", O_RDWR | O_CREAT, 0600));
		rename("/tmp/made", "/tmp/moved");
		unlink("/tmp/moved");
	}
}

static void fork_children(void)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;)
		if (!fork())
			_exit(0);
}

static void execute(void)
{
	execl("/bin/sh", "sh", "-c", "while :; do /bin/true; done", NULL);
}

static void (*const things[])(void) = {
	read_pipe, write_pipe, poll_pipe, select_pipe, open_fifo, lock_file, lock_range,
	wait_futex, wait_child, vfork_child, sleep_long, stop_self, read_zeros, read_proc,
	make_files, fork_children, execute,
};

#define NR_THINGS	(sizeof(things) / sizeof(*things))

static void *thread(void *thing)
{
	((void (*)(void))thing)();
	return NULL;
}

static void start(void (*thing)(void), int threads)
{
	pthread_t id;

	if (fork())
		return;
	if (threads && thing != execute && thing != stop_self)
		pthread_create(&id, NULL, thread, thing);
	thing();
	pause();
}

int main(int argc, char **argv)
{
	struct flock range = { .l_type = F_WRLCK };
	int locked;

	if (pipe(empty) || pipe(full) || mkfifo("/tmp/fifo", 0600))
		return 1;
	fcntl(full[1], F_SETFL, O_NONBLOCK);
	while (write(full[1], buf, sizeof(buf)) > 0)
		;
	fcntl(full[1], F_SETFL, 0);
	locked = open("/tmp/locked", O_RDWR | O_CREAT, 0600);
	if (flock(locked, LOCK_EX) || fcntl(locked, F_SETLK, &range))
		return 1;
	for (size_t i = 0; i < NR_THINGS; i++)
		start(things[i], argc > 1);
	/* Most of them are soon where they stay. */
	usleep(500000);
	puts("ready");
	fflush(stdout);
	getchar();
	return 5;
}
