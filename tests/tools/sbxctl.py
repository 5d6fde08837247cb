#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 6.1+ debug+ timeout=300
"""What sbxctl says and how it ends, for each of its commands, right and wrong."""

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import tap      # noqa: E402

PATIENCE = 60 if os.environ.get('SBX_KERNEL') == 'debug' else 20
MODULE = f'{os.environ["SBX_BUILD"]}/{os.uname().release}/sbx.ko'
COMMANDS = ['run', 'list', 'show', 'stats', 'syscalls', 'events', 'kill', 'doctor']

out = tap.Writer()
folder = tempfile.mkdtemp(dir='/var/tmp')


def sbxctl(*words, **how):
    """A finished sbxctl."""
    how.setdefault('stdin', subprocess.DEVNULL)
    return subprocess.run(['sbxctl', *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=PATIENCE * 2, check=False, **how)


def run(*words, **how):
    return sbxctl('run', *words, **how)


def said(*words, **how):
    """Status and standard output, without the end of its last line."""
    done = sbxctl(*words, **how)
    return done.returncode, done.stdout.removesuffix('\n')


def as_json(*words):
    done = sbxctl(*words, '--json')
    if done.returncode:
        raise ValueError(f'{words}: status {done.returncode}: {done.stderr}')
    return json.loads(done.stdout)


@contextlib.contextmanager
def living(name, code='echo ready; read -r line', shell=('/bin/sh', '-c'), **how):
    """A domain of that name, while the block runs; its program is ready."""
    with subprocess.Popen(['sbxctl', 'run', '--name', name, '--', *shell, code],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, **how) as child:
        child.stdout.readline()
        try:
            yield child
        finally:
            with contextlib.suppress(BrokenPipeError):
                child.stdin.close()
            try:
                child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
                raise


def state(pid):
    """What a process does, a letter; T is stopped."""
    with open(f'/proc/{pid}/stat') as file:
        return file.read().rsplit(')', 1)[1].split()[0]


def pgrep(name, *words):
    """Words that pgrep has for the processes of a domain."""
    init = as_json('show', name)['containers'][0]['init_pid']
    return subprocess.run(['pgrep', *words, '--ns', str(init), '--nslist', 'pid', '.'],
                          capture_output=True, text=True, check=True).stdout.split()


def comms(name):
    return pgrep(name, '-l')[1::2]


def states(name):
    return {state(pid) for pid in pgrep(name)}


def soon(what, probe):
    """A pair that is one if something becomes so within some time."""
    end = time.monotonic() + PATIENCE
    while not probe():
        if time.monotonic() > end:
            return what, 'never'
        time.sleep(0.05)
    return what, what


def test(function):
    """Run a test; it yields pairs of what was expected and what was found."""
    name = function.__name__.replace('_', ' ')
    try:
        bad = [f'expected {want!r}, found {got!r}' for want, got in function() if want != got]
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, IndexError) as error:
        bad = [repr(error)]
    out.result(not bad, name, notes=bad)


def has(pattern, text):
    """A pair that shows the text if the pattern is not in it."""
    return pattern, pattern if re.search(pattern, text) else text


# --- run: exit statuses

@test
def status_is_that_of_the_program():
    for status in 0, 1, 42, 125, 255:
        yield status, run('--', '/bin/sh', '-c', f'exit {status}').returncode


@test
def status_of_a_signal():
    for name in 'KILL', 'TERM', 'SEGV', 'ABRT', 'PIPE':
        done = run('--', '/bin/sh', '-c', f"sh -c 'kill -{name} $$'; exit $?")
        yield 128 + signal.Signals[f'SIG{name}'], done.returncode


@test
def status_of_what_cannot_run():
    for status, program in ((127, '/no/such'), (127, 'no-such-program'), (126, '/etc/passwd'),
                            (126, '/usr')):
        done = run('--', program)
        yield status, done.returncode
        yield '', done.stdout
        yield has(f'^sbxctl: .*{program.rsplit("/", 1)[-1]}', done.stderr)


