// SPDX-License-Identifier: GPL-2.0
/*
 * What the system is: uname(2), sysinfo(2), getrandom(2), umask(2).
 */
#include <linux/fs_struct.h>
#include <linux/random.h>
#include <linux/sched/loadavg.h>
#include <linux/sched/signal.h>
#include <linux/sysinfo.h>
#include <linux/time_namespace.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <linux/utsname.h>

#include "../domain.h"
#include "../entry.h"
#include "../fs/proc.h"

SBX_SYSCALL_DEFINE1(uname, struct new_utsname __user *, name)
{
	struct new_utsname tmp = *utsname();

	if (personality(current->personality) == PER_LINUX32)
		strscpy_pad(tmp.machine, "i686", sizeof(tmp.machine));
	return copy_to_user(name, &tmp, sizeof(tmp)) ? -EFAULT : 0;
}

/* Memory, load and number of tasks are the container's. */
SBX_SYSCALL_DEFINE1(sysinfo, struct sysinfo __user *, to)
{
	struct sbx_container *container = self->container;
	unsigned int tasks, running;
	struct sbx_memory memory;
	struct sysinfo info = { .mem_unit = 1 };
	struct timespec64 up;
	int i;

	ktime_get_boottime_ts64(&up);
	timens_add_boottime(&up);
	info.uptime = up.tv_sec + (up.tv_nsec ? 1 : 0);
	tasks = sbx_proc_count_tasks(container, container->pid_ns, &running);
	info.procs = min_t(unsigned int, tasks, U16_MAX);
	sbx_usage_load(container, running ? running - 1 : 0, info.loads);
	for (i = 0; i < ARRAY_SIZE(info.loads); i++)
		info.loads[i] <<= SI_LOAD_SHIFT - FSHIFT;
	sbx_usage_memory(container, &memory);
	info.totalram = memory.total;
	info.freeram = sbx_memory_free(&memory);
	info.sharedram = memory.shmem;
	return copy_to_user(to, &info, sizeof(info)) ? -EFAULT : 0;
}

SBX_SYSCALL_DEFINE1(umask, int, mask)
{
	return xchg(&current->fs->umask, mask & 0777);
}

/* As random_get_entropy-backed getrandom(2): short only if a signal comes. */
SBX_SYSCALL_DEFINE3(getrandom, char __user *, buf, size_t, len, unsigned int, flags)
{
	u8 chunk[256];
	size_t done = 0;
	int err;

	if (flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE))
		return -EINVAL;
	if ((flags & (GRND_INSECURE | GRND_RANDOM)) == (GRND_INSECURE | GRND_RANDOM))
		return -EINVAL;
	if (!rng_is_initialized() && !(flags & GRND_INSECURE)) {
		if (flags & GRND_NONBLOCK)
			return -EAGAIN;
		err = wait_for_random_bytes();
		if (err)
			return err;
	}

	len = min_t(size_t, len, MAX_RW_COUNT);
	while (done < len) {
		size_t n = min(len - done, sizeof(chunk));

		get_random_bytes(chunk, n);
		n -= copy_to_user(buf + done, chunk, n);
		done += n;
		if (n < min(len - done + n, sizeof(chunk)))
			break;
		if (signal_pending(current) && done >= PAGE_SIZE)
			break;
		cond_resched();
	}
	memzero_explicit(chunk, sizeof(chunk));
	return done || !len ? done : -EFAULT;
}
