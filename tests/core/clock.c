// SPDX-License-Identifier: GPL-2.0
/*
 * clock: say "ready", then how each of two waits for a far time ends that are
 * to be cancelled when the clock is set: one in read(2), one in epoll_wait(2).
 */
#include <err.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int far_timer(int flags)
{
	struct itimerspec far = { .it_value.tv_sec = time(NULL) + 1000000 };
	int fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC);

	if (fd < 0 || timerfd_settime(fd, TFD_TIMER_ABSTIME | flags, &far, NULL))
		err(1, "setting a timer");
	return fd;
}

static const char *end_of(int fd)
{
	uint64_t ticks;

	if (read(fd, &ticks, sizeof(ticks)) == sizeof(ticks))
		return "ticks";
	return errno == ECANCELED ? "canceled" : "error";
}

int main(void)
{
	int reads = far_timer(TFD_TIMER_CANCEL_ON_SET), polls = far_timer(TFD_TIMER_CANCEL_ON_SET);
	struct epoll_event event = { .events = EPOLLIN };
	int other = far_timer(0), ep = epoll_create1(0);
	struct itimerspec left;
	pid_t child;

	if (ep < 0 || epoll_ctl(ep, EPOLL_CTL_ADD, polls, &event))
		err(1, "epoll");
	setlinebuf(stdout);
	child = fork();
	if (!child) {
		puts("ready");
		printf("read %s\n", end_of(reads));
		return 0;
	}
	if (child < 0 || epoll_wait(ep, &event, 1, -1) != 1)
		err(1, "waiting");
	waitpid(child, NULL, 0);
	printf("epoll %s\n", end_of(polls));
	/* The other one runs on, to the same time. */
	if (timerfd_gettime(other, &left))
		err(1, "asking for the rest");
	printf("rest %s\n", left.it_value.tv_sec > 900000 && left.it_value.tv_sec < 999000 ?
	       "shorter" : "the same");
	return 0;
}
