"""What one execution's history shows of success: attempts that worked, what was recovered from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sfn_digest.history import kinds
from sfn_digest.history.attempts import scheduled_before
from sfn_digest.history.handlers import caught_error, inner_failure
from sfn_digest.history.newest_events import Pages
from sfn_digest.model.executions import HistoryEvent
from sfn_digest.model.history_reading import CaughtError
from sfn_digest.model.successes import SuccessfulAttempt

SUCCEEDED = frozenset({"ActivitySucceeded", "LambdaFunctionSucceeded", "TaskSucceeded"})


def successful_attempts(pages: Iterator[Sequence[HistoryEvent]]) -> tuple[SuccessfulAttempt, ...]:
    """The attempts that succeeded on the newest page of a history, in the order they ended.

    `pages` are GetExecutionHistory's answers, newest events first; only the first is taken.
    """
    read = Pages(pages)
    events = sorted(read.events.values(), key=lambda event: event.id)
    attempts = (_successful(read, event) for event in events if event.type in SUCCEEDED)
    return tuple(each for each in attempts if each is not None)


def _successful(read: Pages, event: HistoryEvent) -> SuccessfulAttempt | None:
    state = read.visits.state_of(event.id)
    scheduled = scheduled_before(read, event)
    if state is None:
        return None
    return SuccessfulAttempt(state, scheduled.timestamp if scheduled else None, event.timestamp)


@dataclass(frozen=True, slots=True)
class CaughtErrors:
    """The errors that a Catch took, in the order of their events.

    `first_end` is the event that closed the execution before anybody redrove it.
    """

    caught: tuple[CaughtError, ...]
    first_end: HistoryEvent | None

    @property
    def ended_at(self) -> datetime | None:
        """When it was closed before anybody redrove it."""
        return self.first_end.timestamp if self.first_end else None


def recovered(pages: Iterator[Sequence[HistoryEvent]]) -> CaughtErrors:
    """What the newest page of a history tells; only that page is taken.

    A Catch shows as the exit of a state right behind its failure.
    """
    read = Pages(pages)
    events = sorted(read.events.values(), key=lambda event: event.id)
    left = (read.events.get(e.previous_event_id) for e in events if e.type in kinds.EXITED)
    failed = (inner_failure(read, event) for event in left)
    caught = {event.id: caught_error(read, event) for event in failed if event is not None}
    ends = [e for e in events if e.type in kinds.CLOSED and e.type != "ExecutionSucceeded"]
    return CaughtErrors(tuple(caught.values()), ends[0] if ends else None)
