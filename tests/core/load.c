// SPDX-License-Identifier: GPL-2.0
/*
 * load FILE N: load a module, of whose fault points the Nth fails.
 *
 * Says the errno, 0 if it is loaded, and how many points there would have to be
 * for one to fail: 0 if one did.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int module = argc == 3 ? open(argv[1], O_RDONLY) : -1;
	int nth = open("/proc/thread-self/fail-nth", O_RDWR);
	char left[16] = "";
	int ret;

	if (module < 0 || nth < 0 || write(nth, argv[2], strlen(argv[2])) < 0)
		err(125, "load");
	ret = syscall(SYS_finit_module, module, "", 0) ? errno : 0;
	if (pread(nth, left, sizeof(left) - 1, 0) < 0 || pwrite(nth, "0", 1, 0) < 0)
		err(125, "fail-nth");
	printf("%d %d\n", ret, atoi(left));
	return 0;
}
