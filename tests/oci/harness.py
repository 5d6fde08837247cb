# SPDX-License-Identifier: GPL-2.0
"""Cases that run with a plain runtime, the control, and with ours, and are compared.

A case is a function that takes the manager's commands, bound to a runtime, does
something with them and returns what it has seen, a dictionary.  It asserts what
must hold with any runtime; what it returns has to be the same with both.

Differences that are meant, or known, stand with their reason in the file
known-differences; a line there that no difference needs any more is a failure too.
"""

import json
import os
import subprocess
import time
import traceback

import managers

CONTROL = 'control'
KNOWN = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'known-differences')
EVENTS = '/run/vm/sbxd.log'


class Case:
    """A function with its name, and what is said of it.

    quick: also in the handful of "make check".  refused: sbx does not do what the
    control does.  runs: a program comes to run.  control: what sbx is compared with.
    """

    def __init__(self, name, title, function, quick=False, refused=False, runs=True, control='crun'):
        self.name, self.title, self.function = name, title, function
        self.quick, self.refused, self.control = quick, refused, control
        self.runs = runs and not refused


class Cases(list):
    """The table of a manager's cases."""

    def case(self, title, name=None, **said):
        """Decorator that puts a function into the table, by default under its own name."""
        def decorate(function):
            own = function.__name__.removeprefix('case_').replace('_', '-')
            self.append(Case(name or own, title, function, **said))
            return function
        return decorate


class Result:
    """How a command ended and what it said."""

    def __init__(self, done):
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr

    def seen(self):
        return {'status': self.status, 'out': self.out}

    def good(self):
        """The output, of a command that must not fail."""
        assert self.status == 0, f'exit status {self.status}: {self.err.strip()}'
        return self.out


def run(*command, given=''):
    """Run a command to its end; its input is a text, or an open file."""
    source = {'input': given} if isinstance(given, str) else {'stdin': given}
    return Result(subprocess.run(command, **source, capture_output=True, text=True,
                                 errors='replace', timeout=managers.patience()))


def within(what, condition, seconds=None):
    """Wait until the condition holds, and return what it returned."""
    end = time.monotonic() + (seconds or managers.patience())
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f'{what}: never'
        time.sleep(0.1)


def domains():
    return json.loads(run('sbxctl', 'list', '--json').good())


def activations():
    """How many containers the daemon has seen become active."""
    with open(EVENTS) as file:
        return file.read().count('"event":"container-active"')


def observe(case, api):
    """What a case saw, and a complaint or None."""
    ours = api.runtime == 'sbx'
    before = activations()
    seen, complaint = {}, None
    try:
        seen = case.function(api) or {}
    except Exception as error:      # whatever it is, the case has failed
        complaint = ''.join(traceback.format_exception(error)[-3:])
    try:
        api.clean()
        within('the last domain goes', lambda: not domains(), 20)
    except Exception as error:
        complaint = f'{complaint or ""}afterwards: {error}'
    expected = ours and case.runs
    if not complaint and expected != (activations() != before):
        complaint = 'no container came to run in a domain' if expected else 'a container ran in a domain'
    return seen, complaint


def known_differences(manager):
    """Reasons by case; a line is MANAGER CASE REASON."""
    known = {}
    with open(KNOWN) as file:
        for line in file:
            if line.strip() and not line.startswith('#'):
                name, case, reason = line.split(None, 2)
                if name == manager:
                    known[case] = reason.strip()
    return known


def differences(control, seen):
    """What the control saw and sbx did not."""
    plain, ours = seen[control], seen['sbx']
    for key in dict.fromkeys([*plain, *ours]):
        if plain.get(key) != ours.get(key):
            yield f'{key}: {control} {plain.get(key)!r}, sbx {ours.get(key)!r}'


def compare(out, manager, case, runtimes, make_api, known):
    """Run a case with each runtime and report one result.

    make_api: the manager's commands for a runtime.  known: reasons by case.
    """
    name = f'{manager} {case.name}'
    seen, notes = {}, []
    for runtime in runtimes:
        runtime = case.control if runtime == CONTROL else runtime
        seen[runtime], complaint = observe(case, make_api(runtime))
        if complaint:
            notes += [f'{runtime}: {line}' for line in complaint.strip().splitlines()]
        if complaint and runtime != 'sbx':
            out.result(False, name, notes=['a mistake in the test:', *notes])
            return
    if not notes and len(seen) == 2 and not case.refused:
        notes += differences(case.control, seen)
    if not notes and case.name in known and len(seen) == 2:
        out.result(False, name, notes=['listed in known-differences, but there is none'])
    elif notes and case.name in known:
        out.result(True, name, f'SKIP {known[case.name]}', notes)
    else:
        out.result(not notes, name, notes=notes)
