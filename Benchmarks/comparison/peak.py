"""What this machine could do at most, by CPeak: multiply-adds of a family, and reading memory.

Loops are those of `kernel-rates`, compiled here so that no Swift package need be built.
"""

import ctypes
import os
import platform
import shutil
import subprocess
import threading
import time
from pathlib import Path

from . import machine

SOURCES = Path(__file__).resolve().parents[1] / "Sources/CPeak"
# Floats of a family's vectors.
VECTORS = {"neon": 4, "avx2": 8, "avx512": 16, "avx512-bf16": 16, "amx-bf16": 16}
# Numbers of a step, as CPeak.h has it.
STEP = 16
# Steps of multiply-adds in a round.
ADDS = 24 * 1_000_000
# Bytes that all threads together read in a round: far more than caches hold.
BYTES = 1 << 30
ROUNDS = 5


def family():
    """The workbench's family of instruction sets: what WORKBENCH_ISA names, else the fastest."""
    if platform.machine() in ("aarch64", "arm64"):
        return "neon"
    facts = machine.cpu_facts()
    flags = set(facts.get("flags", "").split())
    named = os.environ.get("WORKBENCH_ISA")
    has = ["avx2"]
    if {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"} <= flags:
        has += ["avx512"] + ["avx512-bf16"] * ("avx512_bf16" in flags)
        has += ["amx-bf16"] * ({"avx512_bf16", "amx_tile", "amx_bf16"} <= flags)
    if named in has:
        return named
    # On Intel's processors dot products of pairs are slower than multiply-adds.
    amd = facts.get("vendor_id") == "AuthenticAMD"
    return [one for one in has if amd or one != "avx512-bf16"][-1]


def measure(threads, scratch):
    """The family's peak of multiply-adds in GFLOP/s, and of reading in GB/s, of `threads` threads."""
    vector = VECTORS[family()]
    library = load(scratch)
    # Whole groups of steps, and pages.
    size = BYTES // threads // 4096 * 4096
    parts = [touched(library, size) for _ in range(threads)]
    seconds_adding = best(threads, lambda _: library.peak_multiply_adds(vector, ADDS))
    seconds_reading = best(
        threads, lambda thread: library.peak_sum(vector, parts[thread], size // (4 * STEP))
    )
    for part in parts:
        library.free(part)
    return {
        "family": family(),
        "fma_gflops": 2e-9 * ADDS * STEP * threads / seconds_adding,
        "read_gigabytes_per_second": 1e-9 * size * threads / seconds_reading,
    }


def load(scratch):
    """The loops as a library, whose calls let other threads run."""
    target = scratch / "peak.so"
    command = [clang(), "-O2", "-shared", "-fPIC", "-I", SOURCES / "include"]
    subprocess.run([*command, SOURCES / "peak.c", "-o", target], check=True)
    library = ctypes.CDLL(str(target))
    size, pointer = ctypes.c_size_t, ctypes.c_void_p
    library.peak_multiply_adds.argtypes = [size, size]
    library.peak_sum.argtypes = [size, pointer, size]
    library.peak_multiply_adds.restype = library.peak_sum.restype = ctypes.c_float
    library.peak_memory.argtypes, library.peak_memory.restype = [size], pointer
    library.free.argtypes, library.free.restype = [pointer], None
    return library


def touched(library, size):
    """Memory that is there, not only promised: pages never written to would all be read from one."""
    memory = library.peak_memory(size)
    if not memory:
        raise MemoryError(f"there is no room for {size} bytes to read")
    ctypes.memset(memory, 1, size)
    return memory


def best(threads, work):
    """The least seconds of some rounds of `work(thread)`, which all threads begin together."""
    barrier = threading.Barrier(threads)
    rounds = [[0.0] * threads for _ in range(ROUNDS)]

    def run(thread):
        # Threads that wake together may be put on one processor, and stay there.
        if hasattr(os, "sched_setaffinity"):
            processors = sorted(os.sched_getaffinity(0))
            os.sched_setaffinity(0, {processors[thread % len(processors)]})
        for seconds in rounds:
            barrier.wait()
            start = time.perf_counter()
            work(thread)
            seconds[thread] = time.perf_counter() - start

    workers = [threading.Thread(target=run, args=[thread]) for thread in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return min(map(max, rounds))


def clang():
    """That of Swift: kernels and peak are compiled by one compiler."""
    swift = shutil.which("swift")
    beside = Path(swift).resolve().with_name("clang") if swift else Path("clang")
    return beside if beside.exists() else "clang"
