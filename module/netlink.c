// SPDX-License-Identifier: GPL-2.0
/*
 * The control plane: generic netlink family "sbx", specified in
 * Documentation/netlink/specs/sbx.yaml.
 *
 * The core validates attributes by the policies below, strictly; what
 * policies cannot say is checked here.  Dumps keep the id they came to, never
 * a pointer, so whatever vanishes between two of their messages is left out.
 */
#include <linux/ctype.h>
#include <linux/ktime.h>
#include <net/genetlink.h>

#include "compat.h"
#include "domain.h"
#include "hook.h"
#include "netlink.h"
#include "task.h"

static struct genl_family family;

static const struct nla_policy domain_policy[SBX_A_DOMAIN_NAME + 1] = {
	[SBX_A_DOMAIN_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[SBX_A_DOMAIN_NAME] = { .type = NLA_NUL_STRING, .len = SBX_NAME_LEN },
};

static const struct nla_policy launch_policy[SBX_A_HOLD + 1] = {
	[SBX_A_DOMAIN_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[SBX_A_DOMAIN_NAME] = { .type = NLA_NUL_STRING, .len = SBX_NAME_LEN },
	[SBX_A_CONTAINER_NAME] = { .type = NLA_NUL_STRING, .len = SBX_NAME_LEN },
	[SBX_A_FLAGS] = NLA_POLICY_MASK(NLA_U32, SBX_LAUNCH_FLAGS_ALL),
	[SBX_A_PRESERVE_FDS] = NLA_POLICY_MAX(NLA_U32, SBX_PRESERVE_FDS_MAX),
	[SBX_A_HOLD] = { .type = NLA_FLAG },
};

static const struct nla_policy container_policy[SBX_A_CONTAINER_ID + 1] = {
	[SBX_A_CONTAINER_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

static const struct nla_policy exec_policy[SBX_A_PRESERVE_FDS + 1] = {
	[SBX_A_CONTAINER_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[SBX_A_PRESERVE_FDS] = NLA_POLICY_MAX(NLA_U32, SBX_PRESERVE_FDS_MAX),
};

/**
 * struct dump - where a dump is, in &netlink_callback.ctx
 * @last: id or number of the object sent last, 0 before the first
 * @domain: a reference on the domain that the dump is about, NULL for all
 */
struct dump {
	unsigned long last;
	struct sbx_domain *domain;
};

static_assert(sizeof(struct dump) <= sizeof_field(struct netlink_callback, ctx));

static struct dump *dump_of(struct netlink_callback *cb)
{
	return (struct dump *)cb->ctx;
}

/* The core takes the last of two attributes of a type and drops the first. */
static int check_once(const struct nlmsghdr *nlh, struct netlink_ext_ack *extack)
{
	DECLARE_BITMAP(seen, SBX_A_MAX + 1);
	const struct nlattr *attr;
	int rem;

	bitmap_zero(seen, SBX_A_MAX + 1);
	nlmsg_for_each_attr(attr, nlh, GENL_HDRLEN, rem) {
		/* The core has refused types out of range. */
		if (nla_type(attr) <= SBX_A_MAX && __test_and_set_bit(nla_type(attr), seen)) {
			NL_SET_ERR_MSG_ATTR(extack, attr, "attribute given twice");
			return -EINVAL;
		}
	}
	return 0;
}

static int check_request(struct sk_buff *skb, const struct nlmsghdr *nlh,
			 struct netlink_ext_ack *extack)
{
	if (!netlink_capable(skb, CAP_SYS_ADMIN)) {
		NL_SET_ERR_MSG(extack,
			       "needs CAP_SYS_ADMIN in the initial user namespace: call as root of the host");
		return -EPERM;
	}
	return check_once(nlh, extack);
}

static int pre_doit(const struct genl_split_ops *ops, struct sk_buff *skb,
		    struct genl_info *info)
{
	return check_request(skb, info->nlhdr, info->extack);
}

/* Names become names of files and of kernel log lines. */
static int check_name(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	const char *name = nla_data(attr);
	size_t len = strlen(name);
	size_t i;

	if (len + 1 != nla_len(attr)) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "a name ends at its first NUL");
		return -EINVAL;
	}
	if (!isascii(name[0]) || !isalnum(name[0])) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "a name begins with a letter or a digit");
		return -EINVAL;
	}
	for (i = 1; i < len; i++) {
		if (!isascii(name[i]) || !isgraph(name[i]) || name[i] == '/') {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "a name has printable ASCII only, no blank and no slash");
			return -EINVAL;
		}
	}
	return 0;
}

