# SPDX-License-Identifier: GPL-2.0
"""Podman's commands, bound to a runtime, and what is done with them."""

import json
import os
import re
import tempfile
import time

import managers
from harness import Cases, domains, run, within
from terminal import Terminal

NAME = 'box'
IMAGES = managers.Store('podman', 'load', '-q', '-i')
ASKED_TO_END = 'trap "exit 3" USR1; echo out; echo err >&2; while :; do sleep 1 & wait; done'
FOREVER = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 1 & wait; done']

cases = Cases()


class Podman:
    """There is one container at a time, called box, unless a case says otherwise."""

    def __init__(self, runtime):
        self.runtime = runtime
        self.path = managers.RUNTIMES[runtime]

    def __call__(self, *words, given=''):
        return run('podman', '--runtime', self.path, *words, given=given)

    def words(self, options, image, command):
        network = any(option.startswith(('--net', '-p', '--pod')) for option in options)
        command = ['sh', '-c', command] if isinstance(command, str) else command
        return ['--pull', 'never', '--name', NAME, *([] if network else ['--network', 'none']),
                *options, IMAGES.need(image), *command]

    def run(self, *options, image='busybox', command=(), given=''):
        return self('run', '--rm', *self.words(options, image, command), given=given)

    def start(self, *options, image='busybox', command=FOREVER):
        return self('run', '-d', *self.words(options, image, command)).good().strip()

    def on_terminal(self, *words):
        return Terminal(['podman', '--runtime', self.path, *words], managers.patience())

    def look(self, name=NAME):
        return json.loads(self('inspect', name).good())[0]

    def until(self, state, name=NAME):
        within(f'state {state}', lambda: self.look(name)['State']['Status'] == state)

    def clean(self):
        self('pod', 'rm', '-af', '-t', '0')
        self('rm', '-af', '-t', '0').good()
        self('volume', 'prune', '-f')


@cases.case('run: status, streams, environment, user, directory', quick=True)
def case_run(podman):
    done = podman.run('--env', 'A=b  c', '--workdir', '/tmp', '--user', 'user', '--hostname', 'harbour', '-i',
                      command='echo "$A"; pwd; id; hostname; wc -c; echo err >&2; exit 3', given='x' * 5000)
    assert done.out.startswith('b  c\n/tmp\nuid=1000'), done.out + done.err
    return {**done.seen(), 'err': done.err}


@cases.case('an image with one static program')
def case_hello(podman):
    return podman.run(image='hello').seen()


@cases.case('a real program of a real distribution')
def case_python(podman):
    done = podman.run(image='debian', command=['python3', '-c', 'import os; print(os.getpid(), 6 * 7)'])
    assert done.out == '1 42\n', done.out + done.err
    return done.seen()


@cases.case('programs that are not there: 127; that are none: 126', runs=False)
def case_not_found(podman):
    return {'none': podman.run(command=['/no/such/program']).status,
            'path': podman.run(command=['no-such-program']).status,
            'plain': podman.run(command=['/etc/plain']).status}


@cases.case('--read-only, --tmpfs, -v, --cap-drop, --ulimit, --memory, --pids-limit')
def case_options(podman):
    with tempfile.TemporaryDirectory(prefix='sbx-podman.') as folder:
        os.chmod(folder, 0o755)
        with open(f'{folder}/file', 'w') as file:
            file.write('from the host\n')
        done = podman.run('--read-only', '--read-only-tmpfs=false', '--tmpfs', '/scratch:size=64k',
                          '-v', f'{folder}:/ro:ro', '-v', f'{folder}:/rw', '--cap-drop', 'ALL',
                          '--ulimit', 'nofile=123:456', '--memory', '32m', '--pids-limit', '9',
                          command='touch /x; echo a > /scratch/f && cat /scratch/f /ro/file; touch /ro/x;'
                          'echo back > /rw/new; grep ^Cap /proc/self/status; ulimit -Sn -Hn')
        with open(f'{folder}/new') as file:
            assert file.read() == 'back\n'
        return {**done.seen(), 'err': done.err}


@cases.case('--init')
def case_init(podman):
    return podman.run('--init', command='cat /proc/1/comm; echo $(($$ > 1)); exit 4').seen()


@cases.case('--uidmap: a user namespace that is asked for')
def case_uidmap(podman):
    with tempfile.TemporaryDirectory(prefix='sbx-podman.') as folder:
        os.chmod(folder, 0o777)
        done = podman.run('--uidmap', '0:100000:65536', '--gidmap', '0:100000:65536', '-v', f'{folder}:/v',
                          command='id -u; touch /v/new; stat -c %u /v/new /etc/passwd; cat /proc/self/uid_map')
        assert os.stat(f'{folder}/new').st_uid == 100000
        return {**done.seen(), 'err': done.err}


