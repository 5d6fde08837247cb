#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 6.1+ timeout=600
"""Interactive use: programs on a terminal, in a domain and in a plain container alike."""

import contextlib
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import container    # noqa: E402
import tap          # noqa: E402

out = tap.Writer()
SLOW = 4 if os.environ.get('SBX_KERNEL') == 'debug' else 1
NAME = 'terminal-test'


def in_domain(command, *options):
    return ['sbxctl', 'run', '--tty', '--name', NAME, *options, '--', *command]


def plainly(command):
    config = container.bundle(command)
    config['process']['terminal'] = True
    return container.plain(NAME, config)


class Session:
    """A program on a terminal of its own, as someone at a keyboard sees it."""

    begun = []

    def __init__(self, command):
        Session.begun.append(self)
        self.text = ''
        self.status = None
        self.pid, self.fd = pty.fork()
        if not self.pid:
            try:
                os.execvp(command[0], command)
            finally:
                os._exit(127)

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))

    def type(self, keys):
        os.write(self.fd, keys.encode())

    def expect(self, pattern, seconds=30):
        """Wait for output that matches; return the match, what came before is gone."""
        end = time.monotonic() + seconds * SLOW
        while True:
            match = re.search(pattern, self.text)
            if match:
                self.text = self.text[match.end():]
                return match
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                raise ValueError(f'{pattern!r} did not come, but {self.text!r}')
            try:
                self.text += os.read(self.fd, 4096).decode(errors='replace')
            except OSError as error:
                raise ValueError(f'{pattern!r} did not come before the end, but '
                                 f'{self.text!r}') from error

    def insist(self, keys, pattern):
        """Type until there is such an answer: a shell may take a moment for its part."""
        for _ in range(20):
            self.type(keys)
            with contextlib.suppress(ValueError):
                return self.expect(pattern, 1)
        return self.expect(pattern)

    def end(self):
        """Wait for the end of the program; return its exit status."""
        with contextlib.suppress(OSError):
            while select.select([self.fd], [], [], 30 * SLOW)[0]:
                data = os.read(self.fd, 4096)
                if not data:
                    break
                self.text += data.decode(errors='replace')
        return self.wait()

    def wait(self):
        for _ in range(300 * SLOW):
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
                return self.status
            time.sleep(0.1)
        raise ValueError('it does not end')

    def close(self):
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
        if self.status is None:
            with contextlib.suppress(OSError):
                os.kill(self.pid, signal.SIGTERM)
                self.wait()

    @classmethod
    def close_all(cls):
        while cls.begun:
            cls.begun.pop().close()


tests = []


def report(name, function):
    """Run a test, which yields pairs of what was expected and what was found."""
    try:
        bad = [f'expected {want!r}, found {got!r}' for want, got in function() if want != got]
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        bad = [repr(error)]
    try:
        Session.close_all()
    except ValueError as error:
        bad.append(repr(error))
    out.result(not bad, name, notes=[note[:1000] for note in bad])


def both(function):
    """A test of a session on a command line; the plain container is the oracle."""
    name = function.__name__.replace('_', ' ')
    for how, make in ('plain', plainly), ('domain', in_domain):
        def run(make=make):
            try:
                yield from function(lambda *command: Session(make(command)))
            finally:
                Session.close_all()
                subprocess.run(['crun', 'delete', '--force', NAME], capture_output=True)
        tests.append((f'{name}, {how}', run))


def test(function):
    tests.append((function.__name__.replace('_', ' '), function))


def shell(start):
    session = start('bash', '--norc', '-i')
    session.expect(r'bash-[\d.]+# ')
    session.type("PS1='$ '\r")
    session.expect(r'\n\$ ')
    return session


@both
def the_terminal_has_a_name(start):
    session = start('sh', '-c', 'tty; tty </dev/console; ls /dev/pts; readlink /proc/self/fd/1; '
                                'test -t 0 && test -t 1 && test -t 2; exit 5')
    yield 5, session.end()
    yield ['/dev/pts/0', '/dev/console', '0', 'ptmx', '/dev/pts/0'], session.text.split()


