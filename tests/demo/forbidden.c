// SPDX-License-Identifier: GPL-2.0
/*
 * Tries what a program in a domain may not do, and says what it got.
 *
 * Exits with 0 if every attempt was refused as it has to be.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The descriptor that the demo leaks to the launcher on purpose. */
#define LEAKED_FD	9

static int failures;

static void attempt(const char *what, long ret, int err, int want)
{
	if (ret != -1) {
		printf("  %-36s SUCCEEDED (%ld)\n", what, ret);
		failures++;
	} else {
		printf("  %-36s %s%s\n", what, strerrorname_np(err),
		       err == want ? "" : "  UNEXPECTED");
		failures += err != want;
	}
}

/* A result in the manner of the kernel, as int 0x80 gives it. */
static void attempt_raw(const char *what, long ret, int want)
{
	attempt(what, ret < 0 ? -1 : ret, ret < 0 ? -ret : 0, want);
}

static long int80(long nr)
{
	long ret;

	/* The 32-bit entry clears r8 to r11. */
	asm volatile("int $0x80" : "=a" (ret) : "a" (nr)
		     : "memory", "r8", "r9", "r10", "r11");
	return (int)ret;
}

static int open_dev_mem(void)
{
	int fd = open("/dev/mem", O_RDONLY);

	/* The domain's /dev has none; try to make one. */
	if (fd < 0 && errno == ENOENT) {
		if (mknod("/tmp/mem", S_IFCHR | 0600, makedev(1, 1)))
			return -1;
		fd = open("/tmp/mem", O_RDONLY);
	}
	return fd;
}

#define TRY(what, call, want) do {		\
	errno = 0;				\
	long ret_ = (call);			\
	attempt(what, ret_, errno, want);	\
} while (0)

int main(void)
{
	char params[120] = {};

	setvbuf(stdout, NULL, _IOLBF, 0);
	TRY("bpf(BPF_MAP_CREATE)", syscall(__NR_bpf, 0, params, sizeof(params)), EPERM);
	TRY("io_uring_setup()", syscall(__NR_io_uring_setup, 8, params), ENOSYS);
	/* Where nothing is, so that running this outside does no harm. */
	TRY("mount a tmpfs", mount("none", "/nonexistent", "tmpfs", 0, NULL), EPERM);
	TRY("unshare(CLONE_NEWNET)", unshare(CLONE_NEWNET), EPERM);
	TRY("unshare(CLONE_NEWUSER)", unshare(CLONE_NEWUSER), EPERM);
	TRY("setns() to another namespace", setns(0, 0), EPERM);
	TRY("init_module()", syscall(__NR_init_module, params, 8, ""), EPERM);
	TRY("perf_event_open()", syscall(__NR_perf_event_open, params, 0, -1, -1, 0), EPERM);
	TRY("open or make /dev/mem", open_dev_mem(), EPERM);
	attempt_raw("getpid by int 0x80", int80(20), ENOSYS);
	TRY("getpid by its x32 number", syscall(0x40000000 | __NR_getpid), ENOSYS);
	TRY("a call of a number never assigned", syscall(999), ENOSYS);
	TRY("the launcher's leaked descriptor", fcntl(LEAKED_FD, F_GETFD), EBADF);
	return failures ? 1 : 0;
}
