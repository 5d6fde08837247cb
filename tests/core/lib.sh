# SPDX-License-Identifier: GPL-2.0
# Shell functions that the suites of tests/core share.

core=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(cd "$core/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$tree/tests/tap.sh"

build=$tree/build
module=$build/$(uname -r)/sbx.ko
# On the machine's own disk, so that domains may execute them.
programs=/usr/local/lib/sbx-core
rm -rf $programs
mkdir -p $programs
cp "$build"/tests/core/* "$build"/tests/bench/true $programs/
rm -f $programs/*.d

# Slow machines get more time for what should take a moment.
moment=10
[ "${SBX_KERNEL-}" = debug ] && moment=40

# contain [OPTION...] -- PROGRAM: see contain.c
contain()
{
	$programs/contain "$@"
}

# log_mark; log_since: what the kernel has said since
log_mark()
{
	log_mark=sbx-test-$RANDOM-$RANDOM
	echo $log_mark >/dev/kmsg
}

log_since()
{
	dmesg | sed "1,/$log_mark/d"
}

# start NAME COMMAND...: a domain in the background, whose program says a line
# when it runs and ends with its standard input. Closing: stop NAME.
declare -A job_pid job_in job_out

start()
{
	local name=$1 pipes in out
	shift

	pipes=$(mktemp -d)
	mkfifo "$pipes/in" "$pipes/out"
	"$@" <"$pipes/in" >"$pipes/out" &
	job_pid[$name]=$!
	exec {in}>"$pipes/in" {out}<"$pipes/out"
	job_in[$name]=$in
	job_out[$name]=$out
	rm -r "$pipes"
	read -r -t $moment -u "$out" || return 1
}

# close_in NAME; reap NAME: wait for its end and return its status
close_in()
{
	local in=${job_in[$1]}

	exec {in}>&-
}

reap()
{
	local out=${job_out[$1]} status=0

	wait "${job_pid[$1]}" || status=$?
	exec {out}<&-
	return $status
}

stop()
{
	close_in "$1"
	reap "$1"
}

# Programs for start: they say "ready" and wait.
waits=(/bin/sh -c 'echo ready; read -r line; exit 0')

# show NAME FILTER: something that sbxctl tells of a domain
show()
{
	sbxctl show "$1" --json | jq -r "$2"
}

stats()
{
	sbxctl stats "$1" --json | jq -r "$2"
}

no_domains()
{
	[ "$(sbxctl list --json | jq length)" = 0 ]
}

armed()
{
	grep -q '^__secure_computing' /sys/kernel/tracing/enabled_functions
}

not_armed()
{
	! armed
}
