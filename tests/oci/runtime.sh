#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 timeout=600
#
# sbx-runtime with bundles as crun and runc write them, on top of either. A suite that
# sources this file names the runtime in "low", and in "parts" what to test.

# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

moment=10
[ "${SBX_KERNEL-}" = debug ] && moment=40
work=$(mktemp -d)
log=$work/log
conf=$work/runtime.json
root=$work/root
mkdir -p "$work/rootfs"/{bin,proc,dev,sys,etc,tmp}
cp /bin/busybox "$work/rootfs/bin/"
for name in sh cat echo sleep id ls mount touch head true wc test; do
	ln -s busybox "$work/rootfs/bin/$name"
done

# rt ARGUMENT...: the runtime under test
rt()
{
	sbx-runtime --config "$conf" --root "$root" --log "$log" --log-format json "$@"
}

# bundle DIR [FILTER]: a bundle as the low-level runtime writes one, changed by a jq program
bundle()
{
	mkdir -p "$1"
	rm -f "$1/config.json"
	(cd "$1" && "$low" spec)
	jq '.process.terminal = false | .root = {path: "'"$work/rootfs"'", readonly: true} |
	    '"${2-.}" "$1/config.json" >"$1/config.new"
	mv "$1/config.new" "$1/config.json"
}

# program WORD...: a jq program that makes them the bundle's
program()
{
	printf '.process.args = '
	jq -nc '$ARGS.positional' --args -- "$@"
}

# create ARGUMENT...: the container has its own output in $work/out
create()
{
	rt create "$@" >"$work/out" 2>&1 </dev/null
}

# detach ARGUMENT...: likewise
detach()
{
	rt run --detach "$@" >"$work/out" 2>&1 </dev/null
}

# logged: the last error that a manager finds in the log
logged()
{
	jq -rs 'map(select(.level == "error")) | last.msg // ""' "$log"
}

# refuses_bundle NAME PATTERN FILTER: the bundle is refused in one sentence
refuses_bundle()
{
	local name=$1 pattern=$2 status=0

	bundle "$work/b" "$3"
	: >"$log"
	rt create --bundle "$work/b" refused >/dev/null 2>&1 || status=$?
	is "$name: refused" 1 "$status"
	matches "$name: says why" "$pattern" "$(logged)"
	rt delete --force refused
}

nothing_left()
{
	[ "$(sbxctl list --json | jq length)" = 0 ] &&
		[ -z "$(ls "$root" 2>/dev/null)" ] &&
		! grep -rqs --include=record.json "\"root\": \"$root\"" /run/sbx-runtime
}

# stopped ID
stopped()
{
	[ "$(rt state "$1" | jq -r .status)" = stopped ]
}

test_run()
{
	local status=0 said

	bundle "$work/b" "$(program sh -c 'echo hello; cat; exit 3')"
	said=$(echo input | rt run --bundle "$work/b" run) || status=$?
	is "$low: run: output and input" $'hello\ninput' "$said"
	is "$low: run: exit status" 3 "$status"
	check "$low: run: nothing is left" nothing_left

	bundle "$work/b" "$(program sh -c 'kill -9 $$')"
	status=0
	rt run -b "$work/b" run || status=$?
	is "$low: run: as pid 1 its own signals do not kill it" 0 "$status"

	bundle "$work/b" "$(program sleep 10000)"
	check "$low: run --detach" detach --bundle="$work/b" --pid-file "$work/pid" run
	is "$low: run --detach: it runs" running "$(rt state run | jq -r .status)"
	is "$low: the pid file has the init" sleep "$(cat "/proc/$(cat "$work/pid")/comm")"
	is "$low: it is in a domain of its name" run "$(sbxctl list --json | jq -r '.[].name')"
	refuses "$low: the same ID once more" detach --bundle="$work/b" run
	matches "$low: what managers look for" "already exists" "$(logged)"
	check "$low: delete --force" rt delete --force run
	check "$low: run --detach: nothing is left" within "$moment" nothing_left

	bundle "$work/b" "$(program no-such-program)"
	refuses "$low: run: no such program" rt run --bundle "$work/b" run
	check "$low: run: no such program: nothing is left" within "$moment" nothing_left
}

