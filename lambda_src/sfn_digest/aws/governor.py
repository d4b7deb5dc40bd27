"""One token bucket a quota, at a share of the account's, so that production keeps the rest.

AWS meters each API of an account and Region with a token bucket that everyone in the account
draws from. The governor keeps a smaller bucket of its own before each: over any interval of
`t` seconds it grants at most `burst + rate * t` calls (never less than one at a time). Where
AWS throttles all the same, somebody else drained the bucket: the rate is halved, what was
saved up is given away, and the full rate comes back over two minutes.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf
from types import TracebackType
from typing import Protocol

from sfn_digest.aws.api import Metered
from sfn_digest.progress import Progress

CUT = 0.5
"""What is left of a bucket's rate after AWS throttled a call."""

SLOWEST = 1 / 32
"""The least part of its full rate that a bucket is cut to."""

RECOVERY_SECONDS = 120.0
"""Time in which a bucket cut to nothing regains its full rate."""

_WHOLE = 1.0 - 1e-9
"""A token, but for what floating point loses while it drips in."""


class Clock(Protocol):
    """Where the governor takes its time from."""

    def now(self) -> float:
        """Seconds on a clock that never goes back."""

    def sleep(self, seconds: float, given_up: threading.Event) -> None:
        """Wait so long, or until the work is given up."""


class SystemClock:
    """Real time."""

    def now(self) -> float:
        """Seconds of the monotonic clock."""
        return time.monotonic()

    def sleep(self, seconds: float, given_up: threading.Event) -> None:
        """Wait so long, or until the work is given up."""
        given_up.wait(seconds)


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a piece of work may wait: to a time of the clock, and until it is given up."""

    deadline: float = inf
    given_up: threading.Event = field(default_factory=threading.Event)

    def is_reached(self, now: float) -> bool:
        """Whether nothing more is to begin."""
        return self.given_up.is_set() or now >= self.deadline

    def outlasts(self, seconds: float, clock: Clock) -> bool:
        """Wait if there is time for it and for what comes after; whether it was done."""
        if self.is_reached(clock.now() + seconds):
            return False
        clock.sleep(seconds, self.given_up)
        return not self.given_up.is_set()


UNLIMITED = Limit()
"""For work that is done to its end."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may be used of a quota: `burst` calls at once, then `rate` calls a second."""

    burst: float
    rate: float


class _Queue:
    """A lock that is granted in the order it was asked for."""

    def __init__(self) -> None:
        self._moved = threading.Condition()
        self._next_ticket = 0
        self._serving = 0

    def __enter__(self) -> None:
        with self._moved:
            ticket = self._next_ticket
            self._next_ticket += 1
            self._moved.wait_for(lambda: self._serving == ticket)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._moved:
            self._serving += 1
            self._moved.notify_all()


class Bucket:
    """What is metered of one kind: granted first come, first served, by any number of threads."""

    def __init__(
        self, allowance: Allowance, clock: Clock, waiting: Callable[[float], None]
    ) -> None:
        self._size = max(1.0, allowance.burst)
        self._full_rate = allowance.rate
        self._rate = allowance.rate
        self._tokens = self._size
        self._clock = clock
        self._filled_at = clock.now()
        self._cut_at = float("-inf")
        self._waiting = waiting
        self._queue = _Queue()
        self._lock = threading.Lock()

    def acquire(self, limit: Limit = UNLIMITED, amount: float = 1.0) -> float | None:
        """Wait for the turn of one call; gives the time it was granted, for `throttled`.

        None, at once, where the turn would come after the limit. An amount that the bucket cannot
        hold is granted once it is full, and those after it wait until it is paid back.
        """
        with self._queue:
            while not limit.is_reached(self._clock.now()):
                now, wait = self._take(amount)
                if not wait:
                    return now
                self._waiting(wait)
                if not limit.outlasts(wait, self._clock):
                    break
        return None

    def throttled(self, granted_at: float) -> None:
        """AWS throttled the call granted then: empty the bucket and slow it down.

        Calls that were already on their way at the last cut show nothing new, so sixteen
        threads throttled together count as one.
        """
        with self._lock:
            self._fill()
            self._tokens = min(0.0, self._tokens)
            if granted_at > self._cut_at:
                self._rate = max(self._rate * CUT, self._full_rate * SLOWEST)
                self._cut_at = self._filled_at

    def _take(self, amount: float) -> tuple[float, float]:
        """Take the tokens if they are there: the time, and the seconds to wait for them (or 0)."""
        needed = min(amount, self._size)
        with self._lock:
            self._fill()
            if self._tokens >= needed * _WHOLE:
                self._tokens -= amount
                return self._filled_at, 0.0
            return self._filled_at, (needed - self._tokens) / self._rate

    def _fill(self) -> None:
        now = self._clock.now()
        elapsed = now - self._filled_at
        self._filled_at = now
        self._tokens = min(self._size, self._tokens + self._rate * elapsed)
        recovered = self._full_rate * elapsed / RECOVERY_SECONDS
        self._rate = min(self._full_rate, self._rate + recovered)


class Governor:
    """The buckets of all that is metered."""

    def __init__(
        self, allowances: Mapping[Metered, Allowance], clock: Clock, progress: Progress
    ) -> None:
        self._clock = clock
        self._progress = progress
        self._buckets: dict[Metered, Bucket] = {}
        self.allow(allowances)

    def allow(self, allowances: Mapping[Metered, Allowance]) -> None:
        """Start afresh with these allowances; what is not named keeps its own."""
        for metered, allowance in allowances.items():
            self._buckets[metered] = Bucket(allowance, self._clock, self._reporter(metered))

    def bucket(self, metered: Metered) -> Bucket:
        """The bucket that calls of this API, or this quantity, take their tokens from."""
        return self._buckets[metered]

    def _reporter(self, metered: Metered) -> Callable[[float], None]:
        api = metered.value.split(" ", maxsplit=1)[0]
        return lambda seconds: self._progress.waiting(api, seconds)
