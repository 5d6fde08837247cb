#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12 6.1+ debug+ timeout=300
"""What a program in a domain gets in place of the descriptors it is started with."""

import fcntl
import os
import pty
import select
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import termios
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import tap      # noqa: E402

out = tap.Writer()
folder = tempfile.mkdtemp(dir='/var/tmp')

PRELUDE = '''
import errno, fcntl, mmap, os, select, stat, struct, sys, termios
def no(f, *a):
    try:
        f(*a)
    except OSError as e:
        return errno.errorcode[e.errno]
    return "ok"
def say(*a):
    os.write(2, (" ".join(map(str, a)) + chr(10)).encode())
'''


def sbxctl(*command, **how):
    """Run a command in a domain; "how" is for Popen. Standard error is what it says."""
    how.setdefault('stdin', subprocess.DEVNULL)
    how.setdefault('stdout', subprocess.DEVNULL)
    how.setdefault('stderr', subprocess.PIPE)
    return subprocess.run(['sbxctl', 'run', '--', *command], timeout=100, check=False, **how)


def python(code, **how):
    """What Python code in a domain says, or how it ended."""
    run = sbxctl('python3', '-IS', '-c', PRELUDE + code, **how)
    return run.stderr.decode().strip() if not run.returncode else \
        f'status {run.returncode}: {run.stderr.decode()}'


def file(name, content='', mode='r+'):
    path = os.path.join(folder, name)
    with open(path, 'w') as made:
        made.write(content)
    return open(path, mode)


def test(function):
    """Run a test; it returns nothing, or pairs of what was expected and what was found."""
    name = function.__name__.replace('_', ' ')
    try:
        bad = [f'expected {want!r}, found {got!r}' for want, got in function() if want != got]
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        bad = [repr(error)]
    out.result(not bad, name, notes=bad)


@test
def pipes_carry_data():
    yield 0, sbxctl('cat').returncode
    run = subprocess.run(['sbxctl', 'run', '--', 'tr', 'a-z', 'A-Z'], input=b'hello\n' * 100000,
                         stdout=subprocess.PIPE, timeout=100, check=False)
    yield b'HELLO\n' * 100000, run.stdout


@test
def position_of_a_regular_file_is_shared():
    with file('shared') as shared:
        for word in 'one', 'two':
            sbxctl('echo', word, stdout=shared)
        yield 8, os.lseek(shared.fileno(), 0, os.SEEK_CUR)
        os.write(shared.fileno(), b'three\n')
        sbxctl('sh', '-c', 'echo four; echo five', stdout=shared)
    yield 'one\ntwo\nthree\nfour\nfive\n', open(shared.name).read()
    with file('input', 'abcdefghij', 'r') as shared:
        yield "b'abc' 3", python('say(os.read(0, 3), os.lseek(0, 0, 1))', stdin=shared)
        yield b'de', os.read(shared.fileno(), 2)
        yield "b'fg' b'ab' 10 b'j'", python('''
say(os.read(0, 2), os.pread(0, 2, 0), os.lseek(0, 0, 2), os.pread(0, 5, 9))
os.lseek(0, -4, 2)''', stdin=shared)
        yield b'ghij', os.read(shared.fileno(), 10)


@test
def appending_appends():
    with file('log', 'first\n', 'a') as log:
        sbxctl('sh', '-c', 'echo a; echo b', stdout=log)
        with open(log.name, 'a') as other:
            other.write('between\n')
        sbxctl('echo', 'c', stdout=log)
    yield 'first\na\nb\nbetween\nc\n', open(log.name).read()


@test
def writes_of_many_do_not_overlap():
    with file('many') as many:
        sbxctl('sh', '-c', 'for i in 1 2 3 4; do seq 1000 & done; wait', stdout=many)
    yield 4000, len(open(many.name).read().split())
    yield 4 * sum(range(1, 1001)), sum(map(int, open(many.name).read().split()))


SHOW = '''
s = os.fstat(0)
say(oct(s.st_mode), s.st_dev, s.st_ino, s.st_size, s.st_rdev, s.st_uid)'''


def shown(fd):
    s = os.fstat(fd)
    return f'{oct(s.st_mode)} {s.st_dev} {s.st_ino} {s.st_size} {s.st_rdev} {s.st_uid}'


