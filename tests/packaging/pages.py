#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# Suite: host timeout=60
"""The manual pages and --help know the same commands and options."""

import glob
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, TESTS)
import tap      # noqa: E402

PAGES = os.path.join(TESTS, '../Documentation/man')
TOOLS = os.path.join(os.environ.get('SBX_BUILD', os.path.join(TESTS, '../build')), 'tools')
OPTION = re.compile(r'(?<![\w-])--[a-z][a-z-]*')


def output(*command):
    done = subprocess.run(command, text=True, capture_output=True, stdin=subprocess.DEVNULL,
                          env={**os.environ, 'MANWIDTH': '200'})
    return done.returncode, done.stdout + done.stderr


def options_of_help(*command):
    """Those that begin a line of the help, or stand in its usage."""
    status, text = output(os.path.join(TOOLS, command[0]), *command[1:], '--help')
    if status:
        raise RuntimeError(f'{command}: {text}')
    usage = text.partition('\n\n')[0]
    lines = re.findall(r'^ {2}(--.*?)(?: {2}|$)', text, re.M)
    return set(OPTION.findall(' '.join([usage, *lines])))


def options_of_page(path):
    """Those that stand before the text of an item of OPTIONS."""
    with open(path) as file:
        section = re.search(r'^\.Sh OPTIONS\n(.*?)(?=^\.Sh |\Z)', file.read(), re.M | re.S)
    items = re.findall(r'^\.It (.*)', section[1], re.M) if section else []
    return {'--' + name for item in items for name in re.findall(r'\bFl -([a-z-]+)', item)}


def commands():
    """Every command line that has a page, by the name of the page."""
    found = {program: [program] for program in os.listdir(TOOLS)}
    _, text = output(os.path.join(TOOLS, 'sbxctl'), '--help')
    for name in re.findall(r'^ {2}([a-z]+) ', text, re.M):
        found[f'sbxctl-{name}'] = ['sbxctl', name]
    return found


def same(results, name, want, got):
    results.result(want == got, name, notes=[] if want == got else [f'want {want}', f'got  {got}'])


def main():
    results = tap.Writer()
    found = commands()
    pages = {os.path.basename(path)[:-2]: path for path in glob.glob(f'{PAGES}/*.8')}
    same(results, 'every command has a page, every page a command', sorted(found), sorted(pages))
    for name, path in sorted(pages.items()):
        status, text = output('mandoc', '-T', 'lint', '-W', 'warning', path)
        same(results, f'{name}: the page is well-formed', (0, ''), (status, text))
        if name in found:
            same(results, f'{name}: the options of --help and of the page',
                 sorted(options_of_help(*found[name])), sorted(options_of_page(path)))
    return results.end()


if __name__ == '__main__':
    sys.exit(main())