test_life()
{
	bundle "$work/b" "$(program sh -c 'echo up; sleep 10000')"
	check "$low: create" create --bundle "$work/b" --pid-file "$work/pid" life
	is "$low: created" created "$(rt state life | jq -r .status)"
	is "$low: the program does not run yet" "" "$(cat "$work/out")"
	is "$low: the state has the pid" "$(cat "$work/pid")" "$(rt state life | jq .pid)"
	check "$low: start" rt start life
	check "$low: the program runs" within "$moment" grep -q up "$work/out"
	is "$low: running" running "$(rt state life | jq -r .status)"
	refuses "$low: start again" rt start life
	matches "$low: list" '^life +' "$(rt list)"
	is "$low: ps" "[$(cat "$work/pid")]" "$(rt ps --format json life | jq -c .)"

	is "$low: exec" inside "$(rt exec life echo inside)"
	is "$low: exec --cwd, --env, --user" "/tmp yes 5" \
		"$(rt exec --cwd /tmp --env=A=yes -u 5 life /bin/sh -c 'echo $PWD $A $(/bin/id -u)')"
	rt exec life sh -c 'exit 7'
	is "$low: exec: exit status" 7 "$?"
	jq -n '{args: ["sh", "-c", "echo $A; id -u; kill -TERM $$"], cwd: "/", user: {uid: 5, gid: 6},
		env: ["A=process", "PATH=/bin"], apparmorProfile: "docker-default",
		selinuxLabel: "system_u:system_r:container_t:s0"}' >"$work/process.json"
	cp "$work/process.json" "$work/process.kept"
	is "$low: exec --process" $'process\n5' "$(rt exec --process "$work/process.json" life)"
	rt exec --process="$work/process.json" life >/dev/null
	is "$low: exec --process: a signal's status" 143 "$?"
	check "$low: exec --process leaves the file alone" \
		cmp "$work/process.json" "$work/process.kept"
	check "$low: exec --detach" \
		rt exec -d --pid-file "$work/exec.pid" life sleep 100
	is "$low: exec --detach: the pid file" sleep "$(cat "/proc/$(cat "$work/exec.pid")/comm")"
	is "$low: what is executed is a member, too" 2 "$(sbxctl list --json | jq '.[].tasks')"
	matches "$low: labels are reported" "process.apparmorProfile .*docker-default" \
		"$(jq -rs 'map(select(.level == "info") | .msg) | join("\n")' "$log")"

	check "$low: pause" rt pause life
	is "$low: paused" paused "$(rt state life | jq -r .status)"
	check "$low: resume" rt resume life
	check "$low: update" rt update --pids-limit 77 life
	check "$low: update --resources -" rt update --resources - life <<<'{"pids": {"limit": 66}}'
	is "$low: updated" 66 "$(cat "/sys/fs/cgroup$(sed 's/^0:://' \
		"/proc/$(cat "$work/pid")/cgroup")/pids.max")"

	refuses "$low: delete while it runs" rt delete life
	check "$low: kill" rt kill life KILL
	check "$low: stopped" within "$moment" stopped life
	refuses "$low: kill what has stopped" rt kill life KILL
	matches "$low: kill: what managers look for" "container not running" "$(logged)"
	rt exec life true >/dev/null 2>&1
	check "$low: exec in what has stopped fails" test "$?" != 0
	check "$low: delete" rt delete life
	local what
	for what in state start kill delete exec pause; do
		refuses "$low: $what: of nothing" rt "$what" life x
		matches "$low: $what: what managers look for" "does not exist" "$(logged)"
	done
	check "$low: delete --force of nothing" rt delete --force life
	check "$low: nothing is left" within "$moment" nothing_left
}

