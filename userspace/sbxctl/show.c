// SPDX-License-Identifier: GPL-2.0
/*
 * sbxctl show: a domain and its containers, by the module and by the records of
 * sbx-runtime.
 */
#include <stdio.h>

#include "../lib/record.h"
#include "sbxctl.h"

/* What sbx-runtime remembers of a container, null if it did not make it. */
static json_t *json_record(const struct sbx_container *container)
{
	struct sbx_record record;
	json_t *object;

	if (!sbx_record_find(&record, container))
		return json_null();
	object = json_pack("{s:O, s:O, s:O, s:s, s:O, s:O}",
			   "id", json_object_get(record.json, "id"),
			   "bundle", json_object_get(record.json, "bundle"),
			   "runtime", json_object_get(record.json, "runtime"),
			   "record", record.path,
			   "seccomp", json_object_get(record.json, "seccomp"),
			   "notes", json_object_get(record.json, "notes"));
	sbx_record_free(&record);
	return object ?: json_null();
}

static int add_container(const struct sbx_container *container, void *data)
{
	json_t *init = container->init_pid ? json_integer(container->init_pid) : json_null();
	json_t *object = json_pack("{s:I, s:s, s:s, s:I, s:o, s:I, s:o, s:o}",
				   "id", (json_int_t)container->id,
				   "name", container->name,
				   "state", sbx_state_name(container->state),
				   "tasks", (json_int_t)container->tasks,
				   "init_pid", init,
				   "preserve_fds", (json_int_t)container->preserve_fds,
				   "refusal", json_or_null(container->refusal),
				   "oci", json_record(container));

	json_array_append_new(data, object);
	return 0;
}

static const char *text_of(const struct sbx_record *record, const char *key)
{
	return json_string_value(json_object_get(record->json, key)) ?: "?";
}

static void print_record(const struct sbx_container *container)
{
	struct sbx_record record;
	json_t *note;
	size_t i;

	if (!sbx_record_find(&record, container))
		return;
	printf("made by      sbx-runtime, as %s\n", text_of(&record, "id"));
	printf("bundle       %s\n", text_of(&record, "bundle"));
	if (json_is_true(json_object_get(record.json, "seccomp")))
		printf("seccomp      not in force, kept in %s/seccomp.json\n", record.path);
	json_array_foreach(json_object_get(record.json, "notes"), i, note)
		printf("edited       %s: %s\n",
		       json_string_value(json_object_get(note, "what")) ?: "?",
		       json_string_value(json_object_get(note, "why")) ?: "?");
	sbx_record_free(&record);
}

static int print_container(const struct sbx_container *container, void *data)
{
	(void)data;
	printf("\ncontainer    %s (id %u)\n", container->name, container->id);
	printf("state        %s\n", sbx_state_name(container->state));
	printf("tasks        %u\n", container->tasks);
	if (container->init_pid)
		printf("init         pid %u\n", container->init_pid);
	if (container->preserve_fds)
		printf("descriptors  %u passed on purpose\n", container->preserve_fds);
	if (container->refusal[0])
		printf("refused      %s\n", container->refusal);
	print_record(container);
	return 0;
}

static void print_one_domain(const struct sbx_domain *domain)
{
	printf("domain       %s (id %u)\n", domain->name, domain->id);
	printf("age          %.1f s\n", domain->age_ms / 1000.0);
	printf("tasks        %u\n", domain->tasks);
	printf("opt-outs     ");
	print_flags(domain->flags);
	putchar('\n');
}

static int show(const struct command *self, int argc, char **argv)
{
	struct sbx_nl *nl __cleanup(sbx_nl_closep) = NULL;
	struct sbx_domain domain;
	struct sbx_which which;
	struct sbx_error error;
	struct common common;
	json_t *containers, *object;
	int err;

	err = parse_common(self, argc, argv, 0, 1, &common);
	if (err != PARSE_GO)
		return err;
	if (!common.argc)
		return usage_error(self, "which domain?");
	set_which(&which, common.argv[0]);
	nl = sbx_nl_open(&error);
	if (!nl || sbx_domain_get(nl, &which, &domain, &error))
		return complain(&error);
	if (!common.json) {
		print_one_domain(&domain);
		err = sbx_container_each(nl, &which, print_container, NULL, &error);
		return err < 0 ? complain(&error) : EXIT_SUCCESS;
	}
	containers = json_array();
	err = sbx_container_each(nl, &which, add_container, containers, &error);
	if (err < 0) {
		json_decref(containers);
		return complain(&error);
	}
	object = json_domain(&domain);
	json_object_set_new(object, "containers", containers);
	print_json(object);
	return EXIT_SUCCESS;
}

const struct command command_show = {
	.name = "show",
	.usage = "[--json] DOMAIN",
	.summary = "Shows a domain, by id or name, and its containers",
	.help =
	"  --json   an object: id, name, flags, tasks, age_ms, containers; of each\n"
	"           container: id, name, state, tasks, init_pid, preserve_fds, refusal,\n"
	"           oci (null if sbx-runtime did not make it): id, bundle, runtime,\n"
	"           record, seccomp (a filter is kept, and not in force), notes\n"
	"  --help   this text\n",
	.run = show,
};
