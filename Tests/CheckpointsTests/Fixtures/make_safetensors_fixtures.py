"""Writes the safetensors fixtures of this folder; see README.md for versions and how to run."""

import json
import shutil
import struct
from pathlib import Path

import numpy as np
import torch
from huggingface_hub import save_torch_state_dict
from safetensors import SafetensorError, deserialize
from safetensors.torch import save_file

HERE = Path(__file__).parent
SEED = 20240611


def without_signalling_nans(bits, exponent, quiet):
    """Processors disagree about their bits after a conversion."""
    is_nan = (bits & exponent == exponent) & (bits & (quiet * 2 - 1) != 0)
    return np.where(is_nan, bits | quiet, bits)


def tensor_types(path):
    """NAME.expected holds the float32 numbers that torch makes of the tensor NAME."""
    patterns = np.arange(0, 0x10000, 61).astype(np.uint16)[:1050].reshape(2, 3, 175)
    half = without_signalling_nans(patterns, 0x7C00, 0x0200).astype(np.uint16)
    brain = without_signalling_nans(patterns, 0x7F80, 0x0040).astype(np.uint16)
    special = [0.0, -0.0, 1.5, float("inf"), float("-inf"), float("nan"), 1e-45, 3.4028235e38]
    tensors = {
        "f32": torch.tensor(special),
        "f16": torch.from_numpy(half.view(np.int16)).view(torch.float16),
        "bf16": torch.from_numpy(brain.view(np.int16)).view(torch.bfloat16),
    }
    tensors |= {
        f"{name}.expected": tensor.to(torch.float32, copy=True)
        for name, tensor in tensors.items()
    }
    tensors |= {
        "i64": torch.tensor([[1, -2, 3]]),
        "bool": torch.tensor([True, False]),
        "f8": torch.tensor([1.0, 2.0]).to(torch.float8_e4m3fn),
        "scalar": torch.tensor(2.5),
        "empty": torch.zeros(3, 0),
        'odd "name"/\\ü🙂\n': torch.tensor([1.0, 2.0]),
    }
    save_file(tensors, path, metadata={"format": "pt", "note": 'said "ü🙂"\n'})


def folders(single, sharded):
    """The same tensors in one file, and spread over shards with an index."""
    generator = torch.Generator().manual_seed(SEED)
    types = [torch.float32, torch.bfloat16, torch.float16]
    tensors = {
        f"model.layers.{layer}.mlp.up_proj.weight":
            torch.randn(4, 8, generator=generator).to(types[layer % 3])
        for layer in range(7)
    }
    for folder, size in [(single, "1GB"), (sharded, 200)]:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        save_torch_state_dict(
            tensors, folder, max_shard_size=size, metadata={"format": "pt"})


