# SPDX-License-Identifier: GPL-2.0
# Shell functions for suites in which memory runs out.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

debugfs=/sys/kernel/debug

# set_fault NAME VALUE: of both kinds of allocations
set_fault()
{
	echo "$2" >$debugfs/failslab/"$1"
	echo "$2" >$debugfs/fail_page_alloc/"$1"
}

# below FROM TO: only what is called from there may fail
below()
{
	set_fault require-start "$1"
	set_fault require-end "$2"
}

# not_below FROM TO: what is called from there may not, even so
not_below()
{
	set_fault reject-start "$1"
	set_fault reject-end "$2"
}

# All of it takes a while to read, so once: the module's, and two of the kernel's.
symbols=$(LC_ALL=C; grep -A3 -e ' do_one_initcall$' -e ' sysfs_slab_add$' -e '\[sbx\]$' /proc/kallsyms | sort -u)

# range FUNCTION: where it is, and what is next
range()
{
	awk -v name="$1" '
		found && $1 != start { print "0x" start, "0x" $1; exit }
		$3 == name { found = 1; start = $1 }' <<<"$symbols"
}

# everywhere in the module
module_range()
{
	local start size

	start=$(cat /sys/module/sbx/sections/.text)
	size=$(awk '$1 == "sbx" { print $2 }' /proc/modules)
	printf '%s 0x%x\n' "$start" $((start + size))
}

set_fault verbose 0
set_fault task-filter Y
set_fault stacktrace-depth 32
set_fault ignore-gfp-wait N
echo N >$debugfs/fail_page_alloc/ignore-gfp-highmem
echo 0 >$debugfs/fail_page_alloc/min-order
set_fault times -1
set_fault interval 1

# may_fail COMMAND...: run it as one whose allocations may fail
may_fail()
{
	(echo 1 >/proc/self/make-it-fail; exec "$@")
}

# As it was before
no_faults()
{
	set_fault probability 0
	set_fault task-filter N
	below 0 0xffffffffffffffff
	not_below 0 0
}
