"""boto3's event of GetExecutionHistory as the project's own record."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from sfn_digest.model.executions import HistoryEvent

_DETAILS = "EventDetails"


def event_from_boto(raw: Mapping[str, Any]) -> HistoryEvent:
    """One event as boto3 gives it; its time may be in any zone.

    Every event has at most one `…EventDetails` object, named after its type; MapRunStarted
    and many others may have none.
    """
    details: Mapping[str, Any] = next((raw[key] for key in raw if key.endswith(_DETAILS)), {})
    return HistoryEvent(
        id=raw["id"],
        previous_event_id=raw.get("previousEventId", 0),
        type=raw["type"],
        timestamp=raw["timestamp"].astimezone(UTC),
        details=details,
    )
