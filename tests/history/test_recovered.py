"""What an execution recovered from, and what a running one waits for, is read off its history."""

import os
from typing import Any

import pytest

from sfn_digest.history.success_events import CaughtErrors, recovered
from sfn_digest.history.timeline import Waiting, waiting_for
from tests.history.events import history, newest_first, recordings

PATH = os.environ.get("SFN_RECORDINGS", "")
LAMBDA = {"resourceType": "lambda", "resource": "invoke"}
CALLBACK = {"resourceType": "sqs", "resource": "sendMessage.waitForTaskToken"}
WRONG = {**LAMBDA, "error": "KeyError", "cause": "no such key"}
ENTERED = ((0, "ExecutionStarted"), (1, "TaskStateEntered", {"name": "Call"}))


def read(*steps: tuple[Any, ...]) -> CaughtErrors:
    return recovered(newest_first(history(*steps)))


def waits(*steps: tuple[Any, ...], page: int = 1000) -> Waiting | None:
    return waiting_for(newest_first(history(*steps), page))


def test_an_error_that_a_catch_took_is_told_with_its_state() -> None:
    found = read(
        *ENTERED,
        (2, "TaskScheduled", LAMBDA),
        (3, "TaskFailed", WRONG),
        (4, "TaskStateExited", {"name": "Call"}),
        (5, "PassStateEntered", {"name": "FallBack"}),
        (6, "PassStateExited", {"name": "FallBack"}),
        (7, "ExecutionSucceeded"),
    )
    (caught,) = found.caught
    assert (caught.state, caught.error, caught.integration) == ("Call", "KeyError", "lambda:invoke")
    assert found.ended_at is None


def test_an_error_that_a_retry_got_over_is_not_caught() -> None:
    found = read(
        *ENTERED,
        (2, "TaskScheduled", LAMBDA),
        (3, "TaskFailed", WRONG),
        (4, "TaskScheduled", LAMBDA),
        (5, "TaskSucceeded", LAMBDA),
        (6, "TaskStateExited", {"name": "Call"}),
        (7, "ExecutionSucceeded"),
    )
    assert found.caught == ()


def test_the_catch_of_a_parallel_tells_the_failure_within_it() -> None:
    found = read(
        (0, "ExecutionStarted"),
        (1, "ParallelStateEntered", {"name": "Both"}),
        (2, "ParallelStateStarted"),
        (3, "TaskStateEntered", {"name": "Call"}),
        (4, "TaskScheduled", LAMBDA),
        (5, "TaskFailed", WRONG),
        (6, "ParallelStateFailed"),
        (7, "ParallelStateExited", {"name": "Both"}),
        (8, "ExecutionSucceeded"),
    )
    assert [(each.state, each.error) for each in found.caught] == [("Call", "KeyError")]


def test_an_execution_that_was_redriven_tells_when_it_first_ended() -> None:
    found = read(
        *ENTERED,
        (2, "TaskScheduled", LAMBDA),
        (3, "TaskFailed", WRONG),
        (4, "ExecutionFailed", WRONG),
        (5, "ExecutionRedriven"),
        (6, "TaskScheduled", LAMBDA),
        (7, "TaskFailed", WRONG),
        (8, "ExecutionFailed", WRONG),
        (9, "ExecutionRedriven"),
        (10, "TaskScheduled", LAMBDA),
        (11, "TaskSucceeded", LAMBDA),
        (12, "TaskStateExited", {"name": "Call"}),
        (13, "ExecutionSucceeded"),
    )
    assert found.first_end is not None
    assert found.first_end.id == 5
    assert found.ended_at == found.first_end.timestamp


@pytest.mark.parametrize("page", [1, 2, 1000])
def test_a_callback_is_waited_for_with_the_limits_of_its_attempt(page: int) -> None:
    scheduled = {**CALLBACK, "timeoutInSeconds": 900, "heartbeatInSeconds": 60}
    found = waits(*ENTERED, (2, "TaskScheduled", scheduled), (3, "TaskSubmitted"), page=page)
    assert found is not None
    assert (found.state, found.integration) == ("Call", "sqs:sendMessage.waitForTaskToken")
    assert (found.timeout, found.heartbeat, found.taken) == (900.0, 60.0, True)


@pytest.mark.parametrize("taken", [True, False])
def test_an_activity_tells_whether_a_worker_took_its_task(taken: bool) -> None:
    started = [(3, "ActivityStarted", {"workerName": "w"})] if taken else []
    found = waits(*ENTERED, (2, "ActivityScheduled", {"resource": "arn"}), *started)
    assert found is not None
    assert (found.integration, found.taken, found.timeout) == ("activity", taken, None)


def test_of_states_that_are_open_the_innermost_that_was_entered_first_is_told() -> None:
    found = waits(
        (0, "ExecutionStarted"),
        (1, "ParallelStateEntered", {"name": "Both"}),
        (2, "ParallelStateStarted"),
        (3, "WaitStateEntered", {"name": "Pause"}),
        (3, "TaskStateEntered", {"name": "Call"}),
        (5, "TaskScheduled", LAMBDA),
    )
    assert found is not None
    assert (found.state, found.integration) == ("Pause", None)


def test_where_nothing_is_open_nothing_is_waited_for() -> None:
    assert waits((0, "ExecutionStarted")) is None


@pytest.mark.skipif(not PATH, reason="SFN_RECORDINGS names no file")
def test_every_recorded_history_is_read() -> None:
    rows = recordings(PATH)
    caught = [recovered(newest_first(row["events"])).caught for row in rows]
    assert sum(map(bool, caught)) > 10
    for row in rows:
        for length in (len(row["events"]) // 2, len(row["events"])):
            waiting_for(newest_first(row["events"][:length]))
