#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: full 6.12 timeout=1000
#
# As runtime.sh, on top of runc.

low=runc
parts="run life taken_out limits masks pod"
. "$(dirname "$0")/runtime.sh"
