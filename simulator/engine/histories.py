"""The history of one execution, written event by event in boto3's shape."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.records import RawEvent

UNCUT: Mapping[str, Any] = {"truncated": False}


@cache
def details_key(event_type: str) -> str:
    """The name boto3 gives the details of an event of this type."""
    for ending in ("StateEntered", "StateExited"):
        if event_type.endswith(ending):
            return f"s{ending[1:]}EventDetails"
    return f"{event_type[0].lower()}{event_type[1:]}EventDetails"


class History:
    """Events in the order they happened; ids count from 1 over all branches."""

    def __init__(self) -> None:
        """Begin an empty history."""
        self.events: list[RawEvent] = []

    def add(
        self,
        now: float,
        event_type: str,
        previous: int,
        details: Mapping[str, Any] | None = None,
    ) -> int:
        """Write one event and return its id. Milliseconds are all that AWS keeps of `now`."""
        number = len(self.events) + 1
        event: dict[str, Any] = {
            "timestamp": round(now, 3),
            "type": event_type,
            "id": number,
            "previousEventId": previous,
        }
        if details is not None:
            event[details_key(event_type)] = details
        self.events.append(event)
        return number
