"""The run's time: the clocks, the waiting, and how much is left."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol


class RunClock(Protocol):
    """Where a delivery takes its time from."""

    def now(self) -> float:
        """Seconds on a clock that never goes back."""

    def utc(self) -> datetime:
        """The time of day, as right as the machine's clock."""

    def left(self) -> float:
        """Seconds until the run is killed."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemRunClock:
    """Real time; `left` tells the seconds that remain, as Lambda's context does."""

    def __init__(self, left: Callable[[], float]) -> None:
        self._left = left

    def now(self) -> float:
        """Seconds of the monotonic clock."""
        return time.monotonic()

    def utc(self) -> datetime:
        """The time of day in UTC."""
        return datetime.now(UTC)

    def left(self) -> float:
        """Seconds until the run is killed."""
        return self._left()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)
