// SPDX-License-Identifier: GPL-2.0
/*
 * What is wrong with a request is refused, with an errno and words.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/genetlink.h>
#include <netlink/genl/genl.h>

#include "kselftest.h"
#include "nl.h"

static struct answer answer;
static int sock;

/* Whatever is done to a message to make it wrong. */
typedef void (*spoil_fn)(struct nl_msg *msg);

/*
 * struct bad - a wrong request
 * @name: what is wrong
 * @cmd: -
 * @flags: NLM_F_DUMP for a dump
 * @spoil: adds what is wrong
 * @err: errno that it deserves
 * @text: part of the message that goes with it, NULL for any message, "" if
 *	the core refuses the request without one
 */
struct bad {
	const char *name;
	int cmd;
	int flags;
	spoil_fn spoil;
	int err;
	const char *text;
};

static void name_of(struct nl_msg *msg, const char *name)
{
	nla_put_string(msg, SBX_A_DOMAIN_NAME, name);
}

static void nothing(struct nl_msg *msg) { (void)msg; }
static void unknown(struct nl_msg *msg) { nla_put_u32(msg, SBX_A_MAX + 1, 1); }
static void far_unknown(struct nl_msg *msg) { nla_put_u32(msg, 0x3000, 1); }
static void pad(struct nl_msg *msg) { nla_put_u32(msg, SBX_A_PAD, 1); }
static void unspec(struct nl_msg *msg) { nla_put_u32(msg, SBX_A_UNSPEC, 1); }
static void others(struct nl_msg *msg) { nla_put_u8(msg, SBX_A_EVENT, 1); }
static void id_zero(struct nl_msg *msg) { nla_put_u32(msg, SBX_A_DOMAIN_ID, 0); }
static void id_absent(struct nl_msg *msg) { nla_put_u32(msg, SBX_A_DOMAIN_ID, 4000000000u); }
static void id_short(struct nl_msg *msg) { nla_put_u16(msg, SBX_A_DOMAIN_ID, 1); }
static void id_long(struct nl_msg *msg) { nla_put_u64(msg, SBX_A_DOMAIN_ID, 1); }
static void id_empty(struct nl_msg *msg) { nla_put(msg, SBX_A_DOMAIN_ID, 0, NULL); }
static void name_absent(struct nl_msg *msg) { name_of(msg, "absent"); }
static void name_empty(struct nl_msg *msg) { name_of(msg, ""); }
static void name_blank(struct nl_msg *msg) { name_of(msg, "a b"); }
static void name_slash(struct nl_msg *msg) { name_of(msg, "a/b"); }
static void name_dots(struct nl_msg *msg) { name_of(msg, ".."); }
static void name_control(struct nl_msg *msg) { name_of(msg, "a\nb"); }
static void name_latin(struct nl_msg *msg) { name_of(msg, "a\xe9"); }
static void flags_unknown(struct nl_msg *msg) { nla_put_u32(msg, SBX_A_FLAGS, 1u << 31); }
static void flags_short(struct nl_msg *msg) { nla_put_u8(msg, SBX_A_FLAGS, 0); }
static void fds_many(struct nl_msg *msg) { nla_put_u32(msg, SBX_A_PRESERVE_FDS, 254); }
static void fds_most(struct nl_msg *msg) { nla_put_u32(msg, SBX_A_PRESERVE_FDS, UINT32_MAX); }

static void name_long(struct nl_msg *msg)
{
	char name[SBX_NAME_LEN + 2];

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	name_of(msg, name);
}

static void name_huge(struct nl_msg *msg)
{
	char name[3000];

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	name_of(msg, name);
}

static void name_open(struct nl_msg *msg)
{
	nla_put(msg, SBX_A_DOMAIN_NAME, 3, "abc");
}

static void name_nul(struct nl_msg *msg)
{
	nla_put(msg, SBX_A_DOMAIN_NAME, 4, "a\0b");
}

static void container_slash(struct nl_msg *msg)
{
	nla_put_string(msg, SBX_A_CONTAINER_NAME, "a/b");
}

static void container_zero(struct nl_msg *msg)
{
	nla_put_u32(msg, SBX_A_CONTAINER_ID, 0);
}

static void container_absent(struct nl_msg *msg)
{
	nla_put_u32(msg, SBX_A_CONTAINER_ID, 4000000000u);
}

static void hold_value(struct nl_msg *msg)
{
	nla_put_u32(msg, SBX_A_HOLD, 1);
}

static void container_twice(struct nl_msg *msg)
{
	container_absent(msg);
	container_absent(msg);
}

