// SPDX-License-Identifier: GPL-2.0
/*
 * micro: system calls against the clock.
 *
 * Reads lines and answers each, so that its caller can take turns between programs
 * that run under different conditions:
 *
 * list			all the names
 * NAME MILLISECONDS	nanoseconds that one operation took
 * NAME xTIMES		"0", with the operations between two marks for who counts
 *			instructions
 * !COMMAND		nanoseconds that the shell command took, between such marks
 */
#include <dirent.h>
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
#define SPAN		(4 << 20)
#define ENTRIES		10000
#define SCRATCH		"/tmp/sbx-bench"

static char buf[BIG];
static int file, large, zero, null, pipe_fds[2];
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

/* As far below as stat is to look. */
#define DEEP		SCRATCH ".d/2/3/4/5/6/7"

static void do_stat_deep(void)
{
	struct stat st;

	must(!stat(DEEP "/8", &st), DEEP);
}

static void make_deep(void)
{
	char path[] = DEEP;
	int fd;

	for (char *p = path + sizeof(SCRATCH); ; p++) {
		char c = *p;

		if (c && c != '/')
			continue;
		*p = '\0';
		must(!mkdir(path, 0700), path);
		*p = c;
		if (!c)
			break;
	}
	fd = open(DEEP "/8", O_CREAT | O_WRONLY, 0600);
	must(fd >= 0 && !close(fd), DEEP);
}

static void do_create_unlink(void)
{
	int fd = open(SCRATCH ".new", O_WRONLY | O_CREAT | O_EXCL, 0600);

	must(fd >= 0 && !close(fd) && !unlink(SCRATCH ".new"), SCRATCH ".new");
}

/* There and back. */
static void do_rename(void)
{
	must(!rename(SCRATCH ".trunc", SCRATCH ".moved"), "rename");
	must(!rename(SCRATCH ".moved", SCRATCH ".trunc"), "rename");
}

static void make_entries(void)
{
	char name[64];
	int fd;

	must(!mkdir(SCRATCH ".many", 0700), SCRATCH ".many");
	for (int i = 0; i < ENTRIES; i++) {
		snprintf(name, sizeof(name), SCRATCH ".many/%d", i);
		fd = open(name, O_WRONLY | O_CREAT, 0600);
		must(fd >= 0 && !close(fd), name);
	}
}

static void do_readdir(void)
{
	DIR *dir = opendir(SCRATCH ".many");
	int n = 0;

	must(!!dir, "opendir");
	while (readdir(dir))
		n++;
	must(n == ENTRIES + 2 && !closedir(dir), "readdir");
}

/* The same sequence for everyone. */
static off_t somewhere(void)
{
	static unsigned int state = 1;

	state = state * 1103515245 + 12345;
	return (state >> 8) % (SPAN / PAGE) * PAGE;
}

static void do_read_random(void)
{
	must(pread(large, buf, PAGE, somewhere()) == PAGE, "pread");
}

static void do_write_random(void)
{
	must(pwrite(large, buf, PAGE, somewhere()) == PAGE, "pwrite");
}

static void do_read_1m(void)
{
	static char into[1 << 20];

	if (lseek(large, 0, SEEK_CUR) == SPAN)
		must(!lseek(large, 0, SEEK_SET), "lseek");
	must(read(large, into, sizeof(into)) == sizeof(into), "read");
}

static void do_mmap_read(void)
{
	const char *p = mmap(NULL, SPAN, PROT_READ, MAP_SHARED, large, 0);
	int sum = 0;

	must(p != MAP_FAILED, "mmap");
	for (size_t i = 0; i < SPAN; i += PAGE)
		sum += p[i];
	must(!sum && !munmap((char *)p, SPAN), "munmap");
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
	{ "stat, depth 1", do_stat },
	{ "stat, depth 8", do_stat_deep },
	{ "readdir of 10,000", do_readdir },
	{ "create+unlink", do_create_unlink },
	{ "rename, there and back", do_rename },
	{ "read 4 KiB, random", do_read_random },
	{ "write 4 KiB, random", do_write_random },
	{ "read 1 MiB, sequential", do_read_1m },
	{ "mmap+read 4 MiB", do_mmap_read },
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

/* Marks for a QEMU plugin that counts instructions: nops that no compiler makes. */
static inline void begin_count(void)
{
	asm volatile(".byte 0x0f, 0x1f, 0x80, 1, 0x78, 0x62, 0x73" ::: "memory");
}

static inline void end_count(void)
{
	asm volatile(".byte 0x0f, 0x1f, 0x80, 0, 0x78, 0x62, 0x73" ::: "memory");
}

/* What counts is between the marks; a few times before that fill the caches. */
static void count(const struct bench *bench, unsigned long times)
{
	for (int i = 0; i < 20; i++)
		bench->once();
	begin_count();
	while (times--)
		bench->once();
	end_count();
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
	large = open(SCRATCH ".large", O_RDWR | O_CREAT | O_TRUNC, 0600);
	must(large >= 0, SCRATCH ".large");
	for (int i = 0; i < SPAN / BIG; i++)
		must(write(large, buf, BIG) == BIG, SCRATCH ".large");
	make_deep();
	make_entries();
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

static void list(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(benches); i++)
		printf("%s%s", i ? ";" : "", benches[i].name);
	printf("\n");
}

/* The command's output is not the answer. */
static void command(const char *line)
{
	double start = now();
	int status;
	pid_t child;

	begin_count();
	child = fork();
	must(child >= 0, "fork");
	if (!child) {
		dup2(null, 1);
		execl("/bin/sh", "sh", "-c", line, NULL);
		_exit(127);
	}
	must(waitpid(child, &status, 0) == child, "waitpid");
	end_count();
	if (status)
		errx(1, "'%s' ended with status %#x", line, status);
	printf("%.0f\n", now() - start);
}

static void answer(char *line)
{
	char *how = strrchr(line, ' ');

	if (!how)
		errx(1, "want NAME MILLISECONDS");
	*how++ = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(benches); i++) {
		if (strcmp(line, benches[i].name))
			continue;
		if (*how == 'x')
			count(&benches[i], strtoul(how + 1, NULL, 10));
		printf("%.2f\n", *how == 'x' ? 0 : measure(&benches[i], atof(how) * 1e6));
		return;
	}
	errx(1, "no benchmark '%s'", line);
}

int main(int argc, char **argv)
{
	char line[1024];

	if (argc != 2)
		errx(1, "usage: micro PATH-OF-TRUE");
	true_path = argv[1];
	prepare();
	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strcmp(line, "list"))
			list();
		else if (*line == '!')
			command(line + 1);
		else
			answer(line);
	}
	return 0;
}
