// SPDX-License-Identifier: GPL-2.0
/*
 * The root directory and the files that belong to no process.
 */
#include <linux/capability.h>
#include <linux/ctype.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/seq_file.h>
#include <linux/stringify.h>

#include "../compat.h"
#include "../object/inotify.h"
#include "proc_fs.h"
#include "proc_show.h"

/* Directories.  Entries name their parent by number, listings go by position. */
enum {
	ROOT, PRESSURE, SYSVIPC, TTY, SYS, SYS_FS, SYS_FS_EPOLL, SYS_FS_INOTIFY, SYS_KERNEL,
	SYS_KERNEL_RANDOM, SYS_NET, SYS_NET_CORE, SYS_NET_IPV4, SYS_VM, EMPTY,
};

/* Offsets of a listing of the root: dots, entries, processes. */
#define FIRST_ENTRY	2
#define FIRST_PROCESS	256

static const struct inode_operations dir_iops;
static const struct file_operations dir_fops;
static const struct inode_operations own_iops;

static const char *text_link(struct dentry *dentry, struct inode *inode,
			     struct delayed_call *done)
{
	return SBX_FS_I(inode)->entry->text;
}

static const struct inode_operations text_link_iops = {
	.get_link	= text_link,
};

#define DIR(_parent, _name, _number) {						\
	.name = _name, .mode = S_IFDIR | 0555, .parent = (_parent), .dir = (_number), \
	.iop = &dir_iops, .fop = &dir_fops }
#define LINK(_parent, _name, _iops) {						\
	.name = _name, .mode = S_IFLNK | 0777, .parent = (_parent), .iop = &(_iops) }
#define LINK_TO(_parent, _name, _target) {					\
	.name = _name, .mode = S_IFLNK | 0777, .parent = (_parent), .text = (_target), \
	.iop = &text_link_iops }
#define OWN(_parent, _name, _show) {						\
	.name = _name, .mode = S_IFREG | 0444, .parent = (_parent), .show = (_show), \
	.iop = &own_iops, .fop = &sbx_fs_own_fops }
#define TEXT(_parent, _name, _text) {						\
	.name = _name, .mode = S_IFREG | 0444, .parent = (_parent), .text = (_text), \
	.show = sbx_proc_show_text, .iop = &own_iops, .fop = &sbx_fs_own_fops }
#define REFUSED(_parent, _name, _mode) {						\
	.name = _name, .mode = S_IFREG | (_mode), .parent = (_parent),		\
	.iop = &own_iops, .fop = &sbx_proc_refused_fops }
#define FORWARD(_parent, _name, _inner) {					\
	.name = _name, .mode = S_IFREG, .parent = (_parent), .inner = (_inner),	\
	.iop = &sbx_proc_forward_iops, .fop = &sbx_proc_forward_fops }
#define LINES(_parent, _name, _inner, _filter) {				\
	.name = _name, .mode = S_IFREG, .parent = (_parent), .inner = (_inner),	\
	.filter = (_filter), .iop = &sbx_proc_forward_iops, .fop = &sbx_proc_lines_fops }
#define KERNEL(_name)	FORWARD(SYS_KERNEL, _name, "sys/kernel/" _name)
#define FS(_name)	FORWARD(SYS_FS, _name, "sys/fs/" _name)
#define VM(_name)	FORWARD(SYS_VM, _name, "sys/vm/" _name)
#define IPV4(_name)	FORWARD(SYS_NET_IPV4, _name, "sys/net/ipv4/" _name)

/*
 * The closed list.  Forwarded are values that the kernel keeps to itself, what
 * belongs to the reader's own namespaces, and what any program can ask the
 * processor.  Texts are what the sandbox makes of it: that a thing is not
 * there, or a bound of its own.
 */