static void container_fds_many(struct nl_msg *msg)
{
	container_absent(msg);
	fds_many(msg);
}

static void id_twice(struct nl_msg *msg)
{
	nla_put_u32(msg, SBX_A_DOMAIN_ID, 1);
	nla_put_u32(msg, SBX_A_DOMAIN_ID, 1);
}

static void name_twice(struct nl_msg *msg)
{
	name_of(msg, "a");
	name_of(msg, "b");
}

static void flags_twice(struct nl_msg *msg)
{
	nla_put_u32(msg, SBX_A_FLAGS, 0);
	nla_put_u32(msg, SBX_A_FLAGS, SBX_LAUNCH_HOST_NET);
}

static void id_and_name(struct nl_msg *msg)
{
	nla_put_u32(msg, SBX_A_DOMAIN_ID, 1);
	name_of(msg, "a");
}

static void id_and_flags(struct nl_msg *msg)
{
	nla_put_u32(msg, SBX_A_DOMAIN_ID, 1);
	nla_put_u32(msg, SBX_A_FLAGS, 0);
}

static void id_nested(struct nl_msg *msg)
{
	nla_put_u32(msg, SBX_A_DOMAIN_ID | NLA_F_NESTED, 1);
}

static void trailing(struct nl_msg *msg)
{
	memset(nlmsg_tail(nlmsg_hdr(msg)), 0xff, 3);
	nlmsg_hdr(msg)->nlmsg_len += 3;
}

/* An attribute that says it is longer than its message. */
static void overrun(struct nl_msg *msg)
{
	struct nlattr *attr = (struct nlattr *)nlmsg_tail(nlmsg_hdr(msg));

	nla_put_u32(msg, SBX_A_DOMAIN_ID, 1);
	attr->nla_len = 4096;
}

/* One that says it is shorter than its own header. */
static void underrun(struct nl_msg *msg)
{
	struct nlattr *attr = (struct nlattr *)nlmsg_tail(nlmsg_hdr(msg));

	nla_put_u32(msg, SBX_A_DOMAIN_ID, 1);
	attr->nla_len = 2;
}

static void reserved(struct nl_msg *msg)
{
	struct genlmsghdr *hdr = nlmsg_data(nlmsg_hdr(msg));

	hdr->reserved = 1;
}

static void create_flag(struct nl_msg *msg)
{
	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_CREATE;
}

static void no_header(struct nl_msg *msg)
{
	nlmsg_hdr(msg)->nlmsg_len = NLMSG_HDRLEN + 2;
}

#define DO	0
#define DUMP	NLM_F_DUMP

