"""Writes the folder architectures/: tiny random models of every architecture, see README.md.

The expected weights are split and reordered here with numpy as the modeling code of transformers
(for InternLM2: of the model's repository) does, GGUF files are arranged as llama.cpp's converter
does, and adapters are merged by PEFT.
"""

import json
import shutil
from pathlib import Path

import gguf
import numpy as np
import peft
import torch
import transformers as tf
from safetensors.numpy import load_file, save_file
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

HERE = Path(__file__).parent / "architectures"
SEED = 7
LAYERS, WIDTH, HEADS, KV_HEADS, MLP, VOCAB, CONTEXT = 2, 16, 4, 2, 24, 13, 64

COMMON = dict(
    vocab_size=VOCAB, hidden_size=WIDTH, intermediate_size=MLP, num_hidden_layers=LAYERS,
    num_attention_heads=HEADS, num_key_value_heads=KV_HEADS, max_position_embeddings=CONTEXT,
    pad_token_id=0, bos_token_id=1, eos_token_id=2)
LLAMA3 = dict(
    rope_type="llama3", rope_theta=500.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
    original_max_position_embeddings=32)
LONGROPE = dict(
    rope_type="longrope", rope_theta=10000.0, short_factor=[1.0, 1.5], long_factor=[2.0, 4.0])

CONFIGS = {
    "llama": tf.LlamaConfig(**COMMON, head_dim=16, rope_parameters=LLAMA3, attention_bias=True),
    "mistral": tf.MistralConfig(**COMMON, sliding_window=8),
    "qwen2": tf.Qwen2Config(
        **COMMON, use_sliding_window=True, sliding_window=8, max_window_layers=1),
    "qwen3": tf.Qwen3Config(**COMMON, head_dim=6, tie_word_embeddings=True),
    "gemma": tf.GemmaConfig(**COMMON, head_dim=6),
    "gemma2": tf.Gemma2Config(**COMMON, head_dim=6, query_pre_attn_scalar=6, sliding_window=8),
    "gemma3": tf.Gemma3TextConfig(
        **COMMON, head_dim=6, query_pre_attn_scalar=6, sliding_window=8,
        layer_types=["sliding_attention", "full_attention"],
        rope_parameters={
            "full_attention": dict(rope_type="linear", factor=8.0, rope_theta=1000000.0),
            "sliding_attention": dict(rope_type="default", rope_theta=10000.0)}),
    "phi3": tf.Phi3Config(
        **COMMON, rope_parameters=LONGROPE, original_max_position_embeddings=32),
    "gpt_neox": tf.GPTNeoXConfig(
        **{**COMMON, "num_key_value_heads": HEADS},
        rope_parameters=dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5)),
    "gpt2": tf.GPT2Config(
        vocab_size=VOCAB, n_positions=CONTEXT, n_embd=WIDTH, n_layer=LAYERS, n_head=HEADS,
        n_inner=MLP, bos_token_id=1, eos_token_id=2),
}

# The engine's name of a block's tensor by the ending of Hugging Face's.
ENDINGS = {
    "input_layernorm": "attnNorm", "self_attn.q_proj": "q", "self_attn.k_proj": "k",
    "self_attn.v_proj": "v", "self_attn.o_proj": "attnOut", "self_attn.q_norm": "qNorm",
    "self_attn.k_norm": "kNorm", "post_attention_layernorm": "mlpNorm", "mlp.gate_proj": "gate",
    "mlp.up_proj": "up", "mlp.down_proj": "down", "attention.dense": "attnOut",
    "mlp.dense_h_to_4h": "up", "mlp.dense_4h_to_h": "down", "ln_1": "attnNorm", "ln_2": "mlpNorm",
    "attn.c_proj": "attnOut", "mlp.c_fc": "up", "mlp.c_proj": "down", "attention_norm": "attnNorm",
    "attention.wo": "attnOut", "ffn_norm": "mlpNorm", "feed_forward.w1": "gate",
    "feed_forward.w3": "up", "feed_forward.w2": "down",
    "pre_feedforward_layernorm": "mlpNorm", "post_feedforward_layernorm": "mlpPostNorm",
}
MODEL = {
    "model.embed_tokens": "tokenEmbedding", "model.norm": "finalNorm", "lm_head": "unembedding",
    "gpt_neox.embed_in": "tokenEmbedding", "gpt_neox.final_layer_norm": "finalNorm",
    "embed_out": "unembedding", "transformer.wte": "tokenEmbedding",
    "transformer.wpe": "positionEmbedding", "transformer.ln_f": "finalNorm",
    "model.tok_embeddings": "tokenEmbedding", "output": "unembedding",
}


