#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 6.1+ debug timeout=120
#
# A crash in a domain makes no core dump on the host, by file or by pipe, whatever
# the limit; and the guest sees the limit that it was given.

. "$(dirname "$0")/lib.sh"

helper=$programs/core-helper
ran=/run/core-helper-ran
cat >$helper <<END
#!/bin/sh
echo ran >>$ran
cat >/dev/null
END
chmod +x $helper
work=/var/tmp/core-work
mkdir -p $work
pattern=$(cat /proc/sys/kernel/core_pattern)

helper_ran()
{
	[ -e "$ran" ]
}

core_pattern()
{
	echo "$1" >/proc/sys/kernel/core_pattern
	rm -rf "$ran" "${work:?}"/*
}

domain()
{
	sbxctl run --bind $work:$work --cwd $work -- "$@"
}

# --- a pipe

core_pattern "|$helper %p"
for limit in 0 1 12345 unlimited; do
	rm -f $ran
	(ulimit -c "$limit"; domain $programs/dump core)
	is "ulimit -c $limit: the program died of its signal" 139 $?
	sleep 1
	refuses "ulimit -c $limit: no helper ran" helper_ran
done
for limits in "0 0" "-1 -1"; do
	# shellcheck disable=SC2086
	is "the guest sets ulimit -c to $limits" "$limits" \
		"$(ulimit -c unlimited; domain $programs/dump set $limits)"
	(ulimit -c unlimited; domain /bin/sh -c "ulimit -c ${limits#* }; exec $programs/dump core" 2>/dev/null)
	refuses "and crashes: no helper ran" helper_ran
done
(ulimit -c unlimited; cd $work && $programs/dump core) 2>/dev/null
check "outside of a domain the helper runs" within $moment helper_ran

# --- a file

core_pattern core
(ulimit -c unlimited; domain $programs/dump core)
is "core file wanted: the program died of its signal" 139 $?
is "and there is no core file" "" "$(ls $work)"
(ulimit -c unlimited; cd $work && $programs/dump core) 2>/dev/null
is "outside of a domain there is one" core "$(cd $work && echo core* | sed 's/\.[0-9]*$//')"

# --- what the guest sees

core_pattern core
for limit in 0 1 12345 unlimited; do
	is "ulimit -c $limit is seen inside" "$(ulimit -c $limit; $programs/dump limit)" \
		"$(ulimit -c "$limit"; domain $programs/dump limit)"
done
is "a child inherits what its parent set" "512 1024" "$(ulimit -c unlimited
	domain /bin/sh -c "ulimit -Sc 1; ulimit -Hc 2; $programs/dump limit; :")"
is "it can be lowered" "10 20" "$(ulimit -c unlimited; domain $programs/dump set 10 20)"
is "soft above hard is refused" EINVAL "$(ulimit -c unlimited; domain $programs/dump set 20 10)"
is "it cannot be raised beyond" EPERM "$(ulimit -c 4; domain $programs/dump set 4096 8192)"
is "nor natively without the capability" EPERM \
	"$(ulimit -c 4; setpriv --bounding-set=-all --inh-caps=-all $programs/dump set 4096 8192)"

echo "$pattern" >/proc/sys/kernel/core_pattern
rm -rf $work $ran
check "nothing is left" within $moment no_domains
done_testing