@test
def wrong_command_lines():
    for words in ([], ['--'], ['--no-such-option', '--', 'true'], ['--name'],
                  ['--name', 'a b', '--', 'true'], ['--name', '', '--', 'true'],
                  ['--name', 'a/b', '--', 'true'], ['--name', 'a' * 81, '--', 'true'],
                  ['--bind', 'x', '--', 'true'], ['--bind', '/etc:relative', '--', 'true'],
                  ['--bind', '/etc:/', '--', 'true'], ['--bind', '/etc:/a/../b', '--', 'true'],
                  ['--bind', '/etc:/mnt:rx', '--', 'true'],
                  ['--bind', '/no/such:/mnt', '--', 'true'],
                  ['--rootfs', '/no/such', '--', 'true'], ['--rootfs', '/:rx', '--', 'true'],
                  ['--net', 'no-such', '--', 'true'], ['--cwd', 'relative', '--', 'true'],
                  ['--env', '=x', '--', 'true'], ['--env', 'NO_SUCH_VARIABLE', '--', 'true']):
        done = run(*words)
        yield (words, 125), (words, done.returncode)
        yield has('sbxctl', done.stderr)
        yield '', done.stdout
    yield [], as_json('list')


@test
def a_name_is_taken_once():
    with living('taken'):
        done = run('--name', 'taken', '--', '/bin/true')
        yield 125, done.returncode
        yield has('alive', done.stderr)
    yield 0, run('--name', 'taken', '--', '/bin/true').returncode


# --- run: what the program gets

@test
def streams_pass():
    data = 'line\n' * 100000
    done = run('--', '/bin/cat', input=data, stdin=None)
    yield (0, len(data), ''), (done.returncode, len(done.stdout), done.stderr)
    done = run('--', '/bin/sh', '-c', 'echo out; echo err >&2')
    yield ('out\n', 'err\n'), (done.stdout, done.stderr)


@test
def environment():
    here = {**os.environ, 'SECRET': 'x', 'HANDED': 'on', 'TERM': 'dumb'}
    status, text = said('run', '--env', 'A=1', '--env', 'A=2=3', '--env', 'EMPTY=',
                        '--env', 'HANDED', '--env', 'HOME=/tmp', '--', '/usr/bin/env', env=here)
    yield 0, status
    got = dict(line.split('=', 1) for line in text.splitlines())
    yield {'A': '2=3', 'EMPTY': '', 'HANDED': 'on', 'HOME': '/tmp', 'TERM': 'dumb'}, \
        {name: value for name, value in got.items() if name != 'PATH'}
    yield has('/usr/bin', got['PATH'])


@test
def arguments_pass_as_they_are():
    odd = ['two words', '', "'", '"', '$HOME `id`', 'new\nline', '*', '--', '-x', '--json', 'ä']
    yield (0, ''.join(f'<{word}>' for word in odd)), said('run', '--', 'printf', '<%s>', *odd)


@test
def working_directory():
    yield (0, '/'), said('run', '--', 'pwd')
    yield (0, '/usr/bin'), said('run', '--cwd', '/usr/bin', '--', 'pwd')
    yield 125, run('--cwd', '/no/such', '--', 'pwd').returncode
    yield 125, run('--cwd', '/etc/passwd', '--', 'pwd').returncode
    yield False, os.path.exists('/no')


@test
def root_is_read_only_and_tmp_is_private():
    code = 'touch /made 2>/dev/null || echo no; touch /tmp/made && ls /tmp'
    yield (0, 'no\nmade'), said('run', '--', 'sh', '-c', code)
    yield False, os.path.exists('/tmp/made')
    yield (0, ''), said('run', '--', 'ls', '/tmp')


@test
def binds():
    source = f'{folder}/bind'
    os.makedirs(source)
    with open(f'{source}/file', 'w') as file:
        file.write('content')
    yield (0, 'content'), said('run', '--bind', f'{source}:/mnt:ro', '--', 'cat', '/mnt/file')
    yield (0, 'content'), said('run', '--bind', f'{source}/file:/etc/hostname', '--',
                               'cat', '/etc/hostname')
    yield 0, run('--bind', f'{source}:/mnt', '--', 'sh', '-c', 'echo new >/mnt/new').returncode
    yield 'new\n', open(f'{source}/new').read()
    yield (0, 'no'), said('run', '--bind', f'{source}:/mnt:ro', '--', 'sh', '-c',
                          'echo x 2>/dev/null >/mnt/other || echo no')
    yield (0, 'file\nnew\nx'), said('run', '--bind', f'{source}:/tmp/deep/er', '--', 'sh', '-c',
                                    'ls /tmp/deep/er; echo x')


