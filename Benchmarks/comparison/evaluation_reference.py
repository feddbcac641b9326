"""The protocols of evaluation.py in Hugging Face transformers: a process that does one job.

    python3 -m comparison.evaluation_reference JOB.json RESULT.json

A process of its own, so that its whole time can be held against the workbench's whole time.
"""

import json
import math
import os
import sys
import time
from pathlib import Path

import torch
from gguf import GGUFReader
from tokenizers import pre_tokenizers
from transformers import AutoTokenizer

from .evaluation_data import LETTERS, few_shot, read_questions, read_text
from .hugging_face import load, location

# The paper's context; a prompt that is longer loses shots from the end.
MMLU_CONTEXT = 2048


def tokenizer_of(model):
    folder, options = location(model)
    return AutoTokenizer.from_pretrained(folder, **options)


def raw_tokenizer(model):
    """The tokenizer for texts that no template holds together.

    transformers does not read how a GGUF file's text is cut before BPE. SmolLM's tokenizer.json
    splits digits off first, so that a blank line before a digit is one token and not two.
    """
    tokenizer = tokenizer_of(model)
    if model.endswith(".gguf"):
        cut = GGUFReader(model).fields.get("tokenizer.ggml.pre")
        if cut and cut.contents() == "smollm":
            digits = pre_tokenizers.Digits(individual_digits=True)
            rest = pre_tokenizers.ByteLevel(add_prefix_space=False)
            tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, rest])
    return tokenizer


def rolling_windows(tokens, window, prefix):
    """[(context and input, targets)] of equal length, as lm-evaluation-harness cuts them.

    Every token is scored once: the first one after `prefix`, and the first one of each further
    window after the last token of the window before.
    """
    starts = range(0, len(tokens), window)
    targets = [tokens[start : start + window] for start in starts]
    before = [prefix, *(tokens[start - 1] for start in starts[1:])]
    return [([first, *part[:-1]], part) for first, part in zip(before, targets, strict=True)]


def perplexity(job, model, tokenizer):
    """exp of the mean negative log-likelihood of all tokens, one window at a time."""
    ids = tokenizer(read_text(job["text"]), add_special_tokens=False, verbose=False).input_ids
    ids = ids[: job["max_tokens"]]
    windows = rolling_windows(ids, job["window"], tokenizer.bos_token_id)
    start = time.perf_counter()
    losses = [window_loss(model, *window) for window in windows]
    return {
        "tokens": len(ids), "prefix": tokenizer.bos_token, "window_losses": losses,
        "perplexity": math.exp(sum(losses) / len(ids)), "seconds": time.perf_counter() - start,
    }  # fmt: skip


def window_loss(model, inputs, targets):
    """The summed negative log-likelihood of the targets in nats."""
    logits = model(torch.tensor([inputs]), use_cache=False).logits[0].float()
    losses = torch.nn.functional.cross_entropy(logits, torch.tensor(targets), reduction="none")
    return losses.double().sum().item()


def mmlu(job, model, tokenizer):
    """The log-probabilities of " A" to " D" after every question.

    What all prompts of the subject begin with is read once and its keys and values are kept, which
    is faster than reading every prompt whole, as most scripts do.
    """
    start = time.perf_counter()
    letters = [tokenizer(f" {name}", add_special_tokens=False).input_ids for name in LETTERS]
    if any(len(ids) != 1 for ids in letters):
        sys.exit("a letter after a space is not one token of this model")
    test, prompts = asked(job, tokenizer)
    common = len(os.path.commonprefix([ids for ids, _ in prompts]))
    head = model(torch.tensor([prompts[0][0][:common]]), use_cache=True, logits_to_keep=1)
    cache, questions = head.past_key_values, []
    for question, (ids, shots) in zip(test, prompts, strict=True):
        rest = torch.tensor([ids[common:]])
        logits = model(rest, past_key_values=cache, use_cache=True, logits_to_keep=1).logits[0, -1]
        cache.crop(-rest.shape[1])
        chances = logits.float().log_softmax(-1)[[ids[0] for ids in letters]].tolist()
        questions.append({
            "log_probabilities": chances, "letter": LETTERS[chances.index(max(chances))],
            "answer": question[2], "tokens": len(ids), "shots": shots,
        })  # fmt: skip
    return {"questions": questions, "common": common, "seconds": time.perf_counter() - start}


