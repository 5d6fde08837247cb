#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: host timeout=120
#
# The parts of make lint that are quick; checkpatch and the builds are left to it.

cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh

for part in uapi shell python spec table lines versions licenses; do
	check "lint $part" tests/lint $part
done
done_testing
