#!/usr/bin/env python3
"""Hidden states of the workbench beside those of Hugging Face transformers: truth and time.

    pip install -r Benchmarks/requirements.txt
    swift build -c release
    python3 Benchmarks/hidden_states.py MODEL.gguf xstest_v2_prompts.csv

Writes hidden_states.md and hidden_states.json; Benchmarks/README.md says what the figures mean.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", help="a GGUF file")
    parser.add_argument("prompts", help="a CSV file such as XSTest's")
    parser.add_argument("--column", default="prompt", help="the CSV column with the prompts")
    parser.add_argument("--limit", type=int, help="only the first prompts")
    parser.add_argument("--binary", default=str(ROOT / ".build/release/workbench"))
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="on both sides")
    parser.add_argument("--rounds", type=int, default=10, help="timed runs of each side")
    parser.add_argument(
        "--single-rounds", type=int, default=3, help="timed runs of transformers one by one"
    )
    parser.add_argument("--results", type=Path, default=ROOT / "Benchmarks/results")
    return parser.parse_args()


def say(text):
    print(text, file=sys.stderr, flush=True)


def measure(options, scratch):
    # Before these modules are imported, so that no library chooses another count.
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    from comparison import machine, measures
    from comparison import workbench as wb
    from comparison.hugging_face import HuggingFace, Tokens

    tool = wb.Workbench(options.binary, options.model, options.threads, scratch)
    prompts = wb.read_prompts(options.prompts, options.column, options.limit)
    extra = ["--prompt-column", options.column]
    extra += ["--first", str(options.limit)] if options.limit else []
    facts = machine.describe(options.binary, options.model, options.threads)
    result = {"machine": {**facts, "workbench": tool.version()}, "prompts": len(prompts)}

    say("start")
    result["start"] = {
        precision: measures.start(tool, prompts[0], precision, options.rounds)
        for precision in ("f32", "bf16")
    }
    say("determinism")
    result["determinism"] = {
        precision: measures.determinism(tool, prompts, options.prompts, precision, extra)
        for precision in ("f32", "bf16")
    }

    say("the reference in float32")
    tokens = Tokens(options.model, prompts)
    exact = HuggingFace(options.model, "float32", options.threads)
    _, states, final = exact.forward(tokens, tokens.batches(1))
    next_tokens = exact.next_tokens(final)
    result["layers"], result["parameters"] = states.shape[1], exact.parameter_count()

    result["truth"] = {}
    for precision in ("f32", "bf16"):
        rows, logits = scratch / f"{precision}.h5", scratch / f"{precision}-logits.h5"
        tool.dump(options.prompts, rows, precision, *extra)
        tool.dump(options.prompts, logits, precision, *extra, "--hooks", "logits")
        result["truth"][precision] = measures.summary(
            wb.states(rows), states, wb.next_tokens(logits), next_tokens
        )
    pairs = enumerate(zip(wb.token_lists(scratch / "f32.h5"), tokens.ids, strict=True))
    result["tokens_differ_at"] = [index for index, (ours, theirs) in pairs if ours != theirs]
    result["tokens_equal"] = not result["tokens_differ_at"]

    rounds = (options.rounds, options.single_rounds, say)
    result["speed"] = {
        "f32": measures.race(tool, exact, tokens, options.prompts, "f32", extra, *rounds)
    }
    del exact
    half = HuggingFace(options.model, "bfloat16", options.threads)
    _, half_states, half_final = half.forward(tokens, tokens.batches(32))
    result["transformers_bf16"] = measures.summary(
        half_states, states, half.next_tokens(half_final), next_tokens
    )
    result["speed"]["bf16"] = measures.race(
        tool, half, tokens, options.prompts, "bf16", extra, *rounds
    )
    return result


def main():
    options = arguments()
    options.model = os.path.abspath(os.path.expanduser(options.model))
    with tempfile.TemporaryDirectory() as scratch:
        result = measure(options, Path(scratch))
    from comparison import report

    report.write(result, options.results)
    print(report.markdown(result))


if __name__ == "__main__":
    main()
