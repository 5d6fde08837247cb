#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 6.1+ debug+ timeout=120
#
# What a domain leaves on a volume that the host shares: no set-id bits, no file
# capabilities, no privileged attributes, wherever its root is at the time.

. "$(dirname "$0")/../core/lib.sh"

volume=/var/tmp/sbx-volume
rm -rf $volume
mkdir -p $volume/bin

# inside CODE: Python in a domain with the volume, as root; prints what CODE prints
inside()
{
	sbxctl run --bind $volume:$volume --cwd $volume -- /usr/bin/python3 -c "
import os, struct
CAPS = struct.pack('<5I', 0x02000001, 1 << 13, 0, 0, 0)
def err(call, *args, **named):
    try:
        call(*args, **named)
        return 'ok'
    except OSError as e:
        return os.strerror(e.errno)
def make(name):
    open(name, 'w').close()
    return name
$1" 2>&1
}

mode()
{
	stat -c %a "$volume/$1"
}

denied='Operation not permitted'
inside "os.chmod(make('chmod'), 0o6755)"
is "chmod: no set-id bits" 755 "$(mode chmod)"
inside "os.close(os.open('create', os.O_CREAT | os.O_WRONLY, 0o6755))"
is "open: no set-id bits" 755 "$(mode create)"
inside "os.mknod('mknod', 0o106755)"
is "mknod: no set-id bits" 755 "$(mode mknod)"
inside "os.chroot('.'); os.chdir('/'); os.chmod(make('chroot'), 0o6755)"
is "nor from a root that is on the volume" 755 "$(mode chroot)"
is "on the tmpfs they stay" 106755 "$(inside "
os.chmod(make('/tmp/file'), 0o6755)
print('%o' % os.stat('/tmp/file').st_mode)")"

is "no file capabilities" "$denied" \
	"$(inside "print(err(os.setxattr, make('caps'), 'security.capability', CAPS))")"
is "nor from a root that is on the volume" "$denied" \
	"$(inside "os.chroot('.'); os.chdir('/')
print(err(os.setxattr, make('caps2'), 'security.capability', CAPS))")"
is "on the tmpfs there are" ok \
	"$(inside "print(err(os.setxattr, make('/tmp/f'), 'security.capability', CAPS))")"
for name in security.selinux security.ima trusted.overlay.opaque; do
	is "no $name" "$denied" "$(inside "print(err(os.setxattr, make('x'), '$name', b'y'))")"
	is "none on the tmpfs" "$denied" \
		"$(inside "print(err(os.setxattr, make('/tmp/x'), '$name', b'y'))")"
done
is "user attributes are no privilege" ok "$(inside "print(err(os.setxattr, make('u'), 'user.a', b'y'))")"
is "and are seen by the host" y "$(python3 -c "import os; print(os.getxattr('$volume/u', 'user.a').decode())")"

rm -rf $volume
check "nothing is left" within $moment no_domains
done_testing
