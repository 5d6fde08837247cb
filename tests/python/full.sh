#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Suite: full 6.12 image=work timeout=7200
#
# All of CPython's tests that are about files.

exec "$(dirname "$0")/run" --full
