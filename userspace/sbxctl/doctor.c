// SPDX-License-Identifier: GPL-2.0
/*
 * sbxctl doctor: what is missing on a host, and how to get it.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/vfs.h>

#include "doctor.h"
#include "sbxctl.h"

static const char *const verdicts[] = {
	[FINE] = "ok", [FIXED] = "fixed", [WARNING] = "warning", [FAILED] = "failed",
};

/**
 * find() - say what was found
 * @doctor: the examination
 * @verdict: -
 * @check: one word
 * @hint: what to do, NULL for nothing
 * @fmt: what was found
 */
void find(struct doctor *doctor, enum verdict verdict, const char *check,
	  const char *hint, const char *fmt, ...)
{
	char text[400];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (verdict > doctor->worst)
		doctor->worst = verdict;
	if (doctor->json) {
		json_t *finding = json_pack("{s:s, s:s, s:s, s:s?}", "check", check, "verdict",
					    verdicts[verdict], "text", text, "hint", hint);

		json_array_append_new(doctor->json, finding);
		return;
	}
	printf("%-8s %-12s %s\n", verdicts[verdict], check, text);
	if (hint)
		printf("%-8s %-12s -> %s\n", "", "", hint);
}

/**
 * first_line() - the first line of a file, without its end
 * @path: of the file
 * @line: takes it
 * @size: of @line
 *
 * Return: @line, NULL if there is none.
 */
char *first_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");
	char *got = NULL;

	if (file) {
		got = fgets(line, size, file);
		fclose(file);
	}
	if (got)
		line[strcspn(line, "\n")] = '\0';
	return got;
}

static void check_root(struct doctor *doctor)
{
	if (geteuid())
		find(doctor, WARNING, "root", "run it as root",
		     "sbxctl is not root, so some of what follows cannot be seen");
	else
		find(doctor, FINE, "root", NULL, "sbxctl is root");
}

static const char other_kernel[] = "take a kernel with them, such as Debian's linux-image-amd64";

/* Options that the kernel has to be built with. */
static const char *const options[] = {
	"MODULES", "FUNCTION_TRACER", "DYNAMIC_FTRACE_WITH_DIRECT_CALLS", "SECCOMP",
	"SECCOMP_FILTER", "TRACEPOINTS", "NAMESPACES", "USER_NS", "PID_NS", "NET_NS",
	"IPC_NS", "UTS_NS", "CGROUPS", "PROC_FS", "TMPFS", "NET",
};

#define NR_OPTIONS	ARRAY_SIZE(options)

static FILE *open_config(const char *release, char *path, size_t size)
{
	static const char *const places[] = {
		"/boot/config-%s", "/lib/modules/%s/config", "/usr/lib/modules/%s/config",
	};
	FILE *file;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		snprintf(path, size, places[i], release);
		file = fopen(path, "re");
		if (file)
			return file;
	}
	snprintf(path, size, "/proc/config.gz");
	return access(path, R_OK) ? NULL : popen("gzip -dc /proc/config.gz", "re");
}

/* True for CONFIG_@name=y or =m. */
static bool is_set(const char *line, const char *name)
{
	const size_t len = strlen(name);

	return !strncmp(line, "CONFIG_", 7) && !strncmp(line + 7, name, len) &&
	       line[7 + len] == '=' && (line[8 + len] == 'y' || line[8 + len] == 'm');
}

static void check_options(struct doctor *doctor, FILE *file, const char *path)
{
	bool seen[NR_OPTIONS] = {};
	char line[512], missing[400] = "";
	size_t i;

	while (fgets(line, sizeof(line), file))
		for (i = 0; i < NR_OPTIONS; i++)
			seen[i] |= is_set(line, options[i]);
	for (i = 0; i < NR_OPTIONS; i++)
		if (!seen[i])
			snprintf(missing + strlen(missing), sizeof(missing) - strlen(missing),
				 " %s", options[i]);
	if (missing[0])
		find(doctor, FAILED, "kernel", other_kernel,
		     "this kernel is built without%s (%s)", missing, path);
	else
		find(doctor, FINE, "kernel", NULL, "has what is needed (%s)", path);
}

