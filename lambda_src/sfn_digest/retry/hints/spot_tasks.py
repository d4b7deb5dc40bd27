"""ECS tasks on Spot: which of them run on demand after it already, and which have time to."""

from collections.abc import Iterable

from sfn_digest.asl.definition import State
from sfn_digest.asl.ecs_branch import asks_for_spot, runs_on_demand_next
from sfn_digest.retry.hints.machine import MachineView
from sfn_digest.retry.observations.visits import ObservedAttempt, Visit


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
