# SPDX-License-Identifier: GPL-2.0
# As: root
# Unlike: /var/cache/apt/*.bin /var/cache/debconf/* /var/cache/ldconfig/* /var/log/*
# Unlike: /var/lib/apt/extended_states
#
# Packages from a local repository: install, upgrade, remove, purge.

set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
[ "$1" = full ] && content=/usr/lib/python3/dist-packages || content=/usr/share/perl5/Debconf
version=1.0

# build NAME DEPENDS: a package with content, a configuration file and scripts
build()
{
	local dir=build/$1

	rm -rf "$dir"
	mkdir -p "$dir/DEBIAN" "$dir/etc" "$dir/usr/share/$1" "$dir/usr/bin"
	echo "setting = $version" >"$dir/etc/$1.conf"
	echo "/etc/$1.conf" >"$dir/DEBIAN/conffiles"
	printf '#!/bin/sh\necho %s %s\n' "$1" "$version" >"$dir/usr/bin/$1"
	chmod 755 "$dir/usr/bin/$1"
	cp -a "$content" "$dir/usr/share/$1/content"
	ln -s content "$dir/usr/share/$1/link"
	ln "$dir/usr/bin/$1" "$dir/usr/bin/$1-hardlink"
	install -d -m 2775 -g staff "$dir/usr/share/$1/shared"
	for script in preinst postinst prerm postrm; do
		printf '#!/bin/sh\nset -e\necho %s: %s "$@"\n' "$1" $script >"$dir/DEBIAN/$script"
		chmod 755 "$dir/DEBIAN/$script"
	done
	echo "ldconfig; touch /var/lib/$1-state" >>"$dir/DEBIAN/postinst"
	cat >"$dir/DEBIAN/control" <<-END
		Package: $1
		Version: $version
		Architecture: all
		Maintainer: A <a@example.org>
		Depends: $2
		Description: a package to try with
	END
	dpkg-deb -Znone -b "$dir" "repository/$1_${version}_all.deb" >/dev/null
}

index()
{
	(
		cd repository
		for package in *.deb; do
			dpkg-deb -f "$package"
			echo "Filename: ./$package"
			echo "Size: $(stat -c %s "$package")"
			echo "SHA256: $(sha256sum "$package" | cut -d' ' -f1)"
			echo
		done >Packages
	)
}

installed()
{
	dpkg-query -W -f '${Package} ${Version} ${db:Status-Abbrev}\n' 'sample*' 2>&1
}

export SOURCE_DATE_EPOCH=1700000000
mkdir repository
build sample-base base-files
build sample 'sample-base (>= 1.0)'
index
echo "deb [trusted=yes] file:$PWD/repository ./" >/etc/apt/sources.list
rm -f /etc/apt/sources.list.d/*
apt-get update -q 2>&1 | grep -v Fetched
apt-get install -qq -y sample 2>&1
installed
sample
dpkg --verify sample sample-base
dpkg -L sample | wc -l
echo '# changed' >>/etc/sample.conf

version=2.0
build sample-base base-files
build sample 'sample-base (>= 2.0)'
index
apt-get update -q 2>&1 | grep -v Fetched
apt-get upgrade -s | grep ^Inst
apt-get install -qq -y -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold sample 2>&1
installed
sample
cat /etc/sample.conf
dpkg -S /usr/bin/sample-hardlink
apt-get remove -qq -y sample 2>&1
installed
apt-get purge -qq -y sample 2>&1
apt-get autoremove -qq -y 2>&1
installed
dpkg --audit
apt-get check
if [ "$1" = full ]; then
	# One that Debian made, again and away.
	apt-cache policy sample sample-base | sed "s,$PWD,,"
	dpkg --purge --force-depends ripgrep 2>&1
	dpkg --configure -a
	dpkg --verify 2>&1 | sort
fi
rm -r build
