#!/usr/bin/env python3
"""Lists the prompts of data/contrast that are closest to a prompt of published sets.

    python tools/near_duplicates.py FILE... [--show 20] [--most 0.5]

FILE is a CSV or JSON file: every text of two to fifty words in it counts as a prompt. Closeness is
the share of distinct words that both have among those that either has (Jaccard), whatever their
case. Ends with status 1 if a prompt is closer than --most.
"""
import argparse
import csv
import json
import pathlib
import re
import sys

CONTRAST = pathlib.Path(__file__).parent.parent / "data/contrast"


def words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+(?:['-][^\W\d_]+)*", text.lower()))


def texts(value):
    if isinstance(value, str):
        if 2 <= len(value.split()) <= 50:
            yield value
    elif isinstance(value, dict):
        yield from texts(list(value.values()))
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def read(path: str):
    with open(path, newline="", encoding="utf-8") as file:
        yield from texts(json.load(file) if path.endswith(".json") else list(csv.reader(file)))


def closest(prompt: str, published: list[tuple[str, set[str]]]) -> tuple[float, str]:
    own = words(prompt)
    return max((len(own & others) / len(own | others), text) for text, others in published)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--show", type=int, default=20, help="how many to list")
    parser.add_argument("--most", type=float, default=0.5, help="the closeness that is allowed")
    options = parser.parse_args()
    published = [(text, words(text)) for path in options.files for text in read(path)]
    found = []
    for path in sorted(CONTRAST.glob("*.csv")):
        with open(path, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                found.append((*closest(row["prompt"], published), row["id"], row["prompt"]))
    found.sort(reverse=True)
    for share, text, name, prompt in found[: options.show]:
        print(f"{share:.2f}  {name}  {prompt}  |  {text}")
    print(f"{len(found)} prompts beside {len(published)} texts")
    return int(found[0][0] > options.most)


if __name__ == "__main__":
    sys.exit(main())
