"""The report on the demo's week, at a fixed time and whatever a machine's speed."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock, patch

from sfn_digest.aws import account as accounts
from sfn_digest.config.request import DEFAULT_SUCCESSES, Request
from sfn_digest.model.executions import Window
from sfn_digest.model.report import Report
from sfn_digest.pipeline.digest import make_report
from sfn_digest.pipeline.run import Run
from sfn_digest.progress import SilentProgress
from sfn_digest.report.json_face import to_dict
from simulator.records import World
from simulator.server import UNLIMITED, serve
from simulator.worlds.demo import demo_world
from simulator.worlds.demo_kinds import with_kinds
from simulator.worlds.demo_past import with_past

END = datetime(2026, 11, 16, 9, tzinfo=UTC)
"""A Monday at nine, when the digest is due."""

WEEK = timedelta(days=7)


def demo_week() -> Report:
    """Give the report on the demo's week, held against the report on the week before it."""
    world = with_kinds(with_past(demo_world(END.timestamp())))
    kept = to_dict(_report(world, END - WEEK, successes=0))
    return _report(world, END, kept)


@contextmanager
def demo_run() -> Iterator[Run]:
    """What asks for the demo's week, for other things than the report on it."""
    with _run(with_kinds(with_past(demo_world(END.timestamp()))), END) as run:
        yield run


def _report(
    world: World,
    end: datetime,
    earlier: Mapping[str, Any] | None = None,
    successes: int = DEFAULT_SUCCESSES,
) -> Report:
    with _run(world, end, successes) as run:
        return make_report(run, earlier=earlier)


@contextmanager
def _run(world: World, end: datetime, successes: int = DEFAULT_SUCCESSES) -> Iterator[Run]:
    request = Request(Window(end - WEEK, end), successes=successes)
    with serve(world, buckets=UNLIMITED) as served, patch.dict(os.environ, served.environment):
        # How old the window is decides how finely CloudWatch is asked.
        with patch.object(accounts, "datetime", Mock(now=Mock(return_value=END))):
            account = accounts.open_account(1.0, SilentProgress())
        yield Run(request, account)
