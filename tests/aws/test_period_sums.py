"""Sums over several periods at once, exact at the edges that have to be, in few calls."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.aws import period_sums
from sfn_digest.aws.earlier_periods import counted_periods, earlier_windows, read_counting_sums
from sfn_digest.aws.execution_counts import counted_span
from sfn_digest.aws.metrics import Metric, MetricSpan
from sfn_digest.aws.period_sums import LONGEST, plan_periods, read_rough_sums
from sfn_digest.model.executions import CountedPeriod, StateMachine, Window
from tests.aws.fakes import FakeMetrics, free_calls
from tests.aws.small_world import arn

NOW = datetime(2026, 3, 9, 12, 30, tzinfo=UTC)
DAY = timedelta(days=1)
LENGTHS = st.sampled_from([timedelta(hours=1), timedelta(hours=6), DAY, 7 * DAY, 28 * DAY])


def count(cloudwatch: Any, number: int, own: Window, exact: int = 1) -> tuple[CountedPeriod, ...]:
    """So many machines, counted in a window and the periods before it."""
    machines = [StateMachine(arn(f"m{n}"), f"m{n}", "STANDARD") for n in range(number)]
    windows = (*earlier_windows(own), own)
    arns = [each.arn for each in machines]
    sums = read_counting_sums(free_calls(), cloudwatch, arns, windows, NOW, exact=exact)
    return counted_periods(machines, windows, sums)


@given(
    LENGTHS,
    st.integers(0, 30 * 1440),
    st.lists(st.tuples(st.integers(0, 11), st.floats(-0.2, 1)), max_size=40),
    st.sampled_from([1, 2]),
    st.booleans(),
)
def test_the_window_and_the_period_before_are_exact_wherever_they_begin(
    length: timedelta, ago: int, ends: list[tuple[int, float]], exact: int, glance: bool
) -> None:
    end = NOW - timedelta(minutes=ago)
    own = Window(end - length, end)
    values: dict[datetime, float] = {}
    for back, part in ends:
        moment = (end - back * length / 4 + part * length / 4).replace(second=0, microsecond=0)
        if moment <= NOW:
            values[moment] = values.get(moment, 0) + 1
    cloudwatch: Any = FakeMetrics({"ExecutionsFailed": values}, NOW)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(period_sums, "_FEW", 0 if glance else 10**6)
        found = count(cloudwatch, 2, own, exact)
    for each in found[len(found) - exact :]:
        span = counted_span(each.window, NOW)
        inside = sum(n for moment, n in values.items() if span.start <= moment < span.end)
        assert [counts.failed for counts in each.machines.values()] == [inside] * 2
        assert {counts.succeeded for counts in each.machines.values()} == {0}


@pytest.mark.parametrize("hour", [0, 4, 7, 12, 13, 21])
def test_ten_thousand_machines_that_all_run_every_day_are_counted_in_330_calls(hour: int) -> None:
    """A thousand here: 33 calls, of which 4 tell what began and did not close."""
    end = datetime(2026, 3, 9, 0, 0, tzinfo=UTC) + timedelta(hours=hour - 24)
    daily = {end - timedelta(hours=5) - n * DAY: 1.0 for n in range(58)}
    busy = {"ExecutionsSucceeded": daily, "ExecutionsFailed": daily}
    cloudwatch: Any = FakeMetrics(busy, NOW)
    own = Window(end - 7 * DAY, end)
    found = count(cloudwatch, 1000, own, 2)
    assert [next(iter(each.machines.values())).failed for each in found] == [7] * 8
    assert len(cloudwatch.asked) <= 33 - 4


def test_what_still_grows_is_never_taken_off_what_was_read_before() -> None:
    end = NOW.replace(minute=0)
    cut = plan_periods([], [Window(end - 7 * DAY, end)], 86400, NOW).cuts
    early, late = (each.span for each in cut)
    assert (early.start, early.end) == (end - 7 * DAY - timedelta(hours=12), end - 7 * DAY)
    assert (late.start, late.end) == (end - timedelta(hours=12), end)
    one = Window(end - timedelta(hours=35), end + timedelta(hours=12))
    [odd] = plan_periods([], [one], 86400, NOW).cuts
    assert odd.span == MetricSpan(end - timedelta(hours=36), one.start, 3600)
    assert odd.rest == Window(one.start, end - timedelta(hours=12))


@pytest.mark.parametrize("refuses", [True, False])
def test_a_glance_in_long_points_that_is_refused_or_shows_nothing_costs_no_figure(
    monkeypatch: pytest.MonkeyPatch, refuses: bool
) -> None:
    monkeypatch.setattr(period_sums, "_FEW", 0)
    own = Window(NOW - 7 * DAY, NOW)
    values = {"ExecutionsFailed": {NOW - DAY: 3.0}}
    cloudwatch: Any = FakeMetrics(values, NOW)
    cloudwatch.longest, cloudwatch.refuses = 86400, refuses
    [found] = count(cloudwatch, 1, own)[-1].machines.values()
    assert found.failed == 3
    assert max(period for period, _ in cloudwatch.asked) == LONGEST


def test_a_rough_sum_is_asked_for_in_days_where_long_points_are_refused() -> None:
    cloudwatch: Any = FakeMetrics({"ExecutionsFailed": {NOW - DAY: 3.0}}, NOW)
    cloudwatch.longest = 86400
    metric = Metric("ExecutionsFailed", "StateMachineArn", arn("m0"), "Sum")
    rough = read_rough_sums(free_calls(), cloudwatch, [metric], Window(NOW - 28 * DAY, NOW))
    assert rough == {metric: 3.0}
