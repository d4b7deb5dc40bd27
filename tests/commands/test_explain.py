"""One execution's story, from the terminal's door to the simulated account and back."""

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from sfn_digest.cli import main
from simulator.records import SimExecution, World
from simulator.server import serve
from simulator.worlds.kinds import distributed_map, express, handled, logged
from simulator.worlds.systems import DAY, Setting, System, build_world
from simulator.worlds.unnoticed import recovering
from tests.aws.express_accounts import SETTING, free_logs
from tests.conftest import Week, set_environment

pytestmark = pytest.mark.slow

CONSOLE = "https://us-east-1.console.aws.amazon.com/states/home"
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
        ("orders", 2, "“orders” is not an execution: give its ARN, such as arn:aws:"),
        ("arn:aws:states:us-east-1:1:stateMachine:a", 2, "is not an execution"),
        ("arn:aws:states:us-east-1:123456789012:execution:a:b\x1b[31m", 2, "b?[31m” is not an"),
        ("https://example.com/#/executions/details/arn:aws:s3:::x", 2, "is not an execution"),
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


def test_the_address_of_an_execution_s_page_stands_for_its_arn(week: Week, capsys: Capture) -> None:
    run = one(week, lambda e: e.truth.cause == "spot_interruption")
    page = f"{CONSOLE}?region=us-east-1#/v2/executions/details/{run.arn}"
    out, _ = explained(page, capsys)
    assert "Failed: Spot interruption" in out


def test_the_story_comes_as_json_too(week: Week, capsys: Capture) -> None:
    run = one(week, lambda e: e.truth.cause == "spot_interruption")
    assert main(["explain", "--format", "json", run.arn]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["story_version"] == "1.1"
    assert told["execution"]["arn"] == run.arn
    assert told["failure"]["diagnosis"]["cause"] == "spot_interruption"
    attempts = [each for visit in told["visits"] for each in visit["attempts"]]
    assert sum(each["failure"] is not None for each in attempts) == len(run.truth.attempts)


def express_world(level: str) -> tuple[World, SimExecution]:
    end = datetime.now(UTC).replace(second=0, microsecond=0).timestamp()
    setting = Setting(end - 7 * DAY, end, 11)
    world = build_world((express(setting, "web", 40, logged("web", level)),), setting)
    failed = [
        e for e in world.executions if e.truth.fail_state == "GiveUp" and e.status == "FAILED"
    ]
    return world, failed[-1]


def explained_of(
    system: System,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
    *words: str,
    status: str = "FAILED",
) -> str:
    """What is told of the first execution that ended so, of a machine of its own."""
    world = build_world((system,), SETTING)
    run = next(e for e in world.executions if e.status == status and e.map_run_arn is None)
    with serve(world) as account:
        set_environment(monkeypatch, account.environment)
        assert main(["explain", run.arn, *words]) == 0
    return capsys.readouterr().out


def test_of_a_failed_map_run_the_children_s_cause_is_told_and_how_many_failed(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = distributed_map(SETTING, "load", 1, 20, odds=0.9)
    out = re.sub(r"\s+", " ", explained_of(system, capsys, monkeypatch))
    assert "Failed: Invalid input or definition in LoadFiles" in out
    assert "Missing the key orderId" in out
    assert re.search(r"load / LoadFiles: \d+ of 20 children failed, and the Map run with them", out)
    told = json.loads(explained_of(system, capsys, monkeypatch, "--format", "json"))
    assert told["failure"]["diagnosis"]["cause"] == "invalid_input"
    assert told["map_runs"][0]["causes"][0]["state"] == "Load"


def test_a_child_of_a_map_run_is_redriven_with_it(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = build_world((distributed_map(SETTING, "load", 1, 20, odds=0.9),), SETTING)
    child = next(e for e in world.executions if e.status == "FAILED" and e.map_run_arn)
    with serve(world, clock=lambda: SETTING.end) as account:
        set_environment(monkeypatch, account.environment)
        out, _ = explained(child.arn, capsys)
    assert "Failed: Invalid input or definition in Load" in out
    assert "It can only be redriven with its Map run" in out
    assert "redrive-execution" not in out
    assert "could not be read" not in out


def test_children_that_failed_within_the_threshold_are_told_of_a_success(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = distributed_map(SETTING, "load", 1, 20, odds=0.5, ToleratedFailurePercentage=90)
    out = re.sub(r"\s+", " ", explained_of(system, capsys, monkeypatch, status="SUCCEEDED"))
    assert re.search(r"\d+ of 20 children failed, but the Map run succeeded", out)


def test_attempts_that_failed_before_a_redrive_were_handled_by_it(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = recovering(SETTING, "orders", 0, odds=0.0, redriven=1)
    out = re.sub(r"\s+", " ", explained_of(system, capsys, monkeypatch, status="SUCCEEDED"))
    assert "1 attempt failed and was handled by a retry, a Catch or a redrive." in out


def test_a_handler_that_failed_says_what_it_hid(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = re.sub(r"\s+", " ", explained_of(handled(SETTING, "one", 1), capsys, monkeypatch))
    assert re.search(r"The error handler itself failed and hid: [^.]+ in Work", out)


def test_an_express_execution_is_told_from_the_log(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, run = express_world("ALL")
    free_logs(monkeypatch)
    monkeypatch.setattr("sfn_digest.aws.log_queries.FIRST_WAIT", 0.01)
    with serve(world) as account:
        set_environment(monkeypatch, account.environment)
        out, _ = explained(run.arn, capsys)
        queries = sum(call.api == "StartQuery" for call in account.calls)
    assert "Failed: Invalid input or definition in StoreRequest" in out
    assert "a Catch led to the Fail state GiveUp" in out
    assert "An Express execution leaves only its log" in out
    assert queries <= 6


def test_an_express_page_tells_when_it_ran_so_that_nothing_is_scanned_that_is_billed(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, run = express_world("ERROR")
    free_logs(monkeypatch)
    monkeypatch.setattr("sfn_digest.aws.log_queries.FIRST_WAIT", 0.01)
    began = round(run.started_at * 1000)
    page = f"{CONSOLE}#/express-executions/details/{run.arn}?startDate={began}"
    with serve(world) as account:
        set_environment(monkeypatch, account.environment)
        out, _ = explained(page, capsys)
        calls = Counter(call.api for call in account.calls)
    assert "Failed: Invalid input" in out
    assert "does not log at level ALL" in out
    assert (calls["StartQuery"], calls["FilterLogEvents"]) == (0, 2)


@pytest.mark.parametrize("level", ["OFF", "FATAL"])
def test_an_express_execution_that_no_log_tells_of_says_what_to_do(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, level: str
) -> None:
    world, run = express_world(level)
    free_logs(monkeypatch)
    monkeypatch.setattr("sfn_digest.aws.log_queries.FIRST_WAIT", 0.01)
    with serve(world) as account:
        set_environment(monkeypatch, account.environment)
        assert main(["explain", f"{run.arn[:-4]}0000"]) == 1
    err = capsys.readouterr().err
    assert ("turn on logging at level ALL" if level == "OFF" else "a longer --since") in err
