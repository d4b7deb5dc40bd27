"""Whole lives of executions: timeouts, stops, redrives, nested executions, determinism."""

import json
from typing import Any

import pytest

from simulator.engine.outcomes import Attempt, Fails, Outcome, Succeeds
from simulator.engine.simulation import Simulation, Start
from tests.simulator.engine.made import (
    BEGIN,
    BOOM,
    Scripted,
    details,
    lines,
    machine,
    run,
    task,
)

FOREVER = float("inf")


def test_an_execution_over_its_timeout_ends_without_a_chain_or_a_word() -> None:
    execution = run({"Do": task()}, {"Do": lambda _: Succeeds(FOREVER)}, TimeoutSeconds=60)
    assert execution.status == "TIMED_OUT"
    assert lines(execution)[-1] == "5<-0 ExecutionTimedOut"
    assert details(execution.events[-1]) == {}
    assert (execution.truth.state, execution.truth.cause) == ("Do", "timeout_execution")
    assert execution.stopped_at == BEGIN + 60


def test_a_stopped_execution_is_aborted_in_the_state_it_was_in() -> None:
    states = {"Rest": {"Type": "Wait", "Seconds": 900, "End": True}}
    execution = run(states, stop_after=30)
    assert execution.status == "ABORTED"
    assert lines(execution)[1:] == ["2<-0 WaitStateEntered", "3<-0 ExecutionAborted"]
    assert (execution.truth.state, execution.truth.cause) == ("Rest", "aborted_by_user")


def test_an_execution_that_ends_in_time_is_not_stopped() -> None:
    assert run({"Do": task()}, stop_after=30, TimeoutSeconds=60).status == "SUCCEEDED"


def test_an_execution_still_under_way_is_running() -> None:
    execution = run({"Do": task()}, {"Do": lambda _: Succeeds(FOREVER)})
    assert (execution.status, execution.stopped_at, execution.truth.cause) == (
        "RUNNING",
        None,
        None,
    )


def _twice_then_well(attempt: Attempt) -> Outcome:
    return BOOM if "/0." in attempt.key or "/1.1" in attempt.key else Succeeds(1)


def test_a_redriven_state_is_scheduled_again_with_fresh_retries_and_no_new_entry() -> None:
    retry = [{"ErrorEquals": ["Boom"], "MaxAttempts": 1}]
    execution = run(
        {"Do": task(Retry=retry)}, {"Do": _twice_then_well}, redrive_after=(100.0, 100.0)
    )
    assert execution.status == "SUCCEEDED"
    assert execution.redrive_count == 1
    assert [status for status, _ in execution.earlier_ends] == ["FAILED"]
    assert lines(execution)[8:12] == [
        "9<-8 ExecutionFailed",
        "10<-9 ExecutionRedriven",
        "11<-10 LambdaFunctionScheduled",
        "12<-11 LambdaFunctionStarted",
    ]
    assert sum(line.endswith("StateEntered") for line in lines(execution)) == 1
    assert len(execution.truth.attempts) == 3
    assert execution.truth.cause is None


def test_only_what_failed_or_was_aborted_is_redriven() -> None:
    def fate(attempt: Attempt) -> Outcome:
        return BOOM if attempt.state == "Bad" and "/0." in attempt.key else Succeeds(0.5)

    branches = [
        {"StartAt": "Bad", "States": {"Bad": task()}},
        {"StartAt": "Good", "States": {"Good": task()}},
        {"StartAt": "Slow", "States": {"Slow": {"Type": "Wait", "Seconds": 50, "End": True}}},
    ]
    states = {"All": {"Type": "Parallel", "Branches": branches, "End": True}}
    execution = run(states, {"Bad": fate, "Good": fate}, redrive_after=(100.0,))
    again = [event for event in execution.events if event["timestamp"] > BEGIN + 90]
    assert [event["type"] for event in again] == [
        "ExecutionRedriven",
        "LambdaFunctionScheduled",
        "LambdaFunctionStarted",
        "LambdaFunctionSucceeded",
        "TaskStateExited",
        "WaitStateExited",
        "ParallelStateSucceeded",
        "ParallelStateExited",
        "ExecutionSucceeded",
    ]


