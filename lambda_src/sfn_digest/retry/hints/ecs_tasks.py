"""ECS tasks: every stop is States.TaskFailed, so only a Choice on the cause tells them apart."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sfn_digest.asl.definition import State
from sfn_digest.asl.matching import TASK_FAILED
from sfn_digest.causes import noun
from sfn_digest.i18n.message import NO_MESSAGE, Message, ngettext, sentences
from sfn_digest.model.report import Hint
from sfn_digest.retry.hints.machine import NOTHING, MachineView, shown, span
from sfn_digest.retry.observations.visits import Visit

BRANCH, SUBNETS = "ecs_branch", "more_subnets"
STARTS = frozenset({"capacity_unavailable", "task_start_failure", "image_pull"})
_ON_SPOT = frozenset({"spot_interruption", "capacity_unavailable"})
"""Causes that on-demand capacity avoids; a pull or a network interface fails there as well."""
_LEAST_ATTEMPTS = 3
_CHEAPER = 0.7
"""The share of Spot attempts lost from which on-demand is cheaper: Spot saves up to 70 %."""


def ecs_tasks(view: MachineView) -> Iterator[Hint]:
    """Hints for each state that runs an ECS task and waits for it."""
    for state in view.definition.states.values():
        if not state.is_ecs_job:
            continue
        visits = [v for v in view.visits(state.name) if v.last.error == TASK_FAILED]
        lost = Counter(each.cause for visit in visits for each in visit.attempts)
        if sum(lost[cause] for cause in _ON_SPOT) >= _LEAST_ATTEMPTS:
            yield _branch(view, state, visits, lost)
        if sum(lost[cause] for cause in STARTS) >= _LEAST_ATTEMPTS and _subnets(state) == 1:
            yield _more_subnets(view, state, visits, lost)


def _branch(
    view: MachineView, state: State, visits: Sequence[Visit], lost: Mapping[str, int]
) -> Hint:
    attempts = [each for visit in visits for each in visit.attempts]
    wasted = [each for each in attempts if each.cause in _ON_SPOT]
    seconds = sum(each.failed - each.at for each in wasted)
    counts = tuple(
        Message("{number} {cause}", number=number, cause=noun(cause, number) or cause)
        for cause, number in Counter(lost).most_common(4)
    )
    apart = Message(
        "Every stop raises {error}, whatever its cause ({counts}), so Retry cannot tell them "
        "apart: catch it, check the stop code in a Choice, and run the task on demand after a"
        " Spot or start failure.",
        error=TASK_FAILED,
        counts=counts,
    )
    return Hint(
        kind=BRANCH,
        machine_arn=view.arn,
        state=state.name,
        cause=max(sorted(_ON_SPOT), key=lambda cause: lost.get(cause, 0)),
        errors=(TASK_FAILED,),
        retrier=None,
        failures=len({visit.execution for visit in visits if visit.fatal}),
        incidents=view.incidents_of(visits),
        recovered=NOTHING,
        added_wait_seconds=0.0,
        title=Message("Handle the stop reasons of {state} separately", state=shown(state.name)),
        text=sentences(apart, _capacity(view, state, visits, len(wasted), seconds)),
        failed_attempts=len(wasted),
        hours=seconds / 3600,
    )


def _capacity(
    view: MachineView, state: State, visits: Sequence[Visit], wasted: int, seconds: float
) -> Message:
    """More retries, on-demand, or reserved capacity: from the attempts lost and the time wasted.

    Nothing where the attempts that were not lost are unknown.
    """
    if not view.successes_known:
        return NO_MESSAGE
    found = view.evidence.get(state.name)
    good = (len(found.passes) if found else 0) + sum(v.recovered_at is not None for v in visits)
    share = wasted / (wasted + good)
    return Message(
        "{attempts} ({share:.0%} of known attempts, {span}) were lost: at this rate, "
        "on-demand or reserved capacity is cheaper than Spot."
        if share > _CHEAPER
        else "{attempts} ({share:.0%} of known attempts, {span}) were lost: keep Spot, with "
        "on-demand capacity as the last resort.",
        attempts=ngettext("{n} attempt", "{n} attempts", wasted),
        share=share,
        span=span(seconds),
    )


def _more_subnets(
    view: MachineView, state: State, visits: Sequence[Visit], lost: Mapping[str, int]
) -> Hint:
    failed = sum(lost.get(cause, 0) for cause in STARTS)
    found = [visit for visit in visits if visit.last.cause in STARTS]
    return Hint(
        kind=SUBNETS,
        machine_arn=view.arn,
        state=state.name,
        cause=max(sorted(STARTS), key=lambda cause: lost.get(cause, 0)),
        errors=(TASK_FAILED,),
        retrier=None,
        failures=len({visit.execution for visit in found if visit.fatal}),
        incidents=view.incidents_of(found),
        recovered=NOTHING,
        added_wait_seconds=0.0,
        title=Message("Add subnets to {state}", state=shown(state.name)),
        text=Message(
            "{attempts} of {state} did not start, and it has only one subnet. Add subnets in "
            "other Availability Zones, which may have capacity.",
            attempts=ngettext("{n} attempt", "{n} attempts", failed),
            state=shown(state.name),
        ),
    )


def _subnets(state: State) -> int | None:
    """How many subnets the task names; None where it does not say, or only at run time."""
    found: Any = state.asl.get("Arguments" if state.jsonata else "Parameters")
    for key in ("NetworkConfiguration", "AwsvpcConfiguration", "Subnets"):
        found = found.get(key) if isinstance(found, Mapping) else None
    return len(found) if isinstance(found, list) else None
