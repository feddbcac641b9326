"""The figures: how near to the reference, how equal to itself, how fast, how soon, how large."""

import os
import random
import statistics
import time

import numpy as np

from . import workbench as wb

# What is asked of the workbench; `report` says of every figure whether it holds.
BOUNDS = {
    "f32_error": 1e-4,
    "bf16_cosine": 0.999,
    "f32_agreement": 1.0,
    "bf16_agreement": 0.99,
    "speedup": 3.0,
    "start_seconds": 1.5,
    "memory_overhead_bytes": 300e6,
}
# Seconds of rest between the two sides, so that neither's worker threads are still spinning.
REST = 0.5


def distances(ours, reference):
    """Relative L2 errors and cosines of rows, [prompt, layer], computed in float64."""
    a, b = ours.astype(np.float64), reference.astype(np.float64)
    norm = np.linalg.norm(b, axis=-1)
    error = np.linalg.norm(a - b, axis=-1) / norm
    cosine = (a * b).sum(-1) / (np.linalg.norm(a, axis=-1) * norm)
    return error, cosine


def summary(ours, reference, next_ours, next_reference):
    error, cosine = distances(ours, reference)
    return {
        "error_max": float(error.max()),
        "error_median": float(np.median(error)),
        "error_max_by_layer": error.max(axis=0).tolist(),
        "cosine_min": float(cosine.min()),
        "cosine_min_by_layer": cosine.min(axis=0).tolist(),
        "next_token_agreement": float(np.mean(next_ours == next_reference)),
        "next_token_differs_at": np.flatnonzero(next_ours != next_reference).tolist(),
    }


def determinism(tool, prompts, path, precision, options):
    """Whether the same prompts give the same bits, however they are run."""
    first, again = tool.scratch / "same.h5", tool.scratch / "first.h5"
    tool.dump(path, first, precision, *options)
    first.replace(again)
    tool.dump(path, first, precision, *options)
    rows = wb.states(first)

    def rerun(selected, *extra, threads=None):
        chosen = wb.write_prompts(tool.scratch / "chosen.csv", [prompts[i] for i in selected])
        output = tool.scratch / "chosen.h5"
        tool.dump(chosen, output, precision, *extra, threads=threads)
        return wb.same_bits(wb.states(output), rows[selected])

    everyone = list(range(len(prompts)))
    shuffled = random.Random(0).sample(everyone, len(everyone))
    budget, plan = tool.smallest_budget(path, precision, *options)
    return {
        "differences_of_two_runs": wb.difference(first, again),
        "chunked_plan": plan,
        "same_bits": {
            "in chunks": rerun(everyone, *budget),
            "in another order": rerun(shuffled),
            "every third prompt only": rerun(everyone[::3]),
            "one prompt only": rerun(everyone[-1:]),
            "on one thread": rerun(everyone, threads=1),
        },
    }


def spread(values):
    """Median, 95th percentile (nearest rank) and minimum, with the values themselves."""
    ordered = sorted(values)
    rank = -(-95 * len(ordered) // 100)
    return {
        "median": statistics.median(ordered),
        "p95": ordered[rank - 1],
        "min": ordered[0],
        "values": list(values),
    }


def race(tool, reference, tokens, path, precision, options, rounds, single_rounds, say):
    """Times ours and theirs in turn, both warmed up; then theirs one prompt at a time."""
    batches = tokens.batches(32)
    output = tool.scratch / "race.h5"
    reference.forward(tokens, batches[:2])
    ours, theirs = [], []
    for number in range(rounds):
        ours.append(tool.dump(path, output, precision, *options))
        time.sleep(REST)
        theirs.append(reference.forward(tokens, batches)[0])
        time.sleep(REST)
        say(f"{precision} round {number + 1}: {ours[-1].seconds:.2f} s, theirs {theirs[-1]:.2f} s")
    singles = tokens.batches(1)
    single = [reference.forward(tokens, singles)[0] for _ in range(single_rounds)]
    ratios = [b / a.seconds for a, b in zip(ours, theirs)]
    return {
        "tokens": tokens.count,
        "ours": spread([run.seconds for run in ours]),
        "theirs_batched": spread(theirs),
        "theirs_single": spread(single),
        "ratio_of_medians": statistics.median(theirs)
        / statistics.median(run.seconds for run in ours),
        "ratio_by_round": spread(ratios),
        "peak_bytes": max(run.peak_bytes for run in ours),
        "notes_of_the_tool": ours[-1].notes,
    }


def start(tool, prompt, precision, samples):
    """Seconds of a process with one prompt, from its start to its exit with the file written."""
    path = wb.write_prompts(tool.scratch / "one.csv", [prompt])
    output = tool.scratch / "one.h5"
    empty = tool.scratch / "empty-cache"

    def first_ever():
        drop_from_page_cache(tool.model)
        for note in empty.glob("digests/*"):
            note.unlink()
        return tool.dump(path, output, precision, environment={"WORKBENCH_CACHE": str(empty)})

    cold = [first_ever().seconds for _ in range(samples)]
    tool.dump(path, output, precision)
    warm = [tool.dump(path, output, precision).seconds for _ in range(samples)]
    return {"cold": spread(cold), "warm": spread(warm)}


def drop_from_page_cache(path):
    """Asks the system to forget a file's content, so that it is read from the disk again."""
    if not hasattr(os, "posix_fadvise"):
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)