@test
def another_root():
    root = f'{folder}/root'
    os.makedirs(f'{root}/bin')
    for name in 'sh', 'ls', 'touch':
        with open('/bin/busybox', 'rb') as source, open(f'{root}/bin/{name}', 'wb') as target:
            target.write(source.read())
        os.chmod(f'{root}/bin/{name}', 0o755)
    yield (0, 'ls\nsh\ntouch'), said('run', '--rootfs', root, '--', '/bin/ls', '/bin')
    yield 0, run('--rootfs', root, '--', '/bin/touch', '/made').returncode
    yield True, os.path.exists(f'{root}/made')
    yield 1, run('--rootfs', f'{root}:ro', '--', '/bin/touch', '/other').returncode


@test
def signals_are_forwarded():
    for name in 'HUP', 'INT', 'QUIT', 'TERM', 'USR1', 'USR2', 'ALRM':
        number = signal.Signals[f'SIG{name}']
        code = f'trap "exit 7" {name}; echo ready; while :; do sleep 0.1; done'
        with living('signal', code) as child:
            child.send_signal(number)
            yield (name, 7), (name, child.wait(PATIENCE))
    # Left at the default they end the program, though that is an init.
    for name in 'INT', 'TERM', 'USR1':
        number = signal.Signals[f'SIG{name}']
        with living('signal', 'echo ready; exec sleep 1000') as child:
            # The shell has a handler of its own for one of them.
            yield soon('it is the other program', lambda: comms('signal') == ['sleep'])
            child.send_signal(number)
            yield (name, 128 + number), (name, child.wait(PATIENCE))
    with living('signal', 'trap "" TERM; echo ready; read -r line; exit 9') as child:
        child.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        child.stdin.close()
        yield 9, child.wait(PATIENCE)


@test
def keyboard_means_the_whole_group():
    pid, terminal = pty.fork()
    if not pid:
        os.execvp('sbxctl', ['sbxctl', 'run', '--', '/bin/sh', '-c', 'echo ready; sleep 1000; exit 3'])
    text = b''
    while b'ready' not in text:
        text += os.read(terminal, 100)
    # The shell alone would wait for the end of its child.
    time.sleep(0.5)
    os.write(terminal, b'\x03')
    yield soon('it ends', lambda: state(pid) == 'Z')
    yield 130, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(terminal)


@test
def signals_that_are_blocked():
    begin = """if True:
        import signal, threading, time
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
        """
    code = """
        print('ready', flush=True)
        time.sleep(1)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
        time.sleep(1000)"""
    with living('signal', begin + code, ['python3', '-c']) as child:
        child.send_signal(signal.SIGTERM)
        yield ('for a while', 143), ('for a while', child.wait(PATIENCE))
    code = """
        print('ready', flush=True)
        time.sleep(0.5)
        raise SystemExit(int(signal.sigwait([signal.SIGTERM])) + 1)"""
    with living('signal', begin + code, ['python3', '-c']) as child:
        child.send_signal(signal.SIGTERM)
        yield ('and waited for', 16), ('and waited for', child.wait(PATIENCE))
    code = """
        def other():
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
            print('ready', flush=True)
            time.sleep(1000)
        threading.Thread(target=other).start()"""
    with living('signal', begin + code, ['python3', '-c']) as child:
        child.send_signal(signal.SIGTERM)
        yield ('in one thread', 143), ('in one thread', child.wait(PATIENCE))


@test
def stopped_and_continued():
    # In a process group of its own, as a shell starts it.
    with living('stop', 'sleep 1000 & echo ready; read -r line; exit 4', process_group=0) as child:
        child.send_signal(signal.SIGTSTP)
        yield soon('sbxctl stops', lambda: state(child.pid) == 'T')
        yield soon('all of the domain stops', lambda: states('stop') == {'T'})
        child.send_signal(signal.SIGCONT)
        yield soon('it goes on', lambda: 'T' not in states('stop'))
        child.stdin.close()
        yield 4, child.wait(PATIENCE)
    handler = 'trap "exit 7" TSTP; echo ready; while :; do sleep 0.1; done'
    with living('stop', handler, process_group=0) as child:
        child.send_signal(signal.SIGTSTP)
        yield soon('sbxctl stops', lambda: state(child.pid) == 'T')
        child.send_signal(signal.SIGCONT)
        yield ('handler', 7), ('handler', child.wait(PATIENCE))
    # Nobody could continue it.
    with living('stop', handler, start_new_session=True) as child:
        child.send_signal(signal.SIGTSTP)
        yield ('no job of a shell', 7), ('no job of a shell', child.wait(PATIENCE))
    with living('stop', 'echo ready; sleep 1000', process_group=0) as child:
        child.send_signal(signal.SIGTSTP)
        yield soon('sbxctl stops', lambda: state(child.pid) == 'T')
        child.kill()
        child.wait(PATIENCE)
        yield soon('it dies as well', lambda: not as_json('list'))


