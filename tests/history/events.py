"""Histories for the tests, written down by hand or read from the recordings."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sfn_digest.model.executions import HistoryEvent


def event_of(raw: Mapping[str, Any]) -> HistoryEvent:
    """An event in boto3's shape, its timestamp in epoch seconds, as a record."""
    details: Mapping[str, Any] = next(
        (value for key, value in raw.items() if key.endswith("EventDetails")), {}
    )
    return HistoryEvent(
        id=raw["id"],
        previous_event_id=raw.get("previousEventId", 0),
        type=raw["type"],
        timestamp=datetime.fromtimestamp(raw["timestamp"], UTC),
        details=details,
    )


def newest_first(
    raw: Sequence[Mapping[str, Any]], page: int = 1000
) -> Iterator[list[HistoryEvent]]:
    """A history as GetExecutionHistory answers it with reverseOrder, in pages."""
    events = [event_of(event) for event in reversed(raw)]
    for start in range(0, len(events), page):
        yield events[start : start + page]


def history(*steps: tuple[Any, ...]) -> list[dict[str, Any]]:
    """A history from (previous id, type) or (previous id, type, details), ids from 1.

    One second passes between events.
    """
    events = []
    for number, (previous, kind, *rest) in enumerate(steps, start=1):
        details = rest[0] if rest else {}
        events.append(
            {
                "id": number,
                "previousEventId": previous,
                "type": kind,
                "timestamp": 1_790_000_000 + number,
                "xEventDetails": details,
            }
        )
    return events


def recordings(path: str) -> list[dict[str, Any]]:
    """The histories recorded against AWS, each with its failed state and failed attempts."""
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]
