"""The same models as GGUF files, laid out as llama.cpp's convert_hf_to_gguf.py does."""

import math

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType, RopeScalingType

STORED_AS = {
    torch.float32: GGMLQuantizationType.F32, torch.float16: GGMLQuantizationType.F16,
    torch.bfloat16: GGMLQuantizationType.BF16}


def write(config, state, architecture, stored_as, path, name):
    """Writes weights `state`, by transformers' names, as a GGUF file of `architecture`."""
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name(name)
    HYPERPARAMETERS.get(architecture, add_common)(writer, config)
    if architecture == "llama":
        writer.add_vocab_size(config.vocab_size)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list([f"t{index}" for index in range(config.vocab_size)])
    for tensor_name, tensor in extra_tensors(config):
        writer.add_tensor(tensor_name, tensor.numpy())
    key = getattr(gguf.MODEL_ARCH, architecture.upper())
    names = gguf.get_tensor_name_map(key, config.num_hidden_layers)
    for hf_name, tensor in state.items():
        for stem, part in convert(config, hf_name, tensor.float(), architecture):
            ending = "." + hf_name.rsplit(".", 1)[1]
            gguf_name = names.get_name(stem, try_suffixes=(".weight", ".bias"))
            assert gguf_name, hf_name
            gguf_name = gguf_name if gguf_name.endswith(ending) else gguf_name + ending
            add(writer, gguf_name, part, stored_as)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def add(writer, name, tensor, stored_as):
    """Adds a tensor; vectors, norms and learned positions are always float32."""
    kind = STORED_AS[stored_as]
    if tensor.dim() == 1 or name.startswith("position_embd"):
        kind = GGMLQuantizationType.F32
    data = np.ascontiguousarray(tensor.numpy())
    writer.add_tensor(name, gguf.quants.quantize(data, kind), raw_dtype=kind)


def permute(weights, n_head):
    """Puts row i of a head next to row i + half, for llama.cpp's rotation of neighbours."""
    halves = weights.reshape(n_head, 2, weights.shape[0] // n_head // 2, *weights.shape[1:])
    return halves.swapaxes(1, 2).reshape(weights.shape)


def convert(config, name, tensor, architecture):
    """Returns the tensors that a tensor of transformers becomes, with names to be mapped."""
    if architecture in ("llama", "internlm2"):
        if ".q_proj." in name:
            tensor = permute(tensor, config.num_attention_heads)
        if ".k_proj." in name:
            tensor = permute(tensor, config.num_key_value_heads)
    elif architecture.startswith("gemma"):
        if name == "lm_head.weight":
            return []
        if name.endswith("norm.weight"):
            tensor = tensor + 1
    elif architecture == "gptneox" and ".query_key_value." in name:
        heads = tensor.reshape(config.num_attention_heads, 3, -1, *tensor.shape[1:])
        tensor = heads.transpose(0, 1).reshape(tensor.shape)
    elif architecture == "gpt2":
        if name.endswith((".c_attn.weight", ".c_proj.weight", ".c_fc.weight")):
            tensor = tensor.T
        if name == "transformer.wte.weight":
            return [(name, tensor), ("lm_head.weight", tensor)]
    name = name.replace("lm_head", "embed_out") if architecture == "gptneox" else name
    return [(name, tensor)]


def add_sizes(writer, config):
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_head_count(config.num_attention_heads)


def add_common(writer, config):
    add_sizes(writer, config)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    if width := getattr(config, "head_dim", None):
        writer.add_key_length(width)
        writer.add_value_length(width)
    if config.model_type != "phi3":
        writer.add_rope_dimension_count(width or config.hidden_size // config.num_attention_heads)
    if "full_attention" not in config.rope_parameters:
        add_rope(writer, config.rope_parameters)


def add_rope(writer, parameters):
    writer.add_rope_freq_base(parameters["rope_theta"])
    if parameters["rope_type"] == "linear":
        writer.add_rope_scaling_type(RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(parameters["factor"])
    if parameters["rope_type"] == "yarn":
        writer.add_rope_scaling_type(RopeScalingType.YARN)
        writer.add_rope_scaling_factor(parameters["factor"])
        writer.add_rope_scaling_orig_ctx_len(parameters["original_max_position_embeddings"])


def add_gemma2(writer, config):
    add_common(writer, config)
    writer.add_attn_logit_softcapping(config.attn_logit_softcapping)
    writer.add_final_logit_softcapping(config.final_logit_softcapping)
    writer.add_sliding_window(config.sliding_window)


def add_gemma3(writer, config):
    add_common(writer, config)
    add_rope(writer, config.rope_parameters["full_attention"])
    writer.add_sliding_window(config.sliding_window)


def add_phi3(writer, config):
    add_common(writer, config)
    width = config.hidden_size // config.num_attention_heads
    fraction = config.rope_parameters.get("partial_rotary_factor", 1.0)
    writer.add_rope_dimension_count(int(fraction * width))
    writer.add_rope_scaling_orig_ctx_len(config.original_max_position_embeddings)
    writer.add_sliding_window(config.sliding_window or 0)
    if config.rope_parameters["rope_type"] == "longrope":
        original = config.original_max_position_embeddings
        factor = config.max_position_embeddings / original
        writer.add_rope_scaling_attn_factors(
            math.sqrt(1 + math.log(factor) / math.log(original)))


def add_gptneox(writer, config):
    add_sizes(writer, config)
    writer.add_feed_forward_length(config.intermediate_size)
    width = config.hidden_size // config.num_attention_heads
    writer.add_rope_dimension_count(
        int(config.rope_parameters["partial_rotary_factor"] * width))
    writer.add_parallel_residual(config.use_parallel_residual)
    writer.add_layer_norm_eps(config.layer_norm_eps)


def add_gpt2(writer, config):
    add_sizes(writer, config)
    writer.add_feed_forward_length(4 * config.hidden_size)
    writer.add_layer_norm_eps(config.layer_norm_epsilon)


HYPERPARAMETERS = dict(
    gemma2=add_gemma2, gemma3=add_gemma3, phi3=add_phi3, gptneox=add_gptneox, gpt2=add_gpt2)


def extra_tensors(config):
    """Frequency factors: the Llama 3 rule worked out, and the two lists of LongRoPE."""
    parameters = getattr(config, "rope_parameters", None) or {}
    if parameters.get("rope_type") == "longrope":
        yield "rope_factors_long.weight", torch.tensor(parameters["long_factor"])
        yield "rope_factors_short.weight", torch.tensor(parameters["short_factor"])
    if parameters.get("rope_type") == "llama3":
        yield "rope_freqs.weight", torch.tensor(llama3_factors(config.head_dim, parameters))


def llama3_factors(width, parameters):
    low, high = parameters["low_freq_factor"], parameters["high_freq_factor"]
    context, factors = parameters["original_max_position_embeddings"], []
    for index in range(0, width, 2):
        wave = 2 * math.pi * parameters["rope_theta"] ** (index / width)
        smooth = min(max((context / wave - low) / (high - low), 0), 1)
        factors.append(1 / ((1 - smooth) / parameters["factor"] + smooth))
    return factors
