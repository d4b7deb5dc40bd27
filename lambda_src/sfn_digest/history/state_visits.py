"""Which visit of which state each event belongs to.

A visit is named by the id of its `*StateEntered` event. Ids of neighbours say nothing in
concurrent Maps and Parallels, so every event takes its place from its predecessor
(`previousEventId`), which always has a lower id: one pass upwards places them all.

Traps on the way: the first event of a later Map iteration follows an event of a *sibling*
iteration; the exit of a Map or Parallel follows an inner event; a retried Map or Parallel
starts again right behind the inner event that failed; EvaluationFailed points to before the
state it failed in; a redriven attempt follows ExecutionRedriven.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sfn_digest.history import kinds
from sfn_digest.model.executions import HistoryEvent

TOP = 0
"""The place of what lies outside every state."""

_OF_ITERATION = kinds.ITERATION_MARKS | kinds.ITERATION_ROLL_UPS
_OF_MAP = kinds.MAP_MARKS | kinds.MAP_ROLL_UPS
_OF_PARALLEL = kinds.PARALLEL_MARKS | kinds.PARALLEL_ROLL_UPS


@dataclass(slots=True)
class Visits:
    """The visit each event belongs to, built by `place`.

    `visit_of` maps an event's id to its innermost open visit after the event (TOP outside
    every state); an id is missing where the chain leaves the events that were read.
    """

    events: Mapping[int, HistoryEvent]
    visit_of: dict[int, int] = field(default_factory=dict)
    outer: dict[int, int] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)
    _left_by: dict[int, int] = field(default_factory=dict)
    _home: dict[str, str | None] = field(default_factory=dict)
    _began: dict[int, int] = field(default_factory=dict)
    _failed: dict[int, int] = field(default_factory=dict)
    _resource: dict[int, str] = field(default_factory=dict)
    _resumed: set[int] = field(default_factory=set)
    _closed: int = TOP

    def name(self, visit: int) -> str:
        """The state that a visit is of."""
        return str(self.events[visit].details.get("name", ""))

    def state_of(self, event_id: int) -> str | None:
        """The innermost state open at an event; None outside of states or where unknown."""
        visit = self.visit_of.get(event_id, TOP)
        return self.name(visit) if visit != TOP else None

    def visit_left(self, exited: HistoryEvent) -> int | None:
        """The visit that a `*StateExited` event ends; None where it is not known."""
        return self._left_by.get(exited.id)

    def open_leaves(self) -> list[int]:
        """The visits entered and never left that hold no other open visit, oldest first."""
        live = [visit for visit in self.outer if self._is_live(visit)]
        holders = {self.outer[visit] for visit in live}
        return sorted(visit for visit in live if visit not in holders)

    def place_all(self, events: Iterable[HistoryEvent]) -> None:
        """Place events given in the order of their ids."""
        for event in events:
            self._place(event)

    def _place(self, event: HistoryEvent) -> None:
        before, kind = self._before(event), event.type
        if kind in kinds.CLOSED:
            self._closed = event.id
        if kind in kinds.ENTERED:
            self._enter(event, before)
        elif kind == kinds.EVALUATION_FAILED:
            self._set(event, self._evaluated(event))
        elif before is None:
            return
        elif kind in kinds.EXITED:
            self._leave(event, before)
        else:
            self._set(event, self._within(event, before))

    def _before(self, event: HistoryEvent) -> int | None:
        if event.previous_event_id == 0:
            return self._last_end() if event.type == kinds.EXECUTION_REDRIVEN else TOP
        return self.visit_of.get(event.previous_event_id)

    def _last_end(self) -> int | None:
        """Where the last event lies that closed the execution, of those placed so far."""
        return self.visit_of.get(self._closed)

    def _set(self, event: HistoryEvent, visit: int | None) -> None:
        if visit is not None:
            self.visit_of[event.id] = visit

    def _enter(self, event: HistoryEvent, before: int | None) -> None:
        self.visit_of[event.id] = event.id
        if before is None:
            return
        name = str(event.details.get("name", ""))
        if name in self._home:
            before = self._climb_to_home(before, self._home[name])
        else:
            self._home[name] = self.name(before) if before != TOP else None
        self.outer[event.id] = before

    def _climb_to_home(self, visit: int, home: str | None) -> int:
        """A state always lies in the same Map or Parallel, by name."""
        while visit != TOP and self.name(visit) != home:
            visit = self.outer.get(visit, TOP)
        return visit

    def _leave(self, event: HistoryEvent, before: int) -> None:
        visit = self._named(before, str(event.details.get("name", "")))
        if visit is None:
            return
        self.left.add(visit)
        self._left_by[event.id] = visit
        self._set(event, self.outer.get(visit))

    def _named(self, visit: int, name: str) -> int | None:
        while visit != TOP and self.name(visit) != name:
            visit = self.outer.get(visit, TOP)
        return visit if visit != TOP else None

    def _within(self, event: HistoryEvent, before: int) -> int | None:
        kind = event.type
        if kind in kinds.SCHEDULED:
            return self._scheduled(event, before)
        if kind in _OF_ITERATION:
            return self._named(before, str(event.details.get("name", "")))
        if kind in _OF_MAP:
            return self._container(event, before, "MapStateEntered")
        if kind in _OF_PARALLEL:
            return self._container(event, before, "ParallelStateEntered")
        if kind == kinds.EXECUTION_REDRIVEN:
            self._failed.clear()
            self._resumed.clear()
        return before

    def _container(self, event: HistoryEvent, visit: int, entered: str) -> int | None:
        while visit != TOP and self.events[visit].type != entered:
            visit = self.outer.get(visit, TOP)
        if visit == TOP:
            return None
        if event.type in kinds.STARTED_ANEW:
            self._began[visit] = event.id
        elif event.type in kinds.ROLL_UPS:
            self._failed[visit] = event.id
        return visit

    def _scheduled(self, event: HistoryEvent, before: int) -> int | None:
        resource = _resource(event)
        previous = self.events.get(event.previous_event_id)
        if previous is not None and previous.type == kinds.EXECUTION_REDRIVEN:
            before = self._resume(before, resource)
        self._resource[before] = resource
        return before

    def _resume(self, failed: int, resource: str) -> int:
        """The visit that a redrive takes up again: unfinished, with the same resource."""
        waiting = [visit for visit in self.open_leaves() if visit not in self._resumed]
        alike = [visit for visit in waiting if self._resource.get(visit) == resource]
        visit = failed if failed in alike or not alike else alike[0]
        self._resumed.add(visit)
        return visit

    def _is_live(self, visit: int) -> bool:
        """Neither left, nor in a Map or Parallel that was left, failed or started again."""
        if visit in self.left:
            return False
        holder = self.outer.get(visit, TOP)
        while holder != TOP:
            ended = max(self._began.get(holder, 0), self._failed.get(holder, 0))
            if holder in self.left or ended > visit:
                return False
            holder = self.outer.get(holder, TOP)
        return True

    def _evaluated(self, event: HistoryEvent) -> int | None:
        """The latest visit of the state that EvaluationFailed names, from the same place."""
        name = event.details.get("state")
        visits = [v for v in self.visit_of if self._is_visit(v) and self.name(v) == name]
        near = [v for v in visits if self.events[v].previous_event_id == event.previous_event_id]
        return max(near or visits, default=None)

    def _is_visit(self, event_id: int) -> bool:
        return self.events[event_id].type in kinds.ENTERED


def _resource(event: HistoryEvent) -> str:
    details = event.details
    return f"{details.get('resourceType', '')}:{details.get('resource', '')}"


def place(events: Mapping[int, HistoryEvent]) -> Visits:
    """Place every event of a history, or of its newest part.

    >>> place({}).open_leaves()
    []
    """
    visits = Visits(events)
    visits.place_all(events[event_id] for event_id in sorted(events))
    return visits
