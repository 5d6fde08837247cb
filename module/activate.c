// SPDX-License-Identifier: GPL-2.0
/*
 * Activation: from the runtime's code to the container's program.
 *
 * The exec that makes a pending member active has succeeded, the new program
 * has not run an instruction.  On the way out of the exec, where sleeping is
 * allowed, the container is accepted or refused, descriptors are imported and
 * what the host would do with guest memory is switched off.
 */
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs_struct.h>
#include <linux/mount.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/task_work.h>

#include "activate.h"
#include "compat.h"
#include "domain.h"
#include "task.h"
#include "object/import.h"

/* Only descriptors are looked for that exist, in runs of this many. */
#define FD_BATCH	64

/**
 * struct fd_scan - descriptors found by one pass
 * @fds: their numbers
 * @nr: how many
 */
struct fd_scan {
	unsigned int fds[FD_BATCH];
	unsigned int nr;
};

static int note_fd(const void *data, struct file *file, unsigned int fd)
{
	struct fd_scan *scan = (struct fd_scan *)data;

	scan->fds[scan->nr++] = fd;
	return scan->nr == FD_BATCH;
}

/* The table is the task's own since the exec, and no other thread is left. */
static void close_from(struct sbx_domain *domain, unsigned int first)
{
	struct fd_scan scan;
	unsigned int i;

	do {
		scan.nr = 0;
		iterate_fd(current->files, first, note_fd, &scan);
		for (i = 0; i < scan.nr; i++)
			close_fd(scan.fds[i]);
		atomic64_add(scan.nr, &domain->fds_closed);
	} while (scan.nr);
}

/**
 * struct imported - an open file and what stands for it
 * @file: as the runtime passed it, with a reference; NULL for a hole
 * @import: borrowed from the descriptor table, which nobody else has
 */
struct imported {
	struct file *file, *import;
};

/* Duplicates of a descriptor stay duplicates: they share flags and position. */
static struct file *import_once(struct sbx_domain *domain, struct imported *done, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (done[i].file == done[nr].file)
			return get_file(done[i].import);
	return sbx_import(domain, done[nr].file);
}

/*
 * Replaces each descriptor below @end by its import.  A hole is reserved
 * while it would be the lowest free number, so that each file gets its own
 * number back.
 */
static int import_each(struct sbx_domain *domain, struct imported *done, unsigned int end)
{
	DECLARE_BITMAP(holes, SBX_PRESERVE_FDS_MAX + 3);
	struct file *file, *import;
	unsigned int fd;
	int err = 0;

	bitmap_zero(holes, end);
	for (fd = 0; fd < end; fd++) {
		file = fget_raw(fd);
		done[fd].file = file;
		if (file)
			close_fd(fd);
		err = get_unused_fd_flags(0);
		if (err < 0)
			break;
		if (WARN_ON_ONCE(err != fd)) {
			put_unused_fd(err);
			err = -EBADF;
			break;
		}
		err = 0;
		if (!file) {
			__set_bit(fd, holes);
			continue;
		}
		import = import_once(domain, done, fd);
		if (IS_ERR(import)) {
			put_unused_fd(fd);
			err = PTR_ERR(import);
			break;
		}
		done[fd].import = import;
		fd_install(fd, import);
	}
	for_each_set_bit(fd, holes, end)
		put_unused_fd(fd);
	return err;
}

static int import_below(struct sbx_domain *domain, unsigned int end)
{
	struct imported *done;
	unsigned int fd;
	int err;

	done = kcalloc(end, sizeof(*done), GFP_KERNEL_ACCOUNT);
	if (!done)
		return -ENOMEM;
	err = import_each(domain, done, end);
	for (fd = 0; fd < end; fd++)
		if (done[fd].file)
			fput(done[fd].file);
	kfree(done);
	return err;
}

static bool cwd_inside_root(void)
{
	struct path root, pwd;
	bool inside;

	get_fs_root(current->fs, &root);
	get_fs_pwd(current->fs, &pwd);
	inside = path_is_under(&pwd, &root);
	path_put(&pwd);
	path_put(&root);
	return inside;
}

/*
 * The host dumps no core of guest memory: limit 1 stops the pipe helper and
 * the file, 0 would let the helper run.  The guest keeps what it had.
 */
static void take_core_limit(struct sbx_process *process)
{
	struct rlimit *rlim = &current->signal->rlim[RLIMIT_CORE];

	task_lock(current->group_leader);
	process->core = *rlim;
	rlim->rlim_cur = 1;
	rlim->rlim_max = 1;
	task_unlock(current->group_leader);
}

static int activate(struct sbx_task *self)
{
	struct sbx_container *container = self->container;
	unsigned int keep = 3 + self->preserve_fds;
	int err;

	err = sbx_container_accept(container);
	if (err)
		return err;
	if (!cwd_inside_root()) {
		sbx_container_refuse(container, "the working directory is outside of the root");
		return -EPERM;
	}
	close_from(container->domain, keep);
	err = import_below(container->domain, keep);
	if (err) {
		sbx_container_refuse(container, "a descriptor could not be imported: error %d",
				     -err);
		return err;
	}
	take_core_limit(self->process);
	return 0;
}

static void activate_work(struct callback_head *work)
{
	struct sbx_task *self = sbx_task_current();

	kfree(work);
	/* Gone if the task was killed on its way here. */
	if (!self)
		return;
	if (activate(self)) {
		send_sig(SIGKILL, current, 1);
		return;
	}
	/* Only now: the runtime's descriptors were there to be seen. */
	smp_store_release(&self->state, SBX_TASK_ACTIVE);
	sbx_task_end_launch(self->container);
}

/**
 * sbx_activate_later() - activate the caller before it returns to user space
 *
 * Context: atomic, in the exec of the caller.
 * Return: 0 or an error, upon which the caller has to be killed.
 */
int sbx_activate_later(void)
{
	struct callback_head *work;
	int err;

	work = kmalloc(sizeof(*work), GFP_ATOMIC | __GFP_NOWARN);
	if (!work)
		return -ENOMEM;
	init_task_work(work, activate_work);
	err = task_work_add(current, work, TWA_RESUME);
	if (err)
		kfree(work);
	return err;
}
