# SPDX-License-Identifier: GPL-2.0
"""Commands that run a program in a plain container and in a domain, alike but for the sandbox.

For use inside the test machine.
"""

import contextlib
import copy
import functools
import json
import os
import shutil
import subprocess

import machine

machine.need()
STATE = '/run/sbx-tests'


@functools.cache
def recorded():
    """The config.json that sbxctl gives to crun."""
    name = f'record-{os.getpid()}'
    with subprocess.Popen(['sbxctl', 'run', '--name', name, '--', 'sh', '-c', 'echo; cat'],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        with open(f'/run/sbx/{name}/bundle/config.json') as file:
            return json.load(file)


def bundle(command, cwd='/', binds=(), seccomp=None, root=None, capabilities=()):
    """The same without the sandbox, for another command; binds are writable directories, and
    capabilities come on top.

    The root is the machine's own, read-only (see below), or a writable one by its path.
    """
    config = copy.deepcopy(recorded())
    config['process'].update(args=command, cwd=cwd)
    config['root'] = {'path': root or f'{STATE}/rootfs', 'readonly': not root}
    config['mounts'] += [{'destination': bind, 'type': 'bind', 'source': bind,
                          'options': ['bind', 'private', 'rw']} for bind in binds]
    for kind in config['process']['capabilities'].values():
        kind += capabilities
    del config['linux']['seccomp'], config['linux']['cgroupsPath']
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


def domain(command, cwd='/', binds=(), root=None):
    """The command for a domain."""
    options = [word for bind in binds for word in ('--bind', f'{bind}:{bind}')]
    options += ['--rootfs', root] if root else []
    return ['sbxctl', 'run', *options, '--cwd', cwd, '--', *command]


def limited(limits, script, timeout):
    """What a shell script says in a domain whose control group has these values, by their names."""
    name = f'limits-{os.getpid()}'
    with subprocess.Popen(['sbxctl', 'run', '--name', name, '--', 'sh', '-c',
                           f'echo ready; read -r go; {script}'], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        for key, value in limits.items():
            with open(f'/sys/fs/cgroup/sbx.{name}/{key}', 'w') as file:
                file.write(value)
        return child.communicate('go\n', timeout=timeout)[0]


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
