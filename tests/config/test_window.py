"""Windows from one firing of a schedule to the next, whatever the clocks do."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.config.request import Defaults, from_event
from sfn_digest.config.wall_clock import parse_time_zone
from sfn_digest.config.window import LATEST_RUN, RETENTION, parse_window, window_before
from sfn_digest.errors import BadRequestError, BadWindowError
from sfn_digest.model.executions import Window
from tests.examples import many

pytestmark = pytest.mark.slow

ZONES = (
    *("UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Asia/Tokyo"),
    *("Australia/Lord_Howe", "Africa/Casablanca", "America/Santiago", "Asia/Kathmandu"),
)
"""Among them clocks that change by half an hour, at midnight, and twice in a month."""


def firings(zone: ZoneInfo, first: date, at: time, every: timedelta) -> Iterator[datetime]:
    """When Scheduler fires: not at a time that does not exist, and once at one that comes twice."""
    wall = datetime.combine(first, at)
    while True:
        fired = wall.replace(tzinfo=zone).astimezone(UTC)
        if fired.astimezone(zone).replace(tzinfo=None) == wall:
            yield fired
        wall += every


@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    first=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    at=st.times().map(lambda each: each.replace(second=0, microsecond=0)),
    every=st.sampled_from(["1d", "7d", "2w", "1h", "12h"]),
)
def test_windows_of_a_schedule_leave_no_time_out_and_count_none_twice(
    zone: ZoneInfo, first: date, at: time, every: str
) -> None:
    lengths = {"1d": 24, "7d": 168, "2w": 336, "1h": 1, "12h": 12}
    fired = firings(zone, first, at, timedelta(hours=lengths[every]))
    for before, now in pairwise(islice(fired, 400)):
        window = parse_window(every, now.isoformat(), now=now, schedule=zone)
        assert window == Window(before, now)


@pytest.mark.parametrize("zone", ZONES)
def test_around_each_change_of_the_clocks_windows_meet(zone: str) -> None:
    for hour in range(0, 24, 24 // many(24)):
        fired = list(islice(firings(ZoneInfo(zone), date(2026, 1, 1), time(hour, 30), DAY), 366))
        windows = [
            parse_window("1d", each.isoformat(), now=each, schedule=ZoneInfo(zone))
            for each in fired
        ]
        assert all(one.end == other.start for one, other in pairwise(windows))
        assert all(
            window_before(other, "1d", ZoneInfo(zone)) == one for one, other in pairwise(windows)
        )


DAY = timedelta(days=1)


def test_a_week_over_a_change_of_the_clocks_has_an_hour_more() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    monday = datetime(2026, 10, 26, 9, tzinfo=berlin)
    window = parse_window("7d", monday.isoformat(), now=monday, schedule=berlin)
    assert window.end - window.start == timedelta(hours=169)


def test_a_person_s_seven_days_are_of_24_hours() -> None:
    now = datetime(2026, 10, 26, 9, tzinfo=UTC)
    window = parse_window("7d", None, now=now)
    assert window.end - window.start == timedelta(days=7)


@pytest.mark.parametrize("late", [timedelta(seconds=3), timedelta(minutes=59), timedelta(hours=7)])
def test_a_window_of_90_days_is_told_however_late_its_run_comes(late: timedelta) -> None:
    due = datetime(2026, 11, 16, 9, tzinfo=UTC)
    defaults = Defaults(since="90d", channel="C1", time_zone="Europe/Berlin")
    event = {"scheduled_time": due.isoformat()}
    request = from_event(event, now=due + late, defaults=defaults)
    assert request.window.end == due
    # The clocks went back in these 90 days.
    assert request.window.end - request.window.start == RETENTION + timedelta(hours=1)


def test_a_schedule_s_window_from_before_what_is_kept_is_refused() -> None:
    now = datetime(2026, 11, 16, 9, tzinfo=UTC)
    late = now - LATEST_RUN - timedelta(seconds=1)
    with pytest.raises(BadWindowError, match="keeps executions for 90 days"):
        parse_window("90d", late.isoformat(), now=now, schedule=UTC)


def test_a_skipped_firing_is_made_up_for_only_as_far_as_executions_are_kept() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    # 90 days before, at half past two, the clocks were put forward to three.
    due = datetime(2026, 6, 27, 2, 30, tzinfo=berlin)
    window = parse_window("90d", due.isoformat(), now=due, schedule=berlin)
    assert window.end - window.start <= RETENTION + timedelta(hours=1)


def test_the_period_before_ends_where_this_one_starts() -> None:
    due = datetime(2026, 3, 30, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    defaults = Defaults(since="7d", channel="C1", time_zone="Europe/Berlin")
    request = from_event({"scheduled_time": due.isoformat()}, now=due, defaults=defaults)
    assert request.before is not None
    assert request.before.end == request.window.start
    assert request.before.end - request.before.start == timedelta(days=7)
    assert request.window.end - request.window.start == timedelta(hours=167)
    assert from_event({}, now=due, defaults=defaults).before is None


def test_the_period_before_a_window_from_a_time_is_as_long_as_it() -> None:
    end = datetime(2026, 11, 16, 9, tzinfo=UTC)
    window = Window(end - timedelta(days=3), end)
    before = window_before(window, "2026-11-13T09:00", UTC)
    assert before == Window(end - timedelta(days=6), window.start)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "Europe/Berlin\x00", "UTC "])
def test_a_time_zone_that_there_is_not_is_refused(name: str) -> None:
    with pytest.raises(BadRequestError, match="give an IANA name such as UTC"):
        parse_time_zone(name)
