"""Machines are counted while others are still being found, and come to the same."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sfn_digest.aws import execution_counts, period_sums
from sfn_digest.aws.earlier_periods import earlier_windows, read_counting_sums
from sfn_digest.aws.execution_counts import CountingAhead, PeriodSums
from sfn_digest.errors import AccountError
from sfn_digest.model.executions import Window
from tests.aws.fakes import FakeMetrics, free_calls
from tests.aws.small_world import TAG, WEEK, arn, machine, opened, run, world

NOW = datetime(2026, 3, 9, 12, 30, tzinfo=UTC)
OWN = Window(NOW - timedelta(days=7), NOW)
ARNS = [arn(f"m{n}") for n in range(10)]


@pytest.fixture(autouse=True)
def three_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution_counts, "AT_ONCE", 3)


def test_the_sums_are_the_same_in_whatever_order_and_pages_machines_are_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # As with the numbers of machines that are counted ahead: days, and a glance before them.
    monkeypatch.setattr("sfn_digest.aws.earlier_periods._MANY_POINTS", 0)
    monkeypatch.setattr(period_sums, "_FEW", 0)
    values = {NOW - timedelta(hours=5 * n): float(n) for n in range(400)}
    cloudwatch: Any = FakeMetrics({"ExecutionsFailed": values}, NOW)
    windows = (*earlier_windows(OWN), OWN)

    def count(arns: Sequence[str], among: int) -> PeriodSums:
        return read_counting_sums(
            free_calls(), cloudwatch, arns, windows, NOW, exact=2, among=among
        )

    together = count(ARNS, len(ARNS))
    for pages in ([], [ARNS], [ARNS[5:], ARNS[:2]], [ARNS[:4], ARNS[:6], ARNS[9:]]):
        with CountingAhead(free_calls().until(), windows, count) as ahead:
            for page in pages:
                ahead.found(page)
            assert ahead.sums(ARNS) == together


def test_counting_begins_before_all_are_found_and_each_is_counted_once() -> None:
    begun, counted = threading.Event(), []

    def count(arns: Sequence[str], among: int) -> PeriodSums:
        counted.append((list(arns), among))
        begun.set()
        return {}

    with CountingAhead(free_calls().until(), (OWN,), count) as ahead:
        ahead.found(ARNS[:2])
        assert not counted
        ahead.found(ARNS[1:4])
        assert begun.wait(5)
        ahead.sums(ARNS)
    assert counted == [(ARNS[:3], 3), (ARNS[3:], 10)]


def test_what_cloudwatch_refuses_is_raised_and_the_rest_given_up() -> None:
    def count(*_: object) -> PeriodSums:
        raise AccountError("refused")

    calls = free_calls().until()
    with CountingAhead(calls, (OWN,), count) as ahead:
        ahead.found(ARNS)
        with pytest.raises(AccountError, match="refused"):
            ahead.sums(ARNS)
        assert not calls.is_over()
    assert calls.is_over()


@pytest.mark.slow
def test_an_account_of_several_pages_is_counted_as_it_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = [f"m{n:03}" for n in range(330)]
    made = world([machine(each) for each in names], [run(names[7], 1, hours_ago=5)])
    with opened(made, monkeypatch, share=1.0, latency=0.05) as (account, served):
        past = account.past
        with past.ahead(WEEK, exactly=True) as ahead:
            machines = account.tagged_machines(TAG, ahead.found)
            periods, own = past.with_window(machines, ahead)
        apis = [call.api for call in served.calls]
    assert own is not None
    assert {each: counts.failed for each, counts in own.machines.items() if counts.failed} == {
        arn(names[7]): 1
    }
    assert (len(own.machines), len(periods)) == (330, 7)
    last_page = len(apis) - 1 - apis[::-1].index("GetResources")
    assert "GetMetricData" in apis[1:last_page]
