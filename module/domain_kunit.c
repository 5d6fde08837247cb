// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of what a domain holds; included at the foot of domain.c.
 */
#include <kunit/test.h>
#include <linux/kthread.h>

#define LIMIT	100

static struct sbx_domain *fake_domain(struct kunit *test)
{
	struct sbx_domain *domain = kunit_kzalloc(test, sizeof(*domain), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, domain);
	return domain;
}

static long held(const struct sbx_domain *domain)
{
	return atomic_long_read(&domain->used[SBX_RES_FILES]);
}

static void charge_keeps_the_limit(struct kunit *test)
{
	struct sbx_domain *domain = fake_domain(test);

	KUNIT_EXPECT_TRUE(test, sbx_charge(domain, SBX_RES_FILES, LIMIT, LIMIT));
	KUNIT_EXPECT_FALSE(test, sbx_charge(domain, SBX_RES_FILES, 1, LIMIT));
	KUNIT_EXPECT_EQ(test, held(domain), LIMIT);
	sbx_uncharge(domain, SBX_RES_FILES, 1);
	KUNIT_EXPECT_FALSE(test, sbx_charge(domain, SBX_RES_FILES, 2, LIMIT));
	KUNIT_EXPECT_TRUE(test, sbx_charge(domain, SBX_RES_FILES, 1, LIMIT));
	sbx_uncharge(domain, SBX_RES_FILES, LIMIT);
	KUNIT_EXPECT_EQ(test, held(domain), 0);
}

static void charge_by_resource(struct kunit *test)
{
	struct sbx_domain *domain = fake_domain(test);
	int res;

	for (res = 0; res < SBX_NR_RESOURCES; res++)
		KUNIT_EXPECT_TRUE(test, sbx_charge(domain, res, res + 1, res + 1));
	for (res = 0; res < SBX_NR_RESOURCES; res++)
		KUNIT_EXPECT_EQ(test, atomic_long_read(&domain->used[res]), res + 1);
}

/**
 * struct rivals - two that charge the same domain
 * @domain: which
 * @all_taken: one of them holds everything
 * @over: how often the other got something all the same
 */
struct rivals {
	struct sbx_domain *domain;
	bool all_taken;
	unsigned long over;
};

static int charge_all_the_time(void *data)
{
	struct rivals *rivals = data;
	long n = 0;

	while (!kthread_should_stop()) {
		n = n % (LIMIT - 1) + 1;
		if (sbx_charge(rivals->domain, SBX_RES_FILES, n, LIMIT)) {
			rivals->over += READ_ONCE(rivals->all_taken);
			sbx_uncharge(rivals->domain, SBX_RES_FILES, n);
		}
		cond_resched();
	}
	return 0;
}

/* When two meet, both may be refused, but never both be served. */
static void charge_stands_rivals(struct kunit *test)
{
	struct rivals rivals = { .domain = fake_domain(test) };
	struct task_struct *rival;
	int i, got = 0;

	rival = kthread_run(charge_all_the_time, &rivals, "sbx-kunit");
	KUNIT_ASSERT_FALSE(test, IS_ERR(rival));
	for (i = 0; i < 100000; i++) {
		if (sbx_charge(rivals.domain, SBX_RES_FILES, LIMIT, LIMIT)) {
			WRITE_ONCE(rivals.all_taken, true);
			got++;
			cpu_relax();
			WRITE_ONCE(rivals.all_taken, false);
			sbx_uncharge(rivals.domain, SBX_RES_FILES, LIMIT);
		}
		if (i % 1024 == 0)
			cond_resched();
	}
	kthread_stop(rival);
	KUNIT_EXPECT_GT(test, got, 0);
	KUNIT_EXPECT_EQ(test, rivals.over, 0UL);
	KUNIT_EXPECT_EQ(test, held(rivals.domain), 0);
}

static struct kunit_case charge_cases[] = {
	KUNIT_CASE(charge_keeps_the_limit),
	KUNIT_CASE(charge_by_resource),
	KUNIT_CASE(charge_stands_rivals),
	{}
};

static struct kunit_suite charge_suite = {
	.name = "sbx-charge",
	.test_cases = charge_cases,
};

kunit_test_suite(charge_suite);
