"""The Lambda's asset: the package and its pinned wheels in one folder, without Docker.

pip fetches the wheels for Lambda's platform, each checked against its hash, once for each
lock file; what only pip's own book-keeping would change is removed, so that the same input
gives the same asset. boto3 and what it brings are the runtime's own.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sfn_digest
from sfn_digest.config import names

HERE = Path(__file__).resolve().parent
CHECKED_OUT = HERE.name == "infra"
"""Whether this is the repository, and no wheel that was installed."""

ROOT = HERE.parent if CHECKED_OUT else HERE
"""The folder with cdk.json, which the wheel holds a copy of."""

PACKAGE = Path(sfn_digest.__file__).resolve().parent
REQUIREMENTS = HERE / "lambda-requirements.txt"
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "sfn-digest"
BUILD = ROOT / "build" if CHECKED_OUT else _CACHE / sfn_digest.__version__
BOOK_KEEPING = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")
"""What pip writes beside a wheel's own files; it names the machine and the order of work."""


_TIDIED = "no tests, no stubs"
"""What was taken out of the wheels that are kept: others were kept when it was another."""


class BundlingError(RuntimeError):
    """The wheels could not be fetched; the text says what pip said and what to do."""


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform by the tags of the wheels that it takes; `python` is the version without a
    dot's patch level.
    """

    wheels: tuple[str, ...]
    python: str


def manylinux(machine: str) -> tuple[str, ...]:
    """The tags of wheels that a glibc of 2.28 or newer takes, as Amazon Linux 2023 has it."""
    return (f"manylinux2014_{machine}", f"manylinux_2_28_{machine}")


LAMBDA = Platform(wheels=manylinux("aarch64"), python="3.13")


def defaults() -> dict[str, Any]:
    """The settings' defaults, and the CDK's own flags: cdk.json's context."""
    settings = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))
    context: dict[str, Any] = settings["context"]
    return context


def bundle(
    folder: Path = BUILD / "lambda",
    *,
    platform: Platform = LAMBDA,
    requirements: Path = REQUIREMENTS,
    package: Path = PACKAGE,
    rules: Path | None = None,
) -> Path:
    """Refill `folder` with the asset, and return it; `rules` is the user's own file of them.

    The network is needed only where this lock file's wheels have not been fetched before.
    Raises BundlingError.
    """
    wheels = _installed(requirements, platform)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(wheels, folder)
    leave_out = shutil.ignore_patterns("__pycache__", "*.pyc", "*.po")
    shutil.copytree(package, folder / package.name, ignore=leave_out)
    if rules is not None:
        shutil.copyfile(rules, folder / names.RULES_FILE)
    return folder


def digest(folder: Path) -> str:
    """A hash of every path and byte under `folder`."""
    total = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        total.update(f"{file.relative_to(folder).as_posix()}\0{file.stat().st_size}\0".encode())
        total.update(file.read_bytes())
    return total.hexdigest()


def _installed(requirements: Path, platform: Platform) -> Path:
    """The folder with the lock file's wheels, installed once and then kept."""
    of = f"{_TIDIED}\n{platform}\n{requirements.read_text()}"
    key = hashlib.sha256(of.encode()).hexdigest()[:16]
    kept = BUILD / "wheels" / key
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as scratch:
            fresh = Path(scratch) / "site"
            _pip_install(requirements, platform, fresh)
            _tidy(fresh)
            fresh.rename(kept)
    return kept


def _pip_install(requirements: Path, platform: Platform, target: Path) -> None:
    command = [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--require-hashes", "--no-deps", "--no-compile", "--only-binary=:all:"),
        *(word for tag in platform.wheels for word in ("--platform", tag)),
        *("--implementation", "cp"),
        *("--python-version", platform.python, "--target", str(target), "-r", str(requirements)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip() or "nothing").splitlines()[-1]
        raise BundlingError(
            f"pip could not fetch the Lambda's wheels ({last}): check that this machine reaches "
            "a package index, or deploy a folder made elsewhere with -c asset=FOLDER."
        )


def _tidy(site: Path) -> None:
    shutil.rmtree(site / "bin", ignore_errors=True)
    for tests in [folder for folder in site.rglob("tests") if folder.is_dir()]:
        shutil.rmtree(tests, ignore_errors=True)
    for stub in site.rglob("*.pyi"):
        stub.unlink()
    for name in BOOK_KEEPING:
        for file in site.glob(f"*.dist-info/{name}"):
            file.unlink()
