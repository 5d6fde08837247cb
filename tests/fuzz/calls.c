// SPDX-License-Identifier: GPL-2.0
/*
 * Random system calls with hostile arguments, from several processes and
 * threads at a time.  What counts is that the kernel stays quiet and that the
 * program comes to its end; results are not looked at.
 *
 * usage: calls [SECONDS [SEED]]      the seed is printed, to run it again
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NR_CALLS	480
#define WORKERS		4
#define THREADS		2
#define ROUND_CALLS	2000

/* Calls that end or hang a worker by design rather than by a bug. */
static const int left_out[] = {
	__NR_exit, __NR_exit_group, __NR_rt_sigreturn, __NR_pause, __NR_rt_sigsuspend,
	__NR_vfork, __NR_kill, __NR_tkill, __NR_tgkill, __NR_rt_sigqueueinfo,
	__NR_rt_tgsigqueueinfo, __NR_munmap, __NR_mprotect, __NR_mremap, __NR_brk,
	__NR_pkey_mprotect, __NR_remap_file_pages, 462, __NR_execve,
	__NR_execveat, __NR_alarm, __NR_setitimer, __NR_rt_sigprocmask, __NR_rt_sigaction,
	__NR_arch_prctl, __NR_set_robust_list, __NR_rseq, __NR_madvise, __NR_setrlimit,
	__NR_prlimit64, __NR_shmat, __NR_clone, __NR_clone3, __NR_fork,
};

struct memory {
	unsigned char *page;		/* two mapped pages, then an unmapped one */
	unsigned char *readonly;
};

static struct memory mem;
static long page_size;

static uint64_t next(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return *state = x;
}

static long pick_pointer(uint64_t *rng)
{
	switch (next(rng) % 10) {
	case 0: return 0;
	case 1: return (long)0xffffffff81000000;		/* the kernel's text */
	case 2: return (long)0xffff888000000000;		/* its direct map */
	case 3: return (long)0x00007ffffffff000;		/* end of user space */
	case 4: return (long)(mem.page + 2 * page_size);	/* unmapped */
	case 5: return (long)(mem.page + 2 * page_size - next(rng) % 16);
	case 6: return (long)mem.readonly;
	default: return (long)(mem.page + next(rng) % page_size);
	}
}

static long pick_number(uint64_t *rng)
{
	static const long edges[] = {
		0, 1, 2, 3, 7, 8, 255, 4095, 4096, 4097, 65536, 0x7fffffff, 0x80000000,
		0xffffffff, 0x7fffffffffffffff, -1, -2, -100, -4096,
		(long)0x8000000000000000,
	};

	if (next(rng) % 3)
		return edges[next(rng) % (sizeof(edges) / sizeof(*edges))];
	return next(rng) >> (next(rng) % 64);
}

static long pick(uint64_t *rng)
{
	switch (next(rng) % 4) {
	case 0: return pick_pointer(rng);
	case 1: return next(rng) % 14;				/* a descriptor, perhaps */
	case 2: return 1L << (next(rng) % 32);			/* a flag */
	default: return pick_number(rng);
	}
}

static int is_left_out(long nr)
{
	for (size_t i = 0; i < sizeof(left_out) / sizeof(*left_out); i++)
		if (left_out[i] == nr)
			return 1;
	return 0;
}

/* Enough of a message's header to get past the first checks, often. */
static void scribble_message(uint64_t *rng)
{
	struct msghdr *msg = (struct msghdr *)mem.page;
	struct iovec *iov = (struct iovec *)(mem.page + 256);
	struct cmsghdr *cmsg = (struct cmsghdr *)(mem.page + 512);

	*iov = (struct iovec){ (void *)pick_pointer(rng), next(rng) % 8192 };
	cmsg->cmsg_len = next(rng) % 2 ? CMSG_LEN(next(rng) % 16) : (size_t)pick_number(rng);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = next(rng) % 5;
	((int *)CMSG_DATA(cmsg))[0] = next(rng) % 14;
	((int *)CMSG_DATA(cmsg))[1] = next(rng) % 14;
	*msg = (struct msghdr){
		.msg_iov = iov,
		.msg_iovlen = next(rng) % 3,
		.msg_control = next(rng) % 2 ? cmsg : NULL,
		.msg_controllen = next(rng) % 2 ? 64 : (size_t)pick_number(rng),
	};
}

