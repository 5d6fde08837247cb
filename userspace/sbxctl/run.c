// SPDX-License-Identifier: GPL-2.0
/*
 * sbxctl run: one program in a fresh domain.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "sbxctl.h"

enum opt {
	OPT_POLICY = 256, OPT_ROOTFS, OPT_BIND, OPT_NET, OPT_ENV, OPT_CWD, OPT_TTY, OPT_NAME,
	OPT_HELP,
};

static const struct option options[] = {
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "rootfs", required_argument, NULL, OPT_ROOTFS },
	{ "bind", required_argument, NULL, OPT_BIND },
	{ "net", required_argument, NULL, OPT_NET },
	{ "env", required_argument, NULL, OPT_ENV },
	{ "cwd", required_argument, NULL, OPT_CWD },
	{ "tty", no_argument, NULL, OPT_TTY },
	{ "name", required_argument, NULL, OPT_NAME },
	{ "help", no_argument, NULL, OPT_HELP },
	{ }
};

static int out_of_memory(struct sbx_error *error)
{
	return sbx_fail(error, ENOMEM, "out of memory");
}

static int add_env(struct sbx_run *run, const char *setting, struct sbx_error *error)
{
	const size_t key = strcspn(setting, "=");
	char **env, *copy;
	size_t n = 0;

	if (!key)
		return sbx_fail(error, EINVAL, "--env '%s' has no name before the =", setting);
	if (setting[key]) {
		copy = strdup(setting);
	} else if (!getenv(setting)) {
		return sbx_fail(error, EINVAL, "--env %s: there is no such variable to hand on",
				setting);
	} else if (asprintf(&copy, "%s=%s", setting, getenv(setting)) < 0) {
		copy = NULL;
	}
	if (!copy)
		return out_of_memory(error);
	for (; run->env && run->env[n]; n++) {
		if (strncmp(run->env[n], copy, key + 1))
			continue;
		free(run->env[n]);
		run->env[n] = copy;
		return 0;
	}
	env = reallocarray(run->env, n + 2, sizeof(*env));
	if (!env) {
		free(copy);
		return out_of_memory(error);
	}
	env[n] = copy;
	env[n + 1] = NULL;
	run->env = env;
	return 0;
}

static int default_env(struct sbx_run *run, struct sbx_error *error)
{
	int err;

	err = add_env(run, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		      error) ?:
	      add_env(run, "HOME=/root", error);
	if (!err && getenv("TERM"))
		err = add_env(run, "TERM", error);
	return err;
}

/* SRC:DST[:ro|rw] */
static int add_bind(struct sbx_run *run, const char *word, struct sbx_error *error)
{
	char *source __free = strdup(word);
	struct sbx_bind bind = {}, *binds;
	char *dest, *mode;

	if (!source)
		return out_of_memory(error);
	dest = strchr(source, ':');
	if (dest)
		*dest++ = '\0';
	mode = dest ? strchr(dest, ':') : NULL;
	if (mode)
		*mode++ = '\0';
	if (!dest || !*source || *dest != '/' ||
	    (mode && strcmp(mode, "ro") && strcmp(mode, "rw")))
		return sbx_fail(error, EINVAL,
				"--bind '%s' is not SRC:DST[:ro] with an absolute DST", word);
	if (!strcmp(dest, "/") || strstr(dest, "/../") ||
	    (strlen(dest) >= 3 && !strcmp(dest + strlen(dest) - 3, "/..")))
		return sbx_fail(error, EINVAL, "--bind '%s': DST is / or has a .. in it", word);
	bind.read_only = mode && !strcmp(mode, "ro");
	bind.source = realpath(source, NULL);
	if (!bind.source)
		return sbx_fail_errno(error, "--bind %s", source);
	bind.dest = strdup(dest);
	binds = reallocarray(run->binds, run->nr_binds + 1, sizeof(*binds));
	if (!bind.dest || !binds) {
		free(bind.source);
		free(bind.dest);
		return out_of_memory(error);
	}
	run->binds = binds;
	run->binds[run->nr_binds++] = bind;
	return 0;
}

/* none, host, a file, or a name as with ip netns. */
static int set_net(struct sbx_run *run, const char *word, struct sbx_error *error)
{
	char *path;

	free((void *)run->net_path);
	run->net_path = NULL;
	run->net_host = !strcmp(word, "host");
	if (run->net_host || !strcmp(word, "none"))
		return 0;
	if (asprintf(&path, "%s%s", strchr(word, '/') ? "" : "/run/netns/", word) < 0)
		return out_of_memory(error);
	run->net_path = path;
	if (access(path, F_OK) < 0)
		return sbx_fail_errno(error, "--net %s: no network namespace at %s", word, path);
	return 0;
}

