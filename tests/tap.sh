# SPDX-License-Identifier: GPL-2.0
# Shell functions for test suites: results in the Test Anything Protocol.
#
# A suite sources this file, calls the functions and ends with "done_testing".
# Without that last line there is no plan, and the suite counts as failed.

# Suites that do not name the host are for the test machine.
if [ -r "$0" ] && ! grep -qE '^# Suite:.* host( |$)' "$0"; then
	"$(dirname "${BASH_SOURCE[0]}")/in-machine" "$0" || exit
fi

tap_count=0
tap_failed=0
tap_output=$(mktemp)
trap 'rm -f "$tap_output"' EXIT
echo 'TAP version 13'

# note TEXT: a comment in the stream
note()
{
	printf '%s\n' "$*" | sed 's/^/# /'
}

# pass NAME; fail NAME [WHY]; skip NAME WHY
pass()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count $1"
}

fail()
{
	[ -z "${2-}" ] || note "$2"
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count $1"
}

skip()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count $1 # SKIP $2"
}

# check NAME COMMAND...: passes if the command succeeds; shows its output if not.
# The command runs in this shell, so a function may set variables.
check()
{
	local name=$1 status=0
	shift

	"$@" >"$tap_output" 2>&1 || status=$?
	if [ $status = 0 ]; then
		pass "$name"
	else
		fail "$name" "$* exited with $status: $(cat "$tap_output")"
	fi
}

# refuses NAME COMMAND...: passes if the command fails by itself, not by a signal
refuses()
{
	local name=$1 status=0
	shift

	"$@" >"$tap_output" 2>&1 || status=$?
	if [ $status -gt 0 ] && [ $status -lt 126 ]; then
		pass "$name"
	else
		fail "$name" "$* exited with $status: $(cat "$tap_output")"
	fi
}

# is NAME WANT GOT: passes if the two are the same
is()
{
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "want: $2"$'\n'"got:  $3"
	fi
}

# matches NAME PATTERN TEXT: passes if the text has the extended regular expression
matches()
{
	if grep -qE -- "$2" <<<"$3"; then
		pass "$1"
	else
		fail "$1" "no /$2/ in: $3"
	fi
}

# within SECONDS COMMAND...: run the command until it succeeds; fail after that time
within()
{
	local end=$((SECONDS + $1))
	shift

	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
}

done_testing()
{
	echo "1..$tap_count"
	[ $tap_failed = 0 ]
	exit
}
