# SPDX-License-Identifier: GPL-2.0
"""docker run: its options, what it passes on, and what is refused."""

import json
import os
import re
import urllib.request

from dockercli import IMAGES, NAME, refusal
from harness import Cases, run, within

cases = Cases()

STATUS = 'grep -E "^(Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs|Uid|Gid|Groups):" /proc/self/status'

# Name, title, options of docker, and what the shell of busybox is to do. The output
# is what has to be the same; where it is known it stands there too.
ONE_SHOTS = [
    ('status', 'the status of the program', [], 'exit 3', None),
    ('not-found', 'a program that is not there: 127', [], ['/no/such/program'], None),
    ('not-in-path', 'a program that is not in PATH: 127', [], ['no-such-program'], None),
    ('not-a-program', 'a file that is no program: 126', [], ['/etc/plain'], None),
    ('env', '--env and --env-file', ['--env', 'A=b  c', '--env', 'HOME=/x'], 'echo "$A $HOME"', 'b  c /x\n'),
    ('workdir', '--workdir, which is made', ['--workdir', '/work/dir'], 'pwd; cd ..; ls', '/work/dir\ndir\n'),
    ('hostname', '--hostname, and the files made of it', ['--hostname', 'harbour'],
     'hostname; cat /etc/hostname', 'harbour\nharbour\n'),
    ('hosts', '--add-host', ['--add-host', 'pier:192.0.2.7'], 'grep pier /etc/hosts', '192.0.2.7\tpier\n'),
    ('user', '--user by name', ['--user', 'user'], 'id; echo $HOME', None),
    ('user-number', '--user by number, and --group-add',
     ['--user', '1234:5678', '--group-add', 'extra', '--group-add', '77'], f'id; {STATUS}', None),
    ('entrypoint', '--entrypoint', ['--entrypoint', '/bin/echo'], ['a', 'b'], 'a b\n'),
    ('caps', 'the capabilities there are', [], STATUS, None),
    ('cap-add', '--cap-add', ['--cap-add', 'NET_ADMIN', '--cap-add', 'SYS_PTRACE'], STATUS, None),
    ('cap-drop', '--cap-drop', ['--cap-drop', 'ALL', '--cap-add', 'CHOWN'],
     f'{STATUS}; touch /f; chown 1 /f && stat -c %u /f; chmod 000 /f; cat /f', None),
    ('cap-all', '--cap-add ALL', ['--cap-add', 'ALL'], STATUS, None),
    ('no-new-privileges', '--security-opt no-new-privileges',
     ['--security-opt', 'no-new-privileges'], STATUS, None),
    ('ulimit', '--ulimit', ['--ulimit', 'nofile=123:456', '--ulimit', 'core=0'],
     'ulimit -Sn; ulimit -Hn; ulimit -Sc', '123\n456\n0\n'),
    ('read-only', '--read-only', ['--read-only'],
     'touch /new; mkdir /etc/new; touch /dev/shm/good && ls /dev/shm; ls -d /new', None),
    ('read-only-tmpfs', '--read-only with --tmpfs',
     ['--read-only', '--tmpfs', '/scratch:rw,size=1m,mode=1777'],
     'echo good > /scratch/f && cat /scratch/f; touch /new', None),
    ('tmpfs', '--tmpfs and its options', ['--tmpfs', '/scratch:size=64k,mode=700,uid=1000'],
     'stat -c "%a %u %F" /scratch; head -c 100000 /dev/zero > /scratch/f; stat -c %s /scratch/f', None),
    ('shm-size', '--shm-size', ['--shm-size', '1m'],
     'head -c 2000000 /dev/zero > /dev/shm/f; stat -c %s /dev/shm/f', None),
    ('pids-limit', '--pids-limit', ['--pids-limit', '4'],
     'for i in 1 2 3 4 5 6; do sleep 1 & done; wait; echo survived', None),
    ('oom', '--memory: what needs more is killed', ['--memory', '16m'], ['tail', '/dev/zero'], None),
    ('oom-score', '--oom-score-adj', ['--oom-score-adj', '500'], 'cat /proc/self/oom_score_adj', '500\n'),
    ('cpuset', '--cpuset-cpus', ['--cpuset-cpus', '1'], 'grep Cpus_allowed_list /proc/self/status', None),
    ('sysctl', '--sysctl', ['--sysctl', 'kernel.msgmax=4321'], 'cat /proc/sys/kernel/msgmax', '4321\n'),
    ('init', '--init: a process 1 that reaps', ['--init'],
     'cat /proc/1/comm; echo $(($$ > 1)); kill -9 $$', None),
    ('pid-1', 'process 1 does not die of its own signals', [],
     'kill -9 $$; kill -TERM $$; echo alive $$', 'alive 1\n'),
    # Without the profile of AppArmor, which says no to some of it by name.
    ('masked', 'paths that docker hides', ['--security-opt', 'apparmor=unconfined'],
     'exec 2>&1; cd /proc; for f in kcore keys latency_stats sched_debug timer_list timer_stats; do'
     ' cat $f; stat -c "%n %F %a %s" $f; echo x > $f && echo written; done;'
     'for d in acpi asound scsi /sys/firmware; do ls -A $d; stat -c "%n %F %a" $d; mkdir $d/new; done', None),
    ('protected', 'paths that docker protects', ['--security-opt', 'apparmor=unconfined'],
     'exec 2>&1; cd /proc; for d in bus fs irq sys; do stat -c "%n %F %a" $d; mkdir $d/new; echo x > $d/new; done;'
     'stat -c "%n %F %a %s" sysrq-trigger; for f in sysrq-trigger sys/kernel/hostname; do echo x > $f; done;'
     'grep -E " /(proc|sys)" mounts | cut -d " " -f 2,3 | sort', None),
    ('mounts', '--cap-add SYS_ADMIN lets a container mount elsewhere what it has',
     ['--cap-add', 'SYS_ADMIN', '--security-opt', 'apparmor=unconfined', '--security-opt', 'seccomp=unconfined'],
     'exec 2>&1; mkdir /a /b; echo inside > /a/file; mount --bind /a /b && cat /b/file; umount /b; ls /b;'
     'mount --bind /a /b; mount -o remount,bind,ro /b; echo x > /b/file; umount /b', None),
    ('devices', 'device nodes that every container has', [],
     'for d in null zero full random urandom tty ptmx; do stat -L -c "%n %F %a" /dev/$d; done;'
     'for l in fd stdin stdout stderr; do readlink /dev/$l; done; echo gone > /dev/null;'
     'head -c 5 /dev/zero | wc -c; head -c 5 /dev/urandom | wc -c; echo x > /dev/full', None),
    ('namespaces', 'what can be seen of the machine', [],
     'ls /proc | grep -c "^[0-9]"; hostname | wc -c; ls /sys/class/net; cat /proc/mounts | grep -c /dev/vda', None),
    ('unconfined', '--security-opt seccomp=unconfined',
     ['--security-opt', 'seccomp=unconfined', '--security-opt', 'apparmor=unconfined'], 'echo runs', 'runs\n'),
    ('python', 'a real program of a real distribution', [], ['python3', '-c', 'print(6 * 7)'], '42\n'),
    ('pipeline', 'bash and coreutils', [],
     ['bash', '-c', 'seq 20000 | sort -rn | tee >(wc -l > /lines) | sed -n 1,3p | paste -sd+;'
      'until test -s /lines; do sleep 0.1; done; cat /lines >&2'], '20000+19999+19998\n'),
]
DEBIAN = {'python', 'pipeline'}
NEVER_RUN = {'not-found', 'not-in-path', 'not-a-program'}


