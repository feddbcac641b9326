#!/usr/bin/env python3
"""One answer by the workbench beside llama.cpp, on the same files: tokens a second and memory.

    pip install -r Benchmarks/requirements.txt
    swift build -c release --product workbench
    python3 Benchmarks/llama_cpp.py MODEL.gguf ...

Writes llama_cpp.md and llama_cpp.json; Benchmarks/README.md says what the figures mean.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from comparison import llama_race, llama_report, machine, peak
from comparison.workbench import Workbench

ROOT = Path(__file__).resolve().parents[1]
PROMPT = "Explain step by step how a compiler turns the text of a program into machine code."
PACKAGES = ("xllamacpp", "gguf")


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="+", metavar="model", help="GGUF files")
    parser.add_argument("--prompt", default=PROMPT, help="goes through the model's chat template")
    parser.add_argument("--new-tokens", type=int, default=128)
    parser.add_argument("--precision", nargs="+", default=["f32", "bf16"], help="of ours")
    parser.add_argument("--answers", type=int, default=3, help="of each process")
    parser.add_argument("--rounds", type=int, default=3, help="processes of each side")
    parser.add_argument("--binary", default=str(ROOT / ".build/release/workbench"))
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="on both sides")
    parser.add_argument("--results", type=Path, default=ROOT / "Benchmarks/results")
    options = parser.parse_args()
    options.models = [os.path.abspath(os.path.expanduser(model)) for model in options.models]
    for model in options.models:
        if not os.path.isfile(model):
            parser.error(f"there is no file {model}")
    if options.new_tokens < 2:
        parser.error("--new-tokens must be 2 or more, since the first is not timed")
    return options


def say(text):
    print(text, file=sys.stderr, flush=True)


def measure(options, scratch):
    facts = machine.basics(options.binary, options.threads, PACKAGES)
    say("peaks of the machine")
    peaks = peak.measure(options.threads, scratch)
    models = []
    for model in options.models:
        say(os.path.basename(model))
        tool = Workbench(options.binary, model, options.threads, scratch)
        facts["workbench"] = tool.version()
        models.append(
            {
                "model": os.path.basename(model), "model_sha256": machine.sha256(model),
                **llama_race.race(tool, options.prompt, options, say),
            }  # fmt: skip
        )
    return {
        "machine": facts, "peak": peaks, "prompt": options.prompt,
        "new_tokens": options.new_tokens, "answers": options.answers, "rounds": options.rounds,
        "models": models,
    }  # fmt: skip


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as scratch:
        result = measure(options, Path(scratch))
    llama_report.write(result, options.results)
    print(llama_report.markdown(result))


if __name__ == "__main__":
    main()
