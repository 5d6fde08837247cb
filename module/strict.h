/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_STRICT_H
#define _SBX_STRICT_H

#include <linux/types.h>

struct sbx_domain;
struct super_block;

/**
 * struct sbx_namespaces - the namespaces of a task, besides its PID namespace
 * @user: compared by address only, as all of these
 * @mnt: private to fs/, hence void
 * @net: may be the host's if the domain says so
 * @uts: -
 * @ipc: -
 * @cgroup: -
 *
 * No references: a container's live as long as its tasks, and so does it.
 */
struct sbx_namespaces {
	const void *user, *mnt, *net, *uts, *ipc, *cgroup;
};

/**
 * enum sbx_kinship - how the owners of two sets of namespaces are related
 * @SBX_STRANGER: the host, or a container of another domain
 * @SBX_SIBLING: a container of the same domain, as in a pod
 */
enum sbx_kinship {
	SBX_STRANGER,
	SBX_SIBLING,
};

void sbx_namespaces_current(struct sbx_namespaces *ns);
void sbx_namespaces_host(struct sbx_namespaces *ns);
const char *sbx_namespaces_clash(const struct sbx_namespaces *a,
				 const struct sbx_namespaces *b,
				 enum sbx_kinship kin, u32 flags);
const char *sbx_namespaces_differ(const struct sbx_namespaces *a,
				  const struct sbx_namespaces *b);
bool sbx_devpts_own(const struct super_block *sb);
bool sbx_sb_allowed(const struct sbx_domain *domain, const struct super_block *sb);

#endif /* _SBX_STRICT_H */
