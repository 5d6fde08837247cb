#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 6.1+ debug+ timeout=200
#
# Very many domains, one after the other and at a time, leave nothing behind.

. "$(dirname "$0")/lib.sh"

case ${SBX_KERNEL-} in
debug) in_a_row=100 at_a_time=20 at_once=20 ;;
*) in_a_row=1000 at_a_time=100 at_once=60 ;;
esac
made=$((in_a_row + at_a_time + at_once))

# Objects in use by slab cache and how many a slab has, without what memory pressure
# frees.  A slab that a processor allocates from counts as one in use as a whole.
objects()
{
	local cache

	sync
	echo 3 >/proc/sys/vm/drop_caches
	for cache in /sys/kernel/slab/*; do
		[ -L "$cache" ] || echo 1 >"$cache/shrink"
	done
	awk 'FNR > 2 { print $1, $2, $5 }' /proc/slabinfo | sort |
		join - <(grep -lx 0 /sys/kernel/slab/*/reclaim_account |
			 sed 's,.*/slab/,,; s,/.*,,' | sort)
}

# grown BEFORE AFTER: the caches whose growth goes with the domains, and is not just
# that of a processor's slab each
grown()
{
	join <(echo "$1") <(echo "$2") | awk -v many=$((made / 2)) -v processors="$(nproc)" '
		$4 - $2 >= many && $4 - $2 > processors * $3'
}

contain --count 3 -- $programs/true
within $moment no_domains
before=$(objects)

log_mark
check "$in_a_row domains one after the other" contain --count $in_a_row -- $programs/true
check "none is left" within $moment no_domains

crowd=()
for ((i = 0; i < at_a_time; i++)); do
	contain -- $programs/true &
	crowd+=($!)
done
good=0
for pid in "${crowd[@]}"; do
	wait "$pid" && good=$((good + 1))
done
is "$at_a_time domains as they come" $at_a_time $good

crowd=()
for ((i = 0; i < at_once; i++)); do
	contain --name crowd-$i -- /bin/sleep 1000 2>/dev/null &
	crowd+=($!)
done
# alive NUMBER: so many domains run their program
alive()
{
	[ "$(sbxctl list --json | jq '[.[] | select(.tasks == 1)] | length')" = "$1" ]
}
check "$at_once domains at a time" within $((3 * moment)) alive $at_once
for ((i = 0; i < at_once; i += 2)); do
	sbxctl kill crowd-$i || note "crowd-$i cannot be killed"
done
check "of which half are killed" within $moment alive $((at_once / 2))
for ((i = 1; i < at_once; i += 2)); do
	sbxctl kill crowd-$i
done
wait "${crowd[@]}"
check "then the others" within $moment no_domains

# Freed memory stays in quarantine there, and kmemleak finds what is lost.
if [ "${SBX_KERNEL-}" != debug ]; then
	nothing_grown()
	{
		[ -z "$(grown "$before" "$(objects)")" ]
	}
	check "no slab cache has grown with them" within $moment nothing_grown
	note "$(grown "$before" "$(objects)")"
	is "none of the module's objects is in use" "" \
		"$(objects | awk '/^sbx_/ && $2 > 0')"
fi
is "none was refused" "" "$(log_since | grep refused)"
check "the module unloads" within $moment rmmod sbx
check "and loads again" insmod "$module"
done_testing
