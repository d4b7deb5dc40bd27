"""Sums of metrics over a time, asked for in few datapoints: of those CloudWatch has a quota.

Where the time begins and ends on long periods, such as days, those are enough. Elsewhere the long
periods within it are, and what lies at its edges is asked for in short ones, and only of the
metrics that have anything there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import fsum
from typing import TYPE_CHECKING

from sfn_digest.aws.calls import Calls
from sfn_digest.aws.metrics import Metric, MetricSpan, Point, read_metrics, read_points

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

STEPS = (86400, 43200, 28800, 21600, 14400, 10800, 7200, 3600, 1800, 900, 300, 60)
"""Lengths of a period in seconds, each a multiple of what CloudWatch keeps at some age."""

FEW_DATAPOINTS = 20_000
"""What is asked for in one go, however short the periods: less than a second's share."""

_FEW_PERIODS = 64
_MANY_DATAPOINTS = 1_000_000
"""What even few periods of so many metrics are not asked for: 45 seconds of the share."""


@dataclass(frozen=True, slots=True)
class SpanReading:
    """How a span is read: `whole` covers it, and at the `edges` goes beyond it."""

    whole: MetricSpan
    edges: tuple[MetricSpan, ...] = ()


def plan_reading(span: MetricSpan, metrics: int) -> SpanReading:
    """The reading of so many metrics in the longest periods that the span's edges allow."""
    start, end = int(span.start.timestamp()), int(span.end.timestamp())
    lengths = [step for step in STEPS if step % span.period == 0]
    fitting = next((s for s in lengths if start % s == end % s == 0), span.period)
    number = (end - start) // fitting
    long = next((s for s in lengths if 4 * s <= end - start), fitting)
    most = _MANY_DATAPOINTS if number <= _FEW_PERIODS else FEW_DATAPOINTS
    if number * metrics <= most or fitting >= long:
        return SpanReading(MetricSpan(span.start, span.end, fitting))
    first, last = -(-start // long) * long, end // long * long
    edges = [(start, first), (last, end)]
    return SpanReading(
        _span(first - long if first > start else first, last + long if last < end else last, long),
        tuple(_span(begin, until, fitting) for begin, until in edges if begin < until),
    )


def read_sums(
    calls: Calls, cloudwatch: "CloudWatchClient", metrics: Sequence[Metric], span: MetricSpan
) -> Mapping[Metric, float]:
    """Each metric's sum over the span; a metric that CloudWatch could not read is absent."""
    reading = plan_reading(span, len(metrics))
    if not reading.edges:
        return read_metrics(calls, cloudwatch, metrics, reading.whole, fsum)

    def parts(points: Sequence[Point]) -> tuple[float, ...]:
        return _parts(points, reading)

    found = read_points(calls, cloudwatch, metrics, reading.whole, parts)
    sums = {metric: each[0] for metric, each in found.items()}
    for at, edge in enumerate(reading.edges, start=1):
        there = [metric for metric, each in found.items() if each[at]]
        at_edge = read_metrics(calls, cloudwatch, there, edge, fsum)
        for metric in there:
            if metric in at_edge and metric in sums:
                sums[metric] += at_edge[metric]
            else:
                sums.pop(metric, None)
    return sums


def _parts(points: Sequence[Point], reading: SpanReading) -> tuple[float, ...]:
    """The sum of the long periods within the span, and of the one that each edge cuts."""
    length = timedelta(seconds=reading.whole.period)
    within, cut = 0.0, [0.0] * len(reading.edges)
    for begins, value in points:
        at = next(
            (
                number
                for number, edge in enumerate(reading.edges)
                if begins < edge.end and edge.start < begins + length
            ),
            None,
        )
        if at is None:
            within += value
        else:
            cut[at] += value
    return within, *cut


def _span(start: int, end: int, period: int) -> MetricSpan:
    return MetricSpan(datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC), period)
