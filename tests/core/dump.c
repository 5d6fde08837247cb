// SPDX-License-Identifier: GPL-2.0
/*
 * dump core|limit|set SOFT HARD: crash; print the limit of core files as
 * getrlimit and prlimit tell it; set it and print it.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void print_limit(void)
{
	struct rlimit by_get, by_prlimit;

	if (getrlimit(RLIMIT_CORE, &by_get) || prlimit(0, RLIMIT_CORE, NULL, &by_prlimit))
		err(1, "getrlimit");
	if (memcmp(&by_get, &by_prlimit, sizeof(by_get)))
		errx(1, "getrlimit and prlimit differ");
	printf("%ld %ld\n", (long)by_get.rlim_cur, (long)by_get.rlim_max);
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "core")) {
		/* A signal sent to itself would not reach the init of a namespace. */
		*(volatile int *)0 = 1;
	} else if (argc == 2 && !strcmp(argv[1], "limit")) {
		print_limit();
		return 0;
	} else if (argc == 4 && !strcmp(argv[1], "set")) {
		struct rlimit limit = { strtoul(argv[2], NULL, 0), strtoul(argv[3], NULL, 0) };

		if (setrlimit(RLIMIT_CORE, &limit)) {
			printf("%s\n", strerrorname_np(errno));
			return 0;
		}
		print_limit();
		return 0;
	}
	errx(1, "usage: dump core|limit|set SOFT HARD");
}
