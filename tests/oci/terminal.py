# SPDX-License-Identifier: GPL-2.0
"""A program on a terminal, and someone who types."""

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time

# Carriage returns, and what moves the cursor
UNSEEN = re.compile(r'\r|\x1b\[[0-9;?]*[A-Za-z]')


class Terminal:
    """Runs a command on a pseudo-terminal of its own, 24 by 80."""

    def __init__(self, command, patience=60):
        self.patience = patience
        self.seen = ''          # since the last thing that was expected
        self.fd, other = os.openpty()
        self.resize(24, 80)
        self.child = subprocess.Popen(command, stdin=other, stdout=other, stderr=other,
                                      start_new_session=True,
                                      preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(other)

    def resize(self, rows, columns):
        """The kernel tells the foreground process group by SIGWINCH."""
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))

    def send(self, text):
        os.write(self.fd, text.encode())

    def read(self, until):
        """Take what is there; False at the end of the program or at that time."""
        ready, _, _ = select.select([self.fd], [], [], max(0, until - time.monotonic()))
        if not ready:
            return False
        try:
            data = os.read(self.fd, 4096)
        except OSError:         # EIO: nobody has the other end
            return False
        self.seen = UNSEEN.sub('', self.seen + data.decode(errors='replace'))
        return bool(data)

    def expect(self, pattern, remind=False):
        """Wait for a text and return the match; it and what was before it is used up.

        remind: a command that did not listen yet when the size changed is told again.
        """
        until = time.monotonic() + self.patience
        while True:
            found = re.search(pattern, self.seen)
            if found:
                self.seen = self.seen[found.end():]
                return found
            soon = min(until, time.monotonic() + 2) if remind else until
            if self.read(soon):
                continue
            if not remind or time.monotonic() >= until or self.child.poll() is not None:
                raise AssertionError(f'no /{pattern}/ on the terminal but {self.seen!r}')
            self.child.send_signal(signal.SIGWINCH)

    def say(self, line, pattern):
        """Type a line; what it prints has the pattern. The echo of the line must not."""
        self.send(line + '\n')
        return self.expect(pattern)

    def occupy(self, program='sleep 1000', after=''):
        """Have a shell run what does not end by itself; it has the terminal then.

        Before that the shell has it, for which control characters are but characters.
        """
        self.say(f'sh -c \'echo runs "in" front; exec {program}\'{after}', r'\nruns in front\n')

    def resized(self, rows, columns):
        """Resize it; returns what the shell inside comes to see."""
        self.resize(rows, columns)
        self.send('n=0; while test "$(stty size)" != "%d %d" -a $n -lt 30; do n=$((n + 1)); sleep 1; done; stty size\n'
                  % (rows, columns))
        return self.expect(r'\n(\d+ \d+)\n', remind=True)[1]

    def end(self):
        """Status of the program, which has to end by itself."""
        until = time.monotonic() + self.patience
        while self.read(until):
            pass
        try:
            return self.child.wait(max(5, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise AssertionError(f'the program on the terminal does not end; it said {self.seen!r}') from None

    def close(self):
        self.child.kill()
        self.child.wait()
        os.close(self.fd)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
