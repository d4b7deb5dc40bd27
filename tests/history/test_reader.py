"""The state that failed and the failed attempts, in the histories that mislead."""

from typing import Any

import botocore.session

from sfn_digest.history import read_history
from sfn_digest.history.kinds import ALL_KINDS
from sfn_digest.model.history_reading import HistoryReading
from tests.history.events import history, newest_first

ECS = {"resourceType": "ecs", "resource": "runTask.sync"}


def read(*steps: tuple[Any, ...], page: int = 1000) -> HistoryReading:
    return read_history(newest_first(history(*steps), page))


def entered(previous: int, kind: str, name: str) -> tuple[int, str, dict[str, str]]:
    return previous, f"{kind}StateEntered", {"name": name}


def exited(previous: int, kind: str, name: str) -> tuple[int, str, dict[str, str]]:
    return previous, f"{kind}StateExited", {"name": name}


def failed(previous: int, error: str) -> tuple[int, str, dict[str, str]]:
    return previous, "TaskFailed", {**ECS, "error": error, "cause": f"{error}!"}


def test_every_event_type_of_the_service_model_is_handled_or_ignored_on_purpose() -> None:
    model = botocore.session.get_session().get_service_model("stepfunctions")
    types = set(vars(model.shape_for("HistoryEventType"))["_shape_model"]["enum"])
    known = [name for kind in ALL_KINDS for name in kind]
    assert types == set(known)
    assert len(known) == len(set(known))


def test_a_retried_task_gives_every_attempt_with_its_back_off_and_integration() -> None:
    reading = read(
        (0, "ExecutionStarted"),
        entered(0, "Task", "Run"),
        (2, "TaskScheduled", ECS),
        failed(3, "A"),
        (4, "TaskScheduled", ECS),
        failed(5, "B"),
        (6, "ExecutionFailed", {"error": "B", "cause": "B!"}),
    )
    assert (reading.state, reading.error, reading.cause) == ("Run", "B", "B!")
    assert reading.integration == "ecs:runTask.sync"
    assert [(t.state, t.error, t.back_off) for t in reading.attempts] == [
        ("Run", "A", 1.0),
        ("Run", "B", None),
    ]
    assert reading.attempts[1].scheduled_at is not None
    assert (reading.attempts[1].failed_at - reading.attempts[1].scheduled_at).total_seconds() == 1.0


def test_a_fail_state_behind_a_catch_gives_the_error_that_was_caught() -> None:
    reading = read(
        (0, "ExecutionStarted"),
        entered(0, "Task", "Run"),
        (2, "TaskScheduled", ECS),
        failed(3, "States.TaskFailed"),
        exited(4, "Task", "Run"),
        entered(5, "Task", "Notify"),
        (6, "TaskScheduled", {"resourceType": "sns", "resource": "publish"}),
        (7, "TaskSucceeded"),
        exited(8, "Task", "Notify"),
        entered(9, "Fail", "GiveUp"),
        (10, "ExecutionFailed", {"error": "GaveUp", "cause": "in the author's words"}),
    )
    assert (reading.state, reading.error) == ("Run", "States.TaskFailed")
    assert (reading.fail_state, reading.fail_error) == ("GiveUp", "GaveUp")
    assert reading.fail_cause == "in the author's words"


def test_a_choice_on_the_parsed_cause_still_leads_to_the_error_that_was_caught() -> None:
    reading = read(
        (0, "ExecutionStarted"),
        entered(0, "Task", "Run"),
        (2, "TaskScheduled", ECS),
        failed(3, "States.TaskFailed"),
        exited(4, "Task", "Run"),
        entered(5, "Choice", "WasItSpot"),
        exited(6, "Choice", "WasItSpot"),
        entered(7, "Fail", "No"),
        (8, "ExecutionFailed"),
    )
    assert (reading.state, reading.fail_state) == ("Run", "No")
    assert reading.error == "States.TaskFailed"


def test_an_error_that_was_recovered_from_is_not_the_root_of_the_author_s_verdict() -> None:
    reading = read(
        (0, "ExecutionStarted"),
        entered(0, "Task", "Status"),
        (2, "TaskScheduled", ECS),
        failed(3, "Throttled"),
        exited(4, "Task", "Status"),
        entered(5, "Wait", "Pause"),
        exited(6, "Wait", "Pause"),
        entered(7, "Task", "Status"),
        (8, "TaskScheduled", ECS),
        (9, "TaskSucceeded"),
        exited(10, "Task", "Status"),
        entered(11, "Choice", "Done?"),
        exited(12, "Choice", "Done?"),
        entered(13, "Fail", "JobFailed"),
        (14, "ExecutionFailed", {"error": "JobFailed", "cause": "the job failed"}),
    )
    assert (reading.state, reading.error) == ("JobFailed", "JobFailed")
    assert reading.integration == "fail-state"
    assert [t.error for t in reading.attempts] == ["Throttled"]


def test_a_fail_state_inside_a_parallel_whose_failure_is_caught_hides_the_same_root() -> None:
    reading = read(
        (0, "ExecutionStarted"),
        entered(0, "Parallel", "Both"),
        (2, "ParallelStateStarted"),
        entered(3, "Task", "Run"),
        (4, "TaskScheduled", ECS),
        failed(5, "Inner"),
        exited(6, "Task", "Run"),
        entered(7, "Fail", "Stop"),
        (8, "ParallelStateFailed"),
        exited(9, "Parallel", "Both"),
        entered(10, "Fail", "GiveUp"),
        (11, "ExecutionFailed", {"error": "GaveUp"}),
    )
    assert (reading.state, reading.error, reading.fail_state) == ("Run", "Inner", "GiveUp")