static const struct bad bad[] = {
	{ "launch: unknown attribute", SBX_CMD_LAUNCH, DO, unknown, EINVAL },
	{ "launch: unknown attribute, far off", SBX_CMD_LAUNCH, DO, far_unknown, EINVAL },
	{ "launch: another command's attribute", SBX_CMD_LAUNCH, DO, others, EINVAL },
	{ "launch: padding", SBX_CMD_LAUNCH, DO, pad, EINVAL },
	{ "launch: attribute 0", SBX_CMD_LAUNCH, DO, unspec, EINVAL },
	{ "launch: id 0", SBX_CMD_LAUNCH, DO, id_zero, ERANGE },
	{ "launch: id of no domain", SBX_CMD_LAUNCH, DO, id_absent, ENOENT, "no such domain" },
	{ "launch: id too short", SBX_CMD_LAUNCH, DO, id_short, EINVAL },
	{ "launch: id too long", SBX_CMD_LAUNCH, DO, id_long, EINVAL },
	{ "launch: id without a value", SBX_CMD_LAUNCH, DO, id_empty, EINVAL },
	{ "launch: id as a nest", SBX_CMD_LAUNCH, DO, id_nested, EINVAL },
	{ "launch: id twice", SBX_CMD_LAUNCH, DO, id_twice, EINVAL, "twice" },
	{ "launch: name twice", SBX_CMD_LAUNCH, DO, name_twice, EINVAL, "twice" },
	{ "launch: flags twice", SBX_CMD_LAUNCH, DO, flags_twice, EINVAL, "twice" },
	{ "launch: id and name", SBX_CMD_LAUNCH, DO, id_and_name, EINVAL, "new domain" },
	{ "launch: id and flags", SBX_CMD_LAUNCH, DO, id_and_flags, EINVAL, "new domain" },
	{ "launch: empty name", SBX_CMD_LAUNCH, DO, name_empty, EINVAL, "begins with" },
	{ "launch: name with a blank", SBX_CMD_LAUNCH, DO, name_blank, EINVAL, "no blank" },
	{ "launch: name with a slash", SBX_CMD_LAUNCH, DO, name_slash, EINVAL, "no slash" },
	{ "launch: name ..", SBX_CMD_LAUNCH, DO, name_dots, EINVAL, "begins with" },
	{ "launch: name with a line end", SBX_CMD_LAUNCH, DO, name_control, EINVAL, "printable" },
	{ "launch: name beyond ASCII", SBX_CMD_LAUNCH, DO, name_latin, EINVAL, "ASCII" },
	{ "launch: name too long", SBX_CMD_LAUNCH, DO, name_long, EINVAL },
	{ "launch: name of 3000", SBX_CMD_LAUNCH, DO, name_huge, EINVAL },
	{ "launch: name without a NUL", SBX_CMD_LAUNCH, DO, name_open, EINVAL },
	{ "launch: name with a NUL inside", SBX_CMD_LAUNCH, DO, name_nul, EINVAL, "first NUL" },
	{ "launch: container name", SBX_CMD_LAUNCH, DO, container_slash, EINVAL, "no slash" },
	{ "launch: unknown flag", SBX_CMD_LAUNCH, DO, flags_unknown, EINVAL },
	{ "launch: flags too short", SBX_CMD_LAUNCH, DO, flags_short, EINVAL },
	{ "launch: 254 descriptors", SBX_CMD_LAUNCH, DO, fds_many, ERANGE },
	{ "launch: 2^32 - 1 descriptors", SBX_CMD_LAUNCH, DO, fds_most, ERANGE },
	{ "launch: bytes after the end", SBX_CMD_LAUNCH, DO, trailing, EINVAL },
	{ "launch: attribute beyond the end", SBX_CMD_LAUNCH, DO, overrun, EINVAL },
	{ "launch: attribute inside its header", SBX_CMD_LAUNCH, DO, underrun, EINVAL },
	{ "launch: reserved bytes", SBX_CMD_LAUNCH, DO, reserved, EINVAL },
	{ "launch: NLM_F_CREATE", SBX_CMD_LAUNCH, DO, create_flag, EINVAL },
	{ "launch: half a header", SBX_CMD_LAUNCH, DO, no_header, EINVAL, "" },
	{ "launch: a dump", SBX_CMD_LAUNCH, DUMP, nothing, EOPNOTSUPP, "" },
	{ "info: any attribute", SBX_CMD_INFO_GET, DO, id_absent, EINVAL },
	{ "info: bytes after the end", SBX_CMD_INFO_GET, DO, trailing, EINVAL },
	{ "info: a dump", SBX_CMD_INFO_GET, DUMP, nothing, EOPNOTSUPP, "" },
	{ "domain: none named", SBX_CMD_DOMAIN_GET, DO, nothing, EINVAL, "name the domain" },
	{ "domain: id and name", SBX_CMD_DOMAIN_GET, DO, id_and_name, EINVAL, "not both" },
	{ "domain: id of none", SBX_CMD_DOMAIN_GET, DO, id_absent, ENOENT, "no such domain" },
	{ "domain: name of none", SBX_CMD_DOMAIN_GET, DO, name_absent, ENOENT, "no such domain" },
	{ "domain: id 0", SBX_CMD_DOMAIN_GET, DO, id_zero, ERANGE },
	{ "domain: id twice", SBX_CMD_DOMAIN_GET, DO, id_twice, EINVAL, "twice" },
	{ "domain: bad name", SBX_CMD_DOMAIN_GET, DO, name_slash, EINVAL, "no slash" },
	{ "domain: flags", SBX_CMD_DOMAIN_GET, DO, flags_short, EINVAL },
	{ "domains: one named", SBX_CMD_DOMAIN_GET, DUMP, id_absent, EINVAL, "names none" },
	{ "domains: unknown attribute", SBX_CMD_DOMAIN_GET, DUMP, unknown, EINVAL },
	{ "kill: none named", SBX_CMD_DOMAIN_DEL, DO, nothing, EINVAL, "name the domain" },
	{ "kill: id and name", SBX_CMD_DOMAIN_DEL, DO, id_and_name, EINVAL, "not both" },
	{ "kill: id of none", SBX_CMD_DOMAIN_DEL, DO, id_absent, ENOENT, "no such domain" },
	{ "kill: name twice", SBX_CMD_DOMAIN_DEL, DO, name_twice, EINVAL, "twice" },
	{ "containers: not a dump", SBX_CMD_CONTAINER_GET, DO, nothing, EOPNOTSUPP, "" },
	{ "containers: id of none", SBX_CMD_CONTAINER_GET, DUMP, id_absent, ENOENT, "no such" },
	{ "containers: id and name", SBX_CMD_CONTAINER_GET, DUMP, id_and_name, EINVAL, "both" },
	{ "containers: id twice", SBX_CMD_CONTAINER_GET, DUMP, id_twice, EINVAL, "twice" },
	{ "containers: unknown", SBX_CMD_CONTAINER_GET, DUMP, unknown, EINVAL },
	{ "containers: long name", SBX_CMD_CONTAINER_GET, DUMP, name_long, EINVAL },
	{ "stats: none named", SBX_CMD_STATS_GET, DO, nothing, EINVAL, "name the domain" },
	{ "stats: name of none", SBX_CMD_STATS_GET, DO, name_absent, ENOENT, "no such domain" },
	{ "stats: a dump", SBX_CMD_STATS_GET, DUMP, nothing, EOPNOTSUPP, "" },
	{ "exec: none named", SBX_CMD_EXEC, DO, nothing, EINVAL, "name the container" },
	{ "exec: id 0", SBX_CMD_EXEC, DO, container_zero, ERANGE },
	{ "exec: id of none", SBX_CMD_EXEC, DO, container_absent, ENOENT, "no such container" },
	{ "exec: id twice", SBX_CMD_EXEC, DO, container_twice, EINVAL, "twice" },
	{ "exec: 254 descriptors", SBX_CMD_EXEC, DO, container_fds_many, ERANGE },
	{ "exec: a domain's id", SBX_CMD_EXEC, DO, id_absent, EINVAL },
	{ "exec: a dump", SBX_CMD_EXEC, DUMP, nothing, EOPNOTSUPP, "" },
	{ "syscalls: id of none", SBX_CMD_SYSCALL_GET, DUMP, id_absent, ENOENT, "no such" },
	{ "syscalls: id twice", SBX_CMD_SYSCALL_GET, DUMP, id_twice, EINVAL, "twice" },
	{ "syscalls: not a dump", SBX_CMD_SYSCALL_GET, DO, nothing, EOPNOTSUPP, "" },
	{ "launch: hold with a value", SBX_CMD_LAUNCH, DO, hold_value, ERANGE },
	{ "release: none named", SBX_CMD_RELEASE, DO, nothing, EINVAL, "name the container" },
	{ "release: a domain", SBX_CMD_RELEASE, DO, id_absent, EINVAL },
	{ "release: id 0", SBX_CMD_RELEASE, DO, container_zero, ERANGE },
	{ "release: id of none", SBX_CMD_RELEASE, DO, container_absent, ENOENT, "no such" },
	{ "release: a dump", SBX_CMD_RELEASE, DUMP, nothing, EOPNOTSUPP, "" },
	{ "command 0", SBX_CMD_UNSPEC, DO, nothing, EOPNOTSUPP, "" },
	{ "the event's command", SBX_CMD_EVENT, DO, nothing, EOPNOTSUPP, "" },
	{ "command 200", 200, DO, nothing, EOPNOTSUPP, "" },
	{ "command 200, a dump", 200, DUMP, nothing, EOPNOTSUPP, "" },
};

