# SPDX-License-Identifier: GPL-2.0
"""Images for container managers, made in the test machine: it reaches no registry.

An image is one file in the format of "docker save", which docker load, podman load
and ctr images import all take.
"""

import hashlib
import io
import json
import os
import subprocess
import tarfile

BUILT = os.path.join(os.environ.get('SBX_BUILD', os.path.join(os.path.dirname(__file__), '../../build')),
                     'tests/oci')
DEBIAN = '/usr/local/share/sbx/debian.tar'      # by tests/vm/image
ARCHIVES = '/var/tmp/sbx-images'
PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

PASSWD = '''root:x:0:0:root:/root:/bin/sh
user:x:1000:1000:user:/tmp:/bin/sh
'''
GROUP = '''root:x:0:
user:x:1000:
extra:x:2000:
'''


class Layer:
    """A tar archive of a root directory, in memory."""

    def __init__(self):
        self.bytes = io.BytesIO()
        self.tar = tarfile.open(fileobj=self.bytes, mode='w')

    def add(self, name, kind, mode, data=b'', link=''):
        info = tarfile.TarInfo(name)
        info.type, info.mode, info.size, info.linkname = kind, mode, len(data), link
        self.tar.addfile(info, io.BytesIO(data))

    def folder(self, name, mode=0o755):
        self.add(name, tarfile.DIRTYPE, mode)

    def text(self, name, text):
        self.add(name, tarfile.REGTYPE, 0o644, text.encode())

    def program(self, name, source):
        with open(source, 'rb') as file:
            self.add(name, tarfile.REGTYPE, 0o755, file.read())

    def link(self, name, target):
        self.add(name, tarfile.SYMTYPE, 0o777, link=target)

    def done(self):
        self.tar.close()
        return self.bytes.getvalue()


def hello_layer():
    layer = Layer()
    layer.program('hello', f'{BUILT}/hello')
    return layer.done()


def busybox_layer():
    layer = Layer()
    for name in 'bin', 'etc', 'root', 'var':
        layer.folder(name)
    layer.folder('tmp', 0o1777)
    layer.text('etc/passwd', PASSWD)
    layer.text('etc/group', GROUP)
    layer.text('etc/plain', 'not a program\n')
    layer.program('bin/busybox', '/bin/busybox')
    applets = subprocess.run(['/bin/busybox', '--list'], capture_output=True, text=True, check=True)
    for applet in applets.stdout.split():
        if applet != 'busybox':
            layer.link(f'bin/{applet}', 'busybox')
    return layer.done()


def debian_layer():
    with open(DEBIAN, 'rb') as file:
        return file.read()


# Layer and command of each.
IMAGES = {
    'hello': (hello_layer, ['/hello']),
    'pause': (hello_layer, ['/hello', 'pause']),
    'busybox': (busybox_layer, ['sh']),
    'debian': (debian_layer, ['bash']),
}


def tag(name):
    """The whole name under which every manager knows the image."""
    return f'docker.io/sbx/{name}:latest'


def archive(name):
    """Path of the file with that image."""
    path = f'{ARCHIVES}/{name}.tar'
    if os.path.exists(path):
        return path
    make_layer, command = IMAGES[name]
    layer = make_layer()
    config = json.dumps({
        'architecture': 'amd64', 'os': 'linux', 'config': {'Cmd': command, 'Env': [PATH]},
        'rootfs': {'type': 'layers', 'diff_ids': ['sha256:' + hashlib.sha256(layer).hexdigest()]},
        'history': [{'created_by': 'tests/oci/images.py'}],
    }).encode()
    config_name = hashlib.sha256(config).hexdigest() + '.json'
    manifest = json.dumps([{'Config': config_name, 'RepoTags': [tag(name)], 'Layers': ['layer.tar']}])
    os.makedirs(ARCHIVES, exist_ok=True)
    with tarfile.open(f'{path}.new', 'w') as tar:
        for member, data in ('layer.tar', layer), (config_name, config), ('manifest.json', manifest.encode()):
            info = tarfile.TarInfo(member)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    os.rename(f'{path}.new', path)
    return path
