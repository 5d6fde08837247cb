// SPDX-License-Identifier: GPL-2.0
/*
 * Files that are forwarded line by line, because some lines tell more of the
 * host than the guest may know, or not what the guest should see.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/poll.h>
#include <linux/sbx.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "../compat.h"
#include "../task.h"
#include "proc_fs.h"

/* The longest line that is kept; the list of groups can be that long. */
#define LINE_MAX	(1024 * 1024)

/**
 * struct lines - an open file
 * @inode: ours
 * @inner: the counterpart
 * @pos: how far @inner was read
 * @raw: what was read of it and not taken yet, a page
 * @raw_off: where that begins
 * @raw_len: where that ends
 * @line: the current line, filtered
 * @len: of it
 * @size: of the buffer
 * @index: number of the current line, -1 if there is none
 * @state: what the filter keeps from line to line, for kfree()
 *
 * All of it is guarded by the sequence file's lock.
 */
struct lines {
	struct inode *inode;
	struct file *inner;
	loff_t pos;
	char *raw;
	size_t raw_off;
	size_t raw_len;
	char *line;
	size_t len;
	size_t size;
	loff_t index;
	void *state;
};

static int fill_raw(struct lines *l)
{
	struct kvec vec = { .iov_base = l->raw, .iov_len = PAGE_SIZE };
	struct iov_iter to;
	ssize_t ret;

	iov_iter_kvec(&to, ITER_DEST, &vec, 1, vec.iov_len);
	ret = sbx_proc_read_inner(l->inner, &l->pos, &to);
	l->raw_off = 0;
	l->raw_len = max_t(ssize_t, ret, 0);
	return ret;
}

static int grow(struct lines *l, size_t size)
{
	char *line;

	if (size <= l->size)
		return 0;
	size = max_t(size_t, roundup_pow_of_two(size), 512);
	line = kvmalloc(size, GFP_KERNEL_ACCOUNT);
	if (!line)
		return -ENOMEM;
	if (l->len)
		memcpy(line, l->line, l->len);
	kvfree(l->line);
	l->line = line;
	l->size = size;
	return 0;
}

/* Takes all of @raw up to the end of the line; true if that end was there. */
static int take_raw(struct lines *l)
{
	const char *from = l->raw + l->raw_off;
	size_t len = l->raw_len - l->raw_off;
	const char *end = memchr(from, '\n', len);
	size_t keep;
	int err;

	if (end)
		len = end + 1 - from;
	l->raw_off += len;
	keep = min(len, LINE_MAX - l->len);
	err = grow(l, l->len + keep);
	if (err)
		return err;
	memcpy(l->line + l->len, from, keep);
	l->len += keep;
	return !!end;
}

/* Returns 1 if there is a next line, 0 at the end, or an errno. */
static int next_line(struct lines *l)
{
	sbx_proc_filter_t filter = SBX_FS_I(l->inode)->entry->filter;
	int ret;

	l->len = 0;
	do {
		if (l->raw_off == l->raw_len) {
			ret = fill_raw(l);
			if (ret < 0)
				return ret;
			if (!ret)
				break;
		}
		ret = take_raw(l);
		if (ret < 0)
			return ret;
	} while (!ret);

	if (!l->len)
		return 0;
	ret = grow(l, l->len + 1);
	if (ret)
		return ret;
	l->line[l->len] = '\0';
	l->len = filter(l->inode, l->line, l->len, l->size, &l->state);
	l->index++;
	return 1;
}

static void rewind(struct lines *l)
{
	l->pos = 0;
	l->raw_off = 0;
	l->raw_len = 0;
	l->index = -1;
	kfree(l->state);
	l->state = NULL;
}

static void *lines_start(struct seq_file *m, loff_t *pos)
{
	struct lines *l = m->private;
	int ret;

	/* At 0 always: that is a new look at the file. */
	if (!*pos || *pos < l->index)
		rewind(l);
	while (l->index < *pos) {
		if (fatal_signal_pending(current))
			return ERR_PTR(-EINTR);
		ret = next_line(l);
		if (ret <= 0)
			return ERR_PTR(ret);
	}
	return l;
}

