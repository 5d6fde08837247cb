/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_DOMAIN_H
#define _SBX_DOMAIN_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/pid_namespace.h>
#include <linux/refcount.h>
#include <linux/workqueue.h>
#include <linux/sbx.h>

#include "hold.h"
#include "object/epoll.h"
#include "private.h"
#include "strict.h"
#include "table.h"
#include "usage.h"

struct netlink_ext_ack;
struct sbx_task;
struct vfsmount;

/**
 * enum sbx_resource - what a domain's members can make the module hold
 * @SBX_RES_FILES: open files of the module's own
 * @SBX_RES_PIPE_PAGES: pages in pipe buffers
 * @SBX_RES_EPOLL_WATCHES: watches of all epoll instances
 * @SBX_RES_INOTIFY_INSTANCES: inotify instances
 * @SBX_RES_INOTIFY_WATCHES: watches of all of them
 * @SBX_RES_UNIX_BYTES: memory of messages that wait in Unix sockets
 * @SBX_RES_UNIX_RIGHTS: descriptors in them
 * @SBX_NR_RESOURCES: how many there are
 */
enum sbx_resource {
	SBX_RES_FILES,
	SBX_RES_PIPE_PAGES,
	SBX_RES_EPOLL_WATCHES,
	SBX_RES_INOTIFY_INSTANCES,
	SBX_RES_INOTIFY_WATCHES,
	SBX_RES_UNIX_BYTES,
	SBX_RES_UNIX_RIGHTS,
	SBX_NR_RESOURCES,
};

/**
 * struct sbx_counters - hot counters of a domain, one per CPU
 * @served: calls answered by the module
 * @native: calls handed on to the host
 * @refused: calls refused
 */
struct sbx_counters {
	u64 served;
	u64 native;
	u64 refused;
};

/**
 * struct sbx_domain - the unit of isolation and policy
 * @ref: containers, open files and netlink dumps hold one each
 * @node: in the list of living domains; the list's lock
 * @id: never 0, never used twice while the module is loaded
 * @name: unique among the living
 * @flags: &enum sbx_launch_flags, fixed
 * @born: ktime_get_ns() at creation
 * @containers: living containers; the list's lock
 * @counters: hot counters
 * @rcu: the name and id are read under RCU by tracing
 * @refusals: refusals by system call number
 * @fds_closed: leaked descriptors closed at activation
 * @used: units in use by resource
 * @epoll: locks of its epoll instances
 */
struct sbx_domain {
	refcount_t ref;
	struct list_head node;
	u32 id;
	char name[SBX_NAME_LEN + 1];
	u32 flags;
	u64 born;
	struct list_head containers;
	struct sbx_counters __percpu *counters;
	struct rcu_head rcu;
	atomic64_t refusals[SBX_NR_SYSCALLS];
	atomic64_t fds_closed;
	atomic_long_t used[SBX_NR_RESOURCES];
	struct sbx_epoll_locks epoll;
};

/**
 * struct sbx_container - one PID namespace bound to a domain
 * @ref: task entries, mounts of its proc, the list and dumps hold one each
 * @users: task entries, launchers included; the container dies with the last
 * @members: task entries that are no launchers'
 * @domain: a reference
 * @node: in @domain->containers; the domain list's lock
 * @id: never 0, unique over all domains
 * @name: unique in its domain
 * @state: &enum sbx_container_state
 * @started: its first program was let run
 * @preserve_fds: descriptors from 3 on that its first program keeps
 * @pid_ns: bound namespace with a reference, NULL before; set once
 * @ns_node: in the hash of bound namespaces
 * @outside: namespaces of its launcher
 * @namespaces: what it was accepted with, all NULL before; the list's lock
 * @private: filesystems of its own that are mounted nowhere; NULL before the
 *	first use, and after its death; RCU to take a reference
 * @private_ended: no more of them are made; private.c's lock
 * @load: load averages
 * @root: mount of its root, a reference; set when it is accepted
 * @hold: what its first program may have to wait for
 * @refusal: why it was not accepted, "" if it was
 * @work: takes the container down in process context
 * @rcu: readers of the hash of namespaces
 */
