// SPDX-License-Identifier: GPL-2.0
/*
 * Strictness: which namespaces a container may have, and on which superblocks
 * its members may open files.
 */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/sched/task.h>

#include "domain.h"
#include "strict.h"

/*
 * struct rule - what holds for a kind of namespace
 * @name: as the operator knows it
 * @offset: in &struct sbx_namespaces
 * @in_pod: containers of one domain may share it
 * @opt_out: flag of a domain for which it need not be private, 0 for none
 */
static const struct rule {
	const char *name;
	size_t offset;
	bool in_pod;
	u32 opt_out;
} rules[] = {
	{ "user", offsetof(struct sbx_namespaces, user), true, 0 },
	{ "mnt", offsetof(struct sbx_namespaces, mnt), false, 0 },
	{ "net", offsetof(struct sbx_namespaces, net), true, SBX_LAUNCH_HOST_NET },
	{ "uts", offsetof(struct sbx_namespaces, uts), true, 0 },
	{ "ipc", offsetof(struct sbx_namespaces, ipc), true, 0 },
	{ "cgroup", offsetof(struct sbx_namespaces, cgroup), false, 0 },
};

static bool same(const struct sbx_namespaces *a, const struct sbx_namespaces *b,
		 const struct rule *rule)
{
	return *(const void **)((const char *)a + rule->offset) ==
	       *(const void **)((const char *)b + rule->offset);
}

static void collect(struct sbx_namespaces *ns, const struct nsproxy *proxy,
		    const struct user_namespace *user)
{
	ns->user = user;
	ns->mnt = proxy->mnt_ns;
	ns->net = proxy->net_ns;
	ns->uts = proxy->uts_ns;
	ns->ipc = proxy->ipc_ns;
	ns->cgroup = proxy->cgroup_ns;
}

/**
 * sbx_namespaces_current() - namespaces of the caller
 * @ns: takes them
 */
void sbx_namespaces_current(struct sbx_namespaces *ns)
{
	collect(ns, current->nsproxy, current_user_ns());
}

/**
 * sbx_namespaces_host() - namespaces that the machine booted with
 * @ns: takes them
 */
void sbx_namespaces_host(struct sbx_namespaces *ns)
{
	collect(ns, init_task.nsproxy, &init_user_ns);
}

/**
 * sbx_namespaces_clash() - a namespace that two share and may not
 * @a: one set
 * @b: the other
 * @kin: how their owners are related
 * @flags: &enum sbx_launch_flags of the domain that is checked
 *
 * Return: the name of the first such namespace, or NULL.
 */
const char *sbx_namespaces_clash(const struct sbx_namespaces *a,
				 const struct sbx_namespaces *b,
				 enum sbx_kinship kin, u32 flags)
{
	const struct rule *rule;

	for (rule = rules; rule < rules + ARRAY_SIZE(rules); rule++) {
		if ((flags & rule->opt_out) || (kin == SBX_SIBLING && rule->in_pod))
			continue;
		if (same(a, b, rule))
			return rule->name;
	}
	return NULL;
}

/**
 * sbx_namespaces_differ() - a namespace in which two are not the same
 * @a: one set
 * @b: the other
 *
 * Return: the name of the first such namespace, or NULL.
 */
const char *sbx_namespaces_differ(const struct sbx_namespaces *a,
				  const struct sbx_namespaces *b)
{
	const struct rule *rule;

	for (rule = rules; rule < rules + ARRAY_SIZE(rules); rule++)
		if (!same(a, b, rule))
			return rule->name;
	return NULL;
}

/*
 * struct sb_type - a type of superblock whose files a member may open
 * @magic: s_magic, for a quick no
 * @name: of the type
 * @flag: flag that a domain needs for it, 0 if all may
 */
static const struct sb_type {
	unsigned long magic;
	const char *name;
	u32 flag;
} sb_types[] = {
	{ OVERLAYFS_SUPER_MAGIC, "overlay", 0 },
	{ TMPFS_MAGIC, "tmpfs", 0 },
	{ EXT4_SUPER_MAGIC, "ext4", 0 },
	{ XFS_SUPER_MAGIC, "xfs", 0 },
	{ BTRFS_SUPER_MAGIC, "btrfs", 0 },
	{ EROFS_SUPER_MAGIC_V1, "erofs", 0 },
	{ SQUASHFS_MAGIC, "squashfs", 0 },
	{ FUSE_SUPER_MAGIC, "virtiofs", SBX_LAUNCH_VIRTIOFS },
	{ FUSE_SUPER_MAGIC, "fuse", SBX_LAUNCH_FUSE },
	{ FUSE_SUPER_MAGIC, "fuseblk", SBX_LAUNCH_FUSE },
	{ V9FS_MAGIC, "9p", SBX_LAUNCH_9P },
	{ NFS_SUPER_MAGIC, "nfs", SBX_LAUNCH_NFS },
	{ NFS_SUPER_MAGIC, "nfs4", SBX_LAUNCH_NFS },
};

/**
 * sbx_devpts_own() - whether a devpts belongs to the caller's container
 * @sb: any superblock
 *
 * Mounted from inside its user namespace, which no other domain has.  The
 * host's, wherever it is bound to, is none.
 */
bool sbx_devpts_own(const struct super_block *sb)
{
	return sb->s_user_ns == current_user_ns() && sb->s_user_ns != &init_user_ns &&
	       !strcmp(sb->s_type->name, "devpts");
}

/**
 * sbx_sb_allowed() - whether regular files and directories may be opened
 * @domain: for which domain
 * @sb: on which superblock
 *
 * Return: true for the listed types, the module's own, and the container's
 * devpts, which has no file but device nodes.
 */
bool sbx_sb_allowed(const struct sbx_domain *domain, const struct super_block *sb)
{
	const struct sb_type *type;

	if (sb->s_type->owner == THIS_MODULE)
		return true;
	if (unlikely(sb->s_magic == DEVPTS_SUPER_MAGIC))
		return sbx_devpts_own(sb);
	for (type = sb_types; type < sb_types + ARRAY_SIZE(sb_types); type++)
		if (type->magic == sb->s_magic && !strcmp(type->name, sb->s_type->name))
			return !type->flag || (domain->flags & type->flag);
	return false;
}

#if IS_BUILTIN(CONFIG_KUNIT)
#include "strict_kunit.c"
#endif
