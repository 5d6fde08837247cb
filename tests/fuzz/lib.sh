# SPDX-License-Identifier: GPL-2.0
# Shell functions that the suites of tests/fuzz share.

. "$(dirname "${BASH_SOURCE[0]}")/../tap.sh"

# On the machine's own disk, so that domains may execute them.
programs=/usr/local/lib/sbx-fuzz
mkdir -p $programs
cp "$SBX_BUILD/tests/fuzz/calls" $programs/

# calls USER SECONDS [SEED]: random calls in a domain, as a user
calls()
{
	local seed=${3-$((RANDOM << 15 | RANDOM))} said status=0

	# Before, as there may be no after.
	note "uid $1, seed $seed"
	said=$(timeout $(($2 * 3 + 60)) sbxctl run --cwd /tmp -- setpriv --reuid="$1" --regid="$1" \
		--clear-groups $programs/calls "$2" "$seed" 2>&1) || status=$?
	note "$said"
	if [ $status = 0 ] && grep -q '^ok 1 fuzz' <<<"$said"; then
		pass "uid $1: $2 seconds of random calls"
	else
		fail "uid $1: $2 seconds of random calls" "status $status"
	fi
}
