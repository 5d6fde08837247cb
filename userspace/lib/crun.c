// SPDX-License-Identifier: GPL-2.0
/*
 * Calling crun.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "run.h"
#include "util.h"

#define MAX_ARGS	24

/* What crun says goes to a file, as JSON, so that we can say it better. */
static int log_path(const struct sbx_rundir *dir, char *path, size_t size)
{
	return snprintf(path, size, "%s/crun.log", dir->path);
}

/*
 * The container inherits what crun does: the mask of before, and nothing of
 * the service manager's that would be taken for the container's.
 */
static void __noreturn exec_crun(const char *const argv[], const sigset_t *mask)
{
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDNAMES");
	unsetenv("NOTIFY_SOCKET");
	sigprocmask(SIG_SETMASK, mask, NULL);
	sbx_exec(argv[0], (char *const *)argv);
	_exit(errno == ENOENT ? SBX_EXIT_NOT_FOUND : SBX_EXIT_NO_EXEC);
}

/**
 * sbx_crun_spawn() - start a crun
 * @dir: run directory of the container
 * @args: subcommand and what follows, NULL-terminated
 * @mask: signal mask for it
 * @error: filled on failure
 *
 * Return: its pid, or a negative errno.
 */
pid_t sbx_crun_spawn(const struct sbx_rundir *dir, const char *const args[],
		     const sigset_t *mask, struct sbx_error *error)
{
	char root[PATH_MAX], log[PATH_MAX];
	const char *argv[MAX_ARGS] = {
		"crun", "--root", root, "--cgroup-manager=cgroupfs",
		"--log", log, "--log-format=json",
	};
	size_t n;
	pid_t pid;

	snprintf(root, sizeof(root), "%s/crun", dir->path);
	log_path(dir, log, sizeof(log));
	for (n = 0; argv[n]; n++)
		;
	while (*args && n < MAX_ARGS - 1)
		argv[n++] = *args++;
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return sbx_fail_errno(error, "fork");
	if (!pid)
		exec_crun(argv, mask);
	return pid;
}

/* The last message in crun's log. */
static bool last_message(const struct sbx_rundir *dir, char *text, size_t size)
{
	char *line __free = NULL;
	char path[PATH_MAX];
	bool found = false;
	size_t room = 0;
	FILE *file;

	log_path(dir, path, sizeof(path));
	file = fopen(path, "re");
	if (!file)
		return false;
	while (getline(&line, &room, file) > 0) {
		json_t *entry = json_loads(line, 0, NULL);
		const char *msg = json_string_value(json_object_get(entry, "msg"));

		if (msg) {
			snprintf(text, size, "%s", msg);
			found = true;
		}
		json_decref(entry);
	}
	fclose(file);
	return found;
}

/* A program that cannot be executed gets the status that a shell gives it. */
static int status_of(const char *text)
{
	const size_t len = strlen(text);
	const char *why;

	if (!strstr(text, "executable") && strncmp(text, "exec", 4))
		return 0;
	why = strerror(ENOENT);
	if (len > strlen(why) && !strcmp(text + len - strlen(why), why))
		return SBX_EXIT_NOT_FOUND;
	return SBX_EXIT_NO_EXEC;
}

/**
 * sbx_crun_explain() - what went wrong, from crun's log
 * @dir: run directory
 * @what: subcommand of crun
 * @error: filled
 *
 * Return: a negative errno.
 */
int sbx_crun_explain(const struct sbx_rundir *dir, const char *what, struct sbx_error *error)
{
	char text[400];

	if (!last_message(dir, text, sizeof(text)))
		return sbx_fail(error, EIO, "crun %s failed and gave no reason", what);
	sbx_fail(error, EIO, "crun %s: %s", what, text);
	error->status = status_of(text);
	return -EIO;
}

/**
 * sbx_crun_result() - what became of a crun
 * @dir: run directory
 * @what: its subcommand
 * @status: as from waitpid()
 * @error: filled on failure
 *
 * Return: 0 or a negative errno.
 */
int sbx_crun_result(const struct sbx_rundir *dir, const char *what, int status,
		    struct sbx_error *error)
{
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	if (WIFSIGNALED(status))
		return sbx_fail(error, EINTR, "crun %s was killed by signal %d", what,
				WTERMSIG(status));
	if (WEXITSTATUS(status) == SBX_EXIT_NOT_FOUND)
		return sbx_fail(error, ENOENT, "crun is not installed: try 'apt install crun'");
	return sbx_crun_explain(dir, what, error);
}

/**
 * sbx_crun_pid() - pid of the container's init after "crun create"
 * @dir: run directory
 * @error: filled on failure
 *
 * Return: its pid in the caller's PID namespace, or a negative errno.
 */
pid_t sbx_crun_pid(const struct sbx_rundir *dir, struct sbx_error *error)
{
	char path[PATH_MAX];
	FILE *file;
	int pid;

	snprintf(path, sizeof(path), "%s/pid", dir->path);
	file = fopen(path, "re");
	if (!file)
		return sbx_fail_errno(error, "%s", path);
	if (fscanf(file, "%d", &pid) != 1 || pid <= 1)
		pid = sbx_fail(error, EIO, "%s holds no pid", path);
	fclose(file);
	return pid;
}
