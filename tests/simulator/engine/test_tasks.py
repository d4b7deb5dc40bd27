"""Tasks, their retries and catches, and the failures that are Step Functions' own."""

from typing import Any

import pytest

from simulator.engine.outcomes import Attempt, Fails, Outcome, Stage, Succeeds
from simulator.records import Truth
from tests.simulator.engine.made import BOOM, LAMBDA, RUN_TASK, details, lines, run, task, times


@pytest.mark.parametrize(
    ("resource", "stage", "events"),
    [
        (LAMBDA, "failed", ["Scheduled", "Started", "Failed"]),
        (LAMBDA, "schedule_failed", ["Scheduled", "ScheduleFailed"]),
        (LAMBDA, "start_failed", ["Scheduled", "StartFailed"]),
        (RUN_TASK, "failed", ["Scheduled", "Started", "Submitted", "Failed"]),
        (RUN_TASK, "submit_failed", ["Scheduled", "Started", "SubmitFailed"]),
        (RUN_TASK, "start_failed", ["Scheduled", "StartFailed"]),
        (RUN_TASK, "timed_out", ["Scheduled", "Started", "Submitted", "TimedOut"]),
        ("arn:aws:states:us-east-1:1:activity:a", "failed", ["Scheduled", "Started", "Failed"]),
        ("arn:aws:states:::aws-sdk:s3:getObject", "failed", ["Scheduled", "Started", "Failed"]),
    ],
)
def test_a_attempt_that_fails_shows_where(resource: str, stage: Stage, events: list[str]) -> None:
    fails = Fails(5.0, "Boom", None, "code_error", stage)
    execution = run({"Do": task(resource)}, {"Do": lambda _: fails})
    family = {LAMBDA: "LambdaFunction"}.get(
        resource, "Activity" if "activity" in resource else "Task"
    )
    assert [event["type"] for event in execution.events[2:-1]] == [f"{family}{e}" for e in events]
    assert [event["previousEventId"] for event in execution.events[2:]] == list(
        range(2, len(execution.events))
    )
    assert [entry.event_id for entry in execution.truth.attempts] == [len(execution.events) - 1]


def test_a_service_is_named_in_every_event_as_history_spells_it() -> None:
    execution = run({"Do": task("arn:aws:states:::aws-sdk:dynamodb:putItem")})
    named = {(details(e).get("resourceType"), details(e).get("resource")) for e in execution.events}
    assert named == {(None, None), ("aws-sdk:dynamodb", "putItem")}


def test_a_retry_is_a_further_scheduled_behind_the_failure_after_its_back_off() -> None:
    retry = [{"ErrorEquals": ["Boom"], "IntervalSeconds": 10, "BackoffRate": 3, "MaxAttempts": 4,
              "MaxDelaySeconds": 50}]  # fmt: skip
    execution = run({"Do": task(Retry=retry)}, {"Do": lambda _: BOOM})
    failed = times(execution, "LambdaFunctionFailed")
    scheduled = times(execution, "LambdaFunctionScheduled")
    gaps = [round(after - before) for before, after in zip(failed, scheduled[1:], strict=False)]
    assert gaps == [10, 30, 50, 50]
    assert lines(execution)[4:6] == ["5<-4 LambdaFunctionFailed", "6<-5 LambdaFunctionScheduled"]
    assert sum(line.endswith("TaskStateEntered") for line in lines(execution)) == 1


def test_each_retrier_counts_for_itself() -> None:
    def alternately(attempt: Attempt) -> Outcome:
        return Fails(1, "Odd" if attempt.attempt % 2 else "Even", None, "code_error")

    retry = [
        {"ErrorEquals": ["Odd"], "MaxAttempts": 2},
        {"ErrorEquals": ["Even"], "MaxAttempts": 1},
    ]
    execution = run({"Do": task(Retry=retry)}, {"Do": alternately})
    assert [entry.error for entry in execution.truth.attempts] == ["Odd", "Even", "Odd", "Even"]


@pytest.mark.parametrize(
    ("error", "names", "attempts"),
    [
        ("Boom", ["States.ALL"], 2),
        ("Boom", ["States.TaskFailed"], 2),
        ("Boom", ["boom"], 1),
        ("States.Timeout", ["States.ALL"], 2),
        ("States.Timeout", ["States.Timeout"], 2),
        ("States.Timeout", ["States.TaskFailed"], 1),
        ("States.DataLimitExceeded", ["States.ALL"], 1),
        ("States.DataLimitExceeded", ["States.DataLimitExceeded"], 2),
        (None, ["States.ALL"], 2),
    ],
)
def test_a_retrier_takes_the_errors_that_aws_says_it_takes(
    error: str | None, names: list[str], attempts: int
) -> None:
    retry = [{"ErrorEquals": names, "MaxAttempts": 1}]
    fails = Fails(1, error, None, "unknown")
    execution = run({"Do": task(Retry=retry)}, {"Do": lambda _: fails})
    assert len(execution.truth.attempts) == attempts


