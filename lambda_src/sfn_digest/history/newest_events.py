"""The newest part of a history, grown page by page only when a chain leaves it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sfn_digest.history.state_visits import Visits, place
from sfn_digest.model.executions import HistoryEvent


class Pages:
    """Events of one execution, newest page first, each page pulled when it is needed."""

    def __init__(self, pages: Iterator[Sequence[HistoryEvent]]) -> None:
        self._pages = pages
        self.events: dict[int, HistoryEvent] = {}
        self._visits: Visits | None = None
        self.pull()

    def pull(self) -> bool:
        """Read the next older page; False where there is none."""
        page = next(self._pages, None)
        if page is None:
            return False
        self.events.update(
            {
                event.id: event if event.previous_event_id < event.id else _as_first(event)
                for event in page
            }
        )
        self._visits = None
        return True

    @property
    def visits(self) -> Visits:
        """Where each event that was read lies."""
        if self._visits is None:
            self._visits = place(self.events)
        return self._visits

    @property
    def whole(self) -> bool:
        """Whether every event up to the last has been read: log records may lack some."""
        return len(self.events) == max(self.events, default=0)

    def event(self, event_id: int) -> HistoryEvent | None:
        """An event by its id, from an older page if need be; None for id 0."""
        while event_id and event_id not in self.events and self.pull():
            pass
        return self.events.get(event_id)

    def before(self, event: HistoryEvent) -> HistoryEvent | None:
        """The event's predecessor, from an older page if need be."""
        return self.event(event.previous_event_id)

    def visit_at(self, event: HistoryEvent) -> int | None:
        """The visit an event belongs to (see Visits.visit_of), from older pages if need be."""
        while event.id not in self.visits.visit_of and self.pull():
            pass
        return self.visits.visit_of.get(event.id)

    def visit_left(self, exited: HistoryEvent) -> int | None:
        """The visit that a `*StateExited` event ends, from older pages if need be."""
        while self.visits.visit_left(exited) is None and self.pull():
            pass
        return self.visits.visit_left(exited)


def _as_first(event: HistoryEvent) -> HistoryEvent:
    """An event that names itself or a later one before it, as the first of its chain.

    AWS's ids rise along a chain; so every walk back along one ends, whatever comes.
    """
    return replace(event, previous_event_id=0)
