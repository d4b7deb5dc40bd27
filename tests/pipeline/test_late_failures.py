"""CloudWatch's figures come late: no failure is missing from all digests or told twice."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sfn_digest.aws import open_account
from sfn_digest.config.request import Defaults, Request, from_event
from sfn_digest.config.window import parse_settle_seconds
from sfn_digest.errors import BadRequestError
from sfn_digest.model.executions import Window
from sfn_digest.model.report import Report
from sfn_digest.pipeline.digest import make_report
from sfn_digest.pipeline.run import Run
from sfn_digest.progress import SilentProgress
from sfn_digest.report.json_face import to_dict
from simulator.records import SimExecution
from simulator.server import serve
from tests.aws.fakes import FakeClock
from tests.comparison.made import END, machine, run, world
from tests.conftest import PLENTY, set_environment

pytestmark = pytest.mark.slow

WEEK = timedelta(days=7)
MINUTE = 1 / 1440


def weekly(
    executions: list[SimExecution],
    monkeypatch: pytest.MonkeyPatch,
    *,
    weeks_ago: int,
    earlier: Mapping[str, Any] | None = None,
    **options: Any,
) -> Report:
    """The report of a week, as CloudWatch tells of it while that week ends."""
    end = END - weeks_ago * WEEK
    known = [each for each in executions if (each.stopped_at or 0) <= end.timestamp()]
    made = world([machine("orders"), machine("mail")], known)
    seen = replace(made, end=end.timestamp())
    with serve(seen, buckets=PLENTY, **options) as account:
        set_environment(monkeypatch, account.environment)
        request = Request(Window(end - WEEK, end), successes=0, scheduled=True)
        opened = open_account(1.0, SilentProgress())
        return make_report(Run(request, opened), earlier=earlier)


def names(report: Report) -> list[str]:
    return [each.execution_arn.rsplit(":", 1)[1] for each in report.failures]


LATE = run("mail", "late", days_ago=7 + 1.25 * MINUTE, error="Bounced")
"""75 seconds before the first week's end, of a machine that did not fail before."""
OTHERS = [
    run("orders", "early", days_ago=9, error="Both"),
    run("orders", "last", days_ago=7 + 5 * MINUTE, error="Both"),
    run("orders", "next", days_ago=2, error="Both"),
]


def test_a_failure_that_was_counted_late_is_told_once_in_the_next_report(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    executions = [LATE, *OTHERS]
    # Nothing is looked at in turn, so that only CloudWatch tells whom to list.
    monkeypatch.setattr("sfn_digest.pipeline.failure_reading.LOOKED_AT", 0)
    first = weekly(executions, monkeypatch, weeks_ago=1, metric_lag=120.0)
    assert "late" not in names(first)
    second = weekly(executions, monkeypatch, weeks_ago=0, earlier=to_dict(first))
    assert sorted(names(second)) == ["late", "next"]
    assert second.totals.failed == 2
    assert any("1 failure from the last minutes" in str(note) for note in second.coverage.notes)
    told = [*names(first), *names(second)]
    assert sorted(told) == ["early", "last", "late", "next"]


def test_what_the_report_before_told_is_not_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    executions = [LATE, *OTHERS]
    first = weekly(executions, monkeypatch, weeks_ago=1)
    assert "late" in names(first)
    second = weekly(executions, monkeypatch, weeks_ago=0, earlier=to_dict(first))
    assert names(second) == ["next"]


def test_without_a_kept_report_no_time_before_the_window_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert names(weekly([LATE, *OTHERS], monkeypatch, weeks_ago=0)) == ["next"]


def test_a_report_that_named_not_each_failure_may_have_counted_this_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    executions = [LATE, run("mail", "named", days_ago=8, error="Bounced"), *OTHERS]
    first = to_dict(weekly(executions, monkeypatch, weeks_ago=1, metric_lag=120.0))
    cut = {**first, "failures": []}
    assert names(weekly(executions, monkeypatch, weeks_ago=0, earlier=cut)) == ["next"]


def test_a_scheduled_run_waits_until_the_figures_have_come(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock()
    with serve(world([machine("orders")], []), buckets=PLENTY) as account:
        set_environment(monkeypatch, account.environment)
        opened = open_account(1.0, SilentProgress(), clock=clock)
        before = sum(clock.slept)
        settled = datetime.now(UTC) + timedelta(seconds=100)
        assert opened.wait_until(settled, most=1000.0)
        assert 90 < sum(clock.slept) - before <= 100
        assert not opened.wait_until(datetime.now(UTC) + timedelta(seconds=500), most=20.0)
        assert sum(clock.slept) - before <= 120
        assert opened.wait_until(datetime.now(UTC) - timedelta(seconds=1), most=0.0)


def test_only_a_schedule_waits() -> None:
    now = datetime(2026, 11, 16, 9, tzinfo=UTC)
    event = {"scheduled_time": now.isoformat()}
    assert from_event(event, now=now, defaults=Defaults()).settle_seconds == 180
    assert from_event({}, now=now, defaults=Defaults()).settle_seconds == 0


@pytest.mark.parametrize("text", ["", "-1", "601", "1.5", "soon"])
def test_a_time_to_wait_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadRequestError, match="from 0 to 600: give one such as 180"):
        parse_settle_seconds(text)
