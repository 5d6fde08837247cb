# SPDX-License-Identifier: GPL-2.0
"""What docker does with a container from its start to its end."""

import os
import signal
import subprocess
import time

from dockercli import IMAGES, NAME
from harness import Cases, run, within

cases = Cases()


def host_pid(docker, name=NAME):
    return docker.look(name)['State']['Pid']


def processes(docker):
    """Command lines of the processes in the container's control group."""
    found = []
    for pid in docker.cgroup('cgroup.procs')['cgroup.procs'].split():
        with open(f'/proc/{pid}/cmdline') as file:
            found.append(file.read().replace('\0', ' ').strip())
    return sorted(found)


@cases.case('run -d, inspect, logs, wait, ps -a', quick=True)
def case_detached(docker):
    docker.start(command='trap "exit 3" USR1; echo out; echo err >&2; read -r line < /dev/null;'
                 'while :; do sleep 1 & wait; done')
    docker.until_logged('err')
    state = docker.look()['State']
    assert state['Running'] and not state['Paused'], state
    with open(f'/proc/{state["Pid"]}/status') as file:
        pids = [line.split()[1:] for line in file if line.startswith('NSpid')][0]
    assert pids[0] == str(state['Pid']) and pids[-1] == '1', pids
    docker('kill', '-s', 'USR1', NAME).good()
    waited = docker('wait', NAME).good()
    logs = docker('logs', NAME)
    assert (waited, logs.out, logs.err) == ('3\n', 'out\n', 'err\n'), (waited, logs.out, logs.err)
    state = docker.look()['State']
    return {'state': {k: state[k] for k in ('Status', 'ExitCode', 'OOMKilled', 'Error', 'Pid')},
            'ps': docker('ps', '-a', '--format', '{{.Names}} {{.Image}} {{.Command}}').good()}


@cases.case('logs -f follows to the end, --tail')
def case_logs_follow(docker):
    docker.start(command='for i in 1 2 3 4; do echo line $i; sleep 1; done')
    follow = docker('logs', '-f', NAME).good()
    return {'follow': follow, 'tail': docker('logs', '--tail', '2', NAME).good()}


@cases.case('exec: status, streams, environment, user, directory', quick=True)
def case_exec(docker):
    docker.start('--env', 'A=image')
    seen = {
        'status': docker('exec', NAME, 'sh', '-c', 'echo out; echo err >&2; exit 7'),
        'env': docker('exec', '-e', 'B=more', '-w', '/tmp', '-u', 'user', NAME, 'sh', '-c',
                      'echo $A $B; pwd; id'),
        'stdin': docker('exec', '-i', NAME, 'sh', '-c', 'wc -c; tail -c 3', given='abc' * 1000),
        'pids': docker('exec', NAME, 'sh', '-c', 'cat /proc/1/comm; kill -0 1 && echo can'),
        'not found': docker('exec', NAME, '/no/such/program'),
        'not a program': docker('exec', NAME, '/etc/plain'),
    }
    assert seen['status'].status == 7 and seen['env'].out.startswith('image more\n/tmp\n')
    return {name: {**done.seen(), 'err': done.err if done.err == 'err\n' else ''}
            for name, done in seen.items()}


@cases.case('exec: a tree of processes, and what is left of it')
def case_exec_detached(docker):
    docker.start()
    docker('exec', '-d', NAME, 'sh', '-c', 'sleep 1000 & sleep 1000 & echo ready > /tmp/ready; wait').good()
    within('the file', lambda: docker('exec', NAME, 'cat', '/tmp/ready').out == 'ready\n')
    before = [p for p in processes(docker) if p.startswith('sleep 1000')]
    docker('exec', NAME, 'killall', 'sleep')
    return {'sleepers': len(before)}


@cases.case('exec in a container that is stopped, or not there')
def case_exec_stopped(docker):
    docker.start(command='exit 0')
    docker.until('exited')
    done = docker('exec', NAME, 'true')
    return {'status': done.status, 'says': 'is not running' in done.err,
            'none': docker('exec', 'none', 'true').status}


