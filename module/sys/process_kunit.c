// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the closed lists of prctl and personality; included at the foot of
 * process.c.
 */
#include <kunit/test.h>

static void prctl_own_options(struct kunit *test)
{
	static const int own[] = {
		PR_SET_NAME, PR_GET_NAME, PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS,
		PR_CAPBSET_READ, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(own); i++)
		KUNIT_EXPECT_TRUE_MSG(test, prctl_is_own(own[i]), "option %d", own[i]);
}

/* Whatever is not known to be harmless is not native. */
static void prctl_closed_world(struct kunit *test)
{
	static const int never[] = {
		PR_SET_SECCOMP,		/* a filter of the guest's would run on the host */
		PR_SET_MM,		/* takes a descriptor for the executable */
		PR_SET_IO_FLUSHER,	/* memory allocation of the host */
		PR_SCHED_CORE,		/* scheduling beyond the domain */
		PR_TASK_PERF_EVENTS_DISABLE, PR_TASK_PERF_EVENTS_ENABLE,
		PR_MCE_KILL, PR_SET_FPEMU, PR_SET_UNALIGN, PR_SET_ENDIAN,
		0, -1, INT_MIN, INT_MAX, 1000, PR_SVE_SET_VL, PR_PAC_RESET_KEYS,
	};
	int i, option, open = 0;

	for (i = 0; i < ARRAY_SIZE(never); i++)
		KUNIT_EXPECT_FALSE_MSG(test, prctl_is_own(never[i]), "option %d", never[i]);
	for (option = 100; option < 0x10000; option++)
		open += prctl_is_own(option);
	KUNIT_EXPECT_EQ(test, open, 0);
}

static struct kunit_case prctl_cases[] = {
	KUNIT_CASE(prctl_own_options),
	KUNIT_CASE(prctl_closed_world),
	{}
};

static struct kunit_suite prctl_suite = {
	.name = "sbx-prctl",
	.test_cases = prctl_cases,
};

kunit_test_suite(prctl_suite);
