// SPDX-License-Identifier: GPL-2.0
/*
 * Domains and their containers.
 *
 * A domain lives from the launch of its first container to the end of its
 * last.  A container lives while it has users: the launcher, the members, and
 * until its first program runs the launcher's descendants.  Nothing else keeps
 * it up, so whatever dies, and in whatever order, nothing stays behind.
 */
#include <linux/fs_struct.h>
#include <linux/hashtable.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/netlink.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "compat.h"
#include "domain.h"
#include "hook.h"
#include "netlink.h"
#include "private.h"
#include "task.h"

/* Living domains, in order of their ids; see core.c for the order of locks. */
static DEFINE_MUTEX(domains_lock);
static LIST_HEAD(domains);
static u32 last_domain_id, last_container_id;

/* Bound PID namespaces, by address.  Readers hold RCU. */
static DEFINE_SPINLOCK(bound_lock);
static DEFINE_HASHTABLE(bound, 8);

/* Takes containers down; its end is the end of all of them. */
static struct workqueue_struct *teardown;

static void container_work(struct work_struct *work);

static struct sbx_domain *domain_lookup(u32 id)
{
	struct sbx_domain *domain;

	lockdep_assert_held(&domains_lock);
	list_for_each_entry(domain, &domains, node)
		if (domain->id == id)
			return domain;
	return NULL;
}

static struct sbx_domain *domain_lookup_name(const char *name)
{
	struct sbx_domain *domain;

	lockdep_assert_held(&domains_lock);
	list_for_each_entry(domain, &domains, node)
		if (!strcmp(domain->name, name))
			return domain;
	return NULL;
}

/**
 * sbx_domain_find() - a living domain by its id
 * @id: of the domain
 *
 * Return: the domain with a reference, or NULL.
 */
struct sbx_domain *sbx_domain_find(u32 id)
{
	struct sbx_domain *domain;

	mutex_lock(&domains_lock);
	domain = domain_lookup(id);
	if (domain)
		sbx_domain_get(domain);
	mutex_unlock(&domains_lock);
	return domain;
}

/**
 * sbx_domain_find_name() - a living domain by its name
 * @name: of the domain
 *
 * Return: the domain with a reference, or NULL.
 */
struct sbx_domain *sbx_domain_find_name(const char *name)
{
	struct sbx_domain *domain;

	mutex_lock(&domains_lock);
	domain = domain_lookup_name(name);
	if (domain)
		sbx_domain_get(domain);
	mutex_unlock(&domains_lock);
	return domain;
}

/**
 * sbx_domain_next() - walk the living domains
 * @after: id of the one before, 0 to begin
 *
 * Return: the domain with the next higher id, with a reference, or NULL.
 */
struct sbx_domain *sbx_domain_next(u32 after)
{
	struct sbx_domain *domain, *next = NULL;

	mutex_lock(&domains_lock);
	list_for_each_entry(domain, &domains, node) {
		if (domain->id > after) {
			next = sbx_domain_get(domain);
			break;
		}
	}
	mutex_unlock(&domains_lock);
	return next;
}

/**
 * sbx_domain_put() - drop a reference
 * @domain: whose
 */
void sbx_domain_put(struct sbx_domain *domain)
{
	if (!refcount_dec_and_test(&domain->ref))
		return;
	free_percpu(domain->counters);
	kfree_rcu(domain, rcu);
}

/**
 * sbx_container_put() - drop a reference
 * @container: whose
 */
void sbx_container_put(struct sbx_container *container)
{
	if (!refcount_dec_and_test(&container->ref))
		return;
	sbx_domain_put(container->domain);
	kfree_rcu(container, rcu);
}

/**
 * sbx_container_next() - walk the living containers
 * @after: id of the one before, 0 to begin
 * @domain: of this domain only, NULL for all
 *
 * Return: the container with the next higher id, with a reference, or NULL.
 */
struct sbx_container *sbx_container_next(u32 after, const struct sbx_domain *domain)
{
	struct sbx_container *container, *next = NULL;
	struct sbx_domain *d;

	mutex_lock(&domains_lock);
	list_for_each_entry(d, &domains, node) {
		if (domain && d != domain)
			continue;
		list_for_each_entry(container, &d->containers, node)
			if (container->id > after && (!next || container->id < next->id))
				next = container;
	}
	if (next)
		sbx_container_get(next);
	mutex_unlock(&domains_lock);
	return next;
}

