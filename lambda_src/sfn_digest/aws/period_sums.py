"""Sums of metrics over several periods at once, exact at the edges that have to be.

All periods are asked for in the same long points. A long point that an edge cuts is asked for again
in shorter ones, of the metrics that have anything in it, and only up to the edge or from it on: the
rest of it is what these leave of the long point.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import groupby
from math import fsum, gcd
from typing import TYPE_CHECKING

from sfn_digest.aws.calls import Calls
from sfn_digest.aws.metric_sums import STEPS
from sfn_digest.aws.metrics import (
    QUERIES_A_CALL,
    Metric,
    MetricSpan,
    Point,
    read_metrics,
    read_points,
)
from sfn_digest.errors import AccountError
from sfn_digest.model.executions import Window

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

KEPT = ((timedelta(days=15), 60), (timedelta(days=63), 300))
"""To what age CloudWatch keeps points of so many seconds; hours stay for 455 days."""

LONGEST = int(timedelta(days=28).total_seconds())
"""The longest points that are asked for: those of a metric of which nothing may be published."""

_SETTLED = timedelta(hours=1)
"""How old a point is that takes in no more figures."""

_FEW = 2 * QUERIES_A_CALL
"""Metrics of which all are asked for at once, whether anything was published or not."""


def finest(start: datetime, now: datetime) -> int:
    """The seconds of the shortest points that CloudWatch still has of a time."""
    return next((seconds for oldest, seconds in KEPT if now - start < oldest), 3600)


@dataclass(frozen=True, slots=True)
class CutPoint:
    """A long point that an edge cuts: `span` is the part that is asked for, `rest` the other."""

    begins: datetime
    span: MetricSpan
    rest: Window


@dataclass(frozen=True, slots=True)
class PeriodReading:
    """How the sums over periods are read: in `whole`, cut at `cuts` for those that are `exact`."""

    coarse: tuple[Window, ...]
    exact: tuple[Window, ...]
    whole: MetricSpan
    cuts: tuple[CutPoint, ...]

    @property
    def at_a_glance(self) -> MetricSpan | None:
        """All of it in very few points, where that is worth asking; None where it is not."""
        if (self.whole.end - self.whole.start).total_seconds() < LONGEST:
            return None
        return covering(Window(self.whole.start, self.whole.end), LONGEST)


def covering(window: Window, period: int) -> MetricSpan:
    """The whole points of so many seconds that cover a window."""
    first = int(window.start.timestamp()) // period * period
    last = -int(-window.end.timestamp() // period) * period
    return MetricSpan(_moment(first), _moment(last), period)


def plan_periods(
    coarse: Sequence[Window], exact: Sequence[Window], period: int, now: datetime
) -> PeriodReading:
    """The reading in long points of so many seconds.

    Of the `coarse` periods, each point belongs to the one in which its middle lies. The `exact`
    ones may overlap.
    """
    every = (*coarse, *exact)
    start, end = min(each.start for each in every), max(each.end for each in every)
    moments = {int(edge.timestamp()) for each in exact for edge in (each.start, each.end)}
    edges = sorted(each for each in moments if each % period)
    cuts = (_cut(begins, list(cut), period, now) for begins, cut in _by_point(edges, period))
    whole = covering(Window(start, end), period)
    return PeriodReading(tuple(coarse), tuple(exact), whole, tuple(cuts))


def _by_point(edges: Sequence[int], period: int) -> Iterator[tuple[int, Iterator[int]]]:
    return groupby(edges, key=lambda each: each // period * period)


def _cut(begins: int, edges: Sequence[int], period: int, now: datetime) -> CutPoint:
    ends = begins + period
    fine = gcd(period, *(edge - begins for edge in edges))
    before, after = (begins, edges[-1]), (edges[0], ends)
    # What still grows between two answers cannot be taken off one from the other.
    settled = _moment(ends) <= now - _SETTLED
    kept = fine % finest(_moment(begins), now) == 0
    if settled and not (kept and before[1] - before[0] <= after[1] - after[0]):
        asked, rest = after, Window(_moment(begins), _moment(edges[0]))
    else:
        asked, rest = before, Window(_moment(edges[-1]), _moment(ends))
    span = MetricSpan(_moment(asked[0]), _moment(asked[1]), fine)
    return CutPoint(_moment(begins), span, rest)


def read_period_sums(
    calls: Calls,
    cloudwatch: "CloudWatchClient",
    metrics: Sequence[Metric],
    reading: PeriodReading,
) -> Mapping[Metric, Sequence[float]]:
    """Each metric's sum over each of the periods, coarse ones first; a metric that could not be
    read is absent.
    """
    asked, sums = _published(calls, cloudwatch, metrics, reading)
    coarse = _Sums(reading.coarse, reading.whole.period)
    exact = _Sums(reading.exact, reading.whole.period)
    cut = [each.begins for each in reading.cuts]

    def of_long(points: Sequence[Point]) -> tuple[Sequence[float], Sequence[float]]:
        at = dict.fromkeys(cut, 0.0)
        whole = [point for point in points if point[0] not in at]
        at.update(point for point in points if point[0] in at)
        return (*coarse.of(points), *exact.of(whole)), tuple(at.values())

    found = read_points(calls, cloudwatch, asked, reading.whole, of_long)
    sums |= {metric: each for metric, (each, _) in found.items()}
    for at, point in enumerate(reading.cuts):
        there = {metric: each[at] for metric, (_, each) in found.items() if each[at]}
        _add_cut(calls, cloudwatch, there, point, reading, sums)
    return sums


def _published(
    calls: Calls, cloudwatch: "CloudWatchClient", metrics: Sequence[Metric], reading: PeriodReading
) -> tuple[Sequence[Metric], dict[Metric, Sequence[float]]]:
    """The metrics of which anything was published, and the sums of the others: nothing."""
    glance = reading.at_a_glance
    if glance is None or len(metrics) <= _FEW:
        return metrics, {}
    try:
        seen = read_metrics(calls, cloudwatch, metrics, glance, any)
    except AccountError:
        # CloudWatch's guides differ on how long a point may be: days are sure to be.
        return metrics, {}
    if not any(seen.values()):
        # All silent for weeks is rare, and points that long might just not be returned.
        return metrics, {}
    nothing = (0.0,) * len((*reading.coarse, *reading.exact))
    return [each for each in metrics if seen.get(each)], {
        metric: nothing for metric, anything in seen.items() if not anything
    }


def _add_cut(
    calls: Calls,
    cloudwatch: "CloudWatchClient",
    there: Mapping[Metric, float],
    point: CutPoint,
    reading: PeriodReading,
    sums: dict[Metric, Sequence[float]],
) -> None:
    """Add what a long point that is cut has of each exact period; a metric of which that cannot be
    read is taken out.
    """
    parts = _Sums(reading.exact, point.span.period)
    rest = _Sums(reading.exact, int((point.rest.end - point.rest.start).total_seconds()))

    def of_parts(points: Sequence[Point]) -> tuple[Sequence[float], float]:
        return parts.of(points), fsum(value for _, value in points)

    nothing = (0.0,) * len(reading.coarse)
    found = read_points(calls, cloudwatch, list(there), point.span, of_parts)
    for metric, whole in there.items():
        known, part = sums.pop(metric, None), found.get(metric)
        if known is not None and part is not None:
            left = rest.of([(point.rest.start, max(0.0, whole - part[1]))])
            added = (*nothing, *map(sum, zip(part[0], left, strict=True)))
            sums[metric] = [fsum(each) for each in zip(known, added, strict=True)]


def read_rough_sums(
    calls: Calls, cloudwatch: "CloudWatchClient", metrics: Sequence[Metric], window: Window
) -> Mapping[Metric, float]:
    """Each metric's sum over a window, in the longest points that are no longer than it: what lies
    in those at its edges is counted in.
    """
    length = int((window.end - window.start).total_seconds())
    longest = next((each for each in (LONGEST, *STEPS) if each <= length), STEPS[-1])
    try:
        return read_metrics(calls, cloudwatch, metrics, covering(window, longest), fsum)
    except AccountError:
        if longest <= STEPS[0]:
            raise
    return read_metrics(calls, cloudwatch, metrics, covering(window, STEPS[0]), fsum)


class _Sums:
    """Sums points of one length over periods: each counts where its middle lies."""

    def __init__(self, periods: Sequence[Window], seconds: int) -> None:
        half = timedelta(seconds=seconds / 2)
        self._number = len(periods)
        self._places: Callable[[datetime], Sequence[int]] = cache(
            lambda begins: [at for at, each in enumerate(periods) if begins + half in each]
        )

    def of(self, points: Sequence[Point]) -> list[float]:
        sums = [0.0] * self._number
        for begins, value in points:
            for at in self._places(begins):
                sums[at] += value
        return sums


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