def split_fused(kind, module, value):
    """The parts of a fused tensor by the engine's name, or None."""
    if module.endswith("attention.query_key_value"):
        per_head = value.reshape(HEADS, 3, WIDTH // HEADS, *value.shape[1:])
        return {n: per_head[:, i].reshape(-1, *value.shape[1:]) for i, n in enumerate("qkv")}
    if module.endswith("attention.wqkv"):
        head, groups = WIDTH // HEADS, HEADS // KV_HEADS
        grouped = value.reshape(KV_HEADS, groups + 2, head, *value.shape[1:])
        parts = {"q": grouped[:, :groups], "k": grouped[:, -2], "v": grouped[:, -1]}
        return {n: np.ascontiguousarray(p).reshape(-1, *value.shape[1:]) for n, p in parts.items()}
    if module.endswith("self_attn.qkv_proj"):
        head = WIDTH // HEADS
        q, k = HEADS * head, KV_HEADS * head
        return {"q": value[:q], "k": value[q:q + k], "v": value[q + k:]}
    if module.endswith("mlp.gate_up_proj"):
        return dict(zip(["gate", "up"], np.split(value, 2)))
    if module.endswith("attn.c_attn"):
        return dict(zip("qkv", np.split(value.T if value.ndim == 2 else value, 3)))
    return None


def expected(kind, state):
    """The engine's weights by name, such as block.0.q; biases end in Bias."""
    result = {}
    for name, value in state.items():
        module, ending = name.rsplit(".", 1)
        suffix = "Bias" if ending == "bias" else ""
        if module in MODEL:
            result[MODEL[module] + suffix] = value
            continue
        layer = next(p for p in module.split(".") if p.isdigit())
        parts = split_fused(kind, module, value)
        if parts is None:
            local = module.split(f".{layer}.")[1]
            role = ENDINGS[local]
            if kind in ("gemma2", "gemma3") and local == "post_attention_layernorm":
                role = "attnPostNorm"
            if kind == "gpt2" and local.split(".")[-1] in ("c_proj", "c_fc"):
                value = value.T
            parts = {role: value}
        for role, part in parts.items():
            result[f"block.{layer}.{role}{suffix}"] = np.ascontiguousarray(part)
    return result


def randomised(config):
    torch.manual_seed(SEED)
    model = tf.AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    for parameter in model.parameters():
        parameter.data.normal_(0, 0.5)
    return model.eval()


def state_of(folder):
    return load_file(folder / "model.safetensors")


def internlm2(folder):
    """A model of transformers' remote code, written by hand."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(SEED)
    head = WIDTH // HEADS
    config = dict(
        COMMON, model_type="internlm2", hidden_act="silu", bias=False, rms_norm_eps=1e-5,
        rope_theta=1000000, rope_scaling={"type": "dynamic", "factor": 2.0},
        tie_word_embeddings=False)
    (folder / "config.json").write_text(json.dumps(config, indent=1))
    shapes = {"model.tok_embeddings": (VOCAB, WIDTH), "model.norm": (WIDTH,),
              "output": (VOCAB, WIDTH)}
    for layer in range(LAYERS):
        prefix = f"model.layers.{layer}."
        shapes |= {
            prefix + "attention.wqkv": ((HEADS + 2 * KV_HEADS) * head, WIDTH),
            prefix + "attention.wo": (WIDTH, WIDTH), prefix + "attention_norm": (WIDTH,),
            prefix + "ffn_norm": (WIDTH,), prefix + "feed_forward.w1": (MLP, WIDTH),
            prefix + "feed_forward.w3": (MLP, WIDTH), prefix + "feed_forward.w2": (WIDTH, MLP)}
    save_file(
        {n + ".weight": rng.normal(0, 0.5, s).astype(np.float32) for n, s in shapes.items()},
        folder / "model.safetensors")


def permuted(weights, heads):
    """Rows of each head for llama.cpp's rotation of neighbours."""
    return (weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:])
            .swapaxes(1, 2).reshape(weights.shape))


