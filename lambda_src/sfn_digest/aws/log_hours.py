"""When Express executions failed, and how much their log groups took in: CloudWatch's counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from sfn_digest.aws.calls import Calls
from sfn_digest.aws.log_spans import Hour, hour_starts
from sfn_digest.aws.metrics import Metric, MetricSpan, Point, read_points
from sfn_digest.config.names import LOGS_NAMESPACE, STATES_NAMESPACE
from sfn_digest.model.executions import StateMachine, Window

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

_FAILED = ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted")
_MOST_PERIODS = 200
_PERHAPS = 1e-9
"""Failures an hour of a machine that CloudWatch cannot show: its hours count, but little."""


@dataclass(frozen=True, slots=True)
class Hours:
    """A window in periods of one length; `failures` are those of each machine by period."""

    length: timedelta
    all: tuple[Hour, ...]
    failures: Mapping[tuple[str, datetime], float]


def read_hours(
    calls: Calls,
    cloudwatch: "CloudWatchClient",
    groups: Mapping[str, Sequence[StateMachine]],
    window: Window,
) -> Hours:
    """The hours of each log group, by its ARN, with the failures of the machines that log to it.

    Long windows come in longer periods. Raises AccountError where CloudWatch may not be asked.
    """
    length = timedelta(hours=max(1, ceil((window.end - window.start) / _MOST_PERIODS / _HOUR)))
    starts = hour_starts(window.start, window.end, length)
    span = MetricSpan(starts[0], starts[-1] + length, int(length.total_seconds()))
    counted = [each for mine in groups.values() for each in mine if each.arn.isascii()]
    metrics = [
        *(Metric(name, "StateMachineArn", each.arn, "Sum") for each in counted for name in _FAILED),
        *(
            Metric("IncomingBytes", "LogGroupName", group_name(arn), "Sum", LOGS_NAMESPACE)
            for arn in groups
        ),
    ]
    points = read_points(calls, cloudwatch, metrics, span, tuple)
    failures = _failures(points)
    for machine in (each for mine in groups.values() for each in mine):
        if not machine.arn.isascii():
            failures.update({(machine.arn, start): _PERHAPS for start in starts})
    return Hours(length, tuple(_hours(groups, starts, points, failures)), failures)


_HOUR = timedelta(hours=1)


def group_name(arn: str) -> str:
    """The name of a log group, as CloudWatch's metrics know it."""
    return arn.partition(":log-group:")[2]


def _failures(points: Mapping[Metric, Sequence[Point]]) -> "Counter[tuple[str, datetime]]":
    failures: Counter[tuple[str, datetime]] = Counter()
    for metric, found in points.items():
        if metric.namespace == STATES_NAMESPACE:
            for start, value in found:
                failures[metric.value, start] += value  # type: ignore[assignment]
    return failures


def _hours(
    groups: Mapping[str, Sequence[StateMachine]],
    starts: Sequence[datetime],
    points: Mapping[Metric, Sequence[Point]],
    failures: Mapping[tuple[str, datetime], float],
) -> list[Hour]:
    sizes = {
        (metric.value, start): value
        for metric, found in points.items()
        if metric.namespace == LOGS_NAMESPACE
        for start, value in found
    }
    return [
        Hour(
            group=arn,
            start=start,
            failures=sum(failures.get((each.arn, start), 0.0) for each in machines),
            bytes=sizes.get((group_name(arn), start), 0.0),
        )
        for arn, machines in groups.items()
        for start in starts
    ]
