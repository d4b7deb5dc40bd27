"""Patches: what changes, that nothing else does, and that AWS's rules take the result."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.asl.definition import Retrier
from sfn_digest.asl.edit import (
    apply_hints,
    as_asl,
    diff,
    patched_definition,
    with_retrier,
)
from sfn_digest.asl.infrastructure_code import cdk_python, terraform
from sfn_digest.retry import read_definition
from tests.asl.lint import mistakes
from tests.retry.made import ECS, LAMBDA, failures, hints, passes, retry, task

pytestmark = pytest.mark.slow

HINTED = Retrier(("Lambda.ServiceException",), 30, 6, 2, 900, full_jitter=True)
WRITTEN = {
    "ErrorEquals": ["Lambda.ServiceException"],
    "IntervalSeconds": 30,
    "MaxAttempts": 6,
    "BackoffRate": 2,
    "MaxDelaySeconds": 900,
    "JitterStrategy": "FULL",
}


@pytest.mark.parametrize(("rate", "written"), [(2.0, "2"), (2, "2"), (1.5, "1.5")])
def test_a_whole_rate_is_written_without_a_fraction_as_the_digest_shows_it(
    rate: float, written: str
) -> None:
    asl = as_asl(Retrier(("E",), 30, 6, rate, 900, full_jitter=False))
    assert str(asl["BackoffRate"]) == written


def patched(definition: Mapping[str, Any], retrier: Retrier = HINTED) -> dict[str, Any]:
    read = read_definition(definition)
    return patched_definition(read, {"Work": with_retrier(read.states["Work"], retrier)})


def test_the_validator_of_these_tests_finds_mistakes() -> None:
    wrong = task(Retry=[{**WRITTEN, "MaxAttempts": "six"}])
    assert mistakes(wrong) != []


def test_a_state_without_retry_gets_one_and_nothing_else_changes() -> None:
    definition = task()
    before = deepcopy(definition)
    after = patched(definition)
    assert mistakes(after) == []
    assert after["States"]["Work"].pop("Retry") == [WRITTEN]
    assert after == before == definition


@pytest.mark.parametrize(
    ("own", "place"),
    [
        ([["Lambda.TooManyRequestsException"], ["States.ALL"]], 1),
        ([["States.TaskFailed"], ["States.ALL"]], 0),
        ([["KeyError", "Lambda.ServiceException"], ["States.ALL"]], 0),
        ([["States.Timeout"]], 1),
    ],
)
def test_the_retrier_stands_before_the_first_that_would_take_its_errors(
    own: list[list[str]], place: int
) -> None:
    kept = [each for names in own for each in retry(*names)]
    after = patched(task(Retry=kept))
    assert after["States"]["Work"]["Retry"] == [*kept[:place], WRITTEN, *kept[place:]]
    assert mistakes(after) == []


def test_a_retrier_for_the_same_names_makes_way() -> None:
    definition = task(Retry=[*retry("Lambda.ServiceException"), *retry("States.ALL")])
    assert patched(definition)["States"]["Work"]["Retry"] == [WRITTEN, *retry("States.ALL")]


def test_a_state_deep_in_maps_and_parallels_is_changed_in_its_place() -> None:
    inner = task()
    branches = [{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}, inner]
    holder = {"Type": "Parallel", "Branches": branches, "End": True}
    each = {"StartAt": "Both", "States": {"Both": holder}}
    mapped = {"Type": "Map", "ItemProcessor": each, "End": True}
    definition = {"StartAt": "Each", "States": {"Each": mapped}}
    after = patched(definition)
    assert mistakes(after) == []
    state = after["States"]["Each"]["ItemProcessor"]["States"]["Both"]["Branches"][1]["States"]
    assert state["Work"].pop("Retry") == [WRITTEN]
    assert after == definition


def test_the_diff_shows_the_change_alone() -> None:
    definition = read_definition(task())
    text = diff(definition, patched(task()), "orders")
    changed = [
        row for row in text.splitlines() if row[:1] in "+-" and row[:3] not in ("+++", "---")
    ]
    assert text.startswith("--- orders (running)\n+++ orders (hinted)\n")
    assert all(row.startswith("+") for row in changed)
    assert len(changed) == 12


def test_all_hints_of_a_machine_apply_together() -> None:
    failed = [
        *failures("service_error", "Lambda.ServiceException"),
        *failures("code_error", "KeyError", made=3, every=3000),
    ]
    definition = task(
        "arn:aws:states:::lambda:invoke.waitForTaskToken",
        TimeoutSeconds=None,
        Retry=retry("KeyError"),
    )
    found = hints(definition, failed, passes(unless=(20.0, 22.0)))
    after = apply_hints(read_definition(definition), found)
    assert mistakes(after) == []
    state = after["States"]["Work"]
    assert {hint.kind for hint in found} == {"retry", "stop_retrying", "missing_timeout"}
    assert state["TimeoutSeconds"] > 0
    by_name = {each["ErrorEquals"][0]: each["MaxAttempts"] for each in state["Retry"]}
    assert by_name["KeyError"] == 0
    assert by_name["Lambda.ServiceException"] > 0


NAMES = st.lists(
    st.sampled_from(["A", "B", "Lambda.ServiceException", "States.Timeout"]),
    min_size=1,
    max_size=3,
    unique=True,
)


@given(
    st.lists(NAMES, max_size=4),
    st.sampled_from([None, "States.TaskFailed", "States.ALL"]),
    NAMES,
    st.integers(0, 20),
    st.booleans(),
)
def test_any_patch_keeps_every_other_retrier_and_is_reached(
    own: list[list[str]], broad: str | None, names: list[str], attempts: int, jitter: bool
) -> None:
    kept = [each for some in own for each in retry(*some)] + (retry(broad) if broad else [])
    retrier = Retrier(tuple(names), 30, attempts, 1.5, 600, full_jitter=jitter)
    after = patched(task(Retry=kept), retrier)["States"]["Work"]["Retry"]
    place = after.index(as_asl(retrier))
    rest = [*after[:place], *after[place + 1 :]]
    assert rest == [each for each in kept if set(each["ErrorEquals"]) != set(names)]
    earlier = {name for each in after[:place] for name in each["ErrorEquals"]}
    assert earlier.isdisjoint({*names, "States.ALL"})


@pytest.mark.parametrize("retrier", [HINTED, Retrier(("KeyError", 'A"b'), attempts=0)])
def test_the_cdk_s_text_makes_the_same_retrier(retrier: Retrier) -> None:
    # It starts Node: not for those that only collect these tests.
    import aws_cdk as cdk  # noqa: PLC0415
    from aws_cdk import aws_stepfunctions as sfn  # noqa: PLC0415

    stack = cdk.Stack(cdk.App())
    state = sfn.CustomState(stack, "Load orders", state_json={"Type": "Task", "Resource": LAMBDA})
    text = cdk_python("LoadOrders", retrier)
    known = {"load_orders": state, "Duration": cdk.Duration, "sfn": sfn}
    exec(compile(text, "snippet", "exec"), known)  # noqa: S102
    made = stack.resolve(state.to_state_json())["Retry"]
    assert made == [as_asl(retrier)]


def test_terraform_s_text_is_the_whole_retry_with_its_marks_escaped() -> None:
    state = {"Retry": [{"ErrorEquals": ["E${x}", "%{y"], "MaxAttempts": 0}]}
    assert terraform("Work", state) == (
        '# In the state "Work"\n'
        "Retry = [\n"
        "  {\n"
        '    ErrorEquals = ["E$${x}", "%%{y"]\n'
        "    MaxAttempts = 0\n"
        "  },\n"
        "]\n"
    )


SPOT = {"Cluster": "c", "TaskDefinition": "t:1"}


def test_ecs_stops_of_several_causes_are_counted_and_the_one_subnet_is_named() -> None:
    network = {"AwsvpcConfiguration": {"Subnets": ["subnet-1"]}}
    definition = task(ECS, Parameters={**SPOT, "NetworkConfiguration": network})
    failed = [
        *failures("spot_interruption", "States.TaskFailed", number=3),
        *failures("task_start_failure", "States.TaskFailed", number=4, every=3600),
    ]
    found = {hint.kind: hint for hint in hints(definition, failed, passes())}
    branch, subnets = found["ecs_branch"], found["more_subnets"]
    assert "4 start failures, 3 Spot interruptions" in branch.text
    assert branch.failed_attempts == 3
    assert "keep it, with on-demand capacity as the last resort" in branch.text
    alone = hints(definition, failed, kind="ecs_branch")[0]
    assert "catch it" in alone.text
    assert "keep Spot" not in alone.text
    assert "4 attempts of Work did not start" in subnets.text


def test_spot_is_not_blamed_for_what_fails_on_demand_as_well() -> None:
    starts = failures("task_start_failure", "States.TaskFailed", number=9)
    assert hints(task(ECS), starts, passes(), kind="ecs_branch") == []
    spot = failures("spot_interruption", "States.TaskFailed", number=3, every=3600)
    (branch,) = hints(task(ECS), [*starts, *spot], passes(), kind="ecs_branch")
    assert branch.cause == "spot_interruption"
    assert "3 attempts" in branch.text