@cases.case('exec --privileged gives nothing that the domain has not')
def case_exec_privileged(docker):
    docker.start()
    done = docker('exec', '--privileged', NAME, 'sh', '-c', 'mount -t tmpfs none /tmp 2>/dev/null || echo refused')
    if docker.runtime == 'sbx':
        assert done.out == 'refused\n' or done.status == 126, done.out
    return {}


@cases.case('stop: a program that handles SIGTERM', quick=True)
def case_stop(docker):
    docker.start(command='trap "echo got TERM; exit 5" TERM; echo ready; while :; do sleep 1 & wait; done')
    docker.until_logged('ready')
    docker('stop', '-t', '30', NAME).good()
    seen = {'status': docker.look()['State']['ExitCode'], 'logs': docker('logs', NAME).out}
    assert seen == {'status': 5, 'logs': 'ready\ngot TERM\n'}, seen
    return seen


@cases.case('stop -t 1: a program that does not care is killed')
def case_stop_stubborn(docker):
    docker.start(command='trap "" TERM; echo ready; while :; do sleep 1; done')
    docker.until_logged('ready')
    began = time.monotonic()
    docker('stop', '-t', '1', NAME).good()
    assert time.monotonic() - began < 30
    return {'status': docker.look()['State']['ExitCode']}


@cases.case('--stop-signal')
def case_stop_signal(docker):
    docker.start('--stop-signal', 'USR2',
                 command='trap "echo got USR2; exit 6" USR2; echo ready; while :; do sleep 1 & wait; done')
    docker.until_logged('ready')
    docker('stop', '-t', '30', NAME).good()
    return {'status': docker.look()['State']['ExitCode'], 'logs': docker('logs', NAME).out}


@cases.case('kill, and kill -s')
def case_kill(docker):
    docker.start(command='trap "echo got USR1" USR1; trap "echo got HUP" HUP; echo ready;'
                 'while :; do sleep 1 & wait; done')
    docker.until_logged('ready')
    docker('kill', '-s', 'USR1', NAME).good()
    docker.until_logged('got USR1')
    docker('kill', '-s', '1', NAME).good()
    docker.until_logged('got HUP')
    running = docker.state()
    docker('kill', NAME).good()
    docker.until('exited')
    again = docker('kill', NAME)
    return {'running': running, 'status': docker.look()['State']['ExitCode'],
            'again': again.status, 'says': 'is not running' in again.err}


@cases.case('a process killed from the host, the whole container by its first process')
def case_kill_from_host(docker):
    docker.start(command='sleep 1000 & sleep 1000 & wait')
    within('three processes', lambda: len(processes(docker)) == 3)
    os.kill(host_pid(docker), signal.SIGKILL)
    docker.until('exited')
    return {'status': docker.look()['State']['ExitCode']}


@cases.case('restart, and start of what has ended')
def case_restart(docker):
    docker.start(command='echo run >> /runs; cat /runs | wc -l; trap "exit 0" TERM; while :; do sleep 1 & wait; done')
    docker.until_logged('1')
    first = host_pid(docker)
    docker('restart', '-t', '20', NAME).good()
    docker.until_logged('2')
    assert host_pid(docker) != first
    docker('stop', NAME).good()
    docker('start', NAME).good()
    docker.until_logged('3')
    return {'logs': docker('logs', NAME).out, 'restarts': docker.look()['RestartCount']}


@cases.case('start -a of a container that was created')
def case_create_start(docker):
    docker('create', *docker.words([], 'busybox', 'echo created; exit 4')).good()
    state = docker.state()
    done = docker('start', '-a', NAME)
    return {'state': state, **done.seen()}


@cases.case('--restart on-failure')
def case_restart_policy(docker):
    docker.start('--restart', 'on-failure:2', command='echo try; exit 9')
    within('two restarts', lambda: docker.look()['RestartCount'] == 2)
    docker.until('exited')
    return {'status': docker.look()['State']['ExitCode'], 'logs': docker('logs', NAME).out}


