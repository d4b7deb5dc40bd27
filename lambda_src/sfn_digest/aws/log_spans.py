"""Pure: which hours of which log group are worth scanning, and which of them may be scanned.

CloudWatch tells when executions failed and how much a group took in, so hours without a failure
are not scanned, and where the rest is too much, those with most failures a byte come first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

MOST_SPANS = 40
"""Queries a log group at most; gaps between hours that failed are filled to keep to it."""

CHEAP = 0.02
"""The part of the bytes allowed up to which the whole window is scanned in one query."""

EDGE = timedelta(minutes=2)
"""By how much CloudWatch may count an end later, or its record bear an earlier time."""


@dataclass(frozen=True, slots=True)
class Hour:
    """One period of a log group: failures that CloudWatch counted in it, and bytes taken in."""

    group: str
    start: datetime
    failures: float
    bytes: float


@dataclass(frozen=True, slots=True)
class LogSpan:
    """A stretch of one log group to scan in one query, and how many bytes that will be about.

    `hours` are the beginnings of those that it covers whole. `is_probe`: what a query scans of it
    tells how much may be scanned next, which a search does not tell.
    """

    group: str
    start: datetime
    end: datetime
    bytes: float
    hours: tuple[datetime, ...] = ()
    is_probe: bool = False


@dataclass(frozen=True, slots=True)
class ScanPlan:
    """What to scan; `left_out` are the hours with failures that would have been too much."""

    spans: tuple[LogSpan, ...]
    left_out: tuple[Hour, ...]


def plan(hours: Sequence[Hour], length: timedelta, allowed: float) -> ScanPlan:
    """What to scan of the hours, each of them so long, in so many bytes at most."""
    failing = sorted((each for each in hours if each.failures > 0), key=_worth)
    chosen: list[Hour] = []
    left_out: list[Hour] = []
    taken = 0.0
    for each in failing:
        fits = taken + each.bytes <= allowed
        (chosen if fits else left_out).append(each)
        taken += each.bytes if fits else 0.0
    spans: list[LogSpan] = []
    for group in dict.fromkeys(each.group for each in chosen):
        mine = {each.start: each for each in hours if each.group == group}
        wanted = {each.start for each in chosen if each.group == group}
        spare = allowed - taken
        kept = _filled(mine, wanted, length, spare)
        taken += sum(mine[start].bytes for start in kept - wanted)
        runs = _runs(sorted(kept), length)
        runs.sort(key=lambda run: -sum(mine[start].failures for start in run))
        spans += [_span(mine, run, length) for run in runs[:MOST_SPANS]]
        left_out += [mine[at] for run in runs[MOST_SPANS:] for at in run if at in wanted]
    return ScanPlan(tuple(spans), tuple(left_out))


def _worth(hour: Hour) -> tuple[float, float]:
    """Most failures a byte first; of equals the latest."""
    return -hour.failures / max(1.0, hour.bytes), -hour.start.timestamp()


def _filled(
    hours: Mapping[datetime, Hour], wanted: set[datetime], length: timedelta, spare: float
) -> set[datetime]:
    """The hours wanted, with gaps between them filled as far as that is cheap, or has to be."""
    if sum(each.bytes for each in hours.values()) <= CHEAP * spare:
        return set(hours)
    kept = set(wanted)
    gaps = [
        [at for at in _between(before[-1], after[0], length) if at in hours]
        for before, after in pairwise(_runs(sorted(wanted), length))
    ]
    gaps.sort(key=lambda gap: sum(hours[at].bytes for at in gap))
    for gap in gaps[: max(0, len(gaps) + 1 - MOST_SPANS)]:
        cost = sum(hours[at].bytes for at in gap)
        if cost > spare:
            break
        spare -= cost
        kept.update(gap)
    return kept


def _between(first: datetime, last: datetime, length: timedelta) -> Sequence[datetime]:
    number = round((last - first) / length)
    return [first + each * length for each in range(1, number)]


def _runs(starts: Sequence[datetime], length: timedelta) -> list[list[datetime]]:
    """Hours that follow each other, together."""
    runs: list[list[datetime]] = []
    for start in starts:
        if runs and start - runs[-1][-1] == length:
            runs[-1].append(start)
        else:
            runs.append([start])
    return runs


def _span(hours: Mapping[datetime, Hour], run: Sequence[datetime], length: timedelta) -> LogSpan:
    return LogSpan(
        group=hours[run[0]].group,
        start=run[0] - EDGE,
        end=run[-1] + length + EDGE,
        bytes=sum(hours[at].bytes for at in run),
        hours=tuple(run),
    )


def hour_starts(start: datetime, end: datetime, length: timedelta) -> Sequence[datetime]:
    """The beginnings of all whole periods that cover a time.

    >>> day = datetime(2026, 3, 9, tzinfo=UTC)
    >>> len(hour_starts(day, day + timedelta(minutes=90), timedelta(hours=1)))
    2
    """
    seconds = length.total_seconds()
    first = start.timestamp() // seconds
    last = -(-end.timestamp() // seconds)
    return [
        datetime.fromtimestamp((first + each) * seconds, UTC) for each in range(int(last - first))
    ]
