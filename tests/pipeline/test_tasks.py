"""Activities, callbacks, HTTP tasks and children elsewhere: in their authors' words, or said."""

import json
from typing import Any

import pytest

from sfn_digest.model.report import Report
from sfn_digest.pipeline.digest import make_report
from simulator.engine.outcomes import Attempt, Fails
from simulator.worlds.kinds import starts
from simulator.worlds.systems import System, function_arn
from tests.aws.express_accounts import SETTING, account_of, run_of, served

ACTIVITY = function_arn("render").replace(":lambda:", ":states:").replace("function", "activity")
CALLBACK = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
CHILD = "arn:aws:states:us-east-1:999988887777:execution:billing:run-1"


def report_of(
    monkeypatch: pytest.MonkeyPatch, resource: str, outcome: Fails, **fields: Any
) -> Report:
    state = {"Type": "Task", "Resource": resource, "End": True, **fields}

    def fail(_: Attempt) -> Fails:
        return outcome

    definition = {"StartAt": "Work", "States": {"Work": state}}
    system = System("tasks", definition, starts(SETTING, "tasks", 1), {"Work": fail})
    with served(account_of(system), monkeypatch) as (account, _):
        return make_report(run_of(account))


@pytest.mark.parametrize("resource", [ACTIVITY, CALLBACK])
def test_a_failed_callback_or_activity_is_told_in_its_author_s_words(
    resource: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Fails(9.0, "CardDeclined", "The bank declined the card of order 12.", "unknown")
    (failure,) = report_of(monkeypatch, resource, said).failures
    assert (failure.state, failure.error) == ("Work", "CardDeclined")
    assert "The bank declined the card" in failure.message


@pytest.mark.parametrize("resource", [ACTIVITY, CALLBACK])
def test_a_lost_heartbeat_is_told_as_one(resource: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = Fails(60.0, "States.HeartbeatTimeout", None, "timeout_heartbeat", "timed_out")
    (failure,) = report_of(monkeypatch, resource, lost, HeartbeatSeconds=60).failures
    assert (failure.state, failure.error) == ("Work", "States.HeartbeatTimeout")


def test_an_http_task_tells_its_status(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = Fails(
        0.4,
        "States.Http.StatusCode.503",
        json.dumps({"StatusCode": 503, "StatusText": "Service Unavailable"}),
        "dependency_http_5xx",
    )
    (failure,) = report_of(monkeypatch, "arn:aws:states:::http:invoke", refused).failures
    assert (failure.state, failure.cause) == ("Work", "dependency_http_5xx")


def test_a_child_in_another_account_is_said_with_where_to_ask(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    silent = Fails(
        5.0,
        "States.TaskFailed",
        json.dumps({"ExecutionArn": CHILD, "Status": "FAILED"}),
        "nested_execution_failed",
    )
    resource = "arn:aws:states:::aws-sdk:sfn:startSyncExecution"
    report = report_of(monkeypatch, resource, silent)
    (failure,) = report.failures
    assert failure.cause == "nested_execution_failed"
    (note,) = (n for n in report.coverage.left_out if "billing" in n)
    assert "It ran in account 999988887777, us-east-1" in note