/*
 * Linux 6.1 gives the start of a dump nothing to put a message into: the errno
 * is all that a module can say there.  Its own checks of attributes still do.
 */
static bool dumps_are_mute(void)
{
	struct utsname name;

	return !uname(&name) && !strncmp(name.release, "6.1.", 4);
}

static bool says(const char *want, int flags)
{
	if (flags == DUMP && *want && dumps_are_mute())
		return !answer.text[0];
	return !!strstr(answer.text, want);
}

static void check(const struct bad *b)
{
	struct nl_msg *msg = request(b->cmd, b->flags);
	bool good;

	b->spoil(msg);
	ask(sock, msg, &answer);
	good = answer.err == b->err && !answer.messages;
	if (!b->text)
		good &= answer.text[0] != '\0';
	else
		good &= says(b->text, b->flags);
	if (!good)
		ksft_print_msg("errno %d (%s), wanted %d (%s); message '%s', wanted '%s'\n",
			       answer.err, strerror(answer.err), b->err, strerror(b->err),
			       answer.text, b->text ?: "any");
	ksft_test_result(good, "%s\n", b->name);
}

/* Runs a check in a child, whose privileges and namespaces it may change. */
static void in_child(const char *name, bool (*fn)(void))
{
	pid_t pid;
	int status = -1;

	fflush(NULL);
	pid = fork();
	if (!pid)
		_exit(fn() ? 0 : 1);
	if (pid > 0)
		waitpid(pid, &status, 0);
	ksft_test_result(status == 0, "%s\n", name);
}