@test
def size_comes_and_changes():
    # Without a counterpart: crun's own relay does not end after a change of size.
    session = Session(in_domain(['python3', '-c', '''
import os, signal
# A handler of Python's does not interrupt a read that is only about to begin.
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGWINCH])
print("on")
lines = 0
while lines != 41:
    signal.sigwait([signal.SIGWINCH])
    columns, lines = os.get_terminal_size()
    print("%d x %d" % (lines, columns))
input()''']))
    session.expect('on')
    for rows, columns in (40, 132), (41, 133):
        session.resize(rows, columns)
        session.expect(f'{rows} x {columns}')
    session.type('\r')
    yield 0, session.end()


@both
def keys_make_signals(start):
    session = start('bash', '-c', 'trap "echo int" INT; trap "echo quit" QUIT; echo on; '
                                  'read a; read b; echo got $a$b')
    session.expect('on')
    # Between two reads of its own a shell notes a signal and then reads on.
    session.insist('\x03', r'int\r\n')
    session.insist('\x1c', r'quit\r\n')
    session.type('wrongx\x15rigx\x7fht\r!\r')
    session.expect(r'got right!\r\n')
    yield 0, session.end()


@both
def jobs_are_controlled(start):
    session = shell(start)
    session.type('sh -c "echo go; exec sleep 1000"\r')
    session.expect(r'\ngo\r\n')
    session.insist('\x1a', r'Stopped\s+sh -c')
    session.type('cat & jobs\r')
    session.expect(r'\[1\]\+\s+Stopped\s+sh -c')
    session.type('fg 2\r')
    session.expect(r'fg 2\r\ncat')
    session.insist('hello\r', r'hello\r\nhello\r\n')
    session.insist('\x03', r'\^C\r\n\$ ')
    session.type('fg\r')
    session.expect(r'sleep 1000"\r\n')
    session.insist('\x03', r'\^C\r\n\$ ')
    session.type('echo status $?\r')
    session.expect(r'status 130\r\n')
    session.type('exit 7\r')
    yield 7, session.end()


@both
def the_controlling_terminal_opens(start):
    session = shell(start)
    session.type('echo by tty </dev/null >/dev/tty; read -s p </dev/tty; echo got $p\r')
    session.expect(r'by tty\r\n')
    session.type('secret\r')
    session.expect(r'got secret\r\n')
    session.type('setsid -w sh -c "echo x >/dev/tty"\r')
    session.expect('No such device or address')
    session.type('exit 0\r')
    yield 0, session.end()


@both
def programs_make_terminals(start):
    session = start('python3', '-c', 'import pty, sys; sys.exit(pty.spawn("tty") >> 8)')
    yield 0, session.end()
    yield '/dev/pts/1', session.text.strip()


@both
def full_screen_programs_run(start):
    session = start('python3', '-c', '''
import curses
def show(screen):
    screen.addstr(3, 4, "at %d x %d" % screen.getmaxyx())
    screen.refresh()
    screen.addstr(5, 4, "key " + curses.keyname(screen.getch()).decode())
    screen.refresh()
    screen.getch()
curses.setupterm("xterm")
import os
os.environ["TERM"] = "xterm"
curses.wrapper(show)''')
    session.expect('at 24 x 80')
    session.type('\x1bOA')
    session.expect('KEY_UP')
    session.type('q')
    yield 0, session.end()


@both
def much_output_comes(start):
    session = start('seq', '30000')
    yield 0, session.end()
    yield list(map(str, range(1, 30001))), session.text.split()


@test
def the_callers_terminal_is_as_before():
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    child = os.fork()
    if not child:
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for fd in range(3):
            os.dup2(slave, fd)
        os.execvp('sbxctl', in_domain(['cat']))
    session = Session.__new__(Session)
    session.text, session.fd, session.pid, session.status = '', master, child, None
    session.type('x\r')
    session.expect('x\r\nx\r\n')
    yield True, before != termios.tcgetattr(slave)
    session.type('\x04')
    yield 0, session.wait()
    yield before, termios.tcgetattr(slave)
    os.close(slave)
    session.close()


@test
def without_a_terminal_at_the_other_end():
    run = subprocess.run(in_domain(['sh']), input=b'echo $((6*7)); tty; exit 4', timeout=60 * SLOW,
                         stdout=subprocess.PIPE, check=False)
    yield 4, run.returncode
    yield True, b'42\r\n/dev/pts/0\r\n' in run.stdout
    run = subprocess.run(in_domain(['cat']), input=b'no newline', timeout=60 * SLOW,
                         stdout=subprocess.PIPE, check=False)
    yield (0, b'no newlineno newline'), (run.returncode, run.stdout)
    run = subprocess.run(in_domain(['tty']), stdin=subprocess.DEVNULL, timeout=60 * SLOW,
                         stdout=subprocess.PIPE, check=False)
    yield (0, b'/dev/pts/0\r\n'), (run.returncode, run.stdout)


