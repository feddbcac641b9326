"""Takes a file out of packages on PyPI and puts it into the cache, checked before it gets its name."""
import dataclasses
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from typing import BinaryIO


@dataclasses.dataclass(frozen=True)
class Packed:
    """A file that packages carry: whole in one, or cut into parts, one in each."""

    name: str
    size: int
    sha256: str
    # With versions, in the order of the parts.
    packages: tuple[str, ...]
    # How the file, or a part, is called in its package: the end of the path.
    member: str
    # The bytes of every part but the last.
    part_size: int


def whole(name: str, size: int, sha256: str, package: str) -> Packed:
    return Packed(name, size, sha256, (package,), "/" + name, size)


def in_parts(name: str, size: int, sha256: str, packages: list[str], part_size: int) -> Packed:
    return Packed(name, size, sha256, tuple(packages), ".bin", part_size)


def cache() -> pathlib.Path:
    return pathlib.Path(
        os.environ.get("WORKBENCH_CACHE") or os.path.expanduser("~/.cache/workbench")
    )


def fetch(step: str, packed: Packed, folder: pathlib.Path) -> None:
    """Puts the file into `folder`; does nothing, and needs no network, when it is there.

    Parts are joined in a `.partial` file; a fetch that was cut off goes on with it.
    """
    target = folder / packed.name
    if is_there(step, packed, target):
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        sys.exit(f"{step}: {folder} cannot be made ({error.strerror}); choose another WORKBENCH_CACHE")
    partial = folder / (packed.name + ".partial")
    with open(partial, "ab") as sink:
        try:
            fcntl.flock(sink, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"{step}: another process is fetching {packed.name}; wait for it")
        join(step, packed, sink)
        check(step, packed, partial)
        partial.replace(target)
    print(f"{step}: {target}")


def is_there(step: str, packed: Packed, target: pathlib.Path) -> bool:
    if not target.exists():
        return False
    if size_and_digest(target) == (packed.size, packed.sha256):
        return True
    print(f"{step}: {target} is not the file that it should be and is fetched again", flush=True)
    return False


def join(step: str, packed: Packed, sink: BinaryIO) -> None:
    """Appends the parts that are missing; one that was cut off is taken anew."""
    count = len(packed.packages)
    done = min(os.fstat(sink.fileno()).st_size // packed.part_size, count - 1)
    sink.truncate(done * packed.part_size)
    for index in range(done, count):
        part = f"part {index + 1} of {count} of " if count > 1 else ""
        print(
            f"{step}: fetching {part}{packed.name} ({round(packed.size / 1e6)} MB) "
            f"from the PyPI package {packed.packages[index]}",
            flush=True,
        )
        with tempfile.TemporaryDirectory(dir=pathlib.Path(sink.name).parent) as folder:
            wheel = download(step, packed.packages[index], folder)
            rest = packed.size - index * packed.part_size
            append(step, wheel, packed.member, min(rest, packed.part_size), sink)


def download(step: str, package: str, folder: str) -> pathlib.Path:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    # A package that is no wheel would run its own code to become one.
    pip += ["--only-binary", ":all:", "--no-deps", "--dest", folder]
    done = subprocess.run([*pip, package], check=False)
    wheels = list(pathlib.Path(folder).glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        sys.exit(f"{step}: pip could not fetch {package}; check the network and try again")
    return wheels[0]


def append(step: str, wheel: pathlib.Path, member: str, size: int, sink: BinaryIO) -> None:
    """Appends the member of a wheel, which must have this size before a byte of it is unpacked."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            found = [item for item in archive.infolist() if item.filename.endswith(member)]
            if len(found) != 1 or found[0].file_size != size:
                sizes = ", ".join(f"{item.file_size} bytes" for item in found) or "no such file"
                sys.exit(
                    f"{step}: {wheel.name} should carry one *{member} of {size} bytes and has "
                    f"{sizes}; nothing was installed"
                )
            with archive.open(found[0]) as source:
                shutil.copyfileobj(source, sink, 1 << 20)
    except (zipfile.BadZipFile, OSError) as error:
        sys.exit(f"{step}: {wheel.name} cannot be unpacked ({error}); check the disk and try again")
    sink.flush()


def check(step: str, packed: Packed, partial: pathlib.Path) -> None:
    size, digest = size_and_digest(partial)
    if (size, digest) != (packed.size, packed.sha256):
        partial.unlink()
        sys.exit(
            f"{step}: {packed.packages[0]} carries another {packed.name} than expected "
            f"({size} bytes, SHA-256 {digest}); nothing was installed"
        )


def size_and_digest(path: pathlib.Path) -> tuple[int, str]:
    with open(path, "rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()
