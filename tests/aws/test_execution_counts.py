from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.aws.execution_counts import counted_span, read_counts
from sfn_digest.model.executions import ExecutionCounts, StateMachine, Window
from tests.aws.fakes import fake_client, free_calls
from tests.aws.small_world import arn

NOW = datetime(2026, 3, 9, 12, 34, 56, tzinfo=UTC)
ORDERS = StateMachine(arn("orders"), "orders", "STANDARD")
SPAN = counted_span(Window(NOW - timedelta(days=7), NOW), NOW)


def answer(*results: tuple[str, str, list[float]], token: str = "") -> dict[str, Any]:
    found = [
        {"Id": each, "StatusCode": status, "Values": values} for each, status, values in results
    ]
    return {"MetricDataResults": found, **({"NextToken": token} if token else {})}


@pytest.mark.parametrize(
    ("length", "age", "period"),
    [
        (timedelta(hours=6), timedelta(hours=6), 60),
        (timedelta(hours=7), timedelta(hours=7), 300),
        (timedelta(days=2), timedelta(days=2), 300),
        (timedelta(days=7), timedelta(days=7), 3600),
        (timedelta(hours=1), timedelta(days=14), 60),
        (timedelta(hours=1), timedelta(days=15), 300),
        (timedelta(hours=1), timedelta(days=62), 300),
        (timedelta(hours=1), timedelta(days=63), 3600),
    ],
)
def test_the_period_is_as_fine_as_few_pages_and_retention_allow(
    length: timedelta, age: timedelta, period: int
) -> None:
    start = NOW - age
    assert counted_span(Window(start, start + length), NOW).period == period


@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 9), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    length=st.timedeltas(timedelta(seconds=1), timedelta(days=30)),
)
def test_whole_periods_cover_the_window_and_hardly_more(start: datetime, length: timedelta) -> None:
    window = Window(start, start + length)
    span = counted_span(window, NOW)
    period = timedelta(seconds=span.period)
    assert span.start <= window.start < span.start + period
    assert span.end - period < window.end <= span.end
    assert span.start.timestamp() % span.period == span.end.timestamp() % span.period == 0


def test_values_of_all_pages_are_summed_by_metric() -> None:
    cloudwatch = fake_client(
        answer(("m0", "Complete", [5.0]), ("m1", "PartialData", [1.0, 2.0]), token="more"),
        answer(("m1", "Complete", [4.0]), ("m3", "Complete", [9.0])),
    )
    assert read_counts(free_calls(), cloudwatch, [ORDERS], SPAN) == {
        ORDERS.arn: ExecutionCounts(succeeded=5, failed=7, timed_out=0, aborted=9)
    }
    assert [each.get("NextToken") for each in cloudwatch.requests] == [None, "more"]


@pytest.mark.parametrize("status", ["InternalError", "Forbidden"])
def test_a_machine_that_cloudwatch_failed_on_is_absent(status: str) -> None:
    cloudwatch = fake_client(
        answer(("m0", "Complete", [5.0]), ("m2", status, []), token="more"),
        answer(("m2", "Complete", [3.0])),
    )
    assert read_counts(free_calls(), cloudwatch, [ORDERS], SPAN) == {}


def test_five_hundred_metrics_are_asked_for_in_a_call() -> None:
    machines = [StateMachine(arn(f"m{n}"), f"m{n}", "STANDARD") for n in range(130)]
    cloudwatch = fake_client(answer(), answer())
    assert len(read_counts(free_calls(), cloudwatch, machines, SPAN)) == 130
    sizes = sorted(len(each["MetricDataQueries"]) for each in cloudwatch.requests)
    assert sizes == [20, 500]


def test_sums_are_asked_for_by_state_machine_arn() -> None:
    cloudwatch = fake_client(answer())
    read_counts(free_calls(), cloudwatch, [ORDERS], SPAN)
    [request] = cloudwatch.requests
    stats = [query["MetricStat"] for query in request["MetricDataQueries"]]
    assert [stat["Metric"]["MetricName"] for stat in stats] == [
        "ExecutionsSucceeded",
        "ExecutionsFailed",
        "ExecutionsTimedOut",
        "ExecutionsAborted",
    ]
    assert {stat["Stat"] for stat in stats} == {"Sum"}
    assert stats[0]["Metric"]["Dimensions"] == [{"Name": "StateMachineArn", "Value": ORDERS.arn}]
    assert (request["StartTime"], request["EndTime"]) == (SPAN.start, SPAN.end)


def test_nothing_to_count_costs_no_call() -> None:
    assert read_counts(free_calls(), fake_client(), [], SPAN) == {}
