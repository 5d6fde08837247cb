#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# Suite: full 6.12 image=work timeout=600
"""Language runtimes in a domain size themselves by its limits, not by the machine."""

import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import container    # noqa: E402
import tap          # noqa: E402

out = tap.Writer()
# Half a processor, and this many bytes.
MEMORY = 512 << 20
LIMITS = {'memory.max': str(MEMORY), 'cpu.max': '50000 100000'}


def check(name, script, *wanted):
    """Report whether all of these regular expressions match a line of what a script says."""
    said = container.limited(LIMITS, f'exec 2>&1; {script}', 200)
    missing = [f'no {want}' for want in wanted if not re.search(want, said, re.M)]
    out.result(not missing, name, notes=missing and [*missing, *said.splitlines()[-20:]])


check('java', 'java -XX:+PrintFlagsFinal -Xlog:os+container=debug -version',
      f' MaxHeapSize .*= {MEMORY // 4} ', ' UseSerialGC .*= true ')
# A memory limit that is all the memory there is it calls unlimited.
check('java, as it says', 'java -XshowSettings:system -version',
      'Provider: cgroupv2$', 'Effective CPU Count: 1$', 'CPU Quota: 50000us$')
check('node', 'node -p "os.cpus().length + \' \' + os.totalmem()"', f'^1 {MEMORY}$')
check('python', 'python3 -c "import os, psutil\n'
      'print(os.cpu_count(), psutil.cpu_count(), psutil.virtual_memory().total)"', f'^1 1 {MEMORY}$')
check('free, top and lscpu', 'free -b; top -b -n 1; lscpu',
      f'^Mem: +{MEMORY} ', r'^MiB Mem : +512\.0 total', r'^CPU\(s\): +1$')

sys.exit(out.end())
