"""Writes llama_cpp.json, and llama_cpp.md for people."""

import json

from .report import table

HOW = """\
- **Tokens/s** count the tokens after an answer's first, on both sides: prompts are not in it. A
  process answers the prompt a few times and says the median; the sides take turns, a process each,
  and the table has the medians of the rounds and their least and largest.
- **Ours** is `workbench eval speed`, **theirs** llama.cpp's server without its network, through the
  PyPI package xllamacpp, one sequence, otherwise as it comes: it rounds what it multiplies to 8
  bits, in float32 we do not. It answered once before it was timed.
- **Peak memory** is that of the whole process, pages of the mapped model file included; theirs has
  Python in it.
- **Of the FMA peak**: two operations for each weight of the matrices that a token goes through, over
  the measured peak of the family's multiply-adds. **Of the reading peak**: the bytes of those
  matrices as the file has them, over the measured rate of reading memory. llama.cpp's work is given
  as if it were done in float32, too."""


def machine_lines(machine, peak):
    packages = ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
    load = " ".join(f"{value:.2f}" for value in machine["load_average"])
    return "\n".join(
        [
            f"- CPU: {machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB; "
            + " ".join(machine["instruction_sets"]),
            f"- family: {peak['family']}; threads: {machine['threads']} on both sides",
            f"- measured peaks of these threads: {peak['fma_gflops']:.0f} GFLOP/s of multiply-adds "
            f"in float32, {peak['read_gigabytes_per_second']:.1f} GB/s of reading",
            f"- system: {machine['system']}; load average at the start: {load}",
            f"- workbench {machine['workbench']}, commit {machine['commit']}, "
            f"binary SHA-256 {machine['binary_sha256'][:16]}…",
            f"- Python {machine['python']}, {packages}",
            f"- date: {machine['date']}",
            f"- command: `{machine['command']}`",
        ]
    )


def side_rows(name, side, found, peak):
    rate, theirs = side["tokens_per_second"], found["sides"]["llama.cpp"]["tokens_per_second"]
    work = found["work_of_a_token"]
    of_fma = 2e-9 * work["multiply_adds"] * rate["median"] / peak["fma_gflops"]
    of_reading = 1e-9 * work["bytes"] * rate["median"] / peak["read_gigabytes_per_second"]
    return [
        name, f"{rate['median']:.1f}", f"{rate['min']:.1f}–{max(rate['values']):.1f}",
        f"{rate['median'] / theirs['median']:.2f}", f"{of_fma:.0%}", f"{of_reading:.0%}",
        f"{side['peak_bytes'] / 1e6:,.0f}",
    ]  # fmt: skip


def model_lines(found, result):
    header = [
        "side", "tokens/s", "by round", "times theirs", "of the FMA peak", "of the reading peak",
        "peak MB",
    ]  # fmt: skip
    rows = [
        side_rows(name, side, found, result["peak"]) for name, side in found["sides"].items()
    ]
    work = found["work_of_a_token"]
    return (
        f"## {found['model']}\n\n"
        f"SHA-256 {found['model_sha256'][:16]}…; a token goes through {work['multiply_adds']:,} "
        f"weights in {work['bytes'] / 1e6:,.0f} MB. {found['prompt_tokens']} tokens of prompt, "
        f"{result['new_tokens']} new ones, {result['answers']} answers a process, "
        f"{result['rounds']} rounds.\n\n" + table(header, rows)
    )


def markdown(result):
    built = result["models"][0]["llama_cpp_built_for"].strip(" |")
    parts = [
        "# One answer beside llama.cpp",
        machine_lines(result["machine"], result["peak"]) + f"\n- llama.cpp is built for: {built}",
        *[model_lines(found, result) for found in result["models"]],
        HOW,
    ]
    return "\n\n".join(parts) + "\n"


def write(result, folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "llama_cpp.json").write_text(json.dumps(result, indent=1) + "\n")
    (folder / "llama_cpp.md").write_text(markdown(result))