static void *lines_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct lines *l = v;
	int ret;

	++*pos;
	ret = next_line(l);
	return ret > 0 ? l : ERR_PTR(ret);
}

static void lines_stop(struct seq_file *m, void *v)
{
}

static int lines_show(struct seq_file *m, void *v)
{
	const struct lines *l = v;

	return seq_write(m, l->line, l->len);
}

static const struct seq_operations lines_ops = {
	.start	= lines_start,
	.next	= lines_next,
	.stop	= lines_stop,
	.show	= lines_show,
};

static struct lock_class_key lines_lock;

static int lines_open(struct inode *inode, struct file *file)
{
	struct lines *l;
	int err;

	l = __seq_open_private(file, &lines_ops, sizeof(*l));
	if (!l)
		return -ENOMEM;
	l->inode = inode;
	rewind(l);
	l->raw = kmalloc(PAGE_SIZE, GFP_KERNEL_ACCOUNT);
	err = -ENOMEM;
	if (!l->raw)
		goto err_seq;
	/* The lock of the inner file is taken under it. */
	lockdep_set_class(&((struct seq_file *)file->private_data)->lock, &lines_lock);
	l->inner = sbx_proc_open_inner(inode, file);
	err = PTR_ERR_OR_ZERO(l->inner);
	if (err)
		goto err_raw;
	return 0;

err_raw:
	kfree(l->raw);
err_seq:
	seq_release_private(inode, file);
	return err;
}

static int lines_release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;
	struct lines *l = m->private;

	fput(l->inner);
	kfree(l->raw);
	kvfree(l->line);
	kfree(l->state);
	return seq_release_private(inode, file);
}

/* The counterpart knows when mounts come and go. */
static __poll_t lines_poll(struct file *file, struct poll_table_struct *wait)
{
	const struct seq_file *m = file->private_data;
	const struct lines *l = m->private;

	return vfs_poll(l->inner, wait);
}

const struct file_operations sbx_proc_lines_fops = {
	.owner		= THIS_MODULE,
	.open		= lines_open,
	.release	= lines_release,
	.read_iter	= seq_read_iter,
	.splice_read	= sbx_splice_read,
	.llseek		= seq_lseek,
};

const struct file_operations sbx_proc_lines_poll_fops = {
	.owner		= THIS_MODULE,
	.open		= lines_open,
	.release	= lines_release,
	.read_iter	= seq_read_iter,
	.splice_read	= sbx_splice_read,
	.llseek		= seq_lseek,
	.poll		= lines_poll,
};

static bool starts(const char *line, size_t len, const char *with)
{
	return len >= strlen(with) && !memcmp(line, with, strlen(with));
}

/* Overwrites @line from @at on. */
static size_t set_rest(char *line, size_t at, size_t size, const char *rest)
{
	return at + scnprintf(line + at, size - at, "%s", rest);
}

/**
 * sbx_proc_filter_status() - the runtime's seccomp filter is not the guest's
 * @inode: of the file
 * @line: with its newline, changed in place
 * @len: of @line
 * @size: of the buffer at @line
 * @state: not used
 *
 * Return: the new length.
 */
size_t sbx_proc_filter_status(struct inode *inode, char *line, size_t len, size_t size,
			      void **state)
{
	static const char * const keys[] = { "Seccomp:\t", "Seccomp_filters:\t" };
	int i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (starts(line, len, keys[i]))
			return set_rest(line, strlen(keys[i]), size, "0\n");
	return len;
}

/**
 * sbx_proc_filter_sched() - groups of tasks that share memory go by the host's pids
 * @inode: of the file
 * @line: with its newline and a NUL, changed in place
 * @len: of @line
 * @size: of the buffer at @line
 * @state: not used
 *
 * Return: the new length.
 */
