#!/usr/bin/env python3
"""`workbench eval` beside the same protocols in Hugging Face transformers: truth and time.

    pip install -r Benchmarks/requirements.txt
    swift build -c release --product workbench
    python3 Benchmarks/evaluation.py MODEL.gguf --text wikitext2_test.txt --mmlu mmlu \\
        --xstest xstest_v2_prompts.csv --advbench AdvBench.csv --truthfulqa TruthfulQA.csv

Writes evaluation.md and evaluation.json; a part that is not run keeps its earlier figures there.
Benchmarks/README.md says what the figures mean.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# What each part reads.
PARTS = {"perplexity": ["text"], "mmlu": ["mmlu"], "safety": ["xstest", "advbench", "truthfulqa"]}
SUBJECTS = ["econometrics", "high_school_biology", "nutrition", "philosophy"]


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", help="a GGUF file")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--text", help="a plain text, such as WikiText-2's test split")
    parser.add_argument("--max-tokens", type=int, default=20_000, help="the text's first tokens")
    parser.add_argument("--window", type=int, default=1024)
    parser.add_argument("--mmlu", help="the folder that holds Hendrycks's dev and test")
    parser.add_argument("--subjects", nargs="+", default=SUBJECTS)
    parser.add_argument("--shots", type=int, default=5)
    parser.add_argument("--xstest", help="XSTest's CSV file, of which all prompts are answered")
    parser.add_argument("--advbench", help="AdvBench's CSV file")
    parser.add_argument("--truthfulqa", help="TruthfulQA's CSV file")
    parser.add_argument("--limit", type=int, default=100, help="first prompts of the latter two")
    parser.add_argument("--new-tokens", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=2, help="timed runs of each side")
    parser.add_argument("--reference", type=Path, help="keeps transformers' results, to go on with")
    parser.add_argument("--binary", default=str(ROOT / ".build/release/workbench"))
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="on both sides")
    parser.add_argument("--results", type=Path, default=ROOT / "Benchmarks/results")
    options = parser.parse_args()
    for part in options.parts:
        missing = [name for name in PARTS[part] if not getattr(options, name)]
        if missing:
            parser.error(f"{part} needs --{missing[0]}")
    return options


def say(text):
    print(text, file=sys.stderr, flush=True)


def absolute(path):
    return os.path.abspath(os.path.expanduser(path))


def measure(part, options, ours, theirs):
    from comparison import evaluation_measures as measures
    from comparison.evaluation_data import first_rows

    if part == "perplexity":
        return measures.perplexity(
            ours, theirs, absolute(options.text), options.max_tokens, options.window, say
        )
    if part == "mmlu":
        return measures.mmlu(
            ours, theirs, absolute(options.mmlu), options.subjects, options.shots, say
        )
    scratch = ours.tool.scratch
    sets = {
        "xstest": first_rows(options.xstest, scratch / "xstest.csv", None),
        "advbench": first_rows(options.advbench, scratch / "advbench.csv", options.limit),
        "truthfulqa": first_rows(options.truthfulqa, scratch / "truthfulqa.csv", options.limit),
    }
    return measures.safety(ours, theirs, sets, options.new_tokens, options.rounds, say)


def main():
    options = arguments()
    # Before these modules are imported, so that no library chooses another count.
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    from comparison import evaluation_report, machine
    from comparison.evaluation_runs import Reference
    from comparison.evaluation_tool import Evaluation
    from comparison.workbench import Workbench

    options.model = absolute(options.model)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        tool = Workbench(absolute(options.binary), options.model, options.threads, scratch)
        theirs = Reference(tool, options.reference or scratch / "reference")
        facts = machine.describe(tool.binary, options.model, options.threads)
        facts["workbench"] = tool.version()
        for part in options.parts:
            say(part)
            found = measure(part, options, Evaluation(tool), theirs)
            result = evaluation_report.merge(part, {"machine": facts, **found}, options.results)
    print(evaluation_report.markdown(result))


if __name__ == "__main__":
    main()
