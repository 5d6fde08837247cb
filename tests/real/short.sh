#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 timeout=600
#
# Real work, a little of it.

exec "$(dirname "$0")/run" archive git sqlite trace
