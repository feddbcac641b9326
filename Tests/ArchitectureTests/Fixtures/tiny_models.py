"""Tiny random models, one for each architecture and each way in which it can differ."""

from dataclasses import dataclass, field

import torch
from transformers import (
    AutoModelForCausalLM, Gemma2Config, Gemma3TextConfig, GemmaConfig, GPT2Config, GPTNeoXConfig,
    LlamaConfig, MistralConfig, Phi3Config, PreTrainedConfig, Qwen2Config, Qwen3Config)

VOCABULARY = 48
# Shorter than the sequences, so that windows hide something.
WINDOW = 5
# One of the three sequences is longer, one is exactly as long.
SHORT_CONTEXT = 9

common = dict(
    vocab_size=VOCABULARY, hidden_size=32, intermediate_size=40, num_hidden_layers=2,
    num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=64,
    pad_token_id=None, bos_token_id=1, eos_token_id=2)
# Eight pairs of columns turn in each head: enough for frequency rules to treat them differently.
wide_heads = common | dict(num_attention_heads=2, num_key_value_heads=1, head_dim=16)
gemma_common = common | dict(head_dim=8)
plain_rope = dict(rope_type="default", rope_theta=10000.0)
llama3_rope = dict(
    rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
    original_max_position_embeddings=32)
yarn_rope = dict(
    rope_type="yarn", rope_theta=10000.0, factor=4.0, original_max_position_embeddings=64)
longrope = dict(
    rope_type="longrope", rope_theta=10000.0, partial_rotary_factor=0.75,
    short_factor=[1.0, 1.1, 1.3, 1.6, 2.0, 2.5], long_factor=[1.5, 2.0, 4.0, 7.0, 11.0, 16.0])


@dataclass
class TinyModel:
    """A configuration, how it is stored, and the changes that must show in its logits."""

    config: PreTrainedConfig
    stored_as: torch.dtype = torch.bfloat16
    shards: int = 1
    # general.architecture of the GGUF twin; None where llama.cpp has no such model.
    twin: str | None = None
    # What transformers understands of the twin too: "all" of it or its "weights".
    reloads: str | None = None
    # Changes to the configuration: what is switched off, and the members that do it.
    ablations: dict[str, dict] = field(default_factory=dict)
    # config.json in the form that transformers before version 5 wrote: members to set or, with
    # None, to remove.
    version4: dict | None = None
    # The layout of InternLM2, whose modeling code is not in transformers.
    internlm2: bool = False


def rope(parameters, **others):
    return dict(rope_parameters=dict(parameters, **others))


old_rope = dict(rope_parameters=None, rope_theta=10000.0)

