"""Kills runs at random moments and lets single writes fail, beside a file that has results already."""

import errno
import os
import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "Tests/CommandLineTests/Fixtures/failing_write.c"
STEER = ["--mode", "steer", "--vectors", "sound.h5", "--windows", "0,1", "--alpha", "1,2,4"]
COMMANDS = {
    "dump-activations": ["dump-activations", "-m", "tiny.gguf", "-p", "prompts.jsonl",
                         "-o", "out/run.h5", "--force"],
    "ablate": ["ablate", "-m", "tiny.gguf", "-p", "prompts.jsonl", *STEER, "--answers", "4",
               "-o", "out/run.h5"],
    "tsne": ["tsne", "states.h5", "--perplexity", "2", "-o", "out/run.h5", "--force"],
    "eval": ["eval", "perplexity", "-m", "tiny.gguf", "prompts.txt", "--window", "16",
             "-o", "out/run.h5", "--force"],
}


class Interruptions:
    """Runs each command into a copy of the file `start` and looks at what is left."""

    def __init__(self, program, start):
        self.program = program
        self.folder = Path(program.folder) / "out"
        self.start = start

    def prepare(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        shutil.copy(Path(self.program.folder) / self.start, self.folder / "run.h5")

    def kept(self, before):
        """What is wrong with the file and the folder; None where the groups of before are there."""
        import h5py

        names = set(os.listdir(self.folder)) - {"run.h5.partial"}
        if names != {"run.h5"}:
            return f"the folder holds {sorted(names)}"
        try:
            with h5py.File(self.folder / "run.h5") as file:
                missing = before - set(file)
        except OSError as error:
            return f"the file cannot be read ({error})"
        return f"{sorted(missing)} are lost" if missing else None

    def kill(self, name, count, random):
        """`count` deaths at random moments; returns the faults."""
        command, faults = COMMANDS[name], []
        self.prepare()
        ended = self.program.run(command)
        if ended.status:
            raise SystemExit(f"{name} failed: {ended.said}")
        for _ in range(count):
            self.prepare()
            # dump-activations replaces the whole file; all others add to it.
            before = set() if name == "dump-activations" else groups(self.folder / "run.h5")
            self.program.run(command, kill_after=random.uniform(0, 1.2 * ended.wall))
            fault = self.kept(before)
            again = self.program.run(command)
            # A sweep that was killed after its last write is complete, and refuses to be run again.
            if fault is None and again.status and "already" not in again.said:
                fault = f"the same command then fails: {again.said.strip()[-200:]}"
            if fault:
                faults.append(f"{name}, killed: {fault}")
        return faults

    def fail(self, name, count, random):
        """`count` runs in each of which one write, chosen at random, fails."""
        library = Path(self.program.folder) / "failing_write.so"
        if not library.exists():
            subprocess.run(["cc", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl"], check=True)
        faults, log = [], Path(self.program.folder) / "count"
        environment = {"LD_PRELOAD": str(library), "FAIL_IN": str(self.folder)}
        self.prepare()
        log.write_bytes(b"")
        self.program.run(COMMANDS[name], {**environment, "FAIL_COUNT": str(log)})
        operations = log.stat().st_size
        for _ in range(count):
            self.prepare()
            before = groups(self.folder / "run.h5")
            setting = {"FAIL_AT": str(random.randint(1, operations)),
                       "FAIL_ERROR": str(random.choice([errno.EIO, errno.ENOSPC]))}
            ended = self.program.run(COMMANDS[name], {**environment, **setting})
            replaced = name == "dump-activations" and ended.status == 0
            fault = ended.fault or self.kept(set() if replaced else before)
            if fault:
                faults.append(f"{name}, write {setting['FAIL_AT']} of {operations} failed: {fault}")
        return faults


def groups(path):
    import h5py

    with h5py.File(path) as file:
        return set(file)