static const struct sbx_fs_entry entries[] = {
	LINK(ROOT, "self", sbx_proc_self_iops),
	LINK(ROOT, "thread-self", sbx_proc_thread_self_iops),
	LINK_TO(ROOT, "mounts", "self/mounts"),
	LINK_TO(ROOT, "net", "self/net"),
	OWN(ROOT, "cgroups", sbx_proc_show_cgroups),
	/* How the host was booted names its disks. */
	TEXT(ROOT, "cmdline", ""),
	LINES(ROOT, "cpuinfo", "cpuinfo", sbx_proc_filter_cpuinfo),
	OWN(ROOT, "devices", sbx_proc_show_devices),
	OWN(ROOT, "diskstats", sbx_proc_show_nothing),
	OWN(ROOT, "filesystems", sbx_proc_show_filesystems),
	OWN(ROOT, "interrupts", sbx_proc_show_interrupts),
	OWN(ROOT, "loadavg", sbx_proc_show_loadavg),
	LINES(ROOT, "locks", "locks", sbx_proc_filter_locks),
	OWN(ROOT, "meminfo", sbx_proc_show_meminfo),
	OWN(ROOT, "modules", sbx_proc_show_nothing),
	TEXT(ROOT, "partitions", "major minor  #blocks  name\n"),
	/* The host's caches; root alone may read them there as well. */
	{ .name = "slabinfo", .mode = S_IFREG | 0400, .parent = ROOT, .iop = &own_iops,
	  .show = sbx_proc_show_slabinfo, .fop = &sbx_fs_own_fops },
	OWN(ROOT, "softirqs", sbx_proc_show_softirqs),
	OWN(ROOT, "stat", sbx_proc_show_stat),
	TEXT(ROOT, "swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority"),
	OWN(ROOT, "uptime", sbx_proc_show_uptime),
	FORWARD(ROOT, "version", "version"),
	OWN(ROOT, "vmstat", sbx_proc_show_vmstat),
	OWN(ROOT, "zoneinfo", sbx_proc_show_zoneinfo),

	/*
	 * Of these a sandbox has nothing.  But container managers hide them, or
	 * make them read-only, and what they mount there shows.
	 */
	DIR(ROOT, "acpi", EMPTY),
	DIR(ROOT, "bus", EMPTY),
	DIR(ROOT, "fs", EMPTY),
	DIR(ROOT, "irq", EMPTY),
	REFUSED(ROOT, "kcore", 0400),
	REFUSED(ROOT, "keys", 0444),
	REFUSED(ROOT, "sysrq-trigger", 0200),
	REFUSED(ROOT, "timer_list", 0400),

	DIR(ROOT, "pressure", PRESSURE),
	OWN(PRESSURE, "cpu", sbx_proc_show_pressure_cpu),
	OWN(PRESSURE, "io", sbx_proc_show_pressure_io),
	OWN(PRESSURE, "memory", sbx_proc_show_pressure_memory),

	DIR(ROOT, "sysvipc", SYSVIPC),
	FORWARD(SYSVIPC, "msg", "sysvipc/msg"),
	FORWARD(SYSVIPC, "sem", "sysvipc/sem"),
	FORWARD(SYSVIPC, "shm", "sysvipc/shm"),

	/* Names of terminals, for those who know the number. */
	DIR(ROOT, "tty", TTY),
	OWN(TTY, "drivers", sbx_proc_show_tty_drivers),

	DIR(ROOT, "sys", SYS),
	DIR(SYS, "fs", SYS_FS),
	TEXT(SYS_FS, "aio-max-nr", "0"),
	TEXT(SYS_FS, "aio-nr", "0"),
	TEXT(SYS_FS, "dentry-state", "0\t0\t45\t0\t0\t0"),
	FS("dir-notify-enable"),
	FS("file-max"),
	OWN(SYS_FS, "file-nr", sbx_proc_show_file_nr),
	TEXT(SYS_FS, "inode-nr", "0\t0"),
	TEXT(SYS_FS, "inode-state", "0\t0\t0\t0\t0\t0\t0"),
	FS("lease-break-time"),
	FS("leases-enable"),
	FS("mount-max"),
	FS("nr_open"),
	FS("overflowgid"),
	FS("overflowuid"),
	/* The bounds of the module's own pipes are those of Linux. */
	TEXT(SYS_FS, "pipe-max-size", "1048576"),
	TEXT(SYS_FS, "pipe-user-pages-hard", "0"),
	TEXT(SYS_FS, "pipe-user-pages-soft", "16384"),
	FS("protected_fifos"),
	FS("protected_hardlinks"),
	FS("protected_regular"),
	FS("protected_symlinks"),
	TEXT(SYS_FS, "suid_dumpable", "0"),
	DIR(SYS_FS, "epoll", SYS_FS_EPOLL),
	OWN(SYS_FS_EPOLL, "max_user_watches", sbx_proc_show_epoll_watches),
	DIR(SYS_FS, "inotify", SYS_FS_INOTIFY),
	TEXT(SYS_FS_INOTIFY, "max_queued_events", __stringify(SBX_INOTIFY_MAX_EVENTS)),
	TEXT(SYS_FS_INOTIFY, "max_user_instances", __stringify(SBX_INOTIFY_MAX_INSTANCES)),
	OWN(SYS_FS_INOTIFY, "max_user_watches", sbx_proc_show_inotify_watches),

	DIR(SYS, "kernel", SYS_KERNEL),
	TEXT(SYS_KERNEL, "cap_last_cap", __stringify(CAP_LAST_CAP)),
	/* No helper of the host's ever gets a dump. */
	TEXT(SYS_KERNEL, "core_pattern", "core"),
	TEXT(SYS_KERNEL, "core_pipe_limit", "0"),
	TEXT(SYS_KERNEL, "core_uses_pid", "0"),
	TEXT(SYS_KERNEL, "dmesg_restrict", "1"),
	OWN(SYS_KERNEL, "domainname", sbx_proc_show_domainname),
	OWN(SYS_KERNEL, "hostname", sbx_proc_show_hostname),
	TEXT(SYS_KERNEL, "io_uring_disabled", "2"),
	TEXT(SYS_KERNEL, "kexec_load_disabled", "1"),
	TEXT(SYS_KERNEL, "kptr_restrict", "2"),
	TEXT(SYS_KERNEL, "modules_disabled", "1"),
	KERNEL("msgmax"),
	KERNEL("msgmnb"),
	KERNEL("msgmni"),
	TEXT(SYS_KERNEL, "ngroups_max", __stringify(NGROUPS_MAX)),
	TEXT(SYS_KERNEL, "numa_balancing", "0"),
	OWN(SYS_KERNEL, "osrelease", sbx_proc_show_osrelease),
	OWN(SYS_KERNEL, "ostype", sbx_proc_show_ostype),
	KERNEL("overflowgid"),
	KERNEL("overflowuid"),
	TEXT(SYS_KERNEL, "panic", "0"),
	TEXT(SYS_KERNEL, "panic_on_oops", "0"),
	TEXT(SYS_KERNEL, "perf_event_paranoid", "4"),
	KERNEL("pid_max"),
	TEXT(SYS_KERNEL, "printk", "4\t4\t1\t7"),
	KERNEL("randomize_va_space"),
	KERNEL("sched_rt_period_us"),
	KERNEL("sched_rt_runtime_us"),
	KERNEL("sem"),
	KERNEL("shm_rmid_forced"),
	KERNEL("shmall"),
	KERNEL("shmmax"),
	KERNEL("shmmni"),
	TEXT(SYS_KERNEL, "sysrq", "0"),
	TEXT(SYS_KERNEL, "tainted", "0"),
	KERNEL("threads-max"),
	TEXT(SYS_KERNEL, "unprivileged_bpf_disabled", "2"),
	OWN(SYS_KERNEL, "version", sbx_proc_show_kernel_version),
	DIR(SYS_KERNEL, "random", SYS_KERNEL_RANDOM),
	OWN(SYS_KERNEL_RANDOM, "boot_id", sbx_proc_show_boot_id),
	/* Constants since Linux 5.18, once the generator is ready. */
	TEXT(SYS_KERNEL_RANDOM, "entropy_avail", "256"),
	TEXT(SYS_KERNEL_RANDOM, "poolsize", "256"),
	TEXT(SYS_KERNEL_RANDOM, "urandom_min_reseed_secs", "60"),
	OWN(SYS_KERNEL_RANDOM, "uuid", sbx_proc_show_uuid),
	TEXT(SYS_KERNEL_RANDOM, "write_wakeup_threshold", "256"),

	DIR(SYS, "net", SYS_NET),
	DIR(SYS_NET, "core", SYS_NET_CORE),
	FORWARD(SYS_NET_CORE, "somaxconn", "sys/net/core/somaxconn"),
	DIR(SYS_NET, "ipv4", SYS_NET_IPV4),
	IPV4("ip_default_ttl"),
	IPV4("ip_forward"),
	IPV4("ip_local_port_range"),
	IPV4("ip_local_reserved_ports"),
	IPV4("ip_nonlocal_bind"),
	IPV4("ip_unprivileged_port_start"),
	IPV4("ping_group_range"),
	IPV4("tcp_congestion_control"),
	IPV4("tcp_ecn"),
	IPV4("tcp_fastopen"),
	IPV4("tcp_fin_timeout"),
	IPV4("tcp_keepalive_intvl"),
	IPV4("tcp_keepalive_probes"),
	IPV4("tcp_keepalive_time"),
	IPV4("tcp_max_syn_backlog"),
	IPV4("tcp_mtu_probing"),
	IPV4("tcp_retries1"),
	IPV4("tcp_retries2"),
	IPV4("tcp_rmem"),
	IPV4("tcp_sack"),
	IPV4("tcp_slow_start_after_idle"),
	IPV4("tcp_syn_retries"),
	IPV4("tcp_syncookies"),
	IPV4("tcp_timestamps"),
	IPV4("tcp_tw_reuse"),
	IPV4("tcp_window_scaling"),
	IPV4("tcp_wmem"),

	DIR(SYS, "vm", SYS_VM),
	VM("admin_reserve_kbytes"),
	VM("dirty_background_bytes"),
	VM("dirty_background_ratio"),
	VM("dirty_bytes"),
	VM("dirty_expire_centisecs"),
	VM("dirty_ratio"),
	VM("dirty_writeback_centisecs"),
	TEXT(SYS_VM, "hugetlb_shm_group", "0"),
	VM("legacy_va_layout"),
	VM("max_map_count"),
	VM("min_free_kbytes"),
	VM("mmap_min_addr"),
	/* Huge pages set aside for the host are not for its guests. */
	TEXT(SYS_VM, "nr_hugepages", "0"),
	TEXT(SYS_VM, "nr_overcommit_hugepages", "0"),
	VM("oom_kill_allocating_task"),
	VM("overcommit_kbytes"),
	VM("overcommit_memory"),
	VM("overcommit_ratio"),
	VM("page-cluster"),
	VM("panic_on_oom"),
	VM("stat_interval"),
	VM("swappiness"),
	VM("user_reserve_kbytes"),
	VM("vfs_cache_pressure"),
	TEXT(SYS_VM, "zone_reclaim_mode", "0"),
};

