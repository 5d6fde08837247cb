/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_SYS_ACL_H
#define _SBX_SYS_ACL_H

#include <linux/types.h>

struct path;

bool sbx_is_acl(const char *name);
int sbx_acl_set(const struct path *path, const char *name, const void *value, size_t size,
		int flags);
ssize_t sbx_acl_get(const struct path *path, const char *name, void *value, size_t size);
int sbx_acl_remove(const struct path *path, const char *name);

#endif /* _SBX_SYS_ACL_H */
