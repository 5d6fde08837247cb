#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 6.1 debug timeout=60
#
# Timers in a domain when the host sets the clock.

. "$(dirname "$0")/lib.sh"

# What the program of a job says from now to its end, in one line.
rest()
{
	timeout $moment cat <&"${job_out[$1]}" | paste -sd ,
}

start c sbxctl run -- $programs/clock
sleep 1
date -s "+2000 seconds" >/dev/null
is "timers are cancelled when the clock is set" "read canceled,epoll canceled,rest shorter" \
	"$(rest c)"
check "and the domain ends well" stop c
date -s "-2000 seconds" >/dev/null
check "nothing is left" within $moment no_domains
done_testing
