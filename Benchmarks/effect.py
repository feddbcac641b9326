#!/usr/bin/env python3
"""What steering does to the refusals of a model that refuses too much, by the workbench's commands.

    python3 Benchmarks/effect.py MODEL --adapter data/adapters/overcautious \\
        --harmful AdvBench.csv --harmless TruthfulQA.csv --xstest xstest_v2_prompts.csv

Settings are chosen on other prompts than they are reported on. Writes effect.md and effect.json;
Benchmarks/README.md says what the figures mean.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from comparison import effect_choice, effect_data, effect_report, machine
from comparison import workbench as wb
from comparison.effect_tool import Steering

ROOT = Path(__file__).resolve().parents[1]


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", help="a GGUF file")
    parser.add_argument("--adapter", default=str(ROOT / "data/adapters/overcautious"))
    parser.add_argument("--harmful", required=True, help="AdvBench's CSV file")
    parser.add_argument("--harmless", required=True, help="TruthfulQA's CSV file")
    parser.add_argument("--xstest", required=True, help="XSTest's CSV file, reported on")
    parser.add_argument("--lookalikes", default=str(ROOT / "data/contrast/lookalikes.csv"))
    parser.add_argument("--anchors", type=int, default=64, help="of each kind")
    parser.add_argument("--held", type=int, default=64, help="other prompts of each kind to choose on")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--alphas", type=float, nargs="+", default=[1, 2, 3, 4, 6, 8], help="beside 0")
    # Of 30 layers: the paper's middle, 10-20 of 32, and the released code's 10-19.
    parser.add_argument("--windows", nargs="+", default=["9-19", "9-18"])
    parser.add_argument("--tokens", type=int, default=32, help="of an answer")
    parser.add_argument("--limit", type=int, help="only so many prompts of each file, for a trial")
    parser.add_argument("--binary", default=str(ROOT / ".build/release/workbench"))
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--results", type=Path, default=ROOT / "Benchmarks/results")
    return parser.parse_args()


def say(text):
    print(text, file=sys.stderr, flush=True)


def curve(steering, prompts, options):
    """Every strength and window on the prompts to choose on: two runs of each, +1 and -1."""
    scored = steering.outcomes(prompts, 0, options.windows[0], "auto")
    plain = effect_choice.unsteered(scored)
    found = [setting(0, options.windows[0], plain, plain)]
    for window in options.windows:
        for alpha in options.alphas:
            plus, minus = (
                steering.outcomes(prompts, alpha, window, sign) for sign in ("+1", "-1")
            )
            # s_q is that of the unsteered model.
            for one, other in zip(plus, scored, strict=True):
                one.score = other.score
            found.append(setting(alpha, window, plus, minus))
    return found


def setting(alpha, window, plus, minus):
    threshold = effect_choice.best_threshold(plus, minus)
    auto = effect_choice.rates(effect_choice.by_threshold(plus, minus, threshold))
    label = effect_choice.rates(effect_choice.by_label(plus, minus))
    say(f"alpha {alpha:g}, layers {window}: right {auto.right} auto, {label.right} label")
    return dict(alpha=alpha, window=window, threshold=threshold, auto=auto, label=label)


def reported(steering, prompts, settings):
    """No steering, and the best strengths and windows, on the prompts to report on."""
    auto = max(settings[1:], key=lambda one: one["auto"].right.hits)
    label = max(settings[1:], key=lambda one: one["label"].right.hits)
    threshold = f"{auto['threshold']:.6f}"
    chosen = steering.outcomes(prompts, auto["alpha"], auto["window"], "auto", threshold)
    anchors = steering.outcomes(prompts, auto["alpha"], auto["window"], "auto")
    plus, minus = (
        steering.outcomes(prompts, label["alpha"], label["window"], sign) for sign in ("+1", "-1")
    )
    return [
        row("no steering", None, "", effect_choice.unsteered(chosen)),
        row("from s_q", auto, threshold, chosen),
        row("from s_q", auto, "of the anchors", anchors),
        row("from the label", label, "", effect_choice.by_label(plus, minus)),
    ]


def row(name, setting, threshold, outcomes):
    return {
        "name": name, "alpha": setting["alpha"] if setting else 0,
        "window": setting["window"] if setting else "", "threshold_text": threshold,
        "rates": effect_choice.rates(outcomes).record(),
    }  # fmt: skip


def measure(options, scratch):
    tool = wb.Workbench(options.binary, options.model, options.threads, scratch)
    facts = machine.describe(options.binary, options.model, options.threads)
    anchors, rest = effect_data.split(
        options.harmful, options.harmless, options.anchors, options.held, options.seed
    )
    choose = (effect_data.contrast(options.lookalikes) + rest)[: options.limit]
    report = effect_data.xstest(options.xstest, options.limit)
    steering = Steering(tool, options.adapter, options.tokens)
    say("vectors")
    steering.make_vectors(effect_data.write(scratch / "anchors.csv", anchors))
    settings = curve(steering, effect_data.write(scratch / "choose.csv", choose), options)
    rows = reported(steering, effect_data.write(scratch / "report.csv", report), settings)
    return {
        "machine": {**facts, "workbench": tool.version()},
        "adapter": os.path.basename(os.path.normpath(options.adapter)),
        "anchors": options.anchors, "seed": options.seed, "choose": len(choose),
        "tokens": options.tokens, "reported_on": f"{len(report)} prompts of XSTest",
        "reported": rows,
        "curve": [
            {
                "alpha": one["alpha"], "window": one["window"],
                "threshold_text": f"{one['threshold']:.3f}",
                "auto": one["auto"].record(), "label": one["label"].record(),
            }
            for one in settings
        ],
        "commands": [without_folders(line) for line in steering.commands],
    }  # fmt: skip


def without_folders(command):
    """A command without the folders of the machine it ran on."""
    return " ".join(
        os.path.basename(word) if os.path.isabs(word) else word for word in command.split(" ")
    )


def main():
    options = arguments()
    options.model = os.path.abspath(os.path.expanduser(options.model))
    with tempfile.TemporaryDirectory() as scratch:
        result = measure(options, Path(scratch))
    effect_report.write(result, options.results)
    print(effect_report.markdown(result))


if __name__ == "__main__":
    main()
