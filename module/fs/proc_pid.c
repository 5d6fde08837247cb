// SPDX-License-Identifier: GPL-2.0
/*
 * Directories of processes and threads: which there are, what is in them.
 */
#include <linux/ctype.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/seq_file.h>

#include "../compat.h"
#include "../domain.h"
#include "../entry.h"
#include "../task.h"
#include "proc.h"
#include "proc_fs.h"

static const struct inode_operations dir_iops;
static const struct file_operations dir_fops;

/* The host's audit session is none of the guest's. */
static int show_unset_id(struct seq_file *m, void *v)
{
	seq_puts(m, "4294967295");
	return 0;
}

/*
 * The kernel counts the groups of the whole machine. There is one for each
 * session; its weight cannot be changed from inside.
 */
static int show_autogroup(struct seq_file *m, void *v)
{
	const struct inode *inode = m->private;
	struct task_struct *task;
	pid_t session = 0;

	rcu_read_lock();
	task = pid_task(SBX_FS_I(inode)->pid, PIDTYPE_PID);
	if (task)
		session = task_session_nr_ns(task, SBX_FS_SB(inode->i_sb)->pid_ns);
	rcu_read_unlock();
	if (!task)
		return -ESRCH;
	seq_printf(m, "/autogroup-%d nice 0\n", session);
	return 0;
}

static int show_zero(struct seq_file *m, void *v)
{
	seq_putc(m, '0');
	return 0;
}

#define IN_BOTH		(SBX_PROC_PROCESS | SBX_PROC_THREAD)
#define IN_PROCESS	SBX_PROC_PROCESS
#define IN_THREAD	SBX_PROC_THREAD
#define IN_NET		(SBX_PROC_NET | SBX_PROC_LIVE)

#define FORWARD(_name, _flags, _write) {					\
	.name = _name, .mode = S_IFREG | (_write), .flags = (_flags),		\
	.iop = &sbx_proc_forward_iops, .fop = &sbx_proc_forward_fops }
#define LINES(_name, _flags, _filter, _fops) {					\
	.name = _name, .mode = S_IFREG, .flags = (_flags), .filter = (_filter),	\
	.iop = &sbx_proc_forward_iops, .fop = &(_fops) }
#define OWN(_name, _flags, _show) {						\
	.name = _name, .mode = S_IFREG, .flags = (_flags), .show = (_show),	\
	.iop = &sbx_proc_forward_iops, .fop = &sbx_fs_own_fops }
#define REFUSED(_name, _flags) {						\
	.name = _name, .mode = S_IFREG | 0200, .flags = (_flags),		\
	.iop = &sbx_proc_forward_iops, .fop = &sbx_proc_refused_fops }
#define LINK(_name, _flags) {							\
	.name = _name, .mode = S_IFLNK, .flags = (_flags) | SBX_PROC_LIVE,	\
	.iop = &sbx_proc_link_iops }
#define DIR_OF_ANY(_name, _flags, _any) {					\
	.name = _name, .mode = S_IFDIR, .flags = (_flags), .any = (_any),	\
	.iop = &dir_iops, .fop = &dir_fops }
#define DIR_OF(_name, _flags, _below) {						\
	.name = _name, .mode = S_IFDIR, .flags = (_flags), .below = (_below),	\
	.iop = &dir_iops, .fop = &dir_fops }

static const struct sbx_fs_entry any_link = LINK(NULL, 0);
static const struct sbx_fs_entry any_fdinfo = FORWARD(NULL, SBX_PROC_LIVE, 0);

static const struct sbx_fs_entry thread = {
	.mode = S_IFDIR, .flags = SBX_PROC_BY_PID, .below = SBX_PROC_THREAD,
	.iop = &dir_iops, .fop = &dir_fops,
};

static const struct sbx_fs_entry process = {
	.mode = S_IFDIR, .flags = SBX_PROC_BY_PID, .below = SBX_PROC_PROCESS,
	.iop = &dir_iops, .fop = &dir_fops,
};

