"""Map and Parallel write what the recordings of AWS show."""

from typing import Any

from simulator.engine.outcomes import Attempt, Fails, Outcome, Succeeds
from tests.simulator.engine.made import BOOM, RUN_TASK, lines, run, task


def _each(states: dict[str, Any], **more: Any) -> dict[str, Any]:
    inner = {"StartAt": next(iter(states)), "States": states}
    return {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": inner, "End": True, **more}


def _beside(*branches: dict[str, Any], **more: Any) -> dict[str, Any]:
    inner = [{"StartAt": next(iter(states)), "States": states} for states in branches]
    return {"Type": "Parallel", "Branches": inner, "End": True, **more}


def test_iterations_one_at_a_time_follow_the_last_event_of_the_one_before() -> None:
    states = {"Each": _each({"Do": {"Type": "Pass", "End": True}}, MaxConcurrency=1)}
    assert lines(run(states, data={"items": [1, 2]})) == [
        "1<-0 ExecutionStarted",
        "2<-0 MapStateEntered",
        "3<-2 MapStateStarted",
        "4<-3 MapIterationStarted",
        "5<-4 PassStateEntered",
        "6<-5 PassStateExited",
        "7<-6 MapIterationSucceeded",
        "8<-6 MapIterationStarted",
        "9<-8 PassStateEntered",
        "10<-9 PassStateExited",
        "11<-10 MapIterationSucceeded",
        "12<-11 MapStateSucceeded",
        "13<-11 MapStateExited",
        "14<-13 ExecutionSucceeded",
    ]


def test_a_failed_iteration_aborts_the_others_and_all_point_to_the_failing_event() -> None:
    def fate(attempt: Attempt) -> Outcome:
        return BOOM if attempt.key.startswith("run-1/Each#1.1[1]") else Succeeds(60)

    states = {"Each": _each({"Do": task()})}
    execution = run(states, {"Do": fate}, {"items": [1, 2]})
    assert lines(execution)[3:5] == ["4<-3 MapIterationStarted", "5<-3 MapIterationStarted"]
    assert lines(execution)[-7:] == [
        "12<-10 LambdaFunctionFailed",
        "13<-12 MapIterationFailed",
        "14<-12 TaskStateAborted",
        "15<-12 MapIterationAborted",
        "16<-12 TaskStateAborted",
        "17<-12 MapStateFailed",
        "18<-17 ExecutionFailed",
    ]
    assert (execution.truth.state, execution.truth.cause) == ("Do", "code_error")


def test_a_retried_map_starts_again_behind_the_failing_event_without_a_roll_up() -> None:
    retry = [{"ErrorEquals": ["GaveUp"], "IntervalSeconds": 2, "MaxAttempts": 1}]
    states = {"Each": _each({"No": {"Type": "Fail", "Error": "GaveUp"}}, Retry=retry)}
    execution = run(states, data={"items": [1]})
    assert lines(execution)[2:] == [
        "3<-2 MapStateStarted",
        "4<-3 MapIterationStarted",
        "5<-4 FailStateEntered",
        "6<-5 MapIterationFailed",
        "7<-5 MapStateStarted",
        "8<-7 MapIterationStarted",
        "9<-8 FailStateEntered",
        "10<-9 MapIterationFailed",
        "11<-9 MapStateFailed",
        "12<-11 ExecutionFailed",
    ]
    truth = execution.truth
    assert (truth.state, truth.cause, truth.fail_state, truth.attempts) == (
        "No",
        "fail_state",
        "No",
        (),
    )


def test_a_caught_parallel_exits_behind_its_roll_up() -> None:
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Sorry"}]
    states = {
        "Both": _beside({"Do": task(RUN_TASK)}, Catch=catch),
        "Sorry": {"Type": "Pass", "End": True},
    }
    execution = run(states, {"Do": lambda _: Fails(3, None, None, "unknown")})
    assert lines(execution)[2:] == [
        "3<-2 ParallelStateStarted",
        "4<-3 TaskStateEntered",
        "5<-4 TaskScheduled",
        "6<-5 TaskStarted",
        "7<-6 TaskSubmitted",
        "8<-7 TaskFailed",
        "9<-8 TaskStateAborted",
        "10<-8 ParallelStateFailed",
        "11<-10 ParallelStateExited",
        "12<-11 PassStateEntered",
        "13<-12 PassStateExited",
        "14<-13 ExecutionSucceeded",
    ]
    assert len(execution.truth.attempts) == 1
    assert execution.truth.cause is None


def test_siblings_go_on_after_the_failing_one_and_their_failed_attempts_count() -> None:
    script = {
        "First": lambda _: BOOM,
        "Second": lambda _: Fails(1.3, "Late", "too", "timeout_task"),
    }
    states = {"Both": _beside({"First": task()}, {"Second": task()})}
    execution = run(states, script, abort_lag=100.0)
    assert [(entry.state, entry.cause) for entry in execution.truth.attempts] == [
        ("First", "code_error"),
        ("Second", "timeout_task"),
    ]
    assert execution.truth.state == "First"


def test_never_more_iterations_run_at_once_than_max_concurrency_says() -> None:
    states = {"Each": _each({"Do": task()}, MaxConcurrency=3)}
    execution = run(states, data={"items": list(range(10))})
    running = most = 0
    for event in execution.events:
        running += event["type"] == "MapIterationStarted"
        running -= event["type"] == "MapIterationSucceeded"
        most = max(most, running)
    assert most == 3


def test_a_failure_three_levels_down_rolls_up_level_by_level() -> None:
    inner = _each({"Do": task()})
    states = {"Each": _each({"Both": _beside({"Again": inner})}, ItemSelector={"items": [7]})}
    execution = run(states, {"Do": lambda _: BOOM}, {"items": [1]})
    failed = next(e["id"] for e in execution.events if e["type"] == "LambdaFunctionFailed")
    assert lines(execution)[failed:] == [
        f"{failed + 1}<-{failed} MapIterationFailed",
        f"{failed + 2}<-{failed} TaskStateAborted",
        f"{failed + 3}<-{failed} MapStateFailed",
        f"{failed + 4}<-{failed + 3} MapStateAborted",
        f"{failed + 5}<-{failed + 3} ParallelStateFailed",
        f"{failed + 6}<-{failed + 5} MapIterationFailed",
        f"{failed + 7}<-{failed + 5} ParallelStateAborted",
        f"{failed + 8}<-{failed + 5} MapStateFailed",
        f"{failed + 9}<-{failed + 8} ExecutionFailed",
    ]
    assert execution.truth.state == "Do"


def test_an_empty_map_succeeds_behind_its_start() -> None:
    execution = run({"Each": _each({"Do": task()})}, data={"items": []})
    assert lines(execution)[2:5] == [
        "3<-2 MapStateStarted",
        "4<-3 MapStateSucceeded",
        "5<-3 MapStateExited",
    ]
