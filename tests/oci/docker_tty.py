# SPDX-License-Identifier: GPL-2.0
"""docker run -it and docker exec -it, with someone who types."""

import time

from dockercli import NAME
from harness import Cases

cases = Cases()

PROMPT = r'[#$] $'


@cases.case('run -it: a terminal, its size, its echo', quick=True)
def case_tty(docker):
    with docker.terminal() as terminal:
        terminal.expect(PROMPT)
        name = terminal.say('tty', r'\n(/dev/\S+)\n')[1]
        # Docker tells of it when the program runs already.
        size = terminal.resized(24, 80)
        resized = terminal.resized(40, 100)
        tests = terminal.say('test -t 0 -a -t 1 -a -t 2; echo =$?', r'\n=(\d+)\n')[1]
        terminal.say('stty -echo; echo quiet', r'\nquiet\n')
        hidden = terminal.say('echo hidden', r'(?s)^(.*)hidden\n')[1]
        terminal.send('exit 5\n')
        assert (size, resized) == ('24 80', '40 100'), (size, resized)
        return {'name': name, 'tests': tests, 'hidden': hidden, 'status': terminal.end()}


@cases.case('run -it: Ctrl-C, Ctrl-\\, Ctrl-D')
def case_tty_signals(docker):
    with docker.terminal() as terminal:
        terminal.expect(PROMPT)
        terminal.occupy()
        terminal.send('\x03')
        interrupted = terminal.say('echo =$?', r'\n=(\d+)\n')[1]
        terminal.occupy('cat', '; echo =$?')
        terminal.send('text\n\x04')
        ended = terminal.expect(r'(?s)text\n(.*)=0\n')[1]
        terminal.expect(PROMPT)
        terminal.send('\x04')
        assert interrupted == '130', interrupted
        return {'ended': ended, 'status': terminal.end()}


@cases.case('run -it: job control')
def case_tty_jobs(docker):
    with docker.terminal(image='debian', command=['bash', '--norc']) as terminal:
        terminal.expect(PROMPT)
        terminal.occupy()
        terminal.send('\x1a')
        terminal.expect(r'Stopped .*sleep 1000.*\n')
        terminal.expect(PROMPT)
        running = terminal.say('bg; jobs', r'\n(\[1\].*Running.*)\n')[1]
        terminal.expect(PROMPT)
        terminal.say('fg', r'sleep 1000.*\n')
        # That it says before the job has the terminal.
        time.sleep(1)
        terminal.send('\x03')
        terminal.expect(PROMPT)
        status = terminal.say('echo =$?', r'\n=(\d+)\n')[1]
        background = terminal.say('(trap "" TTOU; read -r x; echo not; ) & sleep 1; jobs', r'\n(\[1\].*Stopped.*)\n')[1]
        terminal.expect(PROMPT)
        terminal.send('kill -9 %1; disown -a; exit 6\n')
        return {'running': running, 'status': status, 'background': background, 'end': terminal.end()}


@cases.case('run -it: a resize reaches the program as SIGWINCH')
def case_tty_winch(docker):
    command = 'trap "stty size" WINCH; echo ready; while :; do sleep 1 & wait; done'
    with docker.terminal(command=command) as terminal:
        terminal.expect('ready\n')
        terminal.resize(30, 90)
        terminal.expect('30 90\n', remind=True)
        terminal.resize(31, 91)
        terminal.expect('31 91\n', remind=True)
        terminal.send('\x03')
        return {'status': terminal.end()}


@cases.case('exec -it')
def case_tty_exec(docker):
    docker.start()
    with docker.on_terminal('exec', '-it', NAME, 'sh') as terminal:
        terminal.expect(PROMPT)
        name = terminal.say('tty', r'\n(/dev/\S+)\n')[1]
        size = terminal.resized(33, 99)
        terminal.occupy()
        terminal.send('\x03')
        status = terminal.say('echo =$?', r'\n=(\d+)\n')[1]
        terminal.send('exit 3\n')
        assert size == '33 99', size
        return {'name': name, 'status': status, 'end': terminal.end()}


@cases.case('run -dt, attach, and the keys to leave')
def case_tty_attach(docker):
    docker.start('-it', command=['sh'])
    with docker.on_terminal('attach', NAME) as terminal:
        terminal.say('echo in $((1 + 1))', r'\nin 2\n')
        terminal.send('\x10\x11')
        left = terminal.end()
    with docker.on_terminal('attach', NAME) as terminal:
        terminal.say('echo again $((1 + 2))', r'\nagain 3\n')
        terminal.send('exit 4\n')
        return {'left': left, 'end': terminal.end()}


@cases.case('a terminal takes nothing that would reach the host\'s')
def case_tty_ioctls(docker):
    # TIOCSTI types for the user; it and its like have no place in a container.
    program = ('import fcntl, os, termios\n'
               'for name, number in (("TIOCSTI", 0x5412), ("TIOCSETD", 0x5423), ("TIOCLINUX", 0x541c)):\n'
               '    try: fcntl.ioctl(0, number, b"\\x06\\0\\0\\0"); print(name, "works")\n'
               '    except OSError as error: print(name, "refused")\n')
    with docker.terminal(image='debian', command=['python3', '-c', program]) as terminal:
        seen = terminal.expect(r'(?s)TIOCSTI (\w+)\nTIOCSETD (\w+)\nTIOCLINUX (\w+)\n').groups()
        terminal.end()
    if docker.runtime == 'sbx':
        assert seen == ('refused', 'refused', 'refused'), seen
    return {}
