// SPDX-License-Identifier: GPL-2.0
/*
 * The task registry: which tasks are launchers and members.
 *
 * Entries follow the kernel's own tracepoints: sched_process_fork adds one
 * before the child first runs, sched_process_exec has a pending member made
 * active (activate.c), sched_process_exit removes it.  Probes run with
 * preemption off, so what a member's clone needs is put in stock beforehand;
 * for the runtime's own processes a GFP_ATOMIC allocation has to do, and where
 * that fails the child is killed: no task of a container ever runs
 * unregistered.
 */
#include <linux/binfmts.h>
#include <linux/hash.h>
#include <linux/pid_namespace.h>
#include <linux/rculist_bl.h>
#include <linux/sched/signal.h>
#include <linux/seccomp.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>

#include "activate.h"
#include "compat.h"
#include "domain.h"
#include "task.h"

/*
 * Keyed by task_struct address.  Readers hold RCU, or have preemption off,
 * writers the bucket's bit lock, always from process context.  The hook looks
 * at the heads.
 */
struct hlist_bl_head sbx_registry[1 << SBX_REGISTRY_BITS];

static struct kmem_cache *task_cache;
static struct kmem_cache *process_cache;

static __always_inline struct hlist_bl_head *bucket(const struct task_struct *task)
{
	return &sbx_registry[hash_32((unsigned long)task >> SBX_TASK_ALIGN_SHIFT,
				     SBX_REGISTRY_BITS)];
}

/* As hlist_bl_first_rcu(), which wants to see rcu_read_lock() itself. */
static __always_inline struct hlist_bl_node *first(const struct hlist_bl_head *head)
{
	RCU_LOCKDEP_WARN(!rcu_read_lock_any_held(), "look into the registry outside of RCU");
	return (struct hlist_bl_node *)
		((unsigned long)rcu_dereference_raw(head->first) & ~LIST_BL_LOCKMASK);
}

static __always_inline struct sbx_task *find(const struct task_struct *task)
{
	struct hlist_bl_node *pos;
	struct sbx_task *entry;

	for (pos = first(bucket(task)); pos; pos = rcu_dereference_raw(pos->next)) {
		entry = hlist_bl_entry(pos, struct sbx_task, node);
		if (entry->task == task)
			return entry;
	}
	return NULL;
}

/**
 * sbx_task_find() - entry of any task
 * @task: whose
 *
 * Context: RCU read-side critical section, which the result needs too.
 * Return: the entry or NULL.
 */
struct sbx_task *sbx_task_find(const struct task_struct *task)
{
	return find(task);
}

/**
 * sbx_task_current() - the caller's own entry
 *
 * Only the task itself removes a member's, so no RCU is needed to use it.  A
 * launcher's is there for as long as preemption is off.
 *
 * Return: the entry or NULL.
 */
struct sbx_task *sbx_task_current(void)
{
	struct sbx_task *entry;

	rcu_read_lock();
	entry = find(current);
	rcu_read_unlock();
	return entry;
}

/**
 * sbx_task_member() - the caller's own entry if its system calls are ours
 *
 * On the path of every system call of a member.  Preemption off costs less
 * than a call to rcu_read_lock().
 *
 * Return: the entry or NULL.
 */
notrace struct sbx_task *sbx_task_member(void)
{
	struct sbx_task *entry;

	preempt_disable_notrace();
	entry = find(current);
	if (entry && entry->state == SBX_TASK_LAUNCHER)
		entry = NULL;
	preempt_enable_notrace();
	return entry;
}

/*
 * What a launcher leaves running, as a hook can, has no part in a container that
 * was started.
 */
static bool is_free(const struct sbx_task *entry)
{
	return entry->heir && !entry->entering && READ_ONCE(entry->container->started);
}

/* False if the container is already going down, or needs no such launcher any more. */
static bool insert(struct sbx_task *entry, struct task_struct *task,
		   enum sbx_task_state state, struct sbx_container *container)
{
	struct hlist_bl_head *head = bucket(task);

	if (!sbx_container_use(container))
		return false;
	if (state != SBX_TASK_LAUNCHER)
		atomic_inc(&container->members);
	entry->task = task;
	entry->state = state;
	entry->container = container;
	entry->counters = container->domain->counters;

	hlist_bl_lock(head);
	entry->removed = is_free(entry);
	if (!entry->removed)
		hlist_bl_add_head_rcu(&entry->node, head);
	hlist_bl_unlock(head);
	if (!entry->removed)
		return true;
	sbx_container_unuse(container);
	return false;
}

