"""Runs one command and prints what the kernel accounted for it: wall, user and system seconds, peak memory.

Node cannot read a child's resource usage; wait4 can. Output of the command goes to stderr of this process only when it fails.
"""

import json
import os
import subprocess
import sys
import time

started = time.monotonic()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
output = process.stdout.read()
_, status, usage = os.wait4(process.pid, 0)
code = os.waitstatus_to_exitcode(status)
if code != 0:
    sys.stderr.buffer.write(output[-4000:])
peak_kib = usage.ru_maxrss if sys.platform != "darwin" else usage.ru_maxrss // 1024
print(json.dumps({
    "ms": (time.monotonic() - started) * 1000,
    "cpuMs": (usage.ru_utime + usage.ru_stime) * 1000,
    "peakMiB": peak_kib / 1024,
    "exitCode": code,
}))
