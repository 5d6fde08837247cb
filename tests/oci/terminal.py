# SPDX-License-Identifier: GPL-2.0
"""A program on a terminal, and someone who types."""

import fcntl
import os
import re
import select
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

    def expect(self, pattern):
        """Wait for a text and return the match; it and what was before it is used up."""
        until = time.monotonic() + self.patience
        while True:
            found = re.search(pattern, self.seen)
            if found:
                self.seen = self.seen[found.end():]
                return found
            if not self.read(until):
                raise AssertionError(f'no /{pattern}/ on the terminal but {self.seen!r}')

    def say(self, line, pattern):
        """Type a line; what it prints has the pattern. The echo of the line must not."""
        self.send(line + '\n')
        return self.expect(pattern)

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
