# SPDX-License-Identifier: GPL-2.0
"""ctr: containers of containerd's own tool, by --runc-binary."""

import json
import os
import re

import managers
from harness import Cases, run, within
from terminal import Terminal

NAME = 'box'
IMAGES = managers.Store('ctr', 'images', 'import')
FOREVER = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 1 & wait; done']

cases = Cases()


class Ctr:
    """ctr's commands, bound to a runtime. There is one container at a time, called box."""

    def __init__(self, runtime):
        self.runtime = runtime

    def __call__(self, *words, given=''):
        return run('ctr', *words, given=given)

    def words(self, options, image, command):
        return ['ctr', 'run', '--runc-binary', managers.RUNTIMES[self.runtime], *options,
                IMAGES.need(image), NAME, *command]

    def run(self, *options, image='busybox', command=()):
        return run(*self.words(['--rm', *options], image, command))

    def start(self, *options, image='busybox', command=FOREVER):
        run(*self.words(['-d', *options], image, command)).good()

    def terminal(self, *options, image='busybox', command=()):
        return Terminal(self.words(['--rm', '-t', *options], image, command), managers.patience())

    def state(self):
        """State of the task, as ctr task ls shows it."""
        for line in self('task', 'ls').good().splitlines():
            if line.split()[0] == NAME:
                return line.split()[2]
        return None

    def pid(self):
        for line in self('task', 'ls').good().splitlines():
            if line.split()[0] == NAME:
                return int(line.split()[1])
        raise AssertionError('no task')

    def clean(self):
        if NAME not in self('container', 'ls', '-q').out.split():
            return
        self('task', 'kill', '-s', 'KILL', NAME)
        self('task', 'delete', '--force', NAME)
        self('container', 'delete', NAME)
        assert NAME not in self('container', 'ls', '-q').out.split()


@cases.case('ctr run: status and output', quick=True)
def case_ctr_run(ctr):
    done = ctr.run('--env', 'A=value', '--cwd', '/tmp',
                   command=['sh', '-c', 'echo $A; pwd; id -u; exit 3'])
    assert done.out == 'value\n/tmp\n0\n', done.out + done.err
    return done.seen()


@cases.case('ctr run of a static program, and of what is not there')
def case_ctr_hello(ctr):
    done = ctr.run(image='hello')
    none = ctr.run(command=['/no/such/program'])
    assert 'no such file' in none.err.lower(), none.err
    return {'hello': done.seen(), 'none': none.status}


@cases.case('ctr run with mounts, a read-only root, a memory limit')
def case_ctr_options(ctr):
    done = ctr.run('--read-only', '--mount', 'type=tmpfs,src=tmpfs,dst=/tmp,options=rw:size=64k',
                   '--memory-limit', str(32 << 20), '--cpus', '0.5',
                   command=['sh', '-c', 'echo x > /new; echo good > /tmp/f && cat /tmp/f'])
    return {**done.seen(), 'err': done.err}


@cases.case('ctr run -t: a terminal')
def case_ctr_tty(ctr):
    with ctr.terminal(command=['sh']) as terminal:
        terminal.expect(r'[#$] $')
        name = terminal.say('tty', r'\n(/dev/\S+)\n')[1]
        size = terminal.resized(40, 100)
        terminal.send('exit 5\n')
        assert size == '40 100', size
        return {'name': name, 'status': terminal.end()}


@cases.case('ctr run -d, task exec, ps, pause, kill, delete')
def case_ctr_task(ctr):
    ctr.start()
    within('it runs', lambda: ctr.state() == 'RUNNING')
    execed = ctr('task', 'exec', '--exec-id', 'other', NAME, 'sh', '-c', 'cat /proc/1/comm; exit 7')
    pids = [line.split()[0] for line in ctr('task', 'ps', NAME).good().splitlines()[1:]]
    assert str(ctr.pid()) in pids, pids
    ctr('task', 'pause', NAME).good()
    paused = ctr.state()
    ctr('task', 'resume', NAME).good()
    resumed = ctr.state()
    ctr('task', 'kill', '-s', 'TERM', NAME).good()
    within('it stops', lambda: ctr.state() == 'STOPPED')
    deleted = ctr('task', 'delete', NAME)
    return {'exec': execed.seen(), 'paused': paused, 'resumed': resumed, 'deleted': deleted.status}


@cases.case('ctr task metrics')
def case_ctr_metrics(ctr):
    ctr.start('--memory-limit', str(32 << 20))
    text = ctr('task', 'metrics', '--format', 'json', NAME).good()
    metrics = json.loads(text[text.index('{'):])
    assert metrics['memory']['usage'] > 0, metrics
    return {'limit': metrics['memory']['usage_limit'], 'pids': metrics['pids']['current'] > 0}


def refused(options, pattern):
    def function(ctr):
        done = ctr.run(*options, command=['echo', 'runs'])
        if ctr.runtime != 'sbx':
            return done.good()
        assert done.status and done.out == '' and re.search(pattern, done.err, re.I), done.err
        return {}
    return function


for name, options, pattern in (
        ('privileged', ['--privileged'], 'privileged'),
        ('net-host', ['--net-host'], 'network'),
        ('device', ['--device', '/dev/vda'], '--device'),
):
    cases.case(f'ctr run {options[0]} is refused', refused=True, name=f'ctr-refused-{name}')(
        refused(options, pattern))


@cases.case('the root directory is a bundle\'s own: --rootfs')
def case_ctr_rootfs(ctr):
    folder = '/var/tmp/sbx-rootfs'
    os.makedirs(f'{folder}/bin', exist_ok=True)
    run('cp', '/bin/busybox', f'{folder}/bin/sh').good()
    done = run('ctr', 'run', '--rm', '--runc-binary', managers.RUNTIMES[ctr.runtime], '--rootfs', folder,
               NAME, '/bin/sh', '-c', 'echo in /*')
    assert done.out.startswith('in /bin '), done.out + done.err
    return done.seen()
