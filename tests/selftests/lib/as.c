// SPDX-License-Identifier: GPL-2.0
/*
 * as UID PROGRAM [ARG...]: run a program under an id, without other groups and,
 * if the id is not 0, without capabilities.
 */
#include <err.h>
#include <grp.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	uid_t id;

	if (argc < 3)
		errx(125, "usage: as UID PROGRAM [ARG...]");
	id = strtoul(argv[1], NULL, 10);
	if (setgroups(0, NULL) || setresgid(id, id, id) || setresuid(id, id, id))
		err(125, "becoming %u", id);
	execv(argv[2], argv + 2);
	err(125, "%s", argv[2]);
}