def one_shot(options, command, out, image):
    def function(docker):
        done = docker.run(*options, image=image, command=command)
        if out is not None:
            assert done.out == out, f'{done.out!r} {done.err!r}'
        # What docker itself says goes to the same place as what the program says.
        err = '' if done.err.startswith('docker: ') else done.err
        return {'status': done.status, 'out': done.out, 'err': err}
    return function


for name, title, options, command, out in ONE_SHOTS:
    image = 'debian' if name in DEBIAN else 'busybox'
    cases.case(title, name=name, runs=name not in NEVER_RUN)(
        one_shot(options, command, out, image))


@cases.case('an image with one static program', quick=True)
def case_hello(docker):
    done = docker.run(image='hello')
    assert done.out == 'Hello from a container.\n', done.err
    return done.seen()


@cases.case('standard input, output and error are three things')
def case_streams(docker):
    done = docker.run('-i', command='read -r line; echo "<$line>"; echo oops >&2; wc -c',
                      given='first\n' + 'x' * 300000)
    assert done.out == '<first>\n300000\n', done.out
    return {'out': done.out, 'err': done.err}


@cases.case('-v: a directory of the host, to read and to write')
def case_volume(docker):
    folder = docker.directory()
    with open(f'{folder}/there', 'w') as file:
        file.write('from the host\n')
    done = docker.run('-v', f'{folder}:/v', '--user', '1000',
                      command='cat /v/there; echo no > /v/new; id -u')
    os.chown(folder, 1000, 1000)
    done2 = docker.run('-v', f'{folder}:/v', '--user', '1000',
                       command='mkdir /v/d && echo from inside > /v/d/new; mv /v/there /v/d/moved')
    with open(f'{folder}/d/new') as file:
        assert file.read() == 'from inside\n'
    return {'first': done.seen(), 'second': done2.seen(), 'owner': os.stat(f'{folder}/d/new').st_uid,
            'names': sorted(os.listdir(f'{folder}/d'))}