def tensor(dtype="F32", shape=(1,), offsets=(0, 4)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


def headers():
    """Pairs of a header's text and the count of data bytes behind it."""
    ok = json.dumps(tensor())
    objects = [
        ({}, 0), ({}, 1), ({"t": tensor()}, 4), ({"t": tensor()}, 3), ({"t": tensor()}, 5),
        ({"": tensor()}, 4), ({"__metadata__": {}}, 0), ({"__metadata__": {"a": "b"}}, 0),
        ({"__metadata__": {"a": 1}}, 0), ({"__metadata__": []}, 0),
        ({"a": tensor(), "b": tensor(offsets=(4, 8))}, 8),
        ({"b": tensor(offsets=(4, 8)), "a": tensor()}, 8),
        ({"a": tensor(), "b": tensor(offsets=(5, 9))}, 9),
        ({"a": tensor(), "b": tensor(offsets=(3, 7))}, 7),
        ({"a": tensor(), "b": tensor()}, 4),
        ({"a": tensor(), "b": tensor(shape=[0], offsets=(4, 4))}, 4),
        ({"a": tensor(shape=[0], offsets=(0, 0)), "b": tensor()}, 4),
        ({"a": tensor(shape=[2], offsets=(0, 8)), "b": tensor(shape=[0], offsets=(4, 4))}, 8),
        ({"t": tensor(shape=[])}, 4), ({"t": tensor(shape=[0, 3], offsets=(0, 0))}, 0),
        ({"t": tensor(shape=[1 << 62, 4, 0], offsets=(0, 0))}, 0),
        ({"t": tensor(shape=[1 << 33, 1 << 33])}, 4), ({"t": tensor(shape=[2])}, 4),
        ({"t": tensor(shape=[1 << 62])}, 4), ({"t": tensor(shape=[-1])}, 4),
        ({"t": tensor(shape=[1.0])}, 4), ({"t": tensor(shape=["1"])}, 4),
        ({"t": tensor(shape=[1 << 64])}, 4), ({"t": tensor(shape=[[1]])}, 4),
        ({"t": tensor(offsets=(4, 0))}, 4), ({"t": tensor(offsets=(0, 4, 8))}, 4),
        ({"t": tensor(offsets=(0,))}, 4), ({"t": tensor(offsets=())}, 4),
        ({"t": tensor(offsets=(-4, 0))}, 4), ({"t": tensor(offsets=(0, 4.0))}, 4),
        ({"t": tensor(offsets=((1 << 64) - 4, 1 << 64))}, 4),
        ({"t": tensor(offsets=((1 << 63) - 5, (1 << 63) - 1))}, 4),
        ({"t": {"dtype": "F32", "shape": [1]}}, 4), ({"t": {}}, 0), ({"t": 7}, 0),
        ({"t": {"dtype": 7, "shape": [1], "data_offsets": [0, 4]}}, 4),
        ({"t": tensor("F4", [2], (0, 1))}, 1), ({"t": tensor("F4", [3], (0, 2))}, 2),
        ({"t": tensor("F6_E2M3", [4], (0, 3))}, 3), ({"t": tensor("C64", [1], (0, 8))}, 8),
        ([], 0), ("t", 0), (None, 0), (7, 0),
    ]
    for dtype, size in [
        ("BOOL", 1), ("U8", 1), ("I8", 1), ("F8_E5M2", 1), ("F8_E4M3", 1), ("F8_E8M0", 1),
        ("F8_E4M3FNUZ", 1), ("F8_E5M2FNUZ", 1), ("I16", 2), ("U16", 2), ("F16", 2), ("BF16", 2),
        ("I32", 4), ("U32", 4), ("I64", 8), ("U64", 8), ("F64", 8),
    ]:
        objects += [({"t": tensor(dtype, [3], (0, 3 * size))}, 3 * size)]
        objects += [({"t": tensor(dtype, [3], (0, 3 * size + 1))}, 3 * size + 1)]
    yield from ((json.dumps(value), count) for value, count in objects)
    for text in [
        "", " ", "{", "{}}", "{} {}", "{},", "{}   ", "{}\n\t\r ", "{}\0", "{\n}", '{"t"}',
        '{"t":%s,}' % ok, '{,"t":%s}' % ok, '{"t" %s}' % ok, '{t:%s}' % ok, "{'t':%s}" % ok,
        '{"t":%s' % ok, '{"t\n":%s}' % ok, '{"\\u00e9\\n\\/\\"":%s}' % ok, '{"\\x":%s}' % ok,
        '{"\\ud83d\\ude42":%s}' % ok, '{"\\ud83d":%s}' % ok, '{"\\ude42\\ud83d":%s}' % ok,
        '{"\\u12":%s}' % ok, '{"\\u+123":%s}' % ok, '{"t\\', '{"\\u0000":%s}' % ok,
        '{"é":%s}' % ok, '{"t":%s}//' % ok, '{"t":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}',
        '{"t":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
        '{"t":{"dtype":"F32","shape":[1,],"data_offsets":[0,4]}}',
        '{"t":{"dtype":"F32","shape":[+1],"data_offsets":[0,4]}}',
        '{"t":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}}',
        '{"t":{"dtype":"F32","shape":[1 1],"data_offsets":[0,4]}}',
        '{"t":{"dtype":"F32","shape":[1],"data_offsets":[-0,4]}}',
    ]:
        yield text, 4 if "t" in text or "\\" in text or "é" in text else 0


def verdicts(path):
    """What the reference implementation says about each header."""
    def accepts(text, count):
        header = text.encode()
        try:
            deserialize(struct.pack("<Q", len(header)) + header + bytes(count))
            return True
        except SafetensorError:
            return False

    lines = [
        json.dumps({"header": text, "dataBytes": count, "accepted": accepts(text, count)})
        for text, count in headers()
    ]
    path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    tensor_types(HERE / "tensor-types.safetensors")
    folders(HERE / "safetensors-single", HERE / "safetensors-sharded")
    verdicts(HERE / "safetensors-verdicts.jsonl")
