"""Writes hidden_states.json, and hidden_states.md for people."""

import json

from .measures import BOUNDS

NOT_TIMED = """\
- **Ours** is a whole process: start, opening the model, reading and tokenising the prompts,
  unpacking and packing the weights, the forward pass, writing the HDF5 file, exit.
- **Theirs** is the forward passes alone, through the blocks and the final norm, with a hook on
  every block that keeps the last position's row. Not timed: imports, loading and dequantising the
  model, tokenising, padding, masks, copying results out, writing anything. The language-model head
  is not run and no key-value cache is kept. The comparison favours them by all of this.
- Batched: 32 prompts, sorted by length, padded on the right, with attention mask.
- Both sides use the same count of threads, and take turns. Tokens are the templated prompts'
  tokens before any sharing, for both.
- Ours computes a prefix that prompts share once; that is part of the method and counts."""


def holds(yes):
    return "yes" if yes else "**NO**"


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def machine_lines(machine):
    packages = ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
    load = " ".join(f"{value:.2f}" for value in machine["load_average"])
    return "\n".join(
        [
            f"- CPU: {machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB; "
            + " ".join(machine["instruction_sets"]),
            f"- system: {machine['system']}; load average at the start: {load}",
            f"- threads: {machine['threads']} on both sides",
            f"- workbench {machine['workbench']}, commit {machine['commit']}, "
            f"binary SHA-256 {machine['binary_sha256'][:16]}…",
            f"- Python {machine['python']}, {packages}",
            f"- model: {machine['model']}, SHA-256 {machine['model_sha256'][:16]}…",
            f"- date: {machine['date']}",
            f"- command: `{machine['command']}`",
        ]
    )


def truth_lines(result):
    rows = []
    for precision, truth in result["truth"].items():
        exact = precision == "f32"
        agreement = BOUNDS[f"{precision}_agreement"]
        error = f"{truth['error_max']:.2e} (median {truth['error_median']:.2e})"
        rows += [
            [
                precision, "largest relative L2 error of a row", error,
                f"≤ {BOUNDS['f32_error']:g}" if exact else "",
                holds(truth["error_max"] <= BOUNDS["f32_error"]) if exact else "",
            ],
            [
                precision, "smallest cosine of a row", f"{truth['cosine_min']:.6f}",
                "" if exact else f"≥ {BOUNDS['bf16_cosine']:g}",
                "" if exact else holds(truth["cosine_min"] >= BOUNDS["bf16_cosine"]),
            ],
            [
                precision, "same next token", f"{100 * truth['next_token_agreement']:.2f}%",
                f"≥ {100 * agreement:g}%", holds(truth["next_token_agreement"] >= agreement),
            ],
        ]  # fmt: skip
    beside = result["transformers_bf16"]
    rows += [
        ["transformers bf16", "largest relative L2 error", f"{beside['error_max']:.2e}", "", ""],
        ["transformers bf16", "smallest cosine of a row", f"{beside['cosine_min']:.6f}", "", ""],
        [
            "transformers bf16", "same next token",
            f"{100 * beside['next_token_agreement']:.2f}%", "", "",
        ],
    ]  # fmt: skip
    shape = f"{result['prompts']} prompts × {result['layers']} layers"
    equal = (
        "equal" if result["tokens_equal"] else "**NOT** equal: " + str(result["tokens_differ_at"])
    )
    return (
        "## Truth\n\n"
        f"Against a float32 forward pass in transformers, one prompt at a time without padding: "
        f"{shape}, `resid_post` at the last token. Token ids are {equal}.\n\n"
        + table(["precision", "figure", "measured", "bound", "holds"], rows)
    )


def determinism_lines(result):
    rows = []
    for precision, found in result["determinism"].items():
        differences = found["differences_of_two_runs"]
        note = "all bytes" if not differences else "all but " + ", ".join(differences)
        rows.append([precision, "two identical runs", note, holds(not differences)])
        for name, same in found["same_bits"].items():
            detail = f" ({found['chunked_plan']})" if name == "in chunks" else ""
            rows.append([precision, name + detail, "same bits" if same else "other", holds(same)])
    return (
        "## The same bits\n\nTwo runs with the same command, compared byte by byte; then the same "
        "prompts run otherwise, activations compared bit by bit.\n\n"
        + table(["precision", "run", "equal", "holds"], rows)
    )