@cases.case('-v: read-only, a single file, and one below another')
def case_volume_read_only(docker):
    folder = docker.directory()
    for name in 'file', 'other':
        with open(f'{folder}/{name}', 'w') as file:
            file.write(f'{name}\n')
    done = docker.run('-v', f'{folder}:/v:ro', '-v', f'{folder}/file:/etc/one',
                      '--tmpfs', '/v2', '-v', f'{folder}/other:/v2/deep/other:ro',
                      command='cat /v/file /etc/one /v2/deep/other; touch /v/new; echo x > /v2/deep/other;'
                      'echo changed > /etc/one; rm /etc/one')
    with open(f'{folder}/file') as file:
        assert file.read() == 'changed\n'
    assert 'Read-only file system' in done.err, done.err
    return {**done.seen(), 'err': done.err}


@cases.case('-v: a named volume keeps what is written')
def case_volume_named(docker):
    docker.run('-v', 'store:/store', command='echo kept > /store/f').good()
    done = docker.run('-v', 'store:/store:ro', command='cat /store/f')
    assert done.out == 'kept\n'
    return done.seen()


@cases.case('--volumes-from and --mount')
def case_mount(docker):
    folder = docker.directory()
    done = docker.run('--mount', f'type=bind,source={folder},target=/b,readonly',
                      '--mount', 'type=tmpfs,target=/t,tmpfs-size=64k,tmpfs-mode=0711',
                      command='stat -c "%a %F" /t; touch /b/x; touch /t/x && ls /t')
    return {**done.seen(), 'err': done.err}


@cases.case('limits of the control group')
def case_limits(docker):
    docker.start('--memory', '64m', '--memory-reservation', '32m', '--cpus', '0.5', '--cpu-shares', '512',
                 '--pids-limit', '20', '--cpuset-cpus', '0')
    seen = docker.cgroup('memory.max', 'memory.low', 'cpu.max', 'cpu.weight', 'pids.max', 'cpuset.cpus')
    assert seen['memory.max'] == str(64 << 20), seen
    return seen


@cases.case('--security-opt seccomp=FILE: a profile of one\'s own')
def case_seccomp(docker):
    profile = {'defaultAction': 'SCMP_ACT_ALLOW', 'syscalls': [
        {'names': ['mkdir', 'mkdirat'], 'action': 'SCMP_ACT_ERRNO', 'errnoRet': 95},
        {'names': ['chmod', 'fchmodat', 'fchmodat2'], 'action': 'SCMP_ACT_ERRNO'}]}
    path = f'{docker.directory()}/profile.json'
    with open(path, 'w') as file:
        json.dump(profile, file)
    done = docker.run('--security-opt', f'seccomp={path}',
                      command='mkdir /d; ls -d /d; chmod 700 /tmp; echo end')
    assert done.out == 'end\n', done.out
    return {**done.seen(), 'err': done.err}


@cases.case('--security-opt seccomp=FILE is kept, and sbxctl show tells where')
def case_seccomp_kept(docker):
    path = f'{docker.directory()}/profile.json'
    with open(path, 'w') as file:
        json.dump({'defaultAction': 'SCMP_ACT_ALLOW', 'syscalls': [
            {'names': ['mkdir'], 'action': 'SCMP_ACT_ERRNO', 'errnoRet': 95}]}, file)
    docker.start('--security-opt', f'seccomp={path}')
    if docker.runtime == 'sbx':
        shown = json.loads(run('sbxctl', 'show', '--json', NAME).good())['containers'][0]['oci']
        assert shown['seccomp'] and 'linux.seccomp' in [note['what'] for note in shown['notes']], shown
        with open(f'{shown["record"]}/seccomp.json') as file:
            assert json.load(file)['syscalls'][0]['errnoRet'] == 95
    return {}