# --- list, show, stats, kill

@test
def list_show_stats_of_a_living_domain():
    with living('seen'):
        domain, = as_json('list')
        yield ('seen', 1, 1, []), tuple(domain[k] for k in ('name', 'containers', 'tasks', 'flags'))
        yield True, 0 <= domain['age_ms'] < 1000 * PATIENCE
        yield has(rf'(?m)^{domain["id"]} +seen ', sbxctl('list').stdout)
        for which in 'seen', str(domain['id']):
            shown = as_json('show', which)
            yield 'seen', shown['name']
            container, = shown['containers']
            yield ('seen', 'active', 1, None), \
                tuple(container[k] for k in ('name', 'state', 'tasks', 'refusal'))
            yield True, os.path.isdir(f'/proc/{container["init_pid"]}')
            stats = as_json('stats', which)
            yield 'seen', stats['name']
            yield True, stats['served'] > 10 and stats['native'] > 3
            yield True, 0 < stats['memory'] < 100 * 1024
            yield (0, 'seen'), (0, next((s['name'] for s in as_json('stats')), None))
        yield has('seen', sbxctl('show', 'seen').stdout)
        yield has('(?m)^calls served by the module +[1-9]', sbxctl('stats', 'seen').stdout)
    yield [], as_json('list')
    yield [], as_json('stats')


@test
def refusals_are_counted_by_call():
    with living('refused', 'dmesg -S; unshare -n true; echo ready; read -r line'):
        calls = {c['name']: c for c in as_json('stats', 'refused')['refused_calls']}
        yield True, calls['syslog']['count'] >= 1 and calls['unshare']['count'] >= 1
        yield has('machine-wide', calls['syslog']['note'])
        rows = {r['name']: r for r in as_json('syscalls', '--domain', 'refused')}
        yield calls['syslog']['count'], rows['syslog']['refusals']
        yield 0, rows['bpf']['refusals']


@test
def kill_ends_a_domain():
    with living('victim') as child:
        yield 0, sbxctl('kill', 'victim').returncode
        yield 137, child.wait(PATIENCE)
        yield [], as_json('list')


@test
def what_is_not_there():
    for words in (['show', 'no-such'], ['stats', 'no-such'], ['kill', 'no-such'],
                  ['show', '4000000000'], ['syscalls', '--domain', 'no-such']):
        done = sbxctl(*words)
        yield (words, 1), (words, done.returncode)
        yield has('^sbxctl: .*no', done.stderr)


# --- syscalls, events, doctor

@test
def table_of_calls():
    rows = as_json('syscalls')
    yield sorted(row['nr'] for row in rows), [row['nr'] for row in rows]
    by_name = {row['name']: row for row in rows}
    yield len(rows), len(by_name)
    yield ('served', None), (by_name['read']['class'], by_name['read']['errno'])
    yield ('refused', 'EPERM'), (by_name['bpf']['class'], by_name['bpf']['errno'])
    yield 'native', by_name['brk']['class']
    parts = {c: as_json('syscalls', '--class', c) for c in ('served', 'native', 'refused')}
    yield len(rows), sum(map(len, parts.values()))
    for name, part in parts.items():
        yield {name}, {row['class'] for row in part}
    yield True, all(row['note'] for row in rows if row['class'] != 'served')
    yield has(r'(?m)^0 +read +served', sbxctl('syscalls').stdout)
    yield 2, sbxctl('syscalls', '--class', 'nonsense').returncode


