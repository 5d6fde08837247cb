# SPDX-License-Identifier: GPL-2.0
"""A small client of the Container Runtime Interface, over containerd's real socket.

Requests and answers are dictionaries. The messages are those of the CRI's api.proto,
as far as they are used: a field that is not named here is left alone.
"""

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

import managers

PACKAGE = 'runtime.v1'
FIELD = descriptor_pb2.FieldDescriptorProto
KINDS = {'string': FIELD.TYPE_STRING, 'bool': FIELD.TYPE_BOOL, 'bytes': FIELD.TYPE_BYTES,
         'int32': FIELD.TYPE_INT32, 'uint32': FIELD.TYPE_UINT32, 'int64': FIELD.TYPE_INT64,
         'enum': FIELD.TYPE_INT32}

# Message: fields as NAME=NUMBER[:KIND][*]; string if no kind is named, * for a list.
# A map is a list of Entry.
MESSAGES = '''
Empty:
Entry: key=1 value=2
Int64: value=1:int64
VersionResponse: version=1 runtime_name=2 runtime_version=3 runtime_api_version=4
PodMetadata: name=1 uid=2 namespace=3 attempt=4:uint32
Namespaces: network=1:enum pid=2:enum ipc=3:enum target_id=4
PodSecurity: namespace_options=1:Namespaces privileged=6:bool
PodLinux: cgroup_parent=1 security_context=2:PodSecurity sysctls=3:Entry*
PodConfig: metadata=1:PodMetadata hostname=2 log_directory=3 labels=6:Entry* annotations=7:Entry* linux=8:PodLinux
RunPodSandboxRequest: config=1:PodConfig runtime_handler=2
Pod: pod_sandbox_id=1
PodNetwork: ip=1
PodStatus: id=1 state=3:enum network=5:PodNetwork
PodSandboxStatusResponse: status=1:PodStatus
PodItem: id=1 state=3:enum runtime_handler=7
ListPodSandboxResponse: items=1:PodItem*
Metadata: name=1 attempt=2:uint32
Image: image=1
Mount: container_path=1 host_path=2 readonly=3:bool
Device: container_path=1 host_path=2 permissions=3
Resources: cpu_period=1:int64 cpu_quota=2:int64 cpu_shares=3:int64 memory_limit_in_bytes=4:int64
Capabilities: add_capabilities=1* drop_capabilities=2*
Security: capabilities=1:Capabilities privileged=2:bool namespace_options=3:Namespaces run_as_user=5:Int64 run_as_username=6 readonly_rootfs=7:bool supplemental_groups=8:int64* no_new_privs=11:bool
Linux: resources=1:Resources security_context=2:Security
Config: metadata=1:Metadata image=2:Image command=3* args=4* working_dir=5 envs=6:Entry* mounts=7:Mount* devices=8:Device* annotations=10:Entry* log_path=11 stdin=12:bool tty=14:bool linux=15:Linux
CreateContainerRequest: pod_sandbox_id=1 config=2:Config sandbox_config=3:PodConfig
Container: container_id=1
StopContainerRequest: container_id=1 timeout=2:int64
Status: id=1 state=3:enum exit_code=7:int32 reason=10 message=11
ContainerStatusResponse: status=1:Status
UpdateContainerResourcesRequest: container_id=1 linux=2:Resources
ExecSyncRequest: container_id=1 cmd=2* timeout=3:int64
ExecSyncResponse: stdout=1:bytes stderr=2:bytes exit_code=3:int32
ContainerItem: id=1 pod_sandbox_id=2 state=6:enum
ListContainersResponse: containers=1:ContainerItem*
UsageValue: value=1:int64
MemoryUsage: timestamp=1:int64 working_set_bytes=2:UsageValue
Stats: memory=3:MemoryUsage
ContainerStatsResponse: stats=1:Stats
'''

# Method: request, answer
METHODS = {
    'Version': ('Empty', 'VersionResponse'),
    'RunPodSandbox': ('RunPodSandboxRequest', 'Pod'),
    'StopPodSandbox': ('Pod', 'Empty'),
    'RemovePodSandbox': ('Pod', 'Empty'),
    'PodSandboxStatus': ('Pod', 'PodSandboxStatusResponse'),
    'ListPodSandbox': ('Empty', 'ListPodSandboxResponse'),
    'CreateContainer': ('CreateContainerRequest', 'Container'),
    'StartContainer': ('Container', 'Empty'),
    'StopContainer': ('StopContainerRequest', 'Empty'),
    'RemoveContainer': ('Container', 'Empty'),
    'ListContainers': ('Empty', 'ListContainersResponse'),
    'ContainerStatus': ('Container', 'ContainerStatusResponse'),
    'ContainerStats': ('Container', 'ContainerStatsResponse'),
    'UpdateContainerResources': ('UpdateContainerResourcesRequest', 'Empty'),
    'ExecSync': ('ExecSyncRequest', 'ExecSyncResponse'),
}

# enum values
POD, CONTAINER, NODE = 0, 1, 2
CREATED, RUNNING, EXITED = 0, 1, 2


def add_field(message, text):
    name, _, rest = text.partition('=')
    number, _, kind = rest.rstrip('*').partition(':')
    field = message.field.add(name=name, number=int(number),
                              label=FIELD.LABEL_REPEATED if text.endswith('*') else FIELD.LABEL_OPTIONAL)
    kind = kind or 'string'
    if kind in KINDS:
        field.type = KINDS[kind]
    else:
        field.type, field.type_name = FIELD.TYPE_MESSAGE, f'.{PACKAGE}.{kind}'


def classes():
    """A class for each message, by name."""
    file = descriptor_pb2.FileDescriptorProto(name='cri', package=PACKAGE, syntax='proto3')
    for line in MESSAGES.strip().splitlines():
        name, _, fields = line.partition(':')
        message = file.message_type.add(name=name)
        for text in fields.split():
            add_field(message, text)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return {message.name: factory.GetPrototype(pool.FindMessageTypeByName(f'{PACKAGE}.{message.name}'))
            for message in file.message_type}


class Failure(AssertionError):
    """The runtime service said no; the text is what it said."""


class Client:
    """client.Version(), client.RunPodSandbox(config={...}), ..."""

    def __init__(self):
        self.channel = grpc.insecure_channel(f'unix://{managers.CONTAINERD}')
        self.classes = classes()

    def __getattr__(self, method):
        request, answer = (self.classes[name] for name in METHODS[method])
        call = self.channel.unary_unary(f'/{PACKAGE}.RuntimeService/{method}',
                                        request_serializer=request.SerializeToString,
                                        response_deserializer=answer.FromString)

        def ask(**fields):
            try:
                done = call(json_format.ParseDict(fields, request()), timeout=managers.patience())
            except grpc.RpcError as error:
                raise Failure(f'{method}: {error.details()}') from None
            return json_format.MessageToDict(done, including_default_value_fields=True,
                                             preserving_proto_field_name=True)
        return ask