static_assert(FIRST_ENTRY + ARRAY_SIZE(entries) <= FIRST_PROCESS);

const struct sbx_fs_entry sbx_proc_root = DIR(ROOT, NULL, ROOT);

static u64 ino_of(const struct sbx_fs_entry *entry)
{
	return SBX_PROC_INO_GLOBAL + (entry - entries);
}

static const struct sbx_fs_entry *find_entry(u8 parent, const struct qstr *name)
{
	const struct sbx_fs_entry *entry;

	for (entry = entries; entry < entries + ARRAY_SIZE(entries); entry++)
		if (entry->parent == parent && strlen(entry->name) == name->len &&
		    !memcmp(entry->name, name->name, name->len))
			return entry;
	return NULL;
}

static unsigned int count_dirs(u8 parent)
{
	const struct sbx_fs_entry *entry;
	unsigned int n = 0;

	for (entry = entries; entry < entries + ARRAY_SIZE(entries); entry++)
		n += entry->parent == parent && S_ISDIR(entry->mode);
	return n;
}

static struct dentry *lookup_forwarded(struct super_block *sb, struct dentry *dentry,
				       const struct sbx_fs_entry *entry)
{
	struct vfsmount *proc = sbx_proc_private(sb);
	struct path inner;
	int err;

	if (IS_ERR(proc))
		return ERR_CAST(proc);
	err = vfs_path_lookup(proc->mnt_root, proc, entry->inner, 0, &inner);
	if (err)
		return ERR_PTR(err);
	return sbx_proc_instantiate(sb, dentry, entry, NULL, &inner);
}

