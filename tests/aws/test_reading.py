"""Failures listed and read, through boto3 on the simulated account."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from sfn_digest.model.executions import ExecutionCounts, Window
from tests.aws.small_world import (
    END,
    PLENTY,
    TAG,
    WEEK,
    Reading,
    arn,
    calls_of,
    machine,
    newest,
    opened,
    read_failures,
    read_week,
    redriven,
    run,
    world,
)

pytestmark = pytest.mark.slow

MACHINES = [machine("orders"), machine("quiet"), machine("untagged", tags={"team": "a"})]


def test_a_machine_without_failures_is_not_listed_and_only_failed_statuses_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs = [
        run("orders", 1, hours_ago=3),
        run("orders", 2, hours_ago=9, status="TIMED_OUT"),
        run("orders", 3, hours_ago=4, status="SUCCEEDED"),
        run("quiet", 4, hours_ago=5, status="SUCCEEDED"),
    ]
    with opened(world(MACHINES, runs), monkeypatch) as (account, served):
        assert read_week(account) == [
            Reading("run-1", "FAILED", "ExecutionFailed"),
            Reading("run-2", "TIMED_OUT", "ExecutionFailed"),
        ]
        usage = account.usage()
    assert calls_of(served, "ListExecutions") == [arn("orders")] * 2
    assert len(calls_of(served, "GetExecutionHistory")) == 2
    assert (usage.failures_found, usage.failures_read) == (2, 2)
    assert usage.found == {arn("orders"): ExecutionCounts(failed=1, timed_out=1)}
    assert (usage.complete, usage.notes, usage.throttled) == (True, (), 0)
    assert usage.api_calls == {
        "GetResources": 1,
        "GetMetricData": 2,
        "ListStateMachines": 1,
        "ListExecutions": 2,
        "GetExecutionHistory": 2,
    }


def test_executions_count_by_when_they_ended_whenever_they_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window = Window(END - timedelta(hours=48), END - timedelta(hours=24))
    runs = [
        run("orders", 1, hours_ago=23.9),
        run("orders", 2, hours_ago=24),
        run("orders", 3, hours_ago=24.1, took=10 * 86400),
        run("orders", 4, hours_ago=48),
        run("orders", 5, hours_ago=48.01),
        run("orders", 6, hours_ago=100),
    ]
    with opened(world(MACHINES, runs), monkeypatch) as (account, _):
        assert [reading.name for reading in read_week(account, window)] == ["run-3", "run-4"]


def test_listing_ends_where_the_window_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    inside = [run("orders", number, hours_ago=number / 100) for number in range(1, 1200)]
    before = [run("orders", 5000 + n, hours_ago=13 + n / 100) for n in range(2500)]
    window = Window(END - timedelta(hours=12), END)
    simulated = world(MACHINES, inside + before)
    with opened(simulated, monkeypatch, buckets=PLENTY) as (account, served):
        names = read_failures(account, lambda execution, _: execution.name, window)
    assert len(names) == len(inside)
    assert len(calls_of(served, "ListExecutions")) == 2


def test_an_execution_costs_one_history_call_however_long_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs = [run("orders", 1, hours_ago=1, events=2600)]
    with opened(world(MACHINES, runs), monkeypatch) as (account, served):
        assert len(read_week(account)) == 1
    assert len(calls_of(served, "GetExecutionHistory")) == 1


def test_older_pages_come_when_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [run("orders", 1, hours_ago=1, events=2600)]
    with opened(world(MACHINES, runs), monkeypatch) as (account, served):
        ids = read_failures(account, lambda _, pages: [each.id for page in pages for each in page])
    assert ids == [list(range(2600, 0, -1))]
    assert len(calls_of(served, "GetExecutionHistory")) == 3


def test_tokens_that_expire_at_once_lose_nothing_and_double_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A token that never lives long enough ends as a note, with all that was read before it."""
    runs = [run("orders", number, hours_ago=number / 100 + 0.01) for number in range(1500)]
    with opened(world(MACHINES, runs), monkeypatch, token_lifetime=-1.0) as (account, _):
        names = read_failures(account, lambda execution, _: execution.name)
        usage = account.usage()
    assert len(names) == len(set(names)) == 1000
    assert usage.notes[0] == (
        "orders was not fully listed: The next page of ListExecutions expired before it was "
        "read: try again."
    )


