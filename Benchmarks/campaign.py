#!/usr/bin/env python3
"""Damaged files, deaths and failing writes: what the program does with thousands of them.

    pip install h5py
    swift build -c release --product workbench
    python3 Benchmarks/campaign.py --seed 1

Every format gets --mutations damaged files, each read by the program under limits of time and memory
(campaign/program.py); --kills runs are killed at random moments and --failures runs have one write
fail, beside a file that has results already. Prints a line for each fault with its seed, and figures;
the exit code is 1 if there is a fault. Damaged inputs that show one are kept in --keep.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from campaign import bases, mutations
from campaign.interruptions import COMMANDS, Interruptions
from campaign.program import Program

ROOT = Path(__file__).resolve().parents[1]
TEXTS = (".json", ".jsonl", ".csv", ".txt")


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--formats", nargs="*", default=["gguf", "folder", "prompts", "vectors", "hdf5"])
    parser.add_argument("--mutations", type=int, default=10_000, help="of each format")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--failures", type=int, default=200, help="single failing writes")
    parser.add_argument("--keep", type=Path, help="a folder for inputs that show a fault")
    parser.add_argument("--binary", default=str(ROOT / ".build/release/workbench"))
    return parser.parse_args()


def damage(program, format_name, all_bases, count, seed, keep):
    """Reads `count` damaged files of a format; returns the faults, and prints the figures."""
    faults, statuses, longest, most = [], {}, 0.0, 0
    sound = {base.name: (Path(program.folder) / base.name).read_bytes() for base in all_bases}
    for number in range(count):
        chosen = random.Random(f"{seed} {format_name} {number}")
        base = chosen.choice(all_bases)
        path = Path(program.folder) / base.name
        path.write_bytes(mutations.mutate(sound[base.name], chosen, path.suffix in TEXTS))
        for name in ("x.h5", "x.safetensors", "x.svg"):
            (Path(program.folder) / name).unlink(missing_ok=True)
        command = chosen.choice(base.commands)
        ended = program.run(command)
        statuses[ended.status] = statuses.get(ended.status, 0) + 1
        longest, most = max(longest, ended.seconds), max(most, ended.peak_bytes)
        if ended.fault:
            faults.append(f"{format_name} {number}: {' '.join(command)}: {ended.fault}")
            print(faults[-1], flush=True)
            if keep:
                keep.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, keep / f"{format_name}-{number}-{path.name}")
        path.write_bytes(sound[base.name])
    ends = ", ".join(f"{n} with {status}" for status, n in sorted(statuses.items()))
    print(f"{format_name}: {count} damaged files, seed {seed}: {ends}; at most {longest:.2f} s and "
          f"{most >> 20} MB; {len(faults)} faults", flush=True)
    return faults


def main():
    options = arguments()
    binary = os.path.abspath(options.binary)
    faults = []
    with tempfile.TemporaryDirectory(prefix="campaign-") as folder:
        program = Program(binary, folder)
        by_format = bases.write_all(program)
        shutil.copy(Path(folder) / "vectors.h5", Path(folder) / "sound.h5")
        for name in options.formats:
            faults += damage(
                program, name, by_format[name], options.mutations, options.seed, options.keep)
        interruptions = Interruptions(program, "vectors.h5")
        for kind, count in (("kill", options.kills), ("fail", options.failures)):
            found = []
            for name in COMMANDS:
                chosen = random.Random(f"{options.seed} {kind} {name}")
                found += getattr(interruptions, kind)(name, count // len(COMMANDS), chosen)
            for fault in found:
                print(fault)
            what = "deaths" if kind == "kill" else "single failing writes"
            print(f"{count} {what} over {', '.join(COMMANDS)}: {len(found)} faults", flush=True)
            faults += found
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
