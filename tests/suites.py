# SPDX-License-Identifier: GPL-2.0
"""Test suites: executables below tests/ that print TAP and carry a line

    # Suite: WHERE... [full] [timeout=SECONDS] [image=VARIANT]

near their top. WHERE is "host" or a kernel of the test machine; "debug+" means
the debug kernel, in "make check-full" only. A suite that says "full" runs nowhere
else, on FULL_KERNELS if it names no kernel. VARIANT is an image of the test
machine, see its --image.
"""

import os
import re
import signal
import subprocess
import threading
import time

TESTS = os.path.dirname(os.path.abspath(__file__))
HEADER = re.compile(r'^# Suite: *(.*)$', re.M)
TIMEOUT = 120
FULL_KERNELS = {'6.12', 'debug'}

# Everything is slower there.
SCALE = {'debug': 4}


class Suite:
    def __init__(self, path, words, here):
        self.path = path
        self.name = os.path.relpath(path, TESTS).removesuffix('.sh').removesuffix('.py')
        options = dict(word.split('=', 1) for word in words if '=' in word)
        where = {word for word in words if '=' not in word}
        self.full = bool(where & {'full', f'{here}+'})
        self.where = {word.rstrip('+') for word in where - {'full'}} or FULL_KERNELS
        self.timeout = int(options.get('timeout', TIMEOUT))
        self.image = options.get('image', '')


def find(where):
    """All suites that run there, by name."""
    found = []
    for folder, folders, files in os.walk(TESTS):
        folders.sort()
        for name in sorted(files):
            path = os.path.join(folder, name)
            if not os.access(path, os.X_OK) or os.path.islink(path):
                continue
            with open(path, errors='replace') as file:
                header = HEADER.search(file.read(2000))
            if header:
                suite = Suite(path, header.group(1).split(), where)
                if where in suite.where:
                    found.append(suite)
    return found


def run(suite, env, scale=1, inspect=lambda: None):
    """Run a suite and yield its lines.

    They stand between "# suite NAME" and "# suite-end NAME STATUS SECONDS".  A
    line "# suite-fault TEXT" is a failure of the suite as a whole: it was stopped
    by its time limit, or inspect() found something wrong after it.
    """
    yield f'# suite {suite.name}'
    start = time.monotonic()
    child = subprocess.Popen([suite.path], env={**os.environ, **env}, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             errors='replace', start_new_session=True)
    late = threading.Event()

    def stop():
        late.set()
        os.killpg(child.pid, signal.SIGKILL)

    timer = threading.Timer(suite.timeout * scale, stop)
    timer.start()
    for line in child.stdout:
        yield line.rstrip('\n')
    status = child.wait()
    timer.cancel()
    if late.is_set():
        yield f'# suite-fault stopped after {suite.timeout * scale} seconds'
    fault = inspect()
    if fault:
        yield f'# suite-fault {fault}'
    yield f'# suite-end {suite.name} {status} {time.monotonic() - start:.0f}'
