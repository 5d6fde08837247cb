#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 6.1+ debug timeout=240
#
# A container's init dies while its other processes run, or sleep in calls of the
# module's: all of them go, in a moment, and the domain with them.

. "$(dirname "$0")/lib.sh"

# gone NAME WANT STATUS: how the run ended, and that nothing is left of it
gone()
{
	is "$1: its status" "$2" "$3"
	check "$1: the domain is gone" within $moment no_domains
	is "$1: no process is left" "" "$(pgrep -x busy)"
}

for threads in '' threads; do
	what="init ends${threads:+ among threads}"
	# shellcheck disable=SC2086
	check "$what: it starts" start a sbxctl run --name death -- $programs/busy $threads
	matches "$what: it has many tasks" '^[2-9][0-9]$' "$(show death .tasks)"
	stop a
	gone "$what" 5 $?
done

check "init is killed: it starts" start a sbxctl run --name death -- $programs/busy threads
kill -KILL "$(show death '.containers[0].init_pid')"
reap a
gone "init is killed" 137 $?
close_in a

check "the domain is killed: it starts" start a sbxctl run --name death -- $programs/busy threads
check "the domain is killed: sbxctl kill says so" sbxctl kill death
reap a
gone "the domain is killed" 137 $?
close_in a

# Without a supervisor, in a container of contain's, which has the machine's /tmp.
files=(/tmp/fifo /tmp/locked /tmp/made /tmp/moved)
rm -f "${files[@]}"
check "the runtime is killed: it starts" start a contain --name death -- $programs/busy threads
init=$(show death '.containers[0].init_pid')
kill -KILL "${job_pid[a]}"
reap a
pkill -KILL -x contain
check "the runtime is killed: the container lives on" test -d "/proc/$init"
close_in a
check "the runtime is killed: and ends by itself" within $moment no_domains
is "the runtime is killed: no process is left" "" "$(pgrep -x busy)"
rm -f "${files[@]}"

# All tasks of a process but the one that executes go, leader or not.
check "a program in a domain replaces itself for ever: it starts" start a \
	sbxctl run --name death -- /bin/sh -c "echo ready; exec $programs/exec"
sleep 2
check "and is killed in the middle of it" sbxctl kill death
reap a
gone "a program that replaces itself" 137 $?
close_in a
done_testing
