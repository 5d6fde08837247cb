# SPDX-License-Identifier: GPL-2.0
"""Memory of idle containers: the kernel's for a domain, and all kinds for each OCI runtime."""

import contextlib
import subprocess
import time

import startup
from startup import container

IDLE = ['/bin/sleep', '1000000']

# What the kernel has for itself, by its own books.  Stacks are in VmallocUsed, and most
# of what it counts is charged to no control group, or late, so groups are not asked.
KERNEL = ('Slab', 'PageTables', 'Percpu', 'VmallocUsed')
# That, and what programs have; the page cache, which containers share, is left out.
ALL = (*KERNEL, 'AnonPages', 'Shmem')

# Containers before the ones that count: they fill caches and make what all share.
FIRST = 5


def counters(names):
    with open('/proc/meminfo') as file:
        info = dict(line.split(':') for line in file)
    return {name: int(info[name].split()[0]) * 1024 for name in names}


def settled(names, limit=30):
    """Bytes by counter, once what is taken down in the background is gone."""
    end = time.monotonic() + limit
    before = None
    while True:
        subprocess.run(['sync'], check=True)
        with open('/proc/sys/vm/drop_caches', 'w') as file:
            file.write('3')
        time.sleep(1)
        now = counters(names)
        if before and abs(sum(now.values()) - sum(before.values())) < 32 << 10:
            return now
        if time.monotonic() > end:
            return now
        before = now


@contextlib.contextmanager
def idle(runtime, first, count, folder):
    """So many idle containers, detached as managers have them: no process but the program's."""
    names = [f'idle-{runtime}-{number}' for number in range(first, first + count)]
    started = []
    try:
        for name in names:
            started.append(name)
            startup.call(runtime, 'run', '--detach', '--bundle', folder, name)
        yield
    finally:
        for name in started:
            startup.call(runtime, 'delete', '--force', name)


def cost(runtime, count, folder, names):
    """Bytes by counter for each of so many, beyond the first few."""
    with idle(runtime, 0, FIRST, folder):
        before = settled(names)
        with idle(runtime, FIRST, count, folder):
            after = settled(names)
    return {name: (after[name] - before[name]) / count for name in names}


def measure_kernel(options, say):
    """The kernel's memory for each of many containers of crun's and domains, alike but for that."""
    config = container.bundle(IDLE, seccomp={
        'defaultAction': 'SCMP_ACT_ALLOW', 'architectures': ['SCMP_ARCH_X86_64'],
        'syscalls': [{'names': ['bpf'], 'action': 'SCMP_ACT_ERRNO'}]})
    folder = container.plain('idle', config)[3]
    samples = {'container': [], 'domain': []}
    for number in range(options.memory_rounds):
        for way, runtime in ('container', 'crun'), ('domain', 'sbx'):
            say(f'memory: round {number + 1} of {options.memory_rounds}, {options.domains} of {way}')
            samples[way].append(cost(runtime, options.domains, folder, KERNEL))
    return samples


def measure_all(options, say):
    """Bytes for each idle container: the program, the runtime's helpers, the kernel's share."""
    samples = {}
    for runtime in startup.available():
        folder = startup.make(f'idle-{runtime}', IDLE)
        samples[runtime] = []
        for number in range(options.memory_rounds):
            say(f'idle: {runtime}, round {number + 1} of {options.memory_rounds}')
            by_counter = cost(runtime, options.idlers, folder, ALL)
            samples[runtime].append(sum(by_counter.values()))
    return samples
