#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 6.1 debug timeout=120
#
# The hook: armed while a domain lives, released in order, and honest about what
# stands in its way.

. "$(dirname "$0")/lib.sh"

occupy=$build/$(uname -r)-tests/occupy/occupy.ko

unload()
{
	within $moment rmmod sbx
}

ftrace_enabled()
{
	sysctl -q kernel.ftrace_enabled="$1"
}

# The module's own tests took their time when the machine loaded it first.
kunit=/sys/module/kunit/parameters/filter_glob
own_tests()
{
	# With a newline at its end a pattern would match nothing.
	[ ! -e $kunit ] || printf %s "$1" >$kunit
}

own_tests none

# --- loading

refuses "a second insmod is refused" insmod "$module"
check "the module unloads when it has no domain" unload
check "and loads again" insmod "$module"
check "it unloads right after its hook was tried" unload

ftrace_enabled 0
log_mark
refuses "insmod with ftrace_enabled=0 is refused" insmod "$module"
matches "and the kernel log says why" 'sbx: .*ftrace_enabled' "$(log_since)"
is "nothing of it is left" "" "$(lsmod | grep '^sbx')"
ftrace_enabled 1

check "an occupier takes the function" insmod "$occupy"
log_mark
refuses "insmod with an occupied function is refused" insmod "$module"
matches "and the kernel log says why" 'sbx: .*live patch' "$(log_since)"
check "the occupier goes" rmmod occupy
check "then the module loads" insmod "$module"

# --- no domain: the hook is not armed

check "the hook is released when no domain is left" within $moment not_armed
check "ftrace can be switched off then" ftrace_enabled 0
said=$(contain -- $programs/true 2>&1)
is "no domain is launched with ftrace_enabled=0" 125 $?
matches "and the refusal says why" 'ftrace_enabled' "$said"
ftrace_enabled 1
check "afterwards one is launched" contain -- $programs/true

within $moment not_armed
insmod "$occupy"
said=$(contain -- $programs/true 2>&1)
is "no domain is launched with an occupied function" 125 $?
matches "and the refusal says why" 'live patch' "$said"
rmmod occupy
check "afterwards one is launched" contain -- $programs/true

# --- a domain lives

check "a domain starts" start a contain --name hook-a -- "${waits[@]}"
check "the hook is armed while it lives" armed
refuses "ftrace cannot be switched off" ftrace_enabled 0
is "and is not" 1 "$(sysctl -n kernel.ftrace_enabled)"
refuses "no other takes the function" insmod "$occupy"
matches "rmmod says it is in use" 'in use' "$(rmmod sbx 2>&1)"
check "the domain does not mind" stop a
check "no domain is left" within $moment no_domains
check "the module unloads a moment after" unload
check "the function is free" not_armed
check "another may have it" insmod "$occupy"
rmmod occupy
check "the module loads again" insmod "$module"
check "and domains run" contain -- $programs/true

# --- a launcher lives, before it has made a container

start b contain --launch --name hook-b -- "${waits[@]}"
check "a launcher alone arms the hook" armed
matches "and keeps the module" 'in use' "$(rmmod sbx 2>&1)"
stop b
check "its end takes the domain along" within $moment no_domains

# --- loading and unloading while others' calls pass through the function
#
# On one processor: emulators of several may execute what another one has just
# patched, and then crash with any live patch.

offline=/sys/devices/system/cpu/cpu1/online
echo 0 >$offline
crowd=()
for _ in 1 2 3; do
	$programs/bystander &
	crowd+=($!)
done
cycles=0
for _ in 1 2 3 4 5; do
	contain -- $programs/true && unload && insmod "$module" && cycles=$((cycles + 1))
done
is "loads and unloads under bystanders' calls" 5 $cycles
alive=0
for pid in "${crowd[@]}"; do
	kill -0 "$pid" && alive=$((alive + 1))
done
is "who have not noticed" 3 $alive
kill "${crowd[@]}"
wait "${crowd[@]}"
echo 1 >$offline

# For those who read the results
own_tests '*'
check "the module unloads for good" unload
check "and loads as it was" insmod "$module"

done_testing
