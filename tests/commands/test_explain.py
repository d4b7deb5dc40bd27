"""One execution's story, from the terminal's door to the simulated account and back."""

import re
from collections.abc import Callable

import pytest

from sfn_digest.cli import main
from simulator.records import SimExecution
from simulator.server import serve
from tests.conftest import Week, set_environment

Capture = pytest.CaptureFixture[str]


def one(week: Week, wanted: Callable[[SimExecution], bool]) -> SimExecution:
    return next(each for each in week.world.executions if wanted(each))


def explained(arn: str, capsys: Capture) -> tuple[str, str]:
    assert main(["explain", arn]) == 0
    out, err = capsys.readouterr()
    return re.sub(r"\s+", " ", out), err


def test_a_failed_execution_is_told_with_attempts_waits_advice_and_redrive(
    week: Week, capsys: Capture
) -> None:
    run = one(week, lambda e: e.truth.cause == "spot_interruption" and len(e.truth.attempts) == 6)
    out, err = explained(run.arn, capsys)
    assert "Failed: Spot interruption in CalculateScores" in out
    assert "CalculateScores: 6 of 6 attempts failed 1. " in out
    assert out.count(" waited ") == 5
    assert "Retrier 1 of CalculateScores matches States.TaskFailed" in out
    assert "It can be redriven until" in out
    assert (
        f"aws stepfunctions redrive-execution --region us-east-1 --execution-arn {run.arn}" in out
    )
    assert "Reading the execution" in err
    assert "API calls" in err


def test_an_execution_that_recovered_is_told_too(week: Week, capsys: Capture) -> None:
    run = one(week, lambda e: e.status == "SUCCEEDED" and len(e.truth.attempts) == 3)
    out, _ = explained(run.arn, capsys)
    assert "Succeeded" in out
    assert "3 attempts failed and were handled by a retry or a Catch." in out
    assert "What would have helped" not in out


def test_a_running_execution_is_told_so_far(week: Week, capsys: Capture) -> None:
    run = one(week, lambda e: e.status == "RUNNING")
    out, _ = explained(run.arn, capsys)
    assert "Running Started" in out
    assert "still running" in out


def test_a_child_execution_is_named(week: Week, capsys: Capture) -> None:
    run = one(week, lambda e: ":order-flow:" in e.arn and e.status == "FAILED")
    out, _ = explained(run.arn, capsys)
    assert "Child executions that failed with it" in out
    assert ":execution:order-payment:" in out


def test_without_the_permission_for_the_definition_the_rest_is_told(
    week: Week, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    denied = frozenset({"states:DescribeStateMachineForExecution"})
    run = one(week, lambda e: e.truth.cause == "spot_interruption")
    with serve(week.world, denied_actions=denied) as account:
        set_environment(monkeypatch, account.environment)
        out, _ = explained(run.arn, capsys)
    assert "Failed: Spot interruption" in out
    assert "Its definition could not be read: AWS denied" in out
    assert "states:DescribeStateMachineForExecution" in out
    assert "Retrier" not in out


@pytest.mark.parametrize("action", ["states:DescribeExecution", "states:GetExecutionHistory"])
def test_a_denied_call_names_the_permission(
    week: Week, capsys: Capture, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    run = one(week, lambda e: e.status == "FAILED")
    with serve(week.world, denied_actions=frozenset({action})) as account:
        set_environment(monkeypatch, account.environment)
        assert main(["explain", run.arn]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert action in err


def test_the_region_is_the_one_in_the_arn(
    week: Week, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "ap-northeast-1")
    run = one(week, lambda e: e.status == "FAILED")
    assert main(["explain", run.arn.replace(run.name, "nobody")]) == 1
    assert "There is no execution “nobody” in us-east-1: check the ARN" in capsys.readouterr().err


@pytest.mark.usefixtures("week")
@pytest.mark.parametrize(
    ("arn", "status", "says"),
    [
        ("orders", 2, "is “orders”, which is not an execution's: give one such as arn:aws:"),
        ("arn:aws:states:us-east-1:1:stateMachine:a", 2, "which is not an execution's"),
        ("arn:aws:states:us-east-1:123456789012:execution:a:b\x1b[31m", 2, "b?[31m”, which is"),
        (
            "arn:aws:states:us-east-1:123456789012:express:quick:run:0a1b",
            1,
            "an Express workflow, whose history Step Functions does not keep",
        ),
    ],
)
def test_what_is_no_readable_execution_is_one_sentence(
    capsys: Capture, arn: str, status: int, says: str
) -> None:
    assert main(["explain", arn]) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    assert err.count("\n") == 1