@test
def attributes_are_those_of_the_file():
    with file('attributes', 'x' * 12345, 'r') as regular:
        yield shown(regular.fileno()), python(SHOW, stdin=regular)
    with open('/dev/null') as null:
        yield shown(null.fileno()), python(SHOW, stdin=null)
    rd, wr = os.pipe()
    yield shown(rd), python(SHOW, stdin=rd)
    os.close(rd)
    os.close(wr)
    a, b = socket.socketpair()
    yield shown(a.fileno()), python(SHOW, stdin=a)
    a.close()
    b.close()
    master, slave = pty.openpty()
    yield shown(slave), python(SHOW, stdin=slave)
    os.close(master)
    os.close(slave)


@test
def flags_do_not_come_back():
    code = '''
for fd in 0, 1:
    fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_NONBLOCK)
say(no(os.read, 0, 1), no(os.write, 1, bytes(100000)), no(os.write, 1, b"x"))'''
    rd, wr = os.pipe()
    rd2, wr2 = os.pipe()
    yield 'EAGAIN ok EAGAIN', python(code, stdin=rd, stdout=wr2)
    for fd in rd, wr2:
        yield 0, fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_NONBLOCK
    for fd in rd, wr, rd2, wr2:
        os.close(fd)
    master, slave = pty.openpty()
    yield 'EAGAIN', python('''
fcntl.fcntl(0, fcntl.F_SETFL, os.O_RDWR | os.O_NONBLOCK)
say(no(os.read, 0, 1))''', stdin=slave)
    yield 0, fcntl.fcntl(slave, fcntl.F_GETFL) & os.O_NONBLOCK
    os.close(master)
    os.close(slave)
    a, b = socket.socketpair()
    yield 'EAGAIN', python('''
fcntl.fcntl(0, fcntl.F_SETFL, os.O_RDWR | os.O_NONBLOCK)
say(no(os.read, 0, 1))''', stdin=a)
    yield 0, fcntl.fcntl(a, fcntl.F_GETFL) & os.O_NONBLOCK
    a.close()
    b.close()


@test
def flags_come_in():
    rd, wr = os.pipe()
    os.set_blocking(rd, False)
    yield f'{os.O_NONBLOCK} EAGAIN', python(
        'say(fcntl.fcntl(0, fcntl.F_GETFL) & os.O_NONBLOCK, no(os.read, 0, 1))', stdin=rd)
    os.close(rd)
    os.close(wr)


@test
def the_file_itself_is_out_of_reach():
    code = '''
say(no(os.fchmod, 0, 0o777), no(os.fchown, 0, 1, 1), no(os.utime, 0),
    no(os.open, "/proc/self/fd/0", os.O_RDWR), no(os.open, "/proc/self/fd/0", os.O_WRONLY),
    no(os.open, "/proc/self/fd/0", os.O_RDONLY | os.O_TRUNC), no(os.ftruncate, 0, 0))'''
    with file('reach', 'content', 'r') as reach:
        before = os.fstat(reach.fileno())
        yield 'EPERM EPERM EPERM EACCES EACCES EACCES EINVAL', python(code, stdin=reach)
        after = os.fstat(reach.fileno())
        yield before[:8], after[:8]
    yield 'content', open(reach.name).read()
    with open('/dev/null') as null:
        before = os.fstat(null.fileno())
        yield 'EPERM EPERM', python('say(no(os.fchmod, 0, 0o777), no(os.fchown, 0, 1, 1))',
                                    stdin=null)
        yield before[:6], os.fstat(null.fileno())[:6]


