#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 6.1+ debug+ timeout=300
"""Whatever part of a run is killed, at whatever moment: nothing of it stays.

Rounds of a run each, in which after a random time the process of a random role gets
a SIGKILL.  What sbxd would clean up a second later "sbxctl doctor --fix" has to find
and remove at once, so the daemon is stopped meanwhile.  SBX_SEED repeats the choices.
"""

import collections
import glob
import json
import os
import random
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import tap      # noqa: E402

DEBUG = os.environ.get('SBX_KERNEL') == 'debug'
ROUNDS = {'6.12': 21, 'debug': 7}.get(os.environ.get('SBX_KERNEL'), 14)
PATIENCE = 40 if DEBUG else 10
DAEMON = '/run/vm/sbxd.pid'

# What runs: a program with children, of which one outlives it.
PROGRAM = ['/bin/sh', '-c', 'sleep 1000 & sleep 0.2; echo ready; sleep 0.3; (sleep 0.1; exit 3)']
STATUS = 3


def children(pid):
    """Pids of the children of all threads of a process."""
    found = []
    for path in glob.glob(f'/proc/{pid}/task/*/children'):
        try:
            with open(path) as file:
                found += map(int, file.read().split())
        except OSError:
            pass
    return found


def comm(pid):
    try:
        with open(f'/proc/{pid}/comm') as file:
            return file.read().strip()
    except OSError:
        return ''


def tree(pid):
    """A process and all its descendants."""
    found = [pid]
    for child in found:
        found += [c for c in children(child) if c not in found]
    return found


def victims(role, run):
    """The processes of a role at this moment."""
    below = tree(run)[1:]
    if role == 'sbxctl':
        return [run]
    if role == 'supervisor':
        return [pid for pid in children(run)]
    if role == 'sbxctl and supervisor':
        return [run, *children(run)]
    if role == 'crun':
        return [pid for pid in below if comm(pid).startswith(('crun', '3', 'exe'))]
    if role == 'program':
        return [pid for pid in below if comm(pid) in ('sh', 'sleep')]
    if role == 'all':
        return [run, *below]
    # One of all, whichever.
    return [random.choice([run, *below])]


ROLES = ['sbxctl', 'supervisor', 'sbxctl and supervisor', 'crun', 'program', 'all', 'any']


def sbxctl(*words):
    return subprocess.run(['sbxctl', *words], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=PATIENCE * 2, check=False)


def domains():
    return [domain['name'] for domain in json.loads(sbxctl('list', '--json').stdout)]


def within(test):
    """Wait for a test to be true, for some time."""
    end = time.monotonic() + PATIENCE
    while not test():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def traces():
    """All that can be left of a run but its domain: directories, groups, mounts, programs."""
    with open('/proc/self/mountinfo') as file:
        mounts = [line.split()[4] for line in file if ' /run/sbx/' in line]
    programs = [pid for pid in os.listdir('/proc') if pid.isdigit() and
                comm(pid) in ('sleep', 'crun')]
    return (glob.glob('/run/sbx/*/') + glob.glob('/sys/fs/cgroup/sbx.*') + mounts +
            [f'process {pid} {comm(pid)}' for pid in programs])


def check_trace(found):
    """What is wrong with what is left of a dead run, after the doctor's visit."""
    before = sbxctl('doctor', '--json')
    after = sbxctl('doctor', '--fix', '--json')
    left = traces()
    if left:
        return f'the doctor left {left}'
    findings = {name: [f for f in json.loads(run.stdout)['findings'] if f['check'] == 'leftovers']
                for name, run in (('before', before), ('after', after))}
    if not any(f['verdict'] == 'warning' for f in findings['before']):
        return f'the doctor did not see {found}: {findings["before"]}'
    if not any(f['verdict'] == 'fixed' for f in findings['after']):
        return f'the doctor did not say that it fixed {found}: {findings["after"]}'
    return None


def one_round(role, delay, counts):
    """One run with a murder; the complaint, or None."""
    run = subprocess.Popen(['sbxctl', 'run', '--', *PROGRAM], stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    time.sleep(delay)
    killed = []
    while not killed and run.poll() is None:
        killed = victims(role, run.pid)
        time.sleep(0 if killed else 0.01)
    for pid in killed:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    try:
        said = run.communicate(timeout=PATIENCE)[1]
    except subprocess.TimeoutExpired:
        run.kill()
        return 'sbxctl run hangs'
    status = run.returncode
    counts['hit' if killed else 'missed'] += 1
    if not killed and status != STATUS:
        return f'nothing was killed, but the status is {status}: {said}'
    if status not in (STATUS, 125, 137, -signal.SIGKILL):
        return f'the status is {status}: {said}'
    # What crun has begun may see that it was killed first, and say so.
    if status == 125 and not any(line.startswith('sbxctl: ') for line in said.splitlines()):
        return f'125 without a word: {said!r}'
    if not within(lambda: not domains()):
        return f'domains stay: {domains()}'
    # Killed processes need a moment, whoever killed them.
    within(lambda: not any(trace.startswith('process') for trace in traces()))
    found = traces()
    if not found:
        return None
    counts['left to the doctor'] += 1
    return check_trace(found)


def length():
    """Seconds that an undisturbed run takes."""
    start = time.monotonic()
    run = sbxctl('run', '--', *PROGRAM)
    if run.returncode != STATUS:
        sys.exit(f'a run has status {run.returncode}: {run.stderr}')
    return time.monotonic() - start


def main():
    out = tap.Writer()
    seed = int(os.environ.get('SBX_SEED') or time.time())
    random.seed(seed)
    out.note(f'SBX_SEED={seed}')
    counts = collections.Counter()
    with open(DAEMON) as file:
        daemon = int(file.read())
    os.kill(daemon, signal.SIGSTOP)
    try:
        out.result(not traces(), 'nothing is there to begin with', notes=traces())
        whole = length()
        for role in ROLES:
            bad = []
            for _ in range(ROUNDS // len(ROLES)):
                delay = random.uniform(0, whole)
                why = one_round(role, delay, counts)
                if why:
                    bad.append(f'after {delay:.3f} s: {why}')
                    sbxctl('doctor', '--fix')
            out.result(not bad, f'{role} killed at any time: nothing is left', notes=bad)
        out.result(counts['hit'] > 2 * counts['missed'], 'most of them were hit')
        out.note(f'{dict(counts)}; a run takes {whole:.1f} s')
        out.result(sbxctl('run', '--', '/bin/true').returncode == 0, 'runs work as before')
    finally:
        os.kill(daemon, signal.SIGCONT)
    return out.end()


if __name__ == '__main__':
    sys.exit(main())
