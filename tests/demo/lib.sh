# SPDX-License-Identifier: GPL-2.0
# Shell functions of the demonstration.

set -u
"$(dirname "${BASH_SOURCE[0]}")/../in-machine" "$0" || exit
failures=0

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*"; failures=$((failures + 1)); }

# expect REGEX COMMAND...: its output has to match, its status to be 0.
expect()
{
	local want=$1 out status
	shift
	printf '$ %s\n' "$*"
	out=$("$@" 2>&1); status=$?
	printf '%s\n' "$out"
	[ $status -eq 0 ] || fail "exit status $status"
	grep -Eq -- "$want" <<<"$out" || fail "expected /$want/"
}

done_demo()
{
	[ $failures -eq 0 ] && return
	printf '\ndemo: %d steps FAILED\n' "$failures"
	exit 1
}
