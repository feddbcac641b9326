"""Writes tiny random models of every architecture, with the numbers that transformers computes.

Run with torch 2.15, transformers 5.23, peft 0.21 and gguf 0.19; see README.md.
"""

import json
import os
import re
import shutil
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES as MODEL_FOR_CAUSAL_LM)

import gguf_twins
import interventions
import lora_adapters
import reference
from tiny_models import MODELS, SHORT_CONTEXT, VOCABULARY, build

SEED = 20260214
FOLDER = Path(__file__).parent


def make_sequences():
    """Three sequences that share prefixes; the first two are longer than windows."""
    generator = torch.Generator().manual_seed(SEED)
    tokens = torch.randint(0, VOCABULARY, (16,), generator=generator).tolist()
    return [tokens[:12], tokens[:5] + tokens[12:SHORT_CONTEXT + 7], tokens[:3]]


def rounded(state, dtype):
    """Weights that `dtype` holds exactly, as float32."""
    return {name: tensor.to(dtype).float() for name, tensor in state.items()}


def without_ties(model, state):
    if model.config.tie_word_embeddings:
        return {name: tensor for name, tensor in state.items() if name != "lm_head.weight"}
    return state


def kind_of(name):
    """A tensor's name without the number of its block."""
    return re.sub(r"\.\d+\.", ".", name)


def check_features(name, model, expected, sequences):
    """Checks that the logits show every vector of the model and every feature of `ablations`."""
    state, config = model.state_dict(), model.config
    changed = {}
    for kind in {kind_of(n) for n in state if state[n].dim() == 1}:
        is_scale = not kind.endswith("bias") and not config.model_type.startswith("gemma")
        others = {
            n: torch.full_like(t, float(is_scale)) if kind_of(n) == kind else t
            for n, t in state.items()}
        changed[kind] = build(config, others)
    for what, members in MODELS[name].ablations.items():
        changed[what] = build(type(config)(**(config.to_dict() | members)), state)
    for what, other in changed.items():
        logits = torch.cat([reference.run(other, s)["logits"] for s in sequences])
        shown = reference.distance(logits, expected["logits"])
        # The two GELUs are close to each other.
        factor = 10 if what == "exactness of gelu" else 1000
        needed = factor * reference.TOLERANCE
        assert shown > needed, f"{name} without {what} differs by {shown} only"


def write_config(folder, config, version4):
    """Writes config.json, and the form of transformers 4 beside it."""
    folder.joinpath("config.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n")
    if version4 is None:
        return
    older = config | version4 | dict(transformers_version="4.50.0")
    older = {key: older[key] for key in older if version4.get(key, "kept") is not None}
    folder.joinpath("config.v4.json").write_text(json.dumps(older, indent=1, sort_keys=True) + "\n")


def saved_config(config):
    members = config.to_dict() | dict(architectures=[MODEL_FOR_CAUSAL_LM[config.model_type]])
    return {key: value for key, value in members.items() if not key.startswith("_")}


def to_internlm2(config, state):
    """Renames and fuses Llama's tensors: for each key-value head its queries, key and value."""
    groups, width = config.num_key_value_heads, config.head_dim
    names = {
        "embed_tokens": "tok_embeddings", "lm_head": "output", "self_attn.o_proj": "attention.wo",
        "input_layernorm": "attention_norm", "post_attention_layernorm": "ffn_norm",
        "mlp.gate_proj": "feed_forward.w1", "mlp.down_proj": "feed_forward.w2",
        "mlp.up_proj": "feed_forward.w3"}
    result = {}
    for name, tensor in state.items():
        if ".k_proj." in name or ".v_proj." in name:
            continue
        if ".q_proj." in name:
            parts = [state[name.replace("q_proj", f"{p}_proj")] for p in "qkv"]
            heads = [p.reshape(groups, -1, width, *p.shape[1:]) for p in parts]
            tensor = torch.cat(heads, dim=1).reshape(-1, *tensor.shape[1:])
            name = name.replace("self_attn.q_proj", "attention.wqkv")
        for old, new in names.items():
            name = name.replace(old, new)
        result[name] = tensor.contiguous()
    scaling = config.rope_parameters
    linear = dict(type="linear", factor=scaling.get("factor"))
    kept = (
        "hidden_size", "intermediate_size", "max_position_embeddings", "num_attention_heads",
        "num_hidden_layers", "num_key_value_heads", "rms_norm_eps", "vocab_size", "hidden_act",
        "tie_word_embeddings")
    members = {key: getattr(config, key) for key in kept} | dict(
        model_type="internlm2", architectures=["InternLM2ForCausalLM"], bias=config.attention_bias,
        rope_theta=scaling["rope_theta"],
        rope_scaling=linear if scaling["rope_type"] == "linear" else None)
    return members, result