@cases.case('run -d, ps, logs, wait, inspect')
def case_detached(podman):
    podman.start(command=ASKED_TO_END)
    within('it is ready', lambda: 'err' in podman('logs', NAME).err)
    pid = podman.look()['State']['Pid']
    with open(f'/proc/{pid}/status') as file:
        pids = [line.split()[1:] for line in file if line.startswith('NSpid')][0]
    assert pids[-1] == '1', pids
    running = podman('ps', '--format', '{{.Names}} {{.Command}}').good()
    podman('kill', '-s', 'USR1', NAME).good()
    waited = podman('wait', NAME).good()
    podman.until('exited')
    logs = podman('logs', NAME)
    return {'running': running, 'wait': waited, 'out': logs.out, 'err': logs.err,
            'ps': podman('ps', '-a', '--format', '{{.Names}} {{.ExitCode}}').good()}


@cases.case('exec: status, environment, user, standard input', quick=True)
def case_exec(podman):
    podman.start()
    seen = [podman('exec', NAME, 'sh', '-c', 'echo out; echo err >&2; exit 7'),
            podman('exec', '-i', '-e', 'B=more', '-w', '/tmp', '-u', 'user', NAME, 'sh', '-c',
                   'echo $B; pwd; id; wc -c', given='x' * 3000),
            podman('exec', NAME, '/no/such/program')]
    assert seen[0].status == 7 and seen[1].out.startswith('more\n/tmp\n'), seen[1].out + seen[1].err
    return {'seen': [done.seen() for done in seen]}


@cases.case('run -it and exec -it')
def case_tty(podman):
    with podman.on_terminal('run', '--rm', '-it', *podman.words([], 'busybox', ['sh'])) as terminal:
        terminal.expect(r'[#$] $')
        name = terminal.say('tty', r'\n(/dev/\S+)\n')[1]
        size = terminal.resized(40, 100)
        terminal.occupy()
        terminal.send('\x03')
        status = terminal.say('echo =$?', r'\n=(\d+)\n')[1]
        with podman.on_terminal('exec', '-it', NAME, 'sh') as other:
            other.expect(r'[#$] $')
            second = other.say('tty', r'\n(/dev/\S+)\n')[1]
            other.send('exit 6\n')
            other_end = other.end()
        terminal.send('exit 5\n')
        assert (size, status) == ('40 100', '130'), (size, status)
        return {'name': name, 'second': second, 'end': terminal.end(), 'other end': other_end}


@cases.case('stop and kill')
def case_stop(podman):
    podman.start(command='trap "echo got TERM; exit 5" TERM; trap "echo got USR1" USR1; echo ready;'
                 'while :; do sleep 1 & wait; done')
    within('it is ready', lambda: 'ready' in podman('logs', NAME).out)
    podman('kill', '-s', 'USR1', NAME).good()
    within('the signal', lambda: 'got USR1' in podman('logs', NAME).out)
    podman('stop', '-t', '30', NAME).good()
    podman.until('exited')
    return {'status': podman.look()['State']['ExitCode'], 'logs': podman('logs', NAME).out}


@cases.case('stop -t 1 kills what does not care')
def case_stop_stubborn(podman):
    podman.start(command='trap "" TERM; echo ready; while :; do sleep 1; done')
    within('it is ready', lambda: 'ready' in podman('logs', NAME).out)
    began = time.monotonic()
    podman('stop', '-t', '1', NAME).good()
    assert time.monotonic() - began < 30
    podman.until('exited')
    return {'status': podman.look()['State']['ExitCode']}


@cases.case('restart and rm')
def case_restart(podman):
    podman.start(command='echo run; trap "exit 0" TERM; while :; do sleep 1 & wait; done')
    within('it runs', lambda: podman('logs', NAME).out == 'run\n')
    podman('restart', '-t', '20', NAME).good()
    within('it runs again', lambda: podman('logs', NAME).out == 'run\nrun\n')
    refused = podman('rm', NAME)
    podman('rm', '-f', '-t', '0', NAME).good()
    return {'rm': refused.status, 'ps': podman('ps', '-aq').out}


@cases.case('pause and unpause')
def case_pause(podman):
    podman.start()
    podman('pause', NAME).good()
    state = podman.look()['State']['Status']
    podman('unpause', NAME).good()
    return {'paused': state, 'after': podman.look()['State']['Status']}


