"""What others install: the wheel alone, in a fresh environment, reports on an account."""

import os
import subprocess
import sys
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

import sfn_digest
from simulator.demo import LAMBDA_ENVIRONMENT
from tests.conftest import Week

UV = Path(sys.executable).parent / "uv"
NEEDED = {".py", ".typed", ".toml", ".json", ".j2", ".css", ".js", ".mo"}


def ran(*words: str | Path, environment: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(word) for word in words],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution as `make dist` does."""
    folder = tmp_path_factory.mktemp("dist")
    ran(UV, "build", "--quiet", "--out-dir", folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, in an environment that holds nothing but the wheel and what it asks for."""
    home = tmp_path_factory.mktemp("fresh")
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    ran(UV, "pip", "install", "--quiet", "--python", python, f"{wheel}[terminal]")
    return home / "bin" / "sfn-digest"


def test_the_wheel_holds_what_is_needed_and_no_more(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        every = opened.namelist()
    assert any(name.endswith(".data/data/share/man/man1/sfn-digest.1") for name in every)
    names = [name for name in every if ".dist-info/" not in name and ".data/" not in name]
    assert {Path(name).suffix for name in names} == NEEDED
    assert {name.split("/")[0] for name in names} == {"sfn_digest"}
    assert f"-{sfn_digest.__version__}-" in wheel.name


def test_the_installed_command_reports_on_an_account(week: Week, command: Path) -> None:
    kept = ("PATH", "HOME", "LANG", "XDG_STATE_HOME", "SSL_CERT_FILE")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment |= {**week.account.environment, **LAMBDA_ENVIRONMENT}
    out = ran(command, "report", "--all", "--successes", "0", environment=environment)
    assert "calculate-scores" in out
    assert sfn_digest.__version__ in ran(command, "--version")
    japanese = ran(
        *(command, "report", "--all", "--successes", "0", "--language", "ja"),
        environment={**environment, "PYTHONUTF8": "1"},
    )
    assert "失敗" in japanese
    assert "<html" in ran(
        *(command, "report", "--all", "--successes", "0", "--format", "html"),
        environment=environment,
    )