@test
def opened_again_by_name():
    with file('again', 'abcdef', 'r') as again:
        os.read(again.fileno(), 3)
        # Another open file, with a position of its own.
        yield "b'abcdef' b'def'", python('''
fd = os.open("/proc/self/fd/0", os.O_RDONLY)
say(os.read(fd, 10), os.read(0, 10))''', stdin=again)
    with file('cut', 'to be cut off') as cut:
        os.lseek(cut.fileno(), 0, os.SEEK_END)
        yield 'ok', python('''
fd = os.open("/proc/self/fd/1", os.O_WRONLY | os.O_TRUNC)
os.write(fd, b"new")
say("ok")''', stdout=cut)
    yield 'new', open(cut.name).read()
    rd, wr = os.pipe()
    os.write(wr, b'in the pipe')
    yield "b'in the pipe'", python('''
fd = os.open("/proc/self/fd/0", os.O_RDONLY | os.O_NONBLOCK)
say(os.read(fd, 20))''', stdin=rd)
    yield 'EACCES', python('say(no(os.open, "/proc/self/fd/0", os.O_WRONLY))', stdin=rd)
    os.close(rd)
    os.close(wr)
    a, b = socket.socketpair()
    yield 'ENXIO', python('say(no(os.open, "/proc/self/fd/0", os.O_RDWR))', stdin=a)
    a.close()
    b.close()


@test
def a_regular_file_can_be_cut_off_and_mapped():
    with file('map', 'x' * 10000) as mapped:
        yield 'x y 5000', python('''
m = mmap.mmap(1, 10000)
first = chr(m[9999])
m[0] = ord("y")
os.ftruncate(1, 5000)
say(first, chr(os.pread(1, 1, 0)[0]), os.fstat(1).st_size)''', stdout=mapped)
        yield 5000, os.fstat(mapped.fileno()).st_size
    yield 'yx', open(mapped.name).read()[:2]


@test
def a_regular_file_is_sent():
    with file('sent', 'abcdefghij', 'r') as sent, file('taken') as taken:
        yield "3 b'abc' 2 b'de' 2 b'bc' 5", python('''
to = os.open("/tmp", os.O_RDWR | os.O_TMPFILE)
rd, wr = os.pipe()
def more(n):
    return os.sendfile(to, 0, None, n), os.pread(to, 10, os.lseek(to, 0, 1) - n)
say(*more(3), os.sendfile(wr, 0, None, 2), os.read(rd, 10),
    os.sendfile(to, 0, 1, 2), os.pread(to, 10, 3), os.lseek(0, 0, 1))''', stdin=sent)
        yield "2 7 3 0 EXDEV", python('''
say(os.sendfile(1, 0, None, 2), os.lseek(0, 0, 1), os.sendfile(1, 0, None, 100),
    os.sendfile(1, 0, None, 1), no(os.copy_file_range, 0, 1, 1, 0))''', stdin=sent, stdout=taken)
        yield b'', os.read(sent.fileno(), 1)
    yield 'fghij', open(taken.name).read()
    with file('copied', 'x' * 300000, 'r') as copied, file('copy') as copy:
        yield 0, sbxctl('cat', stdin=copied, stdout=copy).returncode
    yield 'x' * 300000, open(copy.name).read()
    rd, wr = os.pipe()
    os.write(wr, b'in a pipe')
    yield "EINVAL b'in a pipe'", python('''
to = os.open("/tmp", os.O_RDWR | os.O_TMPFILE)
say(no(os.sendfile, to, 0, None, 2), os.read(0, 20))''', stdin=rd)
    os.close(rd)
    os.close(wr)


@test
def the_end_of_a_pipe_is_seen():
    rd, wr = os.pipe()
    child = subprocess.Popen(['sbxctl', 'run', '--', 'cat'], stdin=rd, stdout=subprocess.DEVNULL)
    os.close(rd)
    os.close(wr)
    yield 0, child.wait(30)
    rd, wr = os.pipe()
    child = subprocess.Popen(['sbxctl', 'run', '--', 'yes'], stdin=subprocess.DEVNULL, stdout=wr,
                             stderr=subprocess.DEVNULL)
    os.close(wr)
    yield b'y\n', os.read(rd, 2)
    os.close(rd)
    yield True, child.wait(30) != 0


@test
def waiting_for_a_pipe():
    rd, wr = os.pipe()
    told, tell = os.pipe()

    def answer():
        os.read(told, 1)
        os.write(wr, b'late')

    threading.Thread(target=answer, daemon=True).start()
    yield "[] [0] b'late'", python('''
p = select.poll()
p.register(0, select.POLLIN)
a = p.poll(10)
os.write(1, b"!")
b = select.select([0], [], [], 20)[0]
say(a, b, os.read(0, 9))''', stdin=rd, stdout=tell)
    for fd in rd, wr, told, tell:
        os.close(fd)