@cases.case('rm of what runs, rm -f', quick=True)
def case_remove(docker):
    docker.start()
    refused = docker('rm', NAME)
    pid = host_pid(docker)
    docker('rm', '-f', NAME).good()
    assert not os.path.exists(f'/proc/{pid}')
    return {'status': refused.status, 'ps': docker('ps', '-aq').out}


@cases.case('pause and unpause')
def case_pause(docker):
    docker.start(command='i=0; while :; do i=$((i + 1)); echo $i > /count; done')
    pid = host_pid(docker)

    def count():
        with open(f'/proc/{pid}/root/count') as file:
            return file.read()
    within('it counts', lambda: os.path.exists(f'/proc/{pid}/root/count') and count())
    docker('pause', NAME).good()
    state = docker.state()
    first = count()
    time.sleep(1)
    assert first == count(), 'it counts while it is paused'
    execed = docker('exec', NAME, 'true')
    docker('unpause', NAME).good()
    within('it counts again', lambda: count() not in ('', first))
    return {'state': state, 'exec': execed.status, 'says': 'is paused' in execed.err,
            'after': docker.state(), 'again': docker('unpause', NAME).status}


@cases.case('rm -f of what is paused')
def case_pause_remove(docker):
    docker.start()
    docker('pause', NAME).good()
    return docker('rm', '-f', NAME).seen()


# crun 1.8 does not take what Docker 20.10 sends.
@cases.case('update of limits while it runs', control='runc')
def case_update(docker):
    docker.start()
    names = 'memory.max', 'cpu.max', 'pids.max', 'cpuset.cpus'
    before = docker.cgroup(*names)
    docker('update', '--memory', '32m', '--memory-swap', '64m', '--cpus', '0.25', '--pids-limit', '33',
           '--cpuset-cpus', '1', NAME).good()
    after = docker.cgroup(*names)
    assert after['memory.max'] == str(32 << 20) and after['pids.max'] == '33', after
    return {'before': before, 'after': after, 'inside': docker('exec', NAME, 'echo', 'lives').out}


@cases.case('top shows the processes, under the pids of the host')
def case_top(docker):
    docker.start(command='sleep 1000 & sleep 1000; true')
    within('three processes', lambda: len(processes(docker)) == 3)
    lines = docker('top', NAME, '-o', 'pid,args').good().splitlines()
    pids = sorted(line.split()[0] for line in lines[1:])
    assert pids == sorted(docker.cgroup('cgroup.procs')['cgroup.procs'].split()), lines
    return {'lines': sorted(line.split(None, 1)[1] for line in lines[1:])}


@cases.case('stats')
def case_stats(docker):
    docker.start('--memory', '64m', command='dd if=/dev/zero of=/dev/shm/f bs=1M count=8; while :; do sleep 1000; done')
    within('memory in use', lambda: int(docker.cgroup('memory.current')['memory.current']) > 8 << 20)
    name, memory, pids = docker('stats', '--no-stream', '--format', '{{.Name}};{{.MemUsage}};{{.PIDs}}',
                                NAME).good().strip().split(';')
    used, limit = memory.split(' / ')
    assert used.endswith('MiB') and 8 < float(used[:-3]) < 64, memory
    return {'name': name, 'limit': limit, 'pids': pids}


@cases.case('cp in and out, of files and directories')
def case_copy(docker):
    folder = docker.directory()
    os.makedirs(f'{folder}/in/deep')
    with open(f'{folder}/in/deep/file', 'w') as file:
        file.write('carried\n')
    os.chmod(f'{folder}/in/deep/file', 0o751)
    docker.start()
    docker('cp', f'{folder}/in', f'{NAME}:/tmp/in').good()
    inside = docker('exec', NAME, 'sh', '-c', 'cat /tmp/in/deep/file; stat -c "%a %u" /tmp/in/deep/file;'
                    'echo back > /tmp/in/new').good()
    docker('cp', f'{NAME}:/tmp/in/new', f'{folder}/out').good()
    docker('stop', NAME).good()
    docker('cp', f'{NAME}:/tmp/in', f'{folder}/all').good()
    with open(f'{folder}/out') as file:
        assert file.read() == 'back\n'
    return {'inside': inside, 'all': sorted(os.listdir(f'{folder}/all'))}


