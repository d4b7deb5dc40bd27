"""The patch that tells an ECS task's stops apart: Catch, a Choice on the cause, then on demand.

For JSONPath, and for tasks that ask for FARGATE_SPOT themselves: where the cluster's own
strategy decides, on demand may be what runs already.
"""

from collections.abc import Mapping
from typing import Any

from sfn_digest.asl.definition import Definition, Json, State
from sfn_digest.asl.edit import replaced, with_fields
from sfn_digest.asl.matching import ALL, TASK_FAILED, takes
from sfn_digest.i18n.message import Message

_STOP_CODES = ("SpotInterruption", "TerminationNotice", "TaskFailedToStart")
_CAUGHT = "$.stopped"
_PLAIN = frozenset({"ErrorEquals", "Next", "ResultPath", "Comment"})
"""What a catcher may hold so that the patch can hand on just what it would have."""


class CannotBranchError(ValueError):
    """The stops of this state cannot be distinguished by this patch; `why` says it."""

    def __init__(self, why: Message) -> None:
        super().__init__(why)
        self.why = why


def branched(definition: Definition, name: str) -> dict[str, Any]:
    """The definition in which a state's stops are distinguished; see `branch_states`.

    Raises KeyError for a state that the definition does not have, CannotBranchError where the
    patch does not fit it, or a state of one of the new names is there already.
    """
    state = definition.states[name]
    new = branch_states(state)
    taken = (new.keys() & definition.states.keys()) - {name}
    if taken:
        raise CannotBranchError(Message("the state {name} already exists", name=min(taken)))
    around: Any = definition.asl
    for step in state.path[:-1]:
        around = around[step]
    result: dict[str, Any] = replaced(definition.asl, state.path[:-1], {**around, **new})
    return result


def branch_states(state: State) -> dict[str, dict[str, Any]]:
    """The state and those to put beside it, by name: a Choice, the task on demand, and its way on.

    The Choice looks for the stop code in the text of the cause, which needs no parsing: a cause
    may be cut short, or be no JSON. What it does not know goes where the state's own catcher
    led, with the input it would have had, or fails with the same error and cause.
    """
    _check(state)
    why, on_demand = f"{state.name} why", f"{state.name} on demand"
    own = _own_catcher(state)
    caught = str(own.get("ResultPath", "$")) if own else _CAUGHT
    kept = caught if caught != "$" else _CAUGHT
    otherwise, more = _otherwise(state, own, kept)
    rules = [
        {"Variable": f"{kept}.Cause", "StringMatches": f'*"StopCode":"{code}"*'}
        for code in _STOP_CODES
    ]
    catch = {"ErrorEquals": [TASK_FAILED], "ResultPath": kept, "Next": why}
    return {
        state.name: with_fields(
            state.asl, {"Catch": [catch, *_others(state)]}, ["Catch", "Next", "End"]
        ),
        why: {
            "Type": "Choice",
            "Choices": [{"Or": rules, "Next": on_demand}],
            "Default": otherwise,
        },
        on_demand: _on_demand(state),
        **more,
    }


def runs_on_demand_next(definition: Definition, state: State) -> bool:
    """Whether a catcher of the state's stops leads to an ECS task that does not ask for Spot.

    Choices, Pass and Wait states on the way there are followed.
    """
    ahead = [each.next for each in state.catchers if takes(each.errors, TASK_FAILED)][:1]
    seen: set[str] = set()
    while ahead:
        name = ahead.pop()
        found = definition.states.get(name)
        if found is None or name in seen or name == state.name:
            continue
        seen.add(name)
        if found.is_ecs_job and not asks_for_spot(found):
            return True
        if found.type in _ON_THE_WAY:
            ahead += _following(found)
    return False


_ON_THE_WAY = frozenset({"Choice", "Pass", "Wait"})


