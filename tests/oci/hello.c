// SPDX-License-Identifier: GPL-2.0
/*
 * The smallest program of a container: says hello, or, as "hello pause", waits
 * to be told to end, which is what the sandbox of a pod has to run.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

static void end(int signo)
{
	(void)signo;
	_exit(0);
}

int main(int argc, char **argv)
{
	static const char hello[] = "Hello from a container.\n";

	if (argc < 2)
		return write(STDOUT_FILENO, hello, strlen(hello)) != (ssize_t)strlen(hello);
	if (strcmp(argv[1], "pause"))
		return 2;
	signal(SIGTERM, end);
	signal(SIGINT, end);
	for (;;)
		pause();
}
