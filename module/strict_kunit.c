// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the rules for namespaces and superblocks; included at the foot of
 * strict.c.
 */
#include <kunit/test.h>

static const char marks[2][6];

/* Two sets of which no namespace is the same. */
static struct sbx_namespaces namespaces(int which)
{
	const char *mark = marks[which];

	return (struct sbx_namespaces) {
		.user = mark, .mnt = mark + 1, .net = mark + 2,
		.uts = mark + 3, .ipc = mark + 4, .cgroup = mark + 5,
	};
}

static void share(struct sbx_namespaces *a, const struct sbx_namespaces *b,
		  const struct rule *rule)
{
	memcpy((char *)a + rule->offset, (const char *)b + rule->offset, sizeof(void *));
}

static void strict_private_is_private(struct kunit *test)
{
	struct sbx_namespaces a = namespaces(0), b = namespaces(1);

	KUNIT_EXPECT_NULL(test, sbx_namespaces_clash(&a, &b, SBX_STRANGER, 0));
	KUNIT_EXPECT_NULL(test, sbx_namespaces_clash(&a, &b, SBX_SIBLING, 0));
	KUNIT_EXPECT_NULL(test, sbx_namespaces_differ(&a, &a));
	KUNIT_EXPECT_STREQ(test, sbx_namespaces_differ(&a, &b), rules[0].name);
}

/* Every kind by itself is found, and named. */
static void strict_names_what_is_shared(struct kunit *test)
{
	static const char *const kinds[] = { "user", "mnt", "net", "uts", "ipc", "cgroup" };
	int i;

	KUNIT_ASSERT_EQ(test, ARRAY_SIZE(rules), ARRAY_SIZE(kinds));
	KUNIT_ASSERT_EQ(test, sizeof(struct sbx_namespaces), sizeof(void *) * ARRAY_SIZE(kinds));
	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		struct sbx_namespaces a = namespaces(0), b = namespaces(1);

		KUNIT_EXPECT_STREQ(test, rules[i].name, kinds[i]);
		share(&a, &b, &rules[i]);
		KUNIT_EXPECT_STREQ(test, sbx_namespaces_clash(&a, &b, SBX_STRANGER, 0), kinds[i]);
		a = namespaces(0);
		b = a;
		share(&b, &(struct sbx_namespaces){}, &rules[i]);
		KUNIT_EXPECT_STREQ(test, sbx_namespaces_differ(&a, &b), kinds[i]);
	}
}

/* A pod shares what a pod shares: never mounts or control groups. */
static void strict_siblings_share_a_pod(struct kunit *test)
{
	static const char *const own[] = { "mnt", "cgroup" };
	struct sbx_namespaces a = namespaces(0), b;
	const char *which;
	int i;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		b = namespaces(1);
		share(&b, &a, &rules[i]);
		which = sbx_namespaces_clash(&a, &b, SBX_SIBLING, 0);
		if (match_string(own, ARRAY_SIZE(own), rules[i].name) >= 0)
			KUNIT_EXPECT_STREQ(test, which, rules[i].name);
		else
			KUNIT_EXPECT_NULL_MSG(test, which, "%s", rules[i].name);
	}
}

/* The opt-out is for the network alone. */
static void strict_opt_out_is_the_network(struct kunit *test)
{
	struct sbx_namespaces a = namespaces(0), b;
	const char *which;
	int i;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		b = namespaces(1);
		share(&b, &a, &rules[i]);
		which = sbx_namespaces_clash(&a, &b, SBX_STRANGER, SBX_LAUNCH_FLAGS_ALL);
		if (!strcmp(rules[i].name, "net"))
			KUNIT_EXPECT_NULL(test, which);
		else
			KUNIT_EXPECT_STREQ(test, which, rules[i].name);
	}
}