/**
 * sbx_container_find() - a living container by its id
 * @id: of the container
 *
 * Return: the container with a reference, or NULL.
 */
struct sbx_container *sbx_container_find(u32 id)
{
	struct sbx_container *container;

	container = id ? sbx_container_next(id - 1, NULL) : NULL;
	if (container && container->id != id) {
		sbx_container_put(container);
		container = NULL;
	}
	return container;
}

/**
 * sbx_container_info() - how a container is
 * @container: which, with a reference
 * @info: takes the answer
 */
void sbx_container_info(const struct sbx_container *container, struct sbx_container_info *info)
{
	memset(info, 0, sizeof(*info));
	mutex_lock(&domains_lock);
	info->state = container->state;
	info->tasks = atomic_read(&container->members);
	/* The namespace is put after the state was set, under this lock. */
	spin_lock(&bound_lock);
	if (container->pid_ns && container->state != SBX_CONTAINER_DEAD) {
		rcu_read_lock();
		info->init = pid_vnr(find_pid_ns(1, container->pid_ns));
		rcu_read_unlock();
	}
	strscpy(info->refusal, container->refusal, sizeof(info->refusal));
	spin_unlock(&bound_lock);
	mutex_unlock(&domains_lock);
}

static struct sbx_domain *domain_alloc(const struct sbx_launch *launch)
{
	struct sbx_domain *domain;

	domain = kzalloc(sizeof(*domain), GFP_KERNEL_ACCOUNT);
	if (!domain)
		return NULL;
	domain->counters = alloc_percpu_gfp(struct sbx_counters, GFP_KERNEL_ACCOUNT);
	if (!domain->counters) {
		kfree(domain);
		return NULL;
	}
	refcount_set(&domain->ref, 1);
	INIT_LIST_HEAD(&domain->containers);
	sbx_epoll_locks_init(&domain->epoll);
	domain->flags = launch->flags;
	domain->born = ktime_get_ns();
	return domain;
}

/* Takes its place among the living. */
static int domain_add(struct sbx_domain *domain, const char *name,
		      struct netlink_ext_ack *extack)
{
	int err;

	if (last_domain_id == U32_MAX) {
		NL_SET_ERR_MSG(extack, "out of domain ids; reload the module");
		return -ENOSPC;
	}
	if (name && domain_lookup_name(name)) {
		NL_SET_ERR_MSG(extack, "a domain of this name is alive");
		return -EEXIST;
	}
	err = sbx_hook_get();
	if (err) {
		NL_SET_ERR_MSG(extack,
			       "the hook cannot be armed: kernel.ftrace_enabled is 0, or a live patch or BPF program holds __secure_computing");
		return err;
	}
	domain->id = ++last_domain_id;
	if (name)
		strscpy(domain->name, name, sizeof(domain->name));
	else
		snprintf(domain->name, sizeof(domain->name), "sbx-%u", domain->id);
	list_add_tail(&sbx_domain_get(domain)->node, &domains);
	sbx_event(SBX_EVENT_DOMAIN_NEW, domain, NULL);
	return 0;
}

/* Its last container is gone. */
static void domain_del(struct sbx_domain *domain)
{
	sbx_event(SBX_EVENT_DOMAIN_DEL, domain, NULL);
	list_del(&domain->node);
	sbx_hook_put();
	sbx_domain_put(domain);
}

static struct sbx_container *container_alloc(const struct sbx_launch *launch)
{
	struct sbx_container *container;

	container = kzalloc(sizeof(*container), GFP_KERNEL_ACCOUNT);
	if (!container)
		return NULL;
	refcount_set(&container->ref, 1);
	atomic_set(&container->users, 1);
	INIT_WORK(&container->work, container_work);
	INIT_HLIST_NODE(&container->ns_node);
	sbx_namespaces_current(&container->outside);
	container->preserve_fds = launch->preserve_fds;
	spin_lock_init(&container->load.lock);
	container->load.at = get_jiffies_64();
	return container;
}

