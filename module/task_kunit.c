// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the registry against a naive twin; included at the foot of task.c.
 *
 * Keys are addresses that no task has, and few buckets, so that chains are long.
 */
#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/prandom.h>

#define KEYS	256
#define BUCKETS	32
#define STEPS	2048

/* Few, for a reader to meet the writer often. */
#define READ_KEYS	16

static struct task_struct *keys[KEYS];

static int registry_suite_init(struct kunit_suite *suite)
{
	unsigned long address = 0x1000;
	int n;

	for (n = 0; n < KEYS; address += 64)
		if (bucket((void *)address) < &sbx_registry[BUCKETS])
			keys[n++] = (struct task_struct *)address;
	return 0;
}

/* Enough users that none of them is the last one. */
static struct sbx_container *fake_container(struct kunit *test)
{
	struct sbx_container *container;

	container = kunit_kzalloc(test, sizeof(*container), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, container);
	container->domain = kunit_kzalloc(test, sizeof(*container->domain), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, container->domain);
	refcount_set(&container->ref, 1);
	atomic_set(&container->users, 1);
	return container;
}

static struct sbx_task *locked_find(u32 n)
{
	struct sbx_task *entry;

	rcu_read_lock();
	entry = find(keys[n]);
	rcu_read_unlock();
	return entry;
}

static void toggle(struct kunit *test, struct sbx_task **twin, u32 n,
		   struct sbx_container *container)
{
	if (twin[n]) {
		remove(twin[n]);
		twin[n] = NULL;
		return;
	}
	twin[n] = sbx_task_alloc(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, twin[n]);
	KUNIT_ASSERT_TRUE(test, insert(twin[n], keys[n], SBX_TASK_ACTIVE, container));
}

static void registry_is_its_twin(struct kunit *test)
{
	struct sbx_container *container = fake_container(test);
	struct sbx_task **twin = kunit_kcalloc(test, KEYS, sizeof(*twin), GFP_KERNEL);
	int step, users = 0;
	u32 n;

	KUNIT_ASSERT_NOT_NULL(test, twin);
	for (step = 0; step < STEPS; step++) {
		toggle(test, twin, get_random_u32() % KEYS, container);
		n = get_random_u32() % KEYS;
		KUNIT_ASSERT_PTR_EQ(test, locked_find(n), twin[n]);
	}
	for (n = 0; n < KEYS; n++) {
		KUNIT_EXPECT_PTR_EQ(test, locked_find(n), twin[n]);
		users += !!twin[n];
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&container->users), 1 + users);

	for (n = 0; n < KEYS; n++)
		if (twin[n])
			toggle(test, twin, n, container);
	for (n = 0; n < KEYS; n++)
		KUNIT_EXPECT_NULL(test, locked_find(n));
	KUNIT_EXPECT_EQ(test, atomic_read(&container->users), 1);
	KUNIT_EXPECT_EQ(test, refcount_read(&container->ref), 1);
}

/* A reader beside the writer never sees a wrong entry; KASAN sees a freed one. */
static int read_all_the_time(void *data)
{
	unsigned long *wrong = data;
	struct sbx_task *entry;
	u32 n;

	while (!kthread_should_stop()) {
		n = get_random_u32() % READ_KEYS;
		rcu_read_lock();
		entry = find(keys[n]);
		if (entry && entry->task != keys[n])
			(*wrong)++;
		rcu_read_unlock();
		cond_resched();
	}
	return 0;
}

static void registry_stands_readers(struct kunit *test)
{
	struct sbx_container *container = fake_container(test);
	struct sbx_task *twin[READ_KEYS] = {};
	struct task_struct *reader;
	unsigned long wrong = 0;
	int step;
	u32 n;

	reader = kthread_run(read_all_the_time, &wrong, "sbx-kunit");
	KUNIT_ASSERT_FALSE(test, IS_ERR(reader));
	for (step = 0; step < STEPS; step++) {
		toggle(test, twin, get_random_u32() % READ_KEYS, container);
		if (step % 256 == 0)
			cond_resched();
	}
	kthread_stop(reader);
	KUNIT_EXPECT_EQ(test, wrong, 0UL);
	for (n = 0; n < READ_KEYS; n++)
		if (twin[n])
			toggle(test, twin, n, container);
	KUNIT_EXPECT_EQ(test, atomic_read(&container->users), 1);
}

