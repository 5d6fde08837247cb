#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 6.1+ debug+ timeout=60
#
# inotify in a domain: what the host changes in a mounted directory is seen.

. "$(dirname "$0")/lib.sh"

folder=$(mktemp -d -p /var/tmp)
chmod 755 "$folder"

# What the program of a job says from now to its end, in one line.
rest()
{
	timeout $moment cat <&"${job_out[$1]}" | paste -sd ,
}

start w sbxctl run --name watch --bind "$folder:$folder" -- $programs/watch "$folder"
echo x >"$folder/a"
chmod 600 "$folder/a"
mv "$folder/a" "$folder/b"
rm "$folder/b"
mkdir "$folder/end"
is "the host's changes are seen" \
	"create a,modify a,close a,attrib a,from a,to b,delete b,create end" "$(rest w)"
check "and the domain ends well" stop w
rmdir "$folder/end"

mount -t tmpfs none "$folder"
start u sbxctl run --name unmount --bind "$folder:$folder" -- $programs/watch "$folder"
umount "$folder"
init=$(show unmount '.containers[0].init_pid')
nsenter --target "$init" --mount umount "$folder"
is "and that the filesystem goes" "unmount -,ignored -" "$(rest u)"
check "without harm" stop u

rmdir "$folder"
check "nothing is left" within $moment no_domains
done_testing
