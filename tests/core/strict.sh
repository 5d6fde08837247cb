#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 6.1 debug timeout=120
#
# A container whose namespaces are not its own does not run, and hears why.

. "$(dirname "$0")/lib.sh"

# refused NAME PATTERN COMMAND...: the command's program is killed before it
# does anything, and the kernel log has the reason
refused()
{
	local name=$1 pattern=$2 said status=0
	shift 2

	log_mark
	said=$("$@" 2>/dev/null) || status=$?
	is "$name: killed" 137 $status
	is "$name: before it ran" "" "$said"
	matches "$name: the log says why" "refused: .*$pattern" "$(log_since)"
}

is "private namespaces are accepted" yes "$(contain -- /bin/echo yes)"
for kind in user mnt net uts ipc cgroup; do
	refused "shared $kind namespace" "its $kind namespace is the host" \
		contain --share $kind -- /bin/echo no
done
refused "two shared namespaces" "its (mnt|net) namespace" \
	contain --share net --share mnt -- /bin/echo no
refused "no filter" "filter" contain --no-filter -- /bin/echo no

# The same with a real runtime and a bundle that an operator could have written.
sbxctl run --name record -- /bin/sh -c "cat >/dev/null" < <(sleep $moment) &
within $moment test -s /run/sbx/record/bundle/config.json
bundle=$(mktemp -d)
cp /run/sbx/record/bundle/config.json "$bundle/full"
sbxctl kill record
wait
mkdir "$bundle/rootfs"
mount --bind / "$bundle/rootfs"
# bundle_without FILTER: the bundle's config, changed by a jq program
bundle_with()
{
	jq '.root.path = "'"$bundle/rootfs"'" | .process.args = ["/bin/echo", "yes"] |
	    del(.linux.cgroupsPath) | '"$1" "$bundle/full" >"$bundle/config.json"
}
bundle_with .
is "a whole bundle runs" yes "$(contain --launch -- crun run --bundle "$bundle" whole 2>&1)"
for pair in network:net uts:uts ipc:ipc cgroup:cgroup; do
	# A sysfs is of the network namespace, which has to be the container's to mount it.
	bundle_with "del(.linux.namespaces[] | select(.type == \"${pair%:*}\")) |
		del(.hostname) | del(.mounts[] | select(.destination | startswith(\"/sys\")))"
	refused "bundle without ${pair%:*} namespace" "its ${pair#*:} namespace is the host" \
		contain --launch -- crun run --bundle "$bundle" "without-${pair%:*}"
	crun delete --force "without-${pair%:*}" 2>/dev/null
done
bundle_with 'del(.linux.seccomp)'
refused "bundle without seccomp" "filter" \
	contain --launch -- crun run --bundle "$bundle" without-seccomp
umount "$bundle/rootfs"
rm -r "$bundle"

# --- what a container has, another domain may not have

start a contain --name strict-a -- "${waits[@]}"
init=$(show strict-a '.containers[0].init_pid')
refused "another domain's net namespace" "its net namespace belongs to container strict-a" \
	contain --net "/proc/$init/ns/net" -- /bin/echo no
id=$(show strict-a .id)
is "a sibling of its own namespaces runs" yes \
	"$(contain --join "$id" --name sibling -- /bin/echo yes)"
is "a sibling may share net" yes \
	"$(contain --join "$id" --name sibling-net --net "/proc/$init/ns/net" -- /bin/echo yes)"
refused "a sibling may not share mounts" "its mnt namespace" \
	contain --join "$id" --name sibling-mnt --share mnt -- /bin/echo no
check "the first container has not noticed" stop a

check "nothing is left of all that" within $moment no_domains
done_testing
