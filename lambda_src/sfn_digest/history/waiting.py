"""What an execution that still runs is waiting for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sfn_digest.history import kinds
from sfn_digest.history.attempts import integration
from sfn_digest.history.pages import Pages
from sfn_digest.history.visits import TOP
from sfn_digest.model.executions import HistoryEvent


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
