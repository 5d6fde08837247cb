// SPDX-License-Identifier: GPL-2.0
/*
 * Bad pointers and lengths, for each argument of each call that takes one.
 *
 * A row names a call and the kinds of its arguments.  Each argument in turn gets
 * all values that its kind has to offer while the others are good, and the results
 * become the name of a test.  So Linux itself says what is right: a name that
 * only one of the two runs has is a failure.
 *
 * Runs as: root user
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kselftest.h"

#define PAGE	4096

/*
 * Kinds of arguments.
 *
 *	value		r regular file  w another, to write  p pipe to read  q pipe to write
 *			d directory  A AT_FDCWD  0 1 2 ... the digit  m mode 0600
 *			c O_RDWR | O_CREAT  a SIGUSR1  f PR_GET_NAME  g an address
 *	pointer		P path of a file  D of a directory  N of nothing yet  L of a link
 *			b buffer of 64 bytes, of which @n bytes are used
 *			z struct of zeros, that may be written  v one vector of 64 bytes
 *			x pointer that may be NULL, and is  s struct that may not be
 *			NULL, since the call would wait  h struct open_how
 *			C struct clone_args for a fork
 *	length		n of b: 64  k number of vectors: 1  l length of a file: 10
 *			e size of a struct that may grow  E the same of clone_args
 */
static const struct call {
	const char *name;
	long nr;
	const char *args;
	int opens;		/* a descriptor, a pid or a time: only the sign counts */
} calls[] = {
#define CALL(name, args)	{ #name, SYS_##name, args, 0 }
#define OPENS(name, args)	{ #name, SYS_##name, args, 1 }
	/* data */
	CALL(read, "rbn"), CALL(write, "wbn"), CALL(pread64, "rbn0"), CALL(pwrite64, "wbn0"),
	CALL(readv, "rvk"), CALL(writev, "wvk"), CALL(preadv, "rvk00"), CALL(pwritev, "wvk00"),
	CALL(preadv2, "rvk000"), CALL(pwritev2, "wvk000"), CALL(lseek, "rl0"),
	CALL(sendfile, "wrxn"), CALL(sendfile, "wrzn"), CALL(copy_file_range, "rxwxn0"),
	CALL(copy_file_range, "rzwxn0"), CALL(getdents64, "dbn"), CALL(getdents, "dbn"),
	CALL(ftruncate, "wl"), CALL(fallocate, "w00l"), CALL(fadvise64, "r0l0"),
	{ "read of a pipe", SYS_read, "pbn" }, { "write to a pipe", SYS_write, "qbn" },
	{ "readv of a pipe", SYS_readv, "pvk" }, { "writev to a pipe", SYS_writev, "qvk" },
	/* names */
	OPENS(open, "Pcm"), OPENS(open, "Ncm"), OPENS(openat, "APcm"), OPENS(creat, "Nm"),
	CALL(truncate, "Pl"), CALL(mkdir, "Nm"), CALL(mkdirat, "ANm"), CALL(mknod, "Nm0"),
	CALL(mknodat, "ANm0"), CALL(rmdir, "D"), CALL(unlink, "P"), CALL(unlinkat, "AP0"),
	CALL(rename, "PN"), CALL(renameat, "APAN"), CALL(renameat2, "APAN0"), CALL(link, "PN"),
	CALL(linkat, "APAN0"), CALL(symlink, "PN"), CALL(symlinkat, "PAN"),
	CALL(readlink, "Lbn"), CALL(readlinkat, "ALbn"), CALL(chdir, "D"), CALL(getcwd, "bn"),
	CALL(access, "P0"), CALL(faccessat, "AP0"), CALL(faccessat2, "AP00"),
	CALL(chmod, "Pm"), CALL(fchmodat, "APm"), CALL(chown, "P00"), CALL(lchown, "P00"),
	CALL(fchownat, "AP000"),
	/* attributes */
	CALL(stat, "Pz"), CALL(lstat, "Lz"), CALL(fstat, "rz"), CALL(newfstatat, "APz0"),
	CALL(statx, "AP00z"), CALL(statfs, "Pz"), CALL(fstatfs, "rz"), CALL(utime, "Px"),
	CALL(utime, "Pz"), CALL(utimes, "Pz"), CALL(futimesat, "APz"), CALL(utimensat, "APz0"),
	CALL(utimensat, "APx0"),
	/* waiting */
	CALL(poll, "z10"), CALL(ppoll, "z1szn"), CALL(ppoll, "z1sx8"), CALL(select, "0xxxs"),
	CALL(select, "1zxxs"), CALL(select, "1xzxs"), CALL(select, "1xxzs"),
	CALL(pselect6, "1zxxsx"), CALL(pselect6, "1xxxsz"),
	CALL(pipe, "z"), CALL(pipe2, "z0"),
	/* about oneself */
	CALL(uname, "z"), CALL(sysinfo, "z"), CALL(getrlimit, "1z"), CALL(setrlimit, "4z"),
	CALL(prlimit64, "04xz"), CALL(prlimit64, "04zx"), CALL(getresuid, "zzz"),
	CALL(getresgid, "zzz"), CALL(getrandom, "bn0"), CALL(capget, "zz"), CALL(getgroups, "4z"),
	CALL(getrusage, "0z"), OPENS(times, "z"), OPENS(time, "x"), OPENS(time, "z"),
	CALL(gettimeofday, "zx"), CALL(gettimeofday, "xz"), CALL(getcpu, "zzx"),
	CALL(sched_getaffinity, "0nz"), CALL(sched_getparam, "0z"), CALL(sched_getattr, "0zn0"),
	CALL(sched_rr_get_interval, "0z"), CALL(getitimer, "0z"), CALL(setitimer, "1zx"),
	CALL(clock_gettime, "1z"), CALL(clock_getres, "1z"), CALL(nanosleep, "zx"),
	CALL(clock_nanosleep, "10zx"), CALL(rt_sigaction, "axz8"), CALL(rt_sigprocmask, "0xz8"),
	CALL(rt_sigpending, "z8"), CALL(rt_sigtimedwait, "zxs8"), CALL(sigaltstack, "xz"),
	CALL(get_mempolicy, "zxxx0"), CALL(mincore, "g1z"), CALL(prctl, "fz"),
	OPENS(memfd_create, "P0"), CALL(execve, "Dxx"), CALL(execveat, "ADxx0"),
	OPENS(openat2, "APhe"), OPENS(clone3, "CE"),
#undef OPENS
#undef CALL
};

