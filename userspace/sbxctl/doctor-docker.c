// SPDX-License-Identifier: GPL-2.0
/*
 * sbxctl doctor --docker: whether Docker knows sbx-runtime.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../lib/edit.h"
#include "../lib/json.h"
#include "doctor.h"
#include "sbxctl.h"

#define RELOAD	"systemctl reload docker; then 'docker run --runtime=sbx ...'"

/* The one beside us, so that both are of one release. */
static bool find_runtime(char *path, size_t size)
{
	ssize_t len = readlink("/proc/self/exe", path, size - 1);
	char *slash;

	if (len < 0)
		return false;
	path[len] = '\0';
	slash = strrchr(path, '/');
	if (!slash || (size_t)(slash + sizeof("/sbx-runtime") - path) > size)
		return false;
	memcpy(slash, "/sbx-runtime", sizeof("/sbx-runtime"));
	return !access(path, X_OK);
}

/* Keeps the mode, and a link to where the file really is. */
static int write_file(const char *path, const json_t *config, struct sbx_error *error)
{
	char *real __free = realpath(path, NULL);
	char *folder __free = strdup(real ?: path);
	int dir __close = -1;
	struct stat st;
	char *slash;

	slash = folder ? strrchr(folder, '/') : NULL;
	if (!slash)
		return sbx_fail(error, EINVAL, "%s is no absolute path", path);
	*slash = '\0';
	if (mkdir(folder, 0755) < 0 && errno != EEXIST)
		return sbx_fail_errno(error, "%s", folder);
	dir = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return sbx_fail_errno(error, "%s", folder);
	return sbx_json_write(dir, slash + 1, real && !stat(real, &st) ? st.st_mode & 0777 : 0644,
			      config, error);
}

/* Returns whether something had to be changed. */
static int complete(json_t *config, const char *runtime, struct sbx_error *error)
{
	json_t *runtimes, *entry;
	const char *path;

	if (!json_is_object(config))
		return sbx_fail(error, EINVAL, "no object");
	runtimes = sbx_edit_object(config, "runtimes");
	entry = runtimes ? sbx_edit_object(runtimes, "sbx") : NULL;
	if (!entry)
		return sbx_fail(error, EINVAL, "\"runtimes\" or its \"sbx\" is no object");
	path = json_string_value(json_object_get(entry, "path"));
	if (path && !strcmp(path, runtime))
		return 0;
	json_object_set_new(entry, "path", json_string(runtime));
	return 1;
}

/**
 * doctor_docker() - look whether Docker knows sbx-runtime
 * @doctor: the examination
 * @path: of daemon.json
 */
void doctor_docker(struct doctor *doctor, const char *path)
{
	json_t *config __json = NULL;
	struct sbx_error error = {};
	char runtime[PATH_MAX];
	int change;

	if (!find_runtime(runtime, sizeof(runtime))) {
		find(doctor, FAILED, "docker", "install module and tools of one release",
		     "there is no sbx-runtime beside sbxctl");
		return;
	}
	config = access(path, F_OK) ? json_object() : sbx_json_load(path, &error);
	if (!config) {
		find(doctor, FAILED, "docker", "correct the file", "%s", error.text);
		return;
	}
	change = complete(config, runtime, &error);
	if (change < 0)
		find(doctor, FAILED, "docker", "correct the file", "%s: %s", path,
		     error.text);
	else if (!change)
		find(doctor, FINE, "docker", NULL, "%s has the runtime sbx", path);
	else if (!doctor->fix)
		find(doctor, FAILED, "docker", "sbxctl doctor --docker --fix",
		     "%s does not have the runtime sbx with the path %s", path, runtime);
	else if (write_file(path, config, &error))
		find(doctor, FAILED, "docker", NULL, "%s", error.text);
	else
		find(doctor, FIXED, "docker", RELOAD, "%s has the runtime sbx now", path);
}