test_refusals()
{
	local all

	refuses_bundle "$low: host pid namespace" "PID namespace" \
		'del(.linux.namespaces[] | select(.type == "pid"))'
	refuses_bundle "$low: shared pid namespace" "PID namespace" \
		'(.linux.namespaces[] | select(.type == "pid")).path = "/proc/1/ns/pid"'
	refuses_bundle "$low: host network" "host-network" \
		'del(.linux.namespaces[] | select(.type == "network"))'
	refuses_bundle "$low: host network by path" "host-network" \
		'(.linux.namespaces[] | select(.type == "network")).path = "/proc/1/ns/net"'
	refuses_bundle "$low: host user namespace" "user namespace" \
		'.linux.namespaces += [{type: "user", path: "/proc/1/ns/user"}]'
	refuses_bundle "$low: a device" "/dev/mem" \
		'.linux.devices = [{path: "/dev/mem", type: "c", major: 1, minor: 1}]'
	all='["CAP_SYS_ADMIN", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_BOOT", "CAP_SYSLOG",
	      "CAP_MAC_ADMIN"]'
	refuses_bundle "$low: privileged" "privileged" \
		"del(.linux.maskedPaths) | .process.capabilities.bounding = $all"
	python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' \
		"$work/docker.sock"
	refuses_bundle "$low: a socket" "docker.sock is a socket" \
		".mounts += [{destination: \"/tmp/docker.sock\", source: \"$work/docker.sock\",
			      type: \"bind\", options: [\"rbind\"]}]"
	rm "$work/docker.sock"
	refuses_bundle "$low: policy" "not supported yet" '.annotations["dev.sbx.policy"] = "x"'
	refuses_bundle "$low: unknown annotation of ours" "dev.sbx.frob" \
		'.annotations["dev.sbx.frob"] = "x"'
	refuses_bundle "$low: createContainer hooks" "createContainer" \
		'.hooks.createContainer = [{path: "/bin/true"}]'
}

# What is taken out of a bundle does nothing, and is reported.
test_taken_out()
{
	local said

	bundle "$work/b" "$(program sh -c 'echo program')"' |
		.annotations["run.oci.hooks.stdout"] = "'"$work/hook"'" |
		.annotations["dev.sbx.domain"] = "by-annotation" |
		.annotations["org.example"] = "kept" |
		.linux.mountLabel = "x" | .process.selinuxLabel = "y" |
		.linux.seccomp = {defaultAction: "SCMP_ACT_ERRNO", syscalls: []} |
		.hooks.startContainer = [{path: "/bin/sh", args: ["sh", "-c", "echo hook"]}]'
	cp "$work/b/config.json" "$work/config.kept"
	check "$low: create with all that is taken out" create --bundle "$work/b" out
	check "$low: the bundle's config.json stays as it is" \
		cmp "$work/b/config.json" "$work/config.kept"
	local record
	record=$(dirname "$(find /run/sbx-runtime -path '*/out/record.json')")
	is "$low: the filter is kept" SCMP_ACT_ERRNO "$(jq -r .defaultAction "$record/seccomp.json")"
	said='["annotations.run.oci.hooks.stdout","hooks.startContainer","linux.mountLabel","linux.seccomp","process.selinuxLabel"]'
	is "$low: the record has what was changed" "$said" \
		"$(jq -c '[.notes[].what] | sort' "$record/record.json")"
	is "$low: sbxctl show tells of it" "[\"out\",\"$record\",true,$said]" \
		"$(sbxctl show --json by-annotation | jq -c '.containers[0].oci |
			[.id, .record, .seccomp, ([.notes[].what] | sort)]')"
	matches "$low: and that the filter is not in force" \
		"^seccomp +not in force, kept in $record/seccomp.json$" "$(sbxctl show by-annotation)"
	is "$low: the rest is kept" kept "$(jq -r '.annotations["org.example"]' "$record/config.json")"
	is "$low: dev.sbx.domain" by-annotation "$(sbxctl list --json | jq -r '.[].name')"
	check "$low: start" rt start out
	check "$low: the program ran, no hook" within "$moment" grep -qx program "$work/out"
	check "$low: stopped" within "$moment" stopped out
	check "$low: delete" rt delete out

	# Without a domain the filter kills, whatever the number of the call.
	bundle "$work/b" "$(program echo alive)"
	create --bundle "$work/b" closed
	record=$(dirname "$(find /run/sbx-runtime -path '*/closed/record.json')")
	mkdir -p "$work/closed"
	cp "$record/config.json" "$work/closed"
	rt delete --force closed
	is "$low: without the module the program does not run" "" \
		"$("$low" --root "$work/plain" run --bundle "$work/closed" closed 2>/dev/null)"
	"$low" --root "$work/plain" delete --force closed 2>/dev/null
	check "$low: nothing is left" within "$moment" nothing_left
}

