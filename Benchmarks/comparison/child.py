"""Runs a command and prints, as JSON, its wall time, peak memory and exit code.

Linux counts the memory that a process had before it became another program into that program's
peak. A large process must therefore not start what it wants to measure: it starts this small one,
which does. Nothing but the standard library is imported, and little of it.
"""

import json
import os
import sys
import time


def main():
    output, command = sys.argv[1], sys.argv[2:]
    start = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    unit = 1 if sys.platform == "darwin" else 1024
    with open(output, "w", encoding="utf-8") as file:
        json.dump(
            {
                "seconds": seconds,
                "peak_bytes": usage.ru_maxrss * unit,
                "cpu_seconds": usage.ru_utime + usage.ru_stime,
                "exit": os.waitstatus_to_exitcode(status),
            },
            file,
        )


main()