size_t sbx_proc_filter_sched(struct inode *inode, char *line, size_t len, size_t size,
			     void **state)
{
	static const char key[] = "numa_group_id=";
	const char *group = strnstr(line, key, len);

	return group ? set_rest(line, group + strlen(key) - line, size, "0\n") : len;
}

static bool core_limit(const struct inode *inode, struct rlimit *core)
{
	struct task_struct *task;
	struct sbx_task *entry;
	bool found = false;

	rcu_read_lock();
	task = pid_task(SBX_FS_I(inode)->pid, PIDTYPE_PID);
	entry = task ? sbx_task_find(task) : NULL;
	if (entry && entry->process) {
		found = true;
		spin_lock(&entry->process->lock);
		*core = entry->process->core;
		spin_unlock(&entry->process->lock);
	}
	rcu_read_unlock();
	return found;
}

static char *print_limit(char *to, size_t size, unsigned long limit)
{
	if (limit == RLIM_INFINITY)
		strscpy(to, "unlimited", size);
	else
		snprintf(to, size, "%lu", limit);
	return to;
}

/**
 * sbx_proc_filter_limits() - the core limit is the one that the guest knows
 * @inode: of the file
 * @line: with its newline, changed in place
 * @len: of @line
 * @size: of the buffer at @line
 * @state: not used
 *
 * Return: the new length.
 */
size_t sbx_proc_filter_limits(struct inode *inode, char *line, size_t len, size_t size,
			      void **state)
{
	char soft[24], hard[24];
	struct rlimit core;

	if (!starts(line, len, "Max core file size ") || !core_limit(inode, &core))
		return len;
	return scnprintf(line, size, "%-25s %-20s %-20s %-10s\n", "Max core file size",
			 print_limit(soft, sizeof(soft), core.rlim_cur),
			 print_limit(hard, sizeof(hard), core.rlim_max), "bytes");
}

/*
 * struct span - part of a line
 * @at: where it begins
 * @len: its length
 */
struct span {
	size_t at;
	size_t len;
};

/* The field after @prev; fields are separated by single spaces. */
static struct span next_field(const char *line, size_t len, struct span prev)
{
	struct span f = { .at = min(prev.at + prev.len + 1, len) };

	while (f.at + f.len < len && line[f.at + f.len] != ' ' && line[f.at + f.len] != '\n')
		f.len++;
	return f;
}

static struct span field(const char *line, size_t len, int n)
{
	struct span f = { .at = -1 };

	do
		f = next_field(line, len, f);
	while (n--);
	return f;
}

static bool equals(const char *line, struct span f, const char *what)
{
	return f.len == strlen(what) && !memcmp(line + f.at, what, f.len);
}

/* Puts a shorter text in the place of a field. */
static size_t shorten(char *line, size_t len, struct span f, const char *by)
{
	size_t new = strlen(by);

	if (WARN_ON_ONCE(new > f.len))
		return len;
	memcpy(line + f.at, by, new);
	memmove(line + f.at + new, line + f.at + f.len, len - f.at - f.len);
	return len - f.len + new;
}

