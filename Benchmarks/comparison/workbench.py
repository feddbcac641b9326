"""Runs the workbench as a user would, a process per run, and reads the files it writes."""

import csv
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

CHILD = Path(__file__).with_name("child.py")


@dataclass
class Run:
    """One process from start to exit: seconds, bytes of peak resident memory, what it said."""

    seconds: float
    peak_bytes: int
    cpu_seconds: float
    # stderr, and stdout.
    notes: str
    output: str


@dataclass
class Workbench:
    binary: str
    model: str
    threads: int
    scratch: Path

    def version(self):
        return subprocess.run(
            [self.binary, "--version"], capture_output=True, text=True, check=True
        ).stdout.strip()

    def command(self, prompts, output, precision, *extra, threads=None):
        return [
            self.binary, "dump-activations", "--model", self.model, "--prompts", str(prompts),
            "--precision", precision, "--threads", str(threads or self.threads),
            "--output", str(output), "--force", *extra,
        ]  # fmt: skip

    def dump(self, prompts, output, precision, *extra, threads=None, environment=None):
        """Writes activations; every layer's resid_post at the last position unless told else."""
        command = self.command(prompts, output, precision, *extra, threads=threads)
        return self.timed(command, environment)

    def timed(self, command, environment=None):
        """Runs a command to its end, as a process of its own."""
        figures = self.scratch / "child.json"
        done = subprocess.run(
            [sys.executable, "-S", "-E", str(CHILD), str(figures), *command],
            capture_output=True, text=True, env={**os.environ, "SOURCE_DATE_EPOCH": "0", **(environment or {})},
        )  # fmt: skip
        if done.returncode != 0:
            sys.exit(f"could not start {self.binary}: {done.stderr.strip()}")
        measured = json.loads(figures.read_text())
        if measured["exit"] != 0:
            sys.exit(f"{' '.join(command)}\nfailed: {done.stderr.strip()}")
        return Run(
            measured["seconds"], measured["peak_bytes"], measured["cpu_seconds"],
            done.stderr.strip(), done.stdout,
        )  # fmt: skip

    def smallest_budget(self, prompts, precision, *extra):
        """The first of some memory budgets that a run fits, and what the plan then looks like."""
        for mebibytes in (8, 12, 16, 20, 24, 32, 48, 64, 96, 128, 256, 512, 1024):
            budget = ["--memory-budget", f"{mebibytes}M"]
            command = self.command(prompts, self.scratch / "plan.h5", precision, *extra, *budget)
            done = subprocess.run([*command, "--dry-run"], capture_output=True, text=True)
            if done.returncode == 0:
                line = next(l for l in done.stdout.splitlines() if l.startswith("passes"))
                return budget, f"{mebibytes} MiB: " + " ".join(line.split())
        sys.exit("no memory budget up to 1 GiB is enough for these prompts")


def read_prompts(path, column, limit):
    """The prompts without the whitespace around them, as the workbench reads them."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        prompts = [row[column].strip() for row in csv.DictReader(file)]
    return prompts[:limit] if limit else prompts


def write_prompts(path, prompts):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["prompt"])
        writer.writerows([prompt] for prompt in prompts)
    return path


def states(path):
    """[prompt, layer, d_model] float32: resid_post at the last position."""
    with h5py.File(path) as file:
        return file["activations/resid_post"][:, :, 0, :]


def token_lists(path):
    with h5py.File(path) as file:
        tokens, offsets = file["tokens/id"][:], file["tokens/offset"][:]
    return [tokens[a:b].tolist() for a, b in zip(offsets[:-1], offsets[1:])]


def next_tokens(path):
    """[prompt]: the token with the highest logit after the last position."""
    with h5py.File(path) as file:
        return np.argmax(file["activations/logits"][:, 0, :], axis=-1)


def same_bits(a, b):
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()


def difference(a, b):
    """Names of what differs between two files; empty when they are equal byte by byte."""
    if Path(a).read_bytes() == Path(b).read_bytes():
        return []
    with h5py.File(a) as left, h5py.File(b) as right:
        found = [
            f"attribute {name}"
            for name in sorted(set(left.attrs) | set(right.attrs))
            if str(left.attrs.get(name)) != str(right.attrs.get(name))
        ]
        names = set()
        left.visit(names.add)
        right.visit(names.add)
        for name in sorted(names):
            if name not in left or name not in right:
                found.append(name)
            elif isinstance(left[name], h5py.Dataset):
                one, other = left[name][()], right[name][()]
                texts = one.dtype.kind == "O"
                if not (one.tolist() == other.tolist() if texts else same_bits(one, other)):
                    found.append(name)
    return found or ["bytes outside data and attributes"]
