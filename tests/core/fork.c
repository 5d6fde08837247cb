// SPDX-License-Identifier: GPL-2.0
/*
 * fork: make a task in every way, whenever a line comes.
 *
 * Says "ready", and then on one line the errno of each way, 0 if it worked.
 */
#include <errno.h>
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static long by_fork(void)
{
	return syscall(SYS_fork);
}

static long by_clone(void)
{
	return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static long by_clone3(void)
{
	struct clone_args args = { .exit_signal = SIGCHLD };

	return syscall(SYS_clone3, &args, sizeof(args));
}

static int try(long (*way)(void))
{
	long pid = way();

	if (!pid)
		_exit(0);
	if (pid < 0)
		return errno;
	waitpid(pid, NULL, 0);
	return 0;
}

/* Its child may not return from a function. */
static int try_vfork(void)
{
	pid_t pid = vfork();

	if (!pid)
		_exit(0);
	if (pid < 0)
		return errno;
	waitpid(pid, NULL, 0);
	return 0;
}

static void *nothing(void *arg)
{
	return arg;
}

static int try_thread(void)
{
	pthread_t thread;
	int err = pthread_create(&thread, NULL, nothing, NULL);

	return err ?: pthread_join(thread, NULL);
}

int main(void)
{
	char line[16];

	setvbuf(stdin, NULL, _IONBF, 0);
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("ready");
	while (fgets(line, sizeof(line), stdin))
		printf("%d %d %d %d %d\n", try(by_fork), try(by_clone), try(by_clone3),
		       try_vfork(), try_thread());
	return 0;
}
