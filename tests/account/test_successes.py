"""Definitions, and successes listed and read within a budget of calls."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from sfn_digest.records import HistoryEvent, StateMachine
from sfn_digest.successes import Success
from tests.account.small_world import WEEK, arn, calls_of, machine, opened, run, world

ORDERS = StateMachine(arn("orders"), "orders", "STANDARD")


def name_and_events(success: Success, pages: Iterator[Sequence[HistoryEvent]]) -> tuple[str, int]:
    return success.arn.rsplit("-", 1)[1], len(next(pages))


def test_a_definition_is_one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(world([machine("orders")], []), monkeypatch) as (account, served):
        assert account.definition(arn("orders")) == '{"StartAt": "A"}'
        assert len(calls_of(served, "DescribeStateMachine")) == 1


def test_a_definition_that_is_refused_is_told_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    denied = replace(world([machine("orders")], []), denied=frozenset({arn("orders")}))
    with opened(denied, monkeypatch) as (account, _):
        assert account.definition(arn("orders")) is None
        assert "retries of orders could not be weighed" in account.usage().notes[0]


def test_the_slowest_successes_are_read_within_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [
        run("orders", number, hours_ago=number + 1, status="SUCCEEDED", took=100 * (number % 5))
        for number in range(20)
    ]
    runs.append(run("orders", 99, hours_ago=8 * 24, status="SUCCEEDED", took=9_000))
    with opened(world([machine("orders")], runs), monkeypatch) as (account, served):
        listed, read, complete = account.successes(
            ORDERS, WEEK, name_and_events, most_pages=2, most_histories=3
        )
        assert len(calls_of(served, "GetExecutionHistory")) == 3
    assert len(listed) == 20
    assert read == (("14", 4), ("19", 4), ("4", 4))
    assert complete


def test_a_listing_that_its_budget_ends_is_said_to_be_incomplete(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs = [
        run("orders", number, hours_ago=1 + number / 60, status="SUCCEEDED")
        for number in range(1500)
    ]
    with opened(world([machine("orders")], runs), monkeypatch) as (account, served):
        listed, _, complete = account.successes(
            ORDERS, WEEK, name_and_events, most_pages=1, most_histories=0
        )
        assert len(calls_of(served, "ListExecutions")) == 1
    assert (len(listed), complete) == (1000, False)


def test_successes_that_are_refused_are_told_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    denied = replace(world([machine("orders")], []), denied=frozenset({arn("orders")}))
    with opened(denied, monkeypatch) as (account, _):
        assert account.successes(ORDERS, WEEK, name_and_events, most_pages=1, most_histories=1) == (
            (),
            (),
            False,
        )
        assert "could not be weighed" in account.usage().notes[0]
