# SPDX-License-Identifier: GPL-2.0
"""The CRI, as a kubelet speaks it: pods whose runtime class is ours."""

import base64
import os
import re
import tempfile

import cri
import managers
from harness import Cases, domains, run, within

cases = Cases()

IMAGES = managers.Store('ctr', '-n', 'k8s.io', 'images', 'import')
FOREVER = ['sh', '-c', 'trap "exit 0" TERM; echo up; while :; do sleep 1 & wait; done']


class Pods:
    """Pods and their containers, bound to a runtime class."""

    def __init__(self, runtime):
        self.runtime = runtime
        self.ask = cri.Client()
        self.pods, self.logs = 0, None

    def sandbox(self, network=cri.POD, pid=cri.CONTAINER, privileged=False, hostname='harbour', **more):
        """Make a pod; returns its id and its configuration, which its containers need."""
        IMAGES.need('pause')
        self.pods += 1
        self.logs = tempfile.mkdtemp(prefix='sbx-pod.', dir='/var/tmp')
        config = {
            'metadata': {'name': 'pod', 'uid': f'u{self.pods}', 'namespace': 'test', 'attempt': self.pods},
            'hostname': hostname, 'log_directory': self.logs,
            'linux': {'security_context': {
                'namespace_options': {'network': network, 'pid': pid, 'ipc': cri.POD},
                'privileged': privileged}},
            **more}
        answer = self.ask.RunPodSandbox(config=config, runtime_handler=self.runtime)
        return answer['pod_sandbox_id'], config

    def container(self, pod, name, command=FOREVER, image='busybox', security=None, **more):
        identity, config = pod
        linux = {'security_context': {
            'namespace_options': config['linux']['security_context']['namespace_options'], **(security or {})}}
        linux.update(more.pop('linux', {}))
        answer = self.ask.CreateContainer(pod_sandbox_id=identity, sandbox_config=config, config={
            'metadata': {'name': name}, 'image': {'image': IMAGES.need(image)}, 'command': command,
            'log_path': f'{name}.log', 'linux': linux, **more})
        return answer['container_id']

    def start(self, *words, **more):
        container = self.container(*words, **more)
        self.ask.StartContainer(container_id=container)
        return container

    def run(self, container, command):
        """Output of a command in a container."""
        done = self.ask.ExecSync(container_id=container, cmd=['sh', '-c', command], timeout=60)
        return done['exit_code'], decode(done['stdout'])

    def status(self, container):
        return self.ask.ContainerStatus(container_id=container)['status']

    def until_exited(self, container):
        within('the container ends', lambda: self.status(container)['state'] == cri.EXITED)
        return self.status(container)['exit_code']

    def clean(self):
        for pod in self.ask.ListPodSandbox()['items']:
            self.ask.StopPodSandbox(pod_sandbox_id=pod['id'])
            self.ask.RemovePodSandbox(pod_sandbox_id=pod['id'])
        assert not self.ask.ListContainers()['containers']


def decode(text):
    """Bytes are base64 in the JSON form of a message."""
    return base64.b64decode(text).decode(errors='replace')


@cases.case('a pod of two containers is one domain', quick=True)
def case_cri_pod(pods):
    pod = pods.sandbox()
    first, second = (pods.start(pod, name) for name in ('first', 'second'))
    for kind in 'net', 'ipc', 'uts', 'pid', 'mnt':
        links = [pods.run(container, f'readlink /proc/self/ns/{kind}') for container in (first, second)]
        assert links[0][1].startswith(f'{kind}:'), links
        assert (links[0] == links[1]) == (kind in ('net', 'ipc', 'uts')), f'{kind}: {links}'
    if pods.runtime == 'sbx':
        # The sandbox has a container of its own, which holds the namespaces.
        shown = domains()
        assert len(shown) == 1 and shown[0]['containers'] == 3, shown
    seen = [pods.run(container, 'hostname; cat /etc/hostname; ls /sys/class/net')
            for container in (first, second)]
    pods.ask.StopContainer(container_id=first, timeout=20)
    return {'seen': seen, 'first': pods.until_exited(first),
            'second': pods.status(second)['state'], 'alive': pods.run(second, 'echo alive')}


@cases.case('the life of a container: create, start, status, log, stop, remove')
def case_cri_container(pods):
    pod = pods.sandbox()
    container = pods.container(pod, 'one', ['sh', '-c', 'echo out; echo err >&2; exit 3'])
    created = pods.status(container)['state']
    pods.ask.StartContainer(container_id=container)
    status = pods.until_exited(container)
    with open(f'{pods.logs}/one.log') as file:
        log = sorted(line.split(None, 1)[1] for line in file)
    pods.ask.RemoveContainer(container_id=container)
    return {'created': created, 'status': status, 'log': log,
            'reason': None, 'left': pods.ask.ListContainers()['containers']}


@cases.case('ExecSync: status, output, and what is not there')
def case_cri_exec(pods):
    container = pods.start(pods.sandbox(), 'one')
    done = pods.ask.ExecSync(container_id=container, cmd=['sh', '-c', 'echo out; echo err >&2; exit 7'], timeout=60)
    try:
        pods.ask.ExecSync(container_id=container, cmd=['/no/such/program'], timeout=60)
        none = 'runs'
    except cri.Failure as failure:
        none = 'no such file' in str(failure).lower() or str(failure)
    return {'exit': done['exit_code'], 'out': decode(done['stdout']), 'err': decode(done['stderr']), 'none': none}


