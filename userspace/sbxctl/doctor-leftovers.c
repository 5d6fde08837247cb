// SPDX-License-Identifier: GPL-2.0
/*
 * sbxctl doctor: what dead containers left behind, and who keeps domains from ending.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/pidfd.h>

#include "../lib/json.h"
#include "../lib/record.h"
#include "doctor.h"
#include "sbxctl.h"

static int leftover(const char *name, void *data)
{
	struct doctor *doctor = data;
	struct sbx_error error;

	if (!doctor->fix)
		find(doctor, WARNING, "leftovers", "sbxctl doctor --fix",
		     "%s is dead and left its directory or control group behind", name);
	else if (sbx_rundir_clean(name, &error))
		find(doctor, FAILED, "leftovers", NULL, "of %s: %s", name, error.text);
	else
		find(doctor, FIXED, "leftovers", NULL, "removed what %s left behind", name);
	return 0;
}

/* Mounts below our directory are made in private namespaces only. */
static void stale_mount(struct doctor *doctor, const char *point)
{
	if (!doctor->fix)
		find(doctor, WARNING, "mounts", "sbxctl doctor --fix",
		     "%s is mounted and belongs to nothing", point);
	else if (umount2(point, MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
		find(doctor, FAILED, "mounts", NULL, "unmount %s: %s", point, strerror(errno));
	else
		find(doctor, FIXED, "mounts", NULL, "unmounted %s", point);
}

static void check_mounts(struct doctor *doctor)
{
	char *line __free = NULL;
	size_t size = 0;
	FILE *file;

	file = fopen("/proc/self/mountinfo", "re");
	while (file && getline(&line, &size, file) > 0) {
		char point[512];

		if (sscanf(line, "%*d %*d %*s %*s %511s", point) == 1 &&
		    !strncmp(point, SBX_RUN_DIR "/", strlen(SBX_RUN_DIR "/")))
			stale_mount(doctor, point);
	}
	if (file)
		fclose(file);
}

/*
 * struct records - a look at the records of sbx-runtime
 * @doctor: the examination
 * @nl: connection to the module, NULL without
 */
struct records {
	struct doctor *doctor;
	struct sbx_nl *nl;
};

static int forgotten(struct sbx_record *record, void *data)
{
	struct records *records = data;
	struct doctor *doctor = records->doctor;
	struct sbx_error error;

	if (!sbx_record_forgotten(record, records->nl))
		return 0;
	if (!doctor->fix)
		find(doctor, WARNING, "leftovers", "sbxctl doctor --fix",
		     "%s is the record of a container that is gone", record->path);
	else if (sbx_record_clean(record, records->nl, &error))
		find(doctor, FAILED, "leftovers", NULL, "of %s: %s", record->path, error.text);
	else
		find(doctor, FIXED, "leftovers", NULL, "removed %s", record->path);
	return 0;
}

static void check_records(struct doctor *doctor)
{
	struct sbx_nl *nl __cleanup(sbx_nl_closep) = NULL;
	struct records records = { .doctor = doctor };
	struct sbx_error error = {};

	nl = sbx_nl_open(&error);
	records.nl = nl;
	/* Who may not ask the module does not know what is gone. */
	if (nl || error.err == ENOENT)
		sbx_record_each(NULL, forgotten, &records);
}

/* Longest that a container without a task is taken to be in the making. */
#define LINGER_MS	30000

/* And for how long it has to be without one. */
#define PAUSE_S		2

/*
 * struct lingerers - containers without tasks that have a launcher
 * @doctor: the examination
 * @domains: array of the ids of domains without tasks that are no longer young
 * @found: array of objects {container, launcher}
 */
struct lingerers {
	struct doctor *doctor;
	json_t *domains, *found;
};

static int is_made_by(struct sbx_record *record, void *data)
{
	const pid_t *launcher = data;

	return sbx_record_creator(record) == *launcher;
}

static int add_domain(const struct sbx_domain *domain, void *data)
{
	struct lingerers *lingerers = data;

	if (!domain->tasks && domain->age_ms > LINGER_MS)
		json_array_append_new(lingerers->domains, json_integer(domain->id));
	return 0;
}

static bool has_id(const json_t *ids, uint32_t id)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(ids, i, entry)
		if (json_integer_value(entry) == id)
			return true;
	return false;
}

static int add_lingerer(const struct sbx_container *container, void *data)
{
	struct lingerers *lingerers = data;
	pid_t launcher = container->launcher_pid;

	if (!has_id(lingerers->domains, container->domain_id))
		return 0;
	/* A runtime that is still at work, for instance on the hooks, is let be. */
	if (launcher && !sbx_record_each(NULL, is_made_by, &launcher))
		json_array_append_new(lingerers->found,
				      json_pack("{s:I, s:I}",
						"container", (json_int_t)container->id,
						"launcher", (json_int_t)launcher));
	return 0;
}

static void end_lingerer(struct doctor *doctor, const struct sbx_container *container)
{
	int process __close = -1;
	char path[64], name[32];

	process = pidfd_open(container->launcher_pid, 0);
	snprintf(path, sizeof(path), "/proc/%u/comm", container->launcher_pid);
	if (process < 0 || !first_line(path, name, sizeof(name)))
		return;
	if (!doctor->fix)
		find(doctor, WARNING, "domains", "sbxctl doctor --fix, which kills it",
		     "domain %s has no tasks, but %s (pid %u), left by the runtime or one of its hooks, could still make some",
		     container->domain_name, name, container->launcher_pid);
	else if (pidfd_send_signal(process, SIGKILL, NULL, 0) < 0)
		find(doctor, FAILED, "domains", NULL, "kill %s (pid %u): %s", name,
		     container->launcher_pid, strerror(errno));
	else
		find(doctor, FIXED, "domains", NULL,
		     "killed %s (pid %u), which kept domain %s from ending", name,
		     container->launcher_pid, container->domain_name);
}

/* The second look: what is as it was. */
static int confirm(const struct sbx_container *container, void *data)
{
	const struct lingerers *lingerers = data;
	json_t *entry;
	size_t i;

	json_array_foreach(lingerers->found, i, entry)
		if (json_integer_value(json_object_get(entry, "container")) == container->id &&
		    json_integer_value(json_object_get(entry, "launcher")) ==
		    container->launcher_pid)
			end_lingerer(lingerers->doctor, container);
	return 0;
}

static void check_domains(struct doctor *doctor)
{
	struct sbx_nl *nl __cleanup(sbx_nl_closep) = NULL;
	json_t *domains __json = json_array();
	json_t *found __json = json_array();
	struct lingerers lingerers = { .doctor = doctor, .domains = domains, .found = found };
	const struct sbx_which all = {};
	struct sbx_error error;

	nl = sbx_nl_open(&error);
	if (!nl)
		return;
	if (sbx_domain_each(nl, add_domain, &lingerers, &error) < 0 ||
	    sbx_container_each(nl, &all, add_lingerer, &lingerers, &error) < 0 ||
	    !json_array_size(found))
		return;
	sleep(PAUSE_S);
	sbx_container_each(nl, &all, confirm, &lingerers, &error);
}

/**
 * doctor_leftovers() - look for what dead containers left behind
 * @doctor: the examination
 */
void doctor_leftovers(struct doctor *doctor)
{
	const enum verdict before = doctor->worst;

	doctor->worst = FINE;
	check_mounts(doctor);
	check_records(doctor);
	check_domains(doctor);
	sbx_rundir_leftovers(leftover, doctor);
	if (doctor->worst == FINE)
		find(doctor, FINE, "leftovers", NULL, "none of dead containers");
	if (before > doctor->worst)
		doctor->worst = before;
}
