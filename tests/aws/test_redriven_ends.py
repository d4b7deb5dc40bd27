"""An execution that failed, was redriven and failed again is one failure, in every period."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.aws.redriven_ends import EndsAndRedrives, UndoneEnds, undone_ends, without_undone
from sfn_digest.model.executions import CountedPeriod, ExecutionCounts, Window
from simulator.records import SimExecution, World
from tests.aws.small_world import TAG, WEEK, arn, machine, opened, redriven, run, world

WEEK_HOURS = 7 * 24
BEFORE = Window(WEEK.start - timedelta(days=7), WEEK.start)
LONG_AGO = WEEK.start - timedelta(days=40)


def at(hours_ago: float) -> datetime:
    return WEEK.end - timedelta(hours=hours_ago)


def undone(ends: list[float], redrives: list[float], known: datetime = LONG_AGO) -> UndoneEnds:
    moved = EndsAndRedrives([(at(each), 1) for each in ends], [(at(each), 1) for each in redrives])
    return undone_ends(moved, WEEK, known)


def test_a_redrive_undoes_the_end_before_it() -> None:
    assert undone([20, 10], [15]) == UndoneEnds(most=1, least=1)


def test_what_began_before_the_period_is_undone_by_a_redrive_before_any_end_of_it() -> None:
    assert undone([WEEK_HOURS + 5, 100], [150]) == UndoneEnds(most=0, least=0)


def test_whether_an_end_of_the_period_or_one_before_it_was_undone_is_not_known() -> None:
    assert undone([WEEK_HOURS + 5, 100], [50]) == UndoneEnds(most=1, least=0)


def test_what_ended_more_than_14_days_before_cannot_have_been_redriven() -> None:
    assert undone([WEEK_HOURS + 15 * 24, 100], [50]) == UndoneEnds(most=1, least=1)


def test_where_the_14_days_before_are_not_known_nothing_is_sure() -> None:
    known = WEEK.start - timedelta(days=13)
    assert undone([100], [50], known) == UndoneEnds(most=1, least=0)


def test_failures_are_taken_off_first_and_may_be_too_few_where_stops_are_left() -> None:
    counts = ExecutionCounts(9, failed=3, timed_out=1, aborted=2)
    standing, missing = without_undone(counts, UndoneEnds(most=5, least=3))
    assert standing == ExecutionCounts(9, aborted=1)
    assert missing == 3


@st.composite
def executions(draw: st.DrawFn) -> list[SimExecution]:
    """Executions that failed, were redriven and failed again, at some hours of some weeks."""
    made = []
    for number in range(draw(st.integers(1, 6))):
        hours = st.integers(WEEK_HOURS + 1, 4 * WEEK_HOURS - 1)
        ends = sorted(draw(st.sets(hours, min_size=1, max_size=3)), reverse=True)
        made.append(redriven_at(number, ends))
    return made


def redriven_at(number: int, ends: list[int]) -> SimExecution:
    """An execution that failed so many hours ago, and was redriven half an hour after each end."""
    *earlier, last = (each + 0.25 for each in ends)
    plain = redriven(run("orders", number, hours_ago=last), *(("FAILED", each) for each in earlier))
    events = tuple(
        {"type": "ExecutionRedriven", "timestamp": at(each - 0.5).timestamp(), "id": place}
        for place, each in enumerate(earlier)
    )
    return replace(plain, events=(*plain.events, *events))


def standing(each: SimExecution, window: Window) -> int:
    """Whether it was a failure when the period was over: no redrive undid its end."""
    ends = [*(moment for _, moment in each.earlier_ends), each.stopped_at or 0]
    starts = [e["timestamp"] for e in each.events if e["type"] == "ExecutionRedriven"]
    before = [end for end in ends if window.start.timestamp() <= end < window.end.timestamp()]
    return bool(before) and not any(
        before[-1] < moment < window.end.timestamp() for moment in starts
    )


@given(executions())
def test_the_true_number_lies_between_what_is_said_and_what_is_not_sure(
    made: list[SimExecution],
) -> None:
    moved = EndsAndRedrives(
        [
            (datetime.fromtimestamp(moment, WEEK.end.tzinfo), 1)
            for each in made
            for moment in [*(m for _, m in each.earlier_ends), each.stopped_at or 0]
        ],
        [
            (datetime.fromtimestamp(event["timestamp"], WEEK.end.tzinfo), 1)
            for each in made
            for event in each.events
            if event["type"] == "ExecutionRedriven"
        ],
    )
    ended = sum(moment in BEFORE for moment, _ in moved.ends)
    counts, missing = without_undone(
        ExecutionCounts(failed=ended), undone_ends(moved, BEFORE, LONG_AGO)
    )
    truth = sum(standing(each, BEFORE) for each in made)
    assert counts.failed <= truth <= counts.failed + missing


def periods(
    made: World, monkeypatch: pytest.MonkeyPatch, *, exactly: bool = True
) -> tuple[tuple[CountedPeriod, ...], tuple[str, ...], int]:
    with opened(made, monkeypatch) as (account, served):
        machines = account.tagged_machines(TAG)
        before = len(served.calls)
        found = account.past.periods(machines, WEEK, exactly=exactly)
        return found, account.usage().notes, len(served.calls) - before


@pytest.mark.slow
def test_an_execution_that_failed_twice_last_week_counts_once_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    twice = redriven_at(1, [WEEK_HOURS + 50, WEEK_HOURS + 20])
    made = world([machine("orders")], [twice, run("orders", 2, hours_ago=WEEK_HOURS + 9)])
    found, notes, calls = periods(made, monkeypatch)
    assert found[-1].machines[arn("orders")].failed == 2
    assert notes == ()
    assert calls == 3
    earlier, notes, _ = periods(made, monkeypatch, exactly=False)
    assert earlier[-1].machines[arn("orders")].failed == 2


@pytest.mark.slow
def test_where_nothing_was_redriven_one_call_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    made = world([machine("orders")], [run("orders", 2, hours_ago=WEEK_HOURS + 9)])
    found, _, calls = periods(made, monkeypatch)
    assert found[-1].redriven == frozenset()
    assert calls == 2


@pytest.mark.slow
def test_where_it_cannot_be_told_which_end_a_redrive_undid_a_note_says_how_many_it_may_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    over_the_edge = redriven_at(1, [2 * WEEK_HOURS + 50, WEEK_HOURS + 20])
    other = run("orders", 2, hours_ago=WEEK_HOURS + 60)
    late = replace(over_the_edge, events=_redriven_at(WEEK_HOURS + 40))
    found, notes, _ = periods(world([machine("orders")], [late, other]), monkeypatch)
    # One of two ends is taken for undone, and was not.
    assert found[-1].machines[arn("orders")].failed == 1
    [note] = notes
    assert note == (
        "CloudWatch does not say which executions were redriven, so up to 1 more may have "
        "failed in the previous period than shown here: orders 1."
    )


def _redriven_at(hours_ago: float) -> tuple[dict[str, Any], ...]:
    return ({"type": "ExecutionRedriven", "timestamp": at(hours_ago).timestamp(), "id": 1},)


@pytest.mark.slow
def test_a_picker_counts_what_failed_last_week_and_again_this_week(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    again = replace(
        redriven(run("orders", 1, hours_ago=9), ("FAILED", WEEK_HOURS + 9)),
        events=_redriven_at(20),
    )
    twice = redriven_at(2, [60, 30])
    made = world([machine("orders")], [again, twice, run("orders", 3, hours_ago=5)])
    with opened(made, monkeypatch) as (account, _):
        machines = account.tagged_machines(TAG)
        assert account.counts(machines, WEEK)[arn("orders")].failed == 4
        assert account.counts(machines, WEEK, once=True)[arn("orders")].failed == 3


@pytest.mark.slow
def test_what_may_not_be_listed_keeps_the_numbers_that_its_report_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = world([machine("orders")], [redriven_at(2, [60, 30])], frozenset({arn("orders")}))
    with opened(made, monkeypatch) as (account, _):
        machines = account.tagged_machines(TAG)
        assert account.counts(machines, WEEK, once=True)[arn("orders")].failed == 2
