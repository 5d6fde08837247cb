/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_TASK_H
#define _SBX_TASK_H

#include <linux/list_bl.h>
#include <linux/refcount.h>
#include <linux/resource.h>
#include <linux/sched.h>

struct pt_regs;
struct sbx_container;
struct sbx_counters;

/*
 * The registry's size; and of the address of a task_struct, which lies on
 * cache lines of its own, how many bits say nothing.  For the hook.
 */
#define SBX_REGISTRY_BITS	12
#define SBX_TASK_ALIGN_SHIFT	6

/**
 * enum sbx_task_state - what a registry entry says of its task
 * @SBX_TASK_LAUNCHER: a runtime's process outside any container: its
 *	descendants are watched, its own calls are not touched.  Such entries
 *	may be taken away by others, see sbx_task_end_launch().
 * @SBX_TASK_PENDING: in the container, still the runtime's own code: every
 *	call is native; invisible for active members
 * @SBX_TASK_ACTIVE: runs a program of the container: every call is ours
 */
enum sbx_task_state {
	SBX_TASK_LAUNCHER,
	SBX_TASK_PENDING,
	SBX_TASK_ACTIVE,
};

/**
 * struct sbx_process - what the threads of one member process share
 * @ref: one per thread's entry
 * @lock: guards @core
 * @core: the RLIMIT_CORE that the guest sees; the host's own is 1/1 so that
 *	no helper of the host ever reads guest memory (core(5))
 */
struct sbx_process {
	refcount_t ref;
	spinlock_t lock;
	struct rlimit core;
};

/**
 * struct sbx_clone_regs - the user's registers during a rewritten clone3(2)
 * @used: they have to come back
 * @work: brings them back if there is no child
 * @di: as in &struct pt_regs, as the others
 * @si: -
 * @dx: -
 * @r10: -
 * @r8: -
 * @orig_ax: -
 */
struct sbx_clone_regs {
	bool used;
	struct callback_head work;
	unsigned long di, si, dx, r10, r8, orig_ax;
};

/**
 * struct sbx_task - registry entry of one task
 * @node: in the registry; added by sched_process_fork (or the launch command),
 *	removed by the task's own sched_process_exit, or sbx_task_end_launch()
 * @removed: it is not there any more; the bucket's lock
 * @task: key; no reference, the entry never outlives the task
 * @state: &enum sbx_task_state; written by the task itself only.  Others see
 *	%SBX_TASK_ACTIVE after all that came from the runtime is gone.
 * @container: where it belongs; a reference on it and one of its users
 * @counters: of the container's domain
 * @process: shared with the other threads of the process, NULL for launchers
 * @preserve_fds: of launchers and pending tasks: descriptors from 3 on that
 *	activation keeps; handed down
 * @filters: of launchers: seccomp filters that it runs under itself, from
 *	before it was tagged; handed down
 * @entering: of launchers: they do not make the container but start a program
 *	more in it; handed down
 * @heir: of launchers: it was handed down
 * @child: entry in stock for the next clone, so that the fork probe, which may
 *	not sleep, need not allocate; private to the task
 * @restart: continuation for restart_syscall(2), NULL if none; private to the
 *	task, dropped by any other call.  Its state is in @restart_data.
 * @restart_data: for @restart, meaning known to the handler that set it
 * @refused: the call under way is refused, not failed; see sbx_refuse()
 * @clone_regs: for clone3(2); private to the task
 * @rcu: readers look entries up under RCU
 */
struct sbx_task {
	struct hlist_bl_node node;
	bool removed;
	struct task_struct *task;
	enum sbx_task_state state;
	struct sbx_container *container;
	struct sbx_counters __percpu *counters;
	struct sbx_process *process;
	u32 preserve_fds;
	int filters;
	bool entering;
	bool heir;
	struct sbx_task *child;
	long (*restart)(struct sbx_task *self);
	u64 restart_data[4];
	bool refused;
	struct sbx_clone_regs clone_regs;
	struct rcu_head rcu;
};

extern struct hlist_bl_head sbx_registry[];

struct sbx_task *sbx_task_find(const struct task_struct *task);
struct sbx_task *sbx_task_alloc(gfp_t gfp);
void sbx_task_free(struct sbx_task *entry);
int sbx_task_stock_child(struct sbx_task *self);
void sbx_clone_regs_restore(struct sbx_clone_regs *saved, struct task_struct *child);
int sbx_task_tag_launcher(struct sbx_container *container, u32 preserve_fds, bool entering);
void sbx_task_end_launch(struct sbx_container *container);
pid_t sbx_task_launcher(const struct sbx_container *container);
bool sbx_pid_visible(struct pid *pid);
bool sbx_parent_is_outside(void);
bool sbx_task_visible(struct task_struct *task);

struct sbx_task *sbx_task_current(void);
struct sbx_task *sbx_task_member(void);
void sbx_process_put(struct sbx_process *process);

int __init sbx_task_init(void);
void sbx_task_exit(void);

#endif /* _SBX_TASK_H */
