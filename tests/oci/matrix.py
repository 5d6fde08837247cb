# SPDX-License-Identifier: GPL-2.0
"""The matrix of container managers and their cases, and its command line."""

import argparse
import contextlib
import os
import sys
import time

import containerd_cri
import containerd_ctr
import docker_life
import docker_run
import docker_tty
import harness
import managers
import podman_cases
from dockercli import Docker

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import tap      # noqa: E402


class Containerd:
    """Both ways to speak to containerd, bound to a runtime; each case takes its own."""

    def __init__(self, runtime):
        self.runtime = runtime
        self.ctr, self.pods = containerd_ctr.Ctr(runtime), containerd_cri.Pods(runtime)

    def clean(self):
        self.ctr.clean()
        self.pods.clean()


def through(attribute, cases):
    """Cases of one of the two ways."""
    for case in cases:
        function = case.function
        case.function = lambda api, function=function: function(getattr(api, attribute))
        yield case


# Manager: its cases, what has it run, its commands for a runtime.
MANAGERS = {
    'docker': ([*docker_run.cases, *docker_life.cases, *docker_tty.cases], managers.docker, Docker),
    'podman': (podman_cases.cases, contextlib.nullcontext, podman_cases.Podman),
    'containerd': ([*through('ctr', containerd_ctr.cases), *through('pods', containerd_cri.cases)],
                   managers.containerd, Containerd),
}


def choose(parser, options, manager):
    """The cases of a manager that are asked for."""
    cases = MANAGERS[manager][0]
    unknown = set(options.case) - {case.name for case in cases}
    if unknown:
        parser.error(f'{manager} has no case {", ".join(sorted(unknown))}')
    return [case for case in cases if (case.quick or not options.quick) and
            (case.name in options.case or not options.case)]


def run(out, manager, cases, runtimes):
    _, start, make_api = MANAGERS[manager]
    known = harness.known_differences(manager)
    began = time.monotonic()
    with start():
        out.note(f'{manager} is up: {time.monotonic() - began:.0f} s')
        for case in cases:
            began = time.monotonic()
            harness.compare(out, manager, case, runtimes, make_api, known)
            out.note(f'{case.name}: {time.monotonic() - began:.0f} s')


def main(names, quick=False):
    """Run the cases of some managers; returns the exit status."""
    parser = argparse.ArgumentParser(
        description=f'Cases of {", ".join(names)}, each with a plain runtime and with sbx, compared.')
    parser.add_argument('--quick', action='store_true', default=quick,
                        help='only the handful of "make check", by default with sbx alone')
    parser.add_argument('--only', choices=[harness.CONTROL, 'sbx'], help='run one side, compare nothing')
    parser.add_argument('--list', action='store_true', help='show the cases')
    parser.add_argument('case', nargs='*', help='default: all')
    options = parser.parse_args()
    wanted = {name: choose(parser, options, name) for name in names}
    if options.list:
        for name, cases in wanted.items():
            for case in cases:
                print(f'{name:12}{case.name:24}{case.title}')
        return 0
    only = options.only or ('sbx' if options.quick else None)
    runtimes = [only] if only else [harness.CONTROL, 'sbx']
    if 'sbx' in runtimes and not managers.RUNTIMES['sbx']:
        sys.exit('there is no sbx-runtime: make tools')
    out = tap.Writer()
    for name, cases in wanted.items():
        run(out, name, cases, runtimes)
    return out.end()
