#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 timeout=600
#
# A few of CPython's tests that are about files.

exec "$(dirname "$0")/run" test_stat test_glob test_fileio