def _following(state: State) -> list[str]:
    rules = state.asl.get("Choices")
    named = [each.get("Next") for each in rules if isinstance(each, Mapping)] if rules else []
    every = [*named, state.asl.get("Default"), state.asl.get("Next")]
    return [each for each in every if isinstance(each, str)]


def can_branch(state: State) -> bool:
    """Whether the patch fits the state."""
    try:
        _check(state)
    except CannotBranchError:
        return False
    return True


def _check(state: State) -> None:
    parameters = state.asl.get("Parameters")
    own = _own_catcher(state) or {}
    if not state.is_ecs_job:
        raise CannotBranchError(Message("it does not run an ECS task and wait for it"))
    if state.jsonata:
        raise CannotBranchError(Message("it is written in JSONata"))
    if not isinstance(parameters, Mapping) or not asks_for_spot(state):
        raise CannotBranchError(Message("it does not request FARGATE_SPOT itself"))
    if not own.keys() <= _PLAIN or own.get("ResultPath", "$") is None:
        raise CannotBranchError(Message("its catcher does more than move to the next state"))


def asks_for_spot(state: State) -> bool:
    """Whether a task names FARGATE_SPOT among its capacity providers."""
    parameters = state.asl.get("Arguments" if state.jsonata else "Parameters")
    strategy = (
        parameters.get("CapacityProviderStrategy") if isinstance(parameters, Mapping) else None
    )
    return isinstance(strategy, list) and any(
        isinstance(each, Mapping) and each.get("CapacityProvider") == "FARGATE_SPOT"
        for each in strategy
    )


def _own_catcher(state: State) -> Json | None:
    """The state's catcher that takes the stops now: the first that names them, or all."""
    return next(
        (
            each
            for each in state.asl.get("Catch", ())
            if {TASK_FAILED, ALL} & set(each["ErrorEquals"])
        ),
        None,
    )


def _others(state: State) -> list[dict[str, Any]]:
    """The state's own catchers without the name that the new one takes before them."""
    shorter = [
        {**each, "ErrorEquals": [name for name in each["ErrorEquals"] if name != TASK_FAILED]}
        for each in state.asl.get("Catch", ())
    ]
    return [each for each in shorter if each["ErrorEquals"]]


def _otherwise(state: State, own: Json | None, kept: str) -> tuple[str, dict[str, dict[str, Any]]]:
    """Where other stops go, and the state that leads there, if one is needed."""
    if own is None:
        name = f"{state.name} failed"
        failed = {"Type": "Fail", "ErrorPath": f"{kept}.Error", "CausePath": f"{kept}.Cause"}
        return name, {name: failed}
    following = str(own["Next"])
    if own.get("ResultPath", "$") != "$":
        return following, {}
    # Its own catcher hands on the error alone, in place of the input.
    name = f"{state.name} caught"
    return name, {name: {"Type": "Pass", "InputPath": kept, "Next": following}}


_ON_DEMAND = {
    "ErrorEquals": [TASK_FAILED],
    "IntervalSeconds": 30,
    "MaxAttempts": 2,
    "BackoffRate": 2,
}
"""Retries of a task on demand: it may fail to start, but nothing takes its capacity away."""


def _on_demand(state: State) -> dict[str, Any]:
    """The task on demand, without the retries that were made for Spot.

    A retrier that takes the stops makes way for a few retries; the others stay.
    """
    parameters = {
        key: value
        for key, value in state.asl["Parameters"].items()
        if key != "CapacityProviderStrategy"
    }
    asl = {**state.asl, "Parameters": {**parameters, "LaunchType": "FARGATE"}}
    if "Retry" in asl:
        asl["Retry"] = _retriers_on_demand(state)
    return asl


def _retriers_on_demand(state: State) -> list[Any]:
    found: list[Any] = []
    for retrier, asl in zip(state.retriers, state.asl["Retry"], strict=True):
        if not takes(retrier.errors, TASK_FAILED):
            found.append(asl)
        elif retrier.attempts and _ON_DEMAND not in found:
            found.append(_ON_DEMAND)
    return found
