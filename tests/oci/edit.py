#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# Suite: host timeout=120
"""The editor of bundles: what it changes, what it refuses, and that it loses nothing."""

import copy
import decimal
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TREE, 'tests'))
import tap  # noqa: E402

OUT = tap.Writer()
EDIT = os.path.join(os.environ.get('SBX_BUILD', os.path.join(TREE, 'build')), 'tests/oci/edit')
WORK = tempfile.mkdtemp()
KILL = {'defaultAction': 'SCMP_ACT_KILL_PROCESS',
        'architectures': ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32']}
IDENTITY = [{'containerID': 0, 'hostID': 0, 'size': 4294967295}]


def same(name, want, got):
    OUT.result(want == got, name, notes=[] if want == got else [f'want: {want}', f'got:  {got}'])


def loads(text):
    """Numbers as they are written, keys in their order."""
    return json.loads(text, parse_int=decimal.Decimal, parse_float=decimal.Decimal,
                      object_pairs_hook=lambda pairs: {k: v for k, v in pairs})


def call(text, *options):
    path = os.path.join(WORK, 'config.json')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text if isinstance(text, str) else json.dumps(text))
    return subprocess.run([EDIT, *options, path], capture_output=True, text=True, check=False)


def edit(config, *options):
    done = call(config, *options)
    if done.returncode:
        raise AssertionError(done.stderr)
    return json.loads(done.stdout)


def specs():
    """What the low-level runtimes write as an example, with roots that exist."""
    for runtime in ('crun', 'runc'):
        if not shutil.which(runtime):
            continue
        folder = tempfile.mkdtemp(dir=WORK)
        subprocess.run([runtime, 'spec'], cwd=folder, check=True)
        with open(os.path.join(folder, 'config.json'), encoding='utf-8') as file:
            config = json.load(file)
        config['root']['path'] = '/'
        yield runtime, config


def namespaces(config):
    return {entry['type']: entry.get('path') for entry in config['linux']['namespaces']}


def without(config, *paths):
    """A copy without some keys."""
    config = copy.deepcopy(config)
    for path in paths:
        at, *keys = config, *path.split('/')
        for key in keys[:-1]:
            at = at.get(key, {})
        at.pop(keys[-1], None)
    return config


EDITED = ('linux/seccomp', 'linux/uidMappings', 'linux/gidMappings', 'linux/namespaces',
          'linux/mountLabel', 'process/apparmorProfile', 'process/selinuxLabel')


def same_but_edited(before, after):
    return without(before, *EDITED) == without(after, *EDITED)


def test_specs():
    for name, config in specs():
        result = edit(config)
        after = result['config']
        same(f'{name}: all else stays', True, same_but_edited(config, after))
        same(f'{name}: the order of keys stays',
                list(config), [key for key in after if key in config])
        same(f'{name}: the filter kills', KILL, after['linux']['seccomp'])
        same(f'{name}: all namespaces',
                ['cgroup', 'ipc', 'mount', 'network', 'pid', 'user', 'uts'],
                sorted(namespaces(after)))
        same(f'{name}: ids are their own', IDENTITY, after['linux']['uidMappings'])


def base():
    return next(config for _, config in specs())


# Everything that the specification names and the examples do not have, and
# what it does not name.
EXTRAS = {
    'ociVersion': '1.2.0', 'domainname': 'example.org', 'x-unknown': {'a': [1, None, True]},
    'process': {
        'consoleSize': {'height': 40, 'width': 132}, 'oomScoreAdj': -500, 'ioPriority':
        {'class': 'IOPRIO_CLASS_BE', 'priority': 4}, 'scheduler': {'policy': 'SCHED_BATCH'},
        'user': {'uid': 4294967294, 'gid': 1, 'umask': 18, 'additionalGids': [1, 2]},
        'unknown': 'kept', 'env': ['A=ä€𝄞', 'B="\\/\b\f\n\r\t\u0001', 'C=' + 'x' * 100000]},
    'hooks': {'prestart': [{'path': '/bin/true', 'args': ['a'], 'timeout': 3}],
              'createRuntime': [{'path': '/bin/true'}], 'poststart': [{'path': '/bin/true'}],
              'poststop': [{'path': '/bin/true'}], 'unknown': []},
    'annotations': {'org.example.key': 'value', 'run.ocix': 'kept', 'dev.sbxx': 'kept'},
    'linux': {
        'sysctl': {'net.core.somaxconn': '256'}, 'rootfsPropagation': 'rslave',
        'maskedPaths': ['/proc/kcore'], 'readonlyPaths': ['/proc/sys'],
        'personality': {'domain': 'LINUX'}, 'intelRdt': {'closID': 'x'}, 'timeOffsets':
        {'monotonic': {'secs': 1, 'nanosecs': 2}}, 'cgroupsPath': 'system.slice:docker:abc',
        'devices': [{'path': '/dev/null', 'type': 'c', 'major': 1, 'minor': 3, 'fileMode': 438}],
        'resources': {'memory': {'limit': 9223372036854775807, 'swap': -1,
                                 'kernel': -9223372036854775808},
                      'cpu': {'shares': 18446744073709551615, 'period': 100000},
                      'unified': {'memory.high': 'max'}, 'pids': {'limit': 0}}},
    'windows': {'x': 1}, 'solaris': None, 'vm': {}, 'zos': [],
}