/* The domain that a request names, with a reference; NULL if it names none. */
static struct sbx_domain *domain_named(struct nlattr **attrs, struct netlink_ext_ack *extack)
{
	const struct nlattr *id = attrs[SBX_A_DOMAIN_ID];
	const struct nlattr *name = attrs[SBX_A_DOMAIN_NAME];
	struct sbx_domain *domain;
	int err;

	if (id && name) {
		NL_SET_ERR_MSG_ATTR(extack, name,
				    "name the domain by its id or by its name, not both");
		return ERR_PTR(-EINVAL);
	}
	if (!id && !name)
		return NULL;
	if (name) {
		err = check_name(name, extack);
		if (err)
			return ERR_PTR(err);
	}
	domain = id ? sbx_domain_find(nla_get_u32(id)) : sbx_domain_find_name(nla_data(name));
	if (!domain) {
		NL_SET_ERR_MSG_ATTR(extack, id ?: name, "no such domain");
		return ERR_PTR(-ENOENT);
	}
	return domain;
}

static struct sbx_domain *domain_required(struct genl_info *info)
{
	struct sbx_domain *domain = domain_named(info->attrs, info->extack);

	if (!domain) {
		NL_SET_ERR_MSG(info->extack, "name the domain by its id or by its name");
		return ERR_PTR(-EINVAL);
	}
	return domain;
}

static struct sbx_container *container_required(struct genl_info *info)
{
	const struct nlattr *id = info->attrs[SBX_A_CONTAINER_ID];
	struct sbx_container *container;

	if (!id) {
		NL_SET_ERR_MSG(info->extack, "name the container by its id");
		return ERR_PTR(-EINVAL);
	}
	container = sbx_container_find(nla_get_u32(id));
	if (!container) {
		NL_SET_ERR_MSG_ATTR(info->extack, id, "no such container");
		return ERR_PTR(-ENOENT);
	}
	return container;
}

static int put_u64(struct sk_buff *msg, int type, u64 value)
{
	return nla_put_u64_64bit(msg, type, value, SBX_A_PAD);
}

static int put_domain_names(struct sk_buff *msg, const struct sbx_domain *domain)
{
	return nla_put_u32(msg, SBX_A_DOMAIN_ID, domain->id) ?:
	       nla_put_string(msg, SBX_A_DOMAIN_NAME, domain->name);
}

static int put_container_names(struct sk_buff *msg, const struct sbx_container *container)
{
	return nla_put_u32(msg, SBX_A_CONTAINER_ID, container->id) ?:
	       nla_put_string(msg, SBX_A_CONTAINER_NAME, container->name);
}

/**
 * typedef fill_t - put what a command tells of a domain into a message
 * @msg: has its headers
 * @domain: of which
 *
 * Return: 0 or -EMSGSIZE.
 */
typedef int (*fill_t)(struct sk_buff *msg, struct sbx_domain *domain);

