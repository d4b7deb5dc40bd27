"""ECS tasks: every stop is States.TaskFailed, so only a Choice on the cause tells them apart."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import floor, sqrt
from statistics import median
from typing import Any

from sfn_digest.asl.definition import State
from sfn_digest.asl.ecs_branch import branch_states, can_branch
from sfn_digest.asl.matching import TASK_FAILED, retrier_for
from sfn_digest.i18n.message import Message, Msgid, ngettext, sentences
from sfn_digest.model.executions import FargateTask
from sfn_digest.model.report import Hint, Recovered
from sfn_digest.retry.hints.machine import (
    DOLLARS_PER_TRANSITION,
    NOTHING,
    MachineView,
    TaskWork,
    about,
    hint_on,
    shown,
    spot_dollars,
    ways_to_run,
)
from sfn_digest.retry.hints.spot_tasks import (
    CHEAPER,
    LATE,
    ON_SPOT,
    counted,
    ended,
    ended_by_spot,
    in_time,
    leaves_spot,
    share_lost,
    spot_suffices,
    stops_of,
    successful_attempts,
)
from sfn_digest.retry.observations.visits import ObservedAttempt, Visit

BRANCH, SUBNETS = "ecs_branch", "more_subnets"
STARTS = frozenset({"capacity_unavailable", "task_start_failure"})
"""Causes that other subnets may avoid; an image or a permission is missing in all of them."""
_LEAST_ATTEMPTS = 3


def ecs_tasks(view: MachineView) -> Iterator[Hint]:
    """Hints for each state that runs an ECS task and waits for it."""
    for state in view.definition.states.values():
        if not state.is_ecs_job:
            continue
        visits = [v for v in view.visits(state.name) if v.last.error == TASK_FAILED]
        lost = Counter(each.cause for each in stops_of(visits))
        gone = sum(lost[cause] for cause in ON_SPOT)
        if gone >= _LEAST_ATTEMPTS and leaves_spot(view, state, visits):
            yield _branch(view, state, visits)
        if sum(lost[cause] for cause in STARTS) >= _LEAST_ATTEMPTS and _subnets(state) == 1:
            yield _more_subnets(view, state, visits, lost)


def _branch(view: MachineView, state: State, visits: Sequence[Visit]) -> Hint:
    wasted = [each for each in stops_of(visits) if each.cause in ON_SPOT]
    most_lost = Counter(sorted(each.cause for each in wasted)).most_common(1)[0][0]
    seconds = sum(each.failed - each.at for each in wasted)
    recovered = _on_demand(view, state, visits)
    return hint_on(
        view,
        state.name,
        visits,
        kind=BRANCH,
        cause=most_lost,
        errors=(TASK_FAILED,),
        recovered=recovered,
        title=Message("Run {state} on demand when Spot fails", state=shown(state.name)),
        text=sentences(
            *_finished(recovered, len(ended(view, visits))),
            *_sufficed(view, visits),
            _apart(stops_of(visits)),
            *retries_before(state),
            *_capacity(view, state, visits, wasted),
        ),
        sure="likely" if recovered.high else "sure",
        failed_attempts=len(wasted),
        hours=seconds / 3600,
        dollars=_dollars(wasted, seconds / 3600),
        patched={"Catch": branch_states(state)[state.name]["Catch"]} if can_branch(state) else None,
    )


def _apart(stops: Sequence[ObservedAttempt]) -> Message:
    return Message(
        "Every stop raises {error}, whatever its cause ({counts}), so Retry cannot tell them "
        "apart: catch it, check the stop code in a Choice, and run the task on demand after a"
        " Spot or start failure.",
        error=TASK_FAILED,
        counts=tuple(counted(stops)),
    )


def _sufficed(view: MachineView, visits: Sequence[Visit]) -> Iterator[Message]:
    if spot_suffices(view, visits):
        yield Message("No execution failed because of Spot: the retries were enough.")


def _dollars(wasted: Sequence[ObservedAttempt], hours: float) -> float:
    """What attempts cost that were lost: transitions, and the tasks where their size is known."""
    size = _size(wasted)
    return len(wasted) * DOLLARS_PER_TRANSITION + (spot_dollars(size, hours) if size else 0.0)


def retries_before(state: State) -> Iterator[Message]:
    """That what retries the task on Spot stays, if anything does."""
    own = retrier_for(state.retriers, TASK_FAILED)
    if own is not None and own.attempts:
        yield ngettext(
            "Its {n} retry on Spot still comes first.",
            "Its {n} retries on Spot still come first.",
            own.attempts,
        )


def _on_demand(view: MachineView, state: State, visits: Sequence[Visit]) -> Recovered:
    """How many of those that failed on Spot would have succeeded on demand; nothing where that
    may be none.

    All but those that would have failed of what is not Spot's fault, as often as attempts do, or
    that have no time left. A start failure that may pass is run there too, and may finish.
    """
    found = view.evidence.get(state.name)
    lost = ended_by_spot(view, visits)
    if not view.successes_known or found is None or not lost:
        return NOTHING
    took = found.durations or (0.0,)
    surely, failed, perhaps = (
        in_time(view, lost, seconds) for seconds in (max(took), median(took), 0.0)
    )
    good = len(found.passes) + sum(v.recovered_at is not None for v in found.visits)
    bad = sum(each.cause not in ON_SPOT for v in found.visits for each in v.attempts)
    share = (bad + _PRIOR) / (good + bad + 2 * _PRIOR)
    likely = failed * (1 - share)
    spread = _Z * sqrt(failed * share * (1 - share))
    low = max(0, floor(surely * (1 - share) - spread) - 1)
    if not low:
        return NOTHING
    late = sum(v.fatal and v.last.cause == LATE and v.last.nature != "permanent" for v in visits)
    most = perhaps + late
    return Recovered(surely=low, likely=likely, possibly=most, low=low, high=most)


_PRIOR, _Z = 0.5, 1.96
"""Jeffreys' prior on the share that fails, and the standard deviations that hold 95 %."""


