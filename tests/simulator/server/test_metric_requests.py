"""GetMetricData through an unchanged boto3: order, pages and refusals."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from simulator.server import Rate
from simulator.server.buckets import DATAPOINTS
from tests.simulator.server.conftest import Open
from tests.simulator.server.metric_queries import HOUR, ask, points, query
from tests.simulator.server.small_worlds import (
    END,
    START,
    Clock,
    execution,
    machine,
    world,
)

pytestmark = pytest.mark.slow


def test_the_newest_point_comes_first_unless_asked_otherwise(cloudwatch: Any) -> None:
    answer = ask(cloudwatch, query("ExecutionsFailed"), ScanBy="TimestampDescending")
    assert points(answer) == [(START + HOUR, 1.0), (START, 1.0)]


def test_pages_of_datapoints_join_to_the_whole(open_account: Open) -> None:
    runs = [execution("jobs", f"run-{i}", stopped=START + i * HOUR) for i in range(10)]
    cloudwatch = open_account(world(machine("jobs"), *runs)).client("cloudwatch")
    queries = [query("ExecutionsFailed", name="a"), query("ExecutionTime", name="b")]
    whole = ask(cloudwatch, *queries)
    joined: dict[str, list[float]] = {"a": [], "b": []}
    token: dict[str, Any] = {}
    pages = 0
    while pages == 0 or token:
        answer = ask(cloudwatch, *queries, MaxDatapoints=4, **token)
        for result in answer["MetricDataResults"]:
            joined[result["Id"]] += result["Values"]
        token = {"NextToken": answer["NextToken"]} if "NextToken" in answer else {}
        pages += 1
    assert pages == 5
    assert joined == {r["Id"]: r["Values"] for r in whole["MetricDataResults"]}


def test_a_token_for_other_arguments_or_too_old_is_invalid(open_account: Open) -> None:
    clock = Clock()
    runs = [execution("jobs", f"run-{i}", stopped=START + i * HOUR) for i in range(3)]
    opened = open_account(world(machine("jobs"), *runs), clock=clock, token_lifetime=60.0)
    cloudwatch = opened.client("cloudwatch")
    token = ask(cloudwatch, query("ExecutionsFailed"), MaxDatapoints=1)["NextToken"]
    with pytest.raises(cloudwatch.exceptions.InvalidNextToken):
        ask(cloudwatch, query("ExecutionsFailed"), NextToken=token)
    clock.seconds += 61
    with pytest.raises(cloudwatch.exceptions.InvalidNextToken):
        ask(cloudwatch, query("ExecutionsFailed"), MaxDatapoints=1, NextToken=token)


@pytest.mark.parametrize(
    ("queries", "more"),
    [
        ([query("ExecutionsFailed", name=f"q{i}") for i in range(501)], {}),
        ([query("ExecutionsFailed"), query("ExecutionTime")], {}),
        ([query("ExecutionsFailed", period=90)], {}),
        ([query("ExecutionsFailed", stat="p99")], {}),
        ([{"Id": "e", "Expression": "SUM(METRICS())"}], {}),
        ([query("ExecutionsFailed")], {"start": END, "end": START}),
    ],
)
def test_requests_cloudwatch_would_not_take_are_validation_errors(
    cloudwatch: Any, queries: list[dict[str, Any]], more: dict[str, float]
) -> None:
    with pytest.raises(ClientError) as caught:
        ask(cloudwatch, *queries, **more)
    assert caught.value.response["Error"]["Code"] == "ValidationError"


def test_five_hundred_queries_are_answered_in_their_order(cloudwatch: Any) -> None:
    queries = [query("ExecutionsFailed", name=f"q{i}") for i in range(500)]
    answer = ask(cloudwatch, *queries)
    assert [result["Id"] for result in answer["MetricDataResults"]] == [f"q{i}" for i in range(500)]


def test_metric_data_is_throttled_with_cloudwatchs_code(open_account: Open) -> None:
    opened = open_account(world(), buckets={"GetMetricData": Rate(0, 0)})
    with pytest.raises(ClientError) as caught:
        ask(opened.client("cloudwatch"), query("ExecutionsFailed"))
    assert caught.value.response["Error"]["Code"] == "Throttling"
    assert opened.account.calls[0].action == "cloudwatch:GetMetricData"


def test_datapoints_are_metered_whether_there_are_any_or_not(open_account: Open) -> None:
    clock = Clock()
    opened = open_account(world(), buckets={DATAPOINTS: Rate(100, 100)}, clock=clock)
    cloudwatch = opened.client("cloudwatch")
    queries = [query("ExecutionsFailed", name=f"q{i}", period=HOUR) for i in range(10)]
    ask(cloudwatch, *queries, start=END - 10 * HOUR)
    with pytest.raises(ClientError, match="Rate exceeded"):
        ask(cloudwatch, *queries[:1], start=END - 10 * HOUR)
    clock.seconds += 0.1
    ask(cloudwatch, *queries[:1], start=END - 10 * HOUR)
    # What the last three hours hold is metered apart.
    ask(cloudwatch, *queries, start=END - 3 * HOUR)
    assert opened.account.datapoints == 100 + 10 + 30


def test_metrics_that_lag_come_when_their_minute_is_over_for_so_long(open_account: Open) -> None:
    clock = Clock()
    run = execution("jobs", "a", started=END - 200, stopped=END - 75)
    opened = open_account(world(machine("jobs"), run), metric_lag=120.0, clock=clock)
    cloudwatch = opened.client("cloudwatch")
    minute = (END - 75) // 60 * 60
    for passed, failures in ((0.0, 0), (minute + 60 + 119 - END, 0), (minute + 60 + 120 - END, 1)):
        clock.seconds = 1000.0 + passed
        answer = ask(cloudwatch, query("ExecutionsFailed"), start=END - HOUR, end=END + HOUR)
        assert sum(value for _, value in points(answer)) == failures, passed
