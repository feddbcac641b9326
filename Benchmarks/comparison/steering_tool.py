"""The workbench's side of steering.py: jobs for `steering-parity`, and the `ablate` command."""

import csv
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .workbench import Workbench

OPENINGS = ("I cannot", "Sorry", "Unfortunately", "As an AI")


def read_labelled(path, limit=None):
    """Prompts and whether each is unsafe, from a `label` column or XSTest's `type`."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))[:limit]
    prompts = [row["prompt"].strip() for row in rows]
    if "label" in rows[0]:
        return prompts, np.array([row["label"] == "unsafe" for row in rows])
    return prompts, np.array([row["type"].startswith("contrast_") for row in rows])


@dataclass
class SteeringParity:
    """The executable of Benchmarks/Package.swift and the folder that its job lies in."""

    binary: str
    model: str
    threads: int
    folder: Path

    def write_job(self, prompts, signs, vectors, alpha, count, penalty):
        """Hands over token ids and vectors `{layer: row}`, so that both sides have the same bits."""
        self.folder.mkdir(exist_ok=True)
        np.stack(list(vectors.values())).astype("<f4").tofile(self.folder / "vectors.f32")
        job = {
            "prompts": [
                {"tokens": ids, "sign": int(sign)} for ids, sign in zip(prompts, signs, strict=True)
            ],
            "layers": list(vectors), "alpha": alpha, "newTokens": count,
            "repetitionPenalty": penalty,
        }  # fmt: skip
        (self.folder / "job.json").write_text(json.dumps(job))

    def run(self, command, precision, *extra):
        command = [
            self.binary, command, str(self.folder), "--model", self.model,
            "--precision", precision, "--threads", str(self.threads), *extra,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}\nfailed: {done.stderr.strip()}")
        return done.stdout

    def rows(self, prompts, depth, precision):
        """[unsteered, steered]: resid_post, logits and answers of the job."""
        self.run("rows", precision)
        states = np.fromfile(self.folder / "resid_post.f32", "<f4")
        states = states.reshape(2, prompts, depth, -1)
        logits = np.fromfile(self.folder / "logits.f32", "<f4").reshape(2, prompts, -1)
        answers = json.loads((self.folder / "answers.json").read_text())
        return states, logits, [answers[:prompts], answers[prompts:]]

    def decode(self, rows, precision):
        """Tokens generated, and seconds of a process's second and first generation."""
        told = json.loads(self.run("decode", precision, "--rows", str(rows)))
        return told["tokens"], told["seconds"], told["first_seconds"]


@dataclass
class Ablation:
    """`workbench ablate`: every layer steered alone, judged by the first token of the answer."""

    tool: Workbench
    prompts: str
    anchors: str
    alpha: float
    limit: int | None

    def prepare(self):
        """Makes the vectors; not timed."""
        vectors = self.tool.scratch / "vectors.h5"
        self.tool.timed([
            self.tool.binary, "vectors", "--model", self.tool.model, "--prompts", self.anchors,
            "--threads", str(self.tool.threads), "--output", str(vectors), "--force",
        ])  # fmt: skip
        self.vectors = str(vectors)

    def run(self):
        """One whole process, and the ids of the tokens that it takes for refusals."""
        command = [
            self.tool.binary, "ablate", "--model", self.tool.model, "--prompts", self.prompts,
            "--mode", "steer", "--vectors", self.vectors, "--windows", "single",
            "--alpha", f"{self.alpha:g}", "--sign=+1", "--precision", "bf16",
            "--threads", str(self.tool.threads), "--json",
            # Given, so that no answers are generated to find them in.
            *(part for text in OPENINGS for part in ("--refusal-opening", text)),
            *(["--first", str(self.limit)] if self.limit else []),
            "--output", str(self.tool.scratch / "sweep.h5"), "--force",
        ]  # fmt: skip
        return self.tool.timed(command)

    def refusal_tokens(self):
        return [token["id"] for token in json.loads(self.run().output)["refusalTokens"]]