/* Options of an overlay that name directories of the host. */
static bool names_host_path(const char *option, size_t len)
{
	static const char * const keys[] = {
		"lowerdir=", "upperdir=", "workdir=", "lowerdir+=", "datadir+=",
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (starts(option, len, keys[i]))
			return true;
	return false;
}

/* Commas in a value are escaped. */
static size_t strip_options(char *line, size_t len, struct span f)
{
	size_t end = f.at + f.len, from = f.at, to = f.at;

	while (from < end) {
		const char *comma = memchr(line + from, ',', end - from);
		size_t next = comma ? comma + 1 - line : end;

		if (!names_host_path(line + from, next - from)) {
			memmove(line + to, line + from, next - from);
			to += next - from;
		}
		from = next;
	}
	if (to > f.at && line[to - 1] == ',')
		to--;
	memmove(line + to, line + end, len - end);
	return len - (end - to);
}

/* The filesystem's type at field @n, and its options @gap fields later. */
static size_t filter_mount(char *line, size_t len, int n, int gap)
{
	struct span type = field(line, len, n);

	if (equals(line, type, SBX_PROC_FSTYPE))
		return shorten(line, len, type, "proc");
	if (equals(line, type, SBX_SYS_FSTYPE))
		return shorten(line, len, type, "sysfs");
	if (equals(line, type, SBX_CGROUP_FSTYPE))
		return shorten(line, len, type, "cgroup2");
	if (equals(line, type, "overlay"))
		return strip_options(line, len, field(line, len, n + gap));
	return len;
}

/**
 * sbx_proc_filter_mounts() - no paths of the host, and proc is called proc
 * @inode: of the file
 * @line: with its newline, changed in place
 * @len: of @line
 * @size: of the buffer at @line
 * @state: not used
 *
 * Return: the new length.
 */
size_t sbx_proc_filter_mounts(struct inode *inode, char *line, size_t len, size_t size,
			      void **state)
{
	/* source target TYPE OPTIONS 0 0 */
	return filter_mount(line, len, 2, 1);
}

/**
 * sbx_proc_filter_mountinfo() - no paths of the host, and proc is called proc
 * @inode: of the file
 * @line: with its newline, changed in place
 * @len: of @line
 * @size: of the buffer at @line
 * @state: not used
 *
 * Return: the new length.
 */
size_t sbx_proc_filter_mountinfo(struct inode *inode, char *line, size_t len, size_t size,
				 void **state)
{
	/* id parent device ROOT target options tag... - TYPE source OPTIONS */
	struct span root = field(line, len, 3), f;
	int n;

	if (root.len && line[root.at] == '/')
		len = shorten(line, len, root, "/");
	for (n = 6, f = field(line, len, n); f.len; n++, f = next_field(line, len, f))
		if (equals(line, f, "-"))
			return filter_mount(line, len, n + 1, 2);
	return len;
}

/**
 * struct lock_numbers - where a reader of locks is
 * @theirs: the kernel's number of the lock that was shown last
 * @ours: the guest's
 */
struct lock_numbers {
	unsigned long theirs;
	unsigned long ours;
};

/* The @n-th field from the end, 0 for the last. */
static struct span field_from_end(const char *line, size_t len, int n)
{
	struct span f = { .at = len };

	do {
		size_t end = f.at ? f.at - 1 : 0;

		f.at = end;
		while (f.at && line[f.at - 1] != ' ')
			f.at--;
		f.len = end - f.at;
	} while (n--);
	return f;
}

/**
 * sbx_proc_filter_locks() - locks of the container's processes
 * @inode: of the file
 * @line: with its newline and a NUL, changed in place
 * @len: of @line
 * @size: of the buffer at @line
 * @state: &struct lock_numbers
 *
 * The kernel leaves out what other PID namespaces hold, unless nobody is named as
 * the holder, and counts all there are.
 *
 * Return: the new length, 0 for a lock that may be the host's.
 */
size_t sbx_proc_filter_locks(struct inode *inode, char *line, size_t len, size_t size,
			     void **state)
{
	struct lock_numbers *numbers = *state ?: kzalloc(sizeof(*numbers), GFP_KERNEL_ACCOUNT);
	/* number: type kind access PID device start end */
	struct span holder = field_from_end(line, len, 3);
	unsigned long number;
	char text[24];
	int pid;

	*state = numbers;
	if (!numbers || sscanf(line, "%lu:", &number) != 1 ||
	    sscanf(line + holder.at, "%d ", &pid) != 1 || pid <= 0)
		return 0;
	/* Who waits for a lock has its number. */
	numbers->ours += number != numbers->theirs;
	numbers->theirs = number;
	snprintf(text, sizeof(text), "%lu:", numbers->ours);
	return shorten(line, len, field(line, len, 0), text);
}
