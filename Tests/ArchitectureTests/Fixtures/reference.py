"""The numbers that transformers computes, in TransformerLens's terms."""

import json
from dataclasses import dataclass

import numpy as np
import torch

# What the tests allow, relative to a row's norm; a feature that is left out must show far more.
TOLERANCE = 1e-5


@dataclass
class Places:
    """Where the residual stream and the branches are found in a model of transformers."""

    blocks: torch.nn.ModuleList
    final_norm: torch.nn.Module
    # The names of the modules in a block whose outputs are added to the residual stream.
    attn_out: str
    mlp_out: str
    # The name of the module in a block whose input is the residual stream after attention, None where
    # attention and MLP run side by side.
    resid_mid: str | None


def places(model):
    kind = model.config.model_type
    if kind == "gpt_neox":
        base = model.gpt_neox
        is_parallel = model.config.use_parallel_residual
        return Places(
            base.layers, base.final_layer_norm, "attention", "mlp",
            None if is_parallel else "post_attention_layernorm")
    if kind == "gpt2":
        return Places(model.transformer.h, model.transformer.ln_f, "attn", "mlp", "ln_2")
    if kind in ("gemma2", "gemma3_text"):
        return Places(
            model.model.layers, model.model.norm, "post_attention_layernorm",
            "post_feedforward_layernorm", "pre_feedforward_layernorm")
    return Places(
        model.model.layers, model.model.norm, "self_attn", "mlp", "post_attention_layernorm")


def modules(model):
    """The modules of a block behind hook points: outputs, and inputs in parentheses."""
    where = places(model)
    found = dict(attn_out=where.attn_out, mlp_out=where.mlp_out)
    if where.resid_mid:
        found["resid_mid"] = f"({where.resid_mid})"
    return found


def first(output):
    return output[0] if isinstance(output, tuple) else output


def run(model, tokens):
    """Returns the rows of every hook point of one sequence, `[position, width]`, by name."""
    found = {}
    where = places(model)

    def keep(name):
        def hook(module, arguments, output):
            found[name] = first(output)[0].clone()
        return hook

    def keep_input(module, arguments, keywords):
        found["embed"] = (arguments[0] if arguments else keywords["hidden_states"])[0].clone()

    def keep_mid(name):
        def hook(module, arguments):
            found[name] = arguments[0][0].clone()
        return hook

    handles = [
        where.blocks[0].register_forward_pre_hook(keep_input, with_kwargs=True),
        where.final_norm.register_forward_hook(keep("ln_final"))]
    for layer, block in enumerate(where.blocks):
        handles += [
            getattr(block, where.attn_out).register_forward_hook(keep(f"attn_out.{layer}")),
            getattr(block, where.mlp_out).register_forward_hook(keep(f"mlp_out.{layer}")),
            block.register_forward_hook(keep(f"resid_post.{layer}"))]
        if where.resid_mid:
            handles.append(getattr(block, where.resid_mid).register_forward_pre_hook(
                keep_mid(f"resid_mid.{layer}")))
    with torch.no_grad():
        found["logits"] = model(torch.tensor([tokens]), use_cache=False).logits[0]
    for handle in handles:
        handle.remove()
    check_sums(found, len(where.blocks))
    return found


def check_sums(rows, n_layers):
    """Checks that the branches are what is added to the residual stream."""
    stream = rows["embed"]
    for layer in range(n_layers):
        middle = stream + rows[f"attn_out.{layer}"]
        if f"resid_mid.{layer}" in rows:
            assert distance(middle, rows[f"resid_mid.{layer}"]) < 1e-5, layer
        stream = middle + rows[f"mlp_out.{layer}"]
        assert distance(stream, rows[f"resid_post.{layer}"]) < 1e-5, layer
        stream = rows[f"resid_post.{layer}"]


def distance(rows, others):
    """The largest relative L2 distance of two rows."""
    return float(((rows - others).norm(dim=-1) / others.norm(dim=-1)).max())


def hook_names(n_layers):
    """The order of the hook points in the files of expected numbers."""
    blocks = [
        f"{site}.{layer}" for layer in range(n_layers)
        for site in ("attn_out", "mlp_out", "resid_post")]
    return ["embed", *blocks, "ln_final", "logits"]


def expect(model, sequences):
    """Returns the rows of all sequences, one after another, by hook point."""
    runs = [run(model, tokens) for tokens in sequences]
    return {
        name: torch.cat([rows[name] for rows in runs])
        for name in hook_names(len(places(model).blocks))}


def write(expected, sequences, stem, modules):
    """Writes a manifest and the float32 rows of every hook point, one hook point after another."""
    names = list(expected)
    manifest = dict(
        sequences=sequences, modules=modules,
        hooks=[dict(name=n, width=expected[n].shape[1]) for n in names])
    stem.parent.mkdir(parents=True, exist_ok=True)
    stem.with_suffix(".json").write_text(json.dumps(manifest) + "\n")
    rows = np.concatenate([expected[name].numpy().astype("<f4").ravel() for name in names])
    rows.tofile(stem.with_suffix(".f32"))
