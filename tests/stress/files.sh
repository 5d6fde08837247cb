#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: full 6.12 image=work timeout=7200
#
# files.sh [SECONDS [STRESSOR...]]: stress-ng in a domain, the families that are about
# files, memory and pipes, as root and as a user. What fails in the domain may fail
# natively just so; then it is a matter between stress-ng and Linux.

. "$(dirname "$0")/../tap.sh"

seconds=${1:-30}
[ $# = 0 ] || shift
all=(access chdir chmod chown copy-file dentry dir dirdeep dirmany dup fallocate fcntl
	file-ioctl filename flock fpunch fstat full getdent hdd inotify io iomix lease link
	locka lockf lockofd madvise memfd mincore mknod mlock mmap mmapaddr mmapfixed
	mmapfork mmapmany mremap msync munmap null open pipe pipeherd randlist readahead
	remap rename revio seek sendfile sigpipe splice symlink sync-file tee touch unlink
	urandom utime vm-splice xattr zero)
stressors=("${@:-${all[@]}}")
dir=/var/tmp/sbx-stress
log=$(mktemp)

# stress UID STRESSOR [WRAPPER...]: one stressor, by a wrapper that makes the sandbox
stress()
{
	local uid=$1 stressor=$2
	shift 2

	rm -rf $dir
	mkdir -m 1777 $dir
	timeout $((seconds + 120)) "$@" setpriv --reuid="$uid" --regid="$uid" --clear-groups \
		stress-ng --"$stressor" 2 --verify --timeout "$seconds" --temp-path $dir \
		--oomable --no-rand-seed >"$log" 2>&1
}

# Statuses of stress-ng's: 3 is no resources, 4 not implemented here.
for stressor in "${stressors[@]}"; do
	for uid in 0 1000; do
		name="$stressor as $uid"
		stress $uid "$stressor" sbxctl run --bind $dir:$dir --cwd $dir --
		status=$?
		case $status in
		0) pass "$name" ;;
		3 | 4) skip "$name" "$(grep -m 1 -oE 'skipped.*|not implemented.*' "$log")" ;;
		*)
			note "in the domain: $(tail -n 15 "$log")"
			stress $uid "$stressor" env
			if [ $? = $status ]; then
				skip "$name" "ends natively with $status too"
			else
				fail "$name" "status $status"
			fi
			;;
		esac
	done
done
rm -rf $dir "$log"
done_testing
