#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 6.1+ debug+ timeout=180
"""/proc in a domain: the numbers are the domain's, and nobody else's processes are there."""

import os
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import container    # noqa: E402
import tap          # noqa: E402

out = tap.Writer()
CGROUPS = '/sys/fs/cgroup'
MOMENT = 100


def domain(*command, **how):
    """What a command in a domain says."""
    return subprocess.run(['sbxctl', 'run', '--', *command], stdin=subprocess.DEVNULL, timeout=MOMENT,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                          **how).stdout


def limited(limits, script):
    return container.limited(limits, script, MOMENT)


def test(function):
    """Run a test; it yields pairs of what was expected and what was found."""
    name = function.__name__.replace('_', ' ')
    try:
        bad = [f'expected {want!r}, found {got!r}' for want, got in function() if want != got]
    except (OSError, subprocess.SubprocessError, ValueError, IndexError, KeyError) as error:
        bad = [repr(error)]
    out.result(not bad, name, notes=bad)


def meminfo(text):
    return {line.split(':')[0]: int(line.split()[1]) for line in text.splitlines()}


@test
def memory_is_what_the_cgroup_has():
    said = limited({'memory.max': f'{64 << 20}'},
                   'cat /proc/meminfo; head -c 8M /dev/zero >/tmp/file; echo -; cat /proc/meminfo;'
                   'echo -; free -k; echo -; grep -c . /proc/vmstat')
    before, after, free, lines = said.split('-\n')
    before, after = meminfo(before), meminfo(after)
    yield 64 << 10, before['MemTotal']
    yield True, 0 < before['MemFree'] < before['MemTotal']
    yield True, before['MemFree'] <= before['MemAvailable'] <= before['MemTotal']
    # A file on a tmpfs, give or take what counters lag behind.
    yield True, 6 << 10 < after['Shmem'] - before['Shmem'] < 10 << 10
    yield True, 5 << 10 < before['MemFree'] - after['MemFree'] < 12 << 10
    yield '65536', free.splitlines()[1].split()[1]
    yield True, int(lines) > 15


@test
def without_a_limit_it_is_the_machine_s():
    with open('/proc/meminfo') as file:
        total = meminfo(file.read())['MemTotal']
    inside = meminfo(domain('cat', '/proc/meminfo'))
    yield total, inside['MemTotal']
    # The machine uses more than this domain.
    yield True, inside['MemFree'] > total - (100 << 10)


