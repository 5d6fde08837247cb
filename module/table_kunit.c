// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the generated table; included at the foot of table.c.
 */
#include <kunit/test.h>

static void table_names_are_unique(struct kunit *test)
{
	int a, b;

	for (a = 0; a < SBX_NR_SYSCALLS; a++)
		for (b = 0; b < a && sbx_rows[a].name; b++)
			if (sbx_rows[b].name)
				KUNIT_EXPECT_STRNEQ(test, sbx_rows[a].name, sbx_rows[b].name);
}

static void table_check_row(struct kunit *test, int nr, const struct sbx_row *row)
{
	switch (row->class) {
	case SBX_SYSCALL_ABSENT:
		KUNIT_EXPECT_NULL_MSG(test, row->name, "%d", nr);
		KUNIT_EXPECT_PTR_EQ_MSG(test, sbx_handlers[nr], &sbx_sys_refused, "%d", nr);
		KUNIT_EXPECT_EQ_MSG(test, row->err, ENOSYS, "%d", nr);
		return;
	case SBX_SYSCALL_SERVED:
		KUNIT_EXPECT_NOT_NULL_MSG(test, sbx_handlers[nr], "%s", row->name);
		KUNIT_EXPECT_PTR_NE_MSG(test, sbx_handlers[nr], &sbx_sys_refused, "%s", row->name);
		KUNIT_EXPECT_EQ_MSG(test, row->err, 0, "%s", row->name);
		break;
	case SBX_SYSCALL_NATIVE:
		KUNIT_EXPECT_PTR_NE_MSG(test, sbx_handlers[nr], &sbx_sys_refused, "%s", row->name);
		KUNIT_EXPECT_GT_MSG(test, strlen(row->note), (size_t)0, "%s", row->name);
		KUNIT_EXPECT_EQ_MSG(test, row->err, 0, "%s", row->name);
		break;
	case SBX_SYSCALL_REFUSED:
		KUNIT_EXPECT_PTR_EQ_MSG(test, sbx_handlers[nr], &sbx_sys_refused, "%s", row->name);
		KUNIT_EXPECT_GT_MSG(test, row->err, 0, "%s", row->name);
		KUNIT_EXPECT_GT_MSG(test, strlen(row->note), (size_t)0, "%s", row->name);
		break;
	default:
		KUNIT_FAIL(test, "%d: class %d", nr, row->class);
	}
	KUNIT_EXPECT_NOT_NULL_MSG(test, row->name, "%d", nr);
	KUNIT_EXPECT_NOT_NULL_MSG(test, row->args, "%d", nr);
}

static void table_rows_are_coherent(struct kunit *test)
{
	int nr;

	for (nr = 0; nr < SBX_NR_SYSCALLS; nr++)
		table_check_row(test, nr, &sbx_rows[nr]);
}

/* What would hand the host to a guest must not become native by a slip. */
static void table_refuses_the_dangerous(struct kunit *test)
{
	static const int never_native[] = {
		__NR_bpf, __NR_init_module, __NR_finit_module, __NR_delete_module,
		__NR_kexec_load, __NR_kexec_file_load, __NR_io_uring_setup,
		__NR_io_setup, __NR_move_mount, __NR_fsopen, __NR_open_tree, __NR_setns,
		__NR_kcmp, __NR_perf_event_open,
		__NR_userfaultfd, __NR_open_by_handle_at,
		__NR_iopl, __NR_ioperm, __NR_reboot, __NR_swapon, __NR_syslog,
		__NR_settimeofday, __NR_clock_settime, __NR_acct, __NR_quotactl,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(never_native); i++)
		KUNIT_EXPECT_NE_MSG(test, sbx_rows[never_native[i]].class, SBX_SYSCALL_NATIVE,
				    "%s", sbx_rows[never_native[i]].name);
}

static struct kunit_case table_cases[] = {
	KUNIT_CASE(table_names_are_unique),
	KUNIT_CASE(table_rows_are_coherent),
	KUNIT_CASE(table_refuses_the_dangerous),
	{}
};

static struct kunit_suite table_suite = {
	.name = "sbx-table",
	.test_cases = table_cases,
};

kunit_test_suite(table_suite);
