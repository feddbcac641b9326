#!/usr/bin/env python3
"""t-SNE in the workbench beside scikit-learn and openTSNE: divergence, trustworthiness and time.

    pip install -r Benchmarks/requirements.txt
    swift build -c release && swift build -c release --package-path Benchmarks
    python3 Benchmarks/tsne.py MODEL.gguf xstest_v2_prompts.csv

Writes tsne.md and tsne.json; Benchmarks/README.md says what the figures mean.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("hidden", "clusters", "many", "gradients")


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", help="a GGUF file")
    parser.add_argument("prompts", help="XSTest's CSV file, or one with the columns prompt and label")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--layers", type=int, nargs="+", default=[0, 5, 10, 15, 20, 25, 29],
                        help="whose divergences are compared")  # fmt: skip
    parser.add_argument("--clusters", type=int, default=10_000, help="points of 20 clusters")
    parser.add_argument("--many", type=int, default=50_000, help="points that are only timed")
    parser.add_argument("--binary", default=str(ROOT / ".build/release/workbench"))
    parser.add_argument("--embed-binary", default=str(ROOT / "Benchmarks/.build/release/embed-points"))
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="on all sides")
    parser.add_argument("--rounds", type=int, default=3, help="timed runs of ours; theirs run once")
    parser.add_argument("--results", type=Path, default=ROOT / "Benchmarks/results")
    return parser.parse_args()


def say(text):
    print(text, file=sys.stderr, flush=True)


def main():
    options = arguments()
    options.model = os.path.abspath(os.path.expanduser(options.model))
    # Before these modules are imported, so that no library chooses another count.
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    from comparison import machine, tsne_measures, tsne_report
    from comparison.workbench import Workbench

    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        tool = Workbench(options.binary, options.model, options.threads, scratch)
        packages = ("scikit-learn", "openTSNE", "numpy")
        facts = machine.basics(options.binary, options.threads, packages)
        result = {"machine": {**facts, "workbench": tool.version()}}
        race = tsne_measures.Race(options, tool, scratch, say)
        for part in options.parts:
            say(part)
            result[part] = getattr(race, part)()
    tsne_report.write(result, options.results)
    print(tsne_report.markdown(result))


if __name__ == "__main__":
    main()
