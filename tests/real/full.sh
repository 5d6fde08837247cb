#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Suite: full 6.12 image=work timeout=10800
#
# Real work, much of it.

exec "$(dirname "$0")/run" --full
