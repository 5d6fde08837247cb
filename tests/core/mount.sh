#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 6.1+ debug+ timeout=120
#
# Mounts inside a container: what it needs, what is refused, and what it cannot undo.
# What works is in tests/selftests/files/mount.c.

. "$(dirname "$0")/lib.sh"

bundle=$(mktemp -d)
mkdir "$bundle/rootfs" "$bundle/volume"
echo safe >"$bundle/volume/file"
mount --bind / "$bundle/rootfs"
(cd "$bundle" && crun spec)

# inside CAPABILITIES SCRIPT: what a shell says in a domain; /mnt is a read-only volume
inside()
{
	jq '.root = {path: "rootfs", readonly: true} | .process.terminal = false |
	    .process.args = ["/bin/bash", "-c", $script] |
	    .process.capabilities |= map_values(['"$1"']) |
	    .mounts += [{destination: "/tmp", type: "tmpfs", source: "tmpfs"},
			{destination: "/mnt", type: "bind", source: $volume, options: ["bind", "ro"]}]' \
		--arg script "$2" --arg volume "$bundle/volume" "$bundle/config.json" >"$bundle/edited"
	(cd "$bundle" && sbx-runtime run --config edited mounts 2>&1)
}

admin='"CAP_SYS_ADMIN"'
is "without the capability nothing is mounted" "32 32 32" "$(inside '' '
	cd /tmp; mkdir a b
	mount --bind a b 2>/dev/null; echo -n "$? "
	mount --move /mnt b 2>/dev/null; echo -n "$? "
	umount /tmp 2>/dev/null; echo -n $?')"
is "with it, what is there can be mounted elsewhere" "safe" "$(inside "$admin" '
	cd /tmp; mkdir a; mount --bind /mnt a && cat a/file')"

# refused NAME COMMAND: not even with the capability
refused()
{
	matches "$1" "(denied|not permitted)" "$(inside "$admin" "cd /tmp; mkdir a b; $2")"
}

refused "a new filesystem" 'mount -t tmpfs none a'
refused "a new procfs" 'mount -t proc proc a'
refused "another overlay" 'mkdir c; mount -t overlay overlay -o lowerdir=a:b c'
refused "superblocks are left alone" 'mount -o remount,size=1M /tmp'
refused "propagation is left alone" 'mount --make-shared /tmp'
refused "a read-only volume stays so" 'mount -o remount,bind,rw /mnt'
refused "and so do its copies" 'mount --bind /mnt a; mount -o remount,bind,rw a'
refused "and the root" 'mount -o remount,bind,rw /'
is "nothing came of it" "1 safe" "$(inside "$admin" '
	mkdir /tmp/a; mount --bind /mnt /tmp/a; mount -o remount,bind,rw,nosuid /tmp/a 2>/dev/null
	echo no 2>/dev/null >/tmp/a/file; echo -n "$? "; cat /mnt/file')"
is "below what the runtime has mounted is the image only" "" "$(inside "$admin" '
	umount -l /sys/fs/cgroup /sys /mnt /proc; find /sys /mnt /proc -type f')"
start counted sbxctl run --name counted -- \
	sh -c 'mount -t tmpfs none /tmp 2>/dev/null; echo done; read -r line'
is "it is counted" 1 "$(sbxctl stats counted --json |
	jq '.refused_calls[] | select(.name == "mount").count')"
stop counted
is "the volume is what it was" safe "$(cat "$bundle/volume/file")"
is "nothing is left mounted" "" "$(findmnt -rno TARGET | grep -F "$bundle/volume")"

umount "$bundle/rootfs"
rm -r "$bundle"
done_testing
