// SPDX-License-Identifier: GPL-2.0
/*
 * contain: a container runtime in one file, good and bad on purpose.
 *
 *	contain [OPTION...] -- PROGRAM [ARG...]
 *
 *	--name NAME	of the domain
 *	--join ID	be another container of a domain, instead of making one
 *	--share KIND	leave a namespace as the host has it: user, mnt, net, uts,
 *			ipc, cgroup; repeatable
 *	--net FILE	enter that network namespace, and share it
 *	--no-filter	exec without the filter that kills on every call
 *	--leak N	let N descriptors from 100 on through to the program
 *	--preserve N	tell the module that descriptors 3 to 3 + N - 1 are meant
 *	--count N	so many domains, one after the other
 *	--launch	only become the launcher, then exec PROGRAM: a real runtime
 *	--enter PID	enter the container of that task instead of making one
 *	--fail N	let the Nth fault point fail from the exec on
 *	--fail-launch N	the same for the launch
 *	--hold		before the exec say one's pid inside, and wait for a line
 *
 * Exits with the program's status, 128 + N if signal N ended it, 125 if the
 * module refused to launch.  It depends on nothing of ours but the interface.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/filter.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/sbx.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static const struct kind {
	const char *name;
	int flag;
} kinds[] = {
	{ "user", CLONE_NEWUSER }, { "mnt", CLONE_NEWNS }, { "net", CLONE_NEWNET },
	{ "uts", CLONE_NEWUTS }, { "ipc", CLONE_NEWIPC }, { "cgroup", CLONE_NEWCGROUP },
};

static struct {
	const char *name, *net;
	uint32_t join, preserve;
	int namespaces;
	bool no_filter, launch_only, hold;
	int leak, count;
	pid_t enter;
	const char *fail, *fail_launch;
} opt = { .namespaces = CLONE_NEWPID, .count = 1 };

/* A request under construction. */
static struct {
	struct nlmsghdr nl;
	struct genlmsghdr genl;
	char attrs[512];
} msg;

static void msg_start(uint16_t family, uint8_t cmd)
{
	memset(&msg, 0, sizeof(msg));
	msg.nl.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	msg.nl.nlmsg_type = family;
	msg.nl.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	msg.genl.cmd = cmd;
	msg.genl.version = 1;
}

static void msg_put(uint16_t type, const void *data, size_t len)
{
	struct nlattr *attr = (void *)((char *)&msg + NLMSG_ALIGN(msg.nl.nlmsg_len));

	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	memcpy((char *)attr + NLA_HDRLEN, data, len);
	msg.nl.nlmsg_len = NLMSG_ALIGN(msg.nl.nlmsg_len) + NLA_ALIGN(attr->nla_len);
}

static const void *attr_find(const void *start, size_t len, uint16_t type)
{
	const struct nlattr *attr = start;

	while (len >= sizeof(*attr) && attr->nla_len >= sizeof(*attr) && attr->nla_len <= len) {
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return (const char *)attr + NLA_HDRLEN;
		len -= NLA_ALIGN(attr->nla_len) < len ? NLA_ALIGN(attr->nla_len) : len;
		attr = (const void *)((const char *)attr + NLA_ALIGN(attr->nla_len));
	}
	return NULL;
}

/* The error of the acknowledgment; its text goes to standard error. */
static int ack_error(const struct nlmsghdr *nl)
{
	const struct nlmsgerr *ack = NLMSG_DATA(nl);
	size_t skip = sizeof(*ack);
	const char *text = NULL;

	if (!(nl->nlmsg_flags & NLM_F_CAPPED))
		skip += ack->msg.nlmsg_len - sizeof(ack->msg);
	if (nl->nlmsg_flags & NLM_F_ACK_TLVS)
		text = attr_find((const char *)ack + skip, nl->nlmsg_len - NLMSG_HDRLEN - skip,
				 NLMSGERR_ATTR_MSG);
	if (ack->error)
		warnx("module: %s: %s", strerror(-ack->error), text ?: "no reason given");
	return ack->error;
}

