# SPDX-License-Identifier: GPL-2.0
"""Run one of CPython's own test modules; a line "RESULT NAME STATUS" for each test.

Runs in the container, as python3 -c.
"""

import faulthandler
import importlib.util
import os
import socket
import sys
import unittest
import warnings

from test import support
from test.support import os_helper, socket_helper

OUT = os.dup(1)


def tell(name, status):
    # In one piece, and not from a buffer that a child inherits.
    os.write(OUT, f'\nRESULT {name.replace(" ", "_")} {status}\n'.encode())


class Result(unittest.TestResult):
    """Tells how each test ended, once: the first thing that went wrong counts."""

    def startTest(self, test):
        super().startTest(test)
        self.status, self.why = 'ok', ''

    def stopTest(self, test):
        super().stopTest(test)
        tell(test.id(), self.status)
        if self.why:
            os.write(OUT, self.why.encode())

    def note(self, test, status, err=None):
        why = self._exc_info_to_string(err, test) if err else ''
        if not hasattr(test, '_testMethodName'):
            tell(test.id(), status)     # of a class or a module
            os.write(OUT, why.encode())
        elif self.status in ('ok', 'skipped'):
            self.status, self.why = status, why

    def addError(self, test, err):
        self.note(test, 'error', err)

    def addFailure(self, test, err):
        self.note(test, 'failed', err)

    def addSkip(self, test, reason):
        self.note(test, 'skipped')

    def addExpectedFailure(self, test, err):
        self.note(test, 'failed-as-expected')

    def addUnexpectedSuccess(self, test):
        self.note(test, 'passed-against-expectation')

    def addSubTest(self, test, subtest, err):
        if err:
            self.note(test, 'failed', err)


def know_sockets():
    """Have tests that want a Unix socket skipped, where these modules expect that there is one."""
    try:
        socket.socket(socket.AF_UNIX).close()
    except OSError as error:
        socket_helper._bind_nix_socket_error = error


def main():
    name = sys.argv[1]
    if not importlib.util.find_spec(f'test.{name}'):
        tell(name, 'missing')
        return
    faulthandler.enable()
    warnings.simplefilter('ignore')
    know_sockets()
    support.use_resources = ['largefile', 'subprocess']
    with os_helper.temp_cwd():
        try:
            suite = unittest.defaultTestLoader.loadTestsFromName(f'test.{name}')
        except unittest.SkipTest:
            tell(name, 'skipped')
            return
        suite.run(Result())
    tell(name, 'complete')


main()