/*
 * The closed list of what is there per process.  All of it is in procfs as
 * well, and goes there for owners and permissions; what is not OWN goes there
 * for its contents too.
 */
static const struct sbx_fs_entry entries[] = {
	DIR_OF_ANY("task",	IN_PROCESS, &thread),
	DIR_OF_ANY("fd",	IN_BOTH | SBX_PROC_LIVE, &any_link),
	DIR_OF_ANY("fdinfo",	IN_BOTH | SBX_PROC_LIVE, &any_fdinfo),
	DIR_OF_ANY("ns",	IN_BOTH | SBX_PROC_LIVE, &any_link),
	DIR_OF("net",		IN_BOTH | SBX_PROC_LIVE, SBX_PROC_NET),
	LINK("cwd",		IN_BOTH),
	LINK("root",		IN_BOTH),
	LINK("exe",		IN_BOTH),
	LINES("status",		IN_BOTH, sbx_proc_filter_status, sbx_proc_lines_fops),
	LINES("limits",		IN_BOTH, sbx_proc_filter_limits, sbx_proc_lines_fops),
	LINES("mounts",		IN_BOTH | SBX_PROC_LIVE, sbx_proc_filter_mounts,
	      sbx_proc_lines_poll_fops),
	LINES("mountinfo",	IN_BOTH | SBX_PROC_LIVE, sbx_proc_filter_mountinfo,
	      sbx_proc_lines_poll_fops),
	LINES("sched",		IN_BOTH, sbx_proc_filter_sched, sbx_proc_lines_fops),
	OWN("autogroup",	IN_PROCESS, show_autogroup),
	OWN("loginuid",		IN_BOTH, show_unset_id),
	OWN("sessionid",	IN_BOTH, show_unset_id),
	OWN("wchan",		IN_BOTH, show_zero),
	/*
	 * Where memory is in the machine helps who attacks it, and nobody else. What
	 * clear_refs resets can be read from pagemap alone, but for the bits of smaps.
	 */
	REFUSED("clear_refs",	IN_BOTH),
	REFUSED("pagemap",	IN_BOTH),
	FORWARD("auxv",		IN_BOTH, 0),
	FORWARD("cgroup",	IN_BOTH, 0),
	FORWARD("children",	IN_THREAD, 0),
	FORWARD("cmdline",	IN_BOTH, 0),
	FORWARD("comm",		IN_BOTH, 0200),
	FORWARD("coredump_filter", IN_PROCESS, 0200),
	FORWARD("cpuset",	IN_BOTH, 0),
	FORWARD("environ",	IN_BOTH, 0),
	FORWARD("gid_map",	IN_BOTH, 0),
	FORWARD("io",		IN_BOTH, 0),
	FORWARD("maps",		IN_BOTH, 0),
	FORWARD("mem",		IN_BOTH | SBX_PROC_MINE, 0200),
	FORWARD("numa_maps",	IN_BOTH, 0),
	FORWARD("oom_score",	IN_BOTH, 0),
	FORWARD("oom_score_adj", IN_BOTH, 0200),
	FORWARD("personality",	IN_BOTH, 0),
	FORWARD("projid_map",	IN_BOTH, 0),
	FORWARD("schedstat",	IN_BOTH, 0),
	FORWARD("setgroups",	IN_BOTH, 0),
	FORWARD("smaps",	IN_BOTH, 0),
	FORWARD("smaps_rollup",	IN_BOTH, 0),
	FORWARD("stat",		IN_BOTH, 0),
	FORWARD("statm",	IN_BOTH, 0),
	FORWARD("timens_offsets", IN_PROCESS, 0),
	FORWARD("timers",	IN_PROCESS, 0),
	FORWARD("timerslack_ns", IN_PROCESS, 0),
	FORWARD("uid_map",	IN_BOTH, 0),

	/* Not those that tell of memory, handlers or processors of all namespaces. */
	FORWARD("arp",		IN_NET, 0),
	FORWARD("dev",		IN_NET, 0),
	FORWARD("dev_mcast",	IN_NET, 0),
	FORWARD("fib_trie",	IN_NET, 0),
	FORWARD("fib_triestat",	IN_NET, 0),
	FORWARD("icmp",		IN_NET, 0),
	FORWARD("icmp6",	IN_NET, 0),
	FORWARD("if_inet6",	IN_NET, 0),
	FORWARD("igmp",		IN_NET, 0),
	FORWARD("igmp6",	IN_NET, 0),
	FORWARD("ipv6_route",	IN_NET, 0),
	FORWARD("mcfilter",	IN_NET, 0),
	FORWARD("mcfilter6",	IN_NET, 0),
	FORWARD("netlink",	IN_NET, 0),
	FORWARD("netstat",	IN_NET, 0),
	FORWARD("packet",	IN_NET, 0),
	FORWARD("psched",	IN_NET, 0),
	FORWARD("raw",		IN_NET, 0),
	FORWARD("raw6",		IN_NET, 0),
	FORWARD("route",	IN_NET, 0),
	FORWARD("rt6_stats",	IN_NET, 0),
	FORWARD("snmp",		IN_NET, 0),
	FORWARD("snmp6",	IN_NET, 0),
	FORWARD("tcp",		IN_NET, 0),
	FORWARD("tcp6",		IN_NET, 0),
	FORWARD("udp",		IN_NET, 0),
	FORWARD("udp6",		IN_NET, 0),
	FORWARD("udplite",	IN_NET, 0),
	FORWARD("udplite6",	IN_NET, 0),
	FORWARD("unix",		IN_NET, 0),
};

