"""Writes tsne.json, and tsne.md for people."""

import json
import statistics

from .report import holds, table

BOUNDS = {
    "kl": 1.02, "trustworthiness": 0.005, "hidden": 15, "clusters": 3, "many": 1, "gradients": 0.02
}  # fmt: skip

HOW = """\
- **KL** of every layout is computed by one function (`comparison/exact_divergence.py`): all pairs, in
  double precision, perplexity 30 over all points. Lower is better. **Trustworthiness** is
  scikit-learn's, of the 5 nearest in the layout, euclidean.
- **Theirs** are scikit-learn's `TSNE(init="pca")` and openTSNE's `TSNE()`, otherwise as they come,
  perplexity 30, random_state 0. Only the fit is timed, without imports and reading.
- **Ours** is timed as a whole process. For hidden states that is `workbench tsne` with its file,
  every number of its table and 100 permutations of the labels; for points `embed-points`.
- Ours takes 125 steps with exaggeration 12, 125 in which it falls to 1, and 500 without; openTSNE 250
  and 500; scikit-learn 250 and 750."""


def median(values):
    return statistics.median(values)


def quality_rows(name, quality):
    theirs = [one for side, one in quality.items() if side != "ours"]
    best = min(one["kl"] for one in theirs)
    trust = max(one["trustworthiness"] for one in theirs)
    rows = []
    for side, one in quality.items():
        checks = ["", ""]
        if side == "ours":
            checks = [
                holds(one["kl"] <= BOUNDS["kl"] * best),
                holds(one["trustworthiness"] >= trust - BOUNDS["trustworthiness"]),
            ]
        rows.append([
            name, side, f"{one['kl']:.4f}", f"{one['kl'] / best - 1:+.1%}", checks[0],
            f"{one['trustworthiness']:.4f}", checks[1],
        ])  # fmt: skip
    return rows


def quality_lines(result):
    rows = []
    for layer, quality in result.get("hidden", {}).get("quality", {}).items():
        rows += quality_rows(f"transitions, layer {layer}", quality)
    if "clusters" in result:
        rows += quality_rows(f"20 clusters, {result['clusters']['count']}", result["clusters"]["quality"])
    header = ["points", "by", "KL", "to their better", "≤ +2%", "trustworthiness", "≥ best - 0.005"]
    return "## Quality\n\n" + table(header, rows)


def speed_lines(result):
    rows = []
    for part, rival in (("hidden", "scikit-learn"), ("clusters", "openTSNE"), ("many", "openTSNE")):
        if part not in result:
            continue
        one = result[part]
        name = f"{one['count']} points, d = {one['dimension']}"
        name = f"{one['layers']} layers of {name}" if part == "hidden" else name
        ours = median(one["seconds"]["ours"])
        for side, seconds in one["seconds"].items():
            ratio = median(seconds) / ours
            bounded = side == rival
            rows.append([
                name, side, len(seconds), f"{median(seconds):.2f}", f"{ratio:.1f}",
                f"≥ {BOUNDS[part]}" if bounded else "",
                holds(ratio >= BOUNDS[part]) if bounded else "",
            ])  # fmt: skip
    header = ["points", "by", "runs", "median s", "times ours", "bound", "holds"]
    return "## Time\n\n" + table(header, rows)


def gradient_lines(result):
    rows = []
    for name, quality in result["gradients"].items():
        exact, grid = quality["exact"]["kl"], quality["interpolated"]["kl"]
        rows.append([
            name, f"{exact:.4f}", f"{grid:.4f}", f"{grid / exact - 1:+.1%}",
            holds(abs(grid / exact - 1) <= BOUNDS["gradients"]),
        ])  # fmt: skip
    header = ["points", "exact", "interpolated", "difference", "within 2%"]
    return "## Exact and interpolated, KL\n\n" + table(header, rows)


def machine_lines(machine):
    packages = ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
    load = " ".join(f"{value:.2f}" for value in machine["load_average"])
    return "\n".join([
        f"- CPU: {machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB; "
        + " ".join(machine["instruction_sets"]),
        f"- system: {machine['system']}; load average at the start: {load}",
        f"- threads: {machine['threads']} on all sides",
        f"- workbench {machine['workbench']}, commit {machine['commit']}",
        f"- Python {machine['python']}, {packages}",
        f"- date: {machine['date']}",
        f"- command: `{machine['command']}`",
    ])  # fmt: skip


def markdown(result):
    parts = ["# t-SNE\n", machine_lines(result["machine"])]
    if "hidden" in result or "clusters" in result:
        parts.append(quality_lines(result))
    parts.append(speed_lines(result))
    if "gradients" in result:
        parts.append(gradient_lines(result))
    return "\n\n".join([*parts, "## How\n\n" + HOW]) + "\n"


def write(result, folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tsne.json").write_text(json.dumps(result, indent=1) + "\n")
    (folder / "tsne.md").write_text(markdown(result))
