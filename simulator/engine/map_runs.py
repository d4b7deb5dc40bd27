"""Distributed Maps: each item, or batch of items, is an execution of its own in a Map run.

What rests on belief: that results are written where a Map run fails too, and that FAILED_n.json
holds the children that timed out or were stopped beside those that failed.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import simpy

from simulator.engine.draws import identifier
from simulator.engine.faults import items_of
from simulator.engine.map_results import written_results
from simulator.engine.outcomes import Attempt, Fails
from simulator.engine.payloads import fill
from simulator.engine.scopes import Scope, State, StateFailedError, Steps
from simulator.records import SimMachine, SimMapRun, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.engine.run import Run

MOST_CHILDREN = 10_000
"""Children that a Map run runs at once where MaxConcurrency is unset or 0 (AWS quota)."""
EXCEEDED = "States.ExceedToleratedFailureThreshold"
_EXCEEDED_CAUSE = "The specified tolerated failure threshold was exceeded"


def is_distributed(state: State) -> bool:
    """Whether a Map state runs its items as executions of their own."""
    config = state.get("ItemProcessor", {}).get("ProcessorConfig", {})
    return bool(config.get("Mode") == "DISTRIBUTED")


@dataclass(slots=True, eq=False)
class MapRun:
    """A Map run under way; `record()` freezes it."""

    arn: str
    execution_arn: str
    machine: SimMachine
    state: str
    limit: int
    tolerated: tuple[int | None, float | None]
    started_at: float
    outcome: simpy.Event
    children: list["Run"] = field(default_factory=list)
    waiting: list[list[Any]] = field(default_factory=list)
    items: int = 0
    left: int = 0
    failed: int = 0
    status: Status = "RUNNING"
    stopped_at: float | None = None

    def closed(self, child: "Run", items: int) -> None:
        """Count a child that closed, and end the Map run where it is the last, or one too many."""
        self.left -= items
        if child.status != "SUCCEEDED":
            self.failed += items
        if self.outcome.triggered:
            return
        if self._exceeded():
            self.outcome.succeed("FAILED")
        elif not self.left:
            self.outcome.succeed("SUCCEEDED")

    def _exceeded(self) -> bool:
        count, percentage = self.tolerated
        if count is None and percentage is None:
            return self.failed > 0
        many = count is not None and self.failed > count
        return many or (percentage is not None and 100 * self.failed > percentage * self.items)

    def end(self, status: Status, now: float) -> None:
        """Close it; children that still run are stopped."""
        self.status, self.stopped_at = status, now
        for child in self.children:
            child.stop()

    def root_cause(self) -> str | None:
        """The true cause of most children that failed."""
        causes = Counter(child.root_cause for child in self.children if child.status != "SUCCEEDED")
        causes.pop("aborted_by_user", None)
        return causes.most_common(1)[0][0] if causes else None

    def record(self) -> SimMapRun:
        """The Map run as it stands."""
        count, percentage = self.tolerated
        return SimMapRun(
            arn=self.arn,
            execution_arn=self.execution_arn,
            machine_arn=self.machine.arn,
            state=self.state,
            status=self.status,
            started_at=self.started_at,
            stopped_at=self.stopped_at,
            max_concurrency=0 if self.limit == MOST_CHILDREN else self.limit,
            tolerated_count=count or 0,
            tolerated_percentage=percentage or 0.0,
            pending=len(self.waiting),
        )


def run_distributed_map(scope: Scope, state: State, link: int, number: int) -> Steps[Any]:
    """Run one attempt of a Distributed Map and return its result; raises StateFailedError."""
    read = "ItemReader" in state
    items = [] if read else items_of(scope, state)
    started = scope.add("MapStateStarted", link, {"length": len(items)})
    map_run = _begin(scope, state, number)
    event = scope.add("MapRunStarted", started, {"mapRunArn": map_run.arn})
    yield scope.pause()
    if read:
        items = _read_items(scope, state, map_run, event)
    map_run.waiting = _batches(state, scope, items)
    map_run.items = map_run.left = len(items)
    try:
        status = yield from _dispatched(scope, map_run)
    except simpy.Interrupt:
        map_run.end("ABORTED", scope.run.clock.now)
        raise
    map_run.end(status, round(scope.run.clock.now, 3))
    yield scope.pause()
    result = written_results(map_run, state.get("ResultWriter"), scope.run.keep)
    if status == "FAILED":
        raise _failed(scope, map_run, event, EXCEEDED, _EXCEEDED_CAUSE, map_run.root_cause())
    succeeded = scope.add("MapRunSucceeded", event)
    scope.last = scope.add("MapStateSucceeded", succeeded)
    return result


def _begin(scope: Scope, state: State, number: int) -> MapRun:
    run, processor = scope.run, state["ItemProcessor"]
    key = (scope.key, run.redrives, number)
    label = state.get("Label") or identifier(run.seed, run.machine.name, scope.state, "label")
    machine = replace(
        run.machine,
        arn=f"{run.machine.arn}/{label}",
        name=f"{run.machine.name}/{label}",
        type=processor["ProcessorConfig"].get("ExecutionType", "STANDARD"),
        definition=processor,
    )
    map_run = MapRun(
        arn=f"{machine.arn.replace(':stateMachine:', ':mapRun:')}:{identifier(run.seed, *key)}",
        execution_arn=run.arn,
        machine=machine,
        state=scope.state,
        limit=state.get("MaxConcurrency") or MOST_CHILDREN,
        tolerated=(state.get("ToleratedFailureCount"), state.get("ToleratedFailurePercentage")),
        started_at=round(run.clock.now, 3),
        outcome=run.clock.event(),
    )
    run.keep_map_run(map_run)
    return map_run


def _read_items(scope: Scope, state: State, map_run: MapRun, event: int) -> list[Any]:
    """What the ItemReader gives; the environment is asked about it as about a task."""
    run = scope.run
    question = Attempt(
        machine=run.machine.name,
        execution=run.name,
        state=scope.state,
        resource=state["ItemReader"]["Resource"],
        now=run.clock.now,
        attempt=1,
        visit=scope.visits[scope.state],
        key=f"{scope.key}/{run.redrives}.reader",
        input=scope.data,
    )
    outcome = run.environment.outcome(question)
    if isinstance(outcome, Fails):
        map_run.end("FAILED", round(run.clock.now, 3))
        raise _failed(scope, map_run, event, outcome.error, outcome.cause or "", outcome.true_cause)
    return list(outcome.output or ())


def _batches(state: State, scope: Scope, items: list[Any]) -> list[list[Any]]:
    size = state.get("ItemBatcher", {}).get("MaxItemsPerBatch")
    if "ItemSelector" in state:
        items = [_selected(state, scope, index, item) for index, item in enumerate(items)]
    if size is None:
        return [[item] for item in items]
    return [items[at : at + size] for at in range(0, len(items), size)]


def _selected(state: State, scope: Scope, index: int, item: Any) -> Any:
    context = {**scope.context, "Map": {"Item": {"Index": index, "Value": item}}}
    return fill(state["ItemSelector"], scope.data, context)


def _dispatched(scope: Scope, map_run: MapRun) -> Steps[Status]:
    """Run the children, so many at once, until the Map run's outcome is known."""
    if not map_run.waiting:
        return "SUCCEEDED"
    batched = "ItemBatcher" in scope.states[scope.state]
    clock = scope.run.clock
    for _ in range(min(map_run.limit, len(map_run.waiting))):
        clock.process(_worker(scope, map_run, batched=batched))
    status: Status = yield map_run.outcome
    return status


def _worker(scope: Scope, map_run: MapRun, *, batched: bool) -> Steps[None]:
    while map_run.waiting and not map_run.outcome.triggered:
        items = map_run.waiting.pop(0)
        data = {"Items": items} if batched else items[0]
        name = identifier(scope.run.seed, map_run.arn, len(map_run.children))
        child = scope.run.dispatch(map_run, name, data, len(items))
        map_run.children.append(child)
        yield child.closed
        map_run.closed(child, len(items))


def _failed(
    scope: Scope,
    map_run: MapRun,
    event: int,
    error: str | None,
    cause: str,
    true_cause: str | None,
) -> StateFailedError:
    details: Mapping[str, Any] = {"error": error, "cause": cause}
    failed = scope.add("MapRunFailed", event, details)
    return StateFailedError(
        failed,
        error,
        cause,
        root=map_run.state,
        true_cause=true_cause or "map_failure_threshold",
    )
