"""boto3's event of GetExecutionHistory as the project's own record."""

from collections.abc import Mapping
from typing import Any

from sfn_digest.aws.answers import Answer
from sfn_digest.model.executions import HistoryEvent

_DETAILS = "EventDetails"


def event_from_boto(raw: Mapping[str, Any]) -> HistoryEvent:
    """One event as boto3 gives it; its time may be in any zone."""
    return read_event(Answer(raw))


def read_event(event: Answer) -> HistoryEvent:
    """One event of a history.

    Every event has at most one `…EventDetails` object, named after its type; MapRunStarted
    and many others may have none.
    """
    return HistoryEvent(
        id=event.whole("id"),
        previous_event_id=event.whole("previousEventId", 0),
        type=event.text("type"),
        timestamp=event.moment("timestamp"),
        details=event.first_ending(_DETAILS),
    )
