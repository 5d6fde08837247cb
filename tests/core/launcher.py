#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 6.1 debug timeout=120
"""What a launcher starts besides its container, as the hooks of a bundle do, and leaves running."""

import json
import os
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, TESTS)
import container                        # noqa: E402
import tap                              # noqa: E402

CONTAIN = f'{os.path.dirname(TESTS)}/build/tests/core/contain'
MOMENT = 60 if os.environ.get('SBX_KERNEL') == 'debug' else 15
# The runtime's filter, which the module stands in for.
FILTER = {'defaultAction': 'SCMP_ACT_KILL_PROCESS', 'architectures': ['SCMP_ARCH_X86_64']}
NAME = 'launched'
# Makes a PID namespace of its own when it is told to, which before the start would be the container's.
LEFT = ('(read -r line || exit; unshare --pid --fork sh -c \'echo "made by $$"\'; read -r line) '
        '<&3 >&4 2>&1 & echo $!; ')


def within(condition):
    end = time.monotonic() + MOMENT
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def domains():
    return json.loads(subprocess.run(['sbxctl', 'list', '--json'], capture_output=True, check=True,
                                     text=True).stdout)


def shown():
    """The container, None if there is none."""
    done = subprocess.run(['sbxctl', 'show', '--json', NAME], capture_output=True, text=True, check=False)
    return json.loads(done.stdout)['containers'][0] if done.returncode == 0 else None


def gone():
    return not domains()


class Launched:
    """A launcher's shell that leaves a process behind and then does what it is told."""

    def __init__(self, script):
        left_in, self.to_left = os.pipe()
        self.from_left, left_out = os.pipe()
        os.set_blocking(self.from_left, False)
        words = ['bash', '-c', f'exec 3<&{left_in} 4>&{left_out}; {LEFT} exec 3<&- 4>&-; {script}']
        self.shell = subprocess.Popen([CONTAIN, '--launch', '--name', NAME, '--', *words],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                      pass_fds=(left_in, left_out))
        os.close(left_in)
        os.close(left_out)
        self.left = int(self.shell.stdout.readline())

    def tell(self):
        """Have what was left take its next step."""
        os.write(self.to_left, b'go\n')

    def said(self):
        """What it said, once it did."""
        said = b''

        def more():
            nonlocal said
            try:
                said += os.read(self.from_left, 4096)
            except BlockingIOError:
                pass
            return said
        within(more)
        return said.decode()

    def lives(self):
        return os.path.exists(f'/proc/{self.left}/exe')

    def end(self):
        os.close(self.to_left)
        os.close(self.from_left)
        self.shell.stdin.close()
        self.shell.stdout.close()
        return self.shell.wait(MOMENT)


def left_behind(folder):
    """A process that is left does not keep up a container that was started"""
    launched = Launched(f'crun run --bundle {folder} {NAME}; exit $?')
    if launched.shell.stdout.readline() != 'ran\n':
        return 'it does not run'
    launched.shell.stdin.close()
    status = launched.shell.wait(MOMENT)
    ended, lives = within(gone), launched.lives()
    left = shown()
    launched.end()
    return (status, ended, lives) == (3, True, True) or f'status {status}, lives: {lives}, domain: {left}'


def free(folder):
    """It is free to make PID namespaces then"""
    launched = Launched(f'crun run --bundle {folder} {NAME}; exit $?')
    launched.shell.stdout.readline()
    launched.tell()
    said = launched.said()
    launched.tell()
    if said != 'made by 1\n':
        return f'it said: {said}'
    tasks = shown()['tasks']
    status = launched.end()
    return (tasks, status) == (2, 3) or f'{tasks} tasks, status {status}'


def launcher_stays(folder):
    """The launcher itself finds its container when that is dead, until it ends"""
    launched = Launched(f'crun run --bundle {folder} {NAME}; echo over; read -r line')
    launched.shell.stdout.readline()
    os.kill(shown()['init_pid'], signal.SIGKILL)
    launched.shell.stdout.readline()
    if not within(lambda: shown() and shown()['tasks'] == 0):
        return f'it is not dead: {shown()}'
    launched.end()
    return within(gone) or f'it stays: {shown()}'


def before_the_start(folder):
    """Before the start it keeps up the container, which it might be making"""
    launched = Launched(f'crun create --bundle {folder} {NAME} </dev/null; exit $?')
    launched.shell.wait(MOMENT)
    subprocess.run(['crun', 'delete', '--force', NAME], check=True)
    if not within(lambda: shown() and shown()['tasks'] == 0):
        return f'it is not there, or not dead: {shown()}'
    launched.end()
    return within(gone) or f'it stays: {shown()}'


def main():
    results = tap.Writer()
    with container.root():
        program = container.bundle(['/bin/sh', '-c', 'sleep 1000 & echo ran; read -r line; exit 3'],
                                   seccomp=FILTER)
        folder = container.plain(NAME, program)[3]
        for case in left_behind, free, launcher_stays, before_the_start:
            outcome = case(folder)
            results.result(outcome is True, case.__doc__,
                           notes=[] if outcome is True else str(outcome).splitlines())
            subprocess.run(['crun', 'delete', '--force', NAME], stderr=subprocess.DEVNULL, check=False)
    return results.end()


if __name__ == '__main__':
    sys.exit(main())
