# SPDX-License-Identifier: GPL-2.0
# As: root
#
# rsync -a: two trees become alike, and stay so.

set -eu
[ "$1" = full ] && source=/usr/share || source=/usr/share/perl5

cp -a "$source" from
mkdir from/extra
cd from/extra
mkfifo fifo
ln -s nowhere dangling
echo content >file
ln file hardlink
truncate -s 1M sparse
printf x | dd of=sparse bs=1 seek=524288 conv=notrunc status=none
mkdir -m 1777 sticky
setfattr -n user.note -v value file
setfacl -m u:1000:rw file
touch -h -d '2001-02-03 04:05:06.789' -- * .
cd ../..

rsync -aHAXS --numeric-ids from/ to/
rsync -aHAXS --numeric-ids --itemize-changes from/ to/
echo more >>from/extra/file
touch -d '2002-03-04 05:06:07' from/extra/file
rm -r from/extra/sticky
rsync -aHAX --delete --itemize-changes from/ to/
rsync -a --checksum --dry-run --itemize-changes "$source/" to/
find to/extra -mindepth 1 -printf '%P %y %m %U:%G %s %n %l %T@\n' | LC_ALL=C sort
getfattr -d -m - to/extra/file to/extra/hardlink
getfacl -n to/extra/file
diff -r --no-dereference -x fifo from to && echo 'the same'
rm -r from