static bool all_answer(int with, int err)
{
	static const struct {
		int cmd, flags;
	} all[] = {
		{ SBX_CMD_INFO_GET, DO }, { SBX_CMD_LAUNCH, DO }, { SBX_CMD_DOMAIN_GET, DO },
		{ SBX_CMD_DOMAIN_GET, DUMP }, { SBX_CMD_DOMAIN_DEL, DO },
		{ SBX_CMD_CONTAINER_GET, DUMP }, { SBX_CMD_STATS_GET, DO },
		{ SBX_CMD_SYSCALL_GET, DUMP }, { SBX_CMD_RELEASE, DO },
	};
	bool good = true;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		ask(with, request(all[i].cmd, all[i].flags), &answer);
		if (answer.err == err && (err != EPERM || says("CAP_SYS_ADMIN", all[i].flags)))
			continue;
		printf("# command %d: errno %d (%s), message '%s'\n", all[i].cmd, answer.err,
		       strerror(answer.err), answer.text);
		good = false;
	}
	return good;
}

static bool become_nobody(void)
{
	return !setgroups(0, NULL) && !setgid(65534) && !setuid(65534);
}

static bool unprivileged(void)
{
	return become_nobody() && all_answer(nl_socket(), EPERM);
}

static bool handed_down(void)
{
	return become_nobody() && all_answer(sock, EPERM);
}

/* A privileged program tricked into writing to a socket it did not open. */
static bool handed_up(void)
{
	int with;

	if (seteuid(65534))
		return false;
	with = nl_socket();
	return !seteuid(0) && all_answer(with, EPERM);
}

static bool user_namespace(void)
{
	return !unshare(CLONE_NEWUSER) && all_answer(nl_socket(), EPERM) &&
	       all_answer(sock, EPERM);
}

static bool network_namespace(void)
{
	return !unshare(CLONE_NEWNET) && all_answer(nl_socket(), ENOENT);
}

static bool both_namespaces(void)
{
	return !unshare(CLONE_NEWUSER | CLONE_NEWNET) && all_answer(nl_socket(), ENOENT);
}

static bool joins(void)
{
	int group = nl_group();

	return !setsockopt(nl_socket(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
			   sizeof(group));
}

static bool nobody_joins(void)
{
	return become_nobody() && !joins() && errno == EPERM;
}

static bool namespaced_joins(void)
{
	return !unshare(CLONE_NEWUSER) && !joins() && errno == EPERM;
}

#define NOISE_ROUNDS	20000

/* Wrong in ways that nobody thought of; the machine has to survive. */
static bool noise(void)
{
	unsigned char bytes[300];
	int round, i;

	srandom(1);
	for (round = 0; round < NOISE_ROUNDS; round++) {
		struct nl_msg *msg = request(random() % (SBX_CMD_MAX + 2),
					     random() % 4 ? DO : DUMP);

		for (i = random() % 4; i > 0; i--) {
			int len = random() % (random() % 2 ? 9 : sizeof(bytes));
			int j;

			for (j = 0; j < len; j++)
				bytes[j] = random();
			if (len && random() % 2)
				bytes[len - 1] = '\0';
			nla_put(msg, random() % (SBX_A_MAX + 3), len, bytes);
		}
		if (random() % 8 == 0)
			nlmsg_hdr(msg)->nlmsg_len -= random() % 4;
		if (ask(sock, msg, &answer) < 0)
			return false;
	}
	return true;
}

int main(void)
{
	size_t i;

	ksft_print_header();
	if (nl_family() <= 0)
		ksft_exit_fail_msg("the module is not loaded\n");
	ksft_set_plan(sizeof(bad) / sizeof(bad[0]) + 10);
	sock = nl_socket();

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check(&bad[i]);
	in_child("a user without privileges", unprivileged);
	in_child("a user without privileges, on root's socket", handed_down);
	in_child("root, on a user's socket", handed_up);
	in_child("root of a user namespace", user_namespace);
	in_child("another network namespace", network_namespace);
	in_child("root of a user namespace, another network namespace", both_namespaces);
	in_child("root listens to events", joins);
	in_child("a user without privileges does not", nobody_joins);
	in_child("root of a user namespace does not", namespaced_joins);
	in_child("noise", noise);
	ksft_finished();
}
