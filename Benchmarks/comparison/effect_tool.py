"""The commands of effect.py, and what their JSON says."""

import json
from dataclasses import dataclass, field

from .effect_choice import Outcome
from .workbench import Workbench


@dataclass
class Steering:
    """`workbench steer` on one model with its adapter."""

    tool: Workbench
    adapter: str | None
    tokens: int
    vectors: str = ""
    commands: list = field(default_factory=list)

    def model_options(self):
        chosen = ["--model", self.tool.model, "--threads", str(self.tool.threads)]
        return chosen + (["--adapter", self.adapter] if self.adapter else [])

    def run(self, *arguments):
        command = [self.tool.binary, *map(str, arguments)]
        self.commands.append(" ".join(["workbench", *command[1:]]))
        return self.tool.timed(command)

    def make_vectors(self, anchors):
        """Refusal directions and transitions of the anchors, all of which are used."""
        self.vectors = self.tool.scratch / "vectors.h5"
        self.run(
            "vectors", *self.model_options(), "--prompts", anchors, "--output", self.vectors,
            "--force",
        )  # fmt: skip

    def outcomes(self, prompts, alpha, window, sign, threshold="anchors"):
        """Answers to a prompt file, judged; `sign` is +1, -1 or auto, with a threshold."""
        done = self.run(
            "steer", *self.model_options(), "--vectors", self.vectors, "--prompts", prompts,
            "--alpha", f"{alpha:g}", "--layers", window, f"--sign={sign}",
            *([f"--threshold={threshold}"] if sign == "auto" else []),
            "--precision", "bf16", "--max-new-tokens", self.tokens, "--json",
        )  # fmt: skip
        return [
            Outcome(
                one["label"], one["steered"]["refusal"], one["unsteered"]["refusal"],
                one.get("score"),
            )
            for one in json.loads(done.output)["answers"]
        ]  # fmt: skip
