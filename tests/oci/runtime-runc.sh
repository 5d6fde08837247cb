#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 timeout=500
#
# As runtime.sh, on top of runc.

low=runc
parts="run life taken_out limits masks pod"
. "$(dirname "$0")/runtime.sh"