def test_the_first_event_of_an_iteration_that_follows_a_sibling_does_not_mislead() -> None:
    waiting = read(
        (0, "ExecutionStarted"),
        entered(0, "Map", "Each"),
        (2, "MapStateStarted"),
        (3, "MapIterationStarted", {"name": "Each", "index": 0}),
        entered(4, "Pass", "First"),
        exited(5, "Pass", "First"),
        (6, "MapIterationSucceeded", {"name": "Each", "index": 0}),
        (6, "MapIterationStarted", {"name": "Each", "index": 1}),
        entered(8, "Wait", "Long"),
        (0, "ExecutionTimedOut", {}),
    )
    assert waiting.state == "Long"


def test_a_state_left_open_in_a_failed_attempt_of_a_map_is_not_where_a_timeout_waited() -> None:
    reading = read(
        (0, "ExecutionStarted"),
        entered(0, "Map", "Each"),
        (2, "MapStateStarted"),
        (3, "MapIterationStarted", {"name": "Each", "index": 0}),
        (3, "MapIterationStarted", {"name": "Each", "index": 1}),
        entered(4, "Task", "Run"),
        entered(5, "Wait", "Pause"),
        (6, "TaskScheduled", ECS),
        failed(8, "A"),
        (9, "MapStateStarted"),
        (10, "MapIterationStarted", {"name": "Each", "index": 0}),
        (10, "MapIterationStarted", {"name": "Each", "index": 1}),
        entered(11, "Task", "Run"),
        (13, "TaskScheduled", ECS),
        (0, "ExecutionTimedOut", {}),
    )
    assert reading.state == "Run"
    assert [t.state for t in reading.attempts] == ["Run"]


def test_a_jsonata_error_names_its_state_though_its_chain_passes_by_it() -> None:
    reading = read(
        (0, "ExecutionStarted"),
        entered(0, "Pass", "Before"),
        exited(2, "Pass", "Before"),
        entered(3, "Task", "Compute"),
        (3, "EvaluationFailed", {"state": "Compute", "error": "States.QueryEvaluationError"}),
        (5, "ExecutionFailed", {"error": "States.QueryEvaluationError", "cause": "undefined"}),
    )
    assert (reading.state, reading.error) == ("Compute", "States.QueryEvaluationError")


def test_an_error_of_the_interpreter_after_a_failed_attempt_is_the_root() -> None:
    reading = read(
        (0, "ExecutionStarted"),
        entered(0, "Task", "Run"),
        (2, "TaskScheduled", ECS),
        failed(3, "States.TaskFailed"),
        (4, "ExecutionFailed", {"error": "States.Runtime", "cause": "the Catch's path"}),
    )
    assert (reading.state, reading.error) == ("Run", "States.Runtime")


def test_an_execution_too_large_to_start_has_an_error_and_no_state() -> None:
    reading = read(
        (0, "ExecutionStarted"), (0, "ExecutionFailed", {"error": "States.DataLimitExceeded"})
    )
    assert (reading.state, reading.error) == (None, "States.DataLimitExceeded")


def test_an_output_too_large_names_the_state_that_wrote_it() -> None:
    reading = read(
        (0, "ExecutionStarted"),
        entered(0, "Pass", "Grow"),
        exited(2, "Pass", "Grow"),
        (3, "ExecutionFailed", {"error": "States.DataLimitExceeded"}),
    )
    assert reading.state == "Grow"


def redriven(previous_of_redrive: int) -> HistoryReading:
    return read(
        (0, "ExecutionStarted"),
        entered(0, "Task", "Run"),
        (2, "TaskScheduled", ECS),
        failed(3, "A"),
        (4, "ExecutionFailed", {"error": "A"}),
        (previous_of_redrive, "ExecutionRedriven", {"redriveCount": 1}),
        (6, "TaskScheduled", ECS),
        failed(7, "B"),
        (8, "ExecutionFailed", {"error": "B"}),
    )


def test_a_redriven_task_fails_in_its_own_state_and_counts_both_runs() -> None:
    for reading in (redriven(5), redriven(0)):
        assert (reading.state, reading.error) == ("Run", "B")
        assert [(t.state, t.error, t.back_off) for t in reading.attempts] == [
            ("Run", "A", None),
            ("Run", "B", None),
        ]


def test_older_pages_are_read_only_where_the_chain_leads_there() -> None:
    steps = [(0, "ExecutionStarted"), entered(0, "Task", "Run"), (2, "TaskScheduled", ECS)]
    noise = [entered(0, "Wait", f"w{n}") for n in range(50)]
    end = [failed(3, "A"), (len(steps) + len(noise) + 1, "ExecutionFailed", {"error": "A"})]
    pages = newest_first(history(*steps, *noise, *end), 10)
    reading = read_history(pages)
    assert (reading.state, reading.attempts_complete) == ("Run", True)
    assert next(pages, None) is None

    near = newest_first(
        history(
            *noise,
            entered(0, "Task", "Run"),
            failed(51, "A"),
            (52, "ExecutionFailed", {"error": "A"}),
        ),
        10,
    )
    reading = read_history(near)
    assert (reading.state, reading.attempts_complete) == ("Run", False)
    assert len(list(near)) == 5


def test_an_empty_history_reads_as_nothing_known() -> None:
    reading = read_history(iter(()))
    assert (reading.state, reading.error, reading.attempts) == (None, None, ())