static void free_entry(struct rcu_head *rcu)
{
	kmem_cache_free(task_cache, container_of(rcu, struct sbx_task, rcu));
}

/* What an entry holds, once it is out of its bucket. */
static void release(struct sbx_task *entry)
{
	sbx_task_free(entry->child);
	if (entry->process)
		sbx_process_put(entry->process);
	if (entry->state != SBX_TASK_LAUNCHER)
		atomic_dec(&entry->container->members);
	sbx_container_unuse(entry->container);
	call_rcu(&entry->rcu, free_entry);
}

static void remove(struct sbx_task *entry)
{
	struct hlist_bl_head *head = bucket(entry->task);
	bool removed;

	hlist_bl_lock(head);
	removed = entry->removed;
	if (!removed)
		hlist_bl_del_rcu(&entry->node);
	hlist_bl_unlock(head);
	if (!removed)
		release(entry);
}

static void remove_free(struct hlist_bl_head *head, const struct sbx_container *container)
{
	struct hlist_bl_node *pos, *next;
	struct sbx_task *entry;

	hlist_bl_lock(head);
	hlist_bl_for_each_entry_safe(entry, pos, next, head, node) {
		if (entry->container != container || !is_free(entry))
			continue;
		entry->removed = true;
		hlist_bl_del_rcu(&entry->node);
		/* Not the last user, which is a member, so nothing is taken down here. */
		release(entry);
	}
	hlist_bl_unlock(head);
}

/**
 * sbx_task_end_launch() - the end of a launcher's part in its container's life
 * @container: the calling member's, whose first program is about to run
 *
 * From here on it lives as long as its members do; what the launcher has
 * started besides is of no account.  The launcher itself stays one, so that the
 * tool that it may be finds the container when that is dead.
 */
void sbx_task_end_launch(struct sbx_container *container)
{
	int i;

	/*
	 * A full barrier, as taking a bucket's lock is, which shows in the head: an
	 * entry that is not seen below has seen this.
	 */
	if (xchg(&container->started, true))
		return;
	for (i = 0; i < ARRAY_SIZE(sbx_registry); i++)
		if (READ_ONCE(sbx_registry[i].first))
			remove_free(&sbx_registry[i], container);
}

/**
 * sbx_process_put() - drop a reference
 * @process: what the threads share
 */
void sbx_process_put(struct sbx_process *process)
{
	if (refcount_dec_and_test(&process->ref))
		kmem_cache_free(process_cache, process);
}

/**
 * sbx_task_alloc() - entry for a new task, with its own process part
 * @gfp: how
 *
 * Return: the entry, not in the registry, or NULL.
 */
struct sbx_task *sbx_task_alloc(gfp_t gfp)
{
	struct sbx_task *entry;

	entry = kmem_cache_zalloc(task_cache, gfp);
	if (!entry)
		return NULL;
	entry->process = kmem_cache_zalloc(process_cache, gfp);
	if (!entry->process) {
		kmem_cache_free(task_cache, entry);
		return NULL;
	}
	refcount_set(&entry->process->ref, 1);
	spin_lock_init(&entry->process->lock);
	return entry;
}

/**
 * sbx_task_free() - undo sbx_task_alloc()
 * @entry: not in the registry, may be NULL
 */
void sbx_task_free(struct sbx_task *entry)
{
	if (!entry)
		return;
	sbx_process_put(entry->process);
	kmem_cache_free(task_cache, entry);
}

/**
 * sbx_task_stock_child() - have an entry ready for the next clone
 * @self: the caller's entry
 *
 * Return: 0, or -EAGAIN as from a clone(2) that is out of memory for tasks.
 */
int sbx_task_stock_child(struct sbx_task *self)
{
	if (!self->child)
		self->child = sbx_task_alloc(GFP_KERNEL_ACCOUNT);
	return self->child ? 0 : -EAGAIN;
}

/**
 * sbx_task_tag_launcher() - make the caller a launcher of a container
 * @container: which
 * @preserve_fds: descriptors from 3 on that the program it starts keeps
 * @entering: the container is there already, and the program one more in it
 *
 * Return: 0, -EBUSY if the caller already has an entry, -ESRCH if the
 * container is going down, -ENOMEM.
 */
