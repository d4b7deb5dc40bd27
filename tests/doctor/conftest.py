"""The clinic: the doctor run on an account that is healthy unless a test says otherwise."""

from collections.abc import Mapping
from typing import Any

import pytest

from simulator.records import World
from tests.doctor.clinic import Clinic, Visit, healthy_world, visit


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
