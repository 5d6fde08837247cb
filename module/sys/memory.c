// SPDX-License-Identifier: GPL-2.0
/*
 * mmap(2).  The rest of the family works on the caller's own memory and is
 * native.
 */
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/mman.h>

#include "../entry.h"

/* As do_mmap() would find it; vm_mmap() counts in bytes and says EINVAL. */
static bool wraps(unsigned long off, unsigned long len)
{
	return off + PAGE_ALIGN(len) < off;
}

SBX_SYSCALL_DEFINE6(mmap, unsigned long, addr, unsigned long, len, unsigned long, prot,
		    unsigned long, flags, unsigned long, fd, unsigned long, off)
{
	struct file *file = NULL;
	long ret;

	if (offset_in_page(off))
		return -EINVAL;
	if (flags & MAP_ANONYMOUS) {
		/* Memory set aside for the host is not for its guests. */
		if (flags & MAP_HUGETLB)
			return sbx_refuse(self, -ENOMEM);
		if (wraps(off, len))
			off = 0;
	} else {
		file = fget(fd);
		if (!file)
			return -EBADF;
		ret = -EINVAL;
		if (flags & MAP_HUGETLB)
			goto out;
		ret = -EOVERFLOW;
		if (wraps(off, len))
			goto out;
	}
	ret = vm_mmap(file, addr, len, prot, flags, off);
out:
	if (file)
		fput(file);
	return ret;
}