def write_folder(folder, config, state, tiny):
    """Writes a Hugging Face folder, in `tiny.shards` files."""
    folder.mkdir(parents=True)
    write_config(folder, config, tiny.version4)
    stored = {name: tensor.to(tiny.stored_as).contiguous() for name, tensor in state.items()}
    if tiny.shards == 1:
        save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
        return
    weight_map = {}
    for index in range(tiny.shards):
        file = f"model-{index + 1:05}-of-{tiny.shards:05}.safetensors"
        part = {n: stored[n] for i, n in enumerate(stored) if i % tiny.shards == index}
        save_file(part, folder / file, metadata={"format": "pt"})
        weight_map |= dict.fromkeys(part, file)
    size = sum(t.numel() * t.element_size() for t in stored.values())
    index = dict(metadata=dict(total_size=size), weight_map=weight_map)
    folder.joinpath("model.safetensors.index.json").write_text(json.dumps(index) + "\n")


def check_reload(name, expected, sequences, **arguments):
    """Checks that transformers computes the same from the files as from the model in memory."""
    model = AutoModelForCausalLM.from_pretrained(
        **arguments, dtype=torch.float32, attn_implementation="eager").eval()
    logits = torch.cat([reference.run(model, s)["logits"] for s in sequences])
    shown = reference.distance(logits, expected["logits"])
    assert shown < 1e-5, f"{name} reloaded from {arguments} differs by {shown}"


def check_version4(name, folder, expected, sequences):
    other = folder.parent / "version4"
    shutil.copytree(folder, other)
    shutil.move(other / "config.v4.json", other / "config.json")
    check_reload(name, expected, sequences, pretrained_model_name_or_path=other)
    shutil.rmtree(other)


def make(name, tiny, sequences, seed):
    model = build(tiny.config, seed=seed)
    state = without_ties(model, rounded(model.state_dict(), tiny.stored_as))
    model.load_state_dict(state, strict=False)
    expected = reference.expect(model, sequences)
    check_features(name, model, expected, sequences)
    reference.write(expected, sequences, FOLDER / "expected" / name, reference.modules(model))

    folder = FOLDER / "models" / name
    if tiny.internlm2:
        write_folder(folder, *to_internlm2(tiny.config, state), tiny)
    else:
        write_folder(folder, saved_config(tiny.config), state, tiny)
        check_reload(name, expected, sequences, pretrained_model_name_or_path=folder)
        if tiny.version4 is not None:
            check_version4(name, folder, expected, sequences)
    if tiny.twin:
        twin = FOLDER / "models" / f"{name}.gguf"
        gguf_twins.write(tiny.config, state, tiny.twin, tiny.stored_as, twin, name)
        if tiny.reloads:
            config = dict(config=tiny.config) if tiny.reloads == "weights" else {}
            check_reload(
                name, expected, sequences, pretrained_model_name_or_path=twin.parent,
                gguf_file=twin.name, **config)
    print(f"{name}: logits of norm {float(expected['logits'].norm(dim=-1).mean()):.3g}")
    return model


def main():
    for old in ("models", "expected", "adapters"):
        shutil.rmtree(FOLDER / old, ignore_errors=True)
    sequences = make_sequences()
    for index, (name, tiny) in enumerate(MODELS.items()):
        make(name, tiny, sequences, seed=SEED + index)
    lora_adapters.make_all(FOLDER, sequences)
    interventions.make_all(FOLDER, sequences, lora_adapters.load)


if __name__ == "__main__":
    main()
