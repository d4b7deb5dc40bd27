"""Retry and Catch: what matches an error, and how long to wait for the next attempt."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

TIMEOUT = "States.Timeout"
DATA_LIMIT = "States.DataLimitExceeded"
MAX_WAIT = 31_622_400.0


def _named(names: Iterable[str], error: str | None, broad: Mapping[str, frozenset[str]]) -> bool:
    return any(name == error or (name in broad and error not in broad[name]) for name in names)


_RETRY: Mapping[str, frozenset[str]] = {
    "States.ALL": frozenset({DATA_LIMIT}),
    "States.TaskFailed": frozenset({TIMEOUT, DATA_LIMIT}),
}
"""What the broad names leave out. The documentation says States.ALL leaves out
DataLimitExceeded; recordings show that a Catch takes it all the same."""
_CATCH: Mapping[str, frozenset[str]] = {**_RETRY, "States.ALL": frozenset()}


def catcher_for(state: Mapping[str, Any], error: str | None) -> Mapping[str, Any] | None:
    """The first catcher that takes the error."""
    catchers: Sequence[Mapping[str, Any]] = state.get("Catch", ())
    return next((c for c in catchers if _named(c["ErrorEquals"], error, _CATCH)), None)


def retrier_for(retriers: Sequence[Mapping[str, Any]], error: str | None) -> int | None:
    """The place of the first retrier that takes the error."""
    names = (_named(each["ErrorEquals"], error, _RETRY) for each in retriers)
    return next((place for place, takes in enumerate(names) if takes), None)


class Retries:
    """The retriers of one visit of a state, each with its own counter."""

    def __init__(self, retriers: Sequence[Mapping[str, Any]]) -> None:
        """Begin to count at zero."""
        self._retriers = retriers
        self._used = [0] * len(retriers)

    def delay(self, error: str | None, luck: float) -> float | None:
        """Seconds until the next attempt, or None where no retrier takes the error any more.

        `luck` in [0, 1) is where within the delay a FULL jitter falls.
        """
        place = retrier_for(self._retriers, error)
        return None if place is None else self._next(place, self._retriers[place], luck)

    def _next(self, place: int, retrier: Mapping[str, Any], luck: float) -> float | None:
        if self._used[place] >= retrier.get("MaxAttempts", 3):
            return None
        growth = retrier.get("BackoffRate", 2.0) ** self._used[place]
        self._used[place] += 1
        delay = min(
            retrier.get("IntervalSeconds", 1) * growth, retrier.get("MaxDelaySeconds", MAX_WAIT)
        )
        return float(delay * luck if retrier.get("JitterStrategy") == "FULL" else delay)