def merge(into, what):
    for key, value in what.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value


def test_round_trip():
    config = base()
    merge(config, EXTRAS)
    same('every key of the specification and unknown ones stay', True,
            same_but_edited(config, edit(config)['config']))
    for number in ('18446744073709551615', '9223372036854775807', '9223372036854775808',
                   '-9223372036854775808', '-9223372036854775809', '0', '-0', '0.1', '1.10',
                   '1e3', '1E+400', '-1.5e-7', '123456789012345678901234567890.5', '0e0'):
        text = f'{{"a": [{number}, {{"b": {number}}}], "c": "{number}", "d": {number}}}'
        done = call(text, '--plain')
        same(f'{number}: digit for digit', ''.join(text.split()), ''.join(done.stdout.split()))
    for text in ('{"a": 1-2}', '{"a": 01}', '{"a": 1.}', '{"a": .5}', '{"a": 1e}', '{"a": +1}',
                 '{"a": 1.5.5}', '{"a": --1}', '{"a": 1.5', '{"a": "1.5', '{"a" 1}', '', '{',
                 '{"a": 1, "a": 2}', '{"a": "\\ud800"}', '{"a": "\x01"}', '{"a": 1} x',
                 '{"a": "\\', '[' * 5000):
        same(f'no JSON is refused: {text[:20]!r}', 1, call(text, '--plain').returncode)
    # What marks a number cannot be said by a text: it is another each time.
    for text in ('{"a": "number:1"}', '{"a": "00000000000000000000000000000000number:1,2"}',
                 '{"a": "\\u0001number:5"}'):
        same(f'a text stays a text: {text}', json.loads(text),
                json.loads(call(text, '--plain').stdout))


def random_value(rng, depth=0):
    kind = rng.randrange(8 if depth < 5 else 6)
    if kind == 0:
        return rng.choice([None, True, False])
    if kind == 1:
        return rng.choice([rng.randrange(-2**64, 2**64), rng.randrange(100), -1])
    if kind == 2:
        return decimal.Decimal(rng.randrange(-10**25, 10**25)) / 10 ** rng.randrange(20)
    if kind < 6:
        return ''.join(rng.choice('aZ0 "\\/\n\t\x01\x7fäß€𝄞') for _ in range(rng.randrange(20)))
    if kind == 6:
        return [random_value(rng, depth + 1) for _ in range(rng.randrange(6))]
    return {f'k{i}{rng.randrange(99)}"': random_value(rng, depth + 1) for i in range(rng.randrange(6))}


def dump(value):
    """With all digits of a Decimal."""
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, list):
        return '[' + ', '.join(map(dump, value)) + ']'
    if isinstance(value, dict):
        return '{' + ', '.join(f'{json.dumps(k)}: {dump(v)}' for k, v in value.items()) + '}'
    return json.dumps(value)


def test_random():
    rng = random.Random(1)
    bad = []
    for _ in range(150):
        text = dump({'top': random_value(rng), 'more': [random_value(rng) for _ in range(4)]})
        done = call(text, '--plain')
        if done.returncode or loads(done.stdout) != loads(text):
            bad.append(text)
    same('random values come through', [], bad[:1])


def test_taken_out():
    config = base()
    config['process'].update(apparmorProfile='docker-default', selinuxLabel='x')
    config['linux'].update(mountLabel='y', seccomp={'defaultAction': 'SCMP_ACT_ALLOW', 'x': [1]})
    config['hooks'] = {'startContainer': [{'path': '/x'}], 'poststop': [{'path': '/y'}]}
    config['annotations'] = {'run.oci.handler': 'krun', 'run.oci.x': '', 'kept': 'yes',
                             'dev.sbx.domain': 'name'}
    result = edit(config)
    after = result['config']
    same('labels', (None, None, None), (after['process'].get('apparmorProfile'),
            after['process'].get('selinuxLabel'), after['linux'].get('mountLabel')))
    same('the filter is replaced', KILL, after['linux']['seccomp'])
    same('and kept', config['linux']['seccomp'], result['seccomp'])
    same('hooks', {'poststop': [{'path': '/y'}]}, after['hooks'])
    same('annotations', {'kept': 'yes', 'dev.sbx.domain': 'name'}, after['annotations'])
    same('the name of the domain', 'name', result['domain'])
    same('all of it is reported', [
        'annotations.run.oci.handler', 'hooks.startContainer', 'linux.mountLabel', 'linux.seccomp',
        'process.apparmorProfile', 'process.selinuxLabel'],
            sorted(note['what'] for note in result['notes']))
    process = {'args': ['x'], 'apparmorProfile': 'a', 'selinuxLabel': 'b', 'capabilities': {}}
    same('labels of exec', {'args': ['x'], 'capabilities': {}},
            edit(process, '--process')['config'])


