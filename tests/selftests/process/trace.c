// SPDX-License-Identifier: GPL-2.0
/*
 * Tracing: ptrace(2), /proc/PID/mem, process_vm_readv(2) and process_vm_writev(2),
 * as strace and gdb use them.
 *
 * Runs as: root user
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/reg.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>

#include "kselftest_harness.h"

#define SYSCALL_STOP	(SIGTRAP | 0x80)
#define EVENT(status)	((status) >> 16)

static long trace(long request, pid_t pid, unsigned long addr, unsigned long data)
{
	long ret = syscall(SYS_ptrace, request, pid, addr, data);

	return ret < 0 ? -errno : ret;
}

/* Its status, which is that of a stop. */
static int stopped(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
		return -1;
	return status;
}

static int ended(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, __WALL) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static volatile int shared_value = 1;

/* A child that asked to be traced and stands still; @body runs when it goes on. */
static pid_t traced(int (*body)(void))
{
	pid_t pid = fork();

	if (pid)
		return pid;
	if (trace(PTRACE_TRACEME, 0, 0, 0))
		_exit(99);
	raise(SIGSTOP);
	_exit(body());
}

static long peek(pid_t pid, const void *addr, unsigned long *word)
{
	return trace(PTRACE_PEEKDATA, pid, (unsigned long)addr, (unsigned long)word);
}

static long poke(pid_t pid, const void *addr, unsigned long word)
{
	return trace(PTRACE_POKEDATA, pid, (unsigned long)addr, word);
}

static struct ptrace_syscall_info call_info(pid_t pid)
{
	struct ptrace_syscall_info info = {};

	trace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), (unsigned long)&info);
	return info;
}

/* To the entry of the next call of that number, or its end. */
static int to_call(pid_t pid, unsigned long nr)
{
	struct ptrace_syscall_info info;
	int status;

	do {
		if (trace(PTRACE_SYSCALL, pid, 0, 0))
			return -1;
		status = stopped(pid);
		if (status < 0)
			return -1;
		info = call_info(pid);
	} while (WSTOPSIG(status) != SYSCALL_STOP || info.op != PTRACE_SYSCALL_INFO_ENTRY ||
		 info.entry.nr != nr);
	return 0;
}

static int to_end_of_call(pid_t pid)
{
	if (trace(PTRACE_SYSCALL, pid, 0, 0) || WSTOPSIG(stopped(pid)) != SYSCALL_STOP)
		return -1;
	return call_info(pid).op == PTRACE_SYSCALL_INFO_EXIT ? 0 : -1;
}

static pid_t start(int (*body)(void), unsigned long options)
{
	pid_t pid = traced(body);

	if (pid < 0 || WSTOPSIG(stopped(pid)) != SIGSTOP ||
	    trace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | options))
		return -1;
	return pid;
}

static int some_calls(void)
{
	char c = 'x';
	int fds[2], fd;

	if (getppid() < 0 || pipe(fds) || write(fds[1], &c, 1) != 1 || read(fds[0], &c, 1) != 1)
		return 1;
	fd = open("no such file", O_RDONLY);
	return fd < 0 && errno == ENOENT ? shared_value : 2;
}

/* Calls that the module answers, one that it hands on, and one that fails. */
TEST(system_calls)
{
	pid_t pid = start(some_calls, 0);
	struct ptrace_syscall_info info;

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, to_call(pid, SYS_getppid));
	ASSERT_EQ(0, to_end_of_call(pid));
	EXPECT_EQ(getpid(), call_info(pid).exit.rval);
	ASSERT_EQ(0, to_call(pid, SYS_write));
	EXPECT_EQ(1, call_info(pid).entry.args[2]);
	ASSERT_EQ(0, to_end_of_call(pid));
	EXPECT_EQ(1, call_info(pid).exit.rval);
	ASSERT_EQ(0, to_call(pid, SYS_openat));
	ASSERT_EQ(0, to_end_of_call(pid));
	info = call_info(pid);
	EXPECT_EQ(-ENOENT, info.exit.rval);
	EXPECT_EQ(1, info.exit.is_error);
	EXPECT_EQ(0, trace(PTRACE_CONT, pid, 0, 0));
	EXPECT_EQ(1, ended(pid));
}