/* Fresh contents: a path, a message, a vector, or noise. */
static void scribble(uint64_t *rng)
{
	static const char *const paths[] = {
		"/tmp/a", "/tmp/b/c", ".", "..", "/", "/dev/null", "/dev/zero", "/dev/full",
		"/proc/self/fd/0", "/proc/self/exe", "/proc/self/maps", "/proc/1/status", "",
		"/tmp/../proc/self/task", "/dev/tty", "/proc/self/fd", "/usr/bin",
	};
	unsigned char *at = mem.page + next(rng) % page_size;

	if (!(next(rng) % 4)) {
		scribble_message(rng);
	} else if (next(rng) % 2) {
		strcpy((char *)mem.page, paths[next(rng) % (sizeof(paths) / sizeof(*paths))]);
	} else {
		long vector[] = { pick(rng), pick(rng), pick(rng), pick(rng) };

		memcpy(at, vector, sizeof(vector));
	}
}

static void *thread(void *arg)
{
	uint64_t rng = (uintptr_t)arg | 1;

	for (int i = 0; i < ROUND_CALLS; i++) {
		long nr = next(&rng) % NR_CALLS;

		if (is_left_out(nr))
			continue;
		scribble(&rng);
		syscall(nr, pick(&rng), pick(&rng), pick(&rng), pick(&rng), pick(&rng),
			pick(&rng));
	}
	return NULL;
}

static void make_memory(void)
{
	page_size = sysconf(_SC_PAGESIZE);
	mem.page = mmap(NULL, 3 * page_size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mem.readonly = mmap(NULL, page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mem.page == MAP_FAILED || mem.readonly == MAP_FAILED ||
	    munmap(mem.page + 2 * page_size, page_size)) {
		perror("mmap");
		exit(1);
	}
}

/* One worker's round; whatever state it gets itself into dies with it. */
static void round_of(uint64_t seed)
{
	pthread_t threads[THREADS];
	int pipes[2], sockets[2];

	/* The parent's sweep ends a worker that blocks for good. */
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int sig = 1; sig < 32; sig++)
		if (sig != SIGSEGV && sig != SIGBUS && sig != SIGALRM)
			signal(sig, SIG_IGN);
	make_memory();
	for (int fd = 0; fd < 3; fd++)
		if (dup2(open("/dev/null", O_RDWR), fd) < 0)
			_exit(1);
	pipe2(pipes, O_NONBLOCK);
	socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sockets);
	socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, sockets);
	socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, sockets);
	open("/tmp", O_RDONLY | O_DIRECTORY);
	open("/tmp/fuzz", O_RDWR | O_CREAT, 0600);
	alarm(3);
	for (long i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, thread, (void *)(seed + i * 0x9e3779b97f4a7c15));
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	_exit(0);
}

static pid_t start(uint64_t *rng)
{
	uint64_t seed = next(rng);
	pid_t pid = fork();

	if (!pid)
		round_of(seed);
	return pid;
}

int main(int argc, char **argv)
{
	int seconds = argc > 1 ? atoi(argv[1]) : 10;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : (uint64_t)time(NULL) * 2654435761u;
	time_t end = time(NULL) + seconds;
	struct rlimit small = { 64 << 20, 64 << 20 };
	unsigned long rounds = 0;
	int alive = 0;

	/* Root outside of a domain has bpf(2), and a machine to lose. */
	if (!geteuid() && (!syscall(__NR_bpf, -1, NULL, 0) || errno != EPERM)) {
		printf("1..0 # SKIP only in a domain\n");
		return 4;
	}
	printf("# seed %#llx\n", (unsigned long long)seed);
	fflush(stdout);
	seed |= 1;
	setrlimit(RLIMIT_FSIZE, &small);
	signal(SIGXFSZ, SIG_IGN);
	while (time(NULL) < end || alive) {
		while (alive < WORKERS && time(NULL) < end && start(&seed) > 0)
			alive++;
		if (waitpid(-1, NULL, __WALL) > 0) {
			alive--;
			rounds++;
		} else if (errno == ECHILD) {
			break;
		}
	}
	printf("ok 1 fuzz: %lu rounds of %d calls\n", rounds, THREADS * ROUND_CALLS);
	return rounds ? 0 : 1;
}
