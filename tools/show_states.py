#!/usr/bin/env python3
"""Opens a dump with h5py and shows what is in it: a starting point for one's own analysis."""
import sys

import h5py
import numpy as np


def main(path: str) -> None:
    with h5py.File(path) as file:
        print(f"{path}: {file.attrs['model_name']}, {file.attrs['precision']}")
        file.visititems(describe)
        states = file["activations/resid_post"]
        labels = file["prompts/label"].asstr()[:]
        safe, unsafe = labels == "safe", labels == "unsafe"
        place = file["positions/name"].asstr()[0]
        print(f"\n{safe.sum()} safe and {unsafe.sum()} unsafe prompts, {place}, per layer:")
        print("layer  |mean unsafe - mean safe| / mean |state|")
        for index, layer in enumerate(file["layer"][:]):
            rows = states[:, index, 0, :].astype(np.float64)
            direction = rows[unsafe].mean(0) - rows[safe].mean(0)
            share = np.linalg.norm(direction) / np.linalg.norm(rows, axis=1).mean()
            print(f"{layer:5}  {share:.3f} {'#' * round(60 * share)}")


def describe(name: str, item: h5py.HLObject) -> None:
    if isinstance(item, h5py.Dataset) and "/" in name:
        axes = ", ".join(dimension.label for dimension in item.dims)
        print(f"  /{name:28} {item.dtype!s:8} {item.shape}  [{axes}]")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: show_states.py FILE.h5")
    main(sys.argv[1])