/* The call is what it is when the tracer lets go, and returns what the tracer says. */
TEST(another_call)
{
	pid_t pid = start(some_calls, 0);
	struct user_regs_struct regs;

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, to_call(pid, SYS_getppid));
	ASSERT_EQ(0, trace(PTRACE_POKEUSR, pid, 8 * ORIG_RAX, SYS_getpid));
	ASSERT_EQ(0, to_end_of_call(pid));
	EXPECT_EQ(pid, call_info(pid).exit.rval);
	/* None at all. */
	ASSERT_EQ(0, to_call(pid, SYS_write));
	ASSERT_EQ(0, trace(PTRACE_GETREGS, pid, 0, (unsigned long)&regs));
	regs.orig_rax = -1;
	ASSERT_EQ(0, trace(PTRACE_SETREGS, pid, 0, (unsigned long)&regs));
	ASSERT_EQ(0, to_end_of_call(pid));
	EXPECT_EQ(-ENOSYS, call_info(pid).exit.rval);
	/* Another number of bytes, and another answer. */
	ASSERT_EQ(0, trace(PTRACE_POKEUSR, pid, 8 * RAX, -EAGAIN));
	EXPECT_EQ(0, trace(PTRACE_CONT, pid, 0, 0));
	EXPECT_EQ(1, ended(pid));
}

static int one_call(void)
{
	return getppid() == 77 ? 5 : 6;
}

TEST(another_answer)
{
	pid_t pid = start(one_call, 0);

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, to_call(pid, SYS_getppid));
	ASSERT_EQ(0, to_end_of_call(pid));
	ASSERT_EQ(0, trace(PTRACE_POKEUSR, pid, 8 * RAX, 77));
	EXPECT_EQ(0, trace(PTRACE_CONT, pid, 0, 0));
	EXPECT_EQ(5, ended(pid));
}

/* No call is made, and the tracer stands in for the kernel. */
TEST(emulated)
{
	struct user_regs_struct regs;
	pid_t pid = start(one_call, 0);

	ASSERT_LT(0, pid);
	/* raise() has its mask to bring back before that. */
	do {
		ASSERT_EQ(0, trace(PTRACE_SYSEMU, pid, 0, 0));
		ASSERT_EQ(SYSCALL_STOP, WSTOPSIG(stopped(pid)));
		ASSERT_EQ(0, trace(PTRACE_GETREGS, pid, 0, (unsigned long)&regs));
		regs.rax = regs.orig_rax == SYS_getppid ? 77 : 0;
		ASSERT_EQ(0, trace(PTRACE_SETREGS, pid, 0, (unsigned long)&regs));
	} while (regs.orig_rax != SYS_getppid);
	EXPECT_EQ(0, trace(PTRACE_CONT, pid, 0, 0));
	EXPECT_EQ(5, ended(pid));
}

static char path[64];

static int open_mem(pid_t pid, int flags)
{
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	return open(path, flags);
}

static int exit_value(void)
{
	return shared_value;
}

TEST(memory)
{
	int value = 0, fd;
	struct iovec here = { &value, sizeof(value) };
	struct iovec there = { (void *)&shared_value, sizeof(value) };
	pid_t pid = start(exit_value, 0);
	unsigned long word;

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, peek(pid, (void *)&shared_value, &word));
	EXPECT_EQ(1, (int)word);
	ASSERT_EQ(0, poke(pid, (void *)&shared_value, (word & ~0xfful) | 2));
	EXPECT_EQ(sizeof(value), process_vm_readv(pid, &here, 1, &there, 1, 0));
	EXPECT_EQ(2, value);
	value = 3;
	EXPECT_EQ(sizeof(value), process_vm_writev(pid, &here, 1, &there, 1, 0));
	fd = open_mem(pid, O_RDWR);
	ASSERT_LE(0, fd);
	EXPECT_EQ(sizeof(value), pread(fd, &value, sizeof(value), (off_t)&shared_value));
	EXPECT_EQ(3, value);
	value = 44;
	EXPECT_EQ(sizeof(value), pwrite(fd, &value, sizeof(value), (off_t)&shared_value));
	close(fd);
	EXPECT_EQ(-EIO, peek(pid, (void *)8, &word));
	EXPECT_EQ(0, trace(PTRACE_CONT, pid, 0, 0));
	EXPECT_EQ(44, ended(pid));
	/* It was the child's. */
	EXPECT_EQ(1, shared_value);
}

