#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: full image=work timeout=9000
#
# files.sh [SECONDS [STRESSOR...]]: stress-ng in a domain, the families that are about
# files, memory and pipes, as root and as a user. What fails in the domain may fail
# natively just so, with the same words; then it is a matter between stress-ng and Linux.
# "epoll" wants TCP, "fiemap" an ioctl of the filesystem's: refused.

. "$(dirname "$0")/../tap.sh"

seconds=${1:-30}
[ $# = 0 ] || shift
all=(access chattr chdir chmod chown copy-file dentry dev-shm dir dirdeep dirmany
	dnotify dup eventfd fallocate fcntl fifo file-ioctl filename flock fpunch fsize
	fstat full getdent hdd inode-flags inotify io iomix lease link locka lockf
	lockofd madvise memfd mincore mknod mlock mmap mmapaddr mmapfixed mmapfork
	mmaphuge mmapmany mremap msync msyncmany munmap null open pipe pipeherd poll
	procfs randlist readahead remap rename revio ring-pipe seek sendfile sigfd
	sigpipe sockpair splice stackmmap symlink sync-file sysfs tee timerfd touch
	urandom utime verity vm-splice xattr zero)
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

skips='skipp(ed|ing)( |,|$)|not implemented'

# complaint: the first line in which stress-ng says why, without numbers, which differ
complaint()
{
	grep -m 1 -E "^stress-ng: (fail|error|warn):|$skips" "$log" |
		sed -E 's/^stress-ng: [a-z]+: *\[[0-9]+\] *//; s/[0-9]+/N/g'
}

for stressor in "${stressors[@]}"; do
	for uid in 0 1000; do
		name="$stressor as $uid"
		stress $uid "$stressor" sbxctl run --bind $dir:$dir --cwd $dir --
		status=$?
		# It may end well with nothing done.
		if [ $status = 0 ] && ! grep -qE "$skips" "$log"; then
			pass "$name"
			continue
		fi
		why=$(complaint)
		output=$(tail -n 15 "$log")
		stress $uid "$stressor" env
		native="$? $(complaint)"
		# 1 is for options that stress-ng does not know.
		if [ $status != 1 ] && [ "$native" = "$status $why" ]; then
			skip "$name" "natively too: $native"
		else
			note "in the domain: $output"
			fail "$name" "in the domain: $status $why"$'\n'"natively: $native"
		fi
	done
done
rm -rf $dir "$log"
done_testing
