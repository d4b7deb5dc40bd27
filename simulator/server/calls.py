"""The log of every AWS call the account answered or refused."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from simulator.server.api import CallStatus


@dataclass(frozen=True, slots=True)
class Call:
    """One call: `service` is its IAM prefix, `at` epoch seconds when it was answered.

    `resource` is the ARN it asked for, `machine` the ARN of the state machine that belongs
    to; both None where the API takes none. `error` is the code of the refusal.
    """

    service: str
    api: str
    resource: str | None
    machine: str | None
    at: float
    status: CallStatus
    error: str | None = None

    @property
    def action(self) -> str:
        """The call as IAM names it, such as states:ListExecutions."""
        return f"{self.service}:{self.api}"


class CallLog:
    """Calls in the order they were answered, and how many a minute, for the quota metrics."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        self._by_minute: Counter[tuple[str, bool, int]] = Counter()

    def record(
        self,
        service: str,
        api: str,
        subject: tuple[str | None, str | None],
        status: CallStatus,
        error: str | None,
    ) -> None:
        """Log a call; `subject` is the ARN it asked for and its state machine's."""
        at = self._now()
        with self._lock:
            self._calls.append(Call(service, api, *subject, at, status, error))
            self._by_minute[api, status == "throttled", int(at // 60) * 60] += 1

    def all(self) -> tuple[Call, ...]:
        """Every call so far, as a copy."""
        with self._lock:
            return tuple(self._calls)

    def in_minute(self, api: str, minute: int, *, throttled: bool) -> int:
        """How many calls of `api` came in the minute that begins at this epoch second."""
        return self._by_minute[api, throttled, minute]
