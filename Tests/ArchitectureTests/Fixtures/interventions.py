"""What transformers computes when forward hooks change rows, on some of the tiny models."""

import json
import shutil
from contextlib import contextmanager

import numpy as np
import torch

import reference

# With and without windows, caps, rotary angles, biases and parallel branches.
MODELS = ["llama3", "gemma2", "gemma3", "gpt2", "gptneox_parallel"]
START = 7
NEW_TOKENS = 12
# What a greedy choice must be ahead by, beside the largest score: float32 sums in another order
# move scores by far less.
MARGIN = 1e-4


def vectors(width):
    """Three rows about as long as a row of the residual stream."""
    generator = torch.Generator().manual_seed(width)
    return torch.randn(3, width, generator=generator).to(torch.bfloat16).float()


def add(vector, coefficient):
    return dict(kind="add", vector=vector, coefficient=coefficient)


def at(site, layer, operation, only=None, start=START):
    """An intervention at tokens `only`, or from `start` on, as the manifest states it."""
    positions = dict(only=only) if only else {"from": start}
    return dict(site=site, layer=layer, **positions, **operation)


ZERO, SKIP = dict(kind="zero"), dict(kind="skipBlock")


def project_out(vector):
    return dict(kind="projectOut", vector=vector)


def scale(factor):
    return dict(kind="scale", factor=factor)


def replace(vector):
    return dict(kind="replace", vector=vector)


def cases(n_layers, is_parallel):
    """Interventions by name."""
    last = n_layers - 1
    found = {
        "add at two layers": [
            at("resid_post", 0, add(0, 1.5)), at("resid_post", last, add(1, -2.0))],
        "add everywhere": [at("resid_post", 0, add(2, 1.0), start=0)],
        "add twice at one place": [
            at("resid_post", 0, add(0, 1.5)), at("resid_post", 0, add(1, 0.5))],
        "add to the embedding": [at("embed", 0, add(1, 1.0))],
        "add to what the last block reads": [at("resid_pre", last, add(1, 1.0))],
        "project out": [at("resid_post", 0, project_out(0))],
        "project out in every block": [
            at("resid_post", layer, project_out(0), start=0) for layer in range(n_layers)],
        "zero attn_out": [at("attn_out", last, ZERO)],
        "zero mlp_out": [at("mlp_out", 0, ZERO)],
        "zero mlp_out everywhere": [at("mlp_out", 0, ZERO, start=0)],
        "replace attn_out": [at("attn_out", 0, replace(2))],
        "replace resid_post of two tokens": [at("resid_post", 0, replace(1), only=[3, 9])],
        "skip a block": [at("resid_post", last, SKIP)],
        "skip a block everywhere": [at("resid_post", 0, SKIP, start=0)],
        "skip a block for two tokens": [at("resid_post", last, SKIP, only=[2, 8])],
        "scale resid_post": [at("resid_post", 0, scale(0.5))],
        "scale mlp_out of two tokens": [at("mlp_out", last, scale(-2.0), only=[2, 5])],
        "several kinds": [
            at("resid_post", 0, add(0, 1.5)), at("mlp_out", last, ZERO, only=[4, 10]),
            at("attn_out", last, scale(3.0), start=9)],
    }
    if not is_parallel:
        found["project out of resid_mid"] = [at("resid_mid", last, project_out(1))]
        found["add to resid_mid"] = [at("resid_mid", 0, add(2, 2.0))]
    return found


def changed(rows, step, places, table, block_input):
    """Rows `[position, width]` with those at `places` changed as `step` says."""
    rows = rows.clone()
    chosen = rows[places]
    if step["kind"] == "add":
        chosen = chosen + step["coefficient"] * table[step["vector"]]
    elif step["kind"] == "projectOut":
        unit = table[step["vector"]] / table[step["vector"]].norm()
        chosen = chosen - (chosen @ unit)[:, None] * unit
    elif step["kind"] == "scale":
        chosen = step["factor"] * chosen
    elif step["kind"] == "replace":
        chosen = table[step["vector"]].expand_as(chosen)
    elif step["kind"] == "zero":
        chosen = torch.zeros_like(chosen)
    elif step["kind"] == "skipBlock":
        chosen = block_input[places]
    rows[places] = chosen
    return rows


@contextmanager
def intervening(model, steps, table):
    """Hooks that carry out `steps`; the model must be run on whole sequences, without a cache."""
    where, handles, inputs = reference.places(model), [], {}

    def apply(hidden, step):
        length = hidden.shape[1]
        places = step.get("only") or list(range(step.get("from", 0), length))
        places = [place for place in places if place < length]
        return changed(hidden[0], step, places, table, inputs.get(step["layer"]))[None]

    def on_output(step):
        def hook(module, arguments, output):
            if isinstance(output, tuple):
                return (apply(output[0], step), *output[1:])
            return apply(output, step)
        return hook

    def on_input(step):
        # In place, since the block adds the same tensor to what the module returns.
        def hook(module, arguments, keywords):
            hidden = arguments[0] if arguments else keywords["hidden_states"]
            hidden[:] = apply(hidden, step)
        return hook

    def keep_input(layer):
        def hook(module, arguments, keywords):
            hidden = arguments[0] if arguments else keywords["hidden_states"]
            inputs[layer] = hidden[0].clone()
        return hook

    for step in steps:
        block, site = where.blocks[step["layer"]], step["site"]
        if step["kind"] == "skipBlock":
            handles.append(block.register_forward_pre_hook(
                keep_input(step["layer"]), with_kwargs=True))
        if site in ("embed", "resid_pre"):
            handles.append(block.register_forward_pre_hook(on_input(step), with_kwargs=True))
        elif site == "resid_mid":
            handles.append(getattr(block, where.resid_mid).register_forward_pre_hook(
                on_input(step), with_kwargs=True))
        else:
            names = dict(attn_out=where.attn_out, mlp_out=where.mlp_out)
            module = getattr(block, names[site]) if site in names else block
            handles.append(module.register_forward_hook(on_output(step)))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


