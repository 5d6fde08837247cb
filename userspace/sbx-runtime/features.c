// SPDX-License-Identifier: GPL-2.0
/*
 * features: what a bundle may ask of this runtime, which is less than of the
 * low-level one below it, and which that may not be able to tell.
 */
#include <errno.h>
#include <stdio.h>

#include "runtime.h"

static const char *const hooks[] = {
	"prestart", "createRuntime", "poststart", "poststop", NULL
};

static const char *const mount_options[] = {
	"async", "atime", "bind", "defaults", "dev", "diratime", "dirsync", "exec", "iversion",
	"loud", "mand", "noatime", "nodev", "nodiratime", "noexec", "noiversion", "nomand",
	"norelatime", "nostrictatime", "nosuid", "private", "rbind", "relatime", "remount", "ro",
	"rprivate", "rshared", "rslave", "runbindable", "rw", "shared", "silent", "slave",
	"strictatime", "suid", "sync", "tmpcopyup", "unbindable", NULL
};

static const char *const namespaces[] = {
	"cgroup", "ipc", "mount", "network", "pid", "user", "uts", NULL
};

static json_t *strings(const char *const list[])
{
	json_t *array = json_array();

	for (; *list; list++)
		json_array_append_new(array, json_string(*list));
	return array;
}

int do_features(struct call *call, struct sbx_error *error)
{
	char *text __free = NULL;
	json_t *features __json = NULL;

	features = json_pack("{s:s, s:s, s:o, s:o, s:{s:o, s:{s:b, s:b, s:b, s:b}, s:{s:b},"
			     " s:{s:b}, s:{s:b}}, s:{s:s, s:s, s:s}}",
			     "ociVersionMin", "1.0.0", "ociVersionMax", "1.0.2",
			     "hooks", strings(hooks), "mountOptions", strings(mount_options),
			     "linux", "namespaces", strings(namespaces),
			     "cgroup", "v1", 0, "v2", 1, "systemd", 1, "systemdUser", 0,
			     "seccomp", "enabled", 0, "apparmor", "enabled", 0,
			     "selinux", "enabled", 0,
			     "annotations", "dev.sbx.version", SBX_VERSION,
			     "dev.sbx.runtime", call->settings.runtime,
			     "dev.sbx.annotations", "dev.sbx.domain");
	text = json_dumps(features, JSON_INDENT(2));
	if (!text)
		return sbx_fail(error, ENOMEM, "out of memory");
	puts(text);
	return EXIT_SUCCESS;
}
