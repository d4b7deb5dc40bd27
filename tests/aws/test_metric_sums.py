"""Sums over a time in few datapoints, exact to the edges."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.aws.execution_counts import counted_span, counting_metrics
from sfn_digest.aws.metric_sums import FEW_DATAPOINTS, plan_reading, read_sums
from sfn_digest.aws.metrics import Metric, MetricSpan
from sfn_digest.model.executions import Window
from tests.aws.fakes import FakeMetrics, free_calls
from tests.aws.small_world import arn

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
MANY = 4000
"""Metrics of a thousand machines."""


def week_to(hour: int, minute: int = 0) -> MetricSpan:
    end = datetime(2026, 3, 9, hour, minute, tzinfo=UTC)
    return counted_span(Window(end - timedelta(days=7), end), NOW)


@pytest.mark.parametrize(
    ("hour", "period"), [(0, 86400), (8, 28800), (12, 43200), (6, 21600), (9, 10800)]
)
def test_a_week_is_asked_for_in_the_longest_periods_that_its_edges_lie_on(
    hour: int, period: int
) -> None:
    reading = plan_reading(week_to(hour), MANY)
    assert reading.whole == MetricSpan(week_to(hour).start, week_to(hour).end, period)
    assert reading.edges == ()


def test_a_week_from_an_odd_hour_is_asked_for_in_days_and_its_edges_in_hours() -> None:
    reading = plan_reading(week_to(7), MANY)
    assert (reading.whole.period, reading.whole.periods) == (86400, 8)
    assert [(edge.period, edge.periods) for edge in reading.edges] == [(3600, 17), (3600, 7)]
    assert reading.edges[0].start == week_to(7).start
    assert reading.edges[1].end == week_to(7).end


def test_a_week_in_threes_of_hours_is_asked_for_in_days_for_ten_thousand_machines() -> None:
    few, many = (plan_reading(week_to(21), number) for number in (MANY, 10 * MANY))
    assert (few.whole.period, few.edges) == (10_800, ())
    assert (many.whole.period, many.whole.periods) == (86_400, 8)
    assert [(edge.period, edge.periods) for edge in many.edges] == [(10_800, 1), (10_800, 7)]


def test_few_metrics_are_asked_for_in_one_go() -> None:
    reading = plan_reading(week_to(7), 100)
    assert (reading.whole, reading.edges) == (week_to(7), ())
    assert 100 * 168 <= FEW_DATAPOINTS < 130 * 168


SPANS = st.tuples(
    st.datetimes(datetime(2025, 12, 20), datetime(2026, 3, 9), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    st.timedeltas(timedelta(minutes=1), timedelta(days=90)),
).map(lambda each: counted_span(Window(each[0] - each[1], each[0]), NOW))


@given(SPANS, st.sampled_from([1, 40, MANY, 40_000, 400_000]))
def test_periods_lie_within_each_other_and_cover_the_span_exactly(
    span: MetricSpan, number: int
) -> None:
    reading = plan_reading(span, number)
    for each in (reading.whole, *reading.edges):
        assert each.period % span.period == 0
        assert each.start.timestamp() % each.period == each.end.timestamp() % each.period == 0
    assert reading.whole.start <= span.start < span.end <= reading.whole.end
    if not reading.edges:
        assert (reading.whole.start, reading.whole.end) == (span.start, span.end)
    long = timedelta(seconds=reading.whole.period)
    assert span.start - reading.whole.start < long
    assert reading.whole.end - span.end < long
    points = reading.whole.periods + sum(each.periods for each in reading.edges)
    assert points <= max(65, FEW_DATAPOINTS / number, span.periods / 2), points


def metrics(number: int) -> Sequence[Metric]:
    return counting_metrics([arn(f"m{n}") for n in range(number)])


MINUTES = st.integers(-9 * 1440, 2 * 1440)


@given(st.lists(MINUTES, max_size=30), st.integers(0, 7 * 24 * 60))
def test_sums_are_those_of_the_span_wherever_it_begins(minutes: list[int], shift: int) -> None:
    end = datetime(2026, 3, 9, tzinfo=UTC) - timedelta(minutes=shift)
    span = counted_span(Window(end - timedelta(days=7), end), NOW)
    values: dict[datetime, float] = {}
    for each in minutes:
        moment = datetime(2026, 3, 8, tzinfo=UTC) + timedelta(minutes=each)
        values[moment] = values.get(moment, 0) + 1
    cloudwatch: Any = FakeMetrics({"ExecutionsFailed": values})
    asked = metrics(32)
    sums = read_sums(free_calls(), cloudwatch, asked, span)
    inside = sum(value for moment, value in values.items() if span.start <= moment < span.end)
    assert sums == {
        metric: inside if metric.name == "ExecutionsFailed" else 0.0 for metric in asked
    }


def test_at_the_edges_only_what_has_anything_there_is_asked_for() -> None:
    span = week_to(7)
    values = {span.start + timedelta(hours=1): 2.0, span.end - timedelta(days=2): 3.0}
    cloudwatch: Any = FakeMetrics({"ExecutionsAborted": values})
    read_sums(free_calls(), cloudwatch, metrics(120), span)
    assert cloudwatch.asked == [(86400, 480), (3600, 120)]
