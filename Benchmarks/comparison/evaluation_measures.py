"""The figures of evaluation.py: equal perplexities, letters and answers, and the time they took."""

import statistics
import time

import numpy as np

from .evaluation_data import read_set
from .measures import REST, spread

BOUNDS = {"perplexity": 1e-3, "letters_equal": 0.99, "answers_equal": 1.0, "speedup": 5.0}
BATCH = 32
# Questions of a subject of which theirs reads the prompts whole: enough to tell the time of all.
READ_WHOLE = 12
PRECISIONS = ("f32", "bf16")


def perplexity(ours, theirs, text, max_tokens, window, say):
    found = {"max_tokens": max_tokens, "window": window}
    for precision in PRECISIONS:
        kept = theirs.kept(
            "perplexity", precision, "perplexity", text=text, max_tokens=max_tokens, window=window
        )
        run, value, losses = ours.perplexity(text, max_tokens, window, precision)
        reference = np.array(kept["window_losses"])
        found["prefix"], found["tokens"] = kept["prefix"], kept["tokens"]
        found[precision] = {
            "ours": value, "theirs": kept["perplexity"],
            "difference": abs(value / kept["perplexity"] - 1),
            "window_difference_max": float(np.max(np.abs(np.array(losses) / reference - 1))),
            **times(run, kept),
        }  # fmt: skip
        say(f"perplexity {precision}: {value:.5f}, theirs {kept['perplexity']:.5f}")
    return found


def times(run, kept):
    """Ours is the whole process; theirs is the work alone, and the whole process."""
    return {
        "seconds_ours": run.seconds, "peak_bytes_ours": run.peak_bytes,
        "seconds_theirs": kept["seconds"], "process_seconds_theirs": kept["process_seconds"],
        "peak_bytes_theirs": kept["peak_bytes"],
    }  # fmt: skip


def mmlu(ours, theirs, folder, subjects, shots, say):
    found = {"shots": shots, "subjects": subjects}
    for precision in PRECISIONS:
        kept = {
            subject: theirs.kept(
                f"mmlu-{subject}", precision, "mmlu", folder=folder, subject=subject, shots=shots
            )
            for subject in subjects
        }
        run, chosen = ours.mmlu(folder, subjects, shots, precision)
        by_subject = {
            subject: agreement(chosen[subject], kept[subject]["questions"]) for subject in subjects
        }
        total = agreement(
            [one for subject in subjects for one in chosen[subject]],
            [one for subject in subjects for one in kept[subject]["questions"]],
        )
        together = {
            "seconds": sum(one["seconds"] for one in kept.values()),
            "process_seconds": sum(one["process_seconds"] for one in kept.values()),
            "peak_bytes": max(one["peak_bytes"] for one in kept.values()),
        }
        found[precision] = {
            "by_subject": by_subject, "total": total, **times(run, together),
            "whole_seconds_theirs": seconds_read_whole(theirs, precision, folder, subjects, shots),
        }  # fmt: skip
        say(f"mmlu {precision}: {100 * total['letters_equal']:.2f}% of the letters equal")
    return found


def seconds_read_whole(theirs, precision, folder, subjects, shots):
    job = {"folder": folder, "shots": shots, "sample": READ_WHOLE}
    runs = [
        theirs.kept(f"mmlu-whole-{subject}", precision, "mmlu_whole", subject=subject, **job)
        for subject in subjects
    ]
    return sum(run["seconds"] for run in runs)


def agreement(ours, theirs):
    if len(ours) != len(theirs):
        raise SystemExit(f"the workbench answered {len(ours)} questions, not {len(theirs)}")
    a = np.array([one["log_probabilities"] for one in ours])
    b = np.array([one["log_probabilities"] for one in theirs])
    best = np.sort(b, axis=-1)
    differ = [i for i, (x, y) in enumerate(zip(ours, theirs)) if x["letter"] != y["letter"]]
    right = [one["answer"] for one in theirs]
    return {
        "questions": len(theirs), "tokens": sum(one["tokens"] for one in theirs),
        "letters_equal": 1 - len(differ) / len(theirs),
        "accuracy_ours": share(one["letter"] == letter for one, letter in zip(ours, right)),
        "accuracy_theirs": share(one["letter"] == letter for one, letter in zip(theirs, right)),
        "log_probability_difference_max": float(np.abs(a - b).max()),
        # How far the reference's two best letters are apart where ours chose another.
        "gaps_where_different": (best[differ, -1] - best[differ, -2]).tolist(),
    }  # fmt: skip


