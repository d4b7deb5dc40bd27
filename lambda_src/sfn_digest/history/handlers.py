"""Error handlers that failed themselves: what a Catch had taken before."""

from sfn_digest.history import kinds
from sfn_digest.history.attempts import integration, scheduled_before
from sfn_digest.history.newest_events import Pages
from sfn_digest.history.state_visits import TOP
from sfn_digest.model.executions import HistoryEvent
from sfn_digest.model.history_reading import CaughtError


def handled_before(pages: Pages, failing: HistoryEvent | None) -> HistoryEvent | None:
    """The failure whose Catch led to where `failing` lies, among the events that were read.

    Between them lie no states but those that only pass on, choose or wait: after work that
    succeeded the error had been recovered from.
    """
    visit = pages.visits.visit_of.get(failing.id, TOP) if failing is not None else TOP
    while visit != TOP:
        caught = _caught_on_the_way(pages, pages.events[visit])
        if caught is not None:
            return caught
        visit = pages.visits.outer.get(visit, TOP)
    return None


def caught_error(pages: Pages, event: HistoryEvent) -> CaughtError:
    """A failure that a Catch took, with the state it came from."""
    state = event.details.get("state") or pages.visits.state_of(event.id)
    return CaughtError(
        state=str(state) if state else None,
        event_type=event.type,
        integration=integration(event, scheduled_before(pages, event)),
        error=kinds.text_in(event.details, "error"),
        cause=kinds.text_in(event.details, "cause"),
    )


def _caught_on_the_way(pages: Pages, entered: HistoryEvent) -> HistoryEvent | None:
    event = pages.events.get(entered.previous_event_id)
    while event is not None and event.type in kinds.EXITED:
        failed = inner_failure(pages, pages.events.get(event.previous_event_id))
        if failed is not None:
            return failed
        visit = pages.visits.visit_left(event)
        if event.type in kinds.WORK or visit is None:
            return None
        event = pages.events.get(pages.events[visit].previous_event_id)
    return None


def inner_failure(pages: Pages, event: HistoryEvent | None) -> HistoryEvent | None:
    """The failure that an event shows or sums up, among those that were read; else None."""
    while event is not None and event.type in kinds.ROLL_UPS:
        event = pages.events.get(event.previous_event_id)
    return event if event is not None and event.type in kinds.FAILURES else None
