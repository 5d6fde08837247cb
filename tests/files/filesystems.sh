#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Suite: full timeout=1500
#
# The selftests of file system calls again, with an overlay and a tmpfs to work on.
# "make check" has them on ext4, and its races are short.

exec "$(dirname "$0")/../run-selftest" --seconds 5 --on overlay --on tmpfs files
