#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 6.1 debug timeout=60
#
# Descriptors: those meant for the program arrive, others do not and are counted.

. "$(dirname "$0")/lib.sh"

is "standard descriptors arrive" "0 1 2" "$(contain -- $programs/fds)"
is "leaked ones do not" "0 1 2" "$(contain --leak 5 -- $programs/fds)"
is "nor do very many" "0 1 2" "$(ulimit -n 2048; contain --leak 1000 -- $programs/fds)"
is "3 does not arrive by itself" "0 1 2" "$(contain -- $programs/fds 3</etc/passwd)"
is "those that are meant arrive" "0 1 2 3 4" \
	"$(contain --preserve 2 --leak 3 -- $programs/fds 3</etc/passwd 4</etc/group 5</etc/hosts)"
is "a hole stays a hole" "0 1 2 4" \
	"$(contain --preserve 2 -- $programs/fds 3<&- 4</etc/group)"
is "so does a closed standard descriptor" "1 2" "$(contain -- $programs/fds 0<&-)"
is "what is meant can be read" "$(head -n 1 /etc/group)" \
	"$(contain --preserve 2 -- /bin/sh -c 'head -n 1 <&4' 4</etc/group)"

start a contain --name leaks --leak 7 -- "${waits[@]}"
is "closed ones are counted" 7 "$(stats leaks .fds_closed)"
stop a
start b contain --name clean -- "${waits[@]}"
is "none are counted where none leaked" 0 "$(stats clean .fds_closed)"
stop b

is "a directory of the host's does not arrive" "0 1 2" "$(contain -- $programs/fds 9</run)"
check "nothing is left" within $moment no_domains
done_testing
