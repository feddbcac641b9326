"""The figures of steering.py: how near to a forward hook, how fast a sweep, how fast an answer."""

import statistics
import time

import numpy as np

from .measures import REST, distances, spread

BOUNDS = {"logits_error": 1e-4, "rows_error": 1e-4, "answers_equal": 1.0}


def parity(tool, exact, prompts, signs, vectors, alpha, count, penalty):
    """Ours beside a forward hook in float32, one prompt at a time: rows, logits and answers."""
    depth = len(exact.blocks)
    tool.write_job(prompts, signs, vectors, alpha, count, penalty)
    ours = dict(zip(("unsteered", "steered"), zip(*tool.rows(len(prompts), depth, "f32"))))
    found, plain = {}, None
    for name, factor in (("unsteered", 0.0), ("steered", alpha)):
        used = vectors if factor else {}
        states, logits = exact.rows(prompts, signs, used, factor)
        answers, _ = exact.answers(prompts, signs, used, factor, count, penalty, batch=1)
        found[name] = compared(ours[name], (states, logits, answers))
        if plain is None:
            plain = (logits, answers)
    shift, _ = distances(logits, plain[0])
    found["effect"] = {
        "logits_moved_median": float(np.median(shift)),
        "answers_changed": share(a != b for a, b in zip(answers, plain[1], strict=True)),
    }
    return found


def compared(ours, theirs):
    row_error, _ = distances(ours[0], theirs[0])
    logit_error, _ = distances(ours[1], theirs[1])
    return {
        "rows_error_max": float(row_error.max()),
        "rows_error_max_by_layer": row_error.max(axis=0).tolist(),
        "logits_error_max": float(logit_error.max()),
        "logits_error_median": float(np.median(logit_error)),
        "same_first_token": share(ours[1].argmax(-1) == theirs[1].argmax(-1)),
        "answers_equal": share(a == b for a, b in zip(ours[2], theirs[2], strict=True)),
    }


def share(truths):
    return float(np.mean(list(truths)))


def sweep_race(ours, half, prompts, signs, vectors, alpha, layers, timed, refusals, rounds, say):
    """Ours over all windows as a whole process, theirs over `timed` of them, in turn.

    `ours` runs the process and returns its `Run`. Theirs is scaled to all windows.
    """
    chosen = layers[:: max(len(layers) // timed, 1)][:timed]
    half.window_sweep(prompts[:32], signs[:32], vectors, alpha, chosen[:1], refusals)
    mine, theirs, notes = [], [], ""
    for number in range(rounds):
        run = ours()
        mine.append(run.seconds)
        notes = run.notes
        time.sleep(REST)
        _, seconds = half.window_sweep(prompts, signs, vectors, alpha, chosen, refusals)
        theirs.append(seconds * len(layers) / len(chosen))
        time.sleep(REST)
        say(f"sweep round {number + 1}: {mine[-1]:.1f} s, theirs {theirs[-1]:.1f} s")
    return {
        "windows": len(layers), "windows_timed": len(chosen), "prompts": len(prompts),
        **both(mine, theirs), "notes_of_the_tool": notes,
    }  # fmt: skip


def decode_race(tool, half, prompts, signs, vectors, alpha, rows, count, penalty, rounds, say):
    """Seconds of generation alone, models loaded, `rows` prompts together, in turn.

    Either side has generated the same answers once before; what ours takes for that is told apart.
    """
    prompts, signs = prompts[:rows], signs[:rows]
    tool.write_job(prompts, signs, vectors, alpha, count, penalty)
    half.answers(prompts, signs, vectors, alpha, count, penalty, rows)
    mine, theirs, my_first = [], [], []
    for number in range(rounds):
        tokens, seconds, first = tool.decode(rows, "bf16")
        my_first.append(first)
        if tokens != len(prompts) * count:
            raise SystemExit(f"steering-parity made {tokens} tokens, not {len(prompts) * count}")
        mine.append(seconds)
        time.sleep(REST)
        _, seconds = half.answers(prompts, signs, vectors, alpha, count, penalty, rows)
        theirs.append(seconds)
        time.sleep(REST)
        say(f"{rows} rows, round {number + 1}: {mine[-1]:.2f} s, theirs {theirs[-1]:.2f} s")
    tokens = len(prompts) * count
    return {
        "rows": len(prompts), "new_tokens": count, **both(mine, theirs),
        "first_seconds_ours": statistics.median(my_first),
        "tokens_per_second_ours": tokens / statistics.median(mine),
        "tokens_per_second_theirs": tokens / statistics.median(theirs),
    }  # fmt: skip


def both(mine, theirs):
    return {
        "ours": spread(mine),
        "theirs": spread(theirs),
        "ratio_of_medians": statistics.median(theirs) / statistics.median(mine),
        "ratio_by_round": spread([b / a for a, b in zip(mine, theirs)]),
    }