/* The one answer to a command about one domain; @domain may be NULL. */
static int reply(struct genl_info *info, u8 cmd, struct sbx_domain *domain, fill_t fill)
{
	struct sk_buff *msg;
	void *hdr;

	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	hdr = genlmsg_put_reply(msg, info, &family, 0, cmd);
	if (WARN_ON_ONCE(!hdr || fill(msg, domain))) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static int fill_info(struct sk_buff *msg, struct sbx_domain *none)
{
	return nla_put_u32(msg, SBX_A_ABI, SBX_ABI_VERSION) ?:
	       nla_put_string(msg, SBX_A_VERSION, SBX_VERSION) ?:
	       nla_put_u8(msg, SBX_A_ARMED, sbx_hook_armed());
}

static int info_get(struct sk_buff *skb, struct genl_info *info)
{
	return reply(info, SBX_CMD_INFO_GET, NULL, fill_info);
}

static int parse_launch(struct genl_info *info, struct sbx_launch *launch)
{
	struct nlattr **attrs = info->attrs;
	int err;

	if (attrs[SBX_A_DOMAIN_ID]) {
		const struct nlattr *bad = attrs[SBX_A_DOMAIN_NAME] ?: attrs[SBX_A_FLAGS];

		if (bad) {
			NL_SET_ERR_MSG_ATTR(info->extack, bad,
					    "name and flags are for a new domain, not for one to join");
			return -EINVAL;
		}
		launch->domain_id = nla_get_u32(attrs[SBX_A_DOMAIN_ID]);
	}
	if (attrs[SBX_A_DOMAIN_NAME]) {
		err = check_name(attrs[SBX_A_DOMAIN_NAME], info->extack);
		if (err)
			return err;
		launch->domain_name = nla_data(attrs[SBX_A_DOMAIN_NAME]);
	}
	if (attrs[SBX_A_CONTAINER_NAME]) {
		err = check_name(attrs[SBX_A_CONTAINER_NAME], info->extack);
		if (err)
			return err;
		launch->container_name = nla_data(attrs[SBX_A_CONTAINER_NAME]);
	}
	if (attrs[SBX_A_FLAGS])
		launch->flags = nla_get_u32(attrs[SBX_A_FLAGS]);
	if (attrs[SBX_A_PRESERVE_FDS])
		launch->preserve_fds = nla_get_u32(attrs[SBX_A_PRESERVE_FDS]);
	if (attrs[SBX_A_HOLD])
		launch->holder = info->snd_portid;
	return 0;
}

/* Allocates the answer first: a launch that nobody hears of must not be. */
static int launch(struct sk_buff *skb, struct genl_info *info)
{
	struct sbx_container *container;
	struct sbx_launch request = {};
	struct sk_buff *msg;
	void *hdr;
	int err;

	err = parse_launch(info, &request);
	if (err)
		return err;
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	hdr = genlmsg_put_reply(msg, info, &family, 0, SBX_CMD_LAUNCH);
	container = sbx_launch(&request, info->extack);
	if (IS_ERR(container)) {
		nlmsg_free(msg);
		return PTR_ERR(container);
	}
	/* Small and fixed, so it fits. */
	WARN_ON_ONCE(!hdr || put_domain_names(msg, container->domain) ||
		     put_container_names(msg, container));
	genlmsg_end(msg, hdr);
	sbx_container_put(container);
	return genlmsg_reply(msg, info);
}

static int exec(struct sk_buff *skb, struct genl_info *info)
{
	struct sbx_container *container = container_required(info);
	const struct nlattr *fds = info->attrs[SBX_A_PRESERVE_FDS];
	int err;

	if (IS_ERR(container))
		return PTR_ERR(container);
	err = sbx_task_tag_launcher(container, fds ? nla_get_u32(fds) : 0, true);
	if (err == -EBUSY)
		NL_SET_ERR_MSG(info->extack, "the caller is a launcher or member already");
	else if (err == -ESRCH)
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[SBX_A_CONTAINER_ID],
				    "the container is going down");
	sbx_container_put(container);
	return err;
}

static int fill_domain(struct sk_buff *msg, struct sbx_domain *domain)
{
	struct sbx_container_info one;
	struct sbx_container *container;
	u32 containers = 0, tasks = 0, id = 0;

	while ((container = sbx_container_next(id, domain))) {
		id = container->id;
		sbx_container_info(container, &one);
		sbx_container_put(container);
		containers++;
		tasks += one.tasks;
	}
	return put_domain_names(msg, domain) ?:
	       nla_put_u32(msg, SBX_A_FLAGS, domain->flags) ?:
	       nla_put_u32(msg, SBX_A_CONTAINERS, containers) ?:
	       nla_put_u32(msg, SBX_A_TASKS, tasks) ?:
	       put_u64(msg, SBX_A_AGE_MS, div_u64(ktime_get_ns() - domain->born, NSEC_PER_MSEC));
}

