# SPDX-License-Identifier: GPL-2.0
"""OCI runtimes side by side: time to run a program that does nothing, memory of an idle container."""

import contextlib
import copy
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import container    # noqa: E402

# gVisor has other platforms, but none that an emulated machine could offer.
RUNTIMES = {
    'crun': ['crun'],
    'runc': ['runc'],
    'sbx': ['sbx-runtime'],
    'runsc': ['runsc', '--platform=ptrace', '--network=none', '--ignore-cgroups'],
}
IDLE = ['/bin/sleep', '1000000']


def available():
    """Those that are installed."""
    return {name: words for name, words in RUNTIMES.items() if shutil.which(words[0])}


def bundle(command):
    """As container managers make them: without a user namespace, each runtime adds what it needs."""
    config = copy.deepcopy(container.bundle(command))
    linux = config['linux']
    linux['namespaces'] = [entry for entry in linux['namespaces'] if entry['type'] != 'user']
    for key in 'uidMappings', 'gidMappings':
        linux.pop(key, None)
    return config


def call(runtime, *words):
    """Call a runtime. What it says is no measurement."""
    subprocess.run([*RUNTIMES[runtime], *words], check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr)


def make(name, program):
    """Directory of a bundle."""
    return container.plain(name, bundle(program))[3]


def measure_startup(options, say):
    """Nanoseconds from the call of the runtime to its end."""
    runtimes = list(available())
    samples = {runtime: [] for runtime in runtimes}
    # The first of each fills caches.
    for number in range(-1, options.startups):
        if number % 5 == 0:
            say(f'startup: round {number + 1} of {options.startups}')
        first = number % len(runtimes)
        for runtime in runtimes[first:] + runtimes[:first]:
            name = f'start-{runtime}'
            folder = make(name, ['/bin/true'])
            began = time.monotonic_ns()
            call(runtime, 'run', '--bundle', folder, name)
            if number >= 0:
                samples[runtime].append(time.monotonic_ns() - began)
    return samples


def used_bytes():
    """All memory in use but for the page cache, which containers share."""
    subprocess.run(['sync'], check=True)
    with open('/proc/sys/vm/drop_caches', 'w') as file:
        file.write('3')
    time.sleep(0.5)
    with open('/proc/meminfo') as file:
        info = {name: int(value.split()[0]) * 1024 for name, value in
                (line.split(':') for line in file)}
    return sum(info[name] for name in ('Slab', 'KernelStack', 'PageTables', 'Percpu', 'VmallocUsed',
                                       'AnonPages', 'Shmem'))


@contextlib.contextmanager
def idle(runtime, count):
    """So many idle containers, detached as managers have them."""
    names = [f'idle-{runtime}-{number}' for number in range(count)]
    started = []
    try:
        for name in names:
            started.append(name)
            call(runtime, 'run', '--detach', '--bundle', make(name, IDLE), name)
        yield
    finally:
        for name in started:
            call(runtime, 'delete', '--force', name)


def measure_idle(options, say):
    """Bytes for each idle container: the program, the runtime's helpers, the kernel's share."""
    samples = {}
    for runtime in available():
        # The first fills caches that stay.
        with idle(runtime, 1):
            pass
        samples[runtime] = []
        for number in range(options.memory_rounds):
            say(f'idle: {runtime}, round {number + 1} of {options.memory_rounds}')
            before = used_bytes()
            with idle(runtime, options.idlers):
                samples[runtime].append((used_bytes() - before) / options.idlers)
    return samples
