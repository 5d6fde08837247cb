// SPDX-License-Identifier: GPL-2.0
/*
 * sbx: system calls of sandboxed processes, answered by a module.
 *
 * Theory of operation
 *
 * A runtime's process asks over netlink (netlink.c) to become the launcher of
 * a new container in a domain (domain.c).  From then on the task registry
 * (task.c) follows its descendants.  The first of them that is init of a new
 * PID namespace binds that namespace to the container; it and all below it
 * are members.  They are pending while they run the runtime's code, and carry
 * its seccomp filter, which kills on every call.
 *
 * The filter makes the kernel call __secure_computing() for each system call.
 * For members that call is redirected (hook.c) to sbx_enter() (entry.c), so
 * the filter is never asked, unless the redirect is gone: then it kills.
 *
 * The first exec, which may have to wait for the launcher's tool (hold.c),
 * makes a member active (activate.c): its namespaces are
 * checked to be private, its descriptors imported.  Each of its calls is then
 * looked up in the table (syscalls.tbl, table.c) and served by a handler
 * (sys/), handed on to the host, or refused.  Files that members open are
 * regular files and directories on allowed superblocks, or objects of the
 * module's own (object/, fs/).
 *
 * Lifetimes
 *
 * A task's entry pins its container, a container its domain, and the hook is
 * armed, with the module pinned, while there is a domain.  The last task's
 * exit takes all of it down (domain.c).  Open files pin the module through
 * their file_operations and their domain's memory by a reference.
 *
 * Order of locks, outermost first
 *
 *	domains_lock (domain.c)		lists of domains and containers
 *	  hook_lock (hook.c)		registration of the redirect
 *	  private_lock (private.c)	filesystems of a container
 *	  bound_lock (domain.c)		binding of PID namespaces, refusals
 *	lock (hold.c)			innermost
 *	a registry bucket's bit lock	(task.c) innermost
 *	sbx_process.lock		(task.h) innermost
 *	sbx_load.lock			(usage.h) innermost
 *
 * No lock is held across an access to user memory or a wait on a member.
 */
#include <linux/init.h>
#include <linux/module.h>

#include "domain.h"
#include "exec.h"
#include "fs/super.h"
#include "fs/sys.h"
#include "hold.h"
#include "hook.h"
#include "netlink.h"
#include "object/epoll.h"
#include "object/inotify.h"
#include "object/object.h"
#include "object/timerfd.h"
#include "object/unix.h"
#include "sys/buffer.h"
#include "task.h"

/*
 * struct part - a part of the module
 * @init: returns an errno; gone once the module is loaded
 * @exit: undoes @init
 */
static const struct part {
	int (*init)(void);
	void (*exit)(void);
} parts[] __refconst = {
	{ sbx_domain_init, sbx_domain_exit },
	{ sbx_buffer_init, sbx_buffer_exit },
	{ sbx_object_init, sbx_object_exit },
	{ sbx_epoll_init, sbx_epoll_exit },
	{ sbx_inotify_init, sbx_inotify_exit },
	{ sbx_timerfd_init, sbx_timerfd_exit },
	{ sbx_unix_init, sbx_unix_exit },
	{ sbx_sys_init, sbx_sys_exit },
	{ sbx_fs_init, sbx_fs_exit },
	{ sbx_task_init, sbx_task_exit },
	{ sbx_exec_init, sbx_exec_exit },
	{ sbx_hold_init, sbx_hold_exit },
	{ sbx_hook_init, sbx_hook_exit },
	{ sbx_netlink_init, sbx_netlink_exit },
};

/* The first @nr, from the last to the first. */
static void end_parts(int nr)
{
	while (nr-- > 0)
		parts[nr].exit();
}

static int __init sbx_init(void)
{
	int err, i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		err = parts[i].init();
		if (err) {
			end_parts(i);
			return err;
		}
	}
	return 0;
}

static void __exit sbx_exit(void)
{
	end_parts(ARRAY_SIZE(parts));
}

module_init(sbx_init);
module_exit(sbx_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Sandbox domains: system calls answered inside the kernel");
MODULE_VERSION(SBX_VERSION);
