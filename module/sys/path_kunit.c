// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the splitting of paths; included at the foot of path.c.
 */
#include <kunit/test.h>

#define LONGEST	7

/* By components, from the front. */
static enum sbx_last naive_classify(const char *name, size_t *last)
{
	enum sbx_last type = SBX_LAST_ROOT;
	size_t at = 0, len;

	*last = 0;
	while (name[at]) {
		len = strcspn(name + at, "/");
		if (len) {
			*last = at;
			if (len == 1 && name[at] == '.')
				type = SBX_LAST_DOT;
			else if (len == 2 && !strncmp(name + at, "..", 2))
				type = SBX_LAST_DOTDOT;
			else
				type = SBX_LAST_NORM;
		}
		at += len + (name[at + len] == '/');
	}
	return type;
}

/* Every path of so many bytes, out of those that matter. */
static void path_is_its_twin(struct kunit *test)
{
	static const char bytes[] = { '/', '.', 'a' };
	unsigned int count = 1, len, i, rest;
	size_t last, naive_last;
	char name[LONGEST + 1];
	enum sbx_last type;
	int j;

	for (len = 0; len <= LONGEST; len++, count *= ARRAY_SIZE(bytes)) {
		for (i = 0; i < count; i++) {
			for (rest = i, j = 0; j < len; j++, rest /= ARRAY_SIZE(bytes))
				name[j] = bytes[rest % ARRAY_SIZE(bytes)];
			name[len] = '\0';
			type = naive_classify(name, &naive_last);
			KUNIT_EXPECT_EQ_MSG(test, classify(name, &last), type, "'%s'", name);
			if (type != SBX_LAST_NORM)
				KUNIT_EXPECT_EQ_MSG(test, last, naive_last, "'%s'", name);
		}
	}
}

static void path_ends(struct kunit *test)
{
	static const struct {
		const char *name;
		enum sbx_last type;
		size_t last;
	} paths[] = {
		{ "a", SBX_LAST_NORM }, { "/a", SBX_LAST_NORM },
		{ "a/b", SBX_LAST_NORM }, { "a/b//", SBX_LAST_NORM },
		{ "/", SBX_LAST_ROOT, 0 }, { "///", SBX_LAST_ROOT, 0 },
		{ ".", SBX_LAST_DOT, 0 }, { "a/./", SBX_LAST_DOT, 2 },
		{ "..", SBX_LAST_DOTDOT, 0 }, { "/..", SBX_LAST_DOTDOT, 1 },
		{ "a/...", SBX_LAST_NORM }, { ".a", SBX_LAST_NORM },
		{ "..a", SBX_LAST_NORM }, { "a.", SBX_LAST_NORM },
	};
	size_t last;
	int i;

	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		KUNIT_EXPECT_EQ_MSG(test, classify(paths[i].name, &last), paths[i].type,
				    "'%s'", paths[i].name);
		if (paths[i].type != SBX_LAST_NORM)
			KUNIT_EXPECT_EQ_MSG(test, last, paths[i].last, "'%s'", paths[i].name);
	}
}

static struct kunit_case path_cases[] = {
	KUNIT_CASE(path_ends),
	KUNIT_CASE(path_is_its_twin),
	{}
};

static struct kunit_suite path_suite = {
	.name = "sbx-path",
	.test_cases = path_cases,
};

kunit_test_suite(path_suite);
