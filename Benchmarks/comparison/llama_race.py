"""One answer by `workbench eval speed` and by llama.cpp, processes that take turns."""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import gguf

from . import workbench as wb
from .measures import REST, spread

CHILD = Path(__file__).with_name("llama_child.py")


def work_of_a_token(model):
    """Multiply-adds and bytes of the matrices that every token goes through."""
    tensors = gguf.GGUFReader(model).tensors
    matrices = [one for one in tensors if len(one.shape) == 2]
    # Where there is no unembedding of its own, the embedding serves as one.
    if any(one.name == "output.weight" for one in matrices):
        matrices = [one for one in matrices if one.name != "token_embd.weight"]
    return {
        "multiply_adds": sum(int(one.n_elements) for one in matrices),
        "bytes": sum(int(one.n_bytes) for one in matrices),
    }


def tokens_of(tool, prompt):
    done = subprocess.run(
        [tool.binary, "tokens", "--model", tool.model, "--json", prompt],
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode != 0:
        sys.exit(f"workbench tokens failed: {done.stderr.strip()}")
    return [one["id"] for one in json.loads(done.stdout)["tokens"]]


class Ours:
    def __init__(self, tool, prompt, precision, options):
        prompts = wb.write_prompts(tool.scratch / "prompts.csv", [prompt] * options.answers)
        self.tool, self.name = tool, f"ours, {precision}"
        self.command = [
            tool.binary, "eval", "speed", "--model", tool.model, "--prompts", str(prompts),
            "--rows", "1", "--rounds", str(options.answers), "--precision", precision,
            "--max-new-tokens", str(options.new_tokens), "--threads", str(tool.threads), "--json",
        ]  # fmt: skip

    def run(self):
        """Tokens a second, the median of a process's answers, and its peak memory."""
        run = self.tool.timed(self.command)
        return json.loads(run.output)[0]["decodeTokensPerSecond"], run.peak_bytes


class Theirs:
    name = "llama.cpp"

    def __init__(self, tool, prompt, options):
        self.tool, self.new_tokens = tool, options.new_tokens
        job = {
            "model": tool.model, "tokens": tokens_of(tool, prompt), "threads": tool.threads,
            "new_tokens": options.new_tokens, "answers": options.answers,
        }  # fmt: skip
        self.prompt_tokens = len(job["tokens"])
        path = tool.scratch / "job.json"
        path.write_text(json.dumps(job))
        self.command = [sys.executable, str(CHILD), str(path)]
        self.built_for = ""

    def run(self):
        run = self.tool.timed(self.command)
        found = json.loads(run.output.splitlines()[-1])
        self.built_for = found["built_for"]
        seconds = statistics.median(one["decode"] for one in found["answers"])
        return (self.new_tokens - 1) / seconds, run.peak_bytes


def race(tool, prompt, options, say):
    theirs = Theirs(tool, prompt, options)
    sides = [Ours(tool, prompt, precision, options) for precision in options.precision] + [theirs]
    runs = {side.name: [] for side in sides}
    for number in range(options.rounds):
        for side in sides:
            time.sleep(REST)
            runs[side.name].append(side.run())
            rate, peak = runs[side.name][-1]
            say(f"round {number + 1}, {side.name}: {rate:.1f} tokens/s, {peak / 1e6:.0f} MB")
    return {
        "prompt_tokens": theirs.prompt_tokens, "llama_cpp_built_for": theirs.built_for,
        "work_of_a_token": work_of_a_token(tool.model),
        "sides": {
            name: {
                "tokens_per_second": spread([rate for rate, _ in found]),
                "peak_bytes": max(peak for _, peak in found),
            }
            for name, found in runs.items()
        },
    }  # fmt: skip
