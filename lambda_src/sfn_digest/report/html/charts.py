"""The page's charts as plain geometry: which cause, how many, where to draw it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sfn_digest.model.comparison import Period
from sfn_digest.model.executions import Window
from sfn_digest.model.report import FailureReport, MachineReport, Report
from sfn_digest.report import presenter as view

SERIES = 4
"""Causes with a colour of their own; all others share one more."""

_MOST_BARS = 31
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_PERIODS = (_HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, _DAY, 2 * _DAY, 7 * _DAY)

WIDTH, HEIGHT = 720, 160
"""The timeline's drawing area, without its axis."""

TREND_HEIGHT = 110
"""The height of the trend's highest bar."""

_FEWEST_PLACES = 8
"""A trend of fewer periods has no wider bars."""

_GAP = 0.2


@dataclass(frozen=True, slots=True)
class Segment:
    """A coloured rectangle: `series` says whose, `count` executions."""

    series: int
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """The failures that ended in one period, by series."""

    start: datetime
    x: float
    counts: tuple[int, ...]
    segments: tuple[Segment, ...]

    @property
    def total(self) -> int:
        """Failures of all series."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Failures over the window; `top` is the number at the full height."""

    bars: tuple[Bar, ...]
    period: timedelta
    top: int

    @property
    def has_others(self) -> bool:
        """Whether a cause without a colour of its own is among them."""
        return any(bar.counts[SERIES] for bar in self.bars)


def main_series(report: Report) -> dict[str, int]:
    """Give the causes that ended most executions their series: 0 for the first."""
    ended = [total.cause for total in view.cause_totals(report) if total.executions]
    return {cause: index for index, cause in enumerate(ended[:SERIES])}


def timeline(report: Report, series: Mapping[str, int]) -> Timeline:
    """Draw the listed failures by the time they ended."""
    period = _period(report.window)
    starts = _starts(report.window, period)
    counts = [[0] * (SERIES + 1) for _ in starts]
    for failure in report.failures:
        if (index := bar_of(failure, report.window)) is not None:
            counts[index][series.get(failure.cause, SERIES)] += 1
    top = max(1, *map(sum, counts))
    width = WIDTH / len(starts)
    bars = [
        Bar(
            start,
            index * width,
            tuple(counts[index]),
            _column(counts[index], index * width, width, top),
        )
        for index, start in enumerate(starts)
    ]
    return Timeline(tuple(bars), period, top)


def bar_of(failure: FailureReport, window: Window) -> int | None:
    """Give the place of the bar that a failure is drawn in; None where it ended outside."""
    if failure.stopped_at not in window:
        return None
    return (failure.stopped_at - window.start) // _period(window)


def shares(machine: MachineReport, series: Mapping[str, int], width: float) -> tuple[Segment, ...]:
    """Draw the causes of a machine's failures as one bar of this width and height 1."""
    counts: Counter[int] = Counter()
    for row in machine.causes:
        counts[series.get(row.cause, SERIES)] += row.likely
    total = counts.total()
    segments, x = [], 0.0
    for index in sorted(counts):
        if counts[index]:
            wide = width * counts[index] / total
            segments.append(Segment(index, counts[index], x, 0, wide, 1))
            x += wide
    return tuple(segments)


def _period(window: Window) -> timedelta:
    length = window.end - window.start
    return next((period for period in _PERIODS if length <= _MOST_BARS * period), _PERIODS[-1])


def _starts(window: Window, period: timedelta) -> list[datetime]:
    count = max(1, -(-(window.end - window.start) // period))
    return [window.start + index * period for index in range(count)]


def _column(counts: Sequence[int], x: float, width: float, top: int) -> tuple[Segment, ...]:
    segments, below = [], 0.0
    for series, count in enumerate(counts):
        if count:
            height = HEIGHT * count / top
            below += height
            inner = width * (1 - _GAP)
            segments.append(
                Segment(series, count, x + width * _GAP / 2, HEIGHT - below, inner, height)
            )
    return tuple(segments)


@dataclass(frozen=True, slots=True)
class TrendBar:
    """One period of the trend: its failures as a bar, and where it is labelled."""

    period: Period
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Where its labels are centred."""
        return self.x + self.width / 2


def trend(periods: Sequence[Period]) -> tuple[TrendBar, ...]:
    """Draw the failures of each period; one period alone is no trend."""
    if len(periods) < 2 or not any(period.failures for period in periods):
        return ()
    top = max(period.failures for period in periods)
    width = WIDTH / max(len(periods), _FEWEST_PLACES)
    heights = [TREND_HEIGHT * period.failures / top for period in periods]
    return tuple(
        TrendBar(
            period,
            index * width + width * _GAP / 2,
            TREND_HEIGHT - height,
            width * (1 - _GAP),
            height,
        )
        for index, (period, height) in enumerate(zip(periods, heights, strict=True))
    )