/* A breakpoint, as debuggers set it, in text that may not be written. */
TEST(breakpoint)
{
	pid_t pid = start(exit_value, 0);
	struct user_regs_struct regs;
	unsigned long word, trap;

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, peek(pid, exit_value, &word));
	trap = (word & ~0xfful) | 0xcc;
	ASSERT_EQ(0, poke(pid, exit_value, trap));
	ASSERT_EQ(0, trace(PTRACE_CONT, pid, 0, 0));
	ASSERT_EQ(SIGTRAP, WSTOPSIG(stopped(pid)));
	ASSERT_EQ(0, trace(PTRACE_GETREGS, pid, 0, (unsigned long)&regs));
	EXPECT_EQ((unsigned long)exit_value + 1, regs.rip);
	ASSERT_EQ(0, poke(pid, exit_value, word));
	regs.rip--;
	ASSERT_EQ(0, trace(PTRACE_SETREGS, pid, 0, (unsigned long)&regs));
	ASSERT_EQ(0, trace(PTRACE_SINGLESTEP, pid, 0, 0));
	ASSERT_EQ(SIGTRAP, WSTOPSIG(stopped(pid)));
	EXPECT_EQ(0, trace(PTRACE_CONT, pid, 0, 0));
	EXPECT_EQ(1, ended(pid));
}

/* A line of /proc/PID/status */
static void status_line(pid_t pid, const char *key, char *line, size_t size)
{
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "r");
	while (file && fgets(line, size, file))
		if (!strncmp(line, key, strlen(key)))
			break;
	if (file)
		fclose(file);
}

TEST(proc)
{
	pid_t pid = start(exit_value, 0);
	char line[256], expected[64];

	ASSERT_LT(0, pid);
	snprintf(expected, sizeof(expected), "TracerPid:\t%d\n", getpid());
	status_line(pid, "TracerPid:", line, sizeof(line));
	EXPECT_STREQ(expected, line);
	status_line(pid, "State:", line, sizeof(line));
	EXPECT_STREQ("State:\tt (tracing stop)\n", line);
	EXPECT_EQ(0, trace(PTRACE_DETACH, pid, 0, 0));
	EXPECT_EQ(1, ended(pid));
}

static int blocking_pipe[2];

/* A call of the module's that waits until the other side writes. */
static int read_pipe(void)
{
	char c = 0;

	if (read(blocking_pipe[0], &c, 1) != 1)
		return 1;
	return c;
}

static int wait_epoll(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	int ep = epoll_create1(0);

	if (ep < 0 || epoll_ctl(ep, EPOLL_CTL_ADD, blocking_pipe[0], &event))
		return 1;
	/* Linux does not go on with this one: EINTR. */
	if (epoll_wait(ep, &event, 1, -1) >= 0 || errno != EINTR)
		return 2;
	return read_pipe();
}

static int sleep_long(void)
{
	struct timespec ts = { .tv_nsec = 300000000 };

	return nanosleep(&ts, NULL) ? 1 : 'x';
}

static bool sleeps(pid_t pid)
{
	char line[256] = "";

	for (int i = 0; i < 2000; i++) {
		status_line(pid, "State:", line, sizeof(line));
		if (strstr(line, "S (sleeping)"))
			return true;
		usleep(5000);
	}
	return false;
}

/* Interrupted by a tracer, which nobody else notices. */
static int interrupt(int (*body)(void))
{
	pid_t pid;

	if (pipe(blocking_pipe))
		return -1;
	pid = fork();
	if (!pid)
		_exit(body());
	if (trace(PTRACE_SEIZE, pid, 0, 0))
		return -2;
	for (int i = 0; i < 2; i++) {
		if (!sleeps(pid) || trace(PTRACE_INTERRUPT, pid, 0, 0))
			return -3;
		if (EVENT(stopped(pid)) != PTRACE_EVENT_STOP || trace(PTRACE_CONT, pid, 0, 0))
			return -4;
	}
	if (!sleeps(pid) || write(blocking_pipe[1], "x", 1) != 1)
		return -5;
	return ended(pid);
}

TEST(interrupted_waits)
{
	EXPECT_EQ('x', interrupt(read_pipe));
	EXPECT_EQ('x', interrupt(wait_epoll));
	EXPECT_EQ('x', interrupt(sleep_long));
}