def speed_lines(result):
    rows = []
    for precision, speed in result["speed"].items():
        tokens = speed["tokens"]
        sides = [
            ("ours, whole process", speed["ours"]),
            ("transformers, batches of 32", speed["theirs_batched"]),
            ("transformers, one prompt at a time", speed["theirs_single"]),
        ]
        base = speed["ours"]["median"]
        for name, times in sides:
            rows.append(
                [
                    precision, name, len(times["values"]), f"{times['median']:.2f}",
                    f"{times['p95']:.2f}", f"{times['min']:.2f}",
                    f"{tokens / times['median']:,.0f}", f"{times['median'] / base:.2f}",
                ]  # fmt: skip
            )
    verdicts = []
    for precision, speed in result["speed"].items():
        ratio, rounds = speed["ratio_of_medians"], speed["ratio_by_round"]
        verdicts.append(
            f"- {precision}: **{ratio:.2f} times** as fast as batched transformers "
            f"(ratio of medians; by round {rounds['min']:.2f} to {max(rounds['values']):.2f}); "
            f"bound ≥ {BOUNDS['speedup']:g}, holds: {holds(ratio >= BOUNDS['speedup'])}"
        )
    tokens = next(iter(result["speed"].values()))["tokens"]
    header = ["precision", "side", "runs", "median s", "p95 s", "min s", "tokens/s", "time / ours"]
    notes = "\n".join(
        f"{precision}: {line}"
        for precision, speed in result["speed"].items()
        for line in speed["notes_of_the_tool"].splitlines()
    )
    return (
        f"## Speed\n\n{result['prompts']} prompts, {tokens:,} tokens, every layer's `resid_post` "
        f"at the last position.\n\n{table(header, rows)}\n\n" + "\n".join(verdicts)
        + f"\n\nWhat the tool says of itself in the last round:\n\n```\n{notes}\n```\n\n{NOT_TIMED}"
    )  # fmt: skip


def start_lines(result):
    rows = []
    for precision, times in result["start"].items():
        for name, label in (
            ("cold", "model not in the page cache, nothing remembered"),
            ("warm", "model in the page cache"),
        ):
            figures = times[name]
            rows.append(
                [
                    precision, label, len(figures["values"]), f"{figures['median']:.2f}",
                    f"{figures['p95']:.2f}", f"{figures['min']:.2f}",
                    f"≤ {BOUNDS['start_seconds']:g}",
                    holds(figures["median"] <= BOUNDS["start_seconds"]),
                ]  # fmt: skip
            )
    header = ["precision", "state", "runs", "median s", "p95 s", "min s", "bound", "holds"]
    return (
        "## Start\n\n"
        "One prompt, from the start of the process to its exit with the file written.\n\n"
        + table(header, rows)
    )


def memory_lines(result):
    rows = []
    for precision, size in (("f32", 4), ("bf16", 2)):
        weights = result["parameters"] * size
        bound = weights + BOUNDS["memory_overhead_bytes"]
        peak = result["speed"][precision]["peak_bytes"]
        rows.append(
            [
                precision, f"{peak / 1e6:.0f}", f"{weights / 1e6:.0f}", f"≤ {bound / 1e6:.0f}",
                holds(peak <= bound),
            ]  # fmt: skip
        )
    header = ["precision", "peak MB", "weights MB", "bound MB", "holds"]
    return (
        "## Memory\n\nPeak resident memory of the process in the runs above, pages of the mapped "
        "model file included. The bound is the weights in the precision, and 300 MB.\n\n"
        + table(header, rows)
    )


def markdown(result):
    parts = [
        "# Hidden states beside Hugging Face transformers",
        machine_lines(result["machine"]),
        truth_lines(result),
        determinism_lines(result),
        speed_lines(result),
        start_lines(result),
        memory_lines(result),
    ]
    return "\n\n".join(parts) + "\n"


def write(result, folder):
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, indent=1) + "\n"
    (folder / "hidden_states.json").write_text(text, encoding="utf-8")
    (folder / "hidden_states.md").write_text(markdown(result), encoding="utf-8")