@torch.no_grad()
def run(model, tokens, steps, table):
    """resid_post of the last block and logits, `[position, width]`."""
    found = {}
    with intervening(model, steps, table):
        handle = reference.places(model).blocks[-1].register_forward_hook(
            lambda module, arguments, output: found.update(
                resid_post=reference.first(output)[0].clone()))
        logits = model(torch.tensor([tokens]), use_cache=False).logits[0]
        handle.remove()
    return found["resid_post"], logits


@torch.no_grad()
def generate(model, tokens, steps, table, penalty):
    """The greedy continuation, by transformers' own loop."""
    with intervening(model, steps, table):
        output = model.generate(
            torch.tensor([tokens]), attention_mask=torch.ones(1, len(tokens), dtype=torch.long),
            max_new_tokens=NEW_TOKENS, do_sample=False, repetition_penalty=penalty,
            use_cache=False, eos_token_id=None, pad_token_id=0)
    answer = output[0, len(tokens):].tolist()
    check_margins(model, tokens, answer, steps, table, penalty)
    return answer


def check_margins(model, tokens, answer, steps, table, penalty):
    """Checks the choices one by one, and that rounding could not have changed one."""
    _, logits = run(model, tokens + answer, steps, table)
    for index, chosen in enumerate(answer):
        scores = logits[len(tokens) + index - 1].clone()
        seen = torch.tensor(sorted(set(tokens + answer[:index])))
        scores[seen] = torch.where(scores[seen] > 0, scores[seen] / penalty, scores[seen] * penalty)
        best, second = scores.topk(2).values.tolist()
        assert scores.argmax() == chosen
        assert best - second > MARGIN * scores.abs().max(), (index, best, second)


def check_effect(name, steps, baseline, logits):
    """Checks that the case shows in the logits, and not before its first changed token."""
    first = min(min(step.get("only") or [step.get("from", 0)]) for step in steps)
    assert torch.equal(logits[:first], baseline[:first]), name
    shown = reference.distance(logits[first:], baseline[first:])
    assert shown > 1000 * reference.TOLERANCE, f"{name} changes the logits by {shown} only"


def answers(model, sequences, table, n_layers):
    """Greedy continuations, steered from the prompt's last token on, and not."""
    found = []
    for tokens in sequences[:2]:
        end = len(tokens) - 1
        steered = [
            at("resid_post", 0, add(0, 2.0), start=end),
            at("resid_post", n_layers - 1, add(1, -2.0), start=end)]
        skipped = [at("resid_post", n_layers - 1, SKIP, start=end)]
        for steps in ([], steered, skipped):
            for penalty in (1.0, 1.3):
                answer = generate(model, tokens, steps, table, penalty)
                found.append(dict(
                    prompt=tokens, steps=steps, repetitionPenalty=penalty, answer=answer))
    plain = [tuple(one["answer"]) for one in found]
    assert plain[0] != plain[2] and plain[0] != plain[1], "steering or the penalty does not show"
    return found


def make(name, model, sequences, folder):
    n_layers, tokens = model.config.num_hidden_layers, sequences[0]
    table = vectors(model.config.hidden_size)
    kinds = cases(n_layers, model.config.model_type == "gpt_neox")
    _, baseline = run(model, tokens, [], table)
    rows = [table]
    for case, steps in kinds.items():
        resid_post, logits = run(model, tokens, steps, table)
        check_effect(f"{name}, {case}", steps, baseline, logits)
        rows += [resid_post, logits]
    manifest = dict(
        tokens=tokens, width=model.config.hidden_size, vocabulary=logits.shape[1],
        vectors=len(table), cases=[dict(name=n, steps=s) for n, s in kinds.items()],
        answers=answers(model, sequences, table, n_layers))
    folder.mkdir(parents=True, exist_ok=True)
    lines = json.dumps(manifest).replace('{"name"', '\n{"name"').replace('{"prompt"', '\n{"prompt"')
    folder.joinpath(f"{name}.json").write_text(lines + "\n")
    numbers = np.concatenate([part.numpy().astype("<f4").ravel() for part in rows])
    numbers.tofile(folder / f"{name}.f32")
    print(f"{name}: {len(kinds)} interventions")


def make_all(folder, sequences, load):
    target = folder / "interventions"
    shutil.rmtree(target, ignore_errors=True)
    for name in MODELS:
        make(name, load(folder / "models" / name), sequences, target)
