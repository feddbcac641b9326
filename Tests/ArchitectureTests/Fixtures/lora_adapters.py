"""PEFT adapters on the tiny models, with the numbers of the models merged with them."""

import json

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM

import reference

ADAPTERS = {
    # Ranks and alphas by module; the pattern of a whole name and that of an ending.
    "llama3_patterns": ("llama3", dict(
        r=4, lora_alpha=8,
        target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
        rank_pattern={"v_proj": 2, "model.layers.1.self_attn.q_proj": 3},
        alpha_pattern={"down_proj": 5, "layers.0.mlp.up_proj": 16})),
    "llama3_rslora": ("llama3", dict(
        r=4, lora_alpha=3, use_rslora=True, target_modules=["q_proj", "v_proj"],
        rank_pattern={"q_proj": 2}, layers_to_transform=[1])),
    "phi3_fused": ("phi3", dict(
        r=3, lora_alpha=6, target_modules=["qkv_proj", "gate_up_proj", "o_proj"])),
    "gpt2_transposed": ("gpt2", dict(
        r=3, lora_alpha=6, target_modules=["c_attn", "c_proj", "c_fc"], fan_in_fan_out=True)),
    "gptneox_grouped": ("gptneox_parallel", dict(
        r=2, lora_alpha=4, target_modules=["query_key_value", "dense_4h_to_h"])),
}


def load(folder):
    return AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager").eval()


def make(name, base, settings, folder, sequences):
    torch.manual_seed(len(name))
    adapted = get_peft_model(load(folder / "models" / base), LoraConfig(**settings))
    for parameter_name, parameter in adapted.named_parameters():
        if "lora_" in parameter_name:
            parameter.data = 0.2 * torch.randn(parameter.shape)
    target = folder / "adapters" / name
    adapted.save_pretrained(target)
    target.joinpath("README.md").unlink(missing_ok=True)
    config_path = target / "adapter_config.json"
    config = json.loads(config_path.read_text()) | dict(base_model_name_or_path=base)
    # PEFT writes a set in any order.
    config["target_modules"].sort()
    config_path.write_text(json.dumps(config, indent=1, sort_keys=True) + "\n")

    original = load(folder / "models" / base)
    plain = reference.expect(original, sequences)["logits"]
    merged = PeftModel.from_pretrained(original, target).merge_and_unload()
    expected = {
        hook: rows for hook, rows in reference.expect(merged, sequences).items()
        if not hook.startswith(("attn_out", "mlp_out"))}
    shown = reference.distance(expected["logits"], plain)
    assert shown > 1000 * reference.TOLERANCE, f"{name} changes the logits by {shown} only"
    reference.write(
        expected, sequences, folder / "expected" / name, reference.modules(original))
    print(f"{name}: changes the logits by {shown:.3g}")


def make_all(folder, sequences):
    for name, (base, settings) in ADAPTERS.items():
        make(name, base, settings, folder, sequences)
