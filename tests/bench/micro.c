// SPDX-License-Identifier: GPL-2.0
/*
 * micro: system calls against the clock.
 *
 * Reads lines "NAME MILLISECONDS" and answers each with the nanoseconds that one
 * operation took, so that its caller can take turns between programs that run
 * under different conditions.  Line "list" is answered by all the names.
 */
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define BIG		65536
#define PAGE		4096
#define SCRATCH		"/tmp/sbx-bench"

static char buf[BIG];
static int file, zero, null, pipe_fds[2];
static char *region;
static const char *true_path;

/* Everything but the measured call is an error, and an error ends the run. */
static void must(int good, const char *what)
{
	if (!good)
		err(1, "%s", what);
}

static void do_getppid(void)
{
	syscall(SYS_getppid);
}

static void do_read_1(void)
{
	must(pread(file, buf, 1, 0) == 1, "pread");
}

static void do_read_64k(void)
{
	must(pread(file, buf, BIG, 0) == BIG, "pread");
}

static void do_write_1(void)
{
	must(pwrite(file, buf, 1, 0) == 1, "pwrite");
}

static void do_write_64k(void)
{
	must(pwrite(file, buf, BIG, 0) == BIG, "pwrite");
}

static void do_zero_1(void)
{
	must(read(zero, buf, 1) == 1, "/dev/zero");
}

static void do_zero_64k(void)
{
	must(read(zero, buf, BIG) == BIG, "/dev/zero");
}

static void do_null_1(void)
{
	must(write(null, buf, 1) == 1, "/dev/null");
}

static void do_pipe_1(void)
{
	must(write(pipe_fds[1], buf, 1) == 1, "pipe");
	must(read(pipe_fds[0], buf, 1) == 1, "pipe");
}

static void do_pipe_64k(void)
{
	must(write(pipe_fds[1], buf, BIG) == BIG, "pipe");
	must(read(pipe_fds[0], buf, BIG) == BIG, "pipe");
}

static void do_open_close(void)
{
	int fd = open(SCRATCH, O_RDONLY);

	must(fd >= 0 && !close(fd), SCRATCH);
}

static void do_open_trunc(void)
{
	int fd = open(SCRATCH ".trunc", O_WRONLY | O_TRUNC);

	must(fd >= 0 && !close(fd), SCRATCH ".trunc");
}

static void do_stat(void)
{
	struct stat st;

	must(!stat(SCRATCH, &st), SCRATCH);
}

static void do_fork_exit(void)
{
	int status;
	pid_t child;

	child = fork();
	must(child >= 0, "fork");
	if (!child)
		_exit(0);
	must(waitpid(child, &status, 0) == child && !status, "waitpid");
}

static void do_fork_exec(void)
{
	int status;
	pid_t child;

	child = fork();
	must(child >= 0, "fork");
	if (!child) {
		execl(true_path, "true", NULL);
		_exit(1);
	}
	must(waitpid(child, &status, 0) == child && !status, true_path);
}

