#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 6.1 debug

exec "$SBX_BUILD/tests/netlink/bad-input"
