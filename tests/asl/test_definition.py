import json

import pytest

from sfn_digest.asl.definition import DYNAMIC, read_definition

NESTED = {
    "QueryLanguage": "JSONata",
    "StartAt": "Fan",
    "TimeoutSeconds": 900,
    "States": {
        "Fan": {
            "Type": "Map",
            "MaxConcurrency": 7,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED"},
                "StartAt": "Both",
                "States": {
                    "Both": {
                        "Type": "Parallel",
                        "Branches": [
                            {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}},
                            {
                                "StartAt": "Run",
                                "States": {
                                    "Run": {
                                        "Type": "Task",
                                        "QueryLanguage": "JSONPath",
                                        "Resource": "arn:aws:states:::ecs:runTask.sync",
                                        "HeartbeatSecondsPath": "$.beat",
                                        "Retry": [{"ErrorEquals": ["States.ALL"]}],
                                        "Catch": [{"ErrorEquals": ["X"], "Next": "A"}],
                                        "End": True,
                                    }
                                },
                            },
                        ],
                        "End": True,
                    }
                },
            },
            "End": True,
        }
    },
}


def test_states_are_found_in_maps_and_parallels_at_any_depth() -> None:
    states = read_definition(json.dumps(NESTED)).states
    assert sorted(states) == ["A", "Both", "Fan", "Run"]
    assert states["Run"].holders == ("Fan", "Both")
    assert states["Fan"].distributed
    assert states["Fan"].max_concurrency == 7


def test_a_state_s_path_leads_to_it_in_the_definition() -> None:
    found: object = NESTED
    for step in read_definition(NESTED).states["Run"].path:
        found = found[step]  # type: ignore[index]
    assert found == read_definition(NESTED).states["Run"].asl


def test_a_state_may_speak_another_query_language_than_its_machine() -> None:
    states = read_definition(NESTED).states
    assert states["A"].jsonata
    assert not states["Run"].jsonata


def test_aws_s_defaults_are_filled_into_a_retrier() -> None:
    retrier = read_definition(NESTED).states["Run"].retriers[0]
    assert (retrier.interval, retrier.attempts, retrier.rate) == (1.0, 3, 2.0)
    assert not retrier.full_jitter
    assert [retrier.delay(used) for used in range(4)] == [1, 2, 4, 8]


def test_a_delay_is_capped_by_max_delay_seconds() -> None:
    asl = {"Retry": [{"ErrorEquals": ["E"], "IntervalSeconds": 60, "MaxDelaySeconds": 90}]}
    state = read_definition({"States": {"S": asl}}).states["S"]
    assert state.retriers[0].delay(5) == 90


def test_the_delay_of_a_retrier_without_a_cap_stays_a_number() -> None:
    asl = {"Retry": [{"ErrorEquals": ["E"], "BackoffRate": 10, "MaxAttempts": 99999}]}
    state = read_definition({"States": {"S": asl}}).states["S"]
    assert state.retriers[0].delay(99998) == 31_622_400


@pytest.mark.parametrize(
    ("asl", "timeout"),
    [
        ({"TimeoutSeconds": 60}, 60.0),
        ({"TimeoutSecondsPath": "$.limit"}, DYNAMIC),
        ({"TimeoutSeconds": "{% $limit %}"}, DYNAMIC),
        ({}, None),
    ],
)
def test_a_timeout_is_a_number_or_dynamic_or_missing(asl: object, timeout: object) -> None:
    assert read_definition({"States": {"S": asl}}).states["S"].timeout == timeout


@pytest.mark.parametrize(
    ("resource", "integration", "waits"),
    [
        ("arn:aws:states:::ecs:runTask.sync", "ecs:runTask.sync", True),
        ("arn:aws:states:::states:startExecution.sync:2", "states:startExecution.sync:2", True),
        ("arn:aws-cn:states:::aws-sdk:s3:getObject", "aws-sdk:s3:getObject", False),
        ("arn:aws:states:::sqs:sendMessage.waitForTaskToken",
         "sqs:sendMessage.waitForTaskToken", True),
        ("arn:aws:lambda:eu-west-1:123456789012:function:f", "lambda", False),
        ("arn:aws:states:eu-west-1:123456789012:activity:a", "activity", True),
    ],
)  # fmt: skip
def test_the_resource_says_what_is_called_and_whether_it_is_waited_for(
    resource: str, integration: str, waits: bool
) -> None:
    asl = {"Type": "Task", "Resource": resource}
    state = read_definition({"States": {"S": asl}}).states["S"]
    assert (state.integration, state.waits_for_another) == (integration, waits)


@pytest.mark.parametrize("asl", ["[]", "3", '"text"'])
def test_what_is_no_object_is_no_definition(asl: str) -> None:
    with pytest.raises(ValueError, match="JSON object"):
        read_definition(asl)
