# SPDX-License-Identifier: GPL-2.0
"""Commands that run a program in a plain container and in a domain, alike but for the sandbox.

For use inside the test machine.
"""

import contextlib
import json
import os
import shutil
import subprocess

STATE = '/run/sbx-tests'
NAMESPACES = ('pid', 'mount', 'network', 'ipc', 'uts', 'cgroup', 'user')
CAPABILITIES = ['CAP_' + name for name in (
    'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE '
    'NET_RAW NET_ADMIN IPC_LOCK SYS_CHROOT SYS_PTRACE SYS_ADMIN SYS_NICE SYS_RESOURCE MKNOD '
    'AUDIT_WRITE SETFCAP').split()]


def mount(target, kind, *options):
    return {'destination': target, 'type': kind, 'source': kind, 'options': list(options)}


def bundle(command, cwd='/', binds=(), seccomp=None):
    """The config.json of a plain container; binds are writable directories."""
    everything = [{'containerID': 0, 'hostID': 0, 'size': 4294967295}]
    config = {
        'ociVersion': '1.0.0',
        'process': {
            'args': command, 'cwd': cwd, 'user': {'uid': 0, 'gid': 0},
            'env': ['PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root'],
            'capabilities': {kind: CAPABILITIES for kind in ('bounding', 'effective', 'permitted')},
        },
        'root': {'path': f'{STATE}/rootfs', 'readonly': True},
        'mounts': [
            mount('/proc', 'proc'), mount('/tmp', 'tmpfs', 'nosuid', 'nodev', 'mode=1777'),
            mount('/dev', 'tmpfs', 'nosuid', 'mode=755', 'size=65536k'),
            mount('/dev/pts', 'devpts', 'newinstance', 'ptmxmode=0666', 'mode=0620'),
            mount('/dev/shm', 'tmpfs', 'nosuid', 'nodev', 'mode=1777'),
            *({'destination': bind, 'type': 'none', 'source': bind, 'options': ['bind', 'rw']}
              for bind in binds),
        ],
        'linux': {'namespaces': [{'type': kind} for kind in NAMESPACES],
                  'uidMappings': everything, 'gidMappings': everything},
    }
    if seccomp:
        config['linux']['seccomp'] = seccomp
    return config


def plain(name, config):
    """The command for a plain container of that name."""
    folder = f'{STATE}/{name}'
    os.makedirs(folder, exist_ok=True)
    with open(f'{folder}/config.json', 'w') as file:
        json.dump(config, file)
    return ['crun', 'run', '--bundle', folder, name]


def domain(command, cwd='/', binds=()):
    """The command for a domain."""
    options = [word for bind in binds for word in ('--bind', f'{bind}:{bind}')]
    return ['sbxctl', 'run', *options, '--cwd', cwd, '--', *command]


@contextlib.contextmanager
def root():
    """Have the root of the plain containers: the machine's own /, and nothing mounted on it."""
    os.makedirs(f'{STATE}/rootfs', exist_ok=True)
    subprocess.run(['mount', '--bind', '/', f'{STATE}/rootfs'], check=True)
    try:
        yield
    finally:
        subprocess.run(['umount', f'{STATE}/rootfs'], check=True)
        shutil.rmtree(STATE)


def install(built, target):
    """Copy programs to the machine's own disk, where containers see them."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(built, target, ignore=shutil.ignore_patterns('*.d'))