def test_namespaces():
    config = base()
    config['linux']['namespaces'] = [{'type': kind} for kind in ('pid', 'mount', 'network', 'ipc')]
    result = edit(config)
    same('what is missing is made private', {
        'pid': None, 'mount': None, 'network': None, 'user': None, 'ipc': None, 'uts': None,
        'cgroup': None}, namespaces(result['config']))
    same('and reported', ['linux.namespaces'], [note['what'] for note in result['notes']])

    config = base()
    config['linux']['namespaces'].append({'type': 'user'})
    config['linux']['uidMappings'] = [{'containerID': 0, 'hostID': 100000, 'size': 65536}]
    config['linux']['gidMappings'] = [{'containerID': 0, 'hostID': 200000, 'size': 65536}]
    after = edit(config)['config']
    same('a user namespace that is asked for stays', (
        config['linux']['uidMappings'], config['linux']['gidMappings']),
            (after['linux']['uidMappings'], after['linux']['gidMappings']))

    sandbox = os.path.join(WORK, 'sandbox.json')
    with open(sandbox, 'w', encoding='utf-8') as file:
        json.dump(after, file)
    config = base()
    config['linux']['namespaces'] = [{'type': 'pid'}, {'type': 'mount'},
                                     {'type': 'ipc', 'path': '/proc/4711/ns/ipc'}]
    after = edit(config, '--sandbox', sandbox)['config']
    same('of a pod: the namespaces of its sandbox', {
        'pid': None, 'mount': None, 'cgroup': None, 'ipc': '/proc/4711/ns/ipc',
        'uts': '/proc/4711/ns/uts', 'network': '/proc/4711/ns/net', 'user': '/proc/4711/ns/user'},
            namespaces(after))
    same('and its ids', 100000, after['linux']['uidMappings'][0]['hostID'])

    config = base()
    config['linux']['namespaces'] = [n for n in config['linux']['namespaces']
                                     if n['type'] != 'network']
    same('host network where it is allowed', 1, edit(config, '--host-net')['flags'])


def test_paths():
    config = base()
    os.makedirs(os.path.join(WORK, 'bundle/rootfs'))
    config['root']['path'] = 'rootfs'
    config['mounts'].append({'destination': '/x', 'source': '../config.json', 'options': ['rbind', 'ro']})
    after = edit(config, '--bundle', f'{WORK}/bundle')['config']
    same('a relative root', f'{WORK}/bundle/rootfs', after['root']['path'])
    same('a relative source', f'{WORK}/bundle/../config.json', after['mounts'][-1]['source'])


def test_refused():
    def no_namespace(kind):
        return lambda c: c['linux'].update(namespaces=[
            n for n in c['linux']['namespaces'] if n['type'] != kind])

    def device(**what):
        return lambda c: c['linux'].update(devices=[what])

    path = os.path.join(WORK, 'sock')
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(path)
    refused = {
        'host pid': (no_namespace('pid'), 'PID'),
        'host IPC': (no_namespace('ipc'), '--ipc=host'),
        'host network': (no_namespace('network'), 'host-network'),
        'no mount namespace': (no_namespace('mount'), 'mount namespace'),
        'no namespaces': (lambda c: c['linux'].pop('namespaces'), 'no namespaces'),
        'a device': (device(path='/dev/mem', type='c', major=1, minor=1), '/dev/mem'),
        'a disk': (device(path='/dev/sda', type='b', major=1, minor=3), '/dev/sda'),
        'a device whose number is a fraction':
            (device(path='/dev/x', type='c', major=1.0, minor=3), '/dev/x'),
        'a socket': (lambda c: c['mounts'].append(
            {'destination': '/s', 'source': path, 'type': 'bind'}), 'socket'),
        'a socket, by option': (lambda c: c['mounts'].append(
            {'destination': '/s', 'source': path, 'type': 'none', 'options': ['rbind']}), 'socket'),
        'a source that is missing': (lambda c: c['mounts'].append(
            {'destination': '/s', 'source': '/no/such', 'type': 'bind'}), '/no/such'),
        'policy': (lambda c: c.update(annotations={'dev.sbx.policy': 'x'}), 'not supported yet'),
        'unknown annotation': (lambda c: c.update(annotations={'dev.sbx.x': 'x'}), 'dev.sbx.x'),
        'bad name': (lambda c: c.update(annotations={'dev.sbx.domain': 'a/b'}), 'name'),
        'createContainer': (lambda c: c.update(hooks={'createContainer': [{}]}), 'createContainer'),
        'no process': (lambda c: c.pop('process'), 'process'),
        'a linux that is none': (lambda c: c.update(linux=[]), 'linux'),
        'no root': (lambda c: c.pop('root'), 'root'),
    }
    for name, (change, word) in refused.items():
        config = base()
        change(config)
        done = call(config)
        same(f'{name}: refused', 1, done.returncode)
        same(f'{name}: in one sentence that says why', True,
                word in done.stderr and done.stderr.count('\n') == 1)


for test in (test_specs, test_round_trip, test_random, test_taken_out, test_namespaces, test_paths,
             test_refused):
    test()
shutil.rmtree(WORK)
sys.exit(OUT.end())
