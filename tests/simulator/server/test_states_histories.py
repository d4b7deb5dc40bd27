"""Describing executions and reading their histories through an unchanged boto3."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from simulator.server.states_history import PAGE_CHARACTERS
from tests.simulator.server.conftest import Open
from tests.simulator.server.small_worlds import (
    DAY,
    END,
    START,
    execution,
    execution_arn,
    machine,
    machine_arn,
    world,
)


def ids(answer: Any) -> list[int]:
    return [event["id"] for event in answer["events"]]


def long_run(count: int, cause: str = "no") -> Any:
    events = tuple(
        {
            "id": i,
            "previousEventId": i - 1,
            "type": "TaskFailed",
            "timestamp": START + i,
            "taskFailedEventDetails": {"resourceType": "ecs", "resource": "r", "cause": cause},
        }
        for i in range(1, count + 1)
    )
    return execution("jobs", "run", events=events)


def test_a_history_reads_forwards_and_backwards(open_account: Open) -> None:
    run = execution("jobs", "run")
    states = open_account(world(machine("jobs"), run)).client("stepfunctions")
    assert ids(states.get_execution_history(executionArn=run.arn)) == [1, 2, 3]
    reverse = states.get_execution_history(executionArn=run.arn, reverseOrder=True)
    assert ids(reverse) == [3, 2, 1]
    last = reverse["events"][0]
    assert last["executionFailedEventDetails"] == {"error": "Boom", "cause": "it broke"}
    assert last["timestamp"].timestamp() == START + 60


def test_a_reversed_history_pages_without_gap_or_overlap(open_account: Open) -> None:
    run = long_run(250)
    states = open_account(world(machine("jobs"), run)).client("stepfunctions")
    pages = list(
        states.get_paginator("get_execution_history").paginate(
            executionArn=run.arn, reverseOrder=True
        )
    )
    assert [len(page["events"]) for page in pages] == [100, 100, 50]
    assert [i for page in pages for i in ids(page)] == list(range(250, 0, -1))


def test_a_token_of_a_reversed_page_is_invalid_forwards(open_account: Open) -> None:
    run = long_run(5)
    states = open_account(world(machine("jobs"), run)).client("stepfunctions")
    first = states.get_execution_history(executionArn=run.arn, reverseOrder=True, maxResults=2)
    with pytest.raises(states.exceptions.InvalidToken):
        states.get_execution_history(
            executionArn=run.arn, maxResults=2, nextToken=first["nextToken"]
        )


def test_a_page_of_long_texts_ends_early_and_the_rest_follows(open_account: Open) -> None:
    run = long_run(50, cause="x" * (PAGE_CHARACTERS // 20))
    states = open_account(world(machine("jobs"), run)).client("stepfunctions")
    pages = list(states.get_paginator("get_execution_history").paginate(executionArn=run.arn))
    assert [i for page in pages for i in ids(page)] == list(range(1, 51))
    assert len(pages) > 2


def test_without_execution_data_inputs_go_and_errors_stay(open_account: Open) -> None:
    run = execution("jobs", "run")
    states = open_account(world(machine("jobs"), run)).client("stepfunctions")
    answer = states.get_execution_history(executionArn=run.arn, includeExecutionData=False)
    started, entered, failed = answer["events"]
    assert started["executionStartedEventDetails"] == {"roleArn": "arn:r"}
    assert entered["stateEnteredEventDetails"] == {"name": "Work"}
    assert failed["executionFailedEventDetails"] == {"error": "Boom", "cause": "it broke"}
    whole = states.get_execution_history(executionArn=run.arn)["events"][1]
    assert whole["stateEnteredEventDetails"]["input"] == '{"secret": 1}'


def test_a_description_cuts_long_errors_and_causes(open_account: Open) -> None:
    run = execution("jobs", "run", error="E" * 300, cause="c" * 40_000)
    states = open_account(world(machine("jobs"), run)).client("stepfunctions")
    described = states.describe_execution(executionArn=run.arn)
    assert (len(described["error"]), len(described["cause"])) == (256, 32_768)
    assert described["input"] == '{"secret": 1}'
    assert described["status"] == "FAILED"
    assert described["stateMachineArn"] == machine_arn("jobs")


def test_a_description_of_metadata_alone_has_no_data(open_account: Open) -> None:
    run = execution("jobs", "run")
    states = open_account(world(machine("jobs"), run)).client("stepfunctions")
    described = states.describe_execution(executionArn=run.arn, includedData="METADATA_ONLY")
    assert not {"error", "cause", "input", "output"} & set(described)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"stopped": END - 1}, "REDRIVABLE"),
        ({"stopped": END - 15 * DAY, "started": END - 16 * DAY}, "NOT_REDRIVABLE"),
        ({"status": "SUCCEEDED"}, "NOT_REDRIVABLE"),
    ],
)
def test_only_recent_unsuccessful_executions_can_be_redriven(
    open_account: Open, more: dict[str, Any], expected: str
) -> None:
    run = execution("jobs", "run", **more)
    states = open_account(world(machine("jobs"), run)).client("stepfunctions")
    assert states.describe_execution(executionArn=run.arn)["redriveStatus"] == expected


@pytest.mark.parametrize(
    ("arn", "code"),
    [
        (execution_arn("jobs", "missing"), "ExecutionDoesNotExist"),
        (machine_arn("jobs"), "InvalidArn"),
        ("arn:aws:states:eu-central-1:123456789012:express:fast:a:b", "InvalidArn"),
    ],
)
def test_a_history_of_nothing_is_refused(open_account: Open, arn: str, code: str) -> None:
    states = open_account(world(machine("jobs"))).client("stepfunctions")
    with pytest.raises(ClientError) as caught:
        states.get_execution_history(executionArn=arn)
    assert caught.value.response["Error"]["Code"] == code
