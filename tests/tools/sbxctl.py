#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 6.1+ debug+ timeout=300
"""What "sbxctl run" says and how it ends, and what the program gets."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import tap      # noqa: E402

PATIENCE = 60 if os.environ.get('SBX_KERNEL') == 'debug' else 20

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
def living(name, code='echo ready; read -r line'):
    """A domain of that name, while the block runs."""
    with subprocess.Popen(['sbxctl', 'run', '--name', name, '--', '/bin/sh', '-c', code],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as child:
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


subprocess.run(['rm', '-rf', folder], check=True)
sys.exit(out.end())
