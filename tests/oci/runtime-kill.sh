#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: full timeout=600
#
# Whatever is killed and whenever, "delete --force" leaves nothing behind.

parts=
# shellcheck source=tests/oci/runtime.sh
. "$(dirname "$0")/runtime.sh"

sleeper=$(program sleep 1000)
bundle "$work/b" "$sleeper"

no_trace()
{
	nothing_left && [ -z "$(find /sys/fs/cgroup -name 'victim*')" ]
}

no_domains()
{
	[ "$(sbxctl list --json | jq length)" = 0 ]
}

# kill_at DELAY WHOM COMMAND...: kill -9 the runtime, or all of its group, after that time.
# Job control makes the group, which is there before the runtime is.
kill_at()
{
	local delay=$1 whom=$2
	shift 2

	set -m
	sbx-runtime --config "$conf" --root "$root" "$@" >"$work/out" 2>&1 </dev/null &
	set +m
	sleep "$delay"
	if [ "$whom" = group ]; then
		kill -KILL -- -$!
	else
		kill -KILL $!
	fi 2>/dev/null
	wait $! 2>/dev/null
}

# Steps grow, from before the first call to after the last.
for whom in runtime group; do
	for what in create "run --detach" run; do
		bad=
		for delay in 0.01 0.03 0.06 0.1 0.15 0.2 0.3 0.4 0.6 1; do
			# shellcheck disable=SC2086
			kill_at "$delay" $whom $what --bundle "$work/b" victim
			rt delete --force victim >"$work/said" 2>&1 || bad+=" $delay: $(cat "$work/said")"
			within "$moment" no_trace || bad+=" $delay: something is left"
		done
		is "$what: $whom killed: nothing is left" "" "$bad"
	done
done

bad=
for delay in 0.01 0.05 0.1 0.2 0.3 0.5; do
	rt create --bundle "$work/b" victim >"$work/out" 2>&1 </dev/null
	kill_at "$delay" group start victim
	rt delete --force victim >"$work/said" 2>&1 || bad+=" $delay: $(cat "$work/said")"
	within "$moment" no_trace || bad+=" $delay: something is left"
done
is "start killed: nothing is left" "" "$bad"

bad=
for delay in 0.01 0.05 0.1 0.2 0.3 0.5; do
	detach --bundle "$work/b" victim
	kill_at "$delay" group delete --force victim
	rt delete --force victim >"$work/said" 2>&1 || bad+=" $delay: $(cat "$work/said")"
	within "$moment" no_trace || bad+=" $delay: something is left"
done
is "delete killed: nothing is left" "" "$bad"

# A container that nobody deletes: its record goes with doctor.
rt create --bundle "$work/b" victim >"$work/out" 2>&1 </dev/null
rm -rf "$root/victim"
sbxctl kill --all
check "the domain is gone" within "$moment" no_domains
matches "doctor finds the record" "is the record of a container that is gone" "$(sbxctl doctor)"
sbxctl doctor --fix >/dev/null
is "and removes it" "" "$(find /run/sbx-runtime -name record.json)"

# doctor_says PATTERN [OPTION]
doctor_says()
{
	sbxctl doctor "${@:2}" | grep -q "$1"
}

# What a hook leaves behind does not keep a domain whose program ran.
bundle "$work/h" "$sleeper"' | .hooks.createRuntime =
	[{path: "/bin/sh", args: ["sh", "-c", "sleep 12345 >/dev/null 2>&1 </dev/null &"]}]'
detach --bundle "$work/h" victim
check "a hook's process, the program ran: delete --force" rt delete --force victim
check "the domain is gone" within "$moment" no_domains
check "the process is not" pkill -KILL -f 'sleep 12345'

# Before that it does, which is not told of before half a minute.
create --bundle "$work/h" victim
check "a hook's process: delete --force" rt delete --force victim
is "a hook's process keeps the domain" '1 0' "$(sbxctl list --json | jq -r '"\(length) \(.[0].tasks)"')"
lingers='domain victim has no tasks, but sleep (pid [0-9]*)'
check "doctor lets a young domain be" doctor_says '^ok *leftovers'
check "doctor finds it" within 60 doctor_says "$lingers"
check "and ends it" doctor_says '^fixed *domains *killed sleep (pid' --fix
check "the domain is gone, too" within "$moment" no_domains
is "and so is the process" "" "$(pgrep -f 'sleep 12345')"
rm -rf "$work"
done_testing