/* With clone3, whose registers have to be the caller's at each stop. */
static int make_child(void)
{
	static struct clone_args args = { .exit_signal = SIGCHLD };
	register long r10 asm("r10") = 0x1010, r8 asm("r8") = 0x8080;
	long ret;

	asm volatile("syscall" : "=a"(ret)
		     : "a"(SYS_clone3), "D"(&args), "S"(sizeof(args)), "d"(0xdddd),
		       "r"(r10), "r"(r8)
		     : "rcx", "r11", "memory");
	if (!ret)
		_exit(0);
	return ret > 0 ? ended(ret) + 7 : 1;
}

static bool arguments_of_clone3(pid_t pid)
{
	struct user_regs_struct regs;

	return !trace(PTRACE_GETREGS, pid, 0, (unsigned long)&regs) &&
	       regs.rsi == sizeof(struct clone_args) && regs.rdx == 0xdddd &&
	       regs.r10 == 0x1010 && regs.r8 == 0x8080;
}

static bool regs_of_clone3(pid_t pid)
{
	struct user_regs_struct regs;

	return arguments_of_clone3(pid) && !trace(PTRACE_GETREGS, pid, 0, (unsigned long)&regs) &&
	       regs.orig_rax == SYS_clone3;
}

TEST(children_are_traced)
{
	pid_t pid = start(make_child, PTRACE_O_TRACEFORK | PTRACE_O_TRACEEXIT);
	unsigned long child = 0;

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, to_call(pid, SYS_clone3));
	EXPECT_TRUE(regs_of_clone3(pid));
	ASSERT_EQ(0, trace(PTRACE_SYSCALL, pid, 0, 0));
	ASSERT_EQ(PTRACE_EVENT_FORK, EVENT(stopped(pid)));
	EXPECT_TRUE(regs_of_clone3(pid));
	ASSERT_EQ(0, trace(PTRACE_GETEVENTMSG, pid, 0, (unsigned long)&child));
	ASSERT_EQ(SIGSTOP, WSTOPSIG(stopped(child)));
	EXPECT_TRUE(regs_of_clone3(child));
	ASSERT_EQ(0, trace(PTRACE_CONT, child, 0, 0));
	ASSERT_EQ(PTRACE_EVENT_EXIT, EVENT(stopped(child)));
	ASSERT_EQ(0, trace(PTRACE_CONT, child, 0, 0));
	EXPECT_EQ(0, ended(child));
	ASSERT_EQ(0, trace(PTRACE_SYSCALL, pid, 0, 0));
	/* The death of its child may come first. */
	if (WSTOPSIG(stopped(pid)) == SIGCHLD) {
		ASSERT_EQ(0, trace(PTRACE_SYSCALL, pid, 0, SIGCHLD));
		stopped(pid);
	}
	EXPECT_EQ(child, call_info(pid).exit.rval);
	EXPECT_TRUE(regs_of_clone3(pid));
	ASSERT_EQ(0, trace(PTRACE_DETACH, pid, 0, 0));
	EXPECT_EQ(7, ended(pid));
}

/* A clone3 that fails leaves its registers, too. */
static int fail_to_make_child(void)
{
	static struct clone_args args = { .flags = CLONE_THREAD };

	return syscall(SYS_clone3, &args, sizeof(args), 0xdddd, 0x1010, 0x8080) == -1 &&
	       errno == EINVAL ? 7 : 1;
}

TEST(child_that_is_not_made)
{
	pid_t pid = start(fail_to_make_child, 0);

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, to_call(pid, SYS_clone3));
	EXPECT_TRUE(regs_of_clone3(pid));
	ASSERT_EQ(0, to_end_of_call(pid));
	EXPECT_EQ(-EINVAL, call_info(pid).exit.rval);
	/* Where it says so, on its way back. */
	ASSERT_EQ(0, trace(PTRACE_SINGLESTEP, pid, 0, 0));
	ASSERT_EQ(SIGTRAP, WSTOPSIG(stopped(pid)) & ~0x80);
	EXPECT_TRUE(arguments_of_clone3(pid));
	ASSERT_EQ(0, trace(PTRACE_DETACH, pid, 0, 0));
	EXPECT_EQ(7, ended(pid));
}

static int become_another(void)
{
	execl("/proc/self/exe", "trace", "--help", NULL);
	return 9;
}

