"""Writes effect.json, and effect.md for people."""

import json

from .report import machine_lines, table

INTRODUCTION = """\
Vectors from {anchors} unsafe and {anchors} safe anchors (seed {seed}). Strength, layers and
threshold were chosen by the share of right answers (safe prompts answered, unsafe ones refused) on
{choose} prompts: the project's own look-alikes and anchors' sources without the anchors. The
prompts reported on were not looked at before. Answers are greedy with a repetition penalty of 1.1, {tokens} tokens; refusals are
what the tool's judge says. In brackets: Wilson's interval of 95%."""


def rate_cells(record):
    return [share(record[name]) for name in ("safe", "unsafe", "right")]


def share(record):
    low, high = record["interval"]
    return f"{100 * record['hits'] / record['count']:.1f}% ({100 * low:.1f} to {100 * high:.1f})"


def markdown(result):
    introduction = INTRODUCTION.format(**result)
    rows = [
        [one["name"], f"{one['alpha']:g}", one["window"], one["threshold_text"], *rate_cells(one["rates"])]
        for one in result["reported"]
    ]
    header = ["sign", "α", "layers", "threshold", "refused, safe", "refused, unsafe", "right"]
    curve = [
        [f"{one['alpha']:g}", one["window"], one["threshold_text"], *rate_cells(one["auto"]),
         *rate_cells(one["label"])]
        for one in result["curve"]
    ]  # fmt: skip
    curve_header = [
        "α", "layers", "threshold", "safe, auto", "unsafe, auto", "right, auto", "safe, label",
        "unsafe, label", "right, label",
    ]  # fmt: skip
    return "\n\n".join([
        "# What steering does to refusals", machine_lines(result["machine"]),
        f"- adapter: {result['adapter']}", introduction,
        f"## Reported: {result['reported_on']}", table(header, rows),
        "## What was chosen from", table(curve_header, curve),
        "## Commands", "```\n" + "\n".join(result["commands"]) + "\n```",
    ]) + "\n"  # fmt: skip


def write(result, folder):
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    (folder / "effect.json").write_text(text, encoding="utf-8")
    (folder / "effect.md").write_text(markdown(result), encoding="utf-8")