/* Sends the request, takes one attribute out of the reply, waits for the ack. */
static int transact(int sock, uint16_t want, void *value, size_t len)
{
	static char buf[16384];
	const struct nlmsghdr *nl;
	const void *data;
	ssize_t n;

	if (send(sock, &msg, msg.nl.nlmsg_len, 0) < 0)
		err(125, "send");
	for (;;) {
		n = recv(sock, buf, sizeof(buf), 0);
		if (n < 0)
			err(125, "recv");
		for (nl = (void *)buf; NLMSG_OK(nl, n); nl = NLMSG_NEXT(nl, n)) {
			if (nl->nlmsg_type == NLMSG_ERROR)
				return ack_error(nl);
			data = attr_find((const char *)NLMSG_DATA(nl) + GENL_HDRLEN,
					 nl->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN), want);
			if (data)
				memcpy(value, data, len);
		}
	}
}

static void write_file(pid_t pid, const char *name, const char *text)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		err(125, "%s", path);
	close(fd);
}

/* See the kernel's Documentation/fault-injection. */
static void fail_nth(pid_t pid, const char *nth)
{
	if (nth)
		write_file(pid, "fail-nth", nth);
}

static void launch(void)
{
	uint32_t container = 0;
	uint16_t family = 0;
	int one = 1, sock;

	sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (sock < 0)
		err(125, "netlink");
	setsockopt(sock, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(sock, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));

	msg_start(GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	msg_put(CTRL_ATTR_FAMILY_NAME, SBX_GENL_NAME, sizeof(SBX_GENL_NAME));
	if (transact(sock, CTRL_ATTR_FAMILY_ID, &family, sizeof(family)))
		errx(125, "no family %s: is the module loaded?", SBX_GENL_NAME);

	msg_start(family, SBX_CMD_LAUNCH);
	if (opt.join)
		msg_put(SBX_A_DOMAIN_ID, &opt.join, sizeof(opt.join));
	if (opt.name)
		msg_put(opt.join ? SBX_A_CONTAINER_NAME : SBX_A_DOMAIN_NAME,
			opt.name, strlen(opt.name) + 1);
	if (opt.preserve)
		msg_put(SBX_A_PRESERVE_FDS, &opt.preserve, sizeof(opt.preserve));
	fail_nth(getpid(), opt.fail_launch);
	if (transact(sock, SBX_A_CONTAINER_ID, &container, sizeof(container)))
		exit(125);
	fail_nth(getpid(), opt.fail_launch ? "0" : NULL);
	if (!container)
		errx(125, "the module told no container id");
	close(sock);
}

/* What every runtime's filter for a container is: death. */
static void filter(void)
{
	struct sock_filter kill = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	struct sock_fprog prog = { .len = 1, .filter = &kill };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog))
		err(125, "seccomp");
}

/* By bytes, so that the program finds the next line where it is. */
static int read_line(void)
{
	char c;

	do {
		if (read(0, &c, 1) != 1)
			return -1;
	} while (c != '\n');
	return 0;
}

