"""From a history to a named failure: the end, every attempt, and the child's own history."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.history import kinds
from sfn_digest.model.executions import Execution, Failure, HistoryEvent, UnsuccessfulStatus
from sfn_digest.pipeline.failures import read_failure
from tests.history.events import history, newest_first

ECS = {"resourceType": "ecs", "resource": "runTask.sync"}
CHILD = "arn:aws:states:eu-west-1:123456789012:execution:child:c1"
NESTED = {"resourceType": "states", "resource": "startExecution.sync:2"}
MOMENT = datetime(2026, 11, 16, tzinfo=UTC)
SPOT = json.dumps(
    {"StopCode": "SpotInterruption", "StoppedReason": "Your Spot Task was interrupted."}
)
NOT_STARTED = json.dumps(
    {
        "StopCode": "TaskFailedToStart",
        "StoppedReason": "Timeout waiting for network interface provisioning to complete.",
    }
)


class NoChild:
    """A child history that must not be asked for."""

    def __call__(self, arn: str) -> Iterator[Sequence[HistoryEvent]]:
        raise AssertionError(arn)


def execution(status: UnsuccessfulStatus = "FAILED") -> Execution:
    arn = "arn:aws:states:eu-west-1:123456789012:execution:calculate-scores:e1"
    machine = "arn:aws:states:eu-west-1:123456789012:stateMachine:calculate-scores"
    return Execution(arn, machine, "e1", status, MOMENT, MOMENT)


def failure(*steps: tuple[Any, ...], status: UnsuccessfulStatus = "FAILED") -> Failure:
    return read_failure(execution(status), newest_first(history(*steps)), child_history=NoChild())


def task_failed(previous: int, cause: str) -> tuple[int, str, dict[str, str]]:
    return previous, "TaskFailed", {**ECS, "error": "States.TaskFailed", "cause": cause}


def test_spot_interruptions_and_a_start_failure_of_one_execution_are_told_apart() -> None:
    read = failure(
        (0, "ExecutionStarted"),
        (0, "TaskStateEntered", {"name": "Calculate"}),
        (2, "TaskScheduled", ECS),
        task_failed(3, SPOT),
        (4, "TaskScheduled", ECS),
        task_failed(5, NOT_STARTED),
        (6, "TaskScheduled", ECS),
        task_failed(7, SPOT),
        (8, "ExecutionFailed", {"error": "States.TaskFailed", "cause": SPOT}),
    )
    assert (read.state, read.diagnosis.cause) == ("Calculate", "spot_interruption")
    causes = [tried.diagnosis.cause for tried in read.attempts]
    assert causes == ["spot_interruption", "task_start_failure", "spot_interruption"]


def test_an_execution_that_timed_out_says_so_and_where_it_waited() -> None:
    read = failure(
        (0, "ExecutionStarted"),
        (0, "WaitStateEntered", {"name": "Pause"}),
        (0, "ExecutionTimedOut"),
        status="TIMED_OUT",
    )
    assert (read.state, read.diagnosis.cause) == ("Pause", "timeout_execution")


def test_an_execution_that_was_stopped_was_aborted_by_a_user() -> None:
    read = failure((0, "ExecutionStarted"), (0, "ExecutionAborted"), status="ABORTED")
    assert read.diagnosis.cause == "aborted_by_user"


def caught_without_words(fail: dict[str, str]) -> Failure:
    return failure(
        (0, "ExecutionStarted"),
        (0, "TaskStateEntered", {"name": "Ask"}),
        (2, "TaskScheduled", ECS),
        (3, "TaskFailed", ECS),
        (4, "TaskStateExited", {"name": "Ask"}),
        (5, "FailStateEntered", {"name": "GiveUp"}),
        (6, "ExecutionFailed", fail),
    )


def test_where_the_caught_error_says_nothing_the_fail_state_speaks() -> None:
    read = caught_without_words({"error": "OutOfStock", "cause": "Nothing left to sell."})
    assert (read.state, read.fail_state) == ("Ask", "GiveUp")
    assert "Nothing left to sell." in read.diagnosis.message


def nested(cause: str) -> list[dict[str, Any]]:
    return history(
        (0, "ExecutionStarted"),
        (0, "TaskStateEntered", {"name": "RunChild"}),
        (2, "TaskScheduled", NESTED),
        (3, "TaskFailed", {**NESTED, "error": "States.TaskFailed", "cause": cause}),
        (4, "ExecutionFailed", {"error": "States.TaskFailed", "cause": cause}),
    )


def test_a_child_whose_cause_says_enough_is_not_read() -> None:
    cause = {"ExecutionArn": CHILD, "Status": "FAILED", "Error": "States.TaskFailed", "Cause": SPOT}
    read = read_failure(
        execution(), newest_first(nested(json.dumps(cause))), child_history=NoChild()
    )
    assert (read.state, read.diagnosis.cause) == ("RunChild", "spot_interruption")
    assert read.children == (CHILD,)


def test_a_child_whose_cause_says_nothing_is_read_for_the_leaf() -> None:
    asked: list[str] = []

    def child(arn: str) -> Iterator[Sequence[HistoryEvent]]:
        asked.append(arn)
        return newest_first(
            history(
                (0, "ExecutionStarted"),
                (0, "TaskStateEntered", {"name": "Leaf"}),
                (2, "TaskScheduled", ECS),
                task_failed(3, NOT_STARTED),
                (4, "ExecutionFailed", {"error": "States.TaskFailed", "cause": NOT_STARTED}),
            )
        )

    cause = json.dumps({"ExecutionArn": CHILD, "Status": "FAILED"})
    read = read_failure(execution(), newest_first(nested(cause)), child_history=child)
    assert asked == [CHILD]
    assert (read.state, read.diagnosis.cause) == ("RunChild", "task_start_failure")


def test_a_child_whose_history_is_gone_leaves_the_parent_s_own_words() -> None:
    cause = json.dumps({"ExecutionArn": CHILD, "Status": "FAILED"})
    read = read_failure(execution(), newest_first(nested(cause)), child_history=lambda _: iter(()))
    assert read.diagnosis.cause == "nested_execution_failed"


ODD = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9)
HELD = st.lists(ODD, max_size=2) | st.dictionaries(st.text(max_size=4), ODD, max_size=2)
DETAILS = st.dictionaries(
    st.sampled_from(["error", "cause", "name", "state", "resource", "resourceType", "mapRunArn"]),
    ODD | HELD,
)


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(frozenset.union(*kinds.ALL_KINDS))), DETAILS), max_size=9
    ),
    st.data(),
)
def test_a_history_whose_members_are_of_any_type_is_read(
    told: list[tuple[str, dict[str, Any]]], data: st.DataObject
) -> None:
    """A log group's records may be another program's."""
    events = [
        HistoryEvent(number, data.draw(st.integers(0, 12)), kind, MOMENT, details)
        for number, (kind, details) in enumerate([*told, ("ExecutionFailed", {"error": 7})], 1)
    ]
    execution = Execution(CHILD, "m", "c1", "FAILED", MOMENT, MOMENT)
    found = read_failure(execution, iter([events[::-1]]), child_history=lambda _: iter([]))
    assert all(isinstance(each.error, str | None) for each in found.attempts)
