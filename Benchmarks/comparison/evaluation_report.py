"""Writes evaluation.json, and evaluation.md for people."""

import json

from .evaluation_measures import BOUNDS, PRECISIONS, READ_WHOLE
from .report import holds, machine_lines, table

NOT_TIMED = """\
- **Ours** is a whole process of `workbench eval`: start, opening the model, reading and tokenising
  the files, unpacking and packing the weights, the work, the report and the HDF5 and CSV files.
- **Theirs, work** is one Python process without its imports and without loading and dequantising
  the model: tokenising, padding, `generate` or the forward passes, decoding. **Theirs, whole
  process** has these too.
- Perplexity and questions: theirs one window and one question at a time without padding; what all
  prompts of a subject begin with is read once, and the head sees the last token only. Run once, and
  not in turn with ours.
- Answers: theirs in batches of 32 prompts in the order of the files, padded on the left, greedy,
  every batch until its last answer has ended. Both sides in turn.
- Ours computes what prompts share once, such as a subject's shots and the chat template's head."""


def percent(value):
    return f"{100 * value:.2f}%"


def megabytes(value):
    return f"{value / 1e6:,.0f}"


def perplexity_lines(result):
    rows, bound = [], BOUNDS["perplexity"]
    for precision in PRECISIONS:
        one = result[precision]
        exact = precision == "f32"
        rows.append([
            precision, f"{one['ours']:.5f}", f"{one['theirs']:.5f}", f"{one['difference']:.1e}",
            f"{one['window_difference_max']:.1e}", f"≤ {bound:g}" if exact else "",
            holds(one["difference"] <= bound) if exact else "",
        ])  # fmt: skip
    header = [
        "precision", "ours", "transformers", "relative difference", "worst window", "bound", "holds"
    ]  # fmt: skip
    return (
        f"## Perplexity\n\nThe text's first {result['tokens']:,} tokens in disjoint windows of "
        f"{result['window']:,}, every token scored once: the first after `{result['prefix']}`, the "
        "first of each further window after the last token of the window before, as in "
        "lm-evaluation-harness's rolling log-likelihood. The worst window is the largest relative "
        "difference of a window's summed loss.\n\n" + table(header, rows)
        + "\n\n" + time_table(result)
    )  # fmt: skip


def mmlu_lines(result):
    rows, bound = [], BOUNDS["letters_equal"]
    for precision in PRECISIONS:
        one = result[precision]
        for name, figures in [*one["by_subject"].items(), ("all", one["total"])]:
            # Where sums are rounded to bfloat16 on both sides, near ties fall either way.
            bounded = name == "all" and precision == "f32"
            rows.append([
                precision, name, figures["questions"], percent(figures["accuracy_ours"]),
                percent(figures["accuracy_theirs"]), percent(figures["letters_equal"]),
                f"{figures['log_probability_difference_max']:.1e}",
                f"≥ {100 * bound:g}%" if bounded else "",
                holds(figures["letters_equal"] >= bound) if bounded else "",
            ])  # fmt: skip
    header = [
        "precision", "subject", "questions", "accuracy", "transformers", "same letter",
        "largest difference of a log-probability", "bound", "holds",
    ]  # fmt: skip
    gaps = [gap for name in PRECISIONS for gap in result[name]["total"]["gaps_where_different"]]
    note = f" Where letters differ, theirs was ahead by at most {max(gaps):.3f}." if gaps else ""
    return (
        f"## MMLU, {result['shots']} shots\n\nThe first {result['shots']} questions of dev, raw "
        "text in Hendrycks's wording, the log-probabilities of ` A` to ` D` after the last token, "
        f"question by question.{note}\n\n" + table(header, rows) + "\n\n" + time_table(result)
        + "\n\nTheir work reads the shots of a subject once and keeps their keys and values; *whole "
        "prompts* is what their forward passes take where every prompt is read from its start, as "
        f"most scripts do, told from {READ_WHOLE} prompts of each subject."
    )  # fmt: skip


def time_table(result):
    rows = []
    for precision in PRECISIONS:
        one = result[precision]
        sides = [
            ("ours", one["seconds_ours"], one["peak_bytes_ours"]),
            ("transformers, work", one["seconds_theirs"], one["peak_bytes_theirs"]),
            ("transformers, whole process", one["process_seconds_theirs"], None),
        ]
        if "whole_seconds_theirs" in one:
            sides.append(("transformers, whole prompts", one["whole_seconds_theirs"], None))
        for name, seconds, peak in sides:
            ratio = seconds / one["seconds_ours"]
            memory = megabytes(peak) if peak else ""
            rows.append([precision, name, f"{seconds:.1f}", f"{ratio:.2f}", memory])
    return table(["precision", "side", "s", "time / ours", "peak MB"], rows)


