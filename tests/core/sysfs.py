#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 6.1+ debug+ timeout=100
"""What a domain's /sys tells of its own limits, and that nothing else of the host's is there."""

import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import tap      # noqa: E402

out = tap.Writer()
NAME = 'sysfs-test'
GROUP = f'/sys/fs/cgroup/sbx.{NAME}'


class Domain:
    """A shell in a domain, which is asked line by line."""

    def __init__(self, *options):
        self.child = subprocess.Popen(['sbxctl', 'run', '--name', NAME, *options, '--', 'sh'],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, command):
        self.child.stdin.write(f'{command} 2>&1; echo END\n')
        self.child.stdin.flush()
        lines = []
        for line in self.child.stdout:
            if line == 'END\n':
                return '\n'.join(lines)
            lines.append(line.rstrip('\n'))
        raise ValueError('the domain ended')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.stdin.close()
        self.child.wait(60)


def limit(name, value):
    with open(f'{GROUP}/{name}', 'w') as file:
        file.write(value)


def test(function):
    try:
        bad = [f'expected {want!r}, found {got!r}' for want, got in function() if want != got]
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        bad = [repr(error)]
    out.result(not bad, function.__name__.replace('_', ' '), notes=bad)


@test
def limits_show():
    with Domain() as domain:
        yield 'max', domain.ask('cat /sys/fs/cgroup/memory.max')
        limit('memory.max', str(256 << 20))
        limit('pids.max', '77')
        limit('cpu.max', '50000 100000')
        yield str(256 << 20), domain.ask('cat /sys/fs/cgroup/memory.max')
        yield f'Node 0 MemTotal: {256 << 10} kB', \
            domain.ask('head -n 1 /sys/devices/system/node/node0/meminfo | tr -s " "')
        yield '77', domain.ask('cat /sys/fs/cgroup/pids.max')
        yield '50000 100000', domain.ask('cat /sys/fs/cgroup/cpu.max')
        yield '0', domain.ask('cat /sys/devices/system/cpu/online')
        limit('cpu.max', 'max')
        with open('/sys/devices/system/cpu/online') as file:
            yield file.read().strip(), domain.ask('cat /sys/devices/system/cpu/online')
        limit('cpuset.cpus', '1')
        yield '1', domain.ask('cat /sys/devices/system/cpu/online')
        yield 'cpu1', domain.ask('cd /sys/devices/system/cpu; echo cpu[0-9]*; cd /')
        yield '1', domain.ask('nproc')


def interfaces(net):
    """Names in a new network namespace, or in that of the machine."""
    new = ['unshare', '--net'] if net == 'none' else []
    links = subprocess.run([*new, 'ip', '-o', 'link'], stdout=subprocess.PIPE, text=True, check=True)
    return '\n'.join(sorted(re.split('[:@]', line)[1].strip() for line in links.stdout.splitlines()))


@test
def nothing_of_the_hosts_is_there():
    for net in 'none', 'host':
        with Domain('--net', net) as domain:
            yield '/sys sysfs\n/sys/fs/cgroup cgroup2', domain.ask(
                r"sed -n 's,.* \(/sys[^ ]*\) .* - \([^ ]*\) .*,\1 \2,p' /proc/self/mountinfo | sort")
            yield '', domain.ask('find /sys/module /sys/firmware /sys/class/block -mindepth 1')
            yield '', domain.ask(f'ls -d /sys/fs/cgroup/*/')\
                .replace("ls: cannot access '/sys/fs/cgroup/*/': No such file or directory", '')
            yield interfaces(net), domain.ask('ls /sys/class/net')


@test
def a_mount_of_the_hosts_does_not_open():
    with Domain('--bind', '/sys:/tmp/sys', '--bind', '/sys/fs/cgroup:/tmp/cgroup') as domain:
        for path in '/tmp/sys', '/tmp/cgroup':
            yield f"ls: cannot open directory '{path}': Permission denied", domain.ask(f'ls {path}')
        yield 'cat: /tmp/cgroup/cgroup.procs: Permission denied', domain.ask(
            'cat /tmp/cgroup/cgroup.procs')


sys.exit(out.end())
