"""The sound files that are damaged, and the commands that read each."""

import json
import shutil
import struct
from dataclasses import dataclass
from pathlib import Path

TINY = Path(__file__).resolve().parents[2] / "Tests/CommandLineTests/Fixtures/tiny-chat.gguf"
PROMPTS = [{"prompt": f"How do I do {i}?", "label": "unsafe" if i % 2 else "safe"} for i in range(12)]


@dataclass
class Base:
    """A file to damage: its name below the working folder, and what reads it."""

    name: str
    commands: list


def write_all(program):
    """Writes every base into the program's folder; returns them by format."""
    folder = Path(program.folder)
    shutil.copy(TINY, folder / "tiny.gguf")
    write_prompts(folder)
    write_model_folder(folder / "model")
    program.must(
        "dump-activations", "-m", "tiny.gguf", "-p", "prompts.jsonl", "-o", "states.h5",
        "--response", "Sure", "--positions", "query-end,last")
    program.must("vectors", "states.h5", "--anchors", "3", "-o", "vectors.h5")
    program.must("tsne", "states.h5", "--perplexity", "2", "-o", "vectors.h5")
    program.must("vectors", "convert", "vectors.h5", "-o", "vectors.safetensors")
    program.must("vectors", "convert", "vectors.h5", "--layers", "1", "-o", "vectors.gguf")
    dry = ["--dry-run", "-o", "unused.h5"]
    reading = ["dump-activations", "-m", "tiny.gguf", *dry, "-p"]
    return {
        "gguf": [Base("tiny.gguf", [["models", "verify", "tiny.gguf"]])],
        "folder": [
            Base(f"model/{name}", [["models", "verify", "model"]])
            for name in ("config.json", "model.safetensors", "tokenizer.json",
                         "tokenizer_config.json", "generation_config.json")],
        "prompts": [
            Base(name, [[*reading, name]])
            for name in ("prompts.csv", "prompts.jsonl", "prompts.json", "prompts.txt")],
        "vectors": [
            Base("vectors.safetensors", [["vectors", "convert", "vectors.safetensors", "-o", "x.h5"]]),
            Base("vectors.gguf", [["vectors", "convert", "vectors.gguf", "--gguf-index", "block",
                                   "-o", "x.h5"]])],
        "hdf5": [
            Base("vectors.h5", [["vectors", "convert", "vectors.h5", "-o", "x.safetensors"],
                                ["figure", "vectors.h5", "tsne", "-o", "x.svg"]]),
            Base("states.h5", [["classify", "states.h5", "--vectors", "sound.h5"],
                               ["vectors", "states.h5", "--anchors", "3", "-o", "x.h5"]])],
    }


def write_prompts(folder):
    lines = "".join(json.dumps(row) + "\n" for row in PROMPTS)
    (folder / "prompts.jsonl").write_text(lines)
    (folder / "prompts.json").write_text(json.dumps(PROMPTS))
    (folder / "prompts.txt").write_text("".join(row["prompt"] + "\n" for row in PROMPTS))
    rows = "".join(f'"{row["prompt"]}",{row["label"]}\n' for row in PROMPTS)
    (folder / "prompts.csv").write_text("prompt,label\n" + rows)


def write_model_folder(folder):
    """A llama of one block, with a byte-level tokenizer of 256 bytes and three control tokens."""
    folder.mkdir()
    letters = byte_letters()
    vocabulary = {letter: index for index, letter in enumerate(letters)}
    control = ["<s>", "</s>", "<|im_end|>"]
    for token in control:
        vocabulary[token] = len(vocabulary)
    config = {
        "model_type": "llama", "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 1,
        "num_attention_heads": 2, "num_key_value_heads": 1, "vocab_size": len(vocabulary),
        "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "tie_word_embeddings": True}
    tokenizer = {
        "version": "1.0", "normalizer": {"type": "NFC"},
        "added_tokens": [
            {"id": vocabulary[token], "content": token, "special": True, "single_word": False,
             "lstrip": False, "rstrip": False, "normalized": False} for token in control],
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": r"\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+|\s+"},
             "behavior": "Isolated", "invert": False},
            {"type": "ByteLevel", "add_prefix_space": False, "use_regex": False}]},
        "decoder": {"type": "ByteLevel"},
        "model": {"type": "BPE", "vocab": vocabulary, "merges": []}}
    template = (
        "{% for m in messages %}{{ m.role | upper }}: {{ m['content'].strip() }}<|im_end|>\n"
        "{% endfor %}{% if add_generation_prompt %}{{ '> ' ~ loop_count|default(1) }}{% endif %}")
    settings = {"bos_token": "<s>", "eos_token": "</s>", "chat_template": template}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": [257, 258]}))
    (folder / "model.safetensors").write_bytes(weights(config))


def byte_letters():
    """GPT-2's letters for the 256 bytes."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 512))
    return [chr(byte if byte in printable else next(others)) for byte in range(256)]


def weights(config):
    width, inner = config["hidden_size"], config["intermediate_size"]
    keys = width // 2
    shapes = {"model.embed_tokens.weight": [config["vocab_size"], width], "model.norm.weight": [width]}
    for name, shape in {
            "input_layernorm": [width], "post_attention_layernorm": [width],
            "self_attn.q_proj": [width, width], "self_attn.k_proj": [keys, width],
            "self_attn.v_proj": [keys, width], "self_attn.o_proj": [width, width],
            "mlp.gate_proj": [inner, width], "mlp.up_proj": [inner, width],
            "mlp.down_proj": [width, inner]}.items():
        shapes[f"model.layers.0.{name}.weight"] = shape
    header, data = {}, b""
    for name, shape in shapes.items():
        count = shape[0] * (shape[1] if len(shape) > 1 else 1)
        numbers = [((i * 37 + len(name)) % 19 - 9) / 20 for i in range(count)]
        start, data = len(data), data + struct.pack(f"<{count}f", *numbers)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [start, len(data)]}
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data
