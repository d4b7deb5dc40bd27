"""ECS tasks on Spot: which run on demand after it already or have time to, and why they stopped."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from sfn_digest.asl.definition import State
from sfn_digest.asl.ecs_branch import asks_for_spot, runs_on_demand_next
from sfn_digest.causes import noun
from sfn_digest.i18n.message import Message, ngettext
from sfn_digest.retry.hints.machine import MachineView
from sfn_digest.retry.observations.crowds import REFUSED
from sfn_digest.retry.observations.visits import ObservedAttempt, Visit

LATE = "task_start_failure"
"""The cause of start failures for which the platform has no cause of its own."""
_MOST_CAUSES = 4


def leaves_spot(view: MachineView, state: State, stops: Iterable[ObservedAttempt]) -> bool:
    """Whether the task runs on Spot, and nothing runs it on demand after that yet."""
    on_spot = asks_for_spot(state) or any(
        each.cause == "spot_interruption" or (each.fargate is not None and each.fargate.spot)
        for each in stops
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
