#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 6.1 debug
"""A held container: its program runs when it is released, and not before or without."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [TESTS, f'{TESTS}/netlink']
import container                        # noqa: E402
import spec                             # noqa: E402
import tap                              # noqa: E402

LAUNCH, RELEASE = 2, 9
A_DOMAIN_NAME, A_CONTAINER_ID, A_EVENT, A_HOLD = 6, 7, 30, 31
CONTAINER_HELD = 7
MOMENT = 60 if os.environ.get('SBX_KERNEL') == 'debug' else 15
# The runtime's filter, which the module stands in for.
FILTER = {'defaultAction': 'SCMP_ACT_KILL_PROCESS', 'architectures': ['SCMP_ARCH_X86_64']}


def u32(value):
    return value.to_bytes(4, sys.byteorder)


class Held:
    """A container of crun's that this process launches with a hold."""

    def __init__(self, name, folder):
        self.name = name
        self.netlink = spec.Netlink()
        self.netlink.socket.settimeout(MOMENT)
        family, = self.netlink.ask(spec.CTRL, spec.CTRL_CMD_GETFAMILY, spec.NLM_F_ACK,
                                   spec.pad(spec.A_FAMILY_NAME, b'sbx\0'))
        self.family = spec.number(family[spec.A_FAMILY_ID])
        made, = self.ask(LAUNCH, spec.pad(A_DOMAIN_NAME, name.encode() + b'\0') +
                         spec.pad(A_HOLD, b''))
        self.container = made[A_CONTAINER_ID]
        self.output = tempfile.TemporaryFile()
        self.crun = subprocess.Popen(['crun', 'run', '--bundle', folder, name],
                                     stdout=self.output, stderr=self.output, stdin=subprocess.DEVNULL)

    def ask(self, command, payload):
        return list(self.netlink.ask(self.family, command, spec.NLM_F_ACK, payload))

    def wait_until_held(self):
        event = spec.attributes(self.netlink.socket.recv(1 << 16)[20:])
        return (spec.number(event[A_EVENT]) == CONTAINER_HELD and
                event[A_CONTAINER_ID] == self.container)

    def release(self):
        self.ask(RELEASE, spec.pad(A_CONTAINER_ID, self.container))

    def said(self):
        self.output.seek(0)
        return self.output.read().decode()

    def show(self):
        answer = subprocess.run(['sbxctl', 'show', '--json', self.name], capture_output=True, text=True)
        return json.loads(answer.stdout)['containers'][0]

    def end(self):
        """Exit status of crun, and what the program said."""
        return self.crun.wait(MOMENT), self.said()


def released(folder):
    """It waits, and then runs"""
    held = Held('released', folder)
    if not held.wait_until_held():
        return 'another event came'
    time.sleep(0.5)
    if held.said() or held.show()['state'] != 'bound':
        return f'it did not wait: {held.said()}, {held.show()}'
    held.release()
    return held.end() == (3, 'ran\n') or held.end()


def released_early(folder):
    """Released before it waits, it does not wait"""
    held = Held('early', folder)
    held.release()
    return held.end() == (3, 'ran\n') or held.end()


def stopped(folder):
    """While it waits it can be stopped, and goes on waiting"""
    held = Held('stopped', folder)
    held.wait_until_held()
    init = held.show()['init_pid']
    os.kill(init, signal.SIGSTOP)
    end = time.monotonic() + MOMENT
    while state_of(init) != 'T':
        if time.monotonic() > end:
            return 'it does not stop'
        time.sleep(0.05)
    os.kill(init, signal.SIGCONT)
    time.sleep(0.3)
    if held.said():
        return f'it ran: {held.said()}'
    held.release()
    return held.end() == (3, 'ran\n') or held.end()


def state_of(pid):
    with open(f'/proc/{pid}/stat') as file:
        return file.read().rpartition(')')[2].split()[0]


def killed(folder):
    """While it waits it can be killed"""
    held = Held('killed', folder)
    held.wait_until_held()
    os.kill(held.show()['init_pid'], signal.SIGKILL)
    return held.end() == (137, '') or held.end()


def lost(folder):
    """It never runs when the connection is closed"""
    held = Held('lost', folder)
    held.wait_until_held()
    held.netlink.socket.close()
    return held.end() == (137, '') or held.end()


def lost_early(folder):
    """Nor when that was closed before it waited, and the reason is told"""
    with subprocess.Popen(['sbxctl', 'events'], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as events:
        events.stderr.readline()
        held = Held('lost-early', folder)
        held.netlink.socket.close()
        ended = held.end()
        events.terminate()
        told = events.stdout.read()
    if 'its launcher was gone before its program began' not in told:
        return told
    return ended == (137, '') or ended


def in_child(case, folder):
    """A process launches once. Returns what went wrong."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if not child:
        try:
            outcome = case(folder)
        except Exception as error:      # pylint: disable=broad-except
            outcome = repr(error)
        os.write(write_end, b'' if outcome is True else str(outcome).encode())
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as file:
        wrong = file.read()
    os.waitpid(child, 0)
    return wrong


def main():
    results = tap.Writer()
    with container.root():
        for case in released, released_early, stopped, killed, lost, lost_early:
            name = case.__name__.replace('_', '-')
            folder = container.plain(name, container.bundle(['/bin/sh', '-c', 'echo ran; exit 3'],
                                                            seccomp=FILTER))[3]
            wrong = in_child(case, folder)
            results.result(not wrong, case.__doc__, notes=wrong.splitlines())
            subprocess.run(['crun', 'delete', '--force', name], stderr=subprocess.DEVNULL, check=False)
    return results.end()


if __name__ == '__main__':
    sys.exit(main())
