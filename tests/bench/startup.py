# SPDX-License-Identifier: GPL-2.0
"""OCI runtimes side by side: what it takes to run a program that does nothing."""

import contextlib
import copy
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import container    # noqa: E402

SBX = '/usr/local/bin/sbx-runtime'

# gVisor has other platforms, but none that an emulated machine could offer.
RUNTIMES = {
    'crun': ['crun'],
    'runc': ['runc'],
    'sbx': [SBX],
    'runsc': ['runsc', '--platform=ptrace', '--network=none', '--ignore-cgroups'],
}
# The same while no other domain lives: the module hooks into the kernel first.
FIRST = 'sbx, first domain'
REPEATS = 4


def install():
    """Have sbx-runtime on the machine's own disk, as crun is: a tree that the host shares is slow."""
    shutil.copy(shutil.which('sbx-runtime'), SBX)


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


@contextlib.contextmanager
def idle_domain():
    """A domain, so that the hook is in place."""
    with subprocess.Popen(container.domain(['/bin/sh', '-c', 'echo up; cat']), stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        yield


def unhook():
    """The module lets go half a second after its last domain."""
    time.sleep(1)


def nanoseconds(runtime, name, folder):
    """From the call of the runtime to its end."""
    began = time.monotonic_ns()
    call(runtime, 'run', '--bundle', folder, name)
    return time.monotonic_ns() - began


def measure_startup(options, say):
    runtimes = list(available())
    folders = {runtime: make(f'start-{runtime}', ['/bin/true']) for runtime in runtimes}
    samples = {runtime: [] for runtime in (*runtimes, FIRST)}
    # The first of each fills caches.
    for number in range(-1, options.startups):
        if number % 5 == 0:
            say(f'startup: round {number + 1} of {options.startups}')
        taken = {}
        first = number % len(runtimes)
        with idle_domain():
            for runtime in runtimes[first:] + runtimes[:first]:
                taken[runtime] = nanoseconds(runtime, f'start-{runtime}', folders[runtime])
        unhook()
        taken[FIRST] = nanoseconds('sbx', 'start-sbx', folders['sbx'])
        for runtime, value in taken.items():
            if number >= 0:
                samples[runtime].append(value)
    return samples


def measure_instructions(options, say, micro):
    """What was run between the marks that the plugin saw, in their order: on one processor,
    by all processes of a start, so without what the kernel cleans up in the background."""
    marks = []
    with idle_domain():
        for number in range(REPEATS + 1):
            say(f'startup-instructions: {number} of {REPEATS}')
            for runtime, words in available().items():
                if runtime == 'runsc':
                    continue
                folder = make(f'start-{runtime}', ['/bin/true'])
                micro.ask(f'!exec {" ".join(words)} run --bundle {folder} start-{runtime}')
                # The first fills caches.
                marks.append(('run of a true program' if number else 'the first', runtime, 1))
    return {'marks': marks}
