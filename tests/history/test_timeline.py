"""The attempts of each visit, in the order they began, in histories that mix them up."""

from datetime import UTC, datetime
from typing import Any

from sfn_digest.history.timeline import AttemptStory, VisitOfState, timeline
from tests.history.events import history, newest_first

ECS = {"resourceType": "ecs", "resource": "runTask.sync"}
FAILED = {**ECS, "error": "States.TaskFailed"}


def told(*steps: tuple[Any, ...], page: int = 1000) -> tuple[VisitOfState, ...]:
    return timeline(newest_first(history(*steps), page))


def at(event_id: int) -> datetime:
    return datetime.fromtimestamp(1_790_000_000 + event_id, UTC)


def test_a_visit_holds_its_attempts_with_when_each_began_and_ended() -> None:
    (visit,) = told(
        (0, "ExecutionStarted"),
        (0, "TaskStateEntered", {"name": "Run"}),
        (2, "TaskScheduled", ECS),
        (3, "TaskStarted", ECS),
        (4, "TaskFailed", FAILED),
        (5, "TaskScheduled", ECS),
        (6, "TaskSucceeded", ECS),
        (7, "TaskStateExited", {"name": "Run"}),
        (8, "ExecutionSucceeded"),
    )
    assert (visit.state, visit.entered_at, visit.left_at) == ("Run", at(2), at(8))
    assert visit.attempts == (AttemptStory(at(3), at(5), 5), AttemptStory(at(6), at(7), None))


def test_a_attempt_that_never_ended_has_no_end() -> None:
    (visit,) = told(
        (0, "ExecutionStarted"),
        (0, "TaskStateEntered", {"name": "Run"}),
        (2, "TaskScheduled", ECS),
        (3, "TaskStarted", ECS),
        (0, "ExecutionTimedOut"),
    )
    assert visit.left_at is None
    assert visit.attempts == (AttemptStory(at(3), None, None),)


def test_a_attempt_that_failed_before_it_was_scheduled_has_no_beginning() -> None:
    (visit,) = told(
        (0, "ExecutionStarted"),
        (0, "TaskStateEntered", {"name": "Run"}),
        (2, "LambdaFunctionScheduleFailed", {"error": "Lambda.AWSLambdaException"}),
        (3, "ExecutionFailed"),
    )
    assert visit.attempts == (AttemptStory(None, at(3), 3),)


def test_visits_of_the_same_state_in_a_map_are_kept_apart() -> None:
    steps = (
        (0, "ExecutionStarted"),
        (0, "MapStateEntered", {"name": "Each"}),
        (2, "MapStateStarted"),
        (3, "MapIterationStarted", {"name": "Each", "index": 0}),
        (4, "TaskStateEntered", {"name": "Run"}),
        (4, "MapIterationStarted", {"name": "Each", "index": 1}),
        (6, "TaskStateEntered", {"name": "Run"}),
        (5, "TaskScheduled", ECS),
        (7, "TaskScheduled", ECS),
        (9, "TaskFailed", FAILED),
        (8, "TaskSucceeded", ECS),
        (10, "TaskScheduled", ECS),
    )
    first, second = told(*steps)
    assert first.attempts == (AttemptStory(at(8), at(11), None),)
    assert second.attempts == (AttemptStory(at(9), at(10), 10), AttemptStory(at(12), None, None))
    assert told(*steps, page=2) == (first, second)


def test_states_that_call_nothing_are_left_out() -> None:
    assert (
        told(
            (0, "ExecutionStarted"),
            (0, "PassStateEntered", {"name": "Shape"}),
            (2, "PassStateExited", {"name": "Shape"}),
            (3, "FailStateEntered", {"name": "Stop"}),
            (4, "ExecutionFailed"),
        )
        == ()
    )


def test_an_empty_history_has_no_visits() -> None:
    assert timeline(iter(())) == ()
