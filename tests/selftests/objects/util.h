/* SPDX-License-Identifier: GPL-2.0 */
/* What several of these programs need. */
#ifndef _SELFTESTS_OBJECTS_UTIL_H
#define _SELFTESTS_OBJECTS_UTIL_H

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE	4096

/* open(2) adds it, pipe(2) does not. */
#define LARGEFILE	0100000

static atomic_int signals;

static inline void count_signal(int nr)
{
	signals++;
}

static inline void on_signal(int nr, int flags)
{
	struct sigaction action = { .sa_handler = count_signal, .sa_flags = flags };

	signals = 0;
	sigaction(nr, &action, NULL);
}

/* A SIGALRM after @ms, and again and again: one alone could come too early. */
static inline void alarm_after(int ms, int flags)
{
	struct itimerval timer = {
		.it_value = { .tv_usec = ms * 1000 },
		.it_interval = { .tv_usec = 50000 },
	};

	on_signal(SIGALRM, flags);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static inline void no_alarm(void)
{
	struct itimerval timer = {};

	setitimer(ITIMER_REAL, &timer, NULL);
}

static inline void stop_and_continue(pid_t child)
{
	usleep(100000);
	kill(child, SIGSTOP);
	waitpid(child, NULL, WUNTRACED);
	usleep(100000);
	kill(child, SIGCONT);
}

/* An address that the compiler knows nothing about. */
static inline void *at(unsigned long addr)
{
	asm("" : "+r" (addr));
	return (void *)addr;
}

static inline void *pages(unsigned int n)
{
	return mmap(NULL, n * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* Two pages of which the second is not there. */
static inline char *half_mapped(void)
{
	char *map = pages(2);

	munmap(map + PAGE, PAGE);
	return map;
}

static inline long ms_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static inline int events(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = ~0 };

	return poll(&pfd, 1, 0) < 0 ? -1 : pfd.revents;
}

static inline void nonblock(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/* By its link in /proc. */
static inline int open_fd(int fd, int flags)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	return open(name, flags);
}

#endif /* _SELFTESTS_OBJECTS_UTIL_H */