@test
def hanging_up_ends_it():
    session = Session(in_domain(['sh', '-c', 'echo on; sleep 1000']))
    session.expect('on')
    os.close(session.fd)
    session.fd = -1
    session.wait()
    yield True, session.status != 0
    yield False, NAME in [domain['name'] for domain in
                          json.loads(subprocess.check_output(['sbxctl', 'list', '--json']))]


@test
def what_would_reach_further_is_refused():
    session = Session(in_domain(['python3', '-c', '''
import errno, fcntl, pty, sys, termios
m, s = pty.openpty()
def no(fd, c):
    try:
        fcntl.ioctl(fd, c, b"x" * 8)
    except OSError as e:
        return errno.errorcode[e.errno]
    return "ok"
print(*(no(fd, c) for fd in (0, m, s) for c in (termios.TIOCSTI, termios.TIOCSETD,
      termios.TIOCLINUX, termios.TIOCCONS)))''']))
    yield 0, session.end()
    yield ['EPERM'] * 12, session.text.split()


@test
def terminals_of_the_host_stay_closed():
    master, slave = pty.openpty()
    number = os.path.basename(os.ttyname(slave))
    session = Session(in_domain(['bash', '-c', f'ls /tmp/pts; echo >/tmp/pts/{number}; '
                                 f'cat </tmp/pts/ptmx; cat </tmp/console; cat </tmp/tty; exit 0'],
                                '--bind', '/dev/pts:/tmp/pts', '--bind', '/dev/console:/tmp/console',
                                '--bind', '/dev/tty:/tmp/tty'))
    session.expect('cannot open directory.*Permission denied')
    session.expect(f'pts/{number}: Permission denied')
    session.expect('ptmx: Permission denied')
    session.expect('console: Permission denied')
    # By number, so it is the domain's own.
    time.sleep(0.5)
    session.type('mine\r')
    session.expect('mine\r\nmine')
    session.type('\x04')
    yield 0, session.end()
    yield [], select.select([master], [], [], 0)[0]
    os.close(master)
    os.close(slave)


EXHAUST = '''
import errno, os, sys, time
fds = []
try:
    while len(fds) < 5000:
        fds.append(os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY))
except OSError as e:
    print(len(fds), errno.errorcode[e.errno], flush=True)
os.close(fds[3])
fds[3] = os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY)
print("full", flush=True)
sys.stdin.readline()
'''


@test
def one_domain_does_not_take_all():
    with subprocess.Popen(in_domain(['python3', '-c', EXHAUST]), stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as hog:
        yield b'255 ENOSPC\r\n', hog.stdout.readline()
        yield b'full\r\n', hog.stdout.readline()
        # The operator still gets in, from where the container's pids are known.
        supervisor = subprocess.check_output(['pgrep', '-P', str(hog.pid)], text=True).strip()
        session = Session(['nsenter', '-t', supervisor, '-p', '-m', 'crun', '--root', f'/run/sbx/{NAME}/crun', 'exec', '--tty', NAME, 'sh', '-c', 'tty; cat; exit 6'])
        session.expect('/dev/pts/256\r\n')
        session.type('inside\r')
        session.expect('inside\r\ninside')
        session.type('\x04')
        yield 6, session.end()
        session.close()
        hog.stdin.write(b'\n')
        hog.stdin.close()
        yield 0, hog.wait(60 * SLOW)


@test
def death_leaves_nothing():
    def count():
        with open('/proc/sys/kernel/pty/nr') as file:
            return int(file.read())

    before = count()
    with subprocess.Popen(in_domain(['python3', '-c', EXHAUST]), stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as hog:
        hog.stdout.readline()
        hog.stdout.readline()
        yield True, count() >= before + 256
        hog.kill()
        hog.wait()
    for _ in range(100 * SLOW):
        if count() == before:
            break
        time.sleep(0.1)
    yield before, count()


with container.root():
    for title, body in tests:
        report(title, body)
sys.exit(out.end())
