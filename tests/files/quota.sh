#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Suite: full 6.12 image=work timeout=300
#
# A user who may have no more: the selftest natively and in a domain.

exec "$(dirname "$0")/../run-selftest" --strict --on quota files/quota
