"""An ECS task's stops told apart: what is tried on demand, and where all others go."""

from copy import deepcopy
from typing import Any

import pytest

from sfn_digest.asl.ecs_branch import CannotBranchError, branched
from sfn_digest.retry import read_definition
from tests.asl.lint import mistakes
from tests.retry.made import ECS, retry, task

pytestmark = pytest.mark.slow

SPOT = {
    "Cluster": "c",
    "TaskDefinition": "t:1",
    "CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}],
}


def spot(*catch: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A machine of one Spot task, with a state Tell for its catchers."""
    caught = {"Catch": list(catch)} if catch else {}
    definition = task(ECS, Parameters=SPOT, **caught, **fields)
    if catch:
        definition["States"]["Tell"] = {"Type": "Pass", "End": True}
    return definition


def states(definition: dict[str, Any]) -> dict[str, Any]:
    before = deepcopy(definition)
    after = branched(read_definition(definition), "Work")
    assert mistakes(after) == []
    assert definition == before
    found: dict[str, Any] = after["States"]
    return found


def test_an_ecs_task_is_tried_on_demand_after_spot_and_fails_as_before_otherwise() -> None:
    definition = spot(Retry=retry("States.TaskFailed"))
    after = states(definition)
    on_demand = after["Work on demand"]
    assert on_demand["Parameters"] == {
        "Cluster": "c",
        "TaskDefinition": "t:1",
        "LaunchType": "FARGATE",
    }
    assert after["Work"]["Retry"] == retry("States.TaskFailed")
    assert after["Work why"]["Default"] == "Work failed"
    assert after["Work failed"] == {
        "Type": "Fail",
        "ErrorPath": "$.stopped.Error",
        "CausePath": "$.stopped.Cause",
    }


def test_capacity_on_demand_has_a_few_retries_of_its_own_beside_those_that_are_not_spot_s() -> None:
    own = [
        *retry("ECS.ServerException"),
        *retry("States.TaskFailed", attempts=8, IntervalSeconds=900),
        *retry("States.ALL", attempts=9),
    ]
    on_demand = states(spot(Retry=own))["Work on demand"]
    few = retry("States.TaskFailed", IntervalSeconds=30, BackoffRate=2)
    assert on_demand["Retry"] == [own[0], *few]
    assert "Retry" not in states(spot())["Work on demand"]
    never = [*retry("States.TaskFailed", attempts=0)]
    assert states(spot(Retry=never))["Work on demand"]["Retry"] == []


def test_other_stops_go_where_the_author_s_catcher_led_with_the_same_input() -> None:
    catch = {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Tell"}
    after = states(spot(catch))
    new, own = after["Work"]["Catch"]
    assert (new["ResultPath"], own) == ("$.error", catch)
    assert after["Work why"]["Default"] == "Tell"
    assert after["Work why"]["Choices"][0]["Or"][0]["Variable"] == "$.error.Cause"
    assert after.keys() == {"Work", "Work why", "Work on demand", "Tell"}


def test_a_catcher_that_replaces_the_input_by_the_error_still_does() -> None:
    after = states(spot({"ErrorEquals": ["States.ALL"], "Next": "Tell"}))
    assert after["Work why"]["Default"] == "Work caught"
    assert after["Work caught"] == {"Type": "Pass", "InputPath": "$.stopped", "Next": "Tell"}


def test_a_catcher_keeps_the_names_that_the_new_one_does_not_take() -> None:
    catch = {"ErrorEquals": ["States.TaskFailed", "States.Timeout"], "Next": "Tell"}
    after = states(spot(catch))
    assert after["Work"]["Catch"][1] == {"ErrorEquals": ["States.Timeout"], "Next": "Tell"}


@pytest.mark.parametrize(
    ("definition", "why"),
    [
        (task(), "not run an ECS task"),
        ({**spot(), "QueryLanguage": "JSONata"}, "JSONata"),
        (task(ECS), "FARGATE_SPOT"),
        (task(ECS, Parameters={**SPOT, "CapacityProviderStrategy": []}), "FARGATE_SPOT"),
        (spot({"ErrorEquals": ["States.ALL"], "Next": "Tell", "Assign": {"a": 1}}), "catcher"),
        (spot({"ErrorEquals": ["States.ALL"], "Next": "Tell", "ResultPath": None}), "catcher"),
    ],
)
def test_a_state_that_the_patch_does_not_fit_is_left_alone(
    definition: dict[str, Any], why: str
) -> None:
    with pytest.raises(CannotBranchError, match=why):
        branched(read_definition(definition), "Work")


def test_a_state_of_the_new_name_is_not_overwritten() -> None:
    definition = spot()
    definition["States"]["Work why"] = {"Type": "Succeed"}
    with pytest.raises(CannotBranchError, match="the state Work why already exists"):
        branched(read_definition(definition), "Work")
