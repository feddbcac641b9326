"""The workbench's side of evaluation.py: the `eval` commands, and what they write."""

import csv
import json
from dataclasses import dataclass

import h5py

from .evaluation_data import LETTERS
from .workbench import Workbench


@dataclass
class Evaluation:
    """Each command is one whole process; its `Run` comes with what it found."""

    tool: Workbench

    def command(self, name, precision, *extra):
        return self.tool.timed([
            self.tool.binary, "eval", name, "--model", self.tool.model, "--precision", precision,
            "--threads", str(self.tool.threads), "--output", str(self.output(name)), "--force",
            "--csv", str(self.table(name)), *extra,
        ])  # fmt: skip

    def output(self, name):
        return self.tool.scratch / f"{name}.h5"

    def table(self, name):
        return self.tool.scratch / f"{name}.csv"

    def rows(self, name):
        with open(self.table(name), newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def perplexity(self, text, max_tokens, window, precision):
        """The run, the perplexity per token, and every window's loss in nats."""
        run = self.command(
            "perplexity", precision, "--max-tokens", str(max_tokens), "--window", str(window),
            "--json", str(text),
        )  # fmt: skip
        with h5py.File(self.output("perplexity")) as file:
            losses = file["perplexity/window_loss"][:, 0].tolist()
        return run, json.loads(run.output)[0]["figures"]["tokenPerplexity"], losses

    def mmlu(self, folder, subjects, shots, precision):
        """The run, and for each subject the questions in the file's order."""
        run = self.command(
            "mmlu", precision, "--subjects", ",".join(subjects), "--shots", str(shots), str(folder)
        )
        found = {subject: [] for subject in subjects}
        for row in self.rows("mmlu"):
            found[row["subject"]].append({
                "letter": row["chosen"],
                "log_probabilities": [float(row[f"log_p_{name.lower()}"]) for name in LETTERS],
            })  # fmt: skip
        return run, found

    def answers(self, sets, new_tokens, precision):
        """The run, and Default's answers to all prompts of all sets in order."""
        named = [flag for name, path in sets.items() for flag in ("--set", f"{name}={path}")]
        run = self.command(
            "run", precision, *named, "--max-new-tokens", str(new_tokens),
            "--repetition-penalty", "1",
        )  # fmt: skip
        order = list(sets)
        rows = sorted(self.rows("run"), key=lambda row: order.index(row["set"]))
        return run, [row["answer"] for row in rows]