/* Without its configuration the kernel is judged by what it shows. */
static void check_features(struct doctor *doctor, const char *release)
{
	static const struct {
		const char *path, *option;
	} features[] = {
		{ "/proc/modules", "MODULES" },
		{ "/proc/sys/kernel/ftrace_enabled", "FUNCTION_TRACER" },
		{ "/proc/sys/kernel/seccomp/actions_avail", "SECCOMP_FILTER" },
		{ "/proc/self/ns/user", "USER_NS" },
		{ "/proc/self/ns/pid", "PID_NS" },
		{ "/proc/self/ns/net", "NET_NS" },
		{ "/proc/self/ns/ipc", "IPC_NS" },
		{ "/proc/self/ns/uts", "UTS_NS" },
		{ "/proc/self/ns/cgroup", "CGROUPS" },
	};
	char missing[400] = "";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(features); i++)
		if (access(features[i].path, F_OK))
			snprintf(missing + strlen(missing), sizeof(missing) - strlen(missing),
				 " %s", features[i].option);
	if (missing[0])
		find(doctor, FAILED, "kernel", other_kernel, "kernel %s is built without%s",
		     release, missing);
	else
		find(doctor, FINE, "kernel", NULL,
		     "%s has what can be told without its configuration, which was not found",
		     release);
}

static void check_release(struct doctor *doctor, const char *release)
{
	int major = 0, minor = 0;

	if (sscanf(release, "%d.%d", &major, &minor) == 2 && major == 6 &&
	    (minor == 1 || minor == 12))
		find(doctor, FINE, "release", NULL, "kernel %s is of a supported series", release);
	else
		find(doctor, WARNING, "release", "take a kernel 6.1 or 6.12",
		     "the module is not tested with kernel %s and may not build for it", release);
}

static void check_kernel(struct doctor *doctor)
{
	struct utsname uts;
	char path[256];
	FILE *file;

	uname(&uts);
	check_release(doctor, uts.release);
	file = open_config(uts.release, path, sizeof(path));
	if (!file) {
		check_features(doctor, uts.release);
		return;
	}
	check_options(doctor, file, path);
	if (!strcmp(path, "/proc/config.gz"))
		pclose(file);
	else
		fclose(file);
}

static void check_ftrace(struct doctor *doctor)
{
	char line[32];

	if (!first_line("/proc/sys/kernel/ftrace_enabled", line, sizeof(line)))
		find(doctor, FAILED, "ftrace", "take a kernel with CONFIG_FUNCTION_TRACER",
		     "this kernel has no ftrace");
	else if (strcmp(line, "1"))
		find(doctor, FAILED, "ftrace", "sysctl kernel.ftrace_enabled=1",
		     "function tracing is switched off, so the module cannot take system calls over");
	else
		find(doctor, FINE, "ftrace", NULL, "function tracing is on");
}

static void check_user_namespaces(struct doctor *doctor)
{
	char line[32];

	if (!first_line("/proc/sys/user/max_user_namespaces", line, sizeof(line)))
		find(doctor, FAILED, "userns", "take a kernel with CONFIG_USER_NS",
		     "this kernel has no user namespaces");
	else if (!strcmp(line, "0"))
		find(doctor, FAILED, "userns", "sysctl user.max_user_namespaces=10000",
		     "user namespaces are switched off");
	else
		find(doctor, FINE, "userns", NULL, "user namespaces can be made");
}

/* The name of a live patch of the function that the module redirects, "" for none. */
static void live_patch(char *name, size_t size)
{
	static const char folder[] = "/sys/kernel/livepatch/";
	glob_t found = {};

	name[0] = '\0';
	if (!glob("/sys/kernel/livepatch/*/vmlinux/__secure_computing,*", 0, NULL, &found))
		snprintf(name, size, "%s", strtok(found.gl_pathv[0] + strlen(folder), "/"));
	globfree(&found);
}

