"""Writes the fixtures of this folder: tiny random Llama models and Hugging Face's numbers for them.

README.md says what is in the files, with which versions they were made, and how to run this.
"""

import math
from importlib.metadata import version
from pathlib import Path

import gguf
import numpy as np
import torch
from transformers import LlamaConfig, LlamaForCausalLM
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

HERE = Path(__file__).parent
SEED = 20240817
PINNED = {"torch": "2.15", "transformers": "5.23", "gguf": "0.19", "numpy": "2.4"}

# Sequences with shared prefixes, a repeated sequence, a prefix of another one, and a single token.
SEQUENCES = [
    [1, 5, 9, 13, 17, 21, 25], [1, 5, 9, 13, 40], [1, 5, 9], [7], [60, 2, 2, 2, 2, 60],
    [1, 5, 9, 13, 17, 21, 30, 31], [1, 5, 9],
]
EVERY_HOOK = ["attn_out", "resid_mid", "mlp_out", "resid_post"]

LLAMA3 = dict(rope_type="llama3", rope_theta=500000.0, factor=8.0, low_freq_factor=1.0,
              high_freq_factor=4.0, original_max_position_embeddings=64)
LINEAR = dict(rope_type="linear", rope_theta=10000.0, factor=4.0)
YARN = dict(rope_type="yarn", rope_theta=10000.0, factor=4.0, original_max_position_embeddings=64)
# Real models' scalings at their real sizes: only the frequencies, no model.
ROPE_CASES = {
    "plain-64": (64, 8192, dict(rope_type="default", rope_theta=100000.0)),
    "llama3-128": (128, 131072, dict(LLAMA3, original_max_position_embeddings=8192)),
    "llama3-64": (64, 131072, dict(LLAMA3, factor=32.0, original_max_position_embeddings=8192)),
    "linear-128": (128, 16384, dict(LINEAR, factor=4.0)),
    "yarn-128": (128, 131072, dict(YARN, factor=32.0, original_max_position_embeddings=4096)),
    "yarn-80": (80, 16384, dict(YARN, rope_theta=500000.0, factor=2.0, beta_fast=16.0,
                                beta_slow=2.0, original_max_position_embeddings=8192)),
}
ROPE_POSITIONS = [0, 1, 2, 63, 511, 4095]


def llama_config(d_vocab, n_layers, d_model, n_heads, n_kv_heads, d_head, d_mlp, tied, rope):
    return LlamaConfig(
        vocab_size=d_vocab, num_hidden_layers=n_layers, hidden_size=d_model,
        num_attention_heads=n_heads, num_key_value_heads=n_kv_heads, head_dim=d_head,
        intermediate_size=d_mlp, tie_word_embeddings=tied, max_position_embeddings=256,
        rms_norm_eps=1e-5, rope_parameters=dict(rope), attn_implementation="eager")


def random_model(config, seed):
    """Weights large enough for attention to be far from uniform, rounded to bfloat16."""
    generator = torch.Generator().manual_seed(seed)
    model = LlamaForCausalLM(config).float().eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            noise = torch.randn(weight.shape, generator=generator)
            if weight.dim() == 1:
                weight.copy_(1 + 0.3 * noise)
            elif "embed_tokens" in name:
                weight.copy_(noise.bfloat16().float())
            else:
                weight.copy_((1.5 / math.sqrt(weight.shape[1]) * noise).bfloat16().float())
    return model


