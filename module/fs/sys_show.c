// SPDX-License-Identifier: GPL-2.0
/*
 * What is in the module's /sys, and in /sys/fs/cgroup.
 */
#include <linux/cpumask.h>
#include <linux/file.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/netdevice.h>
#include <linux/nodemask.h>
#include <linux/nsproxy.h>
#include <linux/seq_file.h>
#include <linux/topology.h>

#include "../compat.h"
#include "../domain.h"
#include "sys_fs.h"

static const struct sbx_fs_inode *inode_of(const struct seq_file *m)
{
	return SBX_FS_I(m->private);
}

static struct sbx_container *container_of_seq(const struct seq_file *m)
{
	const struct inode *inode = m->private;

	return SBX_FS_SB(inode->i_sb)->container;
}

/* The path of a file in a private mount. */
static void inner_name(const struct sbx_fs_entry *entry, unsigned int nr, char *name,
		       size_t size)
{
	const char *number = strstr(entry->inner, "%u");

	if (number)
		snprintf(name, size, "%.*s%u%s", (int)(number - entry->inner), entry->inner, nr,
			 number + 2);
	else
		strscpy(name, entry->inner, size);
}

static struct file *open_inner(struct sbx_container *container,
			       const struct sbx_fs_entry *entry, unsigned int nr)
{
	struct file *file;
	struct path root;
	char name[80];
	int err;

	err = sbx_sys_inner_root(container, entry, &root);
	if (err)
		return ERR_PTR(err);
	inner_name(entry, nr, name, sizeof(name));
	file = file_open_root(&root, name, O_RDONLY, 0);
	path_put(&root);
	return file;
}

/**
 * sbx_sys_exists() - whether the kernel, or the control group, has such a file
 * @container: of the superblock
 * @entry: with a path
 * @nr: processor or node
 */
bool sbx_sys_exists(struct sbx_container *container, const struct sbx_fs_entry *entry,
		    unsigned int nr)
{
	struct path root, found;
	char name[80];
	int err;

	if (sbx_sys_inner_root(container, entry, &root))
		return false;
	inner_name(entry, nr, name, sizeof(name));
	err = vfs_path_lookup(root.dentry, root.mnt, name, 0, &found);
	path_put(&root);
	if (!err)
		path_put(&found);
	return !err;
}

static int show_inner(struct seq_file *m, void *v)
{
	const struct sbx_fs_inode *si = inode_of(m);
	struct file *file;
	loff_t pos = 0;
	ssize_t n;

	file = open_inner(container_of_seq(m), si->entry, si->instance.nr);
	if (IS_ERR(file))
		return PTR_ERR(file);
	/* One that fills the buffer may have been cut off: seq_file makes more room. */
	do {
		n = kernel_read(file, m->buf + m->count, m->size - m->count, &pos);
		if (n > 0)
			m->count += n;
	} while (n > 0 && m->count < m->size);
	fput(file);
	return n < 0 ? n : 0;
}

static int show_cpus(struct seq_file *m, void *v)
{
	cpumask_var_t mask;

	if (!alloc_cpumask_var(&mask, GFP_KERNEL))
		return -ENOMEM;
	sbx_usage_shown(container_of_seq(m), mask);
	seq_printf(m, "%*pbl\n", cpumask_pr_args(mask));
	free_cpumask_var(mask);
	return 0;
}

/* Processors of a node, as a list or as a map. */
static int show_node_cpus(struct seq_file *m, bool list)
{
	cpumask_var_t mask;

	if (!alloc_cpumask_var(&mask, GFP_KERNEL))
		return -ENOMEM;
	sbx_usage_shown(container_of_seq(m), mask);
	cpumask_and(mask, mask, cpumask_of_node(inode_of(m)->instance.nr));
	if (list)
		seq_printf(m, "%*pbl\n", cpumask_pr_args(mask));
	else
		seq_printf(m, "%*pb\n", cpumask_pr_args(mask));
	free_cpumask_var(mask);
	return 0;
}

static int show_node_list(struct seq_file *m, void *v)
{
	return show_node_cpus(m, true);
}

