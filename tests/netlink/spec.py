#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# Suite: 6.12
"""What the running module says of its family is what the specification says.

The generic netlink controller tells the commands, groups and policies that are in
force; numbers are counted out of the specification as user space would do it.
"""

import os
import socket
import struct
import sys

import yaml

sys.dont_write_bytecode = True
TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, TESTS)
import tap      # noqa: E402

SPEC = os.path.join(TESTS, '../Documentation/netlink/specs/sbx.yaml')

# <linux/netlink.h> and <linux/genetlink.h>
NETLINK_GENERIC = 16
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
CTRL, CTRL_CMD_GETFAMILY, CTRL_CMD_GETPOLICY = 0x10, 3, 10
A_FAMILY_ID, A_FAMILY_NAME, A_VERSION, A_OPS, A_GROUPS, A_POLICY, A_OP_POLICY = 1, 2, 3, 6, 7, 8, 9
CAP_DO, CAP_DUMP = 2, 4
TYPES = {1: 'flag', 2: 'u8', 3: 'u16', 4: 'u32', 5: 'u64', 12: 'string'}
P_TYPE, P_MIN, P_MAX, P_MAX_LENGTH, P_MASK = 1, 4, 5, 7, 12


def attributes(data):
    """Attributes by type; the last of a type wins, as in the kernel."""
    found = {}
    while len(data) >= 4:
        length, kind = struct.unpack_from('=HH', data)
        found[kind & 0x3fff] = data[4:length]
        data = data[(length + 3) & ~3:]
    return found


def number(data):
    return int.from_bytes(data, sys.byteorder)


class Netlink:
    def __init__(self):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.socket.bind((0, 0))

    def ask(self, family, command, flags, payload=b''):
        """Yield the attributes of each message of the answer."""
        length = 20 + len(payload)
        self.socket.send(struct.pack('=IHHIIBBH', length, family, NLM_F_REQUEST | flags,
                                     1, 0, command, 1, 0) + payload)
        while True:
            data = self.socket.recv(1 << 16)
            while data:
                length, kind = struct.unpack_from('=IH', data)
                message, data = data[:length], data[(length + 3) & ~3:]
                if kind == NLMSG_DONE:
                    return
                if kind == NLMSG_ERROR:
                    error = struct.unpack_from('=i', message, 16)[0]
                    if error:
                        raise OSError(-error, os.strerror(-error))
                    return
                yield attributes(message[20:])


def pad(kind, data):
    return struct.pack('=HH', 4 + len(data), kind) + data + bytes(-len(data) % 4)


class Specification:
    def __init__(self):
        with open(SPEC) as file:
            self.tree = yaml.safe_load(file)
        self.definitions = {d['name']: d for d in self.tree['definitions']}
        self.attributes = {a['name']: (nr, a) for nr, a in
                           enumerate(self.tree['attribute-sets'][0]['attributes'], 1)}
        self.operations = dict(enumerate(self.tree['operations']['list'], 1))

    def value(self, word):
        """A number, a constant's, or the mask of a set of flags."""
        if isinstance(word, int):
            return word
        definition = self.definitions[word]
        if definition['type'] == 'flags':
            return (1 << len(definition['entries'])) - 1
        return definition['value']

    def request(self, operation):
        """{number: what is known of it} of the attributes that a request may have."""
        names = [name for kind in ('do', 'dump')
                 for name in operation.get(kind, {}).get('request', {}).get('attributes', [])]
        return {nr: self.limits(attribute) for nr, attribute in map(self.attributes.get, names)}

    def limits(self, attribute):
        checks = {key: self.value(word) for key, word in attribute.get('checks', {}).items()}
        known = {'type': attribute['type']}
        for ours in 'min', 'max', 'max-len', 'flags-mask':
            if ours in checks:
                known[ours] = checks[ours]
        return known


def limits_of_policy(policy):
    """The same of an attribute's policy, without what its type allows anyway."""
    kind = TYPES.get(number(policy[P_TYPE]), number(policy[P_TYPE]))
    known = {'type': kind}
    if P_MAX_LENGTH in policy:
        known['max-len'] = number(policy[P_MAX_LENGTH])
    if P_MASK in policy:
        known['flags-mask'] = number(policy[P_MASK])
    if number(policy.get(P_MIN, b'\0')):
        known['min'] = number(policy[P_MIN])
    if P_MAX in policy and number(policy[P_MAX]) != (1 << 8 * int(kind[1:]) // 8) - 1:
        known['max'] = number(policy[P_MAX])
    return known


def policies(netlink, family):
    """{operation: {attribute: limits}} of the operations that have a policy."""
    of_operation, tables = {}, {}
    for message in netlink.ask(CTRL, CTRL_CMD_GETPOLICY, NLM_F_DUMP,
                               pad(A_FAMILY_ID, struct.pack('=H', family))):
        for nr, which in attributes(message.get(A_OP_POLICY, b'')).items():
            of_operation[nr] = {number(index) for index in attributes(which).values()}
        for index, table in attributes(message.get(A_POLICY, b'')).items():
            for nr, policy in attributes(table).items():
                tables.setdefault(index, {})[nr] = limits_of_policy(attributes(policy))
    return {nr: {attribute: limits for index in indexes
                 for attribute, limits in tables.get(index, {}).items()}
            for nr, indexes in of_operation.items()}


def main():
    results = tap.Writer()

    def same(name, want, got):
        results.result(want == got, name,
                       notes=[] if want == got else [f'specification: {want}', f'module: {got}'])

    spec, netlink = Specification(), Netlink()
    family, = netlink.ask(CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK, pad(A_FAMILY_NAME, b'sbx\0'))
    operations = {number(a[1]): number(a[2]) for a in
                  map(attributes, attributes(family[A_OPS]).values())}
    same('the commands, and how they are called',
         {nr: ('do' in o, 'dump' in o) for nr, o in spec.operations.items() if 'event' not in o},
         {nr: (bool(flags & CAP_DO), bool(flags & CAP_DUMP)) for nr, flags in operations.items()})
    same('the multicast groups', {group['name'] for group in spec.tree['mcast-groups']['list']},
         {attributes(group)[1].rstrip(b'\0').decode()
          for group in attributes(family[A_GROUPS]).values()})

    found = policies(netlink, number(family[A_FAMILY_ID]))
    for nr, operation in spec.operations.items():
        if nr in operations:
            same(f'the attributes of {operation["name"]}', spec.request(operation),
                 found.get(nr, {}))
    info, = netlink.ask(number(family[A_FAMILY_ID]), 1, NLM_F_ACK)
    same('the version of the interface', spec.value('abi-version'),
         number(info[spec.attributes['abi'][0]]))
    return results.end()


if __name__ == '__main__':
    sys.exit(main())