/* True if another than the module redirects that function, as far as one can see. */
static bool redirected_by_other(void)
{
	static const char *const places[] = {
		"/sys/kernel/tracing/enabled_functions",
		"/sys/kernel/debug/tracing/enabled_functions",
	};
	char *line __free = NULL;
	bool found = false;
	FILE *file = NULL;
	size_t size = 0, i;

	for (i = 0; !file && i < ARRAY_SIZE(places); i++)
		file = fopen(places[i], "re");
	while (file && getline(&line, &size, file) > 0) {
		const char *flags = strchr(line, ')');

		/* The flag I: the tracer may change where the function goes on. */
		if (flags && !strncmp(line, "__secure_computing ", 19) &&
		    strcspn(flags, "I") < strcspn(flags, "\t\n") && !strstr(line, "[sbx]"))
			found = true;
	}
	if (file)
		fclose(file);
	return found;
}

static void check_hook(struct doctor *doctor)
{
	char name[128];

	live_patch(name, sizeof(name));
	if (name[0])
		find(doctor, FAILED, "hook",
		     "remove the live patch, or boot a kernel that has its fix built in",
		     "the live patch %s replaces __secure_computing(), which the module has to redirect",
		     name);
	else if (redirected_by_other())
		find(doctor, FAILED, "hook",
		     "look into /sys/kernel/tracing/enabled_functions and unload what does it",
		     "something else redirects __secure_computing(), which the module has to");
	else
		find(doctor, FINE, "hook", NULL, "no live patch is in the way");
}

/* True if modprobe would find the module. */
static bool is_installed(const char *release)
{
	char path[256], *line __free = NULL;
	bool found = false;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", release);
	file = fopen(path, "re");
	while (file && !found && getline(&line, &size, file) > 0)
		found = strstr(line, "/sbx.ko");
	if (file)
		fclose(file);
	return found;
}

static bool only_signed(void)
{
	char line[64];

	if (first_line("/sys/module/module/parameters/sig_enforce", line, sizeof(line)) &&
	    *line == 'Y')
		return true;
	return first_line("/sys/kernel/security/lockdown", line, sizeof(line)) &&
	       !strstr(line, "[none]");
}

static void module_not_loaded(struct doctor *doctor)
{
	struct utsname uts;
	char path[256];

	uname(&uts);
	snprintf(path, sizeof(path), "/lib/modules/%s/build", uts.release);
	if (is_installed(uts.release) && only_signed())
		find(doctor, FAILED, "module",
		     "sign it with a key that this machine trusts (mokutil --import; dkms does the signing), then 'modprobe sbx'",
		     "the module sbx is not loaded, and this kernel loads signed ones only");
	else if (is_installed(uts.release))
		find(doctor, FAILED, "module", "modprobe sbx",
		     "the module sbx is installed, but not loaded");
	else if (access(path, F_OK))
		find(doctor, FAILED, "module",
		     "install the headers (on Debian: apt install linux-headers-$(uname -r)), then 'make install' in the sources of sbx, then 'modprobe sbx'",
		     "the module sbx is not installed for kernel %s, nor are the headers to build it with",
		     uts.release);
	else
		find(doctor, FAILED, "module",
		     "'make install' in the sources of sbx, then 'modprobe sbx'",
		     "the module sbx is not installed for kernel %s", uts.release);
}

static void check_module(struct doctor *doctor)
{
	struct sbx_nl *nl __cleanup(sbx_nl_closep) = NULL;
	struct sbx_error error;
	struct sbx_info info;

	if (access("/sys/module/sbx", F_OK)) {
		module_not_loaded(doctor);
		return;
	}
	nl = sbx_nl_open(&error);
	if (!nl) {
		find(doctor, FAILED, "module",
		     "call sbxctl on the host itself, not in a container or network namespace",
		     "the module sbx is loaded, but does not answer here");
		return;
	}
	if (sbx_info_get(nl, &info, &error)) {
		find(doctor, error.err == EPERM && geteuid() ? WARNING : FAILED, "module", NULL,
		     "%s", error.text);
		return;
	}
	if (info.abi != SBX_ABI_VERSION)
		find(doctor, FAILED, "module", "install module and tools of one release",
		     "the module speaks version %u of the interface, sbxctl version %u",
		     info.abi, SBX_ABI_VERSION);
	else
		find(doctor, FINE, "module", NULL, "sbx %s is loaded, its hook is %s",
		     info.version, info.armed ? "armed" : "not armed, as no domain lives");
}

