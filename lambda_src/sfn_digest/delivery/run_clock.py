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


class SharedRunClock:
    """The run's time as one of several deliveries has it: an equal share of what is left."""

    def __init__(self, whole: RunClock) -> None:
        self._whole = whole
        self._until: float | None = None

    def share(self, among: int) -> None:
        """Leave to this delivery one part in so many of what is left now."""
        self._until = self._whole.now() + self._whole.left() / max(1, among)

    def now(self) -> float:
        """See RunClock."""
        return self._whole.now()

    def utc(self) -> datetime:
        """See RunClock."""
        return self._whole.utc()

    def left(self) -> float:
        """Seconds until the share is used up."""
        left = self._whole.left()
        return left if self._until is None else min(left, self._until - self._whole.now())

    def sleep(self, seconds: float) -> None:
        """See RunClock."""
        self._whole.sleep(seconds)