def test_express_machines_are_never_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machines = [machine("fast", type="EXPRESS"), machine("orders")]
    runs = [run("fast", 1, hours_ago=3), run("orders", 2, hours_ago=3)]
    with opened(world(machines, runs), monkeypatch) as (account, served):
        assert [reading.name for reading in read_week(account)] == ["run-2"]
    assert calls_of(served, "ListExecutions") == [arn("orders")]


def test_failures_that_were_redriven_since_are_a_note_and_no_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    healed = redriven(run("orders", 1, hours_ago=3, status="SUCCEEDED"), ("FAILED", 5))
    again = redriven(run("orders", 2, hours_ago=3), ("FAILED", 5), ("FAILED", 4))
    with opened(world(MACHINES, [healed, again]), monkeypatch) as (account, _):
        assert [reading.name for reading in read_week(account)] == ["run-2"]
        usage = account.usage()
    [note] = usage.notes
    assert note == (
        "CloudWatch counted 3 failures that Step Functions no longer lists, as happens after a "
        "redrive: orders 3."
    )
    assert usage.complete


def test_failures_in_the_hour_the_window_begins_in_are_not_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """CloudWatch counts by whole hours; the comparison with the list does so too."""
    start = END - timedelta(days=7, minutes=-30)
    runs = [
        run("orders", 1, hours_ago=7 * 24 - 0.2),
        run("orders", 2, hours_ago=7 * 24 - 0.7),
        run("orders", 3, hours_ago=7 * 24 + 0.5),
    ]
    with opened(world(MACHINES, runs), monkeypatch) as (account, _):
        assert [each.name for each in read_week(account, Window(start, END))] == ["run-2"]
        assert account.usage().notes == ()


def test_a_name_that_cloudwatch_cannot_hold_is_listed_in_every_status(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs = [run("日次", 1, hours_ago=3), run("orders", 2, hours_ago=3)]
    simulated = world([*MACHINES, machine("日次")], runs)
    with opened(simulated, monkeypatch) as (account, served):
        counts = account.counts(account.tagged_machines(TAG), WEEK)
        assert arn("日次") not in counts
        assert len(read_week(account)) == 2
    assert len(calls_of(served, "ListExecutions")) == 4


def test_closing_early_ends_all_calls_and_is_not_called_complete(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs = [run("orders", number, hours_ago=number / 100) for number in range(1, 301)]
    with opened(world(MACHINES, runs), monkeypatch) as (account, served):
        machines = account.tagged_machines(TAG)
        counts = account.counts(machines, WEEK)
        with closing(account.read_failures(machines, counts, WEEK, newest)) as readings:
            next(readings)
        made = len(served.calls)
        usage = account.usage()
    assert len(served.calls) == made < 200
    assert usage.failures_read < usage.failures_found
    assert not usage.complete


def test_a_mistake_in_reading_is_raised_where_the_results_are_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    simulated = world(MACHINES, [run("orders", 1, hours_ago=1)])
    with opened(simulated, monkeypatch) as (account, _), pytest.raises(ZeroDivisionError):
        read_failures(account, broken)


def test_times_are_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    with opened(world(MACHINES, [run("orders", 1, hours_ago=1)]), monkeypatch) as (account, _):
        [(execution, event)] = read_failures(
            account, lambda execution, pages: (execution, next(pages)[0])
        )
    assert execution.stopped_at == event.timestamp == END - timedelta(hours=1)
    assert execution.stopped_at.tzinfo is UTC
    assert event.timestamp.tzinfo is UTC
    assert isinstance(execution.started_at, datetime)