test_limits()
{
	local said

	bundle "$work/b" "$(program sh -c 'ulimit -Hn; ulimit -Sn; ulimit -Hc')"' | .process.rlimits = [
		{type: "RLIMIT_NOFILE", hard: 123456, soft: 1000}]'
	# Written by hand: jq rounds it.
	sed -i 's/"rlimits": \[/&{"type":"RLIMIT_CORE","hard":18446744073709551615,"soft":18446744073709551615},/' \
		"$work/b/config.json"
	said=$( (ulimit -Hn 4096; ulimit -Hc 0; rt run --bundle "$work/b" limits) )
	is "$low: limits above ours" $'123456\n1000\nunlimited' "$said"
}

# Pods as containerd and CRI-O write them.
test_pod()
{
	local pid

	bundle "$work/b" "$(program sleep 10000)"' | .annotations = {
		"io.kubernetes.cri.container-type": "sandbox",
		"io.kubernetes.cri.sandbox-id": "pod"}'
	check "$low: pod: sandbox" detach --bundle "$work/b" --pid-file "$work/pid" pod
	pid=$(cat "$work/pid")
	bundle "$work/c" "$(program sh -c 'sleep 10000')"' | .annotations = {
		"io.kubernetes.cri.container-type": "container",
		"io.kubernetes.cri.sandbox-id": "pod"} |
		.linux.namespaces |= map(if .type == "network" or .type == "ipc" or .type == "uts"
			then .path = "/proc/'"$pid"'/ns/" + {network: "net", ipc: "ipc", uts: "uts"}[.type]
			else . end)'
	check "$low: pod: container" detach --bundle "$work/c" --pid-file "$work/pid2" member
	is "$low: pod: one domain with two containers" "pod 2" \
		"$(sbxctl list --json | jq -r '.[] | "\(.name) \(.containers)"')"
	local kind
	for kind in net ipc uts user; do
		is "$low: pod: one $kind namespace" "$(readlink "/proc/$pid/ns/$kind")" \
			"$(readlink "/proc/$(cat "$work/pid2")/ns/$kind")"
	done
	for kind in pid mnt cgroup; do
		refuses "$low: pod: a $kind namespace each" test \
			"$(readlink "/proc/$pid/ns/$kind")" = \
			"$(readlink "/proc/$(cat "$work/pid2")/ns/$kind")"
	done
	is "$low: pod: exec" inside "$(rt exec member echo inside)"
	rt delete --force member
	is "$low: pod: the sandbox stays" "pod 1" \
		"$(sbxctl list --json | jq -r '.[] | "\(.name) \(.containers)"')"
	rt delete --force pod
	refuses "$low: pod: no container without its sandbox" detach --bundle "$work/c" member
	matches "$low: pod: says so" 'pod sandbox "pod" does not exist' "$(logged)"
	check "$low: pod: nothing is left" within "$moment" nothing_left

	# CRI-O and Podman give the pod another ID than its sandbox's container.
	bundle "$work/b" "$(program sleep 10000)"' | .annotations = {
		"io.kubernetes.cri-o.ContainerType": "sandbox",
		"io.kubernetes.cri-o.SandboxID": "the-pod"}'
	detach --bundle "$work/b" infra
	bundle "$work/c" "$(program sleep 10000)"' | .annotations = {
		"io.kubernetes.cri-o.ContainerType": "container",
		"io.kubernetes.cri-o.SandboxID": "the-pod"} |
		.linux.namespaces |= map(select(.type == "pid" or .type == "mount"))'
	check "$low: pod of another name" detach --bundle "$work/c" member
	is "$low: one domain, too" "infra 2" \
		"$(sbxctl list --json | jq -r '.[] | "\(.name) \(.containers)"')"
	rt delete --force member
	rt delete --force infra
}

