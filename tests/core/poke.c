// SPDX-License-Identifier: GPL-2.0
/*
 * poke PID: try on a task all that takes a pid.
 *
 * Says on one line each how the answers differ from those for a pid that no
 * task has.  To be run where PID is not to be seen.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SYS(name, ...)	result(syscall(SYS_##name, ##__VA_ARGS__))

/* The clock of a process's CPU time, and of a thread's. */
#define CLOCK_OF(pid)	((~(clockid_t)(pid) << 3) | 2)
#define CLOCK_OF_THREAD(pid)	(CLOCK_OF(pid) | 4)

static long result(long ret)
{
	return ret < 0 ? -errno : ret;
}

static char buf[4096];
static siginfo_t info = { .si_code = SI_QUEUE };
static struct sched_param param;
static struct rlimit limit;
static struct timespec ts;
static struct iovec vector = { buf, 1 };
static int own;			/* a descriptor that can have an owner */

static long set_owner_ex(int type, pid_t pid)
{
	struct f_owner_ex owner = { .type = type, .pid = pid };

	return SYS(fcntl, own, F_SETOWN_EX, &owner);
}

static long capabilities(pid_t pid)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, pid };

	return SYS(capget, &header, buf);
}

static long proc_file(pid_t pid, const char *name)
{
	struct stat st;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d%s", pid, name);
	return result(stat(path, &st));
}

static long in_listing(pid_t pid)
{
	const struct dirent *entry;
	DIR *dir = opendir("/proc");
	long found = 0;

	while ((entry = readdir(dir)))
		found |= atoi(entry->d_name) == pid;
	closedir(dir);
	return found;
}

#define CALLS							\
	CALL(kill_0, SYS(kill, pid, 0))				\
	CALL(kill, SYS(kill, pid, SIGUSR1))			\
	CALL(kill_stop, SYS(kill, pid, SIGSTOP))		\
	CALL(kill_group, SYS(kill, -pid, SIGUSR1))		\
	CALL(tkill, SYS(tkill, pid, SIGUSR1))			\
	CALL(tgkill, SYS(tgkill, pid, pid, SIGUSR1))		\
	CALL(sigqueue, SYS(rt_sigqueueinfo, pid, SIGUSR1, &info))	\
	CALL(tgsigqueue, SYS(rt_tgsigqueueinfo, pid, pid, SIGUSR1, &info))	\
	CALL(getpgid, SYS(getpgid, pid))			\
	CALL(getsid, SYS(getsid, pid))				\
	CALL(setpgid, SYS(setpgid, pid, 0))			\
	CALL(join_group, SYS(setpgid, 0, pid))			\
	CALL(getpriority, SYS(getpriority, PRIO_PROCESS, pid))	\
	CALL(getpriority_group, SYS(getpriority, PRIO_PGRP, pid))	\
	CALL(setpriority, SYS(setpriority, PRIO_PROCESS, pid, 5))	\
	CALL(setpriority_group, SYS(setpriority, PRIO_PGRP, pid, 5))	\
	CALL(ioprio_get, SYS(ioprio_get, 1, pid))		\
	CALL(ioprio_get_group, SYS(ioprio_get, 2, pid))		\
	CALL(ioprio_set, SYS(ioprio_set, 1, pid, 2 << 13))	\
	CALL(sched_getscheduler, SYS(sched_getscheduler, pid))	\
	CALL(sched_setscheduler, SYS(sched_setscheduler, pid, SCHED_BATCH, &param))	\
	CALL(sched_getparam, SYS(sched_getparam, pid, &param))	\
	CALL(sched_setparam, SYS(sched_setparam, pid, &param))	\
	CALL(sched_getattr, SYS(sched_getattr, pid, buf, 56, 0))	\
	CALL(sched_getaffinity, SYS(sched_getaffinity, pid, 128, buf))	\
	CALL(sched_rr, SYS(sched_rr_get_interval, pid, &ts))	\
	CALL(prlimit, SYS(prlimit64, pid, RLIMIT_CORE, NULL, &limit))	\
	CALL(capget, capabilities(pid))				\
	CALL(clock, SYS(clock_gettime, CLOCK_OF(pid), &ts))	\
	CALL(clock_of_thread, SYS(clock_gettime, CLOCK_OF_THREAD(pid), &ts))	\
	CALL(clock_getres, SYS(clock_getres, CLOCK_OF(pid), &ts))	\
	CALL(clock_nanosleep, SYS(clock_nanosleep, CLOCK_OF(pid), TIMER_ABSTIME, &zero, NULL))	\
	CALL(timer, SYS(timer_create, CLOCK_OF(pid), NULL, buf))	\
	CALL(setown, SYS(fcntl, own, F_SETOWN, pid))		\
	CALL(setown_group, SYS(fcntl, own, F_SETOWN, -pid))	\
	CALL(setown_ex, set_owner_ex(F_OWNER_PID, pid))		\
	CALL(setown_ex_thread, set_owner_ex(F_OWNER_TID, pid))	\
	CALL(setown_ex_group, set_owner_ex(F_OWNER_PGRP, pid))	\
	CALL(wait, SYS(wait4, pid, NULL, WNOHANG, NULL))	\
	CALL(waitid, SYS(waitid, P_PID, pid, &info, WNOHANG | WEXITED, NULL))	\
	CALL(ptrace, SYS(ptrace, PTRACE_ATTACH, pid, 0, 0))	\
	CALL(ptrace_seize, SYS(ptrace, PTRACE_SEIZE, pid, 0, 0))	\
	CALL(read_memory, SYS(process_vm_readv, pid, &vector, 1, &vector, 1, 0))	\
	CALL(write_memory, SYS(process_vm_writev, pid, &vector, 1, &vector, 1, 0))	\
	CALL(proc, proc_file(pid, ""))				\
	CALL(proc_status, proc_file(pid, "/status"))		\
	CALL(proc_root, proc_file(pid, "/root/etc"))		\
	CALL(listing, in_listing(pid))

static const struct timespec zero;

#define CALL(name, ...) static long call_##name(pid_t pid) { return __VA_ARGS__; }
CALLS
#undef CALL

static const struct {
	const char *name;
	long (*call)(pid_t pid);
} calls[] = {
#define CALL(name, ...) { #name, call_##name },
CALLS
};

int main(int argc, char **argv)
{
	pid_t pid = argc > 1 ? atoi(argv[1]) : 0, nobody;
	int pipes[2];

	if (pid <= 0 || pipe(pipes))
		return 125;
	own = pipes[0];
	/* Just reaped, so not given out again soon. */
	nobody = fork();
	if (!nobody)
		_exit(0);
	waitpid(nobody, NULL, 0);

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		long there = calls[i].call(pid), absent = calls[i].call(nobody);

		if (there != absent)
			printf("%s: %ld, for nobody %ld\n", calls[i].name, there, absent);
	}
	/* Of this user, which is the others' as well. */
	setpriority(PRIO_USER, 0, 3);
	SYS(ioprio_set, 3, getuid(), 3 << 13);
	/* All others but pid 1: nobody. */
	if (SYS(kill, -1, SIGTERM) != -ESRCH)
		printf("kill_all found somebody\n");
	return 0;
}
