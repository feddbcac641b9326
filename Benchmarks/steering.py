#!/usr/bin/env python3
"""Steering in the workbench beside forward hooks in Hugging Face transformers: truth and time.

    pip install -r Benchmarks/requirements.txt
    swift build -c release && swift build -c release --package-path Benchmarks
    python3 Benchmarks/steering.py MODEL.gguf xstest_v2_prompts.csv

Writes steering.md and steering.json; Benchmarks/README.md says what the figures mean.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("parity", "sweep", "decode")


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", help="a GGUF file")
    parser.add_argument("prompts", help="XSTest's CSV file, or one with the columns prompt and label")
    parser.add_argument("--anchors", default=str(ROOT / "data/contrast/requests.csv"))
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--limit", type=int, help="only the first prompts of the sweep")
    parser.add_argument("--parity-prompts", type=int, default=100)
    parser.add_argument("--alpha", type=float, default=4)
    parser.add_argument("--layers", default="9-18", help="layers steered in parity and answers")
    parser.add_argument("--sign", choices=("label", "plus"), default="label")
    parser.add_argument("--answer-tokens", type=int, default=32, help="of parity's answers")
    parser.add_argument("--decode-tokens", type=int, default=64)
    parser.add_argument("--decode-rows", type=int, nargs="+", default=[64, 1])
    parser.add_argument("--hf-windows", type=int, default=30, help="theirs timed on so many, scaled")
    parser.add_argument("--binary", default=str(ROOT / ".build/release/workbench"))
    parser.add_argument("--parity-binary", default=str(ROOT / "Benchmarks/.build/release/steering-parity"))
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="on both sides")
    parser.add_argument("--rounds", type=int, default=3, help="timed runs of each side")
    parser.add_argument("--results", type=Path, default=ROOT / "Benchmarks/results")
    return parser.parse_args()


def say(text):
    print(text, file=sys.stderr, flush=True)


def anchor_vectors(options):
    """The refusal directions of every layer, from transformers' own states in float32."""
    from comparison import steering_tool
    from comparison.hugging_face import HuggingFace, Tokens
    from comparison.steered import refusal_vectors

    texts, unsafe = steering_tool.read_labelled(options.anchors)
    model = HuggingFace(options.model, "float32", options.threads)
    tokens = Tokens(options.model, texts)
    _, states, _ = model.forward(tokens, tokens.batches(32))
    return refusal_vectors(states, unsafe)


def measure(options, scratch):
    # Before these modules are imported, so that no library chooses another count.
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    from comparison import machine, steering_measures, steering_tool
    from comparison import workbench as wb
    from comparison.hugging_face import Tokens
    from comparison.steered import Steered

    tool = wb.Workbench(options.binary, options.model, options.threads, scratch)
    parity_tool = steering_tool.SteeringParity(
        options.parity_binary, options.model, options.threads, scratch / "job"
    )
    facts = machine.describe(options.binary, options.model, options.threads)
    first, last = map(int, options.layers.split("-"))
    layers = list(range(first, last + 1))
    result = {
        "machine": {**facts, "workbench": tool.version()}, "alpha": options.alpha,
        "layers": layers, "answer_tokens": options.answer_tokens,
        "sign": "from the label" if options.sign == "label" else "+1",
    }  # fmt: skip
    say("vectors")
    vectors = anchor_vectors(options)
    chosen = {layer: vectors[layer] for layer in layers}
    texts, unsafe = steering_tool.read_labelled(options.prompts, options.limit)
    ids = Tokens(options.model, texts).ids
    signs = [1 if harmful or options.sign == "plus" else -1 for harmful in unsafe]

    if "parity" in options.parts:
        say("parity in float32")
        count = min(options.parity_prompts, len(ids))
        exact = Steered(options.model, "float32", options.threads)
        result["parity_prompts"] = count
        result["parity"] = steering_measures.parity(
            parity_tool, exact, ids[:count], signs[:count], chosen, options.alpha,
            options.answer_tokens, penalty=1.0,
        )  # fmt: skip
        del exact
    half = Steered(options.model, "bfloat16", options.threads)
    if "decode" in options.parts:
        result["decode"] = [
            steering_measures.decode_race(
                parity_tool, half, ids, signs, chosen, options.alpha, rows, options.decode_tokens,
                1.1, options.rounds, say,
            )
            for rows in options.decode_rows
        ]  # fmt: skip
    if "sweep" in options.parts:
        ablation = steering_tool.Ablation(
            tool, options.prompts, options.anchors, options.alpha, options.limit
        )
        ablation.prepare()
        result["sweep"] = steering_measures.sweep_race(
            ablation.run, half, ids, [1] * len(ids), dict(enumerate(vectors)), options.alpha,
            list(range(len(vectors))), options.hf_windows, ablation.refusal_tokens(),
            options.rounds, say,
        )  # fmt: skip
    return result


def main():
    options = arguments()
    options.model = os.path.abspath(os.path.expanduser(options.model))
    with tempfile.TemporaryDirectory() as scratch:
        result = measure(options, Path(scratch))
    from comparison import steering_report

    steering_report.write(result, options.results)
    print(steering_report.markdown(result))


if __name__ == "__main__":
    main()