struct sbx_container {
	refcount_t ref;
	atomic_t users;
	atomic_t members;
	struct sbx_domain *domain;
	struct list_head node;
	u32 id;
	char name[SBX_NAME_LEN + 1];
	u8 state;
	bool started;
	u32 preserve_fds;
	struct pid_namespace *pid_ns;
	struct hlist_node ns_node;
	struct sbx_namespaces outside;
	struct sbx_namespaces namespaces;
	struct vfsmount *private[SBX_NR_PRIVATE];
	bool private_ended;
	struct sbx_load load;
	struct vfsmount *root;
	struct sbx_hold hold;
	char refusal[96];
	struct work_struct work;
	struct rcu_head rcu;
};

/**
 * struct sbx_container_info - what changes in a container's life
 * @state: &enum sbx_container_state
 * @tasks: members alive
 * @init: its init in the caller's PID namespace, 0 if there is none
 * @refusal: as in &struct sbx_container
 */
struct sbx_container_info {
	u8 state;
	u32 tasks;
	pid_t init;
	char refusal[sizeof_field(struct sbx_container, refusal)];
};

/**
 * struct sbx_launch - what SBX_CMD_LAUNCH asks for
 * @domain_id: domain to join, 0 to make one
 * @domain_name: name of a new domain, NULL to derive it from its id
 * @container_name: NULL for the domain's name
 * @flags: &enum sbx_launch_flags of a new domain
 * @preserve_fds: see &struct sbx_container
 * @holder: netlink port of who is to let its first program go, 0 for nobody
 */
struct sbx_launch {
	u32 domain_id;
	const char *domain_name;
	const char *container_name;
	u32 flags;
	u32 preserve_fds;
	u32 holder;
};

/* Living domains and containers, for the control plane. */
struct sbx_container *sbx_launch(const struct sbx_launch *launch,
				 struct netlink_ext_ack *extack);
struct sbx_domain *sbx_domain_find(u32 id);
struct sbx_domain *sbx_domain_find_name(const char *name);
struct sbx_domain *sbx_domain_next(u32 after);
void sbx_domain_put(struct sbx_domain *domain);
void sbx_domain_kill(struct sbx_domain *domain);
void sbx_domain_count(const struct sbx_domain *domain, struct sbx_counters *sum);
size_t sbx_domain_memory(const struct sbx_domain *domain);
struct sbx_container *sbx_container_find(u32 id);
struct sbx_container *sbx_container_next(u32 after, const struct sbx_domain *domain);
void sbx_container_put(struct sbx_container *container);
void sbx_container_info(const struct sbx_container *container, struct sbx_container_info *info);

static inline struct sbx_domain *sbx_domain_get(struct sbx_domain *domain)
{
	refcount_inc(&domain->ref);
	return domain;
}

static inline struct sbx_container *sbx_container_get(struct sbx_container *container)
{
	refcount_inc(&container->ref);
	return container;
}

/* For the registry and activation. */
bool sbx_container_use(struct sbx_container *container);
void sbx_container_unuse(struct sbx_container *container);
struct sbx_container *sbx_container_of_ns(struct pid_namespace *ns);
int sbx_container_bind(struct sbx_container *container, struct pid_namespace *ns);
int sbx_container_accept(struct sbx_container *container);
void sbx_container_refuse(struct sbx_container *container, const char *fmt, ...) __printf(2, 3);

/* For the filesystems. */
struct pid_namespace *sbx_container_pid_ns(struct sbx_container *container);

bool sbx_charge(struct sbx_domain *domain, enum sbx_resource res, long n, long limit);

static inline void sbx_uncharge(struct sbx_domain *domain, enum sbx_resource res, long n)
{
	atomic_long_sub(n, &domain->used[res]);
}

int __init sbx_domain_init(void);
void sbx_domain_exit(void);

#endif /* _SBX_DOMAIN_H */
