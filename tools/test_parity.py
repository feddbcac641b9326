#!/usr/bin/env python3
"""Whether kernels give the same bits with every family of instruction sets, 64-bit ARM among them.

Compiles Tests/arm with the kernels twice, for this x86-64 machine and for 64-bit ARM, runs it with
every family that the machine has and in qemu, and compares the digests. Debian's cross compiler
links; clang compiles, since the kernels use its vectors.
"""
import os
import pathlib
import platform
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = ROOT / ".build" / "arm"
CROSS = "aarch64-linux-gnu"
ARM_FAMILY = "neon"
# Families whose products of bfloat16 pairs round otherwise, each in its own way.
PAIRS_FAMILIES = {"avx512-bf16", "amx-bf16"}


def run(*command: object, **environment: str) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(
        words, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}, check=False
    )
    if done.returncode != 0:
        sys.exit(f"make test-arm: this failed with {done.returncode}: {' '.join(words)}")
    return done.stdout


def clang() -> str:
    """The one that comes with Swift, which compiles the workbench's kernels, or another."""
    swift = shutil.which("swift")
    beside = pathlib.Path(swift).resolve().with_name("clang") if swift else None
    return str(beside) if beside and beside.exists() else "clang"


def objects(folder: pathlib.Path, *target: str) -> list[pathlib.Path]:
    kernels = ROOT / "Sources/CKernels"
    made = []
    for source in sorted([*kernels.rglob("*.c"), *(ROOT / "Tests/arm").glob("*.c")]):
        made.append((folder / source.relative_to(ROOT)).with_suffix(".o"))
        made[-1].parent.mkdir(parents=True, exist_ok=True)
        run(clang(), *target, "-O2", "-I", kernels / "include", "-c", source, "-o", made[-1])
    return made


def build_native() -> pathlib.Path:
    program = BUILD / "parity"
    run(clang(), *objects(BUILD / "native"), "-lm", "-o", program)
    return program


def build_arm() -> pathlib.Path:
    program = BUILD / "parity-arm"
    target = [f"--target={CROSS}", "-isystem", f"/usr/{CROSS}/include"]
    # Without its own C library qemu would look for that of an ARM system.
    run(f"{CROSS}-gcc", "-static", *objects(BUILD / "arm", *target), "-lm", "-o", program)
    return program


def digests(output: str, family: str) -> dict[tuple[str, str, str], str]:
    """By kernel, sizes, and whether dot products of pairs are used."""
    first, *lines = output.splitlines()
    if first != f"family\t{family}":
        sys.exit(f"make test-arm: the kernels ran as {first!r} instead of {family}")
    rows = [line.split("\t") for line in lines]
    return {(kernel, sizes, pairs): digest for kernel, sizes, pairs, digest in rows}


def runs() -> dict[str, dict[tuple[str, str, str], str]]:
    """The digests of every family that can run here."""
    native = build_native()
    families = run(native, "families").split()
    print(f"this machine has {', '.join(families)}")
    found = {name: digests(run(native, WORKBENCH_ISA=name), name) for name in families}
    if ARM_FAMILY not in families:
        found[ARM_FAMILY] = digests(run("qemu-aarch64", build_arm()), ARM_FAMILY)
        print(f"{ARM_FAMILY} ran in qemu")
    return found


def failures(found: dict[str, dict[tuple[str, str, str], str]]) -> int:
    """Prints a line for each kernel and shape; how many differ."""
    cases = list(next(iter(found.values())))
    width = max(len(f"{kernel} {sizes}") for kernel, sizes, _ in cases)
    failed = 0
    for case in cases:
        kernel, sizes, pairs = case
        by_family = {
            family: rows.get(case, "missing")
            for family, rows in found.items()
            if pairs == "-" or family not in PAIRS_FAMILIES
        }
        digests_seen = set(by_family.values())
        verdict = digests_seen.pop() if len(digests_seen) == 1 else "differs: " + ", ".join(
            f"{family} {digest}" for family, digest in by_family.items()
        )
        failed += verdict.startswith("differs")
        print(f"{kernel + ' ' + sizes:{width}}  {verdict}")
    return failed


def main() -> None:
    if platform.machine() not in ("x86_64", "aarch64"):
        sys.exit(f"make test-arm: there are no kernels for {platform.machine()} to compare with")
    found = runs()
    if len(found) < 2:
        sys.exit("make test-arm: only one family ran here, so there is nothing to compare")
    if len({frozenset(rows) for rows in found.values()}) > 1:
        sys.exit("make test-arm: families ran different kernels or shapes")
    failed = failures(found)
    print(f"{len(next(iter(found.values()))) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
