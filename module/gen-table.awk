# SPDX-License-Identifier: GPL-2.0
#
# Makes C from syscalls.tbl, and its page in Documentation:
#   awk -v out=nr|table|rst -f gen-table.awk syscalls.tbl
# Fails on a malformed row and on a number that is out of order.

function fail(why)
{
	printf "%s:%d: %s\n", FILENAME, FNR, why > "/dev/stderr"
	failed = 1
	exit 1
}

function quote(s)
{
	gsub(/[\\"]/, "\\\\&", s)
	return "\"" s "\""
}

/^#/ || NF == 0 { next }

{
	if ($1 !~ /^[0-9]+$/ || NF < 5)
		fail("want: number name class entry arguments note")
	nr = $1 + 0
	if (nr <= last && rows)
		fail("number out of order")
	last = nr
	rows++

	note = $0
	for (i = 0; i < 5; i++)
		sub(/^[ \t]*[^ \t]+/, "", note)
	sub(/^[ \t]+/, "", note)

	err = 0
	if ($3 == "served") {
		if ($4 == "-")
			fail("a served row names its handler")
		fn = "sbx_sys_" $4
	} else if ($3 == "native") {
		if (note == "")
			fail("a native row says why it is safe")
		fn = $4 == "-" ? "NULL" : "sbx_sys_" $4
	} else if ($3 == "refused") {
		if ($4 !~ /^E[A-Z]+$/)
			fail("a refused row names its errno")
		if (note == "")
			fail("a refused row gives its reason")
		fn = "sbx_sys_refused"
		err = $4
	} else {
		fail("class is served, native or refused")
	}

	if (fn != "NULL" && !(fn in seen)) {
		seen[fn] = 1
		protos = protos "sbx_proto " fn ";\n"
	}
	hot = hot sprintf("\t[%d] = %s,\n", nr, fn)
	cold = cold sprintf("\t[%d] = { %s, %s, %s, SBX_SYSCALL_%s, %s },\n", nr,
			    quote($2), quote($5), quote(note), toupper($3), err)
	check = check sprintf("#ifdef __NR_%s\nstatic_assert(__NR_%s == %d);\n#endif\n",
			      $2, $2, nr)
	have[nr] = 1
	count[$3]++
	who = $3 == "refused" ? "refused, " $4 : $3
	list = list sprintf("   * - %d\n     - %s\n     - %s\n     - %s\n", nr, $2, who, note)
}

END {
	if (failed)
		exit 1
	if (out == "rst") {
		print ".. SPDX-License-Identifier: GPL-2.0\n.. Made by \"make docs\" from module/syscalls.tbl: do not edit.\n"
		print "====================\nSystem call coverage\n====================\n"
		printf "%d calls are served by the module, %d native, %d refused.  The words are\n", \
			count["served"], count["native"], count["refused"]
		print "explained in design.rst.  A number that is not listed gets ENOSYS, as does\nevery int 0x80 and x32 call.\n"
		print ".. list-table::\n   :header-rows: 1\n\n   * - number\n     - call\n     - class\n     - why"
		printf "%s", list
		exit
	}
	print "/* Made by gen-table.awk from syscalls.tbl: do not edit. */"
	if (out == "nr") {
		printf "#define SBX_NR_SYSCALLS %d\n", last + 1
		exit
	}
	for (i = 0; i <= last; i++)
		if (!(i in have)) {
			hot = hot sprintf("\t[%d] = sbx_sys_refused,\n", i)
			cold = cold sprintf("\t[%d] = { .class = SBX_SYSCALL_ABSENT, .err = ENOSYS },\n", i)
		}
	printf "%s\n%s\n", protos, check
	printf "long (*const sbx_handlers[])(struct sbx_task *, struct pt_regs *) = {\n%s};\n\n", hot
	printf "const struct sbx_row sbx_rows[] = {\n%s};\n", cold
}