def permuted(weight, n_heads):
    """llama.cpp's order of query and key rows: rotary pair (i, i + half) becomes (2i, 2i + 1)."""
    rows, columns = weight.shape
    pairs = weight.reshape(n_heads, 2, rows // n_heads // 2, columns)
    return np.ascontiguousarray(pairs.swapaxes(1, 2)).reshape(rows, columns)


def llama3_factors(config, rope):
    """What rope_freqs.weight holds: the divisor of each frequency under the Llama 3 rule."""
    base, dimensions = rope["rope_theta"], config.head_dim
    original = rope["original_max_position_embeddings"]
    low, high = rope["low_freq_factor"], rope["high_freq_factor"]
    factors = []
    for i in range(0, dimensions, 2):
        turns = original * base ** (-i / dimensions) / (2 * math.pi)
        keep = min(max((turns - low) / (high - low), 0), 1)
        factors.append(1 / ((1 - keep) / rope["factor"] + keep))
    return np.array(factors, dtype=np.float32)


def write(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def add_metadata(writer, config, rope):
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_rope_freq_base(rope["rope_theta"])
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)
    if rope["rope_type"] in ["linear", "yarn"]:
        writer.add_rope_scaling_type(gguf.RopeScalingType(rope["rope_type"]))
        writer.add_rope_scaling_factor(rope["factor"])
    if rope["rope_type"] == "yarn":
        writer.add_rope_scaling_orig_ctx_len(rope["original_max_position_embeddings"])


def write_model(path, model, config, rope):
    writer = gguf.GGUFWriter(path, "llama")
    add_metadata(writer, config, rope)
    weights = {name: weight.detach().numpy() for name, weight in model.state_dict().items()}

    def add(name, weight):
        if weight.ndim == 1:
            return writer.add_tensor(name, weight)
        kind = gguf.GGMLQuantizationType.BF16
        stored = gguf.quants.quantize(weight, kind)
        assert np.array_equal(gguf.quants.dequantize(stored, kind), weight), name
        writer.add_tensor(name, stored, raw_dtype=kind)

    add("token_embd.weight", weights["model.embed_tokens.weight"])
    if rope["rope_type"] == "llama3":
        add("rope_freqs.weight", llama3_factors(config, rope))
    for layer in range(config.num_hidden_layers):
        theirs, ours = f"model.layers.{layer}.", f"blk.{layer}."
        add(ours + "attn_norm.weight", weights[theirs + "input_layernorm.weight"])
        q, k = (weights[theirs + f"self_attn.{name}_proj.weight"] for name in "qk")
        add(ours + "attn_q.weight", permuted(q, config.num_attention_heads))
        add(ours + "attn_k.weight", permuted(k, config.num_key_value_heads))
        add(ours + "attn_v.weight", weights[theirs + "self_attn.v_proj.weight"])
        add(ours + "attn_output.weight", weights[theirs + "self_attn.o_proj.weight"])
        add(ours + "ffn_norm.weight", weights[theirs + "post_attention_layernorm.weight"])
        for name in ["gate", "up", "down"]:
            add(ours + f"ffn_{name}.weight", weights[theirs + f"mlp.{name}_proj.weight"])
    add("output_norm.weight", weights["model.norm.weight"])
    if not config.tie_word_embeddings:
        add("output.weight", weights["lm_head.weight"])
    write(writer)


def run(model, sequence):
    """Every hook point's rows [token, width] of one sequence run alone, read by forward hooks."""
    rows = {}

    def keep(name):
        def hook(_module, _arguments, output):
            value = output[0] if isinstance(output, tuple) else output
            rows[name] = value[0].detach().clone()
        return hook

    def keep_input(name):
        def hook(_module, arguments):
            rows[name] = arguments[0][0].detach().clone()
        return hook

    handles = [model.model.embed_tokens.register_forward_hook(keep("hook_embed")),
               model.model.norm.register_forward_hook(keep("ln_final")),
               model.lm_head.register_forward_hook(keep("logits"))]
    for layer, block in enumerate(model.model.layers):
        name = f"blocks.{layer}.hook_"
        handles += [
            block.self_attn.register_forward_hook(keep(name + "attn_out")),
            block.post_attention_layernorm.register_forward_pre_hook(
                keep_input(name + "resid_mid")),
            block.mlp.register_forward_hook(keep(name + "mlp_out")),
            block.register_forward_hook(keep(name + "resid_post"))]
    with torch.no_grad():
        model(torch.tensor([sequence]), use_cache=False)
    for handle in handles:
        handle.remove()
    return rows


def worst_row_error(rows, exact):
    difference = (rows.double() - exact.double()).norm(dim=-1) / exact.double().norm(dim=-1)
    return difference.max().item()


def write_expected(path, model, sites):
    """The hook points [token of all sequences, width] in float32; prints how far float64 is."""
    names = ["hook_embed", "ln_final", "logits"] + [
        f"blocks.{layer}.hook_{site}"
        for layer in range(model.config.num_hidden_layers) for site in sites]
    single = [run(model, sequence) for sequence in SEQUENCES]
    double = [run(model.double(), sequence) for sequence in SEQUENCES]
    model.float()
    writer = gguf.GGUFWriter(path, "expected-rows")
    writer.add_array("expected.tokens", [token for sequence in SEQUENCES for token in sequence])
    writer.add_array("expected.lengths", [len(sequence) for sequence in SEQUENCES])
    worst = 0.0
    for name in names:
        rows = torch.cat([one[name] for one in single])
        worst = max(worst, worst_row_error(rows, torch.cat([one[name] for one in double])))
        writer.add_tensor(name, rows.numpy())
    write(writer)
    print(f"{path.name}: float32 is within {worst:.1e} of float64 (relative L2 of a row)")


def write_rope(path):
    writer = gguf.GGUFWriter(path, "expected-rotary-tables")
    writer.add_array("cases", list(ROPE_CASES))
    writer.add_array("positions", ROPE_POSITIONS)
    for name, (d_head, context, rope) in ROPE_CASES.items():
        config = LlamaConfig(
            hidden_size=d_head, num_attention_heads=1, num_key_value_heads=1, head_dim=d_head,
            max_position_embeddings=context, rope_parameters=dict(rope))
        module = LlamaRotaryEmbedding(config)
        cosine, sine = module(torch.zeros(1), torch.tensor([ROPE_POSITIONS]))
        writer.add_string(f"{name}.type", rope["rope_type"])
        for key, value in rope.items():
            if key == "original_max_position_embeddings":
                writer.add_uint32(f"{name}.{key}", value)
            elif key != "rope_type":
                writer.add_float64(f"{name}.{key}", value)
        if rope["rope_type"] == "llama3":
            writer.add_tensor(f"{name}.factors", llama3_factors(config, rope))
        writer.add_tensor(f"{name}.frequencies", module.inv_freq.numpy())
        half = d_head // 2
        writer.add_tensor(f"{name}.cosine", np.ascontiguousarray(cosine[0, :, :half].numpy()))
        writer.add_tensor(f"{name}.sine", np.ascontiguousarray(sine[0, :, :half].numpy()))
    write(writer)


def main():
    for package, pinned in PINNED.items():
        assert version(package).startswith(pinned + "."), f"{package} {version(package)}"
    torch.set_num_threads(1)
    plain = dict(rope_type="default", rope_theta=10000.0)
    models = {
        "heads-of-8": (llama_config(64, 3, 32, 4, 2, 8, 104, False, plain), plain, EVERY_HOOK),
        "heads-of-16": (llama_config(72, 2, 48, 6, 2, 16, 64, True, plain), plain, EVERY_HOOK),
        "llama3-rope": (llama_config(200, 2, 32, 2, 1, 16, 48, True, LLAMA3), LLAMA3,
                        ["resid_post"]),
        "linear-rope": (llama_config(64, 2, 32, 2, 1, 16, 48, True, LINEAR), LINEAR,
                        ["resid_post"]),
        "yarn-rope": (llama_config(64, 2, 32, 2, 2, 16, 48, True, YARN), YARN, ["resid_post"]),
    }
    for index, (name, (config, rope, sites)) in enumerate(models.items()):
        model = random_model(config, SEED + index)
        write_model(HERE / f"{name}.gguf", model, config, rope)
        write_expected(HERE / f"{name}.expected.gguf", model, sites)
    write_rope(HERE / "rotary-tables.gguf")


if __name__ == "__main__":
    main()
