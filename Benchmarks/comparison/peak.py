"""What this machine could do at most, by peak.c: multiply-adds of a family, and reading memory."""

import os
import platform
import shutil
import subprocess
from pathlib import Path

from . import machine

# How a family's vectors are compiled, and how many sums keep its units busy.
FLAGS = {
    "avx2": ["-mavx2", "-mfma", "-DLANES=8", "-DCHAINS=12"],
    "avx512": ["-mavx512f", "-mfma", "-DLANES=16", "-DCHAINS=24"],
    "neon": ["-DLANES=4", "-DCHAINS=24"],
}


def family():
    """The workbench's family of instruction sets: what WORKBENCH_ISA names, else the latest."""
    if platform.machine() in ("aarch64", "arm64"):
        return "neon"
    flags = machine.cpu_facts().get("flags", "").split()
    named = os.environ.get("WORKBENCH_ISA")
    if {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"} <= set(flags):
        has = ["avx2", "avx512"] + ["avx512-bf16"] * ("avx512_bf16" in flags)
    else:
        has = ["avx2"]
    return named if named in has else has[-1]


def measure(threads, scratch):
    """The family's peak of multiply-adds in GFLOP/s, and of reading in GB/s, of `threads` threads."""
    program = scratch / "peak"
    flags = FLAGS[family().removesuffix("-bf16")]
    source = Path(__file__).with_name("peak.c")
    subprocess.run([clang(), "-O2", *flags, source, "-pthread", "-o", program], check=True)
    done = subprocess.run([program, str(threads)], capture_output=True, text=True, check=True)
    gflops, gigabytes = map(float, done.stdout.split())
    return {"family": family(), "fma_gflops": gflops, "read_gigabytes_per_second": gigabytes}


def clang():
    """That of Swift: kernels and peak are compiled by one compiler."""
    swift = shutil.which("swift")
    beside = Path(swift).resolve().with_name("clang") if swift else Path("clang")
    return beside if beside.exists() else "clang"
