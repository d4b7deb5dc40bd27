"""Conditions that machines share: spells of bad weather, token buckets, concurrency.

Spells are functions of seed, time and draw key. Buckets and concurrency must know who else
called: they depend on the calls' times, as the real ones do.
"""

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from simulator.engine.draws import draw
from simulator.engine.outcomes import Attempt


@dataclass(frozen=True, slots=True)
class Spell:
    """A time [begin, end) in epoch seconds in which something happens with `rate`.

    `rate` is a probability an attempt, or for a hazard the events an hour.
    """

    begin: float
    end: float
    rate: float


@dataclass(frozen=True, slots=True)
class Weather:
    """What may befall a try: `calm` at all times, more in its spells."""

    name: str
    seed: int
    spells: Sequence[Spell]
    calm: float = 0.0

    def rate(self, now: float) -> float:
        """The rate at `now`."""
        return max((s.rate for s in self.spells if s.begin <= now < s.end), default=self.calm)

    def strikes(self, attempt: Attempt) -> bool:
        """Whether this attempt is hit; `rate` is a probability."""
        return draw(self.seed, self.name, attempt.key) < self.rate(attempt.now)

    def first_strike(self, attempt: Attempt) -> float:
        """Seconds until this attempt is hit; `rate` is events an hour."""
        rate = self.rate(attempt.now)
        if rate == 0:
            return float("inf")
        return -log(1 - draw(self.seed, self.name, attempt.key)) * 3600 / rate


class TokenBucket:
    """An API's token bucket: `size` calls at once, `refill` more a second."""

    def __init__(self, size: float, refill: float) -> None:
        """Begin full."""
        self._size, self._refill = size, refill
        self._tokens, self._then = size, 0.0

    def takes(self, now: float) -> bool:
        """Whether a call at `now` is let through; calls must come in the order of time."""
        self._tokens = min(self._size, self._tokens + (now - self._then) * self._refill)
        self._then = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Concurrency:
    """Slots of which each call holds one for a while, such as an account's Lambda concurrency."""

    def __init__(self, limit: int) -> None:
        """Begin with every slot free."""
        self._limit = limit
        self._ends: list[float] = []

    def takes(self, now: float, seconds: float) -> bool:
        """Whether a call at `now` finds a slot; it then holds it for `seconds`."""
        del self._ends[: bisect_right(self._ends, now)]
        if len(self._ends) >= self._limit:
            return False
        insort(self._ends, now + seconds)
        return True
