"""Runs the program under limits, and says how each run ended."""

import os
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass

# Of a processor, children included, since a busy machine says nothing about a file. A damaged one ends
# with its sentence long before; the program starts in some 20 ms.
SECONDS = 2
# On the wall, for what waits for ever.
PATIENCE = 60
MEMORY = 600 << 20
# Success, an error, and a command line that cannot be understood.
STATUSES = (0, 1, 64)


@dataclass
class Ended:
    """How one run ended; a status below 0 is the signal that ended it.

    `seconds` are a processor's, `wall` those that went by.
    """

    status: int
    seconds: float
    wall: float
    peak_bytes: int
    said: str

    @property
    def fault(self):
        """What must never be, in words; None where all is well."""
        if self.wall >= PATIENCE:
            return f"no end within {PATIENCE} s"
        if self.seconds > SECONDS:
            return f"{self.seconds:.1f} s of a processor"
        if self.status < 0:
            return f"signal {-self.status}"
        if self.status not in STATUSES:
            return f"exit code {self.status}"
        if self.peak_bytes > MEMORY:
            return f"more than {MEMORY >> 20} MB"
        if self.status and not self.said.strip():
            return "failure without a word"
        return None


class Program:
    """The built program, run in a folder."""

    def __init__(self, binary, folder):
        self.binary = binary
        self.folder = folder

    def start(self, arguments, environment=None):
        self.output = tempfile.TemporaryFile()
        return subprocess.Popen(
            [self.binary, *map(str, arguments)], cwd=self.folder, stdin=subprocess.DEVNULL,
            stdout=self.output, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})})

    def run(self, arguments, environment=None, kill_after=PATIENCE):
        started = time.monotonic()
        process = self.start(arguments, environment)
        timer = threading.Timer(kill_after, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        self.output.seek(0)
        said = self.output.read(100_000).decode(errors="replace")
        self.output.close()
        return Ended(
            process.returncode, usage.ru_utime + usage.ru_stime,
            time.monotonic() - started, usage.ru_maxrss * 1024, said)

    def must(self, *arguments):
        ended = self.run(arguments, kill_after=120)
        if ended.status:
            raise SystemExit(f"{' '.join(map(str, arguments))} failed: {ended.said}")
