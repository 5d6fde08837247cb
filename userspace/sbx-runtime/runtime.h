/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_RUNTIME_H
#define _SBX_RUNTIME_H

#include <signal.h>
#include <jansson.h>

#include "../lib/json.h"
#include "../lib/record.h"
#include "../lib/sbx.h"
#include "../lib/util.h"

/**
 * struct option_row - an option of a command
 * @name: without dashes
 * @letter: of the short form, 0 for none
 * @takes: it has a value
 */
struct option_row {
	const char *name;
	char letter;
	bool takes;
};

/**
 * struct given - an option as given
 * @row: which
 * @value: of it; NULL for one without
 */
struct given {
	const struct option_row *row;
	const char *value;
};

#define MAX_GIVEN	256

/**
 * struct words - a command line, or the part of it that is a command's
 * @given: options in the order in which they were given
 * @nr_given: how many
 * @rest: what is no option
 * @nr_rest: how many
 */
struct words {
	struct given given[MAX_GIVEN];
	size_t nr_given;
	char **rest;
	size_t nr_rest;
};

int words_parse(struct words *words, char **argv, const struct option_row *rows, bool in_front,
		struct sbx_error *error);
const char *words_value(const struct words *words, const char *name);
bool words_flag(const struct words *words, const char *name);

/**
 * struct settings - the operator's configuration
 * @runtime: the low-level runtime, a path or a name for PATH
 * @host_network: containers may use the host's network namespace
 * @json: owns the strings
 */
struct settings {
	const char *runtime;
	bool host_network;
	json_t *json;
};

int settings_load(struct settings *settings, const char *path, struct sbx_error *error);

/**
 * struct call - one call of sbx-runtime
 * @global: options before the command
 * @settings: of the operator
 * @root: where the low-level runtime has its state
 * @command: the command
 * @words: its options and what else there is
 * @argv: the command's name and all that follows, as given
 * @id: the container's, NULL if the command is about none
 * @terminal: the bundle asks for one
 */
struct call {
	struct words global;
	struct settings settings;
	const char *root;
	const struct command *command;
	struct words words;
	char **argv;
	const char *id;
	bool terminal;
};

/**
 * struct command - a command of the OCI runtime interface
 * @name: its name
 * @summary: what it does, NULL for one that is not supported yet
 * @options: what it takes, NULL-terminated; NULL to leave it to the low-level
 *	runtime to understand
 * @run: does it, and returns the exit status or a negative errno; NULL to hand
 *	it on as it is
 * @about: what its first word names: a container that is to exist, also with
 *	words behind it that are another program's; that is not to exist; that
 *	may exist or not
 */
struct command {
	const char *name;
	const char *summary;
	const struct option_row *options;
	int (*run)(struct call *call, struct sbx_error *error);
	enum { NOTHING, CONTAINER, CONTAINER_FIRST, NEW_CONTAINER, ANY_CONTAINER } about;
};

extern const struct option_row create_options[], run_options[], start_options[],
	exec_options[], delete_options[], kill_options[], events_options[], update_options[];
int do_create(struct call *call, struct sbx_error *error);
int do_run(struct call *call, struct sbx_error *error);
int do_start(struct call *call, struct sbx_error *error);
int do_exec(struct call *call, struct sbx_error *error);
int do_delete(struct call *call, struct sbx_error *error);
int do_events(struct call *call, struct sbx_error *error);
int do_features(struct call *call, struct sbx_error *error);
int do_kill(struct call *call, struct sbx_error *error);
int do_update(struct call *call, struct sbx_error *error);

/* What the low-level runtime is called with. */
struct line;

struct line *line_new(const struct call *call);
void line_add(struct line *line, const char *fmt, ...) __printf(2, 3);
void line_add_given(struct line *line, const struct words *words, const char *const except[]);
int stage_json(const json_t *json, struct sbx_error *error);
int line_exec(struct line *line, struct sbx_error *error);
int line_spawn(struct line *line, const sigset_t *mask, struct sbx_error *error);
int line_run(struct line *line, const sigset_t *mask, struct sbx_error *error);
int hand_on(struct call *call, struct sbx_error *error);
bool is_crun(const struct settings *settings);

char *container_name(const json_t *config, const char *id);

int count_preserved(const struct call *call, unsigned int *count, struct sbx_error *error);

/* Steps of create and start that run shares. */
int prepare(struct call *call, bool hold, struct sbx_record *record, struct sbx_nl *nl,
	    struct sbx_error *error);
struct line *bundle_line(const struct call *call, const char *command,
			 const struct sbx_record *record);
int place_mounts(const struct sbx_record *record, struct sbx_nl *nl, struct sbx_error *error);
bool state_exists(const struct call *call);

/**
 * struct group - the containers that share namespaces
 * @domain: of theirs, 0 if the container is the first
 * @pod: key of the pod that it is of, borrowed from the bundle; NULL if of none
 */
struct group {
	uint32_t domain;
	const char *pod;
};

struct sbx_edit;

int group_find(struct group *group, const struct call *call, struct sbx_nl *nl,
	       struct sbx_edit *edit, struct sbx_error *error);

/* The manager's log. */
int log_open(const char *path, const char *format, bool debug, struct sbx_error *error);
void log_error(const char *fmt, ...) __printf(1, 2);
void log_info(const char *fmt, ...) __printf(1, 2);
void log_notes(const json_t *notes);

#endif /* _SBX_RUNTIME_H */
