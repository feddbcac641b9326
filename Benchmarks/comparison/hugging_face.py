"""Hidden states from transformers, in its fastest setting on a CPU that we know of."""

import os
import sys
import time

import numpy as np
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig


def location(model):
    """Arguments that make transformers read a GGUF file, or a folder of its own."""
    if not model.endswith(".gguf"):
        return model, {}
    return os.path.dirname(model) or ".", {"gguf_file": os.path.basename(model)}


class Tokens:
    """Prompts under the model's own chat template, as token ids."""

    def __init__(self, model, prompts):
        folder, options = location(model)
        tokenizer = AutoTokenizer.from_pretrained(folder, **options)
        texts = [
            tokenizer.apply_chat_template(
                [{"role": "user", "content": prompt}], add_generation_prompt=True, tokenize=False
            )
            for prompt in prompts
        ]
        self.ids = [tokenizer(text, add_special_tokens=False).input_ids for text in texts]
        self.count = sum(map(len, self.ids))

    def batches(self, size):
        """[(prompt indices, ids, attention mask or None, last positions)], shortest first.

        Prompts are padded on the right. A batch of one needs no mask, and none is made.
        """
        order = sorted(range(len(self.ids)), key=lambda index: len(self.ids[index]))
        made = []
        for start in range(0, len(order), size):
            chosen = order[start : start + size]
            lengths = torch.tensor([len(self.ids[index]) for index in chosen])
            ids = torch.zeros(len(chosen), int(lengths.max()), dtype=torch.long)
            for row, index in enumerate(chosen):
                ids[row, : lengths[row]] = torch.tensor(self.ids[index])
            mask = (torch.arange(ids.shape[1])[None] < lengths[:, None]).long()
            made.append((chosen, ids, mask if size > 1 else None, lengths - 1))
        return made


def load(model, dtype, threads):
    """A causal language model whose every weight is held as `dtype`, ready to be run."""
    torch.set_num_threads(threads)
    folder, options = location(model)
    if options:
        # Dense weights: kernels for packed ones would compute in float32 whatever the dtype.
        options["quantization_config"] = GgufConfig(dequantize=True)
    dtype = getattr(torch, dtype)
    loaded = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, **options).eval()
    for name, parameter in loaded.named_parameters():
        if parameter.dtype != dtype:
            sys.exit(f"transformers loaded {name} as {parameter.dtype} instead of {dtype}")
    return loaded


class HuggingFace:
    """A model in one precision, with a hook on every block that keeps the last position's row."""

    def __init__(self, model, dtype, threads):
        self.model = load(model, dtype, threads)
        self.layers = self.model.model.layers
        self.rows = self.last = None
        for index, block in enumerate(self.layers):
            block.register_forward_hook(self._keep(index))

    def _keep(self, index):
        def hook(module, inputs, output):
            hidden = output[0] if isinstance(output, tuple) else output
            self.rows[index] = hidden[torch.arange(len(self.last)), self.last]

        return hook

    @torch.inference_mode()
    def forward(self, tokens, batches):
        """Runs all batches; returns seconds, and states [prompt, layer, d], final norm [prompt, d].

        Timed are the passes through the blocks and the final norm, with the hooks in them; not the
        language-model head, and nothing before or between the passes. No key-value cache is kept.
        """
        width, depth = self.model.config.hidden_size, len(self.layers)
        states = np.empty((len(tokens.ids), depth, width), np.float32)
        final = np.empty((len(tokens.ids), width), np.float32)
        seconds = 0.0
        for chosen, ids, mask, last in batches:
            self.rows, self.last = [None] * depth, last
            start = time.perf_counter()
            output = self.model.model(ids, attention_mask=mask, use_cache=False)
            seconds += time.perf_counter() - start
            states[chosen] = torch.stack(self.rows, dim=1).float().numpy()
            rows = output.last_hidden_state[torch.arange(len(last)), last]
            final[chosen] = rows.float().numpy()
        return seconds, states, final

    @torch.inference_mode()
    def next_tokens(self, final):
        """[prompt]: the token with the highest logit, from the rows after the final norm."""
        head = self.model.lm_head
        logits = head(torch.from_numpy(final).to(head.weight.dtype))
        return logits.argmax(dim=-1).numpy()

    def parameter_count(self):
        return sum(parameter.numel() for parameter in self.model.parameters())
