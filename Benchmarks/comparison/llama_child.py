"""llama.cpp's side of llama_cpp.py: a process of its own that answers one prompt a few times.

    python3 llama_child.py JOB.json

The job names the model, token ids, threads and counts; the last line printed is JSON with the seconds
of each answer's prompt and of its tokens after the first.
"""

import json
import sys

import xllamacpp

# Positions are counted out in these.
CONTEXT_STEP = 256


def open_server(job):
    params = xllamacpp.CommonParams()
    params.model.path = job["model"]
    needed = len(job["tokens"]) + job["new_tokens"] + 1
    params.n_ctx = -(-needed // CONTEXT_STEP) * CONTEXT_STEP
    params.n_parallel = 1
    params.cpuparams.n_threads = job["threads"]
    params.cpuparams_batch.n_threads = job["threads"]
    # No memory of earlier prompts.
    params.cache_ram_mib = 0
    return xllamacpp.Server(params)


def answer(server, job):
    """Greedy, to the last token that was asked for whatever the model says."""
    request = {
        "prompt": job["tokens"], "n_predict": job["new_tokens"], "temperature": 0,
        "ignore_eos": True, "cache_prompt": False,
    }  # fmt: skip
    timings = server.handle_completions(request)["timings"]
    if timings["predicted_n"] != job["new_tokens"] or timings["prompt_n"] != len(job["tokens"]):
        sys.exit(f"llama.cpp did other work than was asked for: {timings}")
    # Its clock for an answer starts when the first token is there.
    return {"prompt": timings["prompt_ms"] / 1e3, "decode": timings["predicted_ms"] / 1e3}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    server = open_server(job)
    answers = [answer(server, job) for _ in range(job["answers"] + 1)]
    print()
    print(json.dumps({"answers": answers[1:], "built_for": xllamacpp.get_system_info()}))


main()