#define NR_CALLS	(sizeof(calls) / sizeof(*calls))
#define MAX_ARGS	6

static char *start;		/* a page at whose end nothing is mapped */
static char *locked;		/* a page that cannot be written */
static char *half;		/* 8 bytes before the end of the page */
static char *good[MAX_ARGS];	/* a page for each argument */
static int file, target, dir, in[2], out[2];

static void must(int good)
{
	if (!good)
		ksft_exit_fail_perror("cannot prepare");
}

static int make(const char *name)
{
	static char data[1000];
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);

	must(fd >= 0 && write(fd, data, sizeof(data)) == sizeof(data) &&
	     lseek(fd, 5, SEEK_SET) == 5);
	return fd;
}

/* The same state for each call. */
static void prepare(void)
{
	must(!fchdir(dir));
	/* Not just emptied: ext4 writes such a file to the disk when it is closed. */
	unlink("file");
	unlink("target");
	unlink("new");
	rmdir("new");
	mkdir("dir", 0700);
	symlink("file", "link");
	file = make("file");
	target = make("target");
	must(!pipe2(in, O_NONBLOCK) && !pipe2(out, O_NONBLOCK) && write(in[1], start, 100) == 100);
}

static size_t describe(int fd, char *text, size_t size)
{
	long long at = lseek(fd, 0, SEEK_CUR);
	struct stat st;

	must(!fstat(fd, &st));
	return at == 5 && st.st_size == 1000 ? 0 :
	       snprintf(text, size, ";%lld@%lld", (long long)st.st_size, at);
}

/* How much of the files and of the pipes is left is part of the result. */
static void finish(char *text, size_t size)
{
	const int fds[] = { file, target, in[0], in[1], out[0], out[1] };
	int here = 0, there = 0;
	size_t len;

	len = describe(file, text, size);
	len += describe(target, text + len, size - len);
	ioctl(in[0], FIONREAD, &here);
	ioctl(out[0], FIONREAD, &there);
	if (here != 100 || there)
		snprintf(text + len, size - len, ";%d,%d", here, there);
	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		close(fds[i]);
}

static int is_pointer(char kind)
{
	return !!strchr("PDNLbzvxshC", kind);
}

static int is_length(char kind)
{
	return !!strchr("nkleE", kind);
}

static long put(int i, const void *data, size_t size)
{
	memset(good[i], 0, PAGE);
	memcpy(good[i], data, size);
	return (long)good[i];
}

static long put_text(int i, const char *text)
{
	return put(i, text, strlen(text) + 1);
}

static long good_value(char kind, int i)
{
	const struct iovec vector = { good[MAX_ARGS - 1] + 64, 64 };
	const struct clone_args clone = { .exit_signal = SIGCHLD };

	switch (kind) {
	case 'r': return file;
	case 'w': return target;
	case 'p': return in[0];
	case 'q': return out[1];
	case 'd': return dir;
	case 'A': return AT_FDCWD;
	case 'm': return 0600;
	case 'c': return O_RDWR | O_CREAT;
	case 'a': return SIGUSR1;
	case 'f': return 16;				/* PR_GET_NAME */
	case 'g': return (long)start;
	case 'P': return put_text(i, "file");
	case 'D': return put_text(i, "dir");
	case 'N': return put_text(i, "new");
	case 'L': return put_text(i, "link");
	case 'b': case 'z': case 's': case 'h': return put(i, "", 1);
	case 'v': return put(i, &vector, sizeof(vector));
	case 'C': return put(i, &clone, sizeof(clone));
	case 'x': return 0;
	case 'n': return 64;
	case 'k': return 1;
	case 'l': return 10;
	case 'e': return 24;
	case 'E': return CLONE_ARGS_SIZE_VER0;
	default: return kind - '0';
	}
}

