// SPDX-License-Identifier: GPL-2.0
/*
 * Filesystems that a domain has to be told of.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "edit.h"
#include "util.h"

/*
 * struct fs_flag - a type of filesystem
 * @magic: what statfs(2) says of it
 * @type: as in mountinfo
 * @flag: that lets its files be opened
 */
static const struct fs_flag {
	long magic;
	const char *type;
	uint32_t flag;
} fs_flags[] = {
	{ FUSE_SUPER_MAGIC, "virtiofs", SBX_LAUNCH_VIRTIOFS },
	{ FUSE_SUPER_MAGIC, "fuse", SBX_LAUNCH_FUSE },
	{ FUSE_SUPER_MAGIC, "fuseblk", SBX_LAUNCH_FUSE },
	{ V9FS_MAGIC, "9p", SBX_LAUNCH_9P },
	{ NFS_SUPER_MAGIC, "nfs", SBX_LAUNCH_NFS },
	{ NFS_SUPER_MAGIC, "nfs4", SBX_LAUNCH_NFS },
};

static bool is_special(long magic)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fs_flags); i++)
		if (fs_flags[i].magic == magic)
			return true;
	return false;
}

/* @type ends at a blank; "fuse.sshfs" is a fuse. */
static uint32_t flag_of_type(const char *type)
{
	const size_t len = strcspn(type, ".\n ");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fs_flags); i++)
		if (strlen(fs_flags[i].type) == len && !strncmp(fs_flags[i].type, type, len))
			return fs_flags[i].flag;
	return 0;
}

/**
 * sbx_fs_flag() - flag that a domain needs to use a file or directory
 * @path: of it
 * @flags: takes one more of &enum sbx_launch_flags, if it needs one
 * @error: filled on failure
 */
int sbx_fs_flag(const char *path, uint32_t *flags, struct sbx_error *error)
{
	char *line __free = NULL;
	struct statfs fs;
	struct statx stx;
	size_t size = 0;
	FILE *file;

	if (statfs(path, &fs) < 0)
		return sbx_fail_errno(error, "%s", path);
	/* Machines with many containers have long lists of mounts. */
	if (!is_special(fs.f_type))
		return 0;
	if (statx(AT_FDCWD, path, 0, STATX_MNT_ID, &stx) < 0)
		return sbx_fail_errno(error, "%s", path);
	file = fopen("/proc/self/mountinfo", "re");
	if (!file)
		return sbx_fail_errno(error, "/proc/self/mountinfo");
	while (getline(&line, &size, file) > 0) {
		const char *type = strstr(line, " - ");

		if (type && strtoull(line, NULL, 10) == stx.stx_mnt_id) {
			*flags |= flag_of_type(type + strlen(" - "));
			break;
		}
	}
	fclose(file);
	return 0;
}
