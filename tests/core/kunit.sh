#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: debug
#
# The module's KUnit suites ran when it was loaded; here are their results. Each
# suite of the sources has to be there.

. "$(dirname "$0")/../tap.sh"

results=/sys/kernel/debug/kunit
module=$(dirname "$0")/../../module

# Results of one suite, one level down
report()
{
	local line

	while read -r line; do
		case $line in
		"not ok "*) fail "$1: ${line#not ok * }" ;;
		"ok "*"# SKIP"*) skip "$1: ${line#ok * }" "by itself" ;;
		"ok "*) pass "$1: ${line#ok * }" ;;
		"# "*) [[ $line = *Subtest* ]] || note "${line#\# }" ;;
		esac
	done < <(sed -n 's/^    //p' "$results/$1/results")
}

for suite in $(sed -n 's/^\t\.name = "\(sbx-.*\)",$/\1/p' "$module"/*_kunit.c "$module"/*/*_kunit.c); do
	if grep -q . "$results/$suite/results"; then
		report "$suite"
	else
		fail "$suite" "it did not run: $(ls $results 2>&1)"
	fi
done
done_testing