@cases.case('user, capabilities, read-only root, mounts, environment')
def case_cri_security(pods):
    with tempfile.TemporaryDirectory(prefix='sbx-cri.') as folder:
        with open(f'{folder}/file', 'w') as file:
            file.write('from the host\n')
        os.chmod(folder, 0o755)
        container = pods.start(
            pods.sandbox(), 'one',
            security={'run_as_user': {'value': 1000}, 'readonly_rootfs': True, 'no_new_privs': True,
                      'supplemental_groups': [77],
                      'capabilities': {'add_capabilities': ['NET_ADMIN'], 'drop_capabilities': ['CHOWN']}},
            mounts=[{'container_path': '/data', 'host_path': folder, 'readonly': True}],
            envs=[{'key': 'A', 'value': 'b c'}], working_dir='/etc')
        return {'out': pods.run(container, 'id; pwd; echo "$A"; cat /data/file; touch /data/x /new 2>&1;'
                                'grep -E "^(Cap|NoNewPrivs)" /proc/1/status')}


@cases.case('limits, and UpdateContainerResources')
def case_cri_resources(pods):
    container = pods.start(pods.sandbox(), 'one', linux={'resources': {
        'memory_limit_in_bytes': 64 << 20, 'cpu_period': 100000, 'cpu_quota': 50000}})

    def values():
        folder = run('find', '/sys/fs/cgroup', '-type', 'd', '-name', container).good().strip()
        found = []
        for name in 'memory.max', 'cpu.max':
            with open(f'{folder}/{name}') as file:
                found.append(file.read().strip())
        return found
    before = values()
    pods.ask.UpdateContainerResources(container_id=container, linux={'memory_limit_in_bytes': 32 << 20})
    after = values()
    assert (before[0], after[0]) == (str(64 << 20), str(32 << 20)), (before, after)
    stats = pods.ask.ContainerStats(container_id=container)['stats']
    assert int(stats['memory']['working_set_bytes']['value']) > 0, stats
    return {'before': before, 'after': after}


@cases.case('sysctls of a pod')
def case_cri_sysctls(pods):
    pod = pods.sandbox(linux={'security_context': {'namespace_options': {'network': cri.POD, 'pid': cri.CONTAINER}},
                              'sysctls': [{'key': 'kernel.msgmax', 'value': '4321'}]})
    container = pods.start(pod, 'one')
    return {'value': pods.run(container, 'cat /proc/sys/kernel/msgmax')}


@cases.case('a container that is killed can be started anew in its pod')
def case_cri_restart(pods):
    pod = pods.sandbox()
    first = pods.start(pod, 'one', ['sh', '-c', 'kill -9 $$; exit 9'])
    seen = pods.until_exited(first)
    pods.ask.RemoveContainer(container_id=first)
    second = pods.start(pod, 'one')
    return {'first': seen, 'second': pods.run(second, 'echo alive')}


@cases.case('StopPodSandbox ends what runs in it')
def case_cri_stop_pod(pods):
    pod = pods.sandbox()
    container = pods.start(pod, 'one')
    pods.ask.StopPodSandbox(pod_sandbox_id=pod[0])
    state = pods.status(container)['state']
    status = pods.ask.PodSandboxStatus(pod_sandbox_id=pod[0])['status']['state']
    return {'container': state, 'pod': status}


@cases.case('two pods are two domains')
def case_cri_two_pods(pods):
    first, second = pods.sandbox(hostname='a'), pods.sandbox(hostname='b')
    containers = [pods.start(pod, 'one') for pod in (first, second)]
    if pods.runtime == 'sbx':
        assert len(domains()) == 2, domains()
    return {'hostnames': [pods.run(container, 'hostname') for container in containers]}


def refused(pattern, pod, container=None):
    def function(pods):
        try:
            made = pods.sandbox(**pod)
            if container is not None:
                pods.start(made, 'one', **container)
        except cri.Failure as failure:
            assert pods.runtime == 'sbx', failure
            assert re.search(pattern, str(failure), re.I), failure
            return {}
        assert pods.runtime != 'sbx', 'it was not refused'
        return {}
    return function


for name, pattern, pod, container in (
        # As a kubelet does: the host's network is the host's name, too.
        ('net-host', 'network', {'network': cri.NODE, 'hostname': ''}, None),
        ('pid-host', 'pid namespace', {'pid': cri.NODE}, None),
        ('pid-pod', 'pid namespace', {'pid': cri.POD}, {}),
        ('device', '--device|device', {}, {'devices': [
            {'container_path': '/dev/disk', 'host_path': '/dev/vda', 'permissions': 'r'}]}),
        ('privileged', 'privileged', {'privileged': True}, {'security': {'privileged': True}}),
):
    # Where the pod itself is taken there is a container that comes to run: its sandbox.
    cases.case(f'{name} is refused', refused=container is None, name=f'cri-refused-{name}')(
        refused(pattern, pod, container))
