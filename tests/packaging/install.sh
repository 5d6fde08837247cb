#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: host timeout=1200
#
# make install, as a package would do it; then the machine runs what was installed.

cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

dir=$(mktemp -d)
trap 'rm -rf "$dir" "$tap_output"' EXIT
root=$dir/root
version=$(cat module/version)

files()
{
	(cd "$1" && find . -type f)
}

check 'make install' make install DESTDIR="$root" MODULE=dkms
for file in sbin/sbxctl sbin/sbxd lib/systemd/system/sbxd.service lib/modules-load.d/sbx.conf \
	share/man/man8/sbxctl.8 share/man/man8/sbxctl-run.8 share/man/man8/sbxd.8 \
	share/bash-completion/completions/sbxctl lib/libsbx.a include/linux/sbx.h \
	include/sbx/sbx.h lib/pkgconfig/sbx.pc; do
	check "there is $file" test -s "$root/usr/local/$file"
done
is 'all places are filled in' '' \
	"$(grep -rl '@[A-Z]*@' "$root" --include=*.service --include=*.pc --include=dkms.conf)"
check 'the unit starts what was installed' \
	grep -qx 'ExecStart=/usr/local/sbin/sbxd' "$root/usr/local/lib/systemd/system/sbxd.service"
if command -v systemd-analyze >/dev/null; then
	check 'systemd takes the unit' systemd-analyze verify --recursive-errors=no --man=no \
		--root="$root" sbxd.service
else
	skip 'systemd takes the unit' 'no systemd here'
fi

# --- the example of the documentation

sed -n '/^\.\. code-block:: c$/,/^::$/s/^    //p' Documentation/control-plane.rst >"$dir/watch.c"
build_example()
{
	local flags

	flags=$(PKG_CONFIG_PATH=$root/usr/local/lib/pkgconfig \
		pkg-config --define-variable=prefix="$root/usr/local" --cflags --libs sbx) || return
	# shellcheck disable=SC2086
	cc -Wall -Werror -o "$dir/watch" "$dir/watch.c" $flags
}
check 'the example builds against the installed library' build_example

# --- the module, by dkms, in a tree of its own

kdir=$(tests/vm/kernel-dir 6.12)
release=$(sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' "$kdir/include/generated/utsrelease.h")
dkms=$dir/dkms
mkdir "$dkms"
built=$dkms/sbx/$version/$release/x86_64/module/sbx.ko
run_dkms()
{
	dkms "$1" "sbx/$version" --dkmstree "$dkms" --sourcetree "$root/usr/src" "${@:2}"
}
check 'dkms add' run_dkms add
check 'dkms build' run_dkms build -k "$release" -a x86_64 --kernelsourcedir "$kdir"
check 'there is a module' test -s "$built"

# --- in the machine

mkdir "$dir/share"
cp -a "$root/usr/local" "$built" "$dir/watch" "$dir/share/"
check 'the machine runs what was installed' tests/vm/run --bare --share "$dir/share" -- \
	tests/packaging/installed

# --- and away with it

check 'make uninstall' make uninstall DESTDIR="$root"
is 'nothing is left' '' "$(find "$root" -type f)"
check 'make install PREFIX=/usr' make install DESTDIR="$dir/usr" PREFIX=/usr MODULE=none
is 'nothing but below it' '' "$(files "$dir/usr" | grep -v '^\./usr/[a-z]')"
check 'nothing of /usr/local' test ! -e "$dir/usr/usr/local"
check 'make uninstall PREFIX=/usr' make uninstall DESTDIR="$dir/usr" PREFIX=/usr
is 'nothing is left' '' "$(files "$dir/usr")"
refuses 'no headers: refused' make install-kbuild DESTDIR="$dir/x" KDIR="$dir/none"
matches 'no headers: what to do' 'linux-headers-.*MODULE=none' \
	"$(make install-kbuild DESTDIR="$dir/x" KDIR="$dir/none" 2>&1 | tr '\n' ' ')"

done_testing