static const struct value {
	const char *name;
	unsigned long value;		/* of a length, or a pointer if it is no page of ours */
	char **page;
	long offset;
} pointers[] = {
	{ "0", 0 }, { "1", 1 }, { "low", PAGE }, { "top", 0x00007ffffffff000ul },
	{ "end", 0x00007ffffffffff0ul }, { "hole", 0x0000800000000000ul },
	{ "kernel", 0xffff888000001000ul }, { "text", 0xffffffff81000000ul }, { "-1", -1ul },
	{ "unmapped", 0, &start, PAGE }, { "half", 0, &half, 0 }, { "locked", 0, &locked, 0 },
}, lengths[] = {
	{ "0", 0 }, { "1", 1 }, { "7", 7 }, { "8", 8 }, { "1024", 1024 }, { "1025", 1025 },
	{ "4095", 4095 }, { "4096", 4096 }, { "4097", 4097 }, { "2^31-1", INT_MAX },
	{ "2^31", 1ul + INT_MAX }, { "2^32-1", UINT_MAX }, { "2^32", 1ul + UINT_MAX },
	{ "2^63-1", LONG_MAX }, { "2^63", 1ul + LONG_MAX }, { "2^64-1", -1ul },
};

static unsigned long value_of(const struct value *value)
{
	return value->page ? (unsigned long)*value->page + value->offset : value->value;
}

static const char *errno_text(char *text, size_t size, long ret, int err, int opens)
{
	if (ret < 0)
		snprintf(text, size, "%s", strerrorname_np(err));
	else if (opens)
		snprintf(text, size, "ok");
	else
		snprintf(text, size, "%ld", ret);
	return text;
}

/* One call, with one argument replaced; adds what came out of it to @line. */
static void try(const struct call *call, int replaced, const struct value *value, char *line)
{
	char result[32], state[64] = "";
	long args[MAX_ARGS] = {}, ret;
	int err;

	prepare();
	for (int i = 0; call->args[i]; i++)
		args[i] = good_value(call->args[i], i);
	if (is_pointer(call->args[replaced]) && value->page == &half)
		memcpy(half, good[replaced], 8);
	args[replaced] = value_of(value);

	alarm(3);
	ret = syscall(call->nr, args[0], args[1], args[2], args[3], args[4], args[5]);
	err = errno;
	if (call->nr == SYS_clone3 && !ret)
		_exit(0);
	alarm(0);
	if (call->nr == SYS_clone3 && ret > 0)
		waitpid(ret, NULL, 0);
	else if (ret > 2 && call->opens)
		close(ret);
	if (!ret && (call->nr == SYS_pipe || call->nr == SYS_pipe2) && value->page == &half) {
		close(((int *)half)[0]);
		close(((int *)half)[1]);
	}
	finish(state, sizeof(state));
	sprintf(line + strlen(line), " %s=%s%s", value->name,
		errno_text(result, sizeof(result), ret, err, call->opens), state);
}

static void test(const struct call *call, int i)
{
	const struct value *values = is_pointer(call->args[i]) ? pointers : lengths;
	size_t n = values == pointers ? sizeof(pointers) / sizeof(*pointers) :
					sizeof(lengths) / sizeof(*lengths);
	char line[2048] = "";

	for (size_t v = 0; v < n; v++)
		if (call->args[i] != 's' || value_of(&values[v]))
			try(call, i, &values[v], line);
	ksft_test_result_pass("%s(%.*s[%c]%s)%s\n", call->name, i, call->args, call->args[i],
			      call->args + i + 1, line);
}

/* With a page behind it that is not there, for nobody else either. */
static void *page(int prot)
{
	char *map = mmap(NULL, 2 * PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(map != MAP_FAILED && !mprotect(map + PAGE, PAGE, PROT_NONE));
	return map;
}

static void late(int sig)
{
	(void)sig;
}

int main(void)
{
	struct sigaction action = { .sa_handler = late };
	unsigned int plan = 0;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	sigaction(SIGALRM, &action, NULL);
	start = page(PROT_READ | PROT_WRITE);
	half = start + PAGE - 8;
	locked = page(PROT_READ);
	for (int i = 0; i < MAX_ARGS; i++)
		good[i] = page(PROT_READ | PROT_WRITE);
	dir = open(".", O_RDONLY | O_DIRECTORY);
	must(dir >= 0);

	for (size_t c = 0; c < NR_CALLS; c++)
		for (int i = 0; calls[c].args[i]; i++)
			plan += is_pointer(calls[c].args[i]) || is_length(calls[c].args[i]);
	ksft_print_header();
	ksft_set_plan(plan);
	for (size_t c = 0; c < NR_CALLS; c++)
		for (int i = 0; calls[c].args[i]; i++)
			if (is_pointer(calls[c].args[i]) || is_length(calls[c].args[i]))
				test(&calls[c], i);
	ksft_finished();
}