TEST(programs)
{
	pid_t pid = start(become_another, PTRACE_O_TRACEEXEC);

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, trace(PTRACE_CONT, pid, 0, 0));
	ASSERT_EQ(PTRACE_EVENT_EXEC, EVENT(stopped(pid)));
	/* Its memory is new, and the tracer's to write. */
	EXPECT_LE(0, open_mem(pid, O_RDWR));
	EXPECT_EQ(0, trace(PTRACE_KILL, pid, 0, 0));
	EXPECT_EQ(128 + SIGKILL, ended(pid));
}

TEST(errors)
{
	struct iovec vector = { path, 1 };
	pid_t pid = start(exit_value, 0), gone = fork();

	ASSERT_LT(0, pid);
	if (!gone)
		_exit(0);
	ASSERT_EQ(0, ended(gone));
	EXPECT_EQ(-ESRCH, trace(PTRACE_ATTACH, gone, 0, 0));
	EXPECT_EQ(-ESRCH, trace(PTRACE_SEIZE, gone, 0, 0));
	EXPECT_EQ(-ESRCH, trace(PTRACE_CONT, gone, 0, 0));
	EXPECT_EQ(-ESRCH, trace(PTRACE_ATTACH, -1, 0, 0));
	EXPECT_EQ(-ESRCH, trace(PTRACE_ATTACH, 0, 0, 0));
	EXPECT_EQ(-EPERM, trace(PTRACE_ATTACH, getpid(), 0, 0));
	EXPECT_EQ(-EPERM, trace(PTRACE_ATTACH, pid, 0, 0));
	EXPECT_EQ(-EIO, trace(PTRACE_SEIZE, pid, 1, 0));
	EXPECT_EQ(-EINVAL, trace(PTRACE_SETOPTIONS, pid, 0, 1ul << 40));
	EXPECT_EQ(-EIO, trace(PTRACE_POKEUSR, pid, 3, 0));
	EXPECT_EQ(-EFAULT, trace(PTRACE_GETREGS, pid, 0, 0));
	EXPECT_EQ(-1, process_vm_readv(gone, &vector, 1, &vector, 1, 0));
	EXPECT_EQ(ESRCH, errno);
	EXPECT_EQ(-1, process_vm_readv(getpid(), &vector, 1, &vector, 1, 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, process_vm_writev(getpid(), &vector, 1, &vector, 1025, 0));
	EXPECT_EQ(EINVAL, errno);
	/* Not stopped any more. */
	EXPECT_EQ(0, trace(PTRACE_CONT, pid, 0, 0));
	EXPECT_EQ(1, ended(pid));
	EXPECT_EQ(-ESRCH, trace(PTRACE_GETREGS, pid, 0, (unsigned long)path));
}

/* The tracee goes with its tracer, or lives on. */
TEST(death_of_the_tracer)
{
	int fds[2];
	char c;

	ASSERT_EQ(0, pipe(fds));
	for (int kill_it = 0; kill_it < 2; kill_it++) {
		pid_t tracee = fork(), tracer;

		if (!tracee) {
			close(fds[0]);
			pause();
			_exit(0);
		}
		tracer = fork();
		if (!tracer)
			_exit(trace(PTRACE_SEIZE, tracee, 0, kill_it ? PTRACE_O_EXITKILL : 0));
		ASSERT_EQ(0, ended(tracer));
		if (!kill_it)
			kill(tracee, SIGTERM);
		EXPECT_EQ(128 + (kill_it ? SIGKILL : SIGTERM), ended(tracee));
	}
	close(fds[1]);
	EXPECT_EQ(0, read(fds[0], &c, 1));
}

/* What may not be dumped may not be traced, by root without that capability either. */
TEST(may_not)
{
	pid_t pid;
	int fds[2];
	char c;

	ASSERT_EQ(0, pipe(fds));
	pid = fork();
	if (!pid) {
		prctl(PR_SET_DUMPABLE, 0);
		close(fds[1]);
		_exit(read(fds[0], &c, 1));
	}
	ASSERT_TRUE(sleeps(pid));
	EXPECT_EQ(-EPERM, trace(PTRACE_SEIZE, pid, 0, 0));
	close(fds[1]);
	EXPECT_EQ(0, ended(pid));
}

TEST_HARNESS_MAIN