def share(truths):
    return float(np.mean(list(truths)))


def safety(ours, theirs, sets, new_tokens, rounds, say):
    """Same answers in float32; then both sides' whole run in bfloat16, in turn."""
    prompts = [prompt for name, path in sets.items() for prompt in read_set(name, path)]
    job = {"prompts": prompts, "new_tokens": new_tokens, "batch": BATCH}
    exact = theirs.kept("answers", "f32", "answers", **job)
    run, answers = ours.answers(sets, new_tokens, "f32")
    found = {
        "prompts": {name: len(read_set(name, path)) for name, path in sets.items()},
        "new_tokens": new_tokens, "batch": BATCH,
        "f32": {**same_answers(theirs, prompts, answers, exact, new_tokens), **times(run, exact)},
    }  # fmt: skip
    say(f"answers f32: {100 * found['f32']['answers_equal']:.2f}% equal")
    mine, other = [], []
    for number in range(rounds):
        run, answers = ours.answers(sets, new_tokens, "bf16")
        mine.append(run)
        time.sleep(REST)
        other.append(theirs.run("answers", "bf16", "answers", **job))
        time.sleep(REST)
        say(f"round {number + 1}: {run.seconds:.1f} s, theirs {other[-1]['seconds']:.1f} s")
    found["bf16"] = {
        **race(mine, other),
        "ours_equal_to_theirs": equal(answers, other[-1]["texts"]),
        "ours_equal_to_f32": equal(answers, exact["texts"]),
        "theirs_equal_to_f32": equal(other[-1]["texts"], exact["texts"]),
        "tokens_theirs": sum(map(len, other[-1]["ids"])),
    }
    return found


def race(mine, other):
    seconds = [run.seconds for run in mine]
    found = {
        "ours": spread(seconds), "peak_bytes_ours": max(run.peak_bytes for run in mine),
        "peak_bytes_theirs": max(one["peak_bytes"] for one in other),
    }  # fmt: skip
    for figure in ("seconds", "generate_seconds", "process_seconds"):
        theirs = [one[figure] for one in other]
        found[f"theirs_{figure}"] = {
            **spread(theirs), "ratio": statistics.median(theirs) / statistics.median(seconds),
            "ratio_by_round": [b / a for a, b in zip(seconds, theirs, strict=True)],
        }  # fmt: skip
    return found


def same_answers(theirs, prompts, answers, exact, new_tokens):
    """The share of equal answers; of the others, where they part and how near the choice was.

    Those are also answered by transformers one at a time, because padding changes its last bits.
    """
    if len(answers) != len(prompts):
        raise SystemExit(f"the workbench has {len(answers)} answers, not {len(prompts)}")
    differ = [
        index for index, pair in enumerate(zip(answers, exact["texts"])) if not same(*pair)
    ]
    found = {"answers_equal": 1 - len(differ) / len(prompts), "differ_at": differ}
    if not differ:
        return found
    chosen = [prompts[index] for index in differ]
    others = [answers[index].strip() for index in differ]
    alone = theirs.run(
        "alone", "f32", "answers", prompts=chosen, new_tokens=new_tokens, batch=1
    )
    gaps = theirs.run(
        "gaps", "f32", "gaps", prompts=chosen, others=others,
        kept=[exact["ids"][index] for index in differ],
    )  # fmt: skip
    return {
        **found, "gaps": gaps["gaps"],
        "equal_to_theirs_alone": sum(map(same, others, alone["texts"])),
    }  # fmt: skip


def same(answer, other):
    return answer.strip() == other.strip()


def equal(answers, others):
    return share(map(same, answers, others))
