"""GetMetricData: 500 metrics a call, their pages put together."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from math import ceil
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

from sfn_digest.aws.answers import Answer, UnreadableAnswerError, pairs
from sfn_digest.aws.api import Api
from sfn_digest.aws.calls import Calls
from sfn_digest.config.names import STATES_NAMESPACE

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef

V = TypeVar("V")
P = TypeVar("P")

Point: TypeAlias = tuple[datetime, float]
"""When a period begins, and its value."""

QUERIES_A_CALL = 500
"""The most metrics one GetMetricData call takes (CloudWatch API reference)."""

DATAPOINTS_A_PAGE = 100_800
"""The most points one answer holds. CloudWatch meters those that a request could have, be there
data or not (CloudWatch user guide, "CloudWatch service quotas")."""

THREADS = 8
"""How many calls are under way at once."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric with its one dimension and the statistic wanted of it."""

    name: str
    dimension: Literal["StateMachineArn", "APIName", "LogGroupName"]
    value: str
    statistic: Literal["Sum", "Minimum"]
    namespace: Literal["AWS/States", "AWS/Logs"] = STATES_NAMESPACE


@dataclass(frozen=True, slots=True)
class MetricSpan:
    """The time that is asked for, in whole periods of so many seconds."""

    start: datetime
    end: datetime
    period: int

    @property
    def periods(self) -> int:
        """How many periods those are."""
        return ceil((self.end - self.start).total_seconds() / self.period)


def read_metrics(
    calls: Calls,
    cloudwatch: "CloudWatchClient",
    metrics: Sequence[Metric],
    span: MetricSpan,
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
    span: MetricSpan,
    summary: Callable[[Sequence[Point]], V],
) -> Mapping[Metric, V]:
    """The same of each metric's values with the times at which their periods begin."""
    return _read(calls, cloudwatch, metrics, span, _points, summary)


def _values(result: Answer) -> Iterable[float]:
    return result.numbers("Values")


def _points(result: Answer) -> Iterable[Point]:
    return pairs(result, "Timestamps", "Values")


def _read(
    calls: Calls,
    cloudwatch: "CloudWatchClient",
    metrics: Sequence[Metric],
    span: MetricSpan,
    take: Callable[[Answer], Iterable[P]],
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
    span: MetricSpan,
    batch: Sequence[Metric],
    take: Callable[[Answer], Iterable[P]],
) -> Mapping[Metric, Sequence[P]]:
    found: dict[Metric, list[P]] = {metric: [] for metric in batch}
    for page in _pages(calls, cloudwatch, span, batch, take):
        for metric, values in page.items():
            if values is None:
                found.pop(metric, None)
            elif metric in found:
                found[metric].extend(values)
    return found


def _pages(
    calls: Calls,
    cloudwatch: "CloudWatchClient",
    span: MetricSpan,
    batch: Sequence[Metric],
    take: Callable[[Answer], Iterable[P]],
) -> Iterator[Mapping[Metric, Sequence[P] | None]]:
    """What each page holds of the metrics; None of those that CloudWatch could not read."""
    ask = partial(
        cloudwatch.get_metric_data,
        MetricDataQueries=[_query(at, metric, span.period) for at, metric in enumerate(batch)],
        StartTime=span.start,
        EndTime=span.end,
        ScanBy="TimestampDescending",
    )
    metered = min(len(batch) * span.periods, DATAPOINTS_A_PAGE)
    by_id = {f"m{at}": metric for at, metric in enumerate(batch)}

    def read(answer: Answer) -> tuple[Mapping[Metric, Sequence[P] | None], str]:
        page = {}
        for result in answer.structures("MetricDataResults"):
            if (metric := by_id.get(result.text("Id"))) is None:
                raise UnreadableAnswerError("Id")
            known = result.text("StatusCode") in {"Complete", "PartialData"}
            page[metric] = list(take(result)) if known else None
        return page, answer.token("NextToken")

    def fetch(token: str) -> tuple[Mapping[Metric, Sequence[P] | None], str]:
        request = partial(ask, NextToken=token) if token else ask
        return calls.make(Api.GET_METRIC_DATA, request, read, datapoints=metered)

    # An expired token is not begun again from: what was summed up would be so twice.
    page, token = fetch("")
    yield page
    while token:
        page, token = fetch(token)
        yield page


def _query(at: int, metric: Metric, period: int) -> "MetricDataQueryTypeDef":
    return {
        "Id": f"m{at}",
        "MetricStat": {
            "Metric": {
                "Namespace": metric.namespace,
                "MetricName": metric.name,
                "Dimensions": [{"Name": metric.dimension, "Value": metric.value}],
            },
            "Period": period,
            "Stat": metric.statistic,
        },
        "ReturnData": True,
    }
