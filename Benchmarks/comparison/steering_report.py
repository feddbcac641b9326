"""Writes steering.json, and steering.md for people."""

import json

from .report import holds, machine_lines, table
from .steering_measures import BOUNDS

NOT_TIMED = """\
- **Ours, sweep** is the whole process of `workbench ablate`: start, opening the model, reading and
  tokenising the prompts, unpacking and packing the weights, the baseline and all windows, the
  report and the file.
- **Theirs, sweep** is forward passes alone: a hook adds the vector, batches of 32 sorted by length,
  padded on the left, the head for the last column only, no cache, and the probability of the
  refusal tokens. Not timed: imports, loading, tokenising, padding, hooks' setting up, any file.
- **Answers**: on both sides the time from token ids to token ids with the model loaded and its
  weights packed, prompts read in it."""


def parity_lines(result):
    rows = []
    for name in ("unsteered", "steered"):
        one = result["parity"][name]
        for figure, label in (
            ("rows_error", "largest relative L2 error of a `resid_post` row"),
            ("logits_error", "largest relative L2 error of the logits"),
        ):
            value, bound = one[f"{figure}_max"], BOUNDS[figure]
            rows.append([name, label, f"{value:.2e}", f"≤ {bound:g}", holds(value <= bound)])
        rows.append([name, "same first token", f"{100 * one['same_first_token']:.1f}%", "", ""])
        value, bound = one["answers_equal"], BOUNDS["answers_equal"]
        rows.append([
            name, f"same greedy answer, {result['answer_tokens']} tokens", f"{100 * value:.1f}%",
            f"≥ {100 * bound:g}%", holds(value >= bound),
        ])  # fmt: skip
    effect = result["parity"]["effect"]
    return (
        "## Steering beside a forward hook\n\n"
        f"transformers in float32, one prompt at a time, a hook that adds σ·α·v to the block's "
        f"output from the query end on: {result['parity_prompts']} prompts, α = {result['alpha']:g} "
        f"at layers {result['layers'][0]} to {result['layers'][-1]}, σ {result['sign']}. Rows and "
        "logits are those at the query end. Steering moves the logits by "
        f"{effect['logits_moved_median']:.2f} of their length (median) and changes "
        f"{100 * effect['answers_changed']:.0f}% of the answers.\n\n"
        + table(["run", "figure", "measured", "bound", "holds"], rows)
    )


def times(label, race, unit=""):
    lines = []
    for side, name in (("ours", "ours"), ("theirs", "transformers")):
        one, rate = race[side], race.get(f"tokens_per_second_{side}")
        ratio = race["ratio_of_medians"] if side == "theirs" else 1.0
        lines.append([
            label, name, len(one["values"]), f"{one['median']:.2f}", f"{one['min']:.2f}",
            f"{rate:,.1f}" if rate else "", f"{ratio:.2f}",
        ])  # fmt: skip
    return lines


def sweep_lines(race):
    scaled = race["windows_timed"] < race["windows"]
    note = (
        f" Theirs was timed on {race['windows_timed']} of the {race['windows']} windows and scaled."
        if scaled
        else ""
    )
    label = f"{race['windows']} windows × {race['prompts']} prompts"
    header = ["run", "side", "runs", "median s", "min s", "", "time / ours"]
    return (
        "## A sweep over layers\n\n"
        "Every layer steered alone with one α, the first answer token's odds of a refusal, bf16."
        f"{note} By round {race['ratio_by_round']['min']:.2f} to "
        f"{max(race['ratio_by_round']['values']):.2f} times as fast.\n\n"
        + table(header, times(label, race))
        + (f"\n\n```\n{race['notes_of_the_tool']}\n```" if race["notes_of_the_tool"] else "")
    )


def decode_lines(races):
    header = ["run", "side", "runs", "median s", "min s", "tokens/s", "time / ours"]
    rows = []
    for race in races:
        rows += times(f"{race['rows']} rows, {race['new_tokens']} tokens each", race)
    firsts = " and ".join(
        f"{race['first_seconds_ours']:.2f} s for {race['rows']} rows" for race in races
    )
    return (
        "## Answers\n\nGreedy, steered, repetition penalty 1.1, bf16, no stop. Either side had "
        "generated the same answers once before. For us that first time, in a new process, took "
        f"{firsts}; many rows pack the bytes of the unembedding in it.\n\n"
        + table(header, rows)
    )


def markdown(result):
    parts = ["# Steering beside Hugging Face transformers", machine_lines(result["machine"])]
    if "parity" in result:
        parts.append(parity_lines(result))
    if "sweep" in result:
        parts.append(sweep_lines(result["sweep"]))
    if "decode" in result:
        parts.append(decode_lines(result["decode"]))
    return "\n\n".join([*parts, NOT_TIMED]) + "\n"


def write(result, folder):
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    (folder / "steering.json").write_text(text, encoding="utf-8")
    (folder / "steering.md").write_text(markdown(result), encoding="utf-8")
