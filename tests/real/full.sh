#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Suite: full 6.12 image=work timeout=3600
#
# Real work, much of it.

exec "$(dirname "$0")/run" --full