@test
def events_of_a_run():
    with subprocess.Popen(['sbxctl', 'events', '--json'], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as watch:
        yield has('listening', watch.stderr.readline())
        yield 0, run('--name', 'events', '--', '/bin/true').returncode
        seen = []
        for line in watch.stdout:
            seen.append(json.loads(line))
            if seen[-1]['event'] == 'domain-del':
                break
        watch.send_signal(signal.SIGINT)
        yield ['domain-new', 'container-new', 'container-bound', 'container-active',
               'container-del', 'domain-del'], [event['event'] for event in seen]
        yield {'events'}, {event['domain'] for event in seen}


@test
def doctor_is_content():
    findings = as_json('doctor')
    yield True, findings['ok']
    yield {'ok'}, {f['verdict'] for f in findings['findings'] if f['check'] != 'root'}
    yield True, {'kernel', 'ftrace', 'module', 'crun', 'cgroup', 'leftovers'} <= \
        {f['check'] for f in findings['findings']}
    yield has('(?m)^ok +module', sbxctl('doctor').stdout)


@test
def doctor_finds_what_is_wrong():
    subprocess.run(['sysctl', '-qw', 'user.max_user_namespaces=0'], check=True)
    done = sbxctl('doctor')
    subprocess.run(['sysctl', '-qw', 'user.max_user_namespaces=10000'], check=True)
    yield 1, done.returncode
    yield has('(?m)^failed +userns', done.stdout)
    yield has('sysctl user.max_user_namespaces', done.stdout)
    # The daemon would remove it first, if a domain of a test before has just ended.
    subprocess.run(['pkill', '-STOP', '-x', 'sbxd'], check=True)
    os.makedirs('/run/sbx/dead/rootfs')
    os.makedirs('/sys/fs/cgroup/sbx.dead-group/below')
    found = sbxctl('doctor').stdout
    fixed = sbxctl('doctor', '--fix').stdout
    subprocess.run(['pkill', '-CONT', '-x', 'sbxd'], check=True)
    yield has('(?s)warning +leftovers +dead .*warning +leftovers +dead-group', found)
    yield has('(?s)fixed +leftovers .*dead .*fixed +leftovers .*dead-group', fixed)
    yield (False, False), (os.path.exists('/run/sbx/dead'),
                           os.path.exists('/sys/fs/cgroup/sbx.dead-group'))


# --- the command line as a whole

@test
def help_of_each_command():
    overview = sbxctl('--help')
    yield 0, overview.returncode
    for command in COMMANDS:
        yield has(rf'(?m)^ +{command} ', overview.stdout)
        done = sbxctl(command, '--help')
        yield (command, 0), (command, done.returncode)
        yield has(f'^usage: sbxctl {command}', done.stdout)
        if command != 'run':
            wrong = sbxctl(command, '--no-such-option')
            yield (command, 2), (command, wrong.returncode)
            yield has(f'sbxctl {command} --help', wrong.stderr)
    yield 2, sbxctl('no-such-command').returncode
    yield has(r'^sbxctl \d', sbxctl('--version').stdout)


@test
def others_than_root_are_told():
    done = subprocess.run(['setpriv', '--reuid=1000', '--regid=1000', '--clear-groups', 'sbxctl',
                           'list'], capture_output=True, text=True, check=False)
    yield 1, done.returncode
    yield has('^sbxctl: .*root', done.stderr)
    done = subprocess.run(['setpriv', '--reuid=1000', '--regid=1000', '--clear-groups', 'sbxctl',
                           'run', '--', 'true'], capture_output=True, text=True, check=False)
    yield 125, done.returncode
    yield has('^sbxctl: .*root', done.stderr)


@test
def without_the_module():
    def unload():
        return subprocess.run(['rmmod', 'sbx'], stderr=subprocess.DEVNULL, check=False).returncode

    end = time.monotonic() + PATIENCE
    while unload() and time.monotonic() < end:
        time.sleep(0.1)
    try:
        for words in ['list'], ['stats'], ['show', 'x'], ['syscalls'], ['events']:
            done = sbxctl(*words)
            yield (words, 1), (words, done.returncode)
            yield has('(?i)^sbxctl: .*module.*load', done.stderr)
        yield 125, run('--', 'true').returncode
        done = sbxctl('doctor')
        yield 1, done.returncode
        yield has('(?m)^failed +module', done.stdout)
    finally:
        subprocess.run(['insmod', MODULE], check=True)
    yield 0, run('--', 'true').returncode


subprocess.run(['rm', '-rf', folder], check=True)
sys.exit(out.end())
