"""Every visit of a state that tried something, with its attempts in the order they began.

Of an execution that still runs: what it is waiting for.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sfn_digest.history import kinds
from sfn_digest.history.attempts import integration, scheduled_before
from sfn_digest.history.newest_events import Pages
from sfn_digest.history.state_visits import TOP
from sfn_digest.history.success_events import SUCCEEDED
from sfn_digest.model.executions import HistoryEvent


@dataclass(frozen=True, slots=True)
class AttemptStory:
    """One attempt of a visit. `failed_by` is the id of the event that says why it failed.

    `ended_at` is None where it was cut off, or still runs. `began_at` is None where it failed
    before it was scheduled.
    """

    began_at: datetime | None
    ended_at: datetime | None
    failed_by: int | None


@dataclass(frozen=True, slots=True)
class VisitOfState:
    """One visit of a state; `left_at` is None where the state was never left."""

    state: str
    entered_at: datetime
    left_at: datetime | None
    attempts: tuple[AttemptStory, ...]


def timeline(pages: Iterator[Sequence[HistoryEvent]]) -> tuple[VisitOfState, ...]:
    """The visits with attempts in a whole history, in the order they were entered.

    `pages` are GetExecutionHistory's answers, newest events first; all of them are taken.
    """
    read = Pages(pages)
    while read.pull():
        pass
    attempts: dict[int, list[tuple[int, AttemptStory]]] = defaultdict(list)
    for visit, first_event, each in _attempts(read):
        attempts[visit].append((first_event, each))
    left = _left(read)
    return tuple(
        VisitOfState(
            state=read.visits.name(visit),
            entered_at=read.events[visit].timestamp,
            left_at=left.get(visit),
            attempts=tuple(each for _, each in sorted(attempts[visit], key=lambda pair: pair[0])),
        )
        for visit in sorted(attempts)
    )


def _attempts(read: Pages) -> Iterator[tuple[int, int, AttemptStory]]:
    """Each attempt with its visit and the id of its first event."""
    ended: set[int] = set()
    for event in read.events.values():
        if event.type in kinds.FAILED_ATTEMPT or event.type in SUCCEEDED:
            scheduled = scheduled_before(read, event)
            if scheduled is not None:
                ended.add(scheduled.id)
            yield from _placed(read, event, scheduled)
    for event in read.events.values():
        if event.type in kinds.SCHEDULED and event.id not in ended:
            visit = read.visits.visit_of.get(event.id, TOP)
            if visit != TOP:
                yield visit, event.id, AttemptStory(event.timestamp, None, None)


def _placed(
    read: Pages, event: HistoryEvent, scheduled: HistoryEvent | None
) -> Iterator[tuple[int, int, AttemptStory]]:
    visit = read.visits.visit_of.get(event.id, TOP)
    if visit == TOP:
        return
    failed_by = event.id if event.type in kinds.FAILED_ATTEMPT else None
    began_at = scheduled.timestamp if scheduled else None
    first = scheduled.id if scheduled else event.id
    yield visit, first, AttemptStory(began_at, event.timestamp, failed_by)


def _left(read: Pages) -> dict[int, datetime]:
    """When each visit was left."""
    exits = (event for event in read.events.values() if event.type in kinds.EXITED)
    placed = ((read.visits.visit_left(event), event.timestamp) for event in exits)
    return {visit: at for visit, at in placed if visit is not None}


@dataclass(frozen=True, slots=True)
class Waiting:
    """The state that has been open longest, since when, and what it called.

    `timeout` and `heartbeat` are those of the attempt, in seconds; None where it has none, or takes
    them from its data. `taken` is False where no worker has taken an activity's task.
    """

    state: str
    entered_at: datetime
    integration: str | None = None
    timeout: float | None = None
    heartbeat: float | None = None
    taken: bool = True


def waiting_for(pages: Iterator[Sequence[HistoryEvent]]) -> Waiting | None:
    """What the innermost open state waits for; older pages are read until it was entered."""
    read = Pages(pages)
    while not read.visits.open_leaves() and read.pull():
        pass
    leaves = read.visits.open_leaves()
    if not leaves:
        return None
    visit = leaves[0]
    entered = read.events[visit]
    mine = [e for e in read.events.values() if read.visits.visit_of.get(e.id, TOP) == visit]
    scheduled = [each for each in mine if each.type in kinds.SCHEDULED]
    last = max(scheduled, key=lambda event: event.id, default=None)
    details = last.details if last else {}
    return Waiting(
        state=read.visits.name(visit),
        entered_at=entered.timestamp,
        integration=integration(last) if last else None,
        timeout=_seconds(details.get("timeoutInSeconds")),
        heartbeat=_seconds(details.get("heartbeatInSeconds")),
        taken=last is None or last.type != "ActivityScheduled" or _was_taken(mine, last),
    )


def _was_taken(mine: Sequence[HistoryEvent], scheduled: HistoryEvent) -> bool:
    return any(e.type == "ActivityStarted" and e.id > scheduled.id for e in mine)


def _seconds(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