MODELS = {
    "llama3": TinyModel(
        LlamaConfig(**wide_heads, **rope(llama3_rope), tie_word_embeddings=False),
        stored_as=torch.float16, shards=2, twin="llama", reloads="weights",
        ablations={"scaling": rope(plain_rope)},
        version4=old_rope | dict(
            rope_scaling={k: v for k, v in llama3_rope.items() if k != "rope_theta"})),
    "llama_linear": TinyModel(
        LlamaConfig(
            **common, **rope(plain_rope, rope_type="linear", factor=4.0), tie_word_embeddings=True),
        stored_as=torch.float32, twin="llama", reloads="weights",
        ablations={"scaling": rope(plain_rope)},
        version4=old_rope | dict(rope_scaling=dict(type="linear", factor=4.0))),
    "llama_yarn": TinyModel(
        LlamaConfig(
            **wide_heads | dict(max_position_embeddings=256), **rope(yarn_rope),
            attention_bias=True),
        twin="llama", ablations={"scaling": rope(plain_rope)},
        version4=old_rope | dict(
            rope_scaling={k: v for k, v in yarn_rope.items() if k != "rope_theta"})),
    "mistral": TinyModel(
        MistralConfig(**common, **rope(plain_rope), sliding_window=WINDOW),
        ablations={"window": dict(sliding_window=None)}),
    "qwen2": TinyModel(
        Qwen2Config(**common, **rope(plain_rope, rope_theta=1000000.0)),
        twin="qwen2", reloads="all", version4=old_rope | dict(rope_theta=1000000.0)),
    "qwen2_window": TinyModel(
        Qwen2Config(
            **common | dict(hidden_size=24, num_hidden_layers=3), **rope(plain_rope),
            use_sliding_window=True, sliding_window=WINDOW, max_window_layers=1,
            tie_word_embeddings=True),
        ablations={"window": dict(sliding_window=None, layer_types=["full_attention"] * 3)},
        version4=old_rope | dict(layer_types=None)),
    "qwen3": TinyModel(
        Qwen3Config(
            **common | dict(num_attention_heads=3, num_key_value_heads=1, hidden_size=36),
            head_dim=16, **rope(plain_rope, rope_theta=1000000.0)),
        twin="qwen3", reloads="weights", version4=old_rope | dict(rope_theta=1000000.0)),
    "gemma": TinyModel(
        # Google's first files say gelu; transformers and llama.cpp use the approximation.
        GemmaConfig(**gemma_common, **rope(plain_rope), hidden_act="gelu_pytorch_tanh"),
        twin="gemma", version4=old_rope | dict(hidden_act="gelu")),
    "gemma2": TinyModel(
        Gemma2Config(
            **gemma_common, **rope(plain_rope), sliding_window=WINDOW, query_pre_attn_scalar=8,
            attn_logit_softcapping=2.0, final_logit_softcapping=3.0),
        twin="gemma2", reloads="weights",
        ablations={
            "window": dict(layer_types=["full_attention"] * 2),
            "order of windows": dict(layer_types=["full_attention", "sliding_attention"]),
            "cap on scores": dict(attn_logit_softcapping=None),
            "cap on logits": dict(final_logit_softcapping=None),
        },
        version4=old_rope | dict(layer_types=None)),
    "gemma2_scale": TinyModel(
        Gemma2Config(
            **gemma_common | dict(hidden_size=24, num_attention_heads=3, num_key_value_heads=3),
            **rope(plain_rope), query_pre_attn_scalar=3, sliding_window=64),
        ablations={"scale": dict(query_pre_attn_scalar=8)}),
    "gemma3": TinyModel(
        Gemma3TextConfig(
            **gemma_common | dict(num_hidden_layers=6), sliding_window=WINDOW,
            query_pre_attn_scalar=8, rope_parameters=dict(
                full_attention=dict(rope_type="linear", factor=8.0, rope_theta=1000000.0),
                sliding_attention=dict(rope_type="default", rope_theta=10000.0))),
        twin="gemma3", reloads="weights",
        ablations={
            "window": dict(sliding_window=64),
            "local base": dict(rope_parameters=dict(
                full_attention=dict(rope_type="linear", factor=8.0, rope_theta=1000000.0),
                sliding_attention=dict(rope_type="default", rope_theta=1000000.0))),
            "scaling of global layers": dict(rope_parameters=dict(
                full_attention=dict(rope_type="default", rope_theta=1000000.0),
                sliding_attention=dict(rope_type="default", rope_theta=10000.0))),
        },
        version4=dict(
            rope_parameters=None, layer_types=None, rope_theta=1000000.0,
            rope_local_base_freq=10000.0, sliding_window_pattern=6,
            rope_scaling=dict(rope_type="linear", factor=8.0))),
    "phi3": TinyModel(
        Phi3Config(
            **common, **rope(plain_rope, partial_rotary_factor=0.75), sliding_window=WINDOW),
        twin="phi3", reloads="weights",
        ablations={
            "window": dict(sliding_window=None),
            "part that is rotated": rope(plain_rope, partial_rotary_factor=1.0),
        },
        version4=old_rope | dict(partial_rotary_factor=0.75)),
    "phi3_longrope": TinyModel(
        Phi3Config(
            **wide_heads, **rope(longrope), original_max_position_embeddings=SHORT_CONTEXT,
            tie_word_embeddings=True),
        twin="phi3", reloads="weights",
        ablations={
            "scaling": rope(plain_rope, partial_rotary_factor=0.75),
            "long factors": rope(longrope, long_factor=longrope["short_factor"]),
            "short factors": rope(longrope, short_factor=longrope["long_factor"]),
        },
        version4=old_rope | dict(
            partial_rotary_factor=0.75,
            rope_scaling=dict(
                type="longrope", short_factor=longrope["short_factor"],
                long_factor=longrope["long_factor"]))),
    "internlm2": TinyModel(
        LlamaConfig(**common | dict(num_attention_heads=6, hidden_size=48), **rope(plain_rope)),
        twin="internlm2", internlm2=True),
    "internlm2_bias": TinyModel(
        LlamaConfig(
            **common | dict(hidden_size=24), attention_bias=True,
            **rope(plain_rope, rope_type="linear", factor=2.0)),
        internlm2=True),
    "gptneox_parallel": TinyModel(
        GPTNeoXConfig(
            **{k: v for k, v in wide_heads.items() if k not in ("head_dim", "num_key_value_heads")},
            **rope(plain_rope, partial_rotary_factor=0.25), use_parallel_residual=True),
        twin="gptneox",
        ablations={
            "parallel branches": dict(use_parallel_residual=False),
            "part that is rotated": rope(plain_rope, partial_rotary_factor=1.0),
            "exactness of gelu": dict(hidden_act="gelu_pytorch_tanh"),
        },
        version4=dict(rope_parameters=None, rotary_emb_base=10000, rotary_pct=0.25)),
    "gptneox_sequential": TinyModel(
        GPTNeoXConfig(
            **{k: v for k, v in common.items() if k != "num_key_value_heads"} | dict(
                hidden_size=24, num_attention_heads=3),
            **rope(plain_rope, partial_rotary_factor=0.5), use_parallel_residual=False),
        twin="gptneox", ablations={"sequence": dict(use_parallel_residual=True)}),
    "gpt2": TinyModel(
        GPT2Config(
            vocab_size=VOCABULARY, n_embd=36, n_layer=2, n_head=3, n_positions=32,
            bos_token_id=1, eos_token_id=2),
        twin="gpt2", reloads="weights"),
}


def initialise(model, seed):
    """Fills a model so that every tensor shows in the logits."""
    generator = torch.Generator().manual_seed(seed)
    gemma = model.config.model_type.startswith("gemma")
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if name.endswith(".bias"):
            parameter.data = 0.4 * noise
        elif parameter.dim() == 1:
            parameter.data = 0.3 * noise + (0 if gemma else 1)
        elif "embed" in name or "wte" in name or "wpe" in name:
            parameter.data = noise * (model.config.hidden_size ** -0.5 if gemma else 1)
        else:
            inputs = parameter.shape[0 if is_transposed(model, name) else 1]
            parameter.data = 1.3 * inputs ** -0.5 * noise


def is_transposed(model, name):
    return model.config.model_type == "gpt2" and ".h." in name


def build(config, state=None, seed=0):
    """Returns a float32 model with eager attention, and with weights `state` or random ones."""
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").float().eval()
    if state is None:
        initialise(model, seed)
    else:
        model.load_state_dict(state)
    return model.requires_grad_(False)
