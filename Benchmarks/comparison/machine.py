"""Where and with what numbers were measured."""

import datetime
import hashlib
import os
import platform
import shlex
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16")
PACKAGES = ("torch", "transformers", "gguf", "h5py", "numpy")


def describe(binary, model, threads):
    return {
        **basics(binary, threads, PACKAGES),
        "model": os.path.basename(model),
        "model_sha256": sha256(model),
    }


def basics(binary, threads, packages):
    root = Path(__file__).resolve().parents[2]
    facts = cpu_facts()
    flags = facts.get("flags", "").split()
    return {
        "cpu": facts.get("model name", platform.processor() or "unknown"),
        "cores": os.cpu_count(),
        "instruction_sets": [flag for flag in FLAGS if flag in flags],
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.platform(),
        "load_average": list(os.getloadavg()),
        "threads": threads,
        "python": platform.python_version(),
        "packages": {name: version(name) for name in packages},
        "commit": commit(root),
        "binary_sha256": sha256(binary),
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        # Without the folders of the machine it ran on.
        "command": shlex.join(["python3", sys.argv[0], *map(os.path.basename, sys.argv[1:])]),
    }


def cpu_facts():
    facts = {}
    if not os.path.exists("/proc/cpuinfo"):
        return facts
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        facts.setdefault(name.strip(), value.strip())
    return facts


def commit(root):
    done = subprocess.run(
        ["git", "-C", root, "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
        capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.strip() or "unknown"


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
