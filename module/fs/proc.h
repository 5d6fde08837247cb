/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_FS_PROC_H
#define _SBX_FS_PROC_H

struct pid_namespace;
struct sbx_container;

unsigned int sbx_proc_count_tasks(const struct sbx_container *container,
				  struct pid_namespace *ns, unsigned int *running);

#endif /* _SBX_FS_PROC_H */