@cases.case('a wrong /etc/sbx/runtime.json: no container is made, those that live can be stopped')
def case_wrong_configuration(docker):
    docker.start()
    os.makedirs('/etc/sbx', exist_ok=True)
    with open('/etc/sbx/runtime.json', 'w') as file:
        file.write('{\n  "frob": 1\n}\n')
    try:
        done = docker('run', '--rm', '--runtime', docker.runtime, '--network', 'none',
                      IMAGES.need('busybox'), 'echo', 'runs')
        docker('stop', '-t', '20', NAME).good()
    finally:
        os.unlink('/etc/sbx/runtime.json')
    if docker.runtime == 'sbx':
        wrong = '/etc/sbx/runtime.json, line 2: there is no key "frob"'
        assert done.status == 125 and wrong in refusal(done), done.err
    return {'stopped': docker.state()}


@cases.case('a bridge of docker\'s: interfaces and names')
def case_bridge(docker):
    done = docker.run('--network', 'bridge', command='ls /sys/class/net; cat /etc/resolv.conf | wc -c')
    assert done.out.startswith('eth0\nlo\n'), done.out
    return {**done.seen(), 'err': done.err}


@cases.case('a bridge of docker\'s: addresses, and a way to the host')
def case_bridge_use(docker):
    done = docker.run('--network', 'bridge', command=(
        'grep -c eth0 /proc/net/dev; wget -q -T 3 -O - http://172.17.0.1:1/ 2>&1'))
    return {**done.seen(), 'err': done.err}


@cases.case('-p: a published port')
def case_publish(docker):
    docker.start('-p', '127.0.0.1:8091:80', command=(
        'mkdir /www; echo served > /www/index.html; exec httpd -f -p 80 -h /www'))

    def fetch():
        try:
            with urllib.request.urlopen('http://127.0.0.1:8091/', timeout=5) as page:
                return page.read().decode()
        except OSError:
            return None
    return {'page': within('the page', fetch, 20)}


@cases.case('namespaces of the host are replaced where that does no harm')
def case_host_namespaces(docker):
    done = docker.run('--uts=host', '--cgroupns=host', command='echo runs')
    return done.seen()


@cases.case('-v: what is the kernel\'s on the host cannot be opened')
def case_volume_kernel(docker):
    done = docker.run('-v', '/proc:/host/proc:ro', '-v', '/sys:/host/sys:ro', '-v', '/dev/kmsg:/host/kmsg',
                      command='exec 2>&1; cd /host; ls proc; ls sys; for f in proc/uptime proc/1/environ'
                      ' sys/kernel/uevent_seqnum kmsg; do head -c 1 $f; done; echo end')
    # The device is the control group's to refuse, with any runtime.
    denied = done.out.count('Permission denied\n'), done.out.count('Operation not permitted\n')
    if docker.runtime == 'sbx':
        assert denied == (5, 1) and len(done.out.splitlines()) == 7, done.out
    assert done.out.endswith('end\n'), done.out
    return {'device': denied[1]}


# What would undo the sandbox, and a word that the refusal has to name.
REFUSED = [
    ('privileged', ['--privileged'], 'privileged'),
    ('pid-host', ['--pid=host'], 'PID namespace .*--pid=host'),
    ('net-host', ['--network=host'], 'network .*--net=host'),
    ('ipc-host', ['--ipc=host'], 'IPC namespace .*--ipc=host'),
    ('device', ['--device', '/dev/vda:/dev/disk:r'], '/dev/disk .*--device'),
    ('host-socket', ['-v', '/run/docker.sock:/docker.sock'], 'docker.sock is a socket of the host'),
    ('host-disk', ['-v', '/dev/vda:/disk'], '/dev/vda is a disk of the host'),
]


def refused(options, pattern):
    def function(docker):
        done = docker.run(*options, command='echo runs')
        if docker.runtime != 'sbx':
            return done.good()
        said = refusal(done)
        assert done.status in (125, 126) and done.out == '', (done.status, done.out)
        assert re.search(pattern, said), f'not /{pattern}/: {done.err}'
        assert '\n' not in said and len(said) < 200, f'not one sentence: {said}'
        return {}
    return function


for name, options, pattern in REFUSED:
    cases.case(f'{options[0]} is refused, in a sentence', name=f'refused-{name}',
               quick=name == 'privileged', refused=True)(refused(options, pattern))


@cases.case('--pid=container:NAME, the namespace of another, is refused', refused=True)
def case_refused_pid_container(docker):
    docker('run', '-d', '--runtime', 'runc', '--network', 'none', '--name', 'other',
           IMAGES.need('busybox'), 'sleep', '1000').good()
    done = docker.run('--pid=container:other', command='ps | grep -c sleep')
    if docker.runtime != 'sbx':
        return done.good()
    assert done.status in (125, 126) and re.search('PID namespace', refusal(done)), done.err
    return {}

