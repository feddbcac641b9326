"""Steering in transformers: a forward hook that adds a vector from the query end on."""

import time
from contextlib import contextmanager

import numpy as np
import torch

from .hugging_face import load


class Steered:
    """A model in one precision. Prompts are padded on the left, so the last column is the query end
    in a prompt and the new token in an answer, and the hook changes nothing else."""

    def __init__(self, model, dtype, threads):
        self.model = load(model, dtype, threads)
        self.blocks = self.model.model.layers
        # Answers have a fixed length on both sides.
        self.model.generation_config.eos_token_id = None

    @contextmanager
    def steering(self, vectors, signs, alpha):
        """Adds sign * alpha * vector to the last column of some blocks' output.

        `vectors` maps a layer to its row `[d_model]`; `signs` is `[row of the batch]`.
        """
        factors = (alpha * torch.as_tensor(signs, dtype=torch.float32))[:, None]

        def hook_for(vector):
            added = (factors * torch.from_numpy(vector)).to(self.model.dtype)

            def hook(module, inputs, output):
                hidden = output[0] if isinstance(output, tuple) else output
                hidden[:, -1].add_(added)

            return hook

        handles = [
            self.blocks[layer].register_forward_hook(hook_for(vector))
            for layer, vector in vectors.items()
        ]
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    @contextmanager
    def keeping(self, kept):
        """Fills `kept[layer]` with every block's output at the last column, `[row, d_model]`."""

        def hook_for(layer):
            def hook(module, inputs, output):
                hidden = output[0] if isinstance(output, tuple) else output
                kept[layer] = hidden[:, -1].float().numpy().copy()

            return hook

        handles = [
            block.register_forward_hook(hook_for(layer)) for layer, block in enumerate(self.blocks)
        ]
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    @torch.inference_mode()
    def rows(self, prompts, signs, vectors, alpha):
        """One prompt at a time: resid_post `[prompt, layer, d_model]`, logits `[prompt, d_vocab]`."""
        states, logits = [], []
        for ids, sign in zip(prompts, signs, strict=True):
            kept = {}
            # The hook that steers comes first, so the hook that keeps sees what it left.
            with self.steering(vectors, [sign], alpha), self.keeping(kept):
                output = self.model(torch.tensor([ids]), use_cache=False, logits_to_keep=1)
            states.append(np.stack([kept[layer][0] for layer in range(len(self.blocks))]))
            logits.append(output.logits[0, -1].float().numpy())
        return np.stack(states), np.stack(logits)

    @torch.inference_mode()
    def answers(self, prompts, signs, vectors, alpha, count, penalty, batch):
        """Greedy answers of `count` tokens and the seconds of `generate`."""
        found, seconds = [], 0.0
        for start in range(0, len(prompts), batch):
            ids, mask = left_padded(prompts[start : start + batch])
            with self.steering(vectors, signs[start : start + batch], alpha):
                begin = time.perf_counter()
                output = self.model.generate(
                    ids, attention_mask=mask, max_new_tokens=count, min_new_tokens=count,
                    do_sample=False, repetition_penalty=penalty, pad_token_id=0,
                )  # fmt: skip
                seconds += time.perf_counter() - begin
            found += output[:, ids.shape[1] :].tolist()
        return found, seconds

    @torch.inference_mode()
    def window_sweep(self, prompts, signs, vectors, alpha, layers, refusals, batch=32):
        """The first token's probability of refusing, `[layer, prompt]`, and the forward seconds.

        Each layer of `layers` is steered alone, over all prompts in batches of similar length.
        """
        order = sorted(range(len(prompts)), key=lambda index: len(prompts[index]))
        chosen = [order[start : start + batch] for start in range(0, len(order), batch)]
        batches = [(rows, *left_padded([prompts[row] for row in rows])) for rows in chosen]
        share, seconds = np.empty((len(layers), len(prompts)), np.float32), 0.0
        for index, layer in enumerate(layers):
            for rows, ids, mask in batches:
                places = (mask.cumsum(-1) - 1).clamp(min=0)
                with self.steering({layer: vectors[layer]}, [signs[row] for row in rows], alpha):
                    begin = time.perf_counter()
                    logits = self.model(
                        ids, attention_mask=mask, position_ids=places, use_cache=False,
                        logits_to_keep=1,
                    ).logits[:, -1]  # fmt: skip
                    chances = logits.float().softmax(-1)[:, refusals].sum(-1)
                    seconds += time.perf_counter() - begin
                share[index, rows] = chances.numpy()
        return share, seconds


def left_padded(prompts):
    """Ids and attention mask `[row, column]`."""
    width = max(map(len, prompts))
    ids = torch.zeros(len(prompts), width, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, tokens in enumerate(prompts):
        ids[row, width - len(tokens) :] = torch.tensor(tokens)
        mask[row, width - len(tokens) :] = 1
    return ids, mask


def refusal_vectors(states, unsafe):
    """Mean over unsafe minus mean over safe prompts at unit length, `[layer, d_model]` float32."""
    rows = states.astype(np.float64)
    difference = rows[unsafe].mean(0) - rows[~unsafe].mean(0)
    return (difference / np.linalg.norm(difference, axis=-1, keepdims=True)).astype("<f4")
