"""An execution's story: what failed in it, what followed, and what its definition would do."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sfn_digest.model.described import Described, ExecutionStatus
from sfn_digest.model.executions import HistoryEvent
from sfn_digest.model.story import RetryVerdict, Story
from sfn_digest.pipeline.explained_execution import read_story, with_definition
from sfn_digest.retry import read_definition
from tests.history.events import history, newest_first

ARN = "arn:aws:states:eu-west-1:123456789012:execution:orders:e1"
MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:orders"
BEGAN = datetime(2026, 11, 16, tzinfo=UTC)
RESOURCE = "arn:aws:states:::lambda:invoke"
LAMBDA = {"resourceType": "lambda", "resource": "invoke"}
BUSY = {**LAMBDA, "error": "Lambda.TooManyRequestsException", "cause": "Rate Exceeded."}
WRONG = {**LAMBDA, "error": "KeyError", "cause": '{"errorMessage": "no such key: \'id\'"}'}


def no_child(arn: str) -> Iterator[Sequence[HistoryEvent]]:
    raise AssertionError(arn)


def described(status: ExecutionStatus) -> Described:
    stopped = None if status == "RUNNING" else BEGAN + timedelta(minutes=1)
    return Described(ARN, MACHINE, "e1", status, BEGAN, stopped, 0, None)


def story(*steps: tuple[Any, ...], status: ExecutionStatus = "FAILED") -> Story:
    pages = list(newest_first(history(*steps), 3))
    return read_story(described(status), pages, child_history=no_child)


BEGIN = ((0, "ExecutionStarted"), (0, "TaskStateEntered", {"name": "Call"}))
TWICE = (
    *BEGIN,
    (2, "TaskScheduled", LAMBDA),
    (3, "TaskFailed", BUSY),
    (4, "TaskScheduled", LAMBDA),
    (5, "TaskFailed", WRONG),
)
FAILED = (*TWICE, (6, "ExecutionFailed", WRONG))
RECOVERED = (
    *TWICE[:5],
    (5, "TaskSucceeded", LAMBDA),
    (6, "TaskStateExited", {"name": "Call"}),
    (7, "ExecutionSucceeded"),
)


def test_the_gap_of_a_redrive_is_no_wait() -> None:
    told = story(
        *TWICE[:4],
        (4, "ExecutionFailed", BUSY),
        (5, "ExecutionRedriven"),
        (6, "TaskScheduled", LAMBDA),
        (7, "TaskSucceeded", LAMBDA),
        (8, "TaskStateExited", {"name": "Call"}),
        (9, "ExecutionSucceeded"),
        status="SUCCEEDED",
    )
    first = told.visits[0].attempts[0]
    assert first.wait is None
    assert first.redriven_after is not None
    assert first.redriven_after > 0


def test_each_attempt_has_its_cause_and_the_wait_after_it() -> None:
    told = story(*FAILED)
    (visit,) = told.visits
    causes = [each.failure.cause if each.failure else None for each in visit.attempts]
    assert causes == ["concurrency_limit", "code_error"]
    assert [each.wait for each in visit.attempts] == [1.0, None]
    assert visit.failed_attempts == 2
    assert told.failure is not None
    assert (told.failure.state, told.failure.diagnosis.cause) == ("Call", "code_error")


@pytest.mark.parametrize(("status", "steps"), [("SUCCEEDED", RECOVERED), ("RUNNING", TWICE[:5])])
def test_an_execution_that_did_not_fail_has_a_story_too(
    status: ExecutionStatus, steps: tuple[tuple[Any, ...], ...]
) -> None:
    told = story(*steps, status=status)
    assert told.failure is None
    (visit,) = told.visits
    assert (visit.failed_attempts, len(visit.attempts)) == (1, 2)
    assert visit.attempts[1].failure is None


def verdict(retry: Sequence[Mapping[str, Any]], steps: Any = FAILED) -> RetryVerdict | None:
    state = {"Type": "Task", "Resource": RESOURCE, "Retry": list(retry), "End": True}
    definition = read_definition({"StartAt": "Call", "States": {"Call": state}})
    return with_definition(story(*steps), definition).verdict


def test_the_retrier_that_takes_the_last_error_is_named() -> None:
    busy = {"ErrorEquals": ["Lambda.TooManyRequestsException"], "MaxAttempts": 6}
    every = {"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}
    assert verdict([busy, every]) == RetryVerdict("Call", "KeyError", 2, 2, 1)


def test_an_error_that_no_retrier_takes_says_so() -> None:
    timeouts = {"ErrorEquals": ["States.Timeout"]}
    assert verdict([timeouts]) == RetryVerdict("Call", "KeyError", 1, None, None)
    assert verdict([]) == RetryVerdict("Call", "KeyError", 0, None, None)


def test_a_state_that_failed_after_its_last_attempt_succeeded_has_no_verdict() -> None:
    details = {"state": "Call", "error": "States.QueryEvaluationError", "cause": "no such field"}
    steps = (*RECOVERED[:6], (6, "EvaluationFailed", details), (7, "ExecutionFailed", details))
    told = story(*steps)
    assert told.failure is not None
    assert told.failure.state == "Call"
    assert verdict([{"ErrorEquals": ["States.ALL"]}], steps) is None


def test_a_definition_that_no_longer_holds_the_state_has_no_verdict() -> None:
    definition = read_definition({"StartAt": "Other", "States": {"Other": {"Type": "Pass"}}})
    told = with_definition(story(*FAILED), definition)
    assert told.verdict is None
    assert told.hints == ()


def test_only_hints_that_one_execution_can_bear_out_are_given() -> None:
    retry = [{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["KeyError"]}]
    state = {"Type": "Task", "Resource": RESOURCE, "Retry": retry, "End": True}
    definition = read_definition({"StartAt": "Call", "States": {"Call": state}})
    told = with_definition(story(*FAILED), definition)
    assert told.hints
    assert {(hint.state, hint.sure) for hint in told.hints} == {("Call", "sure")}


def test_a_timeout_is_no_help_where_a_attempt_failed_by_itself() -> None:
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::ecs:runTask.sync",
        "Parameters": {"TaskDefinition": "call"},
        "End": True,
    }
    definition = read_definition({"StartAt": "Call", "States": {"Call": state}})
    told = with_definition(story(*FAILED), definition)
    assert told.failure is not None
    assert told.failure.state == "Call"
    assert "missing_timeout" not in [hint.kind for hint in told.hints]


def test_the_error_that_the_verdict_is_about_is_redacted() -> None:
    state = {"Type": "Task", "Resource": RESOURCE, "End": True}
    definition = {"StartAt": "Call", "States": {"Call": state}}
    rejected = {**LAMBDA, "error": "Rejected password=k7hunter2", "cause": "no"}
    steps = (*BEGIN, (2, "TaskScheduled", LAMBDA), (3, "TaskFailed", rejected))
    told = with_definition(
        story(*steps, (4, "ExecutionFailed", rejected)), read_definition(definition)
    )
    assert told.verdict is not None
    assert told.verdict.error == "Rejected password=[redacted]"
    assert "hunter2" not in repr(told)
