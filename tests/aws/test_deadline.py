"""When the time runs out the reading ends, and what is missing is said."""

import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest

from sfn_digest.aws import Account
from sfn_digest.aws.scan import READERS
from sfn_digest.aws.usage import ApiUsage
from sfn_digest.model.executions import Execution, HistoryEvent
from simulator.server.buckets import Rate
from tests.aws.small_world import PLENTY, TAG, WEEK, machine, newest, opened, run, world

FAILURES = [run("orders", number, hours_ago=number / 10 + 1) for number in range(60)]
ORDERS = world([machine("orders")], FAILURES)


def read_until(account: Account, seconds: float) -> tuple[list[str], ApiUsage]:
    machines = account.tagged_machines(TAG)
    counts = account.counts(machines, WEEK)
    deadline = time.monotonic() + seconds
    readings = account.until(deadline).read_failures(machines, counts, WEEK, newest)
    names = [reading.name for reading in readings]
    return names, account.usage()


def test_what_was_read_until_the_deadline_is_given_and_the_rest_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Five at once and then one in a thousand seconds: the deadline comes long before the end.
    buckets = {**PLENTY, "GetExecutionHistory": Rate(5, 0.001)}
    with opened(ORDERS, monkeypatch, share=1, buckets=buckets) as (account, _):
        names, usage = read_until(account, 1.0)
    assert 0 < len(names) <= 5
    assert usage.failures_read == len(names)
    assert usage.failures_found == 60
    assert not usage.complete
    (note,) = usage.notes
    assert note.startswith(
        f"The time ran out with {60 - len(names)} failures found but not read. Report on fewer"
    )


def test_machines_that_were_not_listed_are_named_and_skipped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = [f"m{number:02}" for number in range(30)]
    simulated = world([machine(n) for n in names], [run(n, 1, hours_ago=2) for n in names])
    buckets = {**PLENTY, "ListExecutions": Rate(7, 0.001)}
    with opened(simulated, monkeypatch, share=1, buckets=buckets) as (account, _):
        read, usage = read_until(account, 1.0)
    assert len(usage.skipped) == 30 - len(read)
    assert not usage.complete
    (note,) = usage.notes
    counted = re.search(r"(\d+) state machines not listed to the end: m\d\d, ", note)
    assert counted is not None
    assert int(counted[1]) == len(usage.skipped)


def test_a_deadline_that_is_not_reached_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(ORDERS, monkeypatch, share=1, buckets=PLENTY) as (account, _):
        names, usage = read_until(account, 600.0)
    assert len(names) == usage.failures_read == 60
    assert usage.complete
    assert usage.notes == ()


def test_a_deadline_that_has_passed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    buckets = {**PLENTY, "ListExecutions": Rate(0.5, 0.001)}
    with opened(ORDERS, monkeypatch, share=1, buckets=buckets) as (account, _):
        names, usage = read_until(account, -1.0)
    assert names == []
    assert not usage.complete
    (note,) = usage.notes
    assert note == (
        "The time ran out with 0 failures found but not read and 1 state machine not listed to "
        "the end: orders. Report on fewer state machines or a shorter window, or allow a larger "
        "share of the quotas."
    )


def test_after_the_deadline_no_execution_is_taken_up(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, over = threading.Event(), threading.Event()

    def slow(execution: Execution, pages: Iterator[Sequence[HistoryEvent]]) -> str:
        reading.set()
        over.wait(20)
        next(pages)
        return execution.name

    with opened(ORDERS, monkeypatch, share=1, buckets=PLENTY) as (account, served):
        machines = account.tagged_machines(TAG)
        counts = account.counts(machines, WEEK)
        deadline = time.monotonic() + 0.5
        with closing(
            account.until(deadline).read_failures(machines, counts, WEEK, slow)
        ) as readings:
            assert list(readings) == []
        assert reading.is_set()
        before = len(served.calls)
        over.set()
        for thread in threading.enumerate():
            if thread.name == "scan":
                thread.join()
        # Each reader ends the one it has.
        assert len(served.calls) <= before + READERS
