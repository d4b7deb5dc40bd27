"""Step Functions' TestState: what becomes of one state, for a mocked result or error."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from simulator.engine.retries import MAX_WAIT, catcher_for, retrier_for
from simulator.server.api import ApiError, Operation, Params, Result, only_known, required

_UNMOCKED = ("Pass", "Fail", "Succeed", "Wait", "Choice")
_THRESHOLD = "States.ExceedToleratedFailureThreshold"
_THRESHOLD_CAUSE = "The specified tolerated failure threshold was exceeded"


def state_test_operations() -> Mapping[str, Operation]:
    """The operation by its API name. Only mocked states are tested: nothing is called."""
    return {"TestState": _test_state}


def _test_state(params: Params) -> Result:
    only_known(
        params,
        *("definition", "input", "inspectionLevel", "mock", "stateConfiguration", "stateName"),
        "revealSecrets",
    )
    state = json.loads(required(params, "definition"))
    mock, config = params.get("mock"), params.get("stateConfiguration", {})
    _check_state(state, mock, config)
    if mock is None:
        raise ApiError("ValidationException", "The simulated account tests mocked states alone")
    _check_mock(params, state, mock)
    if "errorOutput" in mock:
        error = mock["errorOutput"]
        ended = _failed(state, error.get("error"), error.get("cause"), config)
    else:
        ended = _with_result(state, json.loads(mock["result"]), config)
    return _told(ended, params)


def _check_state(state: Mapping[str, Any], mock: object, config: Mapping[str, Any]) -> None:
    kind = state.get("Type")
    if kind == "Parallel" and not state.get("Branches"):
        raise ApiError(
            "InvalidDefinition",
            "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Value cannot be empty "
            "at /States/StateName/Branches'",
        )
    if mock is None and "mapIterationFailureCount" in config:
        raise _invalid("TestState does not support MapIterationFailureCount when a mock is not "
                       "specified.")  # fmt: skip
    if mock is None and kind in ("Map", "Parallel"):
        raise ApiError(
            "InvalidDefinition",
            "TestState API does not support Map or Parallel states. Supported state types "
            "include: [Task, Wait, Pass, Succeed, Fail, Choice]",
        )
    if mock is not None and kind in _UNMOCKED:
        raise _invalid(f"State type '{kind}' is not supported when a mock is specified")


def _check_mock(params: Params, state: Mapping[str, Any], mock: Mapping[str, Any]) -> None:
    if "result" in mock and "errorOutput" in mock:
        raise _invalid("A test mock should have only one of the following fields: "
                       "[result, errorOutput].")  # fmt: skip
    if params.get("revealSecrets"):
        raise _invalid("TestState does not support RevealSecrets when a mock is specified.")
    if "result" not in mock:
        return
    try:
        result = json.loads(mock["result"])
    except ValueError:
        raise _invalid("Mocked result must be valid JSON") from None
    if state["Type"] == "Map" and "ResultWriter" in state:
        if not isinstance(result, dict):
            raise _invalid("Mocked result must be a JSON object.")
    elif state["Type"] in ("Map", "Parallel") and not isinstance(result, list):
        raise _invalid("Mocked result must be an array.")
    elif state["Type"] == "Parallel" and len(result) != len(state["Branches"]):
        raise _invalid("Mocked result must contain the same number of items as number of Parallel "
                       "branches.")  # fmt: skip


def _invalid(message: str) -> ApiError:
    return ApiError("ValidationException", message)


def _with_result(state: Mapping[str, Any], result: Any, config: Mapping[str, Any]) -> Result:
    failed = config.get("mapIterationFailureCount", 0)
    if state["Type"] == "Map" and isinstance(result, list):
        if failed > len(result):
            raise _invalid("Map iteration failure count must be less than or equal to the number "
                           "of Map iterations")  # fmt: skip
        if failed > _tolerated(state, result):
            return _failed(state, _THRESHOLD, _THRESHOLD_CAUSE, config)
    done = {"status": "SUCCEEDED", "output": json.dumps(result)}
    return {**done, **({"nextState": state["Next"]} if "Next" in state else {})}


def _tolerated(state: Mapping[str, Any], items: Sequence[object]) -> float:
    share = state.get("ToleratedFailurePercentage", 0) / 100 * len(items)
    return float(max(state.get("ToleratedFailureCount", 0), share))


def _failed(
    state: Mapping[str, Any], error: str | None, cause: str | None, config: Mapping[str, Any]
) -> Result:
    ended: dict[str, Any] = {"error": error, "cause": cause}
    place, details = retrier_for(state.get("Retry", ()), error), {}
    if place is not None:
        retrier, used = state["Retry"][place], config.get("retrierRetryCount", 0)
        details["retryIndex"] = place
        if used < retrier.get("MaxAttempts", 3):
            delay = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** used
            most = retrier.get("MaxDelaySeconds", MAX_WAIT)
            details["retryBackoffIntervalSeconds"] = int(min(delay, most))
            return {**ended, "status": "RETRIABLE", "errorDetails": details}
    catcher = catcher_for(state, error)
    if catcher is None:
        return {**ended, "status": "FAILED", "errorDetails": details}
    details["catchIndex"] = list(state["Catch"]).index(catcher)
    ended |= {"status": "CAUGHT_ERROR", "nextState": catcher["Next"], "errorDetails": details}
    return {**ended, "output": json.dumps({"Error": error, "Cause": cause})}


def _told(ended: Result, params: Params) -> Result:
    """The answer: details of an error only where more than INFO is asked for."""
    kept = {key: each for key, each in ended.items() if key != "errorDetails" and each is not None}
    if params.get("inspectionLevel", "INFO") == "INFO":
        return kept
    details = ended.get("errorDetails")
    inspected = {
        "input": params.get("input", "{}"),
        **({"errorDetails": details} if details else {}),
    }
    return {**kept, "inspectionData": inspected}