def test_full_jitter_waits_anywhere_up_to_the_delay() -> None:
    retry = [{"ErrorEquals": ["Boom"], "IntervalSeconds": 100, "BackoffRate": 1, "MaxAttempts": 40,
              "JitterStrategy": "FULL"}]  # fmt: skip
    execution = run({"Do": task(Retry=retry)}, {"Do": lambda _: BOOM})
    failed = times(execution, "LambdaFunctionFailed")
    scheduled = times(execution, "LambdaFunctionScheduled")
    gaps = [after - before for before, after in zip(failed, scheduled[1:], strict=False)]
    assert len(gaps) == 40
    assert 0 <= min(gaps) < 30
    assert 70 < max(gaps) <= 100


def test_a_task_over_its_timeout_times_out_without_a_cause() -> None:
    execution = run({"Do": task(RUN_TASK, TimeoutSeconds=7)}, {"Do": lambda _: Succeeds(8)})
    timed_out = execution.events[-2]
    assert timed_out["type"] == "TaskTimedOut"
    assert "cause" not in details(timed_out)
    assert details(execution.events[-1]) == {"error": "States.Timeout"}
    assert (execution.truth.state, execution.truth.cause) == ("Do", "timeout_task")


def test_the_cause_behind_a_fail_state_is_the_caught_one() -> None:
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Tell"}]
    states = {
        "Do": task(Catch=catch),
        "Tell": task(Next="Sorry"),
        "Sorry": {"Type": "Fail", "Error": "Sorry", "Cause": "gave up"},
    }
    execution = run(states, {"Do": lambda _: BOOM})
    assert (execution.truth.state, execution.truth.cause) == ("Do", "code_error")
    assert execution.truth.fail_state == "Sorry"
    assert details(execution.events[-1]) == {"error": "Sorry", "cause": "gave up"}


def test_a_fail_state_reached_by_choice_is_its_own_cause() -> None:
    states = {
        "Ask": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.n", "NumericGreaterThan": 1, "Next": "No"}],
            "Default": "Yes",
        },
        "No": {"Type": "Fail"},
        "Yes": {"Type": "Succeed"},
    }
    refused = run(states, data={"n": 2})
    assert refused.truth == Truth("No", "fail_state", (), "No")
    assert details(refused.events[-1]) == {}
    assert run(states, data={"n": 1}).status == "SUCCEEDED"


def test_an_evaluation_that_fails_points_to_before_its_state() -> None:
    states: dict[str, Any] = {
        "First": {"Type": "Pass", "Next": "Pick"},
        "Pick": {
            "Type": "Pass",
            "QueryLanguage": "JSONata",
            "Output": {"p": "{% $states.input.price %}"},
            "End": True,
        },
    }
    execution = run(states)
    assert lines(execution)[2:] == [
        "3<-2 PassStateExited",
        "4<-3 PassStateEntered",
        "5<-3 EvaluationFailed",
        "6<-5 ExecutionFailed",
    ]
    assert details(execution.events[4])["state"] == "Pick"
    assert "(entered at the event id #4)" in details(execution.events[4])["cause"]
    assert execution.truth == Truth("Pick", "invalid_input", ())


def test_a_path_that_finds_nothing_ends_the_execution_past_every_catch() -> None:
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Sorry"}]
    states = {
        "Do": task(Parameters={"x.$": "$.missing"}, Catch=catch),
        "Sorry": {"Type": "Pass", "End": True},
    }
    execution = run(states)
    assert lines(execution)[-1] == "3<-2 ExecutionFailed"
    assert details(execution.events[-1])["error"] == "States.Runtime"
    assert "'$.missing'" in details(execution.events[-1])["cause"]


def test_the_environment_is_asked_with_the_time_the_attempt_and_the_input() -> None:
    seen: list[Attempt] = []

    def watch(attempt: Attempt) -> Outcome:
        seen.append(attempt)
        return BOOM if attempt.attempt == 1 else Succeeds(1)

    retry = [{"ErrorEquals": ["Boom"], "IntervalSeconds": 9}]
    states = {"Do": task(Retry=retry, Parameters={"n.$": "$.n"})}
    run(states, {"Do": watch}, {"n": 5})
    assert [(entry.attempt, entry.visit, entry.input) for entry in seen] == [
        (1, 1, {"n": 5}),
        (2, 1, {"n": 5}),
    ]
    assert seen[1].now - seen[0].now == pytest.approx(10, abs=0.5)
    assert len({entry.key for entry in seen}) == 2