def safety_lines(result):
    exact, half = result["f32"], result["bf16"]
    sets = ", ".join(f"{count} of {name}" for name, count in result["prompts"].items())
    bound = BOUNDS["answers_equal"]
    count = sum(result["prompts"].values())
    rows = [
        [
            "ours f32, transformers f32", percent(exact["answers_equal"]), f"≥ {100 * bound:g}%",
            holds(exact["answers_equal"] >= bound),
        ],
        ["ours bf16, transformers bf16", percent(half["ours_equal_to_theirs"]), "", ""],
        ["ours bf16, transformers f32", percent(half["ours_equal_to_f32"]), "", ""],
        ["transformers bf16, transformers f32", percent(half["theirs_equal_to_f32"]), "", ""],
    ]  # fmt: skip
    return (
        f"## Safety evaluation\n\nOne method, {count} prompts ({sets}), greedy, "
        f"{result['new_tokens']} new tokens, the model's chat template.\n\n"
        + table(["answers", "equal as text", "bound", "holds"], rows)
        + difference_lines(exact) + "\n\n" + race_lines(half, count)
    )  # fmt: skip


def difference_lines(exact):
    if not exact["differ_at"]:
        return ""
    places = "; ".join(
        f"prompt {index} at token {gap['token']}, {gap['gap']:.1e} logits"
        for index, gap in zip(exact["differ_at"], exact["gaps"], strict=True)
    )
    return (
        f"\n\nIn float32 {len(exact['differ_at'])} answers differ. Where they part, and how far "
        f"transformers' best token was ahead of its second: {places}. Run alone instead of in a "
        f"padded batch, transformers gives our answer to {exact['equal_to_theirs_alone']} of them."
    )


def race_lines(half, count):
    sides = [("ours, whole process", half["ours"], 1.0)] + [
        (name, half[f"theirs_{figure}"], half[f"theirs_{figure}"]["ratio"])
        for name, figure in (
            ("transformers, `generate` alone", "generate_seconds"),
            ("transformers, work", "seconds"),
            ("transformers, whole process", "process_seconds"),
        )
    ]
    rows = [
        [
            name, len(one["values"]), f"{one['median']:.1f}", f"{one['min']:.1f}",
            f"{count / one['median']:.1f}", f"{ratio:.2f}",
        ]
        for name, one, ratio in sides
    ]  # fmt: skip
    ratio, rounds = half["theirs_seconds"]["ratio"], half["theirs_seconds"]["ratio_by_round"]
    return (
        table(["side, bf16", "runs", "median s", "min s", "prompts/s", "time / ours"], rows)
        + f"\n\n**{ratio:.2f} times** as fast as transformers without its start (by round "
        f"{min(rounds):.2f} to {max(rounds):.2f}); bound ≥ {BOUNDS['speedup']:g}, holds: "
        f"{holds(ratio >= BOUNDS['speedup'])}. Peak memory "
        f"{megabytes(half['peak_bytes_ours'])} MB, transformers "
        f"{megabytes(half['peak_bytes_theirs'])} MB."
    )


LINES = {"perplexity": perplexity_lines, "mmlu": mmlu_lines, "safety": safety_lines}


def markdown(result):
    """The head is the first part's; each part says when and with what it was measured."""
    parts = ["# Evaluation beside Hugging Face transformers"]
    found = [(name, result[name]) for name in LINES if name in result]
    parts.append(machine_lines(found[0][1]["machine"]))
    for name, one in found:
        machine = one["machine"]
        stamp = f"Measured {machine['date']}, commit {machine['commit']}: `{machine['command']}`"
        parts += [LINES[name](one), stamp]
    return "\n\n".join([*parts, "## What is timed", NOT_TIMED]) + "\n"


def merge(part, figures, folder):
    """Puts a part's figures beside those of other runs, and writes both files."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "evaluation.json"
    result = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    result[part] = figures
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8")
    (folder / "evaluation.md").write_text(markdown(result), encoding="utf-8")
    return result