# What runtimes promise about /proc is kept when the module's takes its place.
test_masks()
{
	local said

	bundle "$work/b" "$(program sh -c 'cat /proc/meminfo | wc -c; ls /proc/tty | wc -l
		echo 1 >/proc/sys/kernel/domainname; cat /proc/uptime; mount
		ls -d /proc/kallsyms')"' |
		.linux.maskedPaths = ["/proc/meminfo", "/proc/none", "/proc/sys/kernel"] |
		.linux.readonlyPaths = ["/proc/sys", "/proc/none"] |
		.mounts += [{destination: "/proc/uptime", source: "/etc/hostname", type: "bind",
			options: ["bind", "ro"]}]'
	said=$(rt run --bundle "$work/b" masks 2>&1)
	is "$low: a masked file is empty" 0 "$(head -n 1 <<<"$said")"
	matches "$low: what is mounted on a file of /proc is there" "^$(cat /etc/hostname)$" "$said"
	matches "$low: /proc is the module's" "/proc/kallsyms: No such file" "$said"
}

test_terminal()
{
	local said

	bundle "$work/b" "$(program sh -c 'test -t 0 && test -t 1 && echo a terminal; exit 4')"' |
		.process.terminal = true'
	said=$(script -qec "sbx-runtime --config '$conf' --root '$root' run --bundle '$work/b' tty" \
		/dev/null </dev/null)
	is "$low: terminal: status" 4 "$?"
	matches "$low: terminal: a terminal" "a terminal" "$said"
	refuses "$low: terminal: detached without a socket" detach --bundle "$work/b" tty
	matches "$low: terminal: says so" "console socket" "$(logged)"
	check "$low: terminal: nothing is left" within "$moment" nothing_left
}

test_events()
{
	bundle "$work/b" "$(program sleep 10000)"
	detach --bundle "$work/b" events
	is "$low: events --stats" "stats events true" "$(rt events --stats events |
		jq -r '"\(.type) \(.id) \(.data.memory.usage.usage > 0 and .data.pids.current == 1)"')"
	(sleep 3; rt kill events KILL) &
	is "$low: events end with the container" 0 "$(rt events --interval 500ms events >"$work/out"
		echo $?)"
	check "$low: events: more than one" test "$(wc -l <"$work/out")" -ge 2
	wait
	rt delete events
	is "features: no hook that is refused" false \
		"$(rt features | jq '.hooks | any(. == "startContainer" or . == "createContainer")')"
}