static int fill_stats(struct sk_buff *msg, struct sbx_domain *domain)
{
	struct sbx_counters sum;

	sbx_domain_count(domain, &sum);
	return put_domain_names(msg, domain) ?:
	       put_u64(msg, SBX_A_SERVED, sum.served) ?:
	       put_u64(msg, SBX_A_NATIVE, sum.native) ?:
	       put_u64(msg, SBX_A_REFUSED, sum.refused) ?:
	       put_u64(msg, SBX_A_FDS_CLOSED, atomic64_read(&domain->fds_closed)) ?:
	       put_u64(msg, SBX_A_FILES, atomic_long_read(&domain->used[SBX_RES_FILES])) ?:
	       put_u64(msg, SBX_A_PIPE_PAGES,
		       atomic_long_read(&domain->used[SBX_RES_PIPE_PAGES])) ?:
	       put_u64(msg, SBX_A_MEMORY, sbx_domain_memory(domain));
}

static int domain_get(struct sk_buff *skb, struct genl_info *info)
{
	struct sbx_domain *domain = domain_required(info);
	int err;

	if (IS_ERR(domain))
		return PTR_ERR(domain);
	err = reply(info, SBX_CMD_DOMAIN_GET, domain, fill_domain);
	sbx_domain_put(domain);
	return err;
}

static int stats_get(struct sk_buff *skb, struct genl_info *info)
{
	struct sbx_domain *domain = domain_required(info);
	int err;

	if (IS_ERR(domain))
		return PTR_ERR(domain);
	err = reply(info, SBX_CMD_STATS_GET, domain, fill_stats);
	sbx_domain_put(domain);
	return err;
}

static int domain_del(struct sk_buff *skb, struct genl_info *info)
{
	struct sbx_domain *domain = domain_required(info);

	if (IS_ERR(domain))
		return PTR_ERR(domain);
	sbx_domain_kill(domain);
	sbx_domain_put(domain);
	return 0;
}

static int release(struct sk_buff *skb, struct genl_info *info)
{
	struct sbx_container *container = container_required(info);
	int err;

	if (IS_ERR(container))
		return PTR_ERR(container);
	err = sbx_hold_release(container, info->extack);
	sbx_container_put(container);
	return err;
}

static int dump_start(struct netlink_callback *cb)
{
	struct sbx_domain *domain;
	int err;

	err = check_request(cb->skb, cb->nlh, cb->extack);
	if (err)
		return err;
	domain = domain_named(sbx_dump_attrs(cb), cb->extack);
	if (IS_ERR(domain))
		return PTR_ERR(domain);
	dump_of(cb)->domain = domain;
	return 0;
}

static int dump_done(struct netlink_callback *cb)
{
	if (dump_of(cb)->domain)
		sbx_domain_put(dump_of(cb)->domain);
	return 0;
}

static void *dump_put(struct sk_buff *msg, struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(msg, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &family, NLM_F_MULTI, cmd);
}

/* One message of a dump is complete, or does not fit and is taken back. */
static bool dump_end(struct sk_buff *msg, void *hdr, int err)
{
	if (err)
		genlmsg_cancel(msg, hdr);
	else
		genlmsg_end(msg, hdr);
	return !err;
}

static int domain_dump_start(struct netlink_callback *cb)
{
	struct nlattr **attrs = sbx_dump_attrs(cb);
	const struct nlattr *bad = attrs[SBX_A_DOMAIN_ID] ?: attrs[SBX_A_DOMAIN_NAME];

	if (bad) {
		NL_SET_ERR_MSG_ATTR(cb->extack, bad, "a dump of all domains names none");
		return -EINVAL;
	}
	return check_request(cb->skb, cb->nlh, cb->extack);
}

