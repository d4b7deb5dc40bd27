"""ECS tasks on Spot: which run on demand after it already or have time to, and why they stopped."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from sfn_digest.asl.definition import State
from sfn_digest.asl.ecs_branch import asks_for_spot, runs_on_demand_next
from sfn_digest.asl.matching import TASK_FAILED
from sfn_digest.causes import noun
from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.retry.hints.machine import MachineView
from sfn_digest.retry.observations.crowds import REFUSED
from sfn_digest.retry.observations.visits import ObservedAttempt, Visit

ON_SPOT = frozenset({"spot_interruption", "capacity_unavailable"})
"""Causes that on-demand capacity avoids; a pull or a network interface fails there as well."""

LATE = "task_start_failure"
"""The cause of start failures for which the platform has no cause of its own."""
_MOST_CAUSES = 4


CHEAPER = 0.7
"""The share of Spot attempts lost from which on-demand is cheaper: Spot saves up to 70 %."""


def leaves_spot(view: MachineView, state: State, visits: Sequence[Visit]) -> bool:
    """Whether the task runs on Spot, and nothing runs it on demand after that yet; nor do its
    retries on Spot suffice, or lack the time for what comes after them, and cost less.
    """
    in_vain = view.successes_known and not ended_by_spot(view, visits)
    if in_vain and share_lost(view, state, visits) <= CHEAPER:
        return False
    on_spot = asks_for_spot(state) or any(
        each.cause == "spot_interruption" or (each.fargate is not None and each.fargate.spot)
        for each in stops_of(visits)
    )
    return on_spot and not runs_on_demand_next(view.definition, state)


def on_demand_after_spot(views: Iterable[MachineView]) -> set[tuple[str, str | None]]:
    """The tasks by machine and state that run on demand after Spot already."""
    return {
        (view.arn, state.name)
        for view in views
        for state in view.definition.states.values()
        if state.is_ecs_job and runs_on_demand_next(view.definition, state)
    }


def in_time(view: MachineView, lost: Iterable[Visit], seconds: float) -> int:
    """How many of the executions that these visits ended could go on for so many seconds, before
    their state machine's timeout.
    """
    limit = view.definition.timeout
    began = {each.execution.arn: each.execution.started_at for each in view.failures}
    return sum(
        limit is None or each.last.failed - began[each.execution].timestamp() + seconds <= limit
        for each in lost
    )


def counted(stops: Sequence[ObservedAttempt]) -> Iterator[Message]:
    """Count the causes, most first; last those of tasks that never ran, together."""
    never_ran = Counter(
        each.cause for each in stops if each.stage == "start" and each.cause not in REFUSED
    )
    ran = Counter(each.cause for each in stops) - never_ran
    shown = ran.most_common(_MOST_CAUSES)
    yield from (_cause(*each) for each in shown)
    if rest := ran.total() - sum(number for _, number in shown):
        yield ngettext("{n} other", "{n} others", rest)
    if len(never_ran) > 1:
        reasons = sorted(never_ran.items(), key=lambda each: (each[0] == LATE, -each[1], each[0]))
        yield ngettext(
            "{n} start failure: {reasons}",
            "{n} start failures: {reasons}",
            never_ran.total(),
            reasons=tuple(_reason(*each) for each in reasons),
        )
    else:
        yield from (_cause(*each) for each in never_ran.items())


def _cause(cause: str, number: int) -> Message:
    return Message("{number} {cause}", number=number, cause=noun(cause, number) or cause)


def _reason(cause: str, number: int) -> Message:
    if cause != LATE:
        return _cause(cause, number)
    return ngettext("{n} for another reason", "{n} for other reasons", number)


def stops_of(visits: Sequence[Visit]) -> list[ObservedAttempt]:
    """The attempts whose task stopped: a call that was refused has an error name of its own."""
    return [each for visit in visits for each in visit.attempts if each.error == TASK_FAILED]


def ended(view: MachineView, visits: Iterable[Visit]) -> list[Visit]:
    """The visits that ended their execution: not those that its machine's timeout ended while they
    were retried.
    """
    failed = {f.execution.arn for f in view.failures if f.execution.status == "FAILED"}
    return [each for each in visits if each.fatal and each.execution in failed]


def ended_by_spot(view: MachineView, visits: Iterable[Visit]) -> list[Visit]:
    """Those of them that Spot ended."""
    return [each for each in ended(view, visits) if each.last.cause in ON_SPOT]


def spot_suffices(view: MachineView, visits: Sequence[Visit]) -> bool:
    """Whether Spot ended no execution, where retries that helped are known."""
    lost = any(visit.fatal and visit.last.cause in ON_SPOT for visit in visits)
    return view.successes_known and not lost


def successful_attempts(view: MachineView, state: State, visits: Sequence[Visit]) -> int:
    """How many attempts are known that succeeded."""
    found = view.evidence.get(state.name)
    passes = len(found.passes) if found else 0
    return passes + sum(visit.recovered_at is not None for visit in visits)


def share_lost(view: MachineView, state: State, visits: Sequence[Visit]) -> float:
    """The share of the known attempts that Spot took."""
    lost = sum(each.cause in ON_SPOT for each in stops_of(visits))
    return lost / max(1, lost + successful_attempts(view, state, visits))