test_flags()
{
	local said

	bundle "$work/b" "$(program echo yes)"
	said=$(cd "$work/b" && sbx-runtime --config="$conf" --root="$root" --log="$log" \
		--log-format=text --systemd-cgroup=false run --no-pivot --no-new-keyring \
		--preserve-fds=0 flags)
	is "$low: flags with and without =" yes "$said"
	bundle "$work/b" "$(program sh -c 'echo passed >&3; echo 2>/dev/null leaked >&4')"
	said=$(rt run --preserve-fds 1 --bundle "$work/b" flags 3>&1 4>&1 1>/dev/null 2>/dev/null)
	is "$low: --preserve-fds" passed "$said"
	bundle "$work/b" "$(program sleep 1000)"
	detach --bundle "$work/b" flags
	said=$(rt exec --preserve-fds 2 flags sh -c 'for i in 3 4 5; do echo $i 2>/dev/null >&$i; done' \
		3>&1 4>&1 5>&1 1>/dev/null 2>/dev/null)
	is "$low: exec --preserve-fds" $'3\n4' "$said"
	said=$(rt exec flags sh -c 'echo leaked 2>/dev/null >&3' 3>&1 1>/dev/null 2>/dev/null)
	is "$low: exec without" "" "$said"
	rt delete --force flags
	refuses "unknown option" rt create --frob --bundle "$work/b" flags
	refuses "unknown command" rt frob
	refuses "checkpoint" rt checkpoint flags
	matches "checkpoint: not supported yet" "checkpoint is not supported yet" "$(logged)"
	refuses "restore" rt restore flags
	refuses "an ID that is a path" rt state ../../etc
	refuses "no ID" rt state
	matches "version" "sbx-runtime version" "$(sbx-runtime --version)"
	: >"$log"
	sbx-runtime --log "$log" --log-format text state none 2>/dev/null
	matches "the text format of the log" \
		'^time="[^"]+" level=error msg="container \\"none\\" does not exist"$' "$(cat "$log")"
}

test_settings()
{
	local said

	printf '{\n  "runtime": "crun",\n  "frob": 1\n}\n' >"$work/bad.json"
	said=$(sbx-runtime --config "$work/bad.json" list 2>&1)
	matches "settings: unknown key: file, line, key" 'bad.json, line 3: .*"frob"' "$said"
	printf '{\n\n  "host-network": "yes"\n}\n' >"$work/bad.json"
	said=$(sbx-runtime --config "$work/bad.json" list 2>&1)
	matches "settings: wrong type: file, line, key" 'bad.json, line 3: "host-network" is to be' "$said"
	printf '{\n  "runtime": "crun",,\n}\n' >"$work/bad.json"
	said=$(sbx-runtime --config "$work/bad.json" list 2>&1)
	matches "settings: no JSON: file and line" 'bad.json, line 2: ' "$said"
	said=$(sbx-runtime --config "$work/none.json" list 2>&1)
	matches "settings: no file" 'none.json: No such file' "$said"
	echo '{"runtime": "/no/such/runtime"}' >"$work/bad.json"
	said=$(sbx-runtime --config "$work/bad.json" list 2>&1)
	matches "settings: no such runtime" 'not installed' "$said"

	bundle "$work/b" "$(program sleep 1000)"
	detach --bundle "$work/b" settings
	is "settings: what lives is not touched by them" running \
		"$(sbx-runtime --config "$work/bad.json" --root "$root" state settings | jq -r .status)"
	check "settings: and can be removed" \
		sbx-runtime --config "$work/bad.json" --root "$root" delete --force settings

	jq '."host-network" = true' "$conf" >"$work/host.json"
	bundle "$work/b" "$(program true)"' |
		del(.linux.namespaces[] | select(.type == "network"))'
	check "settings: host network where it is allowed" \
		sbx-runtime --config "$work/host.json" --root "$root" run --bundle "$work/b" hostnet
}

low=${low-crun}

mounts_before=$(cut -d' ' -f5- /proc/self/mountinfo)
jq -n --arg runtime "$low" '{runtime: $runtime}' >"$conf"
parts=${parts-run life taken_out limits masks pod terminal events refusals flags settings}
for part in $parts; do
	"test_$part"
done
[ -n "$parts" ] || return 0
is "the mounts of the machine are as before" "$mounts_before" \
	"$(cut -d' ' -f5- /proc/self/mountinfo)"
rm -r "$work"
done_testing