static const struct sbx_fs_entry *find_entry(const struct inode *dir, const char *name,
					     size_t len)
{
	const struct sbx_fs_entry *in = SBX_FS_I(dir)->entry, *entry;

	if (in->any)
		return in->any;
	for (entry = entries; entry < entries + ARRAY_SIZE(entries); entry++)
		if ((entry->flags & in->below) && strlen(entry->name) == len &&
		    !memcmp(entry->name, name, len))
			return entry;
	return NULL;
}

/*
 * enum liveness - what active members may know of a task
 * @GONE: nothing: there is none, it is not of this container, or it still is
 *	the runtime's
 * @DYING: left the registry and may have open files yet, so it is not known
 *	whose it was
 * @LIVE: all
 */
enum liveness { GONE, DYING, LIVE };

static enum liveness liveness(const struct sbx_container *container, struct task_struct *task)
{
	const struct sbx_task *entry = sbx_task_find(task);

	if (entry)
		return entry->container == container &&
		       smp_load_acquire(&entry->state) == SBX_TASK_ACTIVE ? LIVE : GONE;
	if (READ_ONCE(task->exit_state))
		return LIVE;
	/* Neither is a new task that has no entry yet. */
	return READ_ONCE(task->flags) & PF_EXITING ? DYING : GONE;
}

/**
 * sbx_proc_visible() - whether a task's files can be seen
 * @sb: on which superblock
 * @pid: whose
 * @flags: of the entry, &enum sbx_proc_flags
 */
bool sbx_proc_visible(struct super_block *sb, struct pid *pid, u8 flags)
{
	enum liveness least = flags & SBX_PROC_LIVE ? LIVE : DYING;
	struct task_struct *task;
	bool visible;

	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_PID);
	visible = task && liveness(SBX_FS_SB(sb)->container, task) >= least;
	rcu_read_unlock();
	return visible;
}

/* As procfs writes them: no sign, no leading zero. */
static pid_t parse_pid(const struct qstr *name)
{
	pid_t nr = 0;
	int i;

	if (!name->len || name->len > 9 || name->name[0] == '0')
		return 0;
	for (i = 0; i < name->len; i++) {
		if (!isdigit(name->name[i]))
			return 0;
		nr = nr * 10 + name->name[i] - '0';
	}
	return nr;
}

