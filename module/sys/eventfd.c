// SPDX-License-Identifier: GPL-2.0
/*
 * eventfd(2), eventfd2(2).
 */
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/fs.h>

#include "../domain.h"
#include "../entry.h"
#include "../object/eventfd.h"
#include "fd.h"

static_assert(EFD_CLOEXEC == O_CLOEXEC && EFD_NONBLOCK == O_NONBLOCK);

static long make_eventfd(struct sbx_domain *domain, unsigned int count, int flags)
{
	if (flags & ~EFD_FLAGS_SET)
		return -EINVAL;
	return sbx_install(sbx_eventfd_create(domain, count, flags), flags & EFD_CLOEXEC);
}

SBX_SYSCALL_DEFINE1(eventfd, unsigned int, count)
{
	return make_eventfd(self->container->domain, count, 0);
}

SBX_SYSCALL_DEFINE2(eventfd2, unsigned int, count, int, flags)
{
	return make_eventfd(self->container->domain, count, flags);
}