static int container_add(struct sbx_container *container, struct sbx_domain *domain,
			 const char *name, struct netlink_ext_ack *extack)
{
	const struct sbx_container *sibling;

	name = name ?: domain->name;
	list_for_each_entry(sibling, &domain->containers, node) {
		if (!strcmp(sibling->name, name)) {
			NL_SET_ERR_MSG(extack, "the domain has a container of this name");
			return -EEXIST;
		}
	}
	if (last_container_id == U32_MAX) {
		NL_SET_ERR_MSG(extack, "out of container ids; reload the module");
		return -ENOSPC;
	}
	container->id = ++last_container_id;
	container->domain = sbx_domain_get(domain);
	strscpy(container->name, name, sizeof(container->name));
	list_add_tail(&container->node, &domain->containers);
	sbx_event(SBX_EVENT_CONTAINER_NEW, domain, container);
	return 0;
}

static int launch_locked(const struct sbx_launch *launch, struct sbx_domain *fresh,
			 struct sbx_container *container, struct netlink_ext_ack *extack)
{
	struct sbx_domain *domain;
	int err;

	if (launch->domain_id) {
		domain = domain_lookup(launch->domain_id);
		if (!domain) {
			NL_SET_ERR_MSG(extack, "no such domain");
			return -ENOENT;
		}
		return container_add(container, domain, launch->container_name, extack);
	}
	err = domain_add(fresh, launch->domain_name, extack);
	if (err)
		return err;
	err = container_add(container, fresh, launch->container_name, extack);
	if (err)
		domain_del(fresh);
	return err;
}

/**
 * sbx_launch() - make a container, and a domain for it, launched by the caller
 * @launch: what to make
 * @extack: takes the reason of a refusal
 *
 * Return: the container with a reference, or an error pointer: -EBUSY if the
 * caller is a launcher or member already or the hook cannot be armed, -EEXIST
 * if the name is taken, -ENOENT if the domain to join is not there, -ENOMEM.
 */
struct sbx_container *sbx_launch(const struct sbx_launch *launch,
				 struct netlink_ext_ack *extack)
{
	struct sbx_container *container;
	struct sbx_domain *fresh = NULL;
	int err = -ENOMEM;

	container = container_alloc(launch);
	if (!container)
		return ERR_PTR(-ENOMEM);
	if (!launch->domain_id) {
		fresh = domain_alloc(launch);
		if (!fresh)
			goto err_container;
	}

	mutex_lock(&domains_lock);
	err = launch_locked(launch, fresh, container, extack);
	mutex_unlock(&domains_lock);
	if (fresh)
		sbx_domain_put(fresh);
	if (err)
		goto err_container;

	sbx_container_get(container);
	sbx_hold_begin(&container->hold, launch->holder);
	err = sbx_task_tag_launcher(container, launch->preserve_fds, false);
	/* From here on the launcher's entry is what keeps it up. */
	sbx_container_unuse(container);
	if (err) {
		if (err == -EBUSY)
			NL_SET_ERR_MSG(extack, "the caller is a launcher or member already");
		sbx_container_put(container);
		return ERR_PTR(err);
	}
	return container;

err_container:
	kfree(container);
	return ERR_PTR(err);
}

/**
 * sbx_container_use() - become one of the users that keep a container up
 * @container: which
 *
 * Return: false if it is going down already.
 */
bool sbx_container_use(struct sbx_container *container)
{
	if (!atomic_inc_not_zero(&container->users))
		return false;
	sbx_container_get(container);
	return true;
}

/**
 * sbx_container_unuse() - undo sbx_container_use()
 * @container: which; the last user's departure takes it down
 *
 * Context: any.
 */
void sbx_container_unuse(struct sbx_container *container)
{
	if (atomic_dec_and_test(&container->users))
		queue_work(teardown, &container->work);
	else
		sbx_container_put(container);
}

/* Takes a container down; has the reference of its last user. */
static void container_work(struct work_struct *work)
{
	struct sbx_container *container = container_of(work, struct sbx_container, work);
	struct sbx_domain *domain = container->domain;

	spin_lock(&bound_lock);
	if (container->pid_ns)
		hash_del_rcu(&container->ns_node);
	spin_unlock(&bound_lock);
	sbx_hold_end(container);

	mutex_lock(&domains_lock);
	container->state = SBX_CONTAINER_DEAD;
	sbx_event(SBX_EVENT_CONTAINER_DEL, domain, container);
	list_del(&container->node);
	if (list_empty(&domain->containers))
		domain_del(domain);
	mutex_unlock(&domains_lock);

	sbx_private_end(container);
	mntput(container->root);
	if (container->pid_ns) {
		/* Fork probes may still compare the address. */
		synchronize_rcu();
		put_pid_ns(container->pid_ns);
	}
	sbx_container_put(container);
}

