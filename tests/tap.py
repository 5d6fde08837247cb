# SPDX-License-Identifier: GPL-2.0
"""Reading and writing of the Test Anything Protocol, as the kernel's tests speak it."""

import os
import re
import sys

import machine
import suites

RESULT = re.compile(r'^(not )?ok\b ?(\d+)?(?: ?- )?\s*(.*?)(?:\s*# (SKIP|XFAIL|TODO)\b\s*(.*))?$', re.I)
PLAN = re.compile(r'^1\.\.(\d+)(?:\s*# SKIP\b\s*(.*))?')


def stay_in_machine(program):
    """End a suite that does not name the host, if this is not the test machine."""
    with open(program, errors='replace') as file:
        header = suites.HEADER.search(file.read(2000))
    if header and 'host' not in header.group(1).split():
        machine.need()


if os.path.isfile(sys.argv[0]):
    stay_in_machine(sys.argv[0])


class Test:
    """One result: status is "ok", "not ok" or "skip"; notes are the comments before it."""

    def __init__(self, status, name, why='', notes=()):
        self.status, self.name, self.why, self.notes = status, name, why, list(notes)


class Reader:
    """Takes lines one by one; tests and plan grow as they come."""

    def __init__(self):
        self.tests, self.plan, self.notes = [], None, []

    def line(self, line):
        """Return the Test that the line reports, or None."""
        line = line.rstrip('\n')
        plan = PLAN.match(line)
        if plan:
            self.plan = int(plan.group(1))
            return None
        result = RESULT.match(line)
        if not result:
            self.notes.append(line.removeprefix('# '))
            return None
        status = 'not ok' if result.group(1) else 'ok'
        if (result.group(4) or '').upper() == 'SKIP':
            status = 'skip'
        test = Test(status, result.group(3), result.group(5) or '', self.notes)
        self.notes = []
        self.tests.append(test)
        return test

    def complaint(self):
        """What is wrong with the stream as a whole, or None."""
        if self.plan is None:
            return 'no plan: it did not run to its end'
        if self.plan != len(self.tests):
            return f'{self.plan} tests planned, {len(self.tests)} reported'
        return None


def read(text):
    """Reader that has seen all of a text."""
    reader = Reader()
    for line in text.splitlines():
        reader.line(line)
    return reader


class Writer:
    """Numbers results and prints them as they come."""

    def __init__(self):
        self.count = self.failed = 0
        print('TAP version 13', flush=True)

    def note(self, text):
        for line in str(text).splitlines():
            print('#', line, flush=True)

    def result(self, good, name, directive='', notes=()):
        self.count += 1
        self.failed += not good
        for note in notes:
            self.note(note)
        print(f'{"ok" if good else "not ok"} {self.count} {name}' +
              (f' # {directive}' if directive else ''), flush=True)

    def end(self):
        """Print the plan; exit status for the caller."""
        print(f'1..{self.count}', flush=True)
        return 1 if self.failed else 0


if __name__ == '__main__':
    whole = read(sys.stdin.read())
    print(whole.complaint() or 'complete', [(t.status, t.name) for t in whole.tests])