static struct dentry *dir_lookup(struct inode *dir, struct dentry *dentry, unsigned int flags)
{
	u8 parent = SBX_FS_I(dir)->entry->dir;
	const struct sbx_fs_entry *entry;
	struct inode *inode;

	if (parent == ROOT && isdigit(dentry->d_name.name[0]))
		return sbx_proc_lookup_process(dir, dentry);
	entry = find_entry(parent, &dentry->d_name);
	if (!entry)
		return ERR_PTR(-ENOENT);
	if (entry->inner)
		return lookup_forwarded(dir->i_sb, dentry, entry);
	inode = sbx_fs_new_inode(dir->i_sb, entry);
	if (!inode)
		return ERR_PTR(-ENOMEM);
	inode->i_ino = ino_of(entry);
	if (S_ISDIR(entry->mode))
		set_nlink(inode, 2 + count_dirs(entry->dir));
	return d_splice_alias(inode, dentry);
}

static int dir_iterate(struct file *file, struct dir_context *ctx)
{
	struct inode *dir = file_inode(file);
	u8 parent = SBX_FS_I(dir)->entry->dir;
	const struct sbx_fs_entry *entry;

	if (!dir_emit_dots(file, ctx))
		return 0;
	for (; ctx->pos < FIRST_ENTRY + ARRAY_SIZE(entries); ctx->pos++) {
		entry = entries + ctx->pos - FIRST_ENTRY;
		if (entry->parent == parent &&
		    !dir_emit(ctx, entry->name, strlen(entry->name), ino_of(entry),
			      fs_umode_to_dtype(entry->mode)))
			return 0;
	}
	if (parent == ROOT) {
		ctx->pos = max_t(loff_t, ctx->pos, FIRST_PROCESS + 1);
		sbx_proc_emit_processes(dir->i_sb, ctx, FIRST_PROCESS);
	}
	return 0;
}

static const struct file_operations dir_fops = {
	.owner		= THIS_MODULE,
	.read		= generic_read_dir,
	.iterate_shared	= dir_iterate,
	.llseek		= generic_file_llseek,
};

static const struct inode_operations dir_iops = {
	.lookup		= dir_lookup,
	.permission	= sbx_fs_permission,
	.setattr	= sbx_proc_setattr,
};

static const struct inode_operations own_iops = {
	.permission	= sbx_fs_permission,
	.setattr	= sbx_proc_setattr,
};