/**
 * sbx_container_of_ns() - the container that a PID namespace belongs to
 * @ns: any; the namespaces above it count as well
 *
 * Context: RCU read-side critical section.
 * Return: the container without a reference, or NULL.
 */
struct sbx_container *sbx_container_of_ns(struct pid_namespace *ns)
{
	struct sbx_container *container;

	for (; ns && ns != &init_pid_ns; ns = ns->parent)
		hash_for_each_possible_rcu(bound, container, ns_node, (unsigned long)ns)
			if (container->pid_ns == ns)
				return container;
	return NULL;
}

/**
 * sbx_container_bind() - bind a PID namespace, for good
 * @container: launching
 * @ns: whose init is about to run
 *
 * Context: atomic.
 * Return: 0, or -EBUSY if the container has a namespace.
 */
int sbx_container_bind(struct sbx_container *container, struct pid_namespace *ns)
{
	int err = -EBUSY;

	spin_lock(&bound_lock);
	if (!container->pid_ns) {
		container->pid_ns = get_pid_ns(ns);
		container->state = SBX_CONTAINER_BOUND;
		hash_add_rcu(bound, &container->ns_node, (unsigned long)ns);
		err = 0;
	}
	spin_unlock(&bound_lock);
	if (!err)
		sbx_event(SBX_EVENT_CONTAINER_BOUND, container->domain, container);
	return err;
}

/**
 * sbx_container_refuse() - note why a container's program may not run
 * @container: which
 * @fmt: the reason, as the operator reads it; the first one stays
 */
void sbx_container_refuse(struct sbx_container *container, const char *fmt, ...)
{
	char why[sizeof(container->refusal)];
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);

	pr_notice_ratelimited("domain %s, container %s refused: %s\n",
			      container->domain->name, container->name, why);
	spin_lock(&bound_lock);
	if (!container->refusal[0])
		strscpy(container->refusal, why, sizeof(container->refusal));
	spin_unlock(&bound_lock);
	sbx_event(SBX_EVENT_CONTAINER_REFUSED, container->domain, container);
}

/*
 * Who else was accepted with one of @ns that is not to be shared.  A container
 * whose members are all gone is about to go as well; its namespaces may have,
 * and their addresses may be those of others by now.
 */
static const struct sbx_container *holder(const struct sbx_container *container,
					  const struct sbx_namespaces *ns, const char **which)
{
	const struct sbx_container *other;
	const struct sbx_domain *domain;

	list_for_each_entry(domain, &domains, node) {
		enum sbx_kinship kin = domain == container->domain ? SBX_SIBLING : SBX_STRANGER;

		list_for_each_entry(other, &domain->containers, node) {
			if (other == container || !atomic_read(&other->members))
				continue;
			*which = sbx_namespaces_clash(ns, &other->namespaces, kin,
						      container->domain->flags);
			if (*which)
				return other;
		}
	}
	return NULL;
}

static int check_private(struct sbx_container *container, const struct sbx_namespaces *ns)
{
	u32 flags = container->domain->flags;
	const struct sbx_container *other;
	struct sbx_namespaces host;
	const char *which;

	sbx_namespaces_host(&host);
	which = sbx_namespaces_clash(ns, &host, SBX_STRANGER, flags) ?:
		sbx_namespaces_clash(ns, &container->outside, SBX_STRANGER, flags);
	if (which) {
		sbx_container_refuse(container, "its %s namespace is the host's", which);
		return -EPERM;
	}
	other = holder(container, ns, &which);
	if (other) {
		sbx_container_refuse(container, "its %s namespace belongs to container %s",
				     which, other->name);
		return -EPERM;
	}
	return 0;
}

/* A task that the runtime let in later has to be where the first one was. */
static int check_same(struct sbx_container *container, const struct sbx_namespaces *ns)
{
	const char *which = sbx_namespaces_differ(ns, &container->namespaces);

	if (!which)
		return 0;
	sbx_container_refuse(container, "a program entered with another %s namespace", which);
	return -EPERM;
}

/* From here on readers of /proc find it, whoever they are. */
static int make_private_proc(struct sbx_container *container)
{
	int err = sbx_private_make(container, SBX_PRIVATE_PROC);

	if (err)
		sbx_container_refuse(container, "no private procfs: error %d", -err);
	return err;
}

