// SPDX-License-Identifier: GPL-2.0
/*
 * capget(2): its pid is in memory, so the host would read it again after a
 * check.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/uaccess.h>

#include "../compat.h"
#include "../entry.h"

/* Words of a set in a version of the interface, or a negative errno. */
static int words_of(u32 version)
{
	switch (version) {
	case _LINUX_CAPABILITY_VERSION_1:
		return _LINUX_CAPABILITY_U32S_1;
	case _LINUX_CAPABILITY_VERSION_2:
	case _LINUX_CAPABILITY_VERSION_3:
		return _LINUX_CAPABILITY_U32S_3;
	default:
		return -EINVAL;
	}
}

/* As struct __user_cap_data_struct, which 6.1 declares for user memory alone. */
struct sets {
	u32 effective;
	u32 permitted;
	u32 inheritable;
};

static void split(const struct cred *cred, struct sets *sets)
{
	int i;

	for (i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		sets[i].effective = sbx_cap_word(&cred->cap_effective, i);
		sets[i].permitted = sbx_cap_word(&cred->cap_permitted, i);
		sets[i].inheritable = sbx_cap_word(&cred->cap_inheritable, i);
	}
}

static int read_sets(pid_t nr, struct sets *sets)
{
	struct task_struct *task = current;
	struct pid *pid;
	int err = 0;

	rcu_read_lock();
	if (nr) {
		pid = find_vpid(nr);
		task = pid && sbx_pid_visible(pid) ? pid_task(pid, PIDTYPE_PID) : NULL;
	}
	if (task)
		split(__task_cred(task), sets);
	else
		err = -ESRCH;
	rcu_read_unlock();
	return err;
}

SBX_SYSCALL_DEFINE2(capget, cap_user_header_t, header, cap_user_data_t, to)
{
	struct sets sets[_LINUX_CAPABILITY_U32S_3];
	u32 version;
	int words;
	pid_t pid;

	if (get_user(version, &header->version))
		return -EFAULT;
	words = words_of(version);
	if (words < 0) {
		if (put_user((u32)_KERNEL_CAPABILITY_VERSION, &header->version))
			return -EFAULT;
		return to ? words : 0;		/* without data it is a question */
	}
	if (!to)
		return 0;
	if (get_user(pid, &header->pid))
		return -EFAULT;
	if (pid < 0)
		return -EINVAL;
	return read_sets(pid, sets) ?:
	       copy_to_user(to, sets, words * sizeof(*sets)) ? -EFAULT : 0;
}
