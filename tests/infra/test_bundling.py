"""The asset: pinned wheels and the package, the same bytes for the same input, no Docker."""

import base64
import hashlib
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import bundling
from infra.bundling import LAMBDA, BundlingError, Platform, bundle, digest, manylinux

pytestmark = pytest.mark.slow

RULES = Path("tests/infra/rules.toml")
RUNTIMES_OWN = {"boto3", "botocore", "s3transfer", "python-dateutil", "six", "urllib3"}
"""boto3 and what it brings: Lambda's Python runtimes have them."""


def a_wheel(folder: Path, platform: str) -> str:
    """A wheel of one module for `platform`; its sha256."""
    folder.mkdir(exist_ok=True)
    info = "leaf-1.0.dist-info"
    files = {
        "leaf.py": "GREEN = True\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: leaf\nVersion: 1.0\n",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nTag: cp313-cp313-{platform}\n",
    }
    record = "".join(f"{name},sha256={_record_hash(text)},\n" for name, text in files.items())
    wheel = folder / f"leaf-1.0-cp313-cp313-{platform}.whl"
    with zipfile.ZipFile(wheel, "w") as packed:
        for name, text in {**files, f"{info}/RECORD": record + f"{info}/RECORD,,\n"}.items():
            packed.writestr(name, text)
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


def _record_hash(text: str) -> str:
    hashed = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()


@pytest.fixture
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lock file of one wheel for Lambda's platform, on a machine without a network."""
    return locked(tmp_path, monkeypatch)


def locked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(bundling, "BUILD", folder / "build")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder / "wheels"))
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "")
    hashed = a_wheel(folder / "wheels", LAMBDA.wheels[-1])
    lock = folder / "requirements.txt"
    lock.write_text(f"leaf==1.0 --hash=sha256:{hashed}\n")
    return lock


@pytest.fixture(scope="module")
def fetched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A lock file like `lock`, whose wheels are fetched once for the tests of what comes after."""
    folder = tmp_path_factory.mktemp("fetched")
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield locked(folder, monkeypatch)


def test_the_asset_holds_the_package_and_the_wheels_of_lambdas_platform(
    fetched: Path, tmp_path: Path
) -> None:
    asset = bundle(tmp_path / "asset", requirements=fetched)
    assert (asset / "leaf.py").read_text() == "GREEN = True\n"
    assert (asset / "sfn_digest" / "handler.py").is_file()
    assert (asset / "sfn_digest" / "py.typed").is_file()
    assert list(asset.glob("sfn_digest/locale/ja/LC_MESSAGES/*.mo"))
    assert not [*asset.rglob("__pycache__"), *asset.rglob("*.po")]
    assert {file.name for file in asset.glob("*.dist-info/*")} == {"METADATA", "WHEEL"}


def test_the_same_input_gives_the_same_bytes(lock: Path, tmp_path: Path) -> None:
    first = digest(bundle(tmp_path / "first", requirements=lock))
    shutil.rmtree(tmp_path / "build")
    assert digest(bundle(tmp_path / "second", requirements=lock)) == first


def test_what_was_fetched_once_is_not_fetched_again(
    lock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = digest(bundle(tmp_path / "asset", requirements=lock))
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "nowhere"))
    assert digest(bundle(tmp_path / "asset", requirements=lock)) == first


def test_a_changed_source_changes_the_asset(fetched: Path, tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "a.py").write_text("1")
    first = digest(bundle(tmp_path / "asset", requirements=fetched, package=package))
    (package / "a.py").write_text("2")
    assert digest(bundle(tmp_path / "asset", requirements=fetched, package=package)) != first


def test_the_users_own_rules_lie_at_the_assets_root_and_belong_to_its_hash(
    fetched: Path, tmp_path: Path
) -> None:
    without = digest(bundle(tmp_path / "asset", requirements=fetched))
    asset = bundle(tmp_path / "asset", requirements=fetched, rules=RULES)
    assert (asset / "rules.toml").read_bytes() == RULES.read_bytes()
    assert digest(asset) != without
    assert digest(bundle(tmp_path / "asset", requirements=fetched)) == without


def test_a_wheel_with_another_hash_is_refused(lock: Path, tmp_path: Path) -> None:
    lock.write_text(f"leaf==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(BundlingError, match="pip could not fetch the Lambda's wheels"):
        bundle(tmp_path / "asset", requirements=lock)
    assert not (tmp_path / "asset").exists()


def test_a_wheel_for_another_platform_is_not_taken(lock: Path, tmp_path: Path) -> None:
    other = Platform(wheels=manylinux("x86_64"), python="3.13")
    with pytest.raises(BundlingError, match="or deploy a folder made elsewhere"):
        bundle(tmp_path / "asset", requirements=lock, platform=other)


def test_the_asset_carries_the_lambdas_pins_but_not_what_its_runtime_has() -> None:
    pins = re.compile(r"^([\w-]+)==(\S+)", re.MULTILINE)
    carried = dict(pins.findall(bundling.REQUIREMENTS.read_text()))
    pinned = dict(pins.findall(Path("lambda_src/requirements.txt").read_text()))
    assert carried == {name: pinned[name] for name in pinned.keys() - RUNTIMES_OWN}
