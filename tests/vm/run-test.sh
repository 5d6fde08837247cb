#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: host timeout=900
#
# What tests/vm/run promises, with a machine that neither needs nor has the module.

cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
share="$dir/a share"
mkdir "$share"

# run OPTION... -- COMMAND...: sets status, and leaves $dir/out and $dir/err
run()
{
	status=0
	tests/vm/run --bare "$@" </dev/null >"$dir/out" 2>"$dir/err" || status=$?
}

# says NAME PATTERN: the standard error of the last run has it
says()
{
	matches "$1" "$2" "$(cat "$dir/err")"
}

# --- what cannot start

run --
is 'no command: 125' 125 "$status"
run --share "$dir/none" -- true
is 'a share that is not there: 125' 125 "$status"
says 'a share that is not there: named' "$dir/none"
run --memory lots -- true
is 'not a size: 125' 125 "$status"

# --- what is for the machine alone

for suite in tests/run-selftest tests/core/strict.sh; do
	matches "$suite: refused elsewhere" '^This is not the test machine: use tests/vm/run' \
		"$(env -u SBX_SCRATCH_MACHINE $suite 2>&1)"
done
matches 'a program for containers: refused elsewhere' '^This is not a container' \
	"$(build/tests/selftests/lib/as 0 /bin/true 2>&1)"

# --- arguments, streams, status, shares

cat >"$share/probe" <<'PROBE'
#!/bin/bash
printf '<%s>' "$@"
pwd
id -u
wc -c
cat /mnt/share/here
touch /mnt/sbx/new 2>/dev/null && echo "the tree is writable"
for dir in /sys/kernel/debug/tracing /sys/fs/bpf /dev/shm /dev/mqueue; do
	[ -d $dir ] || echo "no $dir"
done
cat /sys/fs/cgroup/cgroup.subtree_control
/mnt/sbx/tests/in-machine || echo "the machine does not know itself"
su user -c 'id -u'
head -c 40000000 /dev/zero >/mnt/share/big
echo there >/mnt/share/there
echo trouble >&2
# Output that a child still holds must not keep the run, nor what is there be lost.
yes | head -c 3000000 >&2
sleep 1000 &
exit 77
PROBE
chmod +x "$share/probe"
echo here >"$share/here"
odd=('two words' '' "'" '"' '$HOME `id` \' $'new\nline' $'\xff' '*' -- -x --share)
run --share "$share" -- /mnt/share/probe "${odd[@]}"
is 'the status of the command' 77 "$status"
is 'arguments pass as they are' "$(printf '<%s>' "${odd[@]}")/mnt/sbx" \
	"$(head -n 2 "$dir/out")"
is 'root, no input, files of the share, and nothing amiss' \
	$'0\n0\nhere' "$(sed -n 3,5p "$dir/out")"
matches 'control groups are delegated' '(^| )memory( |$)' "$(sed -n 6p "$dir/out")"
is 'an ordinary user' 1000 "$(sed -n '7,$p' "$dir/out")"
is 'standard error, all of it' $((3000000 + 8)) \
	"$(grep -v '^vm: still booting' "$dir/err" | wc -c)"
is 'files come back' 'there 40000000' \
	"$(cat "$share/there") $(stat -c %s "$share/big")"

# --- two at a time, each on its own

tests/vm/run --bare -- sh -c 'echo 1 >/root/file; sleep 3; cat /root/file; exit 1' \
	>"$dir/first" 2>/dev/null &
run -- sh -c 'echo 2 >/root/file; sleep 3; cat /root/file; exit 2'
second="$(cat "$dir/out") $status"
status=0
wait $! || status=$?
is 'two at a time' '1 1, 2 2' "$(cat "$dir/first") $status, $second"

# --- commands that cannot be run, and one that is killed

run -- /no/such/program
is 'no such program: 127' 127 "$status"
run -- /etc/passwd
is 'not a program: 126' 126 "$status"
run -- sh -c 'kill -KILL $$'
is 'killed: 128 and the signal' 137 "$status"

# --- a kernel in trouble

run -- sh -c 'echo "WARNING: CPU: 0 PID: 1 at nowhere" >/dev/kmsg; exit 3'
is 'a warning in the log: 123' 123 "$status"
says 'a warning in the log: shown' 'WARNING: CPU: 0 PID: 1 at nowhere'
says 'a warning in the log: with the own status' "own status was 3"
run -- sh -c 'echo said; sleep 5; echo c >/proc/sysrq-trigger; sleep 1000'
is 'a panic: 123' 123 "$status"
is 'a panic: what was said before' said "$(cat "$dir/out")"
says 'a panic: its reason' 'Kernel panic - not syncing: sysrq triggered crash'
run --timeout 45 -- sh -c 'echo said; sleep 1000'
is 'the time limit: 124' 124 "$status"
is 'the time limit: what was said before' said "$(cat "$dir/out")"
says 'the time limit: the last lines' 'sbx-vm: start'
says 'the time limit: what it waits for' 'Show Blocked State'

# --- a run that is ended

# machines: how many there are with this directory as share
machines()
{
	pgrep -fc "source=$share," || true
}

tests/vm/run --bare --share "$share" -- sh -c 'touch /mnt/share/up; sleep 1000' 2>/dev/null &
check 'the machine comes up' within 120 test -e "$share/up"
kill -TERM $!
status=0
wait $! || status=$?
is 'SIGTERM ends the run' 143 "$status"
is 'and its machine' 0 "$(machines)"

done_testing
