#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 6.1+ debug timeout=200
#
# A task that enters a container from the host: not there for the members while it
# runs the runtime's code, one of them from its exec on, dead if it has no filter.

. "$(dirname "$0")/lib.sh"

# A program that is dead is a failure here, not our end.
trap '' PIPE

log_says()
{
	matches "$1: the log says why" "refused: .*$2" "$(log_since)"
}

# The container's program runs each line that it is sent.
commands=(/bin/sh -c 'echo ready; while read -r line; do eval "$line"; done')
check "a domain starts" start a sbxctl run --name enter -- "${commands[@]}"
init=$(show enter '.containers[0].init_pid')

# inside COMMAND: what it says up to a line "end"
inside()
{
	local line

	echo "$1; echo end" >&"${job_in[a]}"
	while read -r -t $moment -u "${job_out[a]}" line && [ "$line" != end ]; do
		echo "$line"
	done
}

is "the program does what it is told" here "$(inside 'echo here')"
is "but it cannot make what started it its tracer" "-1 1" "$(sbxctl run -- python3 -c '
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
print(libc.ptrace(0, 0, 0, 0), ctypes.get_errno())')"

# --- held before its exec

tasks()
{
	show enter .tasks
}

before=$(tasks)
start held contain --enter "$init" --hold -- /bin/sh -c 'echo runs; read -r line; exit 7'
held=$REPLY
matches "a task enters" '^[0-9]+$' "$held"
is "it is a member" $((before + 1)) "$(tasks)"
is "to the active ones it is as if it were not there" "" "$(inside "$programs/poke $held" 2>&1)"
is "and has not been touched" "$((before + 1))" "$(tasks)"
entered=$(pgrep -n -f 'contain --enter')
is "it was not stopped, nor is its priority another" "S 0" \
	"$(awk '{ print $3, $19 }' "/proc/$entered/stat")"
is "nor that of its input and output" "none: prio 0" "$(ionice -p "$entered")"
is "as that of the members is" "3 idle" \
	"$(awk '{ print $19 }' "/proc/$init/stat") $(ionice -p "$init")"
echo >&"${job_in[held]}"
read -r -t $moment -u "${job_out[held]}" line
is "it goes on" runs "$line"
is "with its exec it is there" 0 "$(inside "[ -d /proc/$held ]; echo \$?")"
is "and takes signals" 0 "$(inside "kill -0 $held; echo \$?")"
stop held
is "its exit status is that of the program" 7 $?

# --- killed while held, and killed by the death of the container

start held contain --enter "$init" --hold -- /bin/echo no
pkill -KILL -f 'contain --enter'
reap held
close_in held
as_before()
{
	[ "$(tasks)" = "$before" ]
}
check "one that is killed while held is a member no more" within $moment as_before

# --- not as it has to be

log_mark
said=$(contain --enter "$init" --no-filter -- /bin/echo no 2>/dev/null)
is "without a filter: killed" 137 $?
is "without a filter: before it ran" "" "$said"
log_says "without a filter" 'without the runtime.s filter'
if [ -x /usr/bin/nsenter ]; then
	said=$(nsenter --all --target "$init" -- /bin/echo no 2>/dev/null)
	is "nsenter: killed" 137 $?
	is "nsenter: before it ran" "" "$said"
fi
for kind in uts ipc net cgroup; do
	log_mark
	said=$(contain --enter "$init" --share $kind -- /bin/echo no 2>/dev/null)
	is "into another $kind namespace: killed" 137 $?
	is "into another $kind namespace: before it ran" "" "$said"
	log_says "into another $kind namespace" "entered with another $kind namespace"
done
is "the container's own program has not noticed" here "$(inside 'echo here')"

# --- the death of the container takes those that entered along

start held contain --enter "$init" --hold -- /bin/echo no
check "the domain is killed" sbxctl kill enter
reap held
is "one that is held dies with the container" 137 $?
close_in held
stop a
check "no domain is left" within $moment no_domains

# --- a real runtime

sbxctl run --name record -- /bin/sh -c "cat >/dev/null" < <(sleep $moment) &
within $moment test -s /run/sbx/record/bundle/config.json
bundle=$(mktemp -d)
jq '.root.path = "'"$bundle/rootfs"'" | .process.args = ["/bin/sleep", "1000"] |
    del(.linux.cgroupsPath)' /run/sbx/record/bundle/config.json >"$bundle/config.json"
sbxctl kill record
wait $!
mkdir "$bundle/rootfs"
mount --bind / "$bundle/rootfs"
contain --name crun --launch -- crun run --bundle "$bundle" whole &
running=$!
active()
{
	[ "$(show crun ".containers[0].state")" = active ]
}
within $moment active
is "crun exec runs a program" "yes" "$(crun exec whole /bin/echo yes 2>&1)"
is "as a member: it may not mount" 32 "$(crun exec whole /bin/mount -t tmpfs x /tmp >/dev/null 2>&1; echo $?)"
crun exec whole /bin/sh -c 'exit 9'
is "and passes its status on" 9 $?
crun kill whole KILL
wait $running
umount "$bundle/rootfs"
rm -r "$bundle"

check "nothing is left" within $moment no_domains
done_testing
