"""The templates, synthesised once for all tests and all test processes."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Template = dict[str, Any]


@pytest.fixture(scope="session")
def synthesised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that tests.infra.synth filled."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "synth"
    with (shared / "synth.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _synthesise(folder)
    return folder


def _synthesise(folder: Path) -> None:
    here = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.infra.synth", str(folder)],
        # The CDK's own validation, beside cdk-nag's, takes seconds and stops nothing: it warns.
        env={**here, "PYTHONPATH": f"lambda_src{os.pathsep}.", "CDK_VALIDATION": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def template(synthesised: Path) -> Callable[[str], Template]:
    """The template of a shape, by its name."""

    def read(shape: str) -> Template:
        text = (synthesised / "out" / f"{shape}.template.json").read_text()
        loaded: Template = json.loads(text)
        return loaded

    return read
