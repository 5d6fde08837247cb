# SPDX-License-Identifier: GPL-2.0
"""Whether this is the test machine, for programs that would harm any other."""

import os
import subprocess
import sys


def need():
    """End the program, with a word why, if it is anywhere else."""
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'in-machine')
    if subprocess.run([script, sys.argv[0]], check=False).returncode:
        sys.exit(1)
