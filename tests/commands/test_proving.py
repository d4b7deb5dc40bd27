"""The proof of a patch: what is asked, and what of a state is asked about."""

import json
from collections.abc import Mapping
from typing import Any

from sfn_digest.asl.definition import read_definition
from sfn_digest.commands.hints_and_proof import MOST_STEPS, bare, prove
from sfn_digest.model.proof import AttemptOutcome, ProvenError
from sfn_digest.pipeline.patching import Patch
from simulator.server.states_tests import state_test_operations
from tests.retry.made import failures, retry, task

ERROR = "Lambda.ServiceException"


class Simulated:
    """Asks the simulated Step Functions."""

    def __init__(self) -> None:
        self.asked: list[Mapping[str, Any]] = []

    def failed(self, state: Mapping[str, Any], error: str, retries: int) -> AttemptOutcome:
        """What comes after a failed attempt."""
        self.asked.append(state)
        answer = state_test_operations()["TestState"](
            {
                "definition": json.dumps(state),
                "inspectionLevel": "DEBUG",
                "mock": {"errorOutput": {"error": error}},
                "stateConfiguration": {"retrierRetryCount": retries},
            }
        )
        details = answer["inspectionData"].get("errorDetails", {})
        return AttemptOutcome(
            answer["status"],
            details.get("retryIndex"),
            details.get("retryBackoffIntervalSeconds"),
            answer.get("nextState"),
        )


def proven(before: dict[str, Any], after: dict[str, Any]) -> list[ProvenError]:
    patch = Patch("orders", read_definition(before), after, ())
    return prove(patch, failures("service_error", ERROR, number=2), Simulated())


def test_each_attempt_is_asked_about_until_the_retrier_is_exhausted() -> None:
    long = retry("Other") + retry(ERROR, attempts=3, IntervalSeconds=10)
    (found,) = proven(task(Retry=retry(ERROR, attempts=1)), task(Retry=long))
    assert (found.state, found.error) == ("Work", ERROR)
    assert found.before == (AttemptOutcome("RETRIABLE", 0, 1), AttemptOutcome("FAILED", 0))
    assert found.after == (
        AttemptOutcome("RETRIABLE", 1, 10),
        AttemptOutcome("RETRIABLE", 1, 20),
        AttemptOutcome("RETRIABLE", 1, 40),
        AttemptOutcome("FAILED", 1),
    )
    assert not found.cut


def test_a_catcher_is_the_end_of_the_way() -> None:
    caught = task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Tell", "ResultPath": "$.e"}])
    (found,) = proven(task(), caught)
    assert found.before == (AttemptOutcome("FAILED"),)
    assert found.after == (AttemptOutcome("CAUGHT_ERROR", next="Tell"),)


def test_what_the_patch_leaves_as_it_is_is_not_asked_about() -> None:
    assert proven(task(Retry=retry(ERROR)), task(Retry=retry(ERROR), TimeoutSeconds=60)) == []


def test_retries_without_end_are_cut_and_said_to_be() -> None:
    (found,) = proven(task(), task(Retry=retry(ERROR, attempts=1000, MaxDelaySeconds=60)))
    assert len(found.after) == MOST_STEPS
    assert found.cut


def test_a_state_is_asked_about_without_its_data() -> None:
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "InputPath": "$.a",
        "ResultSelector": {"x.$": "$.y"},
        "Parameters": {"FunctionName": "f", "Payload.$": "$.secret", "Deep": [{"A.$": "$.b"}]},
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "N", "ResultPath": "$.e"}],
        "End": True,
    }
    assert bare(state) == {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "f", "Payload": "mocked", "Deep": [{"A": "mocked"}]},
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "N"}],
        "End": True,
    }
    expression = {"Type": "Task", "Arguments": {"Payload": "{% $states.input %}"}}
    assert bare(expression)["Arguments"] == {"Payload": "mocked"}
