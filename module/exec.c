// SPDX-License-Identifier: GPL-2.0
/*
 * Which files members may execute.
 *
 * execve(2) is native and finds its file by itself.  A binary format at the
 * head of the kernel's list sees each file that was really opened, a script's
 * interpreters too, before any of it counts, so the decision cannot be raced.
 */
#include <linux/binfmts.h>
#include <linux/fs.h>
#include <linux/module.h>

#include "domain.h"
#include "entry.h"
#include "exec.h"

/* -ENOEXEC: not ours to load, the next format please. */
static int judge(struct linux_binprm *bprm)
{
	struct sbx_task *self = sbx_task_member();

	if (!self)
		return -ENOEXEC;
	if (sbx_sb_allowed(self->container->domain, file_inode(bprm->file)->i_sb))
		return -ENOEXEC;
	sbx_count_refusal(self, __NR_execve);
	return -EACCES;
}

static struct linux_binfmt judge_format = {
	.module = THIS_MODULE,
	.load_binary = judge,
};

int __init sbx_exec_init(void)
{
	__register_binfmt(&judge_format, 1);
	return 0;
}

void sbx_exec_exit(void)
{
	unregister_binfmt(&judge_format);
}