def mmlu_whole(job, model, tokenizer):
    """What reading all prompts of a subject whole would take, told from `sample` spread over them."""
    _, prompts = asked(job, tokenizer)
    some = prompts[:: max(1, len(prompts) // job["sample"])][: job["sample"]]
    start = time.perf_counter()
    for ids, _ in some:
        model(torch.tensor([ids]), use_cache=False, logits_to_keep=1)
    return {"seconds": (time.perf_counter() - start) / len(some) * len(prompts)}


def asked(job, tokenizer):
    """A subject's questions, and their prompts as token ids with the count of shots."""
    folder, subject = job["folder"], job["subject"]
    dev = read_questions(folder, "dev", subject)[: job["shots"]]
    test = read_questions(folder, "test", subject)
    return test, [fitting(tokenizer, subject, dev, question) for question in test]


def fitting(tokenizer, subject, shots, question):
    """Token ids of the prompt with as many shots as fit, and their count."""
    for count in range(len(shots), -1, -1):
        prompt = few_shot(subject, shots[:count], question)
        ids = tokenizer(prompt, add_special_tokens=False).input_ids
        if len(ids) <= MMLU_CONTEXT:
            break
    return ids, count


def templated(tokenizer, prompt):
    return tokenizer.apply_chat_template(
        [{"role": "user", "content": prompt}], add_generation_prompt=True, tokenize=False
    )


def answers(job, model, tokenizer):
    """Greedy answers in batches of the file's order, as a short script with `generate` has them."""
    tokenizer.padding_side = "left"
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    found, start = {"ids": [], "texts": [], "generate_seconds": 0.0}, time.perf_counter()
    texts = [templated(tokenizer, prompt) for prompt in job["prompts"]]
    for first in range(0, len(texts), job["batch"]):
        batch = tokenizer(
            texts[first : first + job["batch"]], padding=True, add_special_tokens=False,
            return_tensors="pt",
        )  # fmt: skip
        begin = time.perf_counter()
        output = model.generate(
            input_ids=batch.input_ids, attention_mask=batch.attention_mask, do_sample=False,
            max_new_tokens=job["new_tokens"], pad_token_id=tokenizer.pad_token_id,
        )  # fmt: skip
        found["generate_seconds"] += time.perf_counter() - begin
        new = output[:, batch.input_ids.shape[1] :]
        ids = [until_end(row, tokenizer.eos_token_id) for row in new.tolist()]
        found["ids"] += ids
        # Control tokens inside an answer are part of it on both sides.
        found["texts"] += tokenizer.batch_decode(ids, skip_special_tokens=False)
    return {**found, "seconds": time.perf_counter() - start}


def until_end(ids, end):
    """The answer's own tokens, without the end and the padding behind it."""
    return ids[: ids.index(end)] if end in ids else ids


def gaps(job, model, tokenizer):
    """Where other answers leave the kept ones, and by how many logits theirs was ahead there."""
    found = []
    for prompt, kept, other in zip(job["prompts"], job["kept"], job["others"], strict=True):
        place = first_difference(tokenizer, kept, other)
        ids = tokenizer(templated(tokenizer, prompt), add_special_tokens=False).input_ids
        read = torch.tensor([ids + kept[:place]])
        logits = model(read, use_cache=False, logits_to_keep=1).logits[0, -1].float()
        # What the other answer has instead is the nearest rival, where it is a near tie at all.
        first, second = logits.topk(2).values.tolist()
        found.append({"token": place, "gap": first - second})
    return {"gaps": found}


def first_difference(tokenizer, kept, other):
    """How many tokens of `kept` the text `other` begins with."""
    place = 0
    while place < len(kept) and other.startswith(tokenizer.decode(kept[: place + 1]).strip()):
        place += 1
    return place


# What does each task, and which tokenizer it needs.
TASKS = {
    "perplexity": (perplexity, raw_tokenizer), "mmlu": (mmlu, raw_tokenizer),
    "mmlu_whole": (mmlu_whole, raw_tokenizer), "answers": (answers, tokenizer_of),
    "gaps": (gaps, tokenizer_of),
}  # fmt: skip


def main():
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    work, make_tokenizer = TASKS[job["task"]]
    start = time.perf_counter()
    tokenizer = make_tokenizer(job["model"])
    model = load(job["model"], job["dtype"], job["threads"])
    loading = time.perf_counter() - start
    with torch.inference_mode():
        found = work(job, model, tokenizer)
    found["loading_seconds"] = loading
    Path(sys.argv[2]).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