static int show_node_map(struct seq_file *m, void *v)
{
	return show_node_cpus(m, false);
}

/* Which node has how much of it a cgroup does not tell: an equal part each. */
static void node_kb(struct seq_file *m, const char *name, u64 bytes)
{
	seq_printf(m, "Node %u %-15s %8llu kB\n", inode_of(m)->instance.nr, name,
		   div_u64(bytes, num_online_nodes()) >> 10);
}

static int show_node_meminfo(struct seq_file *m, void *v)
{
	struct sbx_memory memory;

	sbx_usage_memory(container_of_seq(m), &memory);
	node_kb(m, "MemTotal:", memory.total);
	node_kb(m, "MemFree:", sbx_memory_free(&memory));
	node_kb(m, "MemUsed:", memory.total - sbx_memory_free(&memory));
	node_kb(m, "Active:", memory.active_anon + memory.active_file);
	node_kb(m, "Inactive:", memory.inactive_anon + memory.inactive_file);
	node_kb(m, "Active(anon):", memory.active_anon);
	node_kb(m, "Inactive(anon):", memory.inactive_anon);
	node_kb(m, "Active(file):", memory.active_file);
	node_kb(m, "Inactive(file):", memory.inactive_file);
	node_kb(m, "Dirty:", memory.file_dirty);
	node_kb(m, "Writeback:", memory.file_writeback);
	node_kb(m, "FilePages:", memory.file);
	node_kb(m, "Mapped:", memory.file_mapped);
	node_kb(m, "AnonPages:", memory.anon);
	node_kb(m, "Shmem:", memory.shmem);
	return 0;
}

static int show_nodes(struct seq_file *m, void *v)
{
	seq_printf(m, "%*pbl\n", nodemask_pr_args(&node_states[N_ONLINE]));
	return 0;
}

static int show_empty_list(struct seq_file *m, void *v)
{
	seq_putc(m, '\n');
	return 0;
}

static int show_net(struct seq_file *m, void *v)
{
	const struct sbx_fs_inode *si = inode_of(m);
	struct net_device *dev = dev_get_by_name(current->nsproxy->net_ns, si->instance.ifname);

	if (!dev)
		return -ENODEV;
	si->entry->net(m, si->entry, dev);
	dev_put(dev);
	return 0;
}

static void net_address(struct seq_file *m, const struct sbx_fs_entry *entry,
			struct net_device *dev)
{
	seq_printf(m, "%*phC\n", min_t(int, dev->addr_len, 64), dev->dev_addr);
}

static void net_broadcast(struct seq_file *m, const struct sbx_fs_entry *entry,
			  struct net_device *dev)
{
	seq_printf(m, "%*phC\n", min_t(int, dev->addr_len, 64), dev->broadcast);
}

static void net_flags(struct seq_file *m, const struct sbx_fs_entry *entry,
		      struct net_device *dev)
{
	seq_printf(m, "0x%x\n", dev->flags);
}

static void net_operstate(struct seq_file *m, const struct sbx_fs_entry *entry,
			  struct net_device *dev)
{
	static const char * const states[] = {
		"unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up",
	};
	unsigned int state = netif_running(dev) ? READ_ONCE(dev->operstate) : IF_OPER_DOWN;

	seq_printf(m, "%s\n", state < ARRAY_SIZE(states) ? states[state] : "unknown");
}

static void net_addr_len(struct seq_file *m, const struct sbx_fs_entry *entry,
			 struct net_device *dev)
{
	seq_printf(m, "%u\n", dev->addr_len);
}

static void net_carrier(struct seq_file *m, const struct sbx_fs_entry *entry,
			struct net_device *dev)
{
	seq_printf(m, "%d\n", netif_carrier_ok(dev));
}

static void net_ifindex(struct seq_file *m, const struct sbx_fs_entry *entry,
			struct net_device *dev)
{
	seq_printf(m, "%d\n", dev->ifindex);
}

static void net_iflink(struct seq_file *m, const struct sbx_fs_entry *entry,
		       struct net_device *dev)
{
	seq_printf(m, "%d\n", dev_get_iflink(dev));
}

