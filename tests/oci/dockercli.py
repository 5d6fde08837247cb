# SPDX-License-Identifier: GPL-2.0
"""Docker's commands, bound to a runtime, as the cases use them."""

import http.client
import json
import os
import re
import socket
import tempfile
import urllib.parse

import managers
from harness import run, within
from terminal import Terminal

NAME = 'box'
IMAGES = managers.Store('docker', 'load', '-q', '-i')
FOREVER = 'trap "exit 0" TERM; while :; do sleep 1 & wait; done'


def shell(command):
    """A string is for the shell."""
    return ['sh', '-c', command] if isinstance(command, str) else command


class Connection(http.client.HTTPConnection):
    """To dockerd's socket: looking at something takes the command line too long."""

    def __init__(self):
        super().__init__('docker', timeout=managers.patience())

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(managers.DOCKER)


class Docker:
    """There is one container at a time, called box, unless a case says otherwise."""

    def __init__(self, runtime):
        self.runtime = runtime
        self.folder = None

    def __call__(self, *words, given=''):
        return run('docker', *words, given=given)

    def words(self, options, image, command):
        """What follows "docker run". No network costs least."""
        network = any(option.startswith(('--net', '-p', '--publish')) for option in options)
        return ['--name', NAME, '--runtime', self.runtime, *([] if network else ['--network', 'none']),
                *options, IMAGES.need(image), *shell(command)]

    def run(self, *options, image='busybox', command=(), given=''):
        """docker run --rm."""
        return self('run', '--rm', *self.words(options, image, command), given=given)

    def start(self, *options, image='busybox', command=FOREVER):
        """docker run -d, by default of what lives until it is stopped."""
        return self('run', '-d', *self.words(options, image, command)).good().strip()

    def terminal(self, *options, image='busybox', command=()):
        """docker run -it."""
        return self.on_terminal('run', '--rm', '-it', *self.words(options, image, command))

    def on_terminal(self, *words):
        return Terminal(['docker', *words], managers.patience())

    def ask(self, method, path, **query):
        connection = Connection()
        try:
            connection.request(method, f'/v1.41{path}?{urllib.parse.urlencode(query)}')
            answer = connection.getresponse().read().decode()
        finally:
            connection.close()
        return json.loads(answer) if answer.startswith(('{', '[')) else answer

    def look(self, name=NAME):
        """docker inspect."""
        return self.ask('GET', f'/containers/{name}/json')

    def state(self, name=NAME):
        return self.look(name).get('State', {}).get('Status', 'none')

    def until(self, state, name=NAME):
        within(f'state {state}', lambda: self.state(name) == state)

    def until_logged(self, text):
        """Wait for what a program says, where docker logs reads it."""
        path = self.look()['LogPath']

        def logged():
            with open(path) as file:
                return text in ''.join(json.loads(line)['log'] for line in file if line.endswith('\n'))
        within(f'"{text}" in the log', logged)

    def cgroup(self, *names):
        """Values of files in the container's control group."""
        folder = f'/sys/fs/cgroup/docker/{self.look()["Id"]}'
        values = {}
        for name in names:
            with open(f'{folder}/{name}') as file:
                values[name] = file.read().strip()
        return values

    def directory(self):
        """A fresh directory of the host."""
        self.folder = tempfile.TemporaryDirectory(prefix='sbx-oci.')
        os.chmod(self.folder.name, 0o755)
        return self.folder.name

    def clean(self):
        for container in self.ask('GET', '/containers/json', all=1):
            self.ask('DELETE', f'/containers/{container["Id"]}', force=1, v=1)
        self.ask('POST', '/volumes/prune')
        if self.folder:
            self.folder.cleanup()
            self.folder = None


def refusal(result):
    """The sentence that docker shows of a runtime's error."""
    found = re.search(r'(?:OCI runtime \w+ failed|failed to create shim task): (.*?): unknown', result.err, re.S)
    return found.group(1) if found else result.err
