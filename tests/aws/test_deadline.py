"""When the time runs out the reading ends, and what is missing is said."""

import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest

from sfn_digest.aws import Account, backlog
from sfn_digest.aws.sampling import SamplePlan
from sfn_digest.aws.scan import READERS
from sfn_digest.aws.usage import ApiUsage
from sfn_digest.model.executions import Execution, HistoryEvent
from simulator.server.account import Account as Served
from simulator.server.buckets import Rate
from tests.aws.small_world import (
    PLENTY,
    TAG,
    WEEK,
    arn,
    calls_of,
    machine,
    newest,
    opened,
    run,
    world,
)

pytestmark = pytest.mark.slow

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
        f"{len(names)} of 60 failed or aborted executions were read before time ran out, drawn "
        "from every state machine, status and day: numbers by cause are estimates, and failed "
        "attempts "
        "are those of the executions read. Report on fewer"
    )
    assert sum(stratum.found for stratum in usage.strata) == 60
    read = {arn.rsplit(":", 1)[1] for stratum in usage.strata for arn in stratum.read}
    assert set(names) <= read


def test_every_machine_is_read_before_any_is_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"m{number}" for number in range(8)]
    large = [run("large", number, hours_ago=number / 20 + 0.01) for number in range(2500)]
    small = [run(name, number, hours_ago=number + 1) for name in names for number in range(3)]
    simulated = world([machine(name) for name in ["large", *names]], [*large, *small])
    buckets = {**PLENTY, "GetExecutionHistory": Rate(18, 0.001)}
    listed = threading.Event()

    def after_the_listing(execution: Execution, _: object) -> str:
        listed.wait(20)
        return execution.machine_arn.rsplit(":", 1)[1]

    with opened(simulated, monkeypatch, share=1, buckets=buckets) as (account, served):
        machines = account.tagged_machines(TAG)
        counts = account.counts(machines, WEEK)
        reading = account.read_failures(machines, counts, WEEK, after_the_listing)
        with closing(reading) as readings:
            threading.Thread(target=lambda: wait_for_lists(served, 3 + 8, listed)).start()
            read = Counter(name for name, _ in zip(readings, range(18 + 18), strict=False))
    assert set(read) == {"large", *names}
    assert max(read[name] for name in names) <= 3


def wait_for_lists(served: Served, number: int, then: threading.Event) -> None:
    while sum(call.api == "ListExecutions" for call in served.calls) < number:
        time.sleep(0.01)
    then.set()


def test_machines_of_which_none_was_read_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"m{number:02}" for number in range(20)]
    simulated = world(
        [machine(n) for n in names], [run(n, k, hours_ago=2 + k) for n in names for k in range(2)]
    )
    buckets = {**PLENTY, "GetExecutionHistory": Rate(7, 0.001)}
    with opened(simulated, monkeypatch, share=1, buckets=buckets) as (account, _):
        read, usage = read_until(account, 1.0)
    assert usage.found.keys() == {arn(name) for name in names}
    untouched = usage.notes[-1]
    assert untouched.startswith(f"No failures of {20 - len(read)} state machines were read: m")


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
    counted = re.search(r"while listing (\d+) state machines.*: m\d\d, ", note)
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
        "Time ran out while listing 1 state machine. Failures are counted by CloudWatch, and "
        "not all causes are known: orders."
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


def test_more_than_a_report_can_hold_is_not_read_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backlog, "SamplePlan", lambda: SamplePlan(most=20))
    with opened(ORDERS, monkeypatch, buckets=PLENTY) as (account, served):
        names, usage = read_until(account, 30.0)
    assert 10 <= len(names) <= 20
    assert len(calls_of(served, "GetExecutionHistory")) == len(names)
    assert (usage.failures_found, usage.failures_read) == (60, len(names))
    assert usage.notes[0].startswith(
        f"{len(names)} of 60 failed or aborted executions were read, drawn from every state "
        "machine, status and day, because more were found than can be kept"
    )
