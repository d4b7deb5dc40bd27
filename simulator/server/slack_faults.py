"""What can go wrong between a client and Slack, to be queued before a call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class RateLimited:
    """HTTP 429 with Retry-After in seconds; nothing is posted."""

    retry_after: int


@dataclass(frozen=True, slots=True)
class ServerFailed:
    """A 5xx answer; `accepted` is whether Slack had done the work all the same."""

    status: int = 500
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class DroppedAfterAccept:
    """The work is done, then the connection closes without an answer."""


@dataclass(frozen=True, slots=True)
class Delayed:
    """The work is done at once; the answer comes so many seconds later."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Refused:
    """`ok: false` with this error and further fields, such as needed and provided."""

    error: str
    fields: Mapping[str, Any] = field(default_factory=dict)


Fault = RateLimited | ServerFailed | DroppedAfterAccept | Delayed | Refused
