# SPDX-License-Identifier: GPL-2.0
"""The container managers of the test machine: started, with the runtimes that they call."""

import contextlib
import json
import os
import shutil
import subprocess
import time

import images

# As a manager calls it, and the program
RUNTIMES = {'crun': shutil.which('crun'), 'runc': shutil.which('runc'), 'sbx': shutil.which('sbx-runtime')}

LOGS = '/run/vm'
CONTAINERD = '/run/containerd/containerd.sock'
DOCKER = '/run/docker.sock'
CNI = '/etc/cni/net.d'

CONTAINERD_CONFIG = '''
version = 2
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "{pause}"
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "{cni}"
'''
RUNTIME_CLASS = '''
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.{name}]
runtime_type = "io.containerd.runc.v2"
pod_annotations = ["dev.sbx.*"]
container_annotations = ["dev.sbx.*"]
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.{name}.options]
BinaryName = "{path}"
'''
NETWORK = {
    'cniVersion': '0.4.0', 'name': 'sbx-test',
    'plugins': [{'type': 'bridge', 'bridge': 'sbx-test0', 'isGateway': True, 'ipMasq': False,
                 'ipam': {'type': 'host-local', 'ranges': [[{'subnet': '10.88.7.0/24'}]]}}],
}


def patience():
    """Seconds for a command of a manager; some kernels are slow."""
    return 60 * (4 if os.environ.get('SBX_KERNEL') == 'debug' else 1)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as file:
        file.write(text)


@contextlib.contextmanager
def daemon(name, command, socket):
    """A daemon that serves that socket; its output is LOGS/NAME.log."""
    path = f'{LOGS}/{name}.log'
    with contextlib.suppress(FileNotFoundError):
        os.unlink(socket)       # of one that has ended
    with open(path, 'w') as log:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                 start_new_session=True)
    try:
        end = time.monotonic() + 2 * patience()
        while not os.path.exists(socket):
            if child.poll() is not None or time.monotonic() > end:
                with open(path) as log:
                    raise RuntimeError(f'{name} does not start: {log.read()[-2000:]}')
            time.sleep(0.1)
        yield child
    finally:
        child.terminate()
        child.wait()


def containerd():
    config = CONTAINERD_CONFIG.format(pause=images.tag('pause'), cni=CNI)
    for name, path in RUNTIMES.items():
        if path:
            config += RUNTIME_CLASS.format(name=name, path=path)
    write('/etc/containerd/config.toml', config)
    write(f'{CNI}/10-sbx-test.conflist', json.dumps(NETWORK))
    return daemon('containerd', ['containerd'], CONTAINERD)


@contextlib.contextmanager
def docker():
    """containerd, and dockerd on top."""
    # The name runc is taken: dockerd has that one by itself.
    runtimes = {name: {'path': path} for name, path in RUNTIMES.items() if path and name != 'runc'}
    write('/etc/docker/daemon.json', json.dumps({'runtimes': runtimes, 'default-runtime': 'crun'}))
    with containerd(), daemon('dockerd', ['dockerd', '--containerd', CONTAINERD], DOCKER):
        yield


class Store:
    """Images of a manager, given to it when they are needed."""

    def __init__(self, *command):
        """command: loads the archive that is named behind it."""
        self.command, self.there = command, set()

    def need(self, name):
        """The whole name of an image that is there now."""
        if name not in self.there:
            subprocess.run([*self.command, images.archive(name)], check=True, stdout=subprocess.DEVNULL)
            self.there.add(name)
        return images.tag(name)