/* A container that goes down takes no new member. */
static void registry_refuses_a_dying_container(struct kunit *test)
{
	struct sbx_container *container = fake_container(test);
	struct sbx_task *entry = sbx_task_alloc(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, entry);
	atomic_set(&container->users, 0);
	KUNIT_EXPECT_FALSE(test, insert(entry, keys[0], SBX_TASK_ACTIVE, container));
	KUNIT_EXPECT_NULL(test, locked_find(0));
	KUNIT_EXPECT_EQ(test, refcount_read(&container->ref), 1);
	sbx_task_free(entry);
}

static struct sbx_task *launcher_entry(struct kunit *test, bool heir, bool entering)
{
	struct sbx_task *entry = sbx_task_alloc(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, entry);
	entry->heir = heir;
	entry->entering = entering;
	return entry;
}

/* With the start those go that a launcher has started besides, and no others. */
static void registry_lets_heirs_go(struct kunit *test)
{
	static const struct {
		bool heir, entering, stays;
		enum sbx_task_state state;
		int container;
	} rows[] = {
		{ false, false, true, SBX_TASK_LAUNCHER, 0 },
		{ false, true, true, SBX_TASK_LAUNCHER, 0 },
		{ true, false, false, SBX_TASK_LAUNCHER, 0 },
		{ true, false, false, SBX_TASK_LAUNCHER, 0 },
		{ true, true, true, SBX_TASK_LAUNCHER, 0 },
		{ true, false, true, SBX_TASK_LAUNCHER, 1 },
		{ false, false, true, SBX_TASK_PENDING, 0 },
		{ false, false, true, SBX_TASK_ACTIVE, 0 },
	};
	struct sbx_container *containers[] = { fake_container(test), fake_container(test) };
	struct sbx_task *entries[ARRAY_SIZE(rows)], *late;
	u32 n;

	for (n = 0; n < ARRAY_SIZE(rows); n++) {
		entries[n] = launcher_entry(test, rows[n].heir, rows[n].entering);
		KUNIT_ASSERT_TRUE(test, insert(entries[n], keys[n], rows[n].state,
					       containers[rows[n].container]));
	}
	sbx_task_end_launch(containers[0]);
	sbx_task_end_launch(containers[0]);
	for (n = 0; n < ARRAY_SIZE(rows); n++)
		KUNIT_EXPECT_PTR_EQ(test, locked_find(n), rows[n].stays ? entries[n] : NULL);
	KUNIT_EXPECT_EQ(test, atomic_read(&containers[0]->users), 6);
	KUNIT_EXPECT_EQ(test, atomic_read(&containers[0]->members), 2);

	late = launcher_entry(test, true, false);
	KUNIT_EXPECT_FALSE(test, insert(late, keys[n], SBX_TASK_LAUNCHER, containers[0]));
	KUNIT_EXPECT_NULL(test, locked_find(n));
	sbx_task_free(late);

	for (n = 0; n < ARRAY_SIZE(rows); n++)
		if (rows[n].stays)
			remove(entries[n]);
	for (n = 0; n < ARRAY_SIZE(containers); n++) {
		KUNIT_EXPECT_EQ(test, atomic_read(&containers[n]->users), 1);
		KUNIT_EXPECT_EQ(test, refcount_read(&containers[n]->ref), 1);
	}
}

static void registry_entry_has_own_process(struct kunit *test)
{
	struct sbx_task *entry = sbx_task_alloc(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, entry);
	KUNIT_ASSERT_NOT_NULL(test, entry->process);
	KUNIT_EXPECT_EQ(test, refcount_read(&entry->process->ref), 1);
	sbx_task_free(entry);
	sbx_task_free(NULL);
}

static struct kunit_case registry_cases[] = {
	KUNIT_CASE(registry_is_its_twin),
	KUNIT_CASE(registry_stands_readers),
	KUNIT_CASE(registry_refuses_a_dying_container),
	KUNIT_CASE(registry_lets_heirs_go),
	KUNIT_CASE(registry_entry_has_own_process),
	{}
};

static struct kunit_suite registry_suite = {
	.name = "sbx-registry",
	.suite_init = registry_suite_init,
	.test_cases = registry_cases,
};

kunit_test_suite(registry_suite);
