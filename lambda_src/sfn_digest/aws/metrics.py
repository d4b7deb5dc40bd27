"""GetMetricData on the namespace AWS/States: 500 metrics a call, their pages put together."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef, MetricDataResultTypeDef

V = TypeVar("V")
P = TypeVar("P")

Point: TypeAlias = tuple[datetime, float]
"""When a period begins, and its value."""

QUERIES_A_CALL = 500
"""The most metrics one GetMetricData call takes (CloudWatch API reference)."""

THREADS = 8
"""How many calls are under way at once."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric with its one dimension and the statistic wanted of it."""

    name: str
    dimension: Literal["StateMachineArn", "APIName"]
    value: str
    statistic: Literal["Sum", "Minimum"]


@dataclass(frozen=True, slots=True)
class Span:
    """The time that is asked for, in whole periods of so many seconds."""

    start: datetime
    end: datetime
    period: int


def read_metrics(
    calls: Calls,
    cloudwatch: "CloudWatchClient",
    metrics: Sequence[Metric],
    span: Span,
    summary: Callable[[Sequence[float]], V],
) -> Mapping[Metric, V]:
    """What `summary` makes of each metric's values, newest first; none where none were published.

    A metric that CloudWatch could not read (status InternalError or Forbidden) is absent.
    """
    return _read(calls, cloudwatch, metrics, span, _values, summary)


def read_points(
    calls: Calls,
    cloudwatch: "CloudWatchClient",
    metrics: Sequence[Metric],
    span: Span,
    summary: Callable[[Sequence[Point]], V],
) -> Mapping[Metric, V]:
    """The same of each metric's values with the times at which their periods begin."""
    return _read(calls, cloudwatch, metrics, span, _points, summary)


def _values(result: "MetricDataResultTypeDef") -> Iterable[float]:
    return result["Values"]


def _points(result: "MetricDataResultTypeDef") -> Iterable[Point]:
    return zip(result["Timestamps"], result["Values"], strict=True)


def _read(
    calls: Calls,
    cloudwatch: "CloudWatchClient",
    metrics: Sequence[Metric],
    span: Span,
    take: Callable[["MetricDataResultTypeDef"], Iterable[P]],
    summary: Callable[[Sequence[P]], V],
) -> Mapping[Metric, V]:
    batches = [metrics[at : at + QUERIES_A_CALL] for at in range(0, len(metrics), QUERIES_A_CALL)]

    def read(batch: Sequence[Metric]) -> Mapping[Metric, V]:
        found = _read_batch(calls, cloudwatch, span, batch, take)
        return {metric: summary(each) for metric, each in found.items()}

    with ThreadPoolExecutor(THREADS, thread_name_prefix="metrics") as pool:
        return {metric: each for part in pool.map(read, batches) for metric, each in part.items()}


def _read_batch(
    calls: Calls,
    cloudwatch: "CloudWatchClient",
    span: Span,
    batch: Sequence[Metric],
    take: Callable[["MetricDataResultTypeDef"], Iterable[P]],
) -> Mapping[Metric, Sequence[P]]:
    found: dict[Metric, list[P]] = {metric: [] for metric in batch}
    for result in _results(calls, cloudwatch, span, batch):
        metric = batch[int(result["Id"][1:])]
        if result["StatusCode"] not in {"Complete", "PartialData"}:
            found.pop(metric, None)
        elif metric in found:
            found[metric].extend(take(result))
    return found


def _results(
    calls: Calls, cloudwatch: "CloudWatchClient", span: Span, batch: Sequence[Metric]
) -> Iterator["MetricDataResultTypeDef"]:
    ask = partial(
        cloudwatch.get_metric_data,
        MetricDataQueries=[_query(at, metric, span.period) for at, metric in enumerate(batch)],
        StartTime=span.start,
        EndTime=span.end,
        ScanBy="TimestampDescending",
    )
    answer = calls.make(Api.GET_METRIC_DATA, ask)
    yield from answer["MetricDataResults"]
    while token := answer.get("NextToken"):
        answer = calls.make(Api.GET_METRIC_DATA, partial(ask, NextToken=token))
        yield from answer["MetricDataResults"]


def _query(at: int, metric: Metric, period: int) -> "MetricDataQueryTypeDef":
    return {
        "Id": f"m{at}",
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/States",
                "MetricName": metric.name,
                "Dimensions": [{"Name": metric.dimension, "Value": metric.value}],
            },
            "Period": period,
            "Stat": metric.statistic,
        },
        "ReturnData": True,
    }
