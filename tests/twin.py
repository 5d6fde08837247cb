# SPDX-License-Identifier: GPL-2.0
"""The same work natively and in a domain, each with a writable root of its own.

For use inside the test machine. The roots are overlays on the machine's own, so what
a piece of work leaves there is what lies in the upper layer, and can be compared
file by file.
"""

import contextlib
import fnmatch
import hashlib
import os
import stat
import subprocess
import time

import container

STATE = '/run/sbx-twin'
SIDES = 'native', 'domain'
HOME = '/srv/work'


@contextlib.contextmanager
def volume(size='3G'):
    """Have an ext4 of that size for the layers: overlays take none below their own root."""
    os.makedirs(f'{STATE}/volume', exist_ok=True)
    image = '/var/tmp/sbx-twin.img'
    with open(image, 'wb') as file:
        file.truncate(parse_size(size))
    # Nothing else loads it; some kernels have it built in.
    subprocess.run(['modprobe', '-q', 'loop'])
    subprocess.run(['mkfs.ext4', '-q', '-O', '^has_journal', '-E', 'lazy_itable_init=1', image], check=True)
    subprocess.run(['mount', '-o', 'loop', image, f'{STATE}/volume'], check=True)
    try:
        yield
    finally:
        subprocess.run(['umount', f'{STATE}/volume'], check=True)
        os.unlink(image)


def parse_size(text):
    return int(text[:-1]) << {'M': 20, 'G': 30}[text[-1]]


@contextlib.contextmanager
def root(side, owner=0, prepare=None):
    """Have a fresh root with a directory HOME in it; its path and that of its upper layer."""
    layers, path = f'{STATE}/volume/{side}', f'{STATE}/{side}'
    for layer in 'upper', 'work':
        os.makedirs(f'{layers}/{layer}')
    os.makedirs(path, exist_ok=True)
    subprocess.run(['mount', '-t', 'overlay', 'overlay', path, '-o',
                    f'lowerdir=/,upperdir={layers}/upper,workdir={layers}/work'], check=True)
    try:
        os.makedirs(path + HOME)
        os.chown(path + HOME, owner, owner)
        if prepare:
            prepare(path + HOME)
        yield path, f'{layers}/upper'
    finally:
        subprocess.run(['umount', path], check=True)
        subprocess.run(['rm', '-rf', layers], check=True)


def xattrs(path):
    """Those that are the work's, and what an overlay says of a directory that replaces another."""
    def counts(name):
        return not name.startswith('trusted.overlay.') or name == 'trusted.overlay.opaque'

    return {name: os.getxattr(path, name, follow_symlinks=False)
            for name in os.listxattr(path, follow_symlinks=False) if counts(name)}


def describe(path, start):
    """What there is to compare of a file; times only if they are older than the work."""
    st = os.lstat(path)
    words = [f'{st.st_mode:o}', f'{st.st_uid}:{st.st_gid}']
    if stat.S_ISLNK(st.st_mode):
        words.append(os.readlink(path))
    elif stat.S_ISREG(st.st_mode):
        with open(path, 'rb') as file:
            words += [str(st.st_size), hashlib.file_digest(file, 'md5').hexdigest()]
        words.append(f'links={st.st_nlink}')
    elif stat.S_ISCHR(st.st_mode) or stat.S_ISBLK(st.st_mode):
        words.append(f'{st.st_rdev:x}')
    if st.st_mtime < start and not stat.S_ISLNK(st.st_mode):
        words.append(f'mtime={st.st_mtime_ns}')
    words += [f'{name}={value.hex()}' for name, value in sorted(xattrs(path).items())]
    return ' '.join(words)


def manifest(upper, start, unlike):
    """Descriptions by path of all that lies in an upper layer, but for what differs anyway."""
    found = {}
    for folder, folders, files in os.walk(upper):
        for name in folders + files:
            path = os.path.join(folder, name)
            inside = path[len(upper):]
            if not any(fnmatch.fnmatch(inside, pattern) for pattern in unlike):
                found[inside] = describe(path, start)
    return found


def differences(name, native, domain):
    """Lines about two dictionaries or two lists of lines, at most a few."""
    if isinstance(native, list):
        native, domain = (dict(enumerate(lines)) for lines in (native, domain))
    notes = [f'{name} {key}: native {native.get(key)!r}, domain {domain.get(key)!r}'
             for key in dict.fromkeys([*native, *domain]) if native.get(key) != domain.get(key)]
    return notes[:20] + ([f'and {len(notes) - 20} more'] if len(notes) > 20 else [])


def command_for(side, command, path):
    if side == 'native':
        return container.plain('twin', container.bundle(command, HOME, root=path))
    return container.domain(command, HOME, root=path)


class Outcome:
    """What came of a piece of work: its exit status, its output, what it left."""

    def __init__(self, status, output, files):
        self.status, self.output, self.files = status, output, files


def work(command, timeout, uid=0, unlike=(), prepare=None):
    """Do a piece of work on both sides at once; outcomes by side."""
    if uid:
        command = ['setpriv', f'--reuid={uid}', f'--regid={uid}', '--clear-groups', *command]
    start = time.time() - 1
    with contextlib.ExitStack() as stack:
        roots = {side: stack.enter_context(root(side, uid, prepare)) for side in SIDES}
        children = {side: subprocess.Popen(command_for(side, command, roots[side][0]), text=True,
                                           stdin=subprocess.DEVNULL, errors='replace',
                                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                    for side in SIDES}
        outcomes = {}
        for side, child in children.items():
            try:
                output, _ = child.communicate(timeout=max(1, start + timeout - time.time()))
            except subprocess.TimeoutExpired:
                child.kill()
                # The runtime is gone, its container is not yet.
                subprocess.run(['crun', 'delete', '--force', 'twin'], capture_output=True)
                output = child.communicate()[0] + f'\nstopped after {timeout} seconds'
            # What is cached and not yet in the upper layer.
            os.sync()
            outcomes[side] = Outcome(child.returncode, output.splitlines(),
                                     manifest(roots[side][1], start, unlike))
        return outcomes


def compare(out, name, script, timeout=300, uid=0, unlike=(), prepare=None):
    """Report whether a shell script does the same on both sides, and ends well."""
    start = time.monotonic()
    outcomes = work(['/bin/bash', '-c', script], timeout, uid, unlike, prepare)
    out.note(f'{name}: {time.monotonic() - start:.0f} s')
    native, domain = (outcomes[side] for side in SIDES)
    notes = differences('line', native.output, domain.output)
    notes += differences('file', native.files, domain.files)
    if native.status:
        notes += [f'natively it ends with {native.status}', *native.output[-20:]]
    if native.status != domain.status:
        notes += [f'in the domain it ends with {domain.status}', *domain.output[-20:]]
    out.result(not notes, f'{name}: {len(native.output)} lines, {len(native.files)} files alike'
               if not notes else name, notes=notes)
