#!/usr/bin/env python3
"""Writes a GGUF file of Llama 2 7B's shape with random weights in Q4_0, to measure speed and memory.

    pip install -r Benchmarks/requirements.txt && make model
    python3 Benchmarks/synthetic_llama.py llama-7b.Q4_0.gguf [--layers 32]

All matrices are Q4_0, the unembedding too, for which files in use often take Q6_K: 3.8 GB. Scales
are such that states stay about as large as the embedding's. The tokenizer and chat template are
those of the default model, cut to the vocabulary, so any prompt can be read; answers mean nothing.
"""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np

CACHE = Path(os.environ.get("WORKBENCH_CACHE") or Path.home() / ".cache/workbench")
BLOCK = 32
# A block is a float16 scale and 16 bytes of two numbers each, of which 8 is taken away.
BLOCK_BYTES = 2 + BLOCK // 2
# The deviation of 16 equally likely numbers one apart.
DEVIATION = np.sqrt((16**2 - 1) / 12)
CONTEXT = 4096
EPSILON = 1e-5
ROPE_BASE = 10000.0


@dataclass
class Matrix:
    """Random weights [rows, columns] that make of columns of deviation 1 rows of `deviation`."""

    name: str
    rows: int
    columns: int
    deviation: float = 1.0

    def bytes_per_row(self):
        return self.columns // BLOCK * BLOCK_BYTES

    def draw(self, random):
        blocks = self.rows * self.columns // BLOCK
        data = np.frombuffer(random.bytes(blocks * BLOCK_BYTES), np.uint8).copy()
        data = data.reshape(blocks, BLOCK_BYTES)
        scale = self.deviation / (DEVIATION * np.sqrt(self.columns))
        # Of both signs, since the numbers' mean is not 0.
        scales = scale * random.choice(np.float32([-1, 1]), blocks)
        data[:, :2] = scales.astype("<f2").view(np.uint8).reshape(blocks, 2)
        return data.reshape(self.rows, self.bytes_per_row())


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("output", type=Path)
    parser.add_argument("--layers", type=int, default=32)
    parser.add_argument("--d-model", type=int, default=4096)
    parser.add_argument("--d-mlp", type=int, default=11008)
    parser.add_argument("--heads", type=int, default=32)
    parser.add_argument("--kv-heads", type=int, help="as many as heads when absent")
    parser.add_argument("--vocabulary", type=int, default=32000)
    parser.add_argument(
        "--tokenizer", type=Path, help="a GGUF file whose tokenizer is byte-level BPE",
        default=CACHE / "models/SmolLM2-135M-Instruct.Q4_1.gguf",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    options.kv_heads = options.kv_heads or options.heads
    if options.d_model % (options.heads * 2) or options.heads % options.kv_heads:
        parser.error("heads must divide d-model into even parts, and be shared evenly")
    if options.d_model % BLOCK or options.d_mlp % BLOCK:
        parser.error(f"d-model and d-mlp must be multiples of {BLOCK}")
    if not options.tokenizer.exists():
        parser.error(f"{options.tokenizer} is not there; fetch it with `make model`")
    return options


def tensors(options):
    """In the order of the file: matrices, and the widths of vectors of ones."""
    d, mlp = options.d_model, options.d_mlp
    kv = d // options.heads * options.kv_heads
    # What a block adds to the stream, so that the blocks together add as much as is there.
    added = 1 / np.sqrt(2 * options.layers)
    # Embedding rows are taken as they are: numbers of deviation 1.
    yield Matrix("token_embd.weight", options.vocabulary, d, np.sqrt(d))
    for layer in range(options.layers):
        block = f"blk.{layer}."
        yield block + "attn_norm.weight", d
        yield Matrix(block + "attn_q.weight", d, d)
        yield Matrix(block + "attn_k.weight", kv, d)
        yield Matrix(block + "attn_v.weight", kv, d)
        yield Matrix(block + "attn_output.weight", d, d, added)
        yield block + "ffn_norm.weight", d
        yield Matrix(block + "ffn_gate.weight", mlp, d)
        yield Matrix(block + "ffn_up.weight", mlp, d)
        yield Matrix(block + "ffn_down.weight", d, mlp, added)
    yield "output_norm.weight", d
    yield Matrix("output.weight", options.vocabulary, d)


def add_metadata(writer, options):
    d_head = options.d_model // options.heads
    writer.add_name(f"random weights, seed {options.seed}")
    writer.add_block_count(options.layers)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(options.d_model)
    writer.add_feed_forward_length(options.d_mlp)
    writer.add_head_count(options.heads)
    writer.add_head_count_kv(options.kv_heads)
    writer.add_layer_norm_rms_eps(EPSILON)
    writer.add_rope_dimension_count(d_head)
    writer.add_rope_freq_base(ROPE_BASE)
    writer.add_vocab_size(options.vocabulary)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_0)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)


def add_tokenizer(writer, options):
    """The first tokens of another model's vocabulary, and the merges that make them.

    Byte-level BPE numbers its tokens in the order of the merges, so the first ones need no others.
    """
    fields = gguf.GGUFReader(options.tokenizer).fields

    def value(name):
        return fields[f"tokenizer.{name}"].contents()

    tokens = value("ggml.tokens")[: options.vocabulary]
    if len(tokens) < options.vocabulary:
        raise SystemExit(f"{options.tokenizer} has {len(tokens)} tokens, fewer than --vocabulary")
    known = set(tokens)
    merges = [
        merge for merge in value("ggml.merges")
        if known.issuperset([*merge.split(" "), merge.replace(" ", "")])
    ]  # fmt: skip
    writer.add_tokenizer_model(value("ggml.model"))
    writer.add_tokenizer_pre(value("ggml.pre"))
    writer.add_token_list(tokens)
    writer.add_token_types(value("ggml.token_type")[: options.vocabulary])
    writer.add_token_merges(merges)
    writer.add_bos_token_id(value("ggml.bos_token_id"))
    writer.add_eos_token_id(value("ggml.eos_token_id"))
    writer.add_add_bos_token(value("ggml.add_bos_token"))
    writer.add_chat_template(value("chat_template"))


def main():
    options = arguments()
    partial = options.output.with_name(options.output.name + ".partial")
    writer = gguf.GGUFWriter(partial, "llama")
    add_metadata(writer, options)
    add_tokenizer(writer, options)
    for tensor in tensors(options):
        if isinstance(tensor, Matrix):
            shape = (tensor.rows, tensor.bytes_per_row())
            writer.add_tensor_info(
                tensor.name, shape, np.dtype(np.uint8), shape[0] * shape[1],
                raw_dtype=gguf.GGMLQuantizationType.Q4_0,
            )  # fmt: skip
        else:
            name, width = tensor
            writer.add_tensor_info(name, (width,), np.dtype(np.float32), 4 * width)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    random = np.random.default_rng(options.seed)
    for tensor in tensors(options):
        is_matrix = isinstance(tensor, Matrix)
        data = tensor.draw(random) if is_matrix else np.ones(tensor[1], np.float32)
        writer.write_tensor_data(data)
    writer.close()
    partial.replace(options.output)
    print(f"{options.output}: {options.output.stat().st_size / 1e9:.2f} GB")


if __name__ == "__main__":
    main()
