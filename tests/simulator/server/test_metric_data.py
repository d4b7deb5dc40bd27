"""GetMetricData through an unchanged boto3: counts, periods and quotas."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from simulator.server import Rate
from tests.simulator.server.conftest import Open
from tests.simulator.server.metric_queries import HOUR, ask, points, query
from tests.simulator.server.small_worlds import (
    DAY,
    END,
    START,
    Clock,
    execution,
    machine,
    machine_arn,
    world,
)

pytestmark = pytest.mark.slow


def test_ends_count_in_the_period_they_closed_in(cloudwatch: Any) -> None:
    answer = ask(cloudwatch, query("ExecutionsFailed"))
    assert points(answer) == [(START, 1.0), (START + HOUR, 1.0)]
    assert points(ask(cloudwatch, query("ExecutionsTimedOut"))) == [(START, 1.0)]
    assert points(ask(cloudwatch, query("ExecutionsSucceeded"))) == []


def test_a_daily_period_sums_what_hourly_ones_part(cloudwatch: Any) -> None:
    midnight = START - START % DAY
    answer = ask(cloudwatch, query("ExecutionsFailed", period=86400), start=midnight)
    assert points(answer) == [(midnight, 2.0)]


def test_started_executions_have_two_samples_each(cloudwatch: Any) -> None:
    answer = ask(
        cloudwatch,
        query("ExecutionsStarted", name="sum"),
        query("ExecutionsStarted", stat="SampleCount", name="samples"),
    )
    assert points(answer, 0) == [(START, 4.0)]
    assert points(answer, 1) == [(START, 8.0)]


def test_execution_time_is_in_milliseconds_at_the_close(cloudwatch: Any) -> None:
    answer = ask(
        cloudwatch,
        query("ExecutionTime", name="longest", stat="Maximum"),
        query("ExecutionTime", name="mean", stat="Average"),
    )
    assert points(answer, 0) == [(START, 60_000.0), (START + HOUR, 3_585_000.0)]
    assert points(answer, 1)[0] == (START, 55_000.0)


def test_each_run_of_a_redriven_execution_counts_where_it_closed(open_account: Open) -> None:
    run = execution("jobs", "a", status="SUCCEEDED", stopped=START + 3 * HOUR)
    redriven = {"id": 9, "type": "ExecutionRedriven", "timestamp": START + 2 * HOUR}
    run = execution(
        "jobs",
        "a",
        status="SUCCEEDED",
        stopped=START + 3 * HOUR,
        events=(*run.events[:2], redriven, run.events[2]),
        redrive_count=1,
        redriven_at=START + 2 * HOUR,
        earlier_ends=(("FAILED", START + 60),),
    )
    cloudwatch = open_account(world(machine("jobs"), run)).client("cloudwatch")
    answer = ask(
        cloudwatch,
        query("ExecutionsFailed", name="failed"),
        query("ExecutionsSucceeded", name="succeeded"),
        query("ExecutionsRedriven", name="redriven"),
        query("ExecutionTime", name="took"),
        query("ExecutionsStarted", name="started"),
    )
    assert points(answer, 0) == [(START, 1.0)]
    assert points(answer, 1) == [(START + 3 * HOUR, 1.0)]
    assert points(answer, 2) == [(START + 2 * HOUR, 1.0)]
    assert points(answer, 3) == [(START, 60_000.0), (START + 3 * HOUR, 3_600_000.0)]
    assert points(answer, 4) == [(START, 1.0)]


def test_executions_known_by_count_alone_are_counted_and_not_listed(open_account: Open) -> None:
    opened = open_account(
        world(machine("jobs"), execution("jobs", "a", status="SUCCEEDED"), machine("fast")),
        hourly_ends={
            machine_arn("jobs"): {"SUCCEEDED": [1000, 0, 500]},
            machine_arn("fast"): {"FAILED": [7]},
        },
    )
    answer = ask(
        opened.client("cloudwatch"),
        query("ExecutionsSucceeded", name="jobs"),
        query("ExecutionsStarted", name="started"),
        query("ExecutionsFailed", name="fast", StateMachineArn=machine_arn("fast")),
    )
    assert points(answer, 0) == [(START, 1001.0), (START + 2 * HOUR, 500.0)]
    assert points(answer, 1) == [(START, 1001.0), (START + 2 * HOUR, 500.0)]
    assert points(answer, 2) == [(START, 7.0)]
    listed = opened.client("stepfunctions").list_executions(stateMachineArn=machine_arn("jobs"))
    assert len(listed["executions"]) == 1


def test_the_end_is_exclusive_and_the_start_inclusive(cloudwatch: Any) -> None:
    first = ask(cloudwatch, query("ExecutionsFailed"), start=START, end=START + HOUR)
    second = ask(cloudwatch, query("ExecutionsFailed"), start=START + HOUR)
    assert points(first) == [(START, 1.0)]
    assert points(second) == [(START + HOUR, 1.0)]


def test_old_data_needs_a_coarser_period(open_account: Open) -> None:
    run = execution("jobs", "a", started=START, stopped=END - 20 * DAY)
    cloudwatch = open_account(world(machine("jobs"), run)).client("cloudwatch")
    start = END - 21 * DAY
    assert points(ask(cloudwatch, query("ExecutionsFailed", period=60), start=start)) == []
    assert len(points(ask(cloudwatch, query("ExecutionsFailed", period=300), start=start))) == 1


@pytest.mark.parametrize(
    "unknown",
    [
        query("ExecutionsFailed", StateMachineArn=machine_arn("missing")),
        query("ExecutionsFailed", StateMachineArn=machine_arn("jobs"), Extra="x"),
        query("NoSuchMetric"),
        query("ConsumedCapacity", APIName="NoSuchApi"),
    ],
)
def test_an_unknown_metric_is_complete_and_empty(cloudwatch: Any, unknown: dict[str, Any]) -> None:
    [result] = ask(cloudwatch, unknown)["MetricDataResults"]
    assert (result["StatusCode"], result["Values"]) == ("Complete", [])


def test_quota_metrics_tell_the_applied_rates_and_the_load_of_others(open_account: Open) -> None:
    cloudwatch = open_account(
        world(), buckets={"ListExecutions": Rate(100, 2)}, background={"ListExecutions": 0.5}
    ).client("cloudwatch")
    api: dict[str, Any] = {"APIName": "ListExecutions"}
    answer = ask(
        cloudwatch,
        query("ProvisionedBucketSize", stat="Maximum", name="size", **api),
        query("ProvisionedRefillRate", stat="Average", name="refill", **api),
        query("ConsumedCapacity", period=60, name="load", **api),
        query("ThrottledEvents", name="refused", **api),
        start=END - HOUR,
    )
    assert points(answer, 0) == [(END - HOUR, 100.0)]
    assert points(answer, 1) == [(END - HOUR, 2.0)]
    assert points(answer, 2) == [(END - HOUR + 60 * i, 30.0) for i in range(60)]
    assert points(answer, 3) == []


def test_own_calls_show_in_the_quota_metrics_when_they_were_made(open_account: Open) -> None:
    opened = open_account(
        world(machine("jobs")), buckets={"ListExecutions": Rate(2, 0)}, clock=Clock()
    )
    states, cloudwatch = opened.client("stepfunctions"), opened.client("cloudwatch")
    for refused in (False, False, True):
        if refused:
            with pytest.raises(ClientError):
                states.list_executions(stateMachineArn=machine_arn("jobs"))
        else:
            states.list_executions(stateMachineArn=machine_arn("jobs"))
    at = opened.account.calls[0].at
    answer = ask(
        cloudwatch,
        query("ConsumedCapacity", name="load", APIName="ListExecutions"),
        query("ThrottledEvents", name="refused", APIName="ListExecutions"),
        start=at - at % HOUR,
        end=at + 1,
    )
    assert [value for _, value in points(answer, 0)] == [2.0]
    assert [value for _, value in points(answer, 1)] == [1.0]