@test
def sockets_carry_data():
    a, b = socket.socketpair()
    b.send(b'question')
    yield "b'question'", python('say(os.read(0, 20)); os.write(1, b"answer")', stdin=a, stdout=a)
    yield b'answer', b.recv(20)
    yield 'ENOTSOCK', python('''
import socket
say(no(socket.socket, socket.AF_UNIX, socket.SOCK_STREAM, 0, 0))''', stdin=a)
    a.close()
    b.close()


@test
def sockets_on_their_way():
    yield 'ETOOMANYREFS ok ETOOMANYREFS ok ok ETOOMANYREFS ok ok', python('''
import socket
a, b = socket.socketpair()
c, d = socket.socketpair()
def give(to, what):
    return no(socket.send_fds, to, [b"x"], [what.fileno()])
said = [give(a, b), give(a, c), give(d, sys.stdin), give(c, sys.stdin)]
socket.recv_fds(b, 1, 1)
said += [give(d, sys.stdin), give(a, c)]
socket.recv_fds(c, 1, 1)
say(*said, give(a, c), give(a, a))''')


@test
def terminals():
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 33, 77, 0, 0))
    os.write(master, b'a line\n')
    yield "True True 33 77 b'a line\\n' True ENOTTY EPERM EPERM EPERM EPERM", python('''
a = termios.tcgetattr(0)
rows, columns, x, y = struct.unpack("HHHH", fcntl.ioctl(0, termios.TIOCGWINSZ, bytes(8)))
line = os.read(0, 100)
a[3] &= ~termios.ECHO
termios.tcsetattr(0, termios.TCSANOW, a)
say(os.isatty(0), os.isatty(1), rows, columns, line, termios.tcgetattr(0) == a,
    no(fcntl.ioctl, 0, termios.TIOCSERGETLSR, bytes(8)),
    *(no(fcntl.ioctl, 0, c, b"x" * 8) for c in (termios.TIOCSTI, termios.TIOCSETD,
                                             termios.TIOCLINUX, termios.TIOCCONS)))''',
                          stdin=slave, stdout=slave)
    yield 0, termios.tcgetattr(slave)[3] & termios.ECHO
    while select.select([master], [], [], 0)[0]:
        os.read(master, 100)
    python('os.write(1, b"out")', stdin=slave, stdout=slave)
    yield b'out', os.read(master, 100)
    os.close(slave)
    os.close(master)


@test
def what_is_no_terminal():
    yield 'ENOTTY ENOTTY', python('''
say(no(termios.tcgetattr, 0), no(fcntl.ioctl, 1, termios.TIOCGWINSZ, bytes(8)))'''.replace(
        'termios.tcgetattr, 0', 'fcntl.ioctl, 0, termios.TCGETS, bytes(60)'))


@test
def refused():
    fd = os.open('/', os.O_RDONLY)
    yield True, sbxctl('true', stdin=fd).returncode != 0
    os.close(fd)
    fd = os.open('/etc/passwd', os.O_PATH)
    yield True, sbxctl('true', stdin=fd).returncode != 0
    os.close(fd)
    poll = select.epoll()
    yield True, sbxctl('true', stdin=poll.fileno()).returncode != 0
    poll.close()
    fd = os.open('/dev/mem', os.O_RDONLY)
    yield True, sbxctl('true', stdin=fd).returncode != 0
    os.close(fd)


@test
def devices_are_our_own():
    with open('/dev/zero') as zero, open('/dev/full', 'w') as full:
        yield "bytearray 5 ENOSPC True", python('''
b = bytearray(b"12345")
say(type(b).__name__, os.readv(0, [b]), no(os.write, 1, b"x"), b == bytes(5))''',
                                                stdin=zero, stdout=full)


@test
def nothing_else_comes_in():
    rd, wr = os.pipe()
    yield "['0', '1', '2']", python('''
say([str(fd) for fd in range(64) if no(os.fstat, fd) == "ok"])''', pass_fds=(rd, wr))
    os.close(rd)
    os.close(wr)


sys.exit(out.end())
