// SPDX-License-Identifier: GPL-2.0
/*
 * Contents of the module's own global files, in the formats of proc(5).
 *
 * What would identify the host, its devices or who else runs there is not
 * told.
 */
#include <linux/seq_file.h>
#include <linux/utsname.h>
#include <linux/uuid.h>

#include "../compat.h"
#include "../domain.h"
#include "../object/epoll.h"
#include "../object/inotify.h"
#include "../object/object.h"
#include "proc_fs.h"
#include "proc_show.h"

static struct super_block *sb_of(const struct seq_file *m)
{
	const struct inode *inode = m->private;

	return inode->i_sb;
}

int sbx_proc_show_nothing(struct seq_file *m, void *v)
{
	return 0;
}

int sbx_proc_show_text(struct seq_file *m, void *v)
{
	const struct inode *inode = m->private;

	seq_printf(m, "%s\n", SBX_FS_I(inode)->entry->text);
	return 0;
}

/* Language runtimes look for controllers here; their state is not the host's. */
int sbx_proc_show_cgroups(struct seq_file *m, void *v)
{
	static const char * const names[] = {
		"cpuset", "cpu", "cpuacct", "blkio", "memory", "devices", "freezer",
		"net_cls", "perf_event", "net_prio", "hugetlb", "pids", "rdma", "misc",
	};
	int i;

	seq_puts(m, "#subsys_name\thierarchy\tnum_cgroups\tenabled\n");
	for (i = 0; i < ARRAY_SIZE(names); i++)
		seq_printf(m, "%s\t0\t1\t1\n", names[i]);
	return 0;
}

/* The devices that can be opened, see the personality's open. */
int sbx_proc_show_devices(struct seq_file *m, void *v)
{
	seq_puts(m, "Character devices:\n"
		    "  1 mem\n"
		    "  5 /dev/tty\n"
		    "  5 /dev/console\n"
		    "  5 /dev/ptmx\n"
		    "136 pts\n"
		    "\n"
		    "Block devices:\n");
	return 0;
}

/* Those of the devices above, as the kernel lists them. */
int sbx_proc_show_tty_drivers(struct seq_file *m, void *v)
{
	seq_puts(m, "/dev/tty             /dev/tty        5       0 system:/dev/tty\n"
		    "/dev/console         /dev/console    5       1 system:console\n"
		    "/dev/ptmx            /dev/ptmx       5       2 system\n"
		    "pty_slave            /dev/pts      136 0-1048575 pty:slave\n"
		    "pty_master           /dev/ptm      128 0-1048575 pty:master\n");
	return 0;
}

/* A header that programs insist on, and no cache. */
int sbx_proc_show_slabinfo(struct seq_file *m, void *v)
{
	seq_puts(m, "slabinfo - version: 2.1\n");
	seq_puts(m, "# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>");
	seq_puts(m, " : tunables <limit> <batchcount> <sharedfactor>");
	seq_puts(m, " : slabdata <active_slabs> <num_slabs> <sharedavail>\n");
	return 0;
}

/* What mounts in a container can be of, as the guest knows them. */
int sbx_proc_show_filesystems(struct seq_file *m, void *v)
{
	seq_puts(m, "nodev\tsysfs\n"
		    "nodev\ttmpfs\n"
		    "nodev\tproc\n"
		    "nodev\tdevpts\n"
		    "nodev\toverlay\n"
		    "\text4\n"
		    "\txfs\n"
		    "\tbtrfs\n"
		    "\tsquashfs\n"
		    "\terofs\n");
	return 0;
}

int sbx_proc_show_hostname(struct seq_file *m, void *v)
{
	seq_printf(m, "%s\n", utsname()->nodename);
	return 0;
}

int sbx_proc_show_domainname(struct seq_file *m, void *v)
{
	seq_printf(m, "%s\n", utsname()->domainname);
	return 0;
}

int sbx_proc_show_osrelease(struct seq_file *m, void *v)
{
	seq_printf(m, "%s\n", utsname()->release);
	return 0;
}

int sbx_proc_show_ostype(struct seq_file *m, void *v)
{
	seq_printf(m, "%s\n", utsname()->sysname);
	return 0;
}

int sbx_proc_show_kernel_version(struct seq_file *m, void *v)
{
	seq_printf(m, "%s\n", utsname()->version);
	return 0;
}

/* Of the open files only those of the module's own are counted. */
int sbx_proc_show_file_nr(struct seq_file *m, void *v)
{
	const struct sbx_domain *domain = SBX_FS_SB(sb_of(m))->container->domain;

	seq_printf(m, "%ld\t0\t%ld\n", atomic_long_read(&domain->used[SBX_RES_FILES]),
		   SBX_FILES_MAX);
	return 0;
}

int sbx_proc_show_epoll_watches(struct seq_file *m, void *v)
{
	seq_printf(m, "%ld\n", sbx_epoll_max_watches());
	return 0;
}

int sbx_proc_show_inotify_watches(struct seq_file *m, void *v)
{
	seq_printf(m, "%ld\n", sbx_inotify_max_watches());
	return 0;
}

/* The host's would tell which containers share a machine. */
int sbx_proc_show_boot_id(struct seq_file *m, void *v)
{
	seq_printf(m, "%pU\n", SBX_FS_SB(sb_of(m))->boot_id.b);
	return 0;
}

int sbx_proc_show_uuid(struct seq_file *m, void *v)
{
	uuid_t uuid;

	generate_random_uuid(uuid.b);
	seq_printf(m, "%pU\n", uuid.b);
	return 0;
}
