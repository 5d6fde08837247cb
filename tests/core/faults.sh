#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: debug+ timeout=240
#
# Memory runs out, at each point where it can: the errno is the right one, nothing
# runs that should not, and nothing leaks (the machine looks for leaks at its end).

. "$(dirname "$0")/lib.sh"

debugfs=/sys/kernel/debug

# set_fault NAME VALUE: of both kinds of allocations
set_fault()
{
	echo "$2" >$debugfs/failslab/"$1"
	echo "$2" >$debugfs/fail_page_alloc/"$1"
}

# below FROM TO: only what is called from there may fail
below()
{
	set_fault require-start "$1"
	set_fault require-end "$2"
}

# The module's, once: all of it takes a while to read.
symbols=$(LC_ALL=C; grep '\[sbx\]$' /proc/kallsyms | sort -u)

# range FUNCTION: where it is, and what is next
range()
{
	awk -v name="$1" '
		found && $1 != start { print "0x" start, "0x" $1; exit }
		$3 == name { found = 1; start = $1 }' <<<"$symbols"
}

# everywhere in the module
module_range()
{
	local start size

	start=$(cat /sys/module/sbx/sections/.text)
	size=$(awk '$1 == "sbx" { print $2 }' /proc/modules)
	printf '%s 0x%x\n' "$start" $((start + size))
}

set_fault verbose 0
set_fault task-filter Y
set_fault stacktrace-depth 32
set_fault ignore-gfp-wait N
echo N >$debugfs/fail_page_alloc/ignore-gfp-highmem
echo 0 >$debugfs/fail_page_alloc/min-order
set_fault times -1
set_fault interval 1

# may_fail COMMAND...: run it as one whose allocations may fail
may_fail()
{
	(echo 1 >/proc/self/make-it-fail; exec "$@")
}

# --- clone

# shellcheck disable=SC2046
below $(range sbx_task_stock_child)
matches "there is a place to fail in" '^0x[0-9a-f]*[1-9a-f]' "$(cat $debugfs/failslab/require-start)"
start a may_fail $programs/contain --name faults -- $programs/fork
forks()
{
	local line

	echo >&"${job_in[a]}"
	read -r -t $moment -u "${job_out[a]}" line
	echo "$line"
}
is "tasks are made in every way" "0 0 0 0 0" "$(forks)"
set_fault probability 100
is "without memory it is EAGAIN, in every way" "11 11 11 11 11" "$(forks)"
is "again" "11 11 11 11 11" "$(forks)"
set_fault probability 0
is "with memory tasks are made again" "0 0 0 0 0" "$(forks)"
is "the container has no task too many" 1 "$(show faults .tasks)"
stop a
is "and ends as it should" 0 $?

# --- fork probes of the runtime's tasks: the child does not live

# shellcheck disable=SC2046
below $(range on_fork)
set_fault probability 100
said=$(may_fail $programs/contain -- /bin/echo no 2>/dev/null)
is "no memory for a container's first task: killed" 137 $?
is "before it ran" "" "$said"
set_fault probability 0
check "no domain is left of it" within $moment no_domains

# --- every point of the module's that takes memory, one run for each

# shellcheck disable=SC2046
below $(module_range)
# The kernel's own debugging allocates as well, and can do without, so that one
# that works says nothing of the next.
bad='' refused=0
for ((n = 1; n <= 24; n++)); do
	said=$(contain --fail-launch $n -- /bin/echo yes 2>&1)
	status=$?
	[ $status = 0 ] || refused=$((refused + 1))
	grep -qE '^(125 .*emory|0 yes$)' <<<"$status $said" || bad+=" $n: $status $said"
done
is "no memory at some point of a launch: refused, or not needed" "" "$bad"
matches "some was needed" '^[1-9]' $refused
check "no domain is left of those" within $moment no_domains

# Killed before it runs, or running with a call that fails; row by row it gets further.
bad='' failed=0
for ((n = 1; n <= 50; n++)); do
	said=$(contain --fail $n -- /bin/cat /etc/debian_version 2>/dev/null)
	status=$?
	[ $status = 0 ] || failed=$((failed + 1))
	[ $status = 137 ] && [ -n "$said" ] && bad+=" $n"
	[ $status = 0 ] && [ "$said" != "$(cat /etc/debian_version)" ] && bad+=" $n"
done
is "no memory at some point of a program's life: it fails or works" "" "$bad"
matches "it failed at some" '^[1-9]' $failed
check "nothing is left of all those" within $moment no_domains
is "without a fault it works" yes "$(contain -- /bin/echo yes)"

set_fault task-filter N
set_fault require-start 0
set_fault require-end 0xffffffffffffffff
done_testing