static void check_daemon(struct doctor *doctor)
{
	bool running = false;
	glob_t found = {};
	char line[32];
	size_t i;

	glob("/proc/[0-9]*/comm", 0, NULL, &found);
	for (i = 0; !running && i < found.gl_pathc; i++)
		running = first_line(found.gl_pathv[i], line, sizeof(line)) &&
			  !strcmp(line, "sbxd");
	globfree(&found);
	if (running)
		find(doctor, FINE, "daemon", NULL, "sbxd is running");
	else
		find(doctor, WARNING, "daemon", "systemctl enable --now sbxd",
		     "sbxd is not running, so nothing logs events and cleans up after killed tools");
}

static void check_crun(struct doctor *doctor)
{
	char line[128] = "";
	int major = 0;
	FILE *pipe;

	pipe = popen("crun --version 2>/dev/null", "re");
	if (pipe) {
		if (!fgets(line, sizeof(line), pipe))
			line[0] = '\0';
		pclose(pipe);
	}
	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "crun version %d.", &major) != 1)
		find(doctor, FAILED, "crun", "apt install crun", "crun is not installed");
	else if (major < 1)
		find(doctor, FAILED, "crun", "install crun 1.0 or newer", "%s is too old", line);
	else
		find(doctor, FINE, "crun", NULL, "%s", line);
}

static void check_cgroup(struct doctor *doctor)
{
	struct statfs fs;

	if (statfs("/sys/fs/cgroup", &fs) < 0 || fs.f_type != CGROUP2_SUPER_MAGIC)
		find(doctor, FAILED, "cgroup",
		     "boot with systemd.unified_cgroup_hierarchy=1, or mount -t cgroup2 cgroup2 /sys/fs/cgroup",
		     "/sys/fs/cgroup is not version 2 of control groups");
	else
		find(doctor, FINE, "cgroup", NULL, "version 2 is mounted");
}

static int doctor_command(const struct command *self, int argc, char **argv)
{
	struct doctor doctor = {};
	struct common common;
	int status;

	status = parse_common(self, argc, argv, TAKES_FIX | TAKES_DOCKER, 0, &common);
	if (status != PARSE_GO)
		return status;
	doctor.fix = common.fix;
	if (common.json)
		doctor.json = json_array();

	check_root(&doctor);
	check_kernel(&doctor);
	check_ftrace(&doctor);
	check_hook(&doctor);
	check_user_namespaces(&doctor);
	check_cgroup(&doctor);
	check_crun(&doctor);
	check_module(&doctor);
	check_daemon(&doctor);
	doctor_leftovers(&doctor);
	if (common.docker)
		doctor_docker(&doctor, common.docker);

	if (doctor.json)
		print_json(json_pack("{s:b, s:o}", "ok", doctor.worst != FAILED,
				     "findings", doctor.json));
	return doctor.worst == FAILED ? EXIT_FAILURE : EXIT_SUCCESS;
}

const struct command command_doctor = {
	.name = "doctor",
	.usage = "[--json] [--fix] [--docker[=FILE]]",
	.summary = "Says what is missing on this machine, and how to get it",
	.help =
	"  --fix              remove what dead containers left behind, and end processes that\n"
	"                     were to make one and hang\n"
	"  --docker[=FILE]    whether Docker knows sbx-runtime, by /etc/docker/daemon.json;\n"
	"                     with --fix that file is completed, and all else in it stays\n"
	"  --json             an object: ok, findings; of each: check, verdict (ok, fixed,\n"
	"                     warning, failed), text, hint\n"
	"  --help             this text\n"
	"\n"
	"Exit status: 1 if a verdict is 'failed'.\n",
	.run = doctor_command,
};