@cases.case('diff and commit')
def case_diff(docker):
    docker.start(command='echo new > /etc/new; rm /etc/plain; mkdir /made; echo ready; sleep 1000')
    docker.until_logged('ready')
    changes = sorted(docker('diff', NAME).good().split('\n'))
    docker('commit', NAME, 'sbx/committed').good()
    docker('rm', '-f', NAME).good()
    done = docker('run', '--rm', '--network', 'none', '--runtime', docker.runtime, 'sbx/committed', 'cat', '/etc/new')
    docker('rmi', 'sbx/committed').good()
    return {'changes': changes, **done.seen()}


@cases.case('events of a whole life')
def case_events(docker):
    since = time.time()
    docker.start()
    docker('exec', NAME, 'true').good()
    docker('pause', NAME).good()
    docker('unpause', NAME).good()
    docker('kill', '-s', 'USR1', NAME).good()
    docker('stop', NAME).good()
    docker('rm', NAME).good()
    events = docker('events', '--since', f'{since:.3f}', '--until', f'{time.time() + 1:.3f}',
                    '--filter', 'type=container', '--format', '{{.Action}}').good().splitlines()
    assert 'oom' not in events and events[-1] == 'destroy', events
    return {'events': [event.split(':')[0] for event in events]}


@cases.case('attach, and the end of the program')
def case_attach(docker):
    docker.start('-i', command='while read -r line; do echo "<$line>"; [ "$line" = two ] && exit 8; done')
    # At the end of its input dockerd stops to pass on output, be there some yet or not.
    read_end, write_end = os.pipe()
    with open(read_end) as given, open(write_end, 'w', buffering=1) as user:
        user.write('one\ntwo\n')
        done = run('docker', 'attach', NAME, given=given)
    assert done.out == '<one>\n<two>\n', (done.status, done.out, done.err, docker('logs', NAME).out)
    return done.seen()


@cases.case('health checks')
def case_health(docker):
    docker.start('--health-cmd', 'test -e /good', '--health-interval', '1s', '--health-retries', '1',
                 '--health-timeout', '30s', command='while :; do sleep 1000; done')

    def health():
        return docker.look()['State']['Health']['Status']
    within('it is found ill', lambda: health() == 'unhealthy')
    docker('exec', NAME, 'touch', '/good').good()
    within('it is found well', lambda: health() == 'healthy')
    return {}


@cases.case('four at a time')
def case_many(docker):
    words = ['--rm', '--runtime', docker.runtime, '--network', 'none', IMAGES.need('busybox'), 'sh', '-c']
    children = [subprocess.Popen(['docker', 'run', *words, f'echo {n}; sleep 2; exit {n}'],
                                 stdout=subprocess.PIPE, text=True) for n in range(10, 14)]
    seen = []
    for child in children:
        out, _ = child.communicate(timeout=120)
        seen.append((child.returncode, out))
    assert seen == [(n, f'{n}\n') for n in range(10, 14)], seen
    return {'seen': seen}


def shims():
    return run('pgrep', '-f', 'containerd-shim-runc-v2 -namespace moby').out.split()


@cases.case('a shim that dies: nothing of its container is left')
def case_shim_killed(docker):
    docker.start()
    pid = host_pid(docker)
    for shim in shims():
        os.kill(int(shim), signal.SIGKILL)
    docker.until('exited')
    within('the processes go', lambda: not os.path.exists(f'/proc/{pid}'))
    assert docker('start', NAME).status == 0
    return {'state': docker.state()}


@cases.case('the domain bears the name of the container', quick=True)
def case_name(docker):
    identity = docker.start()
    if docker.runtime == 'sbx':
        names = run('sbxctl', 'list').good()
        assert NAME in names or identity[:12] in names, names
    return {}
