#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: debug full timeout=450
#
# Memory runs out at each point where the module takes it: calls fail or work, the
# module loads or does not, and nothing leaks (the machine looks for leaks at its end).

. "$(dirname "$0")/fault-lib.sh"

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

# --- every point of the module's init

# shellcheck disable=SC2046
below $(range do_one_initcall)
# There the kernel itself forgets the name of a slab cache.
# shellcheck disable=SC2046
not_below $(range sysfs_slab_add)
within $moment rmmod sbx
read -r errno left <<<"$($programs/load "$module" 10000)"
is "without a fault it is loaded" "0 sbx" "$errno $(lsmod | awk '/^sbx / { print $1 }')"
points=$((10000 - left))
matches "its init has many points" '^[1-9][0-9]' $points
rmmod sbx
bad='' step=$((points / 40 + 1))
for ((n = 1 + RANDOM % step; n <= points; n += step)); do
	read -r errno left <<<"$($programs/load "$module" $n)"
	# Some can be done without.
	[ "$errno" != 0 ] || rmmod sbx
	[ "$errno" = 12 ] || [ "$errno" = 0 ] || bad+=" $n:$errno"
	# How many there are differs a little from load to load.
	[ "$left" = 0 ] || [ $n -gt $((points * 9 / 10)) ] || bad+=" $n:not-reached"
	[ -d /sys/module/sbx ] && bad+=" $n:stays"
	grep -q sbx /proc/filesystems && bad+=" $n:filesystem"
done
is "no memory at points of $points of the module's init: not loaded" "" "$bad"
check "then it is" insmod "$module"
check "and works" contain -- $programs/true

no_faults
done_testing
