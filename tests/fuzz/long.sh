#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 debug full timeout=1500
#
# Random calls for a long time.

. "$(dirname "$0")/lib.sh"

for _ in 1 2 3; do
	calls 0 120
	calls 1000 120
done
done_testing
