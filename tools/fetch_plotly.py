#!/usr/bin/env python3
"""Puts plotly.js (MIT), which reports carry inside, into the cache folder.

The PyPI package plotly carries the minified library; pip fetches the package by name.
"""
import wheels

PLOTLY = wheels.whole(
    "plotly.min.js",
    size=4_815_814,
    sha256="3b6e15d45dbb7fca5bd2094291e961ddc5472cd887009e6009a56dab668d721f",
    package="plotly==7.1.0",
)

if __name__ == "__main__":
    wheels.fetch("make plotly", PLOTLY, wheels.cache())
