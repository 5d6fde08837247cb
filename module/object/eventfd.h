/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_OBJECT_EVENTFD_H
#define _SBX_OBJECT_EVENTFD_H

struct file;
struct sbx_domain;

struct file *sbx_eventfd_create(struct sbx_domain *domain, unsigned int count, int flags);

#endif /* _SBX_OBJECT_EVENTFD_H */
