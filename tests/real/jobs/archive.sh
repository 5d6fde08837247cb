# SPDX-License-Identifier: GPL-2.0
# As: root
#
# tar and cp -a: all that a file has arrives.

set -eu
[ "$1" = full ] && source=/usr/share || source=/usr/share/perl5
[ -d "$source" ] || source=/usr/lib/python3/dist-packages

cp -a "$source" copy
mkdir extra
cd extra
mkfifo fifo
ln -s nowhere dangling
echo content >file
ln file hardlink
truncate -s 1M sparse
printf x | dd of=sparse bs=1 seek=524288 conv=notrunc status=none
chmod 4711 file
mkdir -m 1777 sticky
mkdir -m 2755 setgid
chown 1000:1000 sticky
setfattr -n user.note -v value file
setfacl -m u:1000:rw file
setfacl -d -m g:1000:rx setgid
cp /bin/true capable
setcap cap_net_bind_service=ep capable 2>/dev/null ||
	python3 -c "import os; os.setxattr('capable', 'security.capability',
		bytes.fromhex('0100000200040000000000000000000000000000'))"
touch -h -d '2001-02-03 04:05:06.789' -- *
cd ..

# show DIR: all that there is to know of what is in it
show()
{
	find "$1" -mindepth 1 -printf '%P %y %m %U:%G %s %n %l %T@\n' | LC_ALL=C sort
	find "$1" -mindepth 1 ! -type l -print0 | LC_ALL=C sort -z |
		xargs -0 getfattr -h -d -m - --
	find "$1" -mindepth 1 ! -type l -print0 | LC_ALL=C sort -z | xargs -0 getfacl -n --
}

all=(--xattrs '--xattrs-include=*' --acls --numeric-owner --sort=name --format=posix)
tar "${all[@]}" --sparse -cf all.tar --pax-option='delete=atime,delete=ctime' copy extra
mkdir out
tar "${all[@]}" -xpf all.tar -C out
tar -df all.tar -C out && echo 'as in the archive'
show out/extra
tar -C "$source" --sort=name --mtime=@0 -cf - . | sha256sum
tar -C "$source" -czf - . | tar -tzf - | LC_ALL=C sort | sha256sum
cp -a --reflink=auto out again
show again/extra
diff -r copy again/copy && echo 'the same'
rm -r copy again all.tar
