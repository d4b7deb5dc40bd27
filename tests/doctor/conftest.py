"""The clinic: the doctor run on an account that is healthy unless a test says otherwise."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.loaders import Loader, create_loader

from simulator.records import World
from tests.doctor.clinic import Clinic, Visit, healthy_world, visit


@pytest.fixture(scope="session")
def loader() -> Loader:
    """boto3's service models, read once: every session would read them all again."""
    return create_loader()


@pytest.fixture(autouse=True)
def models(monkeypatch: pytest.MonkeyPatch, loader: Loader) -> None:
    """Let each session of a test share the models."""
    monkeypatch.setattr("botocore.session.create_loader", lambda *_: loader)


@pytest.fixture
def clinic(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Clinic:
    """Run the doctor's words; `environment` is added, `settings` are those of `serve`."""

    def run(
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        simulated: World | None = None,
        **settings: Any,
    ) -> Visit:
        return visit(
            monkeypatch,
            capsys,
            *arguments,
            environment=environment or {},
            simulated=simulated or healthy_world(),
            settings=settings,
        )

    return run
