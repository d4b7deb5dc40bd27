"""Time that is over when the machines have been found and counted."""

from dataclasses import replace
from math import inf

import pytest

from sfn_digest.model.report import Report
from sfn_digest.pipeline import digest, failure_reading
from sfn_digest.pipeline.run import Deadlines, Run
from sfn_digest.pipeline.scope import Scanned, Scope

OVER = Deadlines(reading=-inf, evidence=-inf, changes=-inf)


def out_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the time run out before the first failure is read."""
    read = failure_reading.read_failures

    def late(run: Run, scope: Scope, kept: Report | None = None) -> Scanned:
        return read(replace(run, deadlines=OVER), scope, kept)

    monkeypatch.setattr(digest, "read_failures", late)