static int domain_dump(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);
	struct sbx_domain *domain;
	bool fits;
	void *hdr;

	while ((domain = sbx_domain_next(dump->last))) {
		hdr = dump_put(msg, cb, SBX_CMD_DOMAIN_GET);
		fits = hdr && dump_end(msg, hdr, fill_domain(msg, domain));
		if (fits)
			dump->last = domain->id;
		sbx_domain_put(domain);
		if (!fits)
			break;
	}
	return msg->len;
}

static int fill_container(struct sk_buff *msg, struct sbx_container *container)
{
	struct sbx_container_info info;
	pid_t launcher;

	sbx_container_info(container, &info);
	launcher = info.tasks ? 0 : sbx_task_launcher(container);
	if (put_domain_names(msg, container->domain) ||
	    put_container_names(msg, container) ||
	    nla_put_u8(msg, SBX_A_STATE, info.state) ||
	    nla_put_u32(msg, SBX_A_TASKS, info.tasks) ||
	    nla_put_u32(msg, SBX_A_PRESERVE_FDS, container->preserve_fds))
		return -EMSGSIZE;
	if (info.init && nla_put_u32(msg, SBX_A_INIT_PID, info.init))
		return -EMSGSIZE;
	if (launcher && nla_put_u32(msg, SBX_A_LAUNCHER_PID, launcher))
		return -EMSGSIZE;
	if (info.refusal[0] && nla_put_string(msg, SBX_A_REFUSAL, info.refusal))
		return -EMSGSIZE;
	return 0;
}

static int container_dump(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);
	struct sbx_container *container;
	bool fits;
	void *hdr;

	while ((container = sbx_container_next(dump->last, dump->domain))) {
		hdr = dump_put(msg, cb, SBX_CMD_CONTAINER_GET);
		fits = hdr && dump_end(msg, hdr, fill_container(msg, container));
		if (fits)
			dump->last = container->id;
		sbx_container_put(container);
		if (!fits)
			break;
	}
	return msg->len;
}

static int fill_syscall(struct sk_buff *msg, const struct sbx_domain *domain, u32 nr)
{
	const struct sbx_row *row = &sbx_rows[nr];

	if (nla_put_u32(msg, SBX_A_SYSCALL_NR, nr) ||
	    nla_put_string(msg, SBX_A_SYSCALL_NAME, row->name) ||
	    nla_put_u8(msg, SBX_A_SYSCALL_CLASS, row->class))
		return -EMSGSIZE;
	if (row->class == SBX_SYSCALL_REFUSED && nla_put_u32(msg, SBX_A_SYSCALL_ERRNO, row->err))
		return -EMSGSIZE;
	if (row->note && row->note[0] && nla_put_string(msg, SBX_A_SYSCALL_NOTE, row->note))
		return -EMSGSIZE;
	if (domain && put_u64(msg, SBX_A_SYSCALL_COUNT, atomic64_read(&domain->refusals[nr])))
		return -EMSGSIZE;
	return 0;
}

static int syscall_dump(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);
	void *hdr;

	for (; dump->last < SBX_NR_SYSCALLS; dump->last++) {
		if (sbx_rows[dump->last].class == SBX_SYSCALL_ABSENT)
			continue;
		hdr = dump_put(msg, cb, SBX_CMD_SYSCALL_GET);
		if (!hdr || !dump_end(msg, hdr, fill_syscall(msg, dump->domain, dump->last)))
			break;
	}
	return msg->len;
}

static int fill_event(struct sk_buff *msg, enum sbx_event event,
		      const struct sbx_domain *domain, const struct sbx_container *container)
{
	if (nla_put_u8(msg, SBX_A_EVENT, event) || put_domain_names(msg, domain))
		return -EMSGSIZE;
	if (container && put_container_names(msg, container))
		return -EMSGSIZE;
	if (event == SBX_EVENT_CONTAINER_REFUSED &&
	    nla_put_string(msg, SBX_A_REFUSAL, container->refusal))
		return -EMSGSIZE;
	return 0;
}

