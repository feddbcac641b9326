"""Runs the protocols of transformers as processes, and keeps what they found."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from .workbench import Workbench

PACKAGE = Path(__file__).resolve().parents[1]
DTYPES = {"f32": "float32", "bf16": "bfloat16"}


@dataclass
class Reference:
    """The other side. `folder` holds one file a job; a job that is there is not run again."""

    tool: Workbench
    folder: Path

    def run(self, name, precision, task, **job):
        """Does a job in a new process; what it found, and the seconds of the whole process."""
        job = self.job(precision, task, job)
        written, output = self.tool.scratch / "job.json", self.tool.scratch / "result.json"
        written.write_text(json.dumps(job), encoding="utf-8")
        command = [
            sys.executable, "-m", "comparison.evaluation_reference", str(written), str(output),
        ]  # fmt: skip
        threads = str(self.tool.threads)
        run = self.tool.timed(
            command, {"PYTHONPATH": str(PACKAGE), "OMP_NUM_THREADS": threads}
        )
        found = json.loads(output.read_text(encoding="utf-8"))
        found |= {"process_seconds": run.seconds, "peak_bytes": run.peak_bytes}
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = json.dumps({"job": job, "found": found})
        self.path(name, precision).write_text(kept, encoding="utf-8")
        return found

    def kept(self, name, precision, task, **job):
        """As `run`, but an earlier run of the same job will do."""
        path = self.path(name, precision)
        if path.exists():
            earlier = json.loads(path.read_text(encoding="utf-8"))
            if earlier["job"] == self.job(precision, task, job):
                return earlier["found"]
        return self.run(name, precision, task, **job)

    def job(self, precision, task, job):
        return {
            "task": task, "model": self.tool.model, "dtype": DTYPES[precision],
            "threads": self.tool.threads, **job,
        }  # fmt: skip

    def path(self, name, precision):
        return self.folder / f"{name}-{precision}.json"
