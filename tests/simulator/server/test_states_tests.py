"""TestState of the simulated account answers as AWS did."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from simulator.server.api import ApiError
from simulator.server.states_tests import state_test_operations

answer_of = state_test_operations()["TestState"]
CONFIG = "TestStateConfiguration::test_"
MOCKED = "TestStateMockScenarios::test_"
VALID = "TestStateMockValidation::test_"
ERROR = {"errorOutput": {"error": "MockException", "cause": "Mock the cause of the error."}}
TASK = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}
ITERATED = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
MAP = {"Type": "Map", "ItemProcessor": ITERATED, "End": True}
PARALLEL = {"Type": "Parallel", "Branches": [ITERATED, ITERATED], "End": True}
RETRY = [{"ErrorEquals": ["MockException"], "IntervalSeconds": 2, "MaxAttempts": 5}]
OTHER = {"ErrorEquals": ["Other"], "Next": "Other"}
THRESHOLD = "States.ExceedToleratedFailureThreshold"
CAUGHT = [OTHER, {"ErrorEquals": [THRESHOLD], "Next": "HandleThreshold"}]
RETRIED = [{"ErrorEquals": ["Other"]}, {"ErrorEquals": [THRESHOLD]}]
PATIENT = {**MAP, "ToleratedFailureCount": 1}


def asked(state: Mapping[str, Any], mock: object = None, **config: Any) -> dict[str, Any]:
    request: dict[str, Any] = {"definition": json.dumps(state), "input": "{}"}
    request |= {"mock": mock} if mock is not None else {}
    return request | ({"stateConfiguration": config} if config else {})


def result(value: Any) -> dict[str, str]:
    return {"result": value if isinstance(value, str) else json.dumps(value)}


def failing(state: Mapping[str, Any], failed: int) -> dict[str, Any]:
    return asked(state, result([1, 1, 1]), mapIterationFailureCount=failed)


REQUESTS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    f"{CONFIG}state_configuration_retrier_retry_count": {
        "below_tolerated_retry_count_with_backoff": asked(
            {**TASK, "Retry": RETRY}, ERROR, retrierRetryCount=3
        ),
        "exceeds_tolerated_retry_count": asked(
            {**TASK, "Retry": RETRY}, ERROR, retrierRetryCount=5
        ),
    },
    f"{CONFIG}map_state_error_caused_by_state": {
        "test_case_response": asked(MAP, ERROR, errorCausedByState="A"),
    },
    f"{CONFIG}map_state_failure_count/BASE_MAP_STATE_CATCH": {
        "exceeds_tolerated_failure": failing({**PATIENT, "Catch": CAUGHT}, 2),
        "below_tolerated_failure": failing({**PATIENT, "Catch": CAUGHT}, 1),
    },
    f"{CONFIG}map_state_failure_count/BASE_MAP_STATE_RETRY": {
        "exceeds_tolerated_failure": failing({**PATIENT, "Retry": RETRIED}, 2),
        "below_tolerated_failure": failing({**PATIENT, "Retry": RETRIED}, 1),
    },
    **{
        f"{VALID}state_type_does_not_accept_mock/{name}-{kind}State": {
            "validation_exception": asked({"Type": kind}, mock)
        }
        for name, mock in (("mock_result", result("{}")), ("mock_error_output", ERROR))
        for kind in ("Pass", "Fail", "Succeed")
    },
    f"{VALID}state_type_requires_mock/MapState": {"validation_exception": asked(MAP)},
    f"{VALID}state_type_requires_mock/ParallelState": {"validation_exception": asked(PARALLEL)},
    f"{VALID}both_mock_result_and_mock_error_output_are_set": {
        "validation_exception": asked(TASK, {**ERROR, **result("{}")})
    },
    f"{VALID}reveal_secrets_is_true_and_mock_result_is_set": {
        "validation_exception": {**asked(TASK, result("{}")), "revealSecrets": True}
    },
    f"{VALID}mock_result_is_not_array_on_map_state_without_result_writer": {
        "validation_exception": asked(MAP, result("{}"))
    },
    f"{VALID}mock_result_is_not_object_on_map_state_with_result_writer": {
        "validation_exception": asked({**MAP, "ResultWriter": {}}, result([]))
    },
    f"{VALID}mock_result_is_not_array_on_parallel_state": {
        "validation_exception": asked(PARALLEL, result("{}"))
    },
    f"{VALID}mock_result_array_size_mismatch_on_parallel_state": {
        "validation_exception": asked(PARALLEL, result([1]))
    },
    f"{VALID}parallel_state_empty_branches": {
        "validation_exception": asked({**PARALLEL, "Branches": []}, result([]))
    },
    f"{VALID}map_iteration_failure_count_without_mock": {
        "validation_exception": asked(MAP, None, mapIterationFailureCount=1)
    },
    f"{VALID}map_iteration_failure_count_exceeds_mock_result_items": {
        "validation_exception": failing(MAP, 4)
    },
    f"{MOCKED}base_lambda_service_task_mock_is_not_json_string": {
        "validation-exception": asked(TASK, result("not JSON"))
    },
    f"{MOCKED}base_parallel_state_mock_success": {
        "test_case_response": asked(
            PARALLEL, result('[{"branch1": "result"}, {"branch2": "result"}]')
        )
    },
}
"""What was asked for each recording, where that is known: by its name, its parameters after it."""


def recordings() -> list[tuple[str, str, str, Mapping[str, Any]]]:
    """Each recorded answer with its name, its level and the key it is recorded under."""
    folder = os.environ.get("SFN_RECORDINGS")
    file = Path(folder).parent / "test_state.jsonl" if folder else None
    if file is None or not file.exists():
        return []
    found = []
    for line in file.read_text().splitlines():
        row = json.loads(line)
        name, _, rest = row["id"].partition("[")
        parts = [part for part in rest.rstrip("]").split("-") if part]
        level = next((part for part in parts if part in ("INFO", "DEBUG", "TRACE")), "INFO")
        name += "".join(f"/{'-'.join(left)}" for left in [[p for p in parts if p != level]] if left)
        for key, answer in row["recorded"].items():
            if key in REQUESTS.get(name, {}):
                found.append((name, level, key, answer))
    return found


RECORDED = recordings()


@pytest.mark.skipif(not os.environ.get("SFN_RECORDINGS"), reason="SFN_RECORDINGS names no file")
def test_the_recordings_are_there() -> None:
    assert len(RECORDED) >= 30


@pytest.mark.parametrize(("name", "level", "key", "recorded"), RECORDED)
def test_the_answer_is_the_one_recorded(
    name: str, level: str, key: str, recorded: Mapping[str, Any]
) -> None:
    request = {**REQUESTS[name][key], "inspectionLevel": level}
    if "Error" in recorded:
        with pytest.raises(ApiError) as refused:
            answer_of(request)
        assert refused.value.code == recorded["Error"]["Code"]
        assert refused.value.message == recorded["Error"]["Message"]
        return
    answer = answer_of(request)
    for field in ("status", "error", "cause", "nextState"):
        assert answer.get(field) == recorded.get(field)
    details = recorded.get("inspectionData", {}).get("errorDetails")
    assert answer.get("inspectionData", {}).get("errorDetails") == details
    if recorded["status"] == "SUCCEEDED":
        assert answer["output"] == recorded["output"]
