"""The attempts that succeeded in one execution's history."""

from collections.abc import Iterator, Sequence

from sfn_digest.history.attempts import scheduled_before
from sfn_digest.history.pages import Pages
from sfn_digest.model.executions import HistoryEvent
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