static struct pid *get_pid_by_name(const struct sbx_fs_sb *info, const struct qstr *name)
{
	pid_t nr = parse_pid(name);
	struct pid *pid;

	if (!nr)
		return NULL;
	rcu_read_lock();
	pid = get_pid(find_pid_ns(nr, info->pid_ns));
	rcu_read_unlock();
	return pid;
}

/*
 * The inner look-up goes by number.  A pid that is in use before and after it
 * had its number all the time, so both mean the same task.
 */
static struct dentry *lookup(struct super_block *sb, struct dentry *dentry,
			     const struct sbx_fs_entry *entry, struct pid *pid,
			     struct dentry *inner_dir)
{
	struct vfsmount *proc = sbx_proc_private(sb);
	struct path inner;
	int err;

	if (IS_ERR(proc) || !pid || !sbx_proc_visible(sb, pid, entry->flags))
		return ERR_PTR(-ENOENT);
	err = vfs_path_lookup(inner_dir ?: proc->mnt_root, proc, dentry->d_name.name, 0, &inner);
	if (err)
		return ERR_PTR(err);
	if (!sbx_proc_visible(sb, pid, entry->flags)) {
		path_put(&inner);
		return ERR_PTR(-ENOENT);
	}
	return sbx_proc_instantiate(sb, dentry, entry, pid, &inner);
}

static struct dentry *dir_lookup(struct inode *dir, struct dentry *dentry, unsigned int flags)
{
	const struct sbx_fs_inode *pi = SBX_FS_I(dir);
	struct super_block *sb = dir->i_sb;
	const struct sbx_fs_entry *entry;
	struct dentry *found;
	struct pid *pid;

	entry = find_entry(dir, dentry->d_name.name, dentry->d_name.len);
	if (!entry)
		return ERR_PTR(-ENOENT);
	if (entry->flags & SBX_PROC_BY_PID)
		pid = get_pid_by_name(SBX_FS_SB(sb), &dentry->d_name);
	else
		pid = get_pid(pi->pid);
	found = lookup(sb, dentry, entry, pid, pi->inner);
	put_pid(pid);
	return found;
}

/**
 * sbx_proc_lookup_process() - look up a process in the root
 * @dir: the root
 * @dentry: with a number for a name
 *
 * Return: as ->lookup() does.
 */
struct dentry *sbx_proc_lookup_process(struct inode *dir, struct dentry *dentry)
{
	struct super_block *sb = dir->i_sb;
	struct dentry *found;
	struct pid *pid;

	pid = get_pid_by_name(SBX_FS_SB(sb), &dentry->d_name);
	found = lookup(sb, dentry, &process, pid, NULL);
	if (!IS_ERR(found))
		d_inode(found ?: dentry)->i_ino = SBX_PROC_INO_PID + parse_pid(&dentry->d_name);
	put_pid(pid);
	return found;
}

/* The leader with the lowest number from *@nr on; RCU is held. */
static struct task_struct *next_process(const struct sbx_fs_sb *info, pid_t *nr)
{
	struct task_struct *task;
	struct pid *pid;

	for (; (pid = find_ge_pid(*nr, info->pid_ns)); ++*nr) {
		*nr = pid_nr_ns(pid, info->pid_ns);
		task = pid_task(pid, PIDTYPE_TGID);
		if (task && liveness(info->container, task) != GONE)
			return task;
	}
	return NULL;
}

/**
 * sbx_proc_emit_processes() - the processes in a listing of the root
 * @sb: the superblock
 * @ctx: of the listing
 * @base: offset of pid 0
 *
 * Return: false if the caller's buffer is full.
 */
