#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 debug+ timeout=120
#
# Random calls for a moment: some that are the same each time, and others.

. "$(dirname "$0")/lib.sh"

calls 0 8 1
calls 1000 8 2
calls 0 8
done_testing
