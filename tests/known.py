# SPDX-License-Identifier: GPL-2.0
"""Lists of differences between native runs and domains that are meant."""


def read(path, words):
    """Reasons by key: a line is so many words, the key, and the reason."""
    known = {}
    with open(path) as file:
        for line in file:
            if line.strip() and not line.startswith('#'):
                *key, reason = line.split(None, words)
                known[' '.join(key)] = reason.strip()
    return known
