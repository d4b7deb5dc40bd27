"""What CloudWatch keeps of AWS/States: one-minute sums that can be asked at any period."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from simulator.records import SimExecution, Status, World

MINUTE = 60
_HOUR = 3600

HourlyEnds = Mapping[str, Mapping[Status, Sequence[int]]]
"""Executions known by count alone: machine ARN, status, how many closed in each hour.

The first hour is the one the world's start lies in. They are in the metrics only: neither
listed nor described. They count as started in the hour they closed in.
"""

_ENDED: Mapping[Status, str] = {
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "TIMED_OUT": "ExecutionsTimedOut",
    "ABORTED": "ExecutionsAborted",
}


@dataclass(slots=True)
class Stat:
    """What one period holds of a metric: CloudWatch's statistic set."""

    sum: float
    count: float
    minimum: float
    maximum: float

    def add(self, other: "Stat") -> None:
        """Fold in what another stretch of time holds."""
        self.sum += other.sum
        self.count += other.count
        self.minimum = min(self.minimum, other.minimum)
        self.maximum = max(self.maximum, other.maximum)

    def value(self, statistic: str) -> float:
        """One statistic by CloudWatch's name for it; KeyError for any other."""
        return {
            "Sum": self.sum,
            "SampleCount": self.count,
            "Average": self.sum / self.count,
            "Minimum": self.minimum,
            "Maximum": self.maximum,
        }[statistic]


class Series:
    """One metric of one state machine, by the minute."""

    def __init__(self, minutes: Mapping[int, Stat]) -> None:
        self._minutes = sorted(minutes)
        self._stats = [minutes[minute] for minute in self._minutes]

    def periods(
        self, start: float, end: float, period: int, *, known_until: float = inf
    ) -> dict[int, Stat]:
        """Statistics by the epoch second each period begins at, oldest first.

        Periods begin at whole multiples of `period`; those beginning in [start, end) are
        given, whole. Periods without data are left out, and minutes that end later than
        `known_until`.
        """
        found: dict[int, Stat] = {}
        first = period_start(start, period)
        last = min(period_start(end, period), known_until - MINUTE + 1)
        low, high = bisect_left(self._minutes, first), bisect_left(self._minutes, last)
        for minute, stat in zip(self._minutes[low:high], self._stats[low:high], strict=True):
            begin = minute - minute % period
            if begin in found:
                found[begin].add(stat)
            else:
                found[begin] = Stat(stat.sum, stat.count, stat.minimum, stat.maximum)
        return found


def period_start(moment: float, period: int) -> int:
    """The first beginning of a period at or after a moment."""
    return -int(-moment // period) * period


def machine_series(world: World, hourly: HourlyEnds) -> Mapping[tuple[str, str], Series]:
    """Every metric with data, by metric name and state machine ARN."""
    minutes: defaultdict[tuple[str, str], dict[int, Stat]] = defaultdict(dict)
    samples = (*_samples(world), *_hourly_samples(world, hourly), *_counted_samples(world))
    for arn, metric, moment, stat in samples:
        series, minute = minutes[metric, arn], int(moment // MINUTE) * MINUTE
        if minute in series:
            series[minute].add(stat)
        else:
            series[minute] = stat
    return {key: Series(series) for key, series in minutes.items()}


_Sample = tuple[str, str, float, Stat]


def _samples(world: World) -> Iterator[_Sample]:
    for run in world.executions:
        arn, starts = run.machine_arn, _starts(run)
        yield arn, "ExecutionsStarted", run.started_at, _started(1)
        for moment in starts[1:]:
            yield arn, "ExecutionsRedriven", moment, _counted(1)
        ends = list(run.earlier_ends)
        if run.stopped_at is not None:
            ends.append((run.status, run.stopped_at))
        for index, (status, moment) in enumerate(ends):
            took = 1000 * (moment - starts[min(index, len(starts) - 1)])
            yield arn, _ENDED[status], moment, _counted(1)
            yield arn, "ExecutionTime", moment, Stat(took, 1, took, took)


def _starts(run: SimExecution) -> list[float]:
    """When each run of an execution began: its start, and every redrive."""
    redrives: list[float] = []
    if run.redrive_count:
        redrives = [
            float(event["timestamp"])
            for event in run.events
            if event["type"] == "ExecutionRedriven"
        ]
    return [run.started_at, *redrives]


def _hourly_samples(world: World, hourly: HourlyEnds) -> Iterator[_Sample]:
    first = int(world.start // _HOUR) * _HOUR
    for arn, by_status in hourly.items():
        for status, counts in by_status.items():
            for index, count in enumerate(counts):
                moment = float(first + index * _HOUR)
                if count:
                    yield arn, "ExecutionsStarted", moment, _started(count)
                    yield arn, _ENDED[status], moment, _counted(count)


def _counted_samples(world: World) -> Iterator[_Sample]:
    for each in world.counted:
        if each.number:
            yield each.machine_arn, "ExecutionsStarted", each.at, _started(each.number)
            yield each.machine_arn, _ENDED[each.status], each.at, _counted(each.number)


def _started(count: int) -> Stat:
    # AWS reports two samples for each started execution, whose values add up to 1.
    return Stat(count, 2 * count, 0, 1)


def _counted(count: int) -> Stat:
    return Stat(count, count, 1, 1)
