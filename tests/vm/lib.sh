# SPDX-License-Identifier: GPL-2.0
# Shell functions that the scripts of the test machine share.
#
# Whatever takes long to make lives in the cache as NAME-HASH, where HASH covers
# everything it is made from. An entry is built in a temporary directory and
# renamed when complete, under a lock, so what exists under its name is whole.

set -euo pipefail
shopt -s inherit_errexit

vm_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/sbx

die()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

progress()
{
	printf 'vm: %s\n' "$*" >&2
}

# hash WORD...: a short hash over the words, and over standard input
hash_inputs()
{
	{ printf '%s\0' "$@"; cat; } | sha256sum | cut -c1-12
}

# quietly COMMAND...: show what the command prints only if it fails
quietly()
{
	local log status=0

	log=$(mktemp)
	"$@" >"$log" 2>&1 </dev/null || status=$?
	[ "$status" = 0 ] || tail -n 40 "$log" >&2
	rm -f "$log"
	return "$status"
}

# cached NAME HASH BUILD [ARG...]: print the path of the cache entry, calling
# "BUILD ARG..." with a new directory as current directory if it is missing
cached()
{
	local name=$1 entry=$cache/$1-$2 work
	shift 2

	if [ ! -d "$entry" ]; then
		mkdir -p "$cache"
		exec 9>"$cache/$name.lock"
		flock -n 9 || {
			progress "waiting for another run that makes $name"
			flock 9
		}
		if [ ! -d "$entry" ]; then
			# Leftovers of a killed run: nobody else builds under the lock.
			rm -rf "$cache/$name".tmp.*
			prune "$name"
			work=$(mktemp -d "$cache/$name.tmp.XXXXXX")
			# Not in a condition: that would switch off -e inside.
			(
				trap '[ $? = 0 ] || rm -rf "$work"' EXIT
				cd "$work"
				"$@" >&2 9>&-
			)
			chmod 755 "$work"
			mv "$work" "$entry"
		fi
		exec 9>&-
	fi
	touch "$entry"
	printf '%s\n' "$entry"
}

# prune NAME: forget the entries of that name which nobody used for two weeks
prune()
{
	find "$cache" -maxdepth 1 -name "$1-*" -mtime +14 -exec rm -rf {} +
}