static void net_mtu(struct seq_file *m, const struct sbx_fs_entry *entry,
		    struct net_device *dev)
{
	seq_printf(m, "%u\n", READ_ONCE(dev->mtu));
}

static void net_tx_queue_len(struct seq_file *m, const struct sbx_fs_entry *entry,
			     struct net_device *dev)
{
	seq_printf(m, "%u\n", READ_ONCE(dev->tx_queue_len));
}

static void net_type(struct seq_file *m, const struct sbx_fs_entry *entry,
		     struct net_device *dev)
{
	seq_printf(m, "%u\n", dev->type);
}

static void net_statistic(struct seq_file *m, const struct sbx_fs_entry *entry,
			  struct net_device *dev)
{
	struct rtnl_link_stats64 stats;

	dev_get_stats(dev, &stats);
	seq_printf(m, "%llu\n", *(u64 *)((char *)&stats + entry->offset));
}

#define MANY(_parent, _name, _dir, _many) {					\
	.parent = SBX_SYS_##_parent, .name = _name, .mode = S_IFDIR | 0555,	\
	.dir = SBX_SYS_##_dir, .many = _many,					\
	.iop = &sbx_sys_dir_iops, .fop = &sbx_sys_dir_fops }
#define DIR(_parent, _name, _dir)	MANY(_parent, _name, _dir, SBX_SYS_ONE)
#define FILE(_parent, _name, _show, ...) {					\
	.parent = SBX_SYS_##_parent, .name = _name, .mode = S_IFREG | 0444,	\
	.show = _show, .iop = &sbx_sys_file_iops, .fop = &sbx_fs_own_fops, ## __VA_ARGS__ }
#define INNER(_parent, _name, _inner)	FILE(_parent, _name, show_inner, .inner = _inner)
#define NET(_name)			FILE(NET, #_name, show_net, .net = net_##_name)
#define STATISTIC(_name)							\
	FILE(NET_STATISTICS, #_name, show_net, .net = net_statistic,		\
	     .offset = offsetof(struct rtnl_link_stats64, _name))
#define THP(_name)	INNER(THP, _name, "kernel/mm/transparent_hugepage/" _name)
#define TOPOLOGY(_name)	INNER(TOPOLOGY, _name, "devices/system/cpu/cpu%u/topology/" _name)
#define CGROUP(_name)	INNER(CGROUP_ROOT, _name, _name)

