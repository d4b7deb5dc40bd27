"""What others install: the wheel alone, in a fresh environment, reports on an account."""

import json
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
    ran(UV, "pip", "install", "--quiet", "--python", python, wheel)
    return home / "bin" / "sfn-digest"


def test_the_wheel_holds_what_is_needed_and_no_more(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        every = opened.namelist()
    assert any(name.endswith(".data/data/share/man/man1/sfn-digest.1") for name in every)
    names = [name for name in every if ".dist-info/" not in name and ".data/" not in name]
    assert {Path(name).suffix for name in names} == {*NEEDED, ".txt"}
    assert {name.split("/")[0] for name in names} == {"sfn_digest", "sfn_digest_cdk"}
    told = {name for name in names if Path(name).suffix not in NEEDED or name.endswith("cdk.json")}
    assert told == {"sfn_digest_cdk/cdk.json", "sfn_digest_cdk/lambda-requirements.txt"}
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


APP = """\
import sys
import aws_cdk as cdk
from sfn_digest_cdk import SfnDigest

class Ours(cdk.Stack):
    def __init__(self, scope, name):
        super().__init__(scope, name)
        SfnDigest(self, "Digest", channel="C0123456789", time_zone="Asia/Tokyo")

app = cdk.App(outdir=sys.argv[1])
Ours(app, "Ours")
app.synth()
"""


def test_the_construct_of_the_wheel_synthesizes_with_its_asset_and_no_checkout(
    wheel: Path, tmp_path: Path
) -> None:
    venv.create(tmp_path / "fresh", with_pip=True)
    python = tmp_path / "fresh" / "bin" / "python"
    ran(UV, "pip", "install", "--quiet", "--python", python, f"{wheel}[cdk]")
    (tmp_path / "app.py").write_text(APP)
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    environment.pop("PYTHONPATH", None)
    ran(python, tmp_path / "app.py", tmp_path / "cdk.out", environment=environment)
    template = json.loads((tmp_path / "cdk.out" / "Ours.template.json").read_text())
    types = {each["Type"] for each in template["Resources"].values()}
    assert {"AWS::Lambda::Function", "AWS::Scheduler::Schedule", "AWS::DynamoDB::Table"} <= types
    assets = list((tmp_path / "cdk.out").glob("asset.*/sfn_digest/handler.py"))
    assert len(assets) == 1
    assert not list((tmp_path / "cdk.out").glob("asset.*/sfn_digest_cdk"))