static bool sb_allowed(struct kunit *test, u32 flags, unsigned long magic, const char *name,
		       struct module *owner)
{
	struct sbx_domain *domain = kunit_kzalloc(test, sizeof(*domain), GFP_KERNEL);
	struct super_block *sb = kunit_kzalloc(test, sizeof(*sb), GFP_KERNEL);
	struct file_system_type *type = kunit_kzalloc(test, sizeof(*type), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, domain);
	KUNIT_ASSERT_NOT_NULL(test, sb);
	KUNIT_ASSERT_NOT_NULL(test, type);
	domain->flags = flags;
	type->name = name;
	type->owner = owner;
	sb->s_magic = magic;
	sb->s_type = type;
	return sbx_sb_allowed(domain, sb);
}

static void strict_superblocks(struct kunit *test)
{
	u32 all = SBX_LAUNCH_FLAGS_ALL;

	KUNIT_EXPECT_TRUE(test, sb_allowed(test, 0, EXT4_SUPER_MAGIC, "ext4", NULL));
	KUNIT_EXPECT_TRUE(test, sb_allowed(test, 0, OVERLAYFS_SUPER_MAGIC, "overlay", NULL));
	KUNIT_EXPECT_TRUE(test, sb_allowed(test, 0, TMPFS_MAGIC, "tmpfs", NULL));
	KUNIT_EXPECT_TRUE(test, sb_allowed(test, 0, PROC_SUPER_MAGIC, "any", THIS_MODULE));

	KUNIT_EXPECT_FALSE(test, sb_allowed(test, all, PROC_SUPER_MAGIC, "proc", NULL));
	KUNIT_EXPECT_FALSE(test, sb_allowed(test, all, SYSFS_MAGIC, "sysfs", NULL));
	KUNIT_EXPECT_FALSE(test, sb_allowed(test, all, CGROUP2_SUPER_MAGIC, "cgroup2", NULL));
	KUNIT_EXPECT_FALSE(test, sb_allowed(test, all, DEVPTS_SUPER_MAGIC, "devpts", NULL));
	KUNIT_EXPECT_FALSE(test, sb_allowed(test, all, DEBUGFS_MAGIC, "debugfs", NULL));
	/* ext2 has the same magic number. */
	KUNIT_EXPECT_FALSE(test, sb_allowed(test, all, EXT4_SUPER_MAGIC, "ext2", NULL));
	/* devtmpfs says it is a tmpfs. */
	KUNIT_EXPECT_FALSE(test, sb_allowed(test, all, TMPFS_MAGIC, "devtmpfs", NULL));
}

static void strict_superblocks_that_need_a_flag(struct kunit *test)
{
	static const struct {
		const char *name;
		unsigned long magic;
		u32 flag;
	} types[] = {
		{ "virtiofs", FUSE_SUPER_MAGIC, SBX_LAUNCH_VIRTIOFS },
		{ "fuse", FUSE_SUPER_MAGIC, SBX_LAUNCH_FUSE },
		{ "9p", V9FS_MAGIC, SBX_LAUNCH_9P },
		{ "nfs", NFS_SUPER_MAGIC, SBX_LAUNCH_NFS },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		KUNIT_EXPECT_TRUE(test, sb_allowed(test, types[i].flag, types[i].magic,
						   types[i].name, NULL));
		KUNIT_EXPECT_FALSE(test, sb_allowed(test, SBX_LAUNCH_FLAGS_ALL & ~types[i].flag,
						    types[i].magic, types[i].name, NULL));
	}
}

static struct kunit_case strict_cases[] = {
	KUNIT_CASE(strict_private_is_private),
	KUNIT_CASE(strict_names_what_is_shared),
	KUNIT_CASE(strict_siblings_share_a_pod),
	KUNIT_CASE(strict_opt_out_is_the_network),
	KUNIT_CASE(strict_superblocks),
	KUNIT_CASE(strict_superblocks_that_need_a_flag),
	{}
};

static struct kunit_suite strict_suite = {
	.name = "sbx-strict",
	.test_cases = strict_cases,
};

kunit_test_suite(strict_suite);