def test_states_resumed_side_by_side_each_follow_their_own_entry() -> None:
    branches = [{"StartAt": name, "States": {name: task()}} for name in ("A", "B")]
    states = {"Both": {"Type": "Parallel", "Branches": branches, "End": True}}
    script: dict[str, Any] = {
        "A": lambda _: BOOM,
        "B": lambda _: Succeeds(30),
    }
    execution = run(states, script, redrive_after=(100.0,))
    entered = {
        details(event)["name"]: event["id"]
        for event in execution.events
        if event["type"] == "TaskStateEntered"
    }
    redriven = next(e["id"] for e in execution.events if e["type"] == "ExecutionRedriven")
    resumed = [
        event["previousEventId"]
        for event in execution.events[redriven:]
        if event["type"] == "LambdaFunctionScheduled"
    ]
    assert sorted(resumed) == sorted(entered.values())


def test_a_redriven_fail_state_fails_again_for_the_cause_it_hides() -> None:
    states = {
        "Do": task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "No"}]),
        "No": {"Type": "Fail"},
    }
    execution = run(states, {"Do": lambda _: BOOM}, redrive_after=(100.0,))
    assert lines(execution)[-3:] == [
        "9<-8 ExecutionRedriven",
        "10<-9 FailStateEntered",
        "11<-10 ExecutionFailed",
    ]
    assert (execution.truth.state, execution.truth.cause) == ("Do", "code_error")


def test_a_parent_is_told_of_its_child_in_json_and_shares_its_root_cause() -> None:
    child = machine({"Pay": task()}, "child")
    start = task(
        "arn:aws:states:::states:startExecution.sync:2",
        Parameters={"StateMachineArn": child.arn, "Input": {"a": 1}},
    )
    simulation = Simulation(
        [machine({"Start": start}), child],
        Scripted({"Pay": lambda _: Fails(2, "Declined", "no funds", "data_condition")}),
        start=BEGIN,
        region="us-east-1",
        seed=1,
    )
    simulation.begin(Start("m", "parent-1", BEGIN, {}))
    parent, paid = simulation.run_until(BEGIN + 100)
    failed = parent.events[-2]
    cause = json.loads(details(failed)["cause"])
    assert failed["type"] == "TaskFailed"
    assert details(failed)["resource"] == "startExecution.sync:2"
    assert list(cause) == sorted(cause)
    assert cause["Error"] == "Declined"
    assert cause["ExecutionArn"] == paid.arn
    assert (parent.truth.state, parent.truth.cause) == ("Start", "data_condition")


@pytest.mark.parametrize("limit", [{"TimeoutSeconds": 60}, {}])
def test_a_parent_whose_time_is_up_stops_its_child(limit: dict[str, Any]) -> None:
    child = machine({"Pay": task()}, "child")
    start = task(
        "arn:aws:states:::states:startExecution.sync:2",
        Parameters={"StateMachineArn": child.arn, "Input": {}},
        **limit,
    )
    whole: dict[str, Any] = {} if limit else {"TimeoutSeconds": 60}
    simulation = Simulation(
        [machine({"Start": start}, **whole), child],
        Scripted({"Pay": lambda _: Succeeds(FOREVER)}),
        start=BEGIN,
        region="us-east-1",
        seed=1,
    )
    simulation.begin(Start("m", "parent-1", BEGIN, {}))
    parent, stopped = simulation.run_until(BEGIN + 100)
    assert stopped.status == "ABORTED"
    assert parent.status == ("FAILED" if limit else "TIMED_OUT")
    assert parent.truth.cause == ("timeout_task" if limit else "timeout_execution")
    if limit:
        assert parent.events[-2]["type"] == "TaskTimedOut"
        assert details(parent.events[-2])["error"] == "States.Timeout"


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_seed_runs_the_same_execution(seed: int) -> None:
    items = {"Each": {"Type": "Map", "ItemsPath": "$.items", "End": True,
                      "ItemProcessor": {"StartAt": "Do", "States": {"Do": task()}}}}  # fmt: skip
    first, second = (run(items, data={"items": [1, 2, 3]}, seed=seed) for _ in range(2))
    assert first == second


def test_a_poll_loop_may_take_thousands_of_events() -> None:
    states = {
        "Rest": {"Type": "Wait", "Seconds": 30, "Next": "Ask"},
        "Ask": task(ResultPath="$.answer", Next="Done?"),
        "Done?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.answer.left", "NumericEquals": 0, "Next": "Done"}],
            "Default": "Rest",
        },
        "Done": {"Type": "Succeed"},
    }
    script = {"Ask": lambda attempt: Succeeds(1, {"left": 300 - attempt.visit})}
    execution = run(states, script)
    assert execution.status == "SUCCEEDED"
    assert len(execution.events) > 2000