/* DIR[:ro|rw] */
static int set_rootfs(struct sbx_run *run, const char *word, struct sbx_error *error)
{
	char *path __free = strdup(word);
	char *mode;

	if (!path)
		return out_of_memory(error);
	mode = strchr(path, ':');
	if (mode)
		*mode++ = '\0';
	if (mode && strcmp(mode, "ro") && strcmp(mode, "rw"))
		return sbx_fail(error, EINVAL, "--rootfs '%s' is not DIR[:ro]", word);
	free((void *)run->rootfs);
	run->rootfs_read_only = mode && !strcmp(mode, "ro");
	run->rootfs = realpath(path, NULL);
	if (!run->rootfs)
		return sbx_fail_errno(error, "--rootfs %s", path);
	return 0;
}

static int set_name(struct sbx_run *run, const char *word, struct sbx_error *error)
{
	if (!sbx_name_valid(word))
		return sbx_fail(error, EINVAL,
				"--name '%s': a name begins with a letter or a digit and has at most %d printable ASCII characters, no blank and no slash",
				word, SBX_NAME_LEN);
	run->name = word;
	return 0;
}

static int set_cwd(struct sbx_run *run, const char *word, struct sbx_error *error)
{
	if (*word != '/')
		return sbx_fail(error, EINVAL, "--cwd '%s' is no absolute path", word);
	run->cwd = word;
	return 0;
}

static int apply(struct sbx_run *run, int option, const char *arg, struct sbx_error *error)
{
	switch (option) {
	case OPT_POLICY:
		return sbx_fail(error, ENOSYS, "--policy is not supported yet");
	case OPT_TTY:
		run->tty = true;
		return 0;
	case OPT_ROOTFS:
		return set_rootfs(run, arg, error);
	case OPT_BIND:
		return add_bind(run, arg, error);
	case OPT_NET:
		return set_net(run, arg, error);
	case OPT_ENV:
		return add_env(run, arg, error);
	case OPT_CWD:
		return set_cwd(run, arg, error);
	case OPT_NAME:
		return set_name(run, arg, error);
	}
	return 0;
}

/**
 * parse_run() - parse the arguments of "sbxctl run"
 * @self: the command
 * @argc: -
 * @argv: from the command's name on
 * @run: filled; free_run() frees it, after a failure as well
 * @error: filled on failure
 *
 * Return: 0, 1 if help is asked for, -EINVAL with an empty error if getopt
 * has complained, another negative errno.
 */
int parse_run(const struct command *self, int argc, char **argv, struct sbx_run *run,
	      struct sbx_error *error)
{
	int option, err;

	(void)self;
	*error = (struct sbx_error){};
	err = default_env(run, error);
	if (err)
		return err;
	optind = 0;
	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == OPT_HELP)
			return 1;
		if (option == '?')
			return -EINVAL;
		err = apply(run, option, optarg, error);
		if (err)
			return err;
	}
	if (optind == argc)
		return sbx_fail(error, EINVAL, "no command to run; see 'sbxctl run --help'");
	run->argv = argv + optind;
	return 0;
}

/**
 * free_run() - undo parse_run()
 * @run: which
 */
void free_run(struct sbx_run *run)
{
	size_t i;

	for (i = 0; i < run->nr_binds; i++) {
		free(run->binds[i].source);
		free(run->binds[i].dest);
	}
	free(run->binds);
	for (i = 0; run->env && run->env[i]; i++)
		free(run->env[i]);
	free(run->env);
	free((void *)run->rootfs);
	free((void *)run->net_path);
	*run = (struct sbx_run){};
}

static int run_command(const struct command *self, int argc, char **argv)
{
	struct sbx_error error = {};
	struct sbx_run run = {};
	int status;

	status = parse_run(self, argc, argv, &run, &error);
	if (status == 1) {
		print_help(self);
		free_run(&run);
		return EXIT_SUCCESS;
	}
	if (!status)
		status = sbx_run(&run, &error);
	free_run(&run);
	if (status >= 0)
		return status;
	status = error.status ?: SBX_EXIT_FAILED;
	if (error.err)
		complain(&error);
	else
		see_help(self);
	return status;
}

const struct command command_run = {
	.name = "run",
	.usage = "[OPTIONS] [--] COMMAND [ARGUMENT...]",
	.summary = "Runs one program in a fresh domain and exits with its status",
	.help =
	"  --name NAME          name of the domain (default: sbx-ID)\n"
	"  --rootfs DIR[:ro]    root directory (default: the machine's own, read-only,\n"
	"                       without what is mounted below it)\n"
	"  --bind SRC:DST[:ro]  show a directory or file of the machine as DST; repeatable\n"
	"  --net none|host|NS   network: none (default), the machine's, or a namespace\n"
	"                       as of 'ip netns', by name or path\n"
	"  --env K=V, --env K   set a variable, or hand on the caller's; repeatable\n"
	"  --cwd DIR            working directory (default: /)\n"
	"  --tty                give the program a terminal of its own; without it, it\n"
	"                       uses what it is started with\n"
	"  --policy FILE        not supported yet\n"
	"  --help               this text\n"
	"\n"
	"Exit status: the program's; 128 + N if signal N ended it; 127 if COMMAND does not\n"
	"exist, 126 if it cannot be executed; 125 if sbxctl failed or the module refused.\n",
	.run = run_command,
};