/* The closed list. */
const struct sbx_fs_entry sbx_sys_entries[] = {
	DIR(ROOT, "block", EMPTY),
	DIR(ROOT, "bus", EMPTY),
	DIR(ROOT, "class", CLASS),
	DIR(CLASS, "block", EMPTY),
	DIR(CLASS, "net", CLASS_NET),
	DIR(ROOT, "dev", DEV),
	DIR(DEV, "block", EMPTY),
	DIR(DEV, "char", EMPTY),
	DIR(ROOT, "devices", DEVICES),
	DIR(DEVICES, "system", SYSTEM),
	DIR(SYSTEM, "cpu", CPUS),
	DIR(SYSTEM, "node", NODES),
	DIR(ROOT, "firmware", EMPTY),
	DIR(ROOT, "fs", FS),
	DIR(FS, "cgroup", EMPTY),
	DIR(ROOT, "kernel", KERNEL),
	DIR(KERNEL, "mm", MM),
	/* Those set aside for the host are not for its guests. */
	DIR(MM, "hugepages", EMPTY),
	DIR(MM, "transparent_hugepage", THP),
	DIR(ROOT, "module", EMPTY),
	DIR(ROOT, "power", EMPTY),

	MANY(CLASS_NET, NULL, NET, SBX_SYS_PER_NETDEV),
	NET(addr_len), NET(address), NET(broadcast), NET(carrier), NET(flags), NET(ifindex),
	NET(iflink), NET(mtu), NET(operstate), NET(tx_queue_len), NET(type),
	DIR(NET, "statistics", NET_STATISTICS),
	STATISTIC(collisions), STATISTIC(multicast),
	STATISTIC(rx_bytes), STATISTIC(rx_packets), STATISTIC(rx_errors), STATISTIC(rx_dropped),
	STATISTIC(tx_bytes), STATISTIC(tx_packets), STATISTIC(tx_errors), STATISTIC(tx_dropped),

	FILE(CPUS, "online", show_cpus),
	FILE(CPUS, "possible", show_cpus),
	FILE(CPUS, "present", show_cpus),
	FILE(CPUS, "offline", show_empty_list),
	FILE(CPUS, "isolated", show_empty_list),
	INNER(CPUS, "kernel_max", "devices/system/cpu/kernel_max"),
	MANY(CPUS, "cpu%u", CPU, SBX_SYS_PER_CPU),
	INNER(CPU, "online", "devices/system/cpu/cpu%u/online"),
	DIR(CPU, "topology", TOPOLOGY),
	TOPOLOGY("core_id"), TOPOLOGY("die_id"), TOPOLOGY("physical_package_id"),
	TOPOLOGY("core_cpus"), TOPOLOGY("core_cpus_list"),
	TOPOLOGY("core_siblings"), TOPOLOGY("core_siblings_list"),
	TOPOLOGY("package_cpus"), TOPOLOGY("package_cpus_list"),
	TOPOLOGY("thread_siblings"), TOPOLOGY("thread_siblings_list"),

	FILE(NODES, "online", show_nodes),
	FILE(NODES, "possible", show_nodes),
	FILE(NODES, "has_cpu", show_nodes),
	FILE(NODES, "has_memory", show_nodes),
	FILE(NODES, "has_normal_memory", show_nodes),
	MANY(NODES, "node%u", NODE, SBX_SYS_PER_NODE),
	FILE(NODE, "cpulist", show_node_list),
	FILE(NODE, "cpumap", show_node_map),
	INNER(NODE, "distance", "devices/system/node/node%u/distance"),
	FILE(NODE, "meminfo", show_node_meminfo),

	THP("defrag"), THP("enabled"), THP("hpage_pmd_size"), THP("shmem_enabled"),
	THP("use_zero_page"),

	CGROUP("cgroup.controllers"), CGROUP("cgroup.events"), CGROUP("cgroup.freeze"),
	CGROUP("cgroup.max.depth"), CGROUP("cgroup.max.descendants"), CGROUP("cgroup.stat"),
	CGROUP("cgroup.subtree_control"), CGROUP("cgroup.type"),
	CGROUP("cpu.idle"), CGROUP("cpu.max"), CGROUP("cpu.max.burst"), CGROUP("cpu.pressure"),
	CGROUP("cpu.stat"), CGROUP("cpu.weight"), CGROUP("cpu.weight.nice"),
	CGROUP("cpuset.cpus"), CGROUP("cpuset.cpus.effective"),
	CGROUP("cpuset.mems"), CGROUP("cpuset.mems.effective"),
	CGROUP("hugetlb.2MB.current"), CGROUP("hugetlb.2MB.max"),
	CGROUP("io.max"), CGROUP("io.pressure"), CGROUP("io.stat"), CGROUP("io.weight"),
	CGROUP("memory.current"), CGROUP("memory.events"), CGROUP("memory.events.local"),
	CGROUP("memory.high"), CGROUP("memory.low"), CGROUP("memory.max"), CGROUP("memory.min"),
	CGROUP("memory.numa_stat"), CGROUP("memory.oom.group"), CGROUP("memory.peak"),
	CGROUP("memory.pressure"), CGROUP("memory.stat"),
	CGROUP("memory.swap.current"), CGROUP("memory.swap.events"), CGROUP("memory.swap.high"),
	CGROUP("memory.swap.max"), CGROUP("memory.swap.peak"),
	CGROUP("memory.zswap.current"), CGROUP("memory.zswap.max"),
	CGROUP("pids.current"), CGROUP("pids.events"), CGROUP("pids.max"), CGROUP("pids.peak"),
	CGROUP("rdma.current"), CGROUP("rdma.max"),
};

const unsigned int sbx_sys_nr_entries = ARRAY_SIZE(sbx_sys_entries);
