# SPDX-License-Identifier: GPL-2.0
# As: root
#
# All of /usr: listed, read, searched.

set -eu
[ "$1" = full ] && where=/usr || where=/usr/lib/python3
find "$where" -printf '%p %y %m %u:%g %l %T@' | LC_ALL=C sort | sha256sum
find "$where" | wc -l
find "$where" -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum }'
find "$where" -name '*.py' -newer /etc/hostname -print -quit
find "$where" -type f -size -100k -exec cat {} + | sha256sum
find "$where" -type f -print0 | xargs -0 -n 200 -P 2 stat -c '%n %s' | wc -l
grep -rc import "$where" 2>&1 | LC_ALL=C sort | sha256sum
grep -rl --include='*.py' 'import socket' "$where" | LC_ALL=C sort
rg --sort path -c import "$where" | sha256sum
rg --no-ignore --hidden -l 'def ' "$where" | wc -l
du -s --apparent-size "$where"
stat -f -c %T "$where"
