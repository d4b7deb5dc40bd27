"""Charts draw every failure once, and inside their frame."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sfn_digest.model.comparison import Period
from sfn_digest.model.executions import Window
from sfn_digest.report.html.charts import (
    HEIGHT,
    SERIES,
    TREND_HEIGHT,
    WIDTH,
    main_series,
    shares,
    timeline,
    trend,
)
from tests.report import made, made_past
from tests.report.hostile import Author, by_any_author


def test_a_week_has_bars_of_six_hours() -> None:
    drawn = timeline(made.week(), {})
    assert (drawn.period, len(drawn.bars)) == (timedelta(hours=6), 28)


@pytest.mark.parametrize(
    ("days", "period"),
    [
        (0.2, timedelta(hours=1)),
        (1, timedelta(hours=1)),
        (2, timedelta(hours=3)),
        (31, timedelta(days=1)),
        (90, timedelta(days=7)),
    ],
)
def test_bars_are_as_long_as_the_window_needs(days: float, period: timedelta) -> None:
    window = Window(made.WINDOW.start, made.WINDOW.start + timedelta(days=days))
    drawn = timeline(replace(made.week(), window=window), {})
    assert drawn.period == period
    assert len(drawn.bars) <= 31


def test_the_causes_of_most_failures_have_colours_of_their_own() -> None:
    series = main_series(made.week())
    assert list(series)[:2] == [made.SPOT, made.BROKEN]
    assert len(series) == SERIES


def test_a_bar_stacks_its_causes_to_the_full_height() -> None:
    drawn = timeline(made.week(), main_series(made.week()))
    highest = max(drawn.bars, key=lambda bar: bar.total)
    assert highest.total == drawn.top == 3
    assert sum(part.height for part in highest.segments) == pytest.approx(HEIGHT)
    assert min(part.y for part in highest.segments) == pytest.approx(0)


@by_any_author
def test_every_listed_failure_in_the_window_is_drawn_once(author: Author) -> None:
    report = author.found().report()
    drawn = timeline(report, main_series(report))
    assert sum(bar.total for bar in drawn.bars) == len(report.failures)
    for bar in drawn.bars:
        assert bar.total == sum(part.count for part in bar.segments)
        for part in bar.segments:
            assert -0.001 <= part.x <= part.x + part.width <= WIDTH + 0.001
            assert -0.001 <= part.y <= part.y + part.height <= HEIGHT + 0.001


@by_any_author
def test_the_shares_of_a_machine_fill_its_bar(author: Author) -> None:
    report = author.found().report()
    for machine in report.machines:
        drawn = shares(machine, main_series(report), 100)
        if any(row.executions for row in machine.causes):
            assert sum(part.width for part in drawn) == pytest.approx(100)
        else:
            assert drawn == ()


def test_the_trend_s_highest_bar_has_the_full_height_and_all_stand_on_the_axis() -> None:
    bars = trend(made_past.compared_week().trend)
    assert max(bar.height for bar in bars) == TREND_HEIGHT
    assert [bar.period.failures for bar in bars] == [0, 12, 30, 21]
    for bar in bars:
        assert bar.y + bar.height == pytest.approx(TREND_HEIGHT)
        assert bar.height == pytest.approx(TREND_HEIGHT * bar.period.failures / 30)
        assert 0 <= bar.x < bar.x + bar.width <= WIDTH


@pytest.mark.parametrize("periods", [(), (made_past.period(0, 9),)])
def test_one_period_alone_is_no_trend(periods: tuple[Period, ...]) -> None:
    assert trend(periods) == ()


def test_periods_without_a_failure_are_no_trend() -> None:
    assert trend((made_past.period(1, 0), made_past.period(0, 0))) == ()
