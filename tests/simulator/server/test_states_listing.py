"""Listing through an unchanged boto3: order, filters, pages, tokens and refusals."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.simulator.server.conftest import Open
from tests.simulator.server.small_worlds import (
    DAY,
    END,
    START,
    Clock,
    execution,
    machine,
    machine_arn,
    world,
)

pytestmark = pytest.mark.slow


def names(answer: Any) -> list[str]:
    return [item["name"] for item in answer["executions"]]


def code_of(caught: pytest.ExceptionInfo[ClientError]) -> str:
    return str(caught.value.response["Error"]["Code"])


def test_closed_executions_sort_by_stop_and_running_ones_by_start(open_account: Open) -> None:
    states = open_account(
        world(
            machine("jobs"),
            execution("jobs", "long", started=START, stopped=START + 900),
            execution("jobs", "short", started=START + 300, stopped=START + 400),
            execution("jobs", "running", status="RUNNING", started=START + 600, stopped=None),
        )
    ).client("stepfunctions")
    answer = states.list_executions(stateMachineArn=machine_arn("jobs"))
    assert names(answer) == ["long", "running", "short"]
    assert "stopDate" not in answer["executions"][1]
    assert answer["executions"][0]["stopDate"].timestamp() == START + 900


def test_a_running_redriven_execution_sorts_by_its_redrive(open_account: Open) -> None:
    states = open_account(
        world(
            machine("jobs"),
            execution(
                *("jobs", "redriven"),
                status="RUNNING",
                started=START,
                stopped=None,
                redrive_count=1,
                redriven_at=START + 500,
            ),
            execution("jobs", "closed", stopped=START + 400),
        )
    ).client("stepfunctions")
    listed = states.list_executions(stateMachineArn=machine_arn("jobs"))
    assert names(listed) == ["redriven", "closed"]
    assert listed["executions"][0]["redriveCount"] == 1
    assert listed["executions"][0]["redriveDate"].timestamp() == START + 500


def test_one_status_filter_lists_only_that_status(open_account: Open) -> None:
    states = open_account(
        world(
            machine("jobs"),
            execution("jobs", "failed"),
            execution("jobs", "timed-out", status="TIMED_OUT"),
        )
    ).client("stepfunctions")
    arn = machine_arn("jobs")
    answer = states.list_executions(stateMachineArn=arn, statusFilter="TIMED_OUT")
    assert names(answer) == ["timed-out"]
    assert names(states.list_executions(stateMachineArn=arn, statusFilter="ABORTED")) == []


def test_executions_closed_over_ninety_days_ago_are_gone(open_account: Open) -> None:
    old = execution("jobs", "old", started=END - 92 * DAY, stopped=END - 91 * DAY)
    states = open_account(world(machine("jobs"), old)).client("stepfunctions")
    assert names(states.list_executions(stateMachineArn=machine_arn("jobs"))) == []
    with pytest.raises(states.exceptions.ExecutionDoesNotExist):
        states.describe_execution(executionArn=old.arn)


def test_pages_of_the_asked_size_join_to_the_whole_list(open_account: Open) -> None:
    runs = [execution("jobs", f"run-{i:03}", stopped=START + i) for i in range(250)]
    states = open_account(world(machine("jobs"), *runs)).client("stepfunctions")
    arn = machine_arn("jobs")
    pages = list(states.get_paginator("list_executions").paginate(stateMachineArn=arn))
    assert [len(page["executions"]) for page in pages] == [100, 100, 50]
    assert [name for page in pages for name in names(page)] == [
        f"run-{i:03}" for i in reversed(range(250))
    ]
    assert len(states.list_executions(stateMachineArn=arn, maxResults=1000)["executions"]) == 250
    assert len(states.list_executions(stateMachineArn=arn, maxResults=0)["executions"]) == 100


@pytest.fixture
def paged(open_account: Open) -> tuple[Any, dict[str, Any], Clock]:
    clock = Clock()
    runs = [execution("jobs", f"run-{i}") for i in range(5)]
    states = open_account(world(machine("jobs"), *runs), clock=clock).client("stepfunctions")
    arguments = {"stateMachineArn": machine_arn("jobs"), "maxResults": 2}
    token = states.list_executions(**arguments)["nextToken"]
    return states, {**arguments, "nextToken": token}, clock


def test_a_token_lives_for_a_day_and_then_is_invalid(
    paged: tuple[Any, dict[str, Any], Clock],
) -> None:
    states, next_page, clock = paged
    clock.seconds += DAY - 1
    assert len(states.list_executions(**next_page)["executions"]) == 2
    clock.seconds += 2
    with pytest.raises(states.exceptions.InvalidToken, match="expired"):
        states.list_executions(**next_page)


def test_a_token_is_bound_to_the_other_arguments(paged: tuple[Any, dict[str, Any], Clock]) -> None:
    states, next_page, _ = paged
    with pytest.raises(states.exceptions.InvalidToken):
        states.list_executions(**{**next_page, "statusFilter": "FAILED"})


@pytest.mark.parametrize("token", ["nonsense", "bm9uc2Vuc2U=", "\u30c8\u30fc\u30af\u30f3"])
def test_a_token_never_issued_is_invalid(
    paged: tuple[Any, dict[str, Any], Clock], token: str
) -> None:
    states, next_page, _ = paged
    with pytest.raises(states.exceptions.InvalidToken):
        states.list_executions(**{**next_page, "nextToken": token})


@pytest.mark.parametrize(
    "wrong",
    [
        {"maxResults": 1001},
        {"statusFilter": "BROKEN"},
        {"statusFilter": "PENDING_REDRIVE"},
        {"redriveFilter": "REDRIVEN"},
        {"mapRunArn": "arn:aws:states:eu-central-1:123456789012:mapRun:jobs/m:1"},
    ],
)
def test_arguments_aws_refuses_are_validation_errors(
    open_account: Open, wrong: dict[str, Any]
) -> None:
    states = open_account(world(machine("jobs"))).client("stepfunctions")
    with pytest.raises(ClientError) as caught:
        states.list_executions(stateMachineArn=machine_arn("jobs"), **wrong)
    assert code_of(caught) == "ValidationException"


def test_an_express_machine_lists_no_executions(open_account: Open) -> None:
    states = open_account(world(machine("fast", express=True))).client("stepfunctions")
    with pytest.raises(states.exceptions.StateMachineTypeNotSupported):
        states.list_executions(stateMachineArn=machine_arn("fast"))


@pytest.mark.parametrize(
    ("arn", "code"),
    [
        (machine_arn("missing"), "StateMachineDoesNotExist"),
        (machine_arn("jobs") + ":7", "StateMachineDoesNotExist"),
        ("jobs", "InvalidArn"),
        ("arn:aws:states:eu-central-1:123456789012:activity:jobs", "InvalidArn"),
        (machine_arn("jobs") + "/label", "ValidationException"),
    ],
)
def test_an_arn_of_nothing_listable_is_refused(open_account: Open, arn: str, code: str) -> None:
    states = open_account(world(machine("jobs"))).client("stepfunctions")
    with pytest.raises(ClientError) as caught:
        states.list_executions(stateMachineArn=arn)
    assert code_of(caught) == code


def test_a_version_lists_and_describes_what_ran_under_it(open_account: Open) -> None:
    version = machine_arn("jobs") + ":3"
    plain, versioned = execution("jobs", "plain"), execution("jobs", "versioned")
    started = dict(versioned.events[0])
    started["executionStartedEventDetails"] = {"stateMachineVersionArn": version}
    versioned = execution("jobs", "versioned", events=(started, *versioned.events[1:]))
    states = open_account(world(machine("jobs"), plain, versioned)).client("stepfunctions")
    listed = states.list_executions(stateMachineArn=version)
    assert names(listed) == ["versioned"]
    assert listed["executions"][0]["stateMachineVersionArn"] == version
    assert states.describe_state_machine(stateMachineArn=version)["stateMachineArn"] == version


def test_machines_are_listed_in_pages_with_their_types(open_account: Open) -> None:
    states = open_account(world(machine("jobs"), machine("fast", express=True))).client(
        "stepfunctions"
    )
    first = states.list_state_machines(maxResults=1)
    second = states.list_state_machines(maxResults=1, nextToken=first["nextToken"])
    assert [item["type"] for item in first["stateMachines"]] == ["STANDARD"]
    assert [item["type"] for item in second["stateMachines"]] == ["EXPRESS"]
    assert "nextToken" not in second


def test_a_machine_is_described_with_its_definition_and_tags(open_account: Open) -> None:
    jobs = machine("jobs", tags={"team": "data"})
    run = execution("jobs", "run")
    states = open_account(world(jobs, run)).client("stepfunctions")
    described = states.describe_state_machine(stateMachineArn=jobs.arn)
    ran = states.describe_state_machine_for_execution(executionArn=run.arn)
    assert json.loads(described["definition"]) == jobs.definition
    assert json.loads(ran["definition"]) == jobs.definition
    assert described["creationDate"].timestamp() == jobs.created_at
    assert "definition" not in states.describe_state_machine(
        stateMachineArn=jobs.arn, includedData="METADATA_ONLY"
    )
    tags = states.list_tags_for_resource(resourceArn=jobs.arn)["tags"]
    assert tags == [{"key": "team", "value": "data"}]
    with pytest.raises(states.exceptions.ResourceNotFound):
        states.list_tags_for_resource(resourceArn=machine_arn("missing"))