static void do_mmap_64k(void)
{
	char *p;

	p = mmap(NULL, BIG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	must(p != MAP_FAILED, "mmap");
	for (size_t i = 0; i < BIG; i += PAGE)
		p[i] = 1;
	must(!munmap(p, BIG), "munmap");
}

/* One fault; the page is given back when all have been had. */
static void do_page_fault(void)
{
	static size_t next;

	if (next == 16 * BIG) {
		must(!madvise(region, 16 * BIG, MADV_DONTNEED), "madvise");
		next = 0;
	}
	region[next] = 1;
	next += PAGE;
}

/* The other side of the ping-pong; ends when our side of the pipe closes. */
static pid_t pong_start(int ping[2], int pong[2])
{
	pid_t child;
	char c;

	must(!pipe(ping) && !pipe(pong), "pipe");
	child = fork();
	must(child >= 0, "fork");
	if (!child) {
		close(ping[1]);
		while (read(ping[0], &c, 1) == 1)
			if (write(pong[1], &c, 1) != 1)
				_exit(1);
		_exit(0);
	}
	close(ping[0]);
	close(pong[1]);
	return child;
}

static int ping[2], pong[2];

static void do_ping_pong(void)
{
	must(write(ping[1], buf, 1) == 1, "ping");
	must(read(pong[0], buf, 1) == 1, "pong");
}

static const struct bench {
	const char *name;
	void (*once)(void);
} benches[] = {
	{ "getppid", do_getppid },
	{ "read 1 B, tmpfs", do_read_1 },
	{ "read 64 KiB, tmpfs", do_read_64k },
	{ "write 1 B, tmpfs", do_write_1 },
	{ "write 64 KiB, tmpfs", do_write_64k },
	{ "read 1 B, /dev/zero", do_zero_1 },
	{ "read 64 KiB, /dev/zero", do_zero_64k },
	{ "write 1 B, /dev/null", do_null_1 },
	{ "pipe write+read 1 B", do_pipe_1 },
	{ "pipe write+read 64 KiB", do_pipe_64k },
	{ "pipe ping-pong", do_ping_pong },
	{ "open+close", do_open_close },
	{ "open O_TRUNC+close", do_open_trunc },
	{ "stat", do_stat },
	{ "fork+exit", do_fork_exit },
	{ "fork+exec", do_fork_exec },
	{ "mmap+touch+munmap 64 KiB", do_mmap_64k },
	{ "page fault", do_page_fault },
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

/* Whole batches until the time is over; the clock is read once a batch. */
static double measure(const struct bench *bench, double budget)
{
	unsigned long done = 0, batch = 1;
	double start, spent;

	bench->once();
	start = now();
	do {
		for (unsigned long i = 0; i < batch; i++)
			bench->once();
		done += batch;
		spent = now() - start;
		if (spent < budget / 16)
			batch *= 2;
	} while (spent < budget);
	return spent / done;
}

static void prepare(void)
{
	cpu_set_t one;
	int fd;

	/* One processor: no migration, and a ping-pong is two switches. */
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	must(!sched_setaffinity(0, sizeof(one), &one), "sched_setaffinity");
	file = open(SCRATCH, O_RDWR | O_CREAT | O_TRUNC, 0600);
	must(file >= 0 && write(file, buf, BIG) == BIG, SCRATCH);
	fd = open(SCRATCH ".trunc", O_RDWR | O_CREAT, 0600);
	must(fd >= 0 && !close(fd), SCRATCH ".trunc");
	zero = open("/dev/zero", O_RDONLY);
	must(zero >= 0, "/dev/zero");
	null = open("/dev/null", O_WRONLY);
	must(null >= 0, "/dev/null");
	must(!pipe(pipe_fds), "pipe");
	/* mmap aligns for huge pages if it can; one fault is to be one page. */
	region = mmap(NULL, 16 * BIG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	must(region != MAP_FAILED, "mmap");
	madvise(region, 16 * BIG, MADV_NOHUGEPAGE);
	pong_start(ping, pong);
}

int main(int argc, char **argv)
{
	char line[128], *end;
	size_t i;

	if (argc != 2)
		errx(1, "usage: micro PATH-OF-TRUE");
	true_path = argv[1];
	prepare();
	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strcmp(line, "list")) {
			for (i = 0; i < ARRAY_SIZE(benches); i++)
				printf("%s%s", i ? ";" : "", benches[i].name);
			printf("\n");
			continue;
		}
		end = strrchr(line, ' ');
		if (!end)
			errx(1, "want NAME MILLISECONDS");
		*end++ = '\0';
		for (i = 0; i < ARRAY_SIZE(benches); i++)
			if (!strcmp(line, benches[i].name))
				break;
		if (i == ARRAY_SIZE(benches))
			errx(1, "no benchmark '%s'", line);
		printf("%.2f\n", measure(&benches[i], atof(end) * 1e6));
	}
	return 0;
}