/**
 * sbx_container_pid_ns() - the PID namespace of a container
 * @container: whose
 *
 * Return: the namespace with a reference, NULL if none is bound or the
 * container is going down.
 */
struct pid_namespace *sbx_container_pid_ns(struct sbx_container *container)
{
	struct pid_namespace *ns;

	if (!sbx_container_use(container))
		return NULL;
	ns = READ_ONCE(container->pid_ns);
	if (ns)
		get_pid_ns(ns);
	sbx_container_unuse(container);
	return ns;
}

static struct vfsmount *root_mount(void)
{
	struct path root;
	struct vfsmount *mnt;

	get_fs_root(current->fs, &root);
	mnt = mntget(root.mnt);
	path_put(&root);
	return mnt;
}

/**
 * sbx_container_accept() - check that the caller is where it has to be
 * @container: the caller's
 *
 * The first program of a container decides which namespaces are the
 * container's; they have to be private.  Later ones have to be in the same.
 *
 * Return: 0, or an error after the reason was noted.
 */
int sbx_container_accept(struct sbx_container *container)
{
	struct sbx_namespaces ns;
	bool first;
	int err;

	sbx_namespaces_current(&ns);
	mutex_lock(&domains_lock);
	first = !container->namespaces.user;
	if (!first)
		err = check_same(container, &ns);
	else if (task_active_pid_ns(current) != container->pid_ns)
		err = -EPERM;
	else
		err = check_private(container, &ns) ?: make_private_proc(container);
	if (!err && first) {
		container->namespaces = ns;
		container->root = root_mount();
		container->state = SBX_CONTAINER_ACTIVE;
		sbx_event(SBX_EVENT_CONTAINER_ACTIVE, container->domain, container);
	}
	mutex_unlock(&domains_lock);
	return err;
}

/**
 * sbx_domain_kill() - kill every task of a domain, launchers excepted
 * @domain: which
 *
 * The death of a PID namespace's init takes all others with it.
 */
void sbx_domain_kill(struct sbx_domain *domain)
{
	struct sbx_container *container;

	mutex_lock(&domains_lock);
	list_for_each_entry(container, &domain->containers, node) {
		struct pid *init = NULL;

		rcu_read_lock();
		if (container->pid_ns)
			init = get_pid(find_pid_ns(1, container->pid_ns));
		rcu_read_unlock();
		kill_pid(init, SIGKILL, 1);
		put_pid(init);
	}
	mutex_unlock(&domains_lock);
}

/**
 * sbx_domain_count() - sum up the hot counters
 * @domain: whose
 * @sum: takes the result, not a snapshot of one moment
 */
void sbx_domain_count(const struct sbx_domain *domain, struct sbx_counters *sum)
{
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct sbx_counters *c = per_cpu_ptr(domain->counters, cpu);

		sum->served += READ_ONCE(c->served);
		sum->native += READ_ONCE(c->native);
		sum->refused += READ_ONCE(c->refused);
	}
}

/**
 * sbx_domain_memory() - kernel memory held for a domain as such
 * @domain: whose; task entries, files and mounts not counted
 *
 * Return: bytes.
 */
size_t sbx_domain_memory(const struct sbx_domain *domain)
{
	const struct sbx_container *container;
	size_t sum = ksize(domain) + num_possible_cpus() * sizeof(struct sbx_counters);

	mutex_lock(&domains_lock);
	list_for_each_entry(container, &domain->containers, node)
		sum += ksize(container);
	mutex_unlock(&domains_lock);
	return sum;
}

/**
 * sbx_charge() - take units of a resource for a domain
 * @domain: who pays
 * @res: what
 * @n: how much
 * @limit: most that the domain may hold after it
 *
 * Return: true if taken; false if that would pass @limit.
 */
bool sbx_charge(struct sbx_domain *domain, enum sbx_resource res, long n, long limit)
{
	if (atomic_long_add_return(n, &domain->used[res]) <= limit)
		return true;
	atomic_long_sub(n, &domain->used[res]);
	return false;
}

int __init sbx_domain_init(void)
{
	teardown = alloc_workqueue("sbx", WQ_UNBOUND, 0);
	return teardown ? 0 : -ENOMEM;
}

void sbx_domain_exit(void)
{
	destroy_workqueue(teardown);
	rcu_barrier();
}

#if IS_BUILTIN(CONFIG_KUNIT)
#include "domain_kunit.c"
#endif