ARCHITECTURES = dict(
    llama="llama", qwen2="qwen2", qwen3="qwen3", gemma="gemma", gemma2="gemma2", gemma3="gemma3",
    phi3="phi3", internlm2="internlm2", gpt_neox="gptneox", gpt2="gpt2")


def llama3_frequencies():
    frequencies, _ = ROPE_INIT_FUNCTIONS["llama3"](CONFIGS["llama"], device="cpu")
    return frequencies.numpy()


def write_gguf(kind, folder, path):
    arch_name = ARCHITECTURES[kind]
    arch = next(a for a, n in gguf.MODEL_ARCH_NAMES.items() if n == arch_name)
    config = json.loads((folder / "config.json").read_text())
    writer = gguf.GGUFWriter(path, arch_name)
    writer.add_block_count(LAYERS)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(MLP)
    writer.add_head_count(HEADS)
    if kind in ("gpt_neox", "gpt2"):
        writer.add_layer_norm_eps(1e-5)
    else:
        writer.add_head_count_kv(KV_HEADS)
        writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    head = config.get("head_dim") or WIDTH // HEADS
    if kind in ("llama", "qwen3", "gemma", "gemma2", "gemma3"):
        writer.add_key_length(head)
        writer.add_value_length(head)
    if kind == "gpt_neox":
        writer.add_parallel_residual(True)
        writer.add_rope_dimension_count(head // 2)
    if kind in ("gemma2", "gemma3"):
        writer.add_sliding_window(8)
    if kind == "gemma3":
        writer.add_rope_freq_base(1000000.0)
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(8.0)
        writer.add_key_value(
            "gemma3.attention.sliding_window_pattern", 2, gguf.GGUFValueType.UINT32)
    if kind == "phi3":
        writer.add_rope_scaling_orig_ctx_len(32)
        writer.add_rope_scaling_attn_factors(float(np.sqrt(1 + np.log(2) / np.log(32))))
        for name in ("long", "short"):
            factors = np.array(LONGROPE[f"{name}_factor"], dtype=np.float32)
            writer.add_tensor(f"rope_factors_{name}.weight", factors)
    if kind == "internlm2":
        writer.add_rope_freq_base(float(config["rope_theta"]))
    if kind == "llama":
        writer.add_rope_freq_base(500.0)
        plain = 500.0 ** -(np.arange(0, 16, 2) / 16)
        factors = plain / llama3_frequencies()
        writer.add_tensor("rope_freqs.weight", factors.astype(np.float32))
    write_tensors(kind, arch, folder, writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_tensors(kind, arch, folder, writer):
    names = gguf.get_tensor_name_map(arch, LAYERS)
    for name, value in state_of(folder).items():
        parts = {name: value}
        if "attention.wqkv" in name:
            split = split_fused(kind, name.removesuffix(".weight"), value)
            parts = {name.replace("wqkv", f"w{n}"): p for n, p in split.items()}
        if kind == "gpt_neox" and "query_key_value" in name:
            split = split_fused(kind, name.rsplit(".", 1)[0], value)
            parts = {name: np.concatenate([split[n] for n in "qkv"])}
        for part_name, part in parts.items():
            if kind == "llama" and ".q_proj" in part_name or part_name.endswith("attention.wq.weight"):
                part = permuted(part, HEADS)
            if kind == "llama" and ".k_proj" in part_name or part_name.endswith("attention.wk.weight"):
                part = permuted(part, KV_HEADS)
            if kind.startswith("gemma") and part_name.endswith("norm.weight"):
                part = part + 1
            if kind == "gpt2" and part_name.endswith(
                    ("c_attn.weight", "c_proj.weight", "c_fc.weight")):
                part = part.T
            new = names.get_name(part_name, try_suffixes=(".weight", ".bias"))
            writer.add_tensor(new, np.ascontiguousarray(part, dtype=np.float32))


def adapter(kind, folder, targets, label="lora", **options):
    """Trains nothing: random numbers, saved by PEFT, and the weights after its merge."""
    base = tf.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    config = peft.LoraConfig(task_type="CAUSAL_LM", r=3, lora_alpha=6, target_modules=targets,
                             **options)
    model = peft.get_peft_model(base, config)
    torch.manual_seed(SEED + 1)
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            parameter.data.normal_(0, 0.5)
    target = HERE / f"{kind}-{label}"
    model.save_pretrained(target)
    (target / "README.md").unlink(missing_ok=True)
    saved = json.loads((target / "adapter_config.json").read_text())
    # Neither this machine's path nor the order of a set.
    saved |= {"base_model_name_or_path": kind, "target_modules": sorted(saved["target_modules"])}
    (target / "adapter_config.json").write_text(json.dumps(saved, indent=2, sort_keys=True))
    merged = model.merge_and_unload()
    state = {n: v.numpy() for n, v in merged.state_dict().items()}
    if kind == "gpt2":
        state.pop("lm_head.weight", None)
    save_file(expected(kind, state), target / "expected.safetensors")


def main():
    shutil.rmtree(HERE, ignore_errors=True)
    for kind, config in CONFIGS.items():
        randomised(config).save_pretrained(HERE / kind)
        (HERE / kind / "generation_config.json").unlink(missing_ok=True)
    internlm2(HERE / "internlm2")
    for kind in list(CONFIGS) + ["internlm2"]:
        weights = expected(kind, state_of(HERE / kind))
        if kind == "llama":
            weights["rotary frequencies"] = llama3_frequencies()
        save_file(weights, HERE / kind / "expected.safetensors")
        if kind in ARCHITECTURES:
            write_gguf(kind, HERE / kind, HERE / f"{kind}.gguf")
    adapter("llama", HERE / "llama", ["q_proj", "v_proj", "down_proj"],
            rank_pattern={"layers.1.mlp.down_proj": 2}, alpha_pattern={"v_proj": 5})
    adapter("phi3", HERE / "phi3", ["qkv_proj", "gate_up_proj"], use_rslora=True)
    adapter("gpt2", HERE / "gpt2", ["c_attn", "mlp.c_proj"], fan_in_fan_out=True)
    adapter("phi3", HERE / "phi3", ["qkv_proj", "down_proj"], "dora", use_dora=True)
    adapter("gpt2", HERE / "gpt2", ["c_attn"], "dora", use_dora=True, fan_in_fan_out=True)
    adapter("qwen2", HERE / "qwen2", ["q_proj"], "modules", bias="all",
            modules_to_save=["lm_head", "embed_tokens", "norm"])
    adapter("qwen2", HERE / "qwen2", ["q_proj", "embed_tokens", "lm_head"], "embedding")
    adapter("llama", HERE / "llama", ["q_proj"], "tokens", trainable_token_indices=[5, 2])
    # Loading takes what the factors began as out of the base model.
    for initialisation in ("pissa", "olora"):
        adapter("llama", HERE / "llama", ["q_proj", "v_proj", "up_proj"], initialisation,
                init_lora_weights=initialisation)
    # Of a tied pair one may change without the other, which no merge gives.
    adapter("gemma", HERE / "gemma", ["q_proj", "embed_tokens"], "embedding")


if __name__ == "__main__":
    main()
