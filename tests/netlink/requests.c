// SPDX-License-Identifier: GPL-2.0
/*
 * Requests that are right: what they do, what they answer, which events tell.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "nl.h"

/* The interface that tools are built for; a change is a new version. */
#define PINNED_ABI	3

static struct answer answer;

static uint32_t u32_of(int type)
{
	return answer.attrs[type] ? nla_get_u32(answer.attrs[type]) : 0;
}

static const char *string_of(int type)
{
	return answer.attrs[type] ? nla_get_string(answer.attrs[type]) : "";
}

static int event_of(void)
{
	return answer.attrs[SBX_A_EVENT] ? nla_get_u8(answer.attrs[SBX_A_EVENT]) : -1;
}

static struct nl_msg *launch(const char *name)
{
	struct nl_msg *msg = request(SBX_CMD_LAUNCH, 0);

	if (name)
		nla_put_string(msg, SBX_A_DOMAIN_NAME, name);
	return msg;
}

static struct nl_msg *about(int cmd, int flags, uint32_t id)
{
	struct nl_msg *msg = request(cmd, flags);

	nla_put_u32(msg, SBX_A_DOMAIN_ID, id);
	return msg;
}

/* A child that launches a domain and lives until it is killed. */
static pid_t launcher(const char *name)
{
	int ready[2];
	char byte = 0;
	pid_t pid;

	if (pipe(ready))
		return -1;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		byte = ask(nl_socket(), launch(name), &answer);
		if (write(ready[1], &byte, 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1 || byte) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		pid = -1;
	}
	close(ready[0]);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

FIXTURE(requests)
{
	int sock;
};

FIXTURE_SETUP(requests)
{
	self->sock = nl_socket();
	ASSERT_GE(self->sock, 0);
	ASSERT_GT(nl_family(), 0);
}

FIXTURE_TEARDOWN(requests)
{
	close(self->sock);
}

TEST_F(requests, info)
{
	ASSERT_EQ(0, ask(self->sock, request(SBX_CMD_INFO_GET, 0), &answer));
	EXPECT_EQ(1, answer.messages);
	EXPECT_EQ(PINNED_ABI, u32_of(SBX_A_ABI));
	EXPECT_EQ(PINNED_ABI, SBX_ABI_VERSION);
	EXPECT_STRNE("", string_of(SBX_A_VERSION));
	EXPECT_NE(NULL, answer.attrs[SBX_A_ARMED]);
}

TEST_F(requests, launch_twice)
{
	ASSERT_EQ(0, ask(self->sock, launch("twice"), &answer));
	EXPECT_STREQ("twice", string_of(SBX_A_DOMAIN_NAME));
	EXPECT_STREQ("twice", string_of(SBX_A_CONTAINER_NAME));
	EXPECT_NE(0, u32_of(SBX_A_DOMAIN_ID));
	EXPECT_NE(0, u32_of(SBX_A_CONTAINER_ID));

	EXPECT_EQ(EEXIST, ask(self->sock, launch("twice"), &answer));
	EXPECT_NE(NULL, strstr(answer.text, "name"));
	EXPECT_EQ(EBUSY, ask(self->sock, launch(NULL), &answer));
	EXPECT_NE(NULL, strstr(answer.text, "launcher"));
}

TEST_F(requests, launch_without_name)
{
	char name[SBX_NAME_LEN + 1];

	ASSERT_EQ(0, ask(self->sock, launch(NULL), &answer));
	snprintf(name, sizeof(name), "sbx-%u", u32_of(SBX_A_DOMAIN_ID));
	EXPECT_STREQ(name, string_of(SBX_A_DOMAIN_NAME));
	EXPECT_STREQ(name, string_of(SBX_A_CONTAINER_NAME));
}

TEST_F(requests, longest_name)
{
	char name[SBX_NAME_LEN + 1];

	memset(name, '~', SBX_NAME_LEN);
	name[0] = '0';
	name[SBX_NAME_LEN] = '\0';
	ASSERT_EQ(0, ask(self->sock, launch(name), &answer));
	EXPECT_STREQ(name, string_of(SBX_A_DOMAIN_NAME));
}

TEST_F(requests, one_domain)
{
	pid_t pid = launcher("one");
	struct nl_msg *msg;
	uint32_t id;

	ASSERT_GT(pid, 0);
	msg = request(SBX_CMD_DOMAIN_GET, 0);
	nla_put_string(msg, SBX_A_DOMAIN_NAME, "one");
	EXPECT_EQ(0, ask(self->sock, msg, &answer));
	id = u32_of(SBX_A_DOMAIN_ID);
	EXPECT_NE(0, id);
	EXPECT_EQ(1, u32_of(SBX_A_CONTAINERS));
	EXPECT_EQ(0, u32_of(SBX_A_TASKS));
	EXPECT_EQ(0, u32_of(SBX_A_FLAGS));

	EXPECT_EQ(0, ask(self->sock, about(SBX_CMD_DOMAIN_GET, 0, id), &answer));
	EXPECT_STREQ("one", string_of(SBX_A_DOMAIN_NAME));
	EXPECT_EQ(0, ask(self->sock, about(SBX_CMD_CONTAINER_GET, NLM_F_DUMP, id), &answer));
	EXPECT_EQ(1, answer.messages);
	EXPECT_EQ(SBX_CONTAINER_LAUNCHING, nla_get_u8(answer.attrs[SBX_A_STATE]));
	EXPECT_EQ(NULL, answer.attrs[SBX_A_INIT_PID]);
	EXPECT_EQ(NULL, answer.attrs[SBX_A_REFUSAL]);
	EXPECT_EQ(pid, u32_of(SBX_A_LAUNCHER_PID));
	EXPECT_EQ(0, ask(self->sock, about(SBX_CMD_STATS_GET, 0, id), &answer));
	EXPECT_EQ(0, nla_get_u64(answer.attrs[SBX_A_SERVED]));
	EXPECT_GT(nla_get_u64(answer.attrs[SBX_A_MEMORY]), 0);
	/* Less than promised for an idle domain. */
	EXPECT_LT(nla_get_u64(answer.attrs[SBX_A_MEMORY]), 100 << 10);
	/* Nobody to kill, and the launcher is spared. */
	EXPECT_EQ(0, ask(self->sock, about(SBX_CMD_DOMAIN_DEL, 0, id), &answer));
	EXPECT_EQ(0, ask(self->sock, about(SBX_CMD_DOMAIN_GET, 0, id), &answer));
	end(pid);
}

TEST_F(requests, join)
{
	pid_t pid = launcher("pod");
	struct nl_msg *msg;
	uint32_t id;

	ASSERT_GT(pid, 0);
	msg = request(SBX_CMD_DOMAIN_GET, 0);
	nla_put_string(msg, SBX_A_DOMAIN_NAME, "pod");
	ASSERT_EQ(0, ask(self->sock, msg, &answer));
	id = u32_of(SBX_A_DOMAIN_ID);

	EXPECT_EQ(EEXIST, ask(self->sock, about(SBX_CMD_LAUNCH, 0, id), &answer));
	EXPECT_NE(NULL, strstr(answer.text, "container of this name"));
	msg = about(SBX_CMD_LAUNCH, 0, id);
	nla_put_string(msg, SBX_A_CONTAINER_NAME, "second");
	EXPECT_EQ(0, ask(self->sock, msg, &answer));
	EXPECT_EQ(id, u32_of(SBX_A_DOMAIN_ID));
	EXPECT_EQ(0, ask(self->sock, about(SBX_CMD_CONTAINER_GET, NLM_F_DUMP, id), &answer));
	EXPECT_EQ(2, answer.messages);
	end(pid);
}

static struct nl_msg *exec_in(uint32_t container)
{
	struct nl_msg *msg = request(SBX_CMD_EXEC, 0);

	nla_put_u32(msg, SBX_A_CONTAINER_ID, container);
	nla_put_u32(msg, SBX_A_PRESERVE_FDS, 3);
	return msg;
}

TEST_F(requests, exec)
{
	pid_t pid = launcher("entered");
	struct nl_msg *msg;
	uint32_t container;

	ASSERT_GT(pid, 0);
	msg = request(SBX_CMD_CONTAINER_GET, NLM_F_DUMP);
	nla_put_string(msg, SBX_A_DOMAIN_NAME, "entered");
	ASSERT_EQ(0, ask(self->sock, msg, &answer));
	container = u32_of(SBX_A_CONTAINER_ID);

	ASSERT_EQ(0, ask(self->sock, exec_in(container), &answer));
	EXPECT_EQ(EBUSY, ask(self->sock, exec_in(container), &answer));
	EXPECT_NE(NULL, strstr(answer.text, "launcher"));
	end(pid);
	/* Now the caller is what keeps it up. */
	msg = request(SBX_CMD_CONTAINER_GET, NLM_F_DUMP);
	nla_put_string(msg, SBX_A_DOMAIN_NAME, "entered");
	EXPECT_EQ(0, ask(self->sock, msg, &answer));
	EXPECT_EQ(getpid(), u32_of(SBX_A_LAUNCHER_PID));
}

TEST_F(requests, whole_table)
{
	ASSERT_EQ(0, ask(self->sock, request(SBX_CMD_SYSCALL_GET, NLM_F_DUMP), &answer));
	/* More than any kernel's 64-bit calls before 6.0. */
	EXPECT_GT(answer.messages, 330);
	EXPECT_EQ(NULL, answer.attrs[SBX_A_SYSCALL_COUNT]);
}

TEST_F(requests, release)
{
	struct nl_msg *msg = launch("held");
	uint32_t id;

	nla_put_flag(msg, SBX_A_HOLD);
	ASSERT_EQ(0, ask(self->sock, msg, &answer));
	id = u32_of(SBX_A_CONTAINER_ID);
	msg = request(SBX_CMD_RELEASE, 0);
	nla_put_u32(msg, SBX_A_CONTAINER_ID, id);
	EXPECT_EQ(0, ask(self->sock, msg, &answer));
	msg = request(SBX_CMD_RELEASE, 0);
	nla_put_u32(msg, SBX_A_CONTAINER_ID, id);
	EXPECT_EQ(EALREADY, ask(self->sock, msg, &answer));
	EXPECT_STREQ("the container is not held", answer.text);
}

TEST_F(requests, events)
{
	static const int want[] = {
		SBX_EVENT_DOMAIN_NEW, SBX_EVENT_CONTAINER_NEW,
		SBX_EVENT_CONTAINER_DEL, SBX_EVENT_DOMAIN_DEL,
	};
	int group = nl_group(), listener = nl_socket();
	size_t i;
	pid_t pid;

	ASSERT_EQ(0, setsockopt(listener, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
				sizeof(group)));
	pid = launcher("heard");
	ASSERT_GT(pid, 0);
	end(pid);
	for (i = 0; i < sizeof(want) / sizeof(want[0]);) {
		receive(listener, &answer);
		ASSERT_EQ(1, answer.messages);
		/* Domains of tests before may still be on their way out. */
		if (strcmp("heard", string_of(SBX_A_DOMAIN_NAME)))
			continue;
		EXPECT_EQ(want[i], event_of());
		i++;
	}
	close(listener);
}

#define CROWD	300

/* Half of what a dump has begun to tell of goes away meanwhile; slow on the debug kernel. */
TEST_F_TIMEOUT(requests, dump_of_vanishing, 120)
{
	static pid_t pids[CROWD];
	unsigned int seen;
	int i, round;

	for (i = 0; i < CROWD; i++) {
		pids[i] = launcher(NULL);
		ASSERT_GT(pids[i], 0);
	}
	ASSERT_EQ(0, ask(self->sock, request(SBX_CMD_DOMAIN_GET, NLM_F_DUMP), &answer));
	EXPECT_GE(answer.messages, CROWD);
	for (round = 0; round < 2; round++) {
		send_request(self->sock, request(round ? SBX_CMD_CONTAINER_GET :
						 SBX_CMD_DOMAIN_GET, NLM_F_DUMP));
		for (i = round; i < CROWD; i += 2)
			end(pids[i]);
		EXPECT_EQ(0, receive(self->sock, &answer));
		seen = answer.messages;
		EXPECT_LE(seen, CROWD + 20);
	}
}

TEST_HARNESS_MAIN
