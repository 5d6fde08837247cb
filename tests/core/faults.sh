#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: debug timeout=60
#
# Memory runs out where a task is made: the errno is the right one, nothing runs that
# should not, and nothing leaks (the machine looks for leaks at its end).

. "$(dirname "$0")/fault-lib.sh"

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

no_faults
done_testing
