// SPDX-License-Identifier: GPL-2.0
/*
 * watch PATH: say "ready", then what inotify tells of it, an event to a line;
 * until the watch ends or something is called "end".
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define __aligned(n)	__attribute__((aligned(n)))

static const struct {
	unsigned int bit;
	const char *name;
} names[] = {
	{ IN_MODIFY, "modify" }, { IN_ATTRIB, "attrib" }, { IN_CLOSE_WRITE, "close" },
	{ IN_MOVED_FROM, "from" }, { IN_MOVED_TO, "to" }, { IN_CREATE, "create" },
	{ IN_DELETE, "delete" }, { IN_UNMOUNT, "unmount" }, { IN_IGNORED, "ignored" },
};

int main(int argc, char **argv)
{
	char buf[4096] __aligned(8);
	const struct inotify_event *event;
	int fd = inotify_init1(IN_CLOEXEC);
	ssize_t n, pos;
	unsigned int i;

	if (argc != 2)
		errx(2, "usage: watch PATH");
	if (fd < 0 || inotify_add_watch(fd, argv[1], IN_ALL_EVENTS & ~IN_ACCESS & ~IN_OPEN) < 0)
		err(1, "%s", argv[1]);
	setlinebuf(stdout);
	puts("ready");
	for (;;) {
		n = read(fd, buf, sizeof(buf));
		if (n <= 0)
			err(1, "reading events");
		for (pos = 0; pos < n; pos += sizeof(*event) + event->len) {
			event = (const void *)(buf + pos);
			for (i = 0; i < sizeof(names) / sizeof(*names); i++)
				if (event->mask & names[i].bit)
					printf("%s %s\n", names[i].name,
					       event->len ? event->name : "-");
			if (event->mask & IN_IGNORED)
				return 0;
			if (event->len && !strcmp(event->name, "end"))
				return 0;
		}
	}
}