/* A message that is an event, or NULL for want of memory. */
static struct sk_buff *event_message(enum sbx_event event, const struct sbx_domain *domain,
				     const struct sbx_container *container)
{
	struct sk_buff *msg;
	void *hdr;

	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_ATOMIC | __GFP_NOWARN);
	if (!msg)
		return NULL;
	hdr = genlmsg_put(msg, 0, 0, &family, 0, SBX_CMD_EVENT);
	/* Small and fixed, so it fits. */
	WARN_ON_ONCE(!hdr || fill_event(msg, event, domain, container));
	genlmsg_end(msg, hdr);
	return msg;
}

/**
 * sbx_event() - tell the listeners of a step in a life cycle
 * @event: which
 * @domain: of which domain
 * @container: of which container, NULL if of the domain itself
 *
 * A listener that misses one for want of memory reads ENOBUFS.
 *
 * Context: any.
 */
void sbx_event(enum sbx_event event, const struct sbx_domain *domain,
	       const struct sbx_container *container)
{
	struct sk_buff *msg;

	if (!genl_has_listeners(&family, &init_net, 0))
		return;
	msg = event_message(event, domain, container);
	if (!msg) {
		genl_set_err(&family, &init_net, 0, 0, ENOBUFS);
		return;
	}
	/* No listener is no error, and a full one has been told ENOBUFS. */
	genlmsg_multicast(&family, msg, 0, 0, GFP_ATOMIC);
}

/**
 * sbx_event_held() - tell a launcher, and the listeners, that a program waits
 * @container: whose first program that is
 * @portid: of the launcher's connection
 *
 * Return: 0, or an error if the launcher's connection did not get it.
 */
int sbx_event_held(const struct sbx_container *container, u32 portid)
{
	struct sk_buff *msg;

	sbx_event(SBX_EVENT_CONTAINER_HELD, container->domain, container);
	msg = event_message(SBX_EVENT_CONTAINER_HELD, container->domain, container);
	return msg ? genlmsg_unicast(&init_net, msg, portid) : -ENOMEM;
}

#define DOMAIN_REQUEST	.policy = domain_policy, .maxattr = ARRAY_SIZE(domain_policy) - 1

static const struct genl_ops ops[] = {
	{ .cmd = SBX_CMD_INFO_GET, .doit = info_get },
	{
		.cmd = SBX_CMD_LAUNCH, .doit = launch,
		.policy = launch_policy, .maxattr = ARRAY_SIZE(launch_policy) - 1,
	},
	{
		.cmd = SBX_CMD_DOMAIN_GET, .doit = domain_get, DOMAIN_REQUEST,
		.start = domain_dump_start, .dumpit = domain_dump,
	},
	{ .cmd = SBX_CMD_DOMAIN_DEL, .doit = domain_del, DOMAIN_REQUEST },
	{
		.cmd = SBX_CMD_CONTAINER_GET, DOMAIN_REQUEST,
		.start = dump_start, .dumpit = container_dump, .done = dump_done,
	},
	{
		.cmd = SBX_CMD_EXEC, .doit = exec,
		.policy = exec_policy, .maxattr = ARRAY_SIZE(exec_policy) - 1,
	},
	{ .cmd = SBX_CMD_STATS_GET, .doit = stats_get, DOMAIN_REQUEST },
	{
		.cmd = SBX_CMD_SYSCALL_GET, DOMAIN_REQUEST,
		.start = dump_start, .dumpit = syscall_dump, .done = dump_done,
	},
	{
		.cmd = SBX_CMD_RELEASE, .doit = release,
		.policy = container_policy, .maxattr = ARRAY_SIZE(container_policy) - 1,
	},
};

static const struct genl_multicast_group groups[] = {
	{ .name = SBX_GENL_MCGRP_EVENTS, .flags = GENL_MCAST_CAP_SYS_ADMIN },
};

/* Parallel, since a launch may have to wait for the hook to be armed. */
static struct genl_family family __ro_after_init = {
	.name = SBX_GENL_NAME,
	.version = SBX_GENL_VERSION,
	.module = THIS_MODULE,
	.parallel_ops = true,
	.pre_doit = pre_doit,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

int __init sbx_netlink_init(void)
{
	return genl_register_family(&family);
}

void sbx_netlink_exit(void)
{
	genl_unregister_family(&family);
}
