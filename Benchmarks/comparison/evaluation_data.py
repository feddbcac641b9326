"""Reads the benchmarks' own files: a text, Hendrycks's folder of questions, sets of prompts."""

import csv
from pathlib import Path

LETTERS = "ABCD"
# The column that holds the prompt in each set's own file.
PROMPT_COLUMNS = {"xstest": "prompt", "advbench": "goal", "truthfulqa": "Question"}


def read_text(path):
    """The text as it is; newlines are not translated, because they are tokens."""
    with open(path, newline="", encoding="utf-8") as file:
        return file.read()


def read_questions(folder, split, subject):
    """[(question, four choices, letter)] of one file in Hendrycks's layout, which has no header."""
    path = Path(folder, split, f"{subject}_{split}.csv")
    with open(path, newline="", encoding="utf-8") as file:
        return [(row[0], row[1:5], row[5]) for row in csv.reader(file)]


def formatted(question, choices, letter=""):
    """One question in the standard wording, answered or left open."""
    lines = [question, *(f"{name}. {text}" for name, text in zip(LETTERS, choices, strict=True))]
    answer = f" {letter}\n\n" if letter else ""
    return "\n".join(lines) + "\nAnswer:" + answer


def few_shot(subject, shots, question):
    """The whole prompt. The subject stands behind two spaces, as in the published script."""
    name = subject.replace("_", " ")
    head = f"The following are multiple choice questions (with answers) about  {name}.\n\n"
    return head + "".join(formatted(*shot) for shot in shots) + formatted(*question[:2])


def first_rows(source, destination, limit):
    """Copies a CSV file's header and first records, so that both sides read the same prompts."""
    with open(source, newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    with open(destination, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows[: limit + 1] if limit else rows)
    return destination


def read_set(name, path):
    """The prompts of a set without the white space around them, as the workbench reads them."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        return [row[PROMPT_COLUMNS[name]].strip() for row in csv.DictReader(file)]
