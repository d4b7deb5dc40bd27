"""The periods before a window, counted by CloudWatch in as few calls as it takes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.aws.earlier_periods import earlier_windows, point_seconds
from sfn_digest.model.executions import ExecutionCounts, StateMachine, Window
from simulator.records import Counted, World
from tests.aws.small_world import END, TAG, WEEK, arn, machine, opened, run, world

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WEEKLY = st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 9), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def window(length: timedelta, *, end: datetime = NOW) -> Window:
    return Window(end - length, end)


@given(end=WEEKLY, length=st.timedeltas(timedelta(seconds=1), timedelta(days=90)))
def test_periods_are_of_equal_length_and_lead_up_to_the_window(
    end: datetime, length: timedelta
) -> None:
    own = window(length, end=end)
    earlier = earlier_windows(own)
    assert 1 <= len(earlier) <= 7
    assert earlier[-1].end == own.start
    assert all(each.end - each.start == length for each in earlier)
    assert all(one.end == other.start for one, other in pairwise(earlier))


@pytest.mark.parametrize(("days", "number"), [(1, 7), (7, 7), (28, 7), (29, 6), (60, 3), (90, 2)])
def test_long_periods_are_fewer(days: int, number: int) -> None:
    assert len(earlier_windows(window(days * DAY))) == number


@given(end=WEEKLY, length=st.timedeltas(timedelta(minutes=1), timedelta(days=90)))
def test_all_points_fit_one_page_and_are_ones_that_cloudwatch_keeps(
    end: datetime, length: timedelta
) -> None:
    windows = earlier_windows(window(length, end=end))
    step = point_seconds(windows, NOW)
    span = (windows[-1].end - windows[0].start).total_seconds()
    # One point more is asked for before the oldest period.
    assert 500 * (span / step + 1) <= 100_800
    age = NOW - windows[0].start
    kept = 60 if age < 15 * DAY else 300 if age < 63 * DAY else 3600
    assert step % kept == 0


@pytest.mark.parametrize(
    ("end", "length", "step"),
    [
        ("2026-03-09T00:00", 7 * DAY, 86400),
        ("2026-03-09T12:00", 7 * DAY, 43200),
        ("2026-03-09T07:00", 7 * DAY, 43200),
        ("2026-03-09T07:30", DAY, 7200),
        ("2026-03-09T06:00", timedelta(hours=6), 21600),
        ("2026-03-09T11:07", timedelta(hours=1), 300),
    ],
)
def test_points_lie_on_the_edges_of_periods_where_few_of_them_do(
    end: str, length: timedelta, step: int
) -> None:
    own = window(length, end=datetime.fromisoformat(end).replace(tzinfo=UTC))
    assert point_seconds(earlier_windows(own), NOW) == step


def test_of_very_many_machines_points_are_days_wherever_the_edges_lie() -> None:
    windows = earlier_windows(window(7 * DAY, end=NOW.replace(hour=7)))
    assert point_seconds(windows, NOW, 40_000) == 86400
    # Unless few points do, and are exact.
    assert point_seconds(earlier_windows(window(7 * DAY)), NOW, 40_000) == 43200


def history(*weeks: tuple[int, int]) -> World:
    """`orders`, of which so many (succeeded, failed) closed in the weeks before WEEK."""
    counted = []
    for back, (succeeded, failed) in enumerate(weeks, start=1):
        middle = (WEEK.start - timedelta(days=7 * back - 3)).timestamp()
        counted += [
            Counted(arn("orders"), "SUCCEEDED", middle, succeeded),
            Counted(arn("orders"), "FAILED", middle + 86400, failed),
        ]
    made = world([machine("orders"), machine("quiet")], [run("orders", 1, hours_ago=1)])
    return replace(made, counted=tuple(counted))


def test_each_period_has_its_own_numbers_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    weeks = [(70, 7), (60, 6), (50, 5), (40, 4), (30, 3), (20, 2), (10, 1), (999, 99)]
    with opened(history(*weeks), monkeypatch) as (account, served):
        machines = account.tagged_machines(TAG)
        before = len(served.calls)
        periods = account.past.periods(machines, WEEK, exactly=False)
        # The other call asks whether any was redriven.
        assert [call.api for call in served.calls[before:]] == ["GetMetricData"] * 2
    assert [p.machines[arn("orders")] for p in periods] == [
        ExecutionCounts(succeeded, failed) for succeeded, failed in reversed(weeks[:7])
    ]
    assert {p.machines[arn("quiet")] for p in periods} == {ExecutionCounts()}
    assert periods[-1].window == Window(WEEK.start - 7 * DAY, WEEK.start)


def test_the_period_before_is_counted_to_the_hour_where_that_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # One failure an hour after the period before began, one an hour before: of points of half
    # a day, the window's edge at seven o'clock leaves neither where it belongs.
    own = Window(END - 7 * DAY + timedelta(hours=7), END + timedelta(hours=7))
    edge = (own.start - 7 * DAY).timestamp()
    made = world([machine("orders")], [])
    counted = (
        Counted(arn("orders"), "FAILED", edge + 3600, 3),
        Counted(arn("orders"), "FAILED", edge - 3600, 50),
    )
    with opened(replace(made, counted=counted), monkeypatch) as (account, served):
        machines = account.tagged_machines(TAG)
        periods = account.past.periods(machines, own, exactly=True)
        assert sum(call.api == "GetMetricData" for call in served.calls) == 1 + 3
    assert periods[-1].machines[arn("orders")].failed == 3


def test_a_machine_whose_name_cloudwatch_does_not_take_is_not_counted_as_zero(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = world([machine("orders"), machine("注文")], [])
    with opened(made, monkeypatch) as (account, _):
        periods = account.past.periods(account.tagged_machines(TAG), WEEK, exactly=True)
    assert all(set(period.machines) == {arn("orders")} for period in periods)


def test_a_refusal_leaves_no_periods_and_a_note_but_a_complete_report(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    denied = frozenset({"cloudwatch:GetMetricData"})
    with opened(history((1, 1)), monkeypatch, denied_actions=denied) as (account, _):
        orders = StateMachine(arn("orders"), "orders", "STANDARD")
        assert account.past.periods([orders], WEEK, exactly=True) == ()
    assert (
        account.usage()
        .notes[-1]
        .startswith("Earlier periods could not be counted: AWS denied cloudwatch:GetMetricData")
    )
    assert account.usage().complete


def test_after_the_deadline_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(history((1, 1)), monkeypatch) as (account, served):
        orders = StateMachine(arn("orders"), "orders", "STANDARD")
        asked = len(served.calls)
        assert account.until(-inf).past.periods([orders], WEEK, exactly=True) == ()
        assert len(served.calls) == asked
    [note] = account.usage().notes
    assert note == (
        "Earlier periods could not be counted: Time ran out before GetMetricData responded."
    )


def test_a_point_on_an_edge_belongs_to_the_period_that_has_most_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = Window(END - 7 * DAY + timedelta(hours=5), END + timedelta(hours=5))
    edge = (own.start - 7 * DAY).timestamp()
    counted = (Counted(arn("orders"), "FAILED", edge + 3600, 3),)
    made = replace(world([machine("orders")], []), counted=counted)
    with opened(made, monkeypatch) as (account, _):
        periods = account.past.periods(account.tagged_machines(TAG), own, exactly=False)
    assert [each.machines[arn("orders")].failed for each in periods] == [0] * 6 + [3]
