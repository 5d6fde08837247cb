// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the filter for clone and clone3; included at the foot of clone.c.
 */
#include <kunit/test.h>

static struct sbx_task *fake_self(struct kunit *test)
{
	struct sbx_task *self = kunit_kzalloc(test, sizeof(*self), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, self);
	return self;
}

static void clone_no_namespaces(struct kunit *test)
{
	static const u64 flags[] = {
		CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER,
		CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWTIME,
	};
	struct sbx_task *self = fake_self(test);
	int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		self->refused = false;
		KUNIT_EXPECT_EQ(test, check_flags(self, flags[i] | CLONE_VM), -EPERM);
		KUNIT_EXPECT_TRUE(test, self->refused);
	}
}

static void clone_what_programs_use(struct kunit *test)
{
	static const u64 flags[] = {
		0,
		CLONE_VM | CLONE_VFORK,
		CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID,
		CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
			CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID,
	};
	struct sbx_task *self = fake_self(test);
	int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++)
		KUNIT_EXPECT_EQ(test, check_flags(self, flags[i]), 0);
	KUNIT_EXPECT_FALSE(test, self->refused);
}

/* The parent of the thread that runs this test is no member. */
static void clone_no_sibling_outside(struct kunit *test)
{
	struct sbx_task *self = fake_self(test);

	KUNIT_EXPECT_EQ(test, check_flags(self, CLONE_PARENT), -EPERM);
	KUNIT_EXPECT_TRUE(test, self->refused);
}

static void clone_no_pidfd_of_the_host(struct kunit *test)
{
	KUNIT_EXPECT_NE(test, check_flags(fake_self(test), CLONE_PIDFD), 0);
}

static const struct clone_args fork_args = { .exit_signal = SIGCHLD };

static void clone3_good(struct kunit *test)
{
	struct clone_args args = fork_args;
	struct sbx_task *self = fake_self(test);

	KUNIT_EXPECT_EQ(test, check_args(self, &args), 0);
	args.stack = 0x10000;
	args.stack_size = 0x10000;
	KUNIT_EXPECT_EQ(test, check_args(self, &args), 0);
	args.exit_signal = 0;
	args.flags = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;
	KUNIT_EXPECT_EQ(test, check_args(self, &args), 0);
}

/* As clone3_args_valid() has it. */
static void clone3_invalid(struct kunit *test)
{
	static const struct clone_args bad[] = {
		{ .flags = CLONE_DETACHED },
		{ .flags = SIGCHLD },
		{ .flags = CLONE_THREAD, .exit_signal = SIGCHLD },
		{ .flags = CLONE_PARENT, .exit_signal = SIGCHLD },
		{ .exit_signal = _NSIG + 1 },
		{ .exit_signal = 1ULL << 32 },
		{ .stack = 0x10000 },
		{ .stack_size = 0x10000 },
		{ .stack = 1ULL << 63, .stack_size = 0x10000 },
		{ .stack = 0x10000, .stack_size = U64_MAX },
		{ .set_tid = 0x10000 },
		{ .set_tid_size = 1 },
		{ .flags = 1ULL << 63 },
	};
	struct sbx_task *self = fake_self(test);
	int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test, check_args(self, &bad[i]), -EINVAL, "case %d", i);
}

static void clone3_refused(struct kunit *test)
{
	static const struct clone_args bad[] = {
		{ .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD },
		{ .flags = CLONE_NEWTIME, .exit_signal = SIGCHLD },
		{ .flags = CLONE_PIDFD, .exit_signal = SIGCHLD },
		{ .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD },
		{ .set_tid = 0x10000, .set_tid_size = 1, .exit_signal = SIGCHLD },
	};
	struct sbx_task *self = fake_self(test);
	int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		self->refused = false;
		KUNIT_EXPECT_NE_MSG(test, check_args(self, &bad[i]), 0, "case %d", i);
		KUNIT_EXPECT_TRUE_MSG(test, self->refused, "case %d", i);
	}
}

static struct kunit_case clone_cases[] = {
	KUNIT_CASE(clone_no_namespaces),
	KUNIT_CASE(clone_what_programs_use),
	KUNIT_CASE(clone_no_sibling_outside),
	KUNIT_CASE(clone_no_pidfd_of_the_host),
	KUNIT_CASE(clone3_good),
	KUNIT_CASE(clone3_invalid),
	KUNIT_CASE(clone3_refused),
	{}
};

static struct kunit_suite clone_suite = {
	.name = "sbx-clone",
	.test_cases = clone_cases,
};

kunit_test_suite(clone_suite);