static void child(char **argv, int ready)
{
	char c;
	int fd;

	if (read(ready, &c, 1) != 1)
		errx(125, "the parent died");
	close(ready);
	if (!opt.enter && (opt.namespaces & CLONE_NEWNS) &&
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		err(125, "making mounts private");
	for (int i = 0; i < opt.leak; i++) {
		fd = open("/etc/passwd", O_RDONLY);
		if (fd < 0 || dup2(fd, 100 + i) < 0)
			err(125, "leaking a descriptor");
		close(fd);
	}
	if (!opt.no_filter)
		filter();
	if (opt.hold && (dprintf(1, "%d\n", getpid()) < 0 || read_line()))
		errx(125, "nobody is there");
	execv(argv[0], argv);
	err(127, "%s", argv[0]);
}

static int status_of(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			err(125, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The module listens in the first network namespace only, so after the launch. */
static void enter_net(void)
{
	int fd = open(opt.net, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET))
		err(125, "%s", opt.net);
	close(fd);
}

/* All of its namespaces but those that are to be the host's. */
static void enter(void)
{
	int fd = syscall(SYS_pidfd_open, opt.enter, 0);

	if (fd < 0 || setns(fd, opt.namespaces))
		err(125, "entering %d", opt.enter);
	close(fd);
	opt.namespaces = 0;
}

static int run(char **argv)
{
	int ready[2];
	pid_t pid;

	if (opt.enter)
		enter();
	else
		launch();
	if (opt.launch_only) {
		execvp(argv[0], argv);
		err(127, "%s", argv[0]);
	}
	if (opt.net)
		enter_net();
	if (pipe2(ready, O_CLOEXEC))
		err(125, "pipe");
	pid = syscall(SYS_clone, SIGCHLD | opt.namespaces, NULL, NULL, NULL, NULL);
	if (pid < 0)
		err(125, "clone");
	if (!pid) {
		close(ready[1]);
		child(argv, ready[0]);
	}
	if (opt.namespaces & CLONE_NEWUSER) {
		write_file(pid, "uid_map", "0 0 4294967295");
		write_file(pid, "gid_map", "0 0 4294967295");
	}
	fail_nth(pid, opt.fail);
	/* It may be dead already: this end is open for that. */
	if (write(ready[1], "", 1) != 1)
		err(125, "pipe");
	close(ready[0]);
	close(ready[1]);
	return status_of(pid);
}

/* One task launches one container. */
static int run_many(char **argv)
{
	int status = 0;
	pid_t pid;

	for (int i = 0; i < opt.count && !status; i++) {
		pid = fork();
		if (pid < 0)
			err(125, "fork");
		if (!pid)
			_exit(run(argv));
		status = status_of(pid);
	}
	return status;
}

static void share(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!strcmp(kinds[i].name, name)) {
			opt.namespaces &= ~kinds[i].flag;
			return;
		}
	}
	errx(125, "no kind of namespace: %s", name);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "name", 1, NULL, 'n' }, { "join", 1, NULL, 'j' }, { "share", 1, NULL, 's' },
		{ "net", 1, NULL, 'N' }, { "no-filter", 0, NULL, 'f' }, { "leak", 1, NULL, 'l' },
		{ "preserve", 1, NULL, 'p' }, { "count", 1, NULL, 'c' },
		{ "launch", 0, NULL, 'L' }, { "enter", 1, NULL, 'e' }, { "hold", 0, NULL, 'h' },
		{ "fail", 1, NULL, 'F' }, { "fail-launch", 1, NULL, 'A' }, {}
	};
	int c;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		opt.namespaces |= kinds[i].flag;
	while ((c = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		switch (c) {
		case 'n':
			opt.name = optarg;
			break;
		case 'j':
			opt.join = atoi(optarg);
			break;
		case 's':
			share(optarg);
			break;
		case 'N':
			opt.net = optarg;
			share("net");
			break;
		case 'f':
			opt.no_filter = true;
			break;
		case 'l':
			opt.leak = atoi(optarg);
			break;
		case 'p':
			opt.preserve = atoi(optarg);
			break;
		case 'c':
			opt.count = atoi(optarg);
			break;
		case 'L':
			opt.launch_only = true;
			break;
		case 'e':
			opt.enter = atoi(optarg);
			break;
		case 'h':
			opt.hold = true;
			break;
		case 'F':
			opt.fail = optarg;
			break;
		case 'A':
			opt.fail_launch = optarg;
			break;
		default:
			return 125;
		}
	}
	if (optind == argc)
		errx(125, "no program");
	return opt.count > 1 ? run_many(argv + optind) : run(argv + optind);
}
