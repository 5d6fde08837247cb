// SPDX-License-Identifier: GPL-2.0
/*
 * exec: executes itself for ever, each time from another thread while others are
 * in the middle of calls.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int pipes[2];

static void *calls(void *arg)
{
	char c;

	for (;;)
		if (read(pipes[0], &c, 1) < 0)
			return arg;
}

static void *again(void *arg)
{
	execl("/proc/self/exe", "exec", NULL);
	abort();
	return arg;
}

int main(void)
{
	pthread_t thread;

	if (pipe(pipes))
		abort();
	for (int i = 0; i < 4; i++)
		pthread_create(&thread, NULL, calls, NULL);
	pthread_create(&thread, NULL, again, NULL);
	for (;;)
		syscall(SYS_getppid);
}
