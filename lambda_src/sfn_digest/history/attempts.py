"""Every failed attempt in a history, with its state, its times and its real back-off."""

from datetime import datetime

from sfn_digest.history import kinds
from sfn_digest.history.newest_events import Pages
from sfn_digest.model.executions import FailedAttempt, HistoryEvent


def failed_attempts(pages: Pages) -> tuple[FailedAttempt, ...]:
    """The failed attempts among the events that were read, in the order they failed."""
    retried = _retried_at(pages)
    return tuple(
        _failed_attempt(pages, event, retried.get(event.id))
        for event in sorted(pages.events.values(), key=lambda event: event.id)
        if event.type in kinds.FAILED_ATTEMPT
    )


def _retried_at(pages: Pages) -> dict[int, datetime]:
    """When the next attempt was scheduled, by the id of the failed attempt before it."""
    return {
        event.previous_event_id: event.timestamp
        for event in pages.events.values()
        if event.type in kinds.SCHEDULED
    }


def _failed_attempt(
    pages: Pages, event: HistoryEvent, retried_at: datetime | None
) -> FailedAttempt:
    scheduled = scheduled_before(pages, event)
    waited = (retried_at - event.timestamp).total_seconds() if retried_at else None
    return FailedAttempt(
        event_id=event.id,
        event_type=event.type,
        state=pages.visits.state_of(event.id),
        integration=integration(event, scheduled),
        error=kinds.text_in(event.details, "error"),
        cause=kinds.text_in(event.details, "cause"),
        scheduled_at=scheduled.timestamp if scheduled else None,
        failed_at=event.timestamp,
        back_off=waited,
    )


def scheduled_before(pages: Pages, failed: HistoryEvent) -> HistoryEvent | None:
    """The `*Scheduled` event of a failed attempt, among the events that were read."""
    event = pages.events.get(failed.previous_event_id)
    while event is not None and event.type not in _BEGINS:
        event = pages.events.get(event.previous_event_id)
    return event if event is not None and event.type in kinds.SCHEDULED else None


_BEGINS = kinds.SCHEDULED | kinds.ENTERED


def integration(event: HistoryEvent, scheduled: HistoryEvent | None = None) -> str | None:
    """What was called, as FailedAttempt.integration spells it; None for what calls nothing."""
    details = event.details or (scheduled.details if scheduled else {})
    if "resourceType" in details:
        return f"{details['resourceType']}:{details.get('resource', '')}"
    if event.type.startswith("LambdaFunction"):
        return "lambda"
    if event.type.startswith("Activity"):
        return "activity"
    named = {"FailStateEntered": "fail-state", kinds.MAP_RUN_FAILED: "map"}
    return named.get(event.type)