def _finished(recovered: Recovered, failures: int) -> Iterator[Message]:
    if recovered.high:
        yield Message(
            "About {likely:.0f} of {failures} would have finished on demand (95% interval: "
            "{low}\N{EN DASH}{high}).",
            likely=recovered.likely,
            failures=ngettext("{n} failure", "{n} failures", failures),
            low=recovered.low,
            high=recovered.high,
        )


def _capacity(
    view: MachineView, state: State, visits: Sequence[Visit], wasted: Sequence[ObservedAttempt]
) -> Iterator[Message]:
    """More retries, on demand, or reserved capacity: from the attempts lost and the time wasted.

    Nothing where the attempts that were not lost are unknown; an amount where the task's size
    is known, and how long it takes.
    """
    found = view.evidence.get(state.name)
    if not view.successes_known or found is None:
        return
    good, share = successful_attempts(view, state, visits), share_lost(view, state, visits)
    seconds = sum(each.failed - each.at for each in wasted)
    # Those that were read are the slowest ones: how long all take says what the work comes to.
    done = sum(found.worked) / 3600
    size, takes = _size(wasted), done / max(1, good)
    priced = size is not None and takes > 0
    words = _LOST if priced else _LEAVE_SPOT if share > CHEAPER else _KEEP_SPOT
    yield Message(
        words,
        attempts=ngettext("{n} attempt", "{n} attempts", len(wasted)),
        share=share,
        span=about(seconds),
    )
    if size is not None and takes > 0:
        failed = len(ended_by_spot(view, visits))
        yield ways_to_run(TaskWork(size, done, seconds / 3600, failed * takes))


_LOST = Msgid("{attempts} ({share:.0%} of known attempts, {span}) were lost to Spot.")
_LEAVE_SPOT = Msgid(
    "{attempts} ({share:.0%} of known attempts, {span}) were lost to Spot: at this rate, "
    "on-demand or reserved capacity is cheaper than Spot."
)
_KEEP_SPOT = Msgid(
    "{attempts} ({share:.0%} of known attempts, {span}) were lost to Spot: keep it, with "
    "on-demand capacity as the last resort."
)


def _size(attempts: Sequence[ObservedAttempt]) -> FargateTask | None:
    """What most of the attempts ran on, where their causes tell."""
    known = Counter(each.fargate for each in attempts if each.fargate is not None)
    return known.most_common(1)[0][0] if known else None


def _more_subnets(
    view: MachineView, state: State, visits: Sequence[Visit], lost: Mapping[str, int]
) -> Hint:
    failed = sum(lost.get(cause, 0) for cause in STARTS)
    found = [visit for visit in visits if visit.last.cause in STARTS]
    return hint_on(
        view,
        state.name,
        found,
        kind=SUBNETS,
        cause=max(sorted(STARTS), key=lambda cause: lost.get(cause, 0)),
        errors=(TASK_FAILED,),
        title=Message("Add subnets to {state}", state=shown(state.name)),
        text=Message(
            _FULL if lost.get("capacity_unavailable") else _LATE_STARTS,
            attempts=ngettext("{n} attempt", "{n} attempts", failed),
            state=shown(state.name),
        ),
    )


_FULL = Msgid(
    "{attempts} of {state} did not start, and it has only one subnet. Add subnets in other "
    "Availability Zones, which may have capacity."
)
_LATE_STARTS = Msgid(
    "{attempts} of {state} did not start, and it has only one subnet. Add subnets in other "
    "Availability Zones, so that trouble in one of them does not stop every task."
)


def _subnets(state: State) -> int | None:
    """How many subnets the task names; None where it does not say, or only at run time."""
    found: Any = state.asl.get("Arguments" if state.jsonata else "Parameters")
    for key in ("NetworkConfiguration", "AwsvpcConfiguration", "Subnets"):
        found = found.get(key) if isinstance(found, Mapping) else None
    return len(found) if isinstance(found, list) else None
