"""Log records of Step Functions as the events that they show.

A record links to the one before as GetExecutionHistory does. What is no record, such as the line
of plain text that a log group begins with, is None.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sfn_digest.model.executions import HistoryEvent

_STATE = re.compile(
    r"An error occurred while (?:executing|scheduling) the state '(?P<state>.{1,80}?)' "
    r"\(entered at the event id #\d+\)"
)
"""AWS's own sentence in causes of States.Runtime and of failed evaluations."""


def event_of_record(
    record: Mapping[str, Any], logged_at: datetime | None = None
) -> HistoryEvent | None:
    """The event that a record shows; `logged_at` is its time where it tells none itself."""
    number = _number(record.get("id"))
    kind, details = record.get("type"), record.get("details")
    timestamp = _moment(record.get("event_timestamp")) or logged_at
    if not number or not isinstance(kind, str) or timestamp is None:
        return None
    return HistoryEvent(
        id=number,
        previous_event_id=_number(record.get("previous_event_id")) or 0,
        type=kind,
        timestamp=timestamp,
        details=details if isinstance(details, Mapping) else {},
    )


def newest_first(events: Iterable[HistoryEvent]) -> Sequence[HistoryEvent]:
    """Events as a page of GetExecutionHistory has them, each once: logs may deliver one twice."""
    once = {event.id: event for event in events}
    return [once[number] for number in sorted(once, reverse=True)]


def state_in_cause(cause: object) -> str | None:
    """The state that AWS's own sentence in a cause names; None where it is another text."""
    found = _STATE.match(cause) if isinstance(cause, str) else None
    return found["state"] if found else None


def _number(value: object) -> int | None:
    text = str(value)
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def _moment(value: object) -> datetime | None:
    text = str(value)
    if not re.fullmatch(r"[0-9]{1,14}", text):
        return None
    return datetime.fromtimestamp(int(text) / 1000, UTC)