@test
def limits_above_count():
    pod = f'{CGROUPS}/sbx-test-pod'
    os.mkdir(pod)
    try:
        with open(f'{pod}/memory.max', 'w') as file:
            file.write(f'{128 << 20}')
        with open(f'{pod}/cgroup.subtree_control', 'w') as file:
            file.write('+memory')
        name = f'pod-{os.getpid()}'
        with subprocess.Popen(['sbxctl', 'run', '--name', name, '--', 'sh', '-c',
                               'echo ready; read -r go; grep MemTotal /proc/meminfo'], text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
            child.stdout.readline()
            os.mkdir(f'{pod}/inner')
            with open(f'{CGROUPS}/sbx.{name}/cgroup.procs') as file:
                tasks = file.read().split()
            for task in tasks:
                with open(f'{pod}/inner/cgroup.procs', 'w') as file:
                    file.write(task)
            said, _ = child.communicate('go\n', timeout=MOMENT)
        yield 128 << 10, meminfo(said)['MemTotal']
    finally:
        if os.path.exists(f'{pod}/inner'):
            os.rmdir(f'{pod}/inner')
        os.rmdir(pod)


@test
def processors_are_what_the_cgroup_has():
    script = ('grep -c ^processor /proc/cpuinfo; grep -c "^cpu[0-9]" /proc/stat;'
              'grep ^processor /proc/cpuinfo')
    cpus = os.cpu_count()
    yield [str(cpus)] * 2, limited({}, script).splitlines()[:2]
    yield ['1', '1', 'processor\t: 0'], limited({'cpu.max': '50000 100000'}, script).splitlines()
    yield ['1', '1', f'processor\t: {cpus - 1}'], \
        limited({'cpuset.cpus': f'{cpus - 1}'}, script).splitlines()
    yield [str(cpus)] * 2, limited({'cpu.max': '9900000 100000'}, script).splitlines()[:2]


@test
def time_is_what_the_domain_used():
    said = limited({}, 'i=0; head -n 1 /proc/stat; while [ $i -lt 300000 ]; do i=$((i + 1)); done;'
                       'head -n 1 /proc/stat')
    before, after = ([int(word) for word in line.split()[1:]] for line in said.splitlines())
    used = after[0] + after[2] - before[0] - before[2]
    # At least a few ticks, and not what the machine has used since it booted.
    yield True, 5 < used < 100 * MOMENT
    yield True, before[0] + before[2] < 100 * MOMENT
    yield 0, sum(after[4:]) + after[1]


@test
def load_begins_with_nothing():
    said = domain('cat', '/proc/loadavg').split()
    yield ['0.00', '0.00', '0.00', '1/1'], said[:4]


@test
def only_processes_of_the_domain_are_there():
    with subprocess.Popen(['sbxctl', 'run', '--', 'sh', '-c', 'echo ready; read -r go'],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        said = domain('ps', '-e', '-o', 'pid=,comm=').split()
        other.communicate(b'go\n')
    yield ['1', 'ps'], said
    yield '1 top', ' '.join(domain('top', '-b', '-n', '1').splitlines()[-1].split()[::11])
    yield '', domain('pgrep', 'kthreadd')
    yield 'sleep', domain('sh', '-c', 'sleep 9 & ps -o comm= -p $(pgrep sleep); kill $!').strip()
    yield '', domain('ps', '--no-headers', '-p', str(os.getpid()))


@test
def what_is_refused():
    said = domain('python3', '-c', '''
import errno, os
def no(path, flags=os.O_RDONLY):
    try:
        os.close(os.open(path, flags))
        return "ok"
    except OSError as e:
        return errno.errorcode[e.errno]
child = os.fork()
if not child:
    os.execvp("sleep", ["sleep", "60"])
print(no("/proc/self/pagemap"), no(f"/proc/{child}/mem"), no("/proc/self/mem", os.O_RDWR),
      no("/proc/self/clear_refs", os.O_WRONLY), no("/proc/self/sched", os.O_WRONLY),
      no("/proc/kcore"), no("/proc/kallsyms"), no("/proc/sys/kernel/hostname", os.O_WRONLY),
      no("/proc/sys/vm/swappiness", os.O_WRONLY), no("/proc/sysrq-trigger", os.O_WRONLY))
os.kill(child, 9)
''')
    yield 'EPERM EACCES ok EPERM EACCES EPERM ENOENT EROFS EROFS EROFS\n', said


@test
def locks_of_others_are_not_there():
    script = """
import fcntl, os, struct, sys
fd = os.open("/tmp/locked", os.O_RDWR | os.O_CREAT)
if "ofd" in sys.argv:
    fcntl.fcntl(fd, fcntl.F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))
else:
    fcntl.lockf(fd, fcntl.LOCK_EX)
print(open("/proc/locks").read().count("\\n"), open("/proc/locks").read().split()[:1], flush=True)
input()
"""

    def hold(*how):
        return subprocess.Popen(how, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    # Nobody is named as the holder of a lock that belongs to an open file.
    with hold('python3', '-c', script, 'ofd') as host, \
            hold('sbxctl', 'run', '--', 'python3', '-c', script) as other:
        host.stdout.readline()
        yield "1 ['1:']\n", other.stdout.readline()
        yield '', domain('cat', '/proc/locks')
        other.communicate('\n')
        host.communicate('\n')


@test
def processors_have_columns():
    said = limited({'cpuset.cpus': '1'}, 'head -n 1 /proc/interrupts; head -n 1 /proc/softirqs')
    yield ['CPU1', 'CPU1'], said.split()


@test
def memory_of_the_zone_is_the_domain_s():
    said = limited({'memory.max': f'{64 << 20}'}, 'cat /proc/zoneinfo')
    yield [str(64 << 8)], [line.split()[1] for line in said.splitlines() if 'managed' in line]


@test
def the_host_is_not_told_of():
    said = domain('cat', '/proc/cmdline', '/proc/modules', '/proc/diskstats', '/proc/partitions',
                  '/proc/sys/kernel/core_pattern')
    yield '\nmajor minor  #blocks  name\n\ncore\n', said
    with open('/proc/sys/kernel/random/boot_id') as file:
        yield False, file.read() == domain('cat', '/proc/sys/kernel/random/boot_id')


sys.exit(out.end())
