"""Patches of every kind before a validator that is not ours: asl-validator, from npm."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sfn_digest.pipeline.patching import make_patch
from sfn_digest.retry import read_definition
from tests.pipeline.test_patching import SPOT, hint_on, retry_hint, timeout_hint
from tests.retry.made import ECS, failures, hints, passes, retry, task

VALIDATOR = Path("node_modules/.bin/asl-validator").resolve()
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:work"
OUTAGE = (20.0, 22.0)


def mistakes(asl: Mapping[str, Any], folder: Path) -> str:
    """What the validator says where it refuses a definition; "" where it takes it."""
    file = folder / "definition.json"
    file.write_text(json.dumps(asl), encoding="utf-8")
    command = [str(VALIDATOR), "--json-path", str(file)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return ran.stdout + ran.stderr if ran.returncode else ""


def spot(**fields: Any) -> dict[str, Any]:
    """A machine of one Spot task, with a state for its catchers to go to."""
    asl = task(ECS, Parameters=SPOT, TimeoutSeconds=None, **fields)
    if "Catch" in fields:
        asl["States"]["Tell"] = {"Type": "Pass", "End": True}
    return asl


def inside(inner: dict[str, Any]) -> dict[str, Any]:
    """The machine in a branch of a Parallel in a Map."""
    other = {"StartAt": "Nothing", "States": {"Nothing": {"Type": "Pass", "End": True}}}
    both = {"Type": "Parallel", "Branches": [other, inner], "End": True}
    each = {"StartAt": "Both", "States": {"Both": both}}
    return {
        "StartAt": "Each",
        "States": {"Each": {"Type": "Map", "ItemProcessor": each, "End": True}},
    }


CAUGHT = {"ErrorEquals": ["States.ALL"], "Next": "Tell"}
KINDS = {
    "a retrier of its own": (task(ARN), "retry"),
    "a retrier before the author's": (task(ARN, Retry=retry("States.ALL")), "retry"),
    "a retrier in JSONata": ({**task(ARN), "QueryLanguage": "JSONata"}, "retry"),
    "a retrier deep inside": (inside(task(ARN)), "retry"),
    "no more retries": (task(ARN, Retry=retry("States.ALL")), "stop"),
    "a timeout": (task(ARN, TimeoutSeconds=None), "timeout"),
    "a branch that fails otherwise": (spot(), "branch"),
    "a branch deep inside": (inside(spot()), "branch"),
    "a branch before a catcher": (spot(Catch=[{**CAUGHT, "ResultPath": "$.e"}]), "branch"),
    "a branch before one that drops the input": (spot(Catch=[CAUGHT]), "branch"),
    "all of them": (spot(Retry=retry("States.TaskFailed")), "retry timeout branch"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_patch_of_each_kind_is_taken_by_a_validator_of_others(kind: str, tmp_path: Path) -> None:
    asl, wanted = KINDS[kind]
    made = {
        "retry": lambda: retry_hint(asl, "Work"),
        "stop": lambda: retry_hint(asl, "Work", "KeyError", attempts=0),
        "timeout": lambda: timeout_hint(asl, "Work"),
        "branch": lambda: hint_on("Work", "ecs_branch"),
    }
    assert mistakes(asl, tmp_path) == ""
    patch = make_patch("m", read_definition(asl), [made[each]() for each in wanted.split()])
    assert len(patch.applied) == len(wanted.split())
    assert mistakes(patch.patched, tmp_path) == ""


def test_what_was_evaluated_is_taken_too(tmp_path: Path) -> None:
    asl = task(ARN, TimeoutSeconds=None, Retry=retry("KeyError"))
    failed = [
        *failures("service_error", "Lambda.ServiceException"),
        *failures("code_error", "KeyError", made=3, every=3000),
    ]
    patch = make_patch("m", read_definition(asl), hints(asl, failed, passes(unless=OUTAGE)))
    assert {hint.kind for hint in patch.applied} == {"retry", "stop_retrying"}
    assert mistakes(patch.patched, tmp_path) == ""


def test_the_validator_finds_mistakes(tmp_path: Path) -> None:
    wrong = task(ARN, Retry=[{"ErrorEquals": ["A"], "MaxAttempts": "six"}])
    assert mistakes(wrong, tmp_path) != ""
