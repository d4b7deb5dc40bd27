"""Where an execution is: scopes that each run one list of states, nested by Map and Parallel.

A scope outlives its failure, so that a redrive can take it up where it stopped.
"""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import simpy

if TYPE_CHECKING:
    from simulator.engine.run import Run

T = TypeVar("T")
Steps = Generator[simpy.Event, Any, T]
State = Mapping[str, Any]
ScopeStatus = Literal["new", "running", "succeeded", "failed", "aborted"]


class StateFailedError(Exception):
    """A state failed: where in the history, what was said, and what is truly at the root.

    `event` is the event later ones point back to. `fail_state` is the author's Fail state
    that raised the error, if one did.
    """

    def __init__(
        self,
        event: int,
        error: str | None,
        cause: str | None,
        *,
        root: str,
        true_cause: str,
        fail_state: str | None = None,
        catchable: bool = True,
    ) -> None:
        """Keep what is known of the failure."""
        super().__init__(error)
        self.event = event
        self.error = error
        self.cause = cause
        self.root = root
        self.true_cause = true_cause
        self.fail_state = fail_state
        self.catchable = catchable


@dataclass(frozen=True, slots=True)
class Resume:
    """A redrive: its event, and what the first new event of a resumed state follows.

    Sources differ on the latter: the ExecutionRedriven event, or (`from_entry`) the entry
    of the state, which is the only one that tells concurrent states apart.
    """

    event: int
    from_entry: bool


@dataclass(slots=True, eq=False)
class Scope:
    """One run of a list of states: the execution itself, a branch or an iteration.

    `state` is the current state, `data` its input, `entered` its StateEntered event and
    `before` that event's predecessor; `last` is the event the next one follows. `caught`
    is the error a Catch took last. `item` is the iteration's index and value.
    """

    run: "Run"
    states: Mapping[str, State]
    state: str
    data: Any
    last: int
    path: str
    item: tuple[int, Any] | None = None
    entered: int = 0
    before: int = 0
    status: ScopeStatus = "new"
    caught: StateFailedError | None = None
    group: "Group | None" = None
    visits: dict[str, int] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """A name for the current visit of the current state, unique in the world."""
        return f"{self.run.name}{self.path}/{self.state}#{self.visits.get(self.state, 0)}"

    @property
    def context(self) -> Mapping[str, Any]:
        """The context object ($$) as this scope sees it."""
        if self.item is None:
            return self.run.context
        index, value = self.item
        return {**self.run.context, "Map": {"Item": {"Index": index, "Value": value}}}

    def pause(self) -> simpy.Event:
        """The moment Step Functions takes between two events."""
        return self.run.wait(0.02 + 0.06 * self.run.luck())

    def add(self, event_type: str, previous: int, details: Mapping[str, Any] | None = None) -> int:
        """Write an event of this execution now."""
        run = self.run
        return run.history.add(run.clock.now, event_type, previous, details)


@dataclass(slots=True, eq=False)
class Group:
    """The branches of a running Parallel, or the iterations of a running Map.

    `outcome` happens with None when all have succeeded, or with the first StateFailedError.
    """

    kind: Literal["Map", "Parallel"]
    name: str
    children: list[Scope]
    limit: int
    outcome: simpy.Event
    waiting: list[Scope] = field(default_factory=list)
    processes: list[simpy.Process] = field(default_factory=list)
    culprit: Scope | None = None
    left: int = 0
    last: int = 0
    dead: bool = False

    def revive(self, outcome: simpy.Event, last: int) -> list[Scope]:
        """Make ready to run what has not succeeded yet, and return it."""
        todo = [child for child in self.children if child.status != "succeeded"]
        self.outcome, self.last, self.left = outcome, last, len(todo)
        self.waiting, self.processes = todo[self.limit :], []
        self.culprit, self.dead = None, False
        return todo

    def finish(self) -> None:
        """Count one success."""
        self.left -= 1
        if self.left == 0:
            self.outcome.succeed()

    def fail(self, child: Scope, failure: StateFailedError) -> None:
        """Take a failure, which is the group's own where it is the first."""
        if not self.outcome.triggered:
            self.culprit = child
            self.outcome.succeed(failure)

    def kill(self) -> None:
        """Stop every process of this group and of the groups within it."""
        self.dead = True
        for process in self.processes:
            if process.is_alive:
                process.interrupt()
        for child in self.children:
            if child.group is not None and not child.group.dead:
                child.group.kill()


def leaves(scope: Scope) -> Iterator[Scope]:
    """The innermost scopes that have started and not succeeded."""
    children = _unfinished(scope)
    if not children:
        yield scope
    for child in children:
        yield from leaves(child)


def _unfinished(scope: Scope) -> list[Scope]:
    children = scope.group.children if scope.group is not None else []
    return [child for child in children if child.status not in ("new", "succeeded")]


def open_state(scope: Scope) -> str:
    """Of the innermost states still open, the one that was entered first."""
    return min(leaves(scope), key=lambda leaf: leaf.entered).state
