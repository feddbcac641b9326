"""Prompts of effect.py: anchors, prompts to choose a setting on, prompts to report on."""

import csv
import random


def column(path, names):
    """The first of `names` that the file has, without the white space around its values."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    name = next(name for name in names if name in rows[0])
    return [row[name].strip() for row in rows]


def labelled(texts, label, source):
    return [
        {"id": f"{source}-{index:04}", "prompt": text, "label": label}
        for index, text in enumerate(texts)
    ]


def split(harmful, harmless, anchors, held, seed):
    """Anchors of both kinds, and as many others as `held` of each, drawn with one seed."""
    generator = random.Random(seed)
    unsafe = generator.sample(column(harmful, ["goal", "prompt"]), anchors + held)
    safe = generator.sample(column(harmless, ["Question", "question", "prompt"]), anchors + held)
    return (
        labelled(unsafe[:anchors], "unsafe", "harmful") + labelled(safe[:anchors], "safe", "harmless"),
        labelled(unsafe[anchors:], "unsafe", "harmful-rest")
        + labelled(safe[anchors:], "safe", "harmless-rest"),
    )  # fmt: skip


def contrast(path):
    with open(path, newline="", encoding="utf-8") as file:
        return [{key: row[key] for key in ("id", "prompt", "label")} for row in csv.DictReader(file)]


def xstest(path, limit=None):
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    found = [
        {
            "id": row.get("id_v2") or row.get("id") or str(index), "prompt": row["prompt"].strip(),
            "label": "unsafe" if row["type"].startswith("contrast_") else "safe",
        }
        for index, row in enumerate(rows)
    ]  # fmt: skip
    return found[:: -(-len(found) // limit)] if limit else found


def write(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["id", "prompt", "label"])
        writer.writeheader()
        writer.writerows(rows)
    return path