int sbx_task_tag_launcher(struct sbx_container *container, u32 preserve_fds, bool entering)
{
	struct sbx_task *entry;

	if (sbx_task_current())
		return -EBUSY;
	entry = sbx_task_alloc(GFP_KERNEL);
	if (!entry)
		return -ENOMEM;
	entry->preserve_fds = preserve_fds;
	entry->entering = entering;
	entry->filters = atomic_read(&current->seccomp.filter_count);
	if (insert(entry, current, SBX_TASK_LAUNCHER, container))
		return 0;
	sbx_task_free(entry);
	return -ESRCH;
}

/**
 * sbx_task_launcher() - one of a container's launchers
 * @container: which
 *
 * Return: its process in the caller's PID namespace, 0 if there is none.
 */
pid_t sbx_task_launcher(const struct sbx_container *container)
{
	struct hlist_bl_node *pos;
	struct sbx_task *entry;
	pid_t pid = 0;
	int i;

	rcu_read_lock();
	for (i = 0; !pid && i < ARRAY_SIZE(sbx_registry); i++)
		hlist_bl_for_each_entry_rcu(entry, pos, &sbx_registry[i], node)
			if (entry->container == container && entry->state == SBX_TASK_LAUNCHER)
				pid = task_tgid_vnr(entry->task);
	rcu_read_unlock();
	return pid;
}

/**
 * sbx_pid_visible() - whether active members may see and signal a process
 * @pid: any
 *
 * Return: false for the runtime's pending tasks, which answer as if absent.
 */
bool sbx_pid_visible(struct pid *pid)
{
	struct task_struct *task;
	struct sbx_task *entry;
	bool visible = true;

	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_PID);
	if (task) {
		entry = find(task);
		visible = !entry || entry->state == SBX_TASK_ACTIVE;
	}
	rcu_read_unlock();
	return visible;
}

/**
 * sbx_task_visible() - whether the calling member may see and touch a task
 * @task: any
 *
 * Context: RCU read-side critical section.
 * Return: false for the runtime's pending tasks and all outside of the caller's
 * PID namespace.
 */
bool sbx_task_visible(struct task_struct *task)
{
	const struct sbx_task *entry = find(task);

	return task_pid_vnr(task) &&
	       (!entry || entry->state == SBX_TASK_ACTIVE);
}

/**
 * sbx_parent_is_outside() - whether the caller was started from outside
 *
 * A parent inside that dies leaves its children to others inside.
 */
bool sbx_parent_is_outside(void)
{
	const struct sbx_task *parent;
	bool outside;

	rcu_read_lock();
	parent = find(rcu_dereference(current->real_parent));
	outside = !parent || parent->state != SBX_TASK_ACTIVE;
	rcu_read_unlock();
	return outside;
}

/* A member's child is a member, whatever nested namespaces it makes. */
static void fork_member(struct sbx_task *self, struct task_struct *child)
{
	struct sbx_task *entry = self->child;

	self->child = NULL;
	if (!entry)
		entry = sbx_task_alloc(GFP_ATOMIC | __GFP_NOWARN);
	if (!entry) {
		send_sig(SIGKILL, child, 1);
		return;
	}
	if (same_thread_group(child, self->task)) {
		sbx_process_put(entry->process);
		refcount_inc(&self->process->ref);
		entry->process = self->process;
	} else {
		spin_lock(&self->process->lock);
		entry->process->core = self->process->core;
		spin_unlock(&self->process->lock);
	}
	sbx_clone_regs_restore(&self->clone_regs, child);
	entry->preserve_fds = self->preserve_fds;
	/* Cannot fail: the parent is one of the container's users. */
	insert(entry, child, self->state, self->container);
}

/*
 * Not yet, or never, a member: a launcher's descendant, or a task of the host
 * that enters a container's PID namespace.
 */
static void fork_outside(struct sbx_task *self, struct task_struct *child)
{
	struct pid_namespace *ns = task_active_pid_ns(child);
	enum sbx_task_state state = SBX_TASK_PENDING;
	struct sbx_container *container;
	struct sbx_task *entry;

	container = sbx_container_of_ns(ns);
	if (!container && self) {
		container = self->container;
		if (ns == task_active_pid_ns(current))
			state = SBX_TASK_LAUNCHER;
		else if (sbx_container_bind(container, ns))
			goto kill;
	}
	if (!container)
		return;

	entry = sbx_task_alloc(GFP_ATOMIC | __GFP_NOWARN);
	if (!entry)
		goto kill;
	if (self && self->container == container) {
		entry->preserve_fds = self->preserve_fds;
		entry->filters = self->filters;
		entry->entering = self->entering;
		entry->heir = state == SBX_TASK_LAUNCHER;
	}
	if (insert(entry, child, state, container))
		return;
	sbx_task_free(entry);
	if (state == SBX_TASK_LAUNCHER)
		return;
kill:
	send_sig(SIGKILL, child, 1);
}

