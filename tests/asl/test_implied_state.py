"""A state is implied where the definition leaves no other, and never guessed."""

from typing import Any

import pytest

from sfn_digest.asl.definition import read_definition
from sfn_digest.asl.implied_state import LoggedEnd, implied_state

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:check"
CHECK = {"Type": "Task", "Resource": FUNCTION, "Next": "Store"}
STORE = {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:dynamodb:putItem", "End": True}
CALLBACK = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken"}
ALL = [{"ErrorEquals": ["States.ALL"], "Next": "GiveUp"}]
GIVE_UP = {"Type": "Fail", "Error": "RequestLost"}
INNER = {"StartAt": "Store", "States": {"Store": STORE}}


def given(**states: Any) -> Any:
    return {"StartAt": next(iter(states)), "States": states}


BOTH = given(Check=CHECK, Store=STORE)
CAUGHT = given(Check=CHECK, Store={**STORE, "Catch": ALL}, GiveUp=GIVE_UP)
ALONE = given(Check=CHECK, Pass={"Type": "Pass"})


@pytest.mark.parametrize(
    ("asl", "event_type", "integration", "error", "state"),
    [
        # The failing event names the integration.
        (BOTH, "LambdaFunctionFailed", "lambda", "KeyError", "Check"),
        (BOTH, "TaskFailed", "aws-sdk:dynamodb:putItem", "DynamoDb.DynamoDbException", "Store"),
        (CAUGHT, "TaskFailed", "aws-sdk:dynamodb:putItem", "DynamoDb.DynamoDbException", "Store"),
        (given(A=CHECK, B=CHECK), "LambdaFunctionFailed", "lambda", "KeyError", None),
        (BOTH, "TaskFailed", None, "KeyError", None),
        (BOTH, "MapRunFailed", None, "States.ExceedToleratedFailureThreshold", None),
        # Nothing is logged but the end.
        (ALONE, "ExecutionFailed", None, "KeyError", "Check"),
        (ALONE, "ExecutionFailed", None, "States.Timeout", "Check"),
        (ALONE, "ExecutionFailed", None, "States.Runtime", None),
        (ALONE, "ExecutionFailed", None, None, None),
        (ALONE, None, None, "KeyError", None),
        # A service's errors have its name and a dot; a function may give any name.
        (BOTH, "ExecutionFailed", None, "KeyError", "Check"),
        (BOTH, "ExecutionFailed", None, "DynamoDb.DynamoDbException", None),
        (given(A=CHECK, B=CALLBACK), "ExecutionFailed", None, "KeyError", None),
        # What a Catch takes ends no execution, and what a Fail state may say says nothing.
        (CAUGHT, "ExecutionFailed", None, "Lambda.ServiceException", "Check"),
        (CAUGHT, "ExecutionFailed", None, "RequestLost", None),
        (
            given(A=CHECK, Bad={"Type": "Fail", "ErrorPath": "$.e"}),
            *("ExecutionFailed", None, "KeyError", None),
        ),
        (
            given(A=CHECK, Bad={"Type": "Fail", "Error": "{% $e %}"}),
            *("ExecutionFailed", None, "KeyError", None),
        ),
        # A state inside another, and a Catch around it.
        (
            given(Each={"Type": "Map", "ItemProcessor": INNER}),
            *("ExecutionFailed", None, "DynamoDb.DynamoDbException", "Store"),
        ),
        (
            given(Each={"Type": "Map", "ItemProcessor": INNER, "Catch": ALL}, GiveUp=GIVE_UP),
            *("ExecutionFailed", None, "DynamoDb.DynamoDbException", None),
        ),
    ],
)
def test_only_a_state_without_rivals_is_implied(
    asl: Any,
    event_type: str | None,
    integration: str | None,
    error: str | None,
    state: str | None,
) -> None:
    end = LoggedEnd(event_type, integration, error)
    assert implied_state(read_definition(asl), end) == state
