"""Writes the GGUF fixtures of this folder; see README.md for versions and how to run."""

import struct
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as T
from gguf import GGUFValueType as V

HERE = Path(__file__).parent
SEED = 20240611

# Byte offsets of the binary16 scales in a block.
SCALE_OFFSETS = {
    T.Q4_0: [0], T.Q4_1: [0, 2], T.Q5_0: [0], T.Q5_1: [0, 2], T.Q8_0: [0],
    T.Q2_K: [80, 82], T.Q3_K: [108], T.Q4_K: [0, 2], T.Q5_K: [0, 2], T.Q6_K: [208],
    T.IQ4_NL: [0], T.IQ4_XS: [0],
}
# Added later, and so after all others: the numbers before stay as they are.
TABLE_TYPES = [T.IQ4_NL, T.IQ4_XS]


def random_scales(rng, count):
    """Finite binary16 numbers: mostly ordinary, every fourth subnormal, both signs, zeros."""
    ordinary = rng.normal(0, 0.05, count).astype(np.float16).view(np.uint16)
    subnormal = rng.integers(0, 0x400, count).astype(np.uint16)
    sign = (rng.integers(0, 2, count) << 15).astype(np.uint16)
    return np.where(np.arange(count) % 4 == 3, subnormal | sign, ordinary)


def random_blocks(rng, qtype, rows, blocks_per_row):
    """Random bytes with finite scales: [rows, bytes per row]."""
    _, size = gguf.GGML_QUANT_SIZES[qtype]
    blocks = rng.integers(0, 256, (rows * blocks_per_row, size), dtype=np.uint8)
    for offset in SCALE_OFFSETS[qtype]:
        scales = random_scales(rng, len(blocks))
        blocks[:, offset:offset + 2] = scales.view(np.uint8).reshape(-1, 2)
    return blocks.reshape(rows, -1)


def finish(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def tensor_types(path):
    """Each tensor NAME is followed by NAME.expected: the float32 numbers of gguf.quants."""
    rng = np.random.default_rng(SEED)
    writer = gguf.GGUFWriter(path, "llama")

    def add(name, data, qtype):
        writer.add_tensor(name, data, raw_dtype=qtype)
        expected = gguf.quants.dequantize(data, qtype)
        writer.add_tensor(f"{name}.expected", np.ascontiguousarray(expected, dtype=np.float32))

    # All binary16 and bfloat16 exponents and signs, infinities and NaNs included.
    halves = (np.arange(0, 0x10000, 37) & 0xFFFF).astype(np.uint16)[:1764].reshape(4, 441)
    add("f16", halves.view(np.uint8), T.F16)
    add("bf16", halves.view(np.uint8), T.BF16)
    def add_blocks(qtype):
        block_size, _ = gguf.GGML_QUANT_SIZES[qtype]
        rows, blocks = (3, 5) if block_size == 32 else (3, 2)
        add(qtype.name.lower(), random_blocks(rng, qtype, rows, blocks), qtype)

    for qtype in SCALE_OFFSETS:
        if qtype not in TABLE_TYPES:
            add_blocks(qtype)
    for qtype in [T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1, T.Q8_0]:
        numbers = rng.normal(0, 1, (2, 96)).astype(np.float32)
        add(f"{qtype.name.lower()}.quantized", gguf.quants.quantize(numbers, qtype), qtype)
    for qtype in TABLE_TYPES:
        add_blocks(qtype)
    finish(writer)


def metadata_types(path):
    writer = gguf.GGUFWriter(path, "metadata-test")
    for vtype, value in [
        (V.UINT8, 255), (V.INT8, -128), (V.UINT16, 65535), (V.INT16, -32768),
        (V.UINT32, 2**32 - 1), (V.INT32, -2**31), (V.UINT64, 2**64 - 1), (V.INT64, -2**63),
        (V.FLOAT32, 0.1), (V.FLOAT64, 0.1), (V.BOOL, True), (V.STRING, "Grüße, 世界 🦙"),
    ]:
        writer.add_key_value(f"scalar.{vtype.name.lower()}", value, vtype)
    for vtype, values in [
        (V.UINT8, [0, 255]), (V.INT8, [-128, 127]), (V.UINT16, [0, 65535]),
        (V.INT16, [-32768, 32767]), (V.UINT32, [0, 2**32 - 1]), (V.INT32, [-2**31, 2**31 - 1]),
        (V.UINT64, [0, 2**63 - 1]), (V.INT64, [-2**63, 2**63 - 1]), (V.FLOAT32, [0.1, -2.5]),
        (V.FLOAT64, [0.1, -2.5]), (V.BOOL, [True, False, True]), (V.STRING, ["", "a", "Ġ世界"]),
    ]:
        writer.add_key_value(f"array.{vtype.name.lower()}", values, V.ARRAY, vtype)
    writer.add_key_value("array.nested", [[1, 2, 3], [4]], V.ARRAY)
    writer.add_key_value("array.nested_strings", [["x", "yz"], [""]], V.ARRAY)
    finish(writer)


def tiny_llama(path):
    """Two blocks of random weights; dModel 32, 4 heads, 2 key-value heads, dMLP 64, 48 tokens."""
    rng = np.random.default_rng(SEED + 1)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(2)
    writer.add_context_length(128)
    writer.add_embedding_length(32)
    writer.add_feed_forward_length(64)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_rope_freq_base(100000.0)
    writer.add_rope_dimension_count(8)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(48)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list([f"<token {i}>" for i in range(48)])
    writer.add_token_types([1] * 48)
    writer.add_token_merges(["Ġ t", "Ġ a", "i n"])
    writer.add_bos_token_id(1)

    def add(name, shape, qtype):
        numbers = rng.normal(0, 0.1, shape).astype(np.float32)
        writer.add_tensor(name, gguf.quants.quantize(numbers, qtype), raw_dtype=qtype)

    add("token_embd.weight", (48, 32), T.Q8_0)
    for block in range(2):
        prefix = f"blk.{block}."
        add(prefix + "attn_norm.weight", (32,), T.F32)
        add(prefix + "attn_q.weight", (32, 32), T.Q4_0)
        add(prefix + "attn_k.weight", (16, 32), T.Q4_1)
        add(prefix + "attn_v.weight", (16, 32), T.Q5_0)
        add(prefix + "attn_output.weight", (32, 32), T.Q5_1)
        add(prefix + "ffn_norm.weight", (32,), T.F32)
        add(prefix + "ffn_gate.weight", (64, 32), T.Q4_0)
        add(prefix + "ffn_up.weight", (64, 32), T.Q4_1)
        add(prefix + "ffn_down.weight", (32, 64), T.Q4_1)
    add("output_norm.weight", (32,), T.F32)
    finish(writer)


def as_version_2(source, target):
    """Versions 2 and 3 differ, for little-endian files, in the version number only."""
    data = bytearray(source.read_bytes())
    data[4:8] = struct.pack("<I", 2)
    target.write_bytes(data)


if __name__ == "__main__":
    assert np.__version__ == "2.4.6", np.__version__
    tensor_types(HERE / "tensor-types.gguf")
    metadata_types(HERE / "metadata-types.gguf")
    tiny_llama(HERE / "tiny-llama.gguf")
    as_version_2(HERE / "tiny-llama.gguf", HERE / "tiny-llama-v2.gguf")
