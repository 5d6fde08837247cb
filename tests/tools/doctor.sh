#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 timeout=120
#
# sbxctl doctor on a machine that lacks something: it has to say what, and what to do.

. "$(dirname "$0")/../tap.sh"

tree=$(cd "$(dirname "$0")/../.." && pwd)

# finding CHECK: "verdict: text -> hint" of the last look
finding()
{
	jq -r ".findings[] | select(.check == \"$1\") | \"\(.verdict): \(.text) -> \(.hint)\"" \
		<<<"$findings"
}

# look: sets findings and status
look()
{
	status=0
	findings=$(sbxctl doctor --json) || status=$?
}

look
is 'a machine in order: status' 0 "$status"
is 'a machine in order: verdict' true "$(jq .ok <<<"$findings")"
is 'a machine in order: nothing else than ok' '' \
	"$(jq -r '.findings[] | select(.verdict != "ok")' <<<"$findings")"
is 'the same without --json' "$(jq '.findings | length' <<<"$findings")" \
	"$(sbxctl doctor | grep -c '^ok ')"

sysctl -q kernel.ftrace_enabled=0
look
matches 'ftrace is off' '^failed: .*switched off.* -> sysctl kernel.ftrace_enabled=1$' \
	"$(finding ftrace)"
is 'ftrace is off: status' 1 "$status"
sysctl -q kernel.ftrace_enabled=1

limit=$(cat /proc/sys/user/max_user_namespaces)
echo 0 >/proc/sys/user/max_user_namespaces
look
matches 'no user namespaces' '^failed: .*switched off.* -> sysctl user.max' "$(finding userns)"
echo "$limit" >/proc/sys/user/max_user_namespaces

insmod "$tree/build/$(uname -r)-tests/occupy/occupy.ko"
look
matches 'the hook is occupied' '^failed: something else redirects __secure_computing' \
	"$(finding hook)"
rmmod occupy
sbxctl run --name here -- sleep 100 &
runner=$!
check 'a domain lives' within 40 sbxctl show here
look
matches 'its own hook is none of another' '^ok: ' "$(finding hook)"
matches 'the hook is armed' '^ok: .* armed' "$(finding module)"
is 'kill says which' '[{"domain":"here","error":null},{"domain":"nobody","error":"no such domain"}]' \
	"$(sbxctl kill --json here nobody | jq -c .)"
wait $runner
is 'the domain was killed' 137 $?

look=$(PATH=$tree/build/tools sbxctl doctor)
matches 'no crun' '^failed +crun +crun is not installed' "$look"
matches 'no crun: what to do' '-> apt install crun' "$look"
look=$(unshare -m sh -c 'umount -R /sys/fs/cgroup; sbxctl doctor')
matches 'no control groups' '^failed +cgroup .*not version 2' "$look"
look=$(unshare -n sbxctl doctor)
matches 'in a network namespace' '^failed +module .*does not answer here' "$look"
matches 'no root' '^warning +root' "$(su user -s /bin/sh -c 'sbxctl doctor')"

mkdir -p /run/sbx/of-the-dead/bundle
look
[ "$(finding leftovers)" = "ok: none of dead containers -> null" ] ||
	check 'leftovers go' sbxctl doctor --fix
rm -rf /run/sbx/of-the-dead

# --- the command line

for command in list stats syscalls show kill doctor events run; do
	sbxctl $command --no-such-option >/dev/null 2>/tmp/said
	matches "$command: an unknown option" "see 'sbxctl $command --help'" "$(cat /tmp/said)"
done
matches 'an option of another command' "'--fix' is no option of this command" \
	"$(sbxctl list --fix 2>&1)"
matches 'no such command' "no command 'nothing'" "$(sbxctl nothing 2>&1)"
is 'nobody but root: no table' '' "$(su user -s /bin/sh -c 'sbxctl list 2>/dev/null')"
matches 'nobody but root: why' '^sbxctl: (needs CAP_SYS_ADMIN|Operation not permitted)' \
	"$(su user -s /bin/sh -c 'sbxctl list' 2>&1)"
matches 'no domain: a heading' '^ID +NAME' "$(sbxctl list)"
matches 'the table has a heading' '^NR +NAME' "$(sbxctl syscalls | head -n 1)"
is 'the version' "sbxctl $(cat "$tree/module/version")" "$(sbxctl --version)"
for command in list stats syscalls doctor; do
	check "$command --json is JSON" jq . < <(sbxctl $command --json)
done
done_testing
