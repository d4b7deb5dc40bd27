"""Activities, callbacks, HTTP tasks and children elsewhere: in their authors' words, or said."""

import json
from typing import Any

import pytest

from sfn_digest.aws import ChildRoles, open_account
from sfn_digest.config.other_accounts import parse_child_role
from sfn_digest.errors import BadRequestError
from sfn_digest.model.report import Report
from sfn_digest.pipeline.digest import make_report
from sfn_digest.progress import SilentProgress
from simulator.engine.outcomes import Attempt, Fails
from simulator.server import serve_organization
from simulator.worlds.kinds import starts
from simulator.worlds.systems import System, function_arn
from tests.aws.express_accounts import SETTING, account_of, run_of, served
from tests.conftest import set_environment

pytestmark = pytest.mark.slow

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
    assert failure.message.endswith("(in account 999988887777, us-east-1, where it was not read)")
    (note,) = (n for n in report.coverage.left_out if "billing" in n)
    assert "It ran in account 999988887777, us-east-1" in note


def waiting_for(name: str, child: str, number: int) -> System:
    """A machine whose executions fail as a child did, and say no more than that."""
    said = json.dumps({"ExecutionArn": child, "Status": "FAILED"})

    def fail(_: Attempt) -> Fails:
        return Fails(5.0, "States.TaskFailed", said, "nested_execution_failed")

    resource = "arn:aws:states:::aws-sdk:sfn:startSyncExecution"
    work = {"Type": "Task", "Resource": resource, "End": True}
    definition = {"StartAt": "Work", "States": {"Work": work}}
    return System(name, definition, starts(SETTING, name, number), {"Work": fail})


def test_a_role_in_other_accounts_reads_the_children_there_and_is_taken_once_for_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def declined(_: Attempt) -> Fails:
        return Fails(1.0, "Lambda.TooManyRequestsException", "Rate Exceeded.", "concurrency_limit")

    work = {"Type": "Task", "Resource": function_arn("pay"), "End": True}
    leaf = {"StartAt": "Pay", "States": {"Pay": work}}
    there = account_of(System("billing", leaf, starts(SETTING, "billing", 1), {"Pay": declined}))
    child = there.executions[0].arn.replace(there.account_id, "999988887777")
    refused = CHILD.replace("999988887777", "888877776666")
    home = account_of(waiting_for("orders", child, 3), waiting_for("returns", refused, 2))
    with serve_organization({"999988887777": there}, home=home) as organization:
        set_environment(monkeypatch, organization.environment)
        account = open_account(1.0, SilentProgress(), child_roles=ChildRoles("team/reader"))
        report = make_report(run_of(account))
    causes = {each.machine_arn.rpartition(":")[2]: each.cause for each in report.failures}
    assert causes == {"orders": "concurrency_limit", "returns": "nested_execution_failed"}
    # One that is refused is not asked for again, and none is by its executions.
    assert report.coverage.api_calls["AssumeRole"] == 1
    (note,) = (n for n in report.coverage.left_out if "AssumeRole" in n)
    assert "2 histories of billing" in note
    assert "arn:aws:iam::888877776666:role/team/reader" in note
    assert "It ran in account 888877776666" in note


@pytest.mark.parametrize("text", ["arn:aws:iam::1:role/x", "a b", "x" * 65, "*"])
def test_what_is_no_name_of_a_role_is_refused(text: str) -> None:
    with pytest.raises(BadRequestError, match="which is not the name of an IAM role"):
        parse_child_role(text)


def test_a_role_may_have_a_path_or_not_be_there() -> None:
    assert parse_child_role("/team/reader") == "team/reader"
    assert parse_child_role(" ") is None
