"""Definitions, and successes listed and read within a budget of calls."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.aws.success_histories import (
    BATCH,
    ENOUGH_RETRIED,
    after_each,
    evenly,
    read_informative,
)
from sfn_digest.model.executions import DiagnosedAttempt, Diagnosis, HistoryEvent, StateMachine
from sfn_digest.model.successes import ReadSuccess, Success
from tests.aws.small_world import WEEK, arn, calls_of, machine, opened, run, world

pytestmark = pytest.mark.slow

ORDERS = StateMachine(arn("orders"), "orders", "STANDARD")
START = datetime(2026, 3, 2, tzinfo=UTC)
FAILED = DiagnosedAttempt(
    "Work", Diagnosis("service_error", "transient", "E", "message", "v1:x"), START, START, 1.0
)


def retried(success: Success, pages: Iterator[Sequence[HistoryEvent]]) -> ReadSuccess:
    assert len(next(pages)) == 4
    return ReadSuccess(success, (FAILED,), ())


def number_of(read: ReadSuccess) -> int:
    return int(read.execution.arn.rsplit("-", 1)[1])


def lasting(*seconds: float, redriven: Collection[int] = ()) -> list[Success]:
    """Successes named by their place, each of so many seconds."""
    return [
        Success(f"x-{n}", ORDERS.arn, START, START + timedelta(seconds=each), int(n in redriven))
        for n, each in enumerate(seconds)
    ]


def knowing(numbers: Collection[int]) -> Callable[[Success], ReadSuccess]:
    """A reader that knows which successes had an attempt that failed."""
    return lambda each: ReadSuccess(
        each, (FAILED,) if int(each.arn.rsplit("-", 1)[1]) in numbers else (), ()
    )


def test_the_histories_of_a_batch_are_read_at_the_same_time_and_told_in_their_order() -> None:
    waiting = Barrier(BATCH)

    def read(each: Success) -> ReadSuccess:
        waiting.wait(timeout=60)
        return ReadSuccess(each, (), ())

    found = read_informative(lasting(*range(100, 100 - BATCH, -1)), BATCH, read)
    assert [number_of(each) for each in found] == list(range(BATCH))


def test_a_definition_is_one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(world([machine("orders")], []), monkeypatch) as (account, served):
        assert account.evidence.definition(arn("orders")) == '{"StartAt": "A"}'
        assert len(calls_of(served, "DescribeStateMachine")) == 1


def test_where_a_version_is_gone_the_machine_s_own_definition_is_read_without_a_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with opened(world([machine("orders")], []), monkeypatch) as (account, served):
        assert (
            account.evidence.definition(arn("orders"), f"{arn('orders')}:7") == '{"StartAt": "A"}'
        )
        assert len(calls_of(served, "DescribeStateMachine")) == 2
        assert account.usage().notes == ()


def test_a_definition_that_is_refused_is_told_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    denied = replace(world([machine("orders")], []), denied=frozenset({arn("orders")}))
    with opened(denied, monkeypatch) as (account, _):
        assert account.evidence.definition(arn("orders")) is None
        assert "Retries of orders could not be evaluated" in account.usage().notes[0]


def test_the_slowest_successes_are_read_within_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [
        run("orders", number, hours_ago=number + 1, status="SUCCEEDED", took=100 * (number % 5))
        for number in range(20)
    ]
    runs.append(run("orders", 99, hours_ago=8 * 24, status="SUCCEEDED", took=9_000))
    with opened(world([machine("orders")], runs), monkeypatch) as (account, served):
        known = account.evidence.successes(ORDERS, WEEK, retried, most_pages=2, most_histories=3)
        assert len(calls_of(served, "GetExecutionHistory")) == 3
    assert known is not None
    assert len(known.listed) == 20
    assert [number_of(each) for each in known.read] == [14, 19, 4]
    assert known.complete


@pytest.mark.parametrize(("most", "drawn"), [(15, 10), (14, 0)])
def test_a_sample_of_successes_is_spread_over_all_and_left_out_where_few_may_be_read(
    monkeypatch: pytest.MonkeyPatch, most: int, drawn: int
) -> None:
    runs = [
        run("orders", number, hours_ago=number + 1, status="SUCCEEDED", took=100 + number)
        for number in range(40)
    ]
    with opened(world([machine("orders")], runs), monkeypatch) as (account, served):
        known = account.evidence.successes(
            ORDERS, WEEK, retried, most_pages=2, most_histories=most, sample=10
        )
        assert len(calls_of(served, "GetExecutionHistory")) == most
    assert known is not None
    sampled = [number_of(each) for each in known.read if each.execution.arn in known.sampled]
    assert sampled == list(range(0, 4 * drawn, 4))
    slowest = [number for number in range(39, 0, -1) if number not in sampled][:BATCH]
    assert [number_of(each) for each in known.read][drawn:][:BATCH] == slowest


def test_no_redriven_execution_stands_for_how_long_others_take() -> None:
    listed = list(lasting(*range(10), redriven={0, 2}))
    assert [int(each.arn.rsplit("-", 1)[1]) for each in evenly(listed, 4)] == [1, 4, 6, 8]
    assert evenly(listed, 0) == evenly([], 4) == []


def test_of_successes_those_are_read_that_began_next_after_each_failure() -> None:
    listed = [replace(each, started_at=WEEK.start + timedelta(hours=number), redrive_count=0)
              for number, each in enumerate(lasting(*range(100)))]  # fmt: skip
    again = [*listed, replace(listed[3], redrive_count=1)]

    def after(*hours: float, most: int = 20) -> list[int]:
        moments = [WEEK.start + timedelta(hours=hour) for hour in hours]
        return [round((e.started_at - WEEK.start).total_seconds() / 3600)
                for e in after_each(again, moments, most)]  # fmt: skip

    assert after(2.5, 2.6, 40, 99.5) == [3, 41]
    assert after(*(n + 0.5 for n in range(50)), most=5) == [1, 11, 21, 31, 41]
    assert after(2.5, most=0) == []


def test_a_third_of_the_histories_at_most_are_of_successes_after_failures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs = [
        run("orders", number, hours_ago=number + 1, status="SUCCEEDED", took=100 + number)
        for number in range(40)
    ]
    failed = [WEEK.end - timedelta(hours=number + 2.5) for number in range(30)]
    with opened(world([machine("orders")], runs), monkeypatch) as (account, _):
        known = account.evidence.successes(
            ORDERS, WEEK, retried, most_pages=2, most_histories=15, after=failed
        )
    assert known is not None
    assert len(known.read) == 15
    slow = {number_of(each) for each in known.read} & set(range(30, 40))
    assert len(slow) >= 9


def test_reading_ends_with_the_first_batch_in_which_no_attempt_failed() -> None:
    listed = lasting(*range(100))
    assert len(list(read_informative(listed, 60, knowing(())))) == BATCH
    read = list(read_informative(listed, 60, knowing({99, 96, 93})))
    assert [number_of(each) for each in read] == list(range(99, 99 - 3 * BATCH, -1))


def test_redriven_successes_are_read_before_slower_ones() -> None:
    listed = lasting(*range(100), redriven={3, 50})
    read = read_informative(listed, 60, knowing({3, 50}))
    assert [number_of(each) for each in read][:3] == [50, 3, 99]


def test_reading_ends_when_enough_retries_were_seen() -> None:
    listed = lasting(*range(100))
    assert len(list(read_informative(listed, 60, knowing(range(100))))) == ENOUGH_RETRIED


@given(st.sets(st.integers(0, 60)), st.integers(0, 70), st.integers(0, 61))
def test_no_more_is_read_than_is_allowed_and_nothing_twice(
    retries: set[int], most: int, number: int
) -> None:
    read = [number_of(e) for e in read_informative(lasting(*range(number)), most, knowing(retries))]
    assert len(read) == len(set(read)) <= most
    assert read == sorted(read, reverse=True)


def test_a_listing_that_its_budget_ends_is_said_to_be_incomplete(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs = [
        run("orders", number, hours_ago=1 + number / 60, status="SUCCEEDED")
        for number in range(1500)
    ]
    with opened(world([machine("orders")], runs), monkeypatch) as (account, served):
        known = account.evidence.successes(ORDERS, WEEK, retried, most_pages=1, most_histories=0)
        assert len(calls_of(served, "ListExecutions")) == 1
    assert known is not None
    assert (len(known.listed), known.complete) == (1000, False)


def test_successes_that_are_refused_are_told_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    denied = replace(world([machine("orders")], []), denied=frozenset({arn("orders")}))
    with opened(denied, monkeypatch) as (account, _):
        known = account.evidence.successes(ORDERS, WEEK, retried, most_pages=1, most_histories=1)
        assert known is None
        assert "could not be evaluated" in account.usage().notes[0]
