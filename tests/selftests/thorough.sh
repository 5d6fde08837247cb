#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.1 debug full timeout=1500
#
# The selftests natively and in a domain, as all of their users, on the kernels where
# "make check" has no time for that; races take longer.

exec "$(dirname "$0")/../run-selftest" --thorough --seconds 4