bool sbx_proc_emit_processes(struct super_block *sb, struct dir_context *ctx, loff_t base)
{
	const struct sbx_fs_sb *info = SBX_FS_SB(sb);
	struct task_struct *task;
	char name[12];
	pid_t nr;
	int len;

	for (nr = ctx->pos - base; ; nr++) {
		cond_resched();
		rcu_read_lock();
		task = next_process(info, &nr);
		rcu_read_unlock();
		if (!task)
			return true;
		len = snprintf(name, sizeof(name), "%d", nr);
		ctx->pos = base + nr;
		if (!dir_emit(ctx, name, len, SBX_PROC_INO_PID + nr, DT_DIR))
			return false;
		ctx->pos++;
	}
}

/**
 * sbx_proc_count_tasks() - how many threads there are
 * @container: whose
 * @ns: its PID namespace
 * @running: takes how many of them want a CPU
 *
 * Return: the number.
 */
unsigned int sbx_proc_count_tasks(const struct sbx_container *container,
				  struct pid_namespace *ns, unsigned int *running)
{
	unsigned int total = 0;
	struct pid *pid;
	pid_t nr = 1;

	*running = 0;
	do {
		struct task_struct *task;

		rcu_read_lock();
		pid = find_ge_pid(nr, ns);
		task = pid ? pid_task(pid, PIDTYPE_PID) : NULL;
		if (pid)
			nr = pid_nr_ns(pid, ns) + 1;
		if (task && liveness(container, task) != GONE) {
			total++;
			*running += task_is_running(task);
		}
		rcu_read_unlock();
		cond_resched();
	} while (pid && !fatal_signal_pending(current));
	return total;
}

static int refused_open(struct inode *inode, struct file *file)
{
	struct sbx_task *self = sbx_task_member();

	return self && self->state == SBX_TASK_ACTIVE ? sbx_refuse(self, -EPERM) : -EPERM;
}

/* Files that are there to be seen, and that nobody opens. */
const struct file_operations sbx_proc_refused_fops = {
	.owner		= THIS_MODULE,
	.open		= refused_open,
};

static int dir_open(struct inode *inode, struct file *file)
{
	struct file *inner = sbx_proc_open_inner(inode, file);

	if (IS_ERR(inner))
		return PTR_ERR(inner);
	file->private_data = inner;
	return 0;
}

static int dir_release(struct inode *inode, struct file *file)
{
	fput(file->private_data);
	return 0;
}

/*
 * struct listing - the listing of a directory, without what we do not have
 * @ctx: handed to the counterpart
 * @to: the caller's
 * @dir: the directory
 */
struct listing {
	struct dir_context ctx;
	struct dir_context *to;
	const struct inode *dir;
};

static bool emit(struct dir_context *ctx, const char *name, int len, loff_t pos, u64 ino,
		 unsigned int type)
{
	struct listing *l = container_of(ctx, struct listing, ctx);
	bool dots = len <= 2 && !memcmp(name, "..", len);

	if (!dots && !find_entry(l->dir, name, len))
		return true;
	l->to->pos = pos;
	return l->to->actor(l->to, name, len, pos, ino, type);
}

static int dir_iterate(struct file *file, struct dir_context *ctx)
{
	struct inode *dir = file_inode(file);
	const struct sbx_fs_inode *pi = SBX_FS_I(dir);
	struct file *inner = file->private_data;
	struct listing l = {
		.ctx.actor = emit,
		.to = ctx,
		.dir = dir,
	};
	int err;

	if (!sbx_proc_visible(dir->i_sb, pi->pid, pi->entry->flags))
		return -ENOENT;
	inner->f_pos = ctx->pos;
	err = iterate_dir(inner, &l.ctx);
	ctx->pos = l.ctx.pos;
	return err;
}

static const struct file_operations dir_fops = {
	.owner		= THIS_MODULE,
	.open		= dir_open,
	.release	= dir_release,
	.read		= generic_read_dir,
	.iterate_shared	= dir_iterate,
	.llseek		= generic_file_llseek,
};

static const struct inode_operations dir_iops = {
	.lookup		= dir_lookup,
	.getattr	= sbx_proc_getattr,
	.permission	= sbx_proc_permission,
	.setattr	= sbx_proc_setattr,
};