static void on_fork(void *data, struct task_struct *parent, struct task_struct *child)
{
	struct sbx_task *self = sbx_task_current();

	if (self && self->state != SBX_TASK_LAUNCHER)
		fork_member(self, child);
	else if (self || task_active_pid_ns(child) != &init_pid_ns)
		fork_outside(self, child);
}

/* Why the caller may not run a program; NULL if it may. */
static const char *exec_refusal(const struct sbx_task *self)
{
	const struct seccomp *seccomp = &current->seccomp;

	/*
	 * Without the runtime's filter its calls would go to the host:
	 * nsenter(1), or a bundle without seccomp.
	 */
	if (self->state == SBX_TASK_PENDING)
		return seccomp->mode == SECCOMP_MODE_FILTER ? NULL :
		       "a program without the runtime's filter";
	/* The filter is there, the namespace is not: it would kill, silently. */
	if (self->state == SBX_TASK_LAUNCHER &&
	    atomic_read(&seccomp->filter_count) > self->filters)
		return "its pid namespace is the host's";
	return NULL;
}

static void on_exec(void *data, struct task_struct *task, pid_t old_pid,
		    struct linux_binprm *bprm)
{
	struct sbx_task *self = sbx_task_current();
	const char *why;

	if (!self)
		return;
	why = exec_refusal(self);
	if (why) {
		sbx_container_refuse(self->container, "%s", why);
		send_sig(SIGKILL, task, 1);
	} else if (self->state == SBX_TASK_PENDING && sbx_activate_later()) {
		send_sig(SIGKILL, task, 1);
	}
}

static void on_exit(void *data, struct task_struct *task)
{
	struct sbx_task *self = sbx_task_current();

	if (self)
		remove(self);
}

/*
 * struct probe - a tracepoint that the registry follows
 * @name: of the tracepoint
 * @func: ours
 * @tp: found at load; tracepoint variables are not exported
 */
static struct probe {
	const char *name;
	void *func;
	struct tracepoint *tp;
} probes[] = {
	{ "sched_process_exit", on_exit },	/* first on, last off */
	{ "sched_process_exec", on_exec },
	{ "sched_process_fork", on_fork },
};

static void find_tracepoint(struct tracepoint *tp, void *data)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (!strcmp(tp->name, probes[i].name))
			probes[i].tp = tp;
}

static void unregister_probes(int n)
{
	while (n-- > 0)
		tracepoint_probe_unregister(probes[n].tp, probes[n].func, NULL);
	tracepoint_synchronize_unregister();
}

static int register_probes(void)
{
	int err, i;

	for_each_kernel_tracepoint(find_tracepoint, NULL);
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		err = -ENOENT;
		if (probes[i].tp)
			err = tracepoint_probe_register(probes[i].tp, probes[i].func, NULL);
		if (err) {
			pr_err("cannot follow tracepoint %s: %d\n", probes[i].name, err);
			unregister_probes(i);
			return err;
		}
	}
	return 0;
}

int __init sbx_task_init(void)
{
	int err = -ENOMEM;

	task_cache = KMEM_CACHE(sbx_task, SLAB_ACCOUNT | SLAB_NO_MERGE);
	if (!task_cache)
		return -ENOMEM;
	process_cache = KMEM_CACHE(sbx_process, SLAB_ACCOUNT | SLAB_NO_MERGE);
	if (!process_cache)
		goto err_task;
	err = register_probes();
	if (err)
		goto err_process;
	return 0;

err_process:
	kmem_cache_destroy(process_cache);
err_task:
	kmem_cache_destroy(task_cache);
	return err;
}

/* No entry is left: each held a container, each container the module. */
void sbx_task_exit(void)
{
	unregister_probes(ARRAY_SIZE(probes));
	rcu_barrier();
	kmem_cache_destroy(process_cache);
	kmem_cache_destroy(task_cache);
}

#if IS_BUILTIN(CONFIG_KUNIT)
#include "task_kunit.c"
#endif