@cases.case('top: as the host sees them')
def case_top(podman):
    podman.start(command='sleep 1000 & sleep 1000; true')
    lines = within('three processes', lambda: (
        lambda out: out if len(out) == 4 else None)(podman('top', NAME, 'pid', 'args').good().splitlines()))
    return {'lines': [' '.join(line.split()) for line in lines]}


@cases.case('stats, and update of limits')
def case_stats(podman):
    podman.start('--memory', '64m')
    name, pids = podman('stats', '--no-stream', '--format', '{{.Name}} {{.PIDs}}', NAME).good().split()
    before = run('sh', '-c', f'cat /sys/fs/cgroup/libpod_parent/libpod-{podman.look()["Id"]}/memory.max').out
    podman('update', '--memory', '32m', NAME).good()
    after = run('sh', '-c', f'cat /sys/fs/cgroup/libpod_parent/libpod-{podman.look()["Id"]}/memory.max').out
    assert after == f'{32 << 20}\n', (before, after)
    return {'name': name, 'pids': int(pids) > 0, 'before': before}


@cases.case('cp in and out')
def case_copy(podman):
    with tempfile.TemporaryDirectory(prefix='sbx-podman.') as folder:
        with open(f'{folder}/in', 'w') as file:
            file.write('carried\n')
        podman.start()
        podman('cp', f'{folder}/in', f'{NAME}:/tmp/in').good()
        inside = podman('exec', NAME, 'sh', '-c', 'cat /tmp/in; echo back > /tmp/out').good()
        podman('cp', f'{NAME}:/tmp/out', f'{folder}/out').good()
        with open(f'{folder}/out') as file:
            assert file.read() == 'back\n'
        return {'inside': inside}


def make_pod(podman, *options):
    # Without systemd Podman 4.3 makes a control group for the pod that allows no device.
    podman('pod', 'create', '--name', 'pod', '--share-parent=false', '--network', 'none',
           '--hostname', 'harbour', *options).good()


@cases.case('a pod with the init that Podman has for it')
def case_pod_init(podman):
    make_pod(podman)
    done = podman('run', '--rm', '--pull', 'never', '--pod', 'pod', IMAGES.need('busybox'), 'hostname')
    assert done.out == 'harbour\n', done.err
    return done.seen()


@cases.case('a pod: containers share net, ipc and uts, and are one domain')
def case_pod(podman):
    make_pod(podman, '--infra-image', IMAGES.need('pause'))
    for name in 'one', 'two':
        podman('run', '-d', '--pull', 'never', '--pod', 'pod', '--name', name, IMAGES.need('busybox'), *FOREVER).good()
    inside = 'for kind in net ipc uts pid; do readlink /proc/self/ns/$kind; done'
    links = [podman('exec', name, 'sh', '-c', inside).good().splitlines() for name in ('one', 'two')]
    assert links[0][:3] == links[1][:3] and links[0][3] != links[1][3], links
    seen = [podman('exec', name, 'hostname').good() for name in ('one', 'two')]
    if podman.runtime == 'sbx':
        shown = domains()
        assert len(shown) == 1 and shown[0]['containers'] == 3, shown
    ps = podman('pod', 'ps', '--format', '{{.Name}} {{.Status}} {{.NumberOfContainers}}').good()
    podman('pod', 'stop', '-t', '20', 'pod').good()
    stopped = podman('pod', 'ps', '--format', '{{.Name}} {{.Status}}').good()
    podman('pod', 'start', 'pod').good()
    again = podman('exec', 'one', 'hostname').good()
    podman('pod', 'rm', '-f', '-t', '0', 'pod').good()
    return {'hostnames': seen, 'ps': ps, 'stopped': stopped, 'again': again,
            'left': podman('ps', '-aq').out}


@cases.case('a network of podman\'s')
def case_bridge(podman):
    done = podman.run('--network', 'podman', command='ls /sys/class/net; cat /etc/hosts | wc -l')
    assert done.out.startswith('eth0\nlo\n'), done.out
    return done.seen()


def refused(options, pattern):
    def function(podman):
        done = podman.run(*options, command='echo runs')
        if podman.runtime != 'sbx':
            return done.good()
        assert done.status in (125, 126) and done.out == '', (done.status, done.out)
        assert re.search(pattern, done.err), f'not /{pattern}/: {done.err}'
        return {}
    return function


for name, options, pattern in (
        ('privileged', ['--privileged'], 'privileged'),
        ('pid-host', ['--pid=host'], 'PID namespace'),
        ('net-host', ['--network=host'], 'network'),
        ('device', ['--device', '/dev/vda:/dev/disk:r'], '--device'),
):
    cases.case(f'{options[0]} is refused, in a sentence', name=f'refused-{name}', refused=True)(
        refused(options, pattern))
